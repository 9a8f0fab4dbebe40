/*
 * NTLM's primitives over OpenSSL 3: MD4, MD5 and HMAC, SHA-256, RC4, DES, CRC-32, random bytes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "dlls/msv1_0/crypto.h"
#include "ntoskrnl/core.h"

#define HMAC_BLOCK 64

/*
 * What a thread keeps. Between uses a digest context rests initialised, so that nothing of the last digest stays in
 * it.
 */
struct crypto_thread
{
    EVP_MD_CTX *md4, *md5; /* NULL: lost for want of memory, made again when next needed */
};

/* Written once, under pthread_once. */
static struct
{
    OSSL_LIB_CTX *library;
    EVP_MD *md4, *md5, *sha256;
    EVP_CIPHER *rc4, *des;
    pthread_key_t thread_key;
    bool ready;
} crypto;

static pthread_once_t crypto_once = PTHREAD_ONCE_INIT;

static void free_thread(void *data)
{
    struct crypto_thread *thread = data;

    if (!thread) return;
    EVP_MD_CTX_free(thread->md4);
    EVP_MD_CTX_free(thread->md5);
    guise_free(thread);
}

static void load_crypto(void)
{
    guise_process_begin(); /* OpenSSL reads its modules (design 5.10) */
    ERR_set_mark();        /* and leaves the caller's error queue as it was */
    crypto.library = OSSL_LIB_CTX_new();
    if (crypto.library && OSSL_PROVIDER_load(crypto.library, "default") && OSSL_PROVIDER_load(crypto.library, "legacy"))
    {
        crypto.md4 = EVP_MD_fetch(crypto.library, "MD4", NULL);
        crypto.md5 = EVP_MD_fetch(crypto.library, "MD5", NULL);
        crypto.sha256 = EVP_MD_fetch(crypto.library, "SHA256", NULL);
        crypto.rc4 = EVP_CIPHER_fetch(crypto.library, "RC4", NULL);
        crypto.des = EVP_CIPHER_fetch(crypto.library, "DES-ECB", NULL);
    }
    ERR_pop_to_mark();
    guise_process_end();

    crypto.ready = crypto.md4 && crypto.md5 && crypto.sha256 && crypto.rc4 && crypto.des &&
                   !pthread_key_create(&crypto.thread_key, free_thread);
    if (!crypto.ready)
        guise_log("NTLM is not available: OpenSSL lacks MD4, MD5, RC4 or DES (is its legacy provider installed?)");
}

bool crypto_ready(void)
{
    pthread_once(&crypto_once, load_crypto);
    return crypto.ready;
}

static EVP_MD_CTX *new_digest(const EVP_MD *type)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    if (context && EVP_DigestInit_ex2(context, type, NULL)) return context;
    EVP_MD_CTX_free(context);
    return NULL;
}

static struct crypto_thread *this_thread(void)
{
    struct crypto_thread *thread;

    if (!crypto_ready()) return NULL;
    if (!(thread = pthread_getspecific(crypto.thread_key)))
    {
        if (!(thread = guise_alloc(sizeof(*thread)))) return NULL;
        if (pthread_setspecific(crypto.thread_key, thread))
        {
            guise_free(thread);
            return NULL;
        }
    }
    if (!thread->md4) thread->md4 = new_digest(crypto.md4);
    if (!thread->md5) thread->md5 = new_digest(crypto.md5);
    return thread->md4 && thread->md5 ? thread : NULL;
}

bool crypto_thread_ready(void)
{
    return this_thread();
}

/* A context that could not be initialised has a type but no state: OpenSSL would follow a NULL pointer. */
static void lose(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
    *context = NULL;
}

/* Ends a digest and leaves the context initialised again, or lost. */
static bool finish(EVP_MD_CTX **context, UCHAR *digest)
{
    bool ok = *context && EVP_DigestFinal_ex(*context, digest, NULL);

    if (*context && EVP_DigestInit_ex2(*context, NULL, NULL)) return ok;
    lose(context);
    return false;
}

bool crypto_md4(const void *data, size_t size, UCHAR digest[MD4_SIZE])
{
    struct crypto_thread *thread = this_thread();
    bool ok = thread && EVP_DigestUpdate(thread->md4, data, size);

    if (thread) ok = finish(&thread->md4, digest) && ok;
    if (!ok) memset(digest, 0, MD4_SIZE);
    return ok;
}

bool crypto_md5(const struct crypto_chunk *chunks, size_t count, UCHAR digest[MD5_SIZE])
{
    struct crypto_thread *thread = this_thread();
    bool ok = thread;

    for (size_t i = 0; ok && i < count; i++) ok = EVP_DigestUpdate(thread->md5, chunks[i].data, chunks[i].size);
    if (thread) ok = finish(&thread->md5, digest) && ok;
    if (!ok) memset(digest, 0, MD5_SIZE);
    return ok;
}

bool crypto_sha256(const void *data, size_t size, UCHAR digest[SHA256_SIZE])
{
    bool ok = crypto_ready() && EVP_Digest(data, size, digest, NULL, crypto.sha256, NULL);

    if (!ok) memset(digest, 0, SHA256_SIZE);
    return ok;
}

/* ---- HMAC (RFC 2104) ------------------------------------------------------------------------------------------------ */

struct crypto_hmac_key
{
    EVP_MD_CTX *inner, *outer; /* behind their pads */
};

/* Digests a block of the key, zeros behind it, each byte xor PAD. */
static bool digest_pad(EVP_MD_CTX *context, const void *key, size_t key_size, UCHAR pad)
{
    UCHAR block[HMAC_BLOCK] = {0};
    bool ok;

    if (key_size > sizeof(block)) return false;
    memcpy(block, key, key_size);
    for (size_t i = 0; i < sizeof(block); i++) block[i] ^= pad;
    ok = EVP_DigestUpdate(context, block, sizeof(block));
    crypto_wipe(block, sizeof(block));
    return ok;
}

static bool copy_digest(EVP_MD_CTX **context, const EVP_MD_CTX *from)
{
    if (EVP_MD_CTX_copy_ex(*context, from)) return true;
    lose(context);
    return false;
}

struct crypto_hmac_key *crypto_hmac_key_new(const void *key, size_t key_size)
{
    struct crypto_hmac_key *made;

    if (!crypto_ready() || !(made = guise_alloc(sizeof(*made)))) return NULL;
    made->inner = new_digest(crypto.md5);
    made->outer = new_digest(crypto.md5);
    if (made->inner && made->outer && digest_pad(made->inner, key, key_size, 0x36) &&
        digest_pad(made->outer, key, key_size, 0x5c))
        return made;
    crypto_hmac_key_free(made);
    return NULL;
}

void crypto_hmac_key_free(struct crypto_hmac_key *key)
{
    if (!key) return;
    EVP_MD_CTX_free(key->inner);
    EVP_MD_CTX_free(key->outer);
    guise_free(key);
}

void crypto_hmac_begin(struct crypto_hmac *hmac, const void *key, size_t key_size)
{
    hmac->thread = this_thread();
    hmac->key = NULL;
    hmac->failed = !hmac->thread || key_size > HMAC_BLOCK || !digest_pad(hmac->thread->md5, key, key_size, 0x36);
    memset(hmac->outer_pad, 0x5c, sizeof(hmac->outer_pad));
    if (hmac->failed) return;
    for (size_t i = 0; i < key_size; i++) hmac->outer_pad[i] ^= ((const UCHAR *)key)[i];
}

void crypto_hmac_begin_keyed(struct crypto_hmac *hmac, const struct crypto_hmac_key *key)
{
    hmac->thread = this_thread();
    hmac->key = key;
    hmac->failed = !hmac->thread || !copy_digest(&hmac->thread->md5, key->inner);
}

void crypto_hmac_update(struct crypto_hmac *hmac, const void *data, size_t size)
{
    if (!hmac->failed) hmac->failed = !EVP_DigestUpdate(hmac->thread->md5, data, size);
}

/* Turns from the inner digest to the outer one. */
static bool turn_outside(struct crypto_hmac *hmac, EVP_MD_CTX **context)
{
    UCHAR inner[MD5_SIZE];
    bool ok;

    if (hmac->key) ok = EVP_DigestFinal_ex(*context, inner, NULL) && copy_digest(context, hmac->key->outer);
    else ok = finish(context, inner) && EVP_DigestUpdate(*context, hmac->outer_pad, sizeof(hmac->outer_pad));
    return ok && EVP_DigestUpdate(*context, inner, sizeof(inner));
}

bool crypto_hmac_end(struct crypto_hmac *hmac, UCHAR mac[MD5_SIZE])
{
    bool ok = false;

    memset(mac, 0, MD5_SIZE);
    if (hmac->thread)
    {
        ok = !hmac->failed && turn_outside(hmac, &hmac->thread->md5);
        ok = finish(&hmac->thread->md5, mac) && ok;
        if (!ok) memset(mac, 0, MD5_SIZE);
    }
    if (!hmac->key) crypto_wipe(hmac->outer_pad, sizeof(hmac->outer_pad));
    return ok;
}

bool crypto_hmac_md5(const void *key, size_t key_size, const struct crypto_chunk *chunks, size_t count,
                     UCHAR mac[MD5_SIZE])
{
    struct crypto_hmac hmac;

    crypto_hmac_begin(&hmac, key, key_size);
    for (size_t i = 0; i < count; i++) crypto_hmac_update(&hmac, chunks[i].data, chunks[i].size);
    return crypto_hmac_end(&hmac, mac);
}

/* Freeing the context wipes the state of the stream. OpenSSL does not tell that state: where it is must be counted. */
struct crypto_rc4
{
    EVP_CIPHER_CTX *context;
    ULONGLONG position;
};

static bool set_up_rc4(EVP_CIPHER_CTX *context, const UCHAR *key, size_t key_size)
{
    return EVP_EncryptInit_ex2(context, crypto.rc4, NULL, NULL, NULL) &&
           EVP_CIPHER_CTX_set_key_length(context, (int)key_size) && EVP_EncryptInit_ex2(context, NULL, key, NULL, NULL);
}

struct crypto_rc4 *crypto_rc4_new(const UCHAR *key, size_t key_size)
{
    struct crypto_rc4 *rc4 = crypto_ready() ? guise_alloc(sizeof(*rc4)) : NULL;

    if (!rc4) return NULL;
    if ((rc4->context = EVP_CIPHER_CTX_new()) && set_up_rc4(rc4->context, key, key_size)) return rc4;
    crypto_rc4_free(rc4);
    return NULL;
}

bool crypto_rc4_restart(struct crypto_rc4 *rc4, const UCHAR *key)
{
    rc4->position = 0;
    return EVP_EncryptInit_ex2(rc4->context, NULL, key, NULL, NULL);
}

bool crypto_rc4_apply(struct crypto_rc4 *rc4, const void *in, void *out, size_t size)
{
    const UCHAR *from = in;
    UCHAR *to = out;

    while (size)
    {
        int piece = size < 1 << 30 ? (int)size : 1 << 30, done;

        if (!EVP_EncryptUpdate(rc4->context, to, &done, from, piece)) return false;
        rc4->position += (unsigned int)piece;
        from += piece;
        to += piece;
        size -= piece;
    }
    return true;
}

ULONGLONG crypto_rc4_position(const struct crypto_rc4 *rc4)
{
    return rc4->position;
}

bool crypto_rc4_skip(struct crypto_rc4 *rc4, ULONGLONG size)
{
    UCHAR nothing[4096];
    bool ok = true;

    memset(nothing, 0, sizeof(nothing));
    while (size && ok)
    {
        size_t piece = size < sizeof(nothing) ? (size_t)size : sizeof(nothing);

        ok = crypto_rc4_apply(rc4, nothing, nothing, piece);
        size -= piece;
    }
    crypto_wipe(nothing, sizeof(nothing)); /* it is part of the key stream */
    return ok;
}

void crypto_rc4_free(struct crypto_rc4 *rc4)
{
    if (!rc4) return;
    EVP_CIPHER_CTX_free(rc4->context);
    guise_free(rc4);
}

bool crypto_rc4(const UCHAR key[RC4_KEY_SIZE], const void *in, void *out, size_t size)
{
    struct crypto_rc4 *rc4 = crypto_rc4_new(key, RC4_KEY_SIZE);
    bool ok = rc4 && crypto_rc4_apply(rc4, in, out, size);

    if (!ok) memset(out, 0, size);
    crypto_rc4_free(rc4);
    return ok;
}

bool crypto_des(const UCHAR key[DES_KEY_SIZE], const UCHAR in[DES_BLOCK_SIZE], UCHAR out[DES_BLOCK_SIZE])
{
    EVP_CIPHER_CTX *context = crypto_ready() ? EVP_CIPHER_CTX_new() : NULL;
    UCHAR spread[8]; /* seven bits of the key in each byte; DES leaves the lowest out */
    ULONGLONG bits = 0;
    int done;
    bool ok;

    for (size_t i = 0; i < DES_KEY_SIZE; i++) bits = bits << 8 | key[i];
    for (size_t i = 0; i < sizeof(spread); i++) spread[i] = bits >> (49 - 7 * i) << 1;
    ok = context && EVP_EncryptInit_ex2(context, crypto.des, spread, NULL, NULL) &&
         EVP_CIPHER_CTX_set_padding(context, 0) && EVP_EncryptUpdate(context, out, &done, in, DES_BLOCK_SIZE) &&
         done == DES_BLOCK_SIZE;
    if (!ok) memset(out, 0, DES_BLOCK_SIZE);
    crypto_wipe(spread, sizeof(spread));
    crypto_wipe(&bits, sizeof(bits));
    EVP_CIPHER_CTX_free(context);
    return ok;
}

ULONG crypto_crc32(ULONG crc, const void *data, size_t size)
{
    /* The effect of the low four bits. */
    static const ULONG nibble[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    const UCHAR *bytes = data;

    crc = ~crc;
    for (size_t i = 0; i < size; i++)
    {
        crc ^= bytes[i];
        crc = crc >> 4 ^ nibble[crc & 15];
        crc = crc >> 4 ^ nibble[crc & 15];
    }
    return ~crc;
}

bool crypto_random(void *out, size_t size)
{
    UCHAR *bytes = out;

    while (size)
    {
        ssize_t got = getrandom(bytes, size, 0);

        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        bytes += got;
        size -= got;
    }
    return true;
}

bool crypto_equal(const void *a, const void *b, size_t size)
{
    return !CRYPTO_memcmp(a, b, size);
}

void crypto_wipe(void *data, size_t size)
{
    OPENSSL_cleanse(data, size);
}

/*
 * The cryptographic primitives of NTLM, from OpenSSL 3 in a library context of Guise's own.
 *
 * Algorithms are fetched once per process and digest contexts are kept per thread, since that set-up is nine tenths of
 * a handshake otherwise. Every routine that returns bool fails only when OpenSSL could not be set up or memory ran
 * out; its output is zeros then.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_CRYPTO_H
#define GUISE_MSV1_0_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

#include <ntifs.h>

#define MD5_SIZE     16
#define MD4_SIZE     16
#define SHA256_SIZE  32
#define RC4_KEY_SIZE 16

#define DES_KEY_SIZE   7
#define DES_BLOCK_SIZE 8

/*
 * Loads the providers, once, as the process. False: this OpenSSL lacks MD4, MD5, RC4 or DES (its legacy provider is not
 * installed); one line on the log said so. Callers ask before they promise anything; the other routines ask by
 * themselves.
 */
bool crypto_ready(void);

/* The same, and that the calling thread has what digests need: none of them fails for want of Guise's memory afterwards. */
bool crypto_thread_ready(void);

struct crypto_chunk
{
    const void *data;
    size_t size;
};

/* One block of DES. The key is 56 bits without parity, as NTLMv1 cuts its keys. */
bool crypto_des(const UCHAR key[DES_KEY_SIZE], const UCHAR in[DES_BLOCK_SIZE], UCHAR out[DES_BLOCK_SIZE]);

bool crypto_md4(const void *data, size_t size, UCHAR digest[MD4_SIZE]);
bool crypto_md5(const struct crypto_chunk *chunks, size_t count, UCHAR digest[MD5_SIZE]);
bool crypto_sha256(const void *data, size_t size, UCHAR digest[SHA256_SIZE]);
/* RFC 2104 over MD5; the key is at most 64 bytes. */
bool crypto_hmac_md5(const void *key, size_t key_size, const struct crypto_chunk *chunks, size_t count,
                     UCHAR mac[MD5_SIZE]);

/* A key whose two pads are digested already, for many short messages under one key: it saves two fifths of their time. */
struct crypto_hmac_key;
struct crypto_hmac_key *crypto_hmac_key_new(const void *key, size_t key_size); /* NULL: no memory, or no MD5 */
void crypto_hmac_key_free(struct crypto_hmac_key *key);                        /* wipes it; NULL is allowed */

/* The same in pieces. One at a time per thread: nothing else of this file may be called between begin and end. */
struct crypto_hmac
{
    struct crypto_thread *thread;
    const struct crypto_hmac_key *key; /* of begin_keyed */
    UCHAR outer_pad[64];               /* of begin */
    bool failed;
};
void crypto_hmac_begin(struct crypto_hmac *hmac, const void *key, size_t key_size);
void crypto_hmac_begin_keyed(struct crypto_hmac *hmac, const struct crypto_hmac_key *key);
void crypto_hmac_update(struct crypto_hmac *hmac, const void *data, size_t size);
bool crypto_hmac_end(struct crypto_hmac *hmac, UCHAR mac[MD5_SIZE]);

/* A stream of RC4 that goes on from call to call. IN and OUT may be the same. KEY_SIZE: RC4_KEY_SIZE, or fewer for the keys of old peers. */
struct crypto_rc4;
struct crypto_rc4 *crypto_rc4_new(const UCHAR *key, size_t key_size);
/* Begins anew with another key of the same size; allocates nothing. */
bool crypto_rc4_restart(struct crypto_rc4 *rc4, const UCHAR *key);
bool crypto_rc4_apply(struct crypto_rc4 *rc4, const void *in, void *out, size_t size);
/* How many bytes have passed, and to let as many pass unused: half a gigabyte takes about a second. */
ULONGLONG crypto_rc4_position(const struct crypto_rc4 *rc4);
bool crypto_rc4_skip(struct crypto_rc4 *rc4, ULONGLONG size);
void crypto_rc4_free(struct crypto_rc4 *rc4); /* NULL is allowed */
/* One use of a key. */
bool crypto_rc4(const UCHAR key[RC4_KEY_SIZE], const void *in, void *out, size_t size);

/* CRC-32 of IEEE 802.3 as MS-NLMP 3.4.4.1 uses it; start with 0. */
ULONG crypto_crc32(ULONG crc, const void *data, size_t size);

bool crypto_random(void *out, size_t size);
/* In time that does not depend on the bytes. */
bool crypto_equal(const void *a, const void *b, size_t size);
void crypto_wipe(void *data, size_t size);

#endif

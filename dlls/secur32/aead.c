/*
 * AES-256-GCM over OpenSSL 3, in a library context of its own: NTLM's (dlls/msv1_0/crypto.c) needs the legacy provider,
 * which not every system has.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "dlls/secur32/aead.h"
#include "ntoskrnl/core.h"

/* Written once, under pthread_once. NULL: this OpenSSL has no AES. */
static EVP_CIPHER *aes;

static pthread_once_t aes_once = PTHREAD_ONCE_INIT;

static void load_aes(void)
{
    OSSL_LIB_CTX *library;

    guise_process_begin(); /* OpenSSL reads its configuration (design 5.10) */
    ERR_set_mark();        /* and leaves the caller's error queue as it was */
    library = OSSL_LIB_CTX_new();
    if (library && !(aes = EVP_CIPHER_fetch(library, "AES-256-GCM", NULL))) OSSL_LIB_CTX_free(library);
    ERR_pop_to_mark();
    guise_process_end();
}

bool aead_random(void *bytes, size_t size)
{
    UCHAR *next = bytes;

    while (size)
    {
        ssize_t got = getrandom(next, size, 0);

        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        next += got;
        size -= (size_t)got;
    }
    return true;
}

/* Sets CONTEXT up and puts associated data and text through it. */
static bool run(EVP_CIPHER_CTX *context, const struct aead_input *input, const UCHAR *nonce, bool encrypt)
{
    int done;

    if (input->associated_size > INT_MAX || input->size > INT_MAX) return false;
    return EVP_CipherInit_ex2(context, aes, input->key, nonce, encrypt, NULL) &&
           EVP_CipherUpdate(context, NULL, &done, input->associated, (int)input->associated_size) &&
           EVP_CipherUpdate(context, input->bytes, &done, input->bytes, (int)input->size);
}

/* Of GCM the last step writes nothing: it makes the tag, or compares it. */
static bool finish(EVP_CIPHER_CTX *context)
{
    UCHAR nothing[EVP_MAX_BLOCK_LENGTH];
    int done;

    return EVP_CipherFinal_ex(context, nothing, &done);
}

static EVP_CIPHER_CTX *new_context(void)
{
    pthread_once(&aes_once, load_aes);
    return aes ? EVP_CIPHER_CTX_new() : NULL;
}

SECURITY_STATUS aead_close(const struct aead_input *input, struct aead_seal *seal)
{
    EVP_CIPHER_CTX *context;
    bool ok;

    if (!aead_random(seal->nonce, sizeof(seal->nonce))) return SEC_E_INTERNAL_ERROR;
    ERR_set_mark();
    ok = (context = new_context()) && run(context, input, seal->nonce, true) && finish(context) &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, sizeof(seal->tag), seal->tag);
    EVP_CIPHER_CTX_free(context);
    ERR_pop_to_mark();
    return ok ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

SECURITY_STATUS aead_open(const struct aead_input *input, const struct aead_seal *seal)
{
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    UCHAR tag[sizeof(seal->tag)];
    EVP_CIPHER_CTX *context;

    memcpy(tag, seal->tag, sizeof(tag));
    ERR_set_mark();
    if ((context = new_context()) && run(context, input, seal->nonce, false) &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, sizeof(tag), tag))
        status = finish(context) ? SEC_E_OK : SEC_E_MESSAGE_ALTERED;
    EVP_CIPHER_CTX_free(context);
    ERR_pop_to_mark();
    if (status != SEC_E_OK) OPENSSL_cleanse(input->bytes, input->size);
    return status;
}

/*
 * Bytes that only this library can read again, and that nobody can change unseen: AES-256-GCM (NIST SP 800-38D).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_AEAD_H
#define GUISE_SECUR32_AEAD_H

#include <stdbool.h>
#include <stddef.h>

#include <sspi.h>

#define AEAD_KEY_SIZE 32

/* What travels beside the ciphertext, which is as long as the text. */
struct aead_seal
{
    UCHAR nonce[12];
    UCHAR tag[16];
};

struct aead_input
{
    const UCHAR *key;       /* AEAD_KEY_SIZE bytes */
    const void *associated; /* is not encrypted, but cannot be changed either */
    size_t associated_size;
    void *bytes;            /* changed in place */
    size_t size;
};

bool aead_random(void *bytes, size_t size);

/* Encrypts under a fresh nonce. SEC_E_INSUFFICIENT_MEMORY; SEC_E_INTERNAL_ERROR: no random numbers. */
SECURITY_STATUS aead_close(const struct aead_input *input, struct aead_seal *seal);

/* The way back. SEC_E_MESSAGE_ALTERED: not what was sealed under this key. After an error the bytes are zeros. */
SECURITY_STATUS aead_open(const struct aead_input *input, const struct aead_seal *seal);

#endif

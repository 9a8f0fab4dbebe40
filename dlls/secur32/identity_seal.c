/*
 * Encrypted identities: SspiEncryptAuthIdentity and its relatives, and how the rest of the front reads one.
 *
 * An opaque identity keeps room for a seal as its last bytes. While it is encrypted, all that stands behind the header is
 * ciphertext, and the header, which says so in its flags, is authenticated with it: a changed byte anywhere, or an
 * identity of another process, is no identity.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <string.h>

#include "dlls/secur32/authidentity.h"

/* Written once, under pthread_once. A child of fork() has it too and so reads what its parent encrypted. */
static UCHAR process_key[AEAD_KEY_SIZE];
static bool have_process_key;

static pthread_once_t key_once = PTHREAD_ONCE_INIT;

static void make_process_key(void)
{
    have_process_key = aead_random(process_key, sizeof(process_key));
}

static bool key_ready(void)
{
    pthread_once(&key_once, make_process_key);
    return have_process_key;
}

/* Where the last part of an identity that was understood ends. */
static size_t used_size(const SEC_WINNT_AUTH_IDENTITY_EX2 *header)
{
    const size_t ends[] = {
        sizeof(*header),
        (size_t)header->UserOffset + header->UserLength,
        (size_t)header->DomainOffset + header->DomainLength,
        (size_t)header->PackageListOffset + header->PackageListLength,
        (size_t)header->PackedCredentialsOffset + header->PackedCredentialsLength,
    };
    size_t used = 0;

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
    {
        if (ends[i] > used) used = ends[i];
    }
    return used;
}

/* The three pieces of a block: the header, what is or will be ciphertext, and the seal. */
struct sealed_parts
{
    SEC_WINNT_AUTH_IDENTITY_EX2 header;
    UCHAR *bytes;
    size_t size;
    UCHAR *seal;
};

static bool split(void *block, struct sealed_parts *parts)
{
    memcpy(&parts->header, block, sizeof(parts->header));
    if (parts->header.cbStructureLength < sizeof(parts->header) + SEAL_ROOM) return false;
    parts->bytes = (UCHAR *)block + sizeof(parts->header);
    parts->size = parts->header.cbStructureLength - sizeof(parts->header) - SEAL_ROOM;
    parts->seal = parts->bytes + parts->size;
    return true;
}

static struct aead_input input_of(struct sealed_parts *parts)
{
    return (struct aead_input){.key = process_key,
                               .associated = &parts->header,
                               .associated_size = sizeof(parts->header),
                               .bytes = parts->bytes,
                               .size = parts->size};
}

/* Encrypts a block that nobody else sees yet. */
static SECURITY_STATUS seal_copy(void *block)
{
    struct sealed_parts parts;
    struct aead_input input;
    struct aead_seal seal;
    SECURITY_STATUS status;

    if (!split(block, &parts) || used_size(&parts.header) > (size_t)(parts.seal - (UCHAR *)block))
        return SEC_E_INVALID_PARAMETER; /* made by somebody else, without room for a seal */
    if (!key_ready()) return SEC_E_INTERNAL_ERROR;
    parts.header.Flags |= SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED;
    input = input_of(&parts);
    if ((status = aead_close(&input, &seal)) != SEC_E_OK) return status;
    memcpy(parts.seal, &seal, sizeof(seal));
    memcpy(block, &parts.header, sizeof(parts.header));
    return SEC_E_OK;
}

/* The reverse. What is no identity of this process leaves zeros. */
static SECURITY_STATUS open_copy(void *block)
{
    struct sealed_parts parts;
    struct aead_input input;
    struct aead_seal seal;
    SECURITY_STATUS status;

    if (!split(block, &parts)) return SEC_E_UNKNOWN_CREDENTIALS;
    if (!key_ready()) return SEC_E_INTERNAL_ERROR;
    memcpy(&seal, parts.seal, sizeof(seal));
    input = input_of(&parts);
    if ((status = aead_open(&input, &seal)) != SEC_E_OK)
        return status == SEC_E_MESSAGE_ALTERED ? SEC_E_UNKNOWN_CREDENTIALS : status;
    parts.header.Flags &= ~(ULONG)SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED;
    memcpy(block, &parts.header, sizeof(parts.header));
    memset(parts.seal, 0, sizeof(seal));
    return SEC_E_OK;
}

/* A copy of an identity of one block, changed by CHANGED; freed with secret_free(). */
static SECURITY_STATUS changed_copy(const SEC_WINNT_AUTH_IDENTITY_EX2 *identity, SECURITY_STATUS (*changed)(void *),
                                    void **copy)
{
    SECURITY_STATUS status;
    ULONG size;
    void *block;

    memcpy(&size, &identity->cbStructureLength, sizeof(size));
    if (size < sizeof(*identity)) return SEC_E_UNKNOWN_CREDENTIALS;
    if (!(block = secret_alloc(size))) return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(block, identity, size);
    /* As it was measured, not what may stand there by now. */
    ((SEC_WINNT_AUTH_IDENTITY_EX2 *)block)->cbStructureLength = size;
    if ((status = changed(block)) == SEC_E_OK) *copy = block;
    else secret_free(block);
    return status;
}

SECURITY_STATUS identity_unsealed(const void *auth_data, void **copy)
{
    if (!identity_is_block(auth_data)) return SEC_E_UNKNOWN_CREDENTIALS;
    if ((identity_flags(auth_data) & IDENTITY_ENCRYPTED) != SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED)
        return SEC_E_UNKNOWN_CREDENTIALS;
    return changed_copy(auth_data, open_copy, copy);
}

/* Changes an identity in place, or leaves it as it is. */
static SECURITY_STATUS change(void *identity, SECURITY_STATUS (*changed)(void *))
{
    SECURITY_STATUS status;
    void *copy;

    if ((status = changed_copy(identity, changed, &copy)) != SEC_E_OK) return status;
    memcpy(identity, copy, ((const SEC_WINNT_AUTH_IDENTITY_EX2 *)copy)->cbStructureLength);
    secret_free(copy);
    return SEC_E_OK;
}

SECURITY_STATUS identity_seal(void *identity)
{
    return change(identity, seal_copy);
}

/*
 * Guise has no key that all processes of a logon share, and no local security authority in another process: what would
 * be readable here alone must not be said to be readable there.
 */
static SECURITY_STATUS check_options(ULONG options)
{
    switch (options)
    {
    case SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_PROCESS: return SEC_E_OK;
    case SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_LOGON:
    case SEC_WINNT_AUTH_IDENTITY_ENCRYPT_FOR_SYSTEM: return SEC_E_UNSUPPORTED_FUNCTION;
    default: return SEC_E_INVALID_PARAMETER;
    }
}

/* An identity that already is as it should be is looked at, and left alone. */
static SECURITY_STATUS convert(ULONG options, void *identity, bool encrypt)
{
    struct auth_identity *parts;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!identity) return SEC_E_INVALID_TOKEN;
    if ((status = check_options(options)) != SEC_E_OK) return status;
    if (!identity_is_block(identity)) return SEC_E_UNKNOWN_CREDENTIALS;
    if ((status = identity_read_any(identity, &parts)) != SEC_E_OK) return status;
    identity_free(parts);
    if (encrypt == !!(identity_flags(identity) & IDENTITY_ENCRYPTED)) return SEC_E_OK;
    return encrypt ? identity_seal(identity) : change(identity, open_copy);
}

/***********************************************************************
 *           SspiEncryptAuthIdentityEx (SECUR32.@)
 *
 * In place; an identity that could not be encrypted is as it was.
 */
SECURITY_STATUS SEC_ENTRY SspiEncryptAuthIdentityEx(ULONG options, PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    return convert(options, identity, true);
}

/***********************************************************************
 *           SspiEncryptAuthIdentity (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiEncryptAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    return convert(SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_PROCESS, identity, true);
}

/***********************************************************************
 *           SspiDecryptAuthIdentityEx (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiDecryptAuthIdentityEx(ULONG options, PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    return convert(options, identity, false);
}

/***********************************************************************
 *           SspiDecryptAuthIdentity (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiDecryptAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    return convert(SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_PROCESS, identity, false);
}

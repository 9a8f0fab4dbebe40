/*
 * The Sspi helpers for identities: opaque identities made from strings, copied, compared, marshalled and wiped
 * (S2.20.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdalign.h>
#include <string.h>

#include <openssl/crypto.h>

#include "dlls/secur32/authidentity.h"
#include "ntoskrnl/out.h"

#define ENCODED_FLAGS (SEC_WINNT_AUTH_IDENTITY_UNICODE | SEC_WINNT_AUTH_IDENTITY_MARSHALLED)

/* The size is kept so that whoever frees the block can wipe it, whatever it holds by then. */
struct secret_block
{
    alignas(max_align_t) size_t size;
    alignas(max_align_t) UCHAR bytes[];
};

void *secret_alloc(size_t size)
{
    struct secret_block *block = out_block_behind(sizeof(*block), size);

    if (!block) return NULL;
    block->size = size;
    return block->bytes;
}

void secret_free(void *bytes)
{
    struct secret_block *block;

    if (!bytes) return;
    block = (struct secret_block *)((char *)bytes - offsetof(struct secret_block, bytes));
    explicit_bzero(block->bytes, block->size);
    out_free(block);
}

/* A terminated copy; NULL stays NULL. false: no memory. */
static bool secret_text(const WCHAR *text, ULONG length, WCHAR **copy)
{
    *copy = NULL;
    if (!text) return true;
    if (!(*copy = secret_alloc((length + 1) * sizeof(WCHAR)))) return false;
    memcpy(*copy, text, length * sizeof(WCHAR));
    return true;
}

/* ---- opaque identities ------------------------------------------------------------------------------------------- */

/* One text that is put behind the header of a block. */
static void put(UCHAR *block, ULONG *used, const void *bytes, USHORT length, ULONG *offset)
{
    *offset = *used;
    if (length) memcpy(block + *used, bytes, length);
    *used += length;
}

static void put_text(UCHAR *block, ULONG *used, const WCHAR *text, ULONG units, ULONG *offset, USHORT *length)
{
    if (!text) return;
    *length = (USHORT)(units * sizeof(WCHAR));
    put(block, used, text, *length, offset);
}

/* The password goes first: its header wants the block's alignment. */
static void put_password(UCHAR *block, ULONG *used, const struct auth_identity *parts,
                         SEC_WINNT_AUTH_IDENTITY_EX2 *header)
{
    struct packed_credentials packed = {.header_length = sizeof(packed), .type = packed_password_type};

    if (!parts->password) return;
    packed.data_offset = sizeof(packed);
    packed.data_length = (USHORT)(parts->password_length * sizeof(WCHAR));
    packed.structure_length = (USHORT)(sizeof(packed) + packed.data_length);
    header->PackedCredentialsLength = packed.structure_length;
    put(block, used, &packed, sizeof(packed), &header->PackedCredentialsOffset);
    if (packed.data_length) memcpy(block + *used, parts->password, packed.data_length);
    *used += packed.data_length;
}

/* What the 16 bits of the lengths cannot say is refused. */
static bool fits(const struct auth_identity *parts)
{
    const ULONG most = 0xffff / sizeof(WCHAR);

    return parts->user_length <= most && parts->domain_length <= most && parts->package_list_length <= most &&
           parts->password_length <= (0xffff - sizeof(struct packed_credentials)) / sizeof(WCHAR);
}

SECURITY_STATUS opaque_identity_create(const struct auth_identity *parts, PSEC_WINNT_AUTH_IDENTITY_OPAQUE *identity)
{
    SEC_WINNT_AUTH_IDENTITY_EX2 header = {
        .Version = SEC_WINNT_AUTH_IDENTITY_VERSION_2,
        .cbHeaderLength = sizeof(header),
        .Flags = (parts->flags & ~(ULONG)SEC_WINNT_AUTH_IDENTITY_ANSI) | ENCODED_FLAGS,
    };
    ULONG used = sizeof(header);
    size_t units;
    UCHAR *block;

    if (!fits(parts)) return SEC_E_INVALID_PARAMETER;
    units = (size_t)parts->user_length + parts->domain_length + parts->package_list_length + parts->password_length;
    header.cbStructureLength = (ULONG)(sizeof(header) + units * sizeof(WCHAR) + SEAL_ROOM);
    if (parts->password) header.cbStructureLength += sizeof(struct packed_credentials);
    if (!(block = secret_alloc(header.cbStructureLength))) return SEC_E_INSUFFICIENT_MEMORY;
    put_password(block, &used, parts, &header);
    put_text(block, &used, parts->user, parts->user_length, &header.UserOffset, &header.UserLength);
    put_text(block, &used, parts->domain, parts->domain_length, &header.DomainOffset, &header.DomainLength);
    put_text(block, &used, parts->package_list, parts->package_list_length, &header.PackageListOffset,
             &header.PackageListLength);
    memcpy(block, &header, sizeof(header));
    out_ptr(identity, block);
    return SEC_E_OK;
}

SECURITY_STATUS opaque_identity_like(const void *auth_data, const struct auth_identity *parts,
                                     PSEC_WINNT_AUTH_IDENTITY_OPAQUE *identity)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE made;
    SECURITY_STATUS status;

    if ((status = opaque_identity_create(parts, &made)) != SEC_E_OK) return status;
    if (auth_data && identity_flags(auth_data) & IDENTITY_ENCRYPTED && (status = identity_seal(made)) != SEC_E_OK)
    {
        secret_free(made);
        return status;
    }
    out_ptr(identity, made);
    return SEC_E_OK;
}

static SECURITY_STATUS encode_again(const void *auth_data, PSEC_WINNT_AUTH_IDENTITY_OPAQUE *identity)
{
    struct auth_identity *parts;
    SECURITY_STATUS status;

    if ((status = identity_read_any(auth_data, &parts)) != SEC_E_OK) return status;
    status = opaque_identity_like(auth_data, parts, identity);
    identity_free(parts);
    return status;
}

/* A caller's string, as it stands, as a part that is only read. false: longer than any identity. */
static bool borrow_text(const WCHAR *text, WCHAR **part, ULONG *length)
{
    union
    {
        const WCHAR *read;
        WCHAR *write;
    } borrowed = {text};
    size_t units = text ? sec_wide_length(text) : 0;

    *part = borrowed.write;
    *length = (ULONG)units;
    return units <= 0xffff;
}

/***********************************************************************
 *           SspiEncodeStringsAsAuthIdentity (SECUR32.@)
 *
 * SEC_E_INVALID_TOKEN without a user and a password, *IDENTITY then as it was.
 */
SECURITY_STATUS SEC_ENTRY SspiEncodeStringsAsAuthIdentity(PCWSTR user, PCWSTR domain, PCWSTR password,
                                                          PSEC_WINNT_AUTH_IDENTITY_OPAQUE *identity)
{
    struct auth_identity parts = {.flags = 0};

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!identity || (!user && !password)) return SEC_E_INVALID_TOKEN;
    if (!borrow_text(user, &parts.user, &parts.user_length) ||
        !borrow_text(domain, &parts.domain, &parts.domain_length) ||
        !borrow_text(password, &parts.password, &parts.password_length))
        return SEC_E_INVALID_PARAMETER;
    return opaque_identity_create(&parts, identity);
}

/***********************************************************************
 *           SspiEncodeAuthIdentityAsStrings (SECUR32.@)
 *
 * A part that was not given is NULL. The strings are freed with SspiLocalFree (S12.10).
 */
SECURITY_STATUS SEC_ENTRY SspiEncodeAuthIdentityAsStrings(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity, PCWSTR *user,
                                                          PCWSTR *domain, PCWSTR *password)
{
    WCHAR *user_copy = NULL, *domain_copy = NULL, *password_copy = NULL;
    struct auth_identity *parts;
    SECURITY_STATUS status;
    bool complete;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!identity || !user || !domain || !password) return SEC_E_INVALID_TOKEN;
    if ((status = identity_read_any(identity, &parts)) != SEC_E_OK) return status;
    complete = secret_text(parts->user, parts->user_length, &user_copy) &&
               secret_text(parts->domain, parts->domain_length, &domain_copy) &&
               secret_text(parts->password, parts->password_length, &password_copy);
    identity_free(parts);
    if (!complete)
    {
        secret_free(user_copy);
        secret_free(domain_copy);
        secret_free(password_copy);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    out_ptr(user, user_copy);
    out_ptr(domain, domain_copy);
    out_ptr(password, password_copy);
    return SEC_E_OK;
}

/***********************************************************************
 *           SspiValidateAuthIdentity (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiValidateAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    struct auth_identity *parts;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!identity) return SEC_E_INVALID_TOKEN;
    if ((status = identity_read_any(identity, &parts)) == SEC_E_OK) identity_free(parts);
    return status;
}

/***********************************************************************
 *           SspiCopyAuthIdentity (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiCopyAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity,
                                               PSEC_WINNT_AUTH_IDENTITY_OPAQUE *copy)
{
    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!identity || !copy) return SEC_E_INVALID_TOKEN;
    return encode_again(identity, copy);
}

/***********************************************************************
 *           SspiFreeAuthIdentity (SECUR32.@)
 */
VOID SEC_ENTRY SspiFreeAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    secret_free(identity);
}

/***********************************************************************
 *           SspiLocalFree (SECUR32.@)
 */
VOID SEC_ENTRY SspiLocalFree(PVOID block)
{
    secret_free(block);
}

/***********************************************************************
 *           SspiZeroAuthIdentity (SECUR32.@)
 */
VOID SEC_ENTRY SspiZeroAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    if (identity) identity_wipe(identity);
}

/***********************************************************************
 *           SspiIsAuthIdentityEncrypted (SECUR32.@)
 */
BOOLEAN SEC_ENTRY SspiIsAuthIdentityEncrypted(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    return identity && (identity_flags(identity) & IDENTITY_ENCRYPTED) ? TRUE : FALSE;
}

/* ---- marshalled identities --------------------------------------------------------------------------------------- */

/***********************************************************************
 *           SspiMarshalAuthIdentity (SECUR32.@)
 *
 * The bytes are those of an opaque identity, which holds no pointers. Those of an encrypted one stay encrypted.
 */
SECURITY_STATUS SEC_ENTRY SspiMarshalAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity, ULONG *length, char **bytes)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE copy;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!identity || !length || !bytes) return SEC_E_INVALID_TOKEN;
    if ((status = encode_again(identity, &copy)) != SEC_E_OK) return status;
    *length = ((const SEC_WINNT_AUTH_IDENTITY_EX2 *)copy)->cbStructureLength;
    out_ptr(bytes, (char *)copy);
    return SEC_E_OK;
}

/***********************************************************************
 *           SspiUnmarshalAuthIdentity (SECUR32.@)
 *
 * The bytes may be anybody's: only the shape without pointers is taken, and it must lie within LENGTH.
 */
SECURITY_STATUS SEC_ENTRY SspiUnmarshalAuthIdentity(ULONG length, char *bytes,
                                                    PSEC_WINNT_AUTH_IDENTITY_OPAQUE *identity)
{
    SEC_WINNT_AUTH_IDENTITY_EX2 header;
    SECURITY_STATUS status;
    void *aligned;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!bytes || !identity) return SEC_E_INVALID_TOKEN;
    if (length < sizeof(header)) return SEC_E_UNKNOWN_CREDENTIALS;
    memcpy(&header, bytes, sizeof(header));
    if (header.Version != SEC_WINNT_AUTH_IDENTITY_VERSION_2 || header.cbHeaderLength != sizeof(header) ||
        header.cbStructureLength < sizeof(header) || header.cbStructureLength > length)
        return SEC_E_UNKNOWN_CREDENTIALS;
    if (!(aligned = secret_alloc(header.cbStructureLength))) return SEC_E_INSUFFICIENT_MEMORY;
    /* The header that was checked, not what may stand there by now. */
    memcpy(aligned, &header, sizeof(header));
    memcpy((char *)aligned + sizeof(header), bytes + sizeof(header), header.cbStructureLength - sizeof(header));
    status = encode_again(aligned, identity);
    secret_free(aligned);
    return status;
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

static bool same_user(const struct auth_identity *a, const struct auth_identity *b)
{
    return a->anonymous == b->anonymous && sec_same_name(a->user, a->user_length, b->user, b->user_length) &&
           sec_same_name(a->domain, a->domain_length, b->domain, b->domain_length);
}

/* Nothing here says where two passwords differ. */
static bool same_password(const struct auth_identity *a, const struct auth_identity *b)
{
    if (!a->password || !b->password) return a->password == b->password;
    return a->password_length == b->password_length &&
           !CRYPTO_memcmp(a->password, b->password, a->password_length * sizeof(WCHAR));
}

static SECURITY_STATUS read_optional(const void *auth_data, struct auth_identity **parts)
{
    *parts = NULL;
    return auth_data ? identity_read_any(auth_data, parts) : SEC_E_OK;
}

/***********************************************************************
 *           SspiCompareAuthIdentities (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiCompareAuthIdentities(PSEC_WINNT_AUTH_IDENTITY_OPAQUE first,
                                                    PSEC_WINNT_AUTH_IDENTITY_OPAQUE second, PBOOLEAN user_is_same,
                                                    PBOOLEAN identity_is_same)
{
    struct auth_identity *a, *b = NULL;
    bool user = false, identity = false;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    status = read_optional(first, &a);
    if (status == SEC_E_OK) status = read_optional(second, &b);
    if (status == SEC_E_OK)
    {
        user = a && b ? same_user(a, b) : a == b;
        identity = a && b
                       ? user && same_password(a, b) &&
                             sec_same_name(a->package_list, a->package_list_length, b->package_list, b->package_list_length)
                       : user;
        if (user_is_same) *user_is_same = user;
        if (identity_is_same) *identity_is_same = identity;
    }
    identity_free(a);
    identity_free(b);
    return status;
}

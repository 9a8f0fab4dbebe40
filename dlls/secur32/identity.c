/*
 * What a caller gives as pAuthData, in any of its shapes, as one struct auth_identity.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stddef.h>
#include <string.h>

#include "dlls/secur32/authidentity.h"

/* How long each text may be, in units of UTF-16. */
struct limits
{
    ULONG user, domain, password, package_list;
};

static const struct limits package_limits = {
    .user = 256, .domain = 15, .password = 256, .package_list = 1024}; /* S2.1.4 */

/* What the lengths of an EX2 identity, which are 16 bits and count bytes, can say. */
static const struct limits opaque_limits = {.user = 32767, .domain = 32767, .password = 32000, .package_list = 32767};

/* The parts of an identity where the caller has them: text in either form, counted in units of that form. */
struct given_text
{
    const void *text; /* NULL = not given */
    ULONG length;
};

struct given
{
    struct given_text user, domain, password, package_list;
    bool wide_password; /* whatever the flags say of the others */
    ULONG flags;
};

const GUID packed_password_type = {0x28bfc32f, 0x10f6, 0x4738, {0x98, 0xd1, 0x1a, 0xc0, 0x61, 0xdf, 0x71, 0x6a}};

/* The shapes are told apart by what stands where the plain one has its first pointer (S2.1.5). */
enum shape
{
    SHAPE_PLAIN,
    SHAPE_EX,
    SHAPE_EX2
};

/*
 * A pointer of 64 bits may well end in 0x200, so the length beside the version must make sense too: no pointer has that
 * in its upper half, which would be an address between 4 GiB and 4 GiB times the structure's size, where nothing is
 * mapped by itself.
 */
static enum shape shape_of(const void *auth_data)
{
    ULONG version;
    USHORT length;

    memcpy(&version, auth_data, sizeof(version));
    if (version != SEC_WINNT_AUTH_IDENTITY_VERSION && version != SEC_WINNT_AUTH_IDENTITY_VERSION_2) return SHAPE_PLAIN;
    memcpy(&length, (const char *)auth_data + offsetof(SEC_WINNT_AUTH_IDENTITY_EXW, Length), sizeof(length));
    if (version == SEC_WINNT_AUTH_IDENTITY_VERSION)
        return length == sizeof(SEC_WINNT_AUTH_IDENTITY_EXW) ? SHAPE_EX : SHAPE_PLAIN;
    return length == sizeof(SEC_WINNT_AUTH_IDENTITY_EX2) ? SHAPE_EX2 : SHAPE_PLAIN;
}

_Static_assert(offsetof(SEC_WINNT_AUTH_IDENTITY_EX2, cbHeaderLength) == offsetof(SEC_WINNT_AUTH_IDENTITY_EXW, Length),
               "both lengths stand behind the version");

static void read_plain(const SEC_WINNT_AUTH_IDENTITY_W *identity, struct given *given)
{
    given->user = (struct given_text){identity->User, identity->UserLength};
    given->domain = (struct given_text){identity->Domain, identity->DomainLength};
    given->password = (struct given_text){identity->Password, identity->PasswordLength};
    given->flags = identity->Flags;
}

static void read_ex(const SEC_WINNT_AUTH_IDENTITY_EXW *identity, struct given *given)
{
    given->user = (struct given_text){identity->User, identity->UserLength};
    given->domain = (struct given_text){identity->Domain, identity->DomainLength};
    given->password = (struct given_text){identity->Password, identity->PasswordLength};
    given->package_list = (struct given_text){identity->PackageList, identity->PackageListLength};
    given->flags = identity->Flags;
}

/* LENGTH bytes at OFFSET of a block of SIZE bytes, as text of units of UNIT bytes. Offset and length 0: not given. */
static bool part_of(const void *block, size_t size, ULONG offset, ULONG length, ULONG unit, struct given_text *text)
{
    if (!offset && !length) return true;
    if (offset > size || length > size - offset || length % unit) return false;
    text->text = (const char *)block + offset;
    text->length = length / unit;
    return true;
}

static bool read_packed(const struct given_text *packed, struct given *given)
{
    struct packed_credentials header;

    if (!packed->text) return true;
    if (packed->length < sizeof(header)) return false;
    given->wide_password = true; /* of SEC_WINNT_AUTH_DATA_PASSWORD */
    memcpy(&header, packed->text, sizeof(header));
    return header.header_length == sizeof(header) && header.structure_length >= sizeof(header) &&
           header.structure_length <= packed->length &&
           !memcmp(&header.type, &packed_password_type, sizeof(packed_password_type)) &&
           part_of(packed->text, header.structure_length, header.data_offset, header.data_length, sizeof(WCHAR),
                   &given->password);
}

static bool read_ex2(const SEC_WINNT_AUTH_IDENTITY_EX2 *identity, struct given *given)
{
    ULONG size = identity->cbStructureLength, unit = sizeof(WCHAR);
    struct given_text packed = {NULL, 0};

    if (size < sizeof(*identity)) return false;
    given->flags = identity->Flags;
    if (given->flags & SEC_WINNT_AUTH_IDENTITY_ANSI) unit = 1;
    return part_of(identity, size, identity->UserOffset, identity->UserLength, unit, &given->user) &&
           part_of(identity, size, identity->DomainOffset, identity->DomainLength, unit, &given->domain) &&
           part_of(identity, size, identity->PackageListOffset, identity->PackageListLength, unit,
                   &given->package_list) &&
           part_of(identity, size, identity->PackedCredentialsOffset, identity->PackedCredentialsLength, 1, &packed) &&
           read_packed(&packed, given);
}

static bool read_shape(const void *auth_data, struct given *given)
{
    switch (shape_of(auth_data))
    {
    case SHAPE_EX: read_ex(auth_data, given); return true;
    case SHAPE_EX2: return read_ex2(auth_data, given);
    case SHAPE_PLAIN: break;
    }
    read_plain(auth_data, given);
    return true;
}

/* A counted UTF-16 copy of at most MAX units; a length without text is not understood. */
static SECURITY_STATUS copy_text(const struct given_text *given, bool ansi, ULONG max, WCHAR **copy, ULONG *length)
{
    SECURITY_STATUS status;

    if (!given->text) return given->length ? SEC_E_UNKNOWN_CREDENTIALS : SEC_E_OK;
    /* In UTF-8 a unit may be three bytes. */
    if (given->length > (ansi ? 3 * max : max)) return SEC_E_UNKNOWN_CREDENTIALS;
    if (ansi)
    {
        status = sec_wide_from_ansi(given->text, given->length, copy, length);
        if (status == SEC_E_INVALID_PARAMETER) return SEC_E_UNKNOWN_CREDENTIALS;
        if (status != SEC_E_OK) return status;
        return *length > max ? SEC_E_UNKNOWN_CREDENTIALS : SEC_E_OK;
    }
    if (!(*copy = guise_alloc((given->length + 1) * sizeof(WCHAR)))) return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(*copy, given->text, given->length * sizeof(WCHAR));
    *length = given->length;
    return SEC_E_OK;
}

/* S2.1.7. */
static bool is_anonymous(const struct auth_identity *identity, ULONG flags)
{
    const ULONG null_session = SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_USER | SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_DOMAIN;

    if (identity->user_length || identity->domain_length || identity->password_length) return false;
    return (identity->user && identity->domain && identity->password) || (flags & null_session) == null_session;
}

static SECURITY_STATUS copy_all(const struct given *given, const struct limits *limits, struct auth_identity *identity)
{
    const struct
    {
        const struct given_text *text;
        ULONG max;
        WCHAR **copy;
        ULONG *length;
        bool wide;
    } parts[] = {
        {&given->user, limits->user, &identity->user, &identity->user_length, false},
        {&given->domain, limits->domain, &identity->domain, &identity->domain_length, false},
        {&given->package_list, limits->package_list, &identity->package_list, &identity->package_list_length, false},
        {&given->password, limits->password, &identity->password, &identity->password_length, given->wide_password},
    };
    bool ansi = given->flags & SEC_WINNT_AUTH_IDENTITY_ANSI;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
    {
        SECURITY_STATUS status = copy_text(parts[i].text, ansi && !parts[i].wide, parts[i].max, parts[i].copy, parts[i].length);

        if (status != SEC_E_OK) return status;
    }
    identity->flags = given->flags;
    identity->anonymous = is_anonymous(identity, given->flags);
    return SEC_E_OK;
}

static SECURITY_STATUS read_legible(const void *auth_data, const struct limits *limits, struct auth_identity **identity)
{
    struct given given = {.flags = 0};
    struct auth_identity *copy;
    SECURITY_STATUS status;

    if (!read_shape(auth_data, &given)) return SEC_E_UNKNOWN_CREDENTIALS;
    if (!(copy = guise_alloc(sizeof(*copy)))) return SEC_E_INSUFFICIENT_MEMORY;
    if ((status = copy_all(&given, limits, copy)) != SEC_E_OK)
    {
        identity_free(copy);
        return status;
    }
    *identity = copy;
    return SEC_E_OK;
}

static SECURITY_STATUS read_within(const void *auth_data, const struct limits *limits, struct auth_identity **identity)
{
    SECURITY_STATUS status;
    void *legible;

    if (!(identity_flags(auth_data) & IDENTITY_ENCRYPTED)) return read_legible(auth_data, limits, identity);
    if ((status = identity_unsealed(auth_data, &legible)) != SEC_E_OK) return status;
    status = read_legible(legible, limits, identity);
    secret_free(legible);
    return status;
}

SECURITY_STATUS identity_read(const void *auth_data, struct auth_identity **identity)
{
    return read_within(auth_data, &package_limits, identity);
}

SECURITY_STATUS identity_read_any(const void *auth_data, struct auth_identity **identity)
{
    return read_within(auth_data, &opaque_limits, identity);
}

ULONG identity_flags(const void *auth_data)
{
    switch (shape_of(auth_data))
    {
    case SHAPE_EX: return ((const SEC_WINNT_AUTH_IDENTITY_EXW *)auth_data)->Flags;
    case SHAPE_EX2: return ((const SEC_WINNT_AUTH_IDENTITY_EX2 *)auth_data)->Flags;
    case SHAPE_PLAIN: break;
    }
    return ((const SEC_WINNT_AUTH_IDENTITY_W *)auth_data)->Flags;
}

bool identity_is_block(const void *auth_data)
{
    return shape_of(auth_data) == SHAPE_EX2;
}

/* The caller's texts are his to write, whatever their type says here. */
static void wipe_text(const struct given_text *given, ULONG unit)
{
    union
    {
        const void *read;
        void *write;
    } text = {given->text};

    if (text.write) explicit_bzero(text.write, (size_t)given->length * unit);
}

void identity_wipe(void *auth_data)
{
    struct given given = {.flags = 0};
    ULONG unit;

    if (shape_of(auth_data) == SHAPE_EX2)
    {
        explicit_bzero(auth_data, ((const SEC_WINNT_AUTH_IDENTITY_EX2 *)auth_data)->cbStructureLength);
        return;
    }
    read_shape(auth_data, &given);
    unit = given.flags & SEC_WINNT_AUTH_IDENTITY_ANSI ? 1 : sizeof(WCHAR);
    wipe_text(&given.user, unit);
    wipe_text(&given.domain, unit);
    wipe_text(&given.password, unit);
}

void identity_free(struct auth_identity *identity)
{
    if (!identity) return;
    guise_free(identity->user);
    guise_free(identity->domain);
    guise_free(identity->package_list);
    guise_free_secret(identity->password, identity->password_length * sizeof(WCHAR));
    guise_free(identity);
}

/*
 * libFuzzer target: identities in every shape. What is taken is an identity for every helper, survives a round trip and
 * being encrypted, and is no identity any more once a byte of the ciphertext was changed.
 *
 * Input that begins with the version of marshalled identities is one. Other input is a recipe for the shapes with
 * pointers: a byte that chooses (bit 0: EX; bit 1: ANSI), four bytes of flags, two bytes of length for each of user, domain,
 * password and package list (0xffff: no text), and the texts.
 *
 * Covers: dlls/secur32/identity.c dlls/secur32/authidentity.c dlls/secur32/identity_seal.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sspi.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) abort();
}

static void check_same(void *identity, void *other)
{
    BOOLEAN same_user = FALSE, same = FALSE;

    require(SspiCompareAuthIdentities(identity, other, &same_user, &same) == SEC_E_OK && same_user && same);
}

static void read_strings(void *identity)
{
    const WCHAR *user, *domain, *password;

    require(SspiEncodeAuthIdentityAsStrings(identity, &user, &domain, &password) == SEC_E_OK);
    SspiLocalFree((void *)user);
    SspiLocalFree((void *)domain);
    SspiLocalFree((void *)password);
}

static void prepare(void *identity)
{
    const WCHAR *target, *user;
    ULONG type, size;
    BYTE *blob;

    if (SspiPrepareForCredWrite(identity, NULL, &type, &target, &user, &blob, &size) != SEC_E_OK) return;
    SspiLocalFree((void *)target);
    SspiLocalFree((void *)user);
    SspiLocalFree(blob);
    require(SspiPrepareForCredRead(identity, NULL, &type, &target) == SEC_E_OK);
    SspiLocalFree((void *)target);
}

static void exclude(void *identity)
{
    void *other;

    if (SspiExcludePackage(identity, u"ntlm", &other) != SEC_E_OK) return;
    require(SspiValidateAuthIdentity(other) == SEC_E_OK);
    SspiFreeAuthIdentity(other);
}

/* The limits of packages are narrower than those of the helpers, so it may be refused. */
static void acquire(void *identity)
{
    CredHandle handle;

    if (AcquireCredentialsHandleW(NULL, (WCHAR *)u"NTLM", SECPKG_CRED_OUTBOUND, NULL, identity, NULL, NULL, &handle, NULL) == SEC_E_OK)
        FreeCredentialsHandle(&handle);
}

static void round_trip(void *identity)
{
    ULONG length;
    char *bytes;
    void *back;

    require(SspiMarshalAuthIdentity(identity, &length, &bytes) == SEC_E_OK);
    require(SspiUnmarshalAuthIdentity(length, bytes, &back) == SEC_E_OK);
    check_same(identity, back);
    SspiFreeAuthIdentity(back);
    SspiLocalFree(bytes);
}

/* WHERE says which byte of the ciphertext is changed. */
static void encrypt(void *identity, size_t where)
{
    SEC_WINNT_AUTH_IDENTITY_EX2 *sealed;
    UCHAR *altered;

    require(SspiCopyAuthIdentity(identity, (void **)&sealed) == SEC_E_OK);
    require(SspiEncryptAuthIdentity(sealed) == SEC_E_OK && SspiIsAuthIdentityEncrypted(sealed));
    check_same(identity, sealed);
    round_trip(sealed);
    altered = (UCHAR *)sealed + sizeof(*sealed) + where % (sealed->cbStructureLength - sizeof(*sealed));
    *altered ^= 1;
    require(SspiValidateAuthIdentity(sealed) == SEC_E_UNKNOWN_CREDENTIALS);
    *altered ^= 1;
    require(SspiDecryptAuthIdentity(sealed) == SEC_E_OK && !SspiIsAuthIdentityEncrypted(sealed));
    check_same(identity, sealed);
    SspiFreeAuthIdentity(sealed);
}

/* IDENTITY is an opaque one. */
static void use(void *identity, size_t where)
{
    read_strings(identity);
    prepare(identity);
    exclude(identity);
    round_trip(identity);
    encrypt(identity, where);
    acquire(identity);
}

static void try_marshalled(char *bytes, size_t size)
{
    void *identity;

    if (SspiUnmarshalAuthIdentity((ULONG)size, bytes, &identity) != SEC_E_OK) return;
    use(identity, size);
    SspiFreeAuthIdentity(identity);
}

/* ---- the shapes with pointers -------------------------------------------------------------------------------------- */

struct recipe
{
    uint8_t shape;
    ULONG flags;
    struct
    {
        void *text; /* a block of its own, so that a byte too many is seen */
        ULONG length;
    } parts[4];
};

static bool read_recipe(const uint8_t *data, size_t size, struct recipe *recipe)
{
    USHORT lengths[4];
    size_t unit;

    memset(recipe, 0, sizeof(*recipe));
    if (size < 1 + sizeof(recipe->flags) + sizeof(lengths)) return false;
    recipe->shape = *data;
    memcpy(&recipe->flags, data + 1, sizeof(recipe->flags));
    memcpy(lengths, data + 1 + sizeof(recipe->flags), sizeof(lengths));
    data += 1 + sizeof(recipe->flags) + sizeof(lengths);
    size -= 1 + sizeof(recipe->flags) + sizeof(lengths);
    recipe->flags = recipe->shape & 2 ? (recipe->flags & ~2u) | 1 : (recipe->flags & ~1u) | 2;
    unit = recipe->shape & 2 ? 1 : sizeof(WCHAR);
    for (int i = 0; i < 4; i++)
    {
        size_t bytes = lengths[i] * unit;

        if (lengths[i] == 0xffff) continue;
        if (bytes > size) bytes = size / unit * unit;
        recipe->parts[i].length = (ULONG)(bytes / unit);
        if (!(recipe->parts[i].text = malloc(bytes ? bytes : 1))) abort();
        memcpy(recipe->parts[i].text, data, bytes);
        data += bytes;
        size -= bytes;
    }
    return true;
}

static void try_pointers(const uint8_t *data, size_t size)
{
    SEC_WINNT_AUTH_IDENTITY_EXW ex = {.Version = SEC_WINNT_AUTH_IDENTITY_VERSION, .Length = sizeof(ex)};
    SEC_WINNT_AUTH_IDENTITY_W plain;
    struct recipe recipe;
    void *copy, *given;

    if (!read_recipe(data, size, &recipe)) return;
    plain = (SEC_WINNT_AUTH_IDENTITY_W){recipe.parts[0].text, recipe.parts[0].length, recipe.parts[1].text,
                                        recipe.parts[1].length, recipe.parts[2].text, recipe.parts[2].length, recipe.flags};
    ex.User = plain.User, ex.UserLength = plain.UserLength;
    ex.Domain = plain.Domain, ex.DomainLength = plain.DomainLength;
    ex.Password = plain.Password, ex.PasswordLength = plain.PasswordLength;
    ex.PackageList = recipe.parts[3].text, ex.PackageListLength = recipe.parts[3].length;
    ex.Flags = recipe.flags;
    given = recipe.shape & 1 ? (void *)&ex : (void *)&plain;

    acquire(given);
    if (SspiCopyAuthIdentity(given, &copy) == SEC_E_OK)
    {
        check_same(given, copy);
        use(copy, size);
        SspiFreeAuthIdentity(copy);
    }
    SspiZeroAuthIdentity(given);
    for (int i = 0; i < 4; i++) free(recipe.parts[i].text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ULONG version = 0;
    char *copy;

    if (size >= sizeof(version)) memcpy(&version, data, sizeof(version));
    if (version != SEC_WINNT_AUTH_IDENTITY_VERSION_2)
    {
        try_pointers(data, size);
        return 0;
    }
    if (!(copy = malloc(size))) return 0;
    memcpy(copy, data, size); /* a block of its own: a byte too many is seen */
    try_marshalled(copy, size);
    free(copy);
    return 0;
}

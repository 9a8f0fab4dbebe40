/*
 * One identity in every shape that a caller may give it in: each helper and both forms of AcquireCredentialsHandle understand it,
 * and say the same of it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <sspi.h>
#include <wine/test.h>

#include "dlls/secur32/front.h"
#include "secur32_fake.h"

#define GIVEN(name, wide, utf8) static WCHAR name##_w[] = wide; static char name##_a[] = utf8
GIVEN(user, u"J\x00f6rg", "J\xc3\xb6rg");
GIVEN(domain, u"D\x00d6M", "D\xc3\x96M");
GIVEN(password, u"p\x00e4ss \x20ac", "p\xc3\xa4ss \xe2\x82\xac");
GIVEN(list, u"!ntlm", "!ntlm");

#define COUNT(text) (sizeof(text) / sizeof((text)[0]) - 1)

static SEC_WINNT_AUTH_IDENTITY_A plain_a = {
    (UCHAR *)user_a, COUNT(user_a), (UCHAR *)domain_a, COUNT(domain_a), (UCHAR *)password_a, COUNT(password_a), SEC_WINNT_AUTH_IDENTITY_ANSI};
static SEC_WINNT_AUTH_IDENTITY_W plain_w = {
    user_w, COUNT(user_w), domain_w, COUNT(domain_w), password_w, COUNT(password_w), SEC_WINNT_AUTH_IDENTITY_UNICODE};
static SEC_WINNT_AUTH_IDENTITY_EXA ex_a = {
    SEC_WINNT_AUTH_IDENTITY_VERSION, sizeof(ex_a), (UCHAR *)user_a, COUNT(user_a), (UCHAR *)domain_a, COUNT(domain_a),
    (UCHAR *)password_a, COUNT(password_a), SEC_WINNT_AUTH_IDENTITY_ANSI, (UCHAR *)list_a, COUNT(list_a)};
static SEC_WINNT_AUTH_IDENTITY_EXW ex_w = {
    SEC_WINNT_AUTH_IDENTITY_VERSION, sizeof(ex_w), user_w, COUNT(user_w), domain_w, COUNT(domain_w), password_w, COUNT(password_w),
    SEC_WINNT_AUTH_IDENTITY_UNICODE, list_w, COUNT(list_w)};

/* One block. Its password is UTF-16 whatever the flags say. */
union ex2
{
    SEC_WINNT_AUTH_IDENTITY_EX2 head;
    UCHAR bytes[256];
};
static union ex2 ex2_a, ex2_w;

static void put(union ex2 *block, ULONG *used, const void *data, size_t size, ULONG *offset, USHORT *length)
{
    *offset = *used;
    *length = (USHORT)size;
    memcpy(block->bytes + *used, data, size);
    *used += (ULONG)size;
}

static void make_ex2(union ex2 *block, bool ansi)
{
    const ULONG password_size = sizeof(password_w) - sizeof(WCHAR);
    struct
    {
        struct packed_credentials header;
        WCHAR password[COUNT(password_w)];
    } packed = {{sizeof(packed.header), (USHORT)(sizeof(packed.header) + password_size), packed_password_type, sizeof(packed.header),
                 (USHORT)password_size},
                {0}};
    ULONG used = sizeof(block->head);

    memcpy(packed.password, password_w, password_size);
    block->head = (SEC_WINNT_AUTH_IDENTITY_EX2){.Version = SEC_WINNT_AUTH_IDENTITY_VERSION_2, .cbHeaderLength = sizeof(block->head)};
    block->head.Flags = ansi ? SEC_WINNT_AUTH_IDENTITY_ANSI : SEC_WINNT_AUTH_IDENTITY_UNICODE;
#define PUT(name, member) \
    put(block, &used, ansi ? (void *)name##_a : (void *)name##_w, ansi ? COUNT(name##_a) : COUNT(name##_w) * sizeof(WCHAR), \
        &block->head.member##Offset, &block->head.member##Length)
    put(block, &used, &packed, packed.header.structure_length, &block->head.PackedCredentialsOffset,
        &block->head.PackedCredentialsLength);
    PUT(user, User);
    PUT(domain, Domain);
    PUT(list, PackageList);
    block->head.cbStructureLength = used;
}

static const struct
{
    const char *name;
    void *identity;
    bool has_list;
} shapes[] = {
    {"A", &plain_a, false}, {"W", &plain_w, false}, {"EXA", &ex_a, true}, {"EXW", &ex_w, true}, {"EX2, ANSI", &ex2_a, true},
    {"EX2", &ex2_w, true},
};

static bool is(const WCHAR *text, const WCHAR *wanted)
{
    size_t length = sec_wide_length(wanted);

    return text && sec_wide_length(text) == length && !memcmp(text, wanted, length * sizeof(WCHAR));
}

static void check_strings(void *identity)
{
    const WCHAR *user = NULL, *domain = NULL, *password = NULL;
    SECURITY_STATUS status = SspiEncodeAuthIdentityAsStrings(identity, &user, &domain, &password);

    /* callers cite */
    ok(status == SEC_E_OK && is(user, user_w) && is(domain, domain_w) && is(password, password_w), "got %08lx: %s, %s, %s\n", status,
       wine_dbgstr_w(user), wine_dbgstr_w(domain), wine_dbgstr_w(password));
    SspiLocalFree((void *)user);
    SspiLocalFree((void *)domain);
    SspiLocalFree((void *)password);
}

/* With the same texts in another shape; the list of packages belongs to the identity. */
static void check_compare(void *identity, bool has_list)
{
    for (size_t i = 0; i < ARRAYSIZE(shapes); i++)
    {
        BOOLEAN user = 7, same = 7;
        SECURITY_STATUS status = SspiCompareAuthIdentities(identity, shapes[i].identity, &user, &same);

        /* callers cite */
        ok(status == SEC_E_OK && user == TRUE && same == (has_list == shapes[i].has_list), "%s: got %08lx, %u, %u\n", shapes[i].name, status,
           user, same);
    }
}

static void check_round_trip(void *identity, bool has_list)
{
    void *copy = NULL, *back = NULL;
    ULONG size = 0;
    char *bytes = NULL;

    /* callers cite */
    ok(SspiCopyAuthIdentity(identity, &copy) == SEC_E_OK, "no copy\n");
    check_strings(copy); /* S2.20.1 */
    check_compare(copy, has_list); /* S2.20.1 */
    ok(SspiMarshalAuthIdentity(identity, &size, &bytes) == SEC_E_OK && SspiUnmarshalAuthIdentity(size, bytes, &back) == SEC_E_OK,
       "not marshalled\n");
    check_strings(back); /* S2.20.1 */
    ok(SspiEncryptAuthIdentity(copy) == SEC_E_OK && SspiIsAuthIdentityEncrypted(copy), "not encrypted\n");
    check_strings(copy); /* S2.20.1 */
    check_compare(copy, has_list); /* S2.20.1 */
    SspiFreeAuthIdentity(copy);
    SspiFreeAuthIdentity(back);
    SspiLocalFree(bytes);
}

static void check_derived(void *identity)
{
    const WCHAR *target = NULL, *name = NULL, *read_target = NULL;
    ULONG type = 0, size = 0;
    UCHAR *blob = NULL;
    void *excluded = NULL;
    SECURITY_STATUS status;

    /* callers cite */
    status = SspiPrepareForCredWrite(identity, NULL, &type, &target, &name, &blob, &size);
    ok(status == SEC_E_OK && is(name, u"D\x00d6M\\J\x00f6rg") && size == sizeof(password_w) - sizeof(WCHAR) &&
           !memcmp(blob, password_w, size),
       "got %08lx, %s, %lu\n", status, wine_dbgstr_w(name), size);
    status = SspiPrepareForCredRead(identity, NULL, &type, &read_target);
    ok(status == SEC_E_OK && is(read_target, name), "got %08lx, %s\n", status, wine_dbgstr_w(read_target));
    SspiLocalFree((void *)read_target);
    SspiLocalFree((void *)target);
    SspiLocalFree((void *)name);
    SspiLocalFree(blob);
    ok(SspiExcludePackage(identity, u"Kerberos", &excluded) == SEC_E_OK, "not excluded\n");
    check_strings(excluded); /* S2.20.1 */
    SspiFreeAuthIdentity(excluded);
}

/* What the package gets, from both forms of the call (S2.0.7). */
static void check_acquire(void *identity, bool has_list)
{
    for (int wide = 0; wide < 2; wide++)
    {
        CredHandle handle;
        SECURITY_STATUS status;

        memset(&fake_script, 0, sizeof(fake_script));
        memset(&fake_seen, 0, sizeof(fake_seen));
        status = wide ? AcquireCredentialsHandleW(NULL, (WCHAR *)u"Fake", SECPKG_CRED_OUTBOUND, NULL, identity, NULL, NULL, &handle, NULL)
                      : AcquireCredentialsHandleA(NULL, (char *)"Fake", SECPKG_CRED_OUTBOUND, NULL, identity, NULL, NULL, &handle, NULL);
        /* callers cite */
        ok(status == SEC_E_OK && is(fake_seen.user, user_w) && is(fake_seen.domain, domain_w) && is(fake_seen.password, password_w) &&
               is(fake_seen.package_list, has_list ? list_w : u""),
           "%s: got %08lx\n", wide ? "W" : "A", status);
        if (status == SEC_E_OK) FreeCredentialsHandle(&handle);
    }
}

START_TEST(identity_shapes)
{
    make_ex2(&ex2_a, true);
    make_ex2(&ex2_w, false);
    for (size_t i = 0; i < ARRAYSIZE(shapes); i++)
    {
        void *identity = shapes[i].identity;

        winetest_push_context("%s", shapes[i].name);
        ok(SspiValidateAuthIdentity(identity) == SEC_E_OK && !SspiIsAuthIdentityEncrypted(identity), "not valid\n"); /* S2.20.1 */
        check_strings(identity); /* S2.1.3 */
        check_compare(identity, shapes[i].has_list); /* S2.20.1 */
        check_round_trip(identity, shapes[i].has_list); /* S2.20.1 */
        check_derived(identity); /* S2.20.1 */
        check_acquire(identity, shapes[i].has_list); /* S2.0.7 */
        winetest_pop_context();
    }
    /* Last: nothing of the texts is left. */
    for (size_t i = 0; i < ARRAYSIZE(shapes); i++) SspiZeroAuthIdentity(shapes[i].identity);
    for (size_t i = 0; i < COUNT(password_w); i++) ok(!password_w[i], "%s is there\n", wine_dbgstr_w(password_w)); /* S2.20.1 */
    for (size_t i = 0; i < COUNT(password_a); i++) ok(!password_a[i], "%s is there\n", password_a); /* S2.20.1 */
    for (size_t i = 0; i < sizeof(ex2_a); i++) ok(!ex2_a.bytes[i] && !ex2_w.bytes[i], "byte %zu is there\n", i); /* S2.20.1 */
}

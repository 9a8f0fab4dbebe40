/*
 * AcquireCredentialsHandle: how an identity of any shape reaches the package.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <sspi.h>
#include <wine/test.h>

#include "secur32_fake.h"

static SECURITY_STATUS acquire(void *identity)
{
    CredHandle handle;
    SECURITY_STATUS status;

    memset(&fake_script, 0, sizeof(fake_script));
    memset(&fake_seen, 0, sizeof(fake_seen));
    status = AcquireCredentialsHandleW(NULL, (WCHAR *)L"fake", SECPKG_CRED_OUTBOUND, NULL, identity, NULL, NULL,
                                       &handle, NULL);
    if (status == SEC_E_OK) FreeCredentialsHandle(&handle);
    return status;
}

static bool seen(const WCHAR *text, const WCHAR *expected)
{
    while (*text && *text == *expected)
    {
        text++;
        expected++;
    }
    return *text == *expected;
}

static void check_names(const WCHAR *user, const WCHAR *domain, const WCHAR *password)
{
    ok(fake_seen.has_identity && seen(fake_seen.user, user), "user %s\n", wine_dbgstr_w(fake_seen.user)); /* S2.1.3 */
    ok(seen(fake_seen.domain, domain), "domain %s\n", wine_dbgstr_w(fake_seen.domain)); /* S2.1.3 */
    ok(seen(fake_seen.password, password), "password %s\n", wine_dbgstr_w(fake_seen.password)); /* S2.1.3 */
}

static void test_plain(void)
{
    SEC_WINNT_AUTH_IDENTITY_W wide = {(USHORT *)L"J\x00f6rgXXX", 4, (USHORT *)L"DOM", 3, (USHORT *)L"secret", 6,
                                      SEC_WINNT_AUTH_IDENTITY_UNICODE};
    SEC_WINNT_AUTH_IDENTITY_A ansi = {(UCHAR *)"J\xc3\xb6rgXXX", 5, (UCHAR *)"DOM", 3, (UCHAR *)"\xf0\x9f\x98\x80", 4,
                                      SEC_WINNT_AUTH_IDENTITY_ANSI};
    SECURITY_STATUS status;

    status = acquire(&wide);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.1.6 */
    check_names(L"J\x00f6rg", L"DOM", L"secret");
    ok(!fake_seen.anonymous && fake_seen.user_length == 4, "anonymous or length %lu\n",
       fake_seen.user_length); /* S2.1.4 */
    ok(fake_seen.use == SECPKG_CRED_OUTBOUND && !fake_seen.impersonating, "use %lx\n", fake_seen.use); /* S2.1.2 */

    status = acquire(&ansi);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.0.7 */
    check_names(L"J\x00f6rg", L"DOM", L"\xd83d\xde00");

    ansi.PasswordLength = 3; /* cut in the middle of a character */
    status = acquire(&ansi);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.12 */

    wide.Flags |= SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED;
    status = acquire(&wide);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.12 */
    wide.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
    wide.Domain = NULL; /* a length without text */
    status = acquire(&wide);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.12 */
}

static void test_anonymous(void)
{
    SEC_WINNT_AUTH_IDENTITY_W identity = {
        (USHORT *)L"", 0, (USHORT *)L"", 0, (USHORT *)L"", 0, SEC_WINNT_AUTH_IDENTITY_UNICODE};
    SECURITY_STATUS status;

    status = acquire(&identity);
    ok(status == SEC_E_OK && fake_seen.anonymous, "got %08lx\n", status); /* S2.1.7 */
    identity.Password = NULL;
    status = acquire(&identity);
    ok(status == SEC_E_OK && !fake_seen.anonymous, "got %08lx\n", status); /* S2.1.7 */
    identity.Flags |= SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_USER | SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_DOMAIN;
    status = acquire(&identity);
    ok(status == SEC_E_OK && fake_seen.anonymous, "got %08lx\n", status); /* S2.1.7 */
    identity.User = (USHORT *)L"u";
    identity.UserLength = 1;
    status = acquire(&identity);
    ok(status == SEC_E_OK && !fake_seen.anonymous, "got %08lx\n", status); /* S2.1.7 */
}

static void test_lengths(void)
{
    static WCHAR text[300];
    static char utf8[900];
    SEC_WINNT_AUTH_IDENTITY_W wide = {
        (USHORT *)text, 256, (USHORT *)text, 15, (USHORT *)text, 256, SEC_WINNT_AUTH_IDENTITY_UNICODE};
    SEC_WINNT_AUTH_IDENTITY_A ansi = {
        (UCHAR *)utf8, 768, (UCHAR *)utf8, 45, (UCHAR *)utf8, 768, SEC_WINNT_AUTH_IDENTITY_ANSI};
    SECURITY_STATUS status;

    for (int i = 0; i < 300; i++)
    {
        text[i] = 'x';
        memcpy(utf8 + 3 * i, "\xe2\x82\xac", 3);
    }
    status = acquire(&wide);
    ok(status == SEC_E_OK && fake_seen.user_length == 256 && fake_seen.domain_length == 15, "got %08lx\n",
       status); /* S2.1.4 */
    status = acquire(&ansi);
    ok(status == SEC_E_OK && fake_seen.password_length == 256, "got %08lx\n", status); /* S2.1.4 */
    wide.UserLength = 257;
    status = acquire(&wide);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.4 */
    wide.UserLength = 256;
    wide.DomainLength = 16;
    status = acquire(&wide);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.4 */
    wide.DomainLength = 15;
    wide.PasswordLength = 0xffffffff;
    status = acquire(&wide);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.4 */
    memset(utf8, 'a', sizeof(utf8)); /* few enough bytes, too many characters */
    status = acquire(&ansi);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.4 */
}

static void test_ex(void)
{
    SEC_WINNT_AUTH_IDENTITY_EXW ex = {.Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
                                      .Length = sizeof(ex),
                                      .User = (USHORT *)L"alice",
                                      .UserLength = 5,
                                      .Domain = (USHORT *)L"DOM",
                                      .DomainLength = 3,
                                      .Password = (USHORT *)L"pw",
                                      .PasswordLength = 2,
                                      .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE,
                                      .PackageList = (USHORT *)L"!ntlm",
                                      .PackageListLength = 5};
    SECURITY_STATUS status = acquire(&ex);

    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.1.5 */
    check_names(L"alice", L"DOM", L"pw");
    ok(seen(fake_seen.package_list, L"!ntlm"), "list %s\n", wine_dbgstr_w(fake_seen.package_list)); /* S2.1.3 */
}

/* An EX2 identity is one block; a test may damage any field of it. */
struct ex2_block
{
    SEC_WINNT_AUTH_IDENTITY_EX2 head;
    WCHAR user[5], domain[3];
    struct
    {
        USHORT header_length, structure_length;
        GUID type;
        ULONG offset;
        USHORT length;
    } packed;
    WCHAR password[2];
};

static const struct ex2_block good_ex2 = {
    .head = {.Version = SEC_WINNT_AUTH_IDENTITY_VERSION_2,
             .cbHeaderLength = sizeof(SEC_WINNT_AUTH_IDENTITY_EX2),
             .cbStructureLength = sizeof(struct ex2_block),
             .UserOffset = offsetof(struct ex2_block, user),
             .UserLength = 10,
             .DomainOffset = offsetof(struct ex2_block, domain),
             .DomainLength = 6,
             .PackedCredentialsOffset = offsetof(struct ex2_block, packed),
             .PackedCredentialsLength = 28 + 4,
             .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE},
    .user = {'a', 'l', 'i', 'c', 'e'},
    .domain = {'D', 'O', 'M'},
    .packed = {28, 32, {0x28bfc32f, 0x10f6, 0x4738, {0x98, 0xd1, 0x1a, 0xc0, 0x61, 0xdf, 0x71, 0x6a}}, 28, 4},
    .password = {'p', 'w'},
};

static void test_ex2(void)
{
    struct ex2_block block = good_ex2;
    SECURITY_STATUS status = acquire(&block);

    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.1.3 */
    check_names(L"alice", L"DOM", L"pw");

    block.head.UserOffset = sizeof(block) - 8; /* two bytes too near the end */
    status = acquire(&block);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.12 */
    block = good_ex2;
    block.head.DomainOffset = 0xfffffffe;
    status = acquire(&block);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.12 */
    block = good_ex2;
    block.head.cbStructureLength = sizeof(SEC_WINNT_AUTH_IDENTITY_EX2) - 1;
    status = acquire(&block);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.12 */
    block = good_ex2;
    block.packed.type.Data1 ^= 1; /* a certificate, for all we know */
    status = acquire(&block);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.12 */
    block = good_ex2;
    block.packed.length = 6;
    status = acquire(&block);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.12 */
    block = good_ex2;
    block.packed.structure_length = 0xffff;
    status = acquire(&block);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.12 */
}

static void test_other_arguments(void)
{
    CredHandle handle = {1, 2};
    LUID nobody = {0x12345, 0x678};
    TimeStamp expiry = {.QuadPart = 1};
    SECURITY_STATUS status;

    memset(&fake_script, 0, sizeof(fake_script));
    status = AcquireCredentialsHandleA((char *)"me", (char *)"FAKE", SECPKG_CRED_BOTH, NULL, NULL, NULL, NULL, &handle,
                                       &expiry);
    ok(status == SEC_E_OK && !fake_seen.has_identity, "got %08lx\n", status); /* S2.1.1 */
    ok(seen(fake_seen.principal, L"me"), "principal %s\n", wine_dbgstr_w(fake_seen.principal)); /* S2.1.1 */
    ok(expiry.QuadPart == 0x7fffffffffffffff, "expiry\n"); /* S2.1.10 */
    FreeCredentialsHandle(&handle);
    handle = (CredHandle){1, 2};
    status = AcquireCredentialsHandleA(NULL, (char *)"Fake", 0, NULL, NULL, NULL, NULL, &handle, &expiry);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.1.2 */
    status =
        AcquireCredentialsHandleA(NULL, (char *)"Fake", SECPKG_CRED_BOTH, &nobody, NULL, NULL, NULL, &handle, &expiry);
    ok(status == SEC_E_NOT_OWNER, "got %08lx\n", status); /* S2.1.11 */
    status = AcquireCredentialsHandleA(NULL, (char *)"Fake", SECPKG_CRED_BOTH, NULL, NULL, NULL, NULL, NULL, NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.1.13 */
    status = AcquireCredentialsHandleA(NULL, NULL, SECPKG_CRED_BOTH, NULL, NULL, NULL, NULL, NULL, NULL);
    ok(status == SEC_E_SECPKG_NOT_FOUND, "got %08lx\n", status); /* S2.1.11 */
    status = AcquireCredentialsHandleA(NULL, (char *)"\xff", SECPKG_CRED_BOTH, NULL, NULL, NULL, NULL, &handle, NULL);
    ok(status == SEC_E_SECPKG_NOT_FOUND, "got %08lx\n", status); /* S2.1.11 */
    fake_script.status = SEC_E_NO_CREDENTIALS;
    status = AcquireCredentialsHandleA(NULL, (char *)"Fake", SECPKG_CRED_BOTH, NULL, NULL, NULL, NULL, &handle, NULL);
    ok(status == SEC_E_NO_CREDENTIALS, "got %08lx\n", status); /* S2.1.11 */
    ok(handle.dwLower == 1 && handle.dwUpper == 2, "the handle was written\n"); /* S2.1.11 */
    ok(!fake_credentials, "%d credentials remain\n", fake_credentials); /* S2.3.2 */
}

START_TEST(secur32_identity)
{
    test_plain();
    test_anonymous();
    test_lengths();
    test_ex();
    test_ex2();
    test_other_arguments();
}

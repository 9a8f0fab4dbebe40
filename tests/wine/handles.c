/*
 * Handles that secur32.dll gives: tokens are Wine's, which CloseHandle closes once; connections to the LSA are nobody's but its own.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <wine/test.h>

#include "both_sides.h"

static void check_token(HANDLE token, const char *what)
{
    TOKEN_TYPE type;
    DWORD size;

    ok(GetTokenInformation(token, TokenType, &type, sizeof(type), &size), "%s: no token, error %lu\n", what, GetLastError()); /* design 3 */
    ok(CloseHandle(token), "%s: not closed, error %lu\n", what, GetLastError()); /* design 3 */
    SetLastError(0);
    ok(!CloseHandle(token) && GetLastError() == ERROR_INVALID_HANDLE, "%s: closed twice\n", what); /* design 3 */
}

static void test_tokens(void)
{
    SecBuffer packed = { 0, SECBUFFER_TOKEN, NULL };
    SecPkgContext_AccessToken kept = { 0 }, again = { 0 };
    struct both_sides logon;
    HANDLE token = NULL;
    SECURITY_STATUS status = both_sides_run(&logon, ALICE);
    DWORD flags;

    ok(status == SEC_E_OK, "got %#lx\n", status); /* design 3 */
    status = QuerySecurityContextToken(&logon.server, &token);
    ok(status == SEC_E_OK, "got %#lx\n", status); /* design 3 */
    if (status == SEC_E_OK) check_token(token, "QuerySecurityContextToken");
    status = QuerySecurityContextToken(&logon.client, &token);
    ok(status == SEC_E_NO_IMPERSONATION, "a client's: got %#lx\n", status); /* design 3 */

    status = QueryContextAttributesW(&logon.server, SECPKG_ATTR_ACCESS_TOKEN, &kept);
    ok(status == SEC_E_OK && kept.AccessToken, "got %#lx\n", status); /* design 3 */
    status = QueryContextAttributesA(&logon.server, SECPKG_ATTR_ACCESS_TOKEN, &again);
    ok(status == SEC_E_OK && again.AccessToken == kept.AccessToken, "another one: %#lx\n", status); /* design 3 */
    ok(GetHandleInformation(kept.AccessToken, &flags), "ACCESS_TOKEN: no handle\n"); /* design 3 */

    status = ExportSecurityContext(&logon.server, 0, &packed, &token);
    ok(status == SEC_E_OK, "got %#lx\n", status); /* design 3 */
    if (status == SEC_E_OK) check_token(token, "ExportSecurityContext");
    FreeContextBuffer(packed.pvBuffer);

    both_sides_end(&logon);
    ok(!GetHandleInformation(kept.AccessToken, &flags), "ACCESS_TOKEN outlives the context\n"); /* design 3 */
}

static void test_logon(void)
{
    static const char name[] = MSV1_0_PACKAGE_NAME;
    struct
    {
        MSV1_0_INTERACTIVE_LOGON logon;
        WCHAR text[64];
    } request = { { MsV1_0InteractiveLogon, { 0 }, { 0 }, { 0 } }, L"aliceSecret-alice-1" };
    LSA_STRING package = { sizeof(name) - 1, sizeof(name), (char *)name };
    TOKEN_SOURCE source = { "test", { 0, 0 } };
    HANDLE lsa = NULL, token = NULL;
    NTSTATUS status, substatus;
    QUOTA_LIMITS quotas;
    void *profile = NULL;
    ULONG number, size;
    LUID session;

    ok(!LsaConnectUntrusted(&lsa), "no connection\n"); /* design 3 */
    ok(!LsaLookupAuthenticationPackage(lsa, &package, &number), "no package\n"); /* design 3 */
    request.logon.UserName = (LSA_UNICODE_STRING){ 10, 10, request.text };
    request.logon.Password = (LSA_UNICODE_STRING){ 28, 28, request.text + 5 };
    status = LsaLogonUser(lsa, &package, Interactive, number, &request, sizeof(request), NULL, &source, &profile, &size, &session, &token, &quotas, &substatus);
    ok(!status, "got %#lx\n", status); /* design 3 */
    if (!status)
    {
        ok(HeapSize(GetProcessHeap(), 0, profile) == size, "a profile of %lu bytes\n", size); /* design 3 */
        LsaFreeReturnBuffer(profile);
        check_token(token, "LsaLogonUser");
    }
    ok(!LsaDeregisterLogonProcess(lsa), "not closed\n"); /* design 3 */
}

/* A number of the core's is none of ours, and a slot that is used again is another connection. */
static void test_ports(void)
{
    static const char name[] = MSV1_0_PACKAGE_NAME;
    LSA_STRING package = { sizeof(name) - 1, sizeof(name), (char *)name };
    HANDLE first = NULL, second = NULL;
    ULONG number;

    ok(!LsaConnectUntrusted(&first) && first, "no connection\n"); /* design 3 */
    for (ULONG_PTR value = 0; value < 4096; value += 4)
        if ((HANDLE)value != first)
            ok(LsaLookupAuthenticationPackage((HANDLE)value, &package, &number) == STATUS_INVALID_HANDLE, "%#Ix is a connection\n", value); /* design 3 */
    ok(!CloseHandle(first), "CloseHandle knows it\n"); /* design 3 */
    ok(!LsaLookupAuthenticationPackage(first, &package, &number), "not ours any more\n"); /* design 3 */
    ok(!LsaDeregisterLogonProcess(first), "not closed\n"); /* design 3 */
    ok(LsaDeregisterLogonProcess(first) == STATUS_INVALID_HANDLE, "closed twice\n"); /* design 3 */
    ok(!LsaConnectUntrusted(&second) && second != first, "the same handle again\n"); /* design 3 */
    ok(LsaLookupAuthenticationPackage(first, &package, &number) == STATUS_INVALID_HANDLE, "the old one names the new one\n"); /* design 3 */
    ok(!LsaDeregisterLogonProcess(second), "not closed\n"); /* design 3 */
}

START_TEST(handles)
{
    test_tokens();
    test_logon();
    test_ports();
}

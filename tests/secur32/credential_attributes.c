/*
 * QueryCredentialsAttributes; the Ex queries; calls that NTLM does not provide.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "late.h"

#include <secext.h>

static BOOL open_credential(void *identity, ULONG use, CredHandle *handle)
{
    SECURITY_STATUS status =
        AcquireCredentialsHandleA(NULL, (char *)"NTLM", use, NULL, identity, NULL, NULL, handle, NULL);

    todo_wine /* Wine: no-ntlm */
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.1.6 */
    return status == SEC_E_OK;
}

static void test_given_name(void)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = {
        (BYTE *)"alice", 5, (BYTE *)"DOMAIN", 6, (BYTE *)"pw", 2, SEC_WINNT_AUTH_IDENTITY_ANSI};
    SecPkgCredentials_NamesA names = {NULL};
    SecPkgCredentials_NamesW wide = {NULL};
    SECURITY_STATUS status;
    CredHandle handle;

    if (!open_credential(&identity, SECPKG_CRED_OUTBOUND, &handle)) return;
    status = QueryCredentialsAttributesA(&handle, SECPKG_CRED_ATTR_NAMES, &names);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.4.1 */
    if (status == SEC_E_OK)
    {
        ok(!strcmp(names.sUserName, "DOMAIN\\alice"), "%s\n", names.sUserName); /* S2.4.1 */
        ok(FreeContextBuffer(names.sUserName) == SEC_E_OK, "not freed\n");      /* S2.4.1 */
    }
    status = QueryCredentialsAttributesW(&handle, SECPKG_CRED_ATTR_NAMES, &wide);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.4.1 */
    if (status == SEC_E_OK)
    {
        ok(!memcmp(wide.sUserName, L"DOMAIN\\alice", 26), "%s\n", wine_dbgstr_w(wide.sUserName)); /* S2.4.1 */
        FreeContextBuffer(wide.sUserName);
    }
    FreeCredentialsHandle(&handle);
}

/* Default credentials are the caller's (S2.1.9). */
static void test_default_name(void)
{
    SecPkgCredentials_NamesA names = {NULL};
    ULONG size = 256;
    SECURITY_STATUS status;
    CredHandle handle;
    char own[256];

    if (!open_credential(NULL, SECPKG_CRED_INBOUND, &handle)) return;
    ok(GetUserNameExA(NameSamCompatible, own, &size), "error %lu\n", GetLastError()); /* S2.17.2 */
    status = QueryCredentialsAttributesA(&handle, SECPKG_CRED_ATTR_NAMES, &names);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.4.1 */
    if (status == SEC_E_OK)
    {
        ok(!strcmp(names.sUserName, own), "%s, not %s\n", names.sUserName, own); /* S2.4.1 */
        FreeContextBuffer(names.sUserName);
    }
    FreeCredentialsHandle(&handle);
}

static void test_refusals(void)
{
    SecPkgCredentials_NamesA names = {NULL};
    CredHandle handle, none = {0, 0};
    SECURITY_STATUS status;
    BYTE buffer[256];

    status = QueryCredentialsAttributesA(&none, SECPKG_CRED_ATTR_NAMES, &names);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.4.5 */
    status = QueryCredentialsAttributesW(NULL, SECPKG_CRED_ATTR_NAMES, &names);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.3 */
    status = AddCredentialsA(NULL, NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.2.1 */
    status = AddCredentialsW(&none, NULL, (WCHAR *)L"NTLM", SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.2.1 */
    if (!open_credential(NULL, SECPKG_CRED_BOTH, &handle)) return;
    status = QueryCredentialsAttributesA(&handle, 0x56, buffer);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.4.5 */
    status = QueryCredentialsAttributesA(&handle, 4, buffer); /* SECPKG_CRED_ATTR_CERT: Kerberos alone has one */
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.4.2 */
    status = QueryCredentialsAttributesW(&handle, 0x7777, buffer);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.4.5 */
    status = AddCredentialsA(&handle, NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.0.3 */
    FreeCredentialsHandle(&handle);
    status = QueryCredentialsAttributesA(&handle, SECPKG_CRED_ATTR_NAMES, &names);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.4.5 */
    ok(!names.sUserName, "written\n");                         /* S2.4.5 */
}

static void test_contexts(void)
{
    static struct session session;
    SecBuffer buffer = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    CtxtHandle none = {0, 0};
    SECURITY_STATUS status;

    status = ApplyControlToken(NULL, &desc);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.9.1 */
    status = ApplyControlToken(&none, &desc);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.3 */
    status = SetContextAttributesA(&none, 94, NULL, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.3 */
    if (!session_log_on(&session, SESSION_ALICE, 0, 0)) return;
    status = ApplyControlToken(&session.client, &desc);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.0.3 */
    status = SetContextAttributesW(&session.client, 94, &buffer, sizeof(buffer));
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.10.3 */
    session_close(&session);
}

static void test_sizes(void)
{
    static struct session session;
    SecPkgCredentials_NamesA names = {NULL};
    SecPkgCredentials_NamesW wide = {NULL};
    SecPkgContext_Sizes sizes = {.cbMaxSignature = 0xdead};
    SECURITY_STATUS status;

    if (!LATE_NEED("QueryContextAttributesExA", "QueryContextAttributesExW", "QueryCredentialsAttributesExA",
                   "QueryCredentialsAttributesExW"))
        return;
    if (!session_log_on(&session, SESSION_ALICE, 0, 0)) return;
    status = QueryContextAttributesExA(&session.client, SECPKG_ATTR_SIZES, &sizes, sizeof(sizes) - 1);
    ok(status < 0 && sizes.cbMaxSignature == 0xdead, "got %08lx\n", status); /* S1.3.1 */
    status = QueryContextAttributesExW(&session.client, SECPKG_ATTR_SIZES, &sizes, sizeof(sizes));
    ok(status == SEC_E_OK && sizes.cbMaxSignature == 16, "got %08lx\n", status); /* S1.3.1 */
    status = QueryContextAttributesExW(&session.client, 0x7777, &sizes, sizeof(sizes));
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.10.2 */
    status = QueryCredentialsAttributesExA(&session.server_credential, SECPKG_CRED_ATTR_NAMES, &names, 1);
    ok(status < 0 && !names.sUserName, "got %08lx\n", status); /* S1.3.1 */
    status = QueryCredentialsAttributesExA(&session.server_credential, SECPKG_CRED_ATTR_NAMES, &names, sizeof(names));
    ok(status == SEC_E_OK && names.sUserName, "got %08lx\n", status); /* S1.3.1 */
    FreeContextBuffer(names.sUserName);
    status = QueryCredentialsAttributesExW(&session.server_credential, SECPKG_CRED_ATTR_NAMES, &wide, sizeof(wide));
    ok(status == SEC_E_OK && wide.sUserName, "got %08lx\n", status); /* S1.3.1 */
    FreeContextBuffer(wide.sUserName);
    session_close(&session);
}

START_TEST(credential_attributes)
{
    if (!session_setup()) return;
    test_given_name();
    test_default_name();
    test_refusals();
    test_contexts();
    test_sizes();
    session_cleanup();
}

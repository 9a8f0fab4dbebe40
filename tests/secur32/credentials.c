/*
 * AcquireCredentialsHandle and FreeCredentialsHandle with NTLM.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "session.h"

static char user[] = "alice", domain[] = "DOMAIN", password[] = "Secret-alice-1";

static void test_identities(void)
{
    /* S2.1.6: nothing is verified yet, so each of these is taken by both forms of the call. */
    const SEC_WINNT_AUTH_IDENTITY_A shapes[] = {
        {(BYTE *)user, 5, (BYTE *)domain, 6, (BYTE *)password, 14, SEC_WINNT_AUTH_IDENTITY_ANSI},
        {(BYTE *)user, 5, (BYTE *)domain, 0, (BYTE *)password, 14, SEC_WINNT_AUTH_IDENTITY_ANSI},
        {(BYTE *)user, 5, NULL, 0, (BYTE *)password, 14, SEC_WINNT_AUTH_IDENTITY_ANSI},
        {NULL, 0, (BYTE *)domain, 6, (BYTE *)password, 14, SEC_WINNT_AUTH_IDENTITY_ANSI},
        {(BYTE *)user, 5, (BYTE *)domain, 6, NULL, 0, SEC_WINNT_AUTH_IDENTITY_ANSI},
        {(BYTE *)user, 5, (BYTE *)domain, 6, (BYTE *)password, 0, SEC_WINNT_AUTH_IDENTITY_ANSI},
        {(BYTE *)"", 0, (BYTE *)"", 0, (BYTE *)"", 0, SEC_WINNT_AUTH_IDENTITY_ANSI},
    };
    SECURITY_STATUS status;
    TimeStamp expiry;
    CredHandle handle;

    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
    {
        SEC_WINNT_AUTH_IDENTITY_A identity = shapes[i];

        winetest_push_context("shape %u", (unsigned int)i);
        status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL,
                                           &handle, &expiry);
        ok(status == SEC_E_OK, "A: got %08lx\n", status); /* S2.1.6 */
        if (status == SEC_E_OK) FreeCredentialsHandle(&handle);
        status = AcquireCredentialsHandleW(NULL, (WCHAR *)L"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL,
                                           &handle, NULL);
        ok(status == SEC_E_OK, "W: got %08lx\n", status); /* S2.0.7 */
        if (status == SEC_E_OK) FreeCredentialsHandle(&handle);
        winetest_pop_context();
    }
}

static void test_wide_identity(void)
{
    SEC_WINNT_AUTH_IDENTITY_W identity = {
        (USHORT *)L"alice", 5, (USHORT *)L"", 0, (USHORT *)L"pw", 2, SEC_WINNT_AUTH_IDENTITY_UNICODE};
    SEC_WINNT_AUTH_IDENTITY_EXW ex = {.Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
                                      .Length = sizeof(ex),
                                      .User = (USHORT *)L"alice",
                                      .UserLength = 5,
                                      .Domain = (USHORT *)L"",
                                      .Password = (USHORT *)L"pw",
                                      .PasswordLength = 2,
                                      .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE};
    SECURITY_STATUS status;
    TimeStamp expiry = {.QuadPart = 0};
    CredHandle handle;

    status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_BOTH, NULL, &identity, NULL, NULL, &handle,
                                       &expiry);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.0.7 */
    ok(SecIsValidHandle(&handle), "handle of all ones\n"); /* S2.0.1 */
    ok(expiry.QuadPart > 0x1d0000000000000, "expiry %s\n", wine_dbgstr_longlong(expiry.QuadPart)); /* S2.1.10 */
    FreeCredentialsHandle(&handle);
    status =
        AcquireCredentialsHandleW(NULL, (WCHAR *)L"NTLM", SECPKG_CRED_OUTBOUND, NULL, &ex, NULL, NULL, &handle, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.1.3 */
    if (status == SEC_E_OK) FreeCredentialsHandle(&handle);
}

static void test_refusals(void)
{
    const CredHandle untouched = {0x1234, 0x5678};
    CredHandle handle = untouched;
    SECURITY_STATUS status;

    status = AcquireCredentialsHandleA(NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL);
    ok(status == SEC_E_SECPKG_NOT_FOUND, "got %08lx\n", status); /* S2.1.11 */
    status = AcquireCredentialsHandleA(NULL, (char *)"Winetest", SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL, &handle,
                                       NULL);
    ok(status == SEC_E_SECPKG_NOT_FOUND, "got %08lx\n", status); /* S2.1.11 */
    status = AcquireCredentialsHandleW(NULL, (WCHAR *)L"Winetest", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &handle,
                                       NULL);
    ok(status == SEC_E_SECPKG_NOT_FOUND, "got %08lx\n", status); /* S2.1.11 */
    ok(!memcmp(&handle, &untouched, sizeof(handle)), "the handle was written\n"); /* S2.1.11 */

#ifndef _WIN32
    status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL, NULL, NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.1.13 */
#endif
}

static void test_free(void)
{
    CredHandle handle, copy, zero = {0, 0}, invalid;
    SECURITY_STATUS status;

    status =
        AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &handle, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.1.11 */
    copy = handle;
    status = FreeCredentialsHandle(&copy);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.3.1 */
    status = FreeCredentialsHandle(&handle);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.3.2 */
    status = FreeCredentialsHandle(NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.3 */
    status = FreeCredentialsHandle(&zero);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.3.1 */
    SecInvalidateHandle(&invalid);
    status = FreeCredentialsHandle(&invalid);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.1 */
}

/* The identity given is copied: wiping it at once does no harm. */
static void test_copied(void)
{
    char name[32], secret[32];
    SEC_WINNT_AUTH_IDENTITY_A identity = {.User = (BYTE *)name, .Password = (BYTE *)secret, .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};
    struct session session;
    SECURITY_STATUS status;

    if (!session_other_users())
    {
        skip("needs --create-accounts\n");
        return;
    }
    if (!session_open(&session, SESSION_WRONG)) return;
    strcpy(name, session_user_name(SESSION_ALICE));
    strcpy(secret, session_password(SESSION_ALICE));
    identity.UserLength = (ULONG)strlen(name);
    identity.PasswordLength = (ULONG)strlen(secret);
    FreeCredentialsHandle(&session.client_credential);
    status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL,
                                       &session.client_credential, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.1.6 */
    memset(name, 'x', sizeof(name));
    memset(secret, 'x', sizeof(secret));
    memset(&identity, 0xff, sizeof(identity));
    session_run(&session, ISC_REQ_CONNECTION, ASC_REQ_CONNECTION);
    ok(session.server_status == SEC_E_OK, "got %08lx\n", session.server_status); /* S12.13 */
    session_close(&session);
}

/* A credential serves several contexts, and those outlive it. */
static void test_shared(void)
{
    BYTE tokens[2][MAX_TOKEN];
    CtxtHandle contexts[2];
    struct session session;
    SECURITY_STATUS status;

    if (!session_open(&session, SESSION_ALICE)) return;
    for (int i = 0; i < 2; i++)
    {
        SecBuffer out = {MAX_TOKEN, SECBUFFER_TOKEN, tokens[i]};
        SecBufferDesc desc = {SECBUFFER_VERSION, 1, &out};
        ULONG attributes;

        status = InitializeSecurityContextA(&session.client_credential, NULL, NULL, 0, 0, SECURITY_NETWORK_DREP, NULL,
                                            0, &contexts[i], &desc, &attributes, NULL);
        ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.0.8 */
    }
    for (int i = 0; i < 2; i++)
    {
        status = DeleteSecurityContext(&contexts[i]);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.8.1 */
    }
    session_close(&session);
}

static void test_freed_early(void)
{
    CredHandle client, server;
    struct session session;
    SECURITY_STATUS status;
    SecPkgContext_Sizes sizes;

    if (!session_log_on(&session, SESSION_ALICE, ISC_REQ_INTEGRITY, 0)) return;
    client = session.client_credential;
    server = session.server_credential;
    status = FreeCredentialsHandle(&client);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S12.1 */
    status = FreeCredentialsHandle(&server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S12.1 */
    status = QueryContextAttributesA(&session.client, SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.3.1 */
    status = QueryContextAttributesA(&session.server, SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.3.1 */
    session_close(&session);
}

/* While impersonating, default credentials are the client's, whose password nobody has. */
static void test_default_while_impersonating(void)
{
    struct session session;
    SECURITY_STATUS status;
    CredHandle handle;

    if (!session_other_users())
    {
        skip("needs --create-accounts\n");
        return;
    }
    if (!session_log_on(&session, SESSION_ALICE, 0, 0)) return;
    status = ImpersonateSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.1 */
    status =
        AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL, &handle, NULL);
    if (status == SEC_E_OK)
    {
        BYTE token[MAX_TOKEN];
        SecBuffer out = {MAX_TOKEN, SECBUFFER_TOKEN, token};
        SecBufferDesc desc = {SECBUFFER_VERSION, 1, &out};
        CtxtHandle context;
        ULONG attributes;

        status = InitializeSecurityContextA(&handle, NULL, NULL, 0, 0, 0, NULL, 0, &context, &desc, &attributes, NULL);
        FreeCredentialsHandle(&handle);
    }
    ok(status == SEC_E_NO_CREDENTIALS, "got %08lx\n", status); /* S2.1.9 */
    RevertSecurityContext(&session.server);
    session_close(&session);
}

START_TEST(credentials)
{
    if (!session_setup()) return;
    test_refusals();
    if (session_have_ntlm())
    {
        test_identities();
        test_wide_identity();
        test_free();
        test_copied();
        test_shared();
        test_freed_early();
        test_default_while_impersonating();
    }
    session_cleanup();
}

/*
 * Every allocation of a logon with Kerberos fails once, on both sides: the answer says so and nothing is kept (a leak checker sees). Beside a KDC
 * only: tests/kdc/run.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ntsecapi.h>
#include <sspi.h>
#include <wine/test.h>

#include "ntoskrnl/core.h"
#include "ntoskrnl/rtl/memory.h"

#define MOST 400 /* more than a whole logon makes */

struct logon
{
    CredHandle tickets, keys;
    CtxtHandle client, server, copy;
    bool has_tickets, has_keys, has_client, has_server, has_copy;
};

static SECURITY_STATUS acquire(struct logon *logon)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = {(UCHAR *)"alice", 5, (UCHAR *)"GUISE.TEST", 10, (UCHAR *)"alice-pw", 8, SEC_WINNT_AUTH_IDENTITY_ANSI};
    SECURITY_STATUS status;

    status = AcquireCredentialsHandleA(NULL, (char *)"Kerberos", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &logon->tickets, NULL);
    if (status) return status;
    logon->has_tickets = true;
    status = AcquireCredentialsHandleA((char *)"cifs/server.guise.test", (char *)"Kerberos", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL,
                                       &logon->keys, NULL);
    logon->has_keys = !status;
    return status;
}

/* Mutual, bound to a channel, and with a ticket to go on with. */
static SECURITY_STATUS legs(struct logon *logon)
{
    static UCHAR rooms[2][48000];
    struct
    {
        SEC_CHANNEL_BINDINGS head;
        char data[4];
    } bound = {{.cbApplicationDataLength = 4, .dwApplicationDataOffset = sizeof(SEC_CHANNEL_BINDINGS)}, "abc"};
    SecBuffer there[2] = {{sizeof(rooms[0]), SECBUFFER_TOKEN, rooms[0]}, {sizeof(bound), SECBUFFER_CHANNEL_BINDINGS, &bound}};
    SecBuffer back = {sizeof(rooms[1]), SECBUFFER_TOKEN, rooms[1]}, bindings = there[1];
    SecBufferDesc to_server = {SECBUFFER_VERSION, 2, there}, to_client = {SECBUFFER_VERSION, 1, &back}, alone = {SECBUFFER_VERSION, 1, &bindings};
    const ULONG request = ISC_REQ_MUTUAL_AUTH | ISC_REQ_DELEGATE | ISC_REQ_CONFIDENTIALITY;
    ULONG attributes;
    SECURITY_STATUS status;

    status = InitializeSecurityContextA(&logon->tickets, NULL, (char *)"cifs/server.guise.test", request, 0, 0, &alone, 0, &logon->client, &to_server,
                                        &attributes, NULL);
    if (status != SEC_I_CONTINUE_NEEDED) return status;
    logon->has_client = true;
    status = AcceptSecurityContext(&logon->keys, NULL, &to_server, ASC_REQ_ALLOW_CONTEXT_REPLAY, 0, &logon->server, &to_client, &attributes, NULL);
    if (status) return status;
    logon->has_server = true;
    there[0].cbBuffer = sizeof(rooms[0]);
    return InitializeSecurityContextA(&logon->tickets, &logon->client, (char *)"cifs/server.guise.test", request, 0, 0, &to_client, 0, &logon->client,
                                      &to_server, &attributes, NULL);
}

static SECURITY_STATUS query(struct logon *logon)
{
    static const ULONG attributes[] = {SECPKG_ATTR_NAMES, SECPKG_ATTR_DCE_INFO, SECPKG_ATTR_NATIVE_NAMES, SECPKG_ATTR_AUTHORITY,
                                       SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, SECPKG_ATTR_SESSION_KEY, SECPKG_ATTR_KEY_INFO};
    union
    {
        SecPkgContext_NamesW names;
        SecPkgContext_DceInfo dce;
        SecPkgContext_NativeNamesW native;
        SecPkgContext_SessionKey key;
        SecPkgContext_KeyInfoW info;
    } buffer;
    SECURITY_STATUS status = SEC_E_OK;

    for (size_t i = 0; !status && i < ARRAYSIZE(attributes); i++)
    {
        if ((status = QueryContextAttributesW(&logon->server, attributes[i], &buffer))) break;
        if (attributes[i] == SECPKG_ATTR_DCE_INFO) FreeContextBuffer(buffer.dce.pPac);
        else if (attributes[i] == SECPKG_ATTR_SESSION_KEY) FreeContextBuffer(buffer.key.SessionKey);
        else FreeContextBuffer(buffer.names.sUserName);
        if (attributes[i] == SECPKG_ATTR_NATIVE_NAMES) FreeContextBuffer(buffer.native.sServerName);
        if (attributes[i] == SECPKG_ATTR_KEY_INFO) FreeContextBuffer(buffer.info.sEncryptAlgorithmName);
    }
    return status;
}

static SECURITY_STATUS hand_over(struct logon *logon)
{
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    SECURITY_STATUS status = ExportSecurityContext(&logon->server, 0, &packed, NULL);

    if (status) return status;
    status = ImportSecurityContextA((char *)"Kerberos", &packed, NULL, &logon->copy);
    logon->has_copy = !status;
    FreeContextBuffer(packed.pvBuffer);
    return status;
}

static SECURITY_STATUS go_on(struct logon *logon)
{
    SECURITY_STATUS status = ImpersonateSecurityContext(&logon->server);
    CredHandle onward;

    if (status) return status;
    status = AcquireCredentialsHandleA(NULL, (char *)"Kerberos", SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL, &onward, NULL);
    if (!status) FreeCredentialsHandle(&onward);
    RevertSecurityContext(&logon->server);
    return status;
}

static void end(struct logon *logon)
{
    if (logon->has_copy) DeleteSecurityContext(&logon->copy);
    if (logon->has_client) DeleteSecurityContext(&logon->client);
    if (logon->has_server) DeleteSecurityContext(&logon->server);
    if (logon->has_tickets) FreeCredentialsHandle(&logon->tickets);
    if (logon->has_keys) FreeCredentialsHandle(&logon->keys);
}

static SECURITY_STATUS run(long nth)
{
    static SECURITY_STATUS (*const steps[])(struct logon *logon) = {acquire, legs, query, hand_over, go_on};
    struct logon logon = {.has_keys = false};
    SECURITY_STATUS status = SEC_E_OK;

    guise_fail_allocation(nth);
    for (size_t i = 0; !status && i < ARRAYSIZE(steps); i++) status = steps[i](&logon);
    guise_fail_allocation(0);
    end(&logon);
    return status;
}

/* ---- logons through the LSA ---- */

static NTSTATUS log_on(const char *name, bool with_password, long nth)
{
    struct
    {
        union
        {
            KERB_S4U_LOGON s4u;
            KERB_INTERACTIVE_LOGON password;
        } head;
        WCHAR user[5], secret[8];
    } request = {.user = u"alice", .secret = u"alice-pw"};
    const UNICODE_STRING user = {10, 10, request.user}, secret = {16, 16, request.secret};
    LSA_STRING package = {(USHORT)strlen(name), (USHORT)strlen(name), (char *)name}, origin = {4, 4, (char *)"unit"};
    TOKEN_SOURCE source = {"unit", {0, 0}};
    void *profile = NULL;
    HANDLE lsa, token = NULL;
    NTSTATUS status, substatus;
    ULONG number, size;
    LUID session;
    QUOTA_LIMITS quotas;

    if (with_password) request.head.password = (KERB_INTERACTIVE_LOGON){.MessageType = KerbInteractiveLogon, .UserName = user, .Password = secret};
    else request.head.s4u = (KERB_S4U_LOGON){.MessageType = KerbS4ULogon, .ClientUpn = user};
    if ((status = LsaConnectUntrusted(&lsa))) return status;
    status = LsaLookupAuthenticationPackage(lsa, &package, &number);
    guise_fail_allocation(nth);
    if (!status)
        status = LsaLogonUser(lsa, &origin, with_password ? Interactive : Network, number, &request, sizeof(request), NULL, &source, &profile, &size,
                              &session, &token, &quotas, &substatus);
    guise_fail_allocation(0);
    ok(!status == !!token && !status == !!profile, "%08x, token %p\n", status, token); /* S2.18.4 */
    LsaFreeReturnBuffer(profile);
    if (token) NtClose(token);
    LsaDeregisterLogonProcess(lsa);
    return status;
}

static void test_logons(const char *package, bool with_password)
{
    long nth;

    for (nth = 1; nth < MOST; nth++)
    {
        NTSTATUS status = log_on(package, with_password, nth);

        if (!status) break;
        ok(status == STATUS_NO_MEMORY || status == STATUS_INSUFFICIENT_RESOURCES, "allocation %ld: %08x\n", nth, status); /* S2.18.4 */
    }
    ok(nth > 20 && nth < MOST, "%ld allocations\n", nth); /* S2.18.4 */
}

/* ---- user-to-user ---- */

/* The way there and back until the client is done. */
static SECURITY_STATUS user_legs(struct logon *logon)
{
    static UCHAR rooms[2][48000];
    SecBuffer there = {0, SECBUFFER_TOKEN, rooms[0]}, back = {0, SECBUFFER_TOKEN, rooms[1]};
    SecBufferDesc to_server = {SECBUFFER_VERSION, 1, &there}, to_client = {SECBUFFER_VERSION, 1, &back};
    const ULONG request = ISC_REQ_MUTUAL_AUTH | ISC_REQ_DELEGATE | ISC_REQ_USE_SESSION_KEY;
    ULONG attributes;
    SECURITY_STATUS status;

    for (;;)
    {
        there.cbBuffer = sizeof(rooms[0]);
        status = InitializeSecurityContextA(&logon->tickets, logon->has_client ? &logon->client : NULL, (char *)"bob", request, 0, 0,
                                            logon->has_client ? &to_client : NULL, 0, &logon->client, &to_server, &attributes, NULL);
        if (status < 0) return status;
        logon->has_client = true;
        if (status == SEC_E_OK) return status;
        back.cbBuffer = sizeof(rooms[1]);
        status = AcceptSecurityContext(&logon->keys, logon->has_server ? &logon->server : NULL, &to_server, ASC_REQ_ALLOW_CONTEXT_REPLAY, 0,
                                       &logon->server, &to_client, &attributes, NULL);
        if (status < 0) return status;
        logon->has_server = true;
    }
}

static SECURITY_STATUS acquire_user(const char *package, const char *user, ULONG use, CredHandle *handle, bool *has)
{
    char password[16];
    SEC_WINNT_AUTH_IDENTITY_A identity = {(UCHAR *)user, strlen(user), (UCHAR *)"GUISE.TEST", 10, (UCHAR *)password, 0, SEC_WINNT_AUTH_IDENTITY_ANSI};
    SECURITY_STATUS status;

    identity.PasswordLength = snprintf(password, sizeof(password), "%s-pw", user);
    status = AcquireCredentialsHandleA(NULL, (char *)package, use, NULL, &identity, NULL, NULL, handle, NULL);
    *has = !status;
    return status;
}

static SECURITY_STATUS run_users(const char *package, long nth)
{
    struct logon logon = {.has_keys = false};
    SECURITY_STATUS status;

    guise_fail_allocation(nth);
    status = acquire_user(package, "alice", SECPKG_CRED_OUTBOUND, &logon.tickets, &logon.has_tickets);
    if (!status) status = acquire_user(package, "bob", SECPKG_CRED_INBOUND, &logon.keys, &logon.has_keys);
    if (!status) status = user_legs(&logon);
    guise_fail_allocation(0);
    end(&logon);
    return status;
}

static void test_users(const char *package)
{
    SECURITY_STATUS status = run_users(package, 0);
    long nth;

    ok(status == SEC_E_OK, "%s: %08lx\n", package, status); /* S6.2.1 */
    for (nth = 1; nth < MOST && (status = run_users(package, nth)) != SEC_E_OK; nth++)
        ok(status == SEC_E_INSUFFICIENT_MEMORY, "%s: allocation %ld: %08lx\n", package, nth, status); /* S2.6.7 */
    ok(nth > 30 && nth < MOST, "%s: %ld allocations\n", package, nth); /* S2.6.7 */
}

/* ---- passwords ---- */

/* The KDC here has no service for passwords: what is asked of it is all that can be. */
static void test_change(const char *package)
{
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    long nth;

    for (nth = 1; nth < MOST && status == SEC_E_INSUFFICIENT_MEMORY; nth++)
    {
        guise_fail_allocation(nth);
        status = ChangeAccountPasswordA((char *)package, (char *)"GUISE.TEST", (char *)"alice", (char *)"alice-pw", (char *)"another-pw", FALSE, 0, NULL);
        guise_fail_allocation(0);
    }
    ok(status == SEC_E_NO_AUTHENTICATING_AUTHORITY && nth > 10, "%s: allocation %ld: %08lx\n", package, nth, status); /* S1.3.2 */
}

START_TEST(kerberos_no_memory)
{
    long nth;

    if (!getenv("KDC_DIR"))
    {
        skip("no KDC: run by tests/kdc/run\n");
        return;
    }
    ok(run(0) == SEC_E_OK, "does not work at all\n"); /* S2.6.7 */
    for (nth = 1; nth < MOST; nth++)
    {
        SECURITY_STATUS status = run(nth);

        if (status == SEC_E_OK) break;
        /* Where a switch of ids fails the thread stays as it is. */
        ok(status == SEC_E_INSUFFICIENT_MEMORY || status == SEC_E_NO_IMPERSONATION, "allocation %ld: %08lx\n", nth, status); /* S2.6.7 */
    }
    ok(nth > 30 && nth < MOST, "%ld allocations\n", nth); /* S2.6.7 */
    for (int with_password = 0; with_password < 2; with_password++)
    {
        test_logons("Kerberos", with_password);
        test_logons("Negotiate", with_password);
    }
    test_change("Kerberos");
    test_change("Negotiate");
    test_users("Kerberos");
    test_users("Negotiate");
}

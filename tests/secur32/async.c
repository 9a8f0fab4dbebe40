/*
 * The calls that tell their end by a call-back: what a program relies on that does not know when they are over.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "late.h"

static volatile LONG told;
static SspiAsyncContext *told_context;
static void *told_data;

static void tell(SspiAsyncContext *context, void *data)
{
    told_context = context;
    told_data = data;
    told++;
}

/* How the call of CONTEXT went, once it is over. */
static SECURITY_STATUS outcome(SspiAsyncContext *context)
{
    SECURITY_STATUS status;

    while ((status = SspiGetAsyncCallStatus(context)) == SEC_I_ASYNC_CALL_PENDING) continue;
    return status;
}

static void again(SspiAsyncContext *context)
{
    ok(SspiReinitAsyncContext(context) == 0, "not fit again\n"); /* S1.3.4 */
}

static void test_credential(SspiAsyncContext *context)
{
    CredHandle credential = {0, 0};
    SECURITY_STATUS status;

    ok(!SspiAsyncContextRequiresNotify(context), "a call-back\n"); /* S1.3.4 */
    status = SspiAcquireCredentialsHandleAsyncA(context, NULL, (char *)"NTLM", SECPKG_CRED_INBOUND, NULL, NULL, NULL,
                                                NULL, &credential, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status);                             /* S1.3.4 */
    ok(outcome(context) == SEC_E_OK, "got %08lx\n", outcome(context));         /* S1.3.4 */
    ok(credential.dwLower || credential.dwUpper, "no handle\n");               /* S1.3.4 */

    again(context);
    status = SspiSetAsyncNotifyCallback(context, tell, &credential);
    ok(status == SEC_E_OK, "got %08lx\n", status);                      /* S1.3.4 */
    ok(SspiAsyncContextRequiresNotify(context), "no call-back\n");      /* S1.3.4 */
    status = SspiFreeCredentialsHandleAsync(context, &credential);
    ok(status == SEC_E_OK, "got %08lx\n", status);                     /* S1.3.4 */
    ok(outcome(context) == SEC_E_OK, "got %08lx\n", outcome(context)); /* S1.3.4 */
    while (!told) continue;
    ok(told == 1 && told_context == context && told_data == &credential, "told %ld times\n", told); /* S1.3.4 */

    again(context);
    status = SspiAcquireCredentialsHandleAsyncW(context, NULL, (WCHAR *)L"Winetest", SECPKG_CRED_INBOUND, NULL, NULL,
                                                NULL, NULL, &credential, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S1.3.4 */
    if (status == SEC_E_OK) status = outcome(context);
    ok(status == SEC_E_SECPKG_NOT_FOUND, "got %08lx\n", status); /* S2.1.11 */
}

/* Legs, each with the context made fit again. */
static void test_legs(SspiAsyncContext *context)
{
    BYTE negotiate[MAX_TOKEN], challenge[MAX_TOKEN];
    SecBuffer to_server = {sizeof(negotiate), SECBUFFER_TOKEN, negotiate};
    SecBuffer to_client = {sizeof(challenge), SECBUFFER_TOKEN, challenge};
    SecBufferDesc to_server_desc = {SECBUFFER_VERSION, 1, &to_server}, to_client_desc = {SECBUFFER_VERSION, 1, &to_client};
    struct session session;
    SECURITY_STATUS status;

    if (!session_open(&session, SESSION_ALICE)) return;
    again(context);
    status = SspiInitializeSecurityContextAsyncA(context, &session.client_credential, NULL, NULL, 0, 0,
                                                 SECURITY_NATIVE_DREP, NULL, 0, &session.client, &to_server_desc,
                                                 &session.client_attributes, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status);                                  /* S1.3.4 */
    ok(outcome(context) == SEC_I_CONTINUE_NEEDED, "got %08lx\n", outcome(context)); /* S2.5.1 */
    again(context);
    status = SspiAcceptSecurityContextAsync(context, &session.server_credential, NULL, &to_server_desc, 0,
                                            SECURITY_NATIVE_DREP, &session.server, &to_client_desc,
                                            &session.server_attributes, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status);                                  /* S1.3.4 */
    ok(outcome(context) == SEC_I_CONTINUE_NEEDED, "got %08lx\n", outcome(context)); /* S2.6.1 */
    again(context);
    to_server.cbBuffer = sizeof(negotiate);
    status = SspiInitializeSecurityContextAsyncW(context, &session.client_credential, &session.client, NULL, 0, 0,
                                                 SECURITY_NATIVE_DREP, &to_client_desc, 0, &session.client,
                                                 &to_server_desc, &session.client_attributes, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status);                     /* S1.3.4 */
    ok(outcome(context) == SEC_E_OK, "got %08lx\n", outcome(context)); /* S2.5.2 */
    again(context);
    status = SspiDeleteSecurityContextAsync(context, &session.client);
    ok(status == SEC_E_OK && outcome(context) == SEC_E_OK, "got %08lx\n", status); /* S2.8.1 */
    again(context);
    status = SspiDeleteSecurityContextAsync(context, &session.server);
    ok(status == SEC_E_OK && outcome(context) == SEC_E_OK, "got %08lx\n", status); /* S2.8.1 */
    session_close(&session);
}

START_TEST(async)
{
    SspiAsyncContext *context;

    if (!LATE_NEED("SspiCreateAsyncContext", "SspiFreeAsyncContext", "SspiGetAsyncCallStatus", "SspiReinitAsyncContext",
                   "SspiSetAsyncNotifyCallback", "SspiAsyncContextRequiresNotify", "SspiAcquireCredentialsHandleAsyncA",
                   "SspiAcquireCredentialsHandleAsyncW", "SspiInitializeSecurityContextAsyncA",
                   "SspiInitializeSecurityContextAsyncW", "SspiAcceptSecurityContextAsync",
                   "SspiFreeCredentialsHandleAsync", "SspiDeleteSecurityContextAsync"))
        return;
    if (!session_setup()) return;
    context = SspiCreateAsyncContext();
    ok(context != NULL, "no context\n"); /* S1.3.4 */
    if (context)
    {
        test_credential(context);
        test_legs(context);
        SspiFreeAsyncContext(context);
    }
    session_cleanup();
}

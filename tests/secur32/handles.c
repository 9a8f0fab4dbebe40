/*
 * Context handles that are freed twice, stale, foreign or many, and used from several threads.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "session.h"

static void test_context_handles(void)
{
    static struct session session;
    CtxtHandle stale, copy, zero = {0, 0};
    SecPkgContext_Sizes sizes;
    SECURITY_STATUS status;
    BYTE token[16];
    SecBuffer buffer = {sizeof(token), SECBUFFER_TOKEN, token};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};

    if (!session_log_on(&session, SESSION_ALICE, ISC_REQ_INTEGRITY, 0)) return;
    copy = session.client;
    status = QueryContextAttributesA(&copy, SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.0.1 */
    stale = session.client;
    session.have_client = FALSE;
    status = DeleteSecurityContext(&session.client);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.8.1 */
    status = DeleteSecurityContext(&stale);
    ok(status == SEC_E_INVALID_HANDLE || broken(status == SEC_E_OK), "got %08lx\n", status); /* S2.8.1 */
    status = QueryContextAttributesA(&stale, SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.2 */
    status = MakeSignature(&stale, 0, &desc, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.2 */
    status = VerifySignature(&zero, &desc, 0, NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.2 */
    status = DeleteSecurityContext(NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.3 */
    status = DeleteSecurityContext(&zero);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.8.1 */
    status = CompleteAuthToken(NULL, &desc);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.3 */
    status = CompleteAuthToken(&session.server, &desc);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.7.1 */

#ifndef _WIN32 /* a credential is not a context, whatever its words are */
    status = DeleteSecurityContext(&session.client_credential);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.8.1 */
    status = FreeCredentialsHandle(&session.server);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.3.1 */
#endif
    status = QueryContextAttributesA(&session.server, SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.8.1 */
    session_close(&session);
}

/* Half a handshake each, all open at once. */
enum { MANY = 10000 };

static void test_many(void)
{
    static CtxtHandle contexts[MANY];
    static struct session session;
    int opened, failures = 0;
    SECURITY_STATUS status;

    if (!session_open(&session, SESSION_ALICE)) return;
    for (opened = 0; opened < MANY; opened++)
    {
        SecBuffer out = {MAX_TOKEN, SECBUFFER_TOKEN, session.negotiate};
        SecBufferDesc desc = {SECBUFFER_VERSION, 1, &out};
        ULONG attributes;

        status = InitializeSecurityContextA(&session.client_credential, NULL, NULL, 0, 0, 0, NULL, 0, &contexts[opened],
                                            &desc, &attributes, NULL);
        if (status != SEC_I_CONTINUE_NEEDED) break;
    }
    ok(opened == MANY, "%d contexts, then %08lx\n", opened, status); /* S2.0.8 */
    for (int i = 0; i < opened; i++) failures += DeleteSecurityContext(&contexts[i]) != SEC_E_OK;
    ok(!failures, "%d could not be deleted\n", failures); /* S2.8.1 */
    session_close(&session);
}

/* A handle made by one thread is good in all; each logs on and signs for itself beside them. */
static struct session made_here;
static LONG thread_failures;

static void thread_of_many(unsigned int number)
{
    static struct session sessions[8];
    struct session *own = &sessions[number];
    SecPkgContext_Sizes sizes;

    for (int i = 0; i < 5; i++)
    {
        if (QueryContextAttributesA(&made_here.client, SECPKG_ATTR_SIZES, &sizes) != SEC_E_OK)
            __atomic_fetch_add(&thread_failures, 1, __ATOMIC_RELAXED);
        if (session_log_on(own, SESSION_ALICE, ISC_REQ_INTEGRITY, 0)) session_close(own);
        else __atomic_fetch_add(&thread_failures, 1, __ATOMIC_RELAXED);
    }
}

static void test_threads(void)
{
    if (!session_log_on(&made_here, SESSION_ALICE, ISC_REQ_INTEGRITY, 0)) return;
    session_run_threads(8, thread_of_many);
    ok(!thread_failures, "%ld failures\n", thread_failures); /* S2.0.2 */
    session_close(&made_here);
}

START_TEST(handles)
{
    if (!session_setup()) return;
    test_context_handles();
    test_many();
    test_threads();
    session_cleanup();
}

/*
 * ImpersonateSecurityContext, RevertSecurityContext, QuerySecurityContextToken: each state a context may be in.
 *
 * What the thread carries is looked at through its token; what the kernel then allows it is the business of tests/unix.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "session.h"

static const HANDLE untouched = (HANDLE)(ULONG_PTR)0xdeadbeef;

/* The level of the calling thread's impersonation, or -1 without one. */
static int thread_level(void)
{
    SECURITY_IMPERSONATION_LEVEL level;
    DWORD length;
    HANDLE token;
    BOOL done;

    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) return -1;
    done = GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof(level), &length);
    CloseHandle(token);
    return done ? (int)level : -2;
}

/* The three calls on a context that has no client, while the thread is nobody's. */
static void check_refused(CtxtHandle *context, SECURITY_STATUS expected, SECURITY_STATUS also, SECURITY_STATUS revert)
{
    HANDLE token = untouched;
    SECURITY_STATUS status;

    /* callers cite */
    status = ImpersonateSecurityContext(context);
    ok(status == expected || broken(status == also), "Impersonate: got %08lx\n", status);
    ok(thread_level() == -1, "the thread impersonates at level %d\n", thread_level());
    status = QuerySecurityContextToken(context, &token);
    ok(status == expected || broken(status == also), "QueryToken: got %08lx\n", status);
    ok(token == untouched, "the handle was written\n");
    status = RevertSecurityContext(context);
    ok(status == revert || broken(status == also), "Revert: got %08lx\n", status);
    ok(thread_level() == -1, "the thread impersonates at level %d\n", thread_level());
}

static void test_bad_handles(void)
{
    CtxtHandle zero = {0, 0}, invalid, foreign = {0xdeadbeef, 0xdeadbeef};

    SecInvalidateHandle(&invalid);
    check_refused(NULL, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE); /* S2.0.3 */
    check_refused(&zero, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE); /* S2.11.1 */
    check_refused(&invalid, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE); /* S2.0.1 */
    check_refused(&foreign, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE); /* S2.11.3 */
}

static void test_client_context(void)
{
    static struct session session;

    if (!session_log_on(&session, SESSION_ALICE, 0, 0)) return;
    check_refused(&session.client, SEC_E_NO_IMPERSONATION, SEC_E_INVALID_HANDLE, SEC_E_NO_IMPERSONATION); /* S2.11.1 */
    session_close(&session);
}

static void test_unfinished_context(void)
{
    static struct session session;
    SecBuffer in, out;
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &in}, out_desc = {SECBUFFER_VERSION, 1, &out};
    SECURITY_STATUS status;
    CtxtHandle context;
    ULONG attributes;

    if (!session_log_on(&session, SESSION_ALICE, 0, 0)) return;
    in = (SecBuffer){session.negotiate_length, SECBUFFER_TOKEN, session.negotiate};
    out = (SecBuffer){sizeof(session.challenge), SECBUFFER_TOKEN, session.challenge};
    status =
        AcceptSecurityContext(&session.server_credential, NULL, &in_desc, 0, 0, &context, &out_desc, &attributes, NULL);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.6.1 */
    check_refused(&context, SEC_E_NO_IMPERSONATION, SEC_E_INVALID_HANDLE, SEC_E_OK); /* S2.11.1 */

    /* Somebody else's answer makes it a rejected one. */
    in = (SecBuffer){session.authenticate_length, SECBUFFER_TOKEN, session.authenticate};
    out = (SecBuffer){sizeof(session.challenge), SECBUFFER_TOKEN, session.challenge};
    status = AcceptSecurityContext(&session.server_credential, &context, &in_desc, 0, 0, &context, &out_desc,
                                   &attributes, NULL);
    ok(status < 0, "an answer to another challenge was taken: %08lx\n", status); /* S4.9.4 */
    check_refused(&context, SEC_E_NO_IMPERSONATION, SEC_E_INVALID_HANDLE, SEC_E_OK); /* S2.6.10 */
    DeleteSecurityContext(&context);
    session_close(&session);
}

static void test_rejected_context(void)
{
    static struct session session;

    if (!session_open(&session, SESSION_WRONG)) return;
    session_run(&session, 0, 0);
    ok(session.server_status == SEC_E_LOGON_DENIED, "got %08lx\n", session.server_status); /* S2.6.7 */
    check_refused(&session.server, SEC_E_NO_IMPERSONATION, SEC_E_INVALID_HANDLE, SEC_E_OK); /* S2.11.1 */
    session_close(&session);
}

static void test_no_token(void)
{
    static struct session session;

    if (!session_log_on(&session, SESSION_ALICE, 0, ASC_REQ_NO_TOKEN)) return;
    check_refused(&session.server, SEC_E_NO_IMPERSONATION, SEC_E_OK, SEC_E_OK); /* S2.6.5 */
    session_close(&session);
}

static BOOL same_user(HANDLE a, HANDLE b)
{
    BYTE users[2][128];
    DWORD length;

    return GetTokenInformation(a, TokenUser, users[0], sizeof(users[0]), &length) &&
           GetTokenInformation(b, TokenUser, users[1], sizeof(users[1]), &length) &&
           EqualSid(((TOKEN_USER *)users[0])->User.Sid, ((TOKEN_USER *)users[1])->User.Sid);
}

/* S2.11.3, S12.7 */
static void check_token(HANDLE token)
{
    SECURITY_IMPERSONATION_LEVEL level;
    TOKEN_TYPE type;
    DWORD length;
    HANDLE copy;

    /* callers cite */
    ok(GetTokenInformation(token, TokenType, &type, sizeof(type), &length) && type == TokenImpersonation, "type\n");
    ok(GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof(level), &length) &&
           level == SecurityImpersonation,
       "level\n");
    ok(DuplicateToken(token, SecurityIdentification, &copy), "cannot be duplicated: error %lu\n", GetLastError());
    CloseHandle(copy);
}

static void test_impersonation(void)
{
    static struct session session;
    HANDLE token = NULL, thread_token = NULL;
    SECURITY_STATUS status;
    CtxtHandle context;

    if (!session_log_on(&session, SESSION_ALICE, 0, 0)) return;
    status = QuerySecurityContextToken(&session.server, &token);
    ok(status == SEC_E_OK && token, "got %08lx\n", status); /* S2.11.3 */
    check_token(token); /* S2.11.3 */

    /* Never impersonated: nothing changes. */
    status = RevertSecurityContext(&session.server);
    ok(status == SEC_E_OK || broken(status == SEC_E_NO_IMPERSONATION), "got %08lx\n", status); /* S2.11.2 */
    ok(thread_level() == -1, "level %d\n", thread_level()); /* S9.2.3 */

    status = ImpersonateSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.1 */
    ok(thread_level() == SecurityImpersonation, "level %d\n", thread_level()); /* S9.1.4 */
    ok(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &thread_token), "error %lu\n",
       GetLastError()); /* S9.2.2 */
    ok(same_user(token, thread_token), "another user\n"); /* S9.2.2 */
    CloseHandle(thread_token);

    /* Once more without reverting; one revert is enough. */
    status = ImpersonateSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S9.3.5 */
    status = RevertSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.2 */
    ok(thread_level() == -1, "level %d\n", thread_level()); /* S9.3.1 */

    /* Deleting the context ends neither the impersonation nor the token. */
    status = ImpersonateSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.1 */
    context = session.server;
    session.have_server = FALSE;
    status = DeleteSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.8.3 */
    ok(thread_level() == SecurityImpersonation, "level %d\n", thread_level()); /* S2.8.3 */
    check_token(token); /* S2.8.3 */
    status = RevertSecurityContext(&context);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.11.2 */
    ok(thread_level() == SecurityImpersonation, "level %d\n", thread_level()); /* S2.8.3 */
    status = ImpersonateSecurityContext(&context);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.11.1 */
    ok(RevertToSelf(), "error %lu\n", GetLastError()); /* S9.3.1 */
    ok(thread_level() == -1, "level %d\n", thread_level()); /* S9.3.1 */
    check_refused(&context, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE); /* S2.11.1 */
    ok(CloseHandle(token), "error %lu\n", GetLastError()); /* S12.7 */
    session_close(&session);
}

/* A second client replaces the first. */
static void test_replace(void)
{
    static struct session alice, bob;
    HANDLE thread_token, bob_token;
    SECURITY_STATUS status;

    if (!session_other_users())
    {
        skip("needs --create-accounts\n");
        return;
    }
    if (!session_log_on(&alice, SESSION_ALICE, 0, 0)) return;
    if (!session_log_on(&bob, SESSION_BOB, 0, 0))
    {
        session_close(&alice);
        return;
    }
    status = ImpersonateSecurityContext(&alice.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.1 */
    status = ImpersonateSecurityContext(&bob.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S9.3.1 */
    OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &thread_token);
    status = QuerySecurityContextToken(&bob.server, &bob_token);
    ok(status == SEC_E_OK && same_user(thread_token, bob_token), "got %08lx\n", status); /* S9.3.1 */
    CloseHandle(thread_token);
    CloseHandle(bob_token);
    status = RevertSecurityContext(&bob.server);
    ok(status == SEC_E_OK && thread_level() == -1, "got %08lx\n", status); /* S9.3.1 */
    session_close(&alice);
    session_close(&bob);
}

static void test_identify(void)
{
    static struct session session;
    SECURITY_STATUS status;
    HANDLE token = NULL;
    BYTE user[128];
    DWORD length;

    if (!session_log_on(&session, SESSION_ALICE, ISC_REQ_IDENTIFY, 0)) return;
    status = ImpersonateSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S9.1.1 */
    ok(thread_level() == SecurityIdentification, "level %d\n", thread_level()); /* S9.1.4 */
    ok(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token), "error %lu\n", GetLastError()); /* S9.2.2 */
    ok(GetTokenInformation(token, TokenUser, user, sizeof(user), &length), "error %lu\n", GetLastError()); /* S9.1.3 */
    CloseHandle(token);
    status = RevertSecurityContext(&session.server);
    ok(status == SEC_E_OK && thread_level() == -1, "got %08lx\n", status); /* S2.11.2 */
    session_close(&session);
}

/* The token of a context may be kept, put aside and put back without the context. */
static void test_saved_token(void)
{
    static struct session session;
    HANDLE token = NULL;
    SECURITY_STATUS status;

    if (!session_log_on(&session, SESSION_ALICE, 0, 0)) return;
    status = ImpersonateSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.1 */
    ok(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY | TOKEN_IMPERSONATE, TRUE, &token), "error %lu\n",
       GetLastError()); /* S9.2.2 */
    ok(RevertToSelf() && thread_level() == -1, "level %d\n", thread_level()); /* S9.3.1 */
    ok(SetThreadToken(NULL, token), "error %lu\n", GetLastError()); /* S9.3.4 */
    ok(thread_level() == SecurityImpersonation, "level %d\n", thread_level()); /* S9.3.4 */
    status = RevertSecurityContext(&session.server);
    ok(status == SEC_E_OK && thread_level() == -1, "got %08lx\n", status); /* S2.11.2 */
    CloseHandle(token);
    session_close(&session);
}

static void test_anonymous(void)
{
    static const SID_IDENTIFIER_AUTHORITY nt = {SECURITY_NT_AUTHORITY};
    SID anonymous = {SID_REVISION, 1, nt, {SECURITY_ANONYMOUS_LOGON_RID}};
    static struct session session;
    SECURITY_STATUS status;
    BYTE user[128] = {0};
    HANDLE token = NULL;
    DWORD length;

    if (!session_own_policy())
    {
        skip("policy decides about null sessions\n");
        return;
    }
    if (!session_log_on(&session, SESSION_ANONYMOUS, 0, ASC_REQ_ALLOW_NULL_SESSION)) return;
    status = QuerySecurityContextToken(&session.server, &token);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.3 */
    ok(GetTokenInformation(token, TokenUser, user, sizeof(user), &length), "error %lu\n", GetLastError()); /* S9.1.4 */
    ok(EqualSid(((TOKEN_USER *)user)->User.Sid, &anonymous), "not the anonymous logon\n"); /* S9.1.4 */
    CloseHandle(token);
    status = ImpersonateSecurityContext(&session.server);
    ok(status == SEC_E_OK && thread_level() >= 0, "got %08lx\n", status); /* S9.1.4 */
    status = RevertSecurityContext(&session.server);
    ok(status == SEC_E_OK && thread_level() == -1, "got %08lx\n", status); /* S2.11.2 */
    session_close(&session);
}

/* ---- threads ---- */

static struct session shared;
static LONG wrong;

static void other_thread(unsigned int number)
{
    SECURITY_STATUS status;

    (void)number;
    if (thread_level() != -1) __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
    status = RevertSecurityContext(&shared.server); /* its own, which is nobody's */
    if (status != SEC_E_OK && winetest_platform_is_windows == 0) __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
}

static void impersonating_thread(unsigned int number)
{
    (void)number;
    for (int i = 0; i < 50; i++)
    {
        if (ImpersonateSecurityContext(&shared.server) != SEC_E_OK || thread_level() != SecurityImpersonation ||
            RevertSecurityContext(&shared.server) != SEC_E_OK || thread_level() != -1)
            __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
    }
}

static void test_threads(void)
{
    SECURITY_STATUS status;

    if (!session_log_on(&shared, SESSION_ALICE, 0, 0)) return;
    status = ImpersonateSecurityContext(&shared.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.1 */
    session_run_threads(1, other_thread);
    ok(!wrong, "a new thread impersonates\n"); /* S9.2.1 */
    ok(thread_level() == SecurityImpersonation, "level %d\n", thread_level()); /* S9.3.2 */
    status = RevertSecurityContext(&shared.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.2 */
    session_run_threads(8, impersonating_thread);
    ok(!wrong, "%ld wrong answers\n", wrong); /* S9.2.1 */
    session_close(&shared);
}

START_TEST(impersonate)
{
    if (!session_setup()) return;
    if (!winetest_platform_is_wine) test_bad_handles(); /* Wine: raw-handles */
    test_client_context();
    test_unfinished_context();
    test_rejected_context();
    test_no_token();
    test_impersonation();
    test_replace();
    test_identify();
    test_saved_token();
    test_anonymous();
    test_threads();
    session_cleanup();
}

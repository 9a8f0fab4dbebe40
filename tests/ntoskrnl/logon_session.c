/*
 * The end of logon sessions, told to drivers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static LUID told;
static LONG calls, on_system_thread; /* read and written with __atomic alone */

static NTSTATUS NTAPI session_ended(PLUID id)
{
    told = *id;
    if (PsIsSystemThread(PsGetCurrentThread())) __atomic_add_fetch(&on_system_thread, 1, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
    return STATUS_SUCCESS;
}

static LONG calls_now(void)
{
    return __atomic_load_n(&calls, __ATOMIC_SEQ_CST);
}

static BOOL wait_for_calls(LONG wanted)
{
    unsigned int i;

    for (i = 0; i < 500 && calls_now() < wanted; i++) wait_a_moment();
    return calls_now() == wanted;
}

/* Long enough for a call that must not come. */
static void wait_for_nothing(void)
{
    unsigned int i;

    for (i = 0; i < 5; i++) wait_a_moment();
}

static void test_marks(void)
{
    LUID system = {0x3e7, 0}, none = {1, 0};
    NTSTATUS status;

    /* K3.9.2 */
    status = SeMarkLogonSessionForTerminationNotification(&system);
    ok(!status, "got %#x\n", status);
    status = SeMarkLogonSessionForTerminationNotification(&none);
    ok(status == STATUS_NOT_FOUND, "got %#x\n", status);

    /* K3.9.1 */
    status = SeRegisterLogonSessionTerminatedRoutine(NULL);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
    status = SeUnregisterLogonSessionTerminatedRoutine(NULL);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
}

/* A client's token whose session is marked. */
static PACCESS_TOKEN marked_client(LUID *id)
{
    PACCESS_TOKEN token = client_token("alice", SecurityImpersonation);
    NTSTATUS status;

    if (!token) return NULL;
    SeQueryAuthenticationIdToken(token, id);
    status = SeMarkLogonSessionForTerminationNotification(id);
    ok(!status, "got %#x\n", status); /* K3.9.2 */
    return token;
}

static void test_last_token(void)
{
    PACCESS_TOKEN token, filtered = NULL, unmarked = client_token("alice", SecurityImpersonation);
    NTSTATUS status = SeRegisterLogonSessionTerminatedRoutine(session_ended);
    LUID id;

    ok(!status, "got %#x\n", status); /* K3.9.1 */
    token = marked_client(&id);
    if (!token || !unmarked)
    {
        win_skip("no client\n");
        SeUnregisterLogonSessionTerminatedRoutine(session_ended);
        return;
    }
    SeFilterToken(token, DISABLE_MAX_PRIVILEGE, NULL, NULL, NULL, &filtered);
    ObDereferenceObject(token);
    ObDereferenceObject(unmarked);
    wait_for_nothing();

    /* K3.9.1: another token of the session is left; the session that has ended was not marked */
    ok(filtered && !calls_now(), "told %d times\n", (int)calls_now());
    ObDereferenceObject(filtered);
    ok(wait_for_calls(1), "told %d times\n", (int)calls_now());
    ok(told.LowPart == id.LowPart && told.HighPart == id.HighPart, "another session\n");
    ok(on_system_thread == 1, "told by a thread of the program\n"); /* DDI SeRegisterLogonSessionTerminatedRoutine */

    /* K3.9.2: it is not there any more */
    status = SeMarkLogonSessionForTerminationNotification(&id);
    ok(status == STATUS_NOT_FOUND, "got %#x\n", status);

    /* K3.9.1: unregistered */
    status = SeUnregisterLogonSessionTerminatedRoutine(session_ended);
    ok(!status, "got %#x\n", status);
    token = marked_client(&id);
    ObDereferenceObject(token);
    wait_for_nothing();
    ok(calls_now() == 1, "told %d times\n", (int)calls_now());
}

START_TEST(logon_session)
{
    test_marks();
    test_last_token();
}

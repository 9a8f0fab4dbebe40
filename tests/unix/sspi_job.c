/*
 * A server in a job: ImpersonateSecurityContext gives what the job's limits leave of a client, or refuses and the thread is the server.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include "../secur32/session.h"

static HANDLE job;

static NTSTATUS limit(ULONG flags, PTOKEN_GROUPS disable)
{
    JOBOBJECT_SECURITY_LIMIT_INFORMATION limits = {.SecurityLimitFlags = flags, .SidsToDisable = disable};

    return NtSetInformationJobObject(job, JobObjectSecurityLimitInformation, &limits, sizeof(limits));
}

/* Whether the calling thread's token has the group for denying only. */
static BOOL denies_only(PSID group)
{
    UCHAR room[4096] __attribute__((aligned(8)));
    TOKEN_GROUPS *groups = (TOKEN_GROUPS *)room;
    HANDLE token;
    BOOL found = FALSE;
    ULONG length, i;

    if (NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &token)) return FALSE;
    if (!NtQueryInformationToken(token, TokenGroups, room, sizeof(room), &length))
        for (i = 0; i < groups->GroupCount; i++)
            if (RtlEqualSid(groups->Groups[i].Sid, group)) found = (groups->Groups[i].Attributes & SE_GROUP_USE_FOR_DENY_ONLY) != 0;
    NtClose(token);
    return found;
}

static void test_limits(struct session *session)
{
    SID network = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_NETWORK_RID}};
    TOKEN_GROUPS disable = {1, {{&network, 0}}};
    struct task server = task_now(), now;
    SECURITY_STATUS status;

    /* sdk ImpersonateSecurityContext, design 4: without limits, and with a filter */
    status = ImpersonateSecurityContext(&session->server);
    ok(status == SEC_E_OK && task_now().uid[EFFECTIVE] == ALICE && !denies_only(&network), "got %08lx\n", (long)status);
    RevertSecurityContext(&session->server);
    ok(!limit(JOB_OBJECT_SECURITY_FILTER_TOKENS, &disable), "not limited\n");
    status = ImpersonateSecurityContext(&session->server);
    ok(status == SEC_E_OK && task_now().uid[EFFECTIVE] == ALICE && denies_only(&network), "got %08lx\n", (long)status);
    RevertSecurityContext(&session->server);

    /* S2.11.1, design 4: what a logon makes is not restricted */
    ok(!limit(JOB_OBJECT_SECURITY_FILTER_TOKENS | JOB_OBJECT_SECURITY_RESTRICTED_TOKEN, NULL), "not limited\n");
    status = ImpersonateSecurityContext(&session->server);
    now = task_now();
    ok(status == SEC_E_NO_IMPERSONATION, "got %08lx\n", (long)status);
    ok(same_credential(&now, &server) && !PsIsThreadImpersonating(PsGetCurrentThread()), "euid %u\n", now.uid[EFFECTIVE]);
}

START_TEST(sspi_job)
{
    static struct session session;
    NTSTATUS status;

    if (!have_sandbox() || !session_setup()) return;
    if (session_log_on(&session, SESSION_ALICE, 0, 0))
    {
        status = NtCreateJobObject(&job, JOB_OBJECT_ALL_ACCESS, NULL);
        if (!status) status = NtAssignProcessToJobObject(job, NtCurrentProcess());
        ok(!status, "got %#x\n", status); /* sdk AssignProcessToJobObject */
        test_limits(&session);
        NtClose(job);
        session_close(&session);
    }
    session_cleanup();
}

/*
 * Who may open the process and its threads: a client by its DACL alone, nobody what is not this process (design 4).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

static OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};

static NTSTATUS open_process(pid_t pid, ACCESS_MASK access)
{
    CLIENT_ID id = {ULongToHandle((ULONG)pid), NULL};
    HANDLE handle = NULL;
    NTSTATUS status = NtOpenProcess(&handle, access, &attributes, &id);

    if (handle) NtClose(handle);
    return status;
}

static NTSTATUS open_thread(pid_t pid, pid_t tid, ACCESS_MASK access)
{
    CLIENT_ID id = {ULongToHandle((ULONG)pid), ULongToHandle((ULONG)tid)};
    HANDLE handle = NULL;
    NTSTATUS status = NtOpenThread(&handle, access, &attributes, &id);

    if (handle) NtClose(handle);
    return status;
}

static void test_others(void)
{
    CLIENT_ID wrong = {ULongToHandle((ULONG)getpid()), ULongToHandle((ULONG)getppid())};
    HANDLE handle = NULL;
    NTSTATUS status;

    /* DDI ZwOpenProcess, design 4: other processes are there, but not to be had */
    status = open_process(getppid(), PROCESS_QUERY_LIMITED_INFORMATION);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = open_thread(0, getppid(), THREAD_QUERY_INFORMATION);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = open_thread(getppid(), getppid(), THREAD_QUERY_INFORMATION);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);

    /* DDI ZwOpenProcess: ids that do not belong together, or are none */
    status = open_thread(getppid(), gettid(), THREAD_QUERY_INFORMATION);
    ok(status == STATUS_INVALID_CID, "got %#x\n", status);
    status = NtOpenProcess(&handle, PROCESS_QUERY_INFORMATION, &attributes, &wrong);
    ok(status == STATUS_INVALID_CID && !handle, "got %#x\n", status);
    ok(open_process(0, PROCESS_QUERY_INFORMATION) == STATUS_INVALID_CID, "a process 0\n");
    ok(open_process(-1, PROCESS_QUERY_INFORMATION) == STATUS_INVALID_CID, "a process -1\n");
}

START_TEST(open_process)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    SECURITY_CLIENT_CONTEXT own;
    PACCESS_TOKEN alice;
    NTSTATUS status;

    if (!have_sandbox()) return;
    test_others();
    ok(!open_process(getpid(), PROCESS_ALL_ACCESS), "refused\n"); /* DDI ZwOpenProcess */

    /* DDI ZwOpenProcess: a client has what the DACL of the process says, which is nothing */
    alice = account_token("alice");
    ok(!impersonate(alice), "refused\n");
    status = open_process(getpid(), PROCESS_QUERY_INFORMATION);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = open_thread(0, gettid(), THREAD_SET_THREAD_TOKEN);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ObDereferenceObject(alice);
    PsRevertToSelf();

    /* K3.5.1: who is identified only has the use of no privilege, SeDebugPrivilege neither */
    ok(!SeCreateClientSecurity(PsGetCurrentThread(), &qos, FALSE, &own), "refused\n");
    ok(!impersonate_at(own.ClientToken, SecurityIdentification), "refused\n");
    status = open_process(getpid(), PROCESS_ALL_ACCESS);
    ok(status == STATUS_BAD_IMPERSONATION_LEVEL, "got %#x\n", status);
    ok(!impersonate_at(own.ClientToken, SecurityImpersonation), "refused\n");
    ok(!open_process(getpid(), MAXIMUM_ALLOWED), "refused\n");
    PsRevertToSelf();
    SeDeleteClientSecurity(&own);
}

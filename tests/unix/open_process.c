/*
 * Who may open the process and its threads: a client by its DACL alone, nobody what is not this process (design 4).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

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

/* OTHER is a process. */
static void test_others(pid_t other)
{
    CLIENT_ID wrong = {ULongToHandle((ULONG)getpid()), ULongToHandle((ULONG)other)};
    HANDLE handle = NULL;
    NTSTATUS status;

    /* DDI ZwOpenProcess, design 4: other processes are there, but not to be had */
    status = open_process(other, PROCESS_QUERY_LIMITED_INFORMATION);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = open_thread(0, other, THREAD_QUERY_INFORMATION);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = open_thread(other, other, THREAD_QUERY_INFORMATION);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);

    /* DDI ZwOpenProcess: ids that do not belong together, or are none */
    status = open_thread(other, gettid(), THREAD_QUERY_INFORMATION);
    ok(status == STATUS_INVALID_CID, "got %#x\n", status);
    status = NtOpenProcess(&handle, PROCESS_QUERY_INFORMATION, &attributes, &wrong);
    ok(status == STATUS_INVALID_CID && !handle, "got %#x\n", status);
    ok(open_process(0, PROCESS_QUERY_INFORMATION) == STATUS_INVALID_CID, "a process 0\n");
    ok(open_process(-1, PROCESS_QUERY_INFORMATION) == STATUS_INVALID_CID, "a process -1\n");
}

static void test_other_process(void)
{
    pid_t other = fork();

    if (!other)
        for (;;) pause();
    test_others(other);
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
    ok(open_process(other, PROCESS_QUERY_LIMITED_INFORMATION) == STATUS_INVALID_CID, "still there\n"); /* DDI ZwOpenProcess */
}

static void *open_as_process(void *unused)
{
    NTSTATUS status = open_process(gettid(), PROCESS_QUERY_INFORMATION);

    ok(status == STATUS_INVALID_CID, "got %#x\n", status); /* DDI ZwOpenProcess: a thread's id */
    return unused;
}

static void test_arguments(void)
{
    CLIENT_ID id = {ULongToHandle((ULONG)getpid()), NULL};
    pthread_t thread;
    HANDLE handle;

    /* design 4 */
    ok(NtOpenProcess(NULL, PROCESS_QUERY_INFORMATION, &attributes, &id) == STATUS_ACCESS_VIOLATION, "nowhere\n");
    ok(NtOpenProcess(&handle, PROCESS_QUERY_INFORMATION, NULL, &id) == STATUS_ACCESS_VIOLATION, "without attributes\n");
    pthread_create(&thread, NULL, open_as_process, NULL);
    pthread_join(thread, NULL);
}

static NTSTATUS query_with(HANDLE object, ACCESS_MASK access)
{
    PROCESS_BASIC_INFORMATION process;
    THREAD_BASIC_INFORMATION thread;
    HANDLE handle;
    NTSTATUS status = NtDuplicateObject(NtCurrentProcess(), object, NtCurrentProcess(), &handle, access, 0, 0);

    if (status) return status;
    if (object == NtCurrentProcess())
        status = NtQueryInformationProcess(handle, ProcessBasicInformation, &process, sizeof(process), NULL);
    else
        status = NtQueryInformationThread(handle, ThreadBasicInformation, &thread, sizeof(thread), NULL);
    NtClose(handle);
    return status;
}

static void test_query_access(void)
{
    PROCESS_BASIC_INFORMATION basic;
    ULONG length = 77;

    /* sdk NtQueryInformationProcess, design 4 */
    ok(!query_with(NtCurrentProcess(), PROCESS_QUERY_INFORMATION), "refused\n");
    ok(!query_with(NtCurrentProcess(), PROCESS_QUERY_LIMITED_INFORMATION), "refused\n");
    ok(query_with(NtCurrentProcess(), PROCESS_TERMINATE) == STATUS_ACCESS_DENIED, "told\n");
    ok(!query_with(NtCurrentThread(), THREAD_QUERY_INFORMATION), "refused\n");
    ok(query_with(NtCurrentThread(), THREAD_TERMINATE) == STATUS_ACCESS_DENIED, "told\n");
    ok(NtQueryInformationProcess(NtCurrentProcess(), ProcessBasicInformation, &basic, 1, &length) == STATUS_INFO_LENGTH_MISMATCH &&
           length == 77, "got %u\n", length);
}

/* A name that is not ASCII, and no UTF-8 where it has a stray byte, characters longer than they need be, a surrogate and one beyond Unicode. */
#define ODD_NAME "b\xc3\xa4\xf0\x9f\x98\x80\xe2\x82\xac\xff.\xc0\xaf.\xe0\x9f\xbf.\xf0\x8f\xbf\xbf.\xed\xa0\x80.\xf4\x90\x80\x80"

/* Runs as a program of this name. */
static void role_image(void)
{
    static const WCHAR wanted[] = u"\\b\u00e4\xd83d\xde00\u20ac\xfffd.\xfffd\xfffd.\xfffd\xfffd\xfffd.\xfffd\xfffd\xfffd\xfffd"
                                  u".\xfffd\xfffd\xfffd.\xfffd\xfffd\xfffd\xfffd";
    const size_t size = sizeof(wanted) - sizeof(WCHAR);
    PACCESS_TOKEN alice = account_token("alice");
    UNICODE_STRING *name;
    NTSTATUS status;

    /* K3.7.2, design 5.10: a client is told, too */
    ok(!impersonate(alice), "refused\n");
    status = SeLocateProcessImageName(PsGetCurrentProcess(), &name);
    ok(!status && name->Length > size, "got %#x\n", status);
    ok(!memcmp(name->Buffer, u"\\??\\unix\\", 9 * sizeof(WCHAR)), "begins otherwise\n");
    ok(!memcmp((UCHAR *)name->Buffer + name->Length - size, wanted, size), "ends otherwise\n");
    ok(!name->Buffer[name->Length / sizeof(WCHAR)], "not terminated\n");
    ExFreePool(name);
    PsRevertToSelf();
    ObDereferenceObject(alice);
}

static void test_image(void)
{
    char path[4096];
    pid_t child;

    snprintf(path, sizeof(path), "%.*s/" ODD_NAME, (int)(strrchr(program_copy(), '/') - program_copy()), program_copy());
    ok(!link(program_copy(), path), "no link\n"); /* K3.7.2 */
    fflush(stdout);
    if (!(child = fork()))
    {
        setenv("GUISE_TEST_ROLE", "image", 1);
        execl(path, path, "open_process", (char *)NULL);
        _exit(99);
    }
    winetest_wait_child_process(child);
    unlink(path);
}

START_TEST(open_process)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    SECURITY_CLIENT_CONTEXT own;
    PACCESS_TOKEN alice;
    NTSTATUS status;

    if (role())
    {
        role_image();
        return;
    }
    if (!have_sandbox()) return;
    test_other_process();
    test_arguments();
    test_query_access();
    test_image();
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

/*
 * Process and thread objects: who they are.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

/* Units in a driver run on a system thread of the system's process. */
#ifdef WINETEST_KERNEL
#define IN_DRIVER TRUE
#else
#define IN_DRIVER FALSE
#endif

static void check_other_thread(void *context)
{
    PEPROCESS process = context;

    ok(PsGetCurrentProcess() == process, "another process\n"); /* DDI PsGetCurrentProcess */
    ok(PsIsSystemThread(PsGetCurrentThread()) == IN_DRIVER, "a system thread\n"); /* DDI PsIsSystemThread */
}

static void test_ids(void)
{
    PEPROCESS process = PsGetCurrentProcess();

    /* DDI PsGetProcessId */
    ok(PsGetProcessId(process) == PsGetCurrentProcessId(), "got %p\n", PsGetProcessId(process));
    /* DDI PsInitialSystemProcess: a process object */
    ok(PsInitialSystemProcess && PsGetProcessId(PsInitialSystemProcess), "got %p\n", PsInitialSystemProcess);
    /* DDI PsIsSystemThread */
    ok(PsIsSystemThread(PsGetCurrentThread()) == IN_DRIVER, "a system thread\n");
    run_on_thread(check_other_thread, process);
}

static void test_session_number(void)
{
    PACCESS_TOKEN token = self_token(SecurityImpersonation);
    ULONG before = 77, number = 77;
    NTSTATUS status;

    if (!token)
    {
        win_skip("no token\n");
        return;
    }
    /* K2.9.1, DDI SeSetSessionIdToken */
    SeQuerySessionIdToken(token, &before);
    status = SeSetSessionIdToken(token, before + 3);
    ok(!status, "got %#x\n", status);
    status = SeQuerySessionIdToken(token, &number);
    ok(!status && number == before + 3, "got %#x, %u\n", status, number);
    ObDereferenceObject(token);
}

/* The same name to the character, whatever the file system makes of case. */
static BOOL ends_with(const UNICODE_STRING *name, const char *end)
{
    size_t length = strlen(end), units = name->Length / sizeof(WCHAR), i;

    if (units < length) return FALSE;
    for (i = 0; i < length; i++)
        if (name->Buffer[units - length + i] != (WCHAR)end[i]) return FALSE;
    return TRUE;
}

static void test_image_name(void)
{
    UNICODE_STRING *name = NULL;
    NTSTATUS status = SeLocateProcessImageName(PsGetCurrentProcess(), &name);

    /* K3.7.2: header and characters in one block of pool memory */
    ok(!status && name, "got %#x, %p\n", status, name);
    if (!name) return;
    ok(name->Length && name->Length <= name->MaximumLength && !(name->Length % sizeof(WCHAR)), "%u of %u bytes\n",
       name->Length, name->MaximumLength);
    ok((UCHAR *)name->Buffer >= (UCHAR *)(name + 1), "the characters lie elsewhere\n");
    ok(IN_DRIVER || name->Buffer[0] == '\\', "begins with %#x\n", name->Buffer[0]);
    ok(IN_DRIVER || ends_with(name, "ntoskrnl_test") || ends_with(name, "ntoskrnl_test.exe"), "another program\n");
    ExFreePool(name);
}

static void test_open(void)
{
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)}, named = attributes;
    CLIENT_ID id = {PsGetCurrentProcessId(), NULL}, none = {ULongToHandle(0x7ffffffc), NULL};
    WCHAR text[] = {'\\', 'n', 'o', 'n', 'e'};
    UNICODE_STRING name = {sizeof(text), sizeof(text), text};
    PROCESS_BASIC_INFORMATION basic;
    HANDLE handle = NULL;
    PVOID object;
    NTSTATUS status;
    ULONG length = 0;

    /* DDI ZwOpenProcess */
    status = ZwOpenProcess(&handle, PROCESS_ALL_ACCESS, &attributes, &id);
    ok(!status, "got %#x\n", status);
    status = ObReferenceObjectByHandle(handle, 0, *PsProcessType, KernelMode, &object, NULL);
    ok(!status && object == PsGetCurrentProcess(), "got %#x, %p\n", status, object);
    if (!status) ObDereferenceObject(object);
    status = NtQueryInformationProcess(handle, ProcessBasicInformation, &basic, sizeof(basic), &length);
    ok(!status && length == sizeof(basic), "got %#x, %u bytes\n", status, length);     /* DDI ZwQueryInformationProcess */
    ok(basic.UniqueProcessId == (ULONG_PTR)PsGetCurrentProcessId(), "another process\n"); /* DDI ZwQueryInformationProcess */
    NtClose(handle);

    /* DDI ZwOpenProcess: an id or a name, and one that there is */
    named.ObjectName = &name;
    status = NtOpenProcess(&handle, PROCESS_QUERY_INFORMATION, &named, &id);
    ok(status == STATUS_INVALID_PARAMETER_MIX, "got %#x\n", status);
    status = NtOpenProcess(&handle, PROCESS_QUERY_INFORMATION, &attributes, NULL);
    ok(status == STATUS_INVALID_PARAMETER_MIX, "got %#x\n", status);
    status = NtOpenProcess(&handle, PROCESS_QUERY_INFORMATION, &attributes, &none);
    ok(status == STATUS_INVALID_CID, "got %#x\n", status);
}

static void test_query(void)
{
    THREAD_BASIC_INFORMATION thread;
    UCHAR room[1024] __attribute__((aligned(8)));
    UNICODE_STRING *name = (UNICODE_STRING *)room;
    PROCESS_BASIC_INFORMATION basic;
    ULONG_PTR wow64 = 77;
    ULONG length = 77;
    NTSTATUS status;

    /* DDI ZwQueryInformationProcess: a buffer of just the size; more of a string's */
    status = NtQueryInformationProcess(NtCurrentProcess(), ProcessBasicInformation, &basic, sizeof(basic) - 1, NULL);
    ok(status == STATUS_INFO_LENGTH_MISMATCH, "got %#x\n", status);
    status = NtQueryInformationProcess(NtCurrentProcess(), ProcessWow64Information, &wow64, sizeof(wow64), &length);
    ok(!status && !wow64 && length == sizeof(wow64), "got %#x, %u bytes\n", status, length);
    status = NtQueryInformationProcess(NtCurrentProcess(), ProcessImageFileName, room, 1, &length);
    ok(status == STATUS_INFO_LENGTH_MISMATCH && length > sizeof(*name), "got %#x, %u bytes\n", status, length);
    status = NtQueryInformationProcess(NtCurrentProcess(), ProcessImageFileName, room, sizeof(room), &length);
    ok(!status && name->Buffer == (WCHAR *)(name + 1), "got %#x\n", status);
    if (!status) ok(IN_DRIVER || ends_with(name, "ntoskrnl_test") || ends_with(name, ".exe"), "another program\n");
    status = NtQueryInformationProcess(NULL, ProcessBasicInformation, &basic, sizeof(basic), NULL);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtQueryInformationProcess(NtCurrentThread(), ProcessBasicInformation, &basic, sizeof(basic), NULL);
    ok(status == STATUS_OBJECT_TYPE_MISMATCH, "got %#x\n", status);
    status = NtQueryInformationProcess(NtCurrentProcess(), 0x7777, &basic, sizeof(basic), NULL);
    ok(status == STATUS_INVALID_INFO_CLASS, "got %#x\n", status);

    /* DDI ZwQueryInformationThread */
    status = NtQueryInformationThread(NtCurrentThread(), ThreadBasicInformation, &thread, sizeof(thread), &length);
    ok(!status && length == sizeof(thread), "got %#x, %u bytes\n", status, length);
    ok(thread.ClientId.UniqueProcess == PsGetCurrentProcessId() && thread.ClientId.UniqueThread == PsGetCurrentThreadId(),
       "another thread\n");
    status = NtQueryInformationThread(NtCurrentThread(), ThreadBasicInformation, &thread, sizeof(thread) - 1, NULL);
    ok(status == STATUS_INFO_LENGTH_MISMATCH, "got %#x\n", status);
    status = NtQueryInformationThread(NtCurrentThread(), 0x7777, &thread, sizeof(thread), NULL);
    ok(status == STATUS_INVALID_INFO_CLASS, "got %#x\n", status);
}

static void test_open_thread(void)
{
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};
    CLIENT_ID id = {NULL, PsGetCurrentThreadId()}, none = {NULL, ULongToHandle(0x7ffffffc)};
    HANDLE handle = NULL;
    PVOID object;
    NTSTATUS status = NtOpenThread(&handle, THREAD_QUERY_INFORMATION, &attributes, &id);

    /* sdk OpenThread */
    ok(!status, "got %#x\n", status);
    status = ObReferenceObjectByHandle(handle, 0, *PsThreadType, KernelMode, &object, NULL);
    ok(!status && object == PsGetCurrentThread(), "got %#x, %p\n", status, object);
    if (!status) ObDereferenceObject(object);
    NtClose(handle);
    status = NtOpenThread(&handle, THREAD_QUERY_INFORMATION, &attributes, &none);
    ok(status == STATUS_INVALID_CID, "got %#x\n", status);
}

START_TEST(process)
{
    test_open();
    test_query();
    test_open_thread();
    test_ids();
    test_session_number();
    test_image_name();
}

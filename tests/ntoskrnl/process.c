/*
 * Process and thread objects: who they are.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static void check_other_thread(void *context)
{
    PEPROCESS process = context;

    ok(PsGetCurrentProcess() == process, "another process\n"); /* DDI PsGetCurrentProcess */
    ok(!PsIsSystemThread(PsGetCurrentThread()), "a system thread\n"); /* DDI PsIsSystemThread */
}

static void test_ids(void)
{
    PEPROCESS process = PsGetCurrentProcess();

    /* DDI PsGetProcessId */
    ok(PsGetProcessId(process) == PsGetCurrentProcessId(), "got %p\n", PsGetProcessId(process));
    /* DDI PsInitialSystemProcess: a process object */
    ok(PsInitialSystemProcess && PsGetProcessId(PsInitialSystemProcess), "got %p\n", PsInitialSystemProcess);
    /* DDI PsIsSystemThread */
    ok(!PsIsSystemThread(PsGetCurrentThread()), "a system thread\n");
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
    ok(name->Buffer[0] == '\\', "begins with %#x\n", name->Buffer[0]);
    ok(ends_with(name, "ntoskrnl_test") || ends_with(name, "ntoskrnl_test.exe") || ends_with(name, ".sys"),
       "another program\n");
    ExFreePool(name);
}

START_TEST(process)
{
    test_ids();
    test_session_number();
    test_image_name();
}

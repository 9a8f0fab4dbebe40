/*
 * Handles: values, closing, duplicating, pseudo handles.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static void test_values(void)
{
    HANDLE handles[64];
    unsigned int i, j;

    for (i = 0; i < ARRAYSIZE(handles); i++) handles[i] = process_token_handle(TOKEN_QUERY);
    for (i = 0; i < ARRAYSIZE(handles); i++)
    {
        ok((LONG_PTR)handles[i] > 0, "handle %u is %p\n", i, handles[i]); /* K1.17.5 */
        /* DDI ZwClose: each handle is closed by itself */
        for (j = 0; j < i; j++) ok(handles[i] != handles[j], "handles %u and %u are the same\n", i, j);
    }
    for (i = 0; i < ARRAYSIZE(handles); i++)
    {
        NTSTATUS status = NtClose(handles[i]);
        ok(status == STATUS_SUCCESS, "closing handle %u gave %#x\n", i, status); /* DDI ZwClose */
    }
}

static void test_close(void)
{
    HANDLE handle = process_token_handle(TOKEN_QUERY), other;
    NTSTATUS status;
    TOKEN_TYPE type;
    ULONG length;

    /* DDI ZwClose */
    status = NtClose(NULL);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtClose(ULongToHandle(0x7ffffffc));
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtClose(handle);
    ok(!status, "got %#x\n", status);
    status = NtClose(handle);
    ok(status == STATUS_INVALID_HANDLE, "closing twice gave %#x\n", status);

    status = NtQueryInformationToken(handle, TokenType, &type, sizeof(type), &length);
    ok(status == STATUS_INVALID_HANDLE, "a stale handle gave %#x\n", status); /* K2.7.4 */
    status = NtDuplicateObject(NtCurrentProcess(), handle, NtCurrentProcess(), &other, 0, 0, DUPLICATE_SAME_ACCESS);
    ok(status == STATUS_INVALID_HANDLE, "a stale handle gave %#x\n", status); /* sdk DuplicateHandle */
}

static void test_pseudo(void)
{
    TOKEN_TYPE type = 0;
    HANDLE handle, token;
    NTSTATUS status;
    ULONG length;

    /* sdk GetCurrentProcess, sdk GetCurrentThread: closing has no effect */
    status = NtClose(NtCurrentProcess());
    ok(!status, "got %#x\n", status);
    status = NtClose(NtCurrentThread());
    ok(!status, "got %#x\n", status);

    /* sdk GetCurrentProcessToken */
    status = NtQueryInformationToken(NtCurrentProcessToken(), TokenType, &type, sizeof(type), &length);
    ok(!status, "got %#x\n", status);
    ok(type == TokenPrimary, "got type %d\n", type);
    status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY, &token);
    ok(!status, "got %#x\n", status);
    NtClose(token);

    /* sdk GetCurrentThreadToken */
    status = NtQueryInformationToken(NtCurrentThreadToken(), TokenType, &type, sizeof(type), &length);
    ok(status == STATUS_NO_TOKEN, "got %#x\n", status);

    /* sdk GetCurrentThreadEffectiveToken, K0.3.3 */
    status = NtQueryInformationToken(NtCurrentEffectiveToken(), TokenType, &type, sizeof(type), &length);
    ok(!status, "got %#x\n", status);
    ok(type == TokenPrimary, "got type %d\n", type);

    /* sdk DuplicateHandle: a pseudo handle becomes a real one */
    status = NtDuplicateObject(NtCurrentProcess(), NtCurrentThread(), NtCurrentProcess(), &handle, 0, 0,
                               DUPLICATE_SAME_ACCESS);
    ok(!status, "got %#x\n", status);
    ok((LONG_PTR)handle > 0, "got %p\n", handle);

    status = NtOpenProcessToken(handle, TOKEN_QUERY, &token);
    ok(status == STATUS_OBJECT_TYPE_MISMATCH, "got %#x\n", status); /* DDI NtOpenProcessToken */
    NtClose(handle);
}

static void test_duplicate_access(void)
{
    HANDLE token = process_token_handle(TOKEN_QUERY), copy;
    NTSTATUS status;
    TOKEN_SOURCE source;
    ULONG length;

    status = NtDuplicateObject(NtCurrentProcess(), token, NtCurrentProcess(), &copy, 0, 0, DUPLICATE_SAME_ACCESS);
    ok(!status, "got %#x\n", status); /* sdk DuplicateHandle */
    status = NtQueryInformationToken(copy, TokenSource, &source, sizeof(source), &length);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status); /* K2.7.4 */
    status = NtDuplicateObject(NtCurrentProcess(), copy, NtCurrentProcess(), NULL, 0, 0, DUPLICATE_CLOSE_SOURCE);
    ok(!status, "got %#x\n", status); /* sdk DuplicateHandle: nothing but closing */
    status = NtClose(copy);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status); /* sdk DuplicateHandle */

    status = NtDuplicateObject(NtCurrentProcess(), token, NtCurrentProcess(), &copy, TOKEN_QUERY | TOKEN_QUERY_SOURCE,
                               0, DUPLICATE_CLOSE_SOURCE);
    ok(!status, "got %#x\n", status); /* sdk DuplicateHandle: more access if the object grants it */
    status = NtQueryInformationToken(copy, TokenSource, &source, sizeof(source), &length);
    ok(!status, "got %#x\n", status); /* K2.7.4 */
    status = NtClose(token);
    ok(status == STATUS_INVALID_HANDLE, "the source is still open: %#x\n", status); /* sdk DuplicateHandle */
    NtClose(copy);
}

static void test_duplicate_less(void)
{
    HANDLE token = process_token_handle(TOKEN_QUERY | TOKEN_QUERY_SOURCE | READ_CONTROL), copy;
    OBJECT_HANDLE_INFORMATION information = {77, 77};
    NTSTATUS status;
    PVOID object;

    /* sdk DuplicateHandle: no access at all, and generic access as the type maps it */
    status = NtDuplicateObject(NtCurrentProcess(), token, NtCurrentProcess(), &copy, 0, 0, 0);
    ok(!status, "got %#x\n", status);
    status = ObReferenceObjectByHandle(copy, 0, *SeTokenObjectType, UserMode, &object, &information);
    ok(!status && !information.GrantedAccess, "got %#x, granted %#x\n", status, information.GrantedAccess);
    if (!status) ObDereferenceObject(object);
    NtClose(copy);
    status = NtDuplicateObject(NtCurrentProcess(), token, NtCurrentProcess(), &copy, GENERIC_READ, 0, 0);
    ok(!status, "got %#x\n", status);
    status = ObReferenceObjectByHandle(copy, 0, *SeTokenObjectType, UserMode, &object, &information);
    ok(!status && information.GrantedAccess == TOKEN_READ, "got %#x, granted %#x\n", status, information.GrantedAccess);
    if (!status) ObDereferenceObject(object);
    NtClose(copy);
    NtClose(token);
}

static void test_by_handle(void)
{
    HANDLE handle = process_token_handle(TOKEN_QUERY);
    OBJECT_HANDLE_INFORMATION information = {0};
    PVOID object = NULL, primary;
    NTSTATUS status;

    status = ObReferenceObjectByHandle(handle, TOKEN_QUERY, *SeTokenObjectType, UserMode, &object, &information);
    ok(!status, "got %#x\n", status); /* DDI ObReferenceObjectByHandle */
    ok(information.GrantedAccess == TOKEN_QUERY, "granted %#x\n",
       information.GrantedAccess); /* DDI ObReferenceObjectByHandle */
    primary = PsReferencePrimaryToken(PsGetCurrentProcess());
    ok(object == primary, "%p is not the primary token %p\n", object, primary); /* K1.5.3 */
    PsDereferencePrimaryToken(primary);
    ObDereferenceObject(object);
    status = ObReferenceObjectByHandle(handle, TOKEN_DUPLICATE, *SeTokenObjectType, UserMode, &object, NULL);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status); /* DDI ObReferenceObjectByHandle */
    status = ObReferenceObjectByHandle(handle, TOKEN_DUPLICATE, *SeTokenObjectType, KernelMode, &object, NULL);
    ok(!status, "got %#x\n", status); /* DDI ObReferenceObjectByHandle */
    ObDereferenceObject(object);
    status = ObReferenceObjectByHandle(handle, 0, *PsThreadType, UserMode, &object, NULL);
    ok(status == STATUS_OBJECT_TYPE_MISMATCH, "got %#x\n", status); /* DDI ObReferenceObjectByHandle */
    NtClose(handle);
}

static void test_by_pointer(void)
{
    PACCESS_TOKEN token = self_token(SecurityIdentification);
    LONG_PTR count = reference_count(token);
    TOKEN_SOURCE source;
    NTSTATUS status;
    HANDLE handle;
    ULONG length;

    /* DDI ObOpenObjectByPointer: the handle has a reference of its own and what was asked for */
    status = ObOpenObjectByPointer(token, 0, NULL, TOKEN_QUERY, *SeTokenObjectType, KernelMode, &handle);
    ok(!status && token_level(handle) == SecurityIdentification, "got %#x, level %d\n", status, token_level(handle));
    ok(reference_count(token) == count + 1, "got %d references, had %d\n", (int)reference_count(token), (int)count);
    status = NtQueryInformationToken(handle, TokenSource, &source, sizeof(source), &length);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    NtClose(handle);
    ok(reference_count(token) == count, "got %d references, had %d\n", (int)reference_count(token), (int)count);
    status = ObOpenObjectByPointer(token, 0, NULL, TOKEN_QUERY, *SeTokenObjectType, UserMode, &handle);
    ok(!status, "got %#x\n", status);
    NtClose(handle);
    status = ObOpenObjectByPointer(token, 0, NULL, TOKEN_QUERY, *PsProcessType, KernelMode, &handle);
    ok(status == STATUS_OBJECT_TYPE_MISMATCH, "got %#x\n", status);
    PsDereferenceImpersonationToken(token);
}

START_TEST(handles)
{
    test_values();
    test_close();
    test_pseudo();
    test_duplicate_access();
    test_duplicate_less();
    test_by_handle();
    test_by_pointer();
}

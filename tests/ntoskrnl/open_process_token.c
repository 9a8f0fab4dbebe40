/*
 * NtOpenProcessToken and its Ex form.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

START_TEST(open_process_token)
{
    HANDLE handle, process;
    PACCESS_TOKEN token;
    NTSTATUS status;

    /* K1.17.5 */
    status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY, &handle);
    ok(!status && (LONG_PTR)handle > 0, "got %#x, %p\n", status, handle);
    NtClose(handle);
    status = NtOpenProcessTokenEx(NtCurrentProcess(), TOKEN_QUERY, 0, &handle);
    ok(!status && (LONG_PTR)handle > 0, "got %#x, %p\n", status, handle);
    NtClose(handle);
    status = NtOpenProcessTokenEx(NtCurrentProcess(), TOKEN_QUERY, OBJ_KERNEL_HANDLE, &handle);
    ok(!status, "got %#x\n", status);
    NtClose(handle);

    /* DDI NtOpenProcessTokenEx */
    status = NtOpenProcessToken(NULL, TOKEN_QUERY, &handle);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtOpenProcessToken(NtCurrentThread(), TOKEN_QUERY, &handle);
    ok(status == STATUS_OBJECT_TYPE_MISMATCH, "got %#x\n", status);
    status = NtDuplicateObject(NtCurrentProcess(), NtCurrentProcess(), NtCurrentProcess(), &process, PROCESS_DUP_HANDLE,
                               0, 0);
    ok(!status, "got %#x\n", status);
    status = NtOpenProcessToken(process, TOKEN_QUERY, &handle);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    NtClose(process);

    /* DDI NtOpenProcessToken: the rights are those of whom the thread impersonates */
    token = self_token(SecurityIdentification);
    PsImpersonateClient(PsGetCurrentThread(), token, FALSE, FALSE, SecurityIdentification);
    status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY, &handle);
    ok(status == STATUS_BAD_IMPERSONATION_LEVEL, "got %#x\n", status);
    PsRevertToSelf();
    PsDereferenceImpersonationToken(token);
}

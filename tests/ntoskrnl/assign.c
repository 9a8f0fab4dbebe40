/*
 * Impersonating by handle: PsAssignImpersonationToken, NtSetInformationThread(ThreadImpersonationToken).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

/* A handle to an impersonation duplicate of the process token. */
static HANDLE duplicate_handle(ACCESS_MASK access, SECURITY_IMPERSONATION_LEVEL level)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), level, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    HANDLE token = process_token_handle(TOKEN_DUPLICATE), copy = NULL;
    NTSTATUS status = NtDuplicateToken(token, access, &attributes, FALSE, TokenImpersonation, &copy);

    ok(!status, "duplicating gave %#x\n", status); /* K1.18.1 */
    NtClose(token);
    return copy;
}

static void test_assign(void)
{
    HANDLE handle = duplicate_handle(TOKEN_IMPERSONATE | TOKEN_QUERY, SecurityIdentification), powerless, primary;
    SECURITY_IMPERSONATION_LEVEL level = 77;
    PETHREAD thread = PsGetCurrentThread();
    BOOLEAN copy_on_open = 77, effective_only = 77;
    PACCESS_TOKEN found;
    NTSTATUS status;

    /* K1.8.2: the token's own level, opened directly */
    status = PsAssignImpersonationToken(thread, handle);
    ok(!status, "got %#x\n", status);
    found = PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);
    ok(found && level == SecurityIdentification, "got %p, level %d\n", found, level);
    ok(!copy_on_open && !effective_only, "got %d %d\n", copy_on_open, effective_only);
    PsDereferenceImpersonationToken(found);

    /* K1.8.2: no handle ends it */
    status = PsAssignImpersonationToken(thread, NULL);
    ok(!status, "got %#x\n", status);
    ok(!PsIsThreadImpersonating(thread), "still impersonating\n");

    /* K1.8.2: the handle needs TOKEN_IMPERSONATE */
    powerless = duplicate_handle(TOKEN_QUERY, SecurityImpersonation);
    status = PsAssignImpersonationToken(thread, powerless);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(!PsIsThreadImpersonating(thread), "impersonating\n");
    NtClose(powerless);

    /* sdk SetThreadToken: an impersonation token */
    primary = process_token_handle(TOKEN_IMPERSONATE);
    status = PsAssignImpersonationToken(thread, primary);
    ok(status == STATUS_BAD_TOKEN_TYPE, "got %#x\n", status);
    NtClose(primary);

    /* DDI ObReferenceObjectByHandle */
    status = PsAssignImpersonationToken(thread, NtCurrentThread());
    ok(status == STATUS_OBJECT_TYPE_MISMATCH, "got %#x\n", status);
    status = PsAssignImpersonationToken(thread, ULongToHandle(0x7ffffffc));
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    NtClose(handle);
}

static void test_set_thread(void)
{
    HANDLE handle = duplicate_handle(TOKEN_IMPERSONATE, SecurityImpersonation), none = NULL, thread;
    NTSTATUS status;

    /* K1.8.1 */
    status = NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &handle, sizeof(handle) - 1);
    ok(status == STATUS_INFO_LENGTH_MISMATCH, "got %#x\n", status);
    status = NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &handle, sizeof(handle) + 1);
    ok(status == STATUS_INFO_LENGTH_MISMATCH, "got %#x\n", status);
    ok(!PsIsThreadImpersonating(PsGetCurrentThread()), "impersonating\n");
    status = NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &handle, sizeof(handle));
    ok(!status, "got %#x\n", status);
    ok(PsIsThreadImpersonating(PsGetCurrentThread()), "not impersonating\n");

    /* K1.8.2 */
    status = NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &none, sizeof(none));
    ok(!status, "got %#x\n", status);
    ok(!PsIsThreadImpersonating(PsGetCurrentThread()), "still impersonating\n");
    status = NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &none, sizeof(none));
    ok(!status, "got %#x\n", status);

    /* K1.8.1: the thread handle needs THREAD_SET_THREAD_TOKEN */
    status = NtDuplicateObject(NtCurrentProcess(), NtCurrentThread(), NtCurrentProcess(), &thread,
                               THREAD_QUERY_INFORMATION, 0, 0);
    ok(!status, "got %#x\n", status);
    status = NtSetInformationThread(thread, ThreadImpersonationToken, &handle, sizeof(handle));
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    NtClose(thread);
    NtClose(handle);
}

/* A process that may not impersonate others gets a copy at Identification, and success. */
static void test_unprivileged(void)
{
    PACCESS_TOKEN bob = client_token("bob", SecurityImpersonation), found;
    BOOLEAN copy_on_open, effective_only;
    SECURITY_IMPERSONATION_LEVEL level;
    HANDLE handle;
    NTSTATUS status;

    if (!bob)
    {
        win_skip("no token of another user\n");
        return;
    }

    /* K1.1.5 */
    handle = token_handle(bob);
    status = PsAssignImpersonationToken(PsGetCurrentThread(), handle);
    ok(!status, "got %#x\n", status);
    found = PsReferenceImpersonationToken(PsGetCurrentThread(), &copy_on_open, &effective_only, &level);
    ok(found && found != bob && level == SecurityIdentification, "got %p for %p, level %d\n", found, bob, level);
    PsDereferenceImpersonationToken(found);
    PsRevertToSelf();
    NtClose(handle);
    PsDereferenceImpersonationToken(bob);
}

START_TEST(assign)
{
    if (child_argument())
    {
        test_unprivileged();
        return;
    }
    test_assign();
    test_set_thread();
    if (!run_without_privileges("assign")) win_skip("no process without privileges\n");
}

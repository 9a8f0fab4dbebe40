/*
 * NtImpersonateThread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

/* A handle to the calling thread with no more than ACCESS. */
static HANDLE thread_handle(ACCESS_MASK access)
{
    HANDLE handle = NULL;
    NTSTATUS status =
        NtDuplicateObject(NtCurrentProcess(), NtCurrentThread(), NtCurrentProcess(), &handle, access, 0, 0);

    ok(!status, "got %#x\n", status); /* sdk DuplicateHandle */
    return handle;
}

static void test_rights(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    HANDLE direct = thread_handle(THREAD_DIRECT_IMPERSONATION), impersonate = thread_handle(THREAD_IMPERSONATE);
    NTSTATUS status;

    /* K1.10.1 */
    status = NtImpersonateThread(impersonate, impersonate, &qos);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = NtImpersonateThread(direct, direct, &qos);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = NtImpersonateThread(impersonate, direct, &qos);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(!PsIsThreadImpersonating(PsGetCurrentThread()), "impersonating\n");
    status = NtImpersonateThread(direct, impersonate, &qos);
    ok(!status, "got %#x\n", status);
    ok(PsIsThreadImpersonating(PsGetCurrentThread()), "not impersonating\n");
    PsRevertToSelf();

    /* K1.10.1: handles are those of threads */
    status = NtImpersonateThread(NULL, impersonate, &qos);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtImpersonateThread(direct, NtCurrentProcess(), &qos);
    ok(status == STATUS_OBJECT_TYPE_MISMATCH, "got %#x\n", status);
    NtClose(impersonate);
    NtClose(direct);
}

static void impersonate_client(void *client)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityIdentification, SECURITY_STATIC_TRACKING, TRUE};
    SECURITY_IMPERSONATION_LEVEL level = 77;
    BOOLEAN copy_on_open, effective_only;
    PACCESS_TOKEN token;
    NTSTATUS status;

    /* DDI SeCreateClientSecurity, K1.12.1: the client's token as the service quality says */
    status = NtImpersonateThread(NtCurrentThread(), client, &qos);
    ok(!status, "got %#x\n", status);
    token = PsReferenceImpersonationToken(PsGetCurrentThread(), &copy_on_open, &effective_only, &level);
    ok(token && level == SecurityIdentification && effective_only, "got %p, level %d, %d\n", token, level,
       effective_only);
    PsDereferenceImpersonationToken(token);

    /* DDI SeCreateClientSecurity: its refusals are passed on */
    qos.ImpersonationLevel = SecurityDelegation;
    status = NtImpersonateThread(NtCurrentThread(), client, &qos);
    ok(status == STATUS_BAD_IMPERSONATION_LEVEL, "got %#x\n", status);
    PsRevertToSelf();
}

static void test_other_thread(void)
{
    PACCESS_TOKEN token = self_token(SecurityImpersonation);
    HANDLE client = thread_handle(THREAD_IMPERSONATE);

    PsImpersonateClient(PsGetCurrentThread(), token, FALSE, FALSE, SecurityImpersonation);
    run_on_thread(impersonate_client, client);
    PsRevertToSelf();
    NtClose(client);
    PsDereferenceImpersonationToken(token);
}

START_TEST(impersonate_thread)
{
    test_rights();
    test_other_thread();
}

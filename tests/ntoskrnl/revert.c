/*
 * Ending an impersonation: PsRevertToSelf, PsRevertThreadToSelf, SeStopImpersonatingClient.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static void test_revert(void)
{
    PACCESS_TOKEN token = self_token(SecurityImpersonation), other = self_token(SecurityImpersonation);
    PETHREAD thread = PsGetCurrentThread();
    LONG_PTR count = reference_count(token);

    /* K1.4.1: without an impersonation nothing happens */
    PsRevertToSelf();
    PsRevertThreadToSelf(thread);
    ok(!PsIsThreadImpersonating(thread), "impersonating\n");

    /* K1.4.1: all of it ends at once */
    PsImpersonateClient(thread, other, FALSE, FALSE, SecurityImpersonation);
    PsImpersonateClient(thread, token, FALSE, FALSE, SecurityImpersonation);
    ok(PsIsThreadImpersonating(thread), "not impersonating\n");
    PsRevertToSelf();
    ok(!PsIsThreadImpersonating(thread), "still impersonating\n");
    ok(reference_count(token) == count, "got %d references, had %d\n", (int)reference_count(token), (int)count);

    /* K1.4.1 through the form that names the thread */
    PsImpersonateClient(thread, token, FALSE, FALSE, SecurityImpersonation);
    PsRevertThreadToSelf(thread);
    ok(!PsIsThreadImpersonating(thread), "still impersonating\n");
    ok(reference_count(token) == count, "got %d references, had %d\n", (int)reference_count(token), (int)count);

    /* K1.4.2 */
    PsImpersonateClient(thread, token, FALSE, FALSE, SecurityImpersonation);
    SeStopImpersonatingClient();
    ok(!PsIsThreadImpersonating(thread), "still impersonating\n");
    ok(reference_count(token) == count, "got %d references, had %d\n", (int)reference_count(token), (int)count);

    PsDereferenceImpersonationToken(other);
    PsDereferenceImpersonationToken(token);
}

static void check_other_thread(void *impersonating)
{
    /* K1.4.1: a thread's own affair */
    ok(!PsIsThreadImpersonating(PsGetCurrentThread()), "a new thread impersonates\n");
    PsRevertToSelf();
    ok(PsIsThreadImpersonating(impersonating), "the other thread was reverted too\n");
}

static void leave_impersonating(void *token)
{
    NTSTATUS status = PsImpersonateClient(PsGetCurrentThread(), token, FALSE, FALSE, SecurityImpersonation);

    ok(!status, "got %#x\n", status); /* K1.2.1 */
}

static void test_threads(void)
{
    PACCESS_TOKEN token = self_token(SecurityImpersonation);
    LONG_PTR count = reference_count(token);

    PsImpersonateClient(PsGetCurrentThread(), token, FALSE, FALSE, SecurityImpersonation);
    run_on_thread(check_other_thread, PsGetCurrentThread());
    PsRevertToSelf();

    /* K1.2.2: the record's reference ends with the thread */
    run_on_thread(leave_impersonating, token);
    ok(reference_count(token) == count, "got %d references, had %d\n", (int)reference_count(token), (int)count);
    PsDereferenceImpersonationToken(token);
}

START_TEST(revert)
{
    test_revert();
    test_threads();
}

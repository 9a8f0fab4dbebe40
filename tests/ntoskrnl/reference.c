/*
 * The reference family: PsReferenceImpersonationToken, PsReferencePrimaryToken, their dereferences, PsGetCurrentThread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static void test_impersonation_token(void)
{
    PACCESS_TOKEN token = self_token(SecurityImpersonation), found;
    BOOLEAN copy_on_open = 77, effective_only = 78;
    SECURITY_IMPERSONATION_LEVEL level = 79;
    PETHREAD thread = PsGetCurrentThread();
    LONG_PTR count;

    /* K1.5.1 */
    found = PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);
    ok(!found, "got %p\n", found);
    ok(copy_on_open == 77 && effective_only == 78 && level == 79, "got %d %d %d\n", copy_on_open, effective_only,
       level);
    PsImpersonateClient(thread, token, TRUE, FALSE, SecurityIdentification);
    count = reference_count(token);
    found = PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);
    ok(found == token, "got %p for %p\n", found, token);
    ok(copy_on_open == TRUE && effective_only == FALSE, "got %d %d\n", copy_on_open, effective_only);
    ok(level == SecurityIdentification, "got %d\n", level);
    ok(reference_count(token) == count + 1, "got %d references, had %d\n", (int)reference_count(token), (int)count);

    /* K1.5.2 */
    PsDereferenceImpersonationToken(found);
    ok(reference_count(token) == count, "got %d references, had %d\n", (int)reference_count(token), (int)count);
    PsDereferenceImpersonationToken(NULL);
    ok(PsIsThreadImpersonating(thread), "dereferencing ended the impersonation\n");

    /* K1.5.4 */
    found = PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);
    ObDereferenceObject(found);
    ok(reference_count(token) == count, "got %d references, had %d\n", (int)reference_count(token), (int)count);
    PsRevertToSelf();
    PsDereferenceImpersonationToken(token);
}

static void test_primary_token(void)
{
    PACCESS_TOKEN token = PsReferencePrimaryToken(PsGetCurrentProcess()), again, client;
    LONG_PTR count;

    /* K1.5.3 */
    ok(token != NULL, "got NULL\n");
    ok(SeTokenType(token) == TokenPrimary, "got type %d\n", SeTokenType(token));
    count = reference_count(token);
    again = PsReferencePrimaryToken(PsGetCurrentProcess());
    ok(again == token, "got %p, had %p\n", again, token);
    ok(reference_count(token) == count + 1, "got %d references, had %d\n", (int)reference_count(token), (int)count);
    PsDereferencePrimaryToken(again);
    ok(reference_count(token) == count, "got %d references, had %d\n", (int)reference_count(token), (int)count);

    /* K1.5.4 */
    again = PsReferencePrimaryToken(PsGetCurrentProcess());
    ObDereferenceObject(again);
    ok(reference_count(token) == count, "got %d references, had %d\n", (int)reference_count(token), (int)count);

    /* K1.5.3: impersonating does not change it */
    client = self_token(SecurityImpersonation);
    PsImpersonateClient(PsGetCurrentThread(), client, FALSE, FALSE, SecurityImpersonation);
    again = PsReferencePrimaryToken(PsGetCurrentProcess());
    ok(again == token, "got %p, had %p\n", again, token);
    PsRevertToSelf();
    PsDereferencePrimaryToken(again);
    PsDereferenceImpersonationToken(client);
    PsDereferencePrimaryToken(token);
}

struct other_thread
{
    PETHREAD creator, found;
    HANDLE id;
};

static void look_from_other_thread(void *context)
{
    struct other_thread *other = context;
    NTSTATUS status;
    PETHREAD thread;

    /* K1.5.5 */
    ok(PsGetCurrentThread() != other->creator, "two threads have one object\n");
    ok(PsGetCurrentThread() == PsGetCurrentThread(), "the object changes\n");

    /* DDI PsLookupThreadByThreadId */
    status = PsLookupThreadByThreadId(other->id, &thread);
    ok(!status && thread == other->creator, "got %#x, %p for %p\n", status, thread, other->creator);
    ObDereferenceObject(thread);
    ok(PsGetCurrentThreadId() != other->id, "two threads have one id\n");
    other->id = PsGetCurrentThreadId();
}

static void test_objects(void)
{
    struct other_thread other = {.creator = PsGetCurrentThread(), .id = PsGetCurrentThreadId()};
    LONG_PTR count = reference_count(other.creator);
    PEPROCESS process;
    NTSTATUS status;
    PETHREAD thread;

    /* K1.5.5: no reference is taken */
    ok(PsGetCurrentThread() == other.creator, "the object changes\n");
    ok(reference_count(other.creator) == count, "got %d references, had %d\n", (int)reference_count(other.creator),
       (int)count);

    /* DDI PsLookupThreadByThreadId */
    status = PsLookupThreadByThreadId(PsGetCurrentThreadId(), &thread);
    ok(!status && thread == other.creator, "got %#x, %p for %p\n", status, thread, other.creator);
    ok(reference_count(thread) == count + 1, "got %d references, had %d\n", (int)reference_count(thread), (int)count);
    ObDereferenceObject(thread);
    status = PsLookupThreadByThreadId(ULongToHandle(0x7ffffffc), &thread);
    ok(status == STATUS_INVALID_PARAMETER || status == STATUS_INVALID_CID, "got %#x\n", status);

    run_on_thread(look_from_other_thread, &other);

    /* DDI PsLookupThreadByThreadId: that thread has ended */
    status = PsLookupThreadByThreadId(other.id, &thread);
    ok(status == STATUS_INVALID_PARAMETER || status == STATUS_INVALID_CID, "got %#x\n", status);

    /* DDI PsLookupProcessByProcessId */
    status = PsLookupProcessByProcessId(PsGetCurrentProcessId(), &process);
    ok(!status && process == PsGetCurrentProcess(), "got %#x, %p\n", status, process);
    ObDereferenceObject(process);
    status = PsLookupProcessByProcessId(ULongToHandle(0x7ffffffc), &process);
    ok(status == STATUS_INVALID_PARAMETER || status == STATUS_INVALID_CID, "got %#x\n", status);
}

START_TEST(reference)
{
    test_impersonation_token();
    test_primary_token();
    test_objects();
}

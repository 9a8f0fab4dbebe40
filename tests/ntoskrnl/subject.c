/*
 * Subject contexts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static void test_capture(void)
{
    PACCESS_TOKEN token = self_token(SecurityImpersonation), primary = PsReferencePrimaryToken(PsGetCurrentProcess());
    LONG_PTR count = reference_count(token), primary_count = reference_count(primary);
    PETHREAD thread = PsGetCurrentThread();
    SECURITY_SUBJECT_CONTEXT subject;

    /* K1.16.1, K0.3.3: without a client the process is the subject */
    SeCaptureSubjectContext(&subject);
    ok(!subject.ClientToken, "got %p\n", subject.ClientToken);
    ok(subject.PrimaryToken == primary, "got %p for %p\n", subject.PrimaryToken, primary);
    ok(reference_count(primary) == primary_count + 1, "got %d references, had %d\n", (int)reference_count(primary),
       (int)primary_count);
    ok(SeQuerySubjectContextToken(&subject) == primary, "got %p for %p\n", SeQuerySubjectContextToken(&subject),
       primary);
    SeReleaseSubjectContext(&subject);
    ok(!subject.PrimaryToken && !subject.ClientToken, "got %p, %p\n", subject.PrimaryToken, subject.ClientToken);
    ok(reference_count(primary) == primary_count, "got %d references, had %d\n", (int)reference_count(primary),
       (int)primary_count);

    /* K1.16.1, K0.3.3: the client if there is one */
    PsImpersonateClient(thread, token, FALSE, FALSE, SecurityIdentification);
    SeCaptureSubjectContext(&subject);
    ok(subject.ClientToken == token, "got %p for %p\n", subject.ClientToken, token);
    ok(subject.ImpersonationLevel == SecurityIdentification, "got level %d\n", subject.ImpersonationLevel);
    ok(subject.PrimaryToken == primary, "got %p for %p\n", subject.PrimaryToken, primary);

    /* K1.16.2: no reference is taken */
    ok(SeQuerySubjectContextToken(&subject) == token, "got %p for %p\n", SeQuerySubjectContextToken(&subject), token);
    ok(reference_count(token) == count + 2, "got %d references, had %d\n", (int)reference_count(token), (int)count);

    /* K1.16.1: the context outlives the impersonation */
    PsRevertToSelf();
    ok(subject.ClientToken == token && reference_count(token) == count + 1, "got %p, %d references\n",
       subject.ClientToken, (int)reference_count(token));
    SeReleaseSubjectContext(&subject);
    ok(reference_count(token) == count, "got %d references, had %d\n", (int)reference_count(token), (int)count);

    /* DDI SeCaptureSubjectContextEx: without a thread there is no client */
    PsImpersonateClient(thread, token, FALSE, FALSE, SecurityImpersonation);
    SeCaptureSubjectContextEx(NULL, PsGetCurrentProcess(), &subject);
    ok(!subject.ClientToken && subject.PrimaryToken == primary, "got %p, %p\n", subject.ClientToken,
       subject.PrimaryToken);
    SeReleaseSubjectContext(&subject);
    SeCaptureSubjectContextEx(thread, PsGetCurrentProcess(), &subject);
    ok(subject.ClientToken == token && subject.PrimaryToken == primary, "got %p, %p\n", subject.ClientToken,
       subject.PrimaryToken);
    SeReleaseSubjectContext(&subject);
    PsRevertToSelf();

    PsDereferencePrimaryToken(primary);
    PsDereferenceImpersonationToken(token);
}

static void change_owner(void *context)
{
    TOKEN_OWNER *owner = NULL;
    HANDLE handle = token_handle(context);
    NTSTATUS status = SeQueryInformationToken(context, TokenOwner, (PVOID *)&owner);

    /* DDI SeUnlockSubjectContext: a token that is not locked any more can be changed */
    ok(!status, "got %#x\n", status);
    status = NtSetInformationToken(handle, TokenOwner, owner, sizeof(*owner));
    ok(!status, "got %#x\n", status);
    ExFreePool(owner);
    NtClose(handle);
}

static void test_lock(void)
{
    PACCESS_TOKEN primary = PsReferencePrimaryToken(PsGetCurrentProcess());
    SECURITY_SUBJECT_CONTEXT subject;
    TOKEN_TYPE type = 0, *queried = NULL;
    NTSTATUS status;

    /* DDI SeLockSubjectContext: reading goes on; pairs nest; one token may be both */
    PsImpersonateClient(PsGetCurrentThread(), primary, FALSE, FALSE, SecurityImpersonation);
    SeCaptureSubjectContext(&subject);
    ok(subject.ClientToken == subject.PrimaryToken, "got %p and %p\n", subject.ClientToken, subject.PrimaryToken);
    SeLockSubjectContext(&subject);
    SeLockSubjectContext(&subject);
    status = SeQueryInformationToken(SeQuerySubjectContextToken(&subject), TokenType, (PVOID *)&queried);
    if (!status)
    {
        type = *queried;
        ExFreePool(queried);
    }
    SeUnlockSubjectContext(&subject);
    SeUnlockSubjectContext(&subject);
    ok(!status && type == TokenPrimary, "got %#x, type %d\n", status, type); /* DDI SeLockSubjectContext */
    SeReleaseSubjectContext(&subject);
    PsRevertToSelf();
    run_on_thread(change_owner, primary);
    PsDereferencePrimaryToken(primary);
}

static void lock_nothing(void)
{
    SECURITY_SUBJECT_CONTEXT subject = {0};

    SeLockSubjectContext(&subject);
}

START_TEST(subject)
{
    int fault;

    test_capture();
    test_lock();
    fault = faults(lock_nothing);
    if (fault < 0)
        win_skip("a fault cannot be tried here\n");
    else
        ok(fault == 1, "locking without a primary token went well\n"); /* K1.16.3 */
}

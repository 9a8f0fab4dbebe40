/*
 * Subject contexts: the tokens that an operation is judged by, captured once (K1.16.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ps/ps.h"

/***********************************************************************
 *           SeCaptureSubjectContextEx (NTOSKRNL.@)
 *
 * THREAD NULL: no client. The context holds a reference on each token until SeReleaseSubjectContext. A primary token
 * that there is no memory for is NULL, which every check refuses.
 */
void SeCaptureSubjectContextEx(PETHREAD thread, PEPROCESS process, PSECURITY_SUBJECT_CONTEXT subject)
{
    BOOLEAN copy_on_open, effective_only;

    *subject =
        (SECURITY_SUBJECT_CONTEXT){.ImpersonationLevel = SecurityAnonymous, .ProcessAuditId = PsGetCurrentProcessId()};
    if (thread)
        subject->ClientToken =
            PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &subject->ImpersonationLevel);
    subject->PrimaryToken = PsReferencePrimaryToken(process);
}

/***********************************************************************
 *           SeCaptureSubjectContext (NTOSKRNL.@)
 */
void SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT subject)
{
    SeCaptureSubjectContextEx(current_thread(), current_process(), subject);
}

/***********************************************************************
 *           SeLockSubjectContext (NTOSKRNL.@)
 *
 * Shared locks on the primary token and the client's, until SeUnlockSubjectContext on the same thread. Calls nest.
 */
void SeLockSubjectContext(PSECURITY_SUBJECT_CONTEXT subject)
{
    tokens_lock_shared(subject->PrimaryToken, subject->ClientToken);
}

/***********************************************************************
 *           SeUnlockSubjectContext (NTOSKRNL.@)
 */
void SeUnlockSubjectContext(PSECURITY_SUBJECT_CONTEXT subject)
{
    tokens_unlock(subject->PrimaryToken, subject->ClientToken);
}

/***********************************************************************
 *           SeReleaseSubjectContext (NTOSKRNL.@)
 */
void SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT subject)
{
    token_release(subject->PrimaryToken);
    token_release(subject->ClientToken);
    subject->PrimaryToken = subject->ClientToken = NULL;
}

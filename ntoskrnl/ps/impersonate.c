/*
 * Impersonation of threads: the record, its changes as transactions with the kernel, and the PsXxx routines around it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ps/job.h"

/* ---- the record -------------------------------------------------------------------------------------------------- */

static struct impersonation copy_record(const struct impersonation *record)
{
    struct impersonation copy = *record;

    if (copy.token) token_reference(copy.token);
    if (copy.credential) credential_reference(copy.credential);
    return copy;
}

struct impersonation impersonation_get(PETHREAD thread)
{
    struct impersonation copy;

    pthread_mutex_lock(&thread->lock);
    copy = copy_record(&thread->impersonation);
    pthread_mutex_unlock(&thread->lock);
    return copy;
}

void impersonation_release(struct impersonation *impersonation)
{
    token_release(impersonation->token);
    credential_release(impersonation->credential);
    *impersonation = (struct impersonation){.level = SecurityAnonymous};
}

/* Writes the record; the lock is held. */
static void write_record(PETHREAD thread, const struct impersonation *record)
{
    thread->impersonation = *record;
    atomic_store_explicit(&thread->impersonating, record->token != NULL, memory_order_release);
}

/* Until nobody changes the record; the lock is held. */
static void wait_for_turn(PETHREAD thread)
{
    int cancel_state;

    while (thread->changing)
    {
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
        pthread_cond_wait(&thread->unchanging, &thread->lock);
        pthread_setcancelstate(cancel_state, NULL);
    }
}

/*
 * Whether the token has not been adjusted since the credential was made. Whoever adjusts changes the generation first and
 * then looks at each thread under its lock, where this is asked: one of the two sees the other.
 */
static bool is_current(const struct impersonation *record)
{
    return !record->token || atomic_load(&record->token->generation) == record->generation;
}

enum change
{
    CHANGE_BEGUN,
    CHANGE_OUTDATED, /* the token has been adjusted: another credential is needed */
    CHANGE_TOO_LATE  /* the thread has ended */
};

/* Waits for its turn, writes the record and marks it as changing. */
static enum change begin_change(PETHREAD thread, const struct impersonation *wanted, struct impersonation *previous)
{
    enum change change = CHANGE_BEGUN;

    pthread_mutex_lock(&thread->lock);
    wait_for_turn(thread);
    if (thread->ended)
        change = CHANGE_TOO_LATE;
    else if (!is_current(wanted))
        change = CHANGE_OUTDATED;
    else
    {
        *previous = thread->impersonation;
        thread->previous = previous;
        write_record(thread, wanted);
        thread->changing = true;
    }
    pthread_mutex_unlock(&thread->lock);
    return change;
}

/* Ends the change; RECORD not NULL becomes the thread's. What is left to be released is returned. */
static struct impersonation end_change(PETHREAD thread, const struct impersonation *record)
{
    const struct impersonation none = {.level = SecurityAnonymous};
    struct impersonation left = none;

    pthread_mutex_lock(&thread->lock);
    if (record) write_record(thread, record);
    if (thread->ended)
    {
        left = thread->impersonation;
        write_record(thread, &none);
    }
    thread->changing = false;
    thread->previous = NULL;
    pthread_cond_broadcast(&thread->unchanging);
    pthread_mutex_unlock(&thread->lock);
    return left;
}

/* What a thread carries for the token of RECORD, into it. */
static NTSTATUS make_credential(struct impersonation *record)
{
    record->generation = atomic_load(&record->token->generation);
    return token_credential(record->token, record->level, &record->credential);
}

/* begin_change(), with a credential for WANTED that is current then. */
static NTSTATUS begin_with_credential(PETHREAD thread, struct impersonation *wanted, struct impersonation *previous)
{
    enum change change;
    NTSTATUS status;

    do
    {
        credential_release(wanted->credential);
        wanted->credential = NULL;
        if (wanted->token && (status = make_credential(wanted))) return status;
        change = begin_change(thread, wanted, previous);
    } while (change == CHANGE_OUTDATED);
    return change == CHANGE_BEGUN ? STATUS_SUCCESS : STATUS_THREAD_IS_TERMINATING;
}

/*
 * Makes the thread impersonate as WANTED says, whose references are used up whatever the outcome; an empty one reverts.
 * The credential is made here. The old record goes to OLD with its references, or is released if OLD is NULL. Record and
 * credential change together: on failure both are as they were and OLD is empty.
 */
static NTSTATUS impersonation_set(PETHREAD thread, struct impersonation wanted, struct impersonation *old)
{
    struct impersonation previous, left;
    NTSTATUS status;

    if (old) *old = (struct impersonation){.level = SecurityAnonymous};
    if ((status = begin_with_credential(thread, &wanted, &previous)))
    {
        impersonation_release(&wanted);
        return status;
    }
    /* The same object means the same ids and capabilities: nothing to do. */
    if (wanted.credential != previous.credential) status = cred_thread_assign(&thread->cred, wanted.credential);
    left = end_change(thread, status ? &previous : NULL);
    impersonation_release(&left);
    if (status)
        impersonation_release(&wanted);
    else if (old)
        *old = previous;
    else
        impersonation_release(&previous);
    return status;
}

bool impersonation_replace_token(PETHREAD thread, const struct impersonation *expected, struct token *copy)
{
    struct impersonation *record = &thread->impersonation, replaced = {.level = SecurityAnonymous};

    pthread_mutex_lock(&thread->lock);
    if (!thread->changing && record->token == expected->token && record->generation == expected->generation &&
        is_current(record) && !atomic_load(&copy->generation))
    {
        replaced.token = record->token;
        record->token = token_reference(copy);
        record->generation = 0;
        record->copy_on_open = FALSE;
    }
    pthread_mutex_unlock(&thread->lock);
    token_release(replaced.token);
    return replaced.token != NULL;
}

/* ---- a token that is adjusted while threads carry it ------------------------------------------------------------- */

/*
 * Waits for its turn; RECORD is the thread's, marked as changing, which keeps the references. False: the thread does not
 * impersonate TOKEN any more.
 */
static bool begin_following(PETHREAD thread, const struct token *token, struct impersonation *record)
{
    bool begun;

    pthread_mutex_lock(&thread->lock);
    wait_for_turn(thread);
    begun = !thread->ended && thread->impersonation.token == token;
    if (begun)
    {
        *record = thread->impersonation;
        thread->changing = true;
    }
    pthread_mutex_unlock(&thread->lock);
    return begun;
}

/* Makes the thread carry what TOKEN stands for now, if it impersonates it. On failure it carries what it carried. */
static NTSTATUS follow_token(PETHREAD thread, const struct token *token)
{
    struct impersonation record, renewed, left;
    NTSTATUS status;

    if (!begin_following(thread, token, &record)) return STATUS_SUCCESS;
    renewed = record;
    status = make_credential(&renewed);
    if (!status && renewed.credential != record.credential)
        status = cred_thread_assign(&thread->cred, renewed.credential);
    left = end_change(thread, status ? NULL : &renewed);
    credential_release(status ? renewed.credential : record.credential);
    impersonation_release(&left);
    return status;
}

NTSTATUS impersonation_follow_token(struct token *token)
{
    NTSTATUS status = STATUS_SUCCESS;
    unsigned int bucket = 0;
    PETHREAD thread;

    while (!status && (thread = thread_behind_token(token, &bucket)))
    {
        status = follow_token(thread, token);
        object_dereference(thread);
    }
    return status;
}

/* ---- impersonating ----------------------------------------------------------------------------------------------- */

/*
 * Applies the rule: the token as it is, or a copy at Identification (K1.1.5), in RECORD with a reference. The level
 * never exceeds the one that the client permits, and a downgrade never raises it.
 */
static NTSTATUS judge(struct token *token, struct impersonation *record)
{
    enum impersonation_verdict verdict;
    struct object_security *security;
    struct token *primary;
    NTSTATUS status;

    if (token->type == TokenImpersonation && record->level > token->level) record->level = token->level;
    if (!(primary = primary_token_borrowed())) return STATUS_NO_MEMORY;
    verdict = impersonation_judge(primary, token, record->level);
    if (impersonation_allowed(verdict))
    {
        record->token = token_reference(token);
        return STATUS_SUCCESS;
    }
    GUISE_TRACE("token", "level %d becomes Identification: verdict %d", record->level, verdict);
    record->level = SecurityIdentification;
    security = token_default_security(primary);
    status = token_duplicate(token, record->effective_only, TokenImpersonation, SecurityIdentification, security,
                             &record->token);
    object_security_release(security);
    return status;
}

/***********************************************************************
 *           PsImpersonateClient (NTOSKRNL.@)
 *
 * The calling thread or another of this process impersonates TOKEN, or nobody for NULL (K1.2.1). The caller keeps its
 * reference. STATUS_ACCESS_DENIED: the kernel, a rule of the credential model or the job refused; the thread is as before.
 * STATUS_NO_MEMORY; STATUS_INVALID_PARAMETER: no such level; STATUS_THREAD_IS_TERMINATING. Seed page of
 * ntifs.h, K1.2.1 to K1.2.6.
 */
NTSTATUS PsImpersonateClient(PETHREAD thread, PACCESS_TOKEN token, BOOLEAN copy_on_open, BOOLEAN effective_only,
                             SECURITY_IMPERSONATION_LEVEL level)
{
    struct impersonation record = {.copy_on_open = copy_on_open, .effective_only = effective_only, .level = level};
    const struct job_limits *limits = process_limits();
    NTSTATUS status;

    if (!thread) return STATUS_NO_MEMORY; /* PsGetCurrentThread could not make one */
    if (!token)
    {
        PsRevertThreadToSelf(thread);
        return STATUS_SUCCESS;
    }
    if (!VALID_IMPERSONATION_LEVEL(level)) return STATUS_INVALID_PARAMETER;
    if ((status = judge(token, &record))) return status;
    if (limits && (status = job_limit_impersonation(limits, &record.token)))
    {
        token_release(record.token);
        return status;
    }
    return impersonation_set(thread, record, NULL);
}

/***********************************************************************
 *           PsRevertThreadToSelf (NTOSKRNL.@)
 *
 * Ends the impersonation of any thread of this process. Another thread that does not let itself be interrupted goes on
 * impersonating, and the log says so; the caller can see it in PsIsThreadImpersonating.
 */
void PsRevertThreadToSelf(PETHREAD thread)
{
    const struct impersonation none = {.level = SecurityAnonymous};

    if (!atomic_load_explicit(&thread->impersonating, memory_order_acquire)) return;
    if (impersonation_set(thread, none, NULL) == STATUS_ACCESS_DENIED)
        guise_log("thread %d could not be made to stop impersonating", (int)thread->cred.tid);
}

/***********************************************************************
 *           PsRevertToSelf (NTOSKRNL.@)
 *
 * Ends all impersonation of the calling thread; nothing nests (K1.4.1). A way back that the kernel refuses ends the
 * process.
 */
void PsRevertToSelf(void)
{
    PETHREAD thread = current_thread();

    if (thread) PsRevertThreadToSelf(thread);
}

/***********************************************************************
 *           PsIsThreadImpersonating (NTOSKRNL.@)
 */
BOOLEAN PsIsThreadImpersonating(PETHREAD thread)
{
    return atomic_load_explicit(&thread->impersonating, memory_order_acquire);
}

/***********************************************************************
 *           PsReferenceImpersonationToken (NTOSKRNL.@)
 *
 * The thread's token with a reference, and how it is used; NULL, and nothing written, if it does not impersonate
 * (K1.5.1).
 */
PACCESS_TOKEN PsReferenceImpersonationToken(PETHREAD thread, PBOOLEAN copy_on_open, PBOOLEAN effective_only,
                                            PSECURITY_IMPERSONATION_LEVEL level)
{
    struct impersonation record;

    if (!PsIsThreadImpersonating(thread)) return NULL;
    record = impersonation_get(thread);
    credential_release(record.credential);
    if (!record.token) return NULL;
    *copy_on_open = record.copy_on_open;
    *effective_only = record.effective_only;
    *level = record.level;
    return record.token;
}

/***********************************************************************
 *           PsDereferenceImpersonationToken (NTOSKRNL.@)
 *
 * NULL is allowed (K1.5.2).
 */
void PsDereferenceImpersonationToken(PACCESS_TOKEN token)
{
    token_release(token);
}

/***********************************************************************
 *           PsDisableImpersonation (NTOSKRNL.@)
 *
 * Puts the impersonation aside: the thread is itself, STATE owns the token reference. FALSE: the thread does not
 * impersonate, or (another thread) does not let itself be interrupted; STATE is then empty.
 */
BOOLEAN PsDisableImpersonation(PETHREAD thread, PSE_IMPERSONATION_STATE state)
{
    const struct impersonation none = {.level = SecurityAnonymous};
    struct impersonation old = none;

    if (PsIsThreadImpersonating(thread)) impersonation_set(thread, none, &old);
    *state = (SE_IMPERSONATION_STATE){
        .Token = old.token, .CopyOnOpen = old.copy_on_open, .EffectiveOnly = old.effective_only, .Level = old.level};
    credential_release(old.credential);
    return state->Token != NULL;
}

/***********************************************************************
 *           PsRestoreImpersonation (NTOSKRNL.@)
 *
 * Brings back what PsDisableImpersonation put aside, without the rule: it is the same token. The thread must not go on
 * as the server when that fails, and there is no status to say so: the process ends, as in any way back that fails
 * (design 5.10).
 */
void PsRestoreImpersonation(PETHREAD thread, PSE_IMPERSONATION_STATE state)
{
    struct impersonation record = {.token = state->Token,
                                   .copy_on_open = state->CopyOnOpen,
                                   .effective_only = state->EffectiveOnly,
                                   .level = state->Level};
    NTSTATUS status;

    state->Token = NULL;
    status = impersonation_set(thread, record, NULL);
    /* A thread that has ended meanwhile does not go on as anybody. */
    if (status && status != STATUS_THREAD_IS_TERMINATING)
        cred_fatal("an impersonation that was put aside could not be restored");
}

/***********************************************************************
 *           PsAssignImpersonationToken (NTOSKRNL.@)
 *
 * As PsImpersonateClient with a handle (TOKEN_IMPERSONATE) at the token's own level; NULL reverts.
 * STATUS_BAD_TOKEN_TYPE: a primary token.
 */
NTSTATUS PsAssignImpersonationToken(PETHREAD thread, HANDLE handle)
{
    struct token *token;
    NTSTATUS status;

    if (!handle) return PsImpersonateClient(thread, NULL, FALSE, FALSE, SecurityAnonymous);
    if ((status = token_from_handle(handle, TOKEN_IMPERSONATE, &token, NULL))) return status;
    status = token->type == TokenImpersonation ? PsImpersonateClient(thread, token, FALSE, FALSE, token->level)
                                               : STATUS_BAD_TOKEN_TYPE;
    token_release(token);
    return status;
}

/*
 * The security limits of a job (JOBOBJECT_SECURITY_LIMIT_INFORMATION of winnt.h): setting them, and what they make of a token.
 *
 * Windows had them up to Server 2003. Once there, a limit stays.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/ps/assign.h"
#include "ntoskrnl/ps/job.h"

/* ---- what limits make of a token --------------------------------------------------------------------------------- */

/* Also a group that is disabled now, which can be enabled again; one for denying only gives nothing. */
static bool specifies_administrators(const struct token *token)
{
    const struct token_identity *identity = token->identity;
    ULONG i;

    for (i = 0; i < identity->sid_count; i++)
        if (!(identity->sids[i].attributes & SE_GROUP_USE_FOR_DENY_ONLY) &&
            sid_equal(identity->sids[i].sid, &sid_administrators.sid))
            return true;
    return false;
}

/* As the page says; what a filter of the job makes is not made by CreateRestrictedToken. */
static bool forbidden(const struct job_limits *limits, const struct token *asked, const struct token *used)
{
    if (limits->flags & JOB_OBJECT_SECURITY_RESTRICTED_TOKEN && !asked->identity->filtered) return true;
    return limits->flags & JOB_OBJECT_SECURITY_NO_ADMIN && specifies_administrators(used);
}

NTSTATUS job_limit_impersonation(const struct job_limits *limits, struct token **token)
{
    struct token *used = token_reference(*token);
    NTSTATUS status = STATUS_SUCCESS;

    if (limits->flags & JOB_OBJECT_SECURITY_FILTER_TOKENS)
    {
        token_release(used);
        status = filter_request_apply(&limits->filter, *token, 0, (*token)->security, &used);
    }
    if (!status && forbidden(limits, *token, used)) status = STATUS_ACCESS_DENIED;
    if (status)
    {
        token_release(used);
        return status;
    }
    token_release(*token);
    *token = used;
    return STATUS_SUCCESS;
}

NTSTATUS job_limit_primary(const struct job_limits *limits, struct token *token)
{
    if (forbidden(limits, token, token)) return STATUS_ACCESS_DENIED;
    if (limits->flags & JOB_OBJECT_SECURITY_ONLY_TOKEN && !token_equal(limits->only, token)) return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

/* ---- setting them ------------------------------------------------------------------------------------------------ */

void job_limits_free(struct job_limits *limits)
{
    struct job_limits *previous;

    for (; limits; limits = previous)
    {
        previous = limits->previous;
        token_release(limits->only);
        if (limits->owns_filter) filter_request_release(&limits->filter);
        guise_free(limits);
    }
}

/* The token of ONLY_TOKEN, which the caller may assign. NULL: it is not given, which the job must have it from before. */
static NTSTATUS capture_only(HANDLE handle, struct job_limits *limits)
{
    struct token *token;
    NTSTATUS status;

    if (!(limits->flags & JOB_OBJECT_SECURITY_ONLY_TOKEN) || !handle) return STATUS_SUCCESS;
    if ((status = token_from_handle(handle, TOKEN_ASSIGN_PRIMARY, &token, NULL))) return status;
    if (!(status = primary_token_assignable(token)))
        limits->only = token;
    else
        token_release(token);
    return status;
}

static NTSTATUS capture_filter(const JOBOBJECT_SECURITY_LIMIT_INFORMATION *given, struct job_limits *limits)
{
    if (!(limits->flags & JOB_OBJECT_SECURITY_FILTER_TOKENS)) return STATUS_SUCCESS;
    limits->owns_filter = given->SidsToDisable || given->PrivilegesToDelete || given->RestrictedSids;
    return limits->owns_filter ? filter_request_capture(given->SidsToDisable, given->PrivilegesToDelete,
                                                        given->RestrictedSids, &limits->filter)
                               : STATUS_SUCCESS;
}

/* The one part of a limit: given anew and not there before, or there before and not given anew. */
static bool part_fits(ULONG flag, const struct job_limits *limits, const struct job_limits *before, bool given)
{
    bool had = before && before->flags & flag;

    return limits->flags & flag ? given != had : !given;
}

/* Puts the limits beside those that the job has; the lock is held. */
static NTSTATUS add_limits(struct job *job, struct job_limits *limits)
{
    struct job_limits *before = atomic_load(&job->limits);

    if (before && before->flags & ~limits->flags) return STATUS_INVALID_PARAMETER;
    if (!part_fits(JOB_OBJECT_SECURITY_ONLY_TOKEN, limits, before, limits->only) ||
        !part_fits(JOB_OBJECT_SECURITY_FILTER_TOKENS, limits, before, limits->owns_filter))
        return STATUS_INVALID_PARAMETER;
    if (before && before->only) limits->only = token_reference(before->only);
    if (before && !limits->owns_filter) limits->filter = before->filter;
    limits->previous = before;
    atomic_store_explicit(&job->limits, limits, memory_order_release);
    return STATUS_SUCCESS;
}

/* A process that is in the job must run under the only token already: it cannot be given another. */
static NTSTATUS judge_member(struct job *job, const struct job_limits *limits, struct token *primary)
{
    if (!limits->only || atomic_load(&current_process()->job) != job || token_equal(limits->only, primary))
        return STATUS_SUCCESS;
    return STATUS_NOT_SUPPORTED;
}

static NTSTATUS set_limits(struct job *job, struct job_limits *limits)
{
    struct token *primary = primary_token();
    NTSTATUS status;

    if (!primary) return STATUS_NO_MEMORY;
    jobs_lock();
    if (!(status = judge_member(job, limits, primary))) status = add_limits(job, limits);
    jobs_unlock();
    token_release(primary);
    return status;
}

static NTSTATUS set_security_limits(struct job *job, const JOBOBJECT_SECURITY_LIMIT_INFORMATION *given)
{
    struct job_limits *limits;
    NTSTATUS status;

    if (given->SecurityLimitFlags & ~(ULONG)JOB_OBJECT_SECURITY_VALID_FLAGS) return STATUS_INVALID_PARAMETER;
    if (!(limits = guise_alloc(sizeof(*limits)))) return STATUS_NO_MEMORY;
    limits->flags = given->SecurityLimitFlags;
    if (!(status = capture_only(given->JobToken, limits)) && !(status = capture_filter(given, limits)))
        status = set_limits(job, limits);
    if (status) job_limits_free(limits);
    return status;
}

/***********************************************************************
 *           NtSetInformationJobObject (NTOSKRNL.@)
 *
 * JobObjectSecurityLimitInformation (JOB_OBJECT_SET_SECURITY_ATTRIBUTES): NO_ADMIN, RESTRICTED_TOKEN and FILTER_TOKENS count
 * for every token that the process impersonates from then on, and all but the last for the token that it runs under when it
 * is assigned to the job. No limit is taken back: the flags name those that there are, without their members, and more.
 * ONLY_TOKEN takes a primary token (TOKEN_ASSIGN_PRIMARY) that is made from the caller's by NtFilterToken, or
 * SeAssignPrimaryTokenPrivilege.
 * STATUS_NOT_SUPPORTED: another class that there is; the process is in the job and runs under another token.
 * STATUS_INVALID_INFO_CLASS; STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_PARAMETER: a limit is left out or given again,
 * an unknown flag, a filter of nothing, no token; STATUS_BAD_TOKEN_TYPE; STATUS_PRIVILEGE_NOT_HELD; STATUS_ACCESS_DENIED;
 * STATUS_INVALID_HANDLE; STATUS_NO_MEMORY; those of NtFilterToken's lists. winnt page of the structure.
 */
NTSTATUS NtSetInformationJobObject(HANDLE job_handle, JOBOBJECTINFOCLASS class, PVOID information, ULONG length)
{
    JOBOBJECT_SECURITY_LIMIT_INFORMATION given;
    struct job *job;
    NTSTATUS status;

    if (class <= 0 || class >= MaxJobObjectInfoClass) return STATUS_INVALID_INFO_CLASS;
    if (class != JobObjectSecurityLimitInformation) return STATUS_NOT_SUPPORTED;
    if (length != sizeof(given)) return STATUS_INFO_LENGTH_MISMATCH;
    if (!information) return STATUS_ACCESS_VIOLATION;
    memcpy(&given, information, sizeof(given));
    if ((status = job_from_handle(job_handle, JOB_OBJECT_SET_SECURITY_ATTRIBUTES, &job))) return status;
    status = set_security_limits(job, &given);
    object_dereference(job);
    return status;
}

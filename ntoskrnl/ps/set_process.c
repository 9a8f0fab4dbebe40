/*
 * NtSetInformationProcess: the token that a process runs under (kernel facts 2.10).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/ps/assign.h"
#include "ntoskrnl/ps/job.h"
#include "ntoskrnl/rtl/luid.h"

NTSTATUS primary_token_assignable(const struct token *token)
{
    struct token *primary;
    bool child;

    if (token->type != TokenPrimary) return STATUS_BAD_TOKEN_TYPE;
    if (!(primary = primary_token())) return STATUS_NO_MEMORY;
    child = luid_equal(token->parent_id, primary->id);
    token_release(primary);
    if (child || SeSinglePrivilegeCheck((LUID){SE_ASSIGNPRIMARYTOKEN_PRIVILEGE, 0}, previous_mode()))
        return STATUS_SUCCESS;
    return STATUS_PRIVILEGE_NOT_HELD;
}

/*
 * All is checked. A token that means the same is there already. Another one could be had only before the first thread
 * runs, as on Windows: the ids of a Unix process are those of all its threads and are changed by set*id.
 */
static NTSTATUS assign_token(struct token *token)
{
    const struct job_limits *limits = process_limits();
    struct token *primary;
    NTSTATUS status;

    if ((status = primary_token_assignable(token))) return status;
    if (limits && (status = job_limit_primary(limits, token))) return status;
    if (!(primary = primary_token())) return STATUS_NO_MEMORY;
    status = token_equal(primary, token) ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
    token_release(primary);
    return status;
}

/***********************************************************************
 *           NtSetInformationProcess (NTOSKRNL.@)
 *
 * ProcessAccessToken: the process (PROCESS_SET_INFORMATION) runs under the primary token (TOKEN_ASSIGN_PRIMARY) of
 * PROCESS_ACCESS_TOKEN. That is so already, STATUS_SUCCESS, or it cannot be done to a process that runs, STATUS_NOT_SUPPORTED.
 * STATUS_BAD_TOKEN_TYPE; STATUS_PRIVILEGE_NOT_HELD: without SeAssignPrimaryTokenPrivilege the token must be the
 * process's own with less in it (K2.10.2); STATUS_ACCESS_DENIED, also by a job; STATUS_INVALID_INFO_CLASS: any other class;
 * STATUS_INFO_LENGTH_MISMATCH; STATUS_ACCESS_VIOLATION; STATUS_INVALID_HANDLE; STATUS_NO_MEMORY.
 */
NTSTATUS NtSetInformationProcess(HANDLE process_handle, PROCESSINFOCLASS class, PVOID information, ULONG length)
{
    PROCESS_ACCESS_TOKEN given;
    struct token *token;
    PEPROCESS process;
    NTSTATUS status;

    if (class != ProcessAccessToken) return STATUS_INVALID_INFO_CLASS;
    if (length != sizeof(given)) return STATUS_INFO_LENGTH_MISMATCH;
    if (!information) return STATUS_ACCESS_VIOLATION;
    memcpy(&given, information, sizeof(given));
    if ((status = process_from_handle(process_handle, PROCESS_SET_INFORMATION, &process))) return status;
    if (!(status = token_from_handle(given.Token, TOKEN_ASSIGN_PRIMARY, &token, NULL)))
    {
        status = assign_token(token);
        token_release(token);
    }
    object_dereference(process);
    return status;
}

/*
 * System services that make a thread impersonate by handle.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/ps/ps.h"

/***********************************************************************
 *           NtSetInformationThread (NTOSKRNL.@)
 *
 * ThreadImpersonationToken: the thread (THREAD_SET_THREAD_TOKEN) impersonates the token whose handle is in the buffer,
 * at its level, or nobody for a NULL handle (K1.8.1, K1.8.2). STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_INFO_CLASS,
 * those of PsAssignImpersonationToken.
 */
NTSTATUS NtSetInformationThread(HANDLE thread_handle, THREADINFOCLASS class, PVOID information, ULONG length)
{
    PETHREAD thread;
    HANDLE token;
    NTSTATUS status;

    if (class != ThreadImpersonationToken) return STATUS_INVALID_INFO_CLASS;
    if (length != sizeof(HANDLE)) return STATUS_INFO_LENGTH_MISMATCH;
    if (!information) return STATUS_ACCESS_VIOLATION;
    if ((status = thread_from_handle(thread_handle, THREAD_SET_THREAD_TOKEN, &thread, NULL))) return status;
    memcpy(&token, information, sizeof(token));
    status = PsAssignImpersonationToken(thread, token);
    object_dereference(thread);
    return status;
}

/***********************************************************************
 *           NtImpersonateAnonymousToken (NTOSKRNL.@)
 *
 * The thread (THREAD_IMPERSONATE) carries the anonymous logon (K1.9.1), with Everyone only if the configuration says
 * so. STATUS_ACCESS_DENIED: no such right, or the process is restricted.
 */
NTSTATUS NtImpersonateAnonymousToken(HANDLE thread_handle)
{
    struct token *primary, *anonymous;
    PETHREAD thread;
    NTSTATUS status;

    if ((status = thread_from_handle(thread_handle, THREAD_IMPERSONATE, &thread, NULL))) return status;
    if (!(primary = primary_token_borrowed()))
        status = STATUS_NO_MEMORY;
    else if (token_is_restricted(primary))
        status = STATUS_ACCESS_DENIED;
    else if (!(status = anonymous_token_create("*SYSTEM*", SecurityImpersonation, &anonymous)))
    {
        status = PsImpersonateClient(thread, anonymous, TRUE, FALSE, SecurityImpersonation);
        token_release(anonymous);
    }
    object_dereference(thread);
    return status;
}

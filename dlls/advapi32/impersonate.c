/*
 * Impersonating and ending it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/advapi32/advapi32.h"

static NTSTATUS set_thread_token(HANDLE thread, HANDLE token)
{
    return NtSetInformationThread(thread, ThreadImpersonationToken, &token, sizeof(token));
}

/* The calling thread impersonates a duplicate of EXISTING at LEVEL. */
static NTSTATUS impersonate_duplicate(HANDLE existing, SECURITY_IMPERSONATION_LEVEL level)
{
    SECURITY_QUALITY_OF_SERVICE qos = {
        .Length = sizeof(qos), .ImpersonationLevel = level, .ContextTrackingMode = SECURITY_DYNAMIC_TRACKING};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    NTSTATUS status;
    HANDLE copy;

    if ((status = NtDuplicateToken(existing, TOKEN_IMPERSONATE | TOKEN_QUERY, &attributes, FALSE, TokenImpersonation,
                                   &copy)))
        return status;
    status = set_thread_token(NtCurrentThread(), copy);
    NtClose(copy);
    return status;
}

/***********************************************************************
 *           SetThreadToken (ADVAPI32.@)
 *
 * NtSetInformationThread. THREAD NULL: the calling one; TOKEN NULL: nobody any more (K1.8.2).
 */
BOOL SetThreadToken(PHANDLE thread, HANDLE token)
{
    return answer(set_thread_token(thread ? *thread : NtCurrentThread(), token));
}

/***********************************************************************
 *           ImpersonateLoggedOnUser (ADVAPI32.@)
 *
 * A primary token (TOKEN_QUERY, TOKEN_DUPLICATE) is impersonated through a duplicate, an impersonation token
 * (TOKEN_QUERY, TOKEN_IMPERSONATE) itself (S9.1.2). Without the right to impersonate others: Identification, and TRUE.
 */
BOOL ImpersonateLoggedOnUser(HANDLE token)
{
    TOKEN_TYPE type;
    ULONG length;
    NTSTATUS status;

    if ((status = NtQueryInformationToken(token, TokenType, &type, sizeof(type), &length))) return answer(status);
    return answer(type == TokenPrimary ? impersonate_duplicate(token, SecurityImpersonation)
                                       : set_thread_token(NtCurrentThread(), token));
}

/***********************************************************************
 *           ImpersonateSelf (ADVAPI32.@)
 *
 * A duplicate of the process token at LEVEL.
 */
BOOL ImpersonateSelf(SECURITY_IMPERSONATION_LEVEL level)
{
    NTSTATUS status;
    HANDLE token;

    if ((status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_DUPLICATE, &token))) return answer(status);
    status = impersonate_duplicate(token, level);
    NtClose(token);
    return answer(status);
}

/***********************************************************************
 *           ImpersonateAnonymousToken (ADVAPI32.@)
 *
 * NtImpersonateAnonymousToken.
 */
BOOL ImpersonateAnonymousToken(HANDLE thread)
{
    return answer(NtImpersonateAnonymousToken(thread));
}

/***********************************************************************
 *           RevertToSelf (ADVAPI32.@)
 *
 * Ends every impersonation of the calling thread. A way back that the kernel refuses ends the process.
 */
BOOL RevertToSelf(void)
{
    return answer(set_thread_token(NtCurrentThread(), NULL));
}

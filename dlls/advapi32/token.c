/*
 * Tokens: opening, information, duplicates.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/advapi32/advapi32.h"

/***********************************************************************
 *           OpenThreadToken (ADVAPI32.@)
 *
 * NtOpenThreadToken.
 */
BOOL OpenThreadToken(HANDLE thread, DWORD access, BOOL open_as_self, PHANDLE token)
{
    return answer(NtOpenThreadToken(thread, access, open_as_self != FALSE, token));
}

/***********************************************************************
 *           OpenProcessToken (ADVAPI32.@)
 *
 * NtOpenProcessToken.
 */
BOOL OpenProcessToken(HANDLE process, DWORD access, PHANDLE token)
{
    return answer(NtOpenProcessToken(process, access, token));
}

/***********************************************************************
 *           GetTokenInformation (ADVAPI32.@)
 *
 * NtQueryInformationToken.
 */
BOOL GetTokenInformation(HANDLE token, TOKEN_INFORMATION_CLASS class, LPVOID information, DWORD length, PDWORD returned)
{
    return answer(NtQueryInformationToken(token, class, information, length, returned));
}

/***********************************************************************
 *           SetTokenInformation (ADVAPI32.@)
 *
 * NtSetInformationToken.
 */
BOOL SetTokenInformation(HANDLE token, TOKEN_INFORMATION_CLASS class, LPVOID information, DWORD length)
{
    return answer(NtSetInformationToken(token, class, information, length));
}

/***********************************************************************
 *           DuplicateTokenEx (ADVAPI32.@)
 *
 * NtDuplicateToken with the level as its quality of service.
 */
BOOL DuplicateTokenEx(HANDLE existing, DWORD access, LPSECURITY_ATTRIBUTES security, SECURITY_IMPERSONATION_LEVEL level,
                      TOKEN_TYPE type, PHANDLE token)
{
    SECURITY_QUALITY_OF_SERVICE qos = {
        .Length = sizeof(qos), .ImpersonationLevel = level, .ContextTrackingMode = SECURITY_DYNAMIC_TRACKING};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};

    if (security)
    {
        attributes.SecurityDescriptor = security->lpSecurityDescriptor;
        if (security->bInheritHandle) attributes.Attributes = OBJ_INHERIT;
    }
    return answer(NtDuplicateToken(existing, access, &attributes, FALSE, type, token));
}

/***********************************************************************
 *           DuplicateToken (ADVAPI32.@)
 *
 * An impersonation token with TOKEN_IMPERSONATE and TOKEN_QUERY.
 */
BOOL DuplicateToken(HANDLE existing, SECURITY_IMPERSONATION_LEVEL level, PHANDLE token)
{
    return DuplicateTokenEx(existing, TOKEN_IMPERSONATE | TOKEN_QUERY, NULL, level, TokenImpersonation, token);
}

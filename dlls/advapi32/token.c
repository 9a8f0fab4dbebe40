/*
 * Tokens: opening, information, duplicates, membership.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

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

/* ---- membership -------------------------------------------------------------------------------------------------- */

/* Whether SID is among COUNT entries, enabled and not for denying only. ALWAYS: the first counts without being enabled
 * (the user). */
static bool is_enabled(const SID_AND_ATTRIBUTES *entries, DWORD count, PSID sid, bool always)
{
    DWORD i;

    for (i = 0; i < count; i++)
    {
        if (!EqualSid(entries[i].Sid, sid) || entries[i].Attributes & SE_GROUP_USE_FOR_DENY_ONLY) continue;
        if (entries[i].Attributes & SE_GROUP_ENABLED || (always && !i)) return true;
    }
    return false;
}

/* The SIDs of a token in a block of their own; NULL with STATUS otherwise. */
static TOKEN_GROUPS_AND_PRIVILEGES *query_sids(HANDLE token, NTSTATUS *status)
{
    TOKEN_GROUPS_AND_PRIVILEGES *sids = NULL;
    ULONG length = 0;

    while ((*status = NtQueryInformationToken(token, TokenGroupsAndPrivileges, sids, length, &length)) ==
           STATUS_BUFFER_TOO_SMALL)
    {
        guise_free(sids);
        if ((sids = guise_alloc(length))) continue;
        *status = STATUS_NO_MEMORY;
        break;
    }
    if (!*status) return sids;
    guise_free(sids);
    return NULL;
}

/* A given token must be one that checks are made with; the effective one of the thread is taken as it is. */
static NTSTATUS check_token(HANDLE token)
{
    SECURITY_IMPERSONATION_LEVEL level;
    TOKEN_TYPE type;
    ULONG length;
    NTSTATUS status;

    if ((status = NtQueryInformationToken(token, TokenType, &type, sizeof(type), &length))) return status;
    if (type == TokenPrimary) return STATUS_NO_IMPERSONATION_TOKEN;
    if ((status = NtQueryInformationToken(token, TokenImpersonationLevel, &level, sizeof(level), &length)))
        return status;
    return level < SecurityIdentification ? STATUS_BAD_IMPERSONATION_LEVEL : STATUS_SUCCESS;
}

/***********************************************************************
 *           CheckTokenMembership (ADVAPI32.@)
 *
 * TOKEN (TOKEN_QUERY) NULL: the effective token. In a restricted token the SID must be a restricting one too.
 * ERROR_NO_IMPERSONATION_TOKEN, ERROR_BAD_IMPERSONATION_LEVEL, ERROR_CANT_OPEN_ANONYMOUS, ERROR_INVALID_SID.
 */
BOOL CheckTokenMembership(HANDLE token, PSID sid, PBOOL member)
{
    TOKEN_GROUPS_AND_PRIVILEGES *sids;
    NTSTATUS status;

    *member = FALSE;
    if (!sid_is_valid(sid)) return fail(ERROR_INVALID_SID);
    if (token && (status = check_token(token))) return answer(status);
    if (!(sids = query_sids(token ? token : NtCurrentEffectiveToken(), &status))) return answer(status);
    *member = is_enabled(sids->Sids, sids->SidCount, sid, true) &&
              (!sids->RestrictedSidCount || is_enabled(sids->RestrictedSids, sids->RestrictedSidCount, sid, false));
    guise_free(sids);
    return TRUE;
}

/*
 * Logging a user on with a name and a password. The work is done in secur32.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <ntsecapi.h>
#include <winternl.h>

#include "dlls/advapi32/advapi32.h"
#include "dlls/secur32/front.h"

/***********************************************************************
 *           LogonUserExW (ADVAPI32.@)
 *
 * LogonUserExExW without groups.
 */
BOOL LogonUserExW(LPCWSTR user, LPCWSTR domain, LPCWSTR password, DWORD type, DWORD provider, PHANDLE token,
                  PSID *logon_sid, PVOID *profile, LPDWORD profile_size, PQUOTA_LIMITS quotas)
{
    return LogonUserExExW((LPWSTR)user, (LPWSTR)domain, (LPWSTR)password, type, provider, NULL, token, logon_sid,
                          profile, profile_size, quotas);
}

/***********************************************************************
 *           LogonUserW (ADVAPI32.@)
 */
BOOL LogonUserW(LPCWSTR user, LPCWSTR domain, LPCWSTR password, DWORD type, DWORD provider, PHANDLE token)
{
    return LogonUserExW(user, domain, password, type, provider, token, NULL, NULL, NULL, NULL);
}

/* NULL stays NULL. */
static SECURITY_STATUS widen(const char *text, WCHAR **wide)
{
    return text ? sec_wide_from_ansi(text, strlen(text), wide, NULL) : SEC_E_OK;
}

static BOOL refuse(SECURITY_STATUS status)
{
    return fail(status == SEC_E_INSUFFICIENT_MEMORY ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_PARAMETER);
}

/***********************************************************************
 *           LogonUserExA (ADVAPI32.@)
 *
 * ERROR_INVALID_PARAMETER also for what is not UTF-8.
 */
BOOL LogonUserExA(LPCSTR user, LPCSTR domain, LPCSTR password, DWORD type, DWORD provider, PHANDLE token,
                  PSID *logon_sid, PVOID *profile, LPDWORD profile_size, PQUOTA_LIMITS quotas)
{
    WCHAR *wide_user = NULL, *wide_domain = NULL, *wide_password = NULL;
    SECURITY_STATUS status;
    BOOL result;

    if (!(status = widen(user, &wide_user)) && !(status = widen(domain, &wide_domain)) &&
        !(status = widen(password, &wide_password)))
        result = LogonUserExW(wide_user, wide_domain, wide_password, type, provider, token, logon_sid, profile,
                              profile_size, quotas);
    else
        result = refuse(status);
    if (wide_password) guise_free_secret(wide_password, sec_wide_length(wide_password) * sizeof(*wide_password));
    guise_free(wide_domain);
    guise_free(wide_user);
    return result;
}

/***********************************************************************
 *           LogonUserA (ADVAPI32.@)
 */
BOOL LogonUserA(LPCSTR user, LPCSTR domain, LPCSTR password, DWORD type, DWORD provider, PHANDLE token)
{
    return LogonUserExA(user, domain, password, type, provider, token, NULL, NULL, NULL, NULL);
}

/***********************************************************************
 *           LsaNtStatusToWinError (ADVAPI32.@)
 *
 * RtlNtStatusToDosError.
 */
ULONG LsaNtStatusToWinError(NTSTATUS status)
{
    return RtlNtStatusToDosError(status);
}

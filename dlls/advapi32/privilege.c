/*
 * Names of privileges.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <strings.h>

#include "dlls/advapi32/advapi32.h"

/* By the low part of the LUID. */
static const char *const names[] = {
    [SE_CREATE_TOKEN_PRIVILEGE] = "SeCreateTokenPrivilege",
    [SE_ASSIGNPRIMARYTOKEN_PRIVILEGE] = "SeAssignPrimaryTokenPrivilege",
    [SE_LOCK_MEMORY_PRIVILEGE] = "SeLockMemoryPrivilege",
    [SE_INCREASE_QUOTA_PRIVILEGE] = "SeIncreaseQuotaPrivilege",
    [SE_MACHINE_ACCOUNT_PRIVILEGE] = "SeMachineAccountPrivilege",
    [SE_TCB_PRIVILEGE] = "SeTcbPrivilege",
    [SE_SECURITY_PRIVILEGE] = "SeSecurityPrivilege",
    [SE_TAKE_OWNERSHIP_PRIVILEGE] = "SeTakeOwnershipPrivilege",
    [SE_LOAD_DRIVER_PRIVILEGE] = "SeLoadDriverPrivilege",
    [SE_SYSTEM_PROFILE_PRIVILEGE] = "SeSystemProfilePrivilege",
    [SE_SYSTEMTIME_PRIVILEGE] = "SeSystemtimePrivilege",
    [SE_PROF_SINGLE_PROCESS_PRIVILEGE] = "SeProfileSingleProcessPrivilege",
    [SE_INC_BASE_PRIORITY_PRIVILEGE] = "SeIncreaseBasePriorityPrivilege",
    [SE_CREATE_PAGEFILE_PRIVILEGE] = "SeCreatePagefilePrivilege",
    [SE_CREATE_PERMANENT_PRIVILEGE] = "SeCreatePermanentPrivilege",
    [SE_BACKUP_PRIVILEGE] = "SeBackupPrivilege",
    [SE_RESTORE_PRIVILEGE] = "SeRestorePrivilege",
    [SE_SHUTDOWN_PRIVILEGE] = "SeShutdownPrivilege",
    [SE_DEBUG_PRIVILEGE] = "SeDebugPrivilege",
    [SE_AUDIT_PRIVILEGE] = "SeAuditPrivilege",
    [SE_SYSTEM_ENVIRONMENT_PRIVILEGE] = "SeSystemEnvironmentPrivilege",
    [SE_CHANGE_NOTIFY_PRIVILEGE] = "SeChangeNotifyPrivilege",
    [SE_REMOTE_SHUTDOWN_PRIVILEGE] = "SeRemoteShutdownPrivilege",
    [SE_UNDOCK_PRIVILEGE] = "SeUndockPrivilege",
    [SE_SYNC_AGENT_PRIVILEGE] = "SeSyncAgentPrivilege",
    [SE_ENABLE_DELEGATION_PRIVILEGE] = "SeEnableDelegationPrivilege",
    [SE_MANAGE_VOLUME_PRIVILEGE] = "SeManageVolumePrivilege",
    [SE_IMPERSONATE_PRIVILEGE] = "SeImpersonatePrivilege",
    [SE_CREATE_GLOBAL_PRIVILEGE] = "SeCreateGlobalPrivilege",
    [SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE] = "SeTrustedCredManAccessPrivilege",
    [SE_RELABEL_PRIVILEGE] = "SeRelabelPrivilege",
    [SE_INC_WORKING_SET_PRIVILEGE] = "SeIncreaseWorkingSetPrivilege",
    [SE_TIME_ZONE_PRIVILEGE] = "SeTimeZonePrivilege",
    [SE_CREATE_SYMBOLIC_LINK_PRIVILEGE] = "SeCreateSymbolicLinkPrivilege",
    [SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE] = "SeDelegateSessionUserImpersonatePrivilege",
};

#define NAME_SIZE sizeof("SeDelegateSessionUserImpersonatePrivilege")

static const char *name_of(const LUID *luid)
{
    return !luid->HighPart && luid->LowPart < ARRAYSIZE(names) ? names[luid->LowPart] : NULL;
}

/***********************************************************************
 *           LookupPrivilegeValueA (ADVAPI32.@)
 *
 * SYSTEM must be NULL or empty: there is this machine only (ERROR_INVALID_PARAMETER). ERROR_NO_SUCH_PRIVILEGE.
 */
BOOL LookupPrivilegeValueA(LPCSTR system, LPCSTR name, PLUID luid)
{
    ULONG i;

    if (!name || !luid || (system && *system)) return fail(ERROR_INVALID_PARAMETER);
    for (i = 0; i < ARRAYSIZE(names); i++)
    {
        if (!names[i] || strcasecmp(names[i], name)) continue;
        *luid = (LUID){.LowPart = i};
        return TRUE;
    }
    return fail(ERROR_NO_SUCH_PRIVILEGE);
}

/***********************************************************************
 *           LookupPrivilegeValueW (ADVAPI32.@)
 */
BOOL LookupPrivilegeValueW(LPCWSTR system, LPCWSTR name, PLUID luid)
{
    char text[NAME_SIZE];

    if (!name || !luid || (system && *system)) return fail(ERROR_INVALID_PARAMETER);
    return narrow(name, text, sizeof(text)) ? LookupPrivilegeValueA(NULL, text, luid) : fail(ERROR_NO_SUCH_PRIVILEGE);
}

/* What both forms of LookupPrivilegeName check; the name, or NULL with the last error. COUNT becomes the length or what
 * is needed. */
static const char *find_name(bool remote, const LUID *luid, DWORD *count)
{
    const char *name = NULL;
    DWORD error = ERROR_SUCCESS, room;

    if (!luid || !count || remote)
        error = ERROR_INVALID_PARAMETER;
    else if (!(name = name_of(luid)))
        error = ERROR_NO_SUCH_PRIVILEGE;
    else
    {
        room = *count;
        *count = (DWORD)strlen(name);
        if (room <= *count)
        {
            ++*count;
            error = ERROR_INSUFFICIENT_BUFFER;
        }
    }
    if (!error) return name;
    SetLastError(error);
    return NULL;
}

/***********************************************************************
 *           LookupPrivilegeNameA (ADVAPI32.@)
 *
 * COUNT: the room of NAME in characters; the length without terminator on success, with it for
 * ERROR_INSUFFICIENT_BUFFER.
 */
BOOL LookupPrivilegeNameA(LPCSTR system, PLUID luid, LPSTR name, LPDWORD count)
{
    const char *found = find_name(system && *system, luid, count);

    if (!found) return FALSE;
    memcpy(name, found, *count + 1);
    return TRUE;
}

/***********************************************************************
 *           LookupPrivilegeNameW (ADVAPI32.@)
 */
BOOL LookupPrivilegeNameW(LPCWSTR system, PLUID luid, LPWSTR name, LPDWORD count)
{
    const char *found = find_name(system && *system, luid, count);
    DWORD i;

    if (!found) return FALSE;
    for (i = 0; i <= *count; i++) name[i] = (WCHAR)found[i];
    return TRUE;
}

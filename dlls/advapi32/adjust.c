/*
 * Changing what a token may do, and tokens that may do less.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <winternl.h>

#include "dlls/advapi32/advapi32.h"

/* The last error of a success is told too: ERROR_NOT_ALL_ASSIGNED, or ERROR_SUCCESS. */
static BOOL answer_in_full(NTSTATUS status)
{
    SetLastError(RtlNtStatusToDosError(status));
    return NT_SUCCESS(status);
}

/***********************************************************************
 *           AdjustTokenPrivileges (ADVAPI32.@)
 *
 * NtAdjustPrivilegesToken.
 */
BOOL AdjustTokenPrivileges(HANDLE token, BOOL disable_all, PTOKEN_PRIVILEGES wanted, DWORD length,
                           PTOKEN_PRIVILEGES previous, PDWORD returned)
{
    return answer_in_full(NtAdjustPrivilegesToken(token, disable_all != FALSE, wanted, length, previous, returned));
}

/***********************************************************************
 *           AdjustTokenGroups (ADVAPI32.@)
 *
 * NtAdjustGroupsToken.
 */
BOOL AdjustTokenGroups(HANDLE token, BOOL reset, PTOKEN_GROUPS wanted, DWORD length, PTOKEN_GROUPS previous,
                       PDWORD returned)
{
    return answer_in_full(NtAdjustGroupsToken(token, reset != FALSE, wanted, length, previous, returned));
}

/* ---- restricted tokens -------------------------------------------------------------------------------------------- */

/* No token has more; and what is no count is seen before it is believed. */
#define MAX_ENTRIES 65536

/* COUNT entries of SIZE bytes behind their count, whose size with padding is HEAD; *LIST is NULL for none. */
static DWORD make_list(DWORD count, const void *entries, size_t size, size_t head, void *list)
{
    UCHAR *made = NULL;

    if (count > MAX_ENTRIES || (count && !entries)) return ERROR_INVALID_PARAMETER;
    if (count)
    {
        if (!(made = guise_alloc(head + count * size))) return ERROR_NOT_ENOUGH_MEMORY;
        memcpy(made, &count, sizeof(count));
        memcpy(made + head, entries, count * size);
    }
    memcpy(list, &made, sizeof(made));
    return ERROR_SUCCESS;
}

static DWORD make_groups(DWORD count, const SID_AND_ATTRIBUTES *entries, TOKEN_GROUPS **groups)
{
    return make_list(count, entries, sizeof(*entries), offsetof(TOKEN_GROUPS, Groups), groups);
}

static DWORD make_privileges(DWORD count, const LUID_AND_ATTRIBUTES *entries, TOKEN_PRIVILEGES **privileges)
{
    return make_list(count, entries, sizeof(*entries), offsetof(TOKEN_PRIVILEGES, Privileges), privileges);
}

/***********************************************************************
 *           CreateRestrictedToken (ADVAPI32.@)
 *
 * NtFilterToken.
 */
BOOL CreateRestrictedToken(HANDLE existing, DWORD flags, DWORD disable_count, PSID_AND_ATTRIBUTES disable,
                           DWORD remove_count, PLUID_AND_ATTRIBUTES remove, DWORD restrict_count,
                           PSID_AND_ATTRIBUTES restrict_to, PHANDLE token)
{
    TOKEN_GROUPS *deny_only = NULL, *restricting = NULL;
    TOKEN_PRIVILEGES *privileges = NULL;
    DWORD error;
    BOOL result;

    if (!(error = make_groups(disable_count, disable, &deny_only)) &&
        !(error = make_privileges(remove_count, remove, &privileges)) &&
        !(error = make_groups(restrict_count, restrict_to, &restricting)))
        result = answer(NtFilterToken(existing, flags, deny_only, privileges, restricting, token));
    else
        result = fail(error);
    guise_free(deny_only);
    guise_free(privileges);
    guise_free(restricting);
    return result;
}

/*
 * The last error of a thread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <winternl.h>

#include "dlls/advapi32/advapi32.h"

/***********************************************************************
 *           GetLastError (ADVAPI32.@)
 */
DWORD GetLastError(void)
{
    return guise_get_last_error();
}

/***********************************************************************
 *           SetLastError (ADVAPI32.@)
 */
void SetLastError(DWORD error)
{
    guise_set_last_error(error);
}

BOOL fail(DWORD error)
{
    SetLastError(error);
    return FALSE;
}

BOOL answer(NTSTATUS status)
{
    return NT_SUCCESS(status) || fail(RtlNtStatusToDosError(status));
}

/*
 * Handles and local memory.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/advapi32/advapi32.h"
#include "ntoskrnl/out.h"

/***********************************************************************
 *           CloseHandle (ADVAPI32.@)
 *
 * NtClose.
 */
BOOL CloseHandle(HANDLE handle)
{
    return answer(NtClose(handle));
}

/***********************************************************************
 *           DuplicateHandle (ADVAPI32.@)
 *
 * NtDuplicateObject. TARGET NULL is for DUPLICATE_CLOSE_SOURCE alone.
 */
BOOL DuplicateHandle(HANDLE source_process, HANDLE source, HANDLE target_process, LPHANDLE target, DWORD access,
                     BOOL inherit, DWORD options)
{
    return answer(
        NtDuplicateObject(source_process, source, target_process, target, access, inherit ? OBJ_INHERIT : 0, options));
}

/***********************************************************************
 *           GetCurrentProcess (ADVAPI32.@)
 */
HANDLE GetCurrentProcess(void)
{
    return NtCurrentProcess();
}

/***********************************************************************
 *           GetCurrentThread (ADVAPI32.@)
 */
HANDLE GetCurrentThread(void)
{
    return NtCurrentThread();
}

/***********************************************************************
 *           LocalFree (ADVAPI32.@)
 *
 * Frees what advapi32 gave out; NULL is allowed. Answers NULL.
 */
HLOCAL LocalFree(HLOCAL block)
{
    out_free(block);
    return NULL;
}

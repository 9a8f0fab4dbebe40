/*
 * Where token ids, logon session ids and modification ids come from.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdatomic.h>

#include "ntoskrnl/rtl/luid.h"

LUID luid_allocate(void)
{
    static _Atomic uint64_t last = 0x10000;
    uint64_t value = atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;

    return (LUID){.LowPart = (DWORD)value, .HighPart = (LONG)(value >> 32)};
}

/***********************************************************************
 *           NtAllocateLocallyUniqueId (NTOSKRNL.@)
 *
 * From the counter that token ids come from. STATUS_ACCESS_VIOLATION.
 */
NTSTATUS NtAllocateLocallyUniqueId(PLUID luid)
{
    if (!luid) return STATUS_ACCESS_VIOLATION;

    *luid = luid_allocate();
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlEqualLuid (NTOSKRNL.@)
 *
 * For programs that do not use the macro.
 */
BOOLEAN(RtlEqualLuid)(PLUID a, PLUID b)
{
    return luid_equal(*a, *b);
}

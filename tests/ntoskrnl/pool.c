/*
 * Pool memory.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include <ntifs.h>

START_TEST(pool)
{
    UCHAR *first = ExAllocatePoolWithTag(PagedPool, 100, 0x74736554),
          *second = ExAllocatePoolWithTag(NonPagedPoolNx, 1, 0x74736554);

    /* DDI ExAllocatePoolWithTag */
    ok(first && second && first != second, "got %p and %p\n", first, second);
    ok(!((ULONG_PTR)first & 7), "%p is not aligned\n", first);
    memset(first, 0x55, 100);
    *second = 0x66;
    ok(first[99] == 0x55 && *second == 0x66, "got %#x, %#x\n", first[99], *second);
    ExFreePool(first);
    ExFreePoolWithTag(second, 0x74736554);
}

/*
 * Locally unique ids.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_RTL_LUID_H
#define GUISE_NTOSKRNL_RTL_LUID_H

#include "ntoskrnl/core.h"

/* A LUID this process has not given out before; above all well-known ones (0x3E3 to 0x3E7). */
LUID luid_allocate(void);

static inline bool luid_equal(LUID a, LUID b)
{
    return a.LowPart == b.LowPart && a.HighPart == b.HighPart;
}

static inline bool luid_is_zero(LUID luid)
{
    return !luid.LowPart && !luid.HighPart;
}

#endif

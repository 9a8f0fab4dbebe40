/*
 * Privileges as sets of LUIDs and as bits.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_PRIVILEGE_H
#define GUISE_NTOSKRNL_SE_PRIVILEGE_H

#include "ntoskrnl/se/token.h"

/* The bit of a privilege; 0: there is no such one. */
static inline privilege_set privilege_of_luid(LUID luid)
{
    return luid.HighPart || luid.LowPart > SE_MAX_WELL_KNOWN_PRIVILEGE ? 0 : PRIVILEGE_BIT(luid.LowPart);
}

/* Bytes of a PRIVILEGE_SET of COUNT. */
static inline size_t privileges_size(size_t count)
{
    return offsetof(PRIVILEGE_SET, Privilege) + count * sizeof(LUID_AND_ATTRIBUTES);
}

/* Fills a set with what was USED, take-ownership before security (K3.1.2), and says how many that are. */
ULONG privileges_count(privilege_set used);
void privileges_write(privilege_set used, PRIVILEGE_SET *privileges);

/* The same in new pool memory; NULL where nothing was used. STATUS_NO_MEMORY. */
NTSTATUS privileges_make(privilege_set used, PRIVILEGE_SET **privileges);

/* Whether who has HELD, and as a process PRIMARY, has what REQUIRED asks for; what he has is marked (K3.5.1). */
bool privileges_held(PRIVILEGE_SET *required, privilege_set held, privilege_set primary);

#endif

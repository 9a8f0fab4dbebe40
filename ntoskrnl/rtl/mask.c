/*
 * Access masks and LUIDs, as routines.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/se/token.h"

/***********************************************************************
 *           RtlMapGenericMask (NTOSKRNL.@)
 *
 * Replaces the generic rights of a mask by what they mean for a type.
 */
void RtlMapGenericMask(PACCESS_MASK mask, PGENERIC_MAPPING mapping)
{
    *mask = access_map_generic(*mask, mapping);
}

/***********************************************************************
 *           RtlAreAllAccessesGranted (NTOSKRNL.@)
 */
BOOLEAN RtlAreAllAccessesGranted(ACCESS_MASK granted, ACCESS_MASK desired)
{
    return !(desired & ~granted);
}

/***********************************************************************
 *           RtlAreAnyAccessesGranted (NTOSKRNL.@)
 */
BOOLEAN RtlAreAnyAccessesGranted(ACCESS_MASK granted, ACCESS_MASK desired)
{
    return (granted & desired) != 0;
}

/***********************************************************************
 *           RtlCopyLuid (NTOSKRNL.@)
 */
void RtlCopyLuid(PLUID destination, PLUID source)
{
    *destination = *source;
}

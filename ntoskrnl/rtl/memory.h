/*
 * The allocator's test seam (the allocator itself is declared in ntoskrnl/core.h).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_RTL_MEMORY_H
#define GUISE_NTOSKRNL_RTL_MEMORY_H

/* For tests that link the objects: the NTH allocation from now (1 is the next) fails, once; 0 switches it off. */
void guise_fail_allocation(long nth);

#endif

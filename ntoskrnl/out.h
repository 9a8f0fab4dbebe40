/*
 * Memory that the caller of an export frees (FreeContextBuffer, LsaFreeReturnBuffer, LocalFree).
 *
 * Every such block is made by out_block() and every pointer to one that lands in caller-visible memory is written by
 * out_ptr(). Natively that is malloc and an assignment; in the Unix half of the Wine modules the same two calls will note what must
 * be moved to the process heap, so code that uses them needs no second version.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_OUT_H
#define GUISE_NTOSKRNL_OUT_H

#include "ntoskrnl/core.h"

/* Zeroed block of exactly SIZE bytes, or NULL. */
static inline void *out_block(size_t size)
{
    return guise_alloc(size);
}

/* Stores TARGET, which lies in an out_block, in the slot. */
#define out_ptr(slot, target) ((void)(*(slot) = (target)))

static inline void out_free(void *block)
{
    guise_free(block);
}

#endif

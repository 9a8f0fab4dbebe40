/*
 * The one allocator of Guise's own memory, and the pool routines that hand blocks to callers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/out.h"
#include "ntoskrnl/rtl/memory.h"

const struct guise_out_hooks *guise_out_hooks;

static _Atomic long allocations_until_failure; /* 0 = none is to fail */

void guise_fail_allocation(long nth)
{
    atomic_store(&allocations_until_failure, nth);
}

static bool fails_on_demand(void)
{
    if (__builtin_expect(!atomic_load_explicit(&allocations_until_failure, memory_order_relaxed), 1)) return false;

    return atomic_fetch_sub(&allocations_until_failure, 1) == 1;
}

void *guise_alloc(size_t size)
{
    if (fails_on_demand()) return NULL;
    return calloc(1, size ? size : 1);
}

void *guise_memdup(const void *data, size_t size)
{
    void *copy = guise_alloc(size);

    if (copy && size) memcpy(copy, data, size);
    return copy;
}

char *guise_strdup(const char *text)
{
    return guise_memdup(text, strlen(text) + 1);
}

void guise_free(void *block)
{
    free(block);
}

void guise_free_secret(void *block, size_t size)
{
    if (block) explicit_bzero(block, size);
    free(block);
}

/***********************************************************************
 *           ExAllocatePoolWithTag (NTOSKRNL.@)
 *
 * A block of SIZE bytes that the caller frees with ExFreePool, or NULL. Natively there is one pool, it is not charged
 * to the tag, and the block is zeroed: nothing of a freed secret shows through.
 */
PVOID ExAllocatePoolWithTag(POOL_TYPE type, SIZE_T size, ULONG tag)
{
    (void)type;
    (void)tag;
    return guise_alloc(size);
}

/***********************************************************************
 *           ExFreePoolWithTag (NTOSKRNL.@)
 */
void ExFreePoolWithTag(PVOID block, ULONG tag)
{
    (void)tag;
    guise_free(block);
}

/***********************************************************************
 *           ExFreePool (NTOSKRNL.@)
 */
#undef ExFreePool
void ExFreePool(PVOID block)
{
    guise_free(block);
}

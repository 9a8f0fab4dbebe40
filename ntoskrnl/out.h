/*
 * Memory that the caller of an export frees (FreeContextBuffer, LsaFreeReturnBuffer, LocalFree).
 *
 * Every such block is made by out_block() and every pointer to one that lands in caller-visible memory is written by
 * out_ptr(). Natively that is malloc and an assignment; in the Unix half of the Wine modules guise_out_hooks note what must be moved
 * to the process heap, so code that uses them needs no second version.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_OUT_H
#define GUISE_NTOSKRNL_OUT_H

#include "ntoskrnl/core.h"

/* Set once, before the first block is made, by the Unix half of the Wine modules (dlls/guise/unix/out.c); NULL natively. */
struct guise_out_hooks
{
    /* A block of which the SIZE bytes behind HEADER are the caller's. false: no memory to note it. */
    bool (*made)(void *block, size_t header, size_t size);
    void (*pointer)(void *slot);
    void (*freed)(void *block);
};
extern const struct guise_out_hooks *guise_out_hooks;

/* Zeroed block of HEADER bytes that stay ours and exactly SIZE for the caller behind them, or NULL. */
static inline void *out_block_behind(size_t header, size_t size)
{
    void *block = guise_alloc(header + size);

    if (!block || __builtin_expect(!guise_out_hooks, 1) || guise_out_hooks->made(block, header, size)) return block;
    guise_free(block);
    return NULL;
}

/* Zeroed block of exactly SIZE bytes, or NULL. */
static inline void *out_block(size_t size)
{
    return out_block_behind(0, size);
}

/* Stores TARGET, which lies in an out_block, in the slot. */
#define out_ptr(slot, target) ((void)(*(slot) = (target)), guise_out_hooks ? guise_out_hooks->pointer(slot) : (void)0)

static inline void out_free(void *block)
{
    if (__builtin_expect(guise_out_hooks != NULL, 0)) guise_out_hooks->freed(block);
    guise_free(block);
}

#endif

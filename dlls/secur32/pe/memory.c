/*
 * Memory that the caller frees: blocks of the process heap of exactly the size that was asked for, since programs look (wine.md, design 3).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/pe/thunks.h"

static BOOL copy_blocks(struct out_list *list)
{
    uint32_t i;

    for (i = 0; i < list->block_count; i++)
    {
        struct out_block *block = &list->blocks[i];

        if (!(block->copy = HeapAlloc(GetProcessHeap(), 0, block->size))) return FALSE;
        memcpy(block->copy, (const char *)block->block + block->header, block->size);
    }
    return TRUE;
}

static void forget_copies(struct out_list *list)
{
    uint32_t i;

    for (i = 0; i < list->block_count && list->blocks[i].copy; i++)
    {
        SecureZeroMemory(list->blocks[i].copy, list->blocks[i].size);
        HeapFree(GetProcessHeap(), 0, list->blocks[i].copy);
    }
}

/* With COPIES, to where they are; else to nothing. */
static void write_slots(const struct out_list *list, BOOL copies)
{
    uint32_t i;

    for (i = 0; i < list->slot_count; i++)
    {
        const struct out_slot *slot = &list->slots[i];
        void **at = slot->at;

        if (slot->in != OUT_CALLER)
        {
            if (!copies) continue;
            at = (void **)((char *)list->blocks[slot->in].copy + slot->offset);
        }
        *at = copies ? (char *)list->blocks[slot->to].copy + slot->to_offset : NULL;
    }
}

BOOL out_deliver(struct out_list *list, BOOL wanted)
{
    struct release_block release = { .list = list };
    BOOL copied;

    if (!list) return TRUE;
    if (list->failed) return FALSE;
    if (!(copied = wanted && copy_blocks(list))) forget_copies(list);
    write_slots(list, copied);
    companion()->unix_call(CALL_release, &release);
    return copied || !wanted;
}

/* ---- exports ---- */

int32_t __stdcall FreeContextBuffer(void *block)
{
    if (block) HeapFree(GetProcessHeap(), 0, block);
    return SEC_OK;
}

int32_t __stdcall LsaFreeReturnBuffer(void *block)
{
    if (block) HeapFree(GetProcessHeap(), 0, block);
    return STATUS_SUCCESS;
}

/* What these two free may have held a password. */
static void free_secret(void *block)
{
    SIZE_T size = block ? HeapSize(GetProcessHeap(), 0, block) : 0;

    if (!block || size == (SIZE_T)-1) return;
    SecureZeroMemory(block, size);
    HeapFree(GetProcessHeap(), 0, block);
}

void __stdcall SspiFreeAuthIdentity(void *identity)
{
    free_secret(identity);
}

void __stdcall SspiLocalFree(void *block)
{
    free_secret(block);
}

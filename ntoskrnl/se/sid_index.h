/*
 * Finding a SID among many in a time that does not grow with their number: a table with open addressing over an array
 * of token_sid, in one block.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_SID_INDEX_H
#define GUISE_NTOSKRNL_SE_SID_INDEX_H

#include <string.h>

#include "ntoskrnl/se/token.h"

struct sid_slot
{
    uint32_t hash;
    uint32_t place; /* 1 + index of the entry; 0: free */
};

struct sid_index
{
    uint32_t mask; /* slots - 1; the slots are a power of two of them, at most half of which are taken */
    struct sid_slot slots[];
};

/* Bytes of the index of COUNT entries, a multiple of 4. */
size_t sid_index_size(ULONG count);

/* Makes it in that many bytes at INDEX, aligned for ULONG, zeroed before. */
void sid_index_build(struct sid_index *index, const struct token_sid *sids, ULONG count);

/* The last eight bytes differ where SIDs of one issuer do; no SID is shorter than that. */
static inline uint32_t sid_hash(const SID *sid)
{
    uint64_t tail;

    memcpy(&tail, (const UCHAR *)sid + sid_length(sid) - sizeof(tail), sizeof(tail));
    return (uint32_t)((tail + sid->SubAuthorityCount) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

/* Walks the places whose SID may be one with HASH: for (at = hash; (place = sid_index_next(index, hash, &at)); ) */
static inline uint32_t sid_index_next(const struct sid_index *index, uint32_t hash, uint32_t *at)
{
    const struct sid_slot *slot;

    while ((slot = &index->slots[(*at)++ & index->mask])->place)
        if (slot->hash == hash) return slot->place;
    return 0;
}

#endif

/*
 * Building the table that SIDs are found in.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/se/sid_index.h"

static uint32_t slot_count(ULONG count)
{
    uint32_t slots = 4;

    while (slots / 2 < count) slots *= 2;
    return slots;
}

size_t sid_index_size(ULONG count)
{
    return sizeof(struct sid_index) + slot_count(count) * sizeof(struct sid_slot);
}

void sid_index_build(struct sid_index *index, const struct token_sid *sids, ULONG count)
{
    ULONG i;

    index->mask = slot_count(count) - 1;
    for (i = 0; i < count; i++)
    {
        uint32_t hash = sid_hash(sids[i].sid), at = hash;

        while (index->slots[at & index->mask].place) at++;
        index->slots[at & index->mask] = (struct sid_slot){.hash = hash, .place = i + 1};
    }
}

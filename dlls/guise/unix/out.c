/*
 * Memory that the caller frees, recorded while a call runs and handed to the PE half as a list (ntoskrnl/out.h, dlls/guise/out_list.h).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/guise/unix/out.h"

static __thread struct out_record *current;

static void *bytes_of(const struct out_block *block)
{
    return (char *)block->block + block->header;
}

/* ARRAY with room for one more; NULL: no memory, and it is as before. */
static void *grown(void *array, size_t count, size_t *room, size_t size)
{
    size_t wanted = *room ? *room * 2 : 16;
    void *larger;

    if (count < *room) return array;
    if (!(larger = guise_alloc(wanted * size))) return NULL;
    if (count) memcpy(larger, array, count * size);
    guise_free(array);
    *room = wanted;
    return larger;
}

static bool note_block(void *block, size_t header, size_t size)
{
    struct out_record *record = current;
    void *array;

    if (!record) return true; /* outside a call nothing is handed over */
    if (!(array = grown(record->blocks, record->block_count, &record->block_room, sizeof(*record->blocks)))) return false;
    record->blocks = array;
    record->blocks[record->block_count++] = (struct out_block){.block = block, .header = header, .size = size};
    return true;
}

static void note_slot(void *slot)
{
    struct out_record *record = current;
    const char *here = __builtin_frame_address(0);
    void *array;

    if (!record || ((const char *)slot >= here && (const char *)slot < record->frame)) return;
    if (!(array = grown(record->slots, record->slot_count, &record->slot_room, sizeof(*record->slots))))
    {
        *(void **)slot = NULL;
        record->failed = true;
        return;
    }
    record->slots = array;
    record->slots[record->slot_count++] = slot;
}

/* The block that ADDRESS lies in, or -1. The end of a block counts: of an empty one there is nothing else. */
static size_t find_block(const struct out_record *record, const void *address, bool end_counts)
{
    for (size_t i = 0; i < record->block_count; i++)
    {
        const char *start = bytes_of(&record->blocks[i]);
        uint64_t offset = (uint64_t)((const char *)address - start);

        if ((const char *)address >= start && (offset < record->blocks[i].size || (end_counts && offset == record->blocks[i].size))) return i;
    }
    return (size_t)-1;
}

static void forget_block(void *block)
{
    struct out_record *record = current;
    size_t at, kept = 0;

    if (!record || !block) return;
    for (at = 0; at < record->block_count && record->blocks[at].block != block; at++)
        ;
    if (at == record->block_count) return;
    for (size_t i = 0; i < record->slot_count; i++)
    {
        const char *slot = (const char *)record->slots[i], *start = bytes_of(&record->blocks[at]);

        if (slot < start || slot >= start + record->blocks[at].size) record->slots[kept++] = record->slots[i];
    }
    record->slot_count = kept;
    record->blocks[at] = record->blocks[--record->block_count];
}

void out_start(void)
{
    static const struct guise_out_hooks hooks = {.made = note_block, .pointer = note_slot, .freed = forget_block};

    guise_out_hooks = &hooks;
}

void out_begin(struct out_record *record)
{
    *record = (struct out_record){.frame = (const char *)record};
    current = record;
}

static void free_blocks(struct out_block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++) guise_free_secret(blocks[i].block, blocks[i].header + blocks[i].size);
}

/* What a slot holds by now, as a line of the list. false: no block of this call. */
static bool describe_slot(const struct out_record *record, void **slot, struct out_slot *line)
{
    size_t to = *slot ? find_block(record, *slot, true) : (size_t)-1, in = find_block(record, slot, false);

    if (to == (size_t)-1) return false;
    *line = (struct out_slot){.at = slot, .in = OUT_CALLER, .to = (uint32_t)to};
    line->to_offset = (uint64_t)((char *)*slot - (char *)bytes_of(&record->blocks[to]));
    if (in == (size_t)-1) return true;
    line->in = (uint32_t)in;
    line->offset = (uint64_t)((char *)slot - (char *)bytes_of(&record->blocks[in]));
    return true;
}

/* Blocks that no slot leads to, from the caller's memory on, are the library's own: only the others are handed over. */
static void keep_reached(const struct out_record *record, struct out_list *list, uint32_t *moved)
{
    uint32_t kept = 0;
    bool again;

    memset(moved, 0xff, record->block_count * sizeof(*moved));
    do
    {
        again = false;
        for (uint32_t i = 0; i < list->slot_count; i++)
        {
            const struct out_slot *slot = &list->slots[i];

            if (moved[slot->to] != UINT32_MAX || (slot->in != OUT_CALLER && moved[slot->in] == UINT32_MAX)) continue;
            moved[slot->to] = list->block_count;
            list->blocks[list->block_count++] = record->blocks[slot->to];
            again = true;
        }
    } while (again);
    for (uint32_t i = 0; i < list->slot_count; i++)
    {
        struct out_slot slot = list->slots[i];

        if (slot.in != OUT_CALLER && moved[slot.in] == UINT32_MAX) continue;
        slot.to = moved[slot.to];
        if (slot.in != OUT_CALLER) slot.in = moved[slot.in];
        list->slots[kept++] = slot;
    }
    list->slot_count = kept;
}

static struct out_list *make_list(struct out_record *record)
{
    struct out_list *list = guise_alloc(sizeof(*list) + record->block_count * sizeof(struct out_block) +
                                          record->slot_count * sizeof(struct out_slot) + record->block_count * sizeof(uint32_t));

    if (!list) return NULL;
    list->blocks = (struct out_block *)(list + 1);
    list->slots = (struct out_slot *)(list->blocks + record->block_count);
    for (size_t i = 0; i < record->slot_count; i++)
    {
        bool twice = false;

        for (size_t j = 0; j < i && !twice; j++) twice = record->slots[j] == record->slots[i];
        if (!twice && describe_slot(record, record->slots[i], &list->slots[list->slot_count])) list->slot_count++;
    }
    keep_reached(record, list, (uint32_t *)(list->slots + record->slot_count));
    return list;
}

/* The caller gets none of it, and is told. */
static struct out_list *give_up(struct out_record *record)
{
    static struct out_list failed = {.failed = 1};
    struct out_slot line;

    for (size_t i = 0; i < record->slot_count; i++)
    {
        if (!describe_slot(record, record->slots[i], &line) || line.in != OUT_CALLER) continue;
        *record->slots[i] = NULL;
        free_blocks(&record->blocks[line.to], 1);
        record->blocks[line.to] = record->blocks[--record->block_count];
    }
    return &failed;
}

struct out_list *out_end(struct out_record *record)
{
    struct out_list *list = NULL;

    current = NULL;
    if (record->failed) list = give_up(record);
    else if (record->block_count && record->slot_count && !(list = make_list(record))) list = give_up(record);
    guise_free(record->blocks);
    guise_free(record->slots);
    if (!list || list->failed || list->block_count) return list;
    guise_free(list);
    return NULL;
}

void out_release(struct out_list *list)
{
    if (!list || list->failed) return;
    free_blocks(list->blocks, list->block_count);
    guise_free(list);
}

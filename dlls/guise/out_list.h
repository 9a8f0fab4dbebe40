/*
 * What a call of the Unix half leaves to be moved to the process heap: blocks that the caller frees, and where pointers to them stand.
 * secur32's PE half copies each block to the heap, writes the pointers anew and gives the list back (CALL_release).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_OUT_LIST_H
#define GUISE_DLLS_GUISE_OUT_LIST_H

#include <stdint.h>

#define OUT_CALLER 0xffffffffu /* a slot in memory of the caller's */

struct out_block
{
    void *block;       /* of the Unix half: the header that stays there, and behind it the bytes that are the caller's */
    uint64_t header, size;
    void *copy;        /* for the PE half */
};
_Static_assert(sizeof(struct out_block) == 32, "one layout for both compilers");

struct out_slot
{
    void **at;         /* in memory of the caller's; else where it stands in the block IN */
    uint64_t offset;
    uint64_t to_offset; /* what it points to: in the block TO */
    uint32_t in, to;
};
_Static_assert(sizeof(struct out_slot) == 32, "one layout for both compilers");

struct out_list
{
    struct out_block *blocks;
    struct out_slot *slots;
    uint32_t block_count, slot_count;
    uint32_t failed, pad; /* no memory to note it all: the slots of the caller's are NULL already */
};
_Static_assert(sizeof(struct out_list) == 32, "one layout for both compilers");

#endif

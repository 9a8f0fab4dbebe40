/*
 * Memory that the caller frees, recorded while a call runs: out.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_UNIX_OUT_H
#define GUISE_DLLS_GUISE_UNIX_OUT_H

#include "dlls/guise/out_list.h"
#include "ntoskrnl/out.h"

/* What one call made: on the stack of its thunk. */
struct out_record
{
    struct out_block *blocks;
    void ***slots;
    size_t block_count, block_room, slot_count, slot_room;
    const char *frame; /* slots between it and the end of the stack are of routines that have returned */
    bool failed;
};

/* Before the first call. */
void out_start(void);

/*
 * From out_begin() to out_end() the thread's out_blocks and out_ptrs are recorded. What that gives goes to the PE half, which owes
 * out_release(); NULL: nothing; its failed is set: no memory, and the caller's slots are NULL.
 */
void out_begin(struct out_record *record);
struct out_list *out_end(struct out_record *record);

/* Wipes and frees the blocks of a list and the list. */
void out_release(struct out_list *list);

#endif

/*
 * For the generated thunks of the Unix half, and what records the memory that they leave to the caller (out.c).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_UNIX_THUNKS_H
#define GUISE_DLLS_GUISE_UNIX_THUNKS_H

#include <secext.h>
#include <sspi.h>
#include <ntsecapi.h>
#include <winbase.h>

#include "dlls/guise/out_list.h"
#include "dlls/guise/unix/secur32_blocks.h"
#include "dlls/guise/unix/unix.h"

/* What one call made: on the stack of its thunk. */
struct out_record
{
    struct out_block *blocks;
    void ***slots;
    size_t block_count, block_room, slot_count, slot_room;
    const char *frame; /* slots between it and the end of the stack are of routines that have returned */
    bool failed;
};

/* From out_begin() to out_end() the thread's out_blocks and out_ptrs are recorded. What that gives goes to the PE half; NULL: nothing. */
void out_begin(struct out_record *record);
struct out_list *out_end(struct out_record *record);

/* Before the first call. */
void out_start(void);

#endif

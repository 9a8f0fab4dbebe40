/*
 * What crosses between the PE modules and the Unix half: one call, one parameter block.
 *
 * Both compilers read this file, so a block has members of fixed size and pointers only, and its size is asserted. The calls of
 * secur32.spec are generated behind these (tools/makespec --calls).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_CALLS_H
#define GUISE_DLLS_GUISE_CALLS_H

#include <stdint.h>

#define GUISE_COMPANION_VERSION 1

/* CALL(name): the routine call_NAME() of the Unix half, whose block is struct NAME_block. In the order of their numbers. */
#define GUISE_CALLS(CALL) \
    CALL(start)

enum guise_call
{
#define CALL(name) CALL_##name,
    GUISE_CALLS(CALL)
#undef CALL
    CALL_COUNT
};

/* The first call of a process: whether the halves belong together, and whether this Wine is one whose inside is known. */
struct start_block
{
    uint32_t version;         /* in: GUISE_COMPANION_VERSION of the PE half */
    uint32_t can_impersonate; /* out: no if the text says why not */
    char wine_version[32];    /* in */
    char why[256];            /* out: one line for the operator, "" if there is nothing to say */
};
_Static_assert(sizeof(struct start_block) == 296, "one layout for both compilers");

#endif

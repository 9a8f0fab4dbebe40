/*
 * guise.so: the Unix half of guise.dll, which puts the core behind the PE modules.
 *
 * Wine's ntdll.so and libntoskrnl have routines of the same names with another ABI, so this library is never linked with the
 * former: what it needs of it is looked up by name.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <string.h>

#include "dlls/guise/unix/thunks.h"
#include "dlls/secur32/front.h"

NTSTATUS call_start(void *parameters)
{
    struct start_block *block = parameters;

    if (block->version != GUISE_COMPANION_VERSION) return STATUS_REVISION_MISMATCH;
    out_start();
    block->wine_version[sizeof(block->wine_version) - 1] = 0;
    block->can_impersonate = wine_find(block->wine_version, block->why, sizeof(block->why));
    if (block->can_impersonate && !wine_find_pthread(block->teb))
        snprintf(block->why, sizeof(block->why), "threads of this Wine are not known: none can be made to impersonate by another");
    return STATUS_SUCCESS;
}

NTSTATUS call_thunks(void *parameters)
{
    ((struct thunks_block *)parameters)->mark = THUNKS_MARK;
    return STATUS_SUCCESS;
}

NTSTATUS call_release(void *parameters)
{
    out_release(((struct release_block *)parameters)->list);
    return STATUS_SUCCESS;
}

NTSTATUS call_check_revert(void *parameters)
{
    struct check_revert_block *block = parameters;

    block->result = guise_check_revert(block->context);
    return STATUS_SUCCESS;
}

#define THUNK(name) NTSTATUS thunk_##name(void *block);
THUNKS(THUNK)
#undef THUNK

/* What Wine calls by number. */
extern NTSTATUS (*const __wine_unix_call_funcs[])(void *);
NTSTATUS (*const __wine_unix_call_funcs[])(void *) = {
#define CALL(name) call_##name,
    GUISE_CALLS(CALL)
#undef CALL
#define THUNK(name) thunk_##name,
    THUNKS(THUNK)
#undef THUNK
};

/*
 * Changing what a token holds and has enabled (se/adjust.c), for NtAdjustPrivilegesToken and NtAdjustGroupsToken.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_TOKEN_ADJUST_H
#define GUISE_NTOSKRNL_SE_TOKEN_ADJUST_H

#include "ntoskrnl/se/token.h"

struct token_state
{
    privilege_set privileges, enabled;
    uint64_t *groups; /* as token.groups_enabled; guise_free */
};

/*
 * Makes STATE, which is the token's, into what REQUEST wants, and says what was. STATUS_SUCCESS and STATUS_NOT_ALL_ASSIGNED:
 * the token is to have it; anything else: nothing is to change.
 */
typedef NTSTATUS token_change(const struct token *token, struct token_state *state, const void *request);

/*
 * Changes the token as CHANGE says; nobody else adjusts it meanwhile. Threads that carry the token carry the change when
 * this returns; if one of them cannot, nothing has changed. The status of CHANGE; STATUS_ACCESS_DENIED: the kernel
 * refused, or ids cannot express it. STATUS_NO_MEMORY.
 */
NTSTATUS token_adjust(struct token *token, token_change *change, const void *request);

#endif

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

/* The caller holds token.adjusting, and goes on holding it until what it read has been adjusted. STATUS_NO_MEMORY. */
NTSTATUS token_state_read(const struct token *token, struct token_state *state);
void token_state_free(struct token_state *state);

/*
 * Gives the token STATE, which it overwrites. Threads that carry the token carry the change when this returns; if one of
 * them cannot, nothing has changed. STATUS_ACCESS_DENIED: the kernel refused, or ids cannot express it. STATUS_NO_MEMORY.
 */
NTSTATUS token_adjust(struct token *token, struct token_state *state);

#endif

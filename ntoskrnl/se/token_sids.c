/*
 * What a token's SIDs count for, and how tokens are found and locked.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/se/token.h"

NTSTATUS token_from_handle(HANDLE handle, ACCESS_MASK access, struct token **token, ACCESS_MASK *granted)
{
    PVOID body;
    NTSTATUS status = handle_reference(handle, access, &token_type, &body, granted);

    *token = status ? NULL : body;
    return status;
}

static bool entry_counts(const struct token *token, ULONG index, bool denying)
{
    if (token->identity->sids[index].attributes & SE_GROUP_USE_FOR_DENY_ONLY) return denying;
    return !index || token_group_enabled(token, index);
}

/* The first place in ORDER whose SID is not before SID. */
static ULONG find_place(const struct token_sid *sids, const ULONG *order, ULONG count, const SID *sid)
{
    ULONG low = 0, high = count;

    while (low < high)
    {
        ULONG middle = low + (high - low) / 2;

        if (sid_compare(sids[order[middle]].sid, sid) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool token_has_sid(const struct token *token, const SID *sid, bool denying)
{
    const struct token_identity *identity = token->identity;
    const ULONG *order = identity->order;
    ULONG place = find_place(identity->sids, order, identity->sid_count, sid);

    for (; place < identity->sid_count && sid_equal(identity->sids[order[place]].sid, sid); place++)
        if (entry_counts(token, order[place], denying)) return true;
    return false;
}

bool token_has_deny_only_sid(const struct token *token, const SID *sid)
{
    const struct token_identity *identity = token->identity;
    const ULONG *order = identity->order;
    ULONG place = find_place(identity->sids, order, identity->sid_count, sid);

    for (; place < identity->sid_count && sid_equal(identity->sids[order[place]].sid, sid); place++)
        if (identity->sids[order[place]].attributes & SE_GROUP_USE_FOR_DENY_ONLY) return true;
    return false;
}

bool token_has_restricting_sid(const struct token *token, const SID *sid)
{
    const struct token_identity *identity = token->identity;
    const ULONG *order = identity->restricted_order;
    ULONG place = find_place(identity->restricted, order, identity->restricted_count, sid);

    return place < identity->restricted_count && sid_equal(identity->restricted[order[place]].sid, sid);
}

struct object_security *token_default_security(struct token *token)
{
    struct object_security *security;

    token_lock_shared(token);
    security = object_security_reference(token->default_security);
    token_unlock(token);
    return security;
}

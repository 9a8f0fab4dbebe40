/*
 * NtCompareTokens: whether two tokens mean the same to every access check (2.5).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/se/token.h"

/* How many entries of the sorted run from FIRST on, which all have one SID, have these attributes. */
static ULONG count_in_run(const struct token *token, ULONG first, ULONG end, ULONG attributes)
{
    ULONG i, count = 0;

    for (i = first; i < end; i++) count += token_sid_attributes(token, token->identity->order[i]) == attributes;
    return count;
}

static const SID *sorted_sid(const struct token *token, ULONG place)
{
    return token->identity->sids[token->identity->order[place]].sid;
}

/* As multisets of SIDs with their attributes. */
static bool same_sids(const struct token *a, const struct token *b)
{
    ULONG first, end, i, attributes, count = a->identity->sid_count;

    if (count != b->identity->sid_count) return false;
    for (first = 0; first < count; first = end)
    {
        for (end = first; end < count && sid_equal(sorted_sid(a, end), sorted_sid(a, first)); end++)
            if (!sid_equal(sorted_sid(b, end), sorted_sid(a, first))) return false;
        for (i = first; i < end; i++)
        {
            attributes = token_sid_attributes(a, a->identity->order[i]);
            if (count_in_run(a, first, end, attributes) != count_in_run(b, first, end, attributes)) return false;
        }
    }
    return true;
}

static bool same_restriction(const struct token_identity *a, const struct token_identity *b)
{
    ULONG i;

    if (a->is_restricted != b->is_restricted || a->write_restricted != b->write_restricted) return false;
    if (a->restricted_count != b->restricted_count) return false;
    for (i = 0; i < a->restricted_count; i++)
        if (!sid_equal(a->restricted[a->restricted_order[i]].sid, b->restricted[b->restricted_order[i]].sid))
            return false;
    return true;
}

static bool same_privileges(const struct token *a, const struct token *b)
{
    return a->privileges == b->privileges && a->enabled == b->enabled &&
           (a->identity->privileges_default & a->privileges) == (b->identity->privileges_default & b->privileges);
}

bool token_equal(struct token *a, struct token *b)
{
    bool equal;

    if (a == b) return true;
    tokens_lock_shared(a, b);
    equal = sid_equal(token_user(a), token_user(b)) && same_sids(a, b) && same_restriction(a->identity, b->identity) &&
            same_privileges(a, b);
    tokens_unlock(a, b);
    return equal;
}

/***********************************************************************
 *           NtCompareTokens (NTOSKRNL.@)
 *
 * Both handles need TOKEN_QUERY. EQUAL: same SIDs, restricting SIDs and privileges, each with the same attributes; type,
 * level and ids do not count (K2.5.1). STATUS_ACCESS_VIOLATION: EQUAL is NULL; those of the handles.
 */
NTSTATUS NtCompareTokens(HANDLE first, HANDLE second, PBOOLEAN equal)
{
    struct token *a, *b;
    NTSTATUS status;

    if (!equal) return STATUS_ACCESS_VIOLATION;
    if ((status = token_from_handle(first, TOKEN_QUERY, &a, NULL))) return status;
    if (!(status = token_from_handle(second, TOKEN_QUERY, &b, NULL)))
    {
        *equal = token_equal(a, b);
        token_release(b);
    }
    token_release(a);
    return status;
}

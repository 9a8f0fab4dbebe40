/*
 * NtAdjustGroupsToken (K2.4.1, K2.4.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/se/token_adjust.h"
#include "ntoskrnl/se/token_capture.h"

/* What a caller asks for. */
struct request
{
    bool reset;
    struct captured_sids wanted;
    ULONG length; /* of previous */
    TOKEN_GROUPS *previous;
    ULONG *returned;
};

static bool enabled_in(const struct token_state *state, ULONG index)
{
    return state->groups[index / 64] >> (index % 64) & 1;
}

static void set_in(struct token_state *state, ULONG index, bool enabled)
{
    uint64_t bit = UINT64_C(1) << (index % 64);

    if (enabled)
        state->groups[index / 64] |= bit;
    else
        state->groups[index / 64] &= ~bit;
}

/* ---- what is to become of the groups ------------------------------------------------------------------------------ */

static void apply_defaults(const struct token *token, struct token_state *state)
{
    const struct token_identity *identity = token->identity;
    ULONG i;

    for (i = 1; i < identity->sid_count; i++)
        set_in(state, i, identity->sids[i].attributes & SE_GROUP_ENABLED_BY_DEFAULT);
}

/* Group INDEX; the user (0) is as good as mandatory (K2.4.2). */
static NTSTATUS apply_to(const struct token *token, struct token_state *state, ULONG index, bool enable)
{
    ULONG attributes = token->identity->sids[index].attributes;

    if (!enable && (!index || attributes & SE_GROUP_MANDATORY)) return STATUS_CANT_DISABLE_MANDATORY;
    if (enable && attributes & SE_GROUP_USE_FOR_DENY_ONLY) return STATUS_CANT_ENABLE_DENY_ONLY;
    if (index) set_in(state, index, enable);
    return STATUS_SUCCESS;
}

/* All groups of that SID; a SID that the token does not have is passed over. */
static NTSTATUS apply_entry(const struct token *token, struct token_state *state, const struct token_sid *entry)
{
    const struct token_identity *identity = token->identity;
    NTSTATUS status = STATUS_SUCCESS;
    bool found = false;
    ULONG i;

    for (i = 0; i < identity->sid_count && !status; i++)
    {
        if (!sid_equal(identity->sids[i].sid, entry->sid)) continue;
        found = true;
        status = apply_to(token, state, i, entry->attributes & SE_GROUP_ENABLED);
    }
    return found ? status : STATUS_NOT_ALL_ASSIGNED;
}

static NTSTATUS apply(const struct token *token, struct token_state *state, const struct request *request)
{
    NTSTATUS status, assigned = STATUS_SUCCESS;
    ULONG i;

    if (request->reset) apply_defaults(token, state);
    for (i = 0; i < request->wanted.count && !request->reset; i++)
    {
        status = apply_entry(token, state, &request->wanted.entries[i]);
        if (status && status != STATUS_NOT_ALL_ASSIGNED) return status;
        if (status) assigned = status;
    }
    return assigned;
}

/* ---- what they were ------------------------------------------------------------------------------------------------ */

static bool changed(const struct token *token, const struct token_state *state, ULONG index)
{
    return enabled_in(state, index) != token_group_enabled(token, index);
}

static size_t previous_size(const struct token *token, const struct token_state *state, ULONG *count)
{
    size_t size = offsetof(TOKEN_GROUPS, Groups);
    ULONG i;

    *count = 0;
    for (i = 1; i < token->identity->sid_count; i++)
    {
        if (!changed(token, state, i)) continue;
        size += sizeof(SID_AND_ATTRIBUTES) + sid_length(token->identity->sids[i].sid);
        ++*count;
    }
    return size;
}

/* The changed ones as they are; the SIDs lie behind the array. */
static void write_previous(const struct token *token, const struct token_state *state, ULONG count,
                           TOKEN_GROUPS *previous)
{
    UCHAR *entry = (UCHAR *)previous + offsetof(TOKEN_GROUPS, Groups);
    UCHAR *room = entry + count * sizeof(SID_AND_ATTRIBUTES);
    ULONG i;

    memcpy(previous, &count, sizeof(count));
    for (i = 1; i < token->identity->sid_count; i++)
    {
        const SID *sid = token->identity->sids[i].sid;
        const SID_AND_ATTRIBUTES was = {.Sid = room, .Attributes = token_sid_attributes(token, i)};

        if (!changed(token, state, i)) continue;
        memcpy(entry, &was, sizeof(was));
        memcpy(room, sid, sid_length(sid));
        entry += sizeof(was);
        room += sid_length(sid);
    }
}

/* ---- the service ----------------------------------------------------------------------------------------------------- */

static NTSTATUS change(const struct token *token, struct token_state *state, const void *asked)
{
    const struct request *request = asked;
    NTSTATUS assigned = apply(token, state, request);
    ULONG count;

    if ((assigned && assigned != STATUS_NOT_ALL_ASSIGNED) || !request->previous) return assigned;
    *request->returned = (ULONG)previous_size(token, state, &count);
    if (request->length < *request->returned) return STATUS_BUFFER_TOO_SMALL;
    write_previous(token, state, count, request->previous);
    return assigned;
}

/***********************************************************************
 *           NtAdjustGroupsToken (NTOSKRNL.@)
 *
 * Enables and disables the groups of WANTED, or with RESET gives all their default state (K2.4.1). The handle needs
 * TOKEN_ADJUST_GROUPS, and TOKEN_QUERY if PREVIOUS, which receives the changed ones as they were, is not NULL.
 * STATUS_NOT_ALL_ASSIGNED, a success: some are not in the token. Nothing has changed with any other status:
 * STATUS_CANT_DISABLE_MANDATORY, also for the user; STATUS_CANT_ENABLE_DENY_ONLY; STATUS_BUFFER_TOO_SMALL: RETURNED is what
 * is needed; STATUS_ACCESS_DENIED: no such right, or a thread that carries the token could not be made to carry the
 * change; STATUS_INVALID_PARAMETER; STATUS_INVALID_SID; STATUS_ACCESS_VIOLATION; STATUS_DATATYPE_MISALIGNMENT;
 * STATUS_NO_MEMORY.
 */
NTSTATUS NtAdjustGroupsToken(HANDLE handle, BOOLEAN reset, PTOKEN_GROUPS wanted, ULONG length, PTOKEN_GROUPS previous,
                             PULONG returned)
{
    struct request request = {.reset = reset, .length = length, .previous = previous, .returned = returned};
    ACCESS_MASK access = TOKEN_ADJUST_GROUPS | (previous ? TOKEN_QUERY : 0);
    struct token *token;
    NTSTATUS status;

    if ((status = token_from_handle(handle, access, &token, NULL))) return status;
    if (!reset && !wanted)
        status = STATUS_INVALID_PARAMETER;
    else if (previous && !returned)
        status = STATUS_ACCESS_VIOLATION;
    else if ((uintptr_t)previous % sizeof(ULONG))
        status = STATUS_DATATYPE_MISALIGNMENT;
    else if (!(status = capture_sids(reset ? NULL : wanted, &request.wanted)))
        status = token_adjust(token, change, &request);
    guise_free(request.wanted.entries);
    token_release(token);
    return status;
}

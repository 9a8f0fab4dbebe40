/*
 * NtAdjustPrivilegesToken (2.3).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/se/token_adjust.h"
#include "ntoskrnl/se/token_capture.h"

/* What a caller asks for. */
struct request
{
    bool disable_all;
    struct captured_privileges wanted;
    ULONG length; /* of previous */
    TOKEN_PRIVILEGES *previous;
    ULONG *returned;
};

/* One entry: a privilege that the token does not hold is passed over. */
static NTSTATUS apply_entry(struct token_state *state, const LUID_AND_ATTRIBUTES *entry)
{
    ULONG privilege = privilege_number(entry->Luid);
    privilege_set bit = PRIVILEGE_BIT(privilege);

    if (!privilege || !(state->privileges & bit)) return STATUS_NOT_ALL_ASSIGNED;
    if (entry->Attributes & SE_PRIVILEGE_REMOVED) state->privileges &= ~bit;
    if (entry->Attributes & SE_PRIVILEGE_ENABLED)
        state->enabled |= bit;
    else
        state->enabled &= ~bit;
    state->enabled &= state->privileges;
    return STATUS_SUCCESS;
}

static NTSTATUS apply(struct token_state *state, const struct request *request)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    if (request->disable_all) state->enabled = 0;
    for (i = 0; i < request->wanted.count && !request->disable_all; i++)
        if (apply_entry(state, &request->wanted.entries[i])) status = STATUS_NOT_ALL_ASSIGNED;
    return status;
}

static ULONG attributes_of(const struct token *token, ULONG privilege)
{
    ULONG attributes = 0;

    if (token->identity->privileges_default & PRIVILEGE_BIT(privilege)) attributes |= SE_PRIVILEGE_ENABLED_BY_DEFAULT;
    if (token->enabled & PRIVILEGE_BIT(privilege)) attributes |= SE_PRIVILEGE_ENABLED;
    return attributes;
}

static ULONG previous_size(ULONG count)
{
    return (ULONG)(offsetof(TOKEN_PRIVILEGES, Privileges) + count * sizeof(LUID_AND_ATTRIBUTES));
}

/* The CHANGED ones as they are, to be given back later. */
static void write_previous(const struct token *token, privilege_set changed, TOKEN_PRIVILEGES *previous)
{
    UCHAR *place = (UCHAR *)previous + offsetof(TOKEN_PRIVILEGES, Privileges);
    ULONG privilege, count = (ULONG)__builtin_popcountll(changed);

    memcpy(previous, &count, sizeof(count));
    for (privilege = SE_MIN_WELL_KNOWN_PRIVILEGE; privilege <= SE_MAX_WELL_KNOWN_PRIVILEGE; privilege++)
    {
        const LUID_AND_ATTRIBUTES entry = {{privilege, 0}, attributes_of(token, privilege)};

        if (!(changed & PRIVILEGE_BIT(privilege))) continue;
        memcpy(place, &entry, sizeof(entry));
        place += sizeof(entry);
    }
}

static NTSTATUS change(const struct token *token, struct token_state *state, const void *asked)
{
    const struct request *request = asked;
    NTSTATUS assigned = apply(state, request);
    privilege_set changed = (token->privileges ^ state->privileges) | (token->enabled ^ state->enabled);

    if (!request->previous) return assigned;
    *request->returned = previous_size((ULONG)__builtin_popcountll(changed));
    if (request->length < *request->returned) return STATUS_BUFFER_TOO_SMALL;
    write_previous(token, changed, request->previous);
    return assigned;
}

/***********************************************************************
 *           NtAdjustPrivilegesToken (NTOSKRNL.@)
 *
 * Enables, disables or (SE_PRIVILEGE_REMOVED) gives up privileges: those of WANTED, or disables all. The handle needs
 * TOKEN_ADJUST_PRIVILEGES, and TOKEN_QUERY if PREVIOUS, which receives the changed ones as they were, is not NULL.
 * STATUS_NOT_ALL_ASSIGNED, a success: some are not held. STATUS_BUFFER_TOO_SMALL: nothing was done, RETURNED is what is
 * needed. STATUS_ACCESS_DENIED: no such right, or a thread that carries the token could not be made to carry the change,
 * and nothing has changed. STATUS_INVALID_PARAMETER; STATUS_ACCESS_VIOLATION; STATUS_DATATYPE_MISALIGNMENT; STATUS_NO_MEMORY.
 */
NTSTATUS NtAdjustPrivilegesToken(HANDLE handle, BOOLEAN disable_all, PTOKEN_PRIVILEGES wanted, ULONG length,
                                 PTOKEN_PRIVILEGES previous, PULONG returned)
{
    struct request request = {
        .disable_all = disable_all, .length = length, .previous = previous, .returned = returned};
    ACCESS_MASK access = TOKEN_ADJUST_PRIVILEGES | (previous ? TOKEN_QUERY : 0);
    struct token *token;
    NTSTATUS status;

    if (!disable_all && !wanted) return STATUS_INVALID_PARAMETER;
    if (previous && !returned) return STATUS_ACCESS_VIOLATION;
    if ((uintptr_t)previous % sizeof(ULONG)) return STATUS_DATATYPE_MISALIGNMENT;
    if ((status = capture_privileges(disable_all ? NULL : wanted, &request.wanted))) return status;
    if (!(status = token_from_handle(handle, access, &token, NULL)))
    {
        status = token_adjust(token, change, &request);
        token_release(token);
    }
    guise_free(request.wanted.entries);
    return status;
}

/*
 * TokenAccessInformation: a token as SeAccessCheckFromState takes it (kernel facts 3.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/se/token_info.h"

static const struct sid_constant sid_nobody = {.sid = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 0}}, {0}}};

/* One bit per entry, for the first of them, by either half of the last byte of its SID. */
static void add_to_hash(SID_AND_ATTRIBUTES_HASH *hash, const SID *sid, ULONG index)
{
    UCHAR last = ((const UCHAR *)sid)[sid_length(sid) - 1];

    if (index >= 8 * sizeof(SID_HASH_ENTRY)) return;
    hash->Hash[last & 0xf] |= (SID_HASH_ENTRY)1 << index;
    hash->Hash[16 + (last >> 4)] |= (SID_HASH_ENTRY)1 << index;
}

/* A list with its hash, COUNT entries; where the entries are to be written is *ENTRIES. */
static PSID_AND_ATTRIBUTES_HASH begin_list(struct info_writer *writer, ULONG count, SID_AND_ATTRIBUTES_HASH **hash,
                                           SID_AND_ATTRIBUTES **entries)
{
    PSID_AND_ATTRIBUTES_HASH address = info_next_address(writer);
    PSID_AND_ATTRIBUTES first;

    *hash = info_reserve(writer, sizeof(**hash));
    first = info_next_address(writer);
    *entries = info_reserve(writer, count * sizeof(**entries));
    if (*hash) **hash = (SID_AND_ATTRIBUTES_HASH){.SidCount = count, .SidAttr = first};
    return address;
}

struct list
{
    SID_AND_ATTRIBUTES_HASH *hash;
    SID_AND_ATTRIBUTES *entries;
};

/* The SIDs behind all arrays, which need more alignment. */
static void finish_list(struct info_writer *writer, struct list *list, const struct token *token,
                        const struct token_sid *sids, ULONG count)
{
    ULONG i;

    if (token)
        info_append_token_sids(writer, token, 0, count, list->entries);
    else
        info_append_sids(writer, sids, count, list->entries);
    for (i = 0; list->hash && i < count; i++) add_to_hash(list->hash, sids[i].sid, i);
}

/* The level is an entry behind the groups (winnt.h, SE_GROUP_INTEGRITY). */
static void finish_groups(struct info_writer *writer, struct list *list, const struct token *token)
{
    const struct token_identity *identity = token->identity;
    const ULONG rid = token_integrity(token);
    struct token_sid label;
    SID sid;

    sid_make(&sid, 16, 1, &rid);
    label = (struct token_sid){&sid, SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED};
    finish_list(writer, list, token, identity->sids, identity->sid_count);
    info_append_sids(writer, &label, 1, list->entries ? list->entries + identity->sid_count : NULL);
    if (list->hash) add_to_hash(list->hash, &sid, identity->sid_count);
}

void token_write_snapshot(struct token *token, struct info_writer *writer)
{
    const struct token_identity *identity = token->identity;
    /* A token whose restricting SIDs have no one in common stays restricted: by nobody. */
    const struct token_sid nobody = {&sid_nobody.sid, SE_GROUP_MANDATORY | SE_GROUP_ENABLED};
    const bool by_nobody = identity->is_restricted && !identity->restricted_count;
    const struct token_sid *restricting = by_nobody ? &nobody : identity->restricted;
    const ULONG restricting_count = by_nobody ? 1 : identity->restricted_count;
    TOKEN_ACCESS_INFORMATION *answer = info_reserve(writer, sizeof(*answer));
    TOKEN_ACCESS_INFORMATION value = {
        .AuthenticationId = token_authentication_id(token),
        .TokenType = token->type,
        .ImpersonationLevel = token->level,
        .MandatoryPolicy = {token_mandatory_policy(token)},
    };
    struct list groups, restricted, capabilities;

    value.SidHash = begin_list(writer, identity->sid_count + 1, &groups.hash, &groups.entries);
    value.RestrictedSidHash = begin_list(writer, restricting_count, &restricted.hash, &restricted.entries);
    value.CapabilitiesHash = begin_list(writer, 0, &capabilities.hash, &capabilities.entries);
    finish_groups(writer, &groups, token);
    finish_list(writer, &restricted, NULL, restricting, restricting_count);
    value.Privileges = info_next_address(writer);
    info_append_ulong(writer, (ULONG)__builtin_popcountll(token->privileges));
    info_append_privileges(writer, token);
    if (answer) *answer = value;
}

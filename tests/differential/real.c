/*
 * Asks the core's evaluator. SIDs are found in both ways it has: one by one, and through the index and the bits that
 * tokens carry.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/differential/real.h"

#include <string.h>

#include "ntoskrnl/se/access.h"
#include "ntoskrnl/se/sid_index.h"

#define INDEX_ROOM 1024

struct subject
{
    struct access_subject subject;
    struct token_sid groups[MAX_GROUPS], restricting[MAX_RESTRICTING];
    _Atomic uint64_t enabled;
    _Alignas(8) UCHAR index[INDEX_ROOM], restricting_index[INDEX_ROOM];
};

static void fill_sids(const struct triple *triple, struct subject *s)
{
    size_t i;

    for (i = 0; i < triple->group_count; i++)
        s->groups[i] = (struct token_sid){(const SID *)sid_at(triple->groups[i].sid), triple->groups[i].attributes};
    for (i = 0; i < triple->restricting_count; i++)
        s->restricting[i] = (struct token_sid){(const SID *)sid_at(triple->restricting[i]),
                                               SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED};
    s->subject = (struct access_subject){.is_restricted = triple->restricting_count != 0,
                                         .groups = {.sids = s->groups, .count = triple->group_count},
                                         .restricting = {.sids = s->restricting, .count = triple->restricting_count},
                                         .write_restricted = triple->write_restricted,
                                         .privileges = triple->privileges,
                                         .integrity = triple->integrity,
                                         .mandatory_policy = triple->policy};
}

static const struct sid_index *make_index(UCHAR *room, const struct token_sid *sids, ULONG count)
{
    struct sid_index *index = (struct sid_index *)room;

    if (sid_index_size(count) > INDEX_ROOM) return NULL;
    memset(room, 0, sid_index_size(count));
    sid_index_build(index, sids, count);
    return index;
}

/* As a token has them; what the entries themselves say about being enabled is then of no account. */
static void add_index(struct subject *s)
{
    struct access_sids *groups = &s->subject.groups;
    uint64_t enabled = 0;
    ULONG i;

    for (i = 0; i < groups->count; i++)
    {
        if (s->groups[i].attributes & SE_GROUP_ENABLED) enabled |= UINT64_C(1) << i;
        s->groups[i].attributes ^= i && !(s->groups[i].attributes & SE_GROUP_USE_FOR_DENY_ONLY) ? SE_GROUP_ENABLED : 0;
    }
    atomic_store(&s->enabled, enabled);
    groups->enabled = &s->enabled;
    groups->index = make_index(s->index, s->groups, groups->count);
    if (s->subject.restricting.count)
        s->subject.restricting.index = make_index(s->restricting_index, s->restricting, s->subject.restricting.count);
}

static void set_verdict(struct naive_verdict *verdict, NTSTATUS status, const struct access_result *result)
{
    verdict->status = status ? status : result->status;
    verdict->granted = status ? 0 : result->granted;
}

void real_access_check(const struct triple *triple, const struct naive_form *form, struct naive_answer *answer)
{
    static _Thread_local struct subject subject;
    OBJECT_TYPE_LIST objects[MAX_NODES];
    struct access_result results[MAX_NODES];
    GENERIC_MAPPING mapping = {triple->mapping.read, triple->mapping.write, triple->mapping.execute,
                               triple->mapping.all};
    struct access_request request = {.subject = &subject.subject,
                                     .self = triple->self == SID_NONE ? NULL : (const SID *)sid_at(triple->self),
                                     .objects = triple->node_count ? objects : NULL,
                                     .object_count = triple->node_count,
                                     .desired = triple->desired,
                                     .previous = triple->previous,
                                     .mapping = &mapping,
                                     .mode = UserMode};
    privilege_set used = 0;
    struct sd security;
    NTSTATUS status;
    size_t i;

    memset(answer, 0, sizeof(*answer));
    for (i = 0; i < triple->node_count; i++)
    {
        objects[i].Level = triple->nodes[i].level;
        objects[i].Sbz = 0;
        objects[i].ObjectType = (GUID *)guid_at(triple->nodes[i].guid);
    }
    fill_sids(triple, &subject);
    status = sd_read_bytes(form->descriptor, form->request.length, &security);
    if (!status) status = access_evaluate(&security, &request, results, &used);
    set_verdict(&answer->whole, status, &results[0]);
    answer->security_used = used & PRIVILEGE_BIT(SE_SECURITY_PRIVILEGE);
    answer->take_ownership_used = used & PRIVILEGE_BIT(SE_TAKE_OWNERSHIP_PRIVILEGE);

    add_index(&subject);
    request.each = triple->node_count != 0;
    if (!status) status = access_evaluate(&security, &request, results, NULL);
    for (i = 0; i < (triple->node_count ? triple->node_count : 1); i++)
        set_verdict(&answer->nodes[i], status, &results[i]);
}

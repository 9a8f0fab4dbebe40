/*
 * The life of a token: building identities and tokens, and destroying them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/rtl/check.h"
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/sid_index.h"
#include "ntoskrnl/se/token_layout.h"

#define NEVER              INT64_MAX /* expiration: tokens do not expire by themselves */
#define MIN_DYNAMIC_CHARGE 500       /* K2.1.1 */

static void token_destroy(PVOID body);

static struct object_security *token_security(PVOID body)
{
    return object_security_reference(((struct token *)body)->security);
}

const struct _OBJECT_TYPE token_type = {
    .name = "Token",
    .mapping = {.GenericRead = TOKEN_READ,
                .GenericWrite = TOKEN_WRITE,
                .GenericExecute = TOKEN_EXECUTE,
                .GenericAll = TOKEN_ALL_ACCESS},
    .security = token_security,
    .destroy = token_destroy,
};

/* SeTokenObjectType (NTOSKRNL.@): the type of token objects, as drivers pass it to the Ob routines. */
static POBJECT_TYPE token_type_pointer = (POBJECT_TYPE)&token_type;
POBJECT_TYPE *SeTokenObjectType = &token_type_pointer;

/* ---- identities -------------------------------------------------------------------------------------------------- */

struct token_identity *identity_reference(struct token_identity *identity)
{
    unsigned int before = atomic_fetch_add_explicit(&identity->references, 1, memory_order_relaxed);

    GUISE_CHECK(before > 0);
    return identity;
}

void identity_release(struct token_identity *identity)
{
    unsigned int before;

    if (!identity) return;
    before = atomic_fetch_sub_explicit(&identity->references, 1, memory_order_acq_rel);
    GUISE_CHECK(before > 0);
    if (before != 1) return;

    logon_session_release(identity->session);
    credential_release(identity->account);
    guise_free(identity);
}

static int compare_indices(const void *a, const void *b, void *sids)
{
    const struct token_sid *entries = sids;

    return sid_compare(entries[*(const ULONG *)a].sid, entries[*(const ULONG *)b].sid);
}

static size_t sids_size(const struct token_sid *sids, ULONG count)
{
    size_t size = 0;
    ULONG i;

    for (i = 0; i < count; i++) size += sid_length(sids[i].sid);
    return size;
}

/* Copies entries to TARGET and their SIDs to *ROOM, which moves on. */
static void copy_sids(struct token_sid *target, const struct token_sid *source, ULONG count, UCHAR **room)
{
    ULONG i;

    for (i = 0; i < count; i++)
    {
        size_t length = sid_length(source[i].sid);

        memcpy(*room, source[i].sid, length);
        target[i] = (struct token_sid){.sid = (const SID *)*room, .attributes = source[i].attributes};
        *room += length;
    }
}

/* The indices of COUNT entries in ascending order of their SIDs. */
static void sort_sids(ULONG *order, const struct token_sid *sids, ULONG count)
{
    ULONG i;

    for (i = 0; i < count; i++) order[i] = i;
    qsort_r(order, count, sizeof(*order), compare_indices, (void *)sids);
}

static const struct sid_index *make_index(UCHAR *room, const struct token_sid *sids, ULONG count)
{
    struct sid_index *index = (struct sid_index *)room;

    sid_index_build(index, sids, count);
    return index;
}

static ULONG find_logon_sid(const struct token_sid *sids, ULONG count)
{
    ULONG i;

    for (i = 1; i < count; i++)
        if ((sids[i].attributes & SE_GROUP_LOGON_ID) == SE_GROUP_LOGON_ID) return i;
    return 0;
}

static bool any_deny_only(const struct token_sid *sids, ULONG count)
{
    ULONG i;

    for (i = 0; i < count; i++)
        if (sids[i].attributes & SE_GROUP_USE_FOR_DENY_ONLY) return true;
    return false;
}

/*
 * One block: the structure, the two arrays of entries, their orders and indices, the bytes of the SIDs (all of which keep
 * the alignment that the next one needs).
 */
struct token_identity *identity_create(const struct token_identity *form, const struct token_sid *sids,
                                       ULONG sid_count, const struct token_sid *restricted, ULONG restricted_count)
{
    size_t entries = (size_t)sid_count + restricted_count;
    size_t index_size = sid_index_size(sid_count) + sid_index_size(restricted_count);
    size_t size = sizeof(*form) + entries * (sizeof(*sids) + sizeof(ULONG)) + index_size + sids_size(sids, sid_count) +
                  sids_size(restricted, restricted_count);
    struct token_identity *identity = guise_alloc(size);
    struct token_sid *copies;
    ULONG *order;
    UCHAR *room;

    if (!identity) return NULL;
    *identity = *form;
    identity->references = 1;
    logon_session_reference(identity->session);
    credential_reference(identity->account);
    copies = (struct token_sid *)(identity + 1);
    order = (ULONG *)(copies + entries);
    room = (UCHAR *)(order + entries) + index_size;
    copy_sids(copies, sids, sid_count, &room);
    copy_sids(copies + sid_count, restricted, restricted_count, &room);
    sort_sids(order, copies, sid_count);
    sort_sids(order + sid_count, copies + sid_count, restricted_count);
    identity->sids = copies;
    identity->sid_count = sid_count;
    identity->restricted = copies + sid_count;
    identity->restricted_count = restricted_count;
    identity->index = make_index((UCHAR *)(order + entries), copies, sid_count);
    identity->restricted_index =
        make_index((UCHAR *)identity->index + sid_index_size(sid_count), copies + sid_count, restricted_count);
    identity->order = order;
    identity->restricted_order = order + sid_count;
    identity->logon_sid = find_logon_sid(copies, sid_count);
    identity->has_deny_only = any_deny_only(copies, sid_count);
    return identity;
}

/* ---- tokens ------------------------------------------------------------------------------------------------------ */

static ULONG dynamic_charge(const SID *primary_group, const ACL *dacl)
{
    size_t used = sid_length(primary_group) + (dacl ? dacl->AclSize : 0);

    return (ULONG)(used > MIN_DYNAMIC_CHARGE ? used : MIN_DYNAMIC_CHARGE);
}

void enable_groups(struct token *token)
{
    const struct token_identity *identity = token->identity;
    ULONG i;

    for (i = 0; i < identity->sid_count; i++)
        if (identity->sids[i].attributes & SE_GROUP_ENABLED) token->groups_enabled[i / 64] |= UINT64_C(1) << (i % 64);
}

struct token *token_assemble(struct token_identity *identity, TOKEN_TYPE type,
                                    SECURITY_IMPERSONATION_LEVEL level, struct object_security *security)
{
    struct token *token;

    if (!identity) return NULL;
    if (!(token = object_create(&token_type,
                                sizeof(*token) + group_words(identity) * sizeof(token->groups_enabled[0]))))
    {
        identity_release(identity);
        return NULL;
    }
    pthread_rwlock_init(&token->lock, NULL);
    pthread_mutex_init(&token->adjusting, NULL);
    token->identity = identity;
    token->type = type;
    token->level = level;
    token->id = luid_allocate();
    token->security = object_security_reference(security);
    return token;
}

/* Whether the account's credential is the token's without looking at each of its groups. */
static bool all_enabled(const struct token_sid *sids, ULONG count)
{
    ULONG i;

    for (i = 1; i < count; i++)
        if ((sids[i].attributes & (SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY)) != SE_GROUP_ENABLED) return false;
    return !(sids[0].attributes & SE_GROUP_USE_FOR_DENY_ONLY);
}

struct token *token_create(const struct token_template *template)
{
    struct token_identity form = {
        .session = template->session,
        .source.SourceIdentifier = template->source_id,
        .expiration.QuadPart = template->expiration.QuadPart ? template->expiration.QuadPart : NEVER,
        .of_process = template->of_process,
        .process_generation = template->process_generation,
        .process_privileges = template->of_process ? template->privileges : 0,
        .privileges_default = template->enabled_by_default,
        .account = template->account,
    };
    struct token *token;

    memcpy(form.source.SourceName, template->source, strnlen(template->source, TOKEN_SOURCE_LENGTH));
    token = token_assemble(identity_create(&form, template->sids, template->sid_count, NULL, 0), template->type,
                           template->level, template->security);
    if (!token) return NULL;
    token->modified_id = luid_allocate();
    token->privileges = template->privileges;
    token->enabled = template->enabled;
    token->origin = template->origin.LowPart | (uint64_t)(ULONG)template->origin.HighPart << 32;
    token->integrity = template->integrity;
    token->mandatory_policy = TOKEN_MANDATORY_POLICY_NO_WRITE_UP;
    enable_groups(token);
    token->owner = template->owner;
    token->primary_group = template->primary_group;
    token->default_security = object_security_reference(template->default_security);
    token->dynamic_charged =
        dynamic_charge(token->identity->sids[token->primary_group].sid, token->default_security->sd.dacl);
    if (all_enabled(template->sids, template->sid_count)) token->credential = credential_reference(template->account);
    return token;
}

void token_copy_state(struct token *token, const struct token *source, privilege_set held)
{
    size_t i;

    token->privileges = held;
    token->enabled = source->enabled & held;
    token->origin = source->origin;
    token->integrity = token_integrity(source);
    token->mandatory_policy = token_mandatory_policy(source);
    token->ui_access = source->ui_access;
    token->owner = source->owner;
    token->primary_group = source->primary_group;
    token->session_number = source->session_number;
    token->dynamic_charged = source->dynamic_charged;
    token->default_security = object_security_reference(source->default_security);
    if (source->linked) token->linked = token_reference(source->linked);
    if (token->identity != source->identity)
        enable_groups(token);
    else
        for (i = 0; i < group_words(token->identity); i++)
            token->groups_enabled[i] = atomic_load_explicit(&source->groups_enabled[i], memory_order_relaxed);
}

static void token_destroy(PVOID body)
{
    struct token *token = body;

    pthread_rwlock_destroy(&token->lock);
    pthread_mutex_destroy(&token->adjusting);
    token_release(token->linked);
    credential_release(token->credential);
    object_security_release(token->default_security);
    object_security_release(token->security);
    identity_release(token->identity);
}

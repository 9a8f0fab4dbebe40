/*
 * The one module that knows a token's layout: building identities and tokens, duplicating and destroying them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/sid_index.h"

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

static struct token_identity *identity_reference(struct token_identity *identity)
{
    atomic_fetch_add_explicit(&identity->references, 1, memory_order_relaxed);
    return identity;
}

static void identity_release(struct token_identity *identity)
{
    if (!identity || atomic_fetch_sub_explicit(&identity->references, 1, memory_order_acq_rel) != 1) return;

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
 * An identity with the scalars of FORM and these SIDs, in one block: the structure, the two arrays of entries, their
 * orders and indices, the bytes of the SIDs (all of which keep the alignment that the next one needs).
 */
static struct token_identity *identity_create(const struct token_identity *form, const struct token_sid *sids,
                                              ULONG sid_count, const struct token_sid *restricted,
                                              ULONG restricted_count)
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

static size_t group_words(const struct token_identity *identity)
{
    return (identity->sid_count + 63u) / 64u;
}

/* What the identity says of each group at first. */
static void enable_groups(struct token *token)
{
    const struct token_identity *identity = token->identity;
    ULONG i;

    for (i = 0; i < identity->sid_count; i++)
        if (identity->sids[i].attributes & SE_GROUP_ENABLED) token->groups_enabled[i / 64] |= UINT64_C(1) << (i % 64);
}

/* A token around IDENTITY, whose reference it takes over, also on failure. */
static struct token *token_assemble(struct token_identity *identity, TOKEN_TYPE type,
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

struct token *token_create(const struct token_template *template)
{
    struct token_identity form = {
        .session = template->session,
        .source.SourceIdentifier = template->source_id,
        .expiration.QuadPart = template->expiration.QuadPart ? template->expiration.QuadPart : NEVER,
        .of_process = template->of_process,
        .process_generation = template->process_generation,
        .process_privileges = template->of_process ? template->privileges : 0,
        .privileges_default = template->enabled,
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
    token->credential = credential_reference(template->account);
    return token;
}

static void token_destroy(PVOID body)
{
    struct token *token = body;

    pthread_rwlock_destroy(&token->lock);
    pthread_mutex_destroy(&token->adjusting);
    credential_release(token->credential);
    object_security_release(token->default_security);
    object_security_release(token->security);
    identity_release(token->identity);
}

/* ---- duplicates -------------------------------------------------------------------------------------------------- */

static bool kept_by_effective_only(const struct token *source, ULONG index)
{
    /* Removing a deny-only SID would widen access, and the defaults of new objects must stay in the token. */
    return !index || index == source->owner || index == source->primary_group ||
           token_sid_attributes(source, index) & (SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY);
}

/*
 * The identity of a duplicate with disabled groups and privileges removed, a reference; the source's own if there are
 * none. OWNER and GROUP become the indices of the source's in it. The source's lock is held shared. NULL without
 * memory.
 */
static struct token_identity *effective_identity(const struct token *source, privilege_set enabled, ULONG *owner,
                                                 ULONG *group)
{
    struct token_identity form = *source->identity, *identity;
    struct token_sid *kept;
    ULONG i, count = 0;

    form.privileges_default &= enabled;
    if (!(kept = guise_alloc(form.sid_count * sizeof(*kept)))) return NULL;
    for (i = 0; i < form.sid_count; i++)
    {
        if (!kept_by_effective_only(source, i)) continue;
        if (i == source->owner) *owner = count;
        if (i == source->primary_group) *group = count;
        kept[count++] = (struct token_sid){form.sids[i].sid, token_sid_attributes(source, i)};
    }
    if (count == form.sid_count)
        identity = identity_reference(source->identity);
    else
        identity = identity_create(&form, kept, count, form.restricted, form.restricted_count);
    guise_free(kept);
    return identity;
}

/* Privileges, groups and the other values that may be set, from SOURCE; its lock is held shared. */
static void copy_state(struct token *token, const struct token *source, bool effective_only)
{
    size_t i;

    token->enabled = atomic_load_explicit(&source->enabled, memory_order_relaxed);
    token->privileges = effective_only ? token->enabled : atomic_load_explicit(&source->privileges, memory_order_relaxed);
    token->origin = atomic_load_explicit(&source->origin, memory_order_relaxed);
    token->integrity = token_integrity(source);
    token->mandatory_policy = token_mandatory_policy(source);
    if (token->identity != source->identity)
        enable_groups(token);
    else
        for (i = 0; i < group_words(token->identity); i++)
            token->groups_enabled[i] = atomic_load_explicit(&source->groups_enabled[i], memory_order_relaxed);
}

NTSTATUS token_duplicate(struct token *source, bool effective_only, TOKEN_TYPE type, SECURITY_IMPERSONATION_LEVEL level,
                         struct object_security *security, struct token **copy)
{
    struct token_identity *identity;
    ULONG owner, group;
    privilege_set enabled;
    struct token *token;

    /* K1.18.1: a client's level never rises, and what may not act may not become a primary token. */
    if (source->type == TokenImpersonation &&
        (level > source->level || (type == TokenPrimary && source->level < SecurityImpersonation)))
        return STATUS_BAD_IMPERSONATION_LEVEL;

    pthread_rwlock_rdlock(&source->lock);
    enabled = atomic_load_explicit(&source->enabled, memory_order_relaxed);
    owner = source->owner;
    group = source->primary_group;
    identity =
        effective_only ? effective_identity(source, enabled, &owner, &group) : identity_reference(source->identity);
    if ((token = token_assemble(identity, type, level, security)))
    {
        token->parent_id = source->parent_id;
        token->modified_id = source->modified_id;
        copy_state(token, source, effective_only);
        token->owner = owner;
        token->primary_group = group;
        token->session_number = source->session_number;
        token->dynamic_charged = source->dynamic_charged;
        token->default_security = object_security_reference(source->default_security);
        /* It stands for the account, which the copy shares, and for the enabled bits, which are the same. */
        if (source->credential) token->credential = credential_reference(source->credential);
    }
    pthread_rwlock_unlock(&source->lock);
    *copy = token;
    return token ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

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

    pthread_rwlock_rdlock(&token->lock);
    security = object_security_reference(token->default_security);
    pthread_rwlock_unlock(&token->lock);
    return security;
}

/* ---- locking two ------------------------------------------------------------------------------------------------- */

void tokens_lock_shared(struct token *a, struct token *b)
{
    if (b && (uintptr_t)b < (uintptr_t)a) pthread_rwlock_rdlock(&b->lock);
    pthread_rwlock_rdlock(&a->lock);
    if (b && (uintptr_t)b > (uintptr_t)a) pthread_rwlock_rdlock(&b->lock);
}

void tokens_unlock(struct token *a, struct token *b)
{
    pthread_rwlock_unlock(&a->lock);
    if (b && b != a) pthread_rwlock_unlock(&b->lock);
}

/*
 * The one evaluator of access checks: access.h says what it answers and by which rules.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/se/access_nodes.h"
#include "ntoskrnl/se/condition.h"
#include "ntoskrnl/se/label.h"
#include "ntoskrnl/se/sid_index.h"

#define NODES_ON_STACK 16

/* ---- masks ------------------------------------------------------------------------------------------------------- */

ACCESS_MASK access_map_generic(ACCESS_MASK mask, const GENERIC_MAPPING *mapping)
{
    const ACCESS_MASK generic = GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL;
    ACCESS_MASK mapped = mask & ~generic;

    if (mapped == mask) return mask;
    /* Without any mapping they keep their own bits, so that an ACE can still grant them (K3.1.5). */
    if (!(mapping->GenericRead | mapping->GenericWrite | mapping->GenericExecute | mapping->GenericAll)) return mask;
    if (mask & GENERIC_READ) mapped |= mapping->GenericRead;
    if (mask & GENERIC_WRITE) mapped |= mapping->GenericWrite;
    if (mask & GENERIC_EXECUTE) mapped |= mapping->GenericExecute;
    if (mask & GENERIC_ALL) mapped |= mapping->GenericAll;
    return mapped;
}

/* ---- who a SID is ------------------------------------------------------------------------------------------------ */

void access_subject_from_token(const struct token *token, struct access_subject *subject)
{
    const struct token_identity *identity = token->identity;

    /* Every member is written, one by one: clearing the structure first would cost as much as two ACEs. */
    subject->groups.sids = identity->sids;
    subject->groups.count = identity->sid_count;
    subject->groups.index = identity->index;
    subject->groups.enabled = token->groups_enabled;
    subject->is_restricted = identity->is_restricted;
    subject->restricting.sids = identity->restricted;
    subject->restricting.count = identity->restricted_count;
    subject->restricting.index = identity->restricted_index;
    subject->restricting.enabled = NULL;
    subject->write_restricted = identity->write_restricted;
    subject->privileges = atomic_load_explicit(&token->enabled, memory_order_relaxed);
    subject->integrity = token_integrity(token);
    subject->mandatory_policy = token_mandatory_policy(token);
}

/* The user, and groups that are enabled; for denying only, those are for DENYING. */
static bool entry_counts(const struct access_sids *groups, ULONG place, bool denying)
{
    ULONG attributes = groups->sids[place].attributes;

    if (attributes & SE_GROUP_USE_FOR_DENY_ONLY) return denying;
    if (!place) return true;
    if (!groups->enabled) return attributes & SE_GROUP_ENABLED;
    return atomic_load_explicit(&groups->enabled[place / 64], memory_order_relaxed) >> (place % 64) & 1;
}

static inline bool same_sid(const SID *a, const SID *b)
{
    return a->SubAuthorityCount == b->SubAuthorityCount && !memcmp(a, b, sid_length(a));
}

/* The same with the hash of SID. Inline: most ACEs are for others, which one look at the table tells. */
static inline bool sids_hold(const struct access_sids *set, const SID *sid, uint32_t hash, bool denying, bool always)
{
    uint32_t at = hash, place;
    ULONG i;

    if (set->index)
    {
        while ((place = sid_index_next(set->index, hash, &at)))
            if (same_sid(set->sids[place - 1].sid, sid) && (always || entry_counts(set, place - 1, denying)))
                return true;
        return false;
    }
    for (i = 0; i < set->count; i++)
        if (same_sid(set->sids[i].sid, sid) && (always || entry_counts(set, i, denying))) return true;
    return false;
}

bool access_sids_hold(const struct access_sids *set, const SID *sid, bool denying, bool always)
{
    return sids_hold(set, sid, sid_hash(sid), denying, always);
}

/* ---- one question ------------------------------------------------------------------------------------------------ */

struct check
{
    const struct sd *security;
    const struct access_request *request;
    const SID *owner; /* with S-1-5-10 replaced; NULL: none */
    bool restricted;
    ACCESS_MASK desired; /* mapped, less what was granted before and MAXIMUM_ALLOWED */
    bool maximum;
    ACCESS_MASK allowed;   /* what the mandatory label leaves */
    ACCESS_MASK second;    /* what the second pass decides; 0 if there is none */
    ACCESS_MASK by_privilege;
    privilege_set used;
    struct access_node *nodes;
    ULONG node_count;
};

static bool sid_is(const SID *sid, UCHAR authority, ULONG rid)
{
    return sid->SubAuthorityCount == 1 && sid->SubAuthority[0] == rid &&
           !memcmp(&sid->IdentifierAuthority, (const UCHAR[6]){0, 0, 0, 0, 0, authority}, 6);
}

static bool is_owner_rights(const SID *sid)
{
    return sid_is(sid, 3, SECURITY_CREATOR_OWNER_RIGHTS_RID);
}

/* Whom SID stands for in this check, or NULL for nobody. */
static const SID *meant_by(const struct check *check, const SID *sid)
{
    if (sid->SubAuthorityCount != 1) return sid;
    if (is_owner_rights(sid)) return check->owner;
    if (check->request->self && sid_is(sid, 5, SECURITY_PRINCIPAL_SELF_RID)) return check->request->self;
    return sid;
}

/* Whether a DACL speaks of the owner's rights itself (K7.2, step 4). */
static bool names_owner_rights(const ACL *dacl)
{
    const ACE_HEADER *ace;
    const SID *sid;
    unsigned int i;

    for (i = 0, ace = acl_first(dacl); i < dacl->AceCount; i++, ace = ace_after(ace))
        if (!(ace->AceFlags & INHERIT_ONLY_ACE) && (sid = ace_sid(ace)) && is_owner_rights(sid)) return true;
    return false;
}

/* The rights of the owner, which no ACE takes away. */
static void give_owner_rights(struct check *check)
{
    const struct access_subject *subject = check->request->subject;
    const ACCESS_MASK rights = READ_CONTROL | WRITE_DAC;
    bool first, second;

    if (!check->owner || (!check->maximum && !(check->desired & rights))) return;
    first = access_sids_hold(&subject->groups, check->owner, false, false);
    second = check->restricted && access_sids_hold(&subject->restricting, check->owner, false, true);
    if ((!first && !second) || names_owner_rights(check->security->dacl)) return;
    if (first) access_nodes_allow(check->nodes, 0, PASS_GROUPS, rights);
    if (second) access_nodes_allow(check->nodes, 0, PASS_RESTRICTING, rights);
}

/* What comes of privileges, if it is asked for; false: SeSecurityPrivilege is missing (K3.1.1). */
static bool use_privileges(struct check *check)
{
    privilege_set held = check->request->subject->privileges;

    if (check->desired & ACCESS_SYSTEM_SECURITY)
    {
        if (!(held & PRIVILEGE_BIT(SE_SECURITY_PRIVILEGE))) return false;
        check->used |= PRIVILEGE_BIT(SE_SECURITY_PRIVILEGE);
        check->by_privilege |= ACCESS_SYSTEM_SECURITY;
    }
    if (check->desired & check->allowed & WRITE_OWNER && held & PRIVILEGE_BIT(SE_TAKE_OWNERSHIP_PRIVILEGE))
    {
        check->used |= PRIVILEGE_BIT(SE_TAKE_OWNERSHIP_PRIVILEGE);
        check->by_privilege |= WRITE_OWNER;
    }
    return true;
}

/* ---- the DACL ---------------------------------------------------------------------------------------------------- */

enum ace_effect
{
    EFFECT_NONE = 0,
    EFFECT_ALLOW = 1,
    EFFECT_DENY = 2,
    EFFECT_KIND = 3,
    EFFECT_OBJECT = 4,     /* flags: where its type points */
    EFFECT_CONDITIONAL = 8 /* and if its condition says so */
};

static unsigned int ace_effect(UCHAR type)
{
    static const UCHAR effects[] = {
        [ACCESS_ALLOWED_ACE_TYPE] = EFFECT_ALLOW,
        [ACCESS_DENIED_ACE_TYPE] = EFFECT_DENY,
        [ACCESS_ALLOWED_OBJECT_ACE_TYPE] = EFFECT_ALLOW | EFFECT_OBJECT,
        [ACCESS_DENIED_OBJECT_ACE_TYPE] = EFFECT_DENY | EFFECT_OBJECT,
        [ACCESS_ALLOWED_CALLBACK_ACE_TYPE] = EFFECT_ALLOW | EFFECT_CONDITIONAL,
        [ACCESS_DENIED_CALLBACK_ACE_TYPE] = EFFECT_DENY | EFFECT_CONDITIONAL,
        [ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE] = EFFECT_ALLOW | EFFECT_OBJECT | EFFECT_CONDITIONAL,
        [ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE] = EFFECT_DENY | EFFECT_OBJECT | EFFECT_CONDITIONAL,
    };

    return type < sizeof(effects) ? effects[type] : EFFECT_NONE;
}

/* Whether the condition of ACE, which is for a SID of that pass, lets it count. */
static bool condition_holds(const struct check *check, const ACE_HEADER *ace, enum access_pass pass, bool denying)
{
    const struct access_subject *subject = check->request->subject;
    struct condition_context context = {
        .sids = pass == PASS_GROUPS ? &subject->groups : &subject->restricting,
        .always = pass == PASS_RESTRICTING,
        .denying = denying,
        .sacl = check->security->sacl,
    };
    size_t size;
    const UCHAR *data = ace_application_data(ace, &size);
    enum truth truth = condition_evaluate(data, size, &context);

    return denying ? truth != TRUTH_FALSE : truth == TRUTH_TRUE;
}

/* The node that the ACE is about, or node_count for none. */
static ULONG node_of(const struct check *check, const ACE_HEADER *ace, bool denying)
{
    const GUID *type = ace_object_type(ace);

    if (!type) return 0;
    if (!check->request->objects) return denying ? 0 : check->node_count;
    return access_nodes_find(check->request->objects, check->node_count, type);
}

/* Whether the ACE is for the subject; what it says of its rights is noted then. */
static inline bool apply_ace(const struct check *check, const ACE_HEADER *ace)
{
    const struct access_subject *subject = check->request->subject;
    unsigned int effect = ace_effect(ace->AceType);
    bool denying = (effect & EFFECT_KIND) == EFFECT_DENY, first, second;
    ULONG node = 0;
    ACCESS_MASK mask;
    const SID *sid;
    uint32_t hash;

    if (!effect || ace->AceFlags & INHERIT_ONLY_ACE) return false;
    if (!(sid = meant_by(check, effect & EFFECT_OBJECT ? ace_sid(ace) : ace_simple_sid(ace)))) return false;
    hash = sid_hash(sid);
    first = sids_hold(&subject->groups, sid, hash, denying, false);
    second = check->restricted && sids_hold(&subject->restricting, sid, hash, denying, true);
    if (effect & EFFECT_CONDITIONAL)
    {
        first = first && condition_holds(check, ace, PASS_GROUPS, denying);
        second = second && condition_holds(check, ace, PASS_RESTRICTING, denying);
    }
    if (!first && !second) return false;
    if (effect & EFFECT_OBJECT && (node = node_of(check, ace, denying)) == check->node_count) return false;

    mask = access_map_generic(ace_mask(ace), check->request->mapping) & ~(MAXIMUM_ALLOWED | ACCESS_SYSTEM_SECURITY);
    if (first) (denying ? access_nodes_deny : access_nodes_allow)(check->nodes, node, PASS_GROUPS, mask);
    if (second) (denying ? access_nodes_deny : access_nodes_allow)(check->nodes, node, PASS_RESTRICTING, mask);
    return true;
}

/* Whether what is asked for is decided, so that no further ACE can change the answer; for one node. */
static bool decided(const struct check *check)
{
    const struct access_node *node = check->nodes;
    ACCESS_MASK asked = check->desired & ~check->by_privilege;

    if (check->maximum || check->node_count > 1) return false;
    if (asked & node->denied[PASS_GROUPS] || asked & check->second & node->denied[PASS_RESTRICTING]) return true;
    return !(asked & ~node->granted[PASS_GROUPS]) && !(asked & check->second & ~node->granted[PASS_RESTRICTING]);
}

static inline bool has_none(const struct access_sids *set, uint32_t hash)
{
    uint32_t at = hash;

    return set->index && !sid_index_next(set->index, hash, &at);
}

/* Whether an allow or deny ACE is certainly not for the subject: most are for others, and a look at the tables tells. */
static inline bool is_for_others(const struct check *check, const ACE_HEADER *ace)
{
    const struct access_subject *subject = check->request->subject;
    const SID *sid = ace_simple_sid(ace);
    uint32_t hash;

    /* A SID of one subauthority may stand for somebody: meant_by(). */
    if (ace->AceType > ACCESS_DENIED_ACE_TYPE || sid->SubAuthorityCount == 1) return false;
    hash = sid_hash(sid);
    return has_none(&subject->groups, hash) && (!check->restricted || has_none(&subject->restricting, hash));
}

static void walk_dacl(struct check *check)
{
    const ACL *dacl = check->security->dacl;
    const ACE_HEADER *ace;
    unsigned int i;

    give_owner_rights(check);
    if (decided(check)) return;
    for (i = 0, ace = acl_first(dacl); i < dacl->AceCount; i++, ace = ace_after(ace))
        if (!is_for_others(check, ace) && apply_ace(check, ace) && decided(check)) return;
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

static struct access_result result_of(const struct check *check, const struct access_node *node)
{
    ACCESS_MASK granted = node->granted[PASS_GROUPS];

    granted &= node->granted[PASS_RESTRICTING] | ~check->second;
    granted = (granted & check->allowed) | check->by_privilege;
    if (check->desired & ~granted) return (struct access_result){STATUS_ACCESS_DENIED, 0};
    granted = (check->maximum ? granted : check->desired) | check->request->previous;
    return (struct access_result){granted ? STATUS_SUCCESS : STATUS_ACCESS_DENIED, granted};
}

static void answer_all(struct access_result answer, const struct access_request *request,
                       struct access_result *results)
{
    ULONG i;

    for (i = 0; i < (request->each ? request->object_count : 1); i++) results[i] = answer;
}

/* No DACL, no limit but the label's (K3.1.3). */
static void grant_all(struct check *check)
{
    const GENERIC_MAPPING *mapping = check->request->mapping;

    access_nodes_allow(check->nodes, 0, PASS_GROUPS,
                       check->desired | access_map_generic(GENERIC_ALL, mapping));
    check->second = 0;
}

static void evaluate(struct check *check, struct access_result *results)
{
    const struct access_request *request = check->request;
    ULONG i;

    if (check->security->dacl)
        walk_dacl(check);
    else
        grant_all(check);
    for (i = 0; i < (request->each ? check->node_count : 1); i++) results[i] = result_of(check, &check->nodes[i]);
}

static ACCESS_MASK granted_to_kernel(const struct access_request *request)
{
    ACCESS_MASK granted = access_map_generic(request->desired, request->mapping) | request->previous;

    return granted & MAXIMUM_ALLOWED ? (granted & ~MAXIMUM_ALLOWED) | request->mapping->GenericAll : granted;
}

static bool any_granted(const struct access_result *results, ULONG count)
{
    ULONG i;

    for (i = 0; i < count; i++)
        if (!results[i].status) return true;
    return false;
}

static const SID *owner_of(const struct sd *security, const SID *self)
{
    return self && security->owner && sid_is(security->owner, 5, SECURITY_PRINCIPAL_SELF_RID) ? self : security->owner;
}

NTSTATUS access_evaluate(const struct sd *security, const struct access_request *request, struct access_result *results,
                         privilege_set *used)
{
    const struct access_subject *subject = request->subject;
    ACCESS_MASK desired = access_map_generic(request->desired, request->mapping);
    struct check check = {
        .security = security,
        .request = request,
        .maximum = desired & MAXIMUM_ALLOWED,
        .desired = desired & ~(request->previous | MAXIMUM_ALLOWED),
        .node_count = 1,
    };
    struct access_node few[NODES_ON_STACK];

    if (used) *used = 0;
    if (request->objects && !access_objects_valid(request->objects, request->object_count))
        return STATUS_INVALID_PARAMETER;
    if (request->mode == KernelMode)
    {
        answer_all((struct access_result){STATUS_SUCCESS, granted_to_kernel(request)}, request, results);
        return STATUS_SUCCESS;
    }
    check.owner = owner_of(security, request->self);
    check.restricted = subject->is_restricted;
    if (check.restricted)
        check.second = subject->write_restricted ? access_write_rights(request->mapping) : ~(ACCESS_MASK)0;
    check.allowed = label_allowed(security->sacl, subject, request->mapping, check.desired, &check.used);
    if (!use_privileges(&check))
    {
        answer_all((struct access_result){STATUS_PRIVILEGE_NOT_HELD, 0}, request, results);
        return STATUS_SUCCESS;
    }
    if (request->objects) check.node_count = request->object_count;
    check.nodes = few;
    if (check.node_count > NODES_ON_STACK && !(check.nodes = guise_alloc(check.node_count * sizeof(*check.nodes))))
        return STATUS_NO_MEMORY;
    access_nodes_init(check.nodes, request->objects, check.node_count);
    evaluate(&check, results);
    if (check.nodes != few) guise_free(check.nodes);
    if (used && any_granted(results, request->each ? check.node_count : 1)) *used = check.used;
    return STATUS_SUCCESS;
}

NTSTATUS access_check(const struct object_security *security, const SECURITY_SUBJECT_CONTEXT *context,
                      ACCESS_MASK desired, const struct _OBJECT_TYPE *type, ACCESS_MASK *granted)
{
    struct access_subject subject;
    struct access_request request = {
        .subject = &subject, .desired = desired, .mapping = &type->mapping, .mode = UserMode};
    const struct token *token = SeQuerySubjectContextToken(context);
    struct access_result result;
    NTSTATUS status;

    /* An identified client cannot open objects, not even its own token (K1.17.4). */
    if (context->ClientToken && context->ImpersonationLevel < SecurityImpersonation)
        return STATUS_BAD_IMPERSONATION_LEVEL;
    if (!token) return STATUS_NO_MEMORY; /* there was none for the primary token */

    access_subject_from_token(token, &subject);
    if ((status = access_evaluate(&security->sd, &request, &result, NULL))) return status;
    *granted = result.granted;
    return result.status;
}

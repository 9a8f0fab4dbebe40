/*
 * The access check of MS-DTYP 2.5.3.2 bit by bit: for each right and each node of the object tree the first ACE that
 * speaks about it decides.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/differential/naive_descriptor.h"

#include <string.h>

#define WRITE_DAC              0x00040000u
#define READ_CONTROL           0x00020000u
#define WRITE_OWNER            0x00080000u
#define ACCESS_SYSTEM_SECURITY 0x01000000u
#define MAXIMUM_ALLOWED        0x02000000u
#define GENERIC_ALL            0x10000000u
#define GENERIC_EXECUTE        0x20000000u
#define GENERIC_WRITE          0x40000000u
#define GENERIC_READ           0x80000000u
#define GENERIC_RIGHTS         0xf0000000u
#define BEYOND_ACES            0x0f000000u /* what no ACE can grant or deny: the two above and what is reserved */

#define GROUP_ENABLED   0x04u
#define GROUP_DENY_ONLY 0x10u

#define SE_SECURITY_PRIVILEGE       8
#define SE_TAKE_OWNERSHIP_PRIVILEGE 9
#define SE_RELABEL_PRIVILEGE        32

#define NO_WRITE_UP              0x01u
#define NO_READ_UP               0x02u
#define NO_EXECUTE_UP            0x04u
#define MAX_LEVEL                4
#define MEDIUM_INTEGRITY         0x2000u
#define TOKEN_POLICY_NO_WRITE_UP 0x01u

static const uint8_t owner_rights[] = {1, 1, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0};
static const uint8_t principal_self[] = {1, 1, 0, 0, 0, 0, 0, 5, 10, 0, 0, 0};

/* ---- who asks: SidInToken of MS-DTYP 2.5.3.1.1 ------------------------------------------------------------------- */

/* One look at the token: with its own SIDs or with the restricting ones, for granting or for denying. */
struct who
{
    const struct naive_token *token;
    const uint8_t *owner, *self;
    bool restricting, denying;
};

static bool in_token(const void *context, const uint8_t *sid)
{
    const struct who *who = context;
    const struct naive_token *token = who->token;
    size_t i;

    if (who->restricting)
    {
        for (i = 0; i < token->restricting_count; i++)
            if (same_sid(token->restricting[i].sid, sid)) return true;
        return false;
    }
    for (i = 0; i < token->group_count; i++)
    {
        uint32_t attributes = token->groups[i].attributes;

        if (!same_sid(token->groups[i].sid, sid)) continue;
        if (attributes & GROUP_DENY_ONLY)
        {
            if (who->denying) return true;
        }
        else if (i == 0 || (attributes & GROUP_ENABLED))
            return true;
    }
    return false;
}

static bool owner_or_self_in_token(const struct who *who, const uint8_t *sid)
{
    if (who->self && same_sid(sid, principal_self)) sid = who->self;
    return in_token(who, sid);
}

/* A SID of an ACE: two of them stand for somebody else. */
static bool meant_by(const struct who *who, const uint8_t *sid)
{
    if (same_sid(sid, owner_rights)) return who->owner && owner_or_self_in_token(who, who->owner);
    return owner_or_self_in_token(who, sid);
}

/* ---- rights ------------------------------------------------------------------------------------------------------ */

/* Of a mapping of zeros generic rights stay what they are. */
static uint32_t map_generic(uint32_t mask, const struct naive_mapping *mapping)
{
    uint32_t mapped = mask & ~GENERIC_RIGHTS;

    if (!(mapping->read | mapping->write | mapping->execute | mapping->all)) return mask;
    if (mask & GENERIC_READ) mapped |= mapping->read;
    if (mask & GENERIC_WRITE) mapped |= mapping->write;
    if (mask & GENERIC_EXECUTE) mapped |= mapping->execute;
    if (mask & GENERIC_ALL) mapped |= mapping->all;
    return mapped;
}

/* What changes an object: all that neither reading nor executing includes, DELETE and WRITE_DAC among it. */
static uint32_t rights_of_writing(const struct naive_mapping *mapping)
{
    return ~(mapping->read | mapping->execute);
}

/* MS-DTYP 2.5.3.3: what the label lets the token have. */
static uint32_t allowed_by_label(const struct descriptor *descriptor, const struct naive_token *token,
                                 const struct naive_mapping *mapping)
{
    uint32_t level = MEDIUM_INTEGRITY, policy = NO_WRITE_UP, allowed = 0;
    unsigned int i;

    for (i = 0; descriptor->sacl && i < ace_count(descriptor->sacl); i++)
    {
        struct ace ace;

        ace_at(descriptor->sacl, i, &ace);
        if (ace.type != LABEL_ACE || (ace.flags & INHERIT_ONLY_ACE)) continue;
        level = read32(ace.sid + 8 + 4 * (ace.sid[1] - 1));
        policy = ace.mask;
        break;
    }
    if (!(token->policy & TOKEN_POLICY_NO_WRITE_UP) || token->integrity >= level) return 0xffffffffu;
    if (!(policy & NO_READ_UP)) allowed |= map_generic(GENERIC_READ, mapping);
    if (!(policy & NO_EXECUTE_UP)) allowed |= map_generic(GENERIC_EXECUTE, mapping);
    if (!(policy & NO_WRITE_UP)) allowed |= map_generic(GENERIC_WRITE, mapping) | rights_of_writing(mapping);
    if (token->privileges >> SE_RELABEL_PRIVILEGE & 1) allowed |= WRITE_OWNER;
    return allowed;
}

/* ---- the walk over the DACL -------------------------------------------------------------------------------------- */

/* What is decided about each node so far. A right in neither is open. */
struct decisions
{
    uint32_t granted[NAIVE_MAX_NODES], denied[NAIVE_MAX_NODES];
    uint32_t denied_by_object_ace; /* of the root */
};

/* Whether node N lies below node ROOT, or is it. */
static bool is_below(const struct naive_request *request, size_t root, size_t n)
{
    size_t i;

    if (n < root) return false;
    for (i = root + 1; i <= n; i++)
        if (request->nodes[i].level <= request->nodes[root].level) return false;
    return true;
}

/* One root of level 0 first, all others deeper, by one level at a time and to level 4 at most; no type twice. */
static bool is_tree(const struct naive_request *request)
{
    const struct naive_node *nodes = request->nodes;
    size_t n, other;

    if (!request->node_count) return true;
    if (request->node_count > NAIVE_MAX_NODES || nodes[0].level) return false;
    for (n = 1; n < request->node_count; n++)
    {
        if (!nodes[n].level || nodes[n].level > nodes[n - 1].level + 1 || nodes[n].level > MAX_LEVEL) return false;
        for (other = 0; other < n; other++)
            if (!memcmp(nodes[n].guid, nodes[other].guid, 16)) return false;
    }
    return true;
}

static bool is_child(const struct naive_request *request, size_t parent, size_t n)
{
    return n != parent && is_below(request, parent, n) && request->nodes[n].level == request->nodes[parent].level + 1;
}

/* A parent has what all its children have; the last parent first, so that it goes up to the root. */
static void grant_parents(const struct naive_request *request, struct decisions *decisions)
{
    size_t parent, n;

    for (parent = request->node_count; parent-- > 0;)
    {
        uint32_t common = 0xffffffffu;
        bool has_children = false;

        for (n = 0; n < request->node_count; n++)
        {
            if (!is_child(request, parent, n)) continue;
            has_children = true;
            common &= decisions->granted[n];
        }
        if (has_children) decisions->granted[parent] |= common & ~decisions->denied[parent];
    }
}

static void apply_ace(const struct naive_request *request, const struct ace *ace, uint32_t mask,
                      struct decisions *decisions)
{
    size_t count = request->node_count ? request->node_count : 1, first = 0, n, above;

    if (ace->object && request->node_count)
    {
        while (first < count && memcmp(request->nodes[first].guid, ace->object, 16)) first++;
        if (first == count) return;
    }
    for (n = first; n < count; n++)
    {
        uint32_t open = mask & ~(decisions->granted[n] | decisions->denied[n]);

        if (request->node_count && !is_below(request, first, n)) continue;
        if (is_allow_type(ace->type))
        {
            decisions->granted[n] |= open;
            continue;
        }
        /* What is denied below is denied above. */
        for (above = 0; above <= n; above++)
        {
            uint32_t newly = open & ~(decisions->granted[above] | decisions->denied[above]);

            if (above != n && !is_below(request, above, n)) continue;
            decisions->denied[above] |= newly;
            if (above == 0 && ace->object) decisions->denied_by_object_ace |= newly;
        }
    }
    if (is_allow_type(ace->type)) grant_parents(request, decisions);
}

static bool ace_counts(const struct naive_request *request, const struct descriptor *descriptor, const struct ace *ace,
                       bool restricting)
{
    struct who who = {request->token, descriptor->owner, request->self, restricting, is_deny_type(ace->type)};

    if (ace->flags & INHERIT_ONLY_ACE) return false;
    if (!is_allow_type(ace->type) && !is_deny_type(ace->type)) return false;
    if (!meant_by(&who, ace->sid)) return false;
    /* Without a list of objects nobody gets a right to a part of the object, but a part that is denied denies the
     * whole. */
    if (ace->object && !request->node_count && is_allow_type(ace->type)) return false;
    if (is_callback_type(ace->type))
    {
        enum naive_truth truth = naive_condition(ace->data, ace->data_length, in_token, &who, descriptor->sacl,
                                                who.denying);

        return is_allow_type(ace->type) ? truth == NAIVE_TRUE : truth != NAIVE_FALSE;
    }
    return true;
}

/* Whatever such an ACE does: if in doubt the owner has less. */
static bool has_owner_rights_ace(const uint8_t *dacl)
{
    unsigned int i;

    for (i = 0; i < ace_count(dacl); i++)
    {
        struct ace ace;

        ace_at(dacl, i, &ace);
        if (ace.sid && !(ace.flags & INHERIT_ONLY_ACE) && same_sid(ace.sid, owner_rights)) return true;
    }
    return false;
}

static void walk(const struct naive_request *request, const struct descriptor *descriptor, bool restricting,
                 struct decisions *decisions)
{
    struct who owner = {request->token, descriptor->owner, request->self, restricting, false};
    unsigned int i;
    size_t n;

    memset(decisions, 0, sizeof(*decisions));
    if (!descriptor->dacl)
    {
        memset(decisions->granted, 0xff, sizeof(decisions->granted));
        return;
    }
    if (descriptor->owner && owner_or_self_in_token(&owner, descriptor->owner) &&
        !has_owner_rights_ace(descriptor->dacl))
        for (n = 0; n < NAIVE_MAX_NODES; n++) decisions->granted[n] = READ_CONTROL | WRITE_DAC;
    for (i = 0; i < ace_count(descriptor->dacl); i++)
    {
        struct ace ace;

        ace_at(descriptor->dacl, i, &ace);
        if (ace_counts(request, descriptor, &ace, restricting))
            apply_ace(request, &ace, map_generic(ace.mask, &request->mapping) & ~BEYOND_ACES, decisions);
    }
}

/* ---- the verdict ------------------------------------------------------------------------------------------------- */

/* HAS is what the node has. Without a DACL the maximum is what the type knows. */
static struct naive_verdict judge(const struct naive_request *request, uint32_t desired, uint32_t has,
                                  uint32_t by_privilege, bool without_dacl)
{
    struct naive_verdict verdict = {NAIVE_ACCESS_DENIED, 0};
    uint32_t granted = (desired & ~MAXIMUM_ALLOWED) | request->previous, maximum = has & ~BEYOND_ACES;

    if (granted & ~(has | by_privilege | request->previous)) return verdict;
    if (without_dacl) maximum &= map_generic(GENERIC_ALL, &request->mapping);
    if (desired & MAXIMUM_ALLOWED) granted |= maximum;
    if (!granted) return verdict;
    verdict.status = NAIVE_SUCCESS;
    verdict.granted = granted;
    return verdict;
}

static enum naive_outcome explain(const struct naive_request *request, uint32_t lacking,
                                  const struct descriptor *descriptor, const struct decisions *own, uint32_t allowed)
{
    uint32_t anywhere = 0;
    size_t n;

    for (n = 0; n < request->node_count; n++) anywhere |= own->granted[n];
    if (lacking & ~allowed) return NAIVE_BY_LABEL;
    if (!(lacking & ~own->granted[0]) && lacking) return NAIVE_BY_RESTRICTION;
    if (!ace_count(descriptor->dacl)) return NAIVE_BY_EMPTY_DACL;
    if (lacking & ~own->granted[0] & (anywhere | own->denied_by_object_ace)) return NAIVE_BY_TREE;
    if (lacking & own->denied[0]) return NAIVE_BY_DENY_ACE;
    return NAIVE_BY_NO_ACE;
}

static void refuse_all(struct naive_answer *answer, uint32_t status, enum naive_outcome outcome)
{
    size_t n;

    answer->whole.status = status;
    for (n = 0; n < NAIVE_MAX_NODES; n++) answer->nodes[n].status = status;
    answer->outcome = outcome;
}

void naive_access_check(const struct naive_request *request, struct naive_answer *answer)
{
    const struct naive_token *token = request->token;
    uint32_t desired = map_generic(request->desired, &request->mapping) & ~request->previous, by_privilege = 0,
             has[NAIVE_MAX_NODES], allowed, second;
    size_t count = request->node_count ? request->node_count : 1, n;
    struct decisions own, restricted;
    struct descriptor descriptor;

    memset(answer, 0, sizeof(*answer));
    if (!read_descriptor(request->descriptor, request->length, &descriptor))
    {
        refuse_all(answer, NAIVE_INVALID_DESCRIPTOR, NAIVE_INVALID);
        return;
    }
    if (!is_tree(request))
    {
        refuse_all(answer, NAIVE_INVALID_PARAMETER, NAIVE_INVALID);
        return;
    }
    if (!desired && !request->previous)
    {
        refuse_all(answer, NAIVE_ACCESS_DENIED, NAIVE_BY_NOTHING);
        return;
    }
    allowed = allowed_by_label(&descriptor, token, &request->mapping);
    if (desired & ACCESS_SYSTEM_SECURITY)
    {
        if (!(token->privileges >> SE_SECURITY_PRIVILEGE & 1))
        {
            refuse_all(answer, NAIVE_PRIVILEGE_NOT_HELD, NAIVE_BY_PRIVILEGE);
            return;
        }
        by_privilege |= ACCESS_SYSTEM_SECURITY;
        answer->security_used = true;
    }
    if ((desired & WRITE_OWNER & allowed) && (token->privileges >> SE_TAKE_OWNERSHIP_PRIVILEGE & 1))
    {
        by_privilege |= WRITE_OWNER;
        answer->take_ownership_used = true;
    }

    walk(request, &descriptor, false, &own);
    memset(&restricted, 0xff, sizeof(restricted));
    if (token->restricting_count) walk(request, &descriptor, true, &restricted);
    second = token->write_restricted ? rights_of_writing(&request->mapping) : 0xffffffffu;
    for (n = 0; n < count; n++)
    {
        has[n] = own.granted[n] & (restricted.granted[n] | ~second) & allowed;
        answer->nodes[n] = judge(request, desired, has[n], by_privilege, !descriptor.dacl);
    }
    answer->whole = answer->nodes[0];
    if (answer->whole.status == NAIVE_SUCCESS)
        answer->outcome = NAIVE_GRANTED;
    else
    {
        uint32_t lacking = desired & ~MAXIMUM_ALLOWED & ~(has[0] | by_privilege);

        /* Of a request for whatever there is nothing was found: take what a type has as asked for. */
        if (!lacking) lacking = map_generic(GENERIC_ALL, &request->mapping) & ~has[0];
        answer->outcome = explain(request, lacking, &descriptor, &own, allowed);
    }
}

const char *naive_outcome_name(enum naive_outcome outcome)
{
    static const char *const names[] = {"granted",         "denied by a deny ACE",  "denied by restriction",
                                        "denied by label", "denied by object tree", "denied by an empty DACL",
                                        "no ACE grants",   "privilege not held",    "nothing asked for",
                                        "not a question"};

    return names[outcome];
}

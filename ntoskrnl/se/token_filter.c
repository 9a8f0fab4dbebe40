/*
 * Tokens with less in them: deny-only SIDs, restricting SIDs, fewer privileges (K2.2.1 to K2.2.4).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/token_layout.h"

#define RESTRICTING (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)

static bool listed(const struct token_sid *list, ULONG count, const SID *sid)
{
    ULONG i;

    for (i = 0; i < count; i++)
        if (sid_equal(list[i].sid, sid)) return true;
    return false;
}

/* ---- what User Account Control takes from an administrator -------------------------------------------------------- */

/* Privileges that every user has; an administrator's lesser token keeps no others. */
#define LUA_PRIVILEGES                                                                                                 \
    (PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE) | PRIVILEGE_BIT(SE_SHUTDOWN_PRIVILEGE) |                                \
     PRIVILEGE_BIT(SE_UNDOCK_PRIVILEGE) | PRIVILEGE_BIT(SE_INC_WORKING_SET_PRIVILEGE) |                                \
     PRIVILEGE_BIT(SE_TIME_ZONE_PRIVILEGE))

static bool has_authority_nt(const SID *sid, ULONG first, unsigned int count)
{
    static const UCHAR authority[] = {0, 0, 0, 0, 0, 5};
    unsigned int i;

    for (i = 0; i < sizeof(authority); i++)
        if (sid->IdentifierAuthority.Value[i] != authority[i]) return false;
    return sid->SubAuthorityCount == count && sid->SubAuthority[0] == first;
}

static bool listed_rid(const ULONG *list, size_t count, ULONG rid)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (list[i] == rid) return true;
    return false;
}

/* The groups of administrators and operators (win32 SecAuthZ/well-known-sids). */
static bool is_powerful(const SID *sid)
{
    static const ULONG aliases[] = {
        DOMAIN_ALIAS_RID_ADMINS,      DOMAIN_ALIAS_RID_POWER_USERS,        DOMAIN_ALIAS_RID_ACCOUNT_OPS,
        DOMAIN_ALIAS_RID_SYSTEM_OPS,  DOMAIN_ALIAS_RID_PRINT_OPS,          DOMAIN_ALIAS_RID_BACKUP_OPS,
        DOMAIN_ALIAS_RID_RAS_SERVERS, DOMAIN_ALIAS_RID_PREW2KCOMPACCESS,   DOMAIN_ALIAS_RID_NETWORK_CONFIGURATION_OPS,
        DOMAIN_ALIAS_RID_CRYPTO_OPERATORS};
    static const ULONG groups[] = {DOMAIN_GROUP_RID_ADMINS, DOMAIN_GROUP_RID_CERT_ADMINS, DOMAIN_GROUP_RID_SCHEMA_ADMINS,
                                   DOMAIN_GROUP_RID_ENTERPRISE_ADMINS, DOMAIN_GROUP_RID_POLICY_ADMINS};

    const ULONG *subauthorities = sid->SubAuthority;

    if (has_authority_nt(sid, SECURITY_BUILTIN_DOMAIN_RID, 2))
        return listed_rid(aliases, ARRAYSIZE(aliases), subauthorities[1]);
    return has_authority_nt(sid, SECURITY_NT_NON_UNIQUE, 5) &&
           listed_rid(groups, ARRAYSIZE(groups), subauthorities[4]);
}

/* ---- parts of the new token -------------------------------------------------------------------------------------- */

/* K2.2.2: the user and mandatory groups too. */
static bool becomes_deny_only(const struct token_filter *filter, const struct token_sid *sid, ULONG index)
{
    return listed(filter->disable, filter->disable_count, sid->sid) ||
           (filter->flags & LUA_TOKEN && index && is_powerful(sid->sid));
}

static void filter_sids(const struct token *source, const struct token_filter *filter, struct token_sid *sids)
{
    ULONG i;

    for (i = 0; i < source->identity->sid_count; i++)
    {
        sids[i] = (struct token_sid){source->identity->sids[i].sid, token_sid_attributes(source, i)};
        if (!becomes_deny_only(filter, &sids[i], i)) continue;
        sids[i].attributes &= ~(SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT);
        sids[i].attributes |= SE_GROUP_USE_FOR_DENY_ONLY;
    }
}

/* K2.2.4: what was restricted before is so by both lists; RESTRICTED has room for either. Their number. */
static ULONG filter_restricted(const struct token *source, const struct token_filter *filter,
                               struct token_sid *restricted)
{
    ULONG i, count = 0;

    for (i = 0; i < filter->restrict_count; i++)
        if (!token_is_restricted(source) || token_has_restricting_sid(source, filter->restrict_to[i].sid))
            restricted[count++] = (struct token_sid){filter->restrict_to[i].sid, RESTRICTING};
    if (!filter->restrict_count)
        for (; count < source->identity->restricted_count; count++)
            restricted[count] = source->identity->restricted[count];
    return count;
}

static privilege_set privileges_kept(const struct token_filter *filter)
{
    if (filter->flags & DISABLE_MAX_PRIVILEGE) return PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE);
    return ~filter->remove & (filter->flags & LUA_TOKEN ? LUA_PRIVILEGES : ~(privilege_set)0);
}

/* Nothing is ever less restricted than SOURCE: restricted in all it does, it does not become so for writing only. */
static bool write_restricted_after(const struct token *source, const struct token_filter *filter)
{
    bool before = token_is_write_restricted(source);

    if (!filter->restrict_count) return before;
    return filter->flags & WRITE_RESTRICTED && (before || !token_is_restricted(source));
}

static struct token_identity *filter_identity(const struct token *source, const struct token_filter *filter)
{
    const struct token_identity *from = source->identity;
    struct token_identity form = identity_form(from), *identity = NULL;
    struct token_sid *sids = guise_alloc(from->sid_count * sizeof(*sids));
    struct token_sid *restricted =
        guise_alloc(((size_t)filter->restrict_count + from->restricted_count) * sizeof(*restricted));

    form.is_restricted |= filter->restrict_count != 0;
    form.write_restricted = write_restricted_after(source, filter);
    form.sandbox_inert |= (filter->flags & SANDBOX_INERT) != 0;
    form.lua |= (filter->flags & LUA_TOKEN) != 0;
    form.filtered = true;
    if (sids && restricted)
    {
        filter_sids(source, filter, sids);
        identity =
            identity_create(&form, sids, from->sid_count, restricted, filter_restricted(source, filter, restricted));
    }
    guise_free(restricted);
    guise_free(sids);
    return identity;
}

/* Who may not own any more leaves new objects to the user. False: no memory. */
static bool settle_owner(struct token *token)
{
    struct object_security *security;

    if (!(token->identity->sids[token->owner].attributes & SE_GROUP_USE_FOR_DENY_ONLY)) return true;
    token->owner = 0;
    if (!(security = object_security_create(token_user(token), token->default_security->sd.group,
                                            token->default_security->sd.dacl)))
        return false;
    object_security_release(token->default_security);
    token->default_security = security;
    return true;
}

struct token *token_filter(struct token *source, const struct token_filter *filter, struct object_security *security)
{
    struct token *token;

    token_lock_shared(source);
    if ((token = token_assemble(filter_identity(source, filter), source->type, source->level, security)))
    {
        token_copy_state(token, source, source->privileges & privileges_kept(filter));
        token->parent_id = source->id;
        token->modified_id = luid_allocate();
        if (filter->flags & LUA_TOKEN && token->integrity > SECURITY_MANDATORY_MEDIUM_RID)
            token->integrity = SECURITY_MANDATORY_MEDIUM_RID;
        if (!settle_owner(token))
        {
            token_release(token);
            token = NULL;
        }
    }
    token_unlock(source);
    return token;
}

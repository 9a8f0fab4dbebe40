/*
 * Which credential a thread carries for a token at a level (design rules 2, 6, 7, 8).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/token.h"
#include "ntoskrnl/unix/caps.h"
#include "ntoskrnl/unix/idmap.h"

static uint64_t capabilities_of(privilege_set privileges)
{
    uint64_t capabilities = 0;
    ULONG privilege;

    for (privilege = SE_MIN_WELL_KNOWN_PRIVILEGE; privilege <= SE_MAX_WELL_KNOWN_PRIVILEGE; privilege++)
        if (privileges & PRIVILEGE_BIT(privilege)) capabilities |= capabilities_of_privilege(privilege);
    return capabilities;
}

bool privileges_differ_in_capabilities(privilege_set a, privilege_set b)
{
    return capabilities_of(a ^ b);
}

/* ---- groups ------------------------------------------------------------------------------------------------------ */

enum group_use
{
    GROUP_USED,
    GROUP_UNUSED, /* not enabled, or not in the token */
    GROUP_DENIES
};

static enum group_use use_of_entry(const struct token *token, ULONG index)
{
    if (token->identity->sids[index].attributes & SE_GROUP_USE_FOR_DENY_ONLY) return GROUP_DENIES;
    return token_group_enabled(token, index) ? GROUP_USED : GROUP_UNUSED;
}

/* S-1-5-21-...: a group that a domain gave, which stands before its gid (se/logon.c). */
static bool is_of_domain(const SID *sid)
{
    return sid->IdentifierAuthority.Value[5] == 5 && sid->SubAuthorityCount > 1 &&
           sid->SubAuthority[0] == SECURITY_NT_NON_UNIQUE;
}

/* Of the domain's groups that have the gid of SID: one that denies says so for the gid, and one that is used is enough. */
static enum group_use use_by_domain(const struct token *token, const SID *sid)
{
    const struct token_identity *identity = token->identity;
    bool any = false, used = false;
    ULONG i;

    for (i = 2; i < identity->sid_count; i++)
    {
        if (!is_of_domain(identity->sids[i - 1].sid) || !sid_equal(identity->sids[i].sid, sid)) continue;
        if (use_of_entry(token, i - 1) == GROUP_DENIES) return GROUP_DENIES;
        any = true;
        used |= use_of_entry(token, i - 1) == GROUP_USED;
    }
    return used || !any ? GROUP_USED : GROUP_UNUSED;
}

/* What TOKEN makes of the group GID of its account. */
static enum group_use use_of_group(const struct token *token, gid_t gid)
{
    union id_sid sid;

    idmap_gid_to_sid(gid, &sid);
    if (token_has_deny_only_sid(token, &sid.sid)) return GROUP_DENIES;
    return token_has_sid(token, &sid.sid, false) ? use_by_domain(token, &sid.sid) : GROUP_UNUSED;
}

/*
 * Those of GROUPS that TOKEN does without, in OUT; their number. A group that is for denying only cannot be expressed,
 * for leaving it out opens what its members are kept from (rule 2): *REFUSED, unless the configuration says to.
 */
static size_t groups_to_leave_out(const struct token *token, const gid_t *groups, size_t count, bool drop_deny_only,
                                  gid_t *out, bool *refused)
{
    size_t i, left_out = 0;

    *refused = false;
    for (i = 0; i < count; i++)
    {
        enum group_use use = use_of_group(token, groups[i]);

        if (use == GROUP_USED) continue;
        if (use == GROUP_DENIES && !drop_deny_only) *refused = true;
        out[left_out++] = groups[i];
    }
    return left_out;
}

/* The credential of the token's account less the groups that are not enabled. */
static NTSTATUS create_of_account(const struct token *token, struct credential **credential)
{
    struct credential *account = token->identity->account;
    const struct guise_config *config;
    const gid_t *groups;
    size_t count;
    bool refused;
    gid_t *out;
    NTSTATUS status;

    if (!account || use_of_group(token, credential_gid(account)) != GROUP_USED) return STATUS_ACCESS_DENIED;
    if ((status = guise_get_config(&config))) return status;
    count = credential_groups(account, &groups);
    if (!(out = guise_alloc(count * sizeof(*out)))) return STATUS_NO_MEMORY;
    count = groups_to_leave_out(token, groups, count, config->drop_deny_only_groups, out, &refused);
    status = refused ? STATUS_ACCESS_DENIED : credential_without_groups(account, out, count, credential);
    guise_free(out);
    return status;
}

/* Whether all groups of the process are still the token's: it has no other set to carry. */
static bool has_groups_of_process(const struct token *token)
{
    const struct process_credential *process;
    size_t i;
    bool all;

    if (!token->identity->has_deny_only) return true;
    if (!(process = process_credential_get())) return false;
    all = use_of_group(token, process->egid) == GROUP_USED;
    for (i = 0; i < process->group_count && all; i++) all = use_of_group(token, process->groups[i]) == GROUP_USED;
    process_credential_release(process);
    return all;
}

/*
 * The process with the capabilities of the privileges that are enabled: of its own privileges those that the token has
 * disabled or removed go, those that it has enabled since come.
 */
static NTSTATUS create_of_process(const struct token *token, struct credential **credential)
{
    privilege_set enabled = atomic_load_explicit(&token->enabled, memory_order_relaxed);
    uint64_t raised = capabilities_of(enabled & ~token->identity->privileges_default),
             dropped = capabilities_of(token->identity->process_privileges & ~enabled);

    if (!has_groups_of_process(token)) return STATUS_ACCESS_DENIED;
    return credential_create_self(raised, dropped, credential);
}

/* ---- the token's own --------------------------------------------------------------------------------------------- */

/* Rule 2: access checks know restricting SIDs and a user for denying only, ids do not. */
static bool expressible_in_ids(const struct token *token)
{
    return !token_is_restricted(token) && !(token->identity->sids[0].attributes & SE_GROUP_USE_FOR_DENY_ONLY);
}

static struct credential *current_credential(struct token *token)
{
    struct credential *credential;

    token_lock_shared(token);
    credential = credential_reference(token->credential);
    token_unlock(token);
    return credential;
}

/* Keeps MADE, which was made from the token as it was in GENERATION. False: the token has been adjusted meanwhile. */
static bool keep_credential(struct token *token, struct credential *made, unsigned int generation)
{
    bool current;

    token_lock_exclusive(token);
    current = atomic_load(&token->generation) == generation;
    if (current && !token->credential) token->credential = credential_reference(made);
    token_unlock(token);
    return current;
}

/* The token's own credential, made now if it was not needed since it was made or adjusted. */
static NTSTATUS own_credential(struct token *token, struct credential **credential)
{
    unsigned int generation;
    NTSTATUS status;

    while (!(*credential = current_credential(token)))
    {
        generation = atomic_load(&token->generation);
        status = token->identity->of_process ? create_of_process(token, credential)
                                             : create_of_account(token, credential);
        if (status) return status;
        if (keep_credential(token, *credential, generation)) return STATUS_SUCCESS;
        credential_release(*credential);
    }
    return STATUS_SUCCESS;
}

/* Whether TOKEN stands for the process as it is now, and not as it was before a set*id. */
static bool is_of_this_process(const struct token *token)
{
    return token->identity->of_process && token->identity->process_generation == process_credential_generation();
}

NTSTATUS token_credential(struct token *token, SECURITY_IMPERSONATION_LEVEL level, struct credential **credential)
{
    const struct guise_config *config;
    NTSTATUS status;

    *credential = NULL;
    /* Rule 8: a duplicate of the process token never switches ids, whatever its level. */
    if (is_of_this_process(token) && expressible_in_ids(token))
    {
        status = own_credential(token, credential);
        if (status != STATUS_ACCESS_DENIED || level >= SecurityImpersonation) return status;
    }
    else if (level >= SecurityImpersonation)
    {
        if (luid_equal(token_authentication_id(token), ANONYMOUS_SESSION_LUID))
            return credential_get_anonymous(credential);
        if (token->identity->of_process || !expressible_in_ids(token)) return STATUS_ACCESS_DENIED;
        return own_credential(token, credential);
    }
    if ((status = guise_get_config(&config))) return status;
    return config->identification == IDENTIFICATION_TOKEN_ONLY ? STATUS_SUCCESS : credential_get_anonymous(credential);
}

/*
 * The primary token, made from the process credential P (design 5.1). Names are not resolved here.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/token.h"
#include "ntoskrnl/unix/caps.h"
#include "ntoskrnl/unix/idmap.h"

#define GROUP_ENABLED             (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)
#define ADMINISTRATORS_ATTRIBUTES (SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED | SE_GROUP_OWNER) /* 2.11 */
#define FIXED_SIDS                8 /* user, primary group, and the well-known ones */

/* Privileges whose capabilities are all in CAPABILITIES. */
static privilege_set privileges_from_capabilities(uint64_t capabilities)
{
    privilege_set set = 0;
    size_t i;

    for (i = 0; i < privilege_capability_count; i++)
        if (!(privilege_capabilities[i].capabilities & ~capabilities))
            set |= PRIVILEGE_BIT(privilege_capabilities[i].privilege);
    return set;
}

/* LocalSystem's is the well-known one; another user has one as long as the process keeps that user. */
static struct logon_session *process_session(uid_t uid, const SID *user)
{
    const struct logon_session_form form = {.id = luid_allocate(), .user = user, .package = u"Unix"};

    return uid ? logon_session_create(&form) : logon_session_system();
}

/* K2.11.1 for LocalSystem; for a user: himself and the system. */
static struct object_security *process_default_security(uid_t uid, const SID *user, const SID *group)
{
    const struct ace_allowed system_aces[] = {
        {GENERIC_ALL, &sid_local_system.sid},
        {GENERIC_READ | GENERIC_EXECUTE | READ_CONTROL, &sid_administrators.sid},
    };
    const struct ace_allowed user_aces[] = {{GENERIC_ALL, user}, {GENERIC_ALL, &sid_local_system.sid}};

    return uid ? object_security_create_allowing(user, group, user_aces, 2)
               : object_security_create_allowing(&sid_administrators.sid, group, system_aces, 2);
}

/* Fills the SIDs of a process; returns their number. GROUPS holds the SIDs made from the groups of P. */
static ULONG list_sids(const struct process_credential *process, const union id_sid *user,
                       const union id_sid *primary_group, const union id_sid *groups, struct token_sid *sids)
{
    ULONG count = 0;
    size_t i;

    sids[count++] = (struct token_sid){&user->sid, 0};
    sids[count++] = (struct token_sid){&primary_group->sid, GROUP_ENABLED};
    if (!process->euid)
        sids[count++] = (struct token_sid){&sid_administrators.sid, ADMINISTRATORS_ATTRIBUTES};
    else
        sids[count++] = (struct token_sid){&sid_users.sid, GROUP_ENABLED};
    sids[count++] = (struct token_sid){&sid_everyone.sid, GROUP_ENABLED};
    sids[count++] = (struct token_sid){&sid_authenticated_users.sid, GROUP_ENABLED};
    sids[count++] = (struct token_sid){&sid_local.sid, GROUP_ENABLED};
    for (i = 0; i < process->group_count; i++)
        if (process->groups[i] != process->egid) sids[count++] = (struct token_sid){&groups[i].sid, GROUP_ENABLED};
    return count;
}

static NTSTATUS create_from(const struct process_credential *process, struct token_template *template,
                            union id_sid *groups, struct token_sid *sids, struct token **token)
{
    union id_sid user, primary_group;
    size_t i;

    idmap_uid_to_sid(process->euid, &user);
    idmap_gid_to_sid(process->egid, &primary_group);
    for (i = 0; i < process->group_count; i++) idmap_gid_to_sid(process->groups[i], &groups[i]);
    template->sids = sids;
    template->sid_count = list_sids(process, &user, &primary_group, groups, sids);
    template->owner = process->euid ? 0 : 2; /* Administrators own what LocalSystem makes (K2.11.1) */
    template->primary_group = process->euid ? 1 : 0;
    template->session = process_session(process->euid, &user.sid);
    template->default_security = process_default_security(process->euid, &user.sid, sids[template->primary_group].sid);
    template->security = template->default_security;
    *token = template->session && template->default_security ? token_create(template) : NULL;
    logon_session_release(template->session);
    object_security_release(template->default_security);
    return *token ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* All of P is there; the arrays that its groups need are made here. */
static NTSTATUS create_with_groups(const struct process_credential *process, struct token **token)
{
    struct token_template template = {
        .source = process->euid ? "Guise   " : "*SYSTEM*",
        .origin = process->euid ? SYSTEM_SESSION_LUID : (LUID){0, 0},
        .of_process = true,
        .process_generation = process->generation,
        .privileges = privileges_from_capabilities(process->permitted),
        .enabled = privileges_from_capabilities(process->effective),
        .type = TokenPrimary,
        .level = SecurityAnonymous,
    };
    union id_sid *groups = guise_alloc(process->group_count * sizeof(*groups));
    struct token_sid *sids = guise_alloc((process->group_count + FIXED_SIDS) * sizeof(*sids));
    NTSTATUS status = STATUS_NO_MEMORY;

    template.enabled &= template.privileges;
    template.enabled_by_default = template.enabled;
    template.integrity = !process->euid || template.privileges & PRIVILEGE_BIT(SE_TCB_PRIVILEGE)
                             ? SECURITY_MANDATORY_SYSTEM_RID
                             : SECURITY_MANDATORY_MEDIUM_RID;
    if (groups && sids) status = create_from(process, &template, groups, sids, token);
    guise_free(groups);
    guise_free(sids);
    return status;
}

NTSTATUS process_token_create(struct token **token)
{
    const struct process_credential *process = process_credential_get();
    NTSTATUS status = process ? create_with_groups(process, token) : STATUS_NO_MEMORY;

    process_credential_release(process);
    return status;
}

/*
 * Tokens made by a logon: an authenticated network client, and the null session.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ntsecapi.h>

#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/logon.h"

#define GROUP_ENABLED (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)
#define FIXED_SIDS    7 /* user, primary group, Everyone, two of the type, Authenticated Users, logon SID */

/* S-1-5-RID: how a logon came about. */
#define WELL_KNOWN(rid) {.sid = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {rid}}}
static const struct sid_constant by_batch = WELL_KNOWN(SECURITY_BATCH_RID);
static const struct sid_constant by_interactive = WELL_KNOWN(SECURITY_INTERACTIVE_RID);
static const struct sid_constant by_service = WELL_KNOWN(SECURITY_SERVICE_RID);
static const struct sid_constant by_remote = WELL_KNOWN(SECURITY_REMOTE_LOGON_RID);

static const struct type_sids
{
    ULONG type;
    const SID *first, *second; /* second may be NULL */
} type_sids[] = {
    {Interactive, &by_interactive.sid, NULL},
    {Network, &sid_network.sid, NULL},
    {Batch, &by_batch.sid, NULL},
    {Service, &by_service.sid, NULL},
    {Unlock, &by_interactive.sid, NULL},
    {NetworkCleartext, &sid_network.sid, NULL},
    {RemoteInteractive, &by_remote.sid, &by_interactive.sid},
};

static const struct type_sids *sids_of_type(ULONG type)
{
    for (size_t i = 0; i < ARRAYSIZE(type_sids); i++)
        if (type_sids[i].type == type) return &type_sids[i];
    return NULL;
}

/* The server that holds the token, and the client himself, may do everything with it as an object. */
static struct object_security *logon_security(const SID *user, const SID *group)
{
    const struct ace_allowed aces[] = {{GENERIC_ALL, user}, {GENERIC_ALL, &sid_local_system.sid}, {GENERIC_ALL, NULL}};
    struct ace_allowed granted[3] = {aces[0], aces[1], aces[2]};
    const struct process_credential *process = process_credential_get();
    union id_sid server;

    if (!process) return NULL;
    idmap_uid_to_sid(process->euid, &server);
    process_credential_release(process);
    granted[2].sid = &server.sid;
    return object_security_create_allowing(user, group, granted, 3);
}

/* What the client's new objects get: himself and the system (as for any user, K0.3.5). */
static struct object_security *logon_default_security(const SID *user, const SID *group)
{
    const struct ace_allowed aces[] = {{GENERIC_ALL, user}, {GENERIC_ALL, &sid_local_system.sid}};

    return object_security_create_allowing(user, group, aces, 2);
}

void logon_make_sid(union id_sid *sid)
{
    LUID id = luid_allocate();
    const ULONG subauthorities[] = {SECURITY_LOGON_IDS_RID, (ULONG)id.HighPart, id.LowPart};

    sid_make(&sid->sid, 5, 3, subauthorities);
}

NTSTATUS logon_create_token(struct token_template *template, struct token **token)
{
    const SID *user = template->sids[0].sid, *group = template->sids[template->primary_group].sid;

    template->security = logon_security(user, group);
    template->default_security = logon_default_security(user, group);
    *token = template->security && template->default_security ? token_create(template) : NULL;
    object_security_release(template->security);
    object_security_release(template->default_security);
    return *token ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* Appends the caller's groups; true: the logon SID is among them. */
static bool list_local_groups(const TOKEN_GROUPS *groups, struct token_sid *sids, ULONG *count)
{
    bool has_logon_sid = false;

    for (ULONG i = 0; groups && i < groups->GroupCount; i++)
    {
        const SID_AND_ATTRIBUTES *group = &groups->Groups[i];

        sids[(*count)++] = (struct token_sid){group->Sid, group->Attributes};
        if ((group->Attributes & SE_GROUP_LOGON_ID) == SE_GROUP_LOGON_ID) has_logon_sid = true;
    }
    return has_logon_sid;
}

static bool has_gid(const struct guise_logon_kind *kind, gid_t gid)
{
    size_t i;

    for (i = 0; i < kind->domain_group_count; i++)
        if (kind->domain_groups[i].has_gid && kind->domain_groups[i].gid == gid) return true;
    return false;
}

/* A domain's groups, each before its gid (se/credential.c looks for it there), then the gids that no domain gave. */
static ULONG list_groups(const struct guise_logon_kind *kind, const struct unix_account *account, union id_sid *unix_groups,
                         struct token_sid *sids, ULONG count)
{
    size_t i, made = 0;

    for (i = 0; i < kind->domain_group_count; i++)
    {
        const struct guise_domain_group *group = &kind->domain_groups[i];

        sids[count++] = (struct token_sid){group->sid, group->attributes};
        if (!account || !group->has_gid) continue;
        idmap_gid_to_sid(group->gid, &unix_groups[made]);
        sids[count++] = (struct token_sid){&unix_groups[made++].sid, group->attributes};
    }
    for (i = 0; account && i <= account->group_count; i++)
    {
        gid_t gid = i ? account->groups[i - 1] : account->gid;

        if (has_gid(kind, gid)) continue;
        idmap_gid_to_sid(gid, &unix_groups[made]);
        sids[count++] = (struct token_sid){&unix_groups[made++].sid, GROUP_ENABLED};
    }
    return count;
}

/* The SIDs of a logon in the order of a Windows token: user, primary group, account groups, well-known ones, logon SID.
 */
static ULONG list_sids(const struct guise_logon *logon, const struct guise_logon_kind *kind, const SID *user,
                       union id_sid *unix_groups, const union id_sid *logon_sid, struct token_sid *sids)
{
    const struct type_sids *of_type = sids_of_type(kind->type);
    const SID *const well_known[] = {&sid_everyone.sid, of_type->first, of_type->second, &sid_authenticated_users.sid};
    ULONG count = 0;
    size_t i;

    sids[count++] = (struct token_sid){user, 0};
    count = list_groups(kind, logon->account, unix_groups, sids, count);
    for (i = 0; i < ARRAYSIZE(well_known); i++)
        if (well_known[i]) sids[count++] = (struct token_sid){well_known[i], GROUP_ENABLED};
    for (i = 0; i < logon->group_count; i++) sids[count++] = (struct token_sid){logon->groups[i], GROUP_ENABLED};
    if (!list_local_groups(kind->local_groups, sids, &count))
        sids[count++] = (struct token_sid){&logon_sid->sid, GROUP_ENABLED | SE_GROUP_LOGON_ID};
    return count;
}

static struct logon_session *create_session(const struct guise_logon *logon, const struct guise_logon_kind *kind,
                                            const SID *user)
{
    struct logon_session_form form = {.id = luid_allocate(),
                                            .type = kind->type,
                                            .user = user,
                                            .user_name = logon->user_name,
                                            .domain_name = logon->domain_name,
                                            .package = kind->package,
                                            .server = kind->server,
                                            .dns_domain = kind->dns_domain,
                                            .upn = kind->upn,
                                            .has_times = kind->times};

    if (kind->times) form.times = *kind->times;
    return logon_session_create(&form);
}

/* All allocations of the template but its session are there; fills it and makes the token. */
static NTSTATUS create_logon(const struct guise_logon *logon, const struct guise_logon_kind *kind,
                             struct token_template *template, union id_sid *unix_groups, struct token_sid *sids,
                             struct token **token)
{
    const struct unix_account *account = logon->account;
    union id_sid user, logon_sid;
    NTSTATUS status;

    if (account) idmap_uid_to_sid(account->uid, &user);
    logon_make_sid(&logon_sid);
    template->sids = sids;
    template->sid_count =
        list_sids(logon, kind, logon->user ? logon->user : &user.sid, unix_groups, &logon_sid, sids);
    template->primary_group = account || kind->domain_group_count ? 1 : 0;
    if (!(template->session = create_session(logon, kind, sids[0].sid))) return STATUS_NO_MEMORY;
    status = logon_create_token(template, token);
    logon_session_release(template->session);
    return status;
}

NTSTATUS guise_create_session_token(const struct guise_logon *logon, const struct guise_logon_kind *kind,
                                    PACCESS_TOKEN *token)
{
    /* Each gid once, but for those that several groups of a domain have. */
    size_t unix_count = logon->account ? logon->account->group_count + 1 + kind->domain_group_count : 0;
    size_t local_count = kind->local_groups ? kind->local_groups->GroupCount : 0;
    struct token_template template = {
        .source = logon->source,
        .source_id = luid_is_zero(kind->source_id) ? luid_allocate() : kind->source_id,
        .origin = kind->origin,
        .integrity = SECURITY_MANDATORY_MEDIUM_RID,
        .privileges = PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE),
        .enabled = PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE),
        .enabled_by_default = PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE),
        .type = kind->token_type,
        .level = kind->token_type == TokenImpersonation ? logon->level : SecurityAnonymous,
    };
    union id_sid *unix_groups;
    struct token_sid *sids;
    struct token *created = NULL;
    NTSTATUS status;

    *token = NULL;
    if ((!logon->user && !logon->account) || !sids_of_type(kind->type)) return STATUS_INVALID_PARAMETER;
    if (logon->account && (status = credential_create_client(logon->account, &template.account))) return status;
    unix_groups = guise_alloc(unix_count * sizeof(*unix_groups));
    sids = guise_alloc((FIXED_SIDS + unix_count + kind->domain_group_count + logon->group_count + local_count) * sizeof(*sids));
    status = unix_groups && sids ? create_logon(logon, kind, &template, unix_groups, sids, &created)
                                 : STATUS_NO_MEMORY;
    guise_free(sids);
    guise_free(unix_groups);
    credential_release(template.account);
    *token = created;
    return status;
}

NTSTATUS guise_create_logon_token(const struct guise_logon *logon, PACCESS_TOKEN *token)
{
    static const struct guise_logon_kind network = {.type = Network, .token_type = TokenImpersonation};

    return guise_create_session_token(logon, &network, token);
}

NTSTATUS anonymous_token_create(const char *source, SECURITY_IMPERSONATION_LEVEL level, struct token **token)
{
    struct token_template template = {
        .source = source,
        .integrity = SECURITY_MANDATORY_UNTRUSTED_RID,
        .type = TokenImpersonation,
        .level = level,
    };
    const struct token_sid sids[] = {{&sid_anonymous.sid, 0}, {&sid_everyone.sid, GROUP_ENABLED}};
    const struct guise_config *config;
    NTSTATUS status;

    if ((status = guise_get_config(&config))) return status;
    template.sids = sids;
    template.sid_count = config->everyone_includes_anonymous ? 2 : 1; /* K1.9.1 */
    template.session = logon_session_anonymous();
    status = logon_create_token(&template, token);
    logon_session_release(template.session);
    return status;
}

NTSTATUS guise_create_anonymous_token(const char *source, SECURITY_IMPERSONATION_LEVEL level, PACCESS_TOKEN *token)
{
    struct token *created;
    NTSTATUS status = anonymous_token_create(source, level, &created);

    *token = status ? NULL : created;
    return status;
}

void guise_query_token_names(PACCESS_TOKEN access_token, struct guise_token_names *names)
{
    const struct token *token = access_token;
    const struct logon_session_form *session = &token->identity->session->form;

    *names = (struct guise_token_names){.user_name = session->user_name,
                                        .domain_name = session->domain_name,
                                        .dns_domain = session->dns_domain,
                                        .upn = session->upn};
    names->has_uid = names->has_account = idmap_sid_to_uid(token_user(token), &names->uid);
    names->account = names->uid;
    if (!token->identity->account) return;
    names->has_account = true;
    names->account = credential_uid(token->identity->account);
}

bool guise_query_token_times(PACCESS_TOKEN access_token, struct guise_account_times *times)
{
    const struct token *token = access_token;
    const struct logon_session_form *session = &token->identity->session->form;

    *times = session->times;
    return session->has_times;
}

NTSTATUS guise_open_token(PACCESS_TOKEN token, ACCESS_MASK access, HANDLE *handle)
{
    return handle_create(token, access, 0, handle);
}

void guise_reference_token(PACCESS_TOKEN token)
{
    token_reference(token);
}

void guise_dereference_token(PACCESS_TOKEN token)
{
    token_release(token);
}

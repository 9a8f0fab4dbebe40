/*
 * A client's token as values, from which another process of the same service makes it again.
 *
 * What travels is what a logon gave. A token that was adjusted or filtered since, and one that is the process's, do not
 * travel: the copy must never be more than the original, and the process's token means another process there.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ntsecapi.h>
#include <string.h>

#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/logon.h"
#include "ntoskrnl/se/token.h"

/* All that a network logon holds (se/logon.c). */
#define CLIENT_PRIVILEGES PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE)

static bool groups_as_made(const struct token *token)
{
    const struct token_identity *identity = token->identity;

    for (ULONG i = 0; i < identity->sid_count; i++)
        if (token_sid_attributes(token, i) != identity->sids[i].attributes) return false;
    return true;
}

static bool is_plain_client(const struct token *token)
{
    const struct token_identity *identity = token->identity;

    return token->type == TokenImpersonation && identity->session->form.type == Network && !identity->of_process && !token_is_restricted(token) &&
           !identity->has_deny_only && !identity->write_restricted && !identity->sandbox_inert && !identity->lua &&
           atomic_load(&token->privileges) == CLIENT_PRIVILEGES && atomic_load(&token->enabled) == CLIENT_PRIVILEGES &&
           token_integrity(token) == SECURITY_MANDATORY_MEDIUM_RID && groups_as_made(token);
}

static void describe_account(const struct credential *account, struct guise_client *client)
{
    const gid_t *groups;

    if (!account) return;
    client->has_account = true;
    client->account.uid = credential_uid(account);
    client->account.gid = credential_gid(account);
    client->account.group_count = credential_groups(account, &groups);
    client->account.groups = (gid_t *)groups; /* who describes does not change them */
}

NTSTATUS guise_describe_client(PACCESS_TOKEN access_token, struct guise_client *client)
{
    struct token *token = access_token;
    const struct token_identity *identity = token->identity;
    const struct logon_session_form *session = &identity->session->form;

    memset(client, 0, sizeof(*client));
    memcpy(client->source, identity->source.SourceName, TOKEN_SOURCE_LENGTH);
    client->level = token->level;
    if (luid_equal(token_authentication_id(token), ANONYMOUS_SESSION_LUID))
    {
        client->anonymous = true;
        return STATUS_SUCCESS;
    }
    if (!is_plain_client(token)) return STATUS_NOT_SUPPORTED;
    client->user_name = session->user_name;
    client->domain_name = session->domain_name;
    client->package = session->package;
    client->server = session->server;
    client->dns_domain = session->dns_domain;
    client->upn = session->upn;
    client->expiration = identity->expiration.QuadPart;
    client->sids = identity->sids;
    client->sid_count = identity->sid_count;
    token_lock_shared(token);
    client->owner = token->owner;
    client->primary_group = token->primary_group;
    token_unlock(token);
    describe_account(identity->account, client);
    return STATUS_SUCCESS;
}

static bool is_sane(const struct guise_client *client)
{
    if ((unsigned int)client->level > SecurityDelegation) return false;
    if (client->anonymous) return true;
    if (!client->sid_count || client->owner >= client->sid_count || client->primary_group >= client->sid_count) return false;
    for (ULONG i = 0; i < client->sid_count; i++)
    {
        ULONG attributes = client->sids[i].attributes;

        if (!sid_valid(client->sids[i].sid) || attributes & SE_GROUP_USE_FOR_DENY_ONLY) return false;
        /* What a logon does not give. The user itself has no attributes. */
        if (i ? !(attributes & SE_GROUP_ENABLED) : attributes) return false;
    }
    return true;
}

/* The entries of CLIENT, with this process's own SID for the logon. */
static void copy_entries(const struct guise_client *client, const SID *logon_sid, struct token_sid *sids)
{
    for (ULONG i = 0; i < client->sid_count; i++)
    {
        sids[i] = client->sids[i];
        if ((sids[i].attributes & SE_GROUP_LOGON_ID) == SE_GROUP_LOGON_ID) sids[i].sid = logon_sid;
    }
}

static struct logon_session *create_session(const struct guise_client *client)
{
    const struct logon_session_form form = {.id = luid_allocate(),
                                            .type = Network,
                                            .user = client->sids[0].sid,
                                            .user_name = client->user_name,
                                            .domain_name = client->domain_name,
                                            .package = client->package,
                                            .server = client->server,
                                            .dns_domain = client->dns_domain,
                                            .upn = client->upn};

    return logon_session_create(&form);
}

static NTSTATUS create_client(const struct guise_client *client, struct credential *account, struct token **token)
{
    struct token_template template = {
        .source = client->source,
        .source_id = luid_allocate(),
        .expiration.QuadPart = client->expiration,
        .integrity = SECURITY_MANDATORY_MEDIUM_RID,
        .privileges = CLIENT_PRIVILEGES,
        .enabled = CLIENT_PRIVILEGES,
        .sid_count = client->sid_count,
        .owner = client->owner,
        .primary_group = client->primary_group,
        .type = TokenImpersonation,
        .level = client->level,
        .account = account,
    };
    struct token_sid *sids = guise_alloc(client->sid_count * sizeof(*sids));
    NTSTATUS status = STATUS_NO_MEMORY;
    union id_sid logon_sid;

    logon_make_sid(&logon_sid);
    template.session = create_session(client);
    if (sids && template.session)
    {
        copy_entries(client, &logon_sid.sid, sids);
        template.sids = sids;
        status = logon_create_token(&template, token);
    }
    logon_session_release(template.session);
    guise_free(sids);
    return status;
}

NTSTATUS guise_create_client(const struct guise_client *client, PACCESS_TOKEN *access_token)
{
    struct credential *account = NULL;
    struct token *token = NULL;
    NTSTATUS status;

    *access_token = NULL;
    if (!is_sane(client)) return STATUS_INVALID_PARAMETER;
    if (client->anonymous) return guise_create_anonymous_token(client->source, client->level, access_token);
    /* Rule 8 is asked again: here and now, by this process's configuration. */
    if (client->has_account && (status = credential_create_client(&client->account, &account))) return status;
    status = create_client(client, account, &token);
    credential_release(account);
    *access_token = token;
    return status;
}

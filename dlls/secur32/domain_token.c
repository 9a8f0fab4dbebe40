/*
 * Tokens of a domain's users.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/utf16.h"
#include "dlls/secur32/domain_token.h"

#define PRIMARY_GROUP_ATTRIBUTES (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)

/* What a domain may say of a group; the rest only a token has. */
#define GROUP_ATTRIBUTES \
    (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_RESOURCE)

/* The names for NSS. */
struct names
{
    char *user, *domain, *dns_domain;
};

struct sid_lists
{
    struct guise_domain_group *groups; /* the primary one first */
    size_t group_count;
    const SID **others;
    size_t other_count;
};

static bool has_authority(const SID *sid, UCHAR authority)
{
    const UCHAR expected[6] = {0, 0, 0, 0, 0, authority};

    return !memcmp(sid->IdentifierAuthority.Value, expected, sizeof(expected));
}

/* S-1-5-21-... with a RID. */
static bool is_of_domain(const SID *sid)
{
    return has_authority(sid, 5) && sid->SubAuthorityCount == 5 && sid->SubAuthority[0] == SECURITY_NT_NON_UNIQUE;
}

/* S-1-18-1, S-1-18-2 (MS-DTYP 2.4.2.4) */
static bool says_who_asserted(const SID *sid)
{
    return has_authority(sid, 18) && sid->SubAuthorityCount == 1;
}

static bool same_sid(const SID *a, const SID *b)
{
    return a->SubAuthorityCount == b->SubAuthorityCount &&
           !memcmp(a, b, offsetof(SID, SubAuthority) + a->SubAuthorityCount * sizeof(ULONG));
}

static void sort_groups(const struct domain_token *form, struct sid_lists *lists)
{
    lists->groups[lists->group_count++] =
        (struct guise_domain_group){.sid = form->primary_group, .attributes = PRIMARY_GROUP_ATTRIBUTES};
    for (size_t i = 0; i < form->group_count; i++)
    {
        const struct token_sid *group = &form->groups[i];
        ULONG attributes = group->attributes & GROUP_ATTRIBUTES;

        if (same_sid(group->sid, form->primary_group)) lists->groups[0].attributes = attributes;
        else if (is_of_domain(group->sid))
            lists->groups[lists->group_count++] = (struct guise_domain_group){.sid = group->sid, .attributes = attributes};
        else if (says_who_asserted(group->sid)) lists->others[lists->other_count++] = group->sid;
        else GUISE_TRACE("token", "a domain gave a SID of authority %u, which is left out", group->sid->IdentifierAuthority.Value[5]);
    }
    if (form->authority) lists->others[lists->other_count++] = form->authority;
}

static char *to_utf8(const WCHAR *text)
{
    size_t units = 0, length;
    char *utf8;

    while (text && text[units]) units++;
    if (!(utf8 = guise_alloc(3 * units + 1))) return NULL;
    if (units && !utf16_to_utf8(text, units, utf8, 3 * units, &length)) *utf8 = 0; /* no name that NSS could know */
    return utf8;
}

static NTSTATUS find_account(const struct domain_token *form, struct sid_lists *lists, struct unix_account **account)
{
    struct names names = {to_utf8(form->user_name), to_utf8(form->domain_name), to_utf8(form->dns_domain)};
    struct guise_domain_user user = {form->user, names.user, names.domain, names.dns_domain};
    NTSTATUS status = STATUS_NO_MEMORY;

    if (names.user && names.domain && names.dns_domain)
        status = guise_domain_account(&user, lists->groups, lists->group_count, account);
    if (status == STATUS_NO_SUCH_USER)
        guise_log("%s: logon of %s of domain %s refused: nobody in [accounts] accounts has a Unix account for it", form->source, names.user,
                  names.domain);
    guise_free(names.user);
    guise_free(names.domain);
    guise_free(names.dns_domain);
    return status;
}

static NTSTATUS create_token(const struct domain_token *form, const struct sid_lists *lists,
                             const struct unix_account *account, PACCESS_TOKEN *token)
{
    struct guise_logon_kind kind = *form->kind;
    const struct guise_logon logon = {.source = form->source,
                                      .user_name = form->user_name,
                                      .domain_name = form->domain_name,
                                      .user = form->user,
                                      .groups = lists->others,
                                      .group_count = lists->other_count,
                                      .account = account,
                                      .level = form->level};

    kind.domain_groups = lists->groups;
    kind.domain_group_count = lists->group_count;
    kind.package = form->package;
    kind.server = form->server;
    kind.dns_domain = form->dns_domain;
    kind.upn = form->upn;
    kind.times = form->times;
    return guise_create_session_token(&logon, &kind, token);
}

NTSTATUS domain_create_token(const struct domain_token *form, PACCESS_TOKEN *token)
{
    struct sid_lists lists = {.groups = guise_alloc((form->group_count + 1) * sizeof(*lists.groups)),
                              .others = guise_alloc((form->group_count + 1) * sizeof(*lists.others))};
    struct unix_account *account;
    NTSTATUS status = STATUS_NO_MEMORY;

    *token = NULL;
    if (!is_of_domain(form->primary_group)) status = STATUS_LOGON_FAILURE; /* it would be the first of the groups */
    else if (lists.groups && lists.others)
    {
        sort_groups(form, &lists);
        if (!(status = find_account(form, &lists, &account)))
        {
            status = create_token(form, &lists, account, token);
            guise_account_free(account);
        }
    }
    guise_free(lists.groups);
    guise_free(lists.others);
    return status;
}

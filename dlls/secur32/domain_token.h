/*
 * The token of a domain's user, whoever proved it: Kerberos with a PAC, or NTLM with the answer of a domain controller.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_DOMAIN_TOKEN_H
#define GUISE_SECUR32_DOMAIN_TOKEN_H

#include "ntoskrnl/core.h"

struct domain_token
{
    const WCHAR *user_name, *domain_name;
    const WCHAR *dns_domain, *upn, *server; /* may be NULL */
    const SID *user, *primary_group;
    size_t group_count;
    const struct token_sid *groups; /* the primary group is looked for among them */
    const SID *authority;           /* one more, which says how the proof was made; may be NULL */

    const struct guise_account_times *times;
    const WCHAR *package;
    const char *source; /* of TOKEN_SOURCE, at most 8 characters */
    SECURITY_IMPERSONATION_LEVEL level;
    const struct guise_logon_kind *kind; /* its texts are not looked at */
};

/*
 * The token, with one reference for the caller, with its Unix account and the gids of its groups. SIDs that a domain cannot give are left out: those of this
 * machine and the well-known ones, but for S-1-18-x (the identity was asserted by an authority, or by a service).
 * STATUS_NO_SUCH_USER: there is no Unix account; a line on the log. STATUS_NO_LOGON_SERVERS, STATUS_ACCESS_DENIED (design 5.8), STATUS_NO_MEMORY.
 */
NTSTATUS domain_create_token(const struct domain_token *form, PACCESS_TOKEN *token);

#endif

/*
 * The token of a client whose ticket has a PAC.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ntsecapi.h>

#include "dlls/kerberos/pac.h"
#include "dlls/secur32/domain_token.h"

NTSTATUS pac_create_token(const struct pac_logon *logon, const struct pac_token_request *request, PACCESS_TOKEN *token)
{
    static const struct guise_logon_kind network = {.type = Network, .token_type = TokenImpersonation};
    const struct guise_account_times times = {.logoff = logon->logoff_time,
                                              .kickoff = logon->kickoff_time,
                                              .password_set = logon->password_last_set,
                                              .password_can_change = logon->password_can_change,
                                              .password_must_change = logon->password_must_change};
    const struct domain_token form = {.user_name = logon->account_name,
                                      .domain_name = logon->domain_name,
                                      .dns_domain = logon->dns_domain,
                                      .upn = logon->upn,
                                      .server = logon->logon_server,
                                      .user = logon->user,
                                      .primary_group = logon->primary_group,
                                      .group_count = logon->group_count,
                                      .groups = logon->groups,
                                      .times = &times,
                                      .package = u"Kerberos",
                                      .source = request->source,
                                      .level = request->level,
                                      .kind = request->kind ? request->kind : &network};

    return domain_create_token(&form, token);
}

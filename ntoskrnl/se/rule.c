/*
 * The impersonation rule (K1.1.1 to K1.1.7): who may carry a client at Impersonation or Delegation level.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/token.h"

/*
 * Whether CLIENT is an account of the store that stands for the Unix account the server runs as. It has a SID of its
 * own, but to Linux the two are one user (design 5.7).
 */
static bool stands_for_process(const struct token *client)
{
    const struct credential *account = client->identity->account;
    const struct process_credential *process;
    bool same;

    if (!account || !(process = process_credential_get())) return false;
    same = credential_uid(account) == process->euid;
    process_credential_release(process);
    return same;
}

/*
 * PRIMARY is the token of the process, never the effective one, so that impersonating somebody else first changes
 * nothing. The anonymous logon comes before the identity rules: it is always less than the server.
 */
enum impersonation_verdict impersonation_judge(struct token *primary, struct token *client,
                                               SECURITY_IMPERSONATION_LEVEL level)
{
    if (level < SecurityImpersonation) return IMPERSONATE_LOW_LEVEL;
    if (token_privilege_enabled(primary, SE_IMPERSONATE_PRIVILEGE)) return IMPERSONATE_PRIVILEGE;
    if (luid_equal(token_authentication_id(client), ANONYMOUS_SESSION_LUID)) return IMPERSONATE_ANONYMOUS;
    /* A network logon's origin is zero and matches nobody (K1.1.6). */
    if (!luid_is_zero(token_origin(client)) && luid_equal(token_origin(client), token_authentication_id(primary)))
        return IMPERSONATE_ORIGIN;
    if (!sid_equal(token_user(primary), token_user(client)) && !stands_for_process(client)) return IDENTIFY_OTHER_USER;
    if (token_is_restricted(primary) != token_is_restricted(client)) return IDENTIFY_RESTRICTION;
    if (token_integrity(client) > token_integrity(primary)) return IDENTIFY_INTEGRITY;
    return IMPERSONATE_SAME_USER;
}

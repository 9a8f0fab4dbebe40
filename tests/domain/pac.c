/*
 * Who a PAC makes of a client, beside who the same controller makes of him over NTLM.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "../unix/support.h"
#include "domain.h"

/* The same person, whoever proved it: what the two packages add of their own apart, the SIDs are the same. */
static void test_same_as_ntlm(void)
{
    struct session kerberos, ntlm;
    TOKEN_GROUPS *one, *other;
    ULONG missing = 0;

    if (!domain_log_on(&kerberos, "Kerberos", "many")) return;
    if (domain_log_on(&ntlm, "NTLM", "many"))
    {
        one = domain_query(&kerberos, TokenGroups);
        other = domain_query(&ntlm, TokenGroups);
        ok(one && other && one->GroupCount > 400 && one->GroupCount == other->GroupCount, "groups\n"); /* MS-PAC 2.5 */
        for (ULONG i = 0; one && other && i < one->GroupCount; i++)
        {
            bool found = false;

            for (ULONG k = 0; k < other->GroupCount && !found; k++) found = RtlEqualSid(one->Groups[i].Sid, other->Groups[k].Sid);
            missing += !found;
        }
        ok(missing == 2, "%u SIDs differ\n", missing); /* MS-PAC 2.5: the logon SID, and who asserted the identity */
        session_close(&ntlm);
    }
    session_close(&kerberos);
}

START_TEST(pac)
{
    if (!domain_setup("accounts = files winbind nss\n")) return;
    domain_check_sids("Kerberos");
    domain_check_sids("Negotiate");
    domain_check_carried("Kerberos", "alice"); /* design 5.2 */
    domain_check_carried("Kerberos", "bob");   /* design 5.2 */
    domain_check_carried("Negotiate", "many"); /* design 5.2 */
    domain_check_files("Kerberos");
    domain_check_deny_only("Kerberos");
    domain_check_messages("Kerberos");
    domain_check_times("Kerberos");
    domain_check_times("Negotiate");
    test_same_as_ntlm();
    session_cleanup();
}

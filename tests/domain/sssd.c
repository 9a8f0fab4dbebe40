/*
 * SSSD as the one who gives the domain's users their ids, beside a winbind that nobody asks: who they are before the kernel.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "../unix/support.h"
#include "domain.h"

#define FIRST_UID 200000 /* above all that winbind gives */

START_TEST(sssd)
{
    struct domain_user user;

    if (!domain_setup("accounts = files sssd\n")) return;
    ok(domain_sssd("start"), "SSSD does not start\n"); /* design 11.1 */
    ok(domain_find_user("alice", &user) && user.uid >= FIRST_UID && user.gid >= FIRST_UID, "uid %u, gid %u\n", user.uid, user.gid); /* design 11.1 */
    domain_check_sids("Kerberos");
    domain_check_carried("Kerberos", "alice"); /* design 11.4: none of this machine's alice's */
    domain_check_carried("Negotiate", "bob");  /* design 11.4 */
    domain_check_files("Kerberos");
    domain_check_deny_only("Kerberos");
    domain_check_refused("Kerberos", "GUISE.TEST", "web", NULL, SEC_E_LOGON_DENIED); /* design 11.1: SSSD does not know him */
    ok(domain_sssd("stop"), "SSSD does not stop\n"); /* design 11.1 */
    session_cleanup();
}

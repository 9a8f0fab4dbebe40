/*
 * SSSD as the one who gives the domain's users their ids, beside a winbind that nobody asks: who they are before the kernel.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sddl.h>
#include <winbase.h>

#include "../unix/support.h"
#include "domain.h"

#define FIRST_UID 200000 /* above all that winbind gives */

static bool is_called(const char *sid, const char *domain, const char *name)
{
    BYTE room[SECURITY_MAX_SID_SIZE] __attribute__((aligned(4))), back[SECURITY_MAX_SID_SIZE];
    DWORD name_size = 256, domain_size = 256, size = sizeof(back);
    char found[256], in[256], full[600];
    SID_NAME_USE use;

    if (!guise_sid_from_text(sid, (SID *)room) || !LookupAccountSidA(NULL, room, found, &name_size, in, &domain_size, &use)) return false;
    snprintf(full, sizeof(full), "%s\\%s", in, found);
    domain_size = 256;
    return !strcasecmp(found, name) && !strcmp(in, domain) && LookupAccountNameA(NULL, full, back, &size, in, &domain_size, &use) && EqualSid(room, back);
}

static void test_names(void)
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(sid), domain_size = 256;
    char domain[256], alice[192], staff[192];
    SID_NAME_USE use;

    strcpy(alice, domain_sid("alice"));
    strcpy(staff, domain_sid("Staff"));
    ok(is_called(alice, "GUISE", "alice") && is_called(staff, "GUISE", "Staff"), "names of %s and %s\n", alice, staff); /* design 11.6 */
    ok(LookupAccountNameA(NULL, "bob@guise.test", sid, &size, domain, &domain_size, &use) && use == SidTypeUser && !strcmp(domain, "GUISE"), "error %u\n", GetLastError()); /* design 11.6 */
    size = sizeof(sid);
    domain_size = 256;
    ok(!LookupAccountNameA(NULL, "GUISE\\nobody-knows", sid, &size, domain, &domain_size, &use) && GetLastError() == ERROR_NONE_MAPPED, "error %u\n", GetLastError()); /* design 11.6 */
}

START_TEST(sssd)
{
    struct domain_user user;

    if (!domain_setup("accounts = files sssd\n[ntlm]\nnetbios-domain = GUISE\ndns-domain = guise.test\n")) return;
    ok(domain_sssd("start"), "SSSD does not start\n"); /* design 11.1 */
    ok(domain_find_user("alice", &user) && user.uid >= FIRST_UID && user.gid >= FIRST_UID, "uid %u, gid %u\n", user.uid, user.gid); /* design 11.1 */
    test_names();
    domain_check_sids("Kerberos");
    domain_check_carried("Kerberos", "alice"); /* design 11.4: none of this machine's alice's */
    domain_check_carried("Negotiate", "bob");  /* design 11.4 */
    domain_check_files("Kerberos");
    domain_check_deny_only("Kerberos");
    domain_check_file_sids("Kerberos");
    domain_check_refused("Kerberos", "GUISE.TEST", "web", NULL, SEC_E_LOGON_DENIED); /* design 11.1: SSSD does not know him */
    ok(domain_sssd("stop"), "SSSD does not stop\n"); /* design 11.1 */
    session_cleanup();
}

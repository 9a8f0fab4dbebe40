/*
 * What the table of privileges and capabilities says of those that are not in it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <linux/capability.h>

#include "wine/test.h"

#include "ntoskrnl/se/token.h"
#include "ntoskrnl/unix/caps.h"

/* Privileges that no capability stands for: a token that has them enabled may not gain one by it. */
static const ULONG plain[] = {SE_CREATE_PAGEFILE_PRIVILEGE, SE_CREATE_PERMANENT_PRIVILEGE, SE_UNDOCK_PRIVILEGE, SE_CREATE_GLOBAL_PRIVILEGE,
                              SE_TIME_ZONE_PRIVILEGE, SE_CREATE_SYMBOLIC_LINK_PRIVILEGE, SE_CHANGE_NOTIFY_PRIVILEGE, SE_RELABEL_PRIVILEGE};
static const ULONG unknown[] = {0, SE_MIN_WELL_KNOWN_PRIVILEGE - 1, SE_MAX_WELL_KNOWN_PRIVILEGE + 1, 64, UINT32_MAX};

START_TEST(capabilities)
{
    for (size_t i = 0; i < ARRAYSIZE(plain); i++)
    {
        ok(!capabilities_of_privilege(plain[i]), "privilege %u has one\n", plain[i]); /* design 5.1 */
        ok(!privileges_differ_in_capabilities(PRIVILEGE_BIT(plain[i]), 0), "privilege %u differs\n", plain[i]); /* design 5.1 */
    }
    for (size_t i = 0; i < ARRAYSIZE(unknown); i++)
        ok(!capabilities_of_privilege(unknown[i]), "no privilege %u has one\n", unknown[i]); /* design 5.1 */
    ok(capabilities_of_privilege(SE_BACKUP_PRIVILEGE) == UINT64_C(1) << CAP_DAC_READ_SEARCH, "another one\n"); /* design 5.1 */
    ok(privileges_differ_in_capabilities(PRIVILEGE_BIT(SE_BACKUP_PRIVILEGE), 0), "no difference\n"); /* design 5.1 */
}

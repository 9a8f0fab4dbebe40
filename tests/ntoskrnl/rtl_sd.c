/*
 * The Rtl routines on security descriptors, and SeValidSecurityDescriptor.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include <ntifs.h>

static SID owner = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};
static SID group = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_NETWORK_SERVICE_RID}};
static SID world = {SID_REVISION, 1, {SECURITY_WORLD_SID_AUTHORITY}, {0}};

static union
{
    ACL acl;
    UCHAR bytes[28];
} dacl, sacl;

struct relative
{
    SECURITY_DESCRIPTOR_RELATIVE header;
    SID owner, group;
    ACL dacl;
    ACCESS_ALLOWED_ACE ace;
    SID rest; /* of the ACE's SID */
};

static void make_absolute(SECURITY_DESCRIPTOR *absolute)
{
    NTSTATUS status = RtlCreateSecurityDescriptor(absolute, SECURITY_DESCRIPTOR_REVISION);

    ok(!status, "got %#x\n", status); /* DDI RtlCreateSecurityDescriptor */
    RtlCreateAcl(&dacl.acl, sizeof(dacl), ACL_REVISION);
    RtlAddAccessAllowedAce(&dacl.acl, ACL_REVISION, 1, &world);
    RtlCreateAcl(&sacl.acl, sizeof(sacl), ACL_REVISION);
    RtlAddAuditAccessAce(&sacl.acl, ACL_REVISION, 1, &world, TRUE, TRUE);
    /* DDI RtlSetOwnerSecurityDescriptor, DDI RtlSetGroupSecurityDescriptor, DDI RtlSetDaclSecurityDescriptor */
    status = RtlSetOwnerSecurityDescriptor(absolute, &owner, FALSE);
    ok(!status, "got %#x\n", status);
    status = RtlSetGroupSecurityDescriptor(absolute, &group, TRUE);
    ok(!status, "got %#x\n", status);
    status = RtlSetDaclSecurityDescriptor(absolute, TRUE, &dacl.acl, TRUE);
    ok(!status, "got %#x\n", status);
    status = RtlSetSaclSecurityDescriptor(absolute, TRUE, &sacl.acl, FALSE);
    ok(!status, "got %#x\n", status); /* header ntifs.h */
}

static void check_parts(PSECURITY_DESCRIPTOR descriptor, const char *what)
{
    BOOLEAN present, defaulted;
    NTSTATUS status;
    PSID sid;
    PACL acl;

    /* DDI RtlGetOwnerSecurityDescriptor, DDI RtlGetGroupSecurityDescriptor */
    status = RtlGetOwnerSecurityDescriptor(descriptor, &sid, &defaulted);
    ok(!status && RtlEqualSid(sid, &owner) && !defaulted, "%s: got %#x, %d\n", what, status, defaulted);
    status = RtlGetGroupSecurityDescriptor(descriptor, &sid, &defaulted);
    ok(!status && RtlEqualSid(sid, &group) && defaulted, "%s: got %#x, %d\n", what, status, defaulted);

    /* DDI RtlGetDaclSecurityDescriptor, DDI RtlGetSaclSecurityDescriptor */
    status = RtlGetDaclSecurityDescriptor(descriptor, &present, &acl, &defaulted);
    ok(!status && present && defaulted && !memcmp(acl, &dacl, sizeof(dacl)), "%s: got %#x\n", what, status);
    status = RtlGetSaclSecurityDescriptor(descriptor, &present, &acl, &defaulted);
    ok(!status && present && !defaulted && !memcmp(acl, &sacl, sizeof(sacl)), "%s: got %#x\n", what, status);
    ok(RtlValidSecurityDescriptor(descriptor), "%s: not valid\n", what); /* DDI RtlValidSecurityDescriptor */
}

static void test_absolute(void)
{
    SECURITY_DESCRIPTOR absolute;
    BOOLEAN present, defaulted;
    NTSTATUS status;
    PACL acl = NULL;
    PSID sid = &owner;

    status = RtlCreateSecurityDescriptor(&absolute, 2);
    ok(status == STATUS_UNKNOWN_REVISION, "got %#x\n", status); /* DDI RtlCreateSecurityDescriptor */
    make_absolute(&absolute);
    check_parts(&absolute, "absolute");

    /* DDI RtlSetDaclSecurityDescriptor */
    RtlSetDaclSecurityDescriptor(&absolute, TRUE, NULL, FALSE);
    status = RtlGetDaclSecurityDescriptor(&absolute, &present, &acl, &defaulted);
    ok(!status && present && !acl && !defaulted, "got %#x\n", status);
    RtlSetDaclSecurityDescriptor(&absolute, FALSE, &dacl.acl, TRUE);
    status = RtlGetDaclSecurityDescriptor(&absolute, &present, &acl, &defaulted);
    ok(!status && !present, "got %#x\n", status);
    /* DDI RtlSetOwnerSecurityDescriptor */
    RtlSetOwnerSecurityDescriptor(&absolute, NULL, TRUE);
    status = RtlGetOwnerSecurityDescriptor(&absolute, &sid, &defaulted);
    ok(!status && !sid && defaulted, "got %#x, %p\n", status, sid);

    absolute.Revision = 7;
    /* DDI RtlSetDaclSecurityDescriptor, DDI RtlGetDaclSecurityDescriptor, DDI RtlValidSecurityDescriptor */
    status = RtlSetDaclSecurityDescriptor(&absolute, TRUE, &dacl.acl, FALSE);
    ok(status == STATUS_UNKNOWN_REVISION, "got %#x\n", status);
    status = RtlGetDaclSecurityDescriptor(&absolute, &present, &acl, &defaulted);
    ok(status == STATUS_UNKNOWN_REVISION, "got %#x\n", status);
    ok(!RtlValidSecurityDescriptor(&absolute), "valid\n");
}

static void test_control(void)
{
    SECURITY_DESCRIPTOR_CONTROL control;
    SECURITY_DESCRIPTOR absolute;
    NTSTATUS status;
    ULONG revision;

    make_absolute(&absolute);
    /* sdk SetSecurityDescriptorControl, sdk GetSecurityDescriptorControl */
    status = RtlSetControlSecurityDescriptor(&absolute, SE_DACL_PROTECTED | SE_SACL_PROTECTED, SE_DACL_PROTECTED);
    ok(!status, "got %#x\n", status);
    status = RtlGetControlSecurityDescriptor(&absolute, &control, &revision);
    ok(!status && revision == 1 && control == (SE_DACL_PROTECTED | SE_DACL_PRESENT | SE_DACL_DEFAULTED | SE_SACL_PRESENT |
                                               SE_GROUP_DEFAULTED), "got %#x, %#x\n", status, control);
    status = RtlSetControlSecurityDescriptor(&absolute, SE_DACL_PRESENT, 0);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
    status = RtlSetControlSecurityDescriptor(&absolute, SE_DACL_PROTECTED, SE_SACL_PROTECTED);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
}

static void test_convert(void)
{
    SECURITY_DESCRIPTOR absolute, again;
    ULONG length = 0, sizes[5] = {0}, i;
    UCHAR room[5][64];
    UCHAR *relative;
    NTSTATUS status;

    make_absolute(&absolute);
    /* DDI RtlAbsoluteToSelfRelativeSD */
    status = RtlAbsoluteToSelfRelativeSD(&absolute, NULL, &length);
    ok(status == STATUS_BUFFER_TOO_SMALL && length == 20 + 12 + 12 + 28 + 28, "got %#x, length %u\n", status, length);
    relative = malloc(length + 1);
    relative[length] = 0xcc;
    status = RtlAbsoluteToSelfRelativeSD(&absolute, relative, &length);
    ok(!status && relative[length] == 0xcc, "got %#x\n", status);
    check_parts(relative, "self-relative");
    ok(RtlLengthSecurityDescriptor(relative) == length, "got %u\n", RtlLengthSecurityDescriptor(relative)); /* DDI RtlLengthSecurityDescriptor */
    status = RtlAbsoluteToSelfRelativeSD(relative, relative, &length);
    ok(status == STATUS_BAD_DESCRIPTOR_FORMAT, "got %#x\n", status); /* DDI RtlAbsoluteToSelfRelativeSD */

    /* DDI RtlSetDaclSecurityDescriptor: an absolute one is needed */
    status = RtlSetDaclSecurityDescriptor(relative, FALSE, NULL, FALSE);
    ok(status == STATUS_INVALID_SECURITY_DESCR, "got %#x\n", status);
    /* DDI RtlSelfRelativeToAbsoluteSD */
    status = RtlSelfRelativeToAbsoluteSD(&absolute, &again, &sizes[0], NULL, &sizes[1], NULL, &sizes[2], NULL, &sizes[3],
                                         NULL, &sizes[4]);
    ok(status == STATUS_BAD_DESCRIPTOR_FORMAT, "got %#x\n", status);
    status = RtlSelfRelativeToAbsoluteSD(relative, &again, &sizes[0], NULL, &sizes[1], NULL, &sizes[2], NULL, &sizes[3],
                                         NULL, &sizes[4]);
    ok(status == STATUS_BUFFER_TOO_SMALL && sizes[0] == sizeof(again) && sizes[1] == 28 && sizes[2] == 28 && sizes[3] == 12 &&
       sizes[4] == 12, "got %#x, %u, %u, %u, %u, %u\n", status, sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
    for (i = 0; i < 5; i++)
    {
        ULONG wanted = sizes[i];

        sizes[i]--;
        status = RtlSelfRelativeToAbsoluteSD(relative, &again, &sizes[0], (PACL)room[1], &sizes[1], (PACL)room[2], &sizes[2],
                                             room[3], &sizes[3], room[4], &sizes[4]);
        ok(status == STATUS_BUFFER_TOO_SMALL && sizes[i] == wanted, "part %u: got %#x\n", i, status); /* DDI RtlSelfRelativeToAbsoluteSD */
    }
    status = RtlSelfRelativeToAbsoluteSD(relative, &again, &sizes[0], (PACL)room[1], &sizes[1], (PACL)room[2], &sizes[2],
                                         room[3], &sizes[3], room[4], &sizes[4]);
    ok(!status && again.Owner == room[3] && again.Dacl == (PACL)room[1], "got %#x\n", status); /* DDI RtlSelfRelativeToAbsoluteSD */
    check_parts(&again, "absolute again");
    free(relative);
}

static void test_valid(void)
{
    struct relative sd = {
        .header = {.Revision = 1, .Control = SE_SELF_RELATIVE | SE_DACL_PRESENT,
                   .Owner = offsetof(struct relative, owner), .Group = offsetof(struct relative, group),
                   .Dacl = offsetof(struct relative, dacl)},
        .owner = owner, .group = group,
        .dacl = {.AclRevision = ACL_REVISION, .AclSize = sizeof(ACL) + 20, .AceCount = 1},
        .ace = {.Header = {.AceSize = 20}, .Mask = 1},
    };
    const ULONG size = offsetof(struct relative, dacl) + sizeof(ACL) + 20;
    struct relative changed;
    ULONG length;

    memcpy(&sd.ace.SidStart, &world, sizeof(world));
    /* K3.8.1 */
    ok(SeValidSecurityDescriptor(size, &sd), "not valid\n");
    for (length = 0; length < size; length += 4)
        ok(!SeValidSecurityDescriptor(length, &sd), "valid in %u bytes\n", length);
    changed = sd, changed.header.Revision = 2;
    ok(!SeValidSecurityDescriptor(size, &changed), "there is one revision\n");
    changed = sd, changed.header.Control &= ~SE_SELF_RELATIVE;
    ok(!SeValidSecurityDescriptor(size, &changed), "absolute\n");
    changed = sd, changed.header.Owner = 0;
    ok(!SeValidSecurityDescriptor(size, &changed), "without an owner\n");
    changed = sd, changed.header.Owner += 2;
    ok(!SeValidSecurityDescriptor(size, &changed), "the owner is not aligned\n");
    changed = sd, changed.header.Owner = 0xfffffff0;
    ok(!SeValidSecurityDescriptor(size, &changed), "the owner lies outside\n");
    changed = sd, changed.header.Owner = 4;
    ok(!SeValidSecurityDescriptor(size, &changed), "the owner lies in the header\n");
    changed = sd, changed.header.Group = size;
    ok(!SeValidSecurityDescriptor(size, &changed), "the group lies outside\n");
    changed = sd, changed.group.SubAuthorityCount = 255;
    ok(!SeValidSecurityDescriptor(size, &changed), "the group is too long\n");
    changed = sd, changed.header.Dacl = size - 4;
    ok(!SeValidSecurityDescriptor(size, &changed), "the DACL lies outside\n");
    changed = sd, changed.dacl.AclRevision = 1;
    ok(!SeValidSecurityDescriptor(size, &changed), "the ACL's revision is 2 to 4\n");
    changed = sd, changed.dacl.AclSize = 0xfffc;
    ok(!SeValidSecurityDescriptor(size, &changed), "the ACL is longer than the descriptor\n");

    /* DDI RtlValidRelativeSecurityDescriptor */
    changed = sd, changed.header.Owner = 0;
    ok(RtlValidRelativeSecurityDescriptor(&changed, size, GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION), "not valid\n");
    ok(!RtlValidRelativeSecurityDescriptor(&changed, size, OWNER_SECURITY_INFORMATION), "without an owner\n");
    ok(!RtlValidRelativeSecurityDescriptor(&sd, size, SACL_SECURITY_INFORMATION), "without a SACL\n");
    changed = sd, changed.header.Group = 0;
    ok(!RtlValidRelativeSecurityDescriptor(&changed, size, GROUP_SECURITY_INFORMATION), "without a group\n");
}

START_TEST(rtl_sd)
{
    test_absolute();
    test_control();
    test_convert();
    test_valid();
}

/*
 * The Rtl routines that make and change ACLs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include <ntifs.h>

static SID world = {SID_REVISION, 1, {SECURITY_WORLD_SID_AUTHORITY}, {0}};
static SID local_system = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};
static GUID guid = {0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};

#define SIMPLE_SIZE 20 /* of an ACE for a SID with one subauthority */

static union
{
    ACL acl;
    UCHAR bytes[256];
    ULONG alignment;
} buffer;

static ACL *fresh_acl(ULONG size)
{
    NTSTATUS status;

    memset(&buffer, 0xcc, sizeof(buffer));
    status = RtlCreateAcl(&buffer.acl, size, ACL_REVISION);
    ok(!status, "got %#x\n", status); /* DDI RtlCreateAcl */
    return &buffer.acl;
}

static const ACCESS_ALLOWED_ACE *ace_at(ACL *acl, ULONG index)
{
    PVOID ace = NULL;
    NTSTATUS status = RtlGetAce(acl, index, &ace);

    ok(!status && ace, "entry %u: got %#x\n", index, status); /* DDI RtlGetAce */
    return ace;
}

static void test_create(void)
{
    ACL *acl = fresh_acl(64);
    NTSTATUS status;

    /* DDI RtlCreateAcl */
    ok(acl->AclRevision == ACL_REVISION && acl->AclSize == 64 && !acl->AceCount && !acl->Sbz1 && !acl->Sbz2,
       "got revision %u, size %u, %u entries\n", acl->AclRevision, acl->AclSize, acl->AceCount);
    status = RtlCreateAcl(acl, sizeof(*acl) - 1, ACL_REVISION);
    ok(status == STATUS_BUFFER_TOO_SMALL, "got %#x\n", status);
    status = RtlCreateAcl(acl, 64, ACL_REVISION1);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
    status = RtlCreateAcl(acl, 64, 5);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
    status = RtlCreateAcl(acl, 0x10000, ACL_REVISION);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
    status = RtlCreateAcl(acl, 64, ACL_REVISION_DS);
    ok(!status && acl->AclRevision == ACL_REVISION_DS, "got %#x, revision %u\n", status, acl->AclRevision);
}

static void test_append(void)
{
    ACL *acl = fresh_acl(sizeof(ACL) + 2 * SIMPLE_SIZE);
    const ACCESS_ALLOWED_ACE *ace;
    NTSTATUS status;
    SID bad = world;

    /* DDI RtlAddAccessAllowedAce */
    status = RtlAddAccessAllowedAce(acl, ACL_REVISION, READ_CONTROL | 1, &world);
    ok(!status && acl->AceCount == 1 && acl->AclRevision == ACL_REVISION, "got %#x, %u entries\n", status, acl->AceCount);
    ace = ace_at(acl, 0);
    ok(ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE && !ace->Header.AceFlags && ace->Header.AceSize == SIMPLE_SIZE,
       "got type %u, flags %#x, size %u\n", ace->Header.AceType, ace->Header.AceFlags, ace->Header.AceSize);
    ok(ace->Mask == (READ_CONTROL | 1) && RtlEqualSid((PSID)&ace->SidStart, &world), "got mask %#x\n", ace->Mask);

    /* DDI RtlAddAccessAllowedAce */
    status = RtlAddAccessAllowedAce(acl, 5, 1, &world);
    ok(status == STATUS_REVISION_MISMATCH, "got %#x\n", status);
    bad.Revision = 9;
    status = RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, &bad);
    ok(status == STATUS_INVALID_SID, "got %#x\n", status);
    /* DDI RtlAddAccessAllowedAceEx */
    status = RtlAddAccessAllowedAceEx(acl, ACL_REVISION, 0x80, 1, &world);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
    ok(acl->AceCount == 1, "got %u entries\n", acl->AceCount);
    status = RtlAddAccessAllowedAceEx(acl, ACL_REVISION, CONTAINER_INHERIT_ACE | INHERIT_ONLY_ACE, 2, &local_system);
    ok(!status && ace_at(acl, 1)->Header.AceFlags == (CONTAINER_INHERIT_ACE | INHERIT_ONLY_ACE), "got %#x\n", status);

    /* DDI RtlAddAccessAllowedAce */
    status = RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, &world);
    ok(status == STATUS_ALLOTTED_SPACE_EXCEEDED && acl->AceCount == 2, "got %#x, %u entries\n", status, acl->AceCount);
    acl->AclRevision = 1;
    status = RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, &world);
    ok(status == STATUS_INVALID_ACL, "got %#x\n", status);
}

static void test_other_types(void)
{
    ACL *acl = fresh_acl(sizeof(buffer));
    const ACCESS_ALLOWED_OBJECT_ACE *object;
    NTSTATUS status;

    /* sdk AddAccessDeniedAce, sdk AddAuditAccessAce */
    status = RtlAddAccessDeniedAce(acl, ACL_REVISION, 4, &world);
    ok(!status && ace_at(acl, 0)->Header.AceType == ACCESS_DENIED_ACE_TYPE, "got %#x\n", status);
    status = RtlAddAccessDeniedAceEx(acl, ACL_REVISION, OBJECT_INHERIT_ACE, 4, &world);
    ok(!status && ace_at(acl, 1)->Header.AceFlags == OBJECT_INHERIT_ACE, "got %#x\n", status);
    status = RtlAddAuditAccessAce(acl, ACL_REVISION, 4, &world, TRUE, FALSE);
    ok(!status && ace_at(acl, 2)->Header.AceType == SYSTEM_AUDIT_ACE_TYPE &&
       ace_at(acl, 2)->Header.AceFlags == SUCCESSFUL_ACCESS_ACE_FLAG, "got %#x\n", status);
    status = RtlAddAuditAccessAceEx(acl, ACL_REVISION, CONTAINER_INHERIT_ACE, 4, &world, FALSE, TRUE);
    ok(!status && ace_at(acl, 3)->Header.AceFlags == (FAILED_ACCESS_ACE_FLAG | CONTAINER_INHERIT_ACE), "got %#x\n", status);

    /* sdk AddAccessAllowedObjectAce */
    status = RtlAddAccessAllowedObjectAce(acl, ACL_REVISION, 0, 8, &guid, NULL, &world);
    ok(status == STATUS_REVISION_MISMATCH && acl->AceCount == 4, "got %#x\n", status);
    status = RtlAddAccessAllowedObjectAce(acl, ACL_REVISION_DS, 0, 8, NULL, &guid, &world);
    ok(!status && acl->AclRevision == ACL_REVISION_DS, "got %#x, revision %u\n", status, acl->AclRevision);
    object = (const void *)ace_at(acl, 4);
    ok(object->Header.AceType == ACCESS_ALLOWED_OBJECT_ACE_TYPE && object->Header.AceSize == 40 &&
       object->Flags == ACE_INHERITED_OBJECT_TYPE_PRESENT, "got type %u, size %u, flags %#x\n", object->Header.AceType,
       object->Header.AceSize, object->Flags);
    /* MS-DTYP 2.4.4.3: the one GUID that is there takes the place of both */
    ok(!memcmp(&object->ObjectType, &guid, sizeof(guid)) &&
       RtlEqualSid((UCHAR *)&object->ObjectType + sizeof(GUID), &world), "the ACE is laid out otherwise\n");
    status = RtlAddAccessDeniedObjectAce(acl, ACL_REVISION_DS, 0, 8, &guid, &guid, &world);
    ok(!status && ace_at(acl, 5)->Header.AceSize == 56, "got %#x\n", status); /* MS-DTYP 2.4.4.5 */
    ok(RtlValidAcl(acl), "not valid\n"); /* sdk IsValidAcl */
}

static void test_edit(void)
{
    ACL *acl = fresh_acl(sizeof(ACL) + 4 * SIMPLE_SIZE);
    ACL_REVISION_INFORMATION revision;
    ACL_SIZE_INFORMATION sizes;
    UCHAR list[2 * SIMPLE_SIZE] __attribute__((aligned(4)));
    NTSTATUS status;
    PVOID place;
    ULONG i;

    for (i = 0; i < 3; i++) RtlAddAccessAllowedAce(acl, ACL_REVISION, 1u << i, &world);
    /* DDI RtlGetAce, DDI RtlDeleteAce */
    ok(RtlGetAce(acl, 3, &place) == STATUS_INVALID_PARAMETER, "there are three entries\n");
    ok(RtlDeleteAce(acl, 3) == STATUS_INVALID_PARAMETER, "there are three entries\n");
    memcpy(list, ace_at(acl, 1), SIMPLE_SIZE);
    memcpy(list + SIMPLE_SIZE, ace_at(acl, 2), SIMPLE_SIZE);
    status = RtlDeleteAce(acl, 1);
    ok(!status && acl->AceCount == 2 && ace_at(acl, 0)->Mask == 1 && ace_at(acl, 1)->Mask == 4, "got %#x\n", status);

    /* sdk GetAclInformation, sdk FindFirstFreeAce */
    status = RtlQueryInformationAcl(acl, &sizes, sizeof(sizes), AclSizeInformation);
    ok(!status && sizes.AceCount == 2 && sizes.AclBytesInUse == sizeof(ACL) + 2 * SIMPLE_SIZE &&
       sizes.AclBytesFree == 2 * SIMPLE_SIZE, "got %#x, %u, %u, %u\n", status, (unsigned int)sizes.AceCount,
       (unsigned int)sizes.AclBytesInUse, (unsigned int)sizes.AclBytesFree);
    status = RtlQueryInformationAcl(acl, &revision, sizeof(revision), AclRevisionInformation);
    ok(!status && revision.AclRevision == ACL_REVISION, "got %#x\n", status);
    ok(RtlFirstFreeAce(acl, &place) && place == (UCHAR *)acl + sizes.AclBytesInUse, "got %p\n", place);

    /* DDI RtlAddAce */
    status = RtlAddAce(acl, ACL_REVISION, 1, list, SIMPLE_SIZE);
    ok(!status && acl->AceCount == 3 && ace_at(acl, 0)->Mask == 1 && ace_at(acl, 1)->Mask == 2 && ace_at(acl, 2)->Mask == 4,
       "got %#x\n", status);
    status = RtlAddAce(acl, ACL_REVISION, MAXULONG, list, sizeof(list));
    ok(status == STATUS_BUFFER_TOO_SMALL && acl->AceCount == 3, "got %#x\n", status);
    status = RtlAddAce(acl, ACL_REVISION, MAXULONG, list + SIMPLE_SIZE, SIMPLE_SIZE);
    ok(!status && acl->AceCount == 4 && ace_at(acl, 3)->Mask == 4, "got %#x\n", status);
    status = RtlAddAce(acl, ACL_REVISION, 0, list, SIMPLE_SIZE - 4);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
    ok(RtlFirstFreeAce(acl, &place) && !place, "full, but %p is free\n", place); /* sdk FindFirstFreeAce */
}

static void test_valid(void)
{
    ACL *acl = fresh_acl(sizeof(ACL) + 2 * SIMPLE_SIZE);
    ACE_HEADER *first = (ACE_HEADER *)(acl + 1);
    PVOID place;

    RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, &world);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, &world);
    /* sdk IsValidAcl */
    ok(RtlValidAcl(acl), "not valid\n");
    acl->AceCount = 3;
    ok(!RtlValidAcl(acl), "there is no third entry\n");
    ok(!RtlFirstFreeAce(acl, &place), "there is no third entry\n"); /* sdk FindFirstFreeAce */
    acl->AceCount = 2;
    first->AceSize = SIMPLE_SIZE + 2;
    ok(!RtlValidAcl(acl), "an ACE is whole ULONGs\n");
    first->AceSize = 0x1000;
    ok(!RtlValidAcl(acl), "the ACE is longer than the ACL\n");
    first->AceSize = 0;
    ok(!RtlValidAcl(acl), "the ACE is shorter than its header\n");
    first->AceSize = SIMPLE_SIZE;
    acl->AclSize = 4;
    ok(!RtlValidAcl(acl), "the ACL is shorter than its header\n");
}

START_TEST(rtl_acl)
{
    test_create();
    test_append();
    test_other_types();
    test_edit();
    test_valid();
}

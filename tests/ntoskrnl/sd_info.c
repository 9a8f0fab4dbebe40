/*
 * Parts of descriptors: SeQuerySecurityDescriptorInfo, SeSetSecurityDescriptorInfo(Ex), SeCaptureSecurityDescriptor.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include <ntifs.h>

static SID world = {SID_REVISION, 1, {SECURITY_WORLD_SID_AUTHORITY}, {0}};
static SID network = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_NETWORK_RID}};
static GENERIC_MAPPING mapping = {READ_CONTROL | 1, READ_CONTROL | 2, READ_CONTROL | 4, STANDARD_RIGHTS_ALL | 7};

union room
{
    SECURITY_DESCRIPTOR_RELATIVE sd;
    UCHAR bytes[256];
};

#define INHERITED 0x01000000 /* in an expected mask: the ACE is inherited */

struct acl
{
    ACL acl;
    UCHAR more[120];
};

static struct acl dacl, sacl;
static BOOLEAN inherited_audit; /* whether what make_object() audits is inherited */

/* An object's descriptor: owner and group Everyone, an explicit and an inherited ACE, audit and label. */
static PSECURITY_DESCRIPTOR make_object(WORD control)
{
    SECURITY_DESCRIPTOR absolute;
    PSECURITY_DESCRIPTOR made;
    ULONG length = 256;
    SID low = {SID_REVISION, 1, {SECURITY_MANDATORY_LABEL_AUTHORITY}, {SECURITY_MANDATORY_LOW_RID}};
    SYSTEM_MANDATORY_LABEL_ACE label = {{SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0, 20}, 1, 0};
    UCHAR bytes[20] __attribute__((aligned(4)));

    RtlCreateSecurityDescriptor(&absolute, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(&dacl.acl, sizeof(dacl), ACL_REVISION);
    RtlAddAccessAllowedAceEx(&dacl.acl, ACL_REVISION, 0, 1, &world);
    RtlAddAccessAllowedAceEx(&dacl.acl, ACL_REVISION, INHERITED_ACE, 2, &world);
    RtlCreateAcl(&sacl.acl, sizeof(sacl), ACL_REVISION);
    RtlAddAuditAccessAceEx(&sacl.acl, ACL_REVISION, inherited_audit ? INHERITED_ACE : 0, 1, &world, TRUE, TRUE);
    memcpy(bytes, &label, 8);
    memcpy(bytes + 8, &low, 12);
    RtlAddAce(&sacl.acl, ACL_REVISION, MAXULONG, bytes, 20);
    dacl.acl.AclSize = sizeof(ACL) + 40;
    sacl.acl.AclSize = sizeof(ACL) + 40;
    RtlSetOwnerSecurityDescriptor(&absolute, &world, FALSE);
    RtlSetGroupSecurityDescriptor(&absolute, &world, FALSE);
    RtlSetDaclSecurityDescriptor(&absolute, TRUE, &dacl.acl, FALSE);
    RtlSetSaclSecurityDescriptor(&absolute, TRUE, &sacl.acl, FALSE);
    absolute.Control |= control;
    made = ExAllocatePoolWithTag(PagedPool, length, 0);
    RtlAbsoluteToSelfRelativeSD(&absolute, made, &length);
    return made;
}

/* What a caller gives: an explicit and an inherited ACE for Network. */
static void make_given(SECURITY_DESCRIPTOR *given, struct acl *acl, WORD control)
{
    RtlCreateSecurityDescriptor(given, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(&acl->acl, sizeof(*acl), ACL_REVISION);
    RtlAddAccessAllowedAceEx(&acl->acl, ACL_REVISION, 0, GENERIC_READ, &network);
    RtlAddAccessAllowedAceEx(&acl->acl, ACL_REVISION, INHERITED_ACE, 4, &network);
    RtlSetDaclSecurityDescriptor(given, TRUE, &acl->acl, FALSE);
    given->Control |= control;
}

static void test_query(void)
{
    PSECURITY_DESCRIPTOR object = make_object(0), none = NULL;
    SECURITY_INFORMATION information = OWNER_SECURITY_INFORMATION;
    ULONG length = 0;
    union room room;
    NTSTATUS status;

    /* K3.8.2 */
    memset(&room, 0xcc, sizeof(room));
    status = SeQuerySecurityDescriptorInfo(&information, &room, &length, &object);
    ok(status == STATUS_BUFFER_TOO_SMALL && length == 32 && room.bytes[0] == 0xcc, "got %#x, length %u\n", status, length);
    status = SeQuerySecurityDescriptorInfo(&information, &room, &length, &object);
    ok(!status && room.sd.Control == SE_SELF_RELATIVE && room.sd.Owner && !room.sd.Group && !room.sd.Dacl && !room.sd.Sacl,
       "got %#x, control %#x\n", status, room.sd.Control);
    ok(SeValidSecurityDescriptor(32, &room) && room.bytes[32] == 0xcc, "not valid\n");
    information = DACL_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION;
    length = sizeof(room);
    status = SeQuerySecurityDescriptorInfo(&information, &room, &length, &object);
    ok(!status && room.sd.Control == (SE_SELF_RELATIVE | SE_DACL_PRESENT) && room.sd.Dacl && room.sd.Group && !room.sd.Owner,
       "got %#x, control %#x\n", status, room.sd.Control);

    /* header winnt.h: what is audited and the label are asked for apart */
    information = SACL_SECURITY_INFORMATION;
    length = sizeof(room);
    status = SeQuerySecurityDescriptorInfo(&information, &room, &length, &object);
    ok(!status && ((ACL *)(room.bytes + room.sd.Sacl))->AceCount == 1, "got %#x\n", status);
    ok(room.bytes[room.sd.Sacl + sizeof(ACL)] == SYSTEM_AUDIT_ACE_TYPE, "got type %u\n", room.bytes[room.sd.Sacl + sizeof(ACL)]);
    information = LABEL_SECURITY_INFORMATION;
    length = sizeof(room);
    status = SeQuerySecurityDescriptorInfo(&information, &room, &length, &object);
    ok(!status && room.bytes[room.sd.Sacl + sizeof(ACL)] == SYSTEM_MANDATORY_LABEL_ACE_TYPE, "got %#x\n", status);
    ExFreePool(object);

    length = sizeof(room);
    status = SeQuerySecurityDescriptorInfo(&information, &room, &length, &none);
    ok(!status && !room.sd.Owner && !room.sd.Sacl, "got %#x\n", status); /* DDI SeQuerySecurityDescriptorInfo */
}

#define PLAIN MAXULONG /* for flags: the routine that takes none */

/* Sets the DACL of a fresh object; what it then is as (mask, inherited) pairs. */
static void check_set(WORD current, WORD control, ULONG flags, const ACCESS_MASK *expect, WORD expect_control)
{
    PSECURITY_DESCRIPTOR object = make_object(current), before = object;
    SECURITY_INFORMATION information = DACL_SECURITY_INFORMATION;
    SECURITY_DESCRIPTOR given;
    BOOLEAN present, defaulted;
    struct acl acl;
    NTSTATUS status;
    PACL changed;
    ULONG i;

    make_given(&given, &acl, control);
    status = flags == PLAIN ? SeSetSecurityDescriptorInfo(NULL, &information, &given, &object, PagedPool, &mapping)
                            : SeSetSecurityDescriptorInfoEx(NULL, &information, &given, &object, flags, PagedPool, &mapping);
    /* callers cite */
    ok(!status && object != before, "got %#x\n", status);
    RtlGetDaclSecurityDescriptor(object, &present, &changed, &defaulted);
    for (i = 0; expect[i]; i++)
    {
        ACCESS_ALLOWED_ACE *ace = NULL;

        RtlGetAce(changed, i, (PVOID *)&ace);
        /* callers cite */
        ok(ace && (ace->Mask | (ace->Header.AceFlags & INHERITED_ACE ? INHERITED : 0)) == expect[i], "entry %u: got %#x\n",
           i, ace ? ace->Mask : 0);
    }
    /* callers cite */
    ok(changed->AceCount == i, "%u entries\n", changed->AceCount);
    ok(((SECURITY_DESCRIPTOR_RELATIVE *)object)->Control == (SE_SELF_RELATIVE | SE_DACL_PRESENT | SE_SACL_PRESENT | expect_control),
       "control is %#x\n", ((SECURITY_DESCRIPTOR_RELATIVE *)object)->Control);
    ExFreePool(before);
    ExFreePool(object);
}

static void test_set_dacl(void)
{
    static const ACCESS_MASK as_given[] = {READ_CONTROL | 1, INHERITED | 4, 0};
    static const ACCESS_MASK explicit[] = {READ_CONTROL | 1, 4, 0};
    static const ACCESS_MASK merged[] = {READ_CONTROL | 1, INHERITED | 2, 0};

    /* K3.8.3: what stands in the current one does not count */
    check_set(0, 0, PLAIN, as_given, 0);
    check_set(0, 0, 0, as_given, 0);
    check_set(SE_DACL_PROTECTED, 0, 0, as_given, 0);
    check_set(SE_DACL_AUTO_INHERITED, SE_DACL_PROTECTED, 0, as_given, SE_DACL_PROTECTED);
    check_set(0, 0, SEF_SACL_AUTO_INHERIT, as_given, 0);
    /* K3.8.4 */
    check_set(0, 0, SEF_DACL_AUTO_INHERIT, merged, SE_DACL_AUTO_INHERITED);
    check_set(0, SE_DACL_PROTECTED, SEF_DACL_AUTO_INHERIT, explicit, SE_DACL_AUTO_INHERITED | SE_DACL_PROTECTED);
    check_set(SE_DACL_PROTECTED, 0, SEF_DACL_AUTO_INHERIT, as_given, SE_DACL_AUTO_INHERITED);
    check_set(SE_DACL_PROTECTED, SE_DACL_PROTECTED, SEF_DACL_AUTO_INHERIT, explicit, SE_DACL_AUTO_INHERITED | SE_DACL_PROTECTED);
}

/* The SACL by the same rules; what is audited counts, the label stays where it was. */
static void check_set_sacl(WORD current, WORD control, ULONG flags, ULONG explicit_flags, ACCESS_MASK other, UCHAR other_flags)
{
    PSECURITY_DESCRIPTOR object = make_object(current), before = object;
    SECURITY_INFORMATION information = SACL_SECURITY_INFORMATION;
    SECURITY_DESCRIPTOR given;
    BOOLEAN present, defaulted;
    ACCESS_ALLOWED_ACE *ace;
    struct acl acl;
    NTSTATUS status;
    PACL changed;

    RtlCreateSecurityDescriptor(&given, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(&acl.acl, sizeof(acl), ACL_REVISION);
    RtlAddAuditAccessAceEx(&acl.acl, ACL_REVISION, 0, GENERIC_READ, &network, TRUE, FALSE);
    RtlAddAuditAccessAceEx(&acl.acl, ACL_REVISION, INHERITED_ACE, 4, &network, TRUE, FALSE);
    RtlSetSaclSecurityDescriptor(&given, TRUE, &acl.acl, FALSE);
    given.Control |= control;
    status = SeSetSecurityDescriptorInfoEx(NULL, &information, &given, &object, flags, PagedPool, &mapping);
    /* callers cite */
    ok(!status && object != before, "got %#x\n", status);
    RtlGetSaclSecurityDescriptor(object, &present, &changed, &defaulted);
    /* callers cite */
    ok(present && changed->AceCount == 3, "got %d, %u entries\n", present, changed->AceCount);
    RtlGetAce(changed, 0, (PVOID *)&ace);
    /* callers cite */
    ok(ace->Mask == (READ_CONTROL | 1) && ace->Header.AceFlags == explicit_flags, "got %#x, %#x\n", ace->Mask, ace->Header.AceFlags);
    RtlGetAce(changed, 1, (PVOID *)&ace);
    if (ace->Header.AceType == SYSTEM_MANDATORY_LABEL_ACE_TYPE) RtlGetAce(changed, 2, (PVOID *)&ace);
    /* callers cite */
    ok(ace->Mask == other && ace->Header.AceFlags == other_flags, "got %#x, %#x\n", ace->Mask, ace->Header.AceFlags);
    ExFreePool(before);
    ExFreePool(object);
}

static void test_set_sacl(void)
{
    const UCHAR success = SUCCESSFUL_ACCESS_ACE_FLAG, both = SUCCESSFUL_ACCESS_ACE_FLAG | FAILED_ACCESS_ACE_FLAG;

    inherited_audit = TRUE;
    /* K3.8.4 */
    check_set_sacl(0, 0, SEF_SACL_AUTO_INHERIT, success, 1, both | INHERITED_ACE);
    check_set_sacl(0, SE_SACL_PROTECTED, SEF_SACL_AUTO_INHERIT, success, 4, success);
    check_set_sacl(SE_SACL_PROTECTED, 0, SEF_SACL_AUTO_INHERIT, success, 4, success | INHERITED_ACE);
    check_set_sacl(SE_SACL_PROTECTED, SE_SACL_PROTECTED, SEF_SACL_AUTO_INHERIT, success, 4, success);
    /* K3.8.3 */
    check_set_sacl(0, 0, 0, success, 4, success | INHERITED_ACE);
    check_set_sacl(0, 0, SEF_DACL_AUTO_INHERIT, success, 4, success | INHERITED_ACE);
    inherited_audit = FALSE;
}

/* Protection is set and taken away without an ACL, too. */
static void test_protection(void)
{
    static const struct
    {
        SECURITY_INFORMATION information;
        WORD before, after;
    } cases[] = {
        {PROTECTED_DACL_SECURITY_INFORMATION, 0, SE_DACL_PROTECTED},
        {UNPROTECTED_DACL_SECURITY_INFORMATION, SE_DACL_PROTECTED, 0},
        {PROTECTED_SACL_SECURITY_INFORMATION, SE_DACL_PROTECTED, SE_DACL_PROTECTED | SE_SACL_PROTECTED},
        {UNPROTECTED_SACL_SECURITY_INFORMATION, SE_DACL_PROTECTED | SE_SACL_PROTECTED, SE_DACL_PROTECTED},
    };
    size_t i;

    for (i = 0; i < ARRAYSIZE(cases); i++)
    {
        PSECURITY_DESCRIPTOR object = make_object(cases[i].before), before = object;
        SECURITY_INFORMATION information = cases[i].information;
        SECURITY_DESCRIPTOR_RELATIVE *changed;
        SECURITY_DESCRIPTOR given;
        NTSTATUS status;

        RtlCreateSecurityDescriptor(&given, SECURITY_DESCRIPTOR_REVISION);
        status = SeSetSecurityDescriptorInfo(NULL, &information, &given, &object, PagedPool, &mapping);
        changed = object;
        /* header winnt.h: the information's name */
        ok(!status && changed->Control == (SE_SELF_RELATIVE | SE_DACL_PRESENT | SE_SACL_PRESENT | cases[i].after),
           "%u: got %#x, control %#x\n", (unsigned int)i, status, changed->Control);
        ok(RtlLengthSecurityDescriptor(object) == RtlLengthSecurityDescriptor(before), "%u: more has changed\n", (unsigned int)i);
        ExFreePool(before);
        ExFreePool(object);
    }
}

static void test_set_parts(void)
{
    PSECURITY_DESCRIPTOR object = make_object(0), before = object, none = NULL;
    SECURITY_INFORMATION information = SACL_SECURITY_INFORMATION;
    SECURITY_DESCRIPTOR given;
    BOOLEAN present, defaulted;
    NTSTATUS status;
    PACL changed;

    RtlCreateSecurityDescriptor(&given, SECURITY_DESCRIPTOR_REVISION);
    RtlSetSaclSecurityDescriptor(&given, TRUE, NULL, FALSE);
    /* header winnt.h: the label stays when what is audited changes */
    status = SeSetSecurityDescriptorInfo(NULL, &information, &given, &object, PagedPool, &mapping);
    RtlGetSaclSecurityDescriptor(object, &present, &changed, &defaulted);
    ok(!status && present && changed && changed->AceCount == 1 &&
       ((ACE_HEADER *)(changed + 1))->AceType == SYSTEM_MANDATORY_LABEL_ACE_TYPE, "got %#x\n", status);
    ExFreePool(before);

    /* K3.8.3 */
    status = SeSetSecurityDescriptorInfo(NULL, &information, &given, &none, PagedPool, &mapping);
    ok(status == STATUS_NO_SECURITY_ON_OBJECT, "got %#x\n", status);
    before = &given;
    status = SeSetSecurityDescriptorInfo(NULL, &information, &given, &before, PagedPool, &mapping);
    ok(status == STATUS_BAD_DESCRIPTOR_FORMAT && before == &given, "got %#x\n", status);

    /* DDI SeSetSecurityDescriptorInfo */
    before = object;
    information = OWNER_SECURITY_INFORMATION;
    status = SeSetSecurityDescriptorInfo(NULL, &information, &given, &object, PagedPool, &mapping);
    ok(status == STATUS_INVALID_OWNER && object == before, "got %#x\n", status);
    information = GROUP_SECURITY_INFORMATION;
    status = SeSetSecurityDescriptorInfo(NULL, &information, &given, &object, PagedPool, &mapping);
    ok(status == STATUS_INVALID_PRIMARY_GROUP && object == before, "got %#x\n", status);
    ExFreePool(object);
}

static void test_capture(void)
{
    PSECURITY_DESCRIPTOR object = make_object(0), captured = NULL;
    ULONG length = RtlLengthSecurityDescriptor(object);
    SECURITY_DESCRIPTOR bad = {.Revision = 3};
    NTSTATUS status;

    /* header ntifs.h */
    status = SeCaptureSecurityDescriptor(object, UserMode, PagedPool, FALSE, &captured);
    ok(!status && captured != object && SeValidSecurityDescriptor(length, captured), "got %#x\n", status);
    SeReleaseSecurityDescriptor(captured, UserMode, FALSE);
    status = SeCaptureSecurityDescriptor(object, KernelMode, PagedPool, FALSE, &captured);
    ok(!status && captured == object, "got %#x, %p\n", status, captured);
    SeReleaseSecurityDescriptor(captured, KernelMode, FALSE);
    ok(SeValidSecurityDescriptor(length, object), "gone\n");
    status = SeCaptureSecurityDescriptor(NULL, UserMode, PagedPool, FALSE, &captured);
    ok(!status && !captured, "got %#x, %p\n", status, captured);
    status = SeCaptureSecurityDescriptor(&bad, UserMode, PagedPool, FALSE, &captured);
    ok(status == STATUS_UNKNOWN_REVISION && !captured, "got %#x, %p\n", status, captured);
    ExFreePool(object);
}

START_TEST(sd_info)
{
    test_query();
    test_set_dacl();
    test_set_sacl();
    test_protection();
    test_set_parts();
    test_capture();
}

/*
 * SACLs of new objects: inherited, merged, defaulted; labels.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "new_descriptor.h"

static void test_sacl(void)
{
    PSECURITY_DESCRIPTOR descriptor;
    struct made parent, explicit;
    BOOLEAN present, defaulted;
    PACL sacl = NULL;

    /* K3.8.7: inherited like the DACL; there is no default */
    start_sd(&parent, TRUE, FALSE);
    RtlAddAuditAccessAceEx(&parent.acl, ACL_REVISION, OI, 0x11, &world, TRUE, FALSE);
    descriptor = assign(&parent.sd, NULL, FALSE);
    RtlGetSaclSecurityDescriptor(descriptor, &present, &sacl, &defaulted);
    check_acl(sacl, 1, {SUCCESSFUL_ACCESS_ACE_FLAG, 0x11, &world});
    SeDeassignSecurity(&descriptor);
    descriptor = assign(NULL, NULL, FALSE);
    RtlGetSaclSecurityDescriptor(descriptor, &present, &sacl, &defaulted);
    ok(!present, "there is a SACL\n");
    SeDeassignSecurity(&descriptor);

    /* K3.8.7: an explicit NULL SACL stays */
    RtlCreateSecurityDescriptor(&explicit.sd, SECURITY_DESCRIPTOR_REVISION);
    RtlSetSaclSecurityDescriptor(&explicit.sd, TRUE, NULL, FALSE);
    descriptor = assign_ex(&parent.sd, &explicit.sd, FALSE, SEF_AVOID_PRIVILEGE_CHECK);
    sacl = (PACL)1;
    RtlGetSaclSecurityDescriptor(descriptor, &present, &sacl, &defaulted);
    ok(present && !sacl, "got %d, %p\n", present, sacl);
    SeDeassignSecurity(&descriptor);
}

/* A SACL by the rules of a DACL: flags of a container, a default, one that is protected, one that is merged. */
static void test_sacl_rules(void)
{
    const UCHAR both = SUCCESSFUL_ACCESS_ACE_FLAG | FAILED_ACCESS_ACE_FLAG;
    struct made parent, explicit;
    PSECURITY_DESCRIPTOR descriptor;
    BOOLEAN present, defaulted;
    PACL sacl = NULL;

    start_sd(&parent, TRUE, FALSE);
    RtlAddAuditAccessAceEx(&parent.acl, ACL_REVISION, OI | CI, GENERIC_EXECUTE, &creator_group, TRUE, TRUE);
    /* K3.8.7 */
    descriptor = assign(&parent.sd, NULL, TRUE);
    RtlGetSaclSecurityDescriptor(descriptor, &present, &sacl, &defaulted);
    check_acl(sacl, 2, {both, READ_CONTROL | 0x4004, group_of(descriptor)}, {both | OI | CI | IO, GENERIC_EXECUTE, &creator_group});
    SeDeassignSecurity(&descriptor);

    /* K3.8.6 */
    start_sd(&explicit, TRUE, TRUE);
    RtlAddAuditAccessAce(&explicit.acl, ACL_REVISION, 0x22, &service, TRUE, FALSE);
    descriptor = assign_ex(&parent.sd, &explicit.sd, FALSE, SEF_AVOID_PRIVILEGE_CHECK);
    RtlGetSaclSecurityDescriptor(descriptor, &present, &sacl, &defaulted);
    check_acl(sacl, 1, {both, READ_CONTROL | 0x4004, group_of(descriptor)});
    SeDeassignSecurity(&descriptor);
    explicit.sd.Control &= ~SE_SACL_DEFAULTED;
    descriptor = assign_ex(&parent.sd, &explicit.sd, FALSE, SEF_AVOID_PRIVILEGE_CHECK);
    RtlGetSaclSecurityDescriptor(descriptor, &present, &sacl, &defaulted);
    check_acl(sacl, 1, {SUCCESSFUL_ACCESS_ACE_FLAG, 0x22, &service});
    SeDeassignSecurity(&descriptor);

    /* DDI SeAssignSecurityEx */
    descriptor = assign_ex(&parent.sd, &explicit.sd, FALSE, SEF_AVOID_PRIVILEGE_CHECK | SEF_SACL_AUTO_INHERIT);
    RtlGetSaclSecurityDescriptor(descriptor, &present, &sacl, &defaulted);
    check_acl(sacl, 2, {SUCCESSFUL_ACCESS_ACE_FLAG, 0x22, &service}, {both | INHERITED_ACE, READ_CONTROL | 0x4004, group_of(descriptor)});
    ok(((SECURITY_DESCRIPTOR *)descriptor)->Control & SE_SACL_AUTO_INHERITED, "not marked\n");
    SeDeassignSecurity(&descriptor);
    explicit.sd.Control |= SE_SACL_PROTECTED;
    descriptor = assign_ex(&parent.sd, &explicit.sd, FALSE, SEF_AVOID_PRIVILEGE_CHECK | SEF_SACL_AUTO_INHERIT);
    RtlGetSaclSecurityDescriptor(descriptor, &present, &sacl, &defaulted);
    check_acl(sacl, 1, {SUCCESSFUL_ACCESS_ACE_FLAG, 0x22, &service});
    SeDeassignSecurity(&descriptor);
}

/* A label passes on like any ACE, and a creator in it is the owner. */
static void test_inherited_label(void)
{
    struct label
    {
        ACE_HEADER header;
        ACCESS_MASK mask;
        SID sid;
    } label = {{SYSTEM_MANDATORY_LABEL_ACE_TYPE, OI, sizeof(label)}, SYSTEM_MANDATORY_LABEL_NO_WRITE_UP, creator_owner};
    const struct label *inherited = NULL;
    BOOLEAN present, defaulted;
    PSECURITY_DESCRIPTOR descriptor;
    struct made parent;
    PACL sacl = NULL;

    start_sd(&parent, TRUE, FALSE);
    RtlAddAce(&parent.acl, ACL_REVISION, MAXULONG, &label, sizeof(label));
    /* K3.8.7 */
    descriptor = assign(&parent.sd, NULL, FALSE);
    RtlGetSaclSecurityDescriptor(descriptor, &present, &sacl, &defaulted);
    ok(present && !defaulted && sacl && sacl->AceCount == 1, "got %d, %p\n", present, sacl);
    RtlGetAce(sacl, 0, (PVOID *)&inherited);
    ok(inherited->header.AceType == SYSTEM_MANDATORY_LABEL_ACE_TYPE && !inherited->header.AceFlags &&
       inherited->mask == SYSTEM_MANDATORY_LABEL_NO_WRITE_UP, "got type %u, flags %#x, mask %#x\n", inherited->header.AceType,
       inherited->header.AceFlags, inherited->mask);
    ok(RtlEqualSid((PSID)&inherited->sid, owner_of(descriptor)), "it is another's\n");
    SeDeassignSecurity(&descriptor);
    descriptor = assign(&parent.sd, NULL, TRUE);
    RtlGetSaclSecurityDescriptor(descriptor, &present, &sacl, &defaulted);
    RtlGetAce(sacl, 0, (PVOID *)&inherited);
    ok(sacl->AceCount == 1 && inherited->header.AceFlags == (OI | IO) && RtlEqualSid((PSID)&inherited->sid, &creator_owner),
       "got %u entries, flags %#x\n", sacl->AceCount, inherited->header.AceFlags);
    SeDeassignSecurity(&descriptor);
}

START_TEST(assign_sacl)
{
    SeCaptureSubjectContext(&subject);
    test_sacl();
    test_sacl_rules();
    test_inherited_label();
    SeReleaseSubjectContext(&subject);
}

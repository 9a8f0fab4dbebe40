/*
 * Descriptors of new objects: SeAssignSecurity, SeAssignSecurityEx, SeDeassignSecurity.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"
#include "new_descriptor.h"

static SID network = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_NETWORK_RID}};

/* ---- without a parent: the token -------------------------------------------------------------------------------------- */

static void test_token_defaults(void)
{
    PACCESS_TOKEN token = SeQuerySubjectContextToken(&subject);
    TOKEN_DEFAULT_DACL *defaults = NULL;
    TOKEN_PRIMARY_GROUP *group = NULL;
    TOKEN_OWNER *owner = NULL;
    PSECURITY_DESCRIPTOR descriptor = assign(NULL, NULL, FALSE);
    BOOLEAN present;
    PACL dacl;
    ULONG i;

    SeQueryInformationToken(token, TokenOwner, (PVOID *)&owner);
    SeQueryInformationToken(token, TokenPrimaryGroup, (PVOID *)&group);
    SeQueryInformationToken(token, TokenDefaultDacl, (PVOID *)&defaults);
    /* K0.3.5 */
    ok(RtlEqualSid(owner_of(descriptor), owner->Owner), "another owner\n");
    ok(RtlEqualSid(group_of(descriptor), group->PrimaryGroup), "another group\n");

    /* K3.8.6 */
    dacl = dacl_of(descriptor, &present);
    ok(present && dacl && dacl->AceCount == defaults->DefaultDacl->AceCount, "got %d, %p\n", present, dacl);
    for (i = 0; i < dacl->AceCount; i++)
    {
        ACCESS_ALLOWED_ACE *expected, *ace;
        ACCESS_MASK mask;

        RtlGetAce(dacl, i, (PVOID *)&ace);
        RtlGetAce(defaults->DefaultDacl, i, (PVOID *)&expected);
        mask = expected->Mask;
        RtlMapGenericMask(&mask, &mapping);
        /* K3.8.7 */
        ok(ace->Mask == mask && RtlEqualSid(&ace->SidStart, &expected->SidStart), "entry %u: got %#x\n", i, ace->Mask);
    }
    ExFreePool(owner);
    ExFreePool(group);
    ExFreePool(defaults);
    SeDeassignSecurity(&descriptor);
    ok(!descriptor, "got %p\n", descriptor); /* K3.8.8 */
    ok(!SeDeassignSecurity(&descriptor), "NULL is an error\n"); /* K3.8.8 */
}

/* A token without a default DACL gives its objects none. */
static void test_no_default(void)
{
    HANDLE source = process_token_handle(TOKEN_DUPLICATE), copy = NULL;
    SECURITY_SUBJECT_CONTEXT without = subject;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    TOKEN_DEFAULT_DACL none = {NULL};
    PVOID token = NULL;
    BOOLEAN present = TRUE;
    NTSTATUS status;

    NtDuplicateToken(source, TOKEN_ALL_ACCESS, NULL, FALSE, TokenPrimary, &copy);
    status = NtSetInformationToken(copy, TokenDefaultDacl, &none, sizeof(none));
    ok(!status, "got %#x\n", status); /* DDI ZwSetInformationToken */
    ObReferenceObjectByHandle(copy, 0, *SeTokenObjectType, KernelMode, &token, NULL);
    without.ClientToken = NULL;
    without.PrimaryToken = token;
    status = SeAssignSecurity(NULL, NULL, &descriptor, FALSE, &without, &mapping, PagedPool);
    /* K3.8.7 */
    ok(!status && !dacl_of(descriptor, &present) && !present, "got %#x, %d\n", status, present);
    SeDeassignSecurity(&descriptor);
    ObDereferenceObject(token);
    NtClose(copy);
    NtClose(source);
}

static void test_explicit(void)
{
    PSECURITY_DESCRIPTOR descriptor;
    struct made explicit;
    BOOLEAN present;

    /* K3.8.7: present and NULL, present and empty */
    RtlCreateSecurityDescriptor(&explicit.sd, SECURITY_DESCRIPTOR_REVISION);
    RtlSetDaclSecurityDescriptor(&explicit.sd, TRUE, NULL, FALSE);
    descriptor = assign(NULL, &explicit.sd, FALSE);
    ok(!dacl_of(descriptor, &present) && present, "got %d\n", present);
    SeDeassignSecurity(&descriptor);
    start_sd(&explicit, FALSE, FALSE);
    descriptor = assign(NULL, &explicit.sd, FALSE);
    ok(dacl_of(descriptor, &present) && !dacl_of(descriptor, &present)->AceCount, "got %d\n", present);
    SeDeassignSecurity(&descriptor);

    /* K3.8.7: as it is; generic rights mapped; inherit-only ACEs keep them */
    make_sd(&explicit, 0, READ_CONTROL | 5, &world);
    descriptor = assign(NULL, &explicit.sd, TRUE);
    check_acl(dacl_of(descriptor, &present), 1, {0, READ_CONTROL | 5, &world});
    SeDeassignSecurity(&descriptor);
    make_sd(&explicit, 0, GENERIC_READ, &world);
    descriptor = assign(NULL, &explicit.sd, FALSE);
    check_acl(dacl_of(descriptor, &present), 1, {0, READ_CONTROL | 0x1001, &world});
    SeDeassignSecurity(&descriptor);
    make_sd(&explicit, IO | CI, GENERIC_READ, &world);
    descriptor = assign(NULL, &explicit.sd, TRUE);
    check_acl(dacl_of(descriptor, &present), 1, {IO | CI, GENERIC_READ, &world});
    SeDeassignSecurity(&descriptor);
}

/* ---- with a parent ---------------------------------------------------------------------------------------------------- */

/* What the one ACE of a parent, for a plain SID and mapped rights, becomes for an object and for a container; K3.8.7. */
static const struct
{
    UCHAR parent;
    int object, container; /* the child's flags; -1: no ACE */
} flags_table[] = {
    {0, -1, -1},
    {IO, -1, -1},
    {NP, -1, -1},
    {OI, 0, IO | OI},
    {CI, -1, CI},
    {OI | CI, 0, OI | CI},
    {OI | NP, 0, -1},
    {CI | NP, -1, 0},
    {OI | CI | NP, 0, 0},
    {OI | IO, 0, IO | OI},
    {CI | IO, -1, CI},
    {OI | CI | IO, 0, OI | CI},
};

static void test_flags(void)
{
    PSECURITY_DESCRIPTOR descriptor;
    struct made parent;
    BOOLEAN present, directory;
    size_t i;

    for (i = 0; i < ARRAYSIZE(flags_table); i++)
        for (directory = FALSE; directory <= TRUE; directory++)
        {
            int expect = directory ? flags_table[i].container : flags_table[i].object;
            const ACCESS_ALLOWED_ACE *ace = NULL;
            PACL dacl;

            make_sd(&parent, flags_table[i].parent, 0x123, &network);
            descriptor = assign(&parent.sd, NULL, directory);
            dacl = dacl_of(descriptor, &present);
            RtlGetAce(dacl, 0, (PVOID *)&ace);
            /* K3.8.7 */
            if (expect == -1)
                ok(ace->Mask != 0x123, "%#x, %d: inherited\n", flags_table[i].parent, directory);
            else
                ok(dacl->AceCount == 1 && ace->Mask == 0x123 && ace->Header.AceFlags == expect,
                   "%#x, %d: got %u entries, flags %#x for %#x\n", flags_table[i].parent, directory, dacl->AceCount,
                   ace->Header.AceFlags, expect);
            SeDeassignSecurity(&descriptor);
        }
}

static void test_creators(void)
{
    PSECURITY_DESCRIPTOR descriptor;
    struct made parent;
    BOOLEAN present;

    /* K3.8.7 */
    make_sd(&parent, OI | CI, 0x123, &creator_owner);
    descriptor = assign(&parent.sd, NULL, FALSE);
    check_acl(dacl_of(descriptor, &present), 1, {0, 0x123, owner_of(descriptor)});
    SeDeassignSecurity(&descriptor);
    descriptor = assign(&parent.sd, NULL, TRUE);
    check_acl(dacl_of(descriptor, &present), 2, {0, 0x123, owner_of(descriptor)}, {IO | CI | OI, 0x123, &creator_owner});
    SeDeassignSecurity(&descriptor);

    make_sd(&parent, CI, 0x123, &creator_group);
    descriptor = assign(&parent.sd, NULL, TRUE);
    check_acl(dacl_of(descriptor, &present), 2, {0, 0x123, group_of(descriptor)}, {IO | CI, 0x123, &creator_group}); /* K3.8.7 */
    SeDeassignSecurity(&descriptor);

    make_sd(&parent, CI | IO, GENERIC_EXECUTE | 0x100, &network);
    descriptor = assign(&parent.sd, NULL, TRUE);
    check_acl(dacl_of(descriptor, &present), 2, /* K3.8.7 */ {0, READ_CONTROL | 0x4104, &network},
              {IO | CI, GENERIC_EXECUTE | 0x100, &network});
    SeDeassignSecurity(&descriptor);

    make_sd(&parent, CI | NP, GENERIC_ALL, &creator_owner);
    descriptor = assign(&parent.sd, NULL, TRUE);
    check_acl(dacl_of(descriptor, &present), 1, {0, STANDARD_RIGHTS_ALL | 0x800f, owner_of(descriptor)}); /* K3.8.7 */
    SeDeassignSecurity(&descriptor);
}

static void test_precedence(void)
{
    PSECURITY_DESCRIPTOR descriptor;
    struct made parent, explicit;
    BOOLEAN present;

    make_sd(&parent, OI | CI, 0x11, &network);
    make_sd(&explicit, 0, 0x22, &service);
    /* K3.8.6 */
    descriptor = assign(&parent.sd, &explicit.sd, FALSE);
    check_acl(dacl_of(descriptor, &present), 1, {0, 0x22, &service});
    SeDeassignSecurity(&descriptor);
    explicit.sd.Control |= SE_DACL_DEFAULTED;
    descriptor = assign(&parent.sd, &explicit.sd, FALSE);
    check_acl(dacl_of(descriptor, &present), 1, {0, 0x11, &network});
    SeDeassignSecurity(&descriptor);
    explicit.sd.Control &= ~SE_DACL_DEFAULTED;
    descriptor = assign_ex(&parent.sd, &explicit.sd, FALSE, SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT);
    check_acl(dacl_of(descriptor, &present), 1, {0, 0x11, &network});
    SeDeassignSecurity(&descriptor);

    /* K3.8.6: a parent that passes nothing on */
    explicit.sd.Control |= SE_DACL_DEFAULTED;
    make_sd(&parent, 0, 0x11, &network);
    descriptor = assign(&parent.sd, &explicit.sd, FALSE);
    check_acl(dacl_of(descriptor, &present), 1, {0, 0x22, &service});
    SeDeassignSecurity(&descriptor);
    RtlSetDaclSecurityDescriptor(&parent.sd, TRUE, NULL, FALSE);
    descriptor = assign(&parent.sd, &explicit.sd, FALSE);
    check_acl(dacl_of(descriptor, &present), 1, {0, 0x22, &service});
    SeDeassignSecurity(&descriptor);
}

static void test_auto_inherit(void)
{
    PSECURITY_DESCRIPTOR descriptor;
    struct made parent, explicit;
    BOOLEAN present;

    make_sd(&parent, OI | CI, 0x11, &network);
    make_sd(&explicit, 0, 0x22, &service);
    RtlAddAccessAllowedAceEx(&explicit.acl, ACL_REVISION, INHERITED_ACE, 0x33, &service);
    /* DDI SeAssignSecurityEx */
    descriptor = assign_ex(&parent.sd, NULL, TRUE, SEF_DACL_AUTO_INHERIT);
    check_acl(dacl_of(descriptor, &present), 1, {INHERITED_ACE | OI | CI, 0x11, &network});
    ok(((SECURITY_DESCRIPTOR *)descriptor)->Control & SE_DACL_AUTO_INHERITED, "not marked\n");
    SeDeassignSecurity(&descriptor);
    descriptor = assign_ex(&parent.sd, &explicit.sd, FALSE, SEF_DACL_AUTO_INHERIT);
    check_acl(dacl_of(descriptor, &present), 2, {0, 0x22, &service}, {INHERITED_ACE, 0x11, &network});
    SeDeassignSecurity(&descriptor);

    /* MS-DTYP 2.5.3.4: a protected one takes nothing */
    RtlSetControlSecurityDescriptor(&explicit.sd, SE_DACL_PROTECTED, SE_DACL_PROTECTED);
    RtlDeleteAce(&explicit.acl, 1);
    descriptor = assign_ex(&parent.sd, &explicit.sd, FALSE, SEF_DACL_AUTO_INHERIT);
    check_acl(dacl_of(descriptor, &present), 1, {0, 0x22, &service});
    ok(((SECURITY_DESCRIPTOR *)descriptor)->Control & SE_DACL_PROTECTED, "not protected\n");
    SeDeassignSecurity(&descriptor);
}

static void test_object_types(void)
{
    static GUID file = {1, 2, 3, {4}}, other = {5, 6, 7, {8}};
    PSECURITY_DESCRIPTOR descriptor = NULL;
    const ACCESS_ALLOWED_ACE *ace;
    struct made parent;
    BOOLEAN present;
    PACL dacl;

    start_sd(&parent, FALSE, FALSE);
    RtlAddAccessAllowedObjectAce(&parent.acl, ACL_REVISION_DS, CI, 0x11, NULL, &file, &network);
    /* MS-DTYP 2.5.3.4 */
    ok(!SeAssignSecurityEx(&parent.sd, NULL, &descriptor, &file, TRUE, 0, &subject, &mapping, PagedPool), "failed\n");
    dacl = dacl_of(descriptor, &present);
    RtlGetAce(dacl, 0, (PVOID *)&ace);
    ok(dacl->AceCount == 1 && ace->Header.AceType == ACCESS_ALLOWED_OBJECT_ACE_TYPE && ace->Header.AceFlags == CI,
       "got %u, type %u, flags %#x\n", dacl->AceCount, ace->Header.AceType, ace->Header.AceFlags);
    SeDeassignSecurity(&descriptor);
    ok(!SeAssignSecurityEx(&parent.sd, NULL, &descriptor, &other, TRUE, 0, &subject, &mapping, PagedPool), "failed\n");
    RtlGetAce(dacl_of(descriptor, &present), 0, (PVOID *)&ace);
    ok(ace->Header.AceFlags == (CI | IO), "got flags %#x\n", ace->Header.AceFlags);
    SeDeassignSecurity(&descriptor);

    /* MS-DTYP 2.5.3.4: who names no type is of none; two GUIDs, of which the second is for inheriting; one for the object alone */
    descriptor = assign(&parent.sd, NULL, TRUE);
    RtlGetAce(dacl_of(descriptor, &present), 0, (PVOID *)&ace);
    ok(ace->Header.AceFlags == (CI | IO), "got flags %#x\n", ace->Header.AceFlags);
    SeDeassignSecurity(&descriptor);
    start_sd(&parent, FALSE, FALSE);
    RtlAddAccessAllowedObjectAce(&parent.acl, ACL_REVISION_DS, OI, 0x22, &other, &file, &creator_owner);
    RtlAddAccessDeniedObjectAce(&parent.acl, ACL_REVISION_DS, OI, 0x33, &other, NULL, &network);
    RtlAddAccessAllowedObjectAce(&parent.acl, ACL_REVISION_DS, OI, 0x44, &file, &other, &network);
    ok(!SeAssignSecurityEx(&parent.sd, NULL, &descriptor, &file, FALSE, 0, &subject, &mapping, PagedPool), "failed\n");
    dacl = dacl_of(descriptor, &present);
    ok(dacl->AceCount == 2 && dacl->AclRevision == ACL_REVISION_DS, "got %u, revision %u\n", dacl->AceCount, dacl->AclRevision);
    RtlGetAce(dacl, 0, (PVOID *)&ace);
    ok(ace->Header.AceType == ACCESS_ALLOWED_OBJECT_ACE_TYPE && !ace->Header.AceFlags && ace->Mask == 0x22,
       "got type %u, flags %#x, mask %#x\n", ace->Header.AceType, ace->Header.AceFlags, ace->Mask);
    RtlGetAce(dacl, 1, (PVOID *)&ace);
    ok(ace->Header.AceType == ACCESS_DENIED_OBJECT_ACE_TYPE && !ace->Header.AceFlags && ace->Mask == 0x33,
       "got type %u, flags %#x, mask %#x\n", ace->Header.AceType, ace->Header.AceFlags, ace->Mask);
    SeDeassignSecurity(&descriptor);
}

/* ---- owners, failures --------------------------------------------------------------------------------------- */

/* A parent without a DACL, with a NULL one or an empty one passes nothing on; the pool's name does not count. */
static void test_nothing_inherited(void)
{
    PSECURITY_DESCRIPTOR plain = assign(NULL, NULL, FALSE), descriptor = NULL;
    struct made parent;
    BOOLEAN present;
    NTSTATUS status;
    unsigned int i;

    for (i = 0; i < 3; i++)
    {
        start_sd(&parent, FALSE, FALSE);
        if (i) RtlSetDaclSecurityDescriptor(&parent.sd, i == 1, NULL, FALSE);
        descriptor = assign(&parent.sd, NULL, i == 1);
        /* K3.8.7 */
        ok(dacl_of(descriptor, &present) && !memcmp(dacl_of(descriptor, &present), dacl_of(plain, &present),
                                                    dacl_of(plain, &present)->AclSize), "%u: another DACL\n", i);
        SeDeassignSecurity(&descriptor);
    }
    status = SeAssignSecurity(NULL, NULL, &descriptor, FALSE, &subject, &mapping, NonPagedPool);
    /* K3.8.5 */
    ok(!status && RtlLengthSecurityDescriptor(descriptor) == RtlLengthSecurityDescriptor(plain) &&
       !memcmp(descriptor, plain, RtlLengthSecurityDescriptor(plain)), "got %#x\n", status);
    SeDeassignSecurity(&descriptor);
    SeDeassignSecurity(&plain);
}

static void test_failures(void)
{
    PSECURITY_DESCRIPTOR descriptor = (PSECURITY_DESCRIPTOR)1;
    struct made parent;
    NTSTATUS status;

    /* K3.8.7 */
    status = SeAssignSecurity(NULL, NULL, &descriptor, FALSE, NULL, &mapping, PagedPool);
    ok(status == STATUS_NO_TOKEN && !descriptor, "got %#x, %p\n", status, descriptor);
    status = SeAssignSecurityEx(NULL, NULL, &descriptor, NULL, FALSE, SEF_DEFAULT_OWNER_FROM_PARENT, &subject, &mapping,
                                PagedPool);
    ok(status == STATUS_INVALID_OWNER && !descriptor, "got %#x, %p\n", status, descriptor);
    status = SeAssignSecurityEx(NULL, NULL, &descriptor, NULL, FALSE, SEF_DEFAULT_GROUP_FROM_PARENT, &subject, &mapping,
                                PagedPool);
    ok(status == STATUS_INVALID_PRIMARY_GROUP && !descriptor, "got %#x, %p\n", status, descriptor);
    status = SeAssignSecurityEx(NULL, NULL, &descriptor, NULL, FALSE,
                                SEF_DEFAULT_OWNER_FROM_PARENT | SEF_DEFAULT_GROUP_FROM_PARENT, &subject, &mapping,
                                PagedPool);
    ok(status == STATUS_INVALID_OWNER && !descriptor, "got %#x, %p\n", status, descriptor);

    /* header winnt.h: the two flags */
    make_sd(&parent, 0, 0x11, &network);
    RtlSetOwnerSecurityDescriptor(&parent.sd, &service, FALSE);
    RtlSetGroupSecurityDescriptor(&parent.sd, &network, FALSE);
    descriptor = assign_ex(&parent.sd, NULL, FALSE, SEF_DEFAULT_OWNER_FROM_PARENT | SEF_DEFAULT_GROUP_FROM_PARENT);
    ok(RtlEqualSid(owner_of(descriptor), &service) && RtlEqualSid(group_of(descriptor), &network), "others\n");
    SeDeassignSecurity(&descriptor);
}

static void test_as_client(void)
{
    PACCESS_TOKEN client = client_token("alice", SecurityImpersonation);
    SECURITY_SUBJECT_CONTEXT as_client = subject;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    TOKEN_USER *user = NULL;
    struct made explicit;
    NTSTATUS status;

    if (!client)
    {
        win_skip("there is no client\n");
        return;
    }
    as_client.ClientToken = client;
    as_client.ImpersonationLevel = SecurityImpersonation;
    SeQueryInformationToken(client, TokenUser, (PVOID *)&user);

    /* K3.8.5 */
    start_sd(&explicit, TRUE, FALSE);
    status = SeAssignSecurity(NULL, &explicit.sd, &descriptor, FALSE, &as_client, &mapping, PagedPool);
    ok(status == STATUS_PRIVILEGE_NOT_HELD && !descriptor, "got %#x\n", status);
    status = SeAssignSecurityEx(NULL, &explicit.sd, &descriptor, NULL, FALSE, SEF_AVOID_PRIVILEGE_CHECK, &as_client,
                                &mapping, PagedPool);
    ok(!status && descriptor, "got %#x\n", status);
    SeDeassignSecurity(&descriptor);
    make_sd(&explicit, 0, 1, &world);
    RtlSetOwnerSecurityDescriptor(&explicit.sd, &service, FALSE);
    status = SeAssignSecurity(NULL, &explicit.sd, &descriptor, FALSE, &as_client, &mapping, PagedPool);
    ok(status == STATUS_INVALID_OWNER && !descriptor, "got %#x\n", status);
    RtlSetOwnerSecurityDescriptor(&explicit.sd, &world, FALSE); /* a group of his, but no SE_GROUP_OWNER */
    status = SeAssignSecurity(NULL, &explicit.sd, &descriptor, FALSE, &as_client, &mapping, PagedPool);
    ok(status == STATUS_INVALID_OWNER && !descriptor, "got %#x\n", status);
    RtlSetOwnerSecurityDescriptor(&explicit.sd, &service, FALSE);
    status = SeAssignSecurityEx(NULL, &explicit.sd, &descriptor, NULL, FALSE, SEF_AVOID_OWNER_CHECK, &as_client, &mapping,
                                PagedPool);
    ok(!status && RtlEqualSid(owner_of(descriptor), &service), "got %#x\n", status);
    SeDeassignSecurity(&descriptor);
    RtlSetOwnerSecurityDescriptor(&explicit.sd, user->User.Sid, FALSE);
    status = SeAssignSecurity(NULL, &explicit.sd, &descriptor, FALSE, &as_client, &mapping, PagedPool);
    ok(!status && RtlEqualSid(owner_of(descriptor), user->User.Sid), "got %#x\n", status);
    SeDeassignSecurity(&descriptor);

    /* K0.3.5 */
    status = SeAssignSecurity(NULL, NULL, &descriptor, FALSE, &as_client, &mapping, PagedPool);
    ok(!status && RtlEqualSid(owner_of(descriptor), user->User.Sid), "got %#x\n", status);
    SeDeassignSecurity(&descriptor);
    ExFreePool(user);
    ObDereferenceObject(client);
}

START_TEST(assign_security)
{
    SeCaptureSubjectContext(&subject);
    test_token_defaults();
    test_no_default();
    test_explicit();
    test_flags();
    test_creators();
    test_precedence();
    test_auto_inherit();
    test_object_types();
    test_nothing_inherited();
    test_failures();
    test_as_client();
    SeReleaseSubjectContext(&subject);
}

/*
 * The security of objects: NtQuerySecurityObject, NtSetSecurityObject, ObGetObjectSecurity.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static SID world = {SID_REVISION, 1, {SECURITY_WORLD_SID_AUTHORITY}, {0}};

static HANDLE duplicate_self(ACCESS_MASK access)
{
    HANDLE source = process_token_handle(TOKEN_DUPLICATE), copy = NULL;
    NTSTATUS status = NtDuplicateToken(source, access, NULL, FALSE, TokenPrimary, &copy);

    ok(!status, "got %#x\n", status); /* K1.18.5 */
    NtClose(source);
    return copy;
}

/* The whole descriptor of HANDLE without its SACL, in pool memory. */
static PSECURITY_DESCRIPTOR query(HANDLE handle)
{
    const SECURITY_INFORMATION information =
        OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    PSECURITY_DESCRIPTOR descriptor;
    ULONG length = 0;
    NTSTATUS status = NtQuerySecurityObject(handle, information, NULL, 0, &length);

    /* DDI ZwQuerySecurityObject */
    ok(status == STATUS_BUFFER_TOO_SMALL && length > 20, "got %#x, %u\n", status, length);
    descriptor = ExAllocatePoolWithTag(PagedPool, length, 0);
    status = NtQuerySecurityObject(handle, information, descriptor, length, &length);
    ok(!status, "got %#x\n", status);
    ok(RtlValidRelativeSecurityDescriptor(descriptor, length, information), "not valid\n");
    return descriptor;
}

static void test_query(void)
{
    HANDLE token = duplicate_self(TOKEN_ALL_ACCESS), blind = duplicate_self(TOKEN_QUERY);
    PSECURITY_DESCRIPTOR descriptor = query(token);
    UCHAR room[256] __attribute__((aligned(4)));
    ULONG length;
    NTSTATUS status;

    ExFreePool(descriptor);
    ExFreePool(query(NtCurrentProcess()));
    ExFreePool(query(NtCurrentThread()));

    /* DDI ZwQuerySecurityObject */
    status = NtQuerySecurityObject(blind, DACL_SECURITY_INFORMATION, room, sizeof(room), &length);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = ZwQuerySecurityObject(blind, DACL_SECURITY_INFORMATION, room, sizeof(room), &length);
    ok(!status, "got %#x\n", status);
    status = NtQuerySecurityObject(token, SACL_SECURITY_INFORMATION, room, sizeof(room), &length);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = NtQuerySecurityObject(NULL, DACL_SECURITY_INFORMATION, room, sizeof(room), &length);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtQuerySecurityObject(token, DACL_SECURITY_INFORMATION, room, sizeof(room), NULL);
    ok(status == STATUS_ACCESS_VIOLATION, "got %#x\n", status);
    status = NtQuerySecurityObject(token, DACL_SECURITY_INFORMATION, room + 1, sizeof(room) - 1, &length);
    ok(status == STATUS_DATATYPE_MISALIGNMENT, "got %#x\n", status);
    NtClose(token);
    NtClose(blind);
}

/* What an opened handle may have of the object once its DACL says so. */
static void test_set(void)
{
    HANDLE token = duplicate_self(TOKEN_ALL_ACCESS), reader = duplicate_self(READ_CONTROL | TOKEN_QUERY), again = NULL;
    SECURITY_DESCRIPTOR given;
    struct
    {
        ACL acl;
        UCHAR more[40];
    } dacl;
    PVOID object = NULL;
    NTSTATUS status;

    RtlCreateSecurityDescriptor(&given, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(&dacl.acl, sizeof(dacl), ACL_REVISION);
    RtlAddAccessAllowedAce(&dacl.acl, ACL_REVISION, TOKEN_QUERY, &world);
    RtlSetDaclSecurityDescriptor(&given, TRUE, &dacl.acl, FALSE);

    /* DDI ZwSetSecurityObject */
    status = NtSetSecurityObject(reader, DACL_SECURITY_INFORMATION, &given);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = NtSetSecurityObject(token, SACL_SECURITY_INFORMATION, &given);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = NtSetSecurityObject(token, DACL_SECURITY_INFORMATION, NULL);
    ok(status == STATUS_ACCESS_VIOLATION, "got %#x\n", status);
    status = NtSetSecurityObject(token, OWNER_SECURITY_INFORMATION, &given);
    ok(status == STATUS_INVALID_OWNER, "got %#x\n", status);
    status = NtSetSecurityObject(token, DACL_SECURITY_INFORMATION, &given);
    ok(!status, "got %#x\n", status);

    /* DDI ObOpenObjectByPointer: the new DACL is what counts; this token's owner keeps WRITE_DAC */
    ObReferenceObjectByHandle(token, 0, *SeTokenObjectType, KernelMode, &object, NULL);
    status = ObOpenObjectByPointer(object, 0, NULL, TOKEN_QUERY, *SeTokenObjectType, UserMode, &again);
    ok(!status, "got %#x\n", status);
    NtClose(again);
    status = ObOpenObjectByPointer(object, 0, NULL, TOKEN_DUPLICATE, *SeTokenObjectType, UserMode, &again);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = ObOpenObjectByPointer(object, 0, NULL, WRITE_DAC, *SeTokenObjectType, UserMode, &again);
    ok(!status, "got %#x\n", status);
    NtClose(again);
    ObDereferenceObject(object);
    NtClose(token);
    NtClose(reader);
}

/* What the one ACE of the object's SACL says of integrity; 0: there is no label. */
static ULONG label_of(HANDLE handle)
{
    UCHAR room[256] __attribute__((aligned(4)));
    BOOLEAN present, defaulted;
    ACCESS_ALLOWED_ACE *ace;
    ULONG length;
    PACL sacl;
    NTSTATUS status = NtQuerySecurityObject(handle, LABEL_SECURITY_INFORMATION, room, sizeof(room), &length);

    ok(!status, "got %#x\n", status); /* DDI ZwQuerySecurityObject */
    RtlGetSaclSecurityDescriptor(room, &present, &sacl, &defaulted);
    if (!present || !sacl || RtlGetAce(sacl, 0, (PVOID *)&ace)) return 0;
    return *RtlSubAuthoritySid((PSID)&ace->SidStart, 0);
}

static NTSTATUS set_label(HANDLE handle, UCHAR authority, ULONG level)
{
    struct
    {
        ACE_HEADER header;
        ACCESS_MASK mask;
        SID sid;
    } ace = {{SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0, sizeof(ace)}, SYSTEM_MANDATORY_LABEL_NO_WRITE_UP,
             {SID_REVISION, 1, {{0, 0, 0, 0, 0, authority}}, {level}}};
    SECURITY_DESCRIPTOR given;
    struct
    {
        ACL acl;
        UCHAR more[40];
    } sacl;

    RtlCreateSecurityDescriptor(&given, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(&sacl.acl, sizeof(sacl), ACL_REVISION);
    RtlAddAce(&sacl.acl, ACL_REVISION, MAXULONG, &ace, sizeof(ace));
    RtlSetSaclSecurityDescriptor(&given, TRUE, &sacl.acl, FALSE);
    return NtSetSecurityObject(handle, LABEL_SECURITY_INFORMATION, &given);
}

/* The label needs WRITE_OWNER and no privilege, unless it is above the caller's own level. */
static void test_label(void)
{
    PACCESS_TOKEN client = client_token("alice", SecurityImpersonation);
    HANDLE token = duplicate_self(TOKEN_ALL_ACCESS), other = duplicate_self(READ_CONTROL | WRITE_DAC);
    NTSTATUS status;

    /* win32 mandatory-integrity-control */
    status = set_label(other, 16, SECURITY_MANDATORY_LOW_RID);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = set_label(token, 16, SECURITY_MANDATORY_LOW_RID);
    ok(!status && label_of(token) == SECURITY_MANDATORY_LOW_RID, "got %#x, %#x\n", status, label_of(token));
    if (!client || PsImpersonateClient(PsGetCurrentThread(), client, FALSE, FALSE, SecurityImpersonation))
        win_skip("there is no client\n");
    else
    {
        /* win32 mandatory-integrity-control: the client is of medium integrity and holds no SeRelabelPrivilege */
        status = set_label(token, 16, SECURITY_MANDATORY_HIGH_RID);
        ok(status == STATUS_PRIVILEGE_NOT_HELD && label_of(token) == SECURITY_MANDATORY_LOW_RID, "got %#x\n", status);
        status = set_label(token, 5, SECURITY_MANDATORY_LOW_RID);
        ok(status && label_of(token) == SECURITY_MANDATORY_LOW_RID, "got %#x\n", status);
        status = set_label(token, 16, SECURITY_MANDATORY_MEDIUM_RID);
        ok(!status && label_of(token) == SECURITY_MANDATORY_MEDIUM_RID, "got %#x, %#x\n", status, label_of(token));
        PsRevertToSelf();
    }
    if (client) ObDereferenceObject(client);
    NtClose(token);
    NtClose(other);
}

static void test_get(void)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    BOOLEAN allocated = 7;
    NTSTATUS status = ObGetObjectSecurity(PsGetCurrentProcess(), &descriptor, &allocated);

    /* DDI ObGetObjectSecurity */
    ok(!status && descriptor && (allocated == TRUE || allocated == FALSE), "got %#x, %p, %u\n", status, descriptor, allocated);
    ok(SeValidSecurityDescriptor(RtlLengthSecurityDescriptor(descriptor), descriptor), "not valid\n");
    ObReleaseObjectSecurity(descriptor, allocated);
}

START_TEST(object_security)
{
    test_query();
    test_set();
    test_label();
    test_get();
}

/*
 * NtAccessCheck, with object types and without.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "wine/test.h"
#include "client_token.h"
#include "descriptor.h"

#define READ  0x1
#define WRITE 0x2
#define ALL   (STANDARD_RIGHTS_REQUIRED | READ | WRITE)

static GENERIC_MAPPING mapping = {READ, WRITE, READ_CONTROL, ALL};
static GENERIC_MAPPING no_mapping;

static NTSTATUS check(PVOID descriptor, HANDLE token, ACCESS_MASK desired, ACCESS_MASK *granted, NTSTATUS *decision)
{
    PRIVILEGE_SET set;
    ULONG length = sizeof(set);

    *granted = 0xdeadbeef;
    *decision = 0xdeadbeef;
    return NtAccessCheck(descriptor, token, desired, &mapping, &set, &length, granted, decision);
}

static HANDLE duplicate(PACCESS_TOKEN token, TOKEN_TYPE type, SECURITY_IMPERSONATION_LEVEL level)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), level, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    HANDLE handle = token_handle(token), copy = NULL;
    NTSTATUS status = NtDuplicateToken(handle, TOKEN_ALL_ACCESS, &attributes, FALSE, type, &copy);

    ok(!status, "got %#x\n", status); /* K1.18.1 */
    NtClose(handle);
    return copy;
}

static void test_order(PACCESS_TOKEN token)
{
    HANDLE identified = duplicate(token, TokenImpersonation, SecurityIdentification);
    HANDLE primary = duplicate(token, TokenPrimary, SecurityAnonymous), weak = NULL, anonymous;
    PACCESS_TOKEN self = self_token(SecurityAnonymous);
    struct descriptor descriptor;
    ACCESS_MASK granted;
    NTSTATUS decision, status;
    PRIVILEGE_SET set;
    ULONG length;

    anonymous = token_handle(self);
    descriptor_init(&descriptor, &test_nobody);

    /* K3.4.1: each before the next */
    ok(check(&descriptor, NULL, GENERIC_READ, &granted, &decision) == STATUS_GENERIC_NOT_MAPPED, "went on\n");
    ok(check(&descriptor, NULL, READ, &granted, &decision) == STATUS_INVALID_HANDLE, "went on\n");
    ok(check(&descriptor, primary, READ, &granted, &decision) == STATUS_NO_IMPERSONATION_TOKEN, "went on\n");
    ok(check(&descriptor, anonymous, READ, &granted, &decision) == STATUS_BAD_IMPERSONATION_LEVEL, "went on\n");

    /* K3.4.1: the handle needs TOKEN_QUERY */
    status = NtDuplicateObject(NtCurrentProcess(), identified, NtCurrentProcess(), &weak, TOKEN_DUPLICATE, 0, 0);
    ok(!status, "got %#x\n", status);
    ok(check(&descriptor, weak, READ, &granted, &decision) == STATUS_ACCESS_DENIED, "went on\n");
    NtClose(weak);

    /* K3.4.1: a set of privileges has room for one at least, used or not */
    length = 0;
    descriptor.header.Owner = 0;
    status = NtAccessCheck(&descriptor, identified, READ, &mapping, &set, &length, &granted, &decision);
    ok(status == STATUS_BUFFER_TOO_SMALL && length == sizeof(set), "got %#x, %u\n", status, length);

    /* K3.4.1: owner and group have to be there */
    status = check(&descriptor, identified, READ, &granted, &decision);
    ok(status == STATUS_INVALID_SECURITY_DESCR, "got %#x\n", status);
    descriptor_init(&descriptor, &test_nobody);
    descriptor.header.Group = 0;
    status = check(&descriptor, identified, READ, &granted, &decision);
    ok(status == STATUS_INVALID_SECURITY_DESCR, "got %#x\n", status);

    /* K3.4.1: Identification suffices, and the decision has its own status */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    descriptor_allow(&descriptor, READ, &test_everyone);
    status = check(&descriptor, identified, READ, &granted, &decision);
    ok(!status && !decision && granted == READ, "got %#x, %#x, %#x\n", status, decision, granted);
    status = check(&descriptor, identified, WRITE, &granted, &decision);
    ok(!status && decision == STATUS_ACCESS_DENIED && !granted, "got %#x, %#x, %#x\n", status, decision, granted);
    status = check(&descriptor, identified, ACCESS_SYSTEM_SECURITY, &granted, &decision);
    ok(!status && decision == STATUS_PRIVILEGE_NOT_HELD && !granted, "got %#x, %#x, %#x\n", status, decision, granted);

    /* K3.1.5 */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    descriptor_allow(&descriptor, GENERIC_ALL, &test_everyone);
    length = sizeof(set);
    status = NtAccessCheck(&descriptor, identified, MAXIMUM_ALLOWED, &no_mapping, &set, &length, &granted, &decision);
    ok(!status && !decision, "got %#x, %#x\n", status, decision);

    ObDereferenceObject(self);
    NtClose(anonymous);
    NtClose(primary);
    NtClose(identified);
}

/* An object, two sets of properties, two properties in the first. */
static GUID object_type = {.Data1 = 1}, first_set = {.Data1 = 2}, property_a = {.Data1 = 3}, property_b = {.Data1 = 4};
static GUID second_set = {.Data1 = 5}, other_type = {.Data1 = 6};
static OBJECT_TYPE_LIST tree[] = {
    {0, 0, &object_type}, {1, 0, &first_set}, {2, 0, &property_a}, {2, 0, &property_b}, {1, 0, &second_set}};

enum
{
    NODES = sizeof(tree) / sizeof(tree[0])
};

static void check_tree(struct descriptor *descriptor, HANDLE token, ACCESS_MASK desired, const ACCESS_MASK *wanted)
{
    ACCESS_MASK granted[NODES], root = 0xdeadbeef;
    NTSTATUS decisions[NODES], decision, status;
    PRIVILEGE_SET set;
    ULONG i, length = sizeof(set);

    status = NtAccessCheckByTypeResultList(descriptor, NULL, token, desired, tree, NODES, &mapping, &set, &length,
                                           granted, decisions);
    ok(!status, "got %#x\n", status); /* callers cite */
    for (i = 0; i < NODES; i++)
    {
        NTSTATUS expected = wanted[i] ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;

        ok(granted[i] == wanted[i] && decisions[i] == expected, "node %u: got %#x, %#x for %#x\n", i, decisions[i],
           granted[i], wanted[i]); /* callers cite */
    }
    status = NtAccessCheckByType(descriptor, NULL, token, desired, tree, NODES, &mapping, &set, &length, &root,
                                 &decision);
    ok(!status && root == wanted[0] && !decision == !!wanted[0], "got %#x, %#x, %#x for %#x\n", status, decision, root,
       wanted[0]); /* callers cite */
}

static void allow_object(struct descriptor *descriptor, ACCESS_MASK mask, const GUID *type)
{
    descriptor_ace(descriptor, ACCESS_ALLOWED_OBJECT_ACE_TYPE, 0, mask, &test_everyone, type, NULL, 0);
}

static void deny_object(struct descriptor *descriptor, ACCESS_MASK mask, const GUID *type)
{
    descriptor_ace(descriptor, ACCESS_DENIED_OBJECT_ACE_TYPE, 0, mask, &test_everyone, type, NULL, 0);
}

static void test_tree(HANDLE token)
{
    static const ACCESS_MASK all[] = {READ, READ, READ, READ, READ}, set_only[] = {0, READ, READ, READ, 0};
    static const ACCESS_MASK one_property[] = {0, 0, READ, 0, 0};
    static const ACCESS_MASK denied_property[] = {0, 0, 0, READ, READ}, none[NODES] = {0};
    struct descriptor descriptor;

    /* MS-DTYP 2.5.3.2: a plain ACE, or an object ACE without a type, is for all nodes */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    descriptor_allow(&descriptor, READ, &test_everyone);
    check_tree(&descriptor, token, READ, all);
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    allow_object(&descriptor, READ, NULL);
    check_tree(&descriptor, token, READ, all);

    /* MS-DTYP 2.5.3.2: a node's ACE is for what is below it */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    allow_object(&descriptor, READ, &first_set);
    check_tree(&descriptor, token, READ, set_only);
    check_tree(&descriptor, token, MAXIMUM_ALLOWED, set_only);

    /* MS-DTYP 2.5.3.2: and reaches the node above when all below that have it */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    allow_object(&descriptor, READ, &property_a);
    check_tree(&descriptor, token, READ, one_property);
    allow_object(&descriptor, READ, &property_b);
    check_tree(&descriptor, token, READ, set_only);
    allow_object(&descriptor, READ, &second_set);
    check_tree(&descriptor, token, READ, all);

    /* MS-DTYP 2.5.3.2: what is denied below is denied above */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    deny_object(&descriptor, READ, &property_a);
    descriptor_allow(&descriptor, READ, &test_everyone);
    check_tree(&descriptor, token, READ, denied_property);

    /* MS-DTYP 2.5.3.2: a type that is not in the list */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    allow_object(&descriptor, READ, &other_type);
    check_tree(&descriptor, token, READ, none);
}

static void test_bad_lists(HANDLE token)
{
    OBJECT_TYPE_LIST list[] = {{0, 0, &object_type}, {1, 0, &first_set}, {2, 0, &property_a}};
    struct descriptor descriptor;
    ACCESS_MASK granted[3];
    NTSTATUS decisions[3], status;
    PRIVILEGE_SET set;
    ULONG length = sizeof(set);

    descriptor_init(&descriptor, &test_nobody);

    /* sdk AccessCheckByTypeResultList: one root at level 0, levels rise by one, each type once */
    status = NtAccessCheckByTypeResultList(&descriptor, NULL, token, READ, list, 0, &mapping, &set, &length, granted,
                                           decisions);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
    status = NtAccessCheckByTypeResultList(&descriptor, NULL, token, READ, list, 3, &mapping, &set, &length, granted,
                                           decisions);
    ok(!status, "got %#x\n", status);
    list[0].Level = 1;
    status = NtAccessCheckByTypeResultList(&descriptor, NULL, token, READ, list, 3, &mapping, &set, &length, granted,
                                           decisions);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
    list[0].Level = 0;
    list[1].Level = 0;
    status = NtAccessCheckByTypeResultList(&descriptor, NULL, token, READ, list, 2, &mapping, &set, &length, granted,
                                           decisions);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
    list[1].Level = 2;
    status = NtAccessCheckByType(&descriptor, NULL, token, READ, list, 2, &mapping, &set, &length, granted, decisions);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
    list[1].Level = 1;
    list[2].ObjectType = &object_type;
    status = NtAccessCheckByType(&descriptor, NULL, token, READ, list, 3, &mapping, &set, &length, granted, decisions);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
}

static void test_principal(HANDLE token, const struct test_sid *user)
{
    struct descriptor descriptor;
    ACCESS_MASK granted = 0;
    NTSTATUS decision, status;
    PRIVILEGE_SET set;
    _Alignas(DWORD) UCHAR no_sid[8 + 4 * (SID_MAX_SUB_AUTHORITIES + 1)] = {SID_REVISION};
    ULONG length = sizeof(set);

    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    descriptor_allow(&descriptor, READ, &test_self);

    /* sdk AccessCheckByType: S-1-5-10 stands for the principal that the caller names */
    status = NtAccessCheckByType(&descriptor, (PSID)user, token, READ, NULL, 0, &mapping, &set, &length, &granted,
                                 &decision);
    ok(!status && !decision && granted == READ, "got %#x, %#x, %#x\n", status, decision, granted);
    status = NtAccessCheckByType(&descriptor, (PSID)&test_nobody, token, READ, NULL, 0, &mapping, &set, &length,
                                 &granted, &decision);
    ok(!status && decision == STATUS_ACCESS_DENIED && !granted, "got %#x, %#x, %#x\n", status, decision, granted);
    status = NtAccessCheckByType(&descriptor, NULL, token, READ, NULL, 0, &mapping, &set, &length, &granted, &decision);
    ok(!status && decision == STATUS_ACCESS_DENIED && !granted, "got %#x, %#x, %#x\n", status, decision, granted);

    /* sdk AccessCheckByType: a SID; more sub-authorities than there may be are none */
    no_sid[1] = SID_MAX_SUB_AUTHORITIES + 1;
    decision = 0x5eed;
    status = NtAccessCheckByType(&descriptor, no_sid, token, READ, NULL, 0, &mapping, &set, &length, &granted, &decision);
    ok(status == STATUS_INVALID_SID && decision == 0x5eed, "got %#x, %#x\n", status, decision);
}

START_TEST(access_service)
{
    PACCESS_TOKEN token = client_token("alice", SecurityImpersonation);
    struct test_sid user;
    HANDLE handle;

    if (!token)
    {
        win_skip("no token of another user can be made here\n");
        return;
    }
    handle = token_handle(token);
    user = user_of(token);
    test_order(token);
    test_tree(handle);
    test_bad_lists(handle);
    test_principal(handle, &user);
    NtClose(handle);
    ObDereferenceObject(token);
}

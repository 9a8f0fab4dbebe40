/*
 * Setting token information.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static const SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};
static const SID stranger = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {SECURITY_DIALUP_RID}};

static LUID modified_id(HANDLE token)
{
    TOKEN_STATISTICS statistics = {0};
    ULONG length;
    NTSTATUS status = NtQueryInformationToken(token, TokenStatistics, &statistics, sizeof(statistics), &length);

    ok(!status, "got %#x\n", status); /* DDI NtQueryInformationToken */
    return statistics.ModifiedId;
}

static HANDLE private_copy(ACCESS_MASK access)
{
    HANDLE token = process_token_handle(TOKEN_DUPLICATE), copy = NULL;
    NTSTATUS status = NtDuplicateToken(token, access, NULL, FALSE, TokenPrimary, &copy);

    ok(!status, "got %#x\n", status); /* K1.18.1 */
    NtClose(token);
    return copy;
}

static void test_parameters(void)
{
    HANDLE token = private_copy(TOKEN_QUERY | TOKEN_ADJUST_DEFAULT), reader = private_copy(TOKEN_QUERY);
    TOKEN_OWNER owner = {(PSID)&everyone};
    ULONG value = 0;
    NTSTATUS status;

    /* K2.8.3 */
    status = NtSetInformationToken(NULL, TokenOwner, NULL, 0);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtSetInformationToken(token, 0xa0a, &value, sizeof(value));
    ok(status == STATUS_INVALID_INFO_CLASS, "got %#x\n", status);

    /* K2.8.1 */
    status = NtSetInformationToken(token, TokenType, &value, sizeof(value));
    ok(status == STATUS_INVALID_INFO_CLASS, "got %#x\n", status);
    status = NtSetInformationToken(token, TokenUser, &value, sizeof(value));
    ok(status == STATUS_INVALID_INFO_CLASS, "got %#x\n", status);
    status = NtSetInformationToken(token, TokenOwner, &owner, sizeof(owner) - 1);
    ok(status == STATUS_INFO_LENGTH_MISMATCH, "got %#x\n", status);
    status = NtSetInformationToken(reader, TokenOwner, &owner, sizeof(owner));
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    NtClose(reader);
    NtClose(token);
}

static void test_sids(void)
{
    HANDLE token = private_copy(TOKEN_QUERY | TOKEN_ADJUST_DEFAULT);
    SID invalid = {77, 1, {{0, 0, 0, 0, 0, 1}}, {0}};
    TOKEN_PRIMARY_GROUP group;
    TOKEN_USER *user;
    TOKEN_OWNER owner;
    NTSTATUS status;
    ULONG length = 0;
    LUID before, after;
    char buffer[256];

    /* K2.8.1 */
    owner.Owner = (PSID)&stranger;
    status = NtSetInformationToken(token, TokenOwner, &owner, sizeof(owner));
    ok(status == STATUS_INVALID_OWNER, "got %#x\n", status);
    owner.Owner = (PSID)&everyone;
    status = NtSetInformationToken(token, TokenOwner, &owner, sizeof(owner));
    ok(status == STATUS_INVALID_OWNER, "a group that may not own gave %#x\n", status);
    owner.Owner = &invalid;
    status = NtSetInformationToken(token, TokenOwner, &owner, sizeof(owner));
    ok(status == STATUS_INVALID_SID, "got %#x\n", status);
    group.PrimaryGroup = (PSID)&stranger;
    status = NtSetInformationToken(token, TokenPrimaryGroup, &group, sizeof(group));
    ok(status == STATUS_INVALID_PRIMARY_GROUP, "got %#x\n", status);

    /* K2.8.1: the user may own, any group may be the primary one */
    before = modified_id(token);
    user = malloc(256);
    NtQueryInformationToken(token, TokenUser, user, 256, &length);
    owner.Owner = user->User.Sid;
    status = NtSetInformationToken(token, TokenOwner, &owner, sizeof(owner));
    ok(!status, "got %#x\n", status);
    status = NtQueryInformationToken(token, TokenOwner, buffer, sizeof(buffer), &length);
    ok(!status && !memcmp(((TOKEN_OWNER *)buffer)->Owner, user->User.Sid, SeLengthSid(user->User.Sid)),
       "the owner is another\n");
    group.PrimaryGroup = (PSID)&everyone;
    status = NtSetInformationToken(token, TokenPrimaryGroup, &group, sizeof(group));
    ok(!status, "got %#x\n", status);
    status = NtQueryInformationToken(token, TokenPrimaryGroup, buffer, sizeof(buffer), &length);
    ok(!status && !memcmp(((TOKEN_PRIMARY_GROUP *)buffer)->PrimaryGroup, &everyone, SeLengthSid(&everyone)),
       "the group is another\n");
    after = modified_id(token);
    ok(before.LowPart != after.LowPart, "the token does not look modified\n");
    free(user);
    NtClose(token);
}

static void test_dacl(void)
{
    HANDLE token = private_copy(TOKEN_QUERY | TOKEN_ADJUST_DEFAULT);
    struct
    {
        ACL acl;
        ACCESS_ALLOWED_ACE ace;
        ULONG room[2];
    } small = {{ACL_REVISION, 0, sizeof(ACL) + offsetof(ACCESS_ALLOWED_ACE, SidStart) + 12, 1, 0},
               {{ACCESS_ALLOWED_ACE_TYPE, 0, offsetof(ACCESS_ALLOWED_ACE, SidStart) + 12}, GENERIC_READ, 0},
               {0, 0}};
    TOKEN_DEFAULT_DACL saved[64], *answer = saved, set;
    UCHAR big[4096] = {0};
    ACL *big_acl = (ACL *)big;
    NTSTATUS status;
    ULONG length;
    char now[1024];

    memcpy(&small.ace.SidStart, &everyone, sizeof(everyone));
    status = NtQueryInformationToken(token, TokenDefaultDacl, saved, sizeof(saved), &length);
    ok(!status && answer->DefaultDacl, "got %#x\n", status); /* DDI NtQueryInformationToken */

    /* K2.8.3: swap and restore */
    set.DefaultDacl = &small.acl;
    status = NtSetInformationToken(token, TokenDefaultDacl, &set, sizeof(set));
    ok(!status, "got %#x\n", status);
    status = NtQueryInformationToken(token, TokenDefaultDacl, now, sizeof(now), &length);
    ok(!status && !memcmp(((TOKEN_DEFAULT_DACL *)now)->DefaultDacl, &small, small.acl.AclSize),
       "got %#x, another DACL\n", status);
    set.DefaultDacl = answer->DefaultDacl;
    status = NtSetInformationToken(token, TokenDefaultDacl, &set, sizeof(set));
    ok(!status, "got %#x\n", status);
    status = NtQueryInformationToken(token, TokenDefaultDacl, now, sizeof(now), &length);
    ok(!status && !memcmp(((TOKEN_DEFAULT_DACL *)now)->DefaultDacl, answer->DefaultDacl, answer->DefaultDacl->AclSize),
       "got %#x, another DACL\n", status);

    /* K2.1.1, K2.8.1: more than was charged when the token was made */
    *big_acl = (ACL){ACL_REVISION, 0, sizeof(big), 0, 0};
    set.DefaultDacl = big_acl;
    status = NtSetInformationToken(token, TokenDefaultDacl, &set, sizeof(set));
    ok(status == STATUS_ALLOTTED_SPACE_EXCEEDED, "got %#x\n", status);

    /* K2.7.5, K2.8.2 */
    set.DefaultDacl = NULL;
    status = NtSetInformationToken(token, TokenDefaultDacl, &set, sizeof(set));
    ok(!status, "got %#x\n", status);
    length = 77;
    status = NtQueryInformationToken(token, TokenDefaultDacl, now, sizeof(now), &length);
    ok(!status && (!length || broken(length == sizeof(TOKEN_DEFAULT_DACL))), "got %#x, length %u\n", status, length);
    NtClose(token);
}

static void test_session(void)
{
    HANDLE token = private_copy(TOKEN_ALL_ACCESS);
    ULONG session = 0;
    NTSTATUS status;

    /* K2.8.3 */
    status = NtSetInformationToken(token, TokenSessionId, &session, sizeof(session));
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", status);
    NtClose(token);
}

/* A server with SeTcbPrivilege that impersonates somebody without. */
static void test_privilege_of_process(void)
{
    PACCESS_TOKEN alice = client_token("alice", SecurityImpersonation);
    HANDLE token = private_copy(TOKEN_ALL_ACCESS);
    ULONG session = 3, length;
    NTSTATUS status;

    status = NtSetInformationToken(token, TokenSessionId, &session, sizeof(session));
    if (status == STATUS_PRIVILEGE_NOT_HELD || !alice)
        win_skip("no SeTcbPrivilege, or no token of another user\n");
    else
    {
        /* K0.3.4 */
        ok(!status, "got %#x\n", status);
        session = 4;
        PsImpersonateClient(PsGetCurrentThread(), alice, FALSE, FALSE, SecurityImpersonation);
        status = NtSetInformationToken(token, TokenSessionId, &session, sizeof(session));
        PsRevertToSelf();
        ok(!status, "while impersonating got %#x\n", status);
        session = 0;
        status = NtQueryInformationToken(token, TokenSessionId, &session, sizeof(session), &length);
        ok(!status && session == 4, "got %#x, session %u\n", status, session);
    }
    if (alice) PsDereferenceImpersonationToken(alice);
    NtClose(token);
}

START_TEST(token_set)
{
    if (child_argument())
    {
        test_session();
        return;
    }
    test_parameters();
    test_sids();
    test_dacl();
    test_privilege_of_process();
    if (!run_without_privileges("token_set")) win_skip("no process without privileges\n");
}

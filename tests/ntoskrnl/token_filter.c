/*
 * NtFilterToken and SeFilterToken: deny-only and restricting SIDs, privileges taken away.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"
#include "token_value.h"

#define CHANGE_NOTIFY 23

/* S-1-1-0 and S-1-5-1 with room for their subauthority. */
static SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};
static SID dialup = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {1}};

static TOKEN_GROUPS one_group(PSID sid, DWORD attributes)
{
    TOKEN_GROUPS groups = {.GroupCount = 1, .Groups = {{sid, attributes}}};

    return groups;
}

static DWORD restricted_count(HANDLE token)
{
    TOKEN_GROUPS *groups = token_value(token, TokenRestrictedSids);
    DWORD count = groups->GroupCount;

    free(groups);
    return count;
}

static BOOL holds(HANDLE token, DWORD privilege)
{
    TOKEN_PRIVILEGES *privileges = token_value(token, TokenPrivileges);
    BOOL found = FALSE;
    DWORD i;

    for (i = 0; i < privileges->PrivilegeCount; i++)
        if (privileges->Privileges[i].Luid.LowPart == privilege) found = TRUE;
    free(privileges);
    return found;
}

static void test_parameters(HANDLE process)
{
    TOKEN_GROUPS enabled = one_group(&dialup, SE_GROUP_ENABLED);
    HANDLE filtered, weak = process_token_handle(TOKEN_QUERY);
    NTSTATUS status;

    /* K2.2.6 */
    status = NtFilterToken(NULL, 0, NULL, NULL, NULL, &filtered);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtFilterToken(process, 0, NULL, NULL, NULL, &filtered);
    ok(!status, "got %#x\n", status);
    NtClose(filtered);
    status = NtFilterToken(process, DISABLE_MAX_PRIVILEGE | SANDBOX_INERT, NULL, NULL, NULL, &filtered);
    ok(!status, "got %#x\n", status);
    NtClose(filtered);
    status = NtFilterToken(process, 0, NULL, NULL, &enabled, &filtered);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);

    /* sdk CreateRestrictedToken */
    status = NtFilterToken(weak, 0, NULL, NULL, NULL, &filtered);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    NtClose(weak);
}

static void test_deny_only(HANDLE process)
{
    TOKEN_GROUPS groups = one_group(&everyone, SE_GROUP_ENABLED), absent = one_group(&dialup, 0), user_too;
    TOKEN_USER *user = token_value(process, TokenUser), *denied;
    HANDLE filtered;
    NTSTATUS status;
    DWORD attributes;

    /* K2.2.2 */
    status = NtFilterToken(process, 0, &groups, NULL, NULL, &filtered);
    ok(!status, "got %#x\n", status);
    attributes = group_attributes(filtered, &everyone);
    ok((attributes & (SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT)) ==
           SE_GROUP_USE_FOR_DENY_ONLY,
       "got %#x\n", attributes);
    ok(group_attributes(process, &everyone) & SE_GROUP_ENABLED, "the original has changed\n");
    NtClose(filtered);
    status = NtFilterToken(process, 0, &absent, NULL, NULL, &filtered);
    ok(!status && group_attributes(filtered, &dialup) == ~0u, "got %#x\n", status);
    NtClose(filtered);
    user_too = one_group(user->User.Sid, 0);
    status = NtFilterToken(process, 0, &user_too, NULL, NULL, &filtered);
    ok(!status, "got %#x\n", status);
    denied = token_value(filtered, TokenUser);
    ok(denied->User.Attributes == SE_GROUP_USE_FOR_DENY_ONLY, "got %#x\n", denied->User.Attributes);
    free(denied);
    free(user);
    NtClose(filtered);
}

static void test_privileges(HANDLE process)
{
    TOKEN_PRIVILEGES *held = token_value(process, TokenPrivileges);
    TOKEN_PRIVILEGES list = {1, {{{SE_BACKUP_PRIVILEGE, 0}, SE_PRIVILEGE_ENABLED}}};
    TOKEN_PRIVILEGES unknown = {1, {{{0x1234, 5}, 0}}};
    HANDLE filtered;
    TOKEN_PRIVILEGES *left;
    NTSTATUS status;

    /* K2.2.3 */
    status = NtFilterToken(process, 0, NULL, &list, NULL, &filtered);
    ok(!status && !holds(filtered, SE_BACKUP_PRIVILEGE), "got %#x\n", status);
    left = token_value(filtered, TokenPrivileges);
    ok(left->PrivilegeCount == held->PrivilegeCount - holds(process, SE_BACKUP_PRIVILEGE), "%u of %u are left\n",
       left->PrivilegeCount, held->PrivilegeCount);
    free(left);
    NtClose(filtered);
    status = NtFilterToken(process, 0, NULL, &unknown, NULL, &filtered);
    left = token_value(filtered, TokenPrivileges);
    ok(!status && left->PrivilegeCount == held->PrivilegeCount, "got %#x, %u of %u are left\n", status,
       left->PrivilegeCount, held->PrivilegeCount);
    free(left);
    NtClose(filtered);

    /* K2.2.1 */
    list.Privileges[0].Luid.LowPart = CHANGE_NOTIFY;
    status = NtFilterToken(process, DISABLE_MAX_PRIVILEGE, NULL, &list, NULL, &filtered);
    left = token_value(filtered, TokenPrivileges);
    ok(!status && left->PrivilegeCount == 1 && left->Privileges[0].Luid.LowPart == CHANGE_NOTIFY,
       "got %#x, %u privileges\n", status, left->PrivilegeCount);
    free(left);
    NtClose(filtered);
    free(held);
}

static void test_restricting(HANDLE process)
{
    struct
    {
        TOKEN_GROUPS groups;
        SID_AND_ATTRIBUTES more;
    } both = {{2, {{&everyone, 0}}}, {&dialup, 0}};
    TOKEN_GROUPS world = one_group(&everyone, 0), other = one_group(&dialup, 0), *sids;
    HANDLE restricted, again;
    PVOID object;
    NTSTATUS status;

    /* K2.2.7, K2.2.4 */
    ok(!restricted_count(process), "there are restricting SIDs\n");
    status = NtFilterToken(process, 0, NULL, NULL, &world, &restricted);
    ok(!status && restricted_count(restricted) == 1, "got %#x, %u SIDs\n", status, restricted_count(restricted));
    sids = token_value(restricted, TokenRestrictedSids);
    ok(RtlEqualSid(sids->Groups[0].Sid, &everyone) && sids->Groups[0].Attributes & SE_GROUP_ENABLED, "got %#x\n",
       sids->Groups[0].Attributes);
    free(sids);

    /* K2.9.3 */
    ObReferenceObjectByHandle(restricted, 0, *SeTokenObjectType, KernelMode, &object, NULL);
    ok(SeTokenIsRestricted(object), "it is not restricted\n");
    ObDereferenceObject(object);

    /* K2.2.4: the intersection; nothing in both leaves nothing, and a token that is still restricted (K2.9.3) */
    status = NtFilterToken(restricted, 0, NULL, NULL, &both.groups, &again);
    ok(!status && restricted_count(again) == 1, "got %#x, %u SIDs\n", status, restricted_count(again));
    NtClose(again);
    status = NtFilterToken(restricted, 0, NULL, NULL, NULL, &again);
    ok(!status && restricted_count(again) == 1, "got %#x, %u SIDs\n", status, restricted_count(again));
    NtClose(again);
    status = NtFilterToken(restricted, 0, NULL, NULL, &other, &again);
    ok(!status && !restricted_count(again), "got %#x, %u SIDs\n", status, restricted_count(again));
    NtClose(again);
    NtClose(restricted);

    /* K2.2.4: doubles stay */
    both.more.Sid = &everyone;
    status = NtFilterToken(process, 0, NULL, NULL, &both.groups, &restricted);
    ok(!status && restricted_count(restricted) == 2, "got %#x, %u SIDs\n", status, restricted_count(restricted));
    NtClose(restricted);
}

static void test_fields(HANDLE process)
{
    TOKEN_STATISTICS *source = token_value(process, TokenStatistics), *result;
    OBJECT_HANDLE_INFORMATION information = {0};
    HANDLE weak = process_token_handle(TOKEN_DUPLICATE | TOKEN_QUERY), filtered;
    ULONG *inert;
    PVOID object;
    NTSTATUS status;

    /* K2.2.7 */
    inert = token_value(process, TokenSandBoxInert);
    ok(!*inert, "got %u\n", *inert);
    free(inert);
    status = NtFilterToken(weak, SANDBOX_INERT, NULL, NULL, NULL, &filtered);
    inert = token_value(filtered, TokenSandBoxInert);
    ok(!status && *inert, "got %#x, %u\n", status, *inert);
    free(inert);

    /* K2.2.5 */
    ObReferenceObjectByHandle(filtered, 0, *SeTokenObjectType, KernelMode, &object, &information);
    ok(information.GrantedAccess == (TOKEN_DUPLICATE | TOKEN_QUERY), "got %#x\n", information.GrantedAccess);
    ObDereferenceObject(object);

    /* sdk CreateRestrictedToken: of the type of the existing token, for the same logon */
    result = token_value(filtered, TokenStatistics);
    ok(result->TokenType == source->TokenType, "got type %d\n", result->TokenType);
    ok(!memcmp(&result->AuthenticationId, &source->AuthenticationId, sizeof(LUID)), "another logon session\n");
    ok(memcmp(&result->TokenId, &source->TokenId, sizeof(LUID)), "the id of the existing token\n");
    free(result);
    free(source);
    NtClose(filtered);
    NtClose(weak);
}

static void test_kernel_form(void)
{
    PACCESS_TOKEN self = self_token(SecurityImpersonation), filtered = NULL;
    TOKEN_GROUPS world = one_group(&everyone, 0), enabled = one_group(&everyone, SE_GROUP_ENABLED);
    NTSTATUS status;

    /* K2.2.4, K2.2.5 */
    status = SeFilterToken(self, DISABLE_MAX_PRIVILEGE, NULL, NULL, &world, &filtered);
    ok(!status && filtered && SeTokenIsRestricted(filtered), "got %#x\n", status);
    ok(!SeTokenIsRestricted(self), "the original is restricted\n");
    ok(SeTokenType(filtered) == TokenImpersonation && SeTokenImpersonationLevel(filtered) == SecurityImpersonation,
       "got type %d, level %d\n", SeTokenType(filtered), SeTokenImpersonationLevel(filtered));
    ObDereferenceObject(filtered);
    status = SeFilterToken(self, 0, NULL, NULL, &enabled, &filtered);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);

    /* K2.2.1 */
    status = SeFilterToken(self, WRITE_RESTRICTED, NULL, NULL, &world, &filtered);
    ok(!status && SeTokenIsWriteRestricted(filtered), "got %#x\n", status);
    ObDereferenceObject(filtered);
    ObDereferenceObject(self);
}

START_TEST(token_filter)
{
    HANDLE process = process_token_handle(TOKEN_ALL_ACCESS);

    test_parameters(process);
    test_deny_only(process);
    test_privileges(process);
    test_restricting(process);
    test_fields(process);
    test_kernel_form();
    NtClose(process);
}

/*
 * NtAdjustPrivilegesToken, NtAdjustGroupsToken and NtCompareTokens.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

#define CHANGE_NOTIFY 23

static SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};
static SID dialup = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {1}};

static HANDLE duplicate(SECURITY_IMPERSONATION_LEVEL level)
{
    PACCESS_TOKEN self = self_token(level);
    HANDLE handle = token_handle(self);

    ObDereferenceObject(self);
    return handle;
}

/* The attributes of a privilege; ~0: it is not held. */
static DWORD privilege_attributes(HANDLE token, DWORD privilege)
{
    DWORD length = 0, i, attributes = ~0u;
    TOKEN_PRIVILEGES *held;

    NtQueryInformationToken(token, TokenPrivileges, NULL, 0, &length);
    held = malloc(length);
    NtQueryInformationToken(token, TokenPrivileges, held, length, &length);
    for (i = 0; i < held->PrivilegeCount; i++)
        if (held->Privileges[i].Luid.LowPart == privilege) attributes = held->Privileges[i].Attributes;
    free(held);
    return attributes;
}

static TOKEN_PRIVILEGES one_privilege(DWORD privilege, DWORD attributes)
{
    TOKEN_PRIVILEGES list = {.PrivilegeCount = 1, .Privileges = {{{privilege, 0}, attributes}}};

    return list;
}

static void test_privileges(void)
{
    TOKEN_PRIVILEGES off = one_privilege(CHANGE_NOTIFY, 0), on = one_privilege(CHANGE_NOTIFY, SE_PRIVILEGE_ENABLED);
    TOKEN_PRIVILEGES removed = one_privilege(CHANGE_NOTIFY, SE_PRIVILEGE_REMOVED), unknown = one_privilege(0x4321, 0);
    HANDLE token = duplicate(SecurityImpersonation);
    TOKEN_PRIVILEGES previous = {0};
    TOKEN_STATISTICS before, after;
    DWORD returned = 0;
    NTSTATUS status;

    /* K7.4.1 */
    ok(privilege_attributes(token, CHANGE_NOTIFY) == (SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT),
       "got %#x\n", privilege_attributes(token, CHANGE_NOTIFY));

    /* sdk AdjustTokenPrivileges: what was changed can be given back */
    NtQueryInformationToken(token, TokenStatistics, &before, sizeof(before), &returned);
    status = NtAdjustPrivilegesToken(token, FALSE, &off, sizeof(previous), &previous, &returned);
    ok(!status, "got %#x\n", status);
    ok(returned == sizeof(previous) && previous.PrivilegeCount == 1 &&
           previous.Privileges[0].Luid.LowPart == CHANGE_NOTIFY &&
           previous.Privileges[0].Attributes & SE_PRIVILEGE_ENABLED,
       "got %u bytes, %u privileges, %#x\n", returned, previous.PrivilegeCount, previous.Privileges[0].Attributes);
    ok(privilege_attributes(token, CHANGE_NOTIFY) == SE_PRIVILEGE_ENABLED_BY_DEFAULT, "got %#x\n",
       privilege_attributes(token, CHANGE_NOTIFY));
    NtQueryInformationToken(token, TokenStatistics, &after, sizeof(after), &returned);
    ok(memcmp(&before.ModifiedId, &after.ModifiedId, sizeof(LUID)), "the token does not look modified\n");
    ok(!memcmp(&before.TokenId, &after.TokenId, sizeof(LUID)), "it is another token\n");
    status = NtAdjustPrivilegesToken(token, FALSE, &previous, 0, NULL, NULL);
    ok(!status && privilege_attributes(token, CHANGE_NOTIFY) & SE_PRIVILEGE_ENABLED, "got %#x\n", status);

    /* sdk AdjustTokenPrivileges: too little room, and nothing is done */
    status = NtAdjustPrivilegesToken(token, FALSE, &off, sizeof(DWORD), &previous, &returned);
    ok(status == STATUS_BUFFER_TOO_SMALL && returned == sizeof(previous), "got %#x, %u bytes\n", status, returned);
    ok(privilege_attributes(token, CHANGE_NOTIFY) & SE_PRIVILEGE_ENABLED, "it was done\n");

    /* sdk AdjustTokenPrivileges: one that is not held */
    status = NtAdjustPrivilegesToken(token, FALSE, &unknown, 0, NULL, NULL);
    ok(status == STATUS_NOT_ALL_ASSIGNED, "got %#x\n", status);

    /* sdk AdjustTokenPrivileges: disabled all */
    status = NtAdjustPrivilegesToken(token, TRUE, NULL, 0, NULL, NULL);
    ok(!status && !(privilege_attributes(token, CHANGE_NOTIFY) & SE_PRIVILEGE_ENABLED), "got %#x\n", status);
    status = NtAdjustPrivilegesToken(token, FALSE, &on, 0, NULL, NULL);
    ok(!status && privilege_attributes(token, CHANGE_NOTIFY) & SE_PRIVILEGE_ENABLED, "got %#x\n", status);

    /* sdk AdjustTokenPrivileges: once removed it cannot be had again */
    status = NtAdjustPrivilegesToken(token, FALSE, &removed, 0, NULL, NULL);
    ok(!status && privilege_attributes(token, CHANGE_NOTIFY) == ~0u, "got %#x\n", status);
    status = NtAdjustPrivilegesToken(token, FALSE, &on, 0, NULL, NULL);
    ok(status == STATUS_NOT_ALL_ASSIGNED && privilege_attributes(token, CHANGE_NOTIFY) == ~0u, "got %#x\n", status);
    NtClose(token);
}

static void test_privilege_parameters(void)
{
    HANDLE weak = process_token_handle(TOKEN_QUERY), adjust = process_token_handle(TOKEN_ADJUST_PRIVILEGES);
    TOKEN_PRIVILEGES on = one_privilege(CHANGE_NOTIFY, SE_PRIVILEGE_ENABLED), previous;
    DWORD returned;
    NTSTATUS status;

    /* sdk AdjustTokenPrivileges */
    status = NtAdjustPrivilegesToken(weak, FALSE, &on, 0, NULL, NULL);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = NtAdjustPrivilegesToken(adjust, FALSE, &on, 0, NULL, NULL);
    ok(!status, "got %#x\n", status);
    status = NtAdjustPrivilegesToken(adjust, FALSE, &on, sizeof(previous), &previous, &returned);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = NtAdjustPrivilegesToken(NULL, FALSE, &on, 0, NULL, NULL);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    NtClose(adjust);
    NtClose(weak);
}

static DWORD group_attributes(HANDLE token, PSID sid)
{
    DWORD length = 0, i, attributes = ~0u;
    TOKEN_GROUPS *groups;

    NtQueryInformationToken(token, TokenGroups, NULL, 0, &length);
    groups = malloc(length);
    NtQueryInformationToken(token, TokenGroups, groups, length, &length);
    for (i = 0; i < groups->GroupCount; i++)
        if (RtlEqualSid(groups->Groups[i].Sid, sid)) attributes = groups->Groups[i].Attributes;
    free(groups);
    return attributes;
}

static void test_groups(void)
{
    TOKEN_GROUPS off = {1, {{&everyone, 0}}}, on = {1, {{&everyone, SE_GROUP_ENABLED}}}, absent = {1, {{&dialup, 0}}};
    HANDLE token = duplicate(SecurityImpersonation), weak = process_token_handle(TOKEN_QUERY), filtered;
    NTSTATUS status;

    /* K2.4.1 */
    status = NtAdjustGroupsToken(NULL, TRUE, NULL, 0, NULL, NULL);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtAdjustGroupsToken(weak, FALSE, NULL, 0, NULL, NULL);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = NtAdjustGroupsToken(token, FALSE, NULL, 0, NULL, NULL);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);

    /* sdk AdjustTokenGroups: mandatory groups cannot be disabled, deny-only ones cannot be enabled */
    status = NtAdjustGroupsToken(token, FALSE, &off, 0, NULL, NULL);
    ok(status == STATUS_CANT_DISABLE_MANDATORY, "got %#x\n", status);
    ok(group_attributes(token, &everyone) & SE_GROUP_ENABLED, "got %#x\n", group_attributes(token, &everyone));
    status = NtFilterToken(token, 0, &off, NULL, NULL, &filtered);
    ok(!status, "got %#x\n", status);
    status = NtAdjustGroupsToken(filtered, FALSE, &on, 0, NULL, NULL);
    ok(status == STATUS_CANT_ENABLE_DENY_ONLY, "got %#x\n", status);
    NtClose(filtered);

    /* sdk AdjustTokenGroups: one that the token does not have */
    status = NtAdjustGroupsToken(token, FALSE, &absent, 0, NULL, NULL);
    ok(status == STATUS_NOT_ALL_ASSIGNED, "got %#x\n", status);
    status = NtAdjustGroupsToken(token, FALSE, &on, 0, NULL, NULL);
    ok(!status, "got %#x\n", status);
    status = NtAdjustGroupsToken(token, TRUE, NULL, 0, NULL, NULL);
    ok(!status && group_attributes(token, &everyone) & SE_GROUP_ENABLED, "got %#x\n", status);
    NtClose(weak);
    NtClose(token);
}

static void test_user(void)
{
    HANDLE token = duplicate(SecurityImpersonation);
    struct
    {
        TOKEN_USER user;
        UCHAR room[SECURITY_MAX_SID_SIZE];
    } user, after;
    TOKEN_GROUPS off;
    DWORD length;
    NTSTATUS status;

    /* K2.4.2 */
    NtQueryInformationToken(token, TokenUser, &user, sizeof(user), &length);
    off = (TOKEN_GROUPS){1, {{user.user.User.Sid, 0}}};
    NtAdjustGroupsToken(token, FALSE, &off, 0, NULL, NULL);
    status = NtQueryInformationToken(token, TokenUser, &after, sizeof(after), &length);
    ok(!status && after.user.User.Attributes == user.user.User.Attributes, "got %#x, %#x\n", status,
       after.user.User.Attributes);
    NtClose(token);
}

static void test_compare(void)
{
    HANDLE token = duplicate(SecurityImpersonation), other = duplicate(SecurityIdentification), filtered;
    TOKEN_GROUPS world = {1, {{&everyone, 0}}};
    BOOLEAN equal = FALSE;
    NTSTATUS status;

    /* K2.5.1 */
    status = NtCompareTokens(NULL, NULL, NULL);
    ok(status == STATUS_ACCESS_VIOLATION, "got %#x\n", status);
    status = NtCompareTokens(token, other, &equal);
    ok(!status && equal, "got %#x, %d\n", status, equal);
    NtAdjustPrivilegesToken(other, TRUE, NULL, 0, NULL, NULL);
    status = NtCompareTokens(token, other, &equal);
    ok(!status && !equal, "got %#x, %d\n", status, equal);
    status = NtCompareTokens(token, token, &equal);
    ok(!status && equal, "got %#x, %d\n", status, equal);
    status = NtCompareTokens(token, NULL, &equal);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    /* K2.5.1, K2.2.4: restricting SIDs count */
    NtFilterToken(token, 0, NULL, NULL, &world, &filtered);
    status = NtCompareTokens(token, filtered, &equal);
    ok(!status && !equal, "got %#x, %d\n", status, equal);
    NtClose(filtered);
    NtClose(other);
    NtClose(token);
}

START_TEST(token_adjust)
{
    test_privileges();
    test_privilege_parameters();
    test_groups();
    test_user();
    test_compare();
}

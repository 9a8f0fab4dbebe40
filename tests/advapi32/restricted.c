/*
 * CreateRestrictedToken, AdjustTokenGroups, and what AccessCheck and CheckTokenMembership make of them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "wine/test.h"

#ifndef ERROR_CANT_ENABLE_DENY_ONLY /* mingw-w64 10 */
#define ERROR_CANT_ENABLE_DENY_ONLY 629
#endif

#define CHANGE_NOTIFY 23

/* S-1-1-0, S-1-5-1 and S-1-5-12 */
static SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};
static SID dialup = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {1}};
static SID restricted_code = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {12}};

static HANDLE open_process(DWORD access)
{
    HANDLE token = NULL;
    BOOL ret = OpenProcessToken(GetCurrentProcess(), access, &token);

    ok(ret, "error %lu\n", GetLastError()); /* sdk OpenProcessToken */
    return token;
}

static void *query(HANDLE token, TOKEN_INFORMATION_CLASS class)
{
    DWORD length = 0;
    void *value;
    BOOL ret;

    GetTokenInformation(token, class, NULL, 0, &length);
    value = calloc(1, length + 64);
    ret = GetTokenInformation(token, class, value, length, &length);
    /* Wine: restricted-tokens */
    todo_wine_if(class == TokenSandBoxInert || class == TokenRestrictedSids || class == TokenHasRestrictions)
        ok(ret, "class %d: error %lu\n", class, GetLastError()); /* sdk GetTokenInformation */
    return value;
}

/* The attributes of a group, or ~0. */
static DWORD attributes_of(HANDLE token, PSID sid)
{
    TOKEN_GROUPS *groups = query(token, TokenGroups);
    DWORD i, attributes = ~0u;

    for (i = 0; i < groups->GroupCount; i++)
        if (EqualSid(groups->Groups[i].Sid, sid)) attributes = groups->Groups[i].Attributes;
    free(groups);
    return attributes;
}

/* Whether SID counts in a duplicate of TOKEN that can be checked. */
static BOOL is_member(HANDLE token, PSID sid)
{
    BOOL member = 77, ret;
    HANDLE copy;

    ret = DuplicateToken(token, SecurityIdentification, &copy);
    ok(ret, "error %lu\n", GetLastError()); /* sdk DuplicateToken */
    ret = CheckTokenMembership(copy, sid, &member);
    ok(ret, "error %lu\n", GetLastError()); /* sdk CheckTokenMembership */
    CloseHandle(copy);
    return member;
}

static void test_flags(void)
{
    HANDLE token = open_process(TOKEN_ALL_ACCESS), filtered;
    TOKEN_PRIVILEGES *privileges;
    DWORD *inert;
    BOOL ret;

    /* K2.2.1 */
    ret = CreateRestrictedToken(token, DISABLE_MAX_PRIVILEGE | SANDBOX_INERT, 0, NULL, 0, NULL, 0, NULL, &filtered);
    ok(ret, "error %lu\n", GetLastError());
    privileges = query(filtered, TokenPrivileges);
    /* Wine: restricted-tokens */
    todo_wine ok(privileges->PrivilegeCount == 1 && privileges->Privileges[0].Luid.LowPart == CHANGE_NOTIFY,
                 "got %lu privileges, the first %lu\n", privileges->PrivilegeCount,
                 privileges->Privileges[0].Luid.LowPart);
    free(privileges);
    CloseHandle(filtered);

    /* K2.2.7 */
    ret = CreateRestrictedToken(token, SANDBOX_INERT, 0, NULL, 0, NULL, 0, NULL, &filtered);
    if (!ret && GetLastError() == ERROR_ACCESS_DENIED)
        skip("SANDBOX_INERT is for the system here\n");
    else
    {
        ok(ret, "error %lu\n", GetLastError());
        inert = query(filtered, TokenSandBoxInert);
        /* Wine: restricted-tokens */
        todo_wine ok(*inert || broken(!*inert) /* asked without the right to it */, "not inert\n");
        free(inert);
        CloseHandle(filtered);
    }
    CloseHandle(token);
}

static void test_deny_only(void)
{
    HANDLE token = open_process(TOKEN_ALL_ACCESS), filtered;
    SID_AND_ATTRIBUTES disable[2] = {{&everyone, SE_GROUP_ENABLED}, {&dialup, 0}};
    TOKEN_TYPE *type;
    BOOL ret;

    ok(is_member(token, &everyone), "not in Everyone\n"); /* sdk CheckTokenMembership */

    /* K2.2.2: also a mandatory group; those that are not there do not count, nor do the attributes */
    ret = CreateRestrictedToken(token, 0, 2, disable, 0, NULL, 0, NULL, &filtered);
    ok(ret, "error %lu\n", GetLastError());
    ok((attributes_of(filtered, &everyone) &
        (SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT)) == SE_GROUP_USE_FOR_DENY_ONLY,
       "got %#lx\n", attributes_of(filtered, &everyone));
    ok(attributes_of(filtered, &dialup) == ~0u, "Dialup came in: %#lx\n", attributes_of(filtered, &dialup));
    ok(!is_member(filtered, &everyone), "in Everyone\n");
    type = query(filtered, TokenType);
    ok(*type == TokenPrimary, "got type %d\n", *type);
    free(type);
    CloseHandle(filtered);
    CloseHandle(token);
}

static void test_privileges(void)
{
    HANDLE token = open_process(TOKEN_ALL_ACCESS), filtered;
    LUID_AND_ATTRIBUTES remove[2] = {{{CHANGE_NOTIFY, 0}, 0}, {{0x7ffffff0, 0x12}, 0}};
    TOKEN_PRIVILEGES *privileges;
    DWORD i;
    BOOL ret;

    /* K2.2.3: what is not held does not count */
    ret = CreateRestrictedToken(token, 0, 0, NULL, 2, remove, 0, NULL, &filtered);
    ok(ret, "error %lu\n", GetLastError());
    privileges = query(filtered, TokenPrivileges);
    for (i = 0; i < privileges->PrivilegeCount; i++)
        ok(privileges->Privileges[i].Luid.LowPart != CHANGE_NOTIFY, "still held\n");
    free(privileges);
    CloseHandle(filtered);
    CloseHandle(token);
}

static void test_restricting(void)
{
    HANDLE token = open_process(TOKEN_ALL_ACCESS), once, twice;
    SID_AND_ATTRIBUTES world = {&everyone, 0}, both[2] = {{&everyone, 0}, {&restricted_code, 0}};
    TOKEN_GROUPS *groups = query(token, TokenRestrictedSids);
    DWORD *has;
    BOOL ret;

    /* K2.2.7 */
    ok(!groups->GroupCount, "got %lu\n", groups->GroupCount);
    free(groups);
    ret = CreateRestrictedToken(token, 0, 0, NULL, 0, NULL, 1, &world, &once);
    ok(ret, "error %lu\n", GetLastError());
    groups = query(once, TokenRestrictedSids);
    /* Wine: restricted-tokens */
    todo_wine ok(groups->GroupCount == 1 && EqualSid(groups->Groups[0].Sid, &everyone), "got %lu\n",
                 groups->GroupCount);
    free(groups);
    has = query(once, TokenHasRestrictions);
    /* Wine: restricted-tokens */
    todo_wine ok((*has & 0xff) != 0, "no restrictions\n"); /* header winnt.h */
    free(has);

    /* sdk CheckTokenMembership: both lists must have it */
    ok(is_member(once, &everyone), "not in Everyone\n");
    ok(!is_member(once, &restricted_code), "in Restricted Code\n");

    /* K2.2.4: a second time, and only what both have is left */
    ret = CreateRestrictedToken(once, 0, 0, NULL, 0, NULL, 2, both, &twice);
    ok(ret, "error %lu\n", GetLastError());
    groups = query(twice, TokenRestrictedSids);
    /* Wine: restricted-tokens */
    todo_wine ok(groups->GroupCount == 1 && EqualSid(groups->Groups[0].Sid, &everyone), "got %lu\n",
                 groups->GroupCount);
    free(groups);
    CloseHandle(twice);
    CloseHandle(once);

    /* K2.2.4: they come without attributes */
    world.Attributes = SE_GROUP_ENABLED;
    SetLastError(0xdeadbeef);
    ret = CreateRestrictedToken(token, 0, 0, NULL, 0, NULL, 1, &world, &once);
    /* Wine: restricted-tokens */
    todo_wine ok(!ret && GetLastError() == ERROR_INVALID_PARAMETER, "got %d, error %lu\n", ret, GetLastError());
    CloseHandle(token);
}

static void test_access(void)
{
    HANDLE token = open_process(TOKEN_DUPLICATE | TOKEN_QUERY), query_only = open_process(TOKEN_QUERY), filtered;
    BOOL ret;

    /* K2.2.5: what the existing handle may, the new one may, and no more */
    ret = CreateRestrictedToken(token, 0, 0, NULL, 0, NULL, 0, NULL, &filtered);
    ok(ret, "error %lu\n", GetLastError());
    free(query(filtered, TokenUser));
    SetLastError(0xdeadbeef);
    ret = AdjustTokenPrivileges(filtered, TRUE, NULL, 0, NULL, NULL);
    ok(!ret && GetLastError() == ERROR_ACCESS_DENIED, "got %d, error %lu\n", ret, GetLastError());
    CloseHandle(filtered);
    SetLastError(0xdeadbeef);
    ret = CreateRestrictedToken(query_only, 0, 0, NULL, 0, NULL, 0, NULL, &filtered);
    ok(!ret && GetLastError() == ERROR_ACCESS_DENIED, "got %d, error %lu\n", ret, GetLastError());

    /* K2.2.6 */
    SetLastError(0xdeadbeef);
    ret = CreateRestrictedToken(NULL, 0, 0, NULL, 0, NULL, 0, NULL, &filtered);
    ok(!ret && GetLastError() == ERROR_INVALID_HANDLE, "got %d, error %lu\n", ret, GetLastError());
    CloseHandle(token);
    CloseHandle(query_only);
}

/* ---- AdjustTokenGroups ---------------------------------------------------------------------------------------------- */

static void test_groups(void)
{
    HANDLE token = open_process(TOKEN_DUPLICATE), copy, deny_only, blind;
    TOKEN_GROUPS wanted = {.GroupCount = 1, .Groups = {{&everyone, 0}}};
    SID_AND_ATTRIBUTES disable = {&everyone, 0};
    TOKEN_USER *user;
    BOOL ret;

    ret = DuplicateTokenEx(token, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenImpersonation, &copy);
    ok(ret, "error %lu\n", GetLastError()); /* sdk DuplicateTokenEx */

    /* K2.4.2, sdk AdjustTokenGroups: neither mandatory groups nor the user */
    SetLastError(0xdeadbeef);
    ret = AdjustTokenGroups(copy, FALSE, &wanted, 0, NULL, NULL);
    /* Wine: adjust-groups */
    todo_wine ok(!ret && GetLastError() == ERROR_CANT_DISABLE_MANDATORY, "got %d, error %lu\n", ret, GetLastError());
    ok(attributes_of(copy, &everyone) & SE_GROUP_ENABLED, "got %#lx\n", attributes_of(copy, &everyone));
    user = query(copy, TokenUser);
    wanted.Groups[0].Sid = user->User.Sid;
    ret = AdjustTokenGroups(copy, FALSE, &wanted, 0, NULL, NULL);
    ok(!ret || GetLastError() == ERROR_NOT_ALL_ASSIGNED, "got %d, error %lu\n", ret, GetLastError());
    free(user);

    /* sdk AdjustTokenGroups: the defaults are what they are already */
    ret = AdjustTokenGroups(copy, TRUE, NULL, 0, NULL, NULL);
    /* Wine: adjust-groups */
    todo_wine ok(ret, "error %lu\n", GetLastError());

    /* K2.2.2: what only denies cannot be enabled */
    ret = CreateRestrictedToken(copy, 0, 1, &disable, 0, NULL, 0, NULL, &deny_only);
    ok(ret, "error %lu\n", GetLastError());
    wanted.Groups[0].Sid = &everyone;
    wanted.Groups[0].Attributes = SE_GROUP_ENABLED;
    SetLastError(0xdeadbeef);
    ret = AdjustTokenGroups(deny_only, FALSE, &wanted, 0, NULL, NULL);
    /* Wine: adjust-groups */
    todo_wine ok(!ret && GetLastError() == ERROR_CANT_ENABLE_DENY_ONLY, "got %d, error %lu\n", ret, GetLastError());
    CloseHandle(deny_only);

    /* K2.4.1 */
    SetLastError(0xdeadbeef);
    ret = AdjustTokenGroups(copy, FALSE, NULL, 0, NULL, NULL);
    /* Wine: adjust-groups */
    todo_wine ok(!ret && GetLastError() == ERROR_INVALID_PARAMETER, "got %d, error %lu\n", ret, GetLastError());
    SetLastError(0xdeadbeef);
    ret = AdjustTokenGroups(NULL, TRUE, NULL, 0, NULL, NULL);
    /* Wine: adjust-groups */
    todo_wine ok(!ret && GetLastError() == ERROR_INVALID_HANDLE, "got %d, error %lu\n", ret, GetLastError());
    DuplicateTokenEx(token, TOKEN_QUERY, NULL, SecurityImpersonation, TokenImpersonation, &blind);
    SetLastError(0xdeadbeef);
    ret = AdjustTokenGroups(blind, TRUE, NULL, 0, NULL, NULL);
    /* Wine: adjust-groups */
    todo_wine ok(!ret && GetLastError() == ERROR_ACCESS_DENIED, "got %d, error %lu\n", ret, GetLastError());
    CloseHandle(blind);
    CloseHandle(copy);
    CloseHandle(token);
}

START_TEST(restricted)
{
    test_flags();
    test_deny_only();
    test_privileges();
    test_restricting();
    test_access();
    test_groups();
}

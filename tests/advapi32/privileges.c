/*
 * AdjustTokenPrivileges and PrivilegeCheck, on duplicates of this process's token.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "wine/test.h"

#define CHANGE_NOTIFY 23 /* the one privilege that everybody has (K7.4.1) */

static const LUID nonsense = {0x7ffffff0, 0x12};

/* An impersonation token of this process with ACCESS. */
static HANDLE open_copy(DWORD access, SECURITY_IMPERSONATION_LEVEL level)
{
    HANDLE process, copy = NULL;
    BOOL ret;

    ret = OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE, &process);
    ok(ret, "error %lu\n", GetLastError()); /* sdk OpenProcessToken */
    ret = DuplicateTokenEx(process, access, NULL, level, TokenImpersonation, &copy);
    ok(ret, "error %lu\n", GetLastError()); /* sdk DuplicateTokenEx */
    CloseHandle(process);
    return copy;
}

static TOKEN_PRIVILEGES *query_privileges(HANDLE token)
{
    TOKEN_PRIVILEGES *privileges;
    DWORD length = 0;
    BOOL ret;

    GetTokenInformation(token, TokenPrivileges, NULL, 0, &length);
    privileges = malloc(length);
    ret = GetTokenInformation(token, TokenPrivileges, privileges, length, &length);
    ok(ret, "error %lu\n", GetLastError()); /* sdk GetTokenInformation */
    return privileges;
}

/* The attributes of a privilege, or ~0 if the token does not hold it. */
static DWORD attributes_of(HANDLE token, DWORD privilege)
{
    TOKEN_PRIVILEGES *privileges = query_privileges(token);
    DWORD i, attributes = ~0u;

    for (i = 0; i < privileges->PrivilegeCount; i++)
        if (privileges->Privileges[i].Luid.LowPart == privilege) attributes = privileges->Privileges[i].Attributes;
    free(privileges);
    return attributes;
}

static TOKEN_PRIVILEGES one_privilege(DWORD privilege, DWORD attributes)
{
    TOKEN_PRIVILEGES privileges = {.PrivilegeCount = 1, .Privileges = {{{privilege, 0}, attributes}}};

    return privileges;
}

static void test_adjust(void)
{
    HANDLE token = open_copy(TOKEN_ALL_ACCESS, SecurityImpersonation);
    TOKEN_PRIVILEGES off = one_privilege(CHANGE_NOTIFY, 0), before, unknown = {.PrivilegeCount = 1};
    DWORD length = 0xdeadbeef, attributes;
    BOOL ret;

    /* K7.4.1 */
    ok(attributes_of(token, CHANGE_NOTIFY) == (SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT), "got %#lx\n",
       attributes_of(token, CHANGE_NOTIFY));

    /* sdk AdjustTokenPrivileges: what was changed comes back as it was */
    SetLastError(0xdeadbeef);
    ret = AdjustTokenPrivileges(token, FALSE, &off, sizeof(before), &before, &length);
    ok(ret && GetLastError() == ERROR_SUCCESS, "got %d, error %lu\n", ret, GetLastError());
    ok(length == sizeof(before), "got length %lu\n", length);
    ok(before.PrivilegeCount == 1 && before.Privileges[0].Luid.LowPart == CHANGE_NOTIFY &&
           before.Privileges[0].Attributes & SE_PRIVILEGE_ENABLED,
       "got %lu, attributes %#lx\n", before.PrivilegeCount, before.Privileges[0].Attributes);
    ok(!(attributes_of(token, CHANGE_NOTIFY) & SE_PRIVILEGE_ENABLED), "still enabled\n");

    /* sdk AdjustTokenPrivileges: nothing to change is nothing that was changed */
    memset(&before, 0x55, sizeof(before));
    ret = AdjustTokenPrivileges(token, FALSE, &off, sizeof(before), &before, &length);
    ok(ret && GetLastError() == ERROR_SUCCESS, "got %d, error %lu\n", ret, GetLastError());
    /* Wine: previous-privileges */
    todo_wine ok(!before.PrivilegeCount, "got %lu\n", before.PrivilegeCount);

    /* sdk AdjustTokenPrivileges: a buffer that is too small changes nothing */
    off.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    SetLastError(0xdeadbeef);
    ret = AdjustTokenPrivileges(token, FALSE, &off, sizeof(DWORD), &before, &length);
    /* Wine: previous-privileges */
    todo_wine ok(!ret && GetLastError() == ERROR_INSUFFICIENT_BUFFER, "got %d, error %lu\n", ret, GetLastError());
    /* Wine: previous-privileges */
    todo_wine ok(length == sizeof(before), "got length %lu\n", length);
    attributes = attributes_of(token, CHANGE_NOTIFY);
    /* Wine: previous-privileges */
    todo_wine ok(!(attributes & SE_PRIVILEGE_ENABLED), "enabled\n");
    ret = AdjustTokenPrivileges(token, FALSE, &off, 0, NULL, NULL);
    ok(ret && GetLastError() == ERROR_SUCCESS, "got %d, error %lu\n", ret, GetLastError());
    ok(attributes_of(token, CHANGE_NOTIFY) & SE_PRIVILEGE_ENABLED, "not enabled\n");

    /* sdk AdjustTokenPrivileges: a success that names not all */
    unknown.Privileges[0].Luid = nonsense;
    unknown.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    SetLastError(0xdeadbeef);
    ret = AdjustTokenPrivileges(token, FALSE, &unknown, 0, NULL, NULL);
    ok(ret && GetLastError() == ERROR_NOT_ALL_ASSIGNED, "got %d, error %lu\n", ret, GetLastError());
    CloseHandle(token);
}

static void test_disable_all(void)
{
    HANDLE token = open_copy(TOKEN_ALL_ACCESS, SecurityImpersonation);
    TOKEN_PRIVILEGES *privileges;
    DWORD i;
    BOOL ret;

    /* sdk AdjustTokenPrivileges: no list is looked at */
    ret = AdjustTokenPrivileges(token, TRUE, NULL, 0, NULL, NULL);
    ok(ret && GetLastError() == ERROR_SUCCESS, "got %d, error %lu\n", ret, GetLastError());
    privileges = query_privileges(token);
    for (i = 0; i < privileges->PrivilegeCount; i++)
        ok(!(privileges->Privileges[i].Attributes & SE_PRIVILEGE_ENABLED), "privilege %lu is enabled\n",
           privileges->Privileges[i].Luid.LowPart);
    ok(privileges->PrivilegeCount, "privileges are gone\n");
    free(privileges);
    CloseHandle(token);
}

static void test_remove(void)
{
    HANDLE token = open_copy(TOKEN_ALL_ACCESS, SecurityImpersonation);
    TOKEN_PRIVILEGES gone = one_privilege(CHANGE_NOTIFY, SE_PRIVILEGE_REMOVED);
    BOOL ret;

    /* sdk AdjustTokenPrivileges: what is removed does not come back */
    ret = AdjustTokenPrivileges(token, FALSE, &gone, 0, NULL, NULL);
    ok(ret && GetLastError() == ERROR_SUCCESS, "got %d, error %lu\n", ret, GetLastError());
    ok(attributes_of(token, CHANGE_NOTIFY) == ~0u, "still held: %#lx\n", attributes_of(token, CHANGE_NOTIFY));
    gone.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    ret = AdjustTokenPrivileges(token, FALSE, &gone, 0, NULL, NULL);
    ok(ret && GetLastError() == ERROR_NOT_ALL_ASSIGNED, "got %d, error %lu\n", ret, GetLastError());
    CloseHandle(token);
}

static void test_adjust_access(void)
{
    HANDLE query = open_copy(TOKEN_QUERY, SecurityImpersonation);
    HANDLE adjust = open_copy(TOKEN_ADJUST_PRIVILEGES, SecurityImpersonation);
    TOKEN_PRIVILEGES off = one_privilege(CHANGE_NOTIFY, 0), before;
    DWORD length;
    BOOL ret;

    /* sdk AdjustTokenPrivileges: TOKEN_ADJUST_PRIVILEGES, and TOKEN_QUERY for what was before */
    SetLastError(0xdeadbeef);
    ret = AdjustTokenPrivileges(query, FALSE, &off, 0, NULL, NULL);
    ok(!ret && GetLastError() == ERROR_ACCESS_DENIED, "got %d, error %lu\n", ret, GetLastError());
    SetLastError(0xdeadbeef);
    ret = AdjustTokenPrivileges(adjust, FALSE, &off, sizeof(before), &before, &length);
    ok(!ret && GetLastError() == ERROR_ACCESS_DENIED, "got %d, error %lu\n", ret, GetLastError());
    ret = AdjustTokenPrivileges(adjust, FALSE, &off, 0, NULL, NULL);
    ok(ret && GetLastError() == ERROR_SUCCESS, "got %d, error %lu\n", ret, GetLastError());
    SetLastError(0xdeadbeef);
    ret = AdjustTokenPrivileges(NULL, FALSE, &off, 0, NULL, NULL);
    ok(!ret && GetLastError() == ERROR_INVALID_HANDLE, "got %d, error %lu\n", ret, GetLastError());
    CloseHandle(query);
    CloseHandle(adjust);
}

/* PrivilegeCheck of ChangeNotify and of a privilege that does not exist. */
static BOOL check_two(HANDLE token, DWORD control, DWORD *first, DWORD *second)
{
    struct
    {
        DWORD count, control; /* as PRIVILEGE_SET, with two privileges */
        LUID_AND_ATTRIBUTES privileges[2];
    } required = {2, control, {{{CHANGE_NOTIFY, 0}, 0}, {nonsense, 0}}};
    BOOL result = 77, ret;

    ret = PrivilegeCheck(token, (PRIVILEGE_SET *)&required, &result);
    ok(ret, "error %lu\n", GetLastError()); /* sdk PrivilegeCheck */
    *first = required.privileges[0].Attributes;
    *second = required.privileges[1].Attributes;
    return result;
}

static void test_check(void)
{
    HANDLE token = open_copy(TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES, SecurityIdentification), process;
    HANDLE anonymous = open_copy(TOKEN_QUERY, SecurityAnonymous);
    HANDLE blind = open_copy(TOKEN_DUPLICATE, SecurityImpersonation);
    PRIVILEGE_SET one = {
        .PrivilegeCount = 1, .Control = PRIVILEGE_SET_ALL_NECESSARY, .Privilege = {{{CHANGE_NOTIFY, 0}, 0}}};
    DWORD first, second;
    BOOL result = 77, ret;

    /* sdk PrivilegeCheck: any one of them without the control, all with it; what is enabled is marked */
    ok(check_two(token, 0, &first, &second) == TRUE, "not even one\n");
    ok(first == SE_PRIVILEGE_USED_FOR_ACCESS && !second, "got %#lx and %#lx\n", first, second);
    ok(check_two(token, PRIVILEGE_SET_ALL_NECESSARY, &first, &second) == FALSE, "all of them\n");
    ret = PrivilegeCheck(token, &one, &result);
    ok(ret && result == TRUE, "got %d, error %lu, result %d\n", ret, GetLastError(), result);

    /* sdk PrivilegeCheck: held is not enough */
    ret = AdjustTokenPrivileges(token, TRUE, NULL, 0, NULL, NULL);
    ok(ret, "error %lu\n", GetLastError());
    result = 77;
    one.Privilege[0].Attributes = 0;
    ret = PrivilegeCheck(token, &one, &result);
    ok(ret && result == FALSE, "got %d, error %lu, result %d\n", ret, GetLastError(), result);
    ok(!one.Privilege[0].Attributes, "got %#lx\n", one.Privilege[0].Attributes);

    /* sdk PrivilegeCheck: TOKEN_QUERY, and a level of Identification at least */
    SetLastError(0xdeadbeef);
    ret = PrivilegeCheck(blind, &one, &result);
    ok(!ret && GetLastError() == ERROR_ACCESS_DENIED, "got %d, error %lu\n", ret, GetLastError());
    SetLastError(0xdeadbeef);
    ret = PrivilegeCheck(anonymous, &one, &result);
    ok(!ret && GetLastError() == ERROR_BAD_IMPERSONATION_LEVEL, "got %d, error %lu\n", ret, GetLastError());
    SetLastError(0xdeadbeef);
    ret = PrivilegeCheck(NULL, &one, &result);
    ok(!ret && GetLastError() == ERROR_INVALID_HANDLE, "got %d, error %lu\n", ret, GetLastError());
    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &process);
    ret = PrivilegeCheck(process, &one, &result);
    ok(ret && result == TRUE, "got %d, error %lu, result %d\n", ret, GetLastError(), result);
    CloseHandle(process);
    CloseHandle(token);
    CloseHandle(anonymous);
    CloseHandle(blind);
}

START_TEST(privileges)
{
    test_adjust();
    test_disable_all();
    test_remove();
    test_adjust_access();
    test_check();
}

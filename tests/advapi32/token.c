/*
 * Tokens and impersonation through the Win32 names.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "wine/test.h"

static HANDLE open_self(DWORD access)
{
    HANDLE token = NULL;
    BOOL ret = OpenProcessToken(GetCurrentProcess(), access, &token);

    ok(ret, "error %lu\n", GetLastError()); /* sdk OpenProcessToken */
    return token;
}

static BOOL is_member(HANDLE token, WELL_KNOWN_SID_TYPE kind)
{
    char sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(sid);
    BOOL member = 77, ret;

    ret = CreateWellKnownSid(kind, NULL, sid, &size);
    ok(ret, "kind %d: error %lu\n", kind, GetLastError()); /* sdk CreateWellKnownSid */
    ret = CheckTokenMembership(token, sid, &member);
    ok(ret, "kind %d: error %lu\n", kind, GetLastError()); /* sdk CheckTokenMembership */
    return member;
}

static void test_handles(void)
{
    HANDLE token = open_self(TOKEN_QUERY), copy;
    BOOL ret;

    /* sdk DuplicateHandle */
    ret = DuplicateHandle(GetCurrentProcess(), token, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS);
    ok(ret && copy != token, "error %lu, %p for %p\n", GetLastError(), copy, token);

    /* sdk CloseHandle */
    ret = CloseHandle(copy);
    ok(ret, "error %lu\n", GetLastError());
    SetLastError(0xdeadbeef);
    ret = CloseHandle(copy);
    ok(!ret && GetLastError() == ERROR_INVALID_HANDLE, "got %d, error %lu\n", ret, GetLastError());
    ret = CloseHandle(GetCurrentThread());
    ok(ret, "error %lu\n", GetLastError());

    /* sdk GetLastError: success leaves it alone */
    SetLastError(0xdeadbeef);
    ret = CloseHandle(token);
    ok(ret && GetLastError() == 0xdeadbeef, "got %d, error %lu\n", ret, GetLastError());
}

static void test_information(void)
{
    HANDLE token = open_self(TOKEN_QUERY);
    DWORD length = 0;
    TOKEN_USER *user;
    TOKEN_TYPE type;
    BOOL ret;

    /* sdk GetTokenInformation */
    SetLastError(0xdeadbeef);
    ret = GetTokenInformation(token, TokenUser, NULL, 0, &length);
    ok(!ret && GetLastError() == ERROR_INSUFFICIENT_BUFFER && length, "got %d, error %lu, length %lu\n", ret,
       GetLastError(), length);
    user = malloc(length);
    ret = GetTokenInformation(token, TokenUser, user, length, &length);
    ok(ret, "error %lu\n", GetLastError());
    ok(length == sizeof(*user) + GetLengthSid(user->User.Sid), "got length %lu\n", length);
    ret = GetTokenInformation(token, TokenType, &type, sizeof(type), &length);
    ok(ret && type == TokenPrimary, "error %lu, type %d\n", GetLastError(), type);
    SetLastError(0xdeadbeef);
    ret = GetTokenInformation(token, 0, &type, sizeof(type), &length);
    todo_wine /* Wine: token-class */
    ok(!ret && GetLastError() == ERROR_INVALID_PARAMETER, "got %d, error %lu\n", ret, GetLastError());

    /* sdk SetTokenInformation: the handle needs TOKEN_ADJUST_DEFAULT */
    SetLastError(0xdeadbeef);
    ret = SetTokenInformation(token, TokenOwner, user, sizeof(TOKEN_OWNER));
    todo_wine /* Wine: token-class */
    ok(!ret && GetLastError() == ERROR_ACCESS_DENIED, "got %d, error %lu\n", ret, GetLastError());
    free(user);
    CloseHandle(token);
}

static void test_impersonation_levels(void)
{
    HANDLE process = open_self(TOKEN_DUPLICATE | TOKEN_QUERY), anonymous, token;
    SECURITY_IMPERSONATION_LEVEL level = 77;
    TOKEN_USER *user = malloc(256);
    DWORD length;
    BOOL ret;

    /* K1.17.3 */
    ret = ImpersonateSelf(SecurityAnonymous);
    ok(ret, "error %lu\n", GetLastError());
    SetLastError(0xdeadbeef);
    ret = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token);
    ok(!ret && GetLastError() == ERROR_CANT_OPEN_ANONYMOUS, "got %d, error %lu\n", ret, GetLastError());
    ret = RevertToSelf();
    ok(ret, "error %lu\n", GetLastError());

    /* K1.18.1 */
    ret = DuplicateTokenEx(process, TOKEN_ALL_ACCESS, NULL, SecurityAnonymous, TokenImpersonation, &anonymous);
    ok(ret, "error %lu\n", GetLastError());
    SetLastError(0xdeadbeef);
    ret = DuplicateToken(anonymous, SecurityIdentification, &token);
    ok(!ret && GetLastError() == ERROR_BAD_IMPERSONATION_LEVEL, "got %d, error %lu\n", ret, GetLastError());

    /* K2.7.4: even an anonymous token tells everything */
    ret = GetTokenInformation(anonymous, TokenUser, user, 256, &length);
    ok(ret, "error %lu\n", GetLastError());
    CloseHandle(anonymous);

    /* K1.17.4 */
    ret = ImpersonateSelf(SecurityIdentification);
    ok(ret, "error %lu\n", GetLastError());
    ret = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token);
    ok(ret, "error %lu\n", GetLastError());
    ret = GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof(level), &length);
    ok(ret && level == SecurityIdentification, "error %lu, level %d\n", GetLastError(), level);
    CloseHandle(token);
    SetLastError(0xdeadbeef);
    ret = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, FALSE, &token);
    todo_wine /* Wine: identification */
    ok(!ret && GetLastError() == ERROR_BAD_IMPERSONATION_LEVEL, "got %d, error %lu\n", ret, GetLastError());
    RevertToSelf();

    /* K1.17.2 */
    SetLastError(0xdeadbeef);
    ret = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token);
    ok(!ret && GetLastError() == ERROR_NO_TOKEN, "got %d, error %lu\n", ret, GetLastError());
    free(user);
    CloseHandle(process);
}

static void test_thread_token(void)
{
    HANDLE process = open_self(TOKEN_DUPLICATE | TOKEN_QUERY), client, thread = GetCurrentThread(), token;
    SECURITY_IMPERSONATION_LEVEL level = 77;
    DWORD length;
    BOOL ret;

    /* K1.8.2 */
    ret = DuplicateToken(process, SecurityImpersonation, &client);
    ok(ret, "error %lu\n", GetLastError());
    ret = SetThreadToken(NULL, client);
    ok(ret, "error %lu\n", GetLastError());
    ret = OpenThreadToken(thread, TOKEN_QUERY, FALSE, &token);
    ok(ret, "error %lu\n", GetLastError());
    CloseHandle(token);
    ret = SetThreadToken(&thread, NULL);
    ok(ret, "error %lu\n", GetLastError());
    ret = OpenThreadToken(thread, TOKEN_QUERY, FALSE, &token);
    ok(!ret && GetLastError() == ERROR_NO_TOKEN, "got %d, error %lu\n", ret, GetLastError());
    SetLastError(0xdeadbeef);
    ret = SetThreadToken(NULL, process);
    ok(!ret && (GetLastError() == ERROR_ACCESS_DENIED || GetLastError() == ERROR_BAD_TOKEN_TYPE), "got %d, error %lu\n",
       ret, GetLastError());

    /* S9.1.2: a primary token through a duplicate at Impersonation, an impersonation token as it is */
    ret = ImpersonateLoggedOnUser(process);
    ok(ret, "error %lu\n", GetLastError());
    ret = OpenThreadToken(thread, TOKEN_QUERY, FALSE, &token);
    ok(ret, "error %lu\n", GetLastError());
    ret = GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof(level), &length);
    ok(ret && level == SecurityImpersonation, "error %lu, level %d\n", GetLastError(), level);
    CloseHandle(token);
    RevertToSelf();
    ret = ImpersonateLoggedOnUser(client);
    ok(ret, "error %lu\n", GetLastError());
    RevertToSelf();
    SetLastError(0xdeadbeef);
    ret = ImpersonateLoggedOnUser(NULL);
    ok(!ret && GetLastError() == ERROR_INVALID_HANDLE, "got %d, error %lu\n", ret, GetLastError());
    CloseHandle(client);
    CloseHandle(process);
}

static void test_membership(void)
{
    HANDLE process = open_self(TOKEN_DUPLICATE | TOKEN_QUERY), client;
    char sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(sid);
    BOOL member, ret;

    /* sdk CheckTokenMembership */
    DuplicateToken(process, SecurityIdentification, &client);
    ok(is_member(NULL, WinWorldSid), "not in Everyone\n");
    ok(is_member(client, WinWorldSid), "not in Everyone\n");
    ok(is_member(NULL, WinAuthenticatedUserSid), "not an authenticated user\n");
    ok(!is_member(NULL, WinDialupSid), "dialled up\n");
    ok(!is_member(client, WinAnonymousSid), "anonymous\n");
    CreateWellKnownSid(WinWorldSid, NULL, sid, &size);
    SetLastError(0xdeadbeef);
    ret = CheckTokenMembership(process, sid, &member);
    ok(!ret && GetLastError() == ERROR_NO_IMPERSONATION_TOKEN, "got %d, error %lu\n", ret, GetLastError());

    /* K1.9.1: Everyone holds an anonymous client only if the machine says so */
    if (ImpersonateAnonymousToken(GetCurrentThread()))
    {
        ret = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &client);
        RevertToSelf();
        ok(ret, "error %lu\n", GetLastError());
        ok(is_member(client, WinAnonymousSid), "not anonymous\n");
        ok(!is_member(client, WinAuthenticatedUserSid), "an authenticated user\n");
        CloseHandle(client);
    }
    else
        skip("this process may not impersonate the anonymous logon\n");
    CloseHandle(process);
}

START_TEST(token)
{
    test_handles();
    test_information();
    test_impersonation_levels();
    test_thread_token();
    test_membership();
}

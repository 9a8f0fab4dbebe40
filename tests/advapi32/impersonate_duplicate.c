/*
 * DuplicateToken and DuplicateTokenEx: which level becomes which, what the copy is and what its handle may do.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "wine/test.h"

static HANDLE open_process(DWORD access)
{
    HANDLE token = NULL;

    ok(OpenProcessToken(GetCurrentProcess(), access, &token), "error %lu\n", GetLastError()); /* sdk OpenProcessToken */
    return token;
}

static HANDLE duplicate(HANDLE token, DWORD access, TOKEN_TYPE type, SECURITY_IMPERSONATION_LEVEL level)
{
    HANDLE copy = NULL;

    ok(DuplicateTokenEx(token, access, NULL, level, type, &copy), "error %lu\n", GetLastError()); /* sdk DuplicateTokenEx */
    return copy;
}

static TOKEN_STATISTICS statistics_of(HANDLE token)
{
    TOKEN_STATISTICS statistics;
    DWORD length;

    memset(&statistics, 0, sizeof(statistics));
    ok(GetTokenInformation(token, TokenStatistics, &statistics, sizeof(statistics), &length), "error %lu\n",
       GetLastError()); /* sdk GetTokenInformation */
    return statistics;
}

static BOOL same(const LUID *a, const LUID *b)
{
    return a->LowPart == b->LowPart && a->HighPart == b->HighPart;
}

/* Each level a client's token may have, and each that is asked of its copy: K1.18.1. */
static void test_levels(void)
{
    HANDLE process = open_process(TOKEN_DUPLICATE), source, copy;

    for (int has = SecurityAnonymous; has <= SecurityDelegation; has++)
    {
        source = duplicate(process, TOKEN_QUERY | TOKEN_DUPLICATE, TokenImpersonation, has);
        for (int wants = SecurityAnonymous; wants <= SecurityDelegation; wants++)
        {
            BOOL ret;

            winetest_push_context("%d to %d", has, wants);
            SetLastError(0xdeadbeef);
            ret = DuplicateTokenEx(source, TOKEN_QUERY, NULL, wants, TokenImpersonation, &copy);
            ok(ret == (wants <= has), "got %d, error %lu\n", ret, GetLastError());                     /* K1.18.1 */
            ok(ret || GetLastError() == ERROR_BAD_IMPERSONATION_LEVEL, "error %lu\n", GetLastError()); /* K1.18.1 */
            if (ret)
            {
                TOKEN_STATISTICS statistics = statistics_of(copy);

                ok(statistics.TokenType == TokenImpersonation, "type %d\n", statistics.TokenType);            /* K1.18.1 */
                ok((int)statistics.ImpersonationLevel == wants, "level %d\n", statistics.ImpersonationLevel); /* K1.18.1 */
                CloseHandle(copy);
            }
            SetLastError(0xdeadbeef);
            ret = DuplicateToken(source, wants, &copy);
            ok(ret == (wants <= has), "got %d, error %lu\n", ret, GetLastError()); /* K1.18.1 */
            if (ret) CloseHandle(copy);
            winetest_pop_context();
        }

        /* K1.18.1: only who may be impersonated may own a process */
        winetest_push_context("%d to primary", has);
        SetLastError(0xdeadbeef);
        copy = NULL;
        if (has >= SecurityImpersonation)
        {
            ok(DuplicateTokenEx(source, TOKEN_QUERY, NULL, has, TokenPrimary, &copy), "error %lu\n", GetLastError());
            ok(statistics_of(copy).TokenType == TokenPrimary, "type %d\n", statistics_of(copy).TokenType);
            CloseHandle(copy);
        }
        else
        {
            BOOL ret = DuplicateTokenEx(source, TOKEN_QUERY, NULL, has, TokenPrimary, &copy);

            todo_wine /* Wine: primary-level */
            ok(!ret && GetLastError() == ERROR_BAD_IMPERSONATION_LEVEL, "got %d, error %lu\n", ret, GetLastError()); /* K1.18.1 */
        }
        winetest_pop_context();
        CloseHandle(source);
    }
    CloseHandle(process);
}

static void test_fields(void)
{
    HANDLE process = open_process(TOKEN_QUERY | TOKEN_DUPLICATE);
    HANDLE primary = duplicate(process, TOKEN_QUERY, TokenPrimary, SecurityImpersonation);
    HANDLE client = duplicate(process, TOKEN_QUERY, TokenImpersonation, SecurityIdentification);
    TOKEN_STATISTICS original = statistics_of(process), copy = statistics_of(primary), third = statistics_of(client);

    /* K1.18.4 */
    ok(!same(&original.TokenId, &copy.TokenId), "the same TokenId\n");
    ok(!same(&original.TokenId, &third.TokenId) && !same(&copy.TokenId, &third.TokenId), "the same TokenId\n");
    ok(same(&original.AuthenticationId, &copy.AuthenticationId), "another logon session\n");
    ok(same(&original.AuthenticationId, &third.AuthenticationId), "another logon session\n");
    ok(same(&original.ModifiedId, &copy.ModifiedId), "modified\n");
    ok(copy.TokenType == TokenPrimary && third.TokenType == TokenImpersonation, "types %d, %d\n", copy.TokenType, third.TokenType);
    ok(original.GroupCount == copy.GroupCount && original.PrivilegeCount == copy.PrivilegeCount, "other counts\n");
    ok(!memcmp(&original.ExpirationTime, &copy.ExpirationTime, sizeof(LARGE_INTEGER)), "another expiration\n");
    CloseHandle(client);
    CloseHandle(primary);
    CloseHandle(process);
}

static void test_access(void)
{
    HANDLE process = open_process(TOKEN_QUERY | TOKEN_DUPLICATE), query, copy, again;
    TOKEN_TYPE type;
    DWORD length;
    BOOL ret;

    /* K1.18.5: 0 asks for what the source handle has */
    copy = duplicate(process, 0, TokenImpersonation, SecurityImpersonation);
    ok(GetTokenInformation(copy, TokenType, &type, sizeof(type), &length), "error %lu\n", GetLastError());
    ok(DuplicateToken(copy, SecurityImpersonation, &again), "error %lu\n", GetLastError());
    CloseHandle(again);
    SetLastError(0xdeadbeef);
    ret = SetThreadToken(NULL, copy);
    ok(!ret && GetLastError() == ERROR_ACCESS_DENIED, "got %d, error %lu\n", ret, GetLastError());
    RevertToSelf();
    CloseHandle(copy);

    /* K1.18.5 */
    copy = duplicate(process, MAXIMUM_ALLOWED, TokenImpersonation, SecurityImpersonation);
    ok(SetThreadToken(NULL, copy), "error %lu\n", GetLastError());
    RevertToSelf();
    CloseHandle(copy);

    /* S9.2.3: what DuplicateToken returns may be queried and impersonated, and no more */
    ok(DuplicateToken(process, SecurityImpersonation, &copy), "error %lu\n", GetLastError());
    ok(GetTokenInformation(copy, TokenType, &type, sizeof(type), &length), "error %lu\n", GetLastError());
    ok(SetThreadToken(NULL, copy), "error %lu\n", GetLastError());
    RevertToSelf();
    SetLastError(0xdeadbeef);
    ret = DuplicateToken(copy, SecurityImpersonation, &again);
    ok(!ret && GetLastError() == ERROR_ACCESS_DENIED, "got %d, error %lu\n", ret, GetLastError());
    CloseHandle(copy);

    /* sdk DuplicateTokenEx: the source needs TOKEN_DUPLICATE */
    query = open_process(TOKEN_QUERY);
    SetLastError(0xdeadbeef);
    ret = DuplicateTokenEx(query, TOKEN_QUERY, NULL, SecurityImpersonation, TokenImpersonation, &copy);
    ok(!ret && GetLastError() == ERROR_ACCESS_DENIED, "got %d, error %lu\n", ret, GetLastError());
    SetLastError(0xdeadbeef);
    ret = DuplicateToken(query, SecurityImpersonation, &copy);
    ok(!ret && GetLastError() == ERROR_ACCESS_DENIED, "got %d, error %lu\n", ret, GetLastError());
    CloseHandle(query);
    SetLastError(0xdeadbeef);
    ret = DuplicateToken(NULL, SecurityImpersonation, &copy);
    ok(!ret && GetLastError() == ERROR_INVALID_HANDLE, "got %d, error %lu\n", ret, GetLastError());
    CloseHandle(process);
}

START_TEST(impersonate_duplicate)
{
    test_levels();
    test_fields();
    test_access();
}

/*
 * OpenThreadToken at each level, as the process and as the client; whom CheckTokenMembership asks about.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "wine/test.h"

static const HANDLE untouched = (HANDLE)(ULONG_PTR)0xdeadbeef;

/* The error of OpenThreadToken, ERROR_SUCCESS with *TOKEN. */
static DWORD open_thread(DWORD access, BOOL as_self, HANDLE *token)
{
    *token = untouched;
    SetLastError(0xdeadbeef);
    return OpenThreadToken(GetCurrentThread(), access, as_self, token) ? ERROR_SUCCESS : GetLastError();
}

static TOKEN_STATISTICS statistics_of(HANDLE token)
{
    TOKEN_STATISTICS statistics;
    DWORD length;

    memset(&statistics, 0, sizeof(statistics));
    GetTokenInformation(token, TokenStatistics, &statistics, sizeof(statistics), &length);
    return statistics;
}

static void test_levels(void)
{
    static const struct
    {
        SECURITY_IMPERSONATION_LEVEL level;
        DWORD as_self, as_client;
    } rows[] = {
        {SecurityAnonymous, ERROR_CANT_OPEN_ANONYMOUS, ERROR_CANT_OPEN_ANONYMOUS}, /* K1.17.3 */
        {SecurityIdentification, ERROR_SUCCESS, ERROR_BAD_IMPERSONATION_LEVEL},    /* K1.17.4 */
        {SecurityImpersonation, ERROR_SUCCESS, ERROR_SUCCESS},                     /* S9.2.2 */
        {SecurityDelegation, ERROR_SUCCESS, ERROR_SUCCESS},                        /* S9.2.2 */
    };

    for (size_t i = 0; i < ARRAYSIZE(rows); i++)
    {
        HANDLE token, second;
        DWORD error;

        winetest_push_context("level %d", rows[i].level);
        ok(ImpersonateSelf(rows[i].level), "error %lu\n", GetLastError()); /* sdk ImpersonateSelf */
        error = open_thread(TOKEN_QUERY, TRUE, &token);
        ok(error == rows[i].as_self, "got %lu\n", error); /* rows cite */
        if (!error)
        {
            TOKEN_STATISTICS first = statistics_of(token);

            ok(first.TokenType == TokenImpersonation, "type %d\n", first.TokenType);               /* sdk ImpersonateSelf */
            ok(first.ImpersonationLevel == rows[i].level, "got %d\n", first.ImpersonationLevel); /* sdk ImpersonateSelf */
            if (!open_thread(TOKEN_QUERY, TRUE, &second))
            {
                TOKEN_STATISTICS again = statistics_of(second);

                ok(!memcmp(&first.TokenId, &again.TokenId, sizeof(LUID)), "another token\n"); /* S9.2.2 */
                CloseHandle(second);
            }
            CloseHandle(token);
        }
        error = open_thread(TOKEN_QUERY, FALSE, &token);
        todo_wine_if(rows[i].level == SecurityIdentification) /* Wine: identification */
        ok(error == rows[i].as_client, "got %lu\n", error); /* rows cite */
        if (!error) CloseHandle(token);
        ok(RevertToSelf(), "error %lu\n", GetLastError()); /* sdk RevertToSelf */
        error = open_thread(TOKEN_QUERY, TRUE, &token);
        ok(error == ERROR_NO_TOKEN, "got %lu\n", error); /* K1.17.2 */
        winetest_pop_context();
    }
}

static void test_errors(void)
{
    HANDLE token, copy;
    DWORD error;
    BOOL ret;

    for (int as_self = 0; as_self < 2; as_self++)
    {
        error = open_thread(TOKEN_QUERY, as_self, &token);
        ok(error == ERROR_NO_TOKEN, "got %lu\n", error);                         /* K1.17.2 */
        ok(token == untouched || token == NULL, "the handle became %p\n", token); /* K1.17.2 */
    }
    SetLastError(0xdeadbeef);
    ret = OpenThreadToken(NULL, TOKEN_QUERY, TRUE, &token);
    ok(!ret && GetLastError() == ERROR_INVALID_HANDLE, "got %d, error %lu\n", ret, GetLastError()); /* K1.17.1 */
    SetLastError(0xdeadbeef);
    ret = OpenThreadToken(GetCurrentProcess(), TOKEN_QUERY, TRUE, &token);
    ok(!ret && GetLastError() == ERROR_INVALID_HANDLE, "got %d, error %lu\n", ret, GetLastError()); /* K1.17.1 */

    /* sdk OpenThreadToken: what the handle was not opened for, it does not do */
    ok(ImpersonateSelf(SecurityImpersonation), "error %lu\n", GetLastError());
    error = open_thread(TOKEN_QUERY, TRUE, &token);
    ok(!error, "got %lu\n", error);
    SetLastError(0xdeadbeef);
    ret = DuplicateToken(token, SecurityImpersonation, &copy);
    ok(!ret && GetLastError() == ERROR_ACCESS_DENIED, "got %d, error %lu\n", ret, GetLastError());
    CloseHandle(token);
    error = open_thread(TOKEN_DUPLICATE, TRUE, &token);
    ok(!error, "got %lu\n", error);
    ok(DuplicateToken(token, SecurityImpersonation, &copy), "error %lu\n", GetLastError());
    CloseHandle(copy);
    CloseHandle(token);
    RevertToSelf();
}

static BOOL is_member(HANDLE token, WELL_KNOWN_SID_TYPE kind)
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(sid);
    BOOL member = 77;

    if (!CreateWellKnownSid(kind, NULL, sid, &size) || !CheckTokenMembership(token, sid, &member)) return -1;
    return member;
}

/* Without a token it is about the thread: the client while it impersonates, the process before and afterwards. */
static void test_membership(void)
{
    HANDLE process, client;

    ok(is_member(NULL, WinAuthenticatedUserSid) == TRUE, "the process is nobody\n"); /* sdk CheckTokenMembership */
    ok(is_member(NULL, WinAnonymousSid) == FALSE, "the process is anonymous\n");     /* sdk CheckTokenMembership */
    if (ImpersonateAnonymousToken(GetCurrentThread()))
    {
        int anonymous = is_member(NULL, WinAnonymousSid), authenticated = is_member(NULL, WinAuthenticatedUserSid);

        ok(RevertToSelf(), "error %lu\n", GetLastError());               /* sdk RevertToSelf */
        ok(anonymous == TRUE, "got %d\n", anonymous);                    /* sdk CheckTokenMembership */
        ok(authenticated == FALSE, "got %d\n", authenticated);           /* sdk CheckTokenMembership */
        ok(is_member(NULL, WinAnonymousSid) == FALSE, "still anonymous\n"); /* sdk RevertToSelf */
    }
    else
        skip("this process may not impersonate the anonymous logon\n");

    /* sdk CheckTokenMembership: a client's token, whatever its level, but no primary one */
    ok(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE, &process), "error %lu\n", GetLastError());
    SetLastError(0xdeadbeef);
    ok(is_member(process, WinWorldSid) == -1 && GetLastError() == ERROR_NO_IMPERSONATION_TOKEN, "error %lu\n", GetLastError());
    ok(DuplicateToken(process, SecurityIdentification, &client), "error %lu\n", GetLastError());
    ok(is_member(client, WinWorldSid) == TRUE, "not in Everyone\n");
    ok(is_member(client, WinDialupSid) == FALSE, "dialled up\n");
    CloseHandle(client);
    CloseHandle(process);
}

/* Who the anonymous logon is, and that a refusal changes nothing. */
static void test_anonymous(void)
{
    static const SID_IDENTIFIER_AUTHORITY nt = {SECURITY_NT_AUTHORITY};
    SID anonymous = {SID_REVISION, 1, nt, {SECURITY_ANONYMOUS_LOGON_RID}};
    BYTE user[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    HANDLE token, process;
    DWORD error, length;
    BOOL ret;

    SetLastError(0xdeadbeef);
    ret = ImpersonateAnonymousToken(NULL);
    todo_wine                                                                                      /* Wine: anonymous-token */
    ok(!ret && GetLastError() == ERROR_INVALID_HANDLE, "got %d, error %lu\n", ret, GetLastError()); /* K1.9.1 */
    error = open_thread(TOKEN_QUERY, TRUE, &token);
    ok(error == ERROR_NO_TOKEN, "got %lu\n", error); /* K1.9.1 */
    ok(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &process), "error %lu\n", GetLastError()); /* sdk OpenProcessToken */
    SetLastError(0xdeadbeef);
    ret = ImpersonateAnonymousToken(process);
    todo_wine                                                                                      /* Wine: anonymous-token */
    ok(!ret && GetLastError() == ERROR_INVALID_HANDLE, "got %d, error %lu\n", ret, GetLastError()); /* K1.9.1 */
    CloseHandle(process);

    if (!ImpersonateAnonymousToken(GetCurrentThread()))
    {
        skip("this process may not impersonate the anonymous logon\n");
        return;
    }
    error = open_thread(TOKEN_QUERY, TRUE, &token);
    ok(!error, "got %lu\n", error); /* sdk ImpersonateAnonymousToken */
    ret = !error && GetTokenInformation(token, TokenUser, user, sizeof(user), &length);
    ok(ret && EqualSid(((TOKEN_USER *)user)->User.Sid, &anonymous), "somebody else\n"); /* sdk ImpersonateAnonymousToken */
    if (!error) CloseHandle(token);
    ok(RevertToSelf(), "error %lu\n", GetLastError()); /* sdk RevertToSelf */
    error = open_thread(TOKEN_QUERY, TRUE, &token);
    ok(error == ERROR_NO_TOKEN, "got %lu\n", error); /* sdk RevertToSelf */
}

START_TEST(impersonate_open)
{
    test_anonymous();
    test_levels();
    test_errors();
    test_membership();
}

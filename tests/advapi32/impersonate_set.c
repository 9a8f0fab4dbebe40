/*
 * SetThreadToken and its relatives: what a thread carries after each, and after a refusal.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "wine/test.h"

/* The level that the thread carries, -1 without a token, -2 when it cannot be told. */
static int thread_level(void)
{
    SECURITY_IMPERSONATION_LEVEL level;
    HANDLE token;
    DWORD length;
    BOOL done;

    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) return GetLastError() == ERROR_NO_TOKEN ? -1 : -2;
    done = GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof(level), &length);
    CloseHandle(token);
    return done ? (int)level : -2;
}

static HANDLE copy_of_process(DWORD access, TOKEN_TYPE type, SECURITY_IMPERSONATION_LEVEL level)
{
    HANDLE process, copy = NULL;

    ok(OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE, &process), "error %lu\n", GetLastError()); /* sdk OpenProcessToken */
    ok(DuplicateTokenEx(process, access, NULL, level, type, &copy), "error %lu\n", GetLastError());      /* sdk DuplicateTokenEx */
    CloseHandle(process);
    return copy;
}

static void test_replace(void)
{
    HANDLE first = copy_of_process(TOKEN_IMPERSONATE | TOKEN_QUERY, TokenImpersonation, SecurityImpersonation);
    HANDLE second = copy_of_process(TOKEN_IMPERSONATE | TOKEN_QUERY, TokenImpersonation, SecurityIdentification);
    HANDLE thread = GetCurrentThread();

    /* K1.8.2, S9.3.1 */
    ok(SetThreadToken(NULL, first), "error %lu\n", GetLastError());
    ok(thread_level() == SecurityImpersonation, "level %d\n", thread_level());
    ok(SetThreadToken(&thread, second), "error %lu\n", GetLastError());
    ok(thread_level() == SecurityIdentification, "level %d\n", thread_level());
    ok(SetThreadToken(NULL, NULL), "error %lu\n", GetLastError());
    ok(thread_level() == -1, "level %d\n", thread_level());
    ok(SetThreadToken(NULL, NULL), "error %lu\n", GetLastError());
    ok(RevertToSelf(), "error %lu\n", GetLastError());

    /* sdk SetThreadToken: the thread keeps the token, not the handle */
    ok(SetThreadToken(NULL, first), "error %lu\n", GetLastError());
    CloseHandle(first);
    CloseHandle(second);
    ok(thread_level() == SecurityImpersonation, "level %d\n", thread_level());
    ok(RevertToSelf() && thread_level() == -1, "level %d\n", thread_level());
}

static void test_refused(void)
{
    HANDLE query = copy_of_process(TOKEN_QUERY | TOKEN_DUPLICATE, TokenImpersonation, SecurityImpersonation);
    HANDLE primary = copy_of_process(TOKEN_ALL_ACCESS, TokenPrimary, SecurityImpersonation);
    HANDLE client = copy_of_process(TOKEN_IMPERSONATE | TOKEN_QUERY, TokenImpersonation, SecurityIdentification);
    HANDLE process = GetCurrentProcess(), thread = GetCurrentThread();
    BOOL ret;

    /* The thread is afterwards as before, whoever it was. */
    for (int i = 0; i < 2; i++)
    {
        int before;

        if (i) ok(SetThreadToken(NULL, client), "error %lu\n", GetLastError()); /* K1.8.2 */
        before = thread_level();
        SetLastError(0xdeadbeef);
        ret = SetThreadToken(NULL, query);
        ok(!ret && GetLastError() == ERROR_ACCESS_DENIED, "got %d, error %lu\n", ret, GetLastError()); /* K1.8.2 */
        ok(thread_level() == before, "level %d, not %d\n", thread_level(), before);                   /* K1.8.2 */
        SetLastError(0xdeadbeef);
        ret = SetThreadToken(&process, client);
        ok(!ret && GetLastError() == ERROR_INVALID_HANDLE, "got %d, error %lu\n", ret, GetLastError()); /* K1.8.1 */
        ok(thread_level() == before, "level %d, not %d\n", thread_level(), before);                    /* K1.8.1 */
        SetLastError(0xdeadbeef);
        ret = SetThreadToken(NULL, thread);
        ok(!ret && GetLastError() == ERROR_INVALID_HANDLE, "got %d, error %lu\n", ret, GetLastError()); /* sdk SetThreadToken */
        ok(thread_level() == before, "level %d, not %d\n", thread_level(), before);                    /* sdk SetThreadToken */

        /* sdk SetThreadToken: an impersonation token */
        SetLastError(0xdeadbeef);
        ret = SetThreadToken(NULL, primary);
        todo_wine /* Wine: set-primary */
        {
            ok(!ret && GetLastError() == ERROR_BAD_TOKEN_TYPE, "got %d, error %lu\n", ret, GetLastError());
            ok(thread_level() == before, "level %d, not %d\n", thread_level(), before);
        }
    }
    RevertToSelf();
    CloseHandle(client);
    CloseHandle(primary);
    CloseHandle(query);
}

/* A server that must act as another for a moment puts the first client back afterwards. */
static void test_saved(void)
{
    HANDLE token, process;

    /* S9.3.4 */
    ok(ImpersonateSelf(SecurityImpersonation), "error %lu\n", GetLastError());
    ok(OpenThreadToken(GetCurrentThread(), TOKEN_IMPERSONATE | TOKEN_QUERY, TRUE, &token), "error %lu\n", GetLastError());
    ok(SetThreadToken(NULL, NULL), "error %lu\n", GetLastError());
    ok(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &process), "error %lu\n", GetLastError());
    CloseHandle(process);
    ok(SetThreadToken(NULL, token), "error %lu\n", GetLastError());
    ok(thread_level() == SecurityImpersonation, "level %d\n", thread_level());
    CloseHandle(token);
    ok(RevertToSelf() && thread_level() == -1, "level %d\n", thread_level());
}

/* S9.1.2: a primary token needs QUERY and DUPLICATE, a client's QUERY and IMPERSONATE */
static void test_logged_on(void)
{
    static const struct
    {
        TOKEN_TYPE type;
        DWORD access;
        BOOL enough;
    } rows[] = {
        {TokenPrimary, TOKEN_QUERY | TOKEN_DUPLICATE, TRUE},
        {TokenPrimary, TOKEN_QUERY, FALSE},
        {TokenPrimary, TOKEN_DUPLICATE, FALSE},
        {TokenImpersonation, TOKEN_QUERY | TOKEN_IMPERSONATE, TRUE},
        {TokenImpersonation, TOKEN_QUERY, FALSE},
        {TokenImpersonation, TOKEN_IMPERSONATE, FALSE},
    };

    for (size_t i = 0; i < ARRAYSIZE(rows); i++)
    {
        HANDLE token = copy_of_process(rows[i].access, rows[i].type, SecurityImpersonation);
        BOOL ret;

        winetest_push_context("row %u", (unsigned int)i);
        SetLastError(0xdeadbeef);
        ret = ImpersonateLoggedOnUser(token);
        ok(ret == rows[i].enough, "got %d, error %lu\n", ret, GetLastError());                           /* S9.1.2 */
        ok(ret || GetLastError() == ERROR_ACCESS_DENIED, "error %lu\n", GetLastError());                 /* S9.1.2 */
        ok(thread_level() == (ret ? SecurityImpersonation : -1), "level %d\n", thread_level());           /* S9.1.2 */
        RevertToSelf();
        CloseHandle(token);
        winetest_pop_context();
    }
}

START_TEST(impersonate_set)
{
    test_replace();
    test_refused();
    test_saved();
    test_logged_on();
}

/*
 * ImpersonateNamedPipeClient beside ImpersonateSecurityContext: Windows only, Guise has no pipes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <string.h>

#include "../../secur32/session.h"

static char pipe_name[64];

/* The level that the thread carries, -1 without a token, -2 for an anonymous one that cannot be opened. */
static int thread_level(void)
{
    SECURITY_IMPERSONATION_LEVEL level;
    HANDLE token;
    DWORD length;
    BOOL done;

    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) return GetLastError() == ERROR_NO_TOKEN ? -1 : -2;
    done = GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof(level), &length);
    CloseHandle(token);
    return done ? (int)level : -3;
}

static BOOL user_is_own(void)
{
    BYTE users[2][128];
    HANDLE token, process;
    DWORD length;
    BOOL same;

    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) return FALSE;
    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &process);
    same = GetTokenInformation(token, TokenUser, users[0], sizeof(users[0]), &length) &&
           GetTokenInformation(process, TokenUser, users[1], sizeof(users[1]), &length) &&
           EqualSid(((TOKEN_USER *)users[0])->User.Sid, ((TOKEN_USER *)users[1])->User.Sid);
    CloseHandle(process);
    CloseHandle(token);
    return same;
}

/* Both ends in this thread; the client has connected and written nothing. */
static BOOL open_pipe(DWORD quality, HANDLE *server, HANDLE *client)
{
    sprintf(pipe_name, "\\\\.\\pipe\\guise-test-%lu", GetCurrentProcessId());
    *server = CreateNamedPipeA(pipe_name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_WAIT, 1, 256, 256, 0, NULL);
    if (*server == INVALID_HANDLE_VALUE) return FALSE;
    *client = CreateFileA(pipe_name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, quality, NULL);
    if (*client != INVALID_HANDLE_VALUE) return TRUE;
    CloseHandle(*server);
    return FALSE;
}

static BOOL pass_byte(HANDLE client, HANDLE server)
{
    DWORD count;
    char byte = 'x';

    return WriteFile(client, &byte, 1, &count, NULL) && count == 1 && ReadFile(server, &byte, 1, &count, NULL) && count == 1;
}

static void test_levels(void)
{
    static const struct
    {
        DWORD quality;
        int level;
    } rows[] = {
        {0, SecurityImpersonation}, /* S9.3.5 */
        {SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, -2},
        {SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, SecurityIdentification},
        {SECURITY_SQOS_PRESENT | SECURITY_IMPERSONATION, SecurityImpersonation},
        {SECURITY_SQOS_PRESENT | SECURITY_DELEGATION, SecurityDelegation}, /* sdk CreateFileA */
    };
    HANDLE server, client;

    for (size_t i = 0; i < ARRAYSIZE(rows); i++)
    {
        BOOL ret;

        winetest_push_context("row %u", (unsigned int)i);
        ok(open_pipe(rows[i].quality, &server, &client), "error %lu\n", GetLastError()); /* sdk CreateNamedPipeA */
        ok(pass_byte(client, server), "error %lu\n", GetLastError());                    /* sdk ReadFile */
        ret = ImpersonateNamedPipeClient(server);
        ok(ret, "error %lu\n", GetLastError()); /* sdk ImpersonateNamedPipeClient */
        todo_wine_if(rows[i].level != SecurityImpersonation) /* Wine: pipe-level */
        ok(thread_level() == rows[i].level || broken(rows[i].level == SecurityDelegation && thread_level() == SecurityImpersonation),
           "level %d\n", thread_level()); /* rows cite */
        ok(RevertToSelf(), "error %lu\n", GetLastError());                /* sdk RevertToSelf */
        ok(thread_level() == -1, "level %d\n", thread_level());            /* sdk RevertToSelf */
        CloseHandle(client);
        CloseHandle(server);
        winetest_pop_context();
    }
}

static void test_order(void)
{
    HANDLE server, client;
    BOOL ret;

    ok(open_pipe(0, &server, &client), "error %lu\n", GetLastError()); /* sdk CreateNamedPipeA */
    SetLastError(0xdeadbeef);
    ret = ImpersonateNamedPipeClient(server);
    todo_wine /* Wine: pipe-early */
    {
        ok(!ret && GetLastError() == ERROR_CANNOT_IMPERSONATE, "got %d, error %lu\n", ret, GetLastError()); /* S9.3.5 */
        ok(thread_level() == -1, "level %d\n", thread_level());                                           /* S9.3.5 */
    }
    ok(pass_byte(client, server), "error %lu\n", GetLastError());                                     /* sdk ReadFile */
    ok(ImpersonateNamedPipeClient(server), "error %lu\n", GetLastError());                            /* S9.3.5 */
    ok(ImpersonateNamedPipeClient(server), "error %lu\n", GetLastError());                            /* S9.3.5 */
    ok(user_is_own(), "another user\n");                                                              /* S9.3.5 */
    ok(RevertToSelf() && thread_level() == -1, "level %d\n", thread_level());                         /* S9.3.1 */
    CloseHandle(client);
    CloseHandle(server);
}

/* One replaces the other, and either revert ends either. */
static void test_both(void)
{
    static struct session session;
    HANDLE server, client;
    SECURITY_STATUS status;

    if (!session_log_on(&session, SESSION_ALICE, ISC_REQ_IDENTIFY, 0)) return;
    ok(open_pipe(0, &server, &client), "error %lu\n", GetLastError()); /* sdk CreateNamedPipeA */
    ok(pass_byte(client, server), "error %lu\n", GetLastError());      /* sdk ReadFile */

    ok(ImpersonateNamedPipeClient(server), "error %lu\n", GetLastError());           /* S9.3.5 */
    ok(thread_level() == SecurityImpersonation, "level %d\n", thread_level());       /* S9.3.5 */
    status = ImpersonateSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status);                                   /* S2.11.1 */
    ok(thread_level() == SecurityIdentification, "level %d\n", thread_level());      /* S9.3.1 */
    ok(ImpersonateNamedPipeClient(server), "error %lu\n", GetLastError());           /* S9.3.5 */
    ok(thread_level() == SecurityImpersonation && user_is_own(), "level %d\n", thread_level()); /* S9.3.1 */
    status = RevertSecurityContext(&session.server);
    ok(status == SEC_E_OK && thread_level() == -1, "got %08lx, level %d\n", status, thread_level()); /* S9.3.1 */

    status = ImpersonateSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status);                            /* S2.11.1 */
    ok(RevertToSelf() && thread_level() == -1, "level %d\n", thread_level()); /* S9.3.1 */
    CloseHandle(client);
    CloseHandle(server);
    session_close(&session);
}

START_TEST(impersonate_pipe)
{
    if (!session_setup()) return;
    test_levels();
    test_order();
    test_both();
    session_cleanup();
}

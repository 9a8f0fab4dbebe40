/*
 * What a new thread and a new process run as, while the thread that makes them impersonates.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "../secur32/session.h"
#include <sddl.h>

/* The user of TOKEN as text. */
static void name_user(HANDLE token, char *text, size_t room)
{
    BYTE buffer[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    char *sid = NULL;
    DWORD length;

    strcpy(text, "?");
    if (!GetTokenInformation(token, TokenUser, buffer, sizeof(buffer), &length)) return;
    if (!ConvertSidToStringSidA(((TOKEN_USER *)buffer)->User.Sid, &sid)) return;
    if (strlen(sid) < room) strcpy(text, sid);
    LocalFree(sid);
}

static void name_process(char *text, size_t room)
{
    HANDLE token;

    strcpy(text, "?");
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return;
    name_user(token, text, room);
    CloseHandle(token);
}

/* ERROR_SUCCESS if the thread has a token, whose user goes to TEXT. */
static DWORD name_client(char *text, size_t room)
{
    HANDLE token;

    strcpy(text, "?");
    SetLastError(0xdeadbeef);
    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) return GetLastError();
    name_user(token, text, room);
    CloseHandle(token);
    return ERROR_SUCCESS;
}

/* ---- what the new thread and the new process see ---- */

static DWORD seen_error, seen_error_afterwards;
static char seen_process[200];

static void new_thread(unsigned int number)
{
    char text[200];

    (void)number;
    seen_error = name_client(text, sizeof(text));
    name_process(seen_process, sizeof(seen_process));
    if (!ImpersonateSelf(SecurityIdentification) || !RevertToSelf()) seen_error = ERROR_GEN_FAILURE;
    seen_error_afterwards = name_client(text, sizeof(text));
}

static void in_child(const char *expected)
{
    char text[200];
    DWORD error;

    error = name_client(text, sizeof(text));
    ok(error == ERROR_NO_TOKEN, "the new process begins as %s, error %lu\n", text, error); /* S9.2.1 */
    name_process(text, sizeof(text));
    ok(!strcmp(text, expected), "the new process is of %s, not %s\n", text, expected); /* S9.2.1 */
}

/* The calling thread carries a client; callers cite */
static void check_children(const char *process)
{
    char before[200], after[200];

    name_client(before, sizeof(before));
    seen_error = seen_error_afterwards = 0xdeadbeef;
    session_run_threads(1, new_thread);
    ok(seen_error == ERROR_NO_TOKEN, "the new thread: error %lu\n", seen_error);                /* callers cite */
    ok(!strcmp(seen_process, process), "the new thread's process is of %s\n", seen_process);    /* callers cite */
    ok(seen_error_afterwards == ERROR_NO_TOKEN, "afterwards: error %lu\n", seen_error_afterwards); /* callers cite */
    /* Windows opens the program as the client, who may not reach the folder of whoever runs this; callers cite */
    ok(session_run_child(process) || broken(GetLastError() == ERROR_ACCESS_DENIED), "error %lu\n", GetLastError());
    name_client(after, sizeof(after));
    ok(!strcmp(before, after), "%s became %s\n", before, after); /* callers cite */
}

static void test_self(const char *process)
{
    ok(ImpersonateSelf(SecurityImpersonation), "error %lu\n", GetLastError()); /* sdk ImpersonateSelf */
    check_children(process);                                                   /* S9.2.1 */
    ok(RevertToSelf(), "error %lu\n", GetLastError());                         /* S9.3.1 */
    check_children(process);                                                   /* S9.2.1 */
}

static void test_other(const char *process)
{
    char client[200];
    HANDLE token;
    BOOL done;

    if (!session_other_users())
    {
        skip("needs --create-accounts\n");
        return;
    }
    done = LogonUserA(session_user_name(SESSION_ALICE), ".", session_password(SESSION_ALICE), LOGON32_LOGON_NETWORK,
                      LOGON32_PROVIDER_DEFAULT, &token);
    ok(done, "error %lu\n", GetLastError()); /* sdk LogonUserA */
    if (!done) return;
    ok(ImpersonateLoggedOnUser(token), "error %lu\n", GetLastError()); /* S9.1.2 */
    ok(!name_client(client, sizeof(client)) && strcmp(client, process), "the client is %s\n", client); /* S9.2.2 */
    check_children(process);                                           /* S9.2.1 */
    ok(RevertToSelf(), "error %lu\n", GetLastError());                 /* S9.3.1 */
    CloseHandle(token);
}

START_TEST(impersonate_children)
{
    char process[200], **argv;

    if (winetest_get_mainargs(&argv) > 2)
    {
        in_child(argv[2]);
        return;
    }
    if (!session_setup()) return;
    name_process(process, sizeof(process));
    test_self(process);
    test_other(process);
    session_cleanup();
}

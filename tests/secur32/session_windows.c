/*
 * The accounts of session.h on Windows: none but the caller's own, or with --create-accounts local ones made for this run, or
 * under Wine those of GUISE_TEST_ACCOUNTS, "NAME:PASSWORD NAME:PASSWORD", in Guise's store (tests/wine/run).
 *
 * Each gets a name and a password by chance. Before the first exists, the program starts itself once more as the unit
 * "accounts" with --guard: that process waits for this one and removes what is left, however this one ended.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef _WIN32

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"
#include "../windows/accounts.h"

static struct account made[2]; /* alice, bob */
static BOOL have_accounts, in_store;
static char machine[MAX_COMPUTERNAME_LENGTH + 1];
static DWORD machine_length = sizeof(machine);

static SEC_WINNT_AUTH_IDENTITY_A identities[] = {
    [SESSION_ALICE] = {.Flags = SEC_WINNT_AUTH_IDENTITY_ANSI},
    [SESSION_BOB] = {.Flags = SEC_WINNT_AUTH_IDENTITY_ANSI},
    [SESSION_NOBODY] = {(BYTE *)"guise-no-such-user", 18, (BYTE *)"", 0, (BYTE *)"x", 1, SEC_WINNT_AUTH_IDENTITY_ANSI},
    /* Without accounts of our own: one that exists nowhere, for a wrong password would count against somebody. */
    [SESSION_WRONG] = {(BYTE *)"guise-no-such-one", 17, (BYTE *)"", 0, (BYTE *)"Secret-alice-2", 14,
                       SEC_WINNT_AUTH_IDENTITY_ANSI},
    [SESSION_ANONYMOUS] = {(BYTE *)"", 0, (BYTE *)"", 0, (BYTE *)"", 0, SEC_WINNT_AUTH_IDENTITY_ANSI},
};

const char *session_user_name(enum session_user user)
{
    return (const char *)identities[user].User;
}

const char *session_password(enum session_user user)
{
    return (const char *)identities[user].Password;
}

static void use_account(enum session_user user, const struct account *account)
{
    identities[user].User = (BYTE *)account->name;
    identities[user].UserLength = (ULONG)strlen(account->name);
    identities[user].Domain = (BYTE *)machine;
    identities[user].DomainLength = machine_length;
    identities[user].Password = (BYTE *)account->password;
    identities[user].PasswordLength = (ULONG)strlen(account->password);
}

/* What tests/wine/run has put into the store, which has the policy of session_unix.c. */
static BOOL accounts_in_store(void)
{
    static char text[128];
    char *name = text;

    if (!GetEnvironmentVariableA("GUISE_TEST_ACCOUNTS", text, sizeof(text))) return FALSE;
    for (unsigned int i = 0; i < 2; i++)
    {
        char *password = strchr(name, ':'), *end;

        if (!password) return FALSE;
        *password++ = 0;
        if ((end = strchr(password, ' '))) *end = 0;
        identities[i ? SESSION_BOB : SESSION_ALICE] = (SEC_WINNT_AUTH_IDENTITY_A){
            (BYTE *)name, (ULONG)strlen(name), (BYTE *)"", 0, (BYTE *)password, (ULONG)strlen(password), SEC_WINNT_AUTH_IDENTITY_ANSI};
        if (!i) identities[SESSION_WRONG].User = (BYTE *)name, identities[SESSION_WRONG].UserLength = (ULONG)strlen(name);
        name = end ? end + 1 : password + strlen(password);
    }
    return have_accounts = in_store = TRUE;
}

BOOL session_setup(void)
{
    if (accounts_in_store()) return TRUE;
    if (!accounts_wanted() || have_accounts) return TRUE;
    if (!GetComputerNameA(machine, &machine_length) || !accounts_create(made, 2))
    {
        skip("--create-accounts: the accounts cannot be made, error %lu\n", GetLastError());
        return TRUE;
    }
    use_account(SESSION_ALICE, &made[0]);
    use_account(SESSION_BOB, &made[1]);
    identities[SESSION_WRONG].User = (BYTE *)made[0].name;
    identities[SESSION_WRONG].UserLength = (ULONG)strlen(made[0].name);
    have_accounts = TRUE;
    return TRUE;
}

void session_cleanup(void)
{
    if (have_accounts && !in_store) accounts_remove(made, 2);
    have_accounts = FALSE;
}

BOOL session_other_users(void)
{
    return have_accounts;
}

BOOL session_own_policy(void)
{
    return in_store;
}

BOOL session_under_wine(void)
{
    return GetProcAddress(GetModuleHandleA("secur32.dll"), "guise_secur32_version") != NULL;
}

void *session_identity(enum session_user user)
{
    return user == SESSION_ALICE && !have_accounts ? NULL : &identities[user];
}

struct thread_arg
{
    void (*routine)(unsigned int number);
    unsigned int number;
};

static DWORD WINAPI thread_start(void *arg)
{
    const struct thread_arg *thread = arg;

    thread->routine(thread->number);
    return 0;
}

void session_run_threads(unsigned int count, void (*routine)(unsigned int number))
{
    struct thread_arg args[64];
    HANDLE threads[64];

    for (unsigned int i = 0; i < count; i++)
    {
        args[i] = (struct thread_arg){routine, i};
        if (!(threads[i] = CreateThread(NULL, 0, thread_start, &args[i], 0, NULL))) abort();
    }
    for (unsigned int i = 0; i < count; i++)
    {
        WaitForSingleObject(threads[i], INFINITE);
        CloseHandle(threads[i]);
    }
}

BOOL session_run_child(const char *argument)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION child;
    char command[MAX_PATH + 256], **argv;

    winetest_get_mainargs(&argv);
    snprintf(command, sizeof(command), "\"%s\" %s %s", argv[0], argv[1], argument);
    if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &child)) return FALSE;
    winetest_wait_child_process(child.hProcess);
    CloseHandle(child.hThread);
    CloseHandle(child.hProcess);
    return TRUE;
}

#endif

/*
 * Local accounts for the time of a unit, and the process that removes them whatever becomes of the unit.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wine/test.h"
#include <windows.h>
#include <lm.h>
#include "accounts.h"

/* From netapi32.dll and cryptbase's old name, which the test programs do not import. */
static __typeof__(NetUserAdd) *pNetUserAdd;
static __typeof__(NetUserDel) *pNetUserDel;
static __typeof__(NetLocalGroupAddMembers) *pNetLocalGroupAddMembers;
static BOOLEAN(WINAPI *pRtlGenRandom)(void *buffer, ULONG length);

static BOOL load(void)
{
    HMODULE netapi = LoadLibraryA("netapi32.dll"), advapi = GetModuleHandleA("advapi32.dll");

    if (!netapi) return FALSE;
    pNetUserAdd = (void *)GetProcAddress(netapi, "NetUserAdd");
    pNetUserDel = (void *)GetProcAddress(netapi, "NetUserDel");
    pNetLocalGroupAddMembers = (void *)GetProcAddress(netapi, "NetLocalGroupAddMembers");
    pRtlGenRandom = (void *)GetProcAddress(advapi, "SystemFunction036");
    return pNetUserAdd && pNetUserDel && pNetLocalGroupAddMembers && pRtlGenRandom;
}

BOOL accounts_wanted(void)
{
    return winetest_option("create-accounts") && !winetest_platform_is_wine; /* Wine: logon-user */
}

/* LENGTH characters by chance behind what TEXT holds. 32 of them, so that each is as likely as any other. */
static BOOL append_random(char *text, unsigned int length)
{
    static const char set[] = "abcdefghijkmnpqrstuvwxyz23456789";
    char *end = text + strlen(text);
    BYTE bytes[32];

    if (length > sizeof(bytes) || !pRtlGenRandom(bytes, length)) return FALSE;
    for (unsigned int i = 0; i < length; i++) end[i] = set[bytes[i] % 32];
    end[length] = 0;
    SecureZeroMemory(bytes, sizeof(bytes));
    return TRUE;
}

static void widen(WCHAR *wide, const char *text)
{
    do *wide++ = (BYTE)*text;
    while (*text++);
}

static DWORD remove_account(const char *name)
{
    WCHAR wide[64];

    widen(wide, name);
    return pNetUserDel(NULL, wide);
}

/* Without a group an account may not log on interactively. The group's name is translated, its SID is not. */
static DWORD join_users(WCHAR *name)
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(sid), group_length = 128, domain_length = 128;
    LOCALGROUP_MEMBERS_INFO_3 member = {name};
    WCHAR group[128], domain[128];
    SID_NAME_USE use;

    if (!CreateWellKnownSid(WinBuiltinUsersSid, NULL, sid, &size)) return GetLastError();
    if (!LookupAccountSidW(NULL, sid, group, &group_length, domain, &domain_length, &use)) return GetLastError();
    return pNetLocalGroupAddMembers(NULL, group, 3, (BYTE *)&member, 1);
}

static DWORD create_account(struct account *account)
{
    WCHAR name[64], password[64];
    USER_INFO_1 info = {.usri1_name = name, .usri1_password = password, .usri1_priv = USER_PRIV_USER,
                        .usri1_flags = UF_SCRIPT | UF_NORMAL_ACCOUNT | UF_DONT_EXPIRE_PASSWD};
    DWORD error;

    widen(name, account->name);
    widen(password, account->password);
    error = pNetUserAdd(NULL, 1, (BYTE *)&info, NULL);
    if (!error && (error = join_users(name))) pNetUserDel(NULL, name);
    SecureZeroMemory(password, sizeof(password));
    return error;
}

static void set_inheritance(HANDLE handle, BOOL inherit)
{
    SetHandleInformation(handle, HANDLE_FLAG_INHERIT, inherit ? HANDLE_FLAG_INHERIT : 0);
}

BOOL accounts_start_guard(const struct account *accounts, unsigned int count)
{
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE), errors = GetStdHandle(STD_ERROR_HANDLE), self;
    STARTUPINFOA startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES};
    BOOL done, speaks = GetFileType(output) == FILE_TYPE_PIPE;
    PROCESS_INFORMATION started;
    char command[MAX_PATH + 256];
    char **argv;
    int length;

    winetest_get_mainargs(&argv);
    if (!DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &self, SYNCHRONIZE, TRUE, 0)) return FALSE;
    length = snprintf(command, sizeof(command), "\"%s\" --timeout=0 --guard=%lu accounts", argv[0], (ULONG)(ULONG_PTR)self);
    for (unsigned int i = 0; i < count && length < (int)sizeof(command); i++)
    {
        length += snprintf(command + length, sizeof(command) - (size_t)length, " %s", accounts[i].name);
    }
    /* It outlives this process, and cmd.exe cannot append to a log that somebody else still holds. */
    set_inheritance(errors, FALSE);
    set_inheritance(output, speaks); /* which may be the same handle */
    if (speaks) startup.hStdOutput = startup.hStdError = output;
    /* Without a console: neither Ctrl-C nor the end of the window is to end what cleans up afterwards. */
    done = CreateProcessA(NULL, command, NULL, NULL, TRUE, DETACHED_PROCESS, NULL, NULL, &startup, &started);
    set_inheritance(output, TRUE);
    set_inheritance(errors, TRUE);
    CloseHandle(self);
    if (!done) return FALSE;
    CloseHandle(started.hThread);
    CloseHandle(started.hProcess);
    return TRUE;
}

int accounts_guard(HANDLE process, char **names, int count)
{
    int left = 0;

    if (!load()) return 1;
    WaitForSingleObject(process, INFINITE);
    for (int i = 0; i < count; i++)
    {
        DWORD error = remove_account(names[i]);

        if (error == NERR_UserNotFound) continue;
        printf("guard: account %s %s, error %lu\n", names[i], error ? "is left" : "removed", error);
        left += error != 0;
    }
    printf("guard: the unit has ended, %d accounts are left\n", left);
    return left;
}

BOOL accounts_create(struct account *accounts, unsigned int count)
{
    DWORD error = ERROR_PROC_NOT_FOUND;

    if (load()) error = 0;
    for (unsigned int i = 0; !error && i < count; i++)
    {
        strcpy(accounts[i].name, "guise-test-");
        strcpy(accounts[i].password, "Aa1-");
        if (!append_random(accounts[i].name, 8) || !append_random(accounts[i].password, 20)) error = ERROR_GEN_FAILURE;
    }
    if (!error && !accounts_start_guard(accounts, count)) error = GetLastError();
    for (unsigned int i = 0; !error && i < count; i++)
    {
        error = create_account(&accounts[i]);
        if (error) accounts_remove(accounts, i);
    }
    SetLastError(error);
    return !error;
}

BOOL accounts_remove(const struct account *accounts, unsigned int count)
{
    BOOL all = TRUE;

    for (unsigned int i = 0; i < count; i++)
    {
        DWORD error = remove_account(accounts[i].name);

        all &= !error || error == NERR_UserNotFound;
    }
    return all;
}

/* ---- the unit: whatever ends a process, the one that cleans up is there afterwards ---- */

static void end_as(const char *way)
{
    struct account account = {"guise-test-nobody", ""};
    BOOL done;

    if (accounts_wanted()) done = accounts_create(&account, 1);
    else done = load() && accounts_start_guard(&account, 1);
    printf("%s\n", done ? "ready" : "no guard");
    if (!strcmp(way, "return")) return;
    if (!strcmp(way, "crash")) *(volatile int *)0 = 0;
    if (!strcmp(way, "exit")) ExitProcess(0);
    Sleep(INFINITE); /* until the time-out, or until somebody ends it */
}

/* Starts this unit again with OPTION; all that it and its descendants write until the last of them has ended. */
static BOOL run_child(const char *way, const char *options, char *text, DWORD size)
{
    SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
    STARTUPINFOA startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES};
    BOOL create = accounts_wanted(), was_ready = FALSE;
    PROCESS_INFORMATION child;
    char command[MAX_PATH + 128];
    DWORD used = 0, got;
    HANDLE reader;
    char **argv;

    winetest_get_mainargs(&argv);
    snprintf(command, sizeof(command), "\"%s\" %s %s --end=%s accounts", argv[0], options,
             create ? "--create-accounts" : "", way);
    if (!CreatePipe(&reader, &startup.hStdOutput, &inherit, 0)) return FALSE;
    SetHandleInformation(reader, HANDLE_FLAG_INHERIT, 0);
    startup.hStdError = startup.hStdOutput;
    if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, CREATE_NEW_PROCESS_GROUP, NULL, NULL, &startup, &child))
    {
        CloseHandle(startup.hStdOutput);
        CloseHandle(reader);
        return FALSE;
    }
    CloseHandle(startup.hStdOutput);
    text[0] = 0;
    while (used + 1 < size && ReadFile(reader, text + used, size - 1 - used, &got, NULL) && got)
    {
        used += got;
        text[used] = 0;
        if (was_ready || !strstr(text, "ready")) continue;
        was_ready = TRUE;
        if (!strcmp(way, "terminate")) TerminateProcess(child.hProcess, 77);
        if (!strcmp(way, "break")) GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, child.dwProcessId);
    }
    CloseHandle(reader);
    CloseHandle(child.hThread);
    CloseHandle(child.hProcess);
    return TRUE;
}

static void test_end(const char *way, const char *options, const char *last)
{
    static char text[8192];

    winetest_push_context("%s", way);
    ok(run_child(way, options, text, sizeof(text)), "error %lu\n", GetLastError()); /* sdk CreateProcessA */
    ok(strstr(text, "ready") != NULL, "did not start: %s\n", text);                 /* sdk CreateProcessA */
    ok(!last || strstr(text, last), "ended otherwise: %s\n", text);                 /* sdk TerminateProcess */
    /* sdk NetUserDel */
    ok(strstr(text, " 0 accounts are left") != NULL, "nobody cleaned up: %s\n", text);
    ok(!accounts_wanted() || strstr(text, " removed, "), "not removed: %s\n", text);
    winetest_pop_context();
}

START_TEST(accounts)
{
    const char *guard = winetest_option("guard"), *end = winetest_option("end");
    int argc;
    char **argv;

    argc = winetest_get_mainargs(&argv);
    if (guard) exit(accounts_guard((HANDLE)(ULONG_PTR)strtoul(guard, NULL, 10), argv + 2, argc - 2));
    if (end)
    {
        end_as(end);
        return;
    }
    test_end("return", "", "0 tests executed");
    test_end("exit", "", NULL);
    test_end("crash", "", "unhandled exception c0000005");
    test_end("hang", "--timeout=4", "time-out after 4 s");
    test_end("terminate", "--timeout=60", NULL);
    test_end("break", "--timeout=4", NULL); /* which ends it where there is no console, as under Wine here */
}

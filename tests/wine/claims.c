/*
 * What Wine 8.0 answers with success though it has not been done, where a client would get more than his due.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>

#include "tests/wine/kernel.h"
#include "tests/wine/logon.h"
#include <wine/test.h>

NTSYSAPI NTSTATUS NTAPI NtCreateLowBoxToken(HANDLE *, HANDLE, ACCESS_MASK, OBJECT_ATTRIBUTES *, SID *, ULONG, SID_AND_ATTRIBUTES *, ULONG, HANDLE *);

static void test_logon(void)
{
    HANDLE token = (HANDLE)1;

    SetLastError(0);
    ok(!LogonUserW(L"alice", L".", L"Secret-bob-2", LOGON32_LOGON_NETWORK, LOGON32_PROVIDER_DEFAULT, &token) && GetLastError() == ERROR_LOGON_FAILURE,
       "a wrong password: %lu\n", GetLastError()); /* design 10.6 */
    ok(token == (HANDLE)1, "and a token, %p\n", token); /* design 10.6 */
    ok(!LogonUserA("nobody-of-that-name", ".", "x", LOGON32_LOGON_NETWORK, LOGON32_PROVIDER_DEFAULT, &token) && GetLastError() == ERROR_LOGON_FAILURE,
       "an unknown user: %lu\n", GetLastError()); /* design 10.6 */

    ok(LogonUserW(L"alice", L".", L"Secret-alice-1", LOGON32_LOGON_NETWORK, LOGON32_PROVIDER_DEFAULT, &token), "%lu\n", GetLastError()); /* design 10.6 */
    ok(ImpersonateLoggedOnUser(token), "%lu\n", GetLastError()); /* design 10.6 */
    ok(carries(kernel_ids(), ALICE), "uid %d\n", kernel_ids().uid[0]); /* design 10.6 */
    RevertToSelf();
    CloseHandle(token);
    /* A primary token, of which an impersonation token is made. */
    ok(LogonUserA("bob", ".", "Secret-bob-2", LOGON32_LOGON_INTERACTIVE, LOGON32_PROVIDER_DEFAULT, &token), "%lu\n", GetLastError()); /* design 10.6 */
    ok(ImpersonateLoggedOnUser(token), "%lu\n", GetLastError()); /* design 10.6 */
    ok(carries(kernel_ids(), BOB), "uid %d\n", kernel_ids().uid[0]); /* design 10.6 */
    RevertToSelf();
    CloseHandle(token);
}

/* With the level that was asked for, which in Wine's own gets lost. */
static void test_duplicate(HANDLE token)
{
    SECURITY_IMPERSONATION_LEVEL level = SecurityAnonymous;
    HANDLE copy;
    DWORD length;

    ok(DuplicateToken(token, SecurityImpersonation, &copy), "%lu\n", GetLastError()); /* design 10.6 */
    ok(GetTokenInformation(copy, TokenImpersonationLevel, &level, sizeof(level), &length) && level == SecurityImpersonation, "level %d, %lu\n", level,
       GetLastError()); /* design 10.6 */
    ok(SetThreadToken(NULL, copy), "%lu\n", GetLastError()); /* design 10.6 */
    ok(carries(kernel_ids(), ALICE), "uid %d\n", kernel_ids().uid[0]); /* design 10.6 */
    RevertToSelf();
    CloseHandle(copy);
}

static void test_process(HANDLE token)
{
    WCHAR line[] = L"C:\\windows\\system32\\cmd.exe /c exit";
    STARTUPINFOW startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION information;
    HANDLE own;
    BOOL made = CreateProcessWithTokenW(token, 0, NULL, line, 0, NULL, NULL, &startup, &information);

    ok(!made && GetLastError() == ERROR_ACCESS_DENIED, "a process for a client: %d, %lu\n", made, GetLastError()); /* design 10.6 */
    ok(OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own), "%lu\n", GetLastError()); /* design 10.6 */
    made = CreateProcessWithTokenW(own, 0, NULL, line, 0, NULL, NULL, &startup, &information);
    ok(made, "a process for the process's own token: %lu\n", GetLastError()); /* design 10.6 */
    if (made)
    {
        WaitForSingleObject(information.hProcess, 10000);
        CloseHandle(information.hProcess);
        CloseHandle(information.hThread);
    }
    CloseHandle(own);
}

static void test_low_box(HANDLE token)
{
    HANDLE made = (HANDLE)1;
    NTSTATUS status = NtCreateLowBoxToken(&made, token, 0, NULL, NULL, 0, NULL, 0, NULL);

    ok(status == STATUS_NOT_SUPPORTED && made == (HANDLE)1, "%#lx, %p\n", status, made); /* design 10.6 */
}

/* One that gives reading to everybody, and nothing to nobody else. */
static void test_audited_check(HANDLE token)
{
    GENERIC_MAPPING mapping = { 1, 2, 4, 7 };
    SID everyone = { SID_REVISION, 1, { SECURITY_WORLD_SID_AUTHORITY }, { SECURITY_WORLD_RID } };
    union { ACL acl; BYTE room[128]; } dacl;
    SECURITY_DESCRIPTOR descriptor;
    DWORD granted = 0xdead;
    BOOL allowed = 0xdead, close = 0xdead;

    InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    InitializeAcl(&dacl.acl, sizeof(dacl), ACL_REVISION);
    AddAccessAllowedAce(&dacl.acl, ACL_REVISION, 1, &everyone);
    SetSecurityDescriptorDacl(&descriptor, TRUE, &dacl.acl, FALSE);
    SetSecurityDescriptorOwner(&descriptor, &everyone, FALSE);
    SetSecurityDescriptorGroup(&descriptor, &everyone, FALSE);
    ok(SetThreadToken(NULL, token), "%lu\n", GetLastError()); /* design 10.3 */
    ok(AccessCheckAndAuditAlarmW(L"test", NULL, (WCHAR *)L"thing", (WCHAR *)L"it", &descriptor, 1, &mapping, FALSE, &granted, &allowed, &close),
       "%lu\n", GetLastError()); /* design 10.6 */
    ok(allowed == TRUE && granted == 1 && !close, "%d %#lx %d\n", allowed, granted, close); /* design 10.6 */
    allowed = 0xdead;
    ok(AccessCheckAndAuditAlarmA("test", NULL, (char *)"thing", (char *)"it", &descriptor, 2, &mapping, FALSE, &granted, &allowed, &close), "%lu\n",
       GetLastError()); /* design 10.6 */
    ok(allowed == FALSE && !granted, "%d %#lx\n", allowed, granted); /* design 10.6 */
    RevertToSelf();
}

/* Whoever deletes it at the next start is the server. */
static void test_delayed(HANDLE token)
{
    static const char path[] = "C:\\windows\\win.ini";
    BOOL moved;

    ok(SetThreadToken(NULL, token), "%lu\n", GetLastError()); /* design 10.3 */
    moved = MoveFileExA(path, NULL, MOVEFILE_DELAY_UNTIL_REBOOT);
    ok(!moved && GetLastError() == ERROR_ACCESS_DENIED, "A: %d, %lu\n", moved, GetLastError()); /* design 10.6 */
    moved = MoveFileExW(L"C:\\windows\\win.ini", L"C:\\windows\\other.ini", MOVEFILE_DELAY_UNTIL_REBOOT | MOVEFILE_REPLACE_EXISTING);
    ok(!moved && GetLastError() == ERROR_ACCESS_DENIED, "W: %d, %lu\n", moved, GetLastError()); /* design 10.6 */
    RevertToSelf();
    ok(MoveFileExA("C:\\no-such-file", NULL, MOVEFILE_DELAY_UNTIL_REBOOT), "as the server: %lu\n", GetLastError()); /* design 10.6 */
}

/* A program of Unix would be the server: Wine forks, and a child of fork is the process. */
static void test_spawn(HANDLE token)
{
    NTSTATUS(CDECL * spawn)(char *const *, int) = (void *)GetProcAddress(GetModuleHandleA("ntdll"), "__wine_unix_spawnvp");
    char program[] = "/bin/true", *arguments[] = { program, NULL };
    NTSTATUS status;

    ok(SetThreadToken(NULL, token), "%lu\n", GetLastError()); /* design 10.3 */
    status = spawn(arguments, TRUE);
    ok(status == STATUS_ACCESS_DENIED, "%#lx\n", status); /* design 10.6 */
    RevertToSelf();
    status = spawn(arguments, TRUE);
    ok(!status, "as the process: %#lx\n", status); /* design 10.6 */
}

START_TEST(claims)
{
    CtxtHandle alice;
    HANDLE token;

    ok(logon_alice(&alice) && !QuerySecurityContextToken(&alice, &token), "no client\n"); /* design 10.2 */
    test_logon();
    test_duplicate(token);
    test_process(token);
    test_low_box(token);
    test_audited_check(token);
    test_delayed(token);
    test_spawn(token);
    CloseHandle(token);
    DeleteSecurityContext(&alice);
}

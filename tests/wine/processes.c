/*
 * Images that a client may not read: no process is made of them, no library is loaded; of others a process of the server's.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>

#include "tests/wine/kernel.h"
#include "tests/wine/logon.h"
#include <wine/test.h>

/* chmod(2) of a Windows path. */
static void set_mode(const char *path, unsigned int mode)
{
    char *(CDECL *unix_name)(const WCHAR *) = (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "wine_get_unix_file_name");
    WCHAR wide[MAX_PATH];
    char *name;

    MultiByteToWideChar(CP_ACP, 0, path, -1, wide, MAX_PATH);
    name = unix_name(wide);
    ok(name && !kernel_chmod(name, mode), "%s: no mode %o\n", path, mode); /* design 10.3 */
    HeapFree(GetProcessHeap(), 0, name);
}

static BOOL start(const char *path, DWORD *code)
{
    STARTUPINFOA startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION process;
    char command[MAX_PATH + 32];

    snprintf(command, sizeof(command), "%s processes child", path);
    if (!CreateProcessA(path, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) return FALSE;
    WaitForSingleObject(process.hProcess, 30000);
    GetExitCodeProcess(process.hProcess, code);
    CloseHandle(process.hProcess);
    CloseHandle(process.hThread);
    return TRUE;
}

static void test_unix_image(CtxtHandle *alice, const char *path, unsigned int mode, BOOL allowed)
{
    STARTUPINFOA startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION process = { NULL, NULL, 0, 0 };
    BOOL started;

    set_mode(path, mode);
    ok(!ImpersonateSecurityContext(alice), "impersonate\n"); /* design 10.3 */
    SetLastError(0);
    started = CreateProcessA(path, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process);
    ok(started == allowed, "mode %o: %d, %lu\n", mode, started, GetLastError()); /* design 10.3 */
    if (!allowed) ok(GetLastError() == ERROR_ACCESS_DENIED, "mode %o: %lu\n", mode, GetLastError()); /* design 10.3 */
    RevertToSelf();
    if (process.hProcess) CloseHandle(process.hProcess);
    if (process.hThread) CloseHandle(process.hThread);
}

static void test_image(CtxtHandle *alice, const char *path, unsigned int mode, BOOL allowed)
{
    DWORD code = 99;
    BOOL started;

    set_mode(path, mode);
    ok(!ImpersonateSecurityContext(alice), "impersonate\n"); /* design 10.3 */
    SetLastError(0);
    started = start(path, &code);
    ok(carries(kernel_ids(), ALICE), "the thread is another\n"); /* design 10.3 */
    ok(started == allowed, "mode %o: %d, %lu\n", mode, started, GetLastError()); /* design 10.3 */
    if (!allowed) ok(GetLastError() == ERROR_ACCESS_DENIED, "mode %o: %lu\n", mode, GetLastError()); /* design 10.3 */
    if (allowed) ok(!code, "the child is not the server: %lu\n", code); /* design 10.3 */
    RevertToSelf();
    ok(start(path, &code) && !code, "mode %o, the server itself: %lu, %lu\n", mode, GetLastError(), code); /* design 10.3 */
}

/* Wine runs what has no "MZ" as a Unix program: reading it is not enough then. */
static void test_unix_program(CtxtHandle *alice, const char *path)
{
    static const char script[] = "#!/bin/sh\nexit 0\n";
    HANDLE file = CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    DWORD written;

    ok(WriteFile(file, script, sizeof(script) - 1, &written, NULL), "%lu\n", GetLastError()); /* design 10.3 */
    CloseHandle(file);
    test_unix_image(alice, path, 0744, FALSE);
    test_unix_image(alice, path, 0755, TRUE);
    DeleteFileA(path);
}

START_TEST(processes)
{
    static const char image[] = "C:\\guise-image.exe", library[] = "C:\\guise-library.dll";
    CtxtHandle alice;
    HMODULE module;
    char **argv;

    if (winetest_get_mainargs(&argv) >= 3 && !strcmp(argv[2], "child"))
    {
        ok(is_process(kernel_ids()), "uid %d\n", kernel_ids().uid[1]); /* design 10.3 */
        return;
    }
    ok(logon_alice(&alice), "no client\n"); /* design 10.3 */
    ok(CopyFileA(argv[0], image, FALSE), "%lu\n", GetLastError()); /* design 10.3 */
    test_image(&alice, image, 0600, FALSE);
    test_image(&alice, image, 0644, TRUE);
    test_unix_program(&alice, "C:\\guise-script.exe");

    ok(CopyFileA("C:\\windows\\system32\\version.dll", library, FALSE), "%lu\n", GetLastError()); /* design 10.3 */
    set_mode(library, 0600);
    ok(!ImpersonateSecurityContext(&alice), "impersonate\n"); /* design 10.3 */
    module = LoadLibraryA(library);
    ok(!module, "a library that she may not read\n"); /* design 10.3 */
    RevertToSelf();
    DeleteFileA(image);
    DeleteFileA(library);
    DeleteSecurityContext(&alice);
}

/*
 * What led past the hooks once: levels below Impersonation, devices, files of the kernel's own, pipes by another service, threads from outside.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/wine/kernel.h"
#include "tests/wine/logon.h"
#include <wine/test.h>

#define FSCTL_PIPE_IMPERSONATE 0x0011001c
#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static DWORD open_file(const char *path, DWORD access, DWORD disposition)
{
    HANDLE file = CreateFileA(path, access, SHARE_ALL, NULL, disposition, FILE_FLAG_BACKUP_SEMANTICS, NULL);

    if (file == INVALID_HANDLE_VALUE) return GetLastError();
    CloseHandle(file);
    return 0;
}

/* The client chooses the level, and with `identification = token-only` the thread's ids stay the server's. */
static void test_level(HANDLE token, const char *folder, SECURITY_IMPERSONATION_LEVEL level)
{
    char old[MAX_PATH], new[MAX_PATH], made[MAX_PATH];
    HANDLE copy, pipe;
    DWORD error;

    sprintf(old, "%s\\old", folder);
    sprintf(new, "%s\\new", folder);
    sprintf(made, "%s\\made", folder);
    ok(!open_file(old, GENERIC_WRITE, CREATE_ALWAYS), "%s: %lu\n", old, GetLastError()); /* design 10.4 */
    ok(DuplicateTokenEx(token, TOKEN_ALL_ACCESS, NULL, level, TokenImpersonation, &copy), "%lu\n", GetLastError()); /* design 10.2 */
    ok(SetThreadToken(NULL, copy), "%lu\n", GetLastError()); /* design 10.3 */
    error = open_file(old, GENERIC_READ, OPEN_EXISTING);
    ok(error == ERROR_BAD_IMPERSONATION_LEVEL, "open at level %d: %lu\n", level, error); /* design 10.4 */
    error = open_file(made, GENERIC_WRITE, CREATE_NEW);
    ok(error == ERROR_BAD_IMPERSONATION_LEVEL, "create at level %d: %lu\n", level, error); /* design 10.4 */
    error = open_file("Z:\\no\\such\\file", 0, OPEN_EXISTING);
    ok(error == ERROR_BAD_IMPERSONATION_LEVEL, "what is missing at level %d: %lu\n", level, error); /* design 10.4 */
    ok(GetFileAttributesA(old) == INVALID_FILE_ATTRIBUTES && GetLastError() == ERROR_BAD_IMPERSONATION_LEVEL, "attributes at level %d: %lu\n",
       level, GetLastError()); /* design 10.4 */
    ok(!DeleteFileA(old), "deleted at level %d\n", level); /* design 10.4 */
    ok(!MoveFileA(old, new), "renamed at level %d\n", level); /* design 10.4 */
    ok(!CreateDirectoryA(new, NULL), "a folder made at level %d\n", level); /* design 10.4 */
    pipe = CreateNamedPipeA("\\\\.\\pipe\\guise-level", PIPE_ACCESS_DUPLEX, 0, 1, 64, 64, 0, NULL);
    error = open_file("\\\\.\\pipe\\guise-level", GENERIC_READ, OPEN_EXISTING);
    ok(!error, "a pipe at level %d: %lu\n", level, error); /* design 10.4 */
    CloseHandle(pipe);
    RevertToSelf();
    ok(GetFileAttributesA(old) != INVALID_FILE_ATTRIBUTES, "%s has gone: %lu\n", old, GetLastError()); /* design 10.4 */
    ok(GetFileAttributesA(made) == INVALID_FILE_ATTRIBUTES, "%s was made\n", made); /* design 10.4 */
    ok(DeleteFileA(old), "%lu\n", GetLastError()); /* design 10.4 */
    CloseHandle(copy);
}

/* wineserver would open them as itself, also for their attributes, and devices do things then. */
static void test_devices(HANDLE token)
{
    static const char *const closed[] = { "console", "mem", "loop-control", "btrfs-control", "port" };
    char path[MAX_PATH];
    BOOL found = FALSE;
    DWORD error;
    size_t i;

    ok(SetThreadToken(NULL, token), "%lu\n", GetLastError()); /* design 10.3 */
    for (i = 0; i < ARRAYSIZE(closed); i++)
    {
        sprintf(path, "\\\\?\\unix\\dev\\%s", closed[i]);
        error = open_file(path, 0, OPEN_EXISTING);
        if (error == ERROR_FILE_NOT_FOUND) continue;
        found = TRUE;
        ok(error == ERROR_ACCESS_DENIED, "attributes of %s: %lu\n", path, error); /* design 10.4 */
    }
    if (!found) skip("no device that is root's alone\n");
    error = open_file("\\\\?\\unix\\dev\\zero", GENERIC_READ, OPEN_EXISTING);
    ok(!error, "/dev/zero: %lu\n", error); /* design 10.4 */
    error = open_file("\\\\?\\unix\\proc\\kallsyms", GENERIC_READ, OPEN_EXISTING);
    ok(error == ERROR_ACCESS_DENIED || error == ERROR_FILE_NOT_FOUND, "what the kernel tells root: %lu\n", error); /* design 10.4 */
    error = open_file("\\\\?\\unix\\proc\\version", 0, OPEN_EXISTING);
    ok(error == ERROR_ACCESS_DENIED, "a file of the kernel's own: %lu\n", error); /* design 10.4 */
    error = open_file("\\\\?\\unix\\proc", GENERIC_READ, OPEN_EXISTING);
    ok(!error, "a folder of the kernel's own: %lu\n", error); /* design 10.4 */
    RevertToSelf();
}

/* What wineserver puts on the thread then is the pipe's client, the process: the kernel's side has to follow. */
static void test_pipe(HANDLE token)
{
    HANDLE server = CreateNamedPipeA("\\\\.\\pipe\\guise-ways", PIPE_ACCESS_DUPLEX, 0, 1, 64, 64, 0, NULL), client;
    DWORD count;
    char byte;

    client = CreateFileA("\\\\.\\pipe\\guise-ways", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    ok(WriteFile(client, "x", 1, &count, NULL) && ReadFile(server, &byte, 1, &count, NULL), "%lu\n", GetLastError()); /* design 10.3 */
    ok(SetThreadToken(NULL, token), "%lu\n", GetLastError()); /* design 10.3 */
    ok(DeviceIoControl(server, FSCTL_PIPE_IMPERSONATE, NULL, 0, NULL, 0, &count, NULL), "%lu\n", GetLastError()); /* design 10.3 */
    ok(is_process(kernel_ids()), "uid %d\n", kernel_ids().uid[0]); /* design 10.3 */
    RevertToSelf();
    CloseHandle(client);
    CloseHandle(server);
}

static struct kernel_ids outsiders;

static DWORD WINAPI outsider(void *unused)
{
    (void)unused;
    outsiders = kernel_ids();
    return 0;
}

/* This process has one thread that waits, which Wine has make those that another process asks for. */
static void test_remote_thread(HANDLE token)
{
    STARTUPINFOA startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION child;
    char line[2 * MAX_PATH], **arguments;
    BOOL made;

    winetest_get_mainargs(&arguments);
    sprintf(line, "\"%s\" ways_past %lu %p", arguments[0], GetCurrentProcessId(), outsider);
    made = CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child);
    ok(made, "%lu\n", GetLastError()); /* design 10.3 */
    if (!made) return;
    ok(SetThreadToken(NULL, token), "%lu\n", GetLastError()); /* design 10.3 */
    WaitForSingleObject(child.hProcess, 30000);
    ok(carries(kernel_ids(), ALICE), "uid %d\n", kernel_ids().uid[0]); /* design 10.3 */
    RevertToSelf();
    ok(outsiders.here && is_process(outsiders), "%d: uid %d %d %d\n", outsiders.here, outsiders.uid[0], outsiders.uid[1], outsiders.uid[2]); /* design 10.3 */
    CloseHandle(child.hProcess);
    CloseHandle(child.hThread);
}

static void make_remote_thread(const char *process_id, const char *start)
{
    HANDLE process = OpenProcess(PROCESS_ALL_ACCESS, FALSE, strtoul(process_id, NULL, 10)), thread;
    void *address = NULL;

    sscanf(start, "%p", &address);
    thread = CreateRemoteThread(process, NULL, 0, (LPTHREAD_START_ROUTINE)address, NULL, 0, NULL);
    ok(thread != NULL, "%lu\n", GetLastError()); /* design 10.3 */
    ok(WaitForSingleObject(thread, 20000) == WAIT_OBJECT_0, "the thread did not end\n"); /* design 10.3 */
}

/* With no descriptor left, a handle is not taken for one of no file, whose security is wineserver's. */
static void test_no_descriptor(HANDLE token, const char *folder)
{
    union { SECURITY_DESCRIPTOR descriptor; char room[1024]; } u;
    char path[MAX_PATH];
    DWORD needed, error;
    unsigned int before;
    HANDLE file;
    BOOL set;

    sprintf(path, "%s\\secured", folder);
    file = CreateFileA(path, GENERIC_READ | WRITE_DAC | DELETE, SHARE_ALL, NULL, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    ok(GetFileSecurityA(path, DACL_SECURITY_INFORMATION, &u.descriptor, sizeof(u), &needed), "%lu\n", GetLastError()); /* design 10.4 */
    ok(SetThreadToken(NULL, token), "%lu\n", GetLastError()); /* design 10.3 */
    before = kernel_limit_descriptors(3);
    set = SetKernelObjectSecurity(file, DACL_SECURITY_INFORMATION, &u.descriptor);
    error = GetLastError();
    if (before) kernel_limit_descriptors(before);
    ok(before && !set && error == ERROR_TOO_MANY_OPEN_FILES, "%u: %d, %lu\n", before, set, error); /* design 10.4 */
    RevertToSelf();
    CloseHandle(file);
}

struct worker
{
    char path[MAX_PATH];
    volatile LONG stop;
    int opened;
};

static DWORD WINAPI work(void *parameter)
{
    struct worker *worker = parameter;

    for (; !worker->stop; worker->opened++) open_file(worker->path, GENERIC_READ, OPEN_EXISTING);
    return 0;
}

/* Nobody else changes who a thread is in the middle of what it does to a file: it is waited for. */
static void test_busy_thread(HANDLE token, const char *folder)
{
    struct worker worker = { .stop = FALSE };
    HANDLE thread;
    int i;

    sprintf(worker.path, "%s\\busy", folder);
    ok(!open_file(worker.path, GENERIC_WRITE, CREATE_NEW), "%lu\n", GetLastError()); /* design 10.3 */
    thread = CreateThread(NULL, 0, work, &worker, 0, NULL);
    for (i = 0; i < 50; i++)
    {
        ok(SetThreadToken(&thread, token), "%d: %lu\n", i, GetLastError()); /* design 10.3 */
        ok(SetThreadToken(&thread, NULL), "%d: %lu\n", i, GetLastError()); /* design 10.3 */
    }
    worker.stop = TRUE;
    ok(WaitForSingleObject(thread, 10000) == WAIT_OBJECT_0 && worker.opened, "the thread did not end\n"); /* design 10.3 */
    ok(DeleteFileA(worker.path), "%lu\n", GetLastError()); /* design 10.3 */
    CloseHandle(thread);
}

START_TEST(ways_past)
{
    char folder[MAX_PATH], **arguments;
    CtxtHandle alice;
    HANDLE token;

    if (winetest_get_mainargs(&arguments) == 4)
    {
        make_remote_thread(arguments[2], arguments[3]);
        return;
    }
    ok(logon_alice(&alice) && !QuerySecurityContextToken(&alice, &token), "no client\n"); /* design 10.2 */
    GetTempPathA(sizeof(folder) - 16, folder);
    strcat(folder, "guise-ways");
    ok(CreateDirectoryA(folder, NULL), "%lu\n", GetLastError()); /* design 10.4 */
    test_level(token, folder, SecurityIdentification);
    test_level(token, folder, SecurityAnonymous);
    test_no_descriptor(token, folder);
    test_busy_thread(token, folder);
    RemoveDirectoryA(folder);
    test_devices(token);
    test_pipe(token);
    test_remote_thread(token);
    CloseHandle(token);
    DeleteSecurityContext(&alice);
}

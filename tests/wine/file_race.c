/*
 * Somebody exchanges a symbolic link while a program that impersonates uses it: now it leads to what the client may use, now to what it may not.
 * Run by tests/wine/check_files, which makes the files, exchanges the link, and looks at what became of the others' files afterwards.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "logon.h"

#include <stdio.h>
#include <wine/test.h>

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
#define MINE      "what is mine"

/* The folder of the race: `mine` is the client's, `flip` leads there and elsewhere in turns. */
static char top[MAX_PATH];
static int leaks; /* that the program itself sees */

static const char *in(const char *folder, const char *name, int number)
{
    static char paths[2][MAX_PATH];
    static int turn;
    char *path = paths[turn ^= 1];

    sprintf(path, number ? "%s\\%s\\%s-%d" : "%s\\%s\\%s", top, folder, name, number);
    return path;
}

/* Opens and ends with that, or does something with it. */
static BOOL use(const char *path, DWORD access, DWORD disposition, DWORD flags, BOOL (*then)(HANDLE file))
{
    HANDLE file = CreateFileA(path, access, SHARE_ALL, NULL, disposition, flags, NULL);
    BOOL done;

    if (file == INVALID_HANDLE_VALUE) return FALSE;
    done = !then || then(file);
    CloseHandle(file);
    return done;
}

static BOOL read_it(HANDLE file)
{
    char text[64] = "";
    DWORD size = 0;

    if (!ReadFile(file, text, sizeof(text) - 1, &size, NULL)) return FALSE;
    if (strncmp(text, MINE, strlen(MINE))) leaks++;
    return TRUE;
}

static BOOL write_it(HANDLE file)
{
    DWORD size;

    return WriteFile(file, MINE, strlen(MINE), &size, NULL);
}

static BOOL dispose(HANDLE file)
{
    FILE_DISPOSITION_INFO information = { TRUE };

    return SetFileInformationByHandle(file, FileDispositionInfo, &information, sizeof(information));
}

static BOOL give_dacl(HANDLE file)
{
    SECURITY_DESCRIPTOR empty;
    ACL dacl;

    return InitializeSecurityDescriptor(&empty, SECURITY_DESCRIPTOR_REVISION) && InitializeAcl(&dacl, sizeof(dacl), ACL_REVISION) &&
           SetSecurityDescriptorDacl(&empty, TRUE, &dacl, FALSE) && SetKernelObjectSecurity(file, DACL_SECURITY_INFORMATION, &empty);
}

static BOOL do_read(int n) { (void)n; return use(in("flip", "data", 0), GENERIC_READ, OPEN_EXISTING, 0, read_it); }
static BOOL do_write(int n) { (void)n; return use(in("flip", "data", 0), GENERIC_WRITE, OPEN_EXISTING, 0, write_it); }
static BOOL do_truncate(int n) { (void)n; return use(in("flip", "data", 0), GENERIC_WRITE, CREATE_ALWAYS, 0, NULL); }
static BOOL do_create(int n) { return use(in("flip", "new", n), GENERIC_WRITE, CREATE_NEW, 0, NULL); }
static BOOL do_make_folder(int n) { return CreateDirectoryA(in("flip", "folder", n), NULL); }
static BOOL do_attributes(int n) { return SetFileAttributesA(in("flip", "data", 0), n & 1 ? FILE_ATTRIBUTE_READONLY : FILE_ATTRIBUTE_NORMAL); }
static BOOL do_security(int n) { (void)n; return use(in("flip", "other", 0), WRITE_DAC, OPEN_EXISTING, 0, give_dacl); }

static BOOL make_victim(void)
{
    return use(in("mine", "victim", 0), GENERIC_WRITE, OPEN_ALWAYS, 0, NULL);
}

static BOOL do_delete(int n) { (void)n; make_victim(); return DeleteFileA(in("flip", "victim", 0)); }
static BOOL do_dispose(int n) { (void)n; make_victim(); return use(in("flip", "victim", 0), DELETE, OPEN_EXISTING, 0, dispose); }
static BOOL do_delete_on_close(int n)
{
    (void)n;
    make_victim();
    return use(in("flip", "victim", 0), DELETE, OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE, NULL);
}

static BOOL do_remove_folder(int n)
{
    (void)n;
    CreateDirectoryA(in("mine", "sub", 0), NULL);
    return RemoveDirectoryA(in("flip", "sub", 0));
}

static BOOL do_rename(int n) { (void)n; make_victim(); return MoveFileExA(in("mine", "victim", 0), in("flip", "data", 0), MOVEFILE_REPLACE_EXISTING); }
static BOOL do_rename_away(int n) { make_victim(); return MoveFileExA(in("flip", "victim", 0), in("mine", "moved", n), MOVEFILE_REPLACE_EXISTING); }
static BOOL do_link(int n) { return CreateHardLinkA(in("flip", "linked", n), in("mine", "other", 0), NULL); }

static BOOL do_list(int n)
{
    WIN32_FIND_DATAA found;
    HANDLE search = FindFirstFileA(in("flip", "*", 0), &found);

    (void)n;
    if (search == INVALID_HANDLE_VALUE) return FALSE;
    do
        if (!strcmp(found.cFileName, "unlisted")) leaks++;
    while (FindNextFileA(search, &found));
    FindClose(search);
    return TRUE;
}

static const struct
{
    const char *name;
    BOOL (*run)(int number);
} operations[] = {
    { "read", do_read },
    { "write", do_write },
    { "truncate", do_truncate },
    { "create", do_create },
    { "make-folder", do_make_folder },
    { "remove-folder", do_remove_folder },
    { "delete", do_delete },
    { "dispose", do_dispose },
    { "delete-on-close", do_delete_on_close },
    { "rename", do_rename },
    { "rename-away", do_rename_away },
    { "link", do_link },
    { "attributes", do_attributes },
    { "security", do_security },
    { "list", do_list },
};

START_TEST(file_race)
{
    char operation[32], count[16];
    SECURITY_STATUS status;
    CtxtHandle client;
    int i, number, done = 0;

    if (!GetEnvironmentVariableA("GUISE_FILE_RACE", top, sizeof(top)) || !GetEnvironmentVariableA("GUISE_FILE_OPERATION", operation, sizeof(operation)) ||
        !GetEnvironmentVariableA("GUISE_FILE_COUNT", count, sizeof(count)))
    {
        skip("run by tests/wine/check_files\n");
        return;
    }
    for (i = 0; i < (int)ARRAYSIZE(operations) && strcmp(operations[i].name, operation); i++)
        ;
    ok(i < (int)ARRAYSIZE(operations), "%s: no such operation\n", operation); /* design 10.4 */
    if (i == (int)ARRAYSIZE(operations)) return;
    status = logon_alice(&client) ? ImpersonateSecurityContext(&client) : SEC_E_LOGON_DENIED;
    ok(!status, "nobody is impersonated: %#lx\n", status); /* design 10.3 */
    if (status) return;
    /* On a busy machine the link may have stood wrong all the time. */
    for (number = 1; number <= atoi(count) || (!done && number <= 3 * atoi(count)); number++)
    {
        if (number > atoi(count)) Sleep(1);
        done += operations[i].run(number) != FALSE;
    }
    RevertSecurityContext(&client);
    ok(done > 0, "%s: never done\n", operation); /* design 10.4 */
    ok(!leaks, "%s: %d leaks in %s rounds\n", operation, leaks, count); /* design 10.4 */
    trace("%s: %d of %s rounds did it\n", operation, done, count);
}

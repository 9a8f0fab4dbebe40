/*
 * Files while a program impersonates: every operation of tests/wine/check_files, whose cases say what the kernel gives to that user.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "logon.h"

#include <stdio.h>
#include <wine/test.h>

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

NTSYSAPI NTSTATUS NTAPI NtDeleteFile(OBJECT_ATTRIBUTES *);

struct test_case
{
    char title[64], operation[32], expected[32], path[MAX_PATH], second[MAX_PATH];
};

/* ---- operations: a Win32 error, 0 for success ------------------------------------------------------------------- */

static DWORD result_of(BOOL success)
{
    return success ? 0 : GetLastError();
}

static DWORD open_file(const char *path, DWORD access, DWORD disposition, DWORD flags)
{
    HANDLE file = CreateFileA(path, access, SHARE_ALL, NULL, disposition, flags, NULL);
    DWORD error = result_of(file != INVALID_HANDLE_VALUE);

    if (!error) CloseHandle(file);
    return error;
}

static DWORD see(const struct test_case *c) { return open_file(c->path, 0, OPEN_EXISTING, 0); }
static DWORD open_read(const struct test_case *c) { return open_file(c->path, GENERIC_READ, OPEN_EXISTING, 0); }
static DWORD open_write(const struct test_case *c) { return open_file(c->path, GENERIC_WRITE, OPEN_EXISTING, 0); }
static DWORD open_read_write(const struct test_case *c) { return open_file(c->path, GENERIC_READ | GENERIC_WRITE, OPEN_EXISTING, 0); }
static DWORD open_append(const struct test_case *c) { return open_file(c->path, FILE_APPEND_DATA, OPEN_EXISTING, 0); }
static DWORD create_new(const struct test_case *c) { return open_file(c->path, GENERIC_WRITE, CREATE_NEW, 0); }
static DWORD create_always(const struct test_case *c) { return open_file(c->path, GENERIC_WRITE, CREATE_ALWAYS, 0); }
static DWORD open_always(const struct test_case *c) { return open_file(c->path, GENERIC_READ | GENERIC_WRITE, OPEN_ALWAYS, 0); }
static DWORD truncate_file(const struct test_case *c) { return open_file(c->path, GENERIC_WRITE, TRUNCATE_EXISTING, 0); }
static DWORD delete_file(const struct test_case *c) { return result_of(DeleteFileA(c->path)); }
static DWORD delete_on_close(const struct test_case *c) { return open_file(c->path, DELETE, OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE); }
static DWORD rename_file(const struct test_case *c) { return result_of(MoveFileExA(c->path, c->second, MOVEFILE_REPLACE_EXISTING)); }
static DWORD hard_link(const struct test_case *c) { return result_of(CreateHardLinkA(c->second, c->path, NULL)); }
static DWORD make_folder(const struct test_case *c) { return result_of(CreateDirectoryA(c->path, NULL)); }
static DWORD remove_folder(const struct test_case *c) { return result_of(RemoveDirectoryA(c->path)); }
static DWORD attributes_get(const struct test_case *c) { return result_of(GetFileAttributesA(c->path) != INVALID_FILE_ATTRIBUTES); }
static DWORD attributes_set(const struct test_case *c) { return result_of(SetFileAttributesA(c->path, FILE_ATTRIBUTE_READONLY)); }

static void nt_path(const char *path, WCHAR *text, UNICODE_STRING *string)
{
    size_t size = swprintf(text, MAX_PATH, L"\\??\\%hs", path);

    string->Buffer = text;
    string->Length = string->MaximumLength = size * sizeof(WCHAR);
}

static DWORD nt_delete(const struct test_case *c)
{
    WCHAR text[MAX_PATH];
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;

    nt_path(c->path, text, &name);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return RtlNtStatusToDosError(NtDeleteFile(&attributes));
}

/* The cases are UTF-8, and no code page of the program's has to be. */
static DWORD create_unicode(const struct test_case *c)
{
    WCHAR path[MAX_PATH];
    HANDLE file;

    MultiByteToWideChar(CP_UTF8, 0, c->path, -1, path, MAX_PATH);
    file = CreateFileW(path, GENERIC_WRITE, SHARE_ALL, NULL, CREATE_NEW, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return GetLastError();
    CloseHandle(file);
    return 0;
}

static DWORD create_read_only(const struct test_case *c) { return open_file(c->path, GENERIC_WRITE, CREATE_NEW, FILE_ATTRIBUTE_READONLY); }
static DWORD create_and_delete(const struct test_case *c)
{
    return open_file(c->path, GENERIC_WRITE | DELETE, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE);
}
static DWORD any_right(const struct test_case *c) { return open_file(c->path, MAXIMUM_ALLOWED, OPEN_EXISTING, 0); }
static DWORD all_rights(const struct test_case *c) { return open_file(c->path, GENERIC_ALL, OPEN_EXISTING, 0); }
static DWORD write_dac(const struct test_case *c) { return open_file(c->path, WRITE_DAC, OPEN_EXISTING, 0); }
static DWORD delete_right(const struct test_case *c) { return open_file(c->path, DELETE, OPEN_EXISTING, 0); }

static DWORD disposition(const struct test_case *c)
{
    FILE_DISPOSITION_INFO information = { TRUE };
    HANDLE file = CreateFileA(c->path, DELETE, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    DWORD error = result_of(file != INVALID_HANDLE_VALUE);

    if (error) return error;
    error = result_of(SetFileInformationByHandle(file, FileDispositionInfo, &information, sizeof(information)));
    CloseHandle(file);
    return error;
}

static DWORD list(const struct test_case *c)
{
    char pattern[MAX_PATH];
    WIN32_FIND_DATAA found;
    HANDLE search;
    DWORD error;

    sprintf(pattern, "%s\\*", c->path);
    search = FindFirstFileA(pattern, &found);
    error = result_of(search != INVALID_HANDLE_VALUE);
    if (!error) FindClose(search);
    return error;
}

static DWORD time_set(const struct test_case *c)
{
    ULARGE_INTEGER when = { .QuadPart = 126444744000000000 }; /* 2001-09-09 */
    FILETIME time = { when.LowPart, when.HighPart };
    HANDLE file = CreateFileA(c->path, FILE_WRITE_ATTRIBUTES, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    DWORD error = result_of(file != INVALID_HANDLE_VALUE);

    if (error) return error;
    error = result_of(SetFileTime(file, NULL, &time, &time));
    CloseHandle(file);
    return error;
}

static DWORD security_get(const struct test_case *c)
{
    union { SECURITY_DESCRIPTOR descriptor; char room[1024]; } u;
    DWORD needed;

    return result_of(GetFileSecurityA(c->path, OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                                      &u.descriptor, sizeof(u), &needed));
}

/* What is there already. */
static DWORD security_set(const struct test_case *c)
{
    union { SECURITY_DESCRIPTOR descriptor; char room[1024]; } u;
    DWORD needed, error;
    HANDLE file;

    if (!GetFileSecurityA(c->path, DACL_SECURITY_INFORMATION, &u.descriptor, sizeof(u), &needed)) return GetLastError();
    file = CreateFileA(c->path, WRITE_DAC, SHARE_ALL, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    error = result_of(file != INVALID_HANDLE_VALUE);
    if (error) return error;
    error = result_of(SetKernelObjectSecurity(file, DACL_SECURITY_INFORMATION, &u.descriptor));
    CloseHandle(file);
    return error;
}

static DWORD read_backslashes(const struct test_case *c)
{
    char path[MAX_PATH];

    sprintf(path, "\\\\?\\%s", c->path);
    return open_file(path, GENERIC_READ, OPEN_EXISTING, 0);
}

static DWORD delete_backslashes(const struct test_case *c)
{
    char path[MAX_PATH];

    sprintf(path, "\\\\?\\%s", c->path);
    return result_of(DeleteFileA(path));
}

static DWORD read_unix(const struct test_case *c)
{
    char path[MAX_PATH];

    sprintf(path, "\\\\?\\unix%s", c->path + 2);
    return open_file(path, GENERIC_READ, OPEN_EXISTING, 0);
}

static DWORD read_device(const struct test_case *c)
{
    char path[MAX_PATH];

    sprintf(path, "\\\\.\\%s", c->path);
    return open_file(path, GENERIC_READ, OPEN_EXISTING, 0);
}

static DWORD read_other_case(const struct test_case *c)
{
    char path[MAX_PATH];

    strcpy(path, c->path);
    CharUpperA(strrchr(path, '\\'));
    return open_file(path, GENERIC_READ, OPEN_EXISTING, 0);
}

/* By a handle of the folder, opened before the thread impersonated: see run_case(). */
static HANDLE folder;

static DWORD read_relative(const struct test_case *c)
{
    WCHAR text[MAX_PATH];
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;

    name.Length = name.MaximumLength = swprintf(text, MAX_PATH, L"%hs", strrchr(c->path, '\\') + 1) * sizeof(WCHAR);
    name.Buffer = text;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, folder, NULL);
    status = NtOpenFile(&file, GENERIC_READ | SYNCHRONIZE, &attributes, &io, SHARE_ALL, FILE_SYNCHRONOUS_IO_NONALERT);
    if (!status) NtClose(file);
    return RtlNtStatusToDosError(status);
}

static DWORD load_library(const struct test_case *c)
{
    HMODULE module = LoadLibraryA(c->path);
    DWORD error = result_of(module != NULL);

    if (!error) FreeLibrary(module);
    return error;
}

static DWORD create_process(const struct test_case *c)
{
    STARTUPINFOA start = { .cb = sizeof(start), .dwFlags = STARTF_USESTDHANDLES };
    PROCESS_INFORMATION made;

    if (!CreateProcessA(c->path, NULL, NULL, NULL, FALSE, DETACHED_PROCESS, NULL, NULL, &start, &made)) return GetLastError();
    WaitForSingleObject(made.hProcess, INFINITE);
    CloseHandle(made.hProcess);
    CloseHandle(made.hThread);
    return 0;
}

static const struct
{
    const char *name;
    DWORD (*run)(const struct test_case *c);
} operations[] = {
    { "see", see },
    { "open-read", open_read },
    { "open-write", open_write },
    { "open-read-write", open_read_write },
    { "open-append", open_append },
    { "open-missing", open_read },
    { "create-new", create_new },
    { "create-new-there", create_new },
    { "create-always", create_always },
    { "create-always-there", create_always },
    { "open-always", open_always },
    { "open-always-there", open_always },
    { "truncate", truncate_file },
    { "delete", delete_file },
    { "delete-missing", delete_file },
    { "delete-on-close", delete_on_close },
    { "nt-delete", nt_delete },
    { "rename", rename_file },
    { "rename-out", rename_file },
    { "rename-over", rename_file },
    { "rename-folder", rename_file },
    { "hard-link", hard_link },
    { "hard-link-here", hard_link },
    { "make-folder", make_folder },
    { "make-folder-there", make_folder },
    { "remove-folder", remove_folder },
    { "remove-full-folder", remove_folder },
    { "list", list },
    { "list-sub", list },
    { "attributes-get", attributes_get },
    { "attributes-set", attributes_set },
    { "time-set", time_set },
    { "security-get", security_get },
    { "security-set", security_set },
    { "read-backslashes", read_backslashes },
    { "delete-backslashes", delete_backslashes },
    { "read-unix", read_unix },
    { "read-other-case", read_other_case },
    { "read-relative", read_relative },
    { "read-device", read_device },
    { "read-any-right", any_right },
    { "write-dac", write_dac },
    { "delete-right", delete_right },
    { "all-rights", all_rights },
    { "disposition", disposition },
    { "create-unicode", create_unicode },
    { "create-read-only", create_read_only },
    { "create-and-delete", create_and_delete },
    { "load-library", load_library },
    { "create-process", create_process },
};

/* ---- cases ------------------------------------------------------------------------------------------------------ */

static const char *name_of_error(DWORD error)
{
    static char other[32];

    switch (error)
    {
    case 0: return "ok";
    case ERROR_ACCESS_DENIED: return "denied";
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_MOD_NOT_FOUND: return "missing";
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS: return "exists";
    case ERROR_DIR_NOT_EMPTY: return "full";
    default: sprintf(other, "error %lu", error); return other;
    }
}

static void run_case(const struct test_case *c, CtxtHandle *client)
{
    SECURITY_STATUS status;
    char parent[MAX_PATH];
    DWORD error;
    size_t i;

    for (i = 0; i < ARRAYSIZE(operations) && strcmp(operations[i].name, c->operation); i++)
        ;
    if (i == ARRAYSIZE(operations))
    {
        ok(0, "%s: no such operation\n", c->title); /* design 10.4 */
        return;
    }
    strcpy(parent, c->path);
    *strrchr(parent, '\\') = 0;
    folder = CreateFileA(parent, GENERIC_READ, SHARE_ALL, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    status = ImpersonateSecurityContext(client);
    ok(!status, "%s: nobody is impersonated: %#lx\n", c->title, status); /* design 10.3 */
    if (status) return;
    error = operations[i].run(c);
    status = RevertSecurityContext(client);
    ok(!status, "%s: not reverted: %#lx\n", c->title, status); /* design 10.3 */
    CloseHandle(folder);
    ok(!strcmp(name_of_error(error), c->expected), "%s: got %s, the kernel gives %s\n", c->title, name_of_error(error), c->expected); /* design 10.4 */
}

START_TEST(files)
{
    char path[MAX_PATH], line[1024];
    struct test_case c;
    CtxtHandle client;
    FILE *cases;

    if (!GetEnvironmentVariableA("GUISE_FILE_CASES", path, sizeof(path)))
    {
        skip("run by tests/wine/check_files\n");
        return;
    }
    if (!logon_alice(&client))
    {
        ok(0, "no client\n"); /* design 10.3 */
        return;
    }
    cases = fopen(path, "r");
    ok(cases != NULL, "%s cannot be read\n", path); /* design 10.4 */
    while (cases && fgets(line, sizeof(line), cases))
    {
        memset(&c, 0, sizeof(c));
        strcpy(c.path, "Z:");
        strcpy(c.second, "Z:");
        if (sscanf(line, "%63s %31s %31s %200s %200s", c.title, c.operation, c.expected, c.path + 2, c.second + 2) >= 4) run_case(&c, &client);
    }
    if (cases) fclose(cases);
}

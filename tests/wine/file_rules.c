/*
 * Files while a program impersonates: handles and their rights, names that are no files, bad pointers, and what is refused.
 * tests/wine/check_files compares the ordinary operations with the kernel.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <winsock2.h>

#include "kernel.h"
#include "logon.h"

#include <stdio.h>
#include <wine/test.h>

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

#ifndef FILE_OPEN_BY_FILE_ID
#define FILE_OPEN_BY_FILE_ID 0x2000
#endif
#define SYNCHRONOUS FILE_SYNCHRONOUS_IO_NONALERT

NTSYSAPI NTSTATUS NTAPI NtDeleteFile(OBJECT_ATTRIBUTES *);
NTSYSAPI NTSTATUS NTAPI NtLoadDriver(const UNICODE_STRING *);
NTSYSAPI NTSTATUS NTAPI NtLoadKey(const OBJECT_ATTRIBUTES *, OBJECT_ATTRIBUTES *);
NTSYSAPI NTSTATUS NTAPI NtQueryAttributesFile(const OBJECT_ATTRIBUTES *, void *);
NTSYSAPI NTSTATUS NTAPI NtSetSecurityObject(HANDLE, SECURITY_INFORMATION, void *);

static CtxtHandle alice, bob;
/* Folders below Z:\tmp: the process's, Alice's and Bob's; each with a file `data`. */
static char root_folder[64], alice_folder[64], bob_folder[64];

static void begin(CtxtHandle *client)
{
    SECURITY_STATUS status = ImpersonateSecurityContext(client);

    ok(!status, "nobody is impersonated: %#lx\n", status); /* design 10.3 */
    if (status) exit(1);
}

static void end(void)
{
    if (!RevertToSelf()) exit(1);
}

static const char *in(const char *folder, const char *name)
{
    static char paths[4][MAX_PATH];
    static unsigned int turn;
    char *path = paths[turn++ % 4];

    sprintf(path, "%s\\%s", folder, name);
    return path;
}

static DWORD open_file(const char *path, DWORD access, DWORD disposition, DWORD flags)
{
    HANDLE file = CreateFileA(path, access, SHARE_ALL, NULL, disposition, flags, NULL);

    if (file == INVALID_HANDLE_VALUE) return GetLastError();
    CloseHandle(file);
    return 0;
}

static BOOL exists(const char *path)
{
    return GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES;
}

/* Whether the thread is Alice to the kernel, and the process not shut out. */
static void check_alice(const char *after)
{
    DWORD own = open_file(in(alice_folder, "private"), GENERIC_READ, OPEN_EXISTING, 0);
    DWORD others = open_file(in(root_folder, "data"), GENERIC_WRITE, OPEN_EXISTING, 0);

    ok(!own && others == ERROR_ACCESS_DENIED, "after %s: own file %lu, another's %lu\n", after, own, others); /* design 10.5 */
}

/* ---- rights of handles ---------------------------------------------------------------------------------------- */

static ACCESS_MASK granted(const char *path, ACCESS_MASK access)
{
    PUBLIC_OBJECT_BASIC_INFORMATION information = { 0 };
    HANDLE file = CreateFileA(path, access, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);

    if (file == INVALID_HANDLE_VALUE) return 0;
    NtQueryObject(file, ObjectBasicInformation, &information, sizeof(information), NULL);
    CloseHandle(file);
    return information.GrantedAccess;
}

static void test_maximum_allowed(void)
{
    const ACCESS_MASK more = FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_ATTRIBUTES | DELETE | WRITE_DAC | WRITE_OWNER;
    ACCESS_MASK access;

    begin(&alice);
    access = granted(in(alice_folder, "data"), MAXIMUM_ALLOWED);
    ok((access & (more | FILE_READ_DATA)) == (more | FILE_READ_DATA), "of one's own: %#lx\n", access); /* design 10.4 */
    access = granted(in(root_folder, "data"), MAXIMUM_ALLOWED);
    ok(access & FILE_READ_DATA && !(access & more), "of another's: %#lx\n", access); /* design 10.4 */
    access = granted(in(root_folder, "data"), GENERIC_ALL);
    ok(!access, "all of another's: %#lx\n", access); /* design 10.4 */
    access = open_file(in(alice_folder, "data"), GENERIC_READ | ACCESS_SYSTEM_SECURITY, OPEN_EXISTING, 0);
    ok(access == ERROR_PRIVILEGE_NOT_HELD, "the SACL: %lu\n", access); /* design 10.4 */
    end();
}

static void test_open_handles(void)
{
    HANDLE servers, clients;
    char text[16] = "";
    DWORD size;

    servers = CreateFileA(in(root_folder, "private"), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, 0, NULL);
    ok(WriteFile(servers, "secret", 6, &size, NULL), "write: %lu\n", GetLastError()); /* design 10.4 */
    begin(&alice);
    SetFilePointer(servers, 0, NULL, FILE_BEGIN);
    ok(ReadFile(servers, text, 6, &size, NULL) && size == 6, "the server's handle: %lu\n", GetLastError()); /* design 10.4 */
    clients = CreateFileA(in(alice_folder, "private"), GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    ok(clients != INVALID_HANDLE_VALUE, "one's own: %lu\n", GetLastError()); /* design 10.4 */
    size = open_file(in(alice_folder, "private"), GENERIC_READ, OPEN_EXISTING, 0);
    ok(size == ERROR_SHARING_VIOLATION, "one that is open alone: %lu\n", size); /* design 10.4 */
    size = open_file(in(root_folder, "data"), GENERIC_WRITE, OPEN_EXISTING, 0);
    ok(size == ERROR_ACCESS_DENIED, "another's: %lu\n", size); /* design 10.4 */
    end();
    ok(ReadFile(clients, text, 6, &size, NULL), "the client's handle: %lu\n", GetLastError()); /* design 10.4 */
    CloseHandle(clients);
    CloseHandle(servers);
}

/* The process's other threads go on as the process. */
static DWORD WINAPI other_thread(void *result)
{
    *(DWORD *)result = open_file(in(root_folder, "data"), GENERIC_WRITE, OPEN_EXISTING, 0);
    return 0;
}

static void test_other_thread(void)
{
    DWORD result = ~0u;
    HANDLE thread;

    begin(&alice);
    thread = CreateThread(NULL, 0, other_thread, &result, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    ok(!result, "another thread: %lu\n", result); /* design 5.11 */
    check_alice("a thread was made");
    end();
}

/* What it is called, as realpath() of Windows programs asks. */
static void test_final_path(void)
{
    char path[MAX_PATH] = "";
    HANDLE file;
    DWORD size;

    begin(&alice);
    file = CreateFileA(in(alice_folder, "DATA"), GENERIC_READ, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    size = GetFinalPathNameByHandleA(file, path, sizeof(path), FILE_NAME_NORMALIZED);
    ok(size && strstr(path, "\\data"), "%s: %lu\n", path, GetLastError()); /* design 10.4 */
    CloseHandle(file);
    end();
}

/* ---- names ---------------------------------------------------------------------------------------------------- */

static NTSTATUS open_name(HANDLE root, const WCHAR *text, ULONG length, ACCESS_MASK access, ULONG disposition, ULONG options, HANDLE *file)
{
    UNICODE_STRING name = { length, length, (WCHAR *)text };
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    NTSTATUS status;
    HANDLE opened;

    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, root, NULL);
    status = NtCreateFile(&opened, access | SYNCHRONIZE, &attributes, &io, NULL, 0, SHARE_ALL, disposition, options | SYNCHRONOUS, NULL, 0);
    if (!status && file) *file = opened;
    else if (!status) NtClose(opened);
    return status;
}

static NTSTATUS open_nt(const WCHAR *name, ACCESS_MASK access)
{
    return open_name(NULL, name, wcslen(name) * sizeof(WCHAR), access, FILE_OPEN, 0, NULL);
}

static void test_devices(void)
{
    static const WCHAR *const refused[] = { L"\\??\\PhysicalDrive0", L"\\??\\MountPointManager", L"\\Device\\MountPointManager",
                                            L"\\Device\\HarddiskVolume1", L"\\Device\\HarddiskVolume1\\windows\\win.ini", L"\\??\\PIPELINE" };
    static const char pipe_name[] = "\\\\.\\pipe\\guise-file-rules", slot_name[] = "\\\\.\\mailslot\\guise-file-rules";
    HANDLE pipe, slot;
    NTSTATUS status;
    WSADATA data;
    SOCKET socket_of;
    DWORD error;
    size_t i;

    WSAStartup(MAKEWORD(2, 2), &data);
    begin(&alice);
    for (i = 0; i < ARRAYSIZE(refused); i++)
    {
        status = open_nt(refused[i], GENERIC_READ);
        ok(status, "%ls is opened\n", refused[i]); /* design 10.4 */
    }
    status = open_nt(L"\\??\\MountPointManager", GENERIC_READ | GENERIC_WRITE);
    ok(status == STATUS_ACCESS_DENIED, "a device: %#lx\n", status); /* design 10.4 */
    error = open_file("NUL", GENERIC_READ | GENERIC_WRITE, OPEN_EXISTING, 0);
    ok(!error, "NUL: %lu\n", error); /* design 10.4 */
    pipe = CreateNamedPipeA(pipe_name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 0, 0, 0, NULL);
    ok(pipe != INVALID_HANDLE_VALUE, "pipe: %lu\n", GetLastError()); /* design 10.4 */
    error = open_file(pipe_name, GENERIC_READ | GENERIC_WRITE, OPEN_EXISTING, 0);
    ok(!error, "the pipe's other end: %lu\n", error); /* design 10.4 */
    CloseHandle(pipe);
    slot = CreateMailslotA(slot_name, 0, 0, NULL);
    ok(slot != INVALID_HANDLE_VALUE, "mailslot: %lu\n", GetLastError()); /* design 10.4 */
    error = open_file(slot_name, GENERIC_WRITE, OPEN_EXISTING, 0);
    ok(!error, "the mailslot's other end: %lu\n", error); /* design 10.4 */
    CloseHandle(slot);
    socket_of = socket(AF_INET, SOCK_STREAM, 0);
    ok(socket_of != INVALID_SOCKET, "socket: %d\n", WSAGetLastError()); /* design 10.4 */
    closesocket(socket_of);
    end();
    WSACleanup();
}

static void test_file_id(void)
{
    BY_HANDLE_FILE_INFORMATION information;
    HANDLE folder, file;
    NTSTATUS status;
    LONGLONG id;

    begin(&alice);
    folder = CreateFileA(alice_folder, GENERIC_READ, SHARE_ALL, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    file = CreateFileA(in(alice_folder, "data"), GENERIC_READ, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    ok(GetFileInformationByHandle(file, &information), "information: %lu\n", GetLastError()); /* design 10.4 */
    id = (LONGLONG)information.nFileIndexHigh << 32 | information.nFileIndexLow;
    CloseHandle(file);
    status = open_name(folder, (WCHAR *)&id, sizeof(id), GENERIC_READ, FILE_OPEN, FILE_OPEN_BY_FILE_ID, NULL);
    ok(status == STATUS_ACCESS_DENIED, "by its number: %#lx\n", status); /* design 10.4 */
    CloseHandle(folder);
    end();
}

/* From the handle of a folder, also when its name has become another's. */
static void test_relative(void)
{
    HANDLE folder, inner;
    NTSTATUS status;

    begin(&alice);
    CreateDirectoryA(in(alice_folder, "here"), NULL);
    folder = CreateFileA(in(alice_folder, "here"), GENERIC_READ, SHARE_ALL, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    status = open_name(folder, L"made", 8, GENERIC_READ, FILE_CREATE, FILE_DIRECTORY_FILE, &inner);
    ok(!status && exists(in(alice_folder, "here\\made")), "folder: %#lx\n", status); /* design 10.4 */
    status = open_name(inner, L"file", 8, GENERIC_WRITE, FILE_CREATE, 0, NULL);
    ok(!status && exists(in(alice_folder, "here\\made\\file")), "file: %#lx\n", status); /* design 10.4 */
    status = open_name(inner, L"FILE", 8, DELETE, FILE_OPEN, FILE_DELETE_ON_CLOSE, NULL);
    ok(!status && !exists(in(alice_folder, "here\\made\\file")), "deletion: %#lx\n", status); /* design 10.4 */
    NtClose(inner);
    status = open_name(folder, L"", 0, GENERIC_READ, FILE_OPEN, FILE_DIRECTORY_FILE, NULL);
    ok(!status, "itself: %#lx\n", status); /* design 10.4 */
    MoveFileA(in(alice_folder, "here"), in(alice_folder, "moved"));
    CreateDirectoryA(in(alice_folder, "here"), NULL);
    status = open_name(folder, L"new", 6, GENERIC_WRITE, FILE_CREATE, 0, NULL);
    ok(status && !exists(in(alice_folder, "here\\new")), "in what has taken its name: %#lx\n", status); /* design 10.4 */
    NtClose(folder);
    RemoveDirectoryA(in(alice_folder, "moved\\made"));
    RemoveDirectoryA(in(alice_folder, "moved"));
    ok(RemoveDirectoryA(in(alice_folder, "here")), "the folder is left: %lu\n", GetLastError()); /* design 10.4 */
    end();
}

/* ---- changes -------------------------------------------------------------------------------------------------- */

static void found_name(const char *path, char *name)
{
    WIN32_FIND_DATAA found;
    HANDLE search = FindFirstFileA(path, &found);

    strcpy(name, search == INVALID_HANDLE_VALUE ? "" : found.cFileName);
    if (search != INVALID_HANDLE_VALUE) FindClose(search);
}

static void test_rename(void)
{
    char name[MAX_PATH];

    begin(&alice);
    open_file(in(alice_folder, "first"), GENERIC_WRITE, CREATE_NEW, 0);
    ok(!MoveFileA(in(alice_folder, "first"), in(alice_folder, "data")) && GetLastError() == ERROR_ALREADY_EXISTS, "over another: %lu\n",
       GetLastError()); /* design 10.4 */
    ok(MoveFileA(in(alice_folder, "first"), in(alice_folder, "FIRST")), "letter case: %lu\n", GetLastError()); /* design 10.4 */
    found_name(in(alice_folder, "first"), name);
    ok(!strcmp(name, "FIRST"), "now it is %s\n", name); /* design 10.4 */
    ok(!MoveFileA(in(alice_folder, "FIRST"), in(bob_folder, "first")), "into another's folder\n"); /* design 10.4 */
    ok(CreateHardLinkA(in(alice_folder, "second"), in(alice_folder, "first"), NULL), "link: %lu\n", GetLastError()); /* design 10.4 */
    ok(!CreateHardLinkA(in(alice_folder, "second"), in(alice_folder, "data"), NULL), "link over another\n"); /* design 10.4 */
    ok(DeleteFileA(in(alice_folder, "first")) && DeleteFileA(in(alice_folder, "second")), "deletion: %lu\n", GetLastError()); /* design 10.4 */
    end();
}

static void test_disposition(void)
{
    FILE_DISPOSITION_INFO yes = { TRUE }, no = { FALSE };
    HANDLE file;

    begin(&alice);
    file = CreateFileA(in(alice_folder, "gone"), GENERIC_WRITE | DELETE, SHARE_ALL, NULL, CREATE_NEW, 0, NULL);
    ok(SetFileInformationByHandle(file, FileDispositionInfo, &no, sizeof(no)), "not to be deleted: %lu\n", GetLastError()); /* design 10.4 */
    ok(SetFileInformationByHandle(file, FileDispositionInfo, &yes, sizeof(yes)), "to be deleted: %lu\n", GetLastError()); /* design 10.4 */
    ok(!exists(in(alice_folder, "gone")), "it is there\n"); /* design 10.4 */
    ok(!SetFileInformationByHandle(file, FileDispositionInfo, &no, sizeof(no)), "it came back\n"); /* design 10.4 */
    CloseHandle(file);
    file = CreateFileA(in(alice_folder, "data"), GENERIC_READ, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    ok(!SetFileInformationByHandle(file, FileDispositionInfo, &yes, sizeof(yes)) && GetLastError() == ERROR_ACCESS_DENIED,
       "a handle that does not grant it: %lu\n", GetLastError()); /* design 10.4 */
    CloseHandle(file);
    CreateDirectoryA(in(alice_folder, "folder"), NULL);
    open_file(in(alice_folder, "folder\\file"), GENERIC_WRITE, CREATE_NEW, 0);
    ok(!RemoveDirectoryA(in(alice_folder, "folder")) && GetLastError() == ERROR_DIR_NOT_EMPTY, "a full folder: %lu\n", GetLastError()); /* design 10.4 */
    ok(DeleteFileA(in(alice_folder, "folder\\file")) && RemoveDirectoryA(in(alice_folder, "folder")), "folder: %lu\n", GetLastError()); /* design 10.4 */
    end();
}

static void test_attributes(void)
{
    const char *path = in(alice_folder, "hidden");
    DWORD attributes, error;

    begin(&alice);
    error = open_file(path, GENERIC_WRITE, CREATE_NEW, FILE_ATTRIBUTE_READONLY);
    attributes = GetFileAttributesA(path);
    ok(!error && attributes & FILE_ATTRIBUTE_READONLY, "%lu, attributes %#lx\n", error, attributes); /* design 10.4 */
    ok(!DeleteFileA(path) && GetLastError() == ERROR_ACCESS_DENIED, "a read-only file: %lu\n", GetLastError()); /* design 10.4 */
    ok(SetFileAttributesA(path, FILE_ATTRIBUTE_NORMAL) && DeleteFileA(path), "deletion: %lu\n", GetLastError()); /* design 10.4 */
    end();
}

/* ---- security descriptors --------------------------------------------------------------------------------------- */

/* A file made with a DACL for its owner alone. */
static void test_security(void)
{
    union { SECURITY_DESCRIPTOR descriptor; char room[512]; } owner_of;
    SECURITY_DESCRIPTOR descriptor;
    SECURITY_ATTRIBUTES attributes = { sizeof(attributes), &descriptor, FALSE };
    SID_IDENTIFIER_AUTHORITY nobody = { { 0, 0, 0, 0, 0, 77 } };
    char room[256];
    ACL *dacl = (ACL *)room;
    SID unknown = { SID_REVISION, 1, nobody, { 1 } };
    BOOL defaulted;
    PSID owner;
    HANDLE file;
    DWORD needed, error;

    begin(&alice);
    ok(GetFileSecurityA(in(alice_folder, "data"), OWNER_SECURITY_INFORMATION, &owner_of.descriptor, sizeof(owner_of), &needed) &&
       GetSecurityDescriptorOwner(&owner_of.descriptor, &owner, &defaulted), "owner: %lu\n", GetLastError()); /* design 10.4 */
    InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    InitializeAcl(dacl, sizeof(room), ACL_REVISION);
    AddAccessAllowedAce(dacl, ACL_REVISION, FILE_ALL_ACCESS, owner);
    SetSecurityDescriptorDacl(&descriptor, TRUE, dacl, FALSE);
    file = CreateFileA(in(alice_folder, "alone"), GENERIC_WRITE, SHARE_ALL, &attributes, CREATE_NEW, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "for the owner alone: %lu\n", GetLastError()); /* design 10.4 */
    CloseHandle(file);
    AddAccessAllowedAce(dacl, ACL_REVISION, FILE_ALL_ACCESS, &unknown);
    file = CreateFileA(in(alice_folder, "unknown"), GENERIC_WRITE, SHARE_ALL, &attributes, CREATE_NEW, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "for one who is not known, too: %lu\n", GetLastError()); /* design 10.4 */
    CloseHandle(file);
    end();
    begin(&bob);
    error = open_file(in(alice_folder, "data"), GENERIC_READ, OPEN_EXISTING, 0);
    ok(!error, "what everybody may read: %lu\n", error); /* design 10.4 */
    error = open_file(in(alice_folder, "alone"), GENERIC_READ, OPEN_EXISTING, 0);
    ok(error == ERROR_ACCESS_DENIED, "what one alone may read: %lu\n", error); /* design 10.4 */
    error = open_file(in(alice_folder, "unknown"), GENERIC_READ, OPEN_EXISTING, 0);
    ok(error == ERROR_ACCESS_DENIED, "what one who is not known may read: %lu\n", error); /* design 10.4 */
    end();
    begin(&alice);
    ok(DeleteFileA(in(alice_folder, "alone")) && DeleteFileA(in(alice_folder, "unknown")), "deletion: %lu\n", GetLastError()); /* design 10.4 */
    end();
}

/* ---- what is refused, and bad pointers -------------------------------------------------------------------------- */

static void test_refused(void)
{
    UNICODE_STRING name = { 8, 8, (WCHAR *)L"none" };
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    char room[64] = "";
    NTSTATUS status;
    HANDLE file;

    InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
    begin(&alice);
    status = NtLoadDriver(&name);
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "a driver: %#lx\n", status); /* design 10.4 */
    status = NtLoadKey(&attributes, &attributes);
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "a hive: %#lx\n", status); /* design 10.4 */
    file = CreateFileA(in(alice_folder, "data"), GENERIC_ALL, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    status = NtSetInformationFile(file, &io, room, sizeof(room), (FILE_INFORMATION_CLASS)40 /* FileShortNameInformation */);
    ok(status == STATUS_INVALID_INFO_CLASS, "a class that is not known: %#lx\n", status); /* design 10.4 */
    CloseHandle(file);
    end();
}

static void test_bad_pointers(void)
{
    static const WCHAR text[] = L"\\??\\Z:\\tmp";
    void *bad = VirtualAlloc(NULL, 0x1000, MEM_RESERVE, PAGE_NOACCESS);
    UNICODE_STRING name = { sizeof(text) - 2, sizeof(text), (WCHAR *)text }, bad_name = { 64, 64, bad };
    OBJECT_ATTRIBUTES good, nowhere, bad_sd;
    IO_STATUS_BLOCK io;
    HANDLE file, data;
    NTSTATUS status;

    InitializeObjectAttributes(&good, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    InitializeObjectAttributes(&nowhere, &bad_name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    InitializeObjectAttributes(&bad_sd, &name, OBJ_CASE_INSENSITIVE, NULL, bad);
    begin(&alice);
    data = CreateFileA(in(alice_folder, "data"), GENERIC_ALL, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
#define FAULTS(call) \
    do \
    { \
        status = call; \
        ok(status == STATUS_ACCESS_VIOLATION, #call ": %#lx\n", status); /* design 10.5 */ \
        check_alice(#call); \
    } while (0)
    FAULTS(NtCreateFile(bad, GENERIC_READ, &good, &io, NULL, 0, 0, FILE_OPEN, 0, NULL, 0));
    FAULTS(NtCreateFile(&file, GENERIC_READ, &good, bad, NULL, 0, 0, FILE_OPEN, 0, NULL, 0));
    FAULTS(NtCreateFile(&file, GENERIC_READ, bad, &io, NULL, 0, 0, FILE_OPEN, 0, NULL, 0));
    FAULTS(NtOpenFile(&file, GENERIC_READ, &nowhere, &io, 0, 0));
    FAULTS(NtOpenFile(&file, GENERIC_READ, &bad_sd, &io, 0, 0));
    FAULTS(NtDeleteFile(&nowhere));
    FAULTS(NtQueryAttributesFile(&nowhere, &io));
    FAULTS(NtSetInformationFile(data, &io, bad, 0x100, (FILE_INFORMATION_CLASS)10));
    FAULTS(NtSetInformationFile(data, &io, bad, 0x100, (FILE_INFORMATION_CLASS)11));
    FAULTS(NtSetInformationFile(data, &io, bad, 1, (FILE_INFORMATION_CLASS)13));
    FAULTS(NtSetInformationFile(data, bad, &io, 1, (FILE_INFORMATION_CLASS)13));
    FAULTS(NtSetSecurityObject(data, DACL_SECURITY_INFORMATION, bad));
#undef FAULTS
    CloseHandle(data);
    ok(exists(in(alice_folder, "data")), "the file is gone\n"); /* design 10.5 */
    end();
    VirtualFree(bad, 0, MEM_RELEASE);
}

/* ---- stopped at any point --------------------------------------------------------------------------------------- */

static volatile LONG busy_tid, rounds, enough, rests;

/* As Alice, until it is ended: at rest, since one that ends in the middle of a call may take a lock of Wine's along. */
static DWORD WINAPI busy_thread(void *unused)
{
    HANDLE file;

    (void)unused;
    begin(&alice);
    busy_tid = kernel_tid();
    while (!enough)
    {
        file = CreateFileA(in(alice_folder, "busy"), GENERIC_WRITE | DELETE, SHARE_ALL, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
        if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
        GetFileAttributesA(in(root_folder, "data"));
        rounds++;
    }
    rests = 1;
    Sleep(INFINITE);
    return 0;
}

static void test_suspended(void)
{
    HANDLE thread = CreateThread(NULL, 0, busy_thread, NULL, 0, NULL);
    int i, wrong = 0;

    while (!rounds) Sleep(1);
    for (i = 0; i < 300; i++)
    {
        CONTEXT context = { .ContextFlags = CONTEXT_CONTROL };

        SuspendThread(thread);
        GetThreadContext(thread, &context); /* waits until it stands */
        wrong += !carries(kernel_ids_of(busy_tid), ALICE);
        ResumeThread(thread);
        if (i % 16 == 0) Sleep(1);
    }
    ok(!wrong, "%d times in %d somebody else, after %ld rounds\n", wrong, i, rounds); /* design 10.5 */
    enough = 1;
    while (!rests) Sleep(1);
    TerminateThread(thread, 0);
    ok(!WaitForSingleObject(thread, 5000), "it goes on\n"); /* design 10.5 */
    CloseHandle(thread);
    begin(&alice);
    check_alice("a thread was ended");
    DeleteFileA(in(alice_folder, "busy"));
    end();
    ok(is_process(kernel_ids()), "the process is somebody else\n"); /* design 10.5 */
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

static void make_folder(char *path, const char *whose, CtxtHandle *client)
{
    HANDLE file;

    sprintf(path, "Z:\\tmp\\guise-rules-%s-%lu", whose, GetCurrentProcessId());
    if (client) begin(client);
    ok(CreateDirectoryA(path, NULL), "%s: %lu\n", path, GetLastError()); /* design 10.4 */
    file = CreateFileA(in(path, "data"), GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "%s: %lu\n", path, GetLastError()); /* design 10.4 */
    CloseHandle(file);
    ok(!open_file(in(path, "private"), GENERIC_WRITE, CREATE_NEW, 0), "%s: %lu\n", path, GetLastError()); /* design 10.4 */
    if (client) end();
}

static void remove_folder(const char *path, CtxtHandle *client)
{
    if (client) begin(client);
    DeleteFileA(in(path, "data"));
    DeleteFileA(in(path, "private"));
    ok(RemoveDirectoryA(path), "%s is left: %lu\n", path, GetLastError()); /* design 10.4 */
    if (client) end();
}

START_TEST(file_rules)
{
    BOOL logged_on = logon_alice(&alice) && logon_bob(&bob);

    ok(logged_on, "no clients\n"); /* design 10.3 */
    if (!logged_on) return;
    make_folder(root_folder, "root", NULL);
    make_folder(alice_folder, "alice", &alice);
    make_folder(bob_folder, "bob", &bob);
    test_maximum_allowed();
    test_open_handles();
    test_other_thread();
    test_final_path();
    test_devices();
    test_file_id();
    test_relative();
    test_rename();
    test_disposition();
    test_attributes();
    test_security();
    test_refused();
    test_bad_pointers();
    test_suspended();
    remove_folder(bob_folder, &bob);
    remove_folder(alice_folder, &alice);
    remove_folder(root_folder, NULL);
}

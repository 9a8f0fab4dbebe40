/*
 * The Unix half of the services of files, with a Wine that fails where it is told to: nothing is left behind, and nothing is said to have been
 * done that was not. tests/wine has the same with a real one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wine/test.h"

#include "dlls/guise/unix/file.h"
#include "ntoskrnl/rtl/memory.h"

#define MOST_ALLOCATIONS 40
#define CLASS_RENAME     10
#define CLASS_LINK       11
#define CLASS_DISPOSITION 13

static char folder[] = "/tmp/guise-wine-files-XXXXXX";

/* ---- a Wine ----------------------------------------------------------------------------------------------------- */

/* A handle is a descriptor and what it grants. */
static struct
{
    int fd;
    ACCESS_MASK access;
} handles[8];

static NTSTATUS open_fails, fd_fails;  /* what create_file and handle_to_fd answer, if not success */
static const char *other_file;         /* what create_file opens instead */
static ULONG last_options;             /* of create_file */

static HANDLE handle_of(size_t slot)
{
    return (HANDLE)(uintptr_t)(4 * (slot + 1));
}

static size_t slot_of(HANDLE handle)
{
    return (uintptr_t)handle / 4 - 1;
}

static void path_of(const OBJECT_ATTRIBUTES *attributes, char *path)
{
    size_t i, length = attributes->ObjectName->Length / sizeof(WCHAR);

    for (i = 0; i < length; i++) path[i] = attributes->ObjectName->Buffer[i] == '\\' ? '/' : attributes->ObjectName->Buffer[i];
    path[length] = 0;
}

static NTSTATUS MS_ABI fake_nt_to_unix(const OBJECT_ATTRIBUTES *attributes, char *path, ULONG *size, UINT disposition)
{
    char text[PATH_MAX];

    (void)size, (void)disposition;
    path_of(attributes, text);
    if (strncmp(text, "/?\?/unix/", 9)) return STATUS_BAD_DEVICE_TYPE;
    strcpy(path, text + 8);
    return access(path, F_OK) ? STATUS_NO_SUCH_FILE : STATUS_SUCCESS;
}

static NTSTATUS MS_ABI fake_create_file(HANDLE *handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, struct io_status *io,
                                        const LARGE_INTEGER *allocation, ULONG file_attributes, ULONG sharing, ULONG disposition, ULONG options,
                                        void *ea, ULONG ea_length)
{
    char path[PATH_MAX];
    size_t slot;

    (void)allocation, (void)file_attributes, (void)sharing, (void)ea, (void)ea_length;
    ok(disposition == FILE_OPEN, "wineserver is to do %u\n", disposition); /* design 10.4 */
    last_options = options;
    if (open_fails) return open_fails;
    path_of(attributes, path);
    for (slot = 0; handles[slot].fd; slot++)
        ;
    handles[slot].fd = open(other_file ? other_file : path + 8, O_RDONLY | O_CLOEXEC);
    if (handles[slot].fd < 0)
    {
        handles[slot].fd = 0;
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    handles[slot].access = access;
    *handle = handle_of(slot);
    io->status = STATUS_SUCCESS;
    io->information = FILE_OPENED;
    return STATUS_SUCCESS;
}

static NTSTATUS MS_ABI fake_handle_to_fd(HANDLE handle, unsigned int access, int *fd, unsigned int *options)
{
    (void)access, (void)options;
    if (fd_fails) return fd_fails;
    *fd = fcntl(handles[slot_of(handle)].fd, F_DUPFD_CLOEXEC, 0);
    return *fd < 0 ? STATUS_TOO_MANY_OPENED_FILES : STATUS_SUCCESS;
}

static NTSTATUS MS_ABI fake_query_object(HANDLE handle, unsigned int class, void *information, ULONG size, ULONG *needed)
{
    (void)needed, (void)size;
    ok(!class, "class %u\n", class); /* design 10.4 */
    ((ULONG *)information)[1] = handles[slot_of(handle)].access;
    return STATUS_SUCCESS;
}

static NTSTATUS MS_ABI fake_close(HANDLE handle)
{
    close(handles[slot_of(handle)].fd);
    handles[slot_of(handle)].fd = 0;
    return STATUS_SUCCESS;
}

struct wine wine = {
    .handle_to_fd = fake_handle_to_fd,
    .nt_to_unix_file_name = fake_nt_to_unix,
    .create_file = fake_create_file,
    .query_object = fake_query_object,
    .close = fake_close,
};

/* ---- calls ------------------------------------------------------------------------------------------------------ */

static const char *in(const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned int turn;
    char *path = paths[turn++ % 4];

    snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return path;
}

/* As a program says it. */
static const OBJECT_ATTRIBUTES *name_of(const char *path)
{
    static OBJECT_ATTRIBUTES attributes;
    static UNICODE_STRING string;
    static WCHAR text[PATH_MAX];
    char full[PATH_MAX + 16];
    size_t i, length = snprintf(full, sizeof(full), "\\??\\unix%s", path);

    for (i = 0; i < length; i++) text[i] = full[i] == '/' ? '\\' : full[i];
    string = (UNICODE_STRING){length * sizeof(WCHAR), length * sizeof(WCHAR), text};
    InitializeObjectAttributes(&attributes, &string, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return &attributes;
}

static struct io_status io;

static NTSTATUS create(const char *path, ACCESS_MASK access, ULONG disposition, ULONG options, HANDLE *handle)
{
    struct file_create_block block = {.handle = handle,
                                      .io = &io,
                                      .attributes = name_of(path),
                                      .access = access,
                                      .disposition = disposition,
                                      .options = options};

    return call_file_create(&block);
}

static NTSTATUS change(HANDLE handle, unsigned int class, const char *path)
{
    struct
    {
        ULONG flags;
        HANDLE root;
        ULONG size;
        WCHAR text[PATH_MAX];
    } information = {.flags = 0};
    const UNICODE_STRING *name = path ? name_of(path)->ObjectName : NULL;
    struct file_change_block block = {.handle = handle, .io = &io, .information = &information, .size = sizeof(information), .class = class};

    if (name) memcpy(information.text, name->Buffer, name->Length);
    if (name) information.size = name->Length;
    if (!name) information.flags = 1;
    return call_file_change(&block);
}

static size_t count_descriptors(void)
{
    DIR *list = opendir("/proc/self/fd");
    size_t count = 0;

    while (list && readdir(list)) count++;
    if (list) closedir(list);
    return count;
}

static off_t size_of(const char *name)
{
    struct stat is;

    return stat(in(name), &is) ? -1 : is.st_size;
}

static void make(const char *name)
{
    FILE *file = fopen(in(name), "w");

    ok(file && fputs("before", file) >= 0 && !fclose(file), "%s: %s\n", name, strerror(errno)); /* design 10.4 */
}

/* ---- what Wine does wrong --------------------------------------------------------------------------------------- */

static void test_wine_refuses(void)
{
    HANDLE handle;
    NTSTATUS status;

    open_fails = STATUS_SHARING_VIOLATION;
    status = create(in("new"), GENERIC_WRITE, FILE_CREATE, 0, &handle);
    ok(status == STATUS_SHARING_VIOLATION && !handle && size_of("new") < 0, "new: %#x\n", status); /* design 10.4 */
    status = create(in("new"), GENERIC_READ, FILE_CREATE, FILE_DIRECTORY_FILE, &handle);
    ok(status == STATUS_SHARING_VIOLATION && !handle && access(in("new"), F_OK), "new folder: %#x\n", status); /* design 10.4 */
    status = create(in("file"), GENERIC_WRITE, FILE_OVERWRITE, 0, &handle);
    ok(status == STATUS_SHARING_VIOLATION && size_of("file") == 6, "truncation: %#x\n", status); /* design 10.4 */
    status = create(in("file"), DELETE, FILE_OPEN, FILE_DELETE_ON_CLOSE, &handle);
    ok(status == STATUS_SHARING_VIOLATION && size_of("file") == 6, "deletion: %#x\n", status); /* design 10.4 */
    open_fails = STATUS_SUCCESS;
}

static void check_other(const char *what, NTSTATUS wanted)
{
    HANDLE handle;
    NTSTATUS status;

    status = create(in("file"), GENERIC_READ, FILE_OPEN, 0, &handle);
    ok(status == wanted && !handle, "%s, open: %#x\n", what, status); /* design 10.4 */
    status = create(in("file"), GENERIC_WRITE, FILE_OVERWRITE_IF, 0, &handle);
    ok(status == wanted && !handle && size_of("file") == 6, "%s, truncation: %#x\n", what, status); /* design 10.4 */
    status = create(in("file"), DELETE, FILE_OPEN, FILE_DELETE_ON_CLOSE, &handle);
    ok(status == wanted && !handle && size_of("file") == 6, "%s, deletion: %#x\n", what, status); /* design 10.4 */
    status = create(in("new"), GENERIC_WRITE, FILE_OPEN_IF, 0, &handle);
    ok(status == wanted && !handle && size_of("new") < 0, "%s, new: %#x\n", what, status); /* design 10.4 */
    ok(size_of("other") == 6, "%s: the other is changed\n", what); /* design 10.4 */
}

/* Somebody changed the name meanwhile. */
static void test_wine_opens_another(void)
{
    static char other[PATH_MAX];

    strcpy(other, in("other"));
    other_file = other;
    check_other("another file", STATUS_ACCESS_DENIED);
    other_file = NULL;
    fd_fails = STATUS_TOO_MANY_OPENED_FILES;
    check_other("no descriptor", STATUS_TOO_MANY_OPENED_FILES);
    fd_fails = STATUS_SUCCESS;
}

/* ---- what is right ---------------------------------------------------------------------------------------------- */

static void test_outcomes(void)
{
    static const struct
    {
        const char *name;
        ULONG disposition;
        NTSTATUS status;
        ULONG64 information;
        off_t size;
    } cases[] = {
        {"missing", FILE_OPEN, STATUS_OBJECT_NAME_NOT_FOUND, 0, -1},
        {"missing", FILE_OVERWRITE, STATUS_OBJECT_NAME_NOT_FOUND, 0, -1},
        {"made", FILE_CREATE, STATUS_SUCCESS, FILE_CREATED, 0},
        {"made", FILE_CREATE, STATUS_OBJECT_NAME_COLLISION, 0, 0},
        {"file", FILE_OPEN, STATUS_SUCCESS, FILE_OPENED, 6},
        {"file", FILE_OPEN_IF, STATUS_SUCCESS, FILE_OPENED, 6},
        {"file", FILE_OVERWRITE, STATUS_SUCCESS, FILE_OVERWRITTEN, 0},
        {"other", FILE_SUPERSEDE, STATUS_SUCCESS, FILE_SUPERSEDED, 0},
        {"made2", FILE_OVERWRITE_IF, STATUS_SUCCESS, FILE_CREATED, 0},
        {"made2", FILE_OVERWRITE_IF, STATUS_SUCCESS, FILE_OVERWRITTEN, 0},
    };
    HANDLE handle;
    NTSTATUS status;
    size_t i;

    for (i = 0; i < ARRAYSIZE(cases); i++)
    {
        status = create(in(cases[i].name), GENERIC_READ, cases[i].disposition, 0, &handle);
        ok(status == cases[i].status, "%s, %u: %#x\n", cases[i].name, cases[i].disposition, status); /* design 10.4 */
        ok(status || io.information == cases[i].information, "%s, %u: became %u\n", cases[i].name, cases[i].disposition,
           (unsigned int)io.information); /* design 10.4 */
        ok(size_of(cases[i].name) == cases[i].size, "%s, %u: %d bytes\n", cases[i].name, cases[i].disposition,
           (int)size_of(cases[i].name)); /* design 10.4 */
        if (!status) wine.close(handle);
    }
    make("file");
    make("other");
    status = create(in("made"), DELETE, FILE_OPEN, FILE_DELETE_ON_CLOSE, &handle);
    ok(!status && size_of("made") < 0 && !(last_options & FILE_DELETE_ON_CLOSE), "deletion: %#x\n", status); /* design 10.4 */
    if (!status) wine.close(handle);
    unlink(in("made2"));
}

static void test_bad_requests(void)
{
    HANDLE handle;
    NTSTATUS status;

    status = create(in("file"), GENERIC_READ, 6, 0, &handle);
    ok(status == STATUS_INVALID_PARAMETER, "disposition: %#x\n", status); /* design 10.4 */
    status = create(in("file"), GENERIC_READ, FILE_OPEN, FILE_DIRECTORY_FILE | FILE_NON_DIRECTORY_FILE, &handle);
    ok(status == STATUS_INVALID_PARAMETER, "kinds: %#x\n", status); /* design 10.4 */
    status = create(in("file"), GENERIC_READ, FILE_OPEN, FILE_DELETE_ON_CLOSE, &handle);
    ok(status == STATUS_INVALID_PARAMETER, "deletion without the right: %#x\n", status); /* design 10.4 */
    status = create(in("file"), GENERIC_READ, FILE_OPEN, FILE_OPEN_BY_FILE_ID, &handle);
    ok(status == STATUS_ACCESS_DENIED, "number: %#x\n", status); /* design 10.4 */
    status = create(in("file"), GENERIC_READ, FILE_OPEN, FILE_DIRECTORY_FILE, &handle);
    ok(status == STATUS_NOT_A_DIRECTORY, "folder: %#x\n", status); /* design 10.4 */
    status = create(folder, GENERIC_READ, FILE_OPEN, FILE_NON_DIRECTORY_FILE, &handle);
    ok(status == STATUS_FILE_IS_A_DIRECTORY, "file: %#x\n", status); /* design 10.4 */
    status = create(in("none/file"), GENERIC_READ, FILE_CREATE, 0, &handle);
    ok(status == STATUS_OBJECT_PATH_NOT_FOUND, "folder above: %#x\n", status); /* design 10.4 */
    ok(!mkfifo(in("fifo"), 0666), "fifo: %s\n", strerror(errno)); /* design 10.4 */
    status = create(in("fifo"), GENERIC_READ, FILE_OPEN, 0, &handle);
    ok(status == STATUS_ACCESS_DENIED, "fifo: %#x\n", status); /* design 10.4 */
    unlink(in("fifo"));
}

static void test_changes(void)
{
    HANDLE handle = NULL;
    NTSTATUS status;

    status = create(in("file"), GENERIC_READ, FILE_OPEN, 0, &handle);
    ok(!status, "open: %#x\n", status); /* design 10.4 */
    if (status) return;
    status = change(handle, CLASS_RENAME, in("renamed"));
    ok(status == STATUS_ACCESS_DENIED && size_of("file") == 6, "without DELETE: %#x\n", status); /* design 10.4 */
    status = change(handle, CLASS_DISPOSITION, NULL);
    ok(status == STATUS_ACCESS_DENIED && size_of("file") == 6, "without DELETE: %#x\n", status); /* design 10.4 */
    wine.close(handle);
    create(in("file"), DELETE, FILE_OPEN, 0, &handle);
    status = change(handle, CLASS_RENAME, in("other"));
    ok(status == STATUS_OBJECT_NAME_COLLISION, "over another: %#x\n", status); /* design 10.4 */
    status = change(handle, CLASS_RENAME, in("renamed"));
    ok(!status && size_of("file") < 0 && size_of("renamed") == 6, "rename: %#x\n", status); /* design 10.4 */
    /* The handle follows its file. */
    status = change(handle, CLASS_LINK, in("file"));
    ok(!status && size_of("file") == 6, "link: %#x\n", status); /* design 10.4 */
    status = change(handle, CLASS_DISPOSITION, NULL);
    ok(!status && size_of("renamed") < 0 && size_of("file") == 6, "deletion: %#x\n", status); /* design 10.4 */
    wine.close(handle);
    /* A name that another file has now is left alone. */
    create(in("file"), DELETE, FILE_OPEN, 0, &handle);
    unlink(in("file"));
    make("file");
    status = change(handle, CLASS_DISPOSITION, NULL);
    ok(status && size_of("file") == 6, "another under its name: %#x\n", status); /* design 10.4 */
    wine.close(handle);
}

/* ---- no memory -------------------------------------------------------------------------------------------------- */

static void test_no_memory(void)
{
    NTSTATUS status = STATUS_NO_MEMORY;
    HANDLE handle, source;
    long nth;

    for (nth = 1; status && nth < MOST_ALLOCATIONS; nth++)
    {
        guise_fail_allocation(nth);
        status = create(in("new"), GENERIC_WRITE, FILE_CREATE, 0, &handle);
        guise_fail_allocation(0);
        ok(!status || (status == STATUS_NO_MEMORY && size_of("new") < 0), "allocation %ld: %#x\n", nth, status); /* design 10.4 */
    }
    ok(!status, "new: %#x\n", status); /* design 10.4 */
    if (!status) wine.close(handle);
    create(in("new"), DELETE, FILE_OPEN, 0, &source);
    for (status = STATUS_NO_MEMORY, nth = 1; status && nth < MOST_ALLOCATIONS; nth++)
    {
        guise_fail_allocation(nth);
        status = change(source, CLASS_RENAME, in("newer"));
        guise_fail_allocation(0);
        ok(!status || (status == STATUS_NO_MEMORY && size_of("new") == 0), "allocation %ld: %#x\n", nth, status); /* design 10.4 */
    }
    ok(!status, "rename: %#x\n", status); /* design 10.4 */
    wine.close(source);
    unlink(in("newer"));
}

START_TEST(wine_files)
{
    size_t before;

    if (!mkdtemp(folder))
    {
        skip("no folder: %s\n", strerror(errno));
        return;
    }
    make("file");
    make("other");
    before = count_descriptors();
    test_wine_refuses();
    test_wine_opens_another();
    test_outcomes();
    test_bad_requests();
    test_changes();
    test_no_memory();
    ok(count_descriptors() == before, "%zu descriptors, %zu before\n", count_descriptors(), before); /* design 10.4 */
    unlink(in("file"));
    unlink(in("other"));
    ok(!rmdir(folder), "something is left: %s\n", strerror(errno)); /* design 10.4 */
}

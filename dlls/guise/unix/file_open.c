/*
 * Opening and making files for an impersonating thread.
 *
 * The client opens first, and nothing but what it may do is done with what it found. Then Wine opens the same name, which gives the program
 * its handle with Wine's share modes; and only if both are one file the program gets it. What is new is the client's.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "dlls/guise/unix/file.h"

#define FILE_BASIC_INFORMATION 4
#define STORED_ATTRIBUTES      0x7 /* READONLY, HIDDEN, SYSTEM */
#define TRIES                  16 /* while others make and remove the name */

/* What is asked, and what came of it. */
struct request
{
    const struct file_create_block *block;
    struct nt_name name;
    ACCESS_MASK access;
    HANDLE handle;
    ULONG64 information;
};

/* By Wine, without anything that wineserver would do to the file system. */
static NTSTATUS open_by_wine(struct request *request, ACCESS_MASK access)
{
    const struct file_create_block *block = request->block;
    struct io_status io = { .room = 0 };

    return wine.create_file(&request->handle, access, &request->name.attributes, &io, NULL, 0, block->sharing, FILE_OPEN,
                            block->options & ~FILE_DELETE_ON_CLOSE, NULL, 0);
}

/* What Wine opened is FILE, or nobody gets it. */
static NTSTATUS confirm(struct request *request, const struct stat *file)
{
    struct stat opened;
    NTSTATUS status;
    int fd;

    if (!(status = wine.handle_to_fd(request->handle, 0, &fd, NULL)))
    {
        status = fstat(fd, &opened) ? status_of_errno(errno) : same_file(&opened, file) ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
        close(fd);
    }
    if (!status) return STATUS_SUCCESS;
    wine.close(request->handle);
    request->handle = NULL;
    return status;
}

static NTSTATUS open_and_confirm(struct request *request, ACCESS_MASK access, const struct stat *file)
{
    NTSTATUS status = open_by_wine(request, access);

    return status ? status : confirm(request, file);
}

static NTSTATUS give_up(struct request *request, NTSTATUS status)
{
    if (status && request->handle) wine.close(request->handle);
    if (status) request->handle = NULL;
    return status;
}

/* ---- what is there ---------------------------------------------------------------------------------------------- */

static bool truncates(ULONG disposition)
{
    return disposition == FILE_SUPERSEDE || disposition == FILE_OVERWRITE || disposition == FILE_OVERWRITE_IF;
}

static NTSTATUS check_kind(const struct file_create_block *block, mode_t mode)
{
    if (block->disposition == FILE_CREATE) return STATUS_OBJECT_NAME_COLLISION;
    if (block->options & FILE_DIRECTORY_FILE && !S_ISDIR(mode)) return STATUS_NOT_A_DIRECTORY;
    if (block->options & FILE_NON_DIRECTORY_FILE && S_ISDIR(mode)) return STATUS_FILE_IS_A_DIRECTORY;
    if (truncates(block->disposition) && S_ISDIR(mode)) return STATUS_OBJECT_NAME_COLLISION;
    /* A file that nobody may write is one with the attribute READONLY. */
    if (block->options & FILE_DELETE_ON_CLOSE && S_ISREG(mode) && !(mode & 0222)) return STATUS_CANNOT_DELETE;
    return STATUS_SUCCESS;
}

static NTSTATUS use_existing(struct request *request, struct place *place, int file, const struct stat *is)
{
    const struct file_create_block *block = request->block;
    bool truncate = truncates(block->disposition);
    ACCESS_MASK access = request->access;
    NTSTATUS status;
    int data;

    if ((status = check_kind(block, is->st_mode))) return status;
    if (!(status = file_judge(file, is, place, truncate, &access, &data)) &&
        !(status = open_and_confirm(request, access, is)))
    {
        request->information = FILE_OPENED;
        if (truncate && S_ISREG(is->st_mode))
        {
            if (ftruncate(data, 0)) status = status_of_errno(errno);
            request->information = block->disposition == FILE_SUPERSEDE ? FILE_SUPERSEDED : FILE_OVERWRITTEN;
        }
        if (!status && block->options & FILE_DELETE_ON_CLOSE) status = place_remove(place, is);
    }
    if (data >= 0) close(data);
    return give_up(request, status);
}

/* ---- what is new ------------------------------------------------------------------------------------------------ */

/* As Wine makes them: programs can be run. */
static mode_t mode_of_new(const char *name)
{
    const char *end = strrchr(name, '.');

    return end && (!strcasecmp(end, ".exe") || !strcasecmp(end, ".com")) ? 0777 : 0666;
}

/* Whom a new file is open to until its DACL is set. */
static mode_t open_to(const struct request *request)
{
    return file_has_first_security(request->name.descriptor) ? 0700 : 0777;
}

/* FILE_BASIC_INFORMATION: times of 0 stay. */
static NTSTATUS set_attributes(HANDLE handle, ULONG attributes)
{
    struct
    {
        LARGE_INTEGER times[4];
        ULONG attributes;
    } information = { .attributes = attributes & STORED_ATTRIBUTES };
    struct io_status io;

    if (!information.attributes) return STATUS_SUCCESS;
    return wine.set_information_file(handle, &io, &information, sizeof(information), FILE_BASIC_INFORMATION);
}

/* FD is on a file that is new and the client's. */
static NTSTATUS use_new(struct request *request, struct place *place, int fd)
{
    const struct file_create_block *block = request->block;
    ACCESS_MASK access = file_map_generic(request->access);
    struct stat is;
    NTSTATUS status;

    if (access & MAXIMUM_ALLOWED) access = FILE_ALL_ACCESS;
    if (fstat(fd, &is)) return status_of_errno(errno);
    request->information = FILE_CREATED;
    status = file_set_first_security(fd, request->name.descriptor, S_ISDIR(is.st_mode) ? 0777 : mode_of_new(place->last));
    if (!status && !(status = open_and_confirm(request, access, &is)))
        status = set_attributes(request->handle, block->file_attributes);
    if (status) place_remove(place, &is);
    else if (block->options & FILE_DELETE_ON_CLOSE) status = place_remove(place, &is);
    return give_up(request, status);
}

static NTSTATUS make_file(struct request *request, struct place *place)
{
    NTSTATUS status;
    int fd;

    fd = openat(place->parent, place->last, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_of_new(place->last) & open_to(request));
    if (fd < 0) return status_of_errno(errno);
    status = use_new(request, place, fd);
    close(fd);
    return status;
}

/* What mkdir(2) made cannot be held at once, so whoever changed the name since shows something that the client needs rights to. */
static NTSTATUS make_directory(struct request *request, struct place *place)
{
    ACCESS_MASK access;
    NTSTATUS status;
    struct stat is;
    int folder, none;

    if (mkdirat(place->parent, place->last, 0777 & open_to(request))) return status_of_errno(errno);
    folder = openat(place->parent, place->last, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) return status_of_errno(errno);
    access = request->access & MAXIMUM_ALLOWED ? FILE_ALL_ACCESS : request->access;
    if (fstat(folder, &is)) status = status_of_errno(errno);
    else if (!(status = file_judge(folder, &is, place, false, &access, &none))) status = use_new(request, place, folder);
    close(folder);
    return status;
}

static NTSTATUS make(struct request *request, struct place *place)
{
    const struct file_create_block *block = request->block;
    NTSTATUS status;

    if (block->disposition == FILE_OPEN || block->disposition == FILE_OVERWRITE) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (request->access & ACCESS_SYSTEM_SECURITY) return STATUS_PRIVILEGE_NOT_HELD;
    if ((status = place_open_parent(place))) return status;
    return block->options & FILE_DIRECTORY_FILE ? make_directory(request, place) : make_file(request, place);
}

/* ---- the service ------------------------------------------------------------------------------------------------ */

/* A symbolic link to nothing: the kernel makes what it leads to, if it lets the client, and the name is looked at again. */
static NTSTATUS make_what_link_means(const struct place *place)
{
    int fd = openat(place->parent, place->last, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode_of_new(place->last));

    if (fd < 0) return status_of_errno(errno);
    close(fd);
    return STATUS_OBJECT_NAME_COLLISION;
}

static NTSTATUS open_place(struct request *request, struct place *place)
{
    const struct file_create_block *block = request->block;
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
    int tries, file;
    struct stat is;

    for (tries = 0; tries < TRIES; tries++)
    {
        if (!(status = place_open(place, &file, &is)))
        {
            status = use_existing(request, place, file, &is);
            close(file);
            return status;
        }
        if (status != STATUS_OBJECT_NAME_NOT_FOUND) return status;
        status = make(request, place);
        if (status == STATUS_OBJECT_NAME_COLLISION && tries && !(block->options & FILE_DIRECTORY_FILE)) status = make_what_link_means(place);
        if (status != STATUS_OBJECT_NAME_COLLISION || block->disposition == FILE_CREATE) return status;
    }
    return status;
}

static NTSTATUS check_options(const struct file_create_block *block)
{
    ULONG kinds = block->options & (FILE_DIRECTORY_FILE | FILE_NON_DIRECTORY_FILE);

    if (block->disposition > FILE_OVERWRITE_IF || kinds == (FILE_DIRECTORY_FILE | FILE_NON_DIRECTORY_FILE)) return STATUS_INVALID_PARAMETER;
    if (block->options & FILE_DIRECTORY_FILE && truncates(block->disposition)) return STATUS_INVALID_PARAMETER;
    if (block->options & FILE_DELETE_ON_CLOSE && !(file_map_generic(block->access) & (DELETE | MAXIMUM_ALLOWED)))
        return STATUS_INVALID_PARAMETER;
    /* A number instead of a name says nothing of the folders above, by which the client may not come. */
    return block->options & FILE_OPEN_BY_FILE_ID ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

static NTSTATUS open_device(const struct file_create_block *block, struct request *request, struct io_status *io)
{
    if (!nt_name_is_harmless_device(&request->name)) return STATUS_ACCESS_DENIED;
    return wine.create_file(&request->handle, block->access, &request->name.attributes, io, NULL, block->file_attributes, block->sharing,
                            block->disposition, block->options, NULL, 0);
}

NTSTATUS call_file_create(void *parameters)
{
    const struct file_create_block *block = parameters;
    struct request request = { .block = block, .access = block->access };
    struct io_status *io = block->io, done = { .room = 0 };
    HANDLE *handle = block->handle;
    struct place place;
    NTSTATUS status;

    /* Where the results go is touched while there is nothing to lose. */
    if (!handle || !io) return STATUS_ACCESS_VIOLATION;
    *handle = NULL;
    *(volatile NTSTATUS *)&io->status = io->status;
    if ((status = check_options(block))) return status;
    if ((status = nt_name_copy(block->attributes, &request.name))) return status;
    if (!(status = place_find_for(block->known_only, &request.name, &place)))
    {
        status = open_place(&request, &place);
        place_close(&place);
        done.information = request.information;
    }
    else if (status == STATUS_BAD_DEVICE_TYPE)
        status = open_device(block, &request, &done);
    nt_name_free(&request.name);
    if (status) return status;
    done.status = STATUS_SUCCESS;
    *io = done;
    *handle = request.handle;
    return STATUS_SUCCESS;
}

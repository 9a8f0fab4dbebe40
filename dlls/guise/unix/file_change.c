/*
 * Renaming, linking and deleting the file of a handle for an impersonating thread.
 *
 * In Unix names are renamed and deleted, so the one that the kernel knows the handle's file by is looked up as the client, and must be that
 * file's. As in Wine, a symbolic link is forgotten when the file that it leads to is open. What is deleted is gone at once; who has it open keeps it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "dlls/guise/unix/file.h"

/* FILE_INFORMATION_CLASS */
enum
{
    CLASS_RENAME = 10,
    CLASS_LINK = 11,
    CLASS_DISPOSITION = 13,
    CLASS_DISPOSITION_EX = 64,
    CLASS_RENAME_EX = 65,
    CLASS_LINK_EX = 72
};
#define REPLACE_IF_EXISTS               1u /* of both Ex classes */
#define DISPOSITION_DELETE              1u
#define DISPOSITION_IGNORE_READ_ONLY    0x10u
#define OBJECT_BASIC_INFORMATION        0

/* FILE_RENAME_INFORMATION and FILE_LINK_INFORMATION */
struct new_name
{
    ULONG flags; /* a BOOLEAN without Ex */
    HANDLE root;
    ULONG size;
    WCHAR text[2];
};
#define NEW_NAME_HEAD offsetof(struct new_name, text)

/* The file of a handle, and by which name. */
struct source
{
    struct stat is;
    struct place place;
};

static NTSTATUS granted_access(HANDLE handle, ACCESS_MASK *access)
{
    struct
    {
        ULONG attributes;
        ACCESS_MASK access;
        ULONG others[12];
    } information;
    NTSTATUS status = wine.query_object(handle, OBJECT_BASIC_INFORMATION, &information, sizeof(information), NULL);

    *access = status ? 0 : information.access;
    return status;
}

/* FD is the handle's; the caller ends with place_close(). */
static NTSTATUS find_name_of(int fd, struct source *source)
{
    struct place *place = &source->place;
    struct stat there;
    char link[32];
    ssize_t size;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    size = readlink(link, place->path, sizeof(place->path) - 1);
    if (size < 2 || place->path[0] != '/') return STATUS_OBJECT_NAME_NOT_FOUND;
    place->path[size] = 0;
    place->last = strrchr(place->path, '/') + 1;
    if (lstat(place->path, &there)) return status_of_errno(errno);
    return same_file(&there, &source->is) ? place_open_parent(place) : STATUS_OBJECT_NAME_NOT_FOUND;
}

static NTSTATUS find_source(HANDLE handle, struct source *source)
{
    NTSTATUS status;
    int fd;

    source->place.parent = -1;
    if ((status = wine.handle_to_fd(handle, 0, &fd, NULL))) return status;
    if (fstat(fd, &source->is)) status = status_of_errno(errno);
    else if (!S_ISREG(source->is.st_mode) && !S_ISDIR(source->is.st_mode)) status = STATUS_INVALID_PARAMETER;
    else status = find_name_of(fd, source);
    close(fd);
    return status;
}

/* ---- deletion --------------------------------------------------------------------------------------------------- */

static NTSTATUS delete_file(HANDLE handle, ULONG flags)
{
    struct source source;
    ACCESS_MASK access;
    NTSTATUS status;

    if ((status = granted_access(handle, &access))) return status;
    if (!(access & DELETE)) return STATUS_ACCESS_DENIED;
    if (!(flags & DISPOSITION_DELETE))
    {
        /* What this thread deleted does not come back. */
        struct stat is;
        int fd;

        if ((status = wine.handle_to_fd(handle, 0, &fd, NULL))) return status;
        if (fstat(fd, &is)) status = status_of_errno(errno);
        else if (!is.st_nlink) status = STATUS_FILE_DELETED;
        close(fd);
        return status;
    }
    if (!(status = find_source(handle, &source)))
    {
        if (S_ISREG(source.is.st_mode) && !(source.is.st_mode & 0222) && !(flags & DISPOSITION_IGNORE_READ_ONLY)) status = STATUS_CANNOT_DELETE;
        else status = place_remove(&source.place, &source.is);
    }
    place_close(&source.place);
    return status;
}

/* ---- renaming and linking --------------------------------------------------------------------------------------- */

/* A name that differs from an old one of the same file in its letters' case alone leads to the old one: what was said counts. */
static NTSTATUS spell_as_said(const struct nt_name *name, struct place *place)
{
    size_t length = name->string.Length / sizeof(WCHAR), start, used = place->last - place->path;
    ULONG size;

    for (start = length; start && name->text[start - 1] != '\\'; start--)
        ;
    if (start == length) return STATUS_SUCCESS;
    if (wine.to_utf8(place->path + used, sizeof(place->path) - used - 1, &size, name->text + start, (length - start) * sizeof(WCHAR)))
        return STATUS_OBJECT_NAME_INVALID;
    place->path[used + size] = 0;
    return strchr(place->last, '/') ? STATUS_OBJECT_NAME_INVALID : STATUS_SUCCESS;
}

/* *exists: something else is there, which may be replaced. */
static NTSTATUS find_target(const struct nt_name *name, const struct source *source, bool replace, struct place *target, bool *exists)
{
    struct stat there;
    NTSTATUS status;

    *exists = false;
    if ((status = place_find(name, target))) return status == STATUS_BAD_DEVICE_TYPE ? STATUS_OBJECT_NAME_INVALID : status;
    if ((status = place_open_parent(target))) return status;
    if (fstatat(target->parent, target->last, &there, AT_SYMLINK_NOFOLLOW)) return errno == ENOENT ? STATUS_SUCCESS : status_of_errno(errno);
    if (same_file(&there, &source->is) && !strcasecmp(target->last, source->place.last)) return spell_as_said(name, target);
    if (!replace) return STATUS_OBJECT_NAME_COLLISION;
    if (!S_ISREG(there.st_mode) && !S_ISLNK(there.st_mode)) return STATUS_ACCESS_DENIED;
    *exists = true;
    return STATUS_SUCCESS;
}

static NTSTATUS rename_file(struct source *source, struct place *target, bool exists)
{
    if (exists && S_ISDIR(source->is.st_mode)) return STATUS_ACCESS_DENIED;
    if (!renameat2(source->place.parent, source->place.last, target->parent, target->last, exists ? 0 : RENAME_NOREPLACE)) return STATUS_SUCCESS;
    return status_of_errno(errno);
}

/* In place of what is there: beside it first, so that at every moment the name leads to one of both. */
static NTSTATUS link_over(struct source *source, struct place *target)
{
    char beside[64];
    static unsigned int number;
    NTSTATUS status;

    snprintf(beside, sizeof(beside), ".guise-link-%d-%u", (int)getpid(), __atomic_add_fetch(&number, 1, __ATOMIC_RELAXED));
    if (linkat(source->place.parent, source->place.last, target->parent, beside, 0)) return status_of_errno(errno);
    status = renameat(target->parent, beside, target->parent, target->last) ? status_of_errno(errno) : STATUS_SUCCESS;
    unlinkat(target->parent, beside, 0); /* also there when both were links to one file */
    return status;
}

static NTSTATUS link_file(struct source *source, struct place *target, bool exists)
{
    if (S_ISDIR(source->is.st_mode)) return STATUS_FILE_IS_A_DIRECTORY;
    if (exists) return link_over(source, target);
    return linkat(source->place.parent, source->place.last, target->parent, target->last, 0) ? status_of_errno(errno) : STATUS_SUCCESS;
}

static NTSTATUS give_name(const struct file_change_block *block, const struct nt_name *name, bool replace)
{
    bool is_link = block->class == CLASS_LINK || block->class == CLASS_LINK_EX, exists;
    struct source source;
    struct place target = { .parent = -1 };
    ACCESS_MASK access;
    NTSTATUS status;

    if ((status = granted_access(block->handle, &access))) return status;
    if (!is_link && !(access & DELETE)) return STATUS_ACCESS_DENIED;
    if (!(status = find_source(block->handle, &source)) && !(status = find_target(name, &source, replace, &target, &exists)))
        status = is_link ? link_file(&source, &target, exists) : rename_file(&source, &target, exists);
    place_close(&source.place);
    place_close(&target);
    return status;
}

/* ---- the service ------------------------------------------------------------------------------------------------ */

static NTSTATUS change_name(const struct file_change_block *block)
{
    const struct new_name *given = block->information;
    struct new_name copy;
    struct nt_name name;
    bool replace;
    NTSTATUS status;

    if (block->size < sizeof(*given)) return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(&copy, given, NEW_NAME_HEAD);
    if (copy.size > block->size - NEW_NAME_HEAD) return STATUS_INVALID_PARAMETER;
    replace = block->class == CLASS_RENAME || block->class == CLASS_LINK ? copy.flags & 0xff : copy.flags & REPLACE_IF_EXISTS;
    if ((status = nt_name_make(copy.root, given->text, copy.size, &name))) return status;
    status = give_name(block, &name, replace);
    nt_name_free(&name);
    return status;
}

static NTSTATUS change_disposition(const struct file_change_block *block)
{
    bool extended = block->class == CLASS_DISPOSITION_EX;

    if (block->size < (extended ? sizeof(ULONG) : 1)) return STATUS_INFO_LENGTH_MISMATCH;
    return delete_file(block->handle, extended ? *(const ULONG *)block->information : *(const UCHAR *)block->information != 0);
}

NTSTATUS call_file_change(void *parameters)
{
    const struct file_change_block *block = parameters;
    struct io_status *io = block->io;
    NTSTATUS status;

    if (!io || !block->information) return STATUS_ACCESS_VIOLATION;
    *(volatile NTSTATUS *)&io->status = io->status;
    switch (block->class)
    {
    case CLASS_RENAME:
    case CLASS_RENAME_EX:
    case CLASS_LINK:
    case CLASS_LINK_EX: status = change_name(block); break;
    case CLASS_DISPOSITION:
    case CLASS_DISPOSITION_EX: status = change_disposition(block); break;
    default: return STATUS_INVALID_INFO_CLASS;
    }
    if (!status) *io = (struct io_status){ .room = 0 };
    return status;
}

/*
 * File objects: a Unix descriptor whose permissions are the object's security.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <guise/file.h>
#include <unistd.h>

#include "ntoskrnl/io/inode.h"
#include "ntoskrnl/rtl/object_security.h"
#include "ntoskrnl/se/token.h"
#include "ntoskrnl/unix/domain.h"

#define SUPPORTED_INFORMATION \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION)

struct file
{
    int fd;
};

static void file_destroy(PVOID body)
{
    int fd = ((struct file *)body)->fd;

    if (fd >= 0) close(fd);
}

static NTSTATUS file_read_security(PVOID body, struct object_security **security)
{
    struct permissions permissions;
    NTSTATUS status = inode_read(((struct file *)body)->fd, &permissions);

    if (status) return status;
    return (*security = permissions_to_sd(&permissions)) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* The id of SID, which must be a user's or a group's. */
static NTSTATUS find_id(const SID *sid, bool of_group, id_t *id)
{
    struct unix_id found;
    NTSTATUS status = unix_id_of_sid(sid, &found);

    if (status) return status;
    if (found.of_group != of_group) return STATUS_NONE_MAPPED;
    *id = found.id;
    return STATUS_SUCCESS;
}

/* What of GIVEN a Unix file can be; nothing is set yet. */
static NTSTATUS change_permissions(const struct permissions *current, SECURITY_INFORMATION information,
                                   const struct sd *given, struct permissions *changed)
{
    NTSTATUS status;

    *changed = *current;
    if (information & ~SUPPORTED_INFORMATION) return STATUS_NOT_SUPPORTED;
    if (information & OWNER_SECURITY_INFORMATION)
    {
        if (!given->owner) return STATUS_INVALID_OWNER;
        if ((status = find_id(given->owner, false, &changed->owner))) return status;
    }
    if (information & GROUP_SECURITY_INFORMATION)
    {
        if (!given->group) return STATUS_INVALID_PRIMARY_GROUP;
        if ((status = find_id(given->group, true, &changed->group))) return status;
    }
    if (information & DACL_SECURITY_INFORMATION)
    {
        const struct permissions before = *changed;

        /* Without a DACL everybody may do everything, which no Unix file allows. */
        if (!given->dacl || given->control & SE_DACL_PROTECTED) return STATUS_NOT_SUPPORTED;
        return permissions_from_dacl(&before, given->dacl, changed);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS file_write_security(PVOID body, SECURITY_INFORMATION information, const struct sd *given)
{
    int fd = ((struct file *)body)->fd;
    struct permissions current, changed;
    NTSTATUS status;

    if ((status = inode_read(fd, &current))) return status;
    if ((status = change_permissions(&current, information, given, &changed))) return status;
    return inode_write(fd, &current, &changed);
}

static const struct _OBJECT_TYPE file_type = {
    .name = "File",
    .mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS},
    .read_security = file_read_security,
    .write_security = file_write_security,
    .destroy = file_destroy,
};

/* IoFileObjectType (NTOSKRNL.@): the type of file objects, as drivers pass it to the Ob routines. */
static POBJECT_TYPE file_type_pointer = (POBJECT_TYPE)&file_type;
POBJECT_TYPE *IoFileObjectType = &file_type_pointer;

/* What a handle may grant for a descriptor opened with FLAGS. */
static ACCESS_MASK grantable(int flags)
{
    ACCESS_MASK access = FILE_ALL_ACCESS & ~(RIGHTS_READ | FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA);

    if ((flags & O_ACCMODE) != O_WRONLY) access |= RIGHTS_READ;
    if ((flags & O_ACCMODE) != O_RDONLY) access |= FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA;
    return access;
}

static NTSTATUS create_handle(int fd, ACCESS_MASK granted, HANDLE *handle)
{
    struct file *file = object_create(&file_type, sizeof(*file));
    NTSTATUS status;

    if (!file) return STATUS_NO_MEMORY;
    if ((file->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0)
        status = errno == EMFILE ? STATUS_INSUFFICIENT_RESOURCES : STATUS_INVALID_PARAMETER;
    else
        status = handle_create(file, granted, 0, handle);
    object_dereference(file);
    return status;
}

/***********************************************************************
 *           GuiseCreateFileObject (NTOSKRNL.@)
 *
 * See guise/file.h.
 */
NTSTATUS GuiseCreateFileObject(int fd, ACCESS_MASK desired, PHANDLE handle)
{
    int flags = fcntl(fd, F_GETFL);
    ACCESS_MASK most;

    if (!handle) return STATUS_ACCESS_VIOLATION;
    *handle = NULL;
    if (flags < 0) return STATUS_INVALID_PARAMETER;
    if (flags & O_PATH) return STATUS_NOT_SUPPORTED;
    most = grantable(flags);
    desired = access_map_generic(desired, &file_type.mapping);
    if (desired & MAXIMUM_ALLOWED) desired = (desired & ~MAXIMUM_ALLOWED) | most;
    if (desired & ~most) return STATUS_ACCESS_DENIED;
    return create_handle(fd, desired, handle);
}

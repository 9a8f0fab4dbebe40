/*
 * What an impersonating thread may know of a file, and who may use it: Unix permissions as security descriptors (guise-files(7)).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <guise/file.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dlls/guise/unix/file.h"

#define OBJECT_BASIC_INFORMATION 0
#define MAX_DESCRIPTOR           0x10000 /* no file has a larger one */

NTSTATUS call_file_stat(void *parameters)
{
    const struct file_stat_block *block = parameters;
    struct nt_name name;
    struct place place;
    struct stat is;
    NTSTATUS status;

    if ((status = nt_name_copy(block->attributes, &name))) return status;
    if (!(status = place_find_for(block->known_only, &name, &place)))
    {
        if (stat(place.path, &is)) status = status_of_errno(errno);
        place_close(&place);
    }
    else if (status == STATUS_BAD_DEVICE_TYPE)
        status = nt_name_is_harmless_device(&name) ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
    nt_name_free(&name);
    return status;
}

/* The core's object for the file of a handle, which grants what the handle does. */
static NTSTATUS open_object(HANDLE handle, HANDLE *object)
{
    struct
    {
        ULONG attributes;
        ACCESS_MASK access;
        ULONG others[12];
    } information;
    struct stat is;
    NTSTATUS status;
    int fd;

    if ((status = wine.query_object(handle, OBJECT_BASIC_INFORMATION, &information, sizeof(information), NULL))) return status;
    /* An object of another type has no descriptor; but where none is left a file has none either, and wineserver must not act in our place. */
    if ((status = wine.handle_to_fd(handle, 0, &fd, NULL)))
        return status == STATUS_TOO_MANY_OPENED_FILES || status == STATUS_NO_MEMORY ? status : STATUS_BAD_DEVICE_TYPE;
    if (fstat(fd, &is)) status = status_of_errno(errno);
    else if (!S_ISREG(is.st_mode) && !S_ISDIR(is.st_mode)) status = STATUS_BAD_DEVICE_TYPE;
    else status = GuiseCreateFileObject(fd, information.access & (READ_CONTROL | WRITE_DAC | WRITE_OWNER), object);
    close(fd);
    return status;
}

NTSTATUS call_file_query_security(void *parameters)
{
    const struct file_query_security_block *block = parameters;
    ULONG size = block->size < MAX_DESCRIPTOR ? block->size : MAX_DESCRIPTOR, needed = 0;
    void *descriptor;
    NTSTATUS status;
    HANDLE object;

    if ((status = open_object(block->handle, &object))) return status;
    if (!(descriptor = guise_alloc(size ? size : 1))) status = STATUS_NO_MEMORY;
    else status = NtQuerySecurityObject(object, block->information, descriptor, size, &needed);
    NtClose(object);
    /* A fault from here on leaves a block behind and nothing else. */
    if (!status) memcpy(block->descriptor, descriptor, needed);
    guise_free(descriptor);
    if (!status || status == STATUS_BUFFER_TOO_SMALL) *(ULONG *)block->needed = needed;
    return status;
}

NTSTATUS call_file_set_security(void *parameters)
{
    const struct file_set_security_block *block = parameters;
    void *descriptor;
    NTSTATUS status;
    HANDLE object;

    if ((status = descriptor_copy(block->descriptor, &descriptor))) return status;
    if (!descriptor) return STATUS_ACCESS_VIOLATION;
    if (!(status = open_object(block->handle, &object)))
    {
        status = NtSetSecurityObject(object, block->information, descriptor);
        NtClose(object);
    }
    guise_free(descriptor);
    return status;
}

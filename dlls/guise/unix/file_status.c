/*
 * What the kernel's errors are in Windows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>

#include "dlls/guise/unix/file.h"

NTSTATUS status_of_errno(int error)
{
    static const struct
    {
        int error;
        NTSTATUS status;
    } table[] = {
        { EACCES, STATUS_ACCESS_DENIED },
        { EPERM, STATUS_ACCESS_DENIED },
        { ENOENT, STATUS_OBJECT_NAME_NOT_FOUND },
        { ENOTDIR, STATUS_OBJECT_PATH_NOT_FOUND },
        { ELOOP, STATUS_OBJECT_PATH_NOT_FOUND },
        { EEXIST, STATUS_OBJECT_NAME_COLLISION },
        { EISDIR, STATUS_FILE_IS_A_DIRECTORY },
        { ENOTEMPTY, STATUS_DIRECTORY_NOT_EMPTY },
        { EXDEV, STATUS_NOT_SAME_DEVICE },
        { EROFS, STATUS_MEDIA_WRITE_PROTECTED },
        { ENOSPC, STATUS_DISK_FULL },
        { EDQUOT, STATUS_DISK_FULL },
        { EFBIG, STATUS_DISK_FULL },
        { EBUSY, STATUS_SHARING_VIOLATION },
        { ETXTBSY, STATUS_SHARING_VIOLATION },
        { EAGAIN, STATUS_SHARING_VIOLATION },
        { EMLINK, STATUS_TOO_MANY_LINKS },
        { EMFILE, STATUS_TOO_MANY_OPENED_FILES },
        { ENFILE, STATUS_TOO_MANY_OPENED_FILES },
        { ENAMETOOLONG, STATUS_OBJECT_NAME_INVALID },
        { EILSEQ, STATUS_OBJECT_NAME_INVALID },
        { ENOMEM, STATUS_NO_MEMORY },
        { EINVAL, STATUS_INVALID_PARAMETER },
        { EBADF, STATUS_INVALID_HANDLE },
        { EIO, STATUS_IO_DEVICE_ERROR },
        { ENXIO, STATUS_NO_SUCH_DEVICE },
        { ENODEV, STATUS_NO_SUCH_DEVICE },
        { EOPNOTSUPP, STATUS_NOT_SUPPORTED },
    };
    size_t i;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (table[i].error == error) return table[i].status;
    return STATUS_UNSUCCESSFUL;
}

/*
 * Permissions read from and written to an open file, with the calling thread's own credential: the kernel judges.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_IO_INODE_H
#define GUISE_NTOSKRNL_IO_INODE_H

#include "ntoskrnl/io/permissions.h"

/* STATUS_NOT_SUPPORTED: more named entries than fit. STATUS_FILE_INVALID: no POSIX ACL. What errno says otherwise. */
NTSTATUS inode_read(int fd, struct permissions *permissions);

/*
 * Makes the file's CURRENT permissions CHANGED, or changes nothing. STATUS_ACCESS_DENIED: the kernel does not let the
 * calling thread. STATUS_NOT_SUPPORTED: the file system has no POSIX ACLs. STATUS_MEDIA_WRITE_PROTECTED, STATUS_DISK_FULL,
 * STATUS_NO_MEMORY, STATUS_UNSUCCESSFUL.
 */
NTSTATUS inode_write(int fd, const struct permissions *current, const struct permissions *changed);

#endif

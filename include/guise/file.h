/*
 * Unix files as objects with a security descriptor.
 *
 * A file object carries a descriptor of the program's. Its owner, group, mode and POSIX ACL are its security descriptor for
 * NtQuerySecurityObject, ObGetObjectSecurity and SeAccessCheck; NtSetSecurityObject changes them, judged by the kernel as what the
 * calling thread is then: a thread that impersonates sets as its client. guise-files(7) says what means what.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_FILE_H
#define GUISE_FILE_H

#include <ntifs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * GuiseCreateFileObject: a handle to a new file object for the file that FileDescriptor is open on, closed with NtClose.
 * FileDescriptor  stays the caller's: the object has a duplicate, closed on exec.
 * DesiredAccess   what the handle is to grant: rights to read and write the file's data, as the descriptor was opened, and
 *                 READ_CONTROL, WRITE_DAC, WRITE_OWNER, SYNCHRONIZE, the attributes, which nobody checks here: the kernel does
 *                 when they are used. MAXIMUM_ALLOWED is all of these. ACCESS_SYSTEM_SECURITY is not granted: there is no SACL.
 * Handle          receives it; ObReferenceObjectByHandle gives the object, of *IoFileObjectType.
 * STATUS_INVALID_PARAMETER: not an open descriptor. STATUS_NOT_SUPPORTED: one that is a path only (O_PATH).
 * STATUS_ACCESS_DENIED: it was not opened for that. STATUS_NO_MEMORY, STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS NTAPI GuiseCreateFileObject(int FileDescriptor, ACCESS_MASK DesiredAccess, PHANDLE Handle);

#ifdef __cplusplus
}
#endif

#endif /* GUISE_FILE_H */

/*
 * Files of an impersonating thread: what the Unix half does as the client, so that the kernel judges it.
 *
 * A thread that gets here has its client's ids, and nothing here raises them. wineserver has the process's: it is asked
 * for nothing but to open a file that exists, and what it opened must be what the client was shown to have the right to.
 * Memory of the program is copied first, before anything is held that a fault there would leave behind.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_UNIX_FILE_H
#define GUISE_DLLS_GUISE_UNIX_FILE_H

#include <limits.h>
#include <sys/stat.h>

#include "dlls/guise/unix/unix.h"

/* Dispositions and options of NtCreateFile, and what becomes of a file. */
enum
{
    FILE_SUPERSEDE,
    FILE_OPEN,
    FILE_CREATE,
    FILE_OPEN_IF,
    FILE_OVERWRITE,
    FILE_OVERWRITE_IF
};
#define FILE_DIRECTORY_FILE     0x00000001
#define FILE_NON_DIRECTORY_FILE 0x00000040
#define FILE_DELETE_ON_CLOSE    0x00001000
#define FILE_OPEN_BY_FILE_ID    0x00002000
enum
{
    FILE_SUPERSEDED,
    FILE_OPENED,
    FILE_CREATED,
    FILE_OVERWRITTEN
};

/* What errno says, as a service of Windows says it: file_status.c. Never a success. */
NTSTATUS status_of_errno(int error);

/* ---- names: file_name.c ----------------------------------------------------------------------------------------- */

/* A name of the caller's, copied; `attributes` is complete and points into it. */
struct nt_name
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING string;
    WCHAR *text;      /* guise_alloc() */
    void *descriptor; /* guise_alloc(), in one piece; NULL without one */
    SECURITY_QUALITY_OF_SERVICE quality; /* of the caller's, for pipes */
};

/* STATUS_INVALID_PARAMETER, STATUS_OBJECT_NAME_INVALID: no name. STATUS_NO_MEMORY. */
NTSTATUS nt_name_copy(const OBJECT_ATTRIBUTES *attributes, struct nt_name *name);
NTSTATUS nt_name_make(HANDLE root, const WCHAR *text, size_t bytes, struct nt_name *name);
/* The name that HANDLE was opened by. */
NTSTATUS nt_name_of_handle(HANDLE handle, struct nt_name *name);
void nt_name_free(struct nt_name *name);

/* A copy of a security descriptor in one piece (guise_alloc()), NULL for none. STATUS_INVALID_SECURITY_DESCR, STATUS_NO_MEMORY. */
NTSTATUS descriptor_copy(void *given, void **copy);

/* Whether a name that stands for no file is one that everybody may open: pipes, mailslots, consoles, the null device, sockets. */
bool nt_name_is_harmless_device(const struct nt_name *name);

/* ---- places: file_place.c --------------------------------------------------------------------------------------- */

/* Where a name leads: a path, and with place_open_parent() its last component in a folder. */
struct place
{
    char path[PATH_MAX];
    int parent;       /* the folder (O_PATH), or -1 */
    const char *last; /* in it; NULL: this is the root of a drive or of everything, which nobody renames or deletes */
};

/*
 * Where NAME leads; the caller ends with place_close() if it succeeds. STATUS_BAD_DEVICE_TYPE: to no file.
 * STATUS_OBJECT_PATH_NOT_FOUND, STATUS_ACCESS_DENIED, ... of the folders above. The file itself may be missing.
 */
NTSTATUS place_find(const struct nt_name *name, struct place *place);
/* For one who is KNOWN_ONLY, files are STATUS_BAD_IMPERSONATION_LEVEL, there or not. */
NTSTATUS place_find_for(bool known_only, const struct nt_name *name, struct place *place);
NTSTATUS place_open_parent(struct place *place);
void place_close(struct place *place);

/* The file there, symbolic links followed: a path-only descriptor and what it is. */
NTSTATUS place_open(const struct place *place, int *file, struct stat *is);

/* Unlinks what is there as long as it is FILE, or a symbolic link to it. */
NTSTATUS place_remove(struct place *place, const struct stat *file);

static inline bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* ---- rights: file_access.c -------------------------------------------------------------------------------------- */

/*
 * Whether the client may have ACCESS to the file behind FILE (path only), which IS that and lies at PLACE. What MAXIMUM_ALLOWED stands
 * for takes its place in *access, and generic rights theirs. With `truncate`, *data is a descriptor that the client could open for writing.
 */
NTSTATUS file_judge(int file, const struct stat *is, struct place *place, bool truncate, ACCESS_MASK *access, int *data);

/*
 * The DACL of DESCRIPTOR for the new file that FD is open on (file_security.c); none, or one that lets everybody do everything, leaves it to the
 * umask. MOST: the mode without one.
 */
bool file_has_first_security(void *descriptor);
NTSTATUS file_set_first_security(int fd, void *descriptor, mode_t most);

/* Generic rights as those of files. */
ACCESS_MASK file_map_generic(ACCESS_MASK access);

#endif

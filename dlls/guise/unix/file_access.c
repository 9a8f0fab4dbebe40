/*
 * What rights of Windows ask of a Unix file. The kernel answers, asked with the client's ids.
 *
 * Read, write and execute are as in guise-files(7). What differs is said here: a program is read to be run, so FILE_EXECUTE alone needs both
 * and together with reading needs nothing more; DELETE is the right to unlink, so it is the folder's, with its sticky bit.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "dlls/guise/unix/file.h"

#define READ_RIGHTS  (FILE_READ_DATA | FILE_READ_EA)
#define WRITE_RIGHTS (FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA)
#define OWNER_RIGHTS (WRITE_DAC | WRITE_OWNER)
#define BASE_RIGHTS  (READ_CONTROL | SYNCHRONIZE | FILE_READ_ATTRIBUTES)

ACCESS_MASK file_map_generic(ACCESS_MASK access)
{
    if (access & GENERIC_READ) access |= FILE_GENERIC_READ;
    if (access & GENERIC_WRITE) access |= FILE_GENERIC_WRITE;
    if (access & GENERIC_EXECUTE) access |= FILE_GENERIC_EXECUTE;
    if (access & GENERIC_ALL) access |= FILE_ALL_ACCESS;
    return access & ~(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL);
}

struct question
{
    int file;
    const struct stat *is;
    struct place *place;
};

/* With the effective ids: the real ones are a third account's (design 5.3). */
static NTSTATUS ask(int file, int mode)
{
    return faccessat(file, "", mode, AT_EACCESS | AT_EMPTY_PATH) ? status_of_errno(errno) : STATUS_SUCCESS;
}

/* All but folders are really opened: there, the kernel, its drivers and file systems know more than permissions. */
static NTSTATUS reopen(int file, int flags, int *data)
{
    char link[32];

    snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
    *data = open(link, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    return *data < 0 ? status_of_errno(errno) : STATUS_SUCCESS;
}

static NTSTATUS may_use_data(const struct question *q, bool read, bool write, int *data)
{
    int mode = (read ? R_OK : 0) | (write ? W_OK : 0);

    if (!mode) return STATUS_SUCCESS;
    if (S_ISDIR(q->is->st_mode)) return ask(q->file, mode | (write ? X_OK : 0));
    return reopen(q->file, read && write ? O_RDWR : write ? O_WRONLY : O_RDONLY, data);
}

static NTSTATUS may_execute(const struct question *q, bool reads)
{
    if (S_ISDIR(q->is->st_mode)) return ask(q->file, X_OK);
    return reads ? STATUS_SUCCESS : ask(q->file, R_OK | X_OK);
}

static NTSTATUS is_owner(const struct question *q)
{
    return geteuid() == 0 || geteuid() == q->is->st_uid ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

static NTSTATUS may_change_attributes(const struct question *q)
{
    return is_owner(q) ? ask(q->file, W_OK) : STATUS_SUCCESS;
}

/* may_delete() of the kernel; a symbolic link is what would go. */
static NTSTATUS may_delete(const struct question *q)
{
    struct stat folder, itself;
    NTSTATUS status;

    if ((status = place_open_parent(q->place))) return status;
    if ((status = ask(q->place->parent, W_OK | X_OK))) return status;
    if (fstat(q->place->parent, &folder) || fstatat(q->place->parent, q->place->last, &itself, AT_SYMLINK_NOFOLLOW))
        return status_of_errno(errno);
    if (!(folder.st_mode & S_ISVTX) || !geteuid() || geteuid() == folder.st_uid || geteuid() == itself.st_uid) return STATUS_SUCCESS;
    return STATUS_ACCESS_DENIED;
}

static NTSTATUS may_delete_children(const struct question *q)
{
    return S_ISDIR(q->is->st_mode) ? ask(q->file, W_OK | X_OK) : STATUS_SUCCESS;
}

/* All that the client could be given. */
static ACCESS_MASK most(const struct question *q)
{
    ACCESS_MASK access = BASE_RIGHTS;
    int data = -1;
    bool reads = !may_use_data(q, true, false, &data);

    if (data >= 0) close(data);
    if (reads) access |= READ_RIGHTS;
    data = -1;
    if (!may_use_data(q, false, true, &data)) access |= WRITE_RIGHTS;
    if (data >= 0) close(data);
    if (!may_execute(q, reads)) access |= FILE_EXECUTE;
    if (!may_change_attributes(q)) access |= FILE_WRITE_ATTRIBUTES;
    if (!is_owner(q)) access |= OWNER_RIGHTS;
    if (!may_delete(q)) access |= DELETE;
    if (S_ISDIR(q->is->st_mode) && !may_delete_children(q)) access |= FILE_DELETE_CHILD;
    return access;
}

/*
 * Where the kernel shows and takes by files what is its own, it looks at who has opened them, also later: that would be wineserver. So nobody
 * gets one. Of the numbers of statfs(2), those that linux/magic.h has not in every version, too.
 */
static bool is_the_kernels_own(int file)
{
    static const uint32_t systems[] = {
        PROC_SUPER_MAGIC, SYSFS_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC, SECURITYFS_MAGIC, SELINUX_MAGIC, SMACK_MAGIC, 0x5a3c69f0 /* AppArmor */,
        CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, RDTGROUP_SUPER_MAGIC, BPF_FS_MAGIC, EFIVARFS_MAGIC, PSTOREFS_MAGIC, BINFMTFS_MAGIC,
        XENFS_SUPER_MAGIC, NSFS_MAGIC, 0x62656570 /* configfs */, 0x65735543 /* fusectl */, 0x6e667364 /* nfsd */,
    };
    struct statfs system;
    size_t i;

    if (fstatfs(file, &system)) return true;
    for (i = 0; i < sizeof(systems) / sizeof(systems[0]); i++)
        if (systems[i] == (uint32_t)system.f_type) return true;
    return false;
}

NTSTATUS file_judge(int file, const struct stat *is, struct place *place, bool truncate, ACCESS_MASK *access, int *data)
{
    const struct question q = { .file = file, .is = is, .place = place };
    bool read, write;
    NTSTATUS status = STATUS_SUCCESS;

    *data = -1;
    if (*access & ACCESS_SYSTEM_SECURITY) return STATUS_PRIVILEGE_NOT_HELD;
    /* What opens of them do or wait for is nothing that wineserver should be made to do. */
    if (!S_ISREG(is->st_mode) && !S_ISDIR(is->st_mode) && !S_ISCHR(is->st_mode)) return STATUS_ACCESS_DENIED;
    if (!S_ISDIR(is->st_mode) && is_the_kernels_own(file)) return STATUS_ACCESS_DENIED;
    *access = file_map_generic(*access);
    if (*access & MAXIMUM_ALLOWED) *access = (*access & ~MAXIMUM_ALLOWED) | most(&q);
    read = *access & READ_RIGHTS;
    write = truncate || *access & WRITE_RIGHTS;
    /* Wine opens it to read even for its attributes, and devices do things then. */
    if (S_ISCHR(is->st_mode) && !write) read = true;
    if (!status && *access & FILE_EXECUTE) status = may_execute(&q, read);
    if (!status && *access & FILE_WRITE_ATTRIBUTES) status = may_change_attributes(&q);
    if (!status && *access & OWNER_RIGHTS) status = is_owner(&q);
    if (!status && *access & DELETE) status = may_delete(&q);
    if (!status && *access & FILE_DELETE_CHILD) status = may_delete_children(&q);
    if (!status) status = may_use_data(&q, read, write, data);
    return status;
}

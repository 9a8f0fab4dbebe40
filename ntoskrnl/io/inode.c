/*
 * Permissions read from and written to an open file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "ntoskrnl/io/inode.h"

#define ACL_ATTRIBUTE "system.posix_acl_access"
#define READ_TRIES    8 /* until mode and ACL were read without a change between */

static NTSTATUS status_of_errno(void)
{
    switch (errno)
    {
    case EPERM:
    case EACCES: return STATUS_ACCESS_DENIED;
    case EROFS: return STATUS_MEDIA_WRITE_PROTECTED;
    case ENOSPC:
    case EDQUOT: return STATUS_DISK_FULL;
    case ENOMEM: return STATUS_NO_MEMORY;
    case EINVAL: /* an id that this user namespace does not know */
    case E2BIG:
    case ERANGE:
    case EOPNOTSUPP: return STATUS_NOT_SUPPORTED;
    case EBADF: return STATUS_INVALID_HANDLE;
    default: return STATUS_UNSUCCESSFUL;
    }
}

static bool same_state(const struct stat *a, const struct stat *b)
{
    return a->st_mode == b->st_mode && a->st_uid == b->st_uid && a->st_gid == b->st_gid &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* The ACL over what the mode says; a file without one has the mode alone. */
static NTSTATUS read_acl(int fd, struct permissions *permissions)
{
    unsigned char value[POSIX_ACL_MAX_SIZE];
    ssize_t size = fgetxattr(fd, ACL_ATTRIBUTE, value, sizeof(value));

    if (size >= 0) return posix_acl_parse(value, size, permissions);
    return errno == ENODATA || errno == EOPNOTSUPP ? STATUS_SUCCESS : status_of_errno();
}

static NTSTATUS read_once(int fd, const struct stat *state, struct permissions *permissions)
{
    *permissions = (struct permissions){.owner = state->st_uid,
                                        .group = state->st_gid,
                                        .directory = S_ISDIR(state->st_mode),
                                        .user = state->st_mode >> 6 & PERM_ALL,
                                        .owning_group = state->st_mode >> 3 & PERM_ALL,
                                        .other = state->st_mode & PERM_ALL};
    return read_acl(fd, permissions);
}

NTSTATUS inode_read(int fd, struct permissions *permissions)
{
    struct stat before, after;
    NTSTATUS status;
    int tries = READ_TRIES;

    do
    {
        if (fstat(fd, &before)) return status_of_errno();
        if ((status = read_once(fd, &before, permissions))) return status;
        if (fstat(fd, &after)) return status_of_errno();
    } while (!same_state(&before, &after) && --tries);
    return tries ? STATUS_SUCCESS : STATUS_RETRY;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static bool same_bits(const struct permissions *a, const struct permissions *b)
{
    size_t i;

    if (a->user != b->user || a->owning_group != b->owning_group || a->other != b->other ||
        a->named_count != b->named_count || a->masked != b->masked || (a->masked && a->mask != b->mask))
        return false;
    for (i = 0; i < a->named_count; i++)
        if (a->named[i].group != b->named[i].group || a->named[i].id != b->named[i].id ||
            a->named[i].perm != b->named[i].perm)
            return false;
    return true;
}

/* One call that sets mode and ACL together: the kernel makes an ACL without named entries a mode (posix_acl_update_mode()). */
static NTSTATUS write_bits(int fd, const struct permissions *permissions)
{
    unsigned char value[POSIX_ACL_MAX_SIZE];
    size_t size = posix_acl_write(permissions, value);
    struct stat state;

    if (!fsetxattr(fd, ACL_ATTRIBUTE, value, size, 0)) return STATUS_SUCCESS;
    if (errno != EOPNOTSUPP || permissions->masked) return status_of_errno();
    if (fstat(fd, &state)) return status_of_errno();
    if (fchmod(fd, (state.st_mode & 07000) | permissions->user << 6 | permissions->owning_group << 3 | permissions->other))
        return status_of_errno();
    return STATUS_SUCCESS;
}

/*
 * While the file changes its group nobody may have what neither the old permissions nor the new ones give: the bits of one
 * group are in force with the members of the other.
 */
static void close_between(const struct permissions *current, const struct permissions *changed, struct permissions *between)
{
    *between = *changed;
    between->owning_group &= group_bits(current);
    between->other &= current->other & group_bits(changed);
}

static NTSTATUS write_ids(int fd, const struct permissions *current, const struct permissions *changed)
{
    uid_t owner = changed->owner == current->owner ? (uid_t)-1 : changed->owner;
    gid_t group = changed->group == current->group ? (gid_t)-1 : changed->group;

    return fchown(fd, owner, group) ? status_of_errno() : STATUS_SUCCESS;
}

/* The file as STATE and CURRENT say that it was: setuid and setgid, too, which chown(2) takes away. */
static NTSTATUS put_back(int fd, const struct stat *state, const struct permissions *current)
{
    struct stat now;
    NTSTATUS status;

    if (fstat(fd, &now)) return status_of_errno();
    if ((now.st_uid != state->st_uid || now.st_gid != state->st_gid) && fchown(fd, state->st_uid, state->st_gid))
        return status_of_errno();
    if ((status = write_bits(fd, current))) return status;
    if (fstat(fd, &now)) return status_of_errno();
    return now.st_mode == state->st_mode || !fchmod(fd, state->st_mode & 07777) ? STATUS_SUCCESS : status_of_errno();
}

/* Ids first: who may not give the file away has then changed nothing, or closed it while its group changes. */
static NTSTATUS write_both(int fd, const struct permissions *current, const struct permissions *changed)
{
    bool group = changed->group != current->group;
    struct permissions between;
    struct stat state;
    NTSTATUS status;

    if (fstat(fd, &state)) return status_of_errno();
    close_between(current, changed, &between);
    if (group && (status = write_bits(fd, &between))) return status;
    if ((status = write_ids(fd, current, changed)))
    {
        if (!group) return status;
    }
    else if (!(status = write_bits(fd, changed)))
        return STATUS_SUCCESS;
    if (put_back(fd, &state, current)) guise_log("a file's owner and permissions were changed in part, and not back");
    return status;
}

NTSTATUS inode_write(int fd, const struct permissions *current, const struct permissions *changed)
{
    bool ids = changed->owner != current->owner || changed->group != current->group;

    if (same_bits(current, changed)) return ids ? write_ids(fd, current, changed) : STATUS_SUCCESS;
    return ids ? write_both(fd, current, changed) : write_bits(fd, changed);
}

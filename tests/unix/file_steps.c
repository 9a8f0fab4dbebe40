/*
 * Owner, group and DACL of a file set together: two system calls, of which either may fail. The unit stands between the library
 * and the kernel and looks at the file from there.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

/* ---- between the library and the kernel ----------------------------------------------------------------------------- */

static struct
{
    bool watched;
    int fail_chown;                    /* errno, or 0 */
    unsigned int setxattr_left;        /* so many succeed and then one fails; 0: none fails */
    unsigned int chowns, setxattrs;    /* how many were asked for */
    mode_t mode_before, mode_after;    /* of the first change of ids */
    mode_t chmod_meanwhile;            /* what the mode becomes just before the ACL is next read, or 0 */
} calls;

int fchown(int fd, uid_t uid, gid_t gid)
{
    struct stat state;
    int result;

    if (!calls.watched) return (int)syscall(SYS_fchown, fd, uid, gid);
    if (!calls.chowns && !fstat(fd, &state)) calls.mode_before = state.st_mode & 0777;
    if (calls.fail_chown)
    {
        calls.chowns++;
        errno = calls.fail_chown;
        return -1;
    }
    result = (int)syscall(SYS_fchown, fd, uid, gid);
    if (!calls.chowns++ && !fstat(fd, &state)) calls.mode_after = state.st_mode & 0777;
    return result;
}

int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)
{
    if (calls.watched)
    {
        calls.setxattrs++;
        if (calls.setxattr_left && !--calls.setxattr_left)
        {
            errno = ENOSPC;
            return -1;
        }
    }
    return (int)syscall(SYS_fsetxattr, fd, name, value, size, flags);
}

ssize_t fgetxattr(int fd, const char *name, void *value, size_t size)
{
    if (calls.chmod_meanwhile && fchmod(fd, calls.chmod_meanwhile)) abort();
    calls.chmod_meanwhile = 0;
    return syscall(SYS_fgetxattr, fd, name, value, size);
}

/* ---- files and descriptors ------------------------------------------------------------------------------------------- */

static HANDLE open_file(const char *name, bool directory, uid_t uid, gid_t gid, mode_t mode, int *fd)
{
    char path[64];
    HANDLE handle = NULL;
    NTSTATUS status;

    snprintf(path, sizeof(path), "%s/%s", test_folder(), name);
    if (directory ? mkdir(path, 0700) : mknod(path, S_IFREG | 0600, 0)) abort();
    if ((*fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) abort();
    if (fchown(*fd, uid, gid) || fchmod(*fd, mode)) abort();
    status = GuiseCreateFileObject(*fd, MAXIMUM_ALLOWED, &handle);
    ok(!status, "got %#x\n", status); /* design 2 */
    return handle;
}

static struct stat stat_of(int fd)
{
    struct stat state;

    if (fstat(fd, &state)) abort();
    return state;
}

static bool still_is(struct stat a, int fd)
{
    struct stat b = stat_of(fd);

    return a.st_mode == b.st_mode && a.st_uid == b.st_uid && a.st_gid == b.st_gid &&
           fgetxattr(fd, ACL_ATTRIBUTE, NULL, 0) < 0;
}

static void allow_and_deny(PACL dacl, PSID sid, mode_t perm, mode_t later)
{
    if (perm) RtlAddAccessAllowedAce(dacl, ACL_REVISION, mask_of(perm), sid);
    if (later & ~perm) RtlAddAccessDeniedAce(dacl, ACL_REVISION, mask_of(later & ~perm), sid);
}

/* The owner, the group and a DACL that is the mode. */
static NTSTATUS set(HANDLE handle, uid_t uid, gid_t gid, mode_t mode)
{
    static SID everyone = {SID_REVISION, 1, {SECURITY_WORLD_SID_AUTHORITY}, {0}};
    struct unix_sid owner = sid_of_user(uid), group = sid_of_group(gid);
    SECURITY_DESCRIPTOR given;
    struct
    {
        ACL acl;
        UCHAR more[200];
    } dacl;
    NTSTATUS status;

    RtlCreateSecurityDescriptor(&given, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(&dacl.acl, sizeof(dacl), ACL_REVISION);
    allow_and_deny(&dacl.acl, &owner, mode >> 6, mode >> 3 | mode);
    allow_and_deny(&dacl.acl, &group, mode >> 3, mode);
    allow_and_deny(&dacl.acl, &everyone, mode, 0);
    RtlSetDaclSecurityDescriptor(&given, TRUE, &dacl.acl, FALSE);
    RtlSetOwnerSecurityDescriptor(&given, &owner, FALSE);
    RtlSetGroupSecurityDescriptor(&given, &group, FALSE);
    calls.watched = true;
    calls.chowns = calls.setxattrs = 0;
    status = NtSetSecurityObject(handle, PARTS, &given);
    calls.watched = false;
    calls.fail_chown = 0;
    calls.setxattr_left = 0;
    return status;
}

/* ---- the tests --------------------------------------------------------------------------------------------------------- */

/* What is in force with the old group and then with the new one is what both had: the group's bits, the others'. */
static void test_between(void)
{
    static const struct
    {
        mode_t before, after, between;
    } cases[] = {
        {0660, 0664, 0660}, {0640, 0660, 0640}, {0660, 0640, 0640}, {0664, 0604, 0600}, {0604, 0644, 0604}, {0600, 0666, 0600},
        {0666, 0600, 0600}, {0606, 0660, 0600},
    };
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(cases); i++)
    {
        char name[16];
        NTSTATUS status;
        HANDLE handle;
        int fd;

        snprintf(name, sizeof(name), "between%u", i);
        handle = open_file(name, false, ALICE, STAFF, cases[i].before, &fd);
        status = set(handle, BOB, READERS, cases[i].after);
        /* design 2: guise-files(7) */
        ok(!status && (stat_of(fd).st_mode & 0777) == cases[i].after && stat_of(fd).st_uid == BOB &&
           stat_of(fd).st_gid == READERS, "%u: got %#x, mode %o\n", i, status, stat_of(fd).st_mode);
        ok((calls.mode_before & 077) == (cases[i].between & 077) && (calls.mode_after & 077) == (cases[i].between & 077),
           "%u: mode %o, then %o\n", i, calls.mode_before, calls.mode_after);
        NtClose(handle);
        close(fd);
    }
}

static void test_failures(void)
{
    struct stat before;
    NTSTATUS status;
    HANDLE handle;
    int fd;

    handle = open_file("failures", false, ALICE, STAFF, 06755, &fd);
    before = stat_of(fd);

    /* design 2: the owner may not be given; nothing else was tried */
    calls.fail_chown = EPERM;
    status = set(handle, BOB, STAFF, 0700);
    ok(status == STATUS_ACCESS_DENIED && still_is(before, fd) && calls.chowns == 1 && !calls.setxattrs,
       "got %#x, %u, %u\n", status, calls.chowns, calls.setxattrs);
    calls.fail_chown = EPERM;
    status = set(handle, ALICE, READERS, 0600);
    ok(status == STATUS_ACCESS_DENIED && still_is(before, fd), "got %#x, mode %o\n", status, stat_of(fd).st_mode);

    /* design 2: the bits cannot be written before, and after the ids were */
    calls.setxattr_left = 1;
    status = set(handle, ALICE, READERS, 0600);
    ok(status == STATUS_DISK_FULL && still_is(before, fd) && !calls.chowns, "got %#x, mode %o\n", status, stat_of(fd).st_mode);
    calls.setxattr_left = 2;
    status = set(handle, BOB, READERS, 0600);
    ok(status == STATUS_DISK_FULL && still_is(before, fd) && calls.chowns == 2, "got %#x, mode %o\n", status,
       stat_of(fd).st_mode);
    calls.setxattr_left = 1;
    status = set(handle, BOB, STAFF, 0600);
    ok(status == STATUS_DISK_FULL && still_is(before, fd) && calls.chowns == 2, "got %#x, mode %o\n", status,
       stat_of(fd).st_mode);
    NtClose(handle);
    close(fd);
}

/* What no descriptor says stays; what the kernel takes away it takes here, too, but not from who was refused. */
static void test_special_bits(void)
{
    PACCESS_TOKEN alice = ids_token(ALICE, ALICE, 0, NULL);
    struct stat before;
    NTSTATUS status;
    HANDLE handle;
    int fd;

    handle = open_file("special", true, ALICE, STAFF, 07750, &fd);
    before = stat_of(fd);
    status = set(handle, ALICE, STAFF, 0705);
    ok(!status && stat_of(fd).st_mode == (S_IFDIR | 07705), "got %#x, mode %o\n", status, stat_of(fd).st_mode); /* chmod(2) */
    status = set(handle, BOB, READERS, 0770);
    ok(!status && stat_of(fd).st_mode == (S_IFDIR | 07770), "got %#x, mode %o\n", status, stat_of(fd).st_mode); /* chown(2) */
    status = set(handle, ALICE, STAFF, 0750);
    ok(!status && still_is(before, fd), "got %#x, mode %o\n", status, stat_of(fd).st_mode); /* chown(2) */

    ok(!impersonate(alice), "not impersonated\n"); /* design 5.4 */
    status = set(handle, BOB, STAFF, 0777);
    /* chown(2): nobody gives files away */
    ok(status == STATUS_ACCESS_DENIED && still_is(before, fd), "got %#x, mode %o\n", status, stat_of(fd).st_mode);
    status = set(handle, ALICE, STAFF, 0700);
    /* chmod(2): who is not in the group keeps no setgid */
    ok(!status && stat_of(fd).st_mode == (S_IFDIR | 05700), "got %#x, mode %o\n", status, stat_of(fd).st_mode);
    PsRevertToSelf();
    NtClose(handle);
    close(fd);
    ObDereferenceObject(alice);
}

/* Mode and ACL are two system calls to read: what is told was so at one moment. */
static void test_read(void)
{
    ULONG meanwhile[256], then[256], length, then_length;
    NTSTATUS status;
    HANDLE handle;
    int fd;

    handle = open_file("read", false, ALICE, STAFF, 0664, &fd);
    calls.chmod_meanwhile = 0600;
    status = NtQuerySecurityObject(handle, PARTS, meanwhile, sizeof(meanwhile), &length);
    ok(!status && !calls.chmod_meanwhile, "got %#x\n", status); /* DDI ZwQuerySecurityObject */
    status = NtQuerySecurityObject(handle, PARTS, then, sizeof(then), &then_length);
    /* design 2: guise-files(7) */
    ok(!status && length == then_length && !memcmp(meanwhile, then, length), "got %#x, %u bytes and %u\n", status, length, then_length);
    NtClose(handle);
    close(fd);
}

START_TEST(file_steps)
{
    if (!have_sandbox()) return;
    test_between();
    test_failures();
    test_special_bits();
    test_read();
}

/*
 * Unix files as objects: for generated owners, groups, modes and POSIX ACLs, what the access check says of a client is what
 * the kernel says to a thread that impersonates him. What is set is the matter of file_set.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "files.h"

#include <fcntl.h>
#include <sys/xattr.h>

#define FILES 600

static struct file files[FILES];

static void test_generated(void)
{
    struct outcome sum;
    unsigned int i;

    for (i = 0; i < FILES; i++) make_random(&files[i], i);
    sum = compare_as_all(files, FILES);
    trace("%u single rights, %u granted; %u combined, %u granted\n", sum.asked, sum.granted, sum.combined, sum.combined_granted);
    trace("%u more by the union of groups: wx %u, rx %u, rw %u, rwx %u\n", sum.more, sum.more_of[3], sum.more_of[5],
          sum.more_of[6], sum.more_of[7]);
    /* access(2), acl(5) */
    ok(!sum.different, "%u of %u single rights differ\n", sum.different, sum.asked);
    ok(!sum.less, "%u combined rights are refused that the kernel grants\n", sum.less);
    ok(sum.granted > sum.asked / 20 && sum.granted < sum.asked / 20 * 19, "%u of %u are granted\n", sum.granted, sum.asked);
    ok(!have_posix_acls || (sum.more_of[3] && sum.more_of[5] && sum.more_of[6] && sum.more_of[7]), "not every union was generated\n");
    ok(sum.more < sum.combined / 20, "%u of %u are unions\n", sum.more, sum.combined);
}

/* The smallest union: two groups, each with one of the rights. */
static void test_union(void)
{
    unsigned char acl[MAX_ACL];
    size_t size = 4;
    struct file file;

    if (!have_posix_acls)
    {
        skip("the file system has no POSIX ACLs\n");
        return;
    }
    make_plain(&file, FILES, false, 0, STAFF, 0);
    memcpy(acl, (unsigned char[]){2, 0, 0, 0}, 4);
    size = put_entry(acl, size, TAG_USER_OBJ, 6, -1u);
    size = put_entry(acl, size, TAG_GROUP_OBJ, 4, -1u);
    size = put_entry(acl, size, TAG_GROUP, 2, READERS);
    size = put_entry(acl, size, TAG_MASK, 6, -1u);
    size = put_entry(acl, size, TAG_OTHER, 0, -1u);
    if (fsetxattr(file.fd, ACL_ATTRIBUTE, acl, size, 0)) abort();
    open_object(&file);
    /* acl(5): one entry has to have both */
    ok(!impersonate(tokens[1]), "not impersonated\n");
    ok(check_says(&file, 4) && kernel_says(&file, 4) && check_says(&file, 2) && kernel_says(&file, 2), "single rights differ\n");
    ok(check_says(&file, 6) && !kernel_says(&file, 6), "check %d, kernel %d\n", check_says(&file, 6), kernel_says(&file, 6));
    PsRevertToSelf();
    close_file(&file);
}

/* What a file says of itself, set again, changes nothing of what anybody may do. */
static void test_round_trip(void)
{
    union descriptor before, after;
    unsigned int i, failed = 0, changed = 0;
    struct outcome sum;

    for (i = 0; i < FILES; i++)
    {
        ULONG length = query(&files[i], &before);

        failed += NtSetSecurityObject(files[i].handle, PARTS, &before) != STATUS_SUCCESS;
        changed += query(&files[i], &after) != length || memcmp(&before, &after, length);
    }
    /* design 2 */
    ok(!failed, "%u of %u cannot be set\n", failed, FILES);
    ok(!changed, "%u of %u are otherwise\n", changed, FILES);
    sum = compare_as_all(files, FILES / 4);
    ok(!sum.different && !sum.less, "%u single rights differ\n", sum.different); /* access(2) */
}

static void test_objects(void)
{
    HANDLE handle = (HANDLE)1;
    NTSTATUS status;
    int fd;

    /* design 2: guise/file.h */
    status = GuiseCreateFileObject(-1, READ_CONTROL, &handle);
    ok(status == STATUS_INVALID_PARAMETER && !handle, "got %#x\n", status);
    fd = open("/", O_PATH | O_CLOEXEC);
    status = GuiseCreateFileObject(fd, READ_CONTROL, &handle);
    ok(status == STATUS_NOT_SUPPORTED && !handle, "got %#x\n", status);
    close(fd);
    fd = open("/", O_RDONLY | O_CLOEXEC);
    status = GuiseCreateFileObject(fd, FILE_WRITE_DATA, &handle);
    ok(status == STATUS_ACCESS_DENIED && !handle, "got %#x\n", status);
    status = GuiseCreateFileObject(fd, ACCESS_SYSTEM_SECURITY, &handle);
    ok(status == STATUS_ACCESS_DENIED && !handle, "got %#x\n", status);
    status = GuiseCreateFileObject(fd, READ_CONTROL, &handle);
    ok(!status && handle, "got %#x\n", status);
    close(fd);
    NtClose(handle);
}

START_TEST(file_security)
{
    unsigned int i;

    if (!prepare_subjects()) return;
    test_objects();
    test_generated();
    test_union();
    test_round_trip();
    for (i = 0; i < FILES; i++) close_file(&files[i]);
    release_subjects();
}

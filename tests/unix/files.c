/*
 * Files with owners, modes and ACLs, and what is said of them (files.h).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/xattr.h>

static unsigned int random_state = 20261121;

unsigned int pick(unsigned int below)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % below;
}

/* ---- files ------------------------------------------------------------------------------------------------------------ */

const uid_t users[] = {ALICE, BOB, CAROL};
const gid_t groups[] = {CAROL, STAFF, READERS}; /* in the order of their numbers; carol's own, too */

struct state state_of(int fd)
{
    struct state state = {.acl_size = 0};

    if (fstat(fd, &state.stat)) abort();
    state.acl_size = fgetxattr(fd, ACL_ATTRIBUTE, state.acl, sizeof(state.acl));
    return state;
}

bool same_state(const struct state *a, const struct state *b)
{
    return a->stat.st_mode == b->stat.st_mode && a->stat.st_uid == b->stat.st_uid && a->stat.st_gid == b->stat.st_gid &&
           a->acl_size == b->acl_size && (a->acl_size < 0 || !memcmp(a->acl, b->acl, a->acl_size));
}

size_t put_entry(unsigned char *acl, size_t size, unsigned int tag, unsigned int perm, uint32_t id)
{
    const unsigned char entry[] = {tag, 0, perm, 0, id, id >> 8, id >> 16, id >> 24};

    memcpy(acl + size, entry, sizeof(entry));
    return size + sizeof(entry);
}

/* A random POSIX ACL as the kernel takes it; at times with a mask and no named entry. */
static size_t random_acl(unsigned char *acl)
{
    unsigned int chosen = pick(8) ? pick(64) : 0, i;
    size_t size = 4;

    memcpy(acl, (unsigned char[]){2, 0, 0, 0}, 4);
    size = put_entry(acl, size, TAG_USER_OBJ, pick(8), -1u);
    for (i = 0; i < ARRAYSIZE(users); i++)
        if (chosen & 1u << i) size = put_entry(acl, size, TAG_USER, pick(8), users[i]);
    size = put_entry(acl, size, TAG_GROUP_OBJ, pick(8), -1u);
    for (i = 0; i < ARRAYSIZE(groups); i++)
        if (chosen & 8u << i) size = put_entry(acl, size, TAG_GROUP, pick(8), groups[i]);
    size = put_entry(acl, size, TAG_MASK, pick(3) ? pick(8) : 7, -1u);
    return put_entry(acl, size, TAG_OTHER, pick(8), -1u);
}

void open_object(struct file *file)
{
    NTSTATUS status = GuiseCreateFileObject(file->fd, MAXIMUM_ALLOWED, &file->handle);

    ok(!status, "got %#x\n", status); /* design 2 */
    status = ObReferenceObjectByHandle(file->handle, 0, *IoFileObjectType, KernelMode, &file->object, NULL);
    ok(!status, "got %#x\n", status); /* DDI ObReferenceObjectByHandle */
}

void close_file(struct file *file)
{
    ObDereferenceObject(file->object);
    NtClose(file->handle);
    close(file->fd);
}

void make_plain(struct file *file, unsigned int number, bool directory, uid_t uid, gid_t gid, mode_t mode)
{
    snprintf(file->path, sizeof(file->path), "%s/f%u", test_folder(), number);
    if (directory ? mkdir(file->path, 0700) : mknod(file->path, S_IFREG | 0600, 0)) abort();
    if ((file->fd = open(file->path, O_RDONLY | O_CLOEXEC)) < 0) abort();
    if (fchown(file->fd, uid, gid) || fchmod(file->fd, mode)) abort();
}

bool have_posix_acls;

void make_random(struct file *file, unsigned int number)
{
    static const uid_t owners[] = {0, ALICE, BOB, CAROL};
    static const gid_t owning[] = {0, STAFF, READERS, ALICE, CAROL};
    unsigned char acl[MAX_ACL];

    make_plain(file, number, !pick(4), owners[pick(4)], owning[pick(5)], pick(01000));
    if (have_posix_acls && pick(3) && fsetxattr(file->fd, ACL_ATTRIBUTE, acl, random_acl(acl), 0)) abort();
    open_object(file);
}

/* ---- who asks --------------------------------------------------------------------------------------------------------- */

const struct subject subjects[SUBJECTS] = {
    {ALICE, ALICE, 0, {0}},
    {ALICE, ALICE, 2, {STAFF, READERS}},
    {ALICE, STAFF, 1, {READERS}},
    {BOB, BOB, 0, {0}},
    {BOB, BOB, 1, {READERS}},
    {BOB, READERS, 2, {CAROL, STAFF}},
    {CAROL, CAROL, 0, {0}},
    {CAROL, CAROL, 2, {STAFF, READERS}},
    {FIRST_USER, FIRST_USER, 0, {0}},
    {FIRST_USER, FIRST_USER, 1, {STAFF}},
    {FIRST_USER, FIRST_USER, 2, {STAFF, READERS}},
    {FIRST_USER, CAROL, 2, {STAFF, READERS}},
};

PACCESS_TOKEN tokens[SUBJECTS];

const ACCESS_MASK rights[] = {0, FILE_EXECUTE, FILE_WRITE_DATA, FILE_WRITE_DATA | FILE_EXECUTE, FILE_READ_DATA,
                                     FILE_READ_DATA | FILE_EXECUTE, FILE_READ_DATA | FILE_WRITE_DATA,
                                     FILE_READ_DATA | FILE_WRITE_DATA | FILE_EXECUTE};

bool check_says(const struct file *file, unsigned int perm)
{
    static GENERIC_MAPPING mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};
    SECURITY_SUBJECT_CONTEXT subject;
    PSECURITY_DESCRIPTOR descriptor;
    BOOLEAN allocated, says = FALSE;
    ACCESS_MASK granted;
    NTSTATUS status;

    if (ObGetObjectSecurity(file->object, &descriptor, &allocated)) return false;
    SeCaptureSubjectContext(&subject);
    says = SeAccessCheck(descriptor, &subject, FALSE, rights[perm], 0, NULL, &mapping, UserMode, &granted, &status);
    SeReleaseSubjectContext(&subject);
    ObReleaseObjectSecurity(descriptor, allocated);
    return says;
}

/* What opening the object says. */
static bool object_opens(const struct file *file, unsigned int perm)
{
    HANDLE handle = NULL;
    NTSTATUS status = ObOpenObjectByPointer(file->object, 0, NULL, rights[perm], *IoFileObjectType, UserMode, &handle);

    if (!status) NtClose(handle);
    return !status;
}

/* What the kernel says to it: the bits of access(2) are those of a mode. */
bool kernel_says(const struct file *file, unsigned int perm)
{
    return !faccessat(AT_FDCWD, file->path, perm, AT_EACCESS);
}

static uint32_t number_at(const unsigned char *bytes)
{
    return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static bool in_group(const struct subject *subject, gid_t gid)
{
    size_t i;

    for (i = 0; i < subject->count; i++)
        if (subject->groups[i] == gid) return true;
    return subject->gid == gid;
}

/*
 * Whether it is by the manual's table that the check grants PERM: no entry for a group of the subject's has all of it, and all of them
 * together have. Out of the kernel's ACL, read apart.
 */
static bool is_union(const struct file *file, const struct subject *subject, unsigned int perm)
{
    struct state state = state_of(file->fd);
    unsigned int together = 0, mask = state.stat.st_mode >> 3 & 7;
    ssize_t i;

    if (state.stat.st_uid == subject->uid) return false;
    for (i = 4; i < state.acl_size; i += 8)
    {
        unsigned int tag = state.acl[i], entry = state.acl[i + 2] & mask;
        uint32_t id = tag == TAG_GROUP_OBJ ? state.stat.st_gid : number_at(state.acl + i + 4);

        if (tag == TAG_USER && id == subject->uid) return false;
        if ((tag != TAG_GROUP && tag != TAG_GROUP_OBJ) || !in_group(subject, id)) continue;
        if ((entry & perm) == perm) return false;
        together |= entry;
    }
    return (together & perm) == perm;
}

/* WHO is NULL for root. */
static struct outcome compare(const struct file *files, unsigned int count, const struct subject *who)
{
    struct outcome outcome = {0};
    unsigned int i, perm;

    for (i = 0; i < count; i++)
        for (perm = 1; perm < 8; perm++)
        {
            bool check = check_says(&files[i], perm), kernel = kernel_says(&files[i], perm);

            if (object_opens(&files[i], perm) != check) outcome.different++;
            if (perm == 1 || perm == 2 || perm == 4)
            {
                outcome.asked++;
                outcome.granted += kernel;
                if (check != kernel && !outcome.different++)
                    trace("uid %d: %s, perm %u: the check says %d, the kernel %d\n", who ? (int)who->uid : 0, files[i].path,
                          perm, check, kernel);
            }
            else
            {
                outcome.combined++;
                outcome.combined_granted += kernel;
                outcome.more += check && !kernel;
                outcome.more_of[perm] += check && !kernel;
                if (check && !kernel && (!who || !is_union(&files[i], who, perm))) outcome.unexplained++;
                outcome.less += !check && kernel;
            }
        }
    return outcome;
}

static void add(struct outcome *sum, struct outcome one)
{
    unsigned int perm;

    sum->asked += one.asked;
    sum->granted += one.granted;
    sum->different += one.different;
    sum->combined += one.combined;
    sum->combined_granted += one.combined_granted;
    sum->more += one.more;
    sum->less += one.less;
    sum->unexplained += one.unexplained;
    for (perm = 0; perm < 8; perm++) sum->more_of[perm] += one.more_of[perm];
}

struct outcome compare_as_all(const struct file *files, unsigned int count)
{
    struct outcome sum = {0}, one;
    size_t i;

    for (i = 0; i < SUBJECTS; i++)
    {
        NTSTATUS status = impersonate(tokens[i]);

        ok(!status, "%zu: got %#x\n", i, status); /* design 5.4 */
        if (status) continue;
        one = compare(files, count, &subjects[i]);
        PsRevertToSelf();
        ok(!one.unexplained, "%zu: %u times more than the kernel, and by no union\n", i, one.unexplained); /* acl(5) */
        add(&sum, one);
    }
    one = compare(files, count, NULL);
    ok(!one.more && !one.less, "root: %u more, %u less\n", one.more, one.less); /* capabilities(7) */
    add(&sum, one);
    return sum;
}

/* ---- descriptors ------------------------------------------------------------------------------------------------------ */

ULONG query(const struct file *file, union descriptor *descriptor)
{
    ULONG length = 0;
    NTSTATUS status = NtQuerySecurityObject(file->handle, PARTS, descriptor, sizeof(*descriptor), &length);

    ok(!status && RtlValidRelativeSecurityDescriptor(descriptor, length, PARTS), "got %#x\n", status); /* DDI ZwQuerySecurityObject */
    return length;
}

static struct unix_sid make_sid(ULONG kind, ULONG id)
{
    struct unix_sid made = {{SID_REVISION, 2, {{0, 0, 0, 0, 0, 22}}, {kind}}, 0};

    *RtlSubAuthoritySid(&made.sid, 1) = id;
    return made;
}

struct unix_sid sid_of_user(uid_t uid)
{
    return make_sid(1, uid);
}

struct unix_sid sid_of_group(gid_t gid)
{
    return make_sid(2, gid);
}

/* ---- before and after ------------------------------------------------------------------------------------------------- */

bool prepare_subjects(void)
{
    unsigned char acl[MAX_ACL];
    struct file probe;
    size_t i;

    if (!have_sandbox()) return false;
    make_plain(&probe, 9999, false, 0, 0, 0600);
    have_posix_acls = !fsetxattr(probe.fd, ACL_ATTRIBUTE, acl, random_acl(acl), 0);
    close(probe.fd);
    unlink(probe.path);
    for (i = 0; i < SUBJECTS; i++)
        if (!(tokens[i] = ids_token(subjects[i].uid, subjects[i].gid, subjects[i].count, subjects[i].groups))) return false;
    return true;
}

void release_subjects(void)
{
    size_t i;

    for (i = 0; i < SUBJECTS; i++) ObDereferenceObject(tokens[i]);
}

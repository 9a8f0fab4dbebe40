/*
 * Unix files as objects: for generated owners, groups, modes and POSIX ACLs, what the access check says of a client is what
 * the kernel says to a thread that impersonates him; what is set is what the file then says; what Unix cannot say is refused.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <guise/file.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define ACL_ATTRIBUTE "system.posix_acl_access"
#define MAX_ACL       256

static unsigned int random_state = 20261121;

static unsigned int pick(unsigned int below)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % below;
}

/* ---- files ------------------------------------------------------------------------------------------------------------ */

enum
{
    TAG_USER_OBJ = 0x01,
    TAG_USER = 0x02,
    TAG_GROUP_OBJ = 0x04,
    TAG_GROUP = 0x08,
    TAG_MASK = 0x10,
    TAG_OTHER = 0x20
};

static const uid_t users[] = {ALICE, BOB, CAROL};
static const gid_t groups[] = {CAROL, STAFF, READERS}; /* in the order of their numbers; carol's own, too */

struct file
{
    char path[64];
    int fd;
    HANDLE handle;
    PVOID object;
};

/* All that the kernel keeps of a file's permissions. */
struct state
{
    struct stat stat;
    ssize_t acl_size;
    unsigned char acl[MAX_ACL];
};

static struct state state_of(int fd)
{
    struct state state = {.acl_size = 0};

    if (fstat(fd, &state.stat)) abort();
    state.acl_size = fgetxattr(fd, ACL_ATTRIBUTE, state.acl, sizeof(state.acl));
    return state;
}

static bool same_state(const struct state *a, const struct state *b)
{
    return a->stat.st_mode == b->stat.st_mode && a->stat.st_uid == b->stat.st_uid && a->stat.st_gid == b->stat.st_gid &&
           a->acl_size == b->acl_size && (a->acl_size < 0 || !memcmp(a->acl, b->acl, a->acl_size));
}

static size_t put_entry(unsigned char *acl, size_t size, unsigned int tag, unsigned int perm, uint32_t id)
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

static void open_object(struct file *file)
{
    NTSTATUS status = GuiseCreateFileObject(file->fd, MAXIMUM_ALLOWED, &file->handle);

    ok(!status, "got %#x\n", status); /* design 2 */
    status = ObReferenceObjectByHandle(file->handle, 0, *IoFileObjectType, KernelMode, &file->object, NULL);
    ok(!status, "got %#x\n", status); /* DDI ObReferenceObjectByHandle */
}

static void close_file(struct file *file)
{
    ObDereferenceObject(file->object);
    NtClose(file->handle);
    close(file->fd);
}

/* File or folder NUMBER; the descriptor is this process's own, so that nobody's rights are needed to have it. */
static void make_plain(struct file *file, unsigned int number, bool directory, uid_t uid, gid_t gid, mode_t mode)
{
    snprintf(file->path, sizeof(file->path), "%s/f%u", test_folder(), number);
    if (directory ? mkdir(file->path, 0700) : mknod(file->path, S_IFREG | 0600, 0)) abort();
    if ((file->fd = open(file->path, O_RDONLY | O_CLOEXEC)) < 0) abort();
    if (fchown(file->fd, uid, gid) || fchmod(file->fd, mode)) abort();
}

static bool have_posix_acls;

static void make_random(struct file *file, unsigned int number)
{
    static const uid_t owners[] = {0, ALICE, BOB, CAROL};
    static const gid_t owning[] = {0, STAFF, READERS, ALICE, CAROL};
    unsigned char acl[MAX_ACL];

    make_plain(file, number, !pick(4), owners[pick(4)], owning[pick(5)], pick(01000));
    if (have_posix_acls && pick(3) && fsetxattr(file->fd, ACL_ATTRIBUTE, acl, random_acl(acl), 0)) abort();
    open_object(file);
}

/* ---- who asks --------------------------------------------------------------------------------------------------------- */

struct subject
{
    uid_t uid;
    gid_t gid;
    size_t count;
    gid_t groups[3];
};

static const struct subject subjects[] = {
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

static PACCESS_TOKEN tokens[ARRAYSIZE(subjects)];

static const ACCESS_MASK rights[] = {0, FILE_EXECUTE, FILE_WRITE_DATA, FILE_WRITE_DATA | FILE_EXECUTE, FILE_READ_DATA,
                                     FILE_READ_DATA | FILE_EXECUTE, FILE_READ_DATA | FILE_WRITE_DATA,
                                     FILE_READ_DATA | FILE_WRITE_DATA | FILE_EXECUTE};

/* What SeAccessCheck says to the calling thread of the file's descriptor. */
static bool check_says(const struct file *file, unsigned int perm)
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
static bool kernel_says(const struct file *file, unsigned int perm)
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

struct outcome
{
    unsigned int asked, granted, different; /* single rights */
    unsigned int combined, combined_granted, more, less; /* together: the check grants more, or less, than the kernel */
    unsigned int unexplained;                            /* of those more: not by the union of groups */
    unsigned int more_of[8];                             /* by the rights asked for */
};

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

/* Everybody, one after the other, and root at last. */
static struct outcome compare_as_all(const struct file *files, unsigned int count)
{
    struct outcome sum = {0}, one;
    size_t i;

    for (i = 0; i < ARRAYSIZE(subjects); i++)
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

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

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

/* ---- setting ---------------------------------------------------------------------------------------------------------- */

#define PARTS (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION)

union descriptor
{
    SECURITY_DESCRIPTOR_RELATIVE sd;
    UCHAR bytes[4096];
};

static ULONG query(const struct file *file, union descriptor *descriptor)
{
    ULONG length = 0;
    NTSTATUS status = NtQuerySecurityObject(file->handle, PARTS, descriptor, sizeof(*descriptor), &length);

    ok(!status && RtlValidRelativeSecurityDescriptor(descriptor, length, PARTS), "got %#x\n", status); /* DDI ZwQuerySecurityObject */
    return length;
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

static void make_sid(SID *sid, ULONG kind, ULONG id)
{
    *sid = (SID){SID_REVISION, 2, {{0, 0, 0, 0, 0, 22}}, {kind}};
    *RtlSubAuthoritySid(sid, 1) = id;
}

struct room
{
    SID sid;
    ULONG more[2];
};

static struct room sid_of_user(uid_t uid)
{
    struct room room;

    make_sid(&room.sid, 1, uid);
    return room;
}

static struct room sid_of_group(gid_t gid)
{
    struct room room;

    make_sid(&room.sid, 2, gid);
    return room;
}

static SID everyone = {SID_REVISION, 1, {SECURITY_WORLD_SID_AUTHORITY}, {0}};
static SID local_system = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};

#define R (FILE_READ_DATA | FILE_READ_EA)
#define W (FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES)
#define X FILE_EXECUTE

/* A DACL of a few random entries for those who are about. */
static void random_dacl(PACL dacl, ULONG size)
{
    unsigned int count = pick(6), i;

    RtlCreateAcl(dacl, size, ACL_REVISION);
    for (i = 0; i < count; i++)
    {
        unsigned int perm = 1 + pick(7);
        ACCESS_MASK mask = (perm & 4 ? R : 0) | (perm & 2 ? W : 0) | (perm & 1 ? X : 0);
        struct room room = pick(2) ? sid_of_user(users[pick(3)]) : sid_of_group(groups[pick(3)]);
        PSID sid = pick(4) ? (PSID)&room : &everyone;

        if (pick(3))
            RtlAddAccessAllowedAce(dacl, ACL_REVISION, mask, sid);
        else
            RtlAddAccessDeniedAce(dacl, ACL_REVISION, mask, sid);
    }
}

#define DACLS 1500

/* What is taken is what the kernel then enforces; what is not changes nothing. */
static void test_set_generated(void)
{
    unsigned int i, taken = 0, refused = 0, wrong = 0, touched = 0;
    static struct file subset[64];
    struct outcome sum = {0};
    unsigned int used = 0;

    for (i = 0; i < DACLS; i++)
    {
        struct file *file = &files[i % FILES];
        struct state before = state_of(file->fd), after;
        SECURITY_DESCRIPTOR given;
        struct
        {
            ACL acl;
            UCHAR more[200];
        } dacl;
        NTSTATUS status;

        random_dacl(&dacl.acl, sizeof(dacl));
        RtlCreateSecurityDescriptor(&given, SECURITY_DESCRIPTOR_REVISION);
        RtlSetDaclSecurityDescriptor(&given, TRUE, &dacl.acl, FALSE);
        status = NtSetSecurityObject(file->handle, DACL_SECURITY_INFORMATION, &given);
        after = state_of(file->fd);
        if (status)
        {
            refused++;
            wrong += status != STATUS_NOT_SUPPORTED;
            touched += !same_state(&before, &after);
            continue;
        }
        taken++;
        /* The file's own answers are compared with the kernel's below; here the given DACL's with the file's. */
        {
            union descriptor now;
            const SID *owner;
            BOOLEAN defaulted;
            size_t s;

            query(file, &now);
            RtlGetOwnerSecurityDescriptor(&now, (PSID *)&owner, &defaulted);
            for (s = 0; s < ARRAYSIZE(subjects); s++)
            {
                unsigned int bit;

                for (bit = 1; bit < 8; bit *= 2)
                {
                    unsigned int by_given = 0, j;
                    bool decided = false;

                    /* first match, over the DACL as it was given */
                    for (j = 0; j < dacl.acl.AceCount && !decided; j++)
                    {
                        struct room user = sid_of_user(subjects[s].uid), primary = sid_of_group(subjects[s].gid);
                        ACCESS_ALLOWED_ACE *ace;
                        bool mine;
                        size_t g;

                        RtlGetAce(&dacl.acl, j, (PVOID *)&ace);
                        mine = RtlEqualSid(&ace->SidStart, &everyone) || RtlEqualSid(&ace->SidStart, &user) ||
                               RtlEqualSid(&ace->SidStart, &primary);
                        for (g = 0; g < subjects[s].count && !mine; g++)
                        {
                            struct room group = sid_of_group(subjects[s].groups[g]);

                            mine = RtlEqualSid(&ace->SidStart, &group);
                        }
                        if (!mine || !(ace->Mask & rights[bit])) continue;
                        decided = true;
                        by_given = ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE;
                    }
                    if (impersonate(tokens[s])) abort();
                    wrong += kernel_says(file, bit) != (bool)by_given;
                    PsRevertToSelf();
                }
            }
        }
        if (used < ARRAYSIZE(subset)) subset[used++] = *file;
    }
    trace("%u random DACLs taken, %u refused\n", taken, refused);
    /* design 2 */
    ok(taken > DACLS / 20 && refused > DACLS / 20, "%u taken, %u refused\n", taken, refused);
    ok(!wrong, "%u answers of the kernel are not what was set\n", wrong);
    ok(!touched, "%u refusals changed the file\n", touched);
    sum = compare_as_all(subset, used);
    ok(!sum.different && !sum.less, "%u single rights differ\n", sum.different); /* access(2) */
}

/* ---- what Unix cannot say ------------------------------------------------------------------------------------------------ */

static struct file refuser;

static void refused(int line, SECURITY_INFORMATION information, PSECURITY_DESCRIPTOR given, NTSTATUS expected)
{
    struct state before = state_of(refuser.fd), after;
    union descriptor old, new;
    ULONG length = query(&refuser, &old);
    NTSTATUS status = NtSetSecurityObject(refuser.handle, information, given);

    after = state_of(refuser.fd);
    /* callers cite */
    ok_(__FILE__, line)(status == expected, "got %#x\n", status);
    /* callers cite */
    ok_(__FILE__, line)(same_state(&before, &after), "the file is changed\n");
    /* callers cite */
    ok_(__FILE__, line)(query(&refuser, &new) == length && !memcmp(&old, &new, length), "the descriptor is changed\n");
}

static void refused_ace(int line, UCHAR type, UCHAR flags, ACCESS_MASK mask, PSID sid, NTSTATUS expected)
{
    SECURITY_DESCRIPTOR given;
    struct
    {
        ACL acl;
        UCHAR more[100];
    } dacl;

    RtlCreateSecurityDescriptor(&given, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(&dacl.acl, sizeof(dacl), ACL_REVISION);
    RtlAddAccessAllowedAce(&dacl.acl, ACL_REVISION, R, &everyone);
    RtlAddAccessAllowedAce(&dacl.acl, ACL_REVISION, mask, sid);
    ((ACE_HEADER *)(&dacl.acl + 1))[5].AceType = type;
    ((ACE_HEADER *)(&dacl.acl + 1))[5].AceFlags = flags;
    RtlSetDaclSecurityDescriptor(&given, TRUE, &dacl.acl, FALSE);
    /* callers cite */
    refused(line, DACL_SECURITY_INFORMATION, &given, expected);
}

static void test_refusals(void)
{
    struct room alice = sid_of_user(ALICE), bob = sid_of_user(BOB), readers = sid_of_group(READERS);
    SID authenticated = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_AUTHENTICATED_USER_RID}};
    SECURITY_DESCRIPTOR given;

    make_plain(&refuser, FILES + 1, false, ALICE, STAFF, 04750);
    open_object(&refuser);

    /* design 2: guise-files(7) lists them */
    refused_ace(__LINE__, ACCESS_ALLOWED_ACE_TYPE, 0, FILE_ALL_ACCESS, &bob, STATUS_NOT_SUPPORTED);
    refused_ace(__LINE__, ACCESS_ALLOWED_ACE_TYPE, 0, DELETE, &alice, STATUS_NOT_SUPPORTED);
    refused_ace(__LINE__, ACCESS_ALLOWED_ACE_TYPE, 0, WRITE_DAC, &bob, STATUS_NOT_SUPPORTED);
    refused_ace(__LINE__, ACCESS_ALLOWED_ACE_TYPE, 0, FILE_READ_DATA, &bob, STATUS_NOT_SUPPORTED);
    refused_ace(__LINE__, ACCESS_ALLOWED_ACE_TYPE, 0, FILE_APPEND_DATA, &bob, STATUS_NOT_SUPPORTED);
    refused_ace(__LINE__, ACCESS_DENIED_ACE_TYPE, 0, READ_CONTROL, &bob, STATUS_NOT_SUPPORTED);
    refused_ace(__LINE__, ACCESS_ALLOWED_ACE_TYPE, CONTAINER_INHERIT_ACE, R, &bob, STATUS_NOT_SUPPORTED);
    refused_ace(__LINE__, ACCESS_ALLOWED_ACE_TYPE, INHERITED_ACE, R, &bob, STATUS_NOT_SUPPORTED);
    refused_ace(__LINE__, ACCESS_ALLOWED_CALLBACK_ACE_TYPE, 0, R, &bob, STATUS_NOT_SUPPORTED);
    refused_ace(__LINE__, ACCESS_ALLOWED_ACE_TYPE, 0, R, &authenticated, STATUS_NONE_MAPPED);
    refused_ace(__LINE__, ACCESS_DENIED_ACE_TYPE, 0, W, &local_system, STATUS_NOT_SUPPORTED);
    refused_ace(__LINE__, ACCESS_ALLOWED_ACE_TYPE, 0, R, &local_system, STATUS_NOT_SUPPORTED);

    /* design 2: no DACL, a protected one, a SACL, a label, an owner and a group that Unix does not know */
    RtlCreateSecurityDescriptor(&given, SECURITY_DESCRIPTOR_REVISION);
    refused(__LINE__, DACL_SECURITY_INFORMATION, &given, STATUS_NOT_SUPPORTED);
    refused(__LINE__, SACL_SECURITY_INFORMATION, &given, STATUS_ACCESS_DENIED);
    refused(__LINE__, LABEL_SECURITY_INFORMATION, &given, STATUS_NOT_SUPPORTED);
    refused(__LINE__, OWNER_SECURITY_INFORMATION, &given, STATUS_INVALID_OWNER);
    refused(__LINE__, GROUP_SECURITY_INFORMATION, &given, STATUS_INVALID_PRIMARY_GROUP);
    RtlSetOwnerSecurityDescriptor(&given, &readers, FALSE);
    RtlSetGroupSecurityDescriptor(&given, &bob, FALSE);
    refused(__LINE__, OWNER_SECURITY_INFORMATION, &given, STATUS_NONE_MAPPED);
    refused(__LINE__, GROUP_SECURITY_INFORMATION, &given, STATUS_NONE_MAPPED);
    given.Revision = 2;
    refused(__LINE__, OWNER_SECURITY_INFORMATION, &given, STATUS_UNKNOWN_REVISION);
    close_file(&refuser);
}

/* ---- who sets ----------------------------------------------------------------------------------------------------------- */

static NTSTATUS set(const struct file *file, SECURITY_INFORMATION information, uid_t owner, ACCESS_MASK mask)
{
    struct room sid = sid_of_user(owner);
    SECURITY_DESCRIPTOR given;
    struct
    {
        ACL acl;
        UCHAR more[100];
    } dacl;

    RtlCreateSecurityDescriptor(&given, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(&dacl.acl, sizeof(dacl), ACL_REVISION);
    RtlAddAccessAllowedAce(&dacl.acl, ACL_REVISION, mask, &sid);
    RtlSetDaclSecurityDescriptor(&given, TRUE, &dacl.acl, FALSE);
    RtlSetOwnerSecurityDescriptor(&given, &sid, FALSE);
    return NtSetSecurityObject(file->handle, information, &given);
}

static void test_callers(void)
{
    struct state before, after;
    struct file file;
    NTSTATUS status;

    make_plain(&file, FILES + 2, false, ALICE, STAFF, 0640);
    open_object(&file);
    before = state_of(file.fd);

    /* chmod(2): the owner's alone, though the handle grants it to everybody who has it */
    ok(!impersonate(tokens[3]), "not impersonated\n");
    status = set(&file, DACL_SECURITY_INFORMATION, ALICE, R);
    PsRevertToSelf();
    after = state_of(file.fd);
    ok(status == STATUS_ACCESS_DENIED && same_state(&before, &after), "got %#x\n", status);

    /* chown(2): nobody gives files away, and the permissions that went with it are as before */
    ok(!impersonate(tokens[0]), "not impersonated\n");
    status = set(&file, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, BOB, R);
    PsRevertToSelf();
    after = state_of(file.fd);
    ok(status == STATUS_ACCESS_DENIED && same_state(&before, &after), "got %#x, mode %o\n", status, after.stat.st_mode);

    /* chmod(2) */
    ok(!impersonate(tokens[0]), "not impersonated\n");
    status = set(&file, DACL_SECURITY_INFORMATION, ALICE, R);
    PsRevertToSelf();
    after = state_of(file.fd);
    ok(!status && (after.stat.st_mode & 0777) == 0400, "got %#x, mode %o\n", status, after.stat.st_mode);

    /* chown(2): root does */
    status = set(&file, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, BOB, R | W);
    after = state_of(file.fd);
    ok(!status && after.stat.st_uid == BOB && (after.stat.st_mode & 0777) == 0600, "got %#x, mode %o\n", status, after.stat.st_mode);
    close_file(&file);
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
    unsigned char acl[MAX_ACL];
    struct file probe;
    size_t i;

    if (!have_sandbox()) return;
    make_plain(&probe, FILES + 3, false, 0, 0, 0600);
    have_posix_acls = !fsetxattr(probe.fd, ACL_ATTRIBUTE, acl, random_acl(acl), 0);
    close(probe.fd);
    for (i = 0; i < ARRAYSIZE(subjects); i++)
        if (!(tokens[i] = ids_token(subjects[i].uid, subjects[i].gid, subjects[i].count, subjects[i].groups))) return;
    test_objects();
    test_generated();
    test_union();
    test_round_trip();
    test_set_generated();
    test_refusals();
    test_callers();
    for (i = 0; i < FILES; i++) close_file(&files[i]);
    for (i = 0; i < ARRAYSIZE(subjects); i++) ObDereferenceObject(tokens[i]);
}

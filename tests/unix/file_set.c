/*
 * What is set of a Unix file's descriptor is what the file then says; what Unix cannot say is refused and changes nothing; and the
 * kernel judges who sets.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "files.h"

#include <sys/xattr.h>

static SID everyone = {SID_REVISION, 1, {SECURITY_WORLD_SID_AUTHORITY}, {0}};
static SID local_system = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};

/* A DACL of a few random entries for those who are about. */
static void random_dacl(PACL dacl, ULONG size)
{
    unsigned int count = pick(6), i;

    RtlCreateAcl(dacl, size, ACL_REVISION);
    for (i = 0; i < count; i++)
    {
        unsigned int perm = 1 + pick(7);
        ACCESS_MASK mask = mask_of(perm);
        struct unix_sid room = pick(2) ? sid_of_user(users[pick(3)]) : sid_of_group(groups[pick(3)]);
        PSID sid = pick(4) ? (PSID)&room : &everyone;

        if (pick(3))
            RtlAddAccessAllowedAce(dacl, ACL_REVISION, mask, sid);
        else
            RtlAddAccessDeniedAce(dacl, ACL_REVISION, mask, sid);
    }
}

#define FILES 300
#define DACLS 1500

static struct file files[FILES];

static bool is_about(const struct subject *subject, PSID sid)
{
    struct unix_sid user = sid_of_user(subject->uid), group = sid_of_group(subject->gid);
    bool found = RtlEqualSid(sid, &everyone) || RtlEqualSid(sid, &user) || RtlEqualSid(sid, &group);
    size_t i;

    for (i = 0; i < subject->count && !found; i++)
    {
        group = sid_of_group(subject->groups[i]);
        found = RtlEqualSid(sid, &group);
    }
    return found;
}

/* Whether the first entry that is about the subject and the right allows it. */
static bool dacl_gives(PACL dacl, const struct subject *subject, unsigned int perm)
{
    ACCESS_ALLOWED_ACE *ace;
    ULONG i;

    for (i = 0; i < dacl->AceCount; i++)
    {
        RtlGetAce(dacl, i, (PVOID *)&ace);
        if (ace->Mask & rights[perm] && is_about(subject, &ace->SidStart)) return ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE;
    }
    return false;
}

/* Of the answers that the kernel gives, how many are not what DACL says. */
static unsigned int answers_differing(const struct file *file, PACL dacl)
{
    unsigned int i, perm, wrong = 0;

    for (i = 0; i < SUBJECTS; i++)
    {
        if (impersonate(tokens[i])) abort();
        for (perm = 1; perm < 8; perm *= 2) wrong += kernel_says(file, perm) != dacl_gives(dacl, &subjects[i], perm);
        PsRevertToSelf();
    }
    return wrong;
}

/* What is taken is what the kernel then enforces; what is not changes nothing. */
static void test_set_generated(void)
{
    unsigned int i, taken = 0, refused = 0, wrong = 0, touched = 0, used = 0;
    static struct file subset[64];
    struct outcome sum;

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
        if (status)
        {
            after = state_of(file->fd);
            refused++;
            wrong += status != STATUS_NOT_SUPPORTED;
            touched += !same_state(&before, &after);
            continue;
        }
        taken++;
        wrong += answers_differing(file, &dacl.acl);
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
    struct unix_sid alice = sid_of_user(ALICE), bob = sid_of_user(BOB), readers = sid_of_group(READERS);
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
    struct unix_sid sid = sid_of_user(owner);
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

START_TEST(file_set)
{
    unsigned int i;

    if (!prepare_subjects()) return;
    for (i = 0; i < FILES; i++) make_random(&files[i], i);
    test_set_generated();
    test_refusals();
    test_callers();
    for (i = 0; i < FILES; i++) close_file(&files[i]);
    release_subjects();
}

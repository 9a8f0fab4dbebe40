/*
 * A domain's SIDs set in the security of Unix files: what the kernel then gives to whom.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <guise/file.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <winbase.h>

#include "../unix/support.h"
#include "domain.h"

union room
{
    SID sid;
    UCHAR room[SECURITY_MAX_SID_SIZE];
};

static void read_sid(const char *text, union room *room)
{
    if (!guise_sid_from_text(text, &room->sid)) abort();
}

/* Owner, group and DACL at once, each of which may be missing. */
static NTSTATUS set_security(const char *path, PSID owner, PSID group, PACL dacl)
{
    SECURITY_INFORMATION information = (owner ? OWNER_SECURITY_INFORMATION : 0) | (group ? GROUP_SECURITY_INFORMATION : 0) |
                                       (dacl ? DACL_SECURITY_INFORMATION : 0);
    SECURITY_DESCRIPTOR descriptor = {.Revision = SECURITY_DESCRIPTOR_REVISION, .Control = dacl ? SE_DACL_PRESENT : 0,
                                      .Owner = owner, .Group = group, .Dacl = dacl};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    HANDLE handle;
    NTSTATUS status = GuiseCreateFileObject(fd, WRITE_OWNER | WRITE_DAC | READ_CONTROL, &handle);

    close(fd);
    if (status) return status;
    status = NtSetSecurityObject(handle, information, &descriptor);
    NtClose(handle);
    return status;
}

static int open_as(const char *package, const char *user, const char *path, int flags)
{
    struct session session;
    int error = -1, fd;

    if (!domain_log_on(&session, package, user)) return error;
    if (ImpersonateSecurityContext(&session.server) == SEC_E_OK)
    {
        fd = open(path, flags | O_CLOEXEC);
        error = fd < 0 ? errno : 0;
        RevertSecurityContext(&session.server);
        if (fd >= 0) close(fd);
    }
    session_close(&session);
    return error;
}

/* The user's uid and one of his gids, as who acts as him has them. */
static bool are_ids_of(const char *package, const char *user, uid_t uid, gid_t gid)
{
    struct session session;
    gid_t groups[DOMAIN_MOST_GROUPS];
    bool has_uid = false, has_gid = false;
    int count;

    if (!domain_log_on(&session, package, user)) return false;
    if (ImpersonateSecurityContext(&session.server) == SEC_E_OK)
    {
        has_uid = task_now().uid[EFFECTIVE] == uid;
        count = getgroups(DOMAIN_MOST_GROUPS, groups);
        for (int i = 0; i < count; i++) has_gid |= groups[i] == gid;
        RevertSecurityContext(&session.server);
    }
    session_close(&session);
    return has_uid && has_gid;
}

static bool same_file(const char *path, const struct stat *before)
{
    struct stat now;

    return !stat(path, &now) && now.st_uid == before->st_uid && now.st_gid == before->st_gid && now.st_mode == before->st_mode;
}

/* Nobody, nobody's domain, this machine, and kinds that do not fit. */
static void check_refused(const char *path)
{
    union room sid, alice, staff;
    struct stat before;
    char text[256];

    stat(path, &before);
    read_sid(domain_sid("alice"), &alice);
    read_sid(domain_sid("Staff"), &staff);
    ok(set_security(path, &staff.sid, NULL, NULL) == STATUS_NONE_MAPPED, "a group owns a file\n"); /* design 9 */
    ok(set_security(path, NULL, &alice.sid, NULL) == STATUS_NONE_MAPPED, "a user is a group\n"); /* design 9 */
    snprintf(text, sizeof(text), "%.*s-999999", (int)(strrchr(domain_sid("alice"), '-') - domain_sid("alice")), domain_sid("alice"));
    read_sid(text, &sid);
    ok(set_security(path, &sid.sid, NULL, NULL) == STATUS_NONE_MAPPED, "nobody owns a file\n"); /* design 9 */
    read_sid("S-1-5-32-545", &sid);
    ok(set_security(path, NULL, &sid.sid, NULL) == STATUS_NONE_MAPPED, "a group of no domain's\n"); /* design 9 */
    ok(same_file(path, &before), "the file has changed\n"); /* design 9 */
}

void domain_check_file_sids(const char *package)
{
    UCHAR room[512] __attribute__((aligned(4)));
    PACL dacl = (PACL)room;
    union room alice, bob, staff, nobody;
    struct stat now;
    const char *path = make_file("sids", "x", 0, 0, 0600);

    read_sid(domain_sid("alice"), &alice);
    read_sid(domain_sid("bob"), &bob);
    read_sid(domain_sid("Staff"), &staff);
    ok(!set_security(path, &alice.sid, &staff.sid, NULL) && !stat(path, &now), "refused\n"); /* design 9 */
    ok(now.st_uid && now.st_gid && are_ids_of(package, "alice", now.st_uid, now.st_gid), "uid %u, gid %u\n", now.st_uid, now.st_gid); /* design 9 */
    ok(!open_as(package, "alice", path, O_RDWR) && open_as(package, "bob", path, O_RDONLY) == EACCES, "another owner\n"); /* open(2) */

    RtlCreateAcl(dacl, sizeof(room), ACL_REVISION);
    RtlAddAccessAllowedAce(dacl, ACL_REVISION, FILE_GENERIC_READ, &bob.sid);
    RtlAddAccessAllowedAce(dacl, ACL_REVISION, FILE_GENERIC_READ, &staff.sid);
    nobody.sid = (SID){SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};
    ok(!set_security(path, &nobody.sid, NULL, dacl), "refused\n"); /* design 9 */
    ok(!open_as(package, "bob", path, O_RDONLY) && open_as(package, "bob", path, O_WRONLY) == EACCES, "a user in a DACL\n"); /* open(2) */
    ok(!open_as(package, "alice", path, O_RDONLY) && open_as(package, "alice", path, O_WRONLY) == EACCES, "a group in a DACL\n"); /* open(2) */
    ok(open_as(package, "many", path, O_RDONLY) == EACCES, "who is in no entry\n"); /* open(2) */
    check_refused(path);
}

/* Who does not answer is no reason to give the file to somebody else. */
static void test_outage(void)
{
    const char *path = make_file("sids", "x", 0, 0, 0600);
    unsigned long long before = domain_now();
    struct stat file;
    union room alice;

    stat(path, &file);
    read_sid(domain_sid("alice"), &alice);
    ok(domain_winbind("pause"), "winbind does not pause\n"); /* design 11.1 */
    ok(set_security(path, &alice.sid, NULL, NULL) == STATUS_NO_LOGON_SERVERS, "an answer without winbind\n"); /* design 9 */
    ok(domain_now() - before < 5000, "after %llu ms\n", domain_now() - before); /* design 11.1 */
    ok(same_file(path, &file), "the file has changed\n"); /* design 9 */
    ok(domain_winbind("resume"), "winbind does not go on\n"); /* design 11.1 */
    ok(!set_security(path, &alice.sid, NULL, NULL), "refused\n"); /* design 9 */
}

START_TEST(file_sids)
{
    if (!domain_setup("accounts = files winbind nss\nwinbind-timeout = 1500\n")) return;
    domain_check_file_sids("Kerberos");
    test_outage();
    session_cleanup();
}

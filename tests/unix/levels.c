/*
 * Tests of who is carried at which level, and who never is (design 5.2, 5.3, 5.6, 5.7, 5.8): each part in a process with a configuration of its own.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

static struct task process;

static void check_ids(uid_t real, uid_t effective)
{
    struct task task = task_now();

    ok(task.uid[REAL] == real && task.uid[EFFECTIVE] == effective, "uids %u %u\n", task.uid[REAL], task.uid[EFFECTIVE]); /* callers cite */
}

static void check_process(void)
{
    struct task task = task_now();

    ok(same_credential(&task, &process), "uids %u %u\n", task.uid[REAL], task.uid[EFFECTIVE]); /* callers cite */
}

/* A duplicate of the process token. */
static PACCESS_TOKEN self_token(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    SECURITY_CLIENT_CONTEXT context;

    return SeCreateClientSecurity(PsGetCurrentThread(), &qos, FALSE, &context) ? NULL : context.ClientToken;
}

/* ---- the default configuration ----------------------------------------------------------------------------------------------- */

static void test_levels(void)
{
    const char *open_to_all = make_file("all", "x", 0, 0, 0644), *alice_file = make_file("alice", "x", ALICE, ALICE, 0600);
    const char *root_file = make_file("root", "x", 0, 0, 0600);
    PACCESS_TOKEN alice = account_token("alice");
    static const SECURITY_IMPERSONATION_LEVEL carried[] = {SecurityImpersonation, SecurityDelegation};
    static const SECURITY_IMPERSONATION_LEVEL identified[] = {SecurityAnonymous, SecurityIdentification};

    for (int i = 0; i < 2; i++)
    {
        ok(!impersonate_at(alice, carried[i]), "level %d is refused\n", carried[i]); /* design 5.6 */
        check_ids(THIRD, ALICE); /* design 5.6 */
        ok(!impersonate_at(alice, identified[i]), "level %d is refused\n", identified[i]); /* design 5.6 */
        check_ids(THIRD, ANONYMOUS); /* design 5.6 */
        ok(!task_now().effective && !task_now().group_count, "capabilities or groups are left\n"); /* design 5.6 */
        ok(open_error(alice_file) == EACCES && open_error(root_file) == EACCES, "files open at level %d\n", identified[i]); /* design 5.6 */
        ok(!open_error(open_to_all), "a file for everybody does not open\n"); /* design 5.6 */
    }
    PsRevertToSelf();
    check_process(); /* design 5.6 */
    ObDereferenceObject(alice);
}

static void test_null_session(void)
{
    for (int level = SecurityIdentification; level <= SecurityImpersonation; level++)
    {
        PACCESS_TOKEN token;

        ok(!guise_create_anonymous_token("Test", level, &token), "no anonymous token\n"); /* design 5.6 */
        ok(!impersonate_at(token, level), "it is refused\n"); /* design 5.6 */
        check_ids(THIRD, ANONYMOUS); /* design 5.6 */
        PsRevertToSelf();
        check_process(); /* design 5.6 */
        ObDereferenceObject(token);
    }
}

static void test_self(void)
{
    const char *alice_file = make_file("alice", "x", ALICE, ALICE, 0600);
    PACCESS_TOKEN self = self_token(), alice = account_token("alice");

    ok(!impersonate(self), "the process is refused to itself\n"); /* design 5.8 */
    check_process(); /* design 5.8 */
    ok(!open_error(alice_file), "it lost something\n"); /* design 5.8 */
    ok(!guise_thread_carries_client(), "it carries somebody\n"); /* design 5.8 */
    ok(!impersonate(alice), "alice is refused\n"); /* design 5.4 */
    check_ids(THIRD, ALICE); /* design 5.4 */
    ok(!impersonate(self), "the process is refused to itself\n"); /* design 5.8 */
    check_process(); /* design 5.8 */
    PsRevertToSelf();
    check_process(); /* design 5.8 */
    ObDereferenceObject(self);
    ObDereferenceObject(alice);
}

static void test_never(void)
{
    ok(!ids_token(0, 0, 0, NULL), "root\n");                          /* design 5.8 */
    ok(!ids_token((uid_t)-1, 1000, 0, NULL), "uid -1\n");             /* design 5.8 */
    ok(!ids_token(1000, (gid_t)-1, 0, NULL), "gid -1\n");             /* design 5.8 */
    ok(!ids_token(65534, 65534, 0, NULL), "the overflow id\n");       /* design 5.8 */
    ok(!ids_token(THIRD, THIRD, 0, NULL), "the third account\n");     /* design 5.8 */
    ok(!ids_token(ANONYMOUS, ANONYMOUS, 0, NULL), "the anonymous account\n"); /* design 5.8 */
}

/* ---- other configurations, each in a child --------------------------------------------------------------------------------------- */

static void token_only(void)
{
    PACCESS_TOKEN alice;

    use_configuration("identification = token-only");
    alice = account_token("alice");
    ok(!impersonate_at(alice, SecurityIdentification), "it is refused\n"); /* design 5.6 */
    check_process(); /* design 5.6 */
    ok(guise_thread_carries_client() == FALSE, "the thread carries somebody\n"); /* design 5.6 */
    ok(!impersonate(alice), "it is refused\n"); /* design 5.6 */
    check_ids(THIRD, ALICE); /* design 5.6 */
    ok(!impersonate_at(alice, SecurityIdentification), "it is refused\n"); /* design 5.6 */
    check_process(); /* design 5.6 */
}

static void allow_root(void)
{
    const char *root_file = make_file("root", "x", 0, 0, 0600), *alice_file = make_file("alice", "x", ALICE, ALICE, 0600);
    PACCESS_TOKEN root, alice;
    struct task task;

    use_configuration("allow-root = yes");
    root = ids_token(0, 0, 0, NULL);
    alice = account_token("alice");
    ok(root != NULL, "no token\n"); /* design 5.8 */
    ok(!impersonate(root), "root is refused\n"); /* design 5.8 */
    task = task_now();
    ok(task.uid[REAL] == THIRD && task.uid[EFFECTIVE] == 0 && !task.effective, "uids %u %u, effective %#I64x\n", task.uid[REAL],
       task.uid[EFFECTIVE], task.effective); /* design 5.4 */
    ok(!open_error(root_file) && open_error(alice_file) == EACCES, "not root without capabilities\n"); /* design 5.4 */
    ok(!impersonate(alice), "alice is refused\n"); /* design 5.4 */
    check_ids(THIRD, ALICE); /* design 5.4 */
    ok(!impersonate(root), "root is refused\n"); /* design 5.4 */
    ok(!task_now().effective && !task_now().uid[EFFECTIVE], "capabilities are left\n"); /* design 5.4 */
    PsRevertToSelf();
    check_process(); /* design 5.4 */
}

static void no_third_account(void)
{
    PACCESS_TOKEN alice, self = self_token();

    use_configuration("impersonation-account = nosuchaccount");
    alice = account_token("alice");
    ok(impersonate(alice) == STATUS_ACCESS_DENIED, "alice is carried\n"); /* design 5.3 */
    check_process(); /* design 5.3 */
    ok(impersonate_at(alice, SecurityIdentification) == STATUS_ACCESS_DENIED, "she is identified\n"); /* design 5.3 */
    check_process(); /* design 5.3 */
    ok(!impersonate(self), "the process is refused to itself\n"); /* design 5.8 */
}

static void no_anonymous_account(void)
{
    PACCESS_TOKEN alice;

    use_configuration("anonymous-account = nosuchaccount");
    alice = account_token("alice");
    ok(!impersonate(alice), "alice is refused\n"); /* design 5.6 */
    check_ids(THIRD, ALICE); /* design 5.6 */
    ok(impersonate_at(alice, SecurityIdentification) == STATUS_ACCESS_DENIED, "she is identified\n"); /* design 5.6 */
    check_ids(THIRD, ALICE); /* design 5.6 */
}

static void unfit_third_account(void)
{
    PACCESS_TOKEN alice;

    use_configuration("impersonation-account = root");
    alice = account_token("alice");
    ok(impersonate(alice) == STATUS_ACCESS_DENIED, "alice is carried\n"); /* design 5.3 */
    check_process(); /* design 5.3 */
}

static void group_of_third_account(void)
{
    PACCESS_TOKEN alice;

    if (setregid(THIRD, (gid_t)-1)) abort();
    process = task_now();
    alice = account_token("alice");
    ok(impersonate(alice) == STATUS_ACCESS_DENIED, "alice is carried\n"); /* design 5.3 */
    check_process(); /* design 5.3 */
}

static void same_accounts(void)
{
    PACCESS_TOKEN alice;

    use_configuration("impersonation-account = _guise-anon");
    alice = account_token("alice");
    ok(impersonate(alice) == STATUS_ACCESS_DENIED, "alice is carried\n"); /* design 5.6 */
    check_process(); /* design 5.6 */
}

static void bad_configuration(void)
{
    use_configuration("allow-rooot = yes");
    ok(!account_token("alice"), "a token despite a bad configuration\n"); /* design 5.8 */
}

static void no_unix_account(void)
{
    static const struct
    {
        SID sid;
        DWORD more;
    } user = {{SID_REVISION, 2, {{0, 0, 0, 0, 0, 5}}, {21}}, 1234};
    struct guise_logon logon = {.source = "Test", .user = &user.sid, .level = SecurityImpersonation};
    PACCESS_TOKEN token;

    ok(!guise_create_logon_token(&logon, &token), "no token\n"); /* design 5.2 */
    ok(impersonate(token) == STATUS_ACCESS_DENIED, "somebody without an account is carried\n"); /* design 5.2 */
    check_process(); /* design 5.2 */
    ok(!impersonate_at(token, SecurityIdentification), "he is not identified\n"); /* design 5.2 */
    check_ids(THIRD, ANONYMOUS); /* design 5.2 */
}

/* ---- accounts with many groups, in a child that has an /etc/group of its own --------------------------------------------------------- */

static void make_groups(unsigned int count)
{
    const char *path = make_file("group", "many:x:70030:\n", 0, 0, 0644);
    FILE *file = fopen(path, "a");

    for (unsigned int i = 0; file && i < count; i++) fprintf(file, "g%u:x:%u:many\n", i, 100000 + i);
    if (!file || fclose(file) || unshare(CLONE_NEWNS)) abort();
    /* The sandbox's has no name any more, and so no place for a mount. */
    umount2("/etc/group", MNT_DETACH);
    if (mount(path, "/etc/group", NULL, MS_BIND, NULL)) abort();
}

static void check_groups(unsigned int count)
{
    PACCESS_TOKEN many;
    struct task task;

    make_groups(count);
    many = account_token("many");
    ok(many && !impersonate(many), "somebody with %u groups is refused\n", count); /* design 5.2 */
    task = task_now();
    ok(task.group_count == count, "%u of %u groups\n", (unsigned int)task.group_count, count); /* design 5.2 */
    ok(task.group_sum == (uint64_t)count * 100000 + (uint64_t)count * (count - 1) / 2, "other groups\n"); /* design 5.2 */
    PsRevertToSelf();
    check_process(); /* design 5.4 */
}

static void some_groups(void)
{
    check_groups(1000);
}

/* setgroups(2) takes no more. */
static void most_groups(void)
{
    check_groups(65536);
}

/* Less than all of somebody's groups is nobody, since some may be there to keep him out. */
static void too_many_groups(void)
{
    make_groups(65537);
    ok(!account_token("many"), "a token without all groups\n"); /* design 5.2 */
}

START_TEST(levels)
{
    static void (*const children[])(void) = {token_only, allow_root, no_third_account, no_anonymous_account,
                                             unfit_third_account, group_of_third_account, same_accounts, bad_configuration,
                                             no_unix_account, some_groups, most_groups, too_many_groups};

    if (!have_sandbox()) return;
    process = task_now();
    test_folder();
    for (size_t i = 0; i < sizeof(children) / sizeof(children[0]); i++)
        ok(!run_child(children[i]), "child %u failed\n", (unsigned int)i); /* design 5.6 */
    test_levels();
    test_null_session();
    test_self();
    test_never();
}

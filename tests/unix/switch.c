/*
 * Tests of the switch (design 5.3, 5.4): what the kernel says of threads that carry a client, and whom it lets open which file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct task process;

static void check_carries(uid_t uid, gid_t gid, size_t group_count, uint64_t group_sum)
{
    struct task task = task_now();

    /* callers cite */
    ok(task.uid[REAL] == THIRD && task.uid[EFFECTIVE] == uid && task.uid[SAVED] == process.uid[SAVED] && task.uid[FILESYSTEM] == uid,
       "uids %u %u %u %u\n", task.uid[0], task.uid[1], task.uid[2], task.uid[3]);
    ok(task.gid[REAL] == THIRD && task.gid[EFFECTIVE] == gid && task.gid[SAVED] == process.gid[SAVED] && task.gid[FILESYSTEM] == gid,
       "gids %u %u %u %u\n", task.gid[0], task.gid[1], task.gid[2], task.gid[3]);
    ok(task.group_count == group_count && task.group_sum == group_sum, "%u groups, sum %#I64x\n", (unsigned int)task.group_count,
       task.group_sum);
    ok(!task.effective && !task.inheritable && !task.ambient, "capabilities %#I64x %#I64x %#I64x\n", task.effective, task.inheritable,
       task.ambient);
    ok(task.permitted == process.permitted, "permitted %#I64x\n", task.permitted);
}

static void check_process(void)
{
    struct task task = task_now();

    ok(same_credential(&task, &process), "uid %u %u, gid %u, %u groups\n", task.uid[REAL], task.uid[EFFECTIVE], task.gid[EFFECTIVE],
       (unsigned int)task.group_count); /* callers cite */
}

static void test_accounts(void)
{
    const char *root_file = make_file("root", "root", 0, 0, 0600), *alice_file = make_file("alice", "alice", ALICE, ALICE, 0600);
    const char *staff_file = make_file("staff", "staff", 0, STAFF, 0640), *other_file = make_file("other", "other", 0, 0, 0604);
    PACCESS_TOKEN alice = account_token("alice"), bob = account_token("bob");
    NTSTATUS status;

    status = impersonate(alice);
    ok(!status, "status %#x\n", status); /* design 5.4 */
    check_carries(ALICE, ALICE, 2, STAFF + READERS); /* design 5.3 */
    ok(open_error(root_file) == EACCES, "a file of the server opens\n"); /* design 5.4 */
    ok(!open_error(alice_file) && !open_error(staff_file) && !open_error(other_file), "files of the client do not open\n"); /* design 5.4 */

    status = impersonate(bob);
    ok(!status, "status %#x\n", status); /* design 5.4 */
    check_carries(BOB, BOB, 1, READERS); /* design 5.4 */
    ok(open_error(alice_file) == EACCES && open_error(staff_file) == EACCES, "files of the last client open\n"); /* design 5.4 */

    status = impersonate(bob);
    ok(!status, "status %#x\n", status); /* design 5.4 */
    check_carries(BOB, BOB, 1, READERS); /* design 5.4 */

    PsRevertToSelf();
    check_process(); /* design 5.4 */
    ok(!open_error(root_file) && !open_error(alice_file), "the server does not open its files\n"); /* design 5.4 */
    PsRevertToSelf();
    check_process(); /* design 5.4 */
    ObDereferenceObject(alice);
    ObDereferenceObject(bob);
}

static void check_groups(size_t count)
{
    gid_t *groups = malloc((count + 1) * sizeof(*groups));
    PACCESS_TOKEN token;
    uint64_t sum = 0;
    NTSTATUS status;

    for (size_t i = 0; i < count; i++)
    {
        /* In no order, as an account's may come. */
        groups[i] = 100000 + (gid_t)((i * 40503) % 65536);
        sum += groups[i];
    }
    token = ids_token(MANY, MANY, count, groups);
    free(groups);
    /* callers cite */
    ok(token != NULL, "no token with %u groups\n", (unsigned int)count);
    if (!token) return;
    status = impersonate(token);
    ok(!status, "status %#x with %u groups\n", status, (unsigned int)count);
    check_carries(MANY, MANY, count, sum); /* design 5.4 */
    PsRevertToSelf();
    check_process(); /* design 5.4 */
    ObDereferenceObject(token);
}

static void test_group_sets(void)
{
    static gid_t too_many[65537];

    check_groups(0);     /* design 5.2 */
    check_groups(1);     /* design 5.2 */
    check_groups(16);    /* design 5.2 */
    check_groups(1024);  /* design 5.2 */
    check_groups(65536); /* design 5.2 */
    for (int i = 0; i < 65537; i++) too_many[i] = 100000 + (gid_t)i;
    ok(!ids_token(MANY, MANY, 65537, too_many), "a token with more than NGROUPS_MAX groups\n"); /* design 5.2 */
}

/* From one large group set to another and to none, without the process in between. */
static void test_group_changes(void)
{
    static const gid_t one[] = {STAFF}, two[] = {STAFF, READERS};
    PACCESS_TOKEN none_token = ids_token(ALICE, ALICE, 0, NULL), one_token = ids_token(ALICE, ALICE, 1, one);
    PACCESS_TOKEN two_token = ids_token(BOB, ALICE, 2, two);

    impersonate(two_token);
    check_carries(BOB, ALICE, 2, STAFF + READERS); /* design 5.4 */
    impersonate(one_token);
    check_carries(ALICE, ALICE, 1, STAFF); /* design 5.4 */
    impersonate(none_token);
    check_carries(ALICE, ALICE, 0, 0); /* design 5.4 */
    impersonate(two_token);
    check_carries(BOB, ALICE, 2, STAFF + READERS); /* design 5.4 */
    PsRevertToSelf();
    check_process(); /* design 5.4 */
    ObDereferenceObject(none_token);
    ObDereferenceObject(one_token);
    ObDereferenceObject(two_token);
}

/* The same accounts over and over leave nothing behind in the thread or in the records. */
static void test_many_switches(void)
{
    PACCESS_TOKEN tokens[3] = {account_token("alice"), account_token("bob"), account_token("carol")};

    for (int i = 0; i < 3000; i++)
    {
        if (i % 7 == 6) PsRevertToSelf();
        else if (impersonate(tokens[i % 3]))
        {
            ok(FALSE, "switch %d was refused\n", i); /* design 5.4 */
            break;
        }
    }
    PsRevertToSelf();
    check_process(); /* design 5.4 */
    for (int i = 0; i < 3; i++) ObDereferenceObject(tokens[i]);
}

START_TEST(switch)
{
    if (!have_sandbox()) return;
    process = task_now();
    test_accounts();
    test_group_sets();
    test_group_changes();
    test_many_switches();
}

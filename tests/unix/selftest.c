/*
 * Tests of the self-test before the first switch (design 5.15): a kernel that says yes and does nothing is found out, impersonation is
 * refused, and the thread is what it was.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static PACCESS_TOKEN alice;

/* From now on system call NUMBER answers 0 in this process and does nothing. */
static bool fake_call(int number)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};

    return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void check_found_out(int number)
{
    struct task before = task_now(), after;
    NTSTATUS status;

    ok(fake_call(number), "no filter: %s\n", strerror(errno)); /* seccomp(2) */
    for (int attempt = 0; attempt < 2; attempt++)
    {
        status = impersonate(alice);
        ok(status == STATUS_ACCESS_DENIED, "status %#x\n", status); /* design 5.15 */
        ok(!PsIsThreadImpersonating(PsGetCurrentThread()), "a record is left\n"); /* design 5.15 */
        after = task_now();
        ok(same_credential(&before, &after), "uid %u, gid %u, %u groups\n", after.uid[EFFECTIVE], after.gid[EFFECTIVE],
           (unsigned int)after.group_count); /* design 5.15 */
    }
}

static void faked_uid(void)
{
    check_found_out(SYS_setresuid);
}

static void faked_gid(void)
{
    check_found_out(SYS_setresgid);
}

static void faked_groups(void)
{
    check_found_out(SYS_setgroups);
}

/* The same child without a lying kernel: what the others were refused is possible. */
static void honest(void)
{
    ok(!impersonate(alice) && task_now().uid[EFFECTIVE] == ALICE, "uid %u\n", task_now().uid[EFFECTIVE]); /* design 5.4 */
    PsRevertToSelf();
}

START_TEST(selftest)
{
    if (!have_sandbox()) return;
    /* Nobody impersonates in this process: the decision is made in each child. */
    alice = account_token("alice");
    ok(!run_child(faked_uid), "the child failed\n");    /* design 5.15 */
    ok(!run_child(faked_gid), "the child failed\n");    /* design 5.15 */
    ok(!run_child(faked_groups), "the child failed\n"); /* design 5.15 */
    ok(!run_child(honest), "the child failed\n");       /* design 5.4 */
    ObDereferenceObject(alice);
}

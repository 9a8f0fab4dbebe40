/*
 * Tests of a switch that the kernel refuses half way (design 5.5): a way in is rolled back, a way out that fails ends the process whatever the
 * program does about SIGABRT.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static PACCESS_TOKEN alice, bob;
static struct task process;

/* From now on the calling thread gets EPERM from system call NUMBER whose argument WHICH is VALUE; 32 bits are compared. */
static bool refuse_call(int number, unsigned int which, uint32_t value)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + which * sizeof(uint64_t)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};

    return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* The self-test and everything else that happens once is done before the filter comes. */
static void warm_up(void)
{
    ok(!impersonate(alice), "cannot impersonate at all\n"); /* design 5.4 */
    PsRevertToSelf();
    process = task_now();
}

static void check_refused(PACCESS_TOKEN token)
{
    NTSTATUS status = impersonate(token);

    ok(status == STATUS_ACCESS_DENIED, "status %#x\n", status); /* callers cite */
    ok(!PsIsThreadImpersonating(PsGetCurrentThread()), "a record is left\n"); /* callers cite */
}

static void check_process(void)
{
    struct task task = task_now();

    ok(same_credential(&task, &process), "uids %u %u, gids %u %u, %u groups\n", task.uid[REAL], task.uid[EFFECTIVE], task.gid[REAL],
       task.gid[EFFECTIVE], (unsigned int)task.group_count); /* callers cite */
}

/* ---- the way in --------------------------------------------------------------------------------------------------------------- */

static void refused_groups(void)
{
    warm_up();
    ok(refuse_call(SYS_setgroups, 0, 2), "no filter: %s\n", strerror(errno)); /* seccomp(2) */
    check_refused(alice); /* design 5.5 */
    check_process(); /* design 5.5 */
    /* Bob has one group. */
    ok(!impersonate(bob) && task_now().uid[EFFECTIVE] == BOB, "bob is refused\n"); /* design 5.5 */
    PsRevertToSelf();
    check_process(); /* design 5.5 */
}

static void refused_gid(void)
{
    warm_up();
    ok(refuse_call(SYS_setresgid, 1, ALICE), "no filter: %s\n", strerror(errno)); /* seccomp(2) */
    check_refused(alice); /* design 5.5 */
    check_process(); /* design 5.5 */
}

static void refused_uid(void)
{
    warm_up();
    ok(refuse_call(SYS_setresuid, 1, ALICE), "no filter: %s\n", strerror(errno)); /* seccomp(2) */
    check_refused(alice); /* design 5.5 */
    check_process(); /* design 5.5 */
}

/* The second client is refused half way: the first is carried on. */
static void refused_second(void)
{
    struct task before, after;
    NTSTATUS status;

    warm_up();
    ok(refuse_call(SYS_setresuid, 1, BOB), "no filter: %s\n", strerror(errno)); /* seccomp(2) */
    ok(!impersonate(alice), "alice is refused\n"); /* design 5.4 */
    before = task_now();
    status = impersonate(bob);
    ok(status == STATUS_ACCESS_DENIED, "status %#x\n", status); /* design 5.4 */
    after = task_now();
    ok(same_credential(&before, &after), "uid %u, gid %u, %u groups\n", after.uid[EFFECTIVE], after.gid[EFFECTIVE],
       (unsigned int)after.group_count); /* design 5.4 */
    ok(PsIsThreadImpersonating(PsGetCurrentThread()), "the record is gone\n"); /* design 5.4 */
    PsRevertToSelf();
    check_process(); /* design 5.4 */
}

/* ---- the way out ------------------------------------------------------------------------------------------------------------------ */

static jmp_buf escape;
static int notes[2];

static void note(char text)
{
    if (write(notes[1], &text, 1) != 1) _exit(98);
}

static void on_abort(int number)
{
    (void)number;
    note('h');
    longjmp(escape, 1);
}

static void at_exit(void)
{
    note('x');
}

static void revert_and_survive(void)
{
    struct rlimit none = {0, 0};
    sigset_t abort_only;

    setrlimit(RLIMIT_CORE, &none);
    atexit(at_exit);
    signal(SIGABRT, on_abort);
    sigemptyset(&abort_only);
    sigaddset(&abort_only, SIGABRT);
    pthread_sigmask(SIG_BLOCK, &abort_only, NULL);
    if (impersonate(alice)) note('i');
    if (!setjmp(escape)) PsRevertToSelf();
    note('s');
}

static void failing_uid(void)
{
    warm_up();
    refuse_call(SYS_setresuid, 1, 0);
    revert_and_survive();
}

static void failing_gid(void)
{
    warm_up();
    refuse_call(SYS_setresgid, 1, 0);
    revert_and_survive();
}

static void failing_groups(void)
{
    warm_up();
    refuse_call(SYS_setgroups, 0, 0);
    revert_and_survive();
}

/* The roll-back of the way in fails. */
static void failing_roll_back(void)
{
    warm_up();
    refuse_call(SYS_setresuid, 1, ALICE);
    refuse_call(SYS_setgroups, 0, 0);
    revert_and_survive();
}

/* Not even the signal gets through. */
static void failing_without_signal(void)
{
    warm_up();
    refuse_call(SYS_setresgid, 1, 0);
    refuse_call(SYS_tgkill, 2, SIGABRT);
    revert_and_survive();
}

/* The client cannot be put back after a bracket. */
static void failing_bracket(void)
{
    warm_up();
    ok(!impersonate(alice), "alice is refused\n"); /* design 5.4 */
    signal(SIGABRT, on_abort);
    guise_process_begin();
    refuse_call(SYS_setresuid, 1, ALICE);
    guise_process_end();
    note('s');
}

static void check_fatal(void (*call)(void), int expected)
{
    char text[16] = "";
    int result;

    if (pipe2(notes, O_CLOEXEC | O_NONBLOCK)) return;
    result = run_child(call);
    /* callers cite */
    ok(result == expected, "the process ended with %d\n", result);
    ok(read(notes[0], text, sizeof(text) - 1) <= 0, "code of the program ran: %s\n", text);
    close(notes[0]);
    close(notes[1]);
}

START_TEST(failure)
{
    if (!have_sandbox()) return;
    alice = account_token("alice");
    bob = account_token("bob");
    ok(!run_child(refused_groups), "setgroups\n"); /* design 5.5 */
    ok(!run_child(refused_gid), "setresgid\n");    /* design 5.5 */
    ok(!run_child(refused_uid), "setresuid\n");    /* design 5.5 */
    ok(!run_child(refused_second), "from client to client\n"); /* design 5.4 */
    check_fatal(failing_uid, 128 + SIGABRT);       /* S9.3.3, design 5.5 */
    check_fatal(failing_gid, 128 + SIGABRT);       /* design 5.5 */
    check_fatal(failing_groups, 128 + SIGABRT);    /* design 5.5 */
    check_fatal(failing_roll_back, 128 + SIGABRT); /* design 5.5 */
    check_fatal(failing_bracket, 128 + SIGABRT);   /* design 5.10 */
    check_fatal(failing_without_signal, 134);      /* design 5.5 */
    ObDereferenceObject(alice);
    ObDereferenceObject(bob);
}

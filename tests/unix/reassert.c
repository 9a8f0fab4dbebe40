/*
 * Tests of what follows a call that did not come to its end (guise_thread_reassert): the kernel agrees with the thread's record again.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct task process;
static PACCESS_TOKEN alice;

static void check_process(int line)
{
    struct task task = task_now();

    ok(same_credential(&task, &process), "line %d: uids %u %u\n", line, task.uid[REAL], task.uid[EFFECTIVE]); /* design 10.5 */
}

static void check_client(int line)
{
    struct task task = task_now();

    ok(task.uid[REAL] == THIRD && task.uid[EFFECTIVE] == ALICE && task.group_count == 2 && !task.effective, "line %d: uids %u %u, %zu groups\n",
       line, task.uid[REAL], task.uid[EFFECTIVE], (size_t)task.group_count); /* design 10.5 */
}

static void check_unblocked(int line)
{
    sigset_t mask;

    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    ok(!sigismember(&mask, SIGUSR1) && !sigismember(&mask, SIGSEGV), "line %d: signals are still off\n", line); /* design 10.5 */
}

/* A bracket that nobody ends any more. */
static void test_bracket(void)
{
    impersonate(alice);
    guise_process_begin();
    guise_process_begin();
    check_process(__LINE__);
    guise_thread_reassert(true);
    check_client(__LINE__);
    check_unblocked(__LINE__);
    /* The next one is a first one. */
    guise_process_begin();
    check_process(__LINE__);
    guise_process_end();
    check_client(__LINE__);
    PsRevertToSelf();
    check_process(__LINE__);

    guise_process_begin();
    guise_thread_reassert(true);
    check_process(__LINE__);
    impersonate(alice);
    check_client(__LINE__);
    guise_process_begin();
    guise_thread_reassert(false);
    check_client(__LINE__);
    check_unblocked(__LINE__);
    PsRevertToSelf();
}

/* Ids that are not what the record says, whoever is to blame. */
static void test_ids(void)
{
    impersonate(alice);
    guise_thread_reassert(false);
    check_client(__LINE__);
    syscall(SYS_setresuid, -1, 0, -1);
    guise_thread_reassert(false);
    check_client(__LINE__);
    syscall(SYS_setresuid, -1, 0, -1);
    syscall(SYS_setgroups, 0, NULL);
    guise_thread_reassert(true);
    check_client(__LINE__);
    PsRevertToSelf();
    check_process(__LINE__);
    syscall(SYS_setresuid, -1, ALICE, -1);
    guise_thread_reassert(true);
    check_process(__LINE__);
}

/* A process that can switch nobody goes on. */
static void test_unprivileged(void)
{
    struct task before = task_now(), after;

    guise_process_begin();
    guise_thread_reassert(true);
    PsGetCurrentThread();
    guise_thread_reassert(true);
    guise_thread_reassert(false);
    after = task_now();
    ok(same_credential(&before, &after) && after.uid[EFFECTIVE] == SERVICE, "uid %u\n", after.uid[EFFECTIVE]); /* design 10.5 */
}

START_TEST(reassert)
{
    static const char *const service[] = {"setpriv", "--reuid", "70020", "--regid", "70020", "--clear-groups", NULL};

    if (role())
    {
        test_unprivileged();
        return;
    }
    if (!have_sandbox()) return;
    process = task_now();
    alice = account_token("alice");
    test_bracket();
    test_ids();
    run_role(service, "reassert", "unprivileged");
    ObDereferenceObject(alice);
}

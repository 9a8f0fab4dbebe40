/*
 * Tests of another thread as the one that impersonates (design 5.9): busy, blocked, deaf, ended, with an id that was used before.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static PACCESS_TOKEN alice, bob;

enum state
{
    BUSY,
    BLOCKED,       /* in read(2) */
    WAITING,       /* on a mutex */
    ALL_BLOCKED,   /* deaf to all signals */
    IN_SIGWAIT,
    IN_BRACKET,    /* as the process for a while */
    CARRIES_OTHER, /* it impersonates somebody itself, and is busy */
    SWITCHING      /* over and over */
};

struct target
{
    pthread_t thread;
    enum state state;
    bool known; /* it has used Guise before */
    _Atomic bool stop;
    sem_t started;
    pthread_mutex_t mutex;
    int pipe[2];
    pid_t tid;
    PETHREAD object;
    int interrupted;
    int refused; /* of its own switches */
};

static void wait_in_state(struct target *target)
{
    sigset_t all;
    int number;
    char byte;

    sigfillset(&all);
    if (target->state == ALL_BLOCKED || target->state == IN_SIGWAIT) pthread_sigmask(SIG_SETMASK, &all, NULL);
    if (target->state == IN_BRACKET) guise_process_begin();
    if (target->state == CARRIES_OTHER) impersonate(bob);
    sem_post(&target->started);
    switch (target->state)
    {
    case BLOCKED:
        target->interrupted = read(target->pipe[0], &byte, 1) != 1;
        break;
    case WAITING:
        pthread_mutex_lock(&target->mutex);
        pthread_mutex_unlock(&target->mutex);
        break;
    case IN_SIGWAIT:
        sigwait(&all, &number);
        break;
    case SWITCHING:
        while (!target->stop)
        {
            if (impersonate(bob)) target->refused++;
            PsRevertToSelf();
        }
        break;
    default:
        while (!target->stop) continue;
    }
    if (target->state == IN_BRACKET) guise_process_end();
}

static void *run_target(void *argument)
{
    struct target *target = argument;

    target->tid = gettid();
    if (target->known) PsGetCurrentThread();
    wait_in_state(target);
    return NULL;
}

static void start_target(struct target *target, enum state state, bool known)
{
    memset(target, 0, sizeof(*target));
    target->state = state;
    target->known = known;
    sem_init(&target->started, 0, 0);
    pthread_mutex_init(&target->mutex, NULL);
    pthread_mutex_lock(&target->mutex);
    if (pipe2(target->pipe, O_CLOEXEC)) abort();
    pthread_create(&target->thread, NULL, run_target, target);
    while (sem_wait(&target->started)) continue;
    /* callers cite */
    ok(!PsLookupThreadByThreadId(ULongToHandle((ULONG)target->tid), &target->object), "no object of thread %d\n", target->tid);
}

static void stop_target(struct target *target)
{
    target->stop = true;
    pthread_mutex_unlock(&target->mutex);
    if (write(target->pipe[1], "x", 1) != 1) abort();
    if (target->state == IN_SIGWAIT) pthread_kill(target->thread, SIGUSR1);
    pthread_join(target->thread, NULL);
    close(target->pipe[0]);
    close(target->pipe[1]);
    ObDereferenceObject(target->object);
}

static NTSTATUS impersonate_on(struct target *target, PACCESS_TOKEN token)
{
    return PsImpersonateClient(target->object, token, FALSE, FALSE, SecurityImpersonation);
}

static void check_carries(struct target *target, uid_t real, uid_t effective)
{
    struct task task;

    /* callers cite */
    ok(read_task(target->tid, &task), "thread %d is not there\n", target->tid);
    ok(task.uid[REAL] == real && task.uid[EFFECTIVE] == effective, "uids %u %u\n", task.uid[REAL], task.uid[EFFECTIVE]);
}

static void check_reachable(enum state state, bool known)
{
    struct target target;
    NTSTATUS status;

    winetest_push_context("state %d, %s", state, known ? "known" : "new");
    start_target(&target, state, known); /* design 5.9 */
    status = impersonate_on(&target, alice);
    ok(!status, "status %#x\n", status); /* design 5.9 */
    check_carries(&target, THIRD, ALICE); /* design 5.9 */
    ok(task_now().uid[EFFECTIVE] == 0, "the caller changed\n"); /* design 5.9 */
    ok(PsIsThreadImpersonating(target.object), "no record\n"); /* design 5.9 */
    status = impersonate_on(&target, bob);
    ok(!status, "status %#x\n", status); /* design 5.9 */
    check_carries(&target, THIRD, BOB); /* design 5.9 */
    PsRevertThreadToSelf(target.object);
    check_carries(&target, 0, 0); /* design 5.9 */
    stop_target(&target);
    ok(!target.interrupted, "a system call was interrupted\n"); /* design 5.9 */
    winetest_pop_context();
}

static void check_unreachable(enum state state)
{
    struct target target;
    NTSTATUS status;

    winetest_push_context("state %d", state);
    start_target(&target, state, true); /* design 5.9 */
    if (state == IN_SIGWAIT)
    {
        /* The signal that asks ends the sigwait; whatever that thread does then, it was not made a client in it. */
        status = impersonate_on(&target, alice);
        ok(status == STATUS_ACCESS_DENIED || !status, "status %#x\n", status); /* design 5.9 */
    }
    else
    {
        status = impersonate_on(&target, alice);
        ok(status == STATUS_ACCESS_DENIED, "status %#x\n", status); /* design 5.9 */
        check_carries(&target, 0, 0); /* design 5.9 */
        ok(!PsIsThreadImpersonating(target.object), "a record is left\n"); /* design 5.9 */
    }
    stop_target(&target);
    winetest_pop_context();
}

/* Inside a bracket the request waits for its end. */
static void *end_soon(void *argument)
{
    struct timespec pause = {0, 30000000};
    struct target *target = argument;

    nanosleep(&pause, NULL);
    target->stop = true;
    return NULL;
}

static void test_bracket(void)
{
    struct target target;
    pthread_t thread;
    NTSTATUS status;

    start_target(&target, IN_BRACKET, true); /* design 5.9 */
    pthread_create(&thread, NULL, end_soon, &target);
    status = impersonate_on(&target, alice);
    /* It was served when the bracket ended, or the thread ended in between. */
    ok(!status, "status %#x\n", status); /* design 5.9 */
    pthread_join(thread, NULL);
    stop_target(&target);
}

/* ---- the end of threads ------------------------------------------------------------------------------------------------------ */

static void test_ended(void)
{
    struct target target;
    NTSTATUS status;

    start_target(&target, BUSY, true); /* design 5.9 */
    ObReferenceObject(target.object);
    stop_target(&target);
    status = impersonate_on(&target, alice);
    ok(status == STATUS_ACCESS_DENIED || status == STATUS_THREAD_IS_TERMINATING, "status %#x\n", status); /* design 5.9 */
    ObDereferenceObject(target.object);
}

struct quick
{
    sem_t started;
    pid_t tid;
};

static void *quick(void *argument)
{
    struct quick *self = argument;

    PsGetCurrentThread();
    self->tid = gettid();
    sem_post(&self->started);
    return NULL;
}

/* A thread may be joined and still be on its way out of the kernel, as whoever it was. */
static void await_end(pid_t tid)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/self/task/%d", (int)tid);
    for (int i = 0; i < 1000 && !access(path, F_OK); i++) usleep(1000);
}

/* Threads that end while they are asked: any answer but a crash or a client on the wrong thread. */
static void test_dying(void)
{
    int wrong = 0;

    for (int i = 0; i < 200; i++)
    {
        pthread_t thread;
        PETHREAD object;
        struct quick quickly;
        size_t with_client;

        sem_init(&quickly.started, 0, 0);
        pthread_create(&thread, NULL, quick, &quickly);
        while (sem_wait(&quickly.started)) continue;
        for (int ask = 0; ask < 3; ask++)
        {
            if (PsLookupThreadByThreadId(ULongToHandle((ULONG)quickly.tid), &object)) continue;
            PsImpersonateClient(object, alice, FALSE, FALSE, SecurityImpersonation);
            ObDereferenceObject(object);
        }
        pthread_join(thread, NULL);
        sem_destroy(&quickly.started);
        await_end(quickly.tid);
        if (count_tasks(ALICE, &with_client) && with_client) wrong++;
    }
    ok(!wrong, "%d times a thread was left with the client\n", wrong); /* design 5.9 */
}

static bool set_next_pid(pid_t pid)
{
    char text[16];
    int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
    bool good;

    snprintf(text, sizeof(text), "%d", (int)pid - 1);
    good = fd >= 0 && write(fd, text, strlen(text)) > 0;
    if (fd >= 0) close(fd);
    return good;
}

/* A new thread with the id of one that has ended is not the one that the object stands for. */
static void test_reused(bool known)
{
    struct target first, second;
    struct task task;
    NTSTATUS status;

    start_target(&first, BUSY, known); /* design 5.9 */
    ObReferenceObject(first.object);
    stop_target(&first);
    for (int i = 0; i < 20; i++)
    {
        if (!set_next_pid(first.tid)) break;
        start_target(&second, BUSY, false); /* design 5.9 */
        if (second.tid == first.tid) break;
        stop_target(&second);
    }
    if (second.tid != first.tid) skip("no thread got the id of an earlier one\n");
    else
    {
        status = impersonate_on(&first, alice);
        ok(status == STATUS_ACCESS_DENIED || status == STATUS_THREAD_IS_TERMINATING, "status %#x\n", status); /* design 5.9 */
        ok(read_task(second.tid, &task) && !task.uid[EFFECTIVE], "the new thread became the client\n"); /* design 5.9 */
        ok(second.object != first.object, "one object for both\n"); /* design 5.9 */
        status = impersonate_on(&second, alice);
        ok(!status, "status %#x\n", status); /* design 5.9 */
        PsRevertThreadToSelf(second.object);
        stop_target(&second);
    }
    ObDereferenceObject(first.object);
}

/* ---- many at once ------------------------------------------------------------------------------------------------------------ */

struct caller
{
    pthread_t thread;
    struct target *target;
    int answered;
};

static void *ask_often(void *argument)
{
    struct caller *caller = argument;

    for (int i = 0; i < 50; i++)
    {
        if (!impersonate_on(caller->target, i % 2 ? alice : bob)) caller->answered++;
        PsRevertThreadToSelf(caller->target->object);
    }
    return NULL;
}

/* ThreadSanitizer keeps a signal from a thread until that calls what it watches: at times for longer than a caller waits. */
static bool may_run_out_of_time(enum state state)
{
#ifdef __SANITIZE_THREAD__
    return state == SWITCHING;
#else
    (void)state;
    return false;
#endif
}

/* A target that is about to switch by itself serves them before or after, never in the midst of it. */
static void check_callers(enum state state)
{
    struct caller callers[3];
    struct target target;

    winetest_push_context("state %d", state);
    start_target(&target, state, true); /* design 5.9 */
    for (int i = 0; i < 3; i++)
    {
        callers[i] = (struct caller){.target = &target};
        pthread_create(&callers[i].thread, NULL, ask_often, &callers[i]);
    }
    for (int i = 0; i < 3; i++)
    {
        pthread_join(callers[i].thread, NULL);
        ok(callers[i].answered == 50 || may_run_out_of_time(state), "caller %d: %d of 50\n", i, callers[i].answered); /* design 5.9 */
    }
    if (state == BUSY) check_carries(&target, 0, 0); /* design 5.9 */
    stop_target(&target);
    ok(!target.refused, "%d switches were refused\n", target.refused); /* design 5.9 */
    winetest_pop_context();
}

/* Threads without a record that others make known at the same time; each is asked for by one caller. */
static void *ask_new_threads(void *argument)
{
    struct caller *caller = argument;

    for (int i = 0; i < 25; i++)
    {
        struct target target;
        struct task task;

        start_target(&target, BUSY, false); /* design 5.9 */
        if (!impersonate_on(&target, alice) && read_task(target.tid, &task) && task.uid[EFFECTIVE] == ALICE) caller->answered++;
        stop_target(&target);
    }
    return NULL;
}

static void test_adoptions(void)
{
    struct caller callers[3];

    for (int i = 0; i < 3; i++)
    {
        callers[i] = (struct caller){.answered = 0};
        pthread_create(&callers[i].thread, NULL, ask_new_threads, &callers[i]);
    }
    for (int i = 0; i < 3; i++)
    {
        pthread_join(callers[i].thread, NULL);
        ok(callers[i].answered == 25, "caller %d: %d of 25\n", i, callers[i].answered); /* design 5.9 */
    }
}

START_TEST(remote)
{
    if (!have_sandbox()) return;
    use_configuration("remote-timeout = 300");
    alice = account_token("alice");
    bob = account_token("bob");
    check_reachable(BUSY, true);     /* design 5.9 */
    check_reachable(BUSY, false);    /* design 5.9 */
#ifdef __SANITIZE_THREAD__
    skip("ThreadSanitizer keeps signals from threads that wait\n");
#else
    check_reachable(BLOCKED, true);  /* design 5.9 */
    check_reachable(BLOCKED, false); /* design 5.9 */
    check_reachable(WAITING, true);  /* design 5.9 */
#endif
    check_reachable(CARRIES_OTHER, true); /* design 5.9 */
    check_unreachable(ALL_BLOCKED);  /* design 5.9 */
    check_unreachable(IN_SIGWAIT);   /* design 5.9 */
    test_bracket();
    test_ended();
    test_dying();
    test_reused(true);
    test_reused(false);
    check_callers(BUSY);      /* design 5.9 */
    check_callers(SWITCHING); /* design 5.9 */
    test_adoptions();
    ObDereferenceObject(alice);
    ObDereferenceObject(bob);
}

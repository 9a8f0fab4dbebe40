/*
 * Telling the end of logon sessions: many threads, routines that come and go meanwhile, clients, children of fork, no memory.
 * Links the objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wine/test.h"

#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/rtl/memory.h"

#define THREADS 4
#ifdef __SANITIZE_THREAD__
#define ROUNDS 100
#else
#define ROUNDS 1000
#endif

static _Atomic unsigned int first_calls, second_calls, own_calls, slow_calls, slow_inside, foreign;
static _Atomic bool hold;
static LUID order[4]; /* written by the worker, read when it has counted */

static NTSTATUS first(PLUID id)
{
    unsigned int n = atomic_load(&first_calls);
    sigset_t blocked;

    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    if (!sigismember(&blocked, SIGTERM) || !sigismember(&blocked, SIGUSR1)) foreign++;
    if (n < ARRAYSIZE(order)) order[n] = *id;
    if (!PsIsSystemThread(PsGetCurrentThread()) || PsIsThreadImpersonating(PsGetCurrentThread())) foreign++;
    atomic_fetch_add(&first_calls, 1);
    return STATUS_SUCCESS;
}

/* Leaves a client behind. */
static NTSTATUS second(PLUID id)
{
    struct token *token = primary_token();

    (void)id;
    PsImpersonateClient(PsGetCurrentThread(), token, FALSE, FALSE, SecurityImpersonation);
    token_release(token);
    second_calls++;
    return STATUS_UNSUCCESSFUL;
}

static NTSTATUS own(PLUID id)
{
    (void)id;
    own_calls++;
    return SeUnregisterLogonSessionTerminatedRoutine(own);
}

/* Registered later, and so called before `own`, which it takes out. */
static NTSTATUS take_own_out(PLUID id)
{
    (void)id;
    return SeUnregisterLogonSessionTerminatedRoutine(own);
}

static NTSTATUS slow(PLUID id)
{
    (void)id;
    slow_inside = 1;
    slow_calls++;
    while (hold) usleep(1000);
    usleep(2000);
    slow_inside = 0;
    return STATUS_SUCCESS;
}

static bool wait_until(_Atomic unsigned int *count, unsigned int wanted)
{
    unsigned int i;

    for (i = 0; i < 10000 && atomic_load(count) < wanted; i++) usleep(1000);
    return atomic_load(count) == wanted;
}

static LUID end_session(bool mark)
{
    const struct logon_session_form form = {.id = luid_allocate(), .user_name = u"someone"};
    struct logon_session *session = logon_session_create(&form);
    LUID id = form.id;

    if (mark) SeMarkLogonSessionForTerminationNotification(&id);
    logon_session_release(session);
    return form.id;
}

static void test_order(void)
{
    LUID ids[4];
    unsigned int i;

    /* K3.9.1: every marked session is told once, in order, to every routine, by the process */
    ok(!SeRegisterLogonSessionTerminatedRoutine(first), "not registered\n");
    ok(!SeRegisterLogonSessionTerminatedRoutine(second), "not registered\n");
    for (i = 0; i < ARRAYSIZE(ids); i++)
    {
        end_session(false);
        ids[i] = end_session(true);
    }
    /* K3.9.1, design 4 */
    ok(wait_until(&first_calls, 4) && wait_until(&second_calls, 4), "%u and %u calls\n", first_calls, second_calls);
    for (i = 0; i < ARRAYSIZE(ids); i++) ok(luid_equal(order[i], ids[i]), "%u: another session\n", i);
    ok(!foreign, "%u calls by others\n", foreign);
    ok(!SeUnregisterLogonSessionTerminatedRoutine(second), "not there\n");
    ok(SeUnregisterLogonSessionTerminatedRoutine(second) == STATUS_INSUFFICIENT_RESOURCES, "there twice\n");
}

static void test_own_end(void)
{
    /* design 4: a routine may unregister itself */
    ok(!SeRegisterLogonSessionTerminatedRoutine(own), "not registered\n");
    atomic_store(&first_calls, 0);
    end_session(true);
    end_session(true);
    ok(wait_until(&first_calls, 2), "%u calls\n", first_calls);
    ok(own_calls == 1, "%u calls\n", own_calls);
    ok(SeUnregisterLogonSessionTerminatedRoutine(own) == STATUS_INSUFFICIENT_RESOURCES, "still there\n");
}

static void test_next_goes(void)
{
    /* design 4: a routine that is unregistered is not called, though it was the next one */
    own_calls = 0;
    atomic_store(&first_calls, 0);
    ok(!SeRegisterLogonSessionTerminatedRoutine(own), "not registered\n");
    ok(!SeRegisterLogonSessionTerminatedRoutine(take_own_out), "not registered\n");
    end_session(true);
    ok(wait_until(&first_calls, 1) && !own_calls, "%u and %u calls\n", first_calls, own_calls);
    ok(!SeUnregisterLogonSessionTerminatedRoutine(take_own_out), "not there\n");
    ok(SeUnregisterLogonSessionTerminatedRoutine(own) == STATUS_INSUFFICIENT_RESOURCES, "still there\n");
}

static void *release_slow(void *unused)
{
    (void)unused;
    usleep(20000);
    hold = false;
    return NULL;
}

static void test_unregister_waits(void)
{
    pthread_t thread;

    /* design 4: what is unregistered is not running */
    hold = true;
    ok(!SeRegisterLogonSessionTerminatedRoutine(slow), "not registered\n");
    end_session(true);
    end_session(true);
    ok(wait_until(&slow_calls, 1), "%u calls\n", slow_calls);
    pthread_create(&thread, NULL, release_slow, NULL);
    ok(!SeUnregisterLogonSessionTerminatedRoutine(slow), "not there\n");
    ok(!slow_inside && slow_calls == 1, "inside: %u, %u calls\n", slow_inside, slow_calls);
    pthread_join(thread, NULL);
}

static void *make_sessions(void *unused)
{
    unsigned int i;

    for (i = 0; i < ROUNDS; i++) end_session(true);
    return unused;
}

static void *come_and_go(void *stop)
{
    while (!*(_Atomic bool *)stop)
    {
        SeRegisterLogonSessionTerminatedRoutine(own);
        SeRegisterLogonSessionTerminatedRoutine(slow);
        SeUnregisterLogonSessionTerminatedRoutine(slow);
        SeUnregisterLogonSessionTerminatedRoutine(own);
    }
    return NULL;
}

static void test_threads(void)
{
    pthread_t makers[THREADS], other;
    _Atomic bool stop = false;
    unsigned int i;

    wait_until(&first_calls, 3);
    atomic_store(&first_calls, 0);
    pthread_create(&other, NULL, come_and_go, &stop);
    for (i = 0; i < THREADS; i++) pthread_create(&makers[i], NULL, make_sessions, NULL);
    for (i = 0; i < THREADS; i++) pthread_join(makers[i], NULL);
    /* K3.9.1: no end is lost or told twice */
    ok(wait_until(&first_calls, THREADS * ROUNDS), "%u calls\n", first_calls);
    stop = true;
    pthread_join(other, NULL);
    ok(!foreign, "%u calls by others\n", foreign); /* design 4 */
}

/* Run in a child: the routine is registered there too, and what ends there is told there. */
static void test_fork(void)
{
    int status = -1;
    pid_t child;

#ifdef __SANITIZE_THREAD__
    skip("the sanitizer allows no threads in a child\n");
    return;
#endif
    atomic_store(&first_calls, 0);
    if (!(child = fork()))
    {
        end_session(true);
        _exit(wait_until(&first_calls, 1) ? 0 : 1);
    }
    waitpid(child, &status, 0);
    ok(!status, "the child ends with %#x\n", status);  /* design 5.11 */
    ok(!first_calls, "%u calls here\n", first_calls); /* design 5.11 */
}

static void test_no_memory(void)
{
    NTSTATUS status;

    guise_fail_allocation(1);
    status = SeRegisterLogonSessionTerminatedRoutine(own);
    guise_fail_allocation(0);
    ok(status == STATUS_INSUFFICIENT_RESOURCES, "got %#x\n", status); /* DDI SeRegisterLogonSessionTerminatedRoutine */
    status = SeUnregisterLogonSessionTerminatedRoutine(own);
    ok(status == STATUS_INSUFFICIENT_RESOURCES, "got %#x\n", status); /* design 4 */
    guise_fail_allocation(1);
    end_session(false); /* has no memory for the session, and survives that */
    guise_fail_allocation(0);
}

START_TEST(session_notify)
{
    test_order();
    test_own_end();
    test_next_goes();
    test_unregister_waits();
    test_threads();
    test_fork();
    test_no_memory();
    ok(!SeUnregisterLogonSessionTerminatedRoutine(first), "not there\n"); /* K3.9.1 */
}

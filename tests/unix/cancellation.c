/*
 * Tests of pthread_cancel on threads inside Guise: nothing here is a cancellation point, for locks and half-done work would stay behind
 * (design 5.10), and of a request to a thread that acts as the process and is not known yet (5.9).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>

static PACCESS_TOKEN alice;
static bool got_there;

static bool canceled(pthread_t thread)
{
    void *answer;

    pthread_join(thread, &answer);
    return answer == PTHREAD_CANCELED;
}

/* The first impersonation of the process, with everything that is tried and looked up before it. */
static void *impersonate_canceled(void *status)
{
    pthread_cancel(pthread_self());
    *(NTSTATUS *)status = impersonate(alice);
    got_there = task_now().uid[EFFECTIVE] == ALICE;
    PsRevertToSelf();
    pthread_testcancel();
    return NULL;
}

static void test_first_switch(void)
{
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    pthread_t thread;

    if (pthread_create(&thread, NULL, impersonate_canceled, &status)) abort();
    ok(canceled(thread), "the thread was not canceled at all\n"); /* pthread_testcancel(3) */
    ok(!status, "status %#x\n", status); /* design 5.10 */
    /* Otherwise what the thread held hangs this one for ever. */
    ok(!impersonate(alice), "no impersonation afterwards\n"); /* design 5.10 */
    PsRevertToSelf();
}

static void *bracket_canceled(void *argument)
{
    pthread_cancel(pthread_self());
    guise_process_begin();
    pthread_testcancel();
    got_there = true;
    guise_process_end();
    pthread_testcancel();
    return argument;
}

static void test_bracket(void)
{
    pthread_t thread;

    got_there = false;
    if (pthread_create(&thread, NULL, bracket_canceled, NULL)) abort();
    ok(canceled(thread), "the thread was not canceled at all\n"); /* pthread_testcancel(3) */
    ok(got_there, "it was canceled inside the bracket\n"); /* design 5.10 */
}

/* ---- threads that wait for their turn ------------------------------------------------------------------------------------------ */

static PETHREAD deaf;
static sem_t deaf_known, deaf_done;

static void *be_deaf(void *argument)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    deaf = PsGetCurrentThread();
    ObReferenceObject(deaf);
    sem_post(&deaf_known);
    while (sem_wait(&deaf_done)) continue;
    return argument;
}

static void *ask_deaf(void *argument)
{
    PsImpersonateClient(deaf, alice, FALSE, FALSE, SecurityImpersonation);
    return argument;
}

static void test_turns(void)
{
    pthread_t target, first, second;

    sem_init(&deaf_known, 0, 0);
    sem_init(&deaf_done, 0, 0);
    if (pthread_create(&target, NULL, be_deaf, NULL)) abort();
    while (sem_wait(&deaf_known)) continue;
    if (pthread_create(&first, NULL, ask_deaf, NULL)) abort();
    while (!PsIsThreadImpersonating(deaf)) continue; /* its record says so until it has refused */
    if (pthread_create(&second, NULL, ask_deaf, NULL)) abort();
    usleep(20000);
    pthread_cancel(second);
    pthread_join(second, NULL);
    pthread_join(first, NULL);
    ok(!PsIsThreadImpersonating(deaf), "the record was left as it was to be\n"); /* design 5.10 */
    sem_post(&deaf_done);
    pthread_join(target, NULL);
    ObDereferenceObject(deaf);
}

/* ---- a thread that Guise does not know ------------------------------------------------------------------------------------------ */

struct stranger
{
    _Atomic pid_t tid;
    _Atomic bool leave, answered;
    unsigned int as_client;
    uid_t afterwards;
};

static void *be_stranger(void *argument)
{
    struct stranger *stranger = argument;

    guise_process_begin();
    atomic_store(&stranger->tid, gettid());
    while (!atomic_load(&stranger->leave)) stranger->as_client += geteuid() != 0;
    guise_process_end();
    while (!atomic_load(&stranger->answered)) continue;
    stranger->afterwards = geteuid();
    PsRevertToSelf();
    return NULL;
}

static void *leave_soon(void *stranger)
{
    usleep(50000);
    atomic_store(&((struct stranger *)stranger)->leave, true);
    return NULL;
}

static void test_stranger(void)
{
    struct stranger stranger = {.leave = false};
    pthread_t thread, clock;
    PETHREAD object = NULL;
    NTSTATUS status;

    if (pthread_create(&thread, NULL, be_stranger, &stranger)) abort();
    while (!atomic_load(&stranger.tid)) continue;
    status = PsLookupThreadByThreadId(ULongToHandle((ULONG)stranger.tid), &object);
    ok(!status, "status %#x\n", status); /* design 4 */
    if (pthread_create(&clock, NULL, leave_soon, &stranger)) abort();
    status = PsImpersonateClient(object, alice, FALSE, FALSE, SecurityImpersonation);
    atomic_store(&stranger.answered, true);
    pthread_join(clock, NULL);
    pthread_join(thread, NULL);
    ok(!stranger.as_client, "it was the client inside the bracket\n"); /* design 5.10 */
    ok(!status && stranger.afterwards == ALICE, "status %#x, uid %u\n", status, stranger.afterwards); /* design 5.9 */
    ObDereferenceObject(object);
}

START_TEST(cancellation)
{
    if (!have_sandbox()) return;
    alice = account_token("alice");
    alarm(20);
    test_first_switch();
    test_bracket();
    test_turns();
    test_stranger();
    alarm(0);
    ObDereferenceObject(alice);
}

/*
 * Tests of acting as the process while a client is carried (design 5.10), and of the end of threads that carry one (5.14).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct task process;
static PACCESS_TOKEN alice;
static uid_t handled_as;

static void on_signal(int number)
{
    (void)number;
    handled_as = geteuid();
}

static void check_process(void)
{
    struct task task = task_now();

    ok(same_credential(&task, &process), "uids %u %u\n", task.uid[REAL], task.uid[EFFECTIVE]); /* callers cite */
}

static void check_client(void)
{
    struct task task = task_now();

    ok(task.uid[REAL] == THIRD && task.uid[EFFECTIVE] == ALICE && task.group_count == 2 && !task.effective, "uids %u %u\n", task.uid[REAL],
       task.uid[EFFECTIVE]); /* callers cite */
}

static void test_nesting(void)
{
    impersonate(alice);
    guise_process_begin();
    check_process(); /* design 5.10 */
    guise_process_begin();
    check_process(); /* design 5.10 */
    guise_process_end();
    check_process(); /* design 5.10 */
    ok(guise_thread_carries_client(), "the client is forgotten\n"); /* design 5.10 */
    guise_process_end();
    check_client(); /* design 5.10 */
    PsRevertToSelf();
    guise_process_begin();
    check_process(); /* design 5.10 */
    guise_process_end();
    check_process(); /* design 5.10 */
}

static void test_signals(void)
{
    sigset_t before, after, usr2;

    sigemptyset(&usr2);
    sigaddset(&usr2, SIGUSR2);
    signal(SIGUSR1, on_signal);
    pthread_sigmask(SIG_BLOCK, &usr2, &before);
    impersonate(alice);
    handled_as = (uid_t)-1;
    guise_process_begin();
    pthread_kill(pthread_self(), SIGUSR1);
    ok(handled_as == (uid_t)-1, "a handler ran as %u\n", handled_as); /* design 5.10 */
    guise_process_end();
    ok(handled_as == ALICE, "the handler ran as %u\n", handled_as); /* design 5.10 */
    pthread_sigmask(SIG_SETMASK, &before, &after);
    ok(sigismember(&after, SIGUSR2) == 1 && !sigismember(&after, SIGUSR1), "the mask changed\n"); /* design 5.10 */
    PsRevertToSelf();
}

static void test_cancellation(void)
{
    int state;

    impersonate(alice);
    guise_process_begin();
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    ok(state == PTHREAD_CANCEL_DISABLE, "the thread can be cancelled\n"); /* design 5.10 */
    guise_process_end();
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
    ok(state == PTHREAD_CANCEL_ENABLE, "the thread cannot be cancelled\n"); /* design 5.10 */
    PsRevertToSelf();
}

/* NSS is asked as the process: a client need not be able to read what the server can. */
static void test_lookup(void)
{
    struct unix_account *account;

    impersonate(alice);
    ok(!guise_account_by_uid(BOB, &account), "no account\n"); /* design 5.10 */
    ok(!strcmp(account->name, "bob") && account->gid == BOB && account->group_count == 1 && account->groups[0] == READERS, "%s\n",
       account->name); /* design 5.10 */
    guise_account_free(account);
    ok(guise_account_by_name("nosuchaccount", &account) == STATUS_NO_SUCH_USER, "an account\n"); /* design 5.10 */
    check_client(); /* design 5.10 */
    PsRevertToSelf();
}

/* ---- the end of a thread -------------------------------------------------------------------------------------------------------- */

static pthread_key_t early, late;
static uid_t early_uid, late_uid, created_uid;

static void *look(void *argument)
{
    *(uid_t *)argument = task_now().uid[EFFECTIVE];
    return NULL;
}

/* Destructors of the program run as the client, whatever their order, and what they start is the process. */
static void at_end(void *argument)
{
    pthread_t thread;

    *(uid_t *)argument = task_now().uid[EFFECTIVE];
    if (!pthread_create(&thread, NULL, look, &created_uid)) pthread_join(thread, NULL);
}

static void *end_as_client(void *argument)
{
    pthread_setspecific(early, &early_uid);
    impersonate(alice);
    pthread_setspecific(late, &late_uid);
    return argument;
}

static void test_thread_end(void)
{
    pthread_t thread;

    pthread_key_create(&early, at_end);
    pthread_key_create(&late, at_end);
    pthread_create(&thread, NULL, end_as_client, NULL);
    pthread_join(thread, NULL);
    ok(early_uid == ALICE && late_uid == ALICE, "destructors ran as %u and %u\n", early_uid, late_uid); /* design 5.14 */
    ok(created_uid == 0, "a thread started as %u\n", created_uid); /* design 5.11 */
    pthread_key_delete(early);
    pthread_key_delete(late);
}

static void *cancelled(void *argument)
{
    impersonate(alice);
    sem_post(argument);
    while (!pause()) continue;
    return NULL;
}

/* A cancelled thread ends as the client; its token goes with it, and set*id does not wait for it. */
static void test_cancelled(void)
{
    pthread_t thread;
    sem_t ready;

    sem_init(&ready, 0, 0);
    pthread_create(&thread, NULL, cancelled, &ready);
    while (sem_wait(&ready)) continue;
    pthread_cancel(thread);
    pthread_join(thread, NULL);
    ok(!seteuid(0), "seteuid: %s\n", strerror(errno)); /* design 5.14 */
    sem_destroy(&ready);
}

START_TEST(bracket)
{
    if (!have_sandbox()) return;
    process = task_now();
    alice = account_token("alice");
    test_nesting();
    test_signals();
    test_cancellation();
    test_lookup();
    test_thread_end();
    test_cancelled();
    ObDereferenceObject(alice);
}

/*
 * The end of a logon session, told on a thread that is the process, whoever drops the last token and whoever registered (design 4, 5.11).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <pthread.h>
#include <signal.h>

static struct task process;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct
{
    unsigned int calls, foreign, unblocked;
    LUID last;
    pid_t thread;
} told; /* under lock */

static NTSTATUS session_ended(PLUID id)
{
    struct task task = task_now();
    sigset_t blocked;

    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    pthread_mutex_lock(&lock);
    told.calls++;
    told.last = *id;
    told.thread = gettid();
    told.foreign += !same_credential(&task, &process);
    told.unblocked += !sigismember(&blocked, SIGTERM) || !sigismember(&blocked, SIGRTMIN + 3);
    pthread_mutex_unlock(&lock);
    return STATUS_SUCCESS;
}

static unsigned int calls_now(void)
{
    unsigned int calls;

    pthread_mutex_lock(&lock);
    calls = told.calls;
    pthread_mutex_unlock(&lock);
    return calls;
}

static bool wait_for(unsigned int calls)
{
    for (int i = 0; i < 5000 && calls_now() < calls; i++) usleep(1000);
    return calls_now() == calls;
}

/* A client's token whose session is marked. */
static PACCESS_TOKEN marked(const char *name, LUID *id)
{
    PACCESS_TOKEN token = account_token(name);

    SeQueryAuthenticationIdToken(token, id);
    ok(!SeMarkLogonSessionForTerminationNotification(id), "no session\n"); /* K3.9.2 */
    return token;
}

static bool was_last(const LUID *id)
{
    bool same;

    pthread_mutex_lock(&lock);
    same = told.last.LowPart == id->LowPart && told.last.HighPart == id->HighPart && told.thread != gettid();
    pthread_mutex_unlock(&lock);
    return same;
}

/* Ends as alice, who has no other token. */
static void *end_as_alice(void *id)
{
    PACCESS_TOKEN alice = marked("alice", id);

    ok(!impersonate(alice), "refused\n"); /* K1.2.2 */
    ObDereferenceObject(alice);
    return NULL;
}

START_TEST(session_end)
{
    PACCESS_TOKEN alice, bob;
    pthread_t thread;
    LUID id, other;

    if (!have_sandbox()) return;
    process = task_now();
    alice = marked("alice", &id);
    bob = marked("bob", &other);

    /* design 5.11: the first to register is a client, and its thread is the one that starts the worker */
    ok(!impersonate(bob), "refused\n");
    ok(!SeRegisterLogonSessionTerminatedRoutine(session_ended), "not registered\n");
    ok(task_now().uid[EFFECTIVE] == BOB, "euid %u\n", task_now().uid[EFFECTIVE]);

    /* K3.9.1, design 4: the last token goes when its thread becomes somebody else */
    ok(!impersonate(alice), "refused\n");
    ObDereferenceObject(alice);
    ok(!calls_now(), "told too early\n");
    ok(!impersonate(bob), "refused\n");
    ok(wait_for(1) && was_last(&id), "%u calls\n", calls_now());
    ok(task_now().uid[EFFECTIVE] == BOB, "euid %u\n", task_now().uid[EFFECTIVE]);

    /* K3.9.1, design 5.14: when its thread ends */
    ok(!pthread_create(&thread, NULL, end_as_alice, &id), "no thread\n");
    pthread_join(thread, NULL);
    ok(wait_for(2) && was_last(&id), "%u calls\n", calls_now());

    /* K3.9.1: when its thread reverts */
    ObDereferenceObject(bob);
    PsRevertToSelf();
    ok(wait_for(3) && was_last(&other), "%u calls\n", calls_now());

    /* design 4 */
    ok(!told.foreign && !told.unblocked, "%u calls by others, %u with signals\n", told.foreign, told.unblocked);
    ok(!SeUnregisterLogonSessionTerminatedRoutine(session_ended), "not there\n");
}

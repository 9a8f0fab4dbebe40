/*
 * A thread that is on its way out keeps its object until it is done with it, whoever asks for it meanwhile. Links the
 * objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <unistd.h>

#include "wine/test.h"

#include "ntoskrnl/ps/ps.h"

static sem_t known, asked;
static pid_t tid;

static void *use_and_end(void *argument)
{
    (void)argument;
    PsGetCurrentThread();
    tid = gettid();
    sem_post(&known);
    while (sem_wait(&asked)) continue;
    return NULL;
}

static LONG_PTR references(PVOID object)
{
    ObReferenceObject(object);
    return ObDereferenceObject(object);
}

START_TEST(thread_end)
{
    PETHREAD first, second;
    pthread_t thread;
    NTSTATUS status;
    LONG_PTR count;

    sem_init(&known, 0, 0);
    sem_init(&asked, 0, 0);
    pthread_create(&thread, NULL, use_and_end, NULL);
    while (sem_wait(&known)) continue;
    status = PsLookupThreadByThreadId(ULongToHandle((ULONG)tid), &first);
    /* design 5.9: a living thread is found */
    ok(!status, "status %#x\n", status);
    /* The thread says that it is dead, and then waits here before it leaves its record. */
    pthread_mutex_lock(&first->lock);
    sem_post(&asked);
    while (!atomic_load(&first->cred.dead)) sched_yield();

    status = PsLookupThreadByThreadId(ULongToHandle((ULONG)tid), &second);
    /* design 5.9: an object for the dead is not found again */
    ok(status || second != first, "the dead thread's object was found\n");
    count = references(first);
    /* design 5.14: the thread's own, and ours */
    ok(count == 2, "%d references\n", (int)count);

    pthread_mutex_unlock(&first->lock);
    pthread_join(thread, NULL);
    count = references(first);
    /* design 5.14: a thread that has gone holds nothing */
    ok(count == 1, "%d references\n", (int)count);
    ObDereferenceObject(first);
    if (!status) ObDereferenceObject(second);
    sem_destroy(&asked);
    sem_destroy(&known);
}

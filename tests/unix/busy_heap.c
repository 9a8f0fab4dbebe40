/*
 * Test of a thread that is asked to impersonate (design 5.9) wherever it is, the heap included, while set*id of the process (5.12), which
 * needs the heap too, holds impersonation back.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum
{
    ROUNDS = 400
};

static PACCESS_TOKEN alice;
static PETHREAD busy;
static pthread_barrier_t known;
static _Atomic bool stop, stop_asking;
static unsigned int refused, asked;

static void *use_heap(void *argument)
{
    busy = PsGetCurrentThread();
    ObReferenceObject(busy);
    pthread_barrier_wait(&known);
    while (!atomic_load(&stop))
    {
        void *volatile block = malloc(5000), *volatile other = malloc(9000);

        free(block);
        free(other);
    }
    return argument;
}

static void *ask(void *argument)
{
    while (!atomic_load(&stop_asking))
    {
        refused += PsImpersonateClient(busy, alice, FALSE, FALSE, SecurityImpersonation) != STATUS_SUCCESS;
        asked++;
        PsRevertThreadToSelf(busy);
    }
    return argument;
}

START_TEST(busy_heap)
{
    unsigned int failed = 0;
    pthread_t target, asker;

    if (!have_sandbox()) return;
    alarm(60); /* if they wait for one another */
    mallopt(M_ARENA_MAX, 1);
    alice = account_token("alice");
    impersonate(alice);
    PsRevertToSelf();
    pthread_barrier_init(&known, NULL, 2);
    if (pthread_create(&target, NULL, use_heap, NULL)) abort();
    pthread_barrier_wait(&known);
    if (pthread_create(&asker, NULL, ask, NULL)) abort();
    for (int i = 0; i < ROUNDS; i++)
    {
        failed += setegid(0) && errno != EBUSY;
        if (i % 4 == 0) usleep(500);
    }
    atomic_store(&stop_asking, true);
    pthread_join(asker, NULL);
    atomic_store(&stop, true);
    pthread_join(target, NULL);
    alarm(0);
    ok(!failed, "%u calls of setegid failed\n", failed); /* design 5.12 */
    ok(asked && !refused, "%u of %u requests were refused\n", refused, asked); /* design 5.9 */
    ObDereferenceObject(busy);
    ObDereferenceObject(alice);
}

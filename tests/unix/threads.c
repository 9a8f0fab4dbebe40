/*
 * Tests that a credential is one thread's (design 5.4): one of eight threads carries a client, and eight threads are eight users at a time.
 * `make check-canary` shows that this unit fails when the switch goes through glibc's functions.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum
{
    THREADS = 8,
    ROUNDS = 50
};

struct worker
{
    pthread_t thread;
    pthread_barrier_t *barrier;
    int number;
    PACCESS_TOKEN token; /* NULL: it stays the process */
    const char *(*files)[THREADS];
    NTSTATUS status;
    int wrong_ids, wrong_files;
};

/* One round: all have switched, all look and try every file of the eight, all go on. */
static void look_around(struct worker *worker)
{
    uid_t expected = worker->token ? FIRST_USER + (uid_t)worker->number : 0;
    struct task task = task_now();

    if (task.uid[EFFECTIVE] != expected || task.uid[REAL] != (worker->token ? (uid_t)THIRD : 0)) worker->wrong_ids++;
    for (int i = 0; i < THREADS; i++)
    {
        int wanted = !worker->token || i == worker->number ? 0 : EACCES;

        if (open_error((*worker->files)[i]) != wanted) worker->wrong_files++;
    }
}

static void *work(void *argument)
{
    struct worker *worker = argument;

    for (int i = 0; i < ROUNDS; i++)
    {
        if (worker->token) worker->status |= impersonate(worker->token);
        pthread_barrier_wait(worker->barrier);
        look_around(worker);
        pthread_barrier_wait(worker->barrier);
        PsRevertToSelf();
    }
    return NULL;
}

static void run_threads(int carriers)
{
    const char *files[THREADS];
    struct worker workers[THREADS];
    pthread_barrier_t barrier;
    char name[16];

    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
    {
        snprintf(name, sizeof(name), "user%d", i + 1);
        files[i] = make_file(name, name, FIRST_USER + (uid_t)i, FIRST_USER + (gid_t)i, 0600);
        workers[i] = (struct worker){.barrier = &barrier, .number = i, .files = &files};
        if (i < carriers) workers[i].token = account_token(name);
    }
    for (int i = 0; i < THREADS; i++) pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    for (int i = 0; i < THREADS; i++)
    {
        pthread_join(workers[i].thread, NULL);
        /* callers cite */
        ok(!workers[i].status, "thread %d: status %#x\n", i, workers[i].status);
        ok(!workers[i].wrong_ids, "thread %d: %d times with wrong ids\n", i, workers[i].wrong_ids);
        ok(!workers[i].wrong_files, "thread %d: %d files opened or refused wrongly\n", i, workers[i].wrong_files);
        if (workers[i].token) ObDereferenceObject(workers[i].token);
    }
    pthread_barrier_destroy(&barrier);
}

START_TEST(threads)
{
    if (!have_sandbox()) return;
    run_threads(1);       /* design 5.4 */
    run_threads(THREADS); /* design 5.4 */
}

/*
 * The client's groups and the idle threads of the programs that time switches of identity.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <unistd.h>

#include "driver.h"
#include "switch.h"

#define MAX_GROUPS  65536
#define FIRST_GROUP 100000

gid_t *bench_groups(unsigned long count)
{
    static gid_t groups[MAX_GROUPS];

    if (count > MAX_GROUPS) bench_fail("more than %u groups", MAX_GROUPS);
    for (unsigned long i = 0; i < count; i++) groups[i] = FIRST_GROUP + i;
    return groups;
}

static void *sleep_for_ever(void *arg)
{
    (void)arg;
    for (;;) pause();
    return NULL;
}

void bench_park_threads(unsigned long threads)
{
    static unsigned long running = 1;

    if (!threads) threads = 1;
    if (threads < running) bench_fail("%lu threads run already: ask for fewer first", running);
    for (; running < threads; running++)
    {
        pthread_attr_t attributes;
        pthread_t thread;

        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, 64 * 1024);
        if (pthread_create(&thread, &attributes, sleep_for_ever, NULL)) bench_fail("no thread");
        pthread_attr_destroy(&attributes);
    }
}

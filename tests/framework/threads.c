/*
 * Counters are exact when many threads assert at once, and a todo block concerns its own thread only.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <pthread.h>
#include "wine/test.h"

enum
{
    THREADS = 8,
    ROUNDS  = 1000
};

static void *worker(void *arg)
{
    int debtor = *(const int *)arg, i;

    for (i = 0; i < ROUNDS; i++)
    {
        todo_if(debtor) ok(!debtor, "a debt\n");
    }
    return NULL;
}

START_TEST(threads)
{
    static const int debtor[2] = {0, 1};
    pthread_t threads[THREADS];
    int i;

    for (i = 0; i < THREADS; i++)
    {
        ok(!pthread_create(&threads[i], NULL, worker, (void *)&debtor[i == 0]), "no thread\n");
    }
    for (i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

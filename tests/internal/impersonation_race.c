/*
 * Many threads read, change and end impersonations of one another: the record stays whole and every reference is given
 * back. Tokens of this process only, so that no ids change. Links the objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>

#include "wine/test.h"

#include "ntoskrnl/ps/ps.h"

#define THREADS 6
#ifdef __SANITIZE_THREAD__
#define ROUNDS 100 /* a signal to a thread that waits takes its time there */
#else
#define ROUNDS 400
#endif

static struct token *tokens[THREADS];
static PETHREAD threads[THREADS]; /* referenced */
static pthread_barrier_t ready, done;

static struct token *fresh_self(void)
{
    struct token *primary = primary_token(), *copy = NULL;
    struct object_security *security = token_default_security(primary);

    token_duplicate(primary, false, TokenImpersonation, SecurityImpersonation, security, &copy);
    object_security_release(security);
    token_release(primary);
    return copy;
}

/* A record is one that was written as a whole: token n is only ever used with these values. */
static bool is_whole(struct token *token, BOOLEAN copy_on_open, BOOLEAN effective_only,
                     SECURITY_IMPERSONATION_LEVEL level)
{
    unsigned int i;

    for (i = 0; i < THREADS; i++)
        if (tokens[i] == token) return copy_on_open == (i & 1) && effective_only == !(i & 1) && level == i % 3;
    return false;
}

static void *work(void *argument)
{
    unsigned int self = (unsigned int)(ULONG_PTR)argument, round, torn = 0, refused = 0;
    BOOLEAN copy_on_open, effective_only;
    SECURITY_IMPERSONATION_LEVEL level;
    SE_IMPERSONATION_STATE state;
    struct token *token;

    threads[self] = PsGetCurrentThread();
    ObReferenceObject(threads[self]);
    pthread_barrier_wait(&ready);
    for (round = 0; round < ROUNDS; round++)
    {
        unsigned int n = (self + round) % THREADS;

        refused += PsImpersonateClient(threads[self], tokens[n], n & 1, !(n & 1), n % 3) != STATUS_SUCCESS;
        token = PsReferenceImpersonationToken(threads[(self + round / 2) % THREADS], &copy_on_open, &effective_only,
                                              &level);
        torn += token && !is_whole(token, copy_on_open, effective_only, level);
        PsDereferenceImpersonationToken(token);
        if (round % 5 == 1 && PsDisableImpersonation(threads[self], &state))
            PsRestoreImpersonation(threads[self], &state);
        if (round % 7 == 1) PsRevertThreadToSelf(threads[(self + 1) % THREADS]);
        if (round % 3 == 1) PsRevertToSelf();
    }
    /* design 4: readers see what one writer wrote */
    ok(!torn, "%u records were mixed\n", torn);
    ok(!refused, "%u changes were refused\n", refused);
    pthread_barrier_wait(&done);
    /* Half of them end while they impersonate. */
    if (self & 1)
        PsImpersonateClient(threads[self], tokens[self], 1, 0, self % 3);
    else
        PsRevertToSelf();
    return NULL;
}

START_TEST(impersonation_race)
{
    pthread_t ids[THREADS];
    NTSTATUS status;
    ULONG_PTR i;

    pthread_barrier_init(&ready, NULL, THREADS);
    pthread_barrier_init(&done, NULL, THREADS);
    for (i = 0; i < THREADS; i++) tokens[i] = fresh_self();
    for (i = 0; i < THREADS; i++) pthread_create(&ids[i], NULL, work, (void *)i);
    for (i = 0; i < THREADS; i++) pthread_join(ids[i], NULL);
    for (i = 0; i < THREADS; i++)
    {
        LONG_PTR count;

        /* design 5.14: a thread that has gone cannot be made to impersonate, and holds nothing */
        status = PsImpersonateClient(threads[i], tokens[i], 0, 0, SecurityImpersonation);
        ok(status == STATUS_THREAD_IS_TERMINATING, "got %#x\n", status);
        ok(!PsIsThreadImpersonating(threads[i]), "thread %u still impersonates\n", (unsigned int)i);
        ObReferenceObject(tokens[i]);
        count = ObDereferenceObject(tokens[i]);
        ok(count == 1, "token %u has %d references\n", (unsigned int)i, (int)count);
        count = ObDereferenceObject(threads[i]);
        ok(count == 0, "thread %u has %d references\n", (unsigned int)i, (int)count);
        token_release(tokens[i]);
    }
    pthread_barrier_destroy(&done);
    pthread_barrier_destroy(&ready);
}

/*
 * Tests of the first use of Guise by a thread while another one looks it up or asks it to impersonate: it has one object, and what it is
 * told to carry it carries (design 4, 5.9).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>

enum
{
    ROUNDS = 500
};

struct newcomer
{
    _Atomic pid_t tid;
    _Atomic unsigned int delay;
    PETHREAD own;
    pthread_barrier_t known, looked;
    PACCESS_TOKEN carried; /* what its record says */
    uid_t uid;             /* what the kernel says */
};

static void *first_use(void *argument)
{
    struct newcomer *newcomer = argument;
    BOOLEAN copy_on_open, effective_only;
    SECURITY_IMPERSONATION_LEVEL level;

    atomic_store(&newcomer->tid, gettid());
    for (volatile unsigned int i = 0; i < newcomer->delay; i++) continue;
    newcomer->own = PsGetCurrentThread();
    pthread_barrier_wait(&newcomer->known);
    pthread_barrier_wait(&newcomer->looked);
    newcomer->carried = PsReferenceImpersonationToken(PsGetCurrentThread(), &copy_on_open, &effective_only, &level);
    newcomer->uid = geteuid();
    PsDereferenceImpersonationToken(newcomer->carried);
    PsRevertToSelf();
    return NULL;
}

/* With a TOKEN the newcomer is also made to impersonate. */
static void test_first_use(PACCESS_TOKEN token)
{
    unsigned int missing = 0, strangers = 0, lies = 0, refused = 0;

    for (unsigned int round = 0; round < ROUNDS; round++)
    {
        struct newcomer newcomer = {.delay = round % 97 * 200};
        PETHREAD early = NULL, late = NULL;
        NTSTATUS status = STATUS_SUCCESS;
        pthread_t thread;
        pid_t tid;

        pthread_barrier_init(&newcomer.known, NULL, 2);
        pthread_barrier_init(&newcomer.looked, NULL, 2);
        if (pthread_create(&thread, NULL, first_use, &newcomer)) break;
        while (!(tid = atomic_load(&newcomer.tid))) continue;
        missing += PsLookupThreadByThreadId(ULongToHandle((ULONG)tid), &early) != STATUS_SUCCESS;
        if (early && token)
            refused += (status = PsImpersonateClient(early, token, FALSE, FALSE, SecurityImpersonation)) != STATUS_SUCCESS;
        pthread_barrier_wait(&newcomer.known);
        missing += PsLookupThreadByThreadId(ULongToHandle((ULONG)tid), &late) != STATUS_SUCCESS;
        strangers += early != newcomer.own || late != newcomer.own;
        pthread_barrier_wait(&newcomer.looked);
        pthread_join(thread, NULL);
        if (token) lies += (newcomer.uid == ALICE) != (newcomer.carried == token) || (!status != (newcomer.uid == ALICE));
        if (early) ObDereferenceObject(early);
        if (late) ObDereferenceObject(late);
        pthread_barrier_destroy(&newcomer.known);
        pthread_barrier_destroy(&newcomer.looked);
    }
    ok(!missing, "%u threads were not found\n", missing); /* design 4 */
    ok(!strangers, "%u threads have another object than they are known by\n", strangers); /* design 4 */
    ok(!lies, "%u threads do not carry what their record says\n", lies); /* design 5.9 */
    ok(!refused, "%u threads were refused\n", refused); /* design 5.9 */
}

START_TEST(first_use)
{
    PACCESS_TOKEN alice;

    if (!have_sandbox()) return;
    test_first_use(NULL);
    if (THREAD_SANITIZER)
    {
        skip("ThreadSanitizer keeps signals from threads that wait\n");
        return;
    }
    alice = account_token("alice");
    impersonate(alice);
    PsRevertToSelf();
    test_first_use(alice);
    ObDereferenceObject(alice);
}

/*
 * Tests of threads that start while a client is carried (design 5.11): they are the process, with the signal mask they would have had.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netdb.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <threads.h>
#include <time.h>

static struct task process;
static struct task seen;
static sem_t ran;

static void note_task(void)
{
    seen = task_now();
    sem_post(&ran);
}

/* All threads but this one are the process, and none blocks the signal that carries glibc's set*id to it. */
static void check_other_threads(void)
{
    size_t with_client, count = count_tasks(ALICE, &with_client);

    /* callers cite */
    ok(with_client == 1, "%u of %u threads carry the client\n", (unsigned int)with_client, (unsigned int)count);
}

static void check_seen(void)
{
    ok(same_credential(&seen, &process), "the thread has uid %u\n", seen.uid[EFFECTIVE]); /* callers cite */
    ok(!(seen.blocked >> 32 & 1), "it blocks set*id: %#I64x\n", seen.blocked); /* callers cite */
}

static void *posix_thread(void *argument)
{
    seen = task_now();
    return argument;
}

static int c11_thread(void *argument)
{
    seen = task_now();
    return argument != NULL;
}

static void notified(union sigval value)
{
    (void)value;
    note_task();
}

static void test_pthread(PACCESS_TOKEN token)
{
    sigset_t usr1, usr2, old;
    pthread_attr_t attributes;
    pthread_t thread;
    thrd_t c11;
    void *answer;
    int result;

    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_SETMASK, &usr1, &old);
    impersonate(token);
    ok(!pthread_create(&thread, NULL, posix_thread, &usr1), "no thread\n"); /* design 5.11 */
    pthread_join(thread, &answer);
    check_seen(); /* design 5.11 */
    ok(seen.blocked == UINT64_C(1) << (SIGUSR1 - 1), "mask %#I64x\n", seen.blocked); /* design 5.11 */
    ok(answer == &usr1, "argument %p\n", answer); /* design 5.11 */

    ok(thrd_create(&c11, c11_thread, &usr1) == thrd_success, "no thread\n"); /* design 5.11 */
    thrd_join(c11, &result);
    check_seen(); /* design 5.11 */
    ok(seen.blocked == UINT64_C(1) << (SIGUSR1 - 1) && result == 1, "mask %#I64x, result %d\n", seen.blocked, result); /* design 5.11 */

    /* Attributes without a mask. */
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 1 << 20);
    ok(!pthread_create(&thread, &attributes, posix_thread, NULL), "no thread\n"); /* design 5.11 */
    pthread_join(thread, NULL);
    check_seen(); /* design 5.11 */
    ok(seen.blocked == UINT64_C(1) << (SIGUSR1 - 1), "mask %#I64x\n", seen.blocked); /* design 5.11 */

    sigemptyset(&usr2);
    sigaddset(&usr2, SIGUSR2);
    pthread_attr_setsigmask_np(&attributes, &usr2);
    ok(!pthread_create(&thread, &attributes, posix_thread, NULL), "no thread\n"); /* design 5.11 */
    pthread_join(thread, NULL);
    check_seen(); /* design 5.11 */
    ok(seen.blocked == UINT64_C(1) << (SIGUSR2 - 1), "mask %#I64x\n", seen.blocked); /* design 5.11 */
    pthread_attr_destroy(&attributes);

    ok(task_now().uid[EFFECTIVE] == ALICE && task_now().blocked == UINT64_C(1) << (SIGUSR1 - 1), "the creator changed\n"); /* design 5.11 */
    PsRevertToSelf();
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void test_timer(PACCESS_TOKEN token)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = notified};
    struct itimerspec soon = {.it_value = {0, 1000000}};
    timer_t timer;

    impersonate(token);
    ok(!timer_create(CLOCK_MONOTONIC, &event, &timer), "no timer: %s\n", strerror(errno)); /* design 5.11 */
    check_other_threads(); /* design 5.11 */
    timer_settime(timer, 0, &soon, NULL);
    while (sem_wait(&ran)) continue;
    check_seen(); /* design 5.11 */
    timer_delete(timer);
    PsRevertToSelf();
}

static void test_mq_notify(PACCESS_TOKEN token)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = notified};
    mqd_t queue = mq_open("/guise-test", O_RDWR | O_CREAT | O_EXCL, 0600, NULL);

    if (queue == (mqd_t)-1)
    {
        skip("no message queues: %s\n", strerror(errno));
        return;
    }
    mq_unlink("/guise-test");
    impersonate(token);
    ok(!mq_notify(queue, &event), "mq_notify: %s\n", strerror(errno)); /* design 5.11 */
    check_other_threads(); /* design 5.11 */
    ok(!mq_send(queue, "x", 1, 0), "mq_send: %s\n", strerror(errno)); /* mq_notify(3) */
    while (sem_wait(&ran)) continue;
    check_seen(); /* design 5.11 */
    PsRevertToSelf();
    mq_close(queue);
}

static void test_aio(PACCESS_TOKEN token)
{
    char text[4] = "";
    int fd = open(make_file("aio", "abc", 0, 0, 0600), O_RDWR);
    struct aiocb one = {.aio_fildes = fd, .aio_buf = text, .aio_nbytes = 3,
                        .aio_sigevent = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = notified}};
    const struct aiocb *const list[] = {&one};
    struct aiocb *const run[] = {&one};
    struct sigevent event;

    impersonate(token);
    ok(!aio_read(&one), "aio_read: %s\n", strerror(errno)); /* design 5.11 */
    check_other_threads(); /* design 5.11 */
    while (sem_wait(&ran)) continue;
    check_seen(); /* design 5.11 */
    aio_suspend(list, 1, NULL);
    ok(aio_return(&one) == 3 && !strcmp(text, "abc"), "read %s\n", text); /* design 5.16 */

    one.aio_sigevent = (struct sigevent){.sigev_notify = SIGEV_NONE};
    one.aio_lio_opcode = LIO_READ;
    memset(text, 0, sizeof(text));
    ok(!lio_listio(LIO_WAIT, run, 1, NULL), "lio_listio: %s\n", strerror(errno)); /* design 5.11 */
    check_other_threads(); /* design 5.11 */
    ok(!strcmp(text, "abc"), "read %s\n", text); /* design 5.16 */
    aio_return(&one);
    /* Its end is told by a thread, too. */
    event = (struct sigevent){.sigev_notify = SIGEV_THREAD, .sigev_notify_function = notified};
    ok(!lio_listio(LIO_NOWAIT, run, 1, &event), "lio_listio: %s\n", strerror(errno)); /* design 5.11 */
    check_other_threads(); /* design 5.11 */
    while (sem_wait(&ran)) continue;
    check_seen(); /* design 5.11 */
    aio_return(&one);
    /* The descriptor keeps the rights with which the server has opened it. */
    ok(!aio_write(&one), "aio_write: %s\n", strerror(errno)); /* design 5.11 */
    check_other_threads(); /* design 5.11 */
    aio_suspend(list, 1, NULL);
    ok(aio_return(&one) == 3, "written\n"); /* design 5.16 */
    ok(!aio_fsync(O_SYNC, &one), "aio_fsync: %s\n", strerror(errno)); /* design 5.11 */
    aio_suspend(list, 1, NULL);
    check_other_threads(); /* design 5.11 */
    aio_return(&one);
    ok(task_now().uid[EFFECTIVE] == ALICE, "the caller changed\n"); /* design 5.11 */
    PsRevertToSelf();
    close(fd);
}

static void test_getaddrinfo_a(PACCESS_TOKEN token)
{
    struct gaicb one = {.ar_name = "127.0.0.1", .ar_service = "80"};
    struct gaicb *list[] = {&one};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = notified};

    impersonate(token);
    ok(!getaddrinfo_a(GAI_NOWAIT, list, 1, &event), "getaddrinfo_a\n"); /* design 5.11 */
    check_other_threads(); /* design 5.11 */
    while (sem_wait(&ran)) continue;
    check_seen(); /* design 5.11 */
    ok(!gai_error(&one), "error %d\n", gai_error(&one)); /* getaddrinfo_a(3) */
    freeaddrinfo(one.ar_result);
    one.ar_result = NULL;
    ok(!getaddrinfo_a(GAI_WAIT, list, 1, NULL), "getaddrinfo_a\n"); /* design 5.11 */
    check_other_threads(); /* design 5.11 */
    freeaddrinfo(one.ar_result);
    PsRevertToSelf();
}

START_TEST(helper_threads)
{
    PACCESS_TOKEN token;

    if (!have_sandbox()) return;
#ifdef __SANITIZE_THREAD__
    skip("ThreadSanitizer does not know the threads that libc makes for itself\n");
    return;
#endif
    process = task_now();
    sem_init(&ran, 0, 0);
    token = account_token("alice");
    test_pthread(token);
    test_timer(token);
    test_mq_notify(token);
    test_aio(token);
    test_getaddrinfo_a(token);
    ok(!seteuid(SERVICE) && !seteuid(0), "set*id of all threads: %s\n", strerror(errno)); /* design 5.12 */
    ObDereferenceObject(token);
}

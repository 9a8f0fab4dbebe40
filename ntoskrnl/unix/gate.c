/*
 * Who carries somebody, counted against glibc's process-wide set*id (design 5.12): set*id waits until nobody does and holds new ones back.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>

#include "ntoskrnl/unix/cred_private.h"
#include "ntoskrnl/unix/cred_syscalls.h"

/* Threads that carry somebody, or keep a client's ids while they end. */
static _Atomic uint32_t carriers;
/* 1 while set*id runs: whoever wants in waits on it. Each side writes its own word first and then reads the other's. */
static _Atomic uint32_t closed;

/* Guards leaving; held by the one who closes the gate and by ending threads, leaf. */
static pthread_mutex_t leaving_lock = PTHREAD_MUTEX_INITIALIZER;

/* A thread that ends with a client's ids. It holds the robust mutex, and the kernel tells when it has gone (set_robust_list(2)). */
struct leaving
{
    struct leaving *next;
    pthread_mutex_t alive;
};

static struct leaving *leaving;

/* One set*id at a time; outermost. Recursive: somebody's interposed function may call another one of them. */
static pthread_mutex_t closing_lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static unsigned int closing_depth; /* under closing_lock */

void gate_enter(void)
{
    while (!gate_try_enter()) gate_wait();
}

bool gate_try_enter(void)
{
    atomic_fetch_add(&carriers, 1);
    if (!atomic_load(&closed)) return true;
    gate_exit();
    return false;
}

void gate_wait(void)
{
    while (atomic_load(&closed)) sys_futex_wait(&closed, 1, NULL);
}

void gate_exit(void)
{
    atomic_fetch_sub(&carriers, 1);
    if (atomic_load(&closed)) sys_futex_wake_all(&carriers);
}

static bool hold_robust(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;
    bool held = false;

    if (pthread_mutexattr_init(&attributes)) return false;
    if (!pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) && !pthread_mutex_init(mutex, &attributes))
        held = !pthread_mutex_lock(mutex);
    pthread_mutexattr_destroy(&attributes);
    return held;
}

void gate_leave_with_thread(void)
{
    struct leaving *entry = guise_alloc(sizeof(*entry));

    /* Without memory the thread counts for ever: set*id answers EBUSY, which is the safe side. */
    if (!entry) return;
    if (!hold_robust(&entry->alive))
    {
        guise_free(entry);
        return;
    }
    pthread_mutex_lock(&leaving_lock);
    entry->next = leaving;
    leaving = entry;
    pthread_mutex_unlock(&leaving_lock);
}

/* Takes those off the count that have gone. Whether some are still there. */
static bool reap_leaving(void)
{
    struct leaving **link = &leaving;
    bool left;

    pthread_mutex_lock(&leaving_lock);
    while (*link)
    {
        struct leaving *entry = *link;

        if (pthread_mutex_trylock(&entry->alive) != EOWNERDEAD)
        {
            link = &entry->next;
            continue;
        }
        *link = entry->next;
        pthread_mutex_consistent(&entry->alive);
        pthread_mutex_unlock(&entry->alive);
        pthread_mutex_destroy(&entry->alive);
        guise_free(entry);
        atomic_fetch_sub(&carriers, 1);
    }
    left = leaving != NULL;
    pthread_mutex_unlock(&leaving_lock);
    return left;
}

void deadline_after(struct timespec *deadline, unsigned int milliseconds)
{
    clock_gettime(CLOCK_MONOTONIC, deadline);
    deadline->tv_sec += milliseconds / 1000;
    deadline->tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (deadline->tv_nsec >= 1000000000)
    {
        deadline->tv_sec++;
        deadline->tv_nsec -= 1000000000;
    }
}

static bool later(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec > b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec >= b->tv_nsec);
}

bool gate_close(unsigned int milliseconds)
{
    /* Nobody tells that an ending thread has gone: it is looked for this often. */
    enum { LOOK_MILLISECONDS = 5 };
    struct cred_thread *thread = cred_thread_current();
    struct timespec now, deadline;

    /* A request of another thread would wait here for its own thread. */
    if (thread) switching_begin(thread);
    pthread_mutex_lock(&closing_lock);
    if (closing_depth++) return true;
    atomic_store(&closed, 1);
    deadline_after(&deadline, milliseconds);
    for (;;)
    {
        bool some_leaving = reap_leaving();
        uint32_t inside = atomic_load(&carriers);
        struct timespec until = deadline;

        if (!inside) return true;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (later(&now, &deadline)) break;
        if (some_leaving) deadline_after(&until, LOOK_MILLISECONDS);
        sys_futex_wait(&carriers, inside, &until);
    }
    gate_open();
    return false;
}

void gate_open(void)
{
    struct cred_thread *thread = cred_thread_current();
    bool outermost = !--closing_depth;

    if (outermost)
    {
        atomic_store(&closed, 0);
        sys_futex_wake_all(&closed);
    }
    pthread_mutex_unlock(&closing_lock);
    if (thread && outermost) switching_end(thread);
}

void gate_after_fork(void)
{
    /* Only the forking thread is here, and it carries nobody. Entries of threads of the parent are given up. */
    leaving_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    closing_lock = (pthread_mutex_t)PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    closing_depth = 0;
    leaving = NULL;
    atomic_store(&carriers, 0);
    atomic_store(&closed, 0);
}

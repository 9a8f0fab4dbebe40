/*
 * The threads of worker.h.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "ntoskrnl/unix/cred_private.h"
#include "ntoskrnl/unix/cred_syscalls.h"
#include "ntoskrnl/unix/winbind.h"
#include "ntoskrnl/unix/worker.h"

#define IDLE_SECONDS 60

/* Guards what follows, and the private part of every job. Nothing is called out under it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t job_came = PTHREAD_COND_INITIALIZER;
static struct worker_job *first, **last = &first;
static unsigned int workers, idle, waiting; /* WAITING counts the jobs of the queue */

static struct timespec in_milliseconds(unsigned int milliseconds)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (until.tv_nsec < 1000000000) return until;
    until.tv_sec++;
    until.tv_nsec -= 1000000000;
    return until;
}

/* ---- jobs ---------------------------------------------------------------------------------------------------------- */

void worker_job_init(struct worker_job *job, void (*run)(struct worker_job *, struct worker *),
                     void (*destroy)(struct worker_job *))
{
    job->run = run;
    job->destroy = destroy;
    job->references = 1;
    pthread_cond_init(&job->changed, NULL);
}

/* The lock is held; true: the caller destroys the job when it no longer is. */
static bool drop(struct worker_job *job)
{
    return !--job->references;
}

static void destroy(struct worker_job *job)
{
    pthread_cond_destroy(&job->changed);
    job->destroy(job);
}

void worker_job_release(struct worker_job *job)
{
    bool was_last;

    pthread_mutex_lock(&lock);
    was_last = drop(job);
    pthread_mutex_unlock(&lock);
    if (was_last) destroy(job);
}

/* ---- the queue; the lock is held ----------------------------------------------------------------------------------- */

static void append(struct worker_job *job)
{
    job->state = JOB_WAITS;
    job->next = NULL;
    job->references++;
    *last = job;
    last = &job->next;
    waiting++;
}

static void remove_job(struct worker_job *job)
{
    struct worker_job **place = &first;

    while (*place != job) place = &(*place)->next;
    *place = job->next;
    if (last == &job->next) last = place;
    waiting--;
}

/* ---- the workers --------------------------------------------------------------------------------------------------- */

/* The lock is held before and after. */
static void run_first(struct worker *worker)
{
    struct worker_job *job = first;
    bool was_last;

    remove_job(job);
    job->state = JOB_RUNS;
    pthread_mutex_unlock(&lock);
    job->run(job, worker);
    pthread_mutex_lock(&lock);
    job->state = JOB_DONE;
    pthread_cond_signal(&job->changed);
    was_last = drop(job);
    if (!was_last) return;
    pthread_mutex_unlock(&lock); /* its caller has gone */
    destroy(job);
    pthread_mutex_lock(&lock);
}

/* False: nothing came for a while. The lock is held. */
static bool wait_for_job(void)
{
    struct timespec until = in_milliseconds(IDLE_SECONDS * 1000);
    int error = 0;

    idle++;
    while (!first && error != ETIMEDOUT) error = pthread_cond_clockwait(&job_came, &lock, CLOCK_MONOTONIC, &until);
    idle--;
    return first;
}

/* The signals of a program are not for this thread; the two of the C library are: set*id waits for them. */
static void *work(void *unused)
{
    const uint64_t mask = ~(UINT64_C(3) << (32 - 1));
    struct worker worker = {.winbind = NULL};

    sys_sigprocmask(SIG_SETMASK, &mask, NULL);
    pthread_mutex_lock(&lock);
    while (first || wait_for_job()) run_first(&worker);
    workers--;
    pthread_mutex_unlock(&lock);
    winbind_disconnect(&worker);
    return unused;
}

/* One more if those that are idle, of which some may have been woken already, are not enough. The lock is held before and after. */
static void provide_worker(void)
{
    bool made;

    if (waiting <= idle || workers == WORKERS_MOST) return;
    workers++;
    pthread_mutex_unlock(&lock);
    made = core_thread_start(work);
    pthread_mutex_lock(&lock);
    if (!made) workers--;
}

/* The lock is held. Without any worker nobody would ever take the job. */
static bool wait_until_done(struct worker_job *job, unsigned int milliseconds)
{
    struct timespec until = in_milliseconds(milliseconds);
    int error = workers ? 0 : ETIMEDOUT;

    while (job->state != JOB_DONE && error != ETIMEDOUT)
        error = pthread_cond_clockwait(&job->changed, &lock, CLOCK_MONOTONIC, &until);
    if (job->state == JOB_WAITS)
    {
        remove_job(job);
        drop(job); /* the queue's; the caller has one, too */
    }
    return job->state == JOB_DONE;
}

bool worker_do(struct worker_job *job, unsigned int milliseconds)
{
    bool done;
    int cancelable;

    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancelable);
    pthread_mutex_lock(&lock);
    append(job);
    pthread_cond_signal(&job_came);
    provide_worker();
    done = wait_until_done(job, milliseconds);
    pthread_mutex_unlock(&lock);
    pthread_setcancelstate(cancelable, NULL);
    return done;
}

/* ---- fork() -------------------------------------------------------------------------------------------------------- */

void workers_lock(void)
{
    pthread_mutex_lock(&lock);
}

void workers_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

void workers_forked(void)
{
    first = NULL;
    last = &first;
    workers = idle = waiting = 0;
    job_came = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
}

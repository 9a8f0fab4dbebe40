/*
 * Threads that ask what may not answer (winbind, SSSD, NSS for a domain): who needs the answer waits for a limited time and goes on without.
 *
 * A job owns all that it reads and writes, for it may outlive its caller. At most WORKERS_MOST run at once; while all of them are stuck, jobs
 * wait for as long as their callers do. Workers are the process, take no signals, hold no lock while they run a job and end when idle.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_WORKER_H
#define GUISE_NTOSKRNL_UNIX_WORKER_H

#include <pthread.h>

#include "ntoskrnl/core.h"

#define WORKERS_MOST 8

struct wb_context;

struct worker
{
    struct wb_context *winbind; /* its connection (unix/winbind.c), NULL until it needs one */
};

/* The head of every job. */
struct worker_job
{
    void (*run)(struct worker_job *job, struct worker *worker);
    void (*destroy)(struct worker_job *job);
    /* the workers' own, under their lock */
    struct worker_job *next;
    pthread_cond_t changed;
    enum
    {
        JOB_WAITS,
        JOB_RUNS,
        JOB_DONE
    } state;
    unsigned int references;
};

/* A job with one reference, the caller's, in a block that DESTROY frees. */
void worker_job_init(struct worker_job *job, void (*run)(struct worker_job *, struct worker *),
                     void (*destroy)(struct worker_job *));
void worker_job_release(struct worker_job *job);

/*
 * True: a worker has run JOB, and what it wrote is the caller's to look at. False: MILLISECONDS have passed, or there is no thread to be had; the
 * worker may still be in the job, of which nothing may be looked at.
 */
bool worker_do(struct worker_job *job, unsigned int milliseconds);

/* Around fork() (ps/fork.c): the child has no workers, and nobody waits in it. */
void workers_lock(void);
void workers_unlock(void);
void workers_forked(void);

#endif

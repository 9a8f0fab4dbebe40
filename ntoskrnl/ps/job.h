/*
 * Jobs: an object that processes are assigned to, once and for good, and the security limits that it puts on them.
 *
 * There is one process, so a job is that process's or nobody's. Its limits count for every token that is impersonated or
 * assigned from then on (1.3 of the kernel facts); set*id of the process is the Unix kernel's affair and not limited.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_PS_JOB_H
#define GUISE_NTOSKRNL_PS_JOB_H

#include "ntoskrnl/ps/process.h"
#include "ntoskrnl/se/filter.h"

/* What a job forbids. Immutable once it is the job's; the earlier ones stay, as somebody may be reading them. */
struct job_limits
{
    struct job_limits *previous;
    ULONG flags;                  /* JOB_OBJECT_SECURITY_* */
    struct token *only;           /* ONLY_TOKEN: a reference */
    struct filter_request filter; /* FILTER_TOKENS */
    bool owns_filter;             /* else it is that of the previous ones, as `only` is */
};

/* A zeroed one is a job without limits. */
struct job
{
    struct job_limits *_Atomic limits; /* NULL: none; written under the lock of jobs */
};

extern const struct _OBJECT_TYPE job_type;

/* Guards the limits of all jobs and which job the process is in; before the process token's lock (around fork: ps/fork.c). */
void jobs_lock(void);
void jobs_unlock(void);

NTSTATUS job_from_handle(HANDLE handle, ACCESS_MASK access, struct job **job);

static inline const struct job_limits *job_limits_of(struct job *job)
{
    return atomic_load_explicit(&job->limits, memory_order_acquire);
}

/* The limits on this process now, or NULL. */
static inline const struct job_limits *process_limits(void)
{
    struct job *job = atomic_load_explicit(&current_process()->job, memory_order_acquire);

    return job ? job_limits_of(job) : NULL;
}

/* Frees LIMITS and all before it. */
void job_limits_free(struct job_limits *limits);

/*
 * Puts what the limits make of *TOKEN, which is to be impersonated, in its place; the reference goes with it.
 * STATUS_ACCESS_DENIED: they forbid it. STATUS_NO_MEMORY. *TOKEN is then as it was.
 */
NTSTATUS job_limit_impersonation(const struct job_limits *limits, struct token **token);

/*
 * Whether a process under LIMITS may run under TOKEN, a primary token. STATUS_ACCESS_DENIED.
 */
NTSTATUS job_limit_primary(const struct job_limits *limits, struct token *token);

#endif

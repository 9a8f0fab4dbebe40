/*
 * Thread and process objects, and the impersonation record of a thread.
 *
 * Locks, in order: jobs (ps/job.h) before table (ps/thread.c: the threads of the process) before ETHREAD.lock before the
 * process token's (ps/process.c). None of them is held while a credential is assigned or an object dies; instead a record that is being
 * changed says so (`changing`), so that two changers of one thread take turns while readers still see a consistent
 * record.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_PS_PS_H
#define GUISE_NTOSKRNL_PS_PS_H

#include "ntoskrnl/se/token.h"

/* What a thread impersonates; token NULL: nobody. */
struct impersonation
{
    struct token *token;           /* a reference */
    struct credential *credential; /* a reference: what the thread carries for it; NULL = the process */
    unsigned int generation;       /* of the token, when the credential was made from it */
    BOOLEAN copy_on_open, effective_only;
    SECURITY_IMPERSONATION_LEVEL level; /* governs, not the token's own (K0.3.2) */
};

struct _ETHREAD
{
    struct cred_thread cred; /* first: ntoskrnl/unix finds the ETHREAD by it */
    struct _ETHREAD *next;   /* in the table of threads; guarded by its lock */

    struct token *primary;           /* cache of the primary token, a reference; the thread's own use only */
    unsigned int primary_generation; /* process credential it was made from */

    _Atomic bool impersonating; /* impersonation.token is not NULL; written under lock, a hint without it */
    _Atomic bool system;        /* one of the core's own threads */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t unchanging;
    bool changing; /* somebody is between writing the record and the answer of the kernel */
    bool ended;    /* the thread is gone: the record stays empty */
    struct impersonation impersonation;
    const struct impersonation *previous; /* what it is again if the kernel refuses the change; the changer's, or NULL */
};

extern const struct _OBJECT_TYPE thread_type, process_type;

/* The calling thread's ETHREAD, made now if it has none; NULL without memory. No reference. */
PETHREAD current_thread(void);

NTSTATUS thread_from_handle(HANDLE handle, ACCESS_MASK access, PETHREAD *thread, ACCESS_MASK *granted);

PEPROCESS current_process(void);
NTSTATUS process_from_handle(HANDLE handle, ACCESS_MASK access, PEPROCESS *process);

/* The primary token of this process as it is now, with a reference; NULL without memory. */
struct token *primary_token(void);
/* The same without a reference, out of the calling thread's cache: good until it next asks. */
struct token *primary_token_borrowed(void);

/* ---- around fork(), in this order: ps/fork.c --------------------------------------------------------------------- */

void threads_lock(void); /* the table, and the calling thread's record */
void threads_unlock(void);
void threads_forked(void); /* in the child, locked: only the calling thread is left, and it is the process */
void process_lock(void);
void process_unlock(void);
void process_forked(void); /* in the child, locked: another thread may have held a lock of the primary token */

/* ---- ps/impersonate.c -------------------------------------------------------------------------------------------- */

/* A copy of the record with references of its own; token NULL if the thread does not impersonate. */
struct impersonation impersonation_get(PETHREAD thread);
void impersonation_release(struct impersonation *impersonation);

/*
 * Puts COPY in the place of the record's token if the record is still EXPECTED and neither token has been adjusted since,
 * to be opened directly from now on. The thread carries what it carried.
 */
bool impersonation_replace_token(PETHREAD thread, const struct impersonation *expected, struct token *copy);

/*
 * Makes every thread that impersonates TOKEN carry what the token stands for now; the caller holds token.adjusting. On
 * failure some may have changed: the first status that was not STATUS_SUCCESS.
 */
NTSTATUS impersonation_follow_token(struct token *token);

/* The next thread from BUCKET on whose record is older than TOKEN, with a reference; NULL: none is left (ps/thread.c). */
PETHREAD thread_behind_token(const struct token *token, unsigned int *bucket);

/* What the thread is judged by now, with references; ended by SeReleaseSubjectContext. STATUS_NO_MEMORY. */
NTSTATUS capture_subject(PETHREAD thread, SECURITY_SUBJECT_CONTEXT *subject);

#endif

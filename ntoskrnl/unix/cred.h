/*
 * Credentials of threads: what a token means to the Linux kernel, and the switch itself (design section 5; rule N is 5.N).
 *
 * This folder is the only place that changes ids or capabilities. It knows nothing of tokens or SSPI: ntoskrnl/se makes a
 * credential object from a token, ntoskrnl/ps assigns it to a thread here.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_CRED_H
#define GUISE_NTOSKRNL_UNIX_CRED_H

#include <pthread.h>
#include <stdatomic.h>

#include "ntoskrnl/core.h"

/* ---- the process credential P (rule 1) -------------------------------------------------------------------------- */

struct process_credential
{
    uid_t ruid, euid, suid;
    gid_t rgid, egid, sgid;
    uint64_t effective, permitted, inheritable, ambient; /* capability sets, bit n = capability n */
    unsigned int securebits;
    bool no_new_privs;
    unsigned int generation; /* grows with every successful process-wide set*id */
    size_t group_count;      /* sorted, unique */
    const gid_t *groups;
};

/*
 * P as read at load, before the first switch if it had changed, or after the last interposed set*id. The reference is dropped with
 * process_credential_release().
 * NULL: there was no memory to read it; nothing may be granted then.
 */
const struct process_credential *process_credential_get(void);
void process_credential_release(const struct process_credential *process); /* NULL is allowed */
/* Generation of the current P without a reference: token caches compare it. */
unsigned int process_credential_generation(void);

/* ---- credential objects (rule 2): immutable, reference counted ---------------------------------------------------- */

struct credential;

/*
 * The credential of an authenticated client: the account's ids and groups, no capability.
 * STATUS_ACCESS_DENIED: an account that is never carried (rule 8), more groups than NGROUPS_MAX. STATUS_NO_MEMORY.
 */
NTSTATUS credential_create_client(const struct unix_account *account, struct credential **credential);

/*
 * ORIGINAL less the groups of OUT, which need not be sorted; a reference to ORIGINAL itself if none of them is among its
 * supplementary groups. STATUS_NO_MEMORY.
 */
NTSTATUS credential_without_groups(struct credential *original, const gid_t *out, size_t count,
                                   struct credential **credential);

/*
 * The credential of a duplicate of the process token: P's ids, never refused; its effective capabilities and, as far as
 * they are permitted, RAISED, less DROPPED.
 */
NTSTATUS credential_create_self(uint64_t raised, uint64_t dropped, struct credential **credential);

/* The credential of Identification, Anonymous and null sessions (rule 6): the anonymous account. Cached; a reference is returned. */
NTSTATUS credential_get_anonymous(struct credential **credential);

struct credential *credential_reference(struct credential *credential);
void credential_release(struct credential *credential); /* NULL is allowed */

/* Whether both stand for the same account and groups (not capabilities): the "same user" of rule 7. */
bool credential_same_ids(const struct credential *a, const struct credential *b);
uid_t credential_uid(const struct credential *credential);
gid_t credential_gid(const struct credential *credential);
/* The supplementary groups, sorted, in the credential. */
size_t credential_groups(const struct credential *credential, const gid_t **groups);

/* ---- threads ------------------------------------------------------------------------------------------------------ */

/* What another thread asks of a thread (rule 9, remote.c). Part of the target's record, so that nothing has to outlive a time-out. */
struct cred_request
{
    _Atomic uint32_t state;        /* enum request_state of remote.c; a futex */
    struct credential *credential; /* to be carried; when DONE, the reference that the caller has to drop */
    NTSTATUS status;
    bool gate_closed; /* nothing was done: to be asked again after set*id */
};

/*
 * The part of an ETHREAD that belongs to this folder; the first member of struct _ETHREAD, zeroed. One per thread, made when the
 * thread first needs one, found through one initial-exec TLS pointer; NULL there means the thread has never carried anybody.
 * Once attached, others look at tid, identity, attached, dead and request only; the rest is the thread's own and its signal handlers'.
 */
struct cred_thread
{
    pid_t tid;
    struct credential *current; /* what the thread carries, NULL = the process; a reference */
    unsigned char form;         /* what of it the kernel knows (enum switch_form) */
    unsigned char end_rounds;   /* how often the key's destructor has run */
    bool counted;               /* set*id of the process waits for this thread (rule 12) */
    bool guarded;               /* glibc's broadcast signal has to wait (rule 13) */
    bool held_back;             /* one does */
    _Atomic bool attached;      /* the thread has taken it over; before, others have only named the thread */
    _Atomic int identity;       /* until attached: a descriptor of /proc/self/task/TID plus 1; tids recycle, that does not. 0 = none,
                                   IDENTITY_OWN = the thread itself is about to take it over */
    bool bracket_left;          /* the bracket has reverted the thread */
    uint64_t bracket_mask;      /* what the outermost bracket puts back then */
    _Atomic bool switching;     /* inside a switch: a remote request is left for the thread to serve */
    _Atomic bool dead;          /* the thread has ended */
    struct cred_request request;
    void (*end)(struct cred_thread *thread);
};

enum
{
    IDENTITY_OWN = -1
};

/* The calling thread's, or NULL when it has none yet. */
struct cred_thread *cred_thread_current(void);

/*
 * Makes THREAD the record of thread TID of this process, which has none: others have named it first (rule 9). The thread takes it over with
 * cred_thread_attach(), or when it is first made to carry somebody. False: there is no such thread.
 */
bool cred_thread_prepare(struct cred_thread *thread, pid_t tid, void (*end)(struct cred_thread *thread));

/* Marks THREAD as the record that the calling thread is about to take over: others who find it meanwhile keep it. */
void cred_thread_prepare_own(struct cred_thread *thread);

/* Whether thread TID of this process is there, and not ending. */
bool cred_thread_exists(pid_t tid);

/* Whether the thread that THREAD stands for is still there, and not ending. */
bool cred_thread_lives(const struct cred_thread *thread);

/* Gives up what a record holds that was never attached. */
void cred_thread_discard(struct cred_thread *thread);

/*
 * Makes THREAD the calling thread's record (design 5.11: a thread found with foreign ids is reverted and one line is logged).
 * END is called when the thread ends, with ids left as they are (rule 14): it drops ps's reference.
 * STATUS_NO_MEMORY. STATUS_ACCESS_DENIED: foreign ids that could not be reverted, or the thread has just been given another
 * record by a request (rule 9). STATUS_THREAD_IS_TERMINATING: after END was called.
 */
NTSTATUS cred_thread_attach(struct cred_thread *thread, void (*end)(struct cred_thread *thread));

/*
 * Makes THREAD (the calling one or another of this process, rule 9) carry CREDENTIAL; NULL is the process, the way out.
 * Takes its own reference. No lock may be held: another thread may take remote-timeout to answer.
 * STATUS_SUCCESS: done, and only then. STATUS_ACCESS_DENIED: refused or the kernel said no; the thread carries what it carried
 * before. STATUS_NO_MEMORY. A way out or a roll-back that fails ends the process (rule 5).
 */
NTSTATUS cred_thread_assign(struct cred_thread *thread, struct credential *credential);

/*
 * Rules 3, 7, 13, 15 decided before the first switch, and once for each later P; STATUS_ACCESS_DENIED and one line on the log if it may
 * not be done.
 */
NTSTATUS cred_ready(void);

/* Rule 5: ends the process here and now; WHAT, a whole sentence's beginning, is written to standard error. Async-signal-safe. */
_Noreturn void cred_fatal(const char *what);

/* ---- threads of the core's own: interpose_state.c ---------------------------------------------------------------- */

/* The program's own idea of pthread_create: with a sanitizer's runtime in between, threads must be made through it. */
int program_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);

/* A detached thread that runs START as the process, whoever the calling thread is, with all signals blocked. False: there is none. */
bool core_thread_start(void *(*start)(void *));

#endif

/*
 * What the files of ntoskrnl/unix share about credentials and switching.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_CRED_PRIVATE_H
#define GUISE_NTOSKRNL_UNIX_CRED_PRIVATE_H

#include "ntoskrnl/unix/process.h"

enum credential_kind
{
    CREDENTIAL_CLIENT,
    CREDENTIAL_ANONYMOUS,
    CREDENTIAL_SELF /* the process, perhaps with fewer effective capabilities */
};

struct credential
{
    _Atomic unsigned int references;
    enum credential_kind kind;
    uid_t uid; /* of SELF: as it was when it was made, for information only */
    gid_t gid;
    uint64_t raised;  /* SELF: capabilities that are effective if they are permitted, */
    uint64_t dropped; /* and those that are not */
    size_t group_count;
    gid_t groups[]; /* sorted, unique, without gid */
};

/* The effective capabilities of a thread that carries CREDENTIAL. */
static inline uint64_t credential_effective(const struct process_credential *p, const struct credential *credential)
{
    if (credential->kind != CREDENTIAL_SELF) return 0;
    return (p->effective | (credential->raised & p->permitted)) & ~credential->dropped;
}

/* A credential of KIND; the lists need not be sorted. NULL: no memory. */
struct credential *credential_make(enum credential_kind kind, uid_t uid, gid_t gid, size_t group_count, const gid_t *groups);

/* ---- the dedicated accounts of rules 3 and 6: credential.c ---------------------------------------------------------- */

struct third_account
{
    uid_t uid;
    gid_t gid;
};

/* STATUS_ACCESS_DENIED: no such account, or one that must not be used (logged once). Looked up outside locks, then kept. */
NTSTATUS dedicated_third(struct third_account *third);

/* ---- carrying: cred.c, over switch.c ------------------------------------------------------------------------------------------------- */

enum switch_form
{
    FORM_NONE, /* the kernel knows nothing of what is carried */
    FORM_CAPS, /* fewer capabilities, the ids of the process */
    FORM_IDS   /* real ids of the third account, effective ids of the client, no capability */
};

/* Makes THREAD, the calling one, carry CREDENTIAL; async-signal-safe. On success takes over the caller's reference and hands back the one
 * that THREAD had in *PREVIOUS. */
NTSTATUS carry(struct cred_thread *thread, struct credential *credential, struct credential **previous);

/* Makes THREAD, which others named, the record of the calling thread, from a signal handler, inside the gate. False: it is not, or cannot be made so. */
bool adopt(struct cred_thread *thread);

/* Marks the calling thread as inside a switch, and the end of that: requests that came meanwhile are served. */
void switching_begin(struct cred_thread *thread);
void switching_end(struct cred_thread *thread);

/* Whether the calling thread acts as the process: it serves nobody then, also if it has no record yet. */
bool bracket_open(void);

/* ---- glibc's own signals (nptl(7)); guard.c: rule 13 where set*id is not interposed ---------------------------------------------- */

enum
{
    SIGNAL_CANCEL = 32,
    SIGNAL_SETXID = 33 /* set*id of the whole process */
};

#define SIGNAL_MASK(signal) (UINT64_C(1) << ((signal)-1))

/* Before the first switch, when there has been a thread: takes glibc's handler over. False: it cannot be done. */
bool guard_install(void);
/* While THREAD, the calling one, has anything but the credential of the process; async-signal-safe. */
void guard_begin(struct cred_thread *thread);
void guard_end(struct cred_thread *thread);
/* cred.c: the calling thread has no record. If it was started by one that carried a client it becomes the process; async-signal-safe. */
void revert_stray(void);

/* ---- counting carriers against set*id: gate.c ---------------------------------------------------------------------------- */

void gate_enter(void); /* waits while set*id runs: never in a signal handler, for what it has interrupted may be glibc's part of that */
bool gate_try_enter(void); /* false: set*id runs; async-signal-safe */
void gate_wait(void);      /* until it has run */
void gate_exit(void);
/* The calling thread ends and keeps foreign ids: it leaves the gate when it has really gone. */
void gate_leave_with_thread(void);
/* Waits until nobody carries and holds everybody back. False: still somebody after MILLISECONDS; nothing is held then. */
bool gate_close(unsigned int milliseconds);
void gate_open(void);
void gate_after_fork(void);

/* The time of CLOCK_MONOTONIC that is MILLISECONDS away. */
void deadline_after(struct timespec *deadline, unsigned int milliseconds);

/* ---- the rest ---------------------------------------------------------------------------------------------------------- */

/* remote.c: serves a pending request of another thread, on the calling thread; async-signal-safe. */
void request_serve(struct cred_thread *thread);
/* The same for a request to a thread that has no record yet. */
void request_adopt(void);
/* Answers a pending request of a thread that ends; none is accepted afterwards. */
void request_refuse(struct cred_thread *thread);
void request_after_fork(struct cred_thread *thread);
/* Has another thread carry CREDENTIAL, whose reference is taken over in any case. */
NTSTATUS request_assign(struct cred_thread *thread, struct credential *credential);

/* selftest.c: rule 15, inside the gate, after switch_set_third(); ANONYMOUS may be NULL. STATUS_ACCESS_DENIED and one line if anything
 * surprises. */
NTSTATUS self_test(const struct process *process, const struct credential *anonymous);

/* ready.c: whether ids may be switched in this generation of the process; async-signal-safe. */
bool ready_now(const struct process *process);
bool ready_generation_current(void);
/* Once, if configured: the dumpable flag that the kernel clears with the first switch (rule 16). Async-signal-safe. */
void dumpable_restore(void);
void ready_after_fork(void);
void credentials_after_fork(void); /* credential.c */

/* cred.c: in the child of fork. */
void cred_after_fork(void);

/* interpose_state.c: whether glibc's set*id cannot be seen in this process (rule 13); async-signal-safe. */
bool interposition_guarded(void);

#endif

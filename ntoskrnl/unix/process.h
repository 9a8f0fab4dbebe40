/*
 * The process credential with what a switch needs to know about it beforehand. Private to ntoskrnl/unix.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_PROCESS_H
#define GUISE_NTOSKRNL_UNIX_PROCESS_H

#include "ntoskrnl/unix/cred.h"

struct process
{
    struct process_credential p; /* first: the public view */
    _Atomic unsigned int references;

    /* Why ids cannot be switched in this process, or NULL (rule 7). */
    const char *unable;
    /* Capabilities once lost here cannot be had again: not even those may be dropped. */
    bool caps_stuck;
    /* Effective capabilities with SETUID and SETGID among them. */
    uint64_t raised;
    /* The kernel empties and refills effective capabilities when the effective uid leaves 0 and comes back. */
    bool fixup;
    /* All three uids are 0: an unprivileged thread with saved uid 0 may take them all back. */
    bool all_root;
    /* Saved uid of a thread that carries a client, (uid_t)-1 = as it is. Without any uid 0 left, permitted capabilities would go. */
    uid_t hold_saved;
    /* Saved uid on the way out, (uid_t)-1 = as it is. */
    uid_t restore_saved;
};

/*
 * The current one without a reference: valid while the caller is counted as carrying (cred.c) or prevents set*id otherwise;
 * async-signal-safe. NULL: it could not be read.
 */
const struct process *process_now(void);

/* Reads the credential anew after a set*id of the whole process; the calling thread must be the process, and the gate closed. */
NTSTATUS process_renew(void);

/*
 * The same, if the calling thread, which carries nobody, is not what is on record: before the first switch, since programs give up
 * capabilities when they start, and where set*id cannot be seen (rule 13).
 */
void process_renew_if_changed(void);

/* The locks here after fork, in the child. */
void process_after_fork(void);

#endif

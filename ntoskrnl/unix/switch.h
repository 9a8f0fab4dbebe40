/*
 * The ways of a thread between credentials. Private to ntoskrnl/unix; all async-signal-safe, all for the calling thread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_SWITCH_H
#define GUISE_NTOSKRNL_UNIX_SWITCH_H

#include "ntoskrnl/unix/cred_private.h"

enum outcome
{
    SWITCHED,
    UNCHANGED, /* refused by the kernel, everything as before */
    LOST       /* refused, and what was before could not be restored */
};

/* To be set before the first switch; read-only once any thread carries a client. */
void switch_set_third(const struct third_account *third);
struct third_account switch_third(void); /* zeros before that */

/* From the process to a client, back, and from client to client (rule 4). */
enum outcome switch_in(const struct process *process, const struct credential *to);
enum outcome switch_out(const struct process *process, const struct credential *from);
enum outcome switch_over(const struct process *process, const struct credential *from, const struct credential *to);

/* Only the capabilities: a duplicate of the process with fewer, or a client with the very ids of the process. */
enum outcome caps_in(const struct process *process, const struct credential *to);
enum outcome caps_out(const struct process *process, const struct credential *from);

/* The process's credential on a thread that is found with any other. False: the kernel refused. */
bool switch_force_out(const struct process *process);

#endif

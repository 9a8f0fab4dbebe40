/*
 * Refusal of accounts after too many wrong passwords, counted in one file beside the store for all processes that serve from it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_LOCKOUT_H
#define GUISE_MSV1_0_LOCKOUT_H

#include "ntoskrnl/core.h"

struct lockout;

/* The RID of no account: attempts on names that do not exist are counted there, so that they cost what others cost. */
#define LOCKOUT_NOBODY 0

/*
 * Opens STORE-lockout as the process, and makes it, 0600, if there is none. THRESHOLD from 1 to 65535
 * failures, WINDOW in seconds, not 0. STATUS_INVALID_PARAMETER; STATUS_ACCESS_DENIED: somebody else could write it, or it cannot be
 * opened. One line on the log says which.
 */
NTSTATUS lockout_open(const char *store, unsigned int threshold, unsigned int window, struct lockout **lockout);
void lockout_close(struct lockout *lockout); /* NULL is allowed */

/*
 * Whether the account is locked out at NOW, before anything is compared: STATUS_SUCCESS, STATUS_ACCOUNT_LOCKED_OUT, or why it cannot
 * be told. Changes nothing; what counts is lockout_judge().
 */
NTSTATUS lockout_check(struct lockout *lockout, ULONG rid, LONGLONG now);

/*
 * One attempt on the account RID at NOW (seconds), already compared: PROVED tells how it came out. STATUS_SUCCESS: proved, and the
 * failures are forgotten. STATUS_LOGON_FAILURE: counted. STATUS_ACCOUNT_LOCKED_OUT: refused, proved or not, until WINDOW has passed
 * since the failure that reached the threshold. Others: it could not be counted; refuse. Failures are forgotten WINDOW after the first
 * of them. Thread-safe, lock-free, across processes and forks: attempts come one after the other, however many at a time.
 */
NTSTATUS lockout_judge(struct lockout *lockout, ULONG rid, bool proved, LONGLONG now);

#endif

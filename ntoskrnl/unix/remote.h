/*
 * The states of a request to another thread (design 5.9). Private to ntoskrnl/unix and its tests.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_REMOTE_H
#define GUISE_NTOSKRNL_UNIX_REMOTE_H

enum request_state
{
    REQUEST_IDLE,
    REQUEST_CLAIMED,   /* a caller fills the slot in */
    REQUEST_PENDING,   /* the target may take it, the caller may withdraw it: by compare-and-swap, one of them wins */
    REQUEST_TAKEN,     /* the target switches; the caller waits without limit */
    REQUEST_DONE,      /* the caller reads the answer and clears the slot */
    REQUEST_WITHDRAWN  /* the target did not look in time; the caller clears the slot */
};

#endif

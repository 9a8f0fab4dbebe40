/*
 * Previous mode: whether a system service was asked by a program (NtXxx) or by the core or a driver (ZwXxx).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_OB_MODE_H
#define GUISE_NTOSKRNL_OB_MODE_H

#include "ntoskrnl/core.h"

/*
 * KernelMode inside a ZwXxx routine on this thread: what a handle grants, what an object's security says and which
 * privileges are enabled does not count then.
 */
KPROCESSOR_MODE previous_mode(void);

/* The mode of the calling thread becomes MODE; returns the one before, which goes back the same way. */
KPROCESSOR_MODE previous_mode_set(KPROCESSOR_MODE mode);

#endif

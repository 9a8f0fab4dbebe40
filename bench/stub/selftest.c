/*
 * What the library with stubbed system calls needs of its own: the count of calls, and a self-test that does not look, since
 * nothing is switched.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/unix/cred_private.h"
#include "ntoskrnl/unix/cred_syscalls.h"

_Thread_local unsigned long cred_stub_calls;

NTSTATUS self_test(const struct process *process, const struct credential *anonymous)
{
    (void)process, (void)anonymous;
    return STATUS_SUCCESS;
}

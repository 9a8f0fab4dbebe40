/*
 * What drivers ask about process and thread objects.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <unistd.h>

#include "ntoskrnl/ps/process.h"

/* PsInitialSystemProcess (NTOSKRNL.@): where the core's own threads run, which is here. DDI page of ntddk.h. */
PEPROCESS PsInitialSystemProcess = &this_process.body;

/***********************************************************************
 *           PsGetProcessId (NTOSKRNL.@)
 *
 * The Unix process id. DDI page of ntddk.h.
 */
HANDLE PsGetProcessId(PEPROCESS process)
{
    (void)process; /* there is one */
    return ULongToHandle(getpid());
}

/***********************************************************************
 *           PsGetProcessSessionId (NTOSKRNL.@)
 *
 * The session number of its primary token; 0 also without memory to make that.
 */
ULONG PsGetProcessSessionId(PEPROCESS process)
{
    struct token *primary = primary_token();
    ULONG number = 0;

    (void)process;
    if (primary) SeQuerySessionIdToken(primary, &number);
    token_release(primary);
    return number;
}

/***********************************************************************
 *           PsGetProcessSecurityPort (NTOSKRNL.@)
 *
 * What PsSetProcessSecurityPort has stored last; NULL at first.
 */
PVOID PsGetProcessSecurityPort(PEPROCESS process)
{
    return atomic_load(&process->security_port);
}

/***********************************************************************
 *           PsSetProcessSecurityPort (NTOSKRNL.@)
 *
 * Keeps a pointer for the security package that asks for it; its owner sees to its life. STATUS_SUCCESS.
 */
NTSTATUS PsSetProcessSecurityPort(PEPROCESS process, PVOID port)
{
    atomic_store(&process->security_port, port);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           PsGetThreadProcess (NTOSKRNL.@)
 *
 * No reference is taken.
 */
PEPROCESS PsGetThreadProcess(PETHREAD thread)
{
    (void)thread;
    return current_process();
}

/***********************************************************************
 *           PsIsSystemThread (NTOSKRNL.@)
 *
 * Whether it is one of the core's own threads. DDI page of ntifs.h.
 */
BOOLEAN PsIsSystemThread(PETHREAD thread)
{
    return atomic_load_explicit(&thread->system, memory_order_relaxed);
}

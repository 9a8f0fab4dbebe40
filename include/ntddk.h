/*
 * Driver kit: process and thread ids. Everything else comes from wdm.h.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_NTDDK_H
#define GUISE_NTDDK_H

#include <wdm.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * PsGetCurrentProcessId, PsGetCurrentThreadId: the ids of the caller, as numbers of the width of a handle. They are
 * the Unix process id and thread id (getpid, gettid). Source: DDI pages of ntddk.h.
 */
NTKERNELAPI HANDLE NTAPI PsGetCurrentProcessId(void);
NTKERNELAPI HANDLE NTAPI PsGetCurrentThreadId(void);

/*
 * PsGetProcessId: the id of a process. PsInitialSystemProcess: the process in which the core's own threads run, which is this one.
 */
NTKERNELAPI HANDLE NTAPI PsGetProcessId(PEPROCESS Process);
extern PEPROCESS PsInitialSystemProcess;

/*
 * SeSinglePrivilegeCheck: whether the calling thread (SeTcbPrivilege and SeAuditPrivilege: its process, K3.5.4) has the
 * privilege enabled; always in KernelMode. Its use is reported to the audit sink.
 */
NTKERNELAPI BOOLEAN NTAPI SeSinglePrivilegeCheck(LUID PrivilegeValue, KPROCESSOR_MODE PreviousMode);

#ifdef __cplusplus
}
#endif

#endif /* GUISE_NTDDK_H */

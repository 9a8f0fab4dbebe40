/*
 * System services that mingw-w64's winternl.h does not declare, and what was there before the hooks.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_SERVICES_H
#define GUISE_DLLS_GUISE_SERVICES_H

#include "dlls/guise/private.h"

/* Pseudo handles of winnt.h's GetCurrentProcessToken(): the process token, which is never one of Guise's. */
#define CURRENT_PROCESS_TOKEN ((HANDLE)(LONG_PTR)-4)

#ifndef FSCTL_PIPE_IMPERSONATE /* ntifs.h */
#define FSCTL_PIPE_IMPERSONATE 0x0011001c
#endif

typedef struct
{
    NTSTATUS ExitStatus;
    void *TebBaseAddress;
    CLIENT_ID ClientId;
    ULONG_PTR AffinityMask;
    LONG Priority;
    LONG BasePriority;
} THREAD_BASIC_INFORMATION;
C_ASSERT(sizeof(THREAD_BASIC_INFORMATION) == 48);

NTSYSAPI NTSTATUS NTAPI NtQueryInformationToken(HANDLE, TOKEN_INFORMATION_CLASS, void *, ULONG, ULONG *);
NTSYSAPI NTSTATUS NTAPI NtSetInformationToken(HANDLE, TOKEN_INFORMATION_CLASS, void *, ULONG);
NTSYSAPI NTSTATUS NTAPI NtDelayExecution(BOOLEAN, const LARGE_INTEGER *);
NTSYSAPI NTSTATUS NTAPI NtDuplicateToken(HANDLE, ACCESS_MASK, OBJECT_ATTRIBUTES *, ULONG, TOKEN_TYPE, HANDLE *);
NTSYSAPI NTSTATUS NTAPI NtDuplicateObject(HANDLE, HANDLE, HANDLE, HANDLE *, ACCESS_MASK, ULONG, ULONG);
NTSYSAPI NTSTATUS NTAPI NtGetContextThread(HANDLE, CONTEXT *);
NTSYSAPI NTSTATUS NTAPI NtOpenProcessToken(HANDLE, DWORD, HANDLE *);
NTSYSAPI NTSTATUS NTAPI NtOpenThreadToken(HANDLE, DWORD, BOOLEAN, HANDLE *);
NTSYSAPI NTSTATUS NTAPI NtReadFile(HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *, ULONG, LARGE_INTEGER *, ULONG *);
NTSYSAPI NTSTATUS NTAPI NtResumeThread(HANDLE, ULONG *);
NTSYSAPI NTSTATUS NTAPI NtSuspendThread(HANDLE, ULONG *);
NTSYSAPI NTSTATUS NTAPI NtTerminateProcess(HANDLE, NTSTATUS);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessAllowedAce(ACL *, DWORD, DWORD, SID *);
NTSYSAPI NTSTATUS NTAPI RtlCreateAcl(ACL *, DWORD, DWORD);
NTSYSAPI NTSTATUS NTAPI RtlGetAce(ACL *, DWORD, void **);
NTSYSAPI ULONG NTAPI RtlLengthRequiredSid(ULONG);

/* The services behind the hooks that Guise itself uses; written by patch_stubs() before the first hook is in place. */
struct originals
{
    NTSTATUS(NTAPI *query_token)(HANDLE token, TOKEN_INFORMATION_CLASS class, void *information, ULONG length, ULONG *returned);
    NTSTATUS(NTAPI *set_token)(HANDLE token, TOKEN_INFORMATION_CLASS class, void *information, ULONG length);
    NTSTATUS(NTAPI *duplicate_token)(HANDLE token, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, ULONG level, TOKEN_TYPE type,
                                     HANDLE *copy); /* LEVEL: Wine's own form */
    NTSTATUS(NTAPI *set_thread)(HANDLE thread, THREADINFOCLASS class, const void *information, ULONG length);
};
extern struct originals original;

#endif

/*
 * System services as drivers ask for them: the NtXxx routine with previous mode kernel, so that it trusts its caller
 * ("Using Nt and Zw Versions of the Native System Services Routines" of the driver documentation).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ob/mode.h"

#define SERVICE(name, parameters, arguments)                                                                           \
    NTSTATUS Zw##name parameters                                                                                       \
    {                                                                                                                  \
        KPROCESSOR_MODE mode = previous_mode_set(KernelMode);                                                          \
        NTSTATUS status = Nt##name arguments;                                                                          \
                                                                                                                       \
        previous_mode_set(mode);                                                                                       \
        return status;                                                                                                 \
    }

/***********************************************************************
 *           ZwXxx (NTOSKRNL.@)
 *
 * Parameters, ownership and statuses are those of NtXxx; what a handle grants and privileges are not asked about.
 */
SERVICE(AccessCheckAndAuditAlarm,
        (PUNICODE_STRING subsystem, PVOID handle, PUNICODE_STRING type, PUNICODE_STRING name, PSECURITY_DESCRIPTOR descriptor,
         ACCESS_MASK desired, PGENERIC_MAPPING mapping, BOOLEAN creation, PACCESS_MASK granted, PNTSTATUS access_status,
         PBOOLEAN on_close),
        (subsystem, handle, type, name, descriptor, desired, mapping, creation, granted, access_status, on_close))
SERVICE(AdjustPrivilegesToken,
        (HANDLE token, BOOLEAN disable_all, PTOKEN_PRIVILEGES wanted, ULONG length, PTOKEN_PRIVILEGES previous,
         PULONG returned),
        (token, disable_all, wanted, length, previous, returned))
SERVICE(AllocateLocallyUniqueId, (PLUID luid), (luid))
SERVICE(AssignProcessToJobObject, (HANDLE job, HANDLE process), (job, process))
SERVICE(Close, (HANDLE handle), (handle))
SERVICE(CloseObjectAuditAlarm, (PUNICODE_STRING subsystem, PVOID handle, BOOLEAN on_close), (subsystem, handle, on_close))
SERVICE(CreateJobObject, (PHANDLE handle, ACCESS_MASK desired, POBJECT_ATTRIBUTES attributes),
        (handle, desired, attributes))
SERVICE(DuplicateObject,
        (HANDLE source_process, HANDLE source, HANDLE target_process, PHANDLE target, ACCESS_MASK desired,
         ULONG attributes, ULONG options),
        (source_process, source, target_process, target, desired, attributes, options))
SERVICE(DuplicateToken,
        (HANDLE existing, ACCESS_MASK desired, POBJECT_ATTRIBUTES attributes, BOOLEAN effective_only, TOKEN_TYPE type,
         PHANDLE handle),
        (existing, desired, attributes, effective_only, type, handle))
SERVICE(ImpersonateAnonymousToken, (HANDLE thread), (thread))
SERVICE(OpenProcess, (PHANDLE handle, ACCESS_MASK desired, POBJECT_ATTRIBUTES attributes, PCLIENT_ID id),
        (handle, desired, attributes, id))
SERVICE(OpenProcessToken, (HANDLE process, ACCESS_MASK desired, PHANDLE handle), (process, desired, handle))
SERVICE(OpenProcessTokenEx, (HANDLE process, ACCESS_MASK desired, ULONG attributes, PHANDLE handle),
        (process, desired, attributes, handle))
SERVICE(OpenThreadToken, (HANDLE thread, ACCESS_MASK desired, BOOLEAN open_as_self, PHANDLE handle),
        (thread, desired, open_as_self, handle))
SERVICE(OpenThreadTokenEx,
        (HANDLE thread, ACCESS_MASK desired, BOOLEAN open_as_self, ULONG attributes, PHANDLE handle),
        (thread, desired, open_as_self, attributes, handle))
SERVICE(QueryInformationProcess,
        (HANDLE process, PROCESSINFOCLASS class, PVOID information, ULONG length, PULONG returned),
        (process, class, information, length, returned))
SERVICE(QueryInformationThread,
        (HANDLE thread, THREADINFOCLASS class, PVOID information, ULONG length, PULONG returned),
        (thread, class, information, length, returned))
SERVICE(QueryInformationToken,
        (HANDLE token, TOKEN_INFORMATION_CLASS class, PVOID information, ULONG length, PULONG returned),
        (token, class, information, length, returned))
SERVICE(QuerySecurityObject,
        (HANDLE handle, SECURITY_INFORMATION information, PSECURITY_DESCRIPTOR descriptor, ULONG length, PULONG needed),
        (handle, information, descriptor, length, needed))
SERVICE(SetInformationJobObject, (HANDLE job, JOBOBJECTINFOCLASS class, PVOID information, ULONG length),
        (job, class, information, length))
SERVICE(SetInformationProcess, (HANDLE process, PROCESSINFOCLASS class, PVOID information, ULONG length),
        (process, class, information, length))
SERVICE(SetInformationThread, (HANDLE thread, THREADINFOCLASS class, PVOID information, ULONG length),
        (thread, class, information, length))
SERVICE(SetInformationToken, (HANDLE token, TOKEN_INFORMATION_CLASS class, PVOID information, ULONG length),
        (token, class, information, length))
SERVICE(SetSecurityObject, (HANDLE handle, SECURITY_INFORMATION information, PSECURITY_DESCRIPTOR descriptor),
        (handle, information, descriptor))

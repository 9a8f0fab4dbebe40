/*
 * Handles to processes and threads by their ids.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "ntoskrnl/ob/insert.h"
#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/ps/ps.h"

/* The id as Unix has it; false: no such number. */
static bool unix_id(HANDLE id, pid_t *number)
{
    *number = (pid_t)(ULONG_PTR)id;
    return *number > 0 && (ULONG_PTR)*number == (ULONG_PTR)id;
}

/* The status for an id that is not ours: of other processes no object is made, so nobody may have anything of them. */
static NTSTATUS foreign_status(pid_t id)
{
    if (kill(id, 0) && errno == ESRCH) return STATUS_INVALID_CID;
    return STATUS_ACCESS_DENIED;
}

/* A handle to BODY, or with SeDebugPrivilege one to all that is asked for. */
static NTSTATUS open_for(PVOID body, ACCESS_MASK desired, ULONG attributes, HANDLE *handle)
{
    const ACCESS_MASK all = object_header_of(body)->type->mapping.GenericAll;
    SECURITY_SUBJECT_CONTEXT subject;
    struct token *caller;
    NTSTATUS status = STATUS_NO_MEMORY;

    SeCaptureSubjectContext(&subject);
    if ((caller = SeQuerySubjectContextToken(&subject)))
    {
        bool debug = token_privilege_enabled(caller, SE_DEBUG_PRIVILEGE) &&
                     (!subject.ClientToken || subject.ImpersonationLevel >= SecurityImpersonation);

        if (debug && desired & MAXIMUM_ALLOWED) desired = (desired & ~MAXIMUM_ALLOWED) | all;
        status = object_open(body, desired, debug ? all : 0, &subject, attributes, handle);
    }
    SeReleaseSubjectContext(&subject);
    return status;
}

/* Either an id or a name, and no object has a name. The id is copied. */
static NTSTATUS capture_arguments(const HANDLE *handle, const OBJECT_ATTRIBUTES *attributes, const CLIENT_ID *given,
                                  CLIENT_ID *id)
{
    if (!handle || !attributes) return STATUS_ACCESS_VIOLATION;
    if (!attributes->ObjectName == !given) return STATUS_INVALID_PARAMETER_MIX;
    if (!given) return object_name_lookup(attributes->ObjectName);
    *id = *given;
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           NtOpenProcess (NTOSKRNL.@)
 *
 * By process id, or by an id of a thread too, which must be the process's. The process's own security decides, unless
 * the caller has SeDebugPrivilege. STATUS_INVALID_CID: no such process or thread. STATUS_ACCESS_DENIED; it is another process, too.
 * STATUS_INVALID_PARAMETER_MIX: id and name, or neither. STATUS_OBJECT_PATH_NOT_FOUND and its kin: a name.
 * STATUS_ACCESS_VIOLATION; STATUS_NO_MEMORY. DDI page of ntddk.h.
 */
NTSTATUS NtOpenProcess(PHANDLE handle, ACCESS_MASK desired, POBJECT_ATTRIBUTES attributes, PCLIENT_ID given)
{
    CLIENT_ID id = {NULL, NULL};
    NTSTATUS status = capture_arguments(handle, attributes, given, &id);
    pid_t pid, tid;

    if (status) return status;
    if (!unix_id(id.UniqueProcess, &pid)) return STATUS_INVALID_CID;
    if (pid != getpid()) return cred_thread_exists(pid) ? STATUS_INVALID_CID : foreign_status(pid);
    if (id.UniqueThread && (!unix_id(id.UniqueThread, &tid) || !cred_thread_exists(tid))) return STATUS_INVALID_CID;
    return open_for(current_process(), desired, attributes->Attributes, handle);
}

/***********************************************************************
 *           NtOpenThread (NTOSKRNL.@)
 *
 * By thread id; UniqueProcess, if it is not NULL, must be its process. Statuses are those of NtOpenProcess.
 */
NTSTATUS NtOpenThread(PHANDLE handle, ACCESS_MASK desired, POBJECT_ATTRIBUTES attributes, PCLIENT_ID given)
{
    CLIENT_ID id = {NULL, NULL};
    NTSTATUS status = capture_arguments(handle, attributes, given, &id);
    PETHREAD thread;
    pid_t tid;

    if (status) return status;
    if (!unix_id(id.UniqueThread, &tid)) return STATUS_INVALID_CID;
    if (id.UniqueProcess && id.UniqueProcess != PsGetCurrentProcessId())
        return cred_thread_exists(tid) ? STATUS_INVALID_CID : foreign_status(tid);
    if (!cred_thread_exists(tid)) return foreign_status(tid);
    if ((status = PsLookupThreadByThreadId(id.UniqueThread, &thread)))
        return status == STATUS_INVALID_PARAMETER ? STATUS_INVALID_CID : status;
    status = open_for(thread, desired, attributes->Attributes, handle);
    object_dereference(thread);
    return status;
}

/*
 * Opening objects against their own security, and the pseudo handles.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/se/audit.h"

/* All that was asked for, without a check: for the core and drivers. */
static NTSTATUS open_in_kernel_mode(PVOID body, ACCESS_MASK desired, ULONG attributes, HANDLE *handle)
{
    if (desired & MAXIMUM_ALLOWED) desired = (desired & ~MAXIMUM_ALLOWED) | GENERIC_ALL;
    return handle_create(body, access_map_generic(desired, &object_header_of(body)->type->mapping), attributes, handle);
}

/* What the object's SACL asks for goes to the audit sink; most objects have none. */
static void audit_opening(const struct object_security *security, const struct _OBJECT_TYPE *type,
                          const SECURITY_SUBJECT_CONTEXT *subject, ACCESS_MASK desired, ACCESS_MASK granted, NTSTATUS status)
{
    struct audit_event event = {.name = "open", .type_name = type->name, .desired = desired, .success = !status};

    if (!security->sd.sacl) return;
    event.granted = status ? 0 : granted;
    audit_access_by(subject, &event, security->sd.sacl, &type->mapping);
}

NTSTATUS object_open(PVOID body, ACCESS_MASK desired, ACCESS_MASK granted_before,
                     const SECURITY_SUBJECT_CONTEXT *subject, ULONG attributes, HANDLE *handle)
{
    const struct _OBJECT_TYPE *type = object_header_of(body)->type;
    struct object_security *security;
    NTSTATUS status = STATUS_SUCCESS;
    ACCESS_MASK granted;

    if (previous_mode() == KernelMode) return open_in_kernel_mode(body, desired, attributes, handle);
    granted = desired = access_map_generic(desired, &type->mapping);
    if (!granted_before || desired & ~granted_before)
    {
        if ((status = object_security_of(body, &security))) return status;
        status = access_check(security, subject, desired, type, &granted);
        audit_opening(security, type, subject, desired, granted, status);
        object_security_release(security);
    }
    return status ? status : handle_create(body, granted, attributes, handle);
}

/* The token of the calling thread, or of its process if EFFECTIVE and it does not impersonate. */
static NTSTATUS reference_thread_token(bool effective, PVOID *body)
{
    PETHREAD thread = current_thread();
    struct impersonation record;

    if (!thread) return STATUS_NO_MEMORY;
    record = impersonation_get(thread);
    if (record.token && record.level == SecurityAnonymous)
    {
        impersonation_release(&record);
        return STATUS_CANT_OPEN_ANONYMOUS;
    }
    credential_release(record.credential);
    if (!record.token && !effective) return STATUS_NO_TOKEN;
    *body = record.token ? record.token : primary_token();
    return *body ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS pseudo_handle_reference(HANDLE handle, PVOID *body, ACCESS_MASK *granted)
{
    switch (HandleToLong(handle))
    {
    case -1:
        *body = current_process();
        *granted = PROCESS_ALL_ACCESS;
        object_reference(*body);
        return STATUS_SUCCESS;
    case -2:
        if (!(*body = current_thread())) return STATUS_NO_MEMORY;
        *granted = THREAD_ALL_ACCESS;
        object_reference(*body);
        return STATUS_SUCCESS;
    }
    /* What documentation grants the three token handles (GetCurrentProcessToken and its kin). */
    *granted = TOKEN_QUERY | TOKEN_QUERY_SOURCE;
    switch (HandleToLong(handle))
    {
    case -4: return (*body = primary_token()) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    case -5: return reference_thread_token(false, body);
    default: return reference_thread_token(true, body);
    }
}

/***********************************************************************
 *           ObOpenObjectByPointer (NTOSKRNL.@)
 *
 * A handle to an object. TYPE may be NULL in kernel mode, where DESIRED is granted without a check. STATE is not looked
 * at.
 */
NTSTATUS ObOpenObjectByPointer(PVOID object, ULONG attributes, PACCESS_STATE state, ACCESS_MASK desired,
                               POBJECT_TYPE type, KPROCESSOR_MODE mode, PHANDLE handle)
{
    SECURITY_SUBJECT_CONTEXT subject;
    NTSTATUS status;

    (void)state;
    *handle = NULL;
    if (object_header_of(object)->type != type && (type || mode == UserMode)) return STATUS_OBJECT_TYPE_MISMATCH;
    if (mode == KernelMode) return open_in_kernel_mode(object, desired, attributes, handle);
    SeCaptureSubjectContext(&subject);
    status = object_open(object, desired, 0, &subject, attributes, handle);
    SeReleaseSubjectContext(&subject);
    return status;
}

/***********************************************************************
 *           NtDuplicateObject (NTOSKRNL.@)
 *
 * A second handle in this process. Both process handles need PROCESS_DUP_HANDLE. With DUPLICATE_SAME_ACCESS DESIRED
 * does not count; otherwise rights beyond those of SOURCE are judged by the object's own security.
 * DUPLICATE_CLOSE_SOURCE closes SOURCE in any case. TARGET NULL: only that closing is wanted.
 */
NTSTATUS NtDuplicateObject(HANDLE source_process, HANDLE source, HANDLE target_process, PHANDLE target,
                           ACCESS_MASK desired, ULONG attributes, ULONG options)
{
    PEPROCESS from = NULL, to = NULL;
    SECURITY_SUBJECT_CONTEXT subject;
    ACCESS_MASK granted;
    NTSTATUS status;
    PVOID body;

    if ((status = process_from_handle(source_process, PROCESS_DUP_HANDLE, &from))) return status;
    if (!(status = handle_reference(source, 0, NULL, &body, &granted)))
    {
        if (target && !(status = process_from_handle(target_process, PROCESS_DUP_HANDLE, &to)))
        {
            SeCaptureSubjectContext(&subject);
            if (options & DUPLICATE_SAME_ACCESS)
                status = handle_create(body, granted, attributes, target);
            else
                status = object_open(body, desired, granted, &subject, attributes, target);
            SeReleaseSubjectContext(&subject);
            object_dereference(to);
        }
        object_dereference(body);
        if (options & DUPLICATE_CLOSE_SOURCE) NtClose(source);
    }
    object_dereference(from);
    return status;
}

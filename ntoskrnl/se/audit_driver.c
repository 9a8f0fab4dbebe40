/*
 * What drivers write to the audit sink (kernel facts 3.7). None of it fails: an access is what it is, whether it is told or
 * not.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/se/audit.h"

/* ---- opening ----------------------------------------------------------------------------------------------------- */

/* The subject context of STATE is locked. */
static bool report_opening(struct audit_event *event, PSECURITY_DESCRIPTOR descriptor, const ACCESS_STATE *state)
{
    const AUX_ACCESS_DATA *aux = state->AuxData;
    struct sd security = {0};

    if (!audit_text_valid(event->object_type) || !audit_text_valid(event->object_name)) return false;
    if (descriptor && sd_read(descriptor, &security)) return false;
    if (!event->object_type) event->object_type = &state->ObjectTypeName;
    if (!event->object_name) event->object_name = &state->ObjectName;
    event->desired = state->OriginalDesiredAccess;
    if (event->success) event->granted = state->PreviouslyGrantedAccess;
    event->privileges = aux->PrivilegesUsed;
    return audit_access_by(&state->SubjectSecurityContext, event, security.sacl, &aux->GenericMapping);
}

/***********************************************************************
 *           SeOpenObjectAuditAlarm (NTOSKRNL.@)
 *
 * Says that STATE has come to an end. It is written if the SACL of DESCRIPTOR wants it, or if privileges helped, but not for
 * kernel mode (K3.7.1). The caller has locked the state's subject context. TYPE and NAME may be NULL: they are the state's then.
 * *ON_CLOSE is TRUE if the closing of the object's handle is an event too.
 */
VOID SeOpenObjectAuditAlarm(PUNICODE_STRING type, PVOID object, PUNICODE_STRING name, PSECURITY_DESCRIPTOR descriptor,
                            PACCESS_STATE state, BOOLEAN created, BOOLEAN granted, KPROCESSOR_MODE mode, PBOOLEAN on_close)
{
    struct audit_event event = {
        .name = "open", .object_type = type, .object_name = name, .success = granted, .created = created};

    (void)object;
    *on_close = mode != KernelMode && audit_sink_on() && report_opening(&event, descriptor, state);
}

/***********************************************************************
 *           SeOpenObjectForDeleteAuditAlarm (NTOSKRNL.@)
 *
 * The same for an object that is opened to be deleted when it is closed.
 */
VOID SeOpenObjectForDeleteAuditAlarm(PUNICODE_STRING type, PVOID object, PUNICODE_STRING name,
                                     PSECURITY_DESCRIPTOR descriptor, PACCESS_STATE state, BOOLEAN created, BOOLEAN granted,
                                     KPROCESSOR_MODE mode, PBOOLEAN on_close)
{
    struct audit_event event = {
        .name = "open-for-delete", .object_type = type, .object_name = name, .success = granted, .created = created};

    (void)object;
    *on_close = mode != KernelMode && audit_sink_on() && report_opening(&event, descriptor, state);
}

/* ---- what comes later -------------------------------------------------------------------------------------------- */

/* For whoever the calling thread is, if it may. */
static void report_now(struct audit_event *event, bool needs_privilege)
{
    SECURITY_SUBJECT_CONTEXT subject;

    if (!audit_sink_on()) return;
    SeCaptureSubjectContext(&subject);
    event->client = subject.ClientToken;
    event->process = subject.PrimaryToken;
    if (!needs_privilege || audit_permitted(&subject)) audit_report(event);
    SeReleaseSubjectContext(&subject);
}

/***********************************************************************
 *           SeDeleteObjectAuditAlarm (NTOSKRNL.@)
 *
 * Says that the object of HANDLE is deleted; written if the process has SeAuditPrivilege enabled.
 */
VOID SeDeleteObjectAuditAlarm(PVOID object, HANDLE handle)
{
    struct audit_event event = {.name = "delete", .handle = handle, .success = true};

    (void)object;
    report_now(&event, true);
}

/***********************************************************************
 *           SeCloseObjectAuditAlarm (NTOSKRNL.@)
 *
 * Says that HANDLE is closed, if PERFORM; written if the process has SeAuditPrivilege enabled.
 */
VOID SeCloseObjectAuditAlarm(PVOID object, HANDLE handle, BOOLEAN perform)
{
    struct audit_event event = {.name = "close", .handle = handle, .success = true};

    (void)object;
    if (perform) report_now(&event, true);
}

/***********************************************************************
 *           SePrivilegeObjectAuditAlarm (NTOSKRNL.@)
 *
 * Says that privileges were used with HANDLE, or wanted. Not for kernel mode.
 */
VOID SePrivilegeObjectAuditAlarm(HANDLE handle, PSECURITY_SUBJECT_CONTEXT subject, ACCESS_MASK desired,
                                 PPRIVILEGE_SET privileges, BOOLEAN granted, KPROCESSOR_MODE mode)
{
    const struct audit_event event = {.name = "privilege",
                                      .client = subject->ClientToken,
                                      .process = subject->PrimaryToken,
                                      .handle = handle,
                                      .desired = desired,
                                      .privileges = privileges,
                                      .success = granted};

    if (mode != KernelMode) audit_report(&event);
}

/***********************************************************************
 *           SeAuditHardLinkCreation (NTOSKRNL.@)
 */
VOID SeAuditHardLinkCreation(PUNICODE_STRING file, PUNICODE_STRING link, BOOLEAN success)
{
    struct audit_event event = {.name = "link", .object_name = file, .link_name = link, .success = success};

    if (audit_text_valid(file) && audit_text_valid(link)) report_now(&event, false);
}

/* ---- whether it is worth while ----------------------------------------------------------------------------------- */

/***********************************************************************
 *           SeAuditingFileEvents (NTOSKRNL.@)
 *
 * Whether accesses to files are written at all: there is a sink. The descriptor is not looked at; what becomes of one file's
 * accesses is for SeOpenObjectAuditAlarm to find out.
 */
BOOLEAN SeAuditingFileEvents(BOOLEAN granted, PSECURITY_DESCRIPTOR descriptor)
{
    (void)granted;
    (void)descriptor;
    return audit_sink_on();
}

/***********************************************************************
 *           SeAuditingFileEventsWithContext (NTOSKRNL.@)
 */
BOOLEAN SeAuditingFileEventsWithContext(BOOLEAN granted, PSECURITY_DESCRIPTOR descriptor, PSECURITY_SUBJECT_CONTEXT subject)
{
    (void)subject;
    return SeAuditingFileEvents(granted, descriptor);
}

/***********************************************************************
 *           SeAuditingFileOrGlobalEvents (NTOSKRNL.@)
 */
BOOLEAN SeAuditingFileOrGlobalEvents(BOOLEAN granted, PSECURITY_DESCRIPTOR descriptor, PSECURITY_SUBJECT_CONTEXT subject)
{
    (void)subject;
    return SeAuditingFileEvents(granted, descriptor);
}

/***********************************************************************
 *           SeAuditingHardLinkEvents (NTOSKRNL.@)
 *
 * Whether SeAuditHardLinkCreation would be written.
 */
BOOLEAN SeAuditingHardLinkEvents(BOOLEAN granted, PSECURITY_DESCRIPTOR descriptor)
{
    return SeAuditingFileEvents(granted, descriptor);
}

/***********************************************************************
 *           SeAuditingHardLinkEventsWithContext (NTOSKRNL.@)
 */
BOOLEAN SeAuditingHardLinkEventsWithContext(BOOLEAN granted, PSECURITY_DESCRIPTOR descriptor,
                                            PSECURITY_SUBJECT_CONTEXT subject)
{
    (void)subject;
    return SeAuditingFileEvents(granted, descriptor);
}

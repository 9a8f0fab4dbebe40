/*
 * What user-mode servers write to the audit sink beside their access checks: handles opened, closed and deleted, and the
 * use of privileges (kernel facts 3.4, 3.7).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/se/audit.h"
#include "ntoskrnl/se/privilege.h"

/* Writes an event for who has been found to be allowed to. */
typedef NTSTATUS event_writer(struct audit_event *event, void *context);

static NTSTATUS with_permission(struct audit_event *event, event_writer *write, void *context)
{
    SECURITY_SUBJECT_CONTEXT subject;
    NTSTATUS status = STATUS_PRIVILEGE_NOT_HELD;

    if (!event->subsystem || !audit_text_valid(event->subsystem) || !audit_text_valid(event->service) ||
        !audit_text_valid(event->object_type) || !audit_text_valid(event->object_name))
        return STATUS_ACCESS_VIOLATION;
    SeCaptureSubjectContext(&subject);
    if (audit_permitted(&subject))
    {
        event->client = subject.ClientToken;
        event->process = subject.PrimaryToken;
        status = write(event, context);
    }
    SeReleaseSubjectContext(&subject);
    return status;
}

/* The client that a handle names, in the place of whom the thread impersonates. */
static NTSTATUS client_of(HANDLE handle, struct token **token)
{
    NTSTATUS status = token_from_handle(handle, TOKEN_QUERY, token, NULL);

    if (status) return status;
    if ((*token)->type != TokenImpersonation || (*token)->level >= SecurityIdentification) return STATUS_SUCCESS;
    token_release(*token);
    return STATUS_BAD_IMPERSONATION_LEVEL;
}

static bool privileges_fit(const PRIVILEGE_SET *privileges)
{
    return privileges->PrivilegeCount <= (UINT32_MAX - privileges_size(0)) / sizeof(LUID_AND_ATTRIBUTES);
}

/* ---- open, close, delete ----------------------------------------------------------------------------------------- */

struct opening
{
    HANDLE token;
    PSECURITY_DESCRIPTOR descriptor;
    PBOOLEAN on_close;
};

static NTSTATUS write_opening_of(struct audit_event *event, struct token *client, const struct opening *opening)
{
    /* The caller has mapped what it says. A generic right in an ACE may be any. */
    static const GENERIC_MAPPING any = {~0u, ~0u, ~0u, ~0u};
    struct access_request request = {.mapping = &any};
    struct access_subject subject;
    struct sd security = {0};
    NTSTATUS status;

    if (opening->descriptor && (status = sd_read(opening->descriptor, &security))) return status;
    pthread_rwlock_rdlock(&client->lock);
    access_subject_from_token(client, &subject);
    pthread_rwlock_unlock(&client->lock);
    request.subject = &subject;
    event->client = client;
    *opening->on_close = audit_access(event, security.sacl, &request);
    return STATUS_SUCCESS;
}

static NTSTATUS write_opening(struct audit_event *event, void *context)
{
    const struct opening *opening = context;
    struct token *client;
    NTSTATUS status;

    if ((status = client_of(opening->token, &client))) return status;
    if (event->privileges && !privileges_fit(event->privileges))
        status = STATUS_INVALID_PARAMETER;
    else
        status = write_opening_of(event, client, opening);
    token_release(client);
    return status;
}

/***********************************************************************
 *           NtOpenObjectAuditAlarm (NTOSKRNL.@)
 *
 * Says that the client of TOKEN (TOKEN_QUERY) was granted GRANTED, or refused DESIRED. It is written if the SACL of DESCRIPTOR, which
 * may be NULL, wants it, or if privileges helped; *ON_CLOSE is what NtCloseObjectAuditAlarm shall be told.
 * STATUS_ACCESS_VIOLATION; STATUS_PRIVILEGE_NOT_HELD: the process has no SeAuditPrivilege enabled; statuses of the handle;
 * STATUS_BAD_IMPERSONATION_LEVEL: below Identification; STATUS_INVALID_PARAMETER: more privileges than a set can have;
 * those of sd_read().
 */
NTSTATUS NtOpenObjectAuditAlarm(PUNICODE_STRING subsystem, PVOID handle, PUNICODE_STRING type, PUNICODE_STRING name,
                                PSECURITY_DESCRIPTOR descriptor, HANDLE token, ACCESS_MASK desired, ACCESS_MASK granted,
                                PPRIVILEGE_SET privileges, BOOLEAN creation, BOOLEAN access_granted, PBOOLEAN on_close)
{
    struct opening opening = {token, descriptor, on_close};
    struct audit_event event = {.name = "open",
                                .handle = handle,
                                .subsystem = subsystem,
                                .object_type = type,
                                .object_name = name,
                                .desired = desired,
                                .granted = access_granted ? granted : 0,
                                .privileges = privileges,
                                .success = access_granted,
                                .created = creation};

    if (!type || !name || !on_close) return STATUS_ACCESS_VIOLATION;
    return with_permission(&event, write_opening, &opening);
}

static NTSTATUS write_if(struct audit_event *event, void *wanted)
{
    if (wanted) audit_report(event);
    return STATUS_SUCCESS;
}

static NTSTATUS report_end(const char *what, PUNICODE_STRING subsystem, PVOID handle, BOOLEAN wanted)
{
    struct audit_event event = {.name = what, .handle = handle, .subsystem = subsystem, .success = true};

    return with_permission(&event, write_if, wanted ? &event : NULL);
}

/***********************************************************************
 *           NtCloseObjectAuditAlarm (NTOSKRNL.@)
 *
 * Says that HANDLE was closed; nothing is written unless ON_CLOSE. STATUS_ACCESS_VIOLATION, STATUS_PRIVILEGE_NOT_HELD.
 */
NTSTATUS NtCloseObjectAuditAlarm(PUNICODE_STRING subsystem, PVOID handle, BOOLEAN on_close)
{
    return report_end("close", subsystem, handle, on_close);
}

/***********************************************************************
 *           NtDeleteObjectAuditAlarm (NTOSKRNL.@)
 *
 * The same for an object that was deleted.
 */
NTSTATUS NtDeleteObjectAuditAlarm(PUNICODE_STRING subsystem, PVOID handle, BOOLEAN on_close)
{
    return report_end("delete", subsystem, handle, on_close);
}

/* ---- privileges -------------------------------------------------------------------------------------------------- */

static NTSTATUS write_privileges(struct audit_event *event, void *context)
{
    const HANDLE *token = context;
    struct token *client;
    NTSTATUS status;

    if ((status = client_of(*token, &client))) return status;
    event->client = client;
    if (privileges_fit(event->privileges))
        audit_report(event);
    else
        status = STATUS_INVALID_PARAMETER;
    token_release(client);
    return status;
}

/***********************************************************************
 *           NtPrivilegeObjectAuditAlarm (NTOSKRNL.@)
 *
 * Says that the client of TOKEN (TOKEN_QUERY) used privileges with HANDLE, or wanted to. Statuses of NtOpenObjectAuditAlarm.
 */
NTSTATUS NtPrivilegeObjectAuditAlarm(PUNICODE_STRING subsystem, PVOID handle, HANDLE token, ACCESS_MASK desired,
                                     PPRIVILEGE_SET privileges, BOOLEAN access_granted)
{
    struct audit_event event = {.name = "privilege",
                                .handle = handle,
                                .subsystem = subsystem,
                                .desired = desired,
                                .privileges = privileges,
                                .success = access_granted};

    if (!privileges) return STATUS_ACCESS_VIOLATION;
    return with_permission(&event, write_privileges, &token);
}

/***********************************************************************
 *           NtPrivilegedServiceAuditAlarm (NTOSKRNL.@)
 *
 * The same for a service of the subsystem.
 */
NTSTATUS NtPrivilegedServiceAuditAlarm(PUNICODE_STRING subsystem, PUNICODE_STRING service, HANDLE token,
                                       PPRIVILEGE_SET privileges, BOOLEAN access_granted)
{
    struct audit_event event = {.name = "privilege",
                                .subsystem = subsystem,
                                .service = service,
                                .privileges = privileges,
                                .success = access_granted};

    if (!service || !privileges) return STATUS_ACCESS_VIOLATION;
    return with_permission(&event, write_privileges, &token);
}

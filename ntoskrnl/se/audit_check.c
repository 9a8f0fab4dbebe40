/*
 * The access checks of user-mode servers that write what they decide: NtAccessCheckAndAuditAlarm and its forms (kernel
 * facts 3.4).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/se/audit.h"
#include "ntoskrnl/se/privilege.h"

#define RESULTS_ON_STACK 16

/* What the caller of one of the services gave. */
struct audited_call
{
    PSECURITY_DESCRIPTOR descriptor;
    const HANDLE *token; /* NULL: the client whom the calling thread impersonates */
    AUDIT_EVENT_TYPE type;
    ULONG flags;
    struct access_request request;
    struct audit_event event; /* what the caller said of the object */
    PACCESS_MASK granted;     /* one, or as many as there are objects */
    PNTSTATUS status;
    PBOOLEAN on_close;
    bool silent; /* the caller may not write events, and does not mind */
};

static ULONG answer_count(const struct access_request *request)
{
    return request->each ? request->object_count : 1;
}

/* ---- the event --------------------------------------------------------------------------------------------------- */

/* Of several objects, those that were granted make one event, and those that were refused another. */
static BOOLEAN report(struct audited_call *call, const ACL *sacl, const struct access_result *results, privilege_set used)
{
    struct
    {
        PRIVILEGE_SET set;
        LUID_AND_ATTRIBUTES more[SE_MAX_WELL_KNOWN_PRIVILEGE];
    } privileges;
    struct audit_event *event = &call->event;
    ULONG i, count = answer_count(&call->request), refused = 0;
    BOOLEAN on_close = FALSE;

    for (i = 0; i < count; i++)
    {
        event->granted |= results[i].granted;
        refused += results[i].status != STATUS_SUCCESS;
    }
    if (refused < count)
    {
        privileges_write(used, &privileges.set);
        event->success = true;
        event->privileges = &privileges.set;
        on_close = audit_access(event, sacl, &call->request);
        event->success = false;
        event->privileges = NULL;
        event->granted = 0;
    }
    if (refused) audit_access(event, sacl, &call->request);
    return on_close;
}

/* ---- the check --------------------------------------------------------------------------------------------------- */

static NTSTATUS decide(struct audited_call *call, struct token *token, const struct sd *security)
{
    struct access_result few[RESULTS_ON_STACK], *results = few;
    ULONG i, count = answer_count(&call->request);
    struct access_subject subject;
    privilege_set used;
    NTSTATUS status;

    if (count > RESULTS_ON_STACK && !(results = guise_alloc(count * sizeof(*results)))) return STATUS_NO_MEMORY;
    call->request.subject = &subject;
    pthread_rwlock_rdlock(&token->lock);
    access_subject_from_token(token, &subject);
    status = access_evaluate(security, &call->request, results, &used);
    pthread_rwlock_unlock(&token->lock);
    if (!status)
    {
        for (i = 0; i < count; i++)
        {
            call->granted[i] = results[i].granted;
            call->status[i] = results[i].status;
        }
        /* K3.7.1: nothing is written for kernel mode. */
        *call->on_close = FALSE;
        if (!call->silent && call->request.mode != KernelMode && audit_sink_on())
            *call->on_close = report(call, security->sacl, results, used);
    }
    if (results != few) guise_free(results);
    return status;
}

static NTSTATUS check_for_token(struct audited_call *call, struct token *token, SECURITY_IMPERSONATION_LEVEL level)
{
    struct sd security;
    NTSTATUS status;

    if (level < SecurityIdentification) return STATUS_BAD_IMPERSONATION_LEVEL;
    if (!call->descriptor) return STATUS_ACCESS_VIOLATION;
    if ((status = sd_read(call->descriptor, &security))) return status;
    if (!security.owner || !security.group) return STATUS_INVALID_SECURITY_DESCR;
    if (call->request.self && !sid_valid(call->request.self)) return STATUS_INVALID_SID;

    call->event.client = token;
    call->request.mode = previous_mode();
    return decide(call, token, &security);
}

static NTSTATUS check_for_handle(struct audited_call *call)
{
    struct token *token;
    NTSTATUS status;

    if ((status = token_from_handle(*call->token, TOKEN_QUERY, &token, NULL))) return status;
    status = token->type == TokenImpersonation ? check_for_token(call, token, token->level) : STATUS_NO_IMPERSONATION_TOKEN;
    token_release(token);
    return status;
}

static NTSTATUS check_for_subject(struct audited_call *call, const SECURITY_SUBJECT_CONTEXT *subject)
{
    if (!audit_permitted(subject))
    {
        if (!(call->flags & AUDIT_ALLOW_NO_PRIVILEGE)) return STATUS_PRIVILEGE_NOT_HELD;
        call->silent = true;
    }
    call->event.process = subject->PrimaryToken;
    if (call->token) return check_for_handle(call);
    if (!subject->ClientToken) return STATUS_NO_IMPERSONATION_TOKEN;
    return check_for_token(call, subject->ClientToken, subject->ImpersonationLevel);
}

static NTSTATUS check(struct audited_call *call)
{
    const ACCESS_MASK generic = GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL;
    struct audit_event *event = &call->event;
    SECURITY_SUBJECT_CONTEXT subject;
    NTSTATUS status;

    if (!call->request.mapping || !call->granted || !call->status || !call->on_close || !event->subsystem ||
        !event->object_type || !event->object_name)
        return STATUS_ACCESS_VIOLATION;
    if (!audit_text_valid(event->subsystem) || !audit_text_valid(event->object_type) || !audit_text_valid(event->object_name))
        return STATUS_ACCESS_VIOLATION;
    if (call->type != AuditEventObjectAccess && call->type != AuditEventDirectoryServiceAccess) return STATUS_INVALID_PARAMETER;
    if (call->flags & ~AUDIT_ALLOW_NO_PRIVILEGE) return STATUS_INVALID_PARAMETER;
    if (call->request.desired & generic) return STATUS_GENERIC_NOT_MAPPED;
    event->name = call->type == AuditEventDirectoryServiceAccess ? "directory-access" : "access";
    event->desired = call->request.desired;
    SeCaptureSubjectContext(&subject);
    status = check_for_subject(call, &subject);
    SeReleaseSubjectContext(&subject);
    return status;
}

/***********************************************************************
 *           NtAccessCheckAndAuditAlarm (NTOSKRNL.@)
 *
 * NtAccessCheck for the client whom the calling thread impersonates. The decision is written to the audit sink if the
 * object's SACL wants that, and *ON_CLOSE then says that NtCloseObjectAuditAlarm shall write, too.
 * STATUS_ACCESS_VIOLATION; STATUS_GENERIC_NOT_MAPPED; STATUS_PRIVILEGE_NOT_HELD: the process has no SeAuditPrivilege enabled (K3.4.2);
 * STATUS_NO_IMPERSONATION_TOKEN: there is no client; STATUS_BAD_IMPERSONATION_LEVEL; those of sd_read();
 * STATUS_INVALID_SECURITY_DESCR. Nothing is written to the outputs then.
 */
NTSTATUS NtAccessCheckAndAuditAlarm(PUNICODE_STRING subsystem, PVOID handle, PUNICODE_STRING type, PUNICODE_STRING name,
                                    PSECURITY_DESCRIPTOR descriptor, ACCESS_MASK desired, PGENERIC_MAPPING mapping,
                                    BOOLEAN creation, PACCESS_MASK granted, PNTSTATUS status, PBOOLEAN on_close)
{
    return NtAccessCheckByTypeAndAuditAlarm(subsystem, handle, type, name, descriptor, NULL, desired, AuditEventObjectAccess,
                                            0, NULL, 0, mapping, creation, granted, status, on_close);
}

/***********************************************************************
 *           NtAccessCheckByTypeAndAuditAlarm (NTOSKRNL.@)
 *
 * The same with what NtAccessCheckByType is given. With AUDIT_ALLOW_NO_PRIVILEGE in FLAGS a process without the privilege gets
 * its decision, and nothing is written. STATUS_INVALID_PARAMETER: of AUDIT_TYPE or FLAGS, or OBJECTS is no tree.
 */
NTSTATUS NtAccessCheckByTypeAndAuditAlarm(PUNICODE_STRING subsystem, PVOID handle, PUNICODE_STRING type, PUNICODE_STRING name,
                                          PSECURITY_DESCRIPTOR descriptor, PSID self, ACCESS_MASK desired,
                                          AUDIT_EVENT_TYPE audit_type, ULONG flags, POBJECT_TYPE_LIST objects, ULONG count,
                                          PGENERIC_MAPPING mapping, BOOLEAN creation, PACCESS_MASK granted, PNTSTATUS status,
                                          PBOOLEAN on_close)
{
    struct audited_call call = {
        .descriptor = descriptor,
        .type = audit_type,
        .flags = flags,
        .request = {.self = self,
                    .objects = count ? objects : NULL,
                    .object_count = count,
                    .desired = desired,
                    .mapping = mapping},
        .event = {.handle = handle, .subsystem = subsystem, .object_type = type, .object_name = name, .created = creation},
        .granted = granted,
        .status = status,
        .on_close = on_close,
    };

    if (count && !objects) return STATUS_INVALID_PARAMETER;
    return check(&call);
}

/* Decisions for each of COUNT objects. */
static NTSTATUS check_each(struct audited_call call, POBJECT_TYPE_LIST objects, ULONG count)
{
    if (!count || !objects) return STATUS_INVALID_PARAMETER;
    call.request.objects = objects;
    call.request.object_count = count;
    call.request.each = true;
    return check(&call);
}

/***********************************************************************
 *           NtAccessCheckByTypeResultListAndAuditAlarm (NTOSKRNL.@)
 *
 * The same with a decision for each of the COUNT objects, as NtAccessCheckByTypeResultList gives it.
 */
NTSTATUS NtAccessCheckByTypeResultListAndAuditAlarm(PUNICODE_STRING subsystem, PVOID handle, PUNICODE_STRING type,
                                                    PUNICODE_STRING name, PSECURITY_DESCRIPTOR descriptor, PSID self,
                                                    ACCESS_MASK desired, AUDIT_EVENT_TYPE audit_type, ULONG flags,
                                                    POBJECT_TYPE_LIST objects, ULONG count, PGENERIC_MAPPING mapping,
                                                    BOOLEAN creation, PACCESS_MASK granted, PNTSTATUS status,
                                                    PBOOLEAN on_close)
{
    const struct audited_call call = {
        .descriptor = descriptor,
        .type = audit_type,
        .flags = flags,
        .request = {.self = self, .desired = desired, .mapping = mapping},
        .event = {.handle = handle, .subsystem = subsystem, .object_type = type, .object_name = name, .created = creation},
        .granted = granted,
        .status = status,
        .on_close = on_close,
    };

    return check_each(call, objects, count);
}

/***********************************************************************
 *           NtAccessCheckByTypeResultListAndAuditAlarmByHandle (NTOSKRNL.@)
 *
 * The same for the client of TOKEN, which needs TOKEN_QUERY; the calling thread need not impersonate. Further statuses of the
 * handle; STATUS_NO_IMPERSONATION_TOKEN: it is a primary token.
 */
NTSTATUS NtAccessCheckByTypeResultListAndAuditAlarmByHandle(PUNICODE_STRING subsystem, PVOID handle, HANDLE token,
                                                            PUNICODE_STRING type, PUNICODE_STRING name,
                                                            PSECURITY_DESCRIPTOR descriptor, PSID self, ACCESS_MASK desired,
                                                            AUDIT_EVENT_TYPE audit_type, ULONG flags,
                                                            POBJECT_TYPE_LIST objects, ULONG count,
                                                            PGENERIC_MAPPING mapping, BOOLEAN creation,
                                                            PACCESS_MASK granted, PNTSTATUS status, PBOOLEAN on_close)
{
    const struct audited_call call = {
        .descriptor = descriptor,
        .token = &token,
        .type = audit_type,
        .flags = flags,
        .request = {.self = self, .desired = desired, .mapping = mapping},
        .event = {.handle = handle, .subsystem = subsystem, .object_type = type, .object_name = name, .created = creation},
        .granted = granted,
        .status = status,
        .on_close = on_close,
    };

    return check_each(call, objects, count);
}

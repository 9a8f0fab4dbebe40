/*
 * Making the lines of audit events, and reading SACLs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/se/access_nodes.h"
#include "ntoskrnl/se/audit.h"
#include "ntoskrnl/se/audit_line.h"
#include "ntoskrnl/se/condition.h"

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static void add_string(struct audit_line *line, const char *field, const UNICODE_STRING *text)
{
    if (!text || !text->Length) return;
    audit_add(line, " %s=", field);
    audit_add_text(line, text->Buffer, text->Length / sizeof(WCHAR));
}

static void add_user(struct audit_line *line, const char *field, const struct token *token)
{
    if (!token) return;
    audit_add(line, " %s=", field);
    audit_add_sid(line, token_user(token));
}

static void add_privileges(struct audit_line *line, const PRIVILEGE_SET *privileges)
{
    ULONG i;

    for (i = 0; privileges && i < privileges->PrivilegeCount && i <= SE_MAX_WELL_KNOWN_PRIVILEGE; i++)
        audit_add(line, "%s%u", i ? "," : " privileges=", (unsigned int)privileges->Privilege[i].Luid.LowPart);
}

void audit_report(const struct audit_event *event)
{
    struct audit_line line;

    if (!audit_sink_on()) return;
    line.length = 0;
    audit_add(&line, "event=%s result=%s pid=%u", event->name, event->success ? "success" : "failure",
              (unsigned int)(ULONG_PTR)PsGetCurrentProcessId());
    add_user(&line, "client", event->client);
    add_user(&line, "process", event->process);
    if (event->desired || event->granted)
        audit_add(&line, " desired=%#x granted=%#x", (unsigned int)event->desired, (unsigned int)event->granted);
    add_privileges(&line, event->privileges);
    if (event->created) audit_add(&line, " created=yes");
    if (event->handle) audit_add(&line, " handle=%p", event->handle);
    add_string(&line, "subsystem", event->subsystem);
    add_string(&line, "service", event->service);
    if (event->object_type)
        add_string(&line, "type", event->object_type);
    else if (event->type_name)
        audit_add(&line, " type=\"%s\"", event->type_name);
    add_string(&line, "object", event->object_name);
    add_string(&line, "link", event->link_name);
    audit_sink_write(line.text, line.length);
}

/* ---- SACLs ------------------------------------------------------------------------------------------------------- */

static bool is_audit(UCHAR type)
{
    return type == SYSTEM_AUDIT_ACE_TYPE || type == SYSTEM_AUDIT_OBJECT_ACE_TYPE ||
           type == SYSTEM_AUDIT_CALLBACK_ACE_TYPE || type == SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE;
}

static bool is_conditional(UCHAR type)
{
    return type == SYSTEM_AUDIT_CALLBACK_ACE_TYPE || type == SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE;
}

/* In doubt the event is told. */
static bool condition_allows(const ACE_HEADER *ace, const ACL *sacl, const struct access_subject *subject)
{
    struct condition_context context = {.sids = &subject->groups, .denying = true, .sacl = sacl};
    const UCHAR *data;
    size_t size;

    if (!is_conditional(ace->AceType)) return true;
    data = ace_application_data(ace, &size);
    return condition_evaluate(data, size, &context) != TRUTH_FALSE;
}

/* An ACE for one type of object is about a list of objects that has it, and about a request without a list. */
static bool names_object(const ACE_HEADER *ace, const struct access_request *request)
{
    const GUID *type = ace_object_type(ace);

    return !type || !request->objects ||
           access_nodes_find(request->objects, request->object_count, type) < request->object_count;
}

static bool names_subject(const ACE_HEADER *ace, const struct access_request *request)
{
    static const SID principal_self = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_PRINCIPAL_SELF_RID}};
    const SID *sid = ace_sid(ace);

    if (request->self && sid_equal(sid, &principal_self)) sid = request->self;
    return access_sids_hold(&request->subject->groups, sid, true, false);
}

bool audit_wanted(const ACL *sacl, const struct access_request *request, ACCESS_MASK mask, bool success)
{
    UCHAR flag = success ? SUCCESSFUL_ACCESS_ACE_FLAG : FAILED_ACCESS_ACE_FLAG;
    const ACE_HEADER *ace;
    unsigned int i;

    if (!sacl || !audit_sink_on()) return false;
    if (mask & MAXIMUM_ALLOWED) mask |= GENERIC_ALL;
    mask = access_map_generic(mask, request->mapping);
    for (i = 0, ace = acl_first(sacl); i < sacl->AceCount; i++, ace = ace_after(ace))
        if (is_audit(ace->AceType) && ace->AceFlags & flag && !(ace->AceFlags & INHERIT_ONLY_ACE) &&
            mask & access_map_generic(ace_mask(ace), request->mapping) && names_object(ace, request) &&
            names_subject(ace, request) && condition_allows(ace, sacl, request->subject))
            return true;
    return false;
}

bool audit_access(const struct audit_event *event, const ACL *sacl, const struct access_request *request)
{
    bool wanted = audit_wanted(sacl, request, event->success ? event->granted : event->desired, event->success);

    if (wanted || (event->success && event->privileges && event->privileges->PrivilegeCount)) audit_report(event);
    return wanted && event->success;
}

bool audit_access_by(const SECURITY_SUBJECT_CONTEXT *subject, struct audit_event *event, const ACL *sacl,
                     const GENERIC_MAPPING *mapping)
{
    const struct token *token = SeQuerySubjectContextToken(subject);
    struct access_request request = {.mapping = mapping};
    struct access_subject who;

    if (!token || !audit_sink_on()) return false;
    access_subject_from_token(token, &who);
    request.subject = &who;
    event->client = subject->ClientToken;
    event->process = subject->PrimaryToken;
    return audit_access(event, sacl, &request);
}

bool audit_permitted(const SECURITY_SUBJECT_CONTEXT *subject)
{
    return previous_mode() == KernelMode ||
           (subject->PrimaryToken && token_privilege_enabled(subject->PrimaryToken, SE_AUDIT_PRIVILEGE));
}

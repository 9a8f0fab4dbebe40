/*
 * Events of a driver's own making: SeSetAuditParameter and SeReportSecurityEvent (wdm.h).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/se/audit.h"
#include "ntoskrnl/se/audit_line.h"

#define AUDIT_FAILURE_TYPE 0x10 /* EVENTLOG_AUDIT_FAILURE */

/* How a parameter is kept, and what its line says. */
enum form
{
    FORM_UNKNOWN,
    FORM_NOTHING,
    FORM_STRING,     /* Address: UNICODE_STRING */
    FORM_SID,        /* Address */
    FORM_PRIVILEGES, /* Address: PRIVILEGE_SET */
    FORM_GUID,       /* Address */
    FORM_NUMBER,     /* Data[0]: 32 bits, decimal */
    FORM_BITS,       /* the same, hexadecimal */
    FORM_LONG,       /* 64 bits, decimal */
    FORM_LONG_BITS,  /* the same, hexadecimal */
    FORM_POINTER     /* Data[0]: the pointer itself */
};

static enum form form_of(SE_ADT_PARAMETER_TYPE type)
{
    static const UCHAR forms[] = {
        [SeAdtParmTypeNone] = FORM_NOTHING,          [SeAdtParmTypeString] = FORM_STRING,
        [SeAdtParmTypeFileSpec] = FORM_STRING,       [SeAdtParmTypeUlong] = FORM_NUMBER,
        [SeAdtParmTypeSid] = FORM_SID,               [SeAdtParmTypeLogonId] = FORM_LONG_BITS,
        [SeAdtParmTypeNoLogonId] = FORM_NOTHING,     [SeAdtParmTypeAccessMask] = FORM_BITS,
        [SeAdtParmTypePrivs] = FORM_PRIVILEGES,      [SeAdtParmTypeHexUlong] = FORM_BITS,
        [SeAdtParmTypePtr] = FORM_POINTER,           [SeAdtParmTypeTime] = FORM_LONG,
        [SeAdtParmTypeGuid] = FORM_GUID,             [SeAdtParmTypeLuid] = FORM_LONG_BITS,
        [SeAdtParmTypeHexInt64] = FORM_LONG_BITS,    [SeAdtParmTypeDuration] = FORM_LONG,
        [SeAdtParmTypeDateTime] = FORM_LONG,         [SeAdtParmTypeLogonIdNoSid] = FORM_LONG_BITS,
        [SeAdtParmTypeUlongNoConv] = FORM_NUMBER,    [SeAdtParmTypeLogonIdAsSid] = FORM_LONG_BITS,
    };

    return (size_t)type < sizeof(forms) ? forms[type] : FORM_UNKNOWN;
}

/* ---- setting ----------------------------------------------------------------------------------------------------- */

/* False: DATA is none of that form. */
static bool fill(SE_ADT_PARAMETER_ARRAY_ENTRY *entry, enum form form, PVOID data)
{
    const UNICODE_STRING *text = data;
    const PRIVILEGE_SET *privileges = data;

    if (form != FORM_NOTHING && form != FORM_POINTER && !data) return false;
    switch (form)
    {
    case FORM_UNKNOWN: return false;
    case FORM_NOTHING: return true;
    case FORM_POINTER:
        entry->Data[0] = (ULONG_PTR)data;
        entry->Length = sizeof(data);
        return true;
    case FORM_NUMBER:
    case FORM_BITS:
        entry->Data[0] = *(const ULONG *)data;
        entry->Length = sizeof(ULONG);
        return true;
    case FORM_LONG:
    case FORM_LONG_BITS:
        memcpy(entry->Data, data, sizeof(LUID));
        entry->Length = sizeof(LUID);
        return true;
    case FORM_STRING:
        if (!audit_text_valid(text)) return false;
        entry->Length = sizeof(*text) + text->Length;
        break;
    case FORM_SID:
        if (!sid_valid(data)) return false;
        entry->Length = (ULONG)sid_length(data);
        break;
    case FORM_PRIVILEGES:
        if (privileges->PrivilegeCount > SE_MAX_WELL_KNOWN_PRIVILEGE) return false;
        entry->Length = (ULONG)(offsetof(PRIVILEGE_SET, Privilege) + privileges->PrivilegeCount * sizeof(LUID_AND_ATTRIBUTES));
        break;
    case FORM_GUID: entry->Length = sizeof(GUID); break;
    }
    entry->Address = data;
    return true;
}

/***********************************************************************
 *           SeSetAuditParameter (NTOSKRNL.@)
 *
 * DATA points to the value; numbers, LUIDs and times are copied, everything else must live until the event is reported. Of
 * SeAdtParmTypePtr it is the value. The array grows to hold INDEX.
 * STATUS_INVALID_PARAMETER: no such place, a type that cannot be written, or a value that is none; nothing is changed.
 */
NTSTATUS SeSetAuditParameter(PSE_ADT_PARAMETER_ARRAY parameters, SE_ADT_PARAMETER_TYPE type, ULONG index, PVOID data)
{
    SE_ADT_PARAMETER_ARRAY_ENTRY entry = {.Type = type};

    if (!parameters || index >= SE_MAX_AUDIT_PARAMETERS || !fill(&entry, form_of(type), data))
        return STATUS_INVALID_PARAMETER;
    parameters->Parameters[index] = entry;
    if (index >= parameters->ParameterCount) parameters->ParameterCount = index + 1;
    return STATUS_SUCCESS;
}

/* ---- reporting --------------------------------------------------------------------------------------------------- */

static void add_guid(struct audit_line *line, const GUID *guid)
{
    const UCHAR *rest = guid->Data4;

    audit_add(line, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", (unsigned int)guid->Data1, guid->Data2, guid->Data3,
              rest[0], rest[1], rest[2], rest[3], rest[4], rest[5], rest[6], rest[7]);
}

static void add_privilege_set(struct audit_line *line, const PRIVILEGE_SET *privileges)
{
    ULONG i;

    for (i = 0; i < privileges->PrivilegeCount; i++)
        audit_add(line, "%s%u", i ? "," : "", (unsigned int)privileges->Privilege[i].Luid.LowPart);
}

static void add_value(struct audit_line *line, const SE_ADT_PARAMETER_ARRAY_ENTRY *entry)
{
    const UNICODE_STRING *text = entry->Address;
    LONGLONG number;

    memcpy(&number, entry->Data, sizeof(number));
    switch (form_of(entry->Type))
    {
    case FORM_UNKNOWN:
    case FORM_NOTHING: audit_add(line, "-"); break;
    case FORM_STRING: audit_add_text(line, text->Buffer, text->Length / sizeof(WCHAR)); break;
    case FORM_SID: audit_add_sid(line, entry->Address); break;
    case FORM_PRIVILEGES: add_privilege_set(line, entry->Address); break;
    case FORM_GUID: add_guid(line, entry->Address); break;
    case FORM_NUMBER: audit_add(line, "%u", (unsigned int)number); break;
    case FORM_BITS: audit_add(line, "%#x", (unsigned int)number); break;
    case FORM_LONG: audit_add(line, "%lld", (long long)number); break;
    case FORM_LONG_BITS:
    case FORM_POINTER: audit_add(line, "%#llx", (unsigned long long)number); break;
    }
}

static bool can_be_written(const SE_ADT_PARAMETER_ARRAY *parameters)
{
    SE_ADT_PARAMETER_ARRAY_ENTRY scratch;
    ULONG i;

    if (parameters->ParameterCount > SE_MAX_AUDIT_PARAMETERS || parameters->Flags & SE_ADT_PARAMETERS_SELF_RELATIVE)
        return false;
    for (i = 0; i < parameters->ParameterCount; i++)
    {
        const SE_ADT_PARAMETER_ARRAY_ENTRY *entry = &parameters->Parameters[i];
        enum form form = form_of(entry->Type);
        bool at_address = form >= FORM_STRING && form <= FORM_GUID;

        if (!fill(&scratch, form, at_address ? entry->Address : (PVOID)entry->Data)) return false;
    }
    return true;
}

static void report(const UNICODE_STRING *source, const SID *user, const SE_ADT_PARAMETER_ARRAY *parameters)
{
    struct audit_line line;
    ULONG i;

    line.length = 0;
    audit_add(&line, "event=report result=%s pid=%u source=", parameters->Type == AUDIT_FAILURE_TYPE ? "failure" : "success",
              (unsigned int)(ULONG_PTR)PsGetCurrentProcessId());
    audit_add_text(&line, source->Buffer, source->Length / sizeof(WCHAR));
    audit_add(&line, " client=");
    audit_add_sid(&line, user);
    audit_add(&line, " category=%u id=%u", (unsigned int)parameters->CategoryId, (unsigned int)parameters->AuditId);
    for (i = 0; i < parameters->ParameterCount; i++)
    {
        audit_add(&line, " p%u=", (unsigned int)i);
        add_value(&line, &parameters->Parameters[i]);
    }
    audit_sink_write(line.text, line.length);
}

/***********************************************************************
 *           SeReportSecurityEvent (NTOSKRNL.@)
 *
 * Writes an event with PARAMETERS, as SeSetAuditParameter makes them, on behalf of USER (NULL: whoever the calling thread is).
 * STATUS_INVALID_PARAMETER: FLAGS are not 0, or SOURCE, USER or the parameters are none, or have self-relative addresses.
 * STATUS_NO_MEMORY. STATUS_SUCCESS without a sink, too.
 */
NTSTATUS SeReportSecurityEvent(ULONG flags, PUNICODE_STRING source, PSID user, PSE_ADT_PARAMETER_ARRAY parameters)
{
    SECURITY_SUBJECT_CONTEXT subject;
    const struct token *token;

    if (flags || !source || !audit_text_valid(source) || (user && !sid_valid(user)) || !parameters || !can_be_written(parameters))
        return STATUS_INVALID_PARAMETER;
    if (!audit_sink_on()) return STATUS_SUCCESS;
    if (user)
    {
        report(source, user, parameters);
        return STATUS_SUCCESS;
    }
    SeCaptureSubjectContext(&subject);
    token = SeQuerySubjectContextToken(&subject);
    if (token) report(source, token_user(token), parameters);
    SeReleaseSubjectContext(&subject);
    return token ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

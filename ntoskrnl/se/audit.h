/*
 * Audit events (kernel facts 3.7): what they say, and which accesses an object's SACL asks for.
 *
 * None of these waits, allocates or fails, and none decides anything.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_AUDIT_H
#define GUISE_NTOSKRNL_SE_AUDIT_H

#include "ntoskrnl/se/access.h"
#include "ntoskrnl/unix/audit_sink.h"

struct audit_event
{
    const char *name;                     /* "open", "privilege", ... */
    const struct token *client, *process; /* who; either may be NULL */
    HANDLE handle;                        /* by which the caller knows the object, or NULL */
    const UNICODE_STRING *subsystem, *service, *object_type, *object_name, *link_name; /* NULL: none */
    const char *type_name;                /* where there is no object_type */
    ACCESS_MASK desired, granted;
    const PRIVILEGE_SET *privileges;      /* or NULL */
    bool success, created;
};

/* Writes the event, if there is a sink. */
void audit_report(const struct audit_event *event);

/*
 * Whether there is a sink and SACL (NULL: no) asks to be told that the subject of REQUEST was granted (SUCCESS) or refused one of
 * the rights of MASK.
 */
bool audit_wanted(const ACL *sacl, const struct access_request *request, ACCESS_MASK mask, bool success);

/*
 * Writes the event of an access, if SACL wants it or privileges gave a part of what was granted. True: SACL wants it and
 * the access was granted, so that its end is an event too.
 */
bool audit_access(const struct audit_event *event, const ACL *sacl, const struct access_request *request);

/* The same for a subject context, which the caller has locked; the event's client and process are those of the context. */
bool audit_access_by(const SECURITY_SUBJECT_CONTEXT *subject, struct audit_event *event, const ACL *sacl,
                     const GENERIC_MAPPING *mapping);

/* Whether the caller may write events: SeAuditPrivilege, of the process (K0.3.4, K3.4.2); always in kernel mode. */
bool audit_permitted(const SECURITY_SUBJECT_CONTEXT *subject);

/* A text that a caller gave, or NULL. */
static inline bool audit_text_valid(const UNICODE_STRING *text)
{
    return !text || !text->Length || text->Buffer;
}

#endif

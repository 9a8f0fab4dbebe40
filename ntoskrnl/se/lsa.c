/*
 * What the LSA calls of secur32 ask of the core: who calls, and the connections they hold.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/se/session.h"

/* ---- callers ----------------------------------------------------------------------------------------------------- */

_Static_assert(sizeof(((struct guise_caller *)NULL)->user) == SECURITY_MAX_SID_SIZE, "room for any SID");

NTSTATUS guise_query_caller(struct guise_caller *caller)
{
    SECURITY_SUBJECT_CONTEXT subject;
    struct token *primary, *client, *effective;
    bool acts;

    SeCaptureSubjectContext(&subject);
    primary = subject.PrimaryToken;
    client = subject.ClientToken;
    if (!primary)
    {
        SeReleaseSubjectContext(&subject);
        return STATUS_NO_MEMORY;
    }
    effective = client ? client : primary;
    acts = !client || subject.ImpersonationLevel >= SecurityImpersonation;
    caller->nameless = client && subject.ImpersonationLevel == SecurityAnonymous;
    caller->session = caller->nameless ? ANONYMOUS_SESSION_LUID : token_authentication_id(effective);
    memcpy(caller->user, token_user(effective), sid_length(token_user(effective)));
    caller->administrator = acts && SeTokenIsAdmin(effective);
    /* A client's privileges count only beside the server's: what the server may not do it may not do for him. */
    caller->tcb = acts && token_privilege_enabled(primary, SE_TCB_PRIVILEGE) &&
                  token_privilege_enabled(effective, SE_TCB_PRIVILEGE);
    SeReleaseSubjectContext(&subject);
    return STATUS_SUCCESS;
}

/* ---- connections ------------------------------------------------------------------------------------------------- */

struct port
{
    bool trusted;
    struct object_security *security;
};

static struct object_security *port_security(PVOID body)
{
    return object_security_reference(((struct port *)body)->security);
}

static void port_destroy(PVOID body)
{
    object_security_release(((struct port *)body)->security);
}

static const struct _OBJECT_TYPE port_type = {
    .name = "LsaPort",
    .mapping = {.GenericRead = READ_CONTROL,
                .GenericWrite = READ_CONTROL,
                .GenericExecute = READ_CONTROL,
                .GenericAll = STANDARD_RIGHTS_REQUIRED},
    .security = port_security,
    .destroy = port_destroy,
};

NTSTATUS guise_open_port(bool trusted, HANDLE *handle)
{
    struct token *primary = primary_token();
    struct port *port = primary ? object_create(&port_type, sizeof(*port)) : NULL;
    NTSTATUS status = STATUS_NO_MEMORY;

    if (port)
    {
        port->trusted = trusted;
        port->security = token_default_security(primary);
        status = handle_create(port, STANDARD_RIGHTS_REQUIRED, 0, handle);
        object_dereference(port);
    }
    token_release(primary);
    return status;
}

NTSTATUS guise_query_port(HANDLE handle, bool *trusted)
{
    struct port *port;
    PVOID body;

    if (handle_reference(handle, 0, &port_type, &body, NULL)) return STATUS_INVALID_HANDLE;
    port = body;
    *trusted = port->trusted;
    object_dereference(body);
    return STATUS_SUCCESS;
}

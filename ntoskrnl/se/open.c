/*
 * Handles to tokens: opening the process's and a thread's, duplicating (1.17, 1.18).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/se/owner.h"

/* ---- the token of a process -------------------------------------------------------------------------------------- */

/***********************************************************************
 *           NtOpenProcessTokenEx (NTOSKRNL.@)
 *
 * The process handle needs PROCESS_QUERY_INFORMATION; what may be had of the token its own DACL says.
 */
NTSTATUS NtOpenProcessTokenEx(HANDLE process_handle, ACCESS_MASK desired, ULONG attributes, PHANDLE handle)
{
    SECURITY_SUBJECT_CONTEXT subject;
    struct token *token;
    PEPROCESS process;
    NTSTATUS status;

    if (!handle) return STATUS_ACCESS_VIOLATION;
    if ((status = process_from_handle(process_handle, PROCESS_QUERY_INFORMATION, &process))) return status;
    if (!(token = primary_token()))
        status = STATUS_NO_MEMORY;
    else
    {
        SeCaptureSubjectContext(&subject);
        status = object_open(token, desired, 0, &subject, attributes, handle);
        SeReleaseSubjectContext(&subject);
        token_release(token);
    }
    object_dereference(process);
    return status;
}

/***********************************************************************
 *           NtOpenProcessToken (NTOSKRNL.@)
 */
NTSTATUS NtOpenProcessToken(HANDLE process, ACCESS_MASK desired, PHANDLE handle)
{
    return NtOpenProcessTokenEx(process, desired, 0, handle);
}

/* ---- the token of a thread --------------------------------------------------------------------------------------- */

/*
 * The security of a duplicate that is opened instead of a CopyOnOpen token: the client's own and whoever the process
 * is. NULL without memory.
 */
static struct object_security *copy_security(const struct token *client, struct token *primary)
{
    const struct ace_allowed aces[] = {
        {GENERIC_ALL, token_user(client)}, {GENERIC_ALL, token_user(primary)}, {GENERIC_ALL, &sid_local_system.sid}};

    return object_security_create_allowing(token_user(primary), token_primary_group(primary), aces, ARRAYSIZE(aces));
}

/* What opening gives: the live token, or for CopyOnOpen a duplicate as it is used; a reference. */
static NTSTATUS token_to_open(const struct impersonation *record, struct token *primary, struct token **token)
{
    struct object_security *security;
    NTSTATUS status;

    if (!record->copy_on_open)
    {
        *token = token_reference(record->token);
        return STATUS_SUCCESS;
    }
    if (!(security = copy_security(record->token, primary))) return STATUS_NO_MEMORY;
    status = token_duplicate(record->token, record->effective_only, TokenImpersonation, record->level, security, token);
    object_security_release(security);
    return status;
}

/* The thread impersonates as RECORD says; opens its token for SUBJECT. */
static NTSTATUS open_impersonation(PETHREAD thread, const struct impersonation *record,
                                   const SECURITY_SUBJECT_CONTEXT *subject, ACCESS_MASK desired, ULONG attributes,
                                   PHANDLE handle)
{
    struct token *token;
    NTSTATUS status;

    if (record->level == SecurityAnonymous) return STATUS_CANT_OPEN_ANONYMOUS;
    if ((status = token_to_open(record, subject->PrimaryToken, &token))) return status;
    status = object_open(token, desired, 0, subject, attributes, handle);
    /* From now on handle and thread share the duplicate: what is adjusted through the handle counts for the thread. */
    if (!status && record->copy_on_open) impersonation_replace_token(thread, record, token);
    token_release(token);
    return status;
}

/***********************************************************************
 *           NtOpenThreadTokenEx (NTOSKRNL.@)
 *
 * The thread handle needs THREAD_QUERY_INFORMATION. OPEN_AS_SELF: the process's rights decide, not the client's
 * (K1.17.4). STATUS_NO_TOKEN: not impersonating (K1.17.2). STATUS_CANT_OPEN_ANONYMOUS (K1.17.3).
 */
NTSTATUS NtOpenThreadTokenEx(HANDLE thread_handle, ACCESS_MASK desired, BOOLEAN open_as_self, ULONG attributes,
                             PHANDLE handle)
{
    SECURITY_SUBJECT_CONTEXT subject;
    struct impersonation record;
    PETHREAD thread;
    NTSTATUS status;

    if (!handle) return STATUS_ACCESS_VIOLATION;
    if ((status = thread_from_handle(thread_handle, THREAD_QUERY_INFORMATION, &thread, NULL))) return status;
    record = impersonation_get(thread);
    SeCaptureSubjectContextEx(open_as_self ? NULL : current_thread(), current_process(), &subject);
    if (!record.token)
        status = STATUS_NO_TOKEN;
    else if (!subject.PrimaryToken)
        status = STATUS_NO_MEMORY;
    else
        status = open_impersonation(thread, &record, &subject, desired, attributes, handle);
    SeReleaseSubjectContext(&subject);
    impersonation_release(&record);
    object_dereference(thread);
    return status;
}

/***********************************************************************
 *           NtOpenThreadToken (NTOSKRNL.@)
 */
NTSTATUS NtOpenThreadToken(HANDLE thread, ACCESS_MASK desired, BOOLEAN open_as_self, PHANDLE handle)
{
    return NtOpenThreadTokenEx(thread, desired, open_as_self, 0, handle);
}

/* ---- duplicates -------------------------------------------------------------------------------------------------- */

/* The level of a duplicate: asked for, or kept from a client's token, or Anonymous (K1.18.2, K1.18.3). */
static NTSTATUS duplicate_level(const struct token *source, const OBJECT_ATTRIBUTES *attributes,
                                SECURITY_IMPERSONATION_LEVEL *level)
{
    const SECURITY_QUALITY_OF_SERVICE *qos = attributes ? attributes->SecurityQualityOfService : NULL;

    if (qos)
        *level = qos->ImpersonationLevel;
    else
        *level = source->type == TokenImpersonation ? source->level : SecurityAnonymous;
    return VALID_IMPERSONATION_LEVEL(*level) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

NTSTATUS token_object_security(const OBJECT_ATTRIBUTES *attributes, struct token *caller,
                               struct object_security **security)
{
    struct object_security *defaults = token_default_security(caller);
    NTSTATUS status;
    struct sd sd;

    *security = NULL;
    if (!attributes || !attributes->SecurityDescriptor)
    {
        *security = defaults;
        return STATUS_SUCCESS;
    }
    if (!(status = sd_read(attributes->SecurityDescriptor, &sd)))
    {
        *security = object_security_create(sd.owner ? sd.owner : defaults->sd.owner,
                                           sd.group ? sd.group : defaults->sd.group,
                                           sd.control & SE_DACL_PRESENT ? sd.dacl : defaults->sd.dacl);
        if (!*security) status = STATUS_NO_MEMORY;
    }
    object_security_release(defaults);
    return status;
}

NTSTATUS token_object_access(struct token *caller, ACCESS_MASK desired, ACCESS_MASK existing, ACCESS_MASK *granted)
{
    return object_creator_access(&token_type, caller, desired, existing, granted);
}

/* What the caller asks of NtDuplicateToken. */
struct duplicate_request
{
    ACCESS_MASK desired, existing;
    const OBJECT_ATTRIBUTES *attributes;
    bool effective_only;
    TOKEN_TYPE type;
};

static NTSTATUS duplicate_for(struct token *caller, struct token *source, const struct duplicate_request *request,
                              HANDLE *handle)
{
    struct object_security *security;
    SECURITY_IMPERSONATION_LEVEL level;
    ACCESS_MASK granted;
    struct token *copy;
    NTSTATUS status;

    if ((status = duplicate_level(source, request->attributes, &level))) return status;
    if ((status = token_object_access(caller, request->desired, request->existing, &granted))) return status;
    if ((status = token_object_security(request->attributes, caller, &security))) return status;
    status = token_duplicate(source, request->effective_only, request->type, level, security, &copy);
    object_security_release(security);
    if (status) return status;
    status = handle_create(copy, granted, request->attributes ? request->attributes->Attributes : 0, handle);
    token_release(copy);
    return status;
}

/***********************************************************************
 *           NtDuplicateToken (NTOSKRNL.@)
 *
 * EXISTING needs TOKEN_DUPLICATE; the lattice of levels and types is K1.18.1. ATTRIBUTES may be NULL.
 * STATUS_BAD_IMPERSONATION_LEVEL; STATUS_INVALID_PARAMETER: no such type or level; STATUS_ACCESS_VIOLATION: HANDLE is
 * NULL (K1.18.7); STATUS_PRIVILEGE_NOT_HELD; STATUS_ACCESS_DENIED; STATUS_INVALID_HANDLE; STATUS_NO_MEMORY.
 */
NTSTATUS NtDuplicateToken(HANDLE existing, ACCESS_MASK desired, POBJECT_ATTRIBUTES attributes, BOOLEAN effective_only,
                          TOKEN_TYPE type, PHANDLE handle)
{
    struct duplicate_request request = {
        .desired = desired, .attributes = attributes, .effective_only = effective_only, .type = type};
    SECURITY_SUBJECT_CONTEXT subject;
    struct token *source;
    NTSTATUS status;

    if (!handle) return STATUS_ACCESS_VIOLATION;
    if (type != TokenPrimary && type != TokenImpersonation) return STATUS_INVALID_PARAMETER;
    if ((status = token_from_handle(existing, TOKEN_DUPLICATE, &source, &request.existing))) return status;
    SeCaptureSubjectContext(&subject);
    status = subject.PrimaryToken ? duplicate_for(SeQuerySubjectContextToken(&subject), source, &request, handle)
                                  : STATUS_NO_MEMORY;
    SeReleaseSubjectContext(&subject);
    token_release(source);
    return status;
}

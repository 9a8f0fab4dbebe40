/*
 * New objects: what their maker may have of them, and their first handle. Objects have no names here, as there is no
 * directory to hold one; what looks a name up, or brings one, gets the failure that Windows has for that.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ob/insert.h"
#include "ntoskrnl/ob/mode.h"

NTSTATUS object_creator_access(const struct _OBJECT_TYPE *type, struct token *caller, ACCESS_MASK desired,
                               ACCESS_MASK existing, ACCESS_MASK *granted)
{
    ACCESS_MASK all = type->mapping.GenericAll;

    *granted = desired ? access_map_generic(desired, &type->mapping) : existing;
    if (*granted & MAXIMUM_ALLOWED) *granted = (*granted & ~MAXIMUM_ALLOWED) | all;
    if (*granted & ~existing & ACCESS_SYSTEM_SECURITY && previous_mode() == UserMode &&
        !token_privilege_enabled(caller, SE_SECURITY_PRIVILEGE))
        return STATUS_PRIVILEGE_NOT_HELD;
    return *granted & ~(all | ACCESS_SYSTEM_SECURITY) ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

NTSTATUS object_name_check(const UNICODE_STRING *name)
{
    NTSTATUS status = name && name->Length ? object_name_lookup(name) : STATUS_SUCCESS;

    return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_OBJECT_PATH_NOT_FOUND : status;
}

NTSTATUS object_name_lookup(const UNICODE_STRING *name)
{
    size_t units, i;

    if (!name || !name->Length || !name->Buffer || name->Length % sizeof(WCHAR)) return STATUS_OBJECT_NAME_INVALID;
    if (name->Buffer[0] != '\\') return STATUS_OBJECT_PATH_SYNTAX_BAD;
    units = name->Length / sizeof(WCHAR);
    for (i = 1; i < units && name->Buffer[i] != '\\'; i++) continue;
    return i < units ? STATUS_OBJECT_PATH_NOT_FOUND : STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS object_make(const struct _OBJECT_TYPE *type, size_t size, const OBJECT_ATTRIBUTES *attributes,
                     struct token *caller, PVOID *body)
{
    struct object_security *security;
    NTSTATUS status;

    *body = NULL;
    if (attributes && (status = object_name_check(attributes->ObjectName))) return status;
    if (!caller) return STATUS_NO_MEMORY;
    if ((status = token_object_security(attributes, caller, &security))) return status;
    if (!(*body = object_create(type, size)))
        status = STATUS_NO_MEMORY;
    else
        object_security_replace(*body, security);
    object_security_release(security);
    return status;
}

/* ---- in two steps, for drivers ----------------------------------------------------------------------------------- */

/***********************************************************************
 *           ObCreateObject (NTOSKRNL.@)
 *
 * An object of TYPE with one reference, which ObInsertObject uses up; its security is that of ATTRIBUTES (may be NULL) or what the
 * caller's token says. Only a type whose objects mean something without their maker can be had: *PsJobType. OWNER_MODE, CONTEXT
 * and the charges do not count. STATUS_INVALID_PARAMETER: no type, or attributes that are none. STATUS_NOT_SUPPORTED: another
 * type. STATUS_OBJECT_PATH_NOT_FOUND and its kin: a name. STATUS_NO_MEMORY; statuses of an invalid descriptor.
 */
NTSTATUS ObCreateObject(KPROCESSOR_MODE probe_mode, POBJECT_TYPE type, POBJECT_ATTRIBUTES attributes,
                        KPROCESSOR_MODE owner_mode, PVOID context, ULONG size, ULONG paged, ULONG nonpaged,
                        PVOID *object)
{
    SECURITY_SUBJECT_CONTEXT subject;
    NTSTATUS status;

    (void)probe_mode;
    (void)owner_mode;
    (void)context;
    (void)paged;
    (void)nonpaged;
    *object = NULL;
    if (!type || (attributes && (attributes->Length != sizeof(*attributes) ||
                                 attributes->Attributes & ~(ULONG)OBJ_VALID_ATTRIBUTES)))
        return STATUS_INVALID_PARAMETER;
    if (!type->body_size) return STATUS_NOT_SUPPORTED;
    SeCaptureSubjectContext(&subject);
    status = object_make(type, size > type->body_size ? size : type->body_size, attributes,
                         SeQuerySubjectContextToken(&subject), object);
    SeReleaseSubjectContext(&subject);
    if (status) return status;
    object_header_of(*object)->first_attributes = attributes ? attributes->Attributes : 0;
    object_header_of(*object)->fresh = true;
    return STATUS_SUCCESS;
}

/* The handle that the maker of the object wants. */
static NTSTATUS first_handle(PVOID object, PACCESS_STATE state, ACCESS_MASK desired, HANDLE *handle)
{
    const struct object_header *header = object_header_of(object);
    SECURITY_SUBJECT_CONTEXT subject = {.ClientToken = NULL};
    ACCESS_MASK granted;
    NTSTATUS status = STATUS_NO_MEMORY;
    struct token *caller;

    if (state)
        desired = state->RemainingDesiredAccess | state->PreviouslyGrantedAccess;
    else
        SeCaptureSubjectContext(&subject);
    if ((caller = SeQuerySubjectContextToken(state ? &state->SubjectSecurityContext : &subject)))
        status = object_creator_access(header->type, caller, desired, 0, &granted);
    if (!status) status = handle_create(object, granted, header->first_attributes, handle);
    SeReleaseSubjectContext(&subject);
    return status;
}

/***********************************************************************
 *           ObInsertObject (NTOSKRNL.@)
 *
 * Makes the first handle to an object of ObCreateObject, unless HANDLE is NULL: to all that is wanted by DESIRED, or by STATE, which
 * may be NULL. The reference of ObCreateObject is used up, also on failure; BIAS more are the caller's, with NEW_OBJECT.
 * STATUS_INVALID_PARAMETER: the object is not one of those, or has been inserted; nothing happens to it. STATUS_ACCESS_DENIED: a
 * right that the type does not have. STATUS_PRIVILEGE_NOT_HELD; STATUS_INSUFFICIENT_RESOURCES; STATUS_NO_MEMORY.
 */
NTSTATUS ObInsertObject(PVOID object, PACCESS_STATE state, ACCESS_MASK desired, ULONG bias, PVOID *new_object,
                        PHANDLE handle)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    if (handle) *handle = NULL;
    if (new_object) *new_object = NULL;
    if (!atomic_exchange(&object_header_of(object)->fresh, false)) return STATUS_INVALID_PARAMETER;
    if (state && state->SecurityDescriptor)
        status = ObAssignSecurity(state, NULL, object, (POBJECT_TYPE)object_header_of(object)->type);
    if (!status && handle) status = first_handle(object, state, desired, handle);
    if (!status && new_object)
    {
        for (i = 0; i < bias; i++) object_reference(object);
        *new_object = object;
    }
    object_dereference(object);
    return status;
}

/* ---- by name ----------------------------------------------------------------------------------------------------- */

/***********************************************************************
 *           ObReferenceObjectByName (NTOSKRNL.@)
 *
 * No object has a name. STATUS_OBJECT_NAME_NOT_FOUND; STATUS_OBJECT_PATH_NOT_FOUND: in a directory; STATUS_OBJECT_PATH_SYNTAX_BAD:
 * not from the root; STATUS_OBJECT_NAME_INVALID: no name.
 */
NTSTATUS ObReferenceObjectByName(PUNICODE_STRING name, ULONG attributes, PACCESS_STATE state, ACCESS_MASK desired,
                                 POBJECT_TYPE type, KPROCESSOR_MODE mode, PVOID context, PVOID *object)
{
    (void)attributes;
    (void)state;
    (void)desired;
    (void)type;
    (void)mode;
    (void)context;
    *object = NULL;
    return object_name_lookup(name);
}

/***********************************************************************
 *           ObOpenObjectByName (NTOSKRNL.@)
 *
 * The same with a handle. STATUS_OBJECT_TYPE_MISMATCH, STATUS_INVALID_HANDLE: a root directory is given, and no handle is to one.
 * STATUS_INVALID_PARAMETER: the attributes are none.
 */
NTSTATUS ObOpenObjectByName(POBJECT_ATTRIBUTES attributes, POBJECT_TYPE type, KPROCESSOR_MODE mode, PACCESS_STATE state,
                            ACCESS_MASK desired, PVOID context, PHANDLE handle)
{
    NTSTATUS status;
    PVOID root;

    (void)type;
    (void)mode;
    (void)state;
    (void)desired;
    (void)context;
    *handle = NULL;
    if (!attributes || attributes->Length != sizeof(*attributes)) return STATUS_INVALID_PARAMETER;
    if (!attributes->RootDirectory) return object_name_lookup(attributes->ObjectName);
    if ((status = handle_reference(attributes->RootDirectory, 0, NULL, &root, NULL))) return status;
    object_dereference(root);
    return STATUS_OBJECT_TYPE_MISMATCH;
}

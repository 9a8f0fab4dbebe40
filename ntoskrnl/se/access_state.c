/*
 * Access states: what the opening of an object carries along (kernel facts 3.6).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/audit.h"

static ULONG state_flags(const struct token *token)
{
    ULONG flags = 0;

    if (!token) return 0;
    if (token_privilege_enabled(token, SE_CHANGE_NOTIFY_PRIVILEGE)) flags |= TOKEN_HAS_TRAVERSE_PRIVILEGE;
    if (token_is_restricted(token)) flags |= TOKEN_IS_RESTRICTED;
    return flags;
}

/***********************************************************************
 *           SeCreateAccessStateEx (NTOSKRNL.@)
 *
 * AUX is the caller's and must outlive the state. MAPPING may be NULL. Always STATUS_SUCCESS; SeDeleteAccessState ends
 * the state.
 */
NTSTATUS SeCreateAccessStateEx(PETHREAD thread, PEPROCESS process, PACCESS_STATE state, PAUX_ACCESS_DATA aux,
                               ACCESS_MASK access, PGENERIC_MAPPING mapping)
{
    if (mapping) access = access_map_generic(access, mapping);
    *state = (ACCESS_STATE){
        .OperationID = luid_allocate(),
        .RemainingDesiredAccess = access,
        .OriginalDesiredAccess = access,
        .AuxData = aux,
    };
    *aux = (AUX_ACCESS_DATA){.PrivilegesUsed = &state->Privileges.PrivilegeSet};
    if (mapping) aux->GenericMapping = *mapping;
    SeCaptureSubjectContextEx(thread, process, &state->SubjectSecurityContext);
    state->Flags = state_flags(SeQuerySubjectContextToken(&state->SubjectSecurityContext));
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           SeCreateAccessState (NTOSKRNL.@)
 */
NTSTATUS SeCreateAccessState(PACCESS_STATE state, PAUX_ACCESS_DATA aux, ACCESS_MASK access, PGENERIC_MAPPING mapping)
{
    return SeCreateAccessStateEx(current_thread(), current_process(), state, aux, access, mapping);
}

/***********************************************************************
 *           SeDeleteAccessState (NTOSKRNL.@)
 *
 * Frees what the state owns: allocated privileges, the buffers of its names, references on tokens.
 */
VOID SeDeleteAccessState(PACCESS_STATE state)
{
    AUX_ACCESS_DATA *aux = state->AuxData;

    if (state->PrivilegesAllocated) SeFreePrivileges(aux->PrivilegesUsed);
    if (state->ObjectName.Buffer) ExFreePool(state->ObjectName.Buffer);
    if (state->ObjectTypeName.Buffer) ExFreePool(state->ObjectTypeName.Buffer);
    state->PrivilegesAllocated = FALSE;
    state->ObjectName.Buffer = state->ObjectTypeName.Buffer = NULL;
    SeReleaseSubjectContext(&state->SubjectSecurityContext);
}

/***********************************************************************
 *           SeSetAccessStateGenericMapping (NTOSKRNL.@)
 */
VOID SeSetAccessStateGenericMapping(PACCESS_STATE state, PGENERIC_MAPPING mapping)
{
    AUX_ACCESS_DATA *aux = state->AuxData;

    aux->GenericMapping = *mapping;
}

/* What the check gave becomes part of the state. STATUS_INSUFFICIENT_RESOURCES: it does not. */
static NTSTATUS note_granted(PACCESS_STATE state, ACCESS_MASK granted, PRIVILEGE_SET *used)
{
    NTSTATUS status = used ? SeAppendPrivileges(state, used) : STATUS_SUCCESS;

    if (status) return status;
    state->RemainingDesiredAccess &= ~(granted | MAXIMUM_ALLOWED);
    state->PreviouslyGrantedAccess |= granted;
    return STATUS_SUCCESS;
}

/* SD as the structure that callers have. */
static SECURITY_DESCRIPTOR absolute_form(const struct sd *sd)
{
    return (SECURITY_DESCRIPTOR){
        .Revision = SECURITY_DESCRIPTOR_REVISION,
        .Sbz1 = sd->rm_control,
        .Control = sd->control,
        .Owner = (PSID)sd->owner,
        .Group = (PSID)sd->group,
        .Sacl = (PACL)sd->sacl,
        .Dacl = (PACL)sd->dacl,
    };
}

/* The subject context of STATE is locked. */
static BOOLEAN check_object(const struct object_security *security, const struct _OBJECT_TYPE *type, PACCESS_STATE state,
                            KPROCESSOR_MODE mode, PNTSTATUS status)
{
    struct audit_event event = {.name = "open", .type_name = type->name, .desired = state->OriginalDesiredAccess};
    SECURITY_SUBJECT_CONTEXT *context = &state->SubjectSecurityContext;
    SECURITY_DESCRIPTOR descriptor = absolute_form(&security->sd);
    GENERIC_MAPPING mapping = type->mapping;
    PRIVILEGE_SET *used = NULL;
    ACCESS_MASK granted;

    if (SeAccessCheck(&descriptor, context, TRUE, state->RemainingDesiredAccess, state->PreviouslyGrantedAccess, &used,
                      &mapping, mode, &granted, status))
        *status = note_granted(state, granted, used);
    if (mode != KernelMode)
    {
        event.success = !*status;
        event.granted = event.success ? granted : 0;
        event.privileges = used;
        state->GenerateOnClose = audit_access_by(context, &event, security->sd.sacl, &mapping);
    }
    SeFreePrivileges(used);
    return !*status;
}

/***********************************************************************
 *           ObCheckObjectAccess (NTOSKRNL.@)
 *
 * The object's own security judges what STATE still wants; what its SACL asks for goes to the audit sink. Statuses of
 * SeAccessCheck, STATUS_INSUFFICIENT_RESOURCES; of a file, what reading its security says.
 */
BOOLEAN ObCheckObjectAccess(PVOID object, PACCESS_STATE state, BOOLEAN type_locked, KPROCESSOR_MODE mode,
                            PNTSTATUS status)
{
    struct object_security *security;
    BOOLEAN answer;

    (void)type_locked;
    if ((*status = object_security_of(object, &security))) return FALSE;
    SeLockSubjectContext(&state->SubjectSecurityContext);
    answer = check_object(security, object_header_of(object)->type, state, mode, status);
    SeUnlockSubjectContext(&state->SubjectSecurityContext);
    object_security_release(security);
    return answer;
}

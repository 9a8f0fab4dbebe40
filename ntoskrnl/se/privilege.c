/*
 * Privilege checks (kernel facts 3.5).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/se/audit.h"
#include "ntoskrnl/se/privilege.h"

#define POOL_TAG 0x72506553 /* SePr */

/* ---- sets -------------------------------------------------------------------------------------------------------- */

ULONG privileges_count(privilege_set used)
{
    return (ULONG)__builtin_popcountll(used);
}

static void add_used(PRIVILEGE_SET *privileges, ULONG privilege)
{
    privileges->Privilege[privileges->PrivilegeCount++] =
        (LUID_AND_ATTRIBUTES){{privilege, 0}, SE_PRIVILEGE_USED_FOR_ACCESS};
}

void privileges_write(privilege_set used, PRIVILEGE_SET *privileges)
{
    ULONG i;

    *privileges = (PRIVILEGE_SET){0};
    if (used & PRIVILEGE_BIT(SE_TAKE_OWNERSHIP_PRIVILEGE)) add_used(privileges, SE_TAKE_OWNERSHIP_PRIVILEGE);
    for (i = SE_MIN_WELL_KNOWN_PRIVILEGE; i <= SE_MAX_WELL_KNOWN_PRIVILEGE; i++)
        if (used & PRIVILEGE_BIT(i) && i != SE_TAKE_OWNERSHIP_PRIVILEGE) add_used(privileges, i);
}

static PRIVILEGE_SET *allocate_privileges(size_t count)
{
    return ExAllocatePoolWithTag(PagedPool, privileges_size(count ? count : 1), POOL_TAG);
}

NTSTATUS privileges_make(privilege_set used, PRIVILEGE_SET **privileges)
{
    *privileges = NULL;
    if (!used) return STATUS_SUCCESS;
    if (!(*privileges = allocate_privileges(privileges_count(used)))) return STATUS_NO_MEMORY;
    privileges_write(used, *privileges);
    return STATUS_SUCCESS;
}

/* K3.5.4, K0.3.4: these two are asked of the process, not of whom a thread impersonates. */
static const privilege_set of_process_alone = PRIVILEGE_BIT(SE_TCB_PRIVILEGE) | PRIVILEGE_BIT(SE_AUDIT_PRIVILEGE);

bool privileges_held(PRIVILEGE_SET *required, privilege_set held, privilege_set primary)
{
    ULONG i, found = 0;

    held = (held & ~of_process_alone) | (primary & of_process_alone);
    for (i = 0; i < required->PrivilegeCount; i++)
        if (held & privilege_of_luid(required->Privilege[i].Luid))
        {
            required->Privilege[i].Attributes |= SE_PRIVILEGE_USED_FOR_ACCESS;
            found++;
        }
    return required->Control & PRIVILEGE_SET_ALL_NECESSARY ? found == required->PrivilegeCount : found != 0;
}

static privilege_set enabled_of(const struct token *token)
{
    return atomic_load_explicit(&token->enabled, memory_order_relaxed);
}

/* ---- checks ------------------------------------------------------------------------------------------------------ */

/***********************************************************************
 *           SePrivilegeCheck (NTOSKRNL.@)
 *
 * REQUIRED is all-necessary or any, by its Control; what the subject has of it is marked. FALSE for a client below
 * Impersonation. Takes no lock: what is enabled is one word.
 */
BOOLEAN SePrivilegeCheck(PPRIVILEGE_SET required, PSECURITY_SUBJECT_CONTEXT context, KPROCESSOR_MODE mode)
{
    const struct token *primary = context->PrimaryToken, *effective = SeQuerySubjectContextToken(context);

    if (mode == KernelMode) return TRUE;
    if (context->ClientToken && context->ImpersonationLevel < SecurityImpersonation) return FALSE;
    if (!primary) return FALSE;
    return privileges_held(required, enabled_of(effective), enabled_of(primary));
}

/***********************************************************************
 *           SeSinglePrivilegeCheck (NTOSKRNL.@)
 *
 * The use of the privilege, or that it is missing, goes to the audit sink (K3.5.2).
 */
BOOLEAN SeSinglePrivilegeCheck(LUID privilege, KPROCESSOR_MODE mode)
{
    PRIVILEGE_SET required = {.PrivilegeCount = 1, .Control = PRIVILEGE_SET_ALL_NECESSARY, .Privilege = {{privilege, 0}}};
    SECURITY_SUBJECT_CONTEXT context;
    BOOLEAN held;

    if (mode == KernelMode) return TRUE;
    SeCaptureSubjectContext(&context);
    held = SePrivilegeCheck(&required, &context, mode);
    audit_report(&(struct audit_event){.name = "privilege",
                                       .client = context.ClientToken,
                                       .process = context.PrimaryToken,
                                       .privileges = &required,
                                       .success = held});
    SeReleaseSubjectContext(&context);
    return held;
}

/***********************************************************************
 *           NtPrivilegeCheck (NTOSKRNL.@)
 *
 * TOKEN needs TOKEN_QUERY; of a client's token every privilege is its own. STATUS_BAD_IMPERSONATION_LEVEL (K1.19);
 * STATUS_INVALID_PARAMETER: more privileges than a set can have; STATUS_ACCESS_VIOLATION; statuses of the handle.
 */
NTSTATUS NtPrivilegeCheck(HANDLE handle, PPRIVILEGE_SET required, PBOOLEAN result)
{
    struct token *token;
    privilege_set held;
    NTSTATUS status;

    if (!required || !result) return STATUS_ACCESS_VIOLATION;
    if ((status = token_from_handle(handle, TOKEN_QUERY, &token, NULL))) return status;
    if (token->type == TokenImpersonation && token->level < SecurityIdentification)
        status = STATUS_BAD_IMPERSONATION_LEVEL;
    else if (required->PrivilegeCount > (UINT32_MAX - offsetof(PRIVILEGE_SET, Privilege)) / sizeof(LUID_AND_ATTRIBUTES))
        status = STATUS_INVALID_PARAMETER;
    else
    {
        held = enabled_of(token);
        *result = privileges_held(required, held, held);
    }
    token_release(token);
    return status;
}

/* ---- the privileges of access states ----------------------------------------------------------------------------- */

/***********************************************************************
 *           SeFreePrivileges (NTOSKRNL.@)
 */
VOID SeFreePrivileges(PPRIVILEGE_SET privileges)
{
    if (privileges) ExFreePool(privileges);
}

/* Where a state keeps the privileges it has used (K3.5.3). */
static PRIVILEGE_SET *privileges_of_state(PACCESS_STATE state)
{
    AUX_ACCESS_DATA *aux = state->AuxData;

    return state->PrivilegesAllocated ? aux->PrivilegesUsed : &state->Privileges.PrivilegeSet;
}

static void append(PRIVILEGE_SET *privileges, const PRIVILEGE_SET *more)
{
    UCHAR *end = (UCHAR *)privileges + privileges_size(privileges->PrivilegeCount);

    memcpy(end, (const UCHAR *)more + privileges_size(0), privileges_size(more->PrivilegeCount) - privileges_size(0));
    privileges->PrivilegeCount += more->PrivilegeCount;
}

/***********************************************************************
 *           SeAppendPrivileges (NTOSKRNL.@)
 *
 * Three lie in the state itself, more in pool memory. STATUS_INSUFFICIENT_RESOURCES: the state is as before.
 */
NTSTATUS SeAppendPrivileges(PACCESS_STATE state, PPRIVILEGE_SET privileges)
{
    PRIVILEGE_SET *old = privileges_of_state(state), *bigger;
    uint64_t count = (uint64_t)old->PrivilegeCount + privileges->PrivilegeCount;
    AUX_ACCESS_DATA *aux = state->AuxData;

    if (!state->PrivilegesAllocated && count <= INITIAL_PRIVILEGE_COUNT)
    {
        append(old, privileges);
        return STATUS_SUCCESS;
    }
    if (count > UINT32_MAX || !(bigger = allocate_privileges(count))) return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(bigger, old, privileges_size(old->PrivilegeCount));
    append(bigger, privileges);
    if (state->PrivilegesAllocated) SeFreePrivileges(old);
    state->PrivilegesAllocated = TRUE;
    aux->PrivilegesUsed = bigger;
    return STATUS_SUCCESS;
}

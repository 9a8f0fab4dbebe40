/*
 * The settable information classes of a token (K2.8.1 to K2.8.3).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/token_capture.h"
#include "ntoskrnl/se/token_info.h"

/* The index of SID among those of the token whose attributes have all of ATTRIBUTES (the user's always do), or
 * sid_count. */
static ULONG find_sid(const struct token_identity *identity, const SID *sid, ULONG attributes)
{
    ULONG i;

    for (i = 0; i < identity->sid_count; i++)
        if ((!i || (identity->sids[i].attributes & attributes) == attributes) && sid_equal(identity->sids[i].sid, sid))
            break;
    return i;
}

/* Owner and DACL of future objects; the DACL must not need more than was charged (K2.1.1). */
static NTSTATUS replace_defaults(struct token *token, ULONG owner, ULONG group, const ACL *dacl)
{
    const struct token_sid *sids = token->identity->sids;
    struct object_security *security;

    if (sid_length(sids[group].sid) + (dacl ? dacl->AclSize : 0) > token->dynamic_charged)
        return STATUS_ALLOTTED_SPACE_EXCEEDED;
    if (!(security = object_security_create(sids[owner].sid, sids[group].sid, dacl))) return STATUS_NO_MEMORY;
    object_security_release(token->default_security);
    token->default_security = security;
    token->owner = owner;
    token->primary_group = group;
    return STATUS_SUCCESS;
}

NTSTATUS token_set_owner(struct token *token, const void *value)
{
    union captured_sid owner;
    ULONG index;
    NTSTATUS status;

    if ((status = capture_sid(((const TOKEN_OWNER *)value)->Owner, &owner))) return status;
    if ((index = find_sid(token->identity, &owner.sid, SE_GROUP_OWNER)) == token->identity->sid_count)
        return STATUS_INVALID_OWNER;
    return replace_defaults(token, index, token->primary_group, token->default_security->sd.dacl);
}

NTSTATUS token_set_primary_group(struct token *token, const void *value)
{
    union captured_sid group;
    ULONG index;
    NTSTATUS status;

    if ((status = capture_sid(((const TOKEN_PRIMARY_GROUP *)value)->PrimaryGroup, &group))) return status;
    if ((index = find_sid(token->identity, &group.sid, 0)) == token->identity->sid_count)
        return STATUS_INVALID_PRIMARY_GROUP;
    return replace_defaults(token, token->owner, index, token->default_security->sd.dacl);
}

/* NULL clears it. What its ACEs say is not judged (K2.8.2), but they must be ACEs: every access check walks them. */
NTSTATUS token_set_default_dacl(struct token *token, const void *value)
{
    ACL *dacl;
    NTSTATUS status;

    if ((status = capture_dacl(((const TOKEN_DEFAULT_DACL *)value)->DefaultDacl, &dacl))) return status;
    status = replace_defaults(token, token->owner, token->primary_group, dacl);
    guise_free(dacl);
    return status;
}

NTSTATUS token_set_session(struct token *token, const void *value)
{
    token->session_number = *(const ULONG *)value;
    return STATUS_SUCCESS;
}

/* Once: who has an origin was made from credentials that somebody gave. */
NTSTATUS token_set_origin(struct token *token, const void *value)
{
    const LUID origin = ((const TOKEN_ORIGIN *)value)->OriginatingLogonSession;

    if (!luid_is_zero(token_origin(token))) return STATUS_INVALID_PARAMETER;
    atomic_store(&token->origin, origin.LowPart | (uint64_t)(ULONG)origin.HighPart << 32);
    return STATUS_SUCCESS;
}

/* A lower level is for everybody who may adjust the token, a higher one for the system alone. */
NTSTATUS token_set_integrity(struct token *token, const void *value)
{
    static const UCHAR authority[] = SECURITY_MANDATORY_LABEL_AUTHORITY;
    union captured_sid label;
    NTSTATUS status;

    if ((status = capture_sid(((const TOKEN_MANDATORY_LABEL *)value)->Label.Sid, &label))) return status;
    if (label.sid.SubAuthorityCount != 1 ||
        memcmp(label.sid.IdentifierAuthority.Value, authority, sizeof(authority)))
        return STATUS_INVALID_SID;
    if (label.sid.SubAuthority[0] > token_integrity(token) && (status = token_check_privilege(SE_TCB_PRIVILEGE)))
        return status;
    atomic_store(&token->integrity, label.sid.SubAuthority[0]);
    return STATUS_SUCCESS;
}

NTSTATUS token_set_ui_access(struct token *token, const void *value)
{
    token->ui_access = *(const ULONG *)value != 0;
    return STATUS_SUCCESS;
}

NTSTATUS token_set_mandatory_policy(struct token *token, const void *value)
{
    const ULONG policy = ((const TOKEN_MANDATORY_POLICY *)value)->Policy;

    if (policy & ~TOKEN_MANDATORY_POLICY_VALID_MASK) return STATUS_INVALID_PARAMETER;
    atomic_store(&token->mandatory_policy, policy);
    return STATUS_SUCCESS;
}

/* K0.3.4: SeTcbPrivilege is asked of the process, not of whom the thread impersonates. */
NTSTATUS token_check_privilege(ULONG privilege)
{
    struct token *primary;

    if (!privilege || previous_mode() == KernelMode) return STATUS_SUCCESS;
    if (!(primary = primary_token_borrowed())) return STATUS_NO_MEMORY;
    return token_privilege_enabled(primary, privilege) ? STATUS_SUCCESS : STATUS_PRIVILEGE_NOT_HELD;
}

/* All setters: the modification id is new if the value was taken. */
static NTSTATUS set(struct token *token, const struct info_class *entry, const void *value)
{
    NTSTATUS status;

    if (entry->set_unlocked) return entry->set(token, value);
    token_lock_exclusive(token);
    if (!(status = entry->set(token, value))) token->modified_id = luid_allocate();
    token_unlock(token);
    return status;
}

/* The structure itself may be aligned for ULONG only. */
static NTSTATUS set_copied(struct token *token, const struct info_class *entry, const void *information)
{
    union
    {
        TOKEN_OWNER owner;
        TOKEN_MANDATORY_LABEL label;
        TOKEN_LINKED_TOKEN linked;
        LUID luid;
    } value;

    memcpy(&value, information, entry->set_size);
    return set(token, entry, &value);
}

/***********************************************************************
 *           NtSetInformationToken (NTOSKRNL.@)
 *
 * TokenOwner, TokenPrimaryGroup, TokenDefaultDacl and a lower TokenIntegrityLevel with TOKEN_ADJUST_DEFAULT; with
 * SeTcbPrivilege also a higher one, TokenOrigin (once), TokenUIAccess, TokenMandatoryPolicy, TokenLinkedToken and, with
 * TOKEN_ADJUST_SESSIONID, TokenSessionId. Order of checks: class, handle, length (K2.8.3), privilege.
 * STATUS_INVALID_INFO_CLASS, STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_OWNER, STATUS_INVALID_PRIMARY_GROUP,
 * STATUS_INVALID_SID, STATUS_INVALID_ACL, STATUS_ALLOTTED_SPACE_EXCEEDED, STATUS_PRIVILEGE_NOT_HELD, those of the
 * handle (K2.8.1).
 */
NTSTATUS NtSetInformationToken(HANDLE handle, TOKEN_INFORMATION_CLASS class, PVOID information, ULONG length)
{
    const struct info_class *entry = info_class_find(class);
    struct token *token;
    NTSTATUS status;

    if (!entry || !entry->set) return STATUS_INVALID_INFO_CLASS;
    if ((status = token_from_handle(handle, entry->set_access, &token, NULL))) return status;
    if (length < entry->set_size)
        status = STATUS_INFO_LENGTH_MISMATCH;
    else if (!information)
        status = STATUS_ACCESS_VIOLATION;
    else if ((ULONG_PTR)information % sizeof(ULONG))
        status = STATUS_DATATYPE_MISALIGNMENT;
    else if (!(status = token_check_privilege(entry->set_privilege)))
        status = set_copied(token, entry, information);
    token_release(token);
    return status;
}

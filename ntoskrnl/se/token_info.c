/*
 * What each information class of a token holds.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/se/token_info.h"

static ULONG privilege_count(const struct token *token)
{
    return (ULONG)__builtin_popcountll(token->privileges);
}

/* ---- the classes ------------------------------------------------------------------------------------------------- */

static void write_user(struct token *token, struct info_writer *writer)
{
    info_append_token_sids(writer, token, 0, 1, info_reserve(writer, sizeof(SID_AND_ATTRIBUTES)));
}

static void write_groups(struct token *token, struct info_writer *writer)
{
    info_append_token_groups(writer, token, 1, token->identity->sid_count - 1);
}

static void write_privileges(struct token *token, struct info_writer *writer)
{
    info_append_ulong(writer, privilege_count(token));
    info_append_privileges(writer, token);
}

static void write_owner(struct token *token, struct info_writer *writer)
{
    info_append_sid_pointer(writer, token->identity->sids[token->owner].sid);
}

static void write_primary_group(struct token *token, struct info_writer *writer)
{
    info_append_sid_pointer(writer, token->identity->sids[token->primary_group].sid);
}

/* Without a default DACL there is no data at all (K2.7.5). */
static void write_default_dacl(struct token *token, struct info_writer *writer)
{
    const ACL *dacl = token->default_security->sd.dacl;
    TOKEN_DEFAULT_DACL *answer;
    PACL address;

    if (!dacl) return;
    answer = info_reserve(writer, sizeof(*answer));
    address = info_next_address(writer);
    info_append(writer, dacl, dacl->AclSize);
    if (answer) answer->DefaultDacl = address;
}

static void write_source(struct token *token, struct info_writer *writer)
{
    info_append(writer, &token->identity->source, sizeof(token->identity->source));
}

static void write_type(struct token *token, struct info_writer *writer)
{
    info_append(writer, &token->type, sizeof(token->type));
}

static void write_level(struct token *token, struct info_writer *writer)
{
    info_append(writer, &token->level, sizeof(token->level));
}

static void write_statistics(struct token *token, struct info_writer *writer)
{
    const ACL *dacl = token->default_security->sd.dacl;
    ULONG used = (ULONG)sid_length(token->identity->sids[token->primary_group].sid) + (dacl ? dacl->AclSize : 0);
    const TOKEN_STATISTICS statistics = {
        .TokenId = token->id,
        .AuthenticationId = token_authentication_id(token),
        .ExpirationTime = token->identity->expiration,
        .TokenType = token->type,
        .ImpersonationLevel = token->level,
        .DynamicCharged = token->dynamic_charged,
        .DynamicAvailable = token->dynamic_charged - used,
        .GroupCount = token->identity->sid_count - 1,
        .PrivilegeCount = privilege_count(token),
        .ModifiedId = token->modified_id,
    };

    info_append(writer, &statistics, sizeof(statistics));
}

static void write_restricted_sids(struct token *token, struct info_writer *writer)
{
    info_append_groups(writer, token->identity->restricted, token->identity->restricted_count);
}

static void write_session(struct token *token, struct info_writer *writer)
{
    info_append_ulong(writer, token->session_number);
}

static ULONG sids_length(const struct token_sid *sids, ULONG count)
{
    size_t length = count * sizeof(SID_AND_ATTRIBUTES);
    ULONG i;

    for (i = 0; i < count; i++) length += sid_length(sids[i].sid);
    return (ULONG)length;
}

static void write_groups_and_privileges(struct token *token, struct info_writer *writer)
{
    const struct token_identity *identity = token->identity;
    TOKEN_GROUPS_AND_PRIVILEGES *answer = info_reserve(writer, sizeof(*answer));
    SID_AND_ATTRIBUTES *sids, *restricted;
    TOKEN_GROUPS_AND_PRIVILEGES value = {
        .SidCount = identity->sid_count,
        .SidLength = sids_length(identity->sids, identity->sid_count),
        .RestrictedSidCount = identity->restricted_count,
        .RestrictedSidLength = sids_length(identity->restricted, identity->restricted_count),
        .PrivilegeCount = privilege_count(token),
        .PrivilegeLength = privilege_count(token) * (ULONG)sizeof(LUID_AND_ATTRIBUTES),
        .AuthenticationId = token_authentication_id(token),
    };

    /* Arrays of pointers first: what follows them needs less alignment. */
    value.Sids = info_next_address(writer);
    sids = info_reserve(writer, value.SidCount * sizeof(*sids));
    if (value.RestrictedSidCount) value.RestrictedSids = info_next_address(writer);
    restricted = info_reserve(writer, value.RestrictedSidCount * sizeof(*restricted));
    info_append_token_sids(writer, token, 0, value.SidCount, sids);
    info_append_sids(writer, identity->restricted, value.RestrictedSidCount, restricted);
    if (value.PrivilegeCount) value.Privileges = info_next_address(writer);
    info_append_privileges(writer, token);
    if (answer) *answer = value;
}

static void write_sandbox_inert(struct token *token, struct info_writer *writer)
{
    info_append_ulong(writer, token->identity->sandbox_inert);
}

static void write_ui_access(struct token *token, struct info_writer *writer)
{
    info_append_ulong(writer, token->ui_access);
}

static void write_origin(struct token *token, struct info_writer *writer)
{
    LUID origin = token_origin(token);

    info_append(writer, &origin, sizeof(origin));
}

/* A token that is not one of two is neither half of a pair. */
static void write_elevation_type(struct token *token, struct info_writer *writer)
{
    ULONG of_pair = token->identity->lua ? TokenElevationTypeLimited : TokenElevationTypeFull;

    info_append_ulong(writer, token->linked ? of_pair : TokenElevationTypeDefault);
}

static void write_elevation(struct token *token, struct info_writer *writer)
{
    info_append_ulong(writer, token_has_sid(token, &sid_administrators.sid, false));
}

static void write_is_restricted(struct token *token, struct info_writer *writer)
{
    info_append_ulong(writer, token_is_restricted(token));
}

static void write_integrity(struct token *token, struct info_writer *writer)
{
    const ULONG rid = token_integrity(token);
    SID label;

    sid_make(&label, 16, 1, &rid);
    info_append_sid_and_attributes(writer, &(struct token_sid){&label, SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED});
}

static void write_mandatory_policy(struct token *token, struct info_writer *writer)
{
    info_append_ulong(writer, token_mandatory_policy(token));
}

static void write_logon_sid(struct token *token, struct info_writer *writer)
{
    ULONG index = token->identity->logon_sid;

    info_append_token_groups(writer, token, index, index ? 1 : 0);
}

/* Guise has no virtualization, no app containers, no devices and no claims: that a token has none is a fact. */
static void write_no(struct token *token, struct info_writer *writer)
{
    (void)token;
    info_append_ulong(writer, 0);
}

static void write_no_groups(struct token *token, struct info_writer *writer)
{
    (void)token;
    info_append_groups(writer, NULL, 0);
}

static void write_no_sid(struct token *token, struct info_writer *writer)
{
    const TOKEN_APPCONTAINER_INFORMATION none = {NULL};

    (void)token;
    info_append(writer, &none, sizeof(none));
}

static void write_no_claims(struct token *token, struct info_writer *writer)
{
    const CLAIM_SECURITY_ATTRIBUTES_INFORMATION none = {.Version = CLAIM_SECURITY_ATTRIBUTES_INFORMATION_VERSION};

    (void)token;
    info_append(writer, &none, sizeof(none));
}

static const struct info_class classes[] = {
    [TokenUser] = {.query_access = TOKEN_QUERY, .write = write_user},
    [TokenGroups] = {.query_access = TOKEN_QUERY, .write = write_groups},
    [TokenPrivileges] = {.query_access = TOKEN_QUERY, .write = write_privileges},
    [TokenOwner] = {.query_access = TOKEN_QUERY,
                    .write = write_owner,
                    .set_access = TOKEN_ADJUST_DEFAULT,
                    .set_size = sizeof(TOKEN_OWNER),
                    .set = token_set_owner},
    [TokenPrimaryGroup] = {.query_access = TOKEN_QUERY,
                           .write = write_primary_group,
                           .set_access = TOKEN_ADJUST_DEFAULT,
                           .set_size = sizeof(TOKEN_PRIMARY_GROUP),
                           .set = token_set_primary_group},
    [TokenDefaultDacl] = {.query_access = TOKEN_QUERY,
                          .write = write_default_dacl,
                          .set_access = TOKEN_ADJUST_DEFAULT,
                          .set_size = sizeof(TOKEN_DEFAULT_DACL),
                          .set = token_set_default_dacl},
    [TokenSource] = {.query_access = TOKEN_QUERY_SOURCE, .write = write_source},
    [TokenType] = {.query_access = TOKEN_QUERY, .write = write_type},
    [TokenImpersonationLevel] = {.query_access = TOKEN_QUERY, .write = write_level, .impersonation_only = true},
    [TokenStatistics] = {.query_access = TOKEN_QUERY, .write = write_statistics},
    [TokenRestrictedSids] = {.query_access = TOKEN_QUERY, .write = write_restricted_sids, .nt_only = true},
    [TokenSessionId] = {.query_access = TOKEN_QUERY,
                        .write = write_session,
                        .by_value = true,
                        .set_access = TOKEN_ADJUST_DEFAULT | TOKEN_ADJUST_SESSIONID,
                        .set_size = sizeof(ULONG),
                        .set = token_set_session,
                        .set_privilege = SE_TCB_PRIVILEGE},
    [TokenGroupsAndPrivileges] = {.query_access = TOKEN_QUERY, .write = write_groups_and_privileges, .nt_only = true},
    [TokenSandBoxInert] = {.query_access = TOKEN_QUERY, .write = write_sandbox_inert, .nt_only = true},
    [TokenOrigin] = {.query_access = TOKEN_QUERY,
                     .write = write_origin,
                     .nt_only = true,
                     .set_access = TOKEN_ADJUST_DEFAULT,
                     .set_size = sizeof(TOKEN_ORIGIN),
                     .set = token_set_origin,
                     .set_privilege = SE_TCB_PRIVILEGE},
    [TokenElevationType] = {.query_access = TOKEN_QUERY, .write = write_elevation_type},
    [TokenLinkedToken] = {.query_access = TOKEN_QUERY,
                          .query = token_query_linked,
                          .nt_only = true,
                          .set_access = TOKEN_ADJUST_DEFAULT,
                          .set_size = sizeof(TOKEN_LINKED_TOKEN),
                          .set = token_set_linked,
                          .set_unlocked = true,
                          .set_privilege = SE_TCB_PRIVILEGE},
    [TokenElevation] = {.query_access = TOKEN_QUERY, .write = write_elevation},
    [TokenHasRestrictions] = {.query_access = TOKEN_QUERY, .write = write_is_restricted},
    [TokenAccessInformation] = {.query_access = TOKEN_QUERY, .write = token_write_snapshot},
    [TokenVirtualizationAllowed] = {.query_access = TOKEN_QUERY, .write = write_no},
    [TokenVirtualizationEnabled] = {.query_access = TOKEN_QUERY, .write = write_no},
    [TokenIntegrityLevel] = {.query_access = TOKEN_QUERY,
                             .write = write_integrity,
                             .by_value = true,
                             .set_access = TOKEN_ADJUST_DEFAULT,
                             .set_size = sizeof(TOKEN_MANDATORY_LABEL),
                             .set = token_set_integrity},
    [TokenUIAccess] = {.query_access = TOKEN_QUERY,
                       .write = write_ui_access,
                       .set_access = TOKEN_ADJUST_DEFAULT,
                       .set_size = sizeof(ULONG),
                       .set = token_set_ui_access,
                       .set_privilege = SE_TCB_PRIVILEGE},
    [TokenMandatoryPolicy] = {.query_access = TOKEN_QUERY,
                              .write = write_mandatory_policy,
                              .set_access = TOKEN_ADJUST_DEFAULT,
                              .set_size = sizeof(TOKEN_MANDATORY_POLICY),
                              .set = token_set_mandatory_policy,
                              .set_privilege = SE_TCB_PRIVILEGE},
    [TokenLogonSid] = {.query_access = TOKEN_QUERY, .write = write_logon_sid},
    [TokenIsAppContainer] = {.query_access = TOKEN_QUERY, .write = write_no},
    [TokenCapabilities] = {.query_access = TOKEN_QUERY, .write = write_no_groups},
    [TokenAppContainerSid] = {.query_access = TOKEN_QUERY, .write = write_no_sid},
    [TokenAppContainerNumber] = {.query_access = TOKEN_QUERY, .write = write_no},
    [TokenUserClaimAttributes] = {.query_access = TOKEN_QUERY, .write = write_no_claims},
    [TokenDeviceClaimAttributes] = {.query_access = TOKEN_QUERY, .write = write_no_claims},
    [TokenRestrictedUserClaimAttributes] = {.query_access = TOKEN_QUERY, .write = write_no_claims},
    [TokenRestrictedDeviceClaimAttributes] = {.query_access = TOKEN_QUERY, .write = write_no_claims},
    [TokenDeviceGroups] = {.query_access = TOKEN_QUERY, .write = write_no_groups},
    [TokenRestrictedDeviceGroups] = {.query_access = TOKEN_QUERY, .write = write_no_groups},
    [TokenIsRestricted] = {.query_access = TOKEN_QUERY, .write = write_is_restricted},
};

const struct info_class *info_class_find(TOKEN_INFORMATION_CLASS class)
{
    return (unsigned int)class < ARRAYSIZE(classes) && classes[class].query_access ? &classes[class] : NULL;
}

/* ---- the two forms ----------------------------------------------------------------------------------------------- */

static bool applies_to(const struct info_class *entry, const struct token *token)
{
    return entry && !(entry->impersonation_only && token->type == TokenPrimary);
}

/* The value of a by-value class as the Se form gives it. */
static ULONG value_of(const struct token *token, TOKEN_INFORMATION_CLASS class)
{
    return class == TokenSessionId ? token->session_number : token_integrity(token);
}

/* Writes to PLACE an answer that will be read at ADDRESS. Either may be aligned to four bytes only while the answer may hold pointers. */
static NTSTATUS write_at(struct token *token, const struct info_class *entry, void *place, void *address, size_t size)
{
    bool aligned = !((ULONG_PTR)place % sizeof(PVOID));
    struct info_writer writer = {.bytes = aligned ? place : guise_alloc(size), .address = address};

    if (!writer.bytes) return STATUS_NO_MEMORY;
    entry->write(token, &writer);
    if (!aligned)
    {
        memcpy(place, writer.bytes, size);
        guise_free(writer.bytes);
    }
    return STATUS_SUCCESS;
}

static size_t measure(struct token *token, const struct info_class *entry)
{
    struct info_writer writer = {0};

    entry->write(token, &writer);
    return writer.used;
}

/***********************************************************************
 *           SeQueryInformationToken (NTOSKRNL.@)
 *
 * *INFORMATION receives a pool block (ExFreePool), or for two classes a ULONG itself (K2.7.1); NULL on failure
 * (K2.7.2). STATUS_INVALID_INFO_CLASS, STATUS_NO_MEMORY.
 */
NTSTATUS SeQueryInformationToken(PACCESS_TOKEN body, TOKEN_INFORMATION_CLASS class, PVOID *information)
{
    const struct info_class *entry = info_class_find(class);
    struct token *token = body;
    NTSTATUS status = STATUS_NO_MEMORY;
    size_t size;

    *information = NULL;
    if (!applies_to(entry, token) || entry->nt_only) return STATUS_INVALID_INFO_CLASS;
    token_lock_shared(token);
    if (entry->by_value)
    {
        *information = ULongToHandle(value_of(token, class));
        status = STATUS_SUCCESS;
    }
    else
    {
        size = measure(token, entry);
        /* A class without data (no default DACL) still is a structure, with NULL in it. */
        if ((*information = guise_alloc(size < sizeof(PVOID) ? sizeof(PVOID) : size)))
            status = write_at(token, entry, *information, *information, size);
    }
    token_unlock(token);
    return status;
}

NTSTATUS guise_query_token(HANDLE handle, TOKEN_INFORMATION_CLASS class, void *place, void *address, ULONG length, ULONG *returned)
{
    const struct info_class *entry = info_class_find(class);
    struct token *token;
    NTSTATUS status;
    size_t size;

    if (!entry) return STATUS_INVALID_INFO_CLASS;
    if ((ULONG_PTR)address % sizeof(ULONG)) return STATUS_DATATYPE_MISALIGNMENT;
    if ((status = token_from_handle(handle, entry->query_access, &token, NULL))) return status;
    if (!applies_to(entry, token))
        status = STATUS_INVALID_INFO_CLASS;
    else if (entry->query)
        status = entry->query(token, place, length, returned);
    else
    {
        token_lock_shared(token);
        size = measure(token, entry);
        *returned = (ULONG)size;
        if (length < size)
            status = STATUS_BUFFER_TOO_SMALL;
        else if (size && !address)
            status = STATUS_ACCESS_VIOLATION;
        else if (size)
            status = write_at(token, entry, place, address, size);
        token_unlock(token);
    }
    token_release(token);
    return status;
}

/***********************************************************************
 *           NtQueryInformationToken (NTOSKRNL.@)
 *
 * TOKEN_QUERY, for TokenSource TOKEN_QUERY_SOURCE (K2.7.4). RETURNED is what was written or is needed.
 * STATUS_ACCESS_VIOLATION, STATUS_INVALID_INFO_CLASS, STATUS_BUFFER_TOO_SMALL, STATUS_DATATYPE_MISALIGNMENT, those of
 * the handle.
 */
NTSTATUS NtQueryInformationToken(HANDLE handle, TOKEN_INFORMATION_CLASS class, PVOID information, ULONG length,
                                 PULONG returned)
{
    if (!returned) return STATUS_ACCESS_VIOLATION;
    return guise_query_token(handle, class, information, information, length, returned);
}

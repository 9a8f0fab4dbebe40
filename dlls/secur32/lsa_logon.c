/*
 * LsaLogonUser (S2.18.4, S2.18.5).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/secur32/front.h"
#include "dlls/secur32/lsa.h"
#include "ntoskrnl/out.h"

/* ---- what packages share ---- */

bool lsa_is_logon_type(ULONG type)
{
    switch (type)
    {
    case Interactive:
    case Network:
    case Batch:
    case Service:
    case Unlock:
    case NetworkCleartext:
    case RemoteInteractive: return true;
    }
    return false;
}

struct guise_logon_kind lsa_logon_kind(const struct lsa_logon *logon, bool explicit_credentials)
{
    bool network = logon->type == Network || logon->type == NetworkCleartext;

    return (struct guise_logon_kind){.type = logon->type,
                                     .token_type = logon->type == Network ? TokenImpersonation : TokenPrimary,
                                     .source_id = logon->source->SourceIdentifier,
                                     .origin = explicit_credentials && !network ? logon->caller_session : (LUID){0, 0},
                                     .local_groups = logon->local_groups};
}

NTSTATUS lsa_refuse(NTSTATUS status, struct lsa_logon_result *result)
{
    switch (status)
    {
    case STATUS_ACCOUNT_DISABLED: result->substatus = status; return STATUS_ACCOUNT_RESTRICTION;
    case STATUS_NO_SUCH_USER:
    case STATUS_ACCESS_DENIED: return STATUS_ACCOUNT_RESTRICTION;
    case STATUS_FILE_CORRUPT_ERROR: return STATUS_INTERNAL_ERROR;
    default: return status;
    }
}

/* ---- the call ---- */

#define MAX_LOCAL_GROUPS 1024
#define GROUP_ATTRIBUTES \
    (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED | SE_GROUP_OWNER | SE_GROUP_USE_FOR_DENY_ONLY | \
     SE_GROUP_LOGON_ID)

/* S-1-22-...: a uid or gid of this machine. Linux would not know that the token's user has joined it. */
static bool is_unix_sid(const SID *sid)
{
    static const SID_IDENTIFIER_AUTHORITY unix_authority = {{0, 0, 0, 0, 0, 22}};

    return !memcmp(&sid->IdentifierAuthority, &unix_authority, sizeof(unix_authority));
}

/*
 * Groups beyond the account's own are for those who may act as part of the system. What is for denying only cannot be
 * enabled.
 */
static NTSTATUS check_local_groups(const TOKEN_GROUPS *groups, bool trusted)
{
    if (!groups || !groups->GroupCount) return STATUS_SUCCESS;
    if (!trusted) return STATUS_PRIVILEGE_NOT_HELD;
    if (groups->GroupCount > MAX_LOCAL_GROUPS) return STATUS_INVALID_PARAMETER;
    for (ULONG i = 0; i < groups->GroupCount; i++)
    {
        const SID *sid = groups->Groups[i].Sid;
        ULONG attributes = groups->Groups[i].Attributes;

        if (!sid || sid->Revision != SID_REVISION || sid->SubAuthorityCount > SID_MAX_SUB_AUTHORITIES)
            return STATUS_INVALID_SID;
        if (is_unix_sid(sid) || (attributes & ~GROUP_ATTRIBUTES)) return STATUS_INVALID_PARAMETER;
        if ((attributes & SE_GROUP_USE_FOR_DENY_ONLY) && (attributes & (SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT)))
            return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/* A primary token comes with quotas: nothing here limits what it may use but what limits every process. */
static const QUOTA_LIMITS no_quotas = {.PagedPoolLimit = SIZE_MAX,
                                       .NonPagedPoolLimit = SIZE_MAX,
                                       .MaximumWorkingSetSize = SIZE_MAX,
                                       .PagefileLimit = SIZE_MAX,
                                       .TimeLimit = {.QuadPart = -1}};

struct outputs
{
    void **profile;
    ULONG *profile_size;
    LUID *session;
    HANDLE *token;
    QUOTA_LIMITS *quotas;
};

static NTSTATUS deliver(struct lsa_logon_result *result, const struct outputs *outputs)
{
    HANDLE handle;
    NTSTATUS status = guise_open_token(result->token, TOKEN_ALL_ACCESS, &handle);

    if (status) return status;
    *outputs->token = handle;
    SeQueryAuthenticationIdToken(result->token, outputs->session);
    out_ptr(outputs->profile, result->profile);
    *outputs->profile_size = result->profile_size;
    result->profile = NULL;
    if (outputs->quotas && SeTokenType(result->token) == TokenPrimary) *outputs->quotas = no_quotas;
    return STATUS_SUCCESS;
}

static NTSTATUS log_on(const struct lsa_package *package, struct lsa_logon *logon, const void *submitted, ULONG size,
                       const struct outputs *outputs, NTSTATUS *substatus)
{
    struct lsa_logon_result result = {0};
    struct lsa_buffer request;
    NTSTATUS status;

    logon->request = &request;
    if (!(status = lsa_buffer_copy(&request, submitted, size))) status = package->logon_user(logon, &result);
    lsa_buffer_free(&request);
    if (!status) status = deliver(&result, outputs);
    if (result.token) guise_dereference_token(result.token);
    out_free(result.profile);
    *substatus = status == STATUS_ACCOUNT_RESTRICTION ? result.substatus : STATUS_SUCCESS;
    return status;
}

/***********************************************************************
 *           LsaLogonUser (SECUR32.@)
 *
 * Logs a user on with what SUBMITTED says, in the words of the package NUMBER; ORIGIN may be NULL, the others are needed but
 * LOCAL_GROUPS and QUOTAS. Interactive, Batch and the like give a primary token, Network an impersonation token, closed with
 * CloseHandle; the profile is freed with LsaFreeReturnBuffer.
 * STATUS_LOGON_FAILURE: no such user or a wrong password, which are not told apart; STATUS_ACCOUNT_RESTRICTION, with why in
 * *SUBSTATUS; STATUS_ACCOUNT_LOCKED_OUT, STATUS_ACCOUNT_EXPIRED, STATUS_PASSWORD_MUST_CHANGE; STATUS_PRIVILEGE_NOT_HELD: local
 * groups, and a primary token or one of MSV1_0's without a password, are for a trusted connection with SeTcbPrivilege; STATUS_NO_LOGON_SERVERS: there is no
 * account store to ask, or no KDC answers; STATUS_NO_TRUST_LSA_SECRET, STATUS_NO_TRUST_SAM_ACCOUNT, STATUS_TRUSTED_RELATIONSHIP_FAILURE: this machine has no key for
 * Kerberos, the KDC does not know the machine, or gives tickets that are not for its key; STATUS_NO_S4U_PROT_SUPPORT; STATUS_TIME_DIFFERENCE_AT_DC; STATUS_NO_SUCH_PACKAGE; STATUS_BAD_VALIDATION_CLASS; STATUS_INVALID_LOGON_TYPE;
 * STATUS_INVALID_PARAMETER; STATUS_INVALID_HANDLE; STATUS_NO_MEMORY (S2.18.4, S2.18.5).
 */
NTSTATUS NTAPI LsaLogonUser(HANDLE handle, PLSA_STRING origin, SECURITY_LOGON_TYPE type, ULONG number, PVOID submitted,
                            ULONG size, PTOKEN_GROUPS local_groups, PTOKEN_SOURCE source, PVOID *profile,
                            PULONG profile_size, PLUID session, PHANDLE token, PQUOTA_LIMITS quotas,
                            PNTSTATUS substatus)
{
    const struct outputs outputs = {profile, profile_size, session, token, quotas};
    const struct lsa_package *package;
    struct guise_caller caller;
    struct lsa_logon logon;
    bool trusted;
    NTSTATUS status;

    if ((status = lsa_connection(handle, &trusted))) return status;
    if (!source || !profile || !profile_size || !session || !token || !substatus) return STATUS_INVALID_PARAMETER;
    if (origin && origin->Length && !origin->Buffer) return STATUS_INVALID_PARAMETER;
    *profile = NULL;
    *profile_size = 0;
    *token = NULL;
    *substatus = STATUS_SUCCESS;
    if (!(package = lsa_package_at(number))) return STATUS_NO_SUCH_PACKAGE;
    if ((status = guise_query_caller(&caller))) return status;
    trusted = trusted && caller.tcb;
    if ((status = check_local_groups(local_groups, trusted))) return status;
    logon = (struct lsa_logon){.type = type,
                               .local_groups = local_groups,
                               .source = source,
                               .caller_session = caller.session,
                               .trusted = trusted};
    return log_on(package, &logon, submitted, size, &outputs, substatus);
}

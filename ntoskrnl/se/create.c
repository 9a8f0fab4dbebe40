/*
 * NtCreateToken: a token out of what its caller says (2.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/token_capture.h"
#include "ntoskrnl/unix/idmap.h"

#define MAX_PRIVILEGES 0x3c

/* What the caller says, captured. */
struct request
{
    union captured_sid user, owner, primary_group;
    ULONG user_attributes;
    bool has_owner;
    struct captured_sids groups;
    struct captured_privileges privileges;
    ACL *dacl;
    TOKEN_SOURCE source;
    struct token_sid *sids; /* user and groups */
};

/* ---- capture --------------------------------------------------------------------------------------------------------- */

static NTSTATUS capture(const TOKEN_USER *user, const TOKEN_GROUPS *groups, const TOKEN_PRIVILEGES *privileges,
                        const TOKEN_OWNER *owner, const TOKEN_PRIMARY_GROUP *primary_group,
                        const TOKEN_DEFAULT_DACL *dacl, struct request *request)
{
    NTSTATUS status;

    if ((status = capture_sid(user->User.Sid, &request->user))) return status;
    request->user_attributes = user->User.Attributes & SE_GROUP_USE_FOR_DENY_ONLY; /* nothing else is said of a user */
    if ((status = capture_sids(groups, &request->groups))) return status;
    if ((status = capture_privileges(privileges, &request->privileges))) return status;
    if (request->privileges.count > MAX_PRIVILEGES) return STATUS_INVALID_PARAMETER;
    request->has_owner = owner && owner->Owner;
    if (request->has_owner && (status = capture_sid(owner->Owner, &request->owner))) return status;
    if ((status = capture_sid(primary_group->PrimaryGroup, &request->primary_group))) return status;
    if (dacl && (status = capture_dacl(dacl->DefaultDacl, &request->dacl))) return status;
    request->sids = guise_alloc((request->groups.count + (size_t)1) * sizeof(*request->sids));
    return request->sids ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static void release(struct request *request)
{
    guise_free(request->groups.entries);
    guise_free(request->privileges.entries);
    guise_free(request->dacl);
    guise_free(request->sids);
}

/* ---- what the token is made of ------------------------------------------------------------------------------------------ */

static bool is_label(const struct token_sid *sid)
{
    static const UCHAR authority[] = SECURITY_MANDATORY_LABEL_AUTHORITY;

    return sid->attributes & SE_GROUP_INTEGRITY && sid->sid->SubAuthorityCount == 1 &&
           !memcmp(sid->sid->IdentifierAuthority.Value, authority, sizeof(authority));
}

/* User and groups; a group that is a mandatory label is the token's integrity level instead. */
static void list_sids(const struct request *request, struct token_template *template)
{
    ULONG i;

    request->sids[template->sid_count++] = (struct token_sid){&request->user.sid, request->user_attributes};
    for (i = 0; i < request->groups.count; i++)
    {
        struct token_sid group = request->groups.entries[i];

        if (is_label(&group))
        {
            template->integrity = group.sid->SubAuthority[0];
            continue;
        }
        if (group.attributes & SE_GROUP_USE_FOR_DENY_ONLY)
            group.attributes &= ~(SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT);
        else if (group.attributes & SE_GROUP_MANDATORY)
            group.attributes |= SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT;
        request->sids[template->sid_count++] = group;
    }
    template->sids = request->sids;
}

static NTSTATUS list_privileges(const struct request *request, struct token_template *template)
{
    ULONG i, privilege;

    for (i = 0; i < request->privileges.count; i++)
    {
        const LUID_AND_ATTRIBUTES *entry = &request->privileges.entries[i];

        if (!(privilege = privilege_number(entry->Luid))) return STATUS_INVALID_PARAMETER;
        template->privileges |= PRIVILEGE_BIT(privilege);
        if (entry->Attributes & SE_PRIVILEGE_ENABLED) template->enabled |= PRIVILEGE_BIT(privilege);
        if (entry->Attributes & SE_PRIVILEGE_ENABLED_BY_DEFAULT)
            template->enabled_by_default |= PRIVILEGE_BIT(privilege);
    }
    return STATUS_SUCCESS;
}

/* The first of the template's SIDs that is SID and has all of ATTRIBUTES (the user has), or sid_count. */
static ULONG find(const struct token_template *template, const SID *sid, ULONG attributes)
{
    ULONG i;

    for (i = 0; i < template->sid_count; i++)
        if ((!i || (template->sids[i].attributes & attributes) == attributes) &&
            sid_equal(template->sids[i].sid, sid))
            break;
    return i;
}

/* Owner and primary group as indices. */
static NTSTATUS choose_defaults(const struct request *request, struct token_template *template)
{
    template->owner = request->has_owner ? find(template, &request->owner.sid, SE_GROUP_OWNER) : 0;
    if (template->owner == template->sid_count) return STATUS_INVALID_OWNER;
    template->primary_group = find(template, &request->primary_group.sid, 0);
    return template->primary_group == template->sid_count ? STATUS_INVALID_PRIMARY_GROUP : STATUS_SUCCESS;
}

/* ---- its Unix account ------------------------------------------------------------------------------------------------------ */

/* The token's Unix groups, and which is the primary one: its own, else the account's. False: the token has not got that. */
static bool list_unix_groups(const struct token_template *template, struct unix_account *account)
{
    bool found = idmap_sid_to_gid(template->sids[template->primary_group].sid, &account->gid);
    gid_t gid;
    ULONG i;

    account->group_count = 0;
    for (i = 1; i < template->sid_count; i++)
    {
        if (!idmap_sid_to_gid(template->sids[i].sid, &gid)) continue;
        found |= gid == account->gid;
        account->groups[account->group_count++] = gid;
    }
    return found;
}

/*
 * The credential of the Unix user that the token's user is, with the Unix groups of the token and no others. A user that
 * is none, one that is never carried (design 5.8), or one whose primary group is not the token's, has none: the token is good
 * for access checks and Identification.
 */
static NTSTATUS create_account(const struct token_template *template, struct credential **account)
{
    struct unix_account *known, of_token;
    NTSTATUS status;
    uid_t uid;

    *account = NULL;
    if (!idmap_sid_to_uid(template->sids[0].sid, &uid)) return STATUS_SUCCESS;
    if ((status = guise_account_by_uid(uid, &known))) return status == STATUS_NO_SUCH_USER ? STATUS_SUCCESS : status;
    of_token = *known;
    if (!(of_token.groups = guise_alloc(template->sid_count * sizeof(*of_token.groups))))
        status = STATUS_NO_MEMORY;
    else if (list_unix_groups(template, &of_token))
        status = credential_create_client(&of_token, account);
    guise_free(of_token.groups);
    guise_account_free(known);
    return status == STATUS_ACCESS_DENIED ? STATUS_SUCCESS : status;
}

/* ---- the service ------------------------------------------------------------------------------------------------------------- */

/* TEMPLATE has the security of the token as an object. */
static NTSTATUS create_of(const struct request *request, struct token_template *template, struct token **token)
{
    NTSTATUS status;

    list_sids(request, template);
    if ((status = list_privileges(request, template)) || (status = choose_defaults(request, template))) return status;
    template->default_security = object_security_create(template->sids[template->owner].sid,
                                                        template->sids[template->primary_group].sid, request->dacl);
    if (!template->default_security) return STATUS_NO_MEMORY;
    if (!(status = create_account(template, &template->account)))
    {
        *token = token_create(template);
        status = *token ? STATUS_SUCCESS : STATUS_NO_MEMORY;
        credential_release(template->account);
    }
    object_security_release(template->default_security);
    return status;
}

/* The caller may; TEMPLATE holds what needed no capture. */
static NTSTATUS create_for(struct token *caller, const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK desired,
                           const struct request *request, struct token_template *template, HANDLE *handle)
{
    ACCESS_MASK granted;
    struct token *token;
    NTSTATUS status;

    if (previous_mode() == UserMode && !token_privilege_enabled(caller, SE_CREATE_TOKEN_PRIVILEGE))
        return STATUS_PRIVILEGE_NOT_HELD;
    if ((status = token_object_access(caller, desired, 0, &granted))) return status;
    if ((status = token_object_security(attributes, caller, &template->security))) return status;
    if (!(status = create_of(request, template, &token)))
    {
        status = handle_create(token, granted, attributes ? attributes->Attributes : 0, handle);
        token_release(token);
    }
    object_security_release(template->security);
    return status;
}

/* A client that cannot act has no privileges. */
static bool may_act(const SECURITY_SUBJECT_CONTEXT *subject)
{
    return !subject->ClientToken || subject->ImpersonationLevel >= SecurityImpersonation;
}

static NTSTATUS create(const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK desired, LUID session,
                       const struct request *request, struct token_template *template, HANDLE *handle)
{
    SECURITY_SUBJECT_CONTEXT subject;
    NTSTATUS status;

    if (!(template->session = logon_session_find(session))) return STATUS_NO_SUCH_LOGON_SESSION;
    SeCaptureSubjectContext(&subject);
    if (!subject.PrimaryToken)
        status = STATUS_NO_MEMORY;
    else if (!may_act(&subject))
        status = STATUS_BAD_IMPERSONATION_LEVEL;
    else
        status = create_for(SeQuerySubjectContextToken(&subject), attributes, desired, request, template, handle);
    SeReleaseSubjectContext(&subject);
    logon_session_release(template->session);
    return status;
}

static SECURITY_IMPERSONATION_LEVEL level_of(const OBJECT_ATTRIBUTES *attributes)
{
    const SECURITY_QUALITY_OF_SERVICE *qos = attributes ? attributes->SecurityQualityOfService : NULL;

    return qos ? qos->ImpersonationLevel : SecurityAnonymous;
}

/***********************************************************************
 *           NtCreateToken (NTOSKRNL.@)
 *
 * The caller's effective token needs SeCreateTokenPrivilege. OWNER and DEFAULT_DACL may be NULL: the user, no DACL. A
 * mandatory group is enabled whatever its attributes say. A mandatory label among the groups is the integrity level, Medium
 * if there is none. A thread carries the token with the Unix groups that are in it, if its user is a Unix account.
 * STATUS_BAD_TOKEN_TYPE; STATUS_PRIVILEGE_NOT_HELD; STATUS_NO_SUCH_LOGON_SESSION; STATUS_INVALID_OWNER: neither the user nor
 * a group with SE_GROUP_OWNER; STATUS_INVALID_PRIMARY_GROUP: not in the token; STATUS_INVALID_PARAMETER: no such level or
 * privilege, or more than 60; STATUS_BAD_IMPERSONATION_LEVEL: the caller is only identified; STATUS_INVALID_SID;
 * STATUS_INVALID_ACL; STATUS_ACCESS_VIOLATION; STATUS_DATATYPE_MISALIGNMENT; STATUS_NO_MEMORY; those of looking up the account.
 */
NTSTATUS NtCreateToken(PHANDLE handle, ACCESS_MASK desired, POBJECT_ATTRIBUTES attributes, TOKEN_TYPE type,
                       PLUID session, PLARGE_INTEGER expiration, PTOKEN_USER user, PTOKEN_GROUPS groups,
                       PTOKEN_PRIVILEGES privileges, PTOKEN_OWNER owner, PTOKEN_PRIMARY_GROUP primary_group,
                       PTOKEN_DEFAULT_DACL default_dacl, PTOKEN_SOURCE source)
{
    struct token_template template = {
        .type = type, .level = level_of(attributes), .integrity = SECURITY_MANDATORY_MEDIUM_RID};
    struct request request = {0};
    NTSTATUS status;

    if (!handle || !session || !expiration || !user || !groups || !privileges || !primary_group || !source)
        return STATUS_ACCESS_VIOLATION;
    if (type != TokenPrimary && type != TokenImpersonation) return STATUS_BAD_TOKEN_TYPE;
    if (!VALID_IMPERSONATION_LEVEL(template.level)) return STATUS_INVALID_PARAMETER;
    request.source = *source;
    template.source = request.source.SourceName;
    template.source_id = request.source.SourceIdentifier;
    /* Never may be said in two ways. */
    template.expiration.QuadPart = expiration->QuadPart < 0 ? 0 : expiration->QuadPart;
    if (!(status = capture(user, groups, privileges, owner, primary_group, default_dacl, &request)))
        status = create(attributes, desired, *session, &request, &template, handle);
    release(&request);
    return status;
}

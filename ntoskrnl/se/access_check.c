/*
 * The access checks of drivers: for a subject context, for tokens, and for what was once said of tokens.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/se/access.h"
#include "ntoskrnl/se/privilege.h"

#define SIDS_ON_STACK 64

/* The outputs of these routines. */
struct check_outputs
{
    PPRIVILEGE_SET *privileges; /* may be NULL */
    PACCESS_MASK granted;
    PNTSTATUS status;
};

static BOOLEAN refuse(const struct check_outputs *outputs, NTSTATUS status)
{
    if (outputs->privileges) *outputs->privileges = NULL;
    *outputs->granted = 0;
    *outputs->status = status;
    return FALSE;
}

/* A request about the object as a whole. Member by member, as in access_subject_from_token(). */
static void whole_object(struct access_request *request, const struct access_subject *subject, ACCESS_MASK desired,
                         ACCESS_MASK previous, const GENERIC_MAPPING *mapping, KPROCESSOR_MODE mode)
{
    request->subject = subject;
    request->self = NULL;
    request->objects = NULL;
    request->object_count = 0;
    request->each = false;
    request->desired = desired;
    request->previous = previous;
    request->mapping = mapping;
    request->mode = mode;
}

/* Asks the evaluator and writes what it says. */
static BOOLEAN check_descriptor(PSECURITY_DESCRIPTOR descriptor, const struct access_request *request,
                                const struct check_outputs *outputs)
{
    struct access_result result;
    struct sd security;
    privilege_set used;
    NTSTATUS status;

    if (request->mode != KernelMode)
    {
        if (!descriptor) return refuse(outputs, STATUS_ACCESS_DENIED);
        if ((status = sd_read(descriptor, &security))) return refuse(outputs, status);
    }
    if ((status = access_evaluate(&security, request, &result, &used))) return refuse(outputs, status);
    if (result.status) return refuse(outputs, result.status);
    if (outputs->privileges && (status = privileges_make(used, outputs->privileges))) return refuse(outputs, status);
    *outputs->granted = result.granted;
    *outputs->status = STATUS_SUCCESS;
    return TRUE;
}

/***********************************************************************
 *           SeAccessCheck (NTOSKRNL.@)
 *
 * LOCKED: the caller has locked the context. PRIVILEGES, unless NULL, receives pool memory for SeFreePrivileges, or NULL.
 * FALSE: *STATUS says why, and *GRANTED is 0: STATUS_ACCESS_DENIED; STATUS_PRIVILEGE_NOT_HELD (K3.1.1);
 * STATUS_BAD_IMPERSONATION_LEVEL; STATUS_NO_MEMORY; statuses of sd_read().
 */
BOOLEAN SeAccessCheck(PSECURITY_DESCRIPTOR descriptor, PSECURITY_SUBJECT_CONTEXT context, BOOLEAN locked,
                      ACCESS_MASK desired, ACCESS_MASK previous, PPRIVILEGE_SET *privileges, PGENERIC_MAPPING mapping,
                      KPROCESSOR_MODE mode, PACCESS_MASK granted, PNTSTATUS status)
{
    const struct check_outputs outputs = {privileges, granted, status};
    struct access_subject subject;
    struct access_request request;
    struct token *token;
    BOOLEAN answer;

    whole_object(&request, &subject, desired, previous, mapping, mode);
    if (mode == KernelMode) return check_descriptor(descriptor, &request, &outputs);
    if (context->ClientToken && context->ImpersonationLevel < SecurityImpersonation)
        return refuse(&outputs, STATUS_BAD_IMPERSONATION_LEVEL);
    if (!(token = SeQuerySubjectContextToken(context))) return refuse(&outputs, STATUS_NO_MEMORY);

    if (!locked) token_lock_shared(token);
    access_subject_from_token(token, &subject);
    answer = check_descriptor(descriptor, &request, &outputs);
    if (!locked) token_unlock(token);
    return answer;
}

/***********************************************************************
 *           SeAccessCheckFromStateEx (NTOSKRNL.@)
 *
 * SeAccessCheck for tokens; CLIENT may be NULL, and its own level counts.
 */
BOOLEAN SeAccessCheckFromStateEx(PSECURITY_DESCRIPTOR descriptor, PACCESS_TOKEN primary, PACCESS_TOKEN client,
                                 ACCESS_MASK desired, ACCESS_MASK previous, PPRIVILEGE_SET *privileges,
                                 PGENERIC_MAPPING mapping, KPROCESSOR_MODE mode, PACCESS_MASK granted, PNTSTATUS status)
{
    SECURITY_SUBJECT_CONTEXT context = {
        .ClientToken = client,
        .ImpersonationLevel = client ? SeTokenImpersonationLevel(client) : SecurityAnonymous,
        .PrimaryToken = primary,
    };

    return SeAccessCheck(descriptor, &context, FALSE, desired, previous, privileges, mapping, mode, granted, status);
}

/* ---- snapshots --------------------------------------------------------------------------------------------------- */

static ULONG count_sids(const SID_AND_ATTRIBUTES_HASH *hash)
{
    return hash ? hash->SidCount : 0;
}

/* Copies entries to TARGET; false: one is no SID. */
static bool copy_sids(struct token_sid *target, const SID_AND_ATTRIBUTES_HASH *hash, struct access_sids *sids)
{
    ULONG i;

    for (i = 0; i < count_sids(hash); i++)
    {
        if (!sid_valid(hash->SidAttr[i].Sid)) return false;
        target[i] = (struct token_sid){.sid = hash->SidAttr[i].Sid, .attributes = hash->SidAttr[i].Attributes};
    }
    *sids = (struct access_sids){.sids = target, .count = count_sids(hash)};
    return true;
}

/* The level is an entry among the groups (winnt.h, SE_GROUP_INTEGRITY); who has none is below every label. */
static ULONG integrity_among(const struct access_sids *groups)
{
    ULONG i;

    for (i = 0; i < groups->count; i++)
        if (groups->sids[i].attributes & SE_GROUP_INTEGRITY && groups->sids[i].sid->SubAuthorityCount == 1)
            return groups->sids[i].sid->SubAuthority[0];
    return SECURITY_MANDATORY_UNTRUSTED_RID;
}

static privilege_set enabled_privileges(const TOKEN_PRIVILEGES *privileges)
{
    privilege_set enabled = 0;
    ULONG i;

    for (i = 0; privileges && i < privileges->PrivilegeCount; i++)
        if (privileges->Privileges[i].Attributes & SE_PRIVILEGE_ENABLED)
            enabled |= privilege_of_luid(privileges->Privileges[i].Luid);
    return enabled;
}

/* The subject that INFORMATION describes, its entries in ROOM. STATUS_INVALID_SID. */
static NTSTATUS describe_subject(const TOKEN_ACCESS_INFORMATION *information, struct token_sid *room,
                                 struct access_subject *subject)
{
    *subject = (struct access_subject){.privileges = enabled_privileges(information->Privileges),
                                       .mandatory_policy = information->MandatoryPolicy.Policy,
                                       .is_restricted = count_sids(information->RestrictedSidHash) != 0};
    if (!count_sids(information->SidHash) || !copy_sids(room, information->SidHash, &subject->groups) ||
        !copy_sids(room + subject->groups.count, information->RestrictedSidHash, &subject->restricting))
        return STATUS_INVALID_SID;
    subject->integrity = integrity_among(&subject->groups);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           SeAccessCheckFromState (NTOSKRNL.@)
 *
 * SeAccessCheck for what TokenAccessInformation said of a primary token and, if CLIENT is not NULL, of a client's. Such a
 * description does not tell whether a restricted token is restricted in writing alone: it is taken to be in everything.
 */
BOOLEAN SeAccessCheckFromState(PSECURITY_DESCRIPTOR descriptor, PTOKEN_ACCESS_INFORMATION primary,
                               PTOKEN_ACCESS_INFORMATION client, ACCESS_MASK desired, ACCESS_MASK previous,
                               PPRIVILEGE_SET *privileges, PGENERIC_MAPPING mapping, KPROCESSOR_MODE mode,
                               PACCESS_MASK granted, PNTSTATUS status)
{
    const TOKEN_ACCESS_INFORMATION *information = client ? client : primary;
    const struct check_outputs outputs = {privileges, granted, status};
    struct access_subject subject;
    struct access_request request;
    struct token_sid few[SIDS_ON_STACK], *room = few;
    NTSTATUS problem;
    BOOLEAN answer;
    size_t count;

    whole_object(&request, &subject, desired, previous, mapping, mode);
    if (mode == KernelMode) return check_descriptor(descriptor, &request, &outputs);
    if (client && client->ImpersonationLevel < SecurityImpersonation)
        return refuse(&outputs, STATUS_BAD_IMPERSONATION_LEVEL);
    count = (size_t)count_sids(information->SidHash) + count_sids(information->RestrictedSidHash);
    if (count > SIDS_ON_STACK && !(room = guise_alloc(count * sizeof(*room)))) return refuse(&outputs, STATUS_NO_MEMORY);
    if ((problem = describe_subject(information, room, &subject)))
        answer = refuse(&outputs, problem);
    else
        answer = check_descriptor(descriptor, &request, &outputs);
    if (room != few) guise_free(room);
    return answer;
}

/*
 * The access checks of user-mode servers: NtAccessCheck and its forms with object types (kernel facts 3.4).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/se/access.h"
#include "ntoskrnl/se/privilege.h"

#define RESULTS_ON_STACK 16

/* What the caller of one of the services gave. */
struct service_call
{
    PSECURITY_DESCRIPTOR descriptor;
    HANDLE token;
    struct access_request request;
    PPRIVILEGE_SET privileges;
    PULONG privileges_length;
    PACCESS_MASK granted; /* one, or as many as there are objects */
    PNTSTATUS status;
};

static ULONG answer_count(const struct access_request *request)
{
    return request->each ? request->object_count : 1;
}

/* The caller's set, if it is as large as that of USED must be (K3.4.1). */
static NTSTATUS give_privileges(const struct service_call *call, privilege_set used)
{
    ULONG count = privileges_count(used), need = (ULONG)privileges_size(count ? count : 1);

    if (*call->privileges_length < need)
    {
        *call->privileges_length = need;
        return STATUS_BUFFER_TOO_SMALL;
    }
    privileges_write(used, call->privileges);
    return STATUS_SUCCESS;
}

static NTSTATUS decide(const struct service_call *call, const struct sd *security)
{
    const struct access_request *request = &call->request;
    struct access_result few[RESULTS_ON_STACK], *results = few;
    ULONG i, count = answer_count(request);
    privilege_set used;
    NTSTATUS status;

    if (count > RESULTS_ON_STACK && !(results = guise_alloc(count * sizeof(*results)))) return STATUS_NO_MEMORY;
    status = access_evaluate(security, request, results, &used);
    if (!status) status = give_privileges(call, used);
    for (i = 0; !status && i < count; i++)
    {
        call->granted[i] = results[i].granted;
        call->status[i] = results[i].status;
    }
    if (results != few) guise_free(results);
    return status;
}

/* The token is referenced. */
static NTSTATUS check_for_token(struct service_call *call, struct token *token)
{
    struct access_subject subject;
    struct sd security;
    NTSTATUS status;

    if (token->type != TokenImpersonation) return STATUS_NO_IMPERSONATION_TOKEN;
    if (token->level < SecurityIdentification) return STATUS_BAD_IMPERSONATION_LEVEL;
    if ((status = give_privileges(call, 0))) return status;
    if (!call->descriptor) return STATUS_ACCESS_VIOLATION;
    if ((status = sd_read(call->descriptor, &security))) return status;
    if (!security.owner || !security.group) return STATUS_INVALID_SECURITY_DESCR;
    if (call->request.self && !sid_valid(call->request.self)) return STATUS_INVALID_SID;

    call->request.subject = &subject;
    call->request.mode = previous_mode();
    token_lock_shared(token);
    access_subject_from_token(token, &subject);
    status = decide(call, &security);
    token_unlock(token);
    return status;
}

static NTSTATUS check(struct service_call *call)
{
    const ACCESS_MASK generic = GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL;
    struct token *token;
    NTSTATUS status;

    if (!call->request.mapping || !call->privileges || !call->privileges_length || !call->granted || !call->status)
        return STATUS_ACCESS_VIOLATION;
    if (call->request.desired & generic) return STATUS_GENERIC_NOT_MAPPED;
    if ((status = token_from_handle(call->token, TOKEN_QUERY, &token, NULL))) return status;
    status = check_for_token(call, token);
    token_release(token);
    return status;
}

/***********************************************************************
 *           NtAccessCheck (NTOSKRNL.@)
 *
 * STATUS_SUCCESS: the decision is in *STATUS, and *GRANTED is 0 unless that is STATUS_SUCCESS. In this order:
 * STATUS_ACCESS_VIOLATION, STATUS_GENERIC_NOT_MAPPED, statuses of the handle, STATUS_NO_IMPERSONATION_TOKEN,
 * STATUS_BAD_IMPERSONATION_LEVEL, STATUS_BUFFER_TOO_SMALL, those of sd_read(), STATUS_INVALID_SECURITY_DESCR (K3.4.1).
 */
NTSTATUS NtAccessCheck(PSECURITY_DESCRIPTOR descriptor, HANDLE token, ACCESS_MASK desired, PGENERIC_MAPPING mapping,
                       PPRIVILEGE_SET privileges, PULONG privileges_length, PACCESS_MASK granted, PNTSTATUS status)
{
    return NtAccessCheckByType(descriptor, NULL, token, desired, NULL, 0, mapping, privileges, privileges_length,
                               granted, status);
}

/***********************************************************************
 *           NtAccessCheckByType (NTOSKRNL.@)
 *
 * SELF, or NULL, is what S-1-5-10 stands for; with COUNT 0 there are no object types. The decision is about the root.
 * STATUS_INVALID_SID: SELF is none. STATUS_INVALID_PARAMETER: OBJECTS is no tree. STATUS_NO_MEMORY.
 */
NTSTATUS NtAccessCheckByType(PSECURITY_DESCRIPTOR descriptor, PSID self, HANDLE token, ACCESS_MASK desired,
                             POBJECT_TYPE_LIST objects, ULONG count, PGENERIC_MAPPING mapping,
                             PPRIVILEGE_SET privileges, PULONG privileges_length, PACCESS_MASK granted,
                             PNTSTATUS status)
{
    struct service_call call = {
        .descriptor = descriptor,
        .token = token,
        .request = {.self = self,
                    .objects = count ? objects : NULL,
                    .object_count = count,
                    .desired = desired,
                    .mapping = mapping},
        .privileges = privileges,
        .privileges_length = privileges_length,
        .granted = granted,
        .status = status,
    };

    if (count && !objects) return STATUS_INVALID_PARAMETER;
    return check(&call);
}

/***********************************************************************
 *           NtAccessCheckByTypeResultList (NTOSKRNL.@)
 *
 * A decision for each of the COUNT objects, into GRANTED and STATUS. STATUS_INVALID_PARAMETER: there are none.
 */
NTSTATUS NtAccessCheckByTypeResultList(PSECURITY_DESCRIPTOR descriptor, PSID self, HANDLE token, ACCESS_MASK desired,
                                       POBJECT_TYPE_LIST objects, ULONG count, PGENERIC_MAPPING mapping,
                                       PPRIVILEGE_SET privileges, PULONG privileges_length, PACCESS_MASK granted,
                                       PNTSTATUS status)
{
    struct service_call call = {
        .descriptor = descriptor,
        .token = token,
        .request = {.self = self,
                    .objects = objects,
                    .object_count = count,
                    .each = true,
                    .desired = desired,
                    .mapping = mapping},
        .privileges = privileges,
        .privileges_length = privileges_length,
        .granted = granted,
        .status = status,
    };

    if (!count || !objects) return STATUS_INVALID_PARAMETER;
    return check(&call);
}

/*
 * Token services of the core for handles of Wine programs: copy in, ask, copy out.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/guise/unix/service.h"

/* ---- services ----------------------------------------------------------------------------------------------------- */

static NTSTATUS query(struct call *call)
{
    TOKEN_INFORMATION_CLASS class = (TOKEN_INFORMATION_CLASS)number(call, 0);
    void *information = pointer(call, 1), *answer;
    ULONG *returned = pointer(call, 3), size, room;
    NTSTATUS status;

    if (!returned) return STATUS_ACCESS_VIOLATION;
    touch(returned, sizeof(*returned));
    size = *returned;
    if ((status = reserve(call, information, number(call, 2), &room, &answer))) return status;
    status = guise_query_token(call->token, class, answer, information, room, &size);
    if (!status && class == TokenLinkedToken)
        call->block->made = (uintptr_t)((TOKEN_LINKED_TOKEN *)answer)->LinkedToken;
    else if (!status && information)
        memcpy(information, answer, size < room ? size : room);
    *returned = size;
    return status;
}

static NTSTATUS set(struct call *call)
{
    TOKEN_INFORMATION_CLASS class = (TOKEN_INFORMATION_CLASS)number(call, 0);
    ULONG length = number(call, 2);
    void *information = NULL;
    NTSTATUS status;

    if (length > MAX_SIZE) return STATUS_INVALID_PARAMETER;
    if (class == TokenLinkedToken) return STATUS_NOT_SUPPORTED; /* a handle of wineserver's */
    if (pointer(call, 1) && (status = copy_in(call, pointer(call, 1), length, &information))) return status;
    if (information && length >= sizeof(void *) && (class == TokenOwner || class == TokenPrimaryGroup))
    {
        TOKEN_OWNER *owner = information; /* TOKEN_PRIMARY_GROUP looks the same */

        if ((status = copy_sid(call, owner->Owner, &owner->Owner))) return status;
    }
    if (information && length >= sizeof(void *) && class == TokenDefaultDacl)
    {
        TOKEN_DEFAULT_DACL *dacl = information;

        if ((status = copy_acl(call, dacl->DefaultDacl, &dacl->DefaultDacl))) return status;
    }
    return NtSetInformationToken(call->token, class, information, length);
}

/*
 * Wine's kernelbase asks NtDuplicateToken of Wine 8.0 for a level where Windows has EffectiveOnly, without a quality of service. With one
 * both mean the same.
 */
static NTSTATUS duplicate(struct call *call)
{
    const OBJECT_ATTRIBUTES *given = pointer(call, 0);
    SECURITY_QUALITY_OF_SERVICE quality = {.Length = sizeof(quality), .ImpersonationLevel = (SECURITY_IMPERSONATION_LEVEL)number(call, 1)};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &quality};
    BOOLEAN effective_only = FALSE;
    const void *quality_pointer;
    HANDLE copy = NULL;
    NTSTATUS status;

    if (given && (quality_pointer = *(void *const volatile *)&given->SecurityQualityOfService))
    {
        memcpy(&quality, quality_pointer, sizeof(quality));
        effective_only = number(call, 1) == TRUE;
    }
    status = NtDuplicateToken(call->token, TOKEN_ALL_ACCESS, &attributes, effective_only, (TOKEN_TYPE)number(call, 2), &copy);
    if (!status) call->block->made = (uintptr_t)copy;
    return status;
}

static NTSTATUS filter(struct call *call)
{
    TOKEN_GROUPS *disable, *restrict_to;
    TOKEN_PRIVILEGES *remove;
    HANDLE filtered = NULL;
    NTSTATUS status;

    if ((status = copy_groups(call, pointer(call, 1), &disable))) return status;
    if ((status = copy_privileges(call, pointer(call, 2), &remove))) return status;
    if ((status = copy_groups(call, pointer(call, 3), &restrict_to))) return status;
    status = NtFilterToken(call->token, number(call, 0), disable, remove, restrict_to, &filtered);
    if (!status) call->block->made = (uintptr_t)filtered;
    return status;
}

static NTSTATUS adjust_privileges(struct call *call)
{
    TOKEN_PRIVILEGES *wanted = NULL, *previous = pointer(call, 3), *answer = NULL;
    ULONG *returned = pointer(call, 4), size = 0, room = 0;
    BOOLEAN disable_all = number(call, 0) != 0;
    NTSTATUS status;

    if (!disable_all && (status = copy_privileges(call, pointer(call, 1), &wanted))) return status;
    if (previous)
    {
        if (!returned) return STATUS_ACCESS_VIOLATION;
        touch(returned, sizeof(*returned));
        size = *returned;
        if ((status = reserve(call, previous, number(call, 2), &room, &answer))) return status;
    }
    status = NtAdjustPrivilegesToken(call->token, disable_all, wanted, room, answer, previous ? &size : NULL);
    if (!previous) return status;
    if (!status || status == STATUS_NOT_ALL_ASSIGNED) memcpy(previous, answer, size < room ? size : room);
    *returned = size;
    return status;
}

static NTSTATUS adjust_groups(struct call *call)
{
    TOKEN_GROUPS *wanted = NULL, *previous = pointer(call, 3), *answer = NULL;
    ULONG *returned = pointer(call, 4), size = 0, room = 0, i;
    BOOLEAN reset = number(call, 0) != 0;
    NTSTATUS status;

    if (!reset && (status = copy_groups(call, pointer(call, 1), &wanted))) return status;
    if (previous)
    {
        if (!returned) return STATUS_ACCESS_VIOLATION;
        touch(returned, sizeof(*returned));
        size = *returned;
        if ((status = reserve(call, previous, number(call, 2), &room, &answer))) return status;
    }
    status = NtAdjustGroupsToken(call->token, reset, wanted, room, answer, previous ? &size : NULL);
    if (!previous) return status;
    if (!status || status == STATUS_NOT_ALL_ASSIGNED)
    {
        /* The SIDs will lie where the caller has its block. */
        for (i = 0; i < answer->GroupCount; i++)
            answer->Groups[i].Sid = (char *)previous + ((char *)answer->Groups[i].Sid - (char *)answer);
        memcpy(previous, answer, size < room ? size : room);
    }
    *returned = size;
    return status;
}

static NTSTATUS access_check(struct call *call)
{
    GENERIC_MAPPING *mapping = pointer(call, 2);
    PRIVILEGE_SET *privileges = pointer(call, 3), *used;
    ULONG *length = pointer(call, 4), *granted = pointer(call, 5), size, room, rights = 0;
    NTSTATUS *decision = pointer(call, 6), decided = STATUS_ACCESS_DENIED, status;
    SECURITY_DESCRIPTOR *descriptor;

    if (!mapping || !privileges || !length || !granted || !decision) return STATUS_ACCESS_VIOLATION;
    touch(length, sizeof(*length));
    touch(granted, sizeof(*granted));
    touch(decision, sizeof(*decision));
    size = *length;
    if ((status = reserve(call, privileges, size < 4096 ? size : 4096, &room, &used))) return status;
    if ((status = copy_in(call, mapping, sizeof(*mapping), &mapping))) return status;
    if ((status = copy_descriptor(call, pointer(call, 0), &descriptor))) return status;
    size = room;
    status = NtAccessCheck(descriptor, call->token, number(call, 1), mapping, used, &size, &rights, &decided);
    *length = size;
    if (status) return status;
    memcpy(privileges, used, size < room ? size : room);
    *granted = rights;
    *decision = decided;
    return STATUS_SUCCESS;
}

static NTSTATUS audited_check(struct call *call)
{
    UNICODE_STRING *subsystem, *type, *object;
    GENERIC_MAPPING *mapping = pointer(call, 6);
    ULONG *granted = pointer(call, 8), rights = 0;
    NTSTATUS *decision = pointer(call, 9), decided = STATUS_ACCESS_DENIED, status;
    BOOLEAN *on_close = pointer(call, 10), closing = FALSE;
    SECURITY_DESCRIPTOR *descriptor;

    if (!mapping || !granted || !decision || !on_close) return STATUS_ACCESS_VIOLATION;
    touch(granted, sizeof(*granted));
    touch(decision, sizeof(*decision));
    touch(on_close, sizeof(*on_close));
    if ((status = copy_string(call, pointer(call, 0), &subsystem)) || (status = copy_string(call, pointer(call, 2), &type)) ||
        (status = copy_string(call, pointer(call, 3), &object)) || (status = copy_in(call, mapping, sizeof(*mapping), &mapping)) ||
        (status = copy_descriptor(call, pointer(call, 4), &descriptor)))
        return status;
    status = NtAccessCheckAndAuditAlarm(subsystem, pointer(call, 1), type, object, descriptor, number(call, 5), mapping, number(call, 7) != 0,
                                        &rights, &decided, &closing);
    if (status) return status;
    *granted = rights;
    *decision = decided;
    *on_close = closing;
    return STATUS_SUCCESS;
}

static NTSTATUS privilege_check(struct call *call)
{
    PRIVILEGE_SET *required = pointer(call, 0), *copy;
    BOOLEAN *result = pointer(call, 1), held = FALSE;
    NTSTATUS status;
    ULONG count;
    size_t size;

    if (!required || !result) return STATUS_ACCESS_VIOLATION;
    count = *(const volatile ULONG *)&required->PrivilegeCount;
    if (count > MAX_PRIVILEGES) return STATUS_INVALID_PARAMETER;
    size = offsetof(PRIVILEGE_SET, Privilege) + count * sizeof(LUID_AND_ATTRIBUTES);
    touch(required, size);
    touch(result, sizeof(*result));
    if ((status = copy_in(call, required, size, &copy))) return status;
    copy->PrivilegeCount = count;
    if ((status = NtPrivilegeCheck(call->token, copy, &held))) return status;
    memcpy(required, copy, size);
    *result = held;
    return STATUS_SUCCESS;
}

static NTSTATUS anonymous(struct call *call)
{
    PACCESS_TOKEN token;
    HANDLE handle = NULL;
    NTSTATUS status;

    if ((status = guise_create_anonymous_token("*SYSTEM*", SecurityImpersonation, &token))) return status;
    status = guise_open_token(token, TOKEN_ALL_ACCESS, &handle);
    ObDereferenceObject(token);
    if (!status) call->block->made = (uintptr_t)handle;
    return status;
}

NTSTATUS call_token_service(void *parameters)
{
    static NTSTATUS (*const services[SERVICE_COUNT])(struct call *call) = {
        [SERVICE_QUERY] = query,
        [SERVICE_SET] = set,
        [SERVICE_DUPLICATE] = duplicate,
        [SERVICE_FILTER] = filter,
        [SERVICE_ADJUST_PRIVILEGES] = adjust_privileges,
        [SERVICE_ADJUST_GROUPS] = adjust_groups,
        [SERVICE_ACCESS_CHECK] = access_check,
        [SERVICE_PRIVILEGE_CHECK] = privilege_check,
        [SERVICE_AUDITED_CHECK] = audited_check,
        [SERVICE_ANONYMOUS] = anonymous,
        [SERVICE_NAME_OF_SID] = service_name_of_sid,
        [SERVICE_SID_OF_NAME] = service_sid_of_name,
        [SERVICE_USER_NAME] = service_user_name,
        [SERVICE_MEMBERSHIP] = service_membership,
        [SERVICE_LOGON] = service_logon,
    };
    struct token_service_block *block = parameters;
    struct call call = {.block = block, .next = (unsigned char *)(uintptr_t)block->scratch, .left = block->scratch_size};

    block->made = 0;
    block->error = 0;
    if (block->service >= SERVICE_COUNT) return STATUS_INVALID_PARAMETER;
    call.token = (HANDLE)(uintptr_t)block->handle;
    return services[block->service](&call);
}

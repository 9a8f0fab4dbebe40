/*
 * Tokens of the core's that a routine gives: what the program gets is a handle of Wine's that stands for it (guise.dll).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/pe/thunks.h"

/* Where nobody could be impersonated, a handle would be that of the server's own token to the program: none is given. */
static NTSTATUS publish(uint64_t native, ACCESS_MASK access, HANDLE *token)
{
    const struct guise_api *api = companion();
    struct token_close_block close = { .native = native };

    if (api->can_impersonate) return api->publish_token(native, access, token);
    api->unix_call(CALL_token_close, &close);
    return STATUS_ACCESS_DENIED;
}

int32_t token_deliver(uint64_t native, HANDLE *token, int32_t result)
{
    NTSTATUS status = publish(native, TOKEN_ALL_ACCESS, token);

    return status ? status : result;
}

int32_t token_deliver_sec(uint64_t native, HANDLE *token, int32_t result)
{
    NTSTATUS status = publish(native, TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE, token);

    if (!status) return result;
    if (status == STATUS_ACCESS_DENIED) return SEC_NO_IMPERSONATION;
    return status == STATUS_NO_MEMORY || status == STATUS_INSUFFICIENT_RESOURCES ? SEC_NO_MEMORY : SEC_INTERNAL;
}

int32_t token_deliver_bool(uint64_t native, HANDLE *token, int32_t result)
{
    NTSTATUS status = publish(native, TOKEN_ALL_ACCESS, token);

    if (!status) return result;
    SetLastError(RtlNtStatusToDosError(status));
    return FALSE;
}

BOOL token_begin(HANDLE token, void **native, void **hold)
{
    const struct guise_api *api = companion();
    UINT64 handle = 0;

    *hold = NULL;
    if (token && api && api->hold_token(token, TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE, &handle, hold)) return FALSE;
    *native = (void *)(ULONG_PTR)handle;
    return TRUE;
}

void token_end(void *hold)
{
    if (hold) companion()->release_token(hold);
}

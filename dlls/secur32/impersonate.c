/*
 * Acting as the client: ImpersonateSecurityContext, RevertSecurityContext, QuerySecurityContextToken.
 *
 * The package made the access token when the accept side completed; the core puts it on the thread and switches the
 * thread's credential. Nothing here knows how.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/front.h"

SECURITY_STATUS context_access_token(struct context *context, PACCESS_TOKEN *token)
{
    if (!context->package->context_token) return SEC_E_UNSUPPORTED_FUNCTION;
    if (!context->acceptor || context_phase(context) != CONTEXT_COMPLETE) return SEC_E_NO_IMPERSONATION;
    return context->package->context_token(context->state, token);
}

SECURITY_STATUS context_open_token(struct context *context, HANDLE *handle)
{
    PACCESS_TOKEN token;
    SECURITY_STATUS status = context_access_token(context, &token);

    if (status != SEC_E_OK) return status;
    return sec_status_from_nt(guise_open_token(token, TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE, handle));
}

/***********************************************************************
 *           ImpersonateSecurityContext (SECUR32.@)
 *
 * SEC_E_NO_IMPERSONATION covers every reason for which the thread was not switched, and the thread is then as it was;
 * what it was impersonating before, it still impersonates (S2.11.1, S9.3.1).
 */
SECURITY_STATUS SEC_ENTRY ImpersonateSecurityContext(PCtxtHandle handle)
{
    struct context *context;
    PACCESS_TOKEN token;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(context = context_reference(handle))) return SEC_E_INVALID_HANDLE;
    status = context_access_token(context, &token);
    if (status == SEC_E_OK)
    {
        PETHREAD thread = PsGetCurrentThread(); /* made on first use: NULL without memory */
        NTSTATUS result = STATUS_NO_MEMORY;

        if (thread) result = PsImpersonateClient(thread, token, TRUE, FALSE, SeTokenImpersonationLevel(token));

        /* Which reason it was is the core's to log; the documented answers are few. */
        if (!NT_SUCCESS(result)) status = SEC_E_NO_IMPERSONATION;
        GUISE_TRACE("sspi", "0x%08x (0x%08x)", (unsigned int)status, (unsigned int)result);
    }
    context_dereference(context);
    return status;
}

SECURITY_STATUS guise_check_revert(const CtxtHandle *handle)
{
    struct context *context;
    SECURITY_STATUS status = SEC_E_UNSUPPORTED_FUNCTION;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(context = context_reference(handle))) return SEC_E_INVALID_HANDLE;
    if (context->package->context_token) status = context->acceptor ? SEC_E_OK : SEC_E_NO_IMPERSONATION;
    context_dereference(context);
    return status;
}

/***********************************************************************
 *           RevertSecurityContext (SECUR32.@)
 *
 * On a server context, always makes the calling thread the process again, whichever context it impersonates: a server
 * that is told SEC_E_OK must not go on as somebody else. Without impersonation nothing changes (S2.11.2). A client
 * context was never one to impersonate and is refused. The core ends the process when the kernel refuses.
 */
SECURITY_STATUS SEC_ENTRY RevertSecurityContext(PCtxtHandle handle)
{
    SECURITY_STATUS status = guise_check_revert(handle);

    if (status == SEC_E_OK) PsRevertToSelf();
    return status;
}

/***********************************************************************
 *           QuerySecurityContextToken (SECUR32.@)
 *
 * A new handle to the client's token, which the caller closes and which outlives the context (S2.11.3, S2.8.3).
 */
SECURITY_STATUS SEC_ENTRY QuerySecurityContextToken(PCtxtHandle handle, HANDLE *token)
{
    struct context *context;
    HANDLE fresh = NULL;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(context = context_reference(handle))) return SEC_E_INVALID_HANDLE;
    status = token ? context_open_token(context, &fresh) : SEC_E_INVALID_PARAMETER;
    if (status == SEC_E_OK) *token = fresh;
    context_dereference(context);
    return status;
}

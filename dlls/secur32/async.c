/*
 * The calls that tell their end by a call-back (S1.3.4): SspiCreateAsyncContext and what is called with it.
 *
 * Nothing here waits for anybody, so a call is over when it returns: it runs on the caller's thread, as whoever that
 * thread is, its status is kept in the context, and the call-back is called last. A program that waits for the call-back
 * or asks for the status finds both.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/front.h"

enum async_state
{
    ASYNC_FRESH,   /* made, or made fit for use again */
    ASYNC_PENDING, /* inside a call; only another thread or the call itself sees this */
    ASYNC_OVER
};

struct _SspiAsyncContext
{
    _Atomic int state;      /* enum async_state */
    SECURITY_STATUS status; /* once it is ASYNC_OVER */
    SspiAsyncNotifyCallback callback;
    void *callback_data;
};

/***********************************************************************
 *           SspiCreateAsyncContext (SECUR32.@)
 *
 * NULL without memory.
 */
SspiAsyncContext *SEC_ENTRY SspiCreateAsyncContext(void)
{
    return sec_core_matches() ? guise_alloc(sizeof(SspiAsyncContext)) : NULL;
}

/***********************************************************************
 *           SspiFreeAsyncContext (SECUR32.@)
 */
void SEC_ENTRY SspiFreeAsyncContext(SspiAsyncContext *context)
{
    guise_free(context);
}

/***********************************************************************
 *           SspiReinitAsyncContext (SECUR32.@)
 *
 * Its call-back stays.
 */
NTSTATUS SEC_ENTRY SspiReinitAsyncContext(SspiAsyncContext *context)
{
    int state = ASYNC_OVER;

    if (!context) return STATUS_INVALID_PARAMETER;
    if (atomic_compare_exchange_strong(&context->state, &state, ASYNC_FRESH) || state == ASYNC_FRESH) return STATUS_SUCCESS;
    return STATUS_INVALID_DEVICE_STATE;
}

/***********************************************************************
 *           SspiSetAsyncNotifyCallback (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiSetAsyncNotifyCallback(SspiAsyncContext *context, SspiAsyncNotifyCallback callback,
                                                     void *callback_data)
{
    if (!context) return SEC_E_INVALID_HANDLE;
    if (atomic_load(&context->state) == ASYNC_PENDING) return SEC_E_OUT_OF_SEQUENCE;
    context->callback = callback;
    context->callback_data = callback_data;
    return SEC_E_OK;
}

/***********************************************************************
 *           SspiAsyncContextRequiresNotify (SECUR32.@)
 */
BOOLEAN SEC_ENTRY SspiAsyncContextRequiresNotify(SspiAsyncContext *context)
{
    return context && context->callback;
}

/***********************************************************************
 *           SspiGetAsyncCallStatus (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiGetAsyncCallStatus(SspiAsyncContext *context)
{
    if (!context) return SEC_E_INVALID_HANDLE;
    switch (atomic_load(&context->state))
    {
    case ASYNC_PENDING: return SEC_I_ASYNC_CALL_PENDING;
    case ASYNC_OVER: return context->status;
    default: return SEC_E_OUT_OF_SEQUENCE; /* nothing was called with it */
    }
}

/* A context is good for one call. */
static SECURITY_STATUS begin(SspiAsyncContext *context)
{
    int fresh = ASYNC_FRESH;

    if (!context) return SEC_E_INVALID_HANDLE;
    return atomic_compare_exchange_strong(&context->state, &fresh, ASYNC_PENDING) ? SEC_E_OK : SEC_E_OUT_OF_SEQUENCE;
}

/* The call-back may free the context, so nothing looks at it afterwards. */
static SECURITY_STATUS end(SspiAsyncContext *context, SECURITY_STATUS status)
{
    SspiAsyncNotifyCallback callback = context->callback;
    void *callback_data = context->callback_data;

    context->status = status;
    atomic_store(&context->state, ASYNC_OVER);
    if (callback) callback(context, callback_data);
    return SEC_E_OK;
}

/***********************************************************************
 *           SspiAcquireCredentialsHandleAsyncW (SECUR32.@)
 *
 * Of each call of this kind: SEC_E_OK says that it was made, SspiGetAsyncCallStatus how it went.
 */
SECURITY_STATUS SEC_ENTRY SspiAcquireCredentialsHandleAsyncW(SspiAsyncContext *context, SEC_WCHAR *principal,
                                                             SEC_WCHAR *package, ULONG use, void *session,
                                                             void *auth_data, SEC_GET_KEY_FN get_key,
                                                             void *get_key_argument, PCredHandle handle,
                                                             PTimeStamp expiry)
{
    SECURITY_STATUS status = begin(context);

    if (status != SEC_E_OK) return status;
    return end(context, AcquireCredentialsHandleW(principal, package, use, session, auth_data, get_key,
                                                  get_key_argument, handle, expiry));
}

/***********************************************************************
 *           SspiAcquireCredentialsHandleAsyncA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiAcquireCredentialsHandleAsyncA(SspiAsyncContext *context, SEC_CHAR *principal,
                                                             SEC_CHAR *package, ULONG use, void *session,
                                                             void *auth_data, SEC_GET_KEY_FN get_key,
                                                             void *get_key_argument, PCredHandle handle,
                                                             PTimeStamp expiry)
{
    SECURITY_STATUS status = begin(context);

    if (status != SEC_E_OK) return status;
    return end(context, AcquireCredentialsHandleA(principal, package, use, session, auth_data, get_key,
                                                  get_key_argument, handle, expiry));
}

/***********************************************************************
 *           SspiInitializeSecurityContextAsyncW (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiInitializeSecurityContextAsyncW(SspiAsyncContext *context, PCredHandle credential,
                                                              PCtxtHandle handle, SEC_WCHAR *target, ULONG request,
                                                              ULONG reserved1, ULONG data_representation,
                                                              PSecBufferDesc input, ULONG reserved2,
                                                              PCtxtHandle new_handle, PSecBufferDesc output,
                                                              ULONG *attributes, PTimeStamp expiry)
{
    SECURITY_STATUS status = begin(context);

    if (status != SEC_E_OK) return status;
    return end(context, InitializeSecurityContextW(credential, handle, target, request, reserved1, data_representation,
                                                   input, reserved2, new_handle, output, attributes, expiry));
}

/***********************************************************************
 *           SspiInitializeSecurityContextAsyncA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiInitializeSecurityContextAsyncA(SspiAsyncContext *context, PCredHandle credential,
                                                              PCtxtHandle handle, SEC_CHAR *target, ULONG request,
                                                              ULONG reserved1, ULONG data_representation,
                                                              PSecBufferDesc input, ULONG reserved2,
                                                              PCtxtHandle new_handle, PSecBufferDesc output,
                                                              ULONG *attributes, PTimeStamp expiry)
{
    SECURITY_STATUS status = begin(context);

    if (status != SEC_E_OK) return status;
    return end(context, InitializeSecurityContextA(credential, handle, target, request, reserved1, data_representation,
                                                   input, reserved2, new_handle, output, attributes, expiry));
}

/***********************************************************************
 *           SspiAcceptSecurityContextAsync (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiAcceptSecurityContextAsync(SspiAsyncContext *context, PCredHandle credential,
                                                         PCtxtHandle handle, PSecBufferDesc input, ULONG request,
                                                         ULONG data_representation, PCtxtHandle new_handle,
                                                         PSecBufferDesc output, ULONG *attributes, PTimeStamp expiry)
{
    SECURITY_STATUS status = begin(context);

    if (status != SEC_E_OK) return status;
    return end(context, AcceptSecurityContext(credential, handle, input, request, data_representation, new_handle,
                                              output, attributes, expiry));
}

/***********************************************************************
 *           SspiFreeCredentialsHandleAsync (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiFreeCredentialsHandleAsync(SspiAsyncContext *context, PCredHandle handle)
{
    SECURITY_STATUS status = begin(context);

    if (status != SEC_E_OK) return status;
    return end(context, FreeCredentialsHandle(handle));
}

/***********************************************************************
 *           SspiDeleteSecurityContextAsync (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiDeleteSecurityContextAsync(SspiAsyncContext *context, PCtxtHandle handle)
{
    SECURITY_STATUS status = begin(context);

    if (status != SEC_E_OK) return status;
    return end(context, DeleteSecurityContext(handle));
}

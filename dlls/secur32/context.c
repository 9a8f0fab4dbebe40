/*
 * Context handles and their legs: InitializeSecurityContext, AcceptSecurityContext, CompleteAuthToken,
 * DeleteSecurityContext.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/secur32/front.h"

_Static_assert(ISC_REQ_ALLOCATE_MEMORY == ASC_REQ_ALLOCATE_MEMORY, "one test serves both sides");
_Static_assert(ISC_RET_ALLOCATED_MEMORY == ASC_RET_ALLOCATED_MEMORY, "one answer serves both sides");

struct context *context_reference(const CtxtHandle *handle)
{
    return (struct context *)sec_handle_reference(SEC_HANDLE_CONTEXT, handle);
}

void context_dereference(struct context *context)
{
    if (context) sec_object_dereference(&context->object);
}

SECURITY_STATUS context_hold(struct context *context)
{
    if (atomic_flag_test_and_set_explicit(&context->leg_runs, memory_order_acquire)) return SEC_E_OUT_OF_SEQUENCE;
    if (context->state) return SEC_E_OK;
    context_release(context);
    return SEC_E_INVALID_HANDLE;
}

void context_release(struct context *context)
{
    atomic_flag_clear_explicit(&context->leg_runs, memory_order_release);
}

static void context_free(struct context *context)
{
    HANDLE token = atomic_load_explicit(&context->token_handle, memory_order_acquire);

    if (token) NtClose(token);
    if (context->state) context->package->delete_context(context->state);
    if (context->credential) credential_dereference(context->credential); /* which uses the package */
    else sec_package_unuse(context->package);
    guise_free(context);
}

void context_destroy(struct sec_object *object)
{
    context_free((struct context *)object);
}

/* The arguments of either call. */
struct leg_call
{
    bool acceptor;
    const CredHandle *credential;
    const CtxtHandle *context;
    const WCHAR *target;
    ULONG request, data_representation;
    const SecBufferDesc *input;
    CtxtHandle *new_context;
    const SecBufferDesc *output;
    ULONG *attributes;
    TimeStamp *expiry;
};

static bool supports(const struct sec_package *package, bool acceptor)
{
    return acceptor ? package->accept != NULL : package->initialize != NULL;
}

/* The context of a first leg, with an open handle and a reference for the caller. */
static SECURITY_STATUS new_context(const struct leg_call *call, struct context **context, CtxtHandle *handle)
{
    struct credential *credential = find_credential(call->credential);
    struct context *fresh;

    if (!credential) return SEC_E_INVALID_HANDLE;
    if (!(atomic_load_explicit(&credential->use, memory_order_relaxed) & (call->acceptor ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND)) || !call->new_context)
    {
        credential_dereference(credential);
        return SEC_E_INVALID_HANDLE;
    }
    if (!supports(credential->package, call->acceptor))
    {
        credential_dereference(credential);
        return SEC_E_UNSUPPORTED_FUNCTION;
    }
    if (!(fresh = guise_alloc(sizeof(*fresh))))
    {
        credential_dereference(credential);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    fresh->package = credential->package;
    fresh->credential = credential;
    fresh->acceptor = call->acceptor;
    atomic_flag_test_and_set_explicit(&fresh->leg_runs, memory_order_relaxed);
    if (!sec_handle_open(SEC_HANDLE_CONTEXT, &fresh->object, handle))
    {
        context_free(fresh);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    sec_object_reference(&fresh->object);
    *context = fresh;
    return SEC_E_OK;
}

bool context_adopt(const struct sec_package *package, struct package_context *state, bool acceptor, CtxtHandle *handle)
{
    struct context *adopted = guise_alloc(sizeof(*adopted));

    if (!adopted || !sec_package_use(package))
    {
        guise_free(adopted);
        return false;
    }
    adopted->package = package;
    adopted->acceptor = acceptor;
    atomic_init(&adopted->phase, CONTEXT_COMPLETE);
    if (!sec_handle_open(SEC_HANDLE_CONTEXT, &adopted->object, handle))
    {
        context_free(adopted);
        return false;
    }
    adopted->state = state;
    return true;
}

/* A credential given on a later leg need not be the one of the first (S2.3.1), but it must be one of this package. */
static bool credential_fits(const CredHandle *handle, const struct context *context)
{
    struct credential *credential;
    bool fits;

    if (!handle) return true; /* S2.5.2 */
    if (!(credential = find_credential(handle))) return false;
    fits = credential->package == context->package;
    credential_dereference(credential);
    return fits;
}

/* The context of a later leg, referenced and with its flag taken. */
static SECURITY_STATUS known_context(const struct leg_call *call, struct context **context, CtxtHandle *handle)
{
    struct context *known = context_reference(call->context);

    if (!known) return SEC_E_INVALID_HANDLE;
    if (known->acceptor != call->acceptor || !credential_fits(call->credential, known))
    {
        context_dereference(known);
        return SEC_E_INVALID_HANDLE;
    }
    if (atomic_flag_test_and_set_explicit(&known->leg_runs, memory_order_acquire))
    {
        context_dereference(known);
        return SEC_E_OUT_OF_SEQUENCE; /* another thread is inside a leg of this context: S2.0.8 */
    }
    if (context_phase(known) != CONTEXT_IN_PROGRESS)
    {
        context_release(known);
        context_dereference(known);
        return SEC_E_OUT_OF_SEQUENCE; /* S2.5.7: after a failed leg; S4.9.9: a message too many */
    }
    *handle = *call->context;
    *context = known;
    return SEC_E_OK;
}

/* Runs the package's leg and hands over what it says. */
static SECURITY_STATUS run_leg(const struct leg_call *call, struct context *context, struct leg *leg)
{
    bool allocate = call->request & ISC_REQ_ALLOCATE_MEMORY;
    SECURITY_STATUS status, delivered;

    if (call->acceptor) status = context->package->accept(context->credential->state, &context->state, leg);
    else status = context->package->initialize(context->credential->state, &context->state, leg);
    if (SEC_SUCCESS(status) && !context->state) status = SEC_E_INTERNAL_ERROR;

    /*
     * An error may come with a token for the peer too (S12.15); that it did not fit is then not what the caller must
     * learn.
     */
    delivered = sec_buffers_deliver(call->output, leg->token, leg->token ? leg->token_length : 0, allocate);
    guise_free(leg->token);
    if (SEC_SUCCESS(status) && delivered != SEC_E_OK) status = delivered;
    if (allocate) leg->attributes |= ISC_RET_ALLOCATED_MEMORY;
    return status;
}

static void set_phase(struct context *context, SECURITY_STATUS status)
{
    unsigned char phase = CONTEXT_IN_PROGRESS;

    if (status == SEC_E_OK || status == SEC_I_COMPLETE_NEEDED) phase = CONTEXT_COMPLETE;
    else if (!SEC_SUCCESS(status) && status != SEC_E_INCOMPLETE_MESSAGE) phase = CONTEXT_FAILED;
    atomic_store_explicit(&context->phase, phase, memory_order_release);
}

static SECURITY_STATUS start_leg(const struct leg_call *call, struct context **context, CtxtHandle *handle)
{
    SECURITY_STATUS status = sec_buffers_check(call->input);

    if (status == SEC_E_OK && call->output &&
        (call->output->ulVersion != SECBUFFER_VERSION || (call->output->cBuffers && !call->output->pBuffers)))
        status = SEC_E_INVALID_TOKEN;
    if (status != SEC_E_OK) return status;
    return call->context ? known_context(call, context, handle) : new_context(call, context, handle);
}

/* An output that no package has seen still must not carry a stale length. */
static void clear_output(const struct leg_call *call)
{
    if (call->output && call->output->ulVersion == SECBUFFER_VERSION && call->output->pBuffers)
        sec_buffers_deliver(call->output, NULL, 0, call->request & ISC_REQ_ALLOCATE_MEMORY);
}

/*
 * One leg of either side. A first leg that fails gives no handle (S2.5.3); a later one that fails leaves a context that
 * takes no further leg and is still to be deleted (S2.6.10, S12.2).
 */
static SECURITY_STATUS do_leg(const struct leg_call *call)
{
    struct leg leg = {.target = call->target,
                      .request = call->request,
                      .data_representation = call->data_representation,
                      .input = call->input,
                      .expiry = {.QuadPart = INT64_MAX}};
    struct context *context;
    CtxtHandle handle;
    SECURITY_STATUS status = start_leg(call, &context, &handle);

    if (status != SEC_E_OK)
    {
        clear_output(call);
        return status;
    }
    status = run_leg(call, context, &leg);
    set_phase(context, status);
    context_release(context);
    GUISE_TRACE("sspi", "%s leg of context %lx.%lx: 0x%08x", call->acceptor ? "server" : "client",
                (unsigned long)handle.dwLower, (unsigned long)handle.dwUpper, (unsigned int)status);

    if (!SEC_SUCCESS(status) && !call->context) sec_handle_close(SEC_HANDLE_CONTEXT, &handle);
    context_dereference(context);
    if (!SEC_SUCCESS(status)) return status;
    if (call->new_context) *call->new_context = handle;
    if (call->attributes) *call->attributes = leg.attributes;
    if (call->expiry) *call->expiry = leg.expiry;
    return status;
}

/***********************************************************************
 *           InitializeSecurityContextW (SECUR32.@)
 *
 * One leg of the client side (S2.5). The context holds its credential, so CREDENTIAL may be NULL on later legs.
 */
SECURITY_STATUS SEC_ENTRY InitializeSecurityContextW(PCredHandle credential, PCtxtHandle context, SEC_WCHAR *target,
                                                     ULONG request, ULONG reserved1, ULONG data_representation,
                                                     PSecBufferDesc input, ULONG reserved2, PCtxtHandle new_handle,
                                                     PSecBufferDesc output, ULONG *attributes, PTimeStamp expiry)
{
    struct leg_call call = {.credential = credential, .context = context, .target = target, .request = request,
                            .data_representation = data_representation, .input = input, .new_context = new_handle,
                            .output = output, .attributes = attributes, .expiry = expiry};

    (void)reserved1;
    (void)reserved2;
    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    return do_leg(&call);
}

/***********************************************************************
 *           InitializeSecurityContextA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY InitializeSecurityContextA(PCredHandle credential, PCtxtHandle context, SEC_CHAR *target,
                                                     ULONG request, ULONG reserved1, ULONG data_representation,
                                                     PSecBufferDesc input, ULONG reserved2, PCtxtHandle new_handle,
                                                     PSecBufferDesc output, ULONG *attributes, PTimeStamp expiry)
{
    struct leg_call call = {.credential = credential, .context = context, .request = request,
                            .data_representation = data_representation, .input = input, .new_context = new_handle,
                            .output = output, .attributes = attributes, .expiry = expiry};
    WCHAR *target_wide = NULL;
    SECURITY_STATUS status = SEC_E_OK;

    (void)reserved1;
    (void)reserved2;
    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (target) status = sec_wide_from_ansi(target, strlen(target), &target_wide, NULL);
    if (status != SEC_E_OK)
    {
        clear_output(&call);
        return status == SEC_E_INVALID_PARAMETER ? SEC_E_TARGET_UNKNOWN : status;
    }
    call.target = target_wide;
    status = do_leg(&call);
    guise_free(target_wide);
    return status;
}

/***********************************************************************
 *           AcceptSecurityContext (SECUR32.@)
 *
 * One leg of the server side (S2.6). Who the client is belongs to the context, never to the credential.
 */
SECURITY_STATUS SEC_ENTRY AcceptSecurityContext(PCredHandle credential, PCtxtHandle context, PSecBufferDesc input,
                                                ULONG request, ULONG data_representation, PCtxtHandle new_handle,
                                                PSecBufferDesc output, ULONG *attributes, PTimeStamp expiry)
{
    struct leg_call call = {.acceptor = true, .credential = credential, .context = context, .request = request,
                            .data_representation = data_representation, .input = input, .new_context = new_handle,
                            .output = output, .attributes = attributes, .expiry = expiry};

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    return do_leg(&call);
}

/***********************************************************************
 *           CompleteAuthToken (SECUR32.@)
 *
 * For packages that answered SEC_I_COMPLETE_NEEDED. No decision about who the client is ever waits for it (S2.7.1).
 */
SECURITY_STATUS SEC_ENTRY CompleteAuthToken(PCtxtHandle handle, PSecBufferDesc token)
{
    struct context *context;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(context = context_reference(handle))) return SEC_E_INVALID_HANDLE;
    if (!context->package->complete_token) status = SEC_E_UNSUPPORTED_FUNCTION;
    else if (!token || sec_buffers_check(token) != SEC_E_OK) status = SEC_E_INVALID_TOKEN;
    else if ((status = context_hold(context)) == SEC_E_OK)
    {
        status = context->package->complete_token(context->state, token);
        context_release(context);
    }
    context_dereference(context);
    return status;
}

/***********************************************************************
 *           DeleteSecurityContext (SECUR32.@)
 *
 * Owed for every context handle. A call of another thread that is inside ends normally and then the context goes
 * (S2.8.2); a thread that impersonates the client goes on doing so, and tokens given out stay good (S2.8.3).
 */
SECURITY_STATUS SEC_ENTRY DeleteSecurityContext(PCtxtHandle handle)
{
    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    return sec_handle_close(SEC_HANDLE_CONTEXT, handle) ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}

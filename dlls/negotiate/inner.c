/*
 * The package that does the work: its legs, and what SPNEGO asks of it, mechListMICs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/negotiate/negotiate.h"

static const struct sec_package *package_of(const struct nego_context *context)
{
    return atomic_load_explicit(&context->package, memory_order_relaxed);
}

/* ---- legs ------------------------------------------------------------------------------------------------------------ */

/* The caller's buffers with TOKEN in the place of his, and the bindings that came with an earlier leg. */
static SECURITY_STATUS make_input(const struct nego_context *context, const SecBufferDesc *given, struct wire_span token,
                                  SecBufferDesc *made)
{
    ULONG count = given ? given->cBuffers : 0;

    made->ulVersion = SECBUFFER_VERSION;
    made->cBuffers = 0;
    if (count == (ULONG)-1 || !(made->pBuffers = guise_alloc(((size_t)count + 2) * sizeof(SecBuffer)))) return SEC_E_INSUFFICIENT_MEMORY;
    if (token.size) made->pBuffers[made->cBuffers++] = (SecBuffer){token.size, SECBUFFER_TOKEN, (void *)token.data};
    if (context->bindings)
        made->pBuffers[made->cBuffers++] = (SecBuffer){context->bindings_size, SECBUFFER_CHANNEL_BINDINGS, context->bindings};
    for (ULONG i = 0; i < count; i++)
    {
        ULONG type = given->pBuffers[i].BufferType & ~SECBUFFER_ATTRMASK;

        if (type != SECBUFFER_TOKEN && type != SECBUFFER_CHANNEL_BINDINGS) made->pBuffers[made->cBuffers++] = given->pBuffers[i];
    }
    return SEC_E_OK;
}

/* A mechListMIC needs integrity, whether or not the program does. */
static ULONG inner_request(const struct nego_context *context)
{
    if (context->server || context->raw || (context->request & (ISC_REQ_NO_INTEGRITY | ISC_REQ_NULL_SESSION))) return context->request;
    return context->request | ISC_REQ_INTEGRITY;
}

static SECURITY_STATUS run(struct nego_context *context, struct leg *leg)
{
    struct package_credential *credential = nego_side(context->candidate, context->server);
    const struct sec_package *package = package_of(context);
    SECURITY_STATUS status = context->server ? package->accept(credential, &context->inner, leg)
                                             : package->initialize(credential, &context->inner, leg);

    if (SEC_SUCCESS(status) && !context->inner) status = SEC_E_INTERNAL_ERROR;
    if (SEC_SUCCESS(status) && status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED) status = SEC_E_INTERNAL_ERROR;
    context->inner_status = status;
    context->client_unknown = leg->client_unknown;
    context->inner_done = status == SEC_E_OK;
    if (!SEC_SUCCESS(status)) return status;
    context->attributes = leg->attributes;
    context->expiry = leg->expiry;
    return status;
}

SECURITY_STATUS nego_run_inner(struct nego_context *context, const struct leg *leg, struct wire_span token, UCHAR **output,
                               ULONG *output_size)
{
    SecBufferDesc input;
    struct leg inner = {.target = leg->target,
                        .request = inner_request(context),
                        .data_representation = leg->data_representation,
                        .input = &input,
                        .expiry = leg->expiry};
    SECURITY_STATUS status = make_input(context, leg->input, token, &input);

    *output = NULL;
    *output_size = 0;
    if (status) return status;
    status = run(context, &inner);
    guise_free(input.pBuffers);
    *output = inner.token;
    *output_size = inner.token ? inner.token_length : 0;
    return status;
}

SECURITY_STATUS nego_run_raw(struct nego_context *context, struct leg *leg)
{
    SECURITY_STATUS status = nego_run_inner(context, leg, nego_input_token(leg), &leg->token, &leg->token_length);

    nego_tell(context, leg);
    if (status == SEC_E_OK) context->phase = NEGO_COMPLETE;
    else if (!SEC_SUCCESS(status)) context->phase = NEGO_FAILED;
    return status;
}

/* ---- mechListMIC ----------------------------------------------------------------------------------------------------- */

bool nego_has_integrity(const struct nego_context *context)
{
    const struct sec_package *package = package_of(context);

    return (context->attributes & (context->server ? ASC_RET_INTEGRITY : ISC_RET_INTEGRITY)) && package->make_signature &&
           package->verify_signature;
}

bool nego_expects_mic(const struct nego_context *context)
{
    const struct sec_package *package = package_of(context);

    return package->expects_list_mic && package->expects_list_mic(context->inner);
}

static void restart_streams(const struct nego_context *context)
{
    if (package_of(context)->restart_streams) package_of(context)->restart_streams(context->inner);
}

/* The list, which is not changed, and SIGNATURE. */
static void describe(const struct nego_context *context, SecBuffer buffers[2], void *signature, ULONG size)
{
    buffers[0] = (SecBuffer){context->list_size, SECBUFFER_DATA, context->list};
    buffers[1] = (SecBuffer){size, SECBUFFER_TOKEN, signature};
}

SECURITY_STATUS nego_make_mic(struct nego_context *context, UCHAR **mic, ULONG *size)
{
    const struct sec_package *package = package_of(context);
    SecPkgContext_Sizes sizes;
    SecBuffer buffers[2];
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    struct message message = {.buffers = &desc, .token = &buffers[1]};
    SECURITY_STATUS status = SEC_E_UNSUPPORTED_FUNCTION;

    *mic = NULL;
    if (package->query_context && package->make_signature) status = package->query_context(context->inner, SECPKG_ATTR_SIZES, &sizes);
    if (status) return status;
    if (!(*mic = guise_alloc(sizes.cbMaxSignature))) return SEC_E_INSUFFICIENT_MEMORY;
    describe(context, buffers, *mic, sizes.cbMaxSignature);
    status = package->make_signature(context->inner, &message);
    restart_streams(context);
    if (status)
    {
        guise_free(*mic);
        *mic = NULL;
        return status;
    }
    *size = buffers[1].cbBuffer;
    context->mic_sent = true;
    return SEC_E_OK;
}

SECURITY_STATUS nego_verify_mic(struct nego_context *context, struct wire_span mic)
{
    const struct sec_package *package = package_of(context);
    UCHAR *copy;
    SecBuffer buffers[2];
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    struct message message = {.buffers = &desc, .token = &buffers[1]};
    SECURITY_STATUS status;

    if (!mic.size || !package->verify_signature) return SEC_E_MESSAGE_ALTERED;
    if (!(copy = guise_memdup(mic.data, mic.size))) return SEC_E_INSUFFICIENT_MEMORY;
    describe(context, buffers, copy, mic.size);
    status = package->verify_signature(context->inner, &message);
    guise_free(copy);
    restart_streams(context);
    if (status == SEC_E_INSUFFICIENT_MEMORY) return status;
    if (status != SEC_E_OK) return SEC_E_MESSAGE_ALTERED; /* section 5.5 of the SSPI notes; out of sequence too */
    context->mic_verified = true;
    return SEC_E_OK;
}

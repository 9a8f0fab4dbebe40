/*
 * Contexts of Negotiate: what both sides do alike around the package that does the work.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/negotiate/negotiate.h"

struct nego_context *nego_new_context(const struct nego_credential *credential, bool server)
{
    struct nego_context *context = guise_alloc(sizeof(*context));

    if (!context) return NULL;
    context->server = server;
    context->credential = credential;
    context->expiry.QuadPart = INT64_MAX;
    atomic_init(&context->negotiation, SECPKG_NEGOTIATION_IN_PROGRESS);
    return context;
}

void nego_drop_inner(struct nego_context *context)
{
    const struct sec_package *package = atomic_load_explicit(&context->package, memory_order_relaxed);

    if (context->inner) package->delete_context(context->inner);
    context->inner = NULL;
    context->inner_done = false;
}

void nego_delete_context(struct package_context *deleted)
{
    struct nego_context *context = (struct nego_context *)deleted;
    const struct sec_package *package;

    if (!context) return;
    package = atomic_load_explicit(&context->package, memory_order_relaxed);
    nego_drop_inner(context);
    if (!context->credential && package) sec_package_unuse(package); /* imported: no credential holds it */
    guise_free(context->bindings);
    guise_free(context->list);
    guise_free(context);
}

void nego_choose(struct nego_context *context, const struct nego_candidate *candidate, ULONG negotiation)
{
    context->candidate = candidate;
    atomic_store_explicit(&context->package, candidate->package, memory_order_release);
    atomic_store_explicit(&context->negotiation, negotiation, memory_order_release);
}

struct wire_span nego_input_token(const struct leg *leg)
{
    const SecBuffer *buffer = sec_buffer_find(leg->input, SECBUFFER_TOKEN);
    struct wire_span token = {NULL, 0};

    if (buffer && buffer->pvBuffer) token = (struct wire_span){buffer->pvBuffer, buffer->cbBuffer};
    return token;
}

SECURITY_STATUS nego_take_request(struct nego_context *context, const struct leg *leg)
{
    const SecBuffer *buffer = sec_buffer_find(leg->input, SECBUFFER_CHANNEL_BINDINGS);
    UCHAR *copy;

    context->request |= leg->request;
    if (!buffer || !buffer->cbBuffer) return SEC_E_OK;
    if (!(copy = guise_memdup(buffer->pvBuffer, buffer->cbBuffer))) return SEC_E_INSUFFICIENT_MEMORY;
    guise_free(context->bindings);
    context->bindings = copy;
    context->bindings_size = buffer->cbBuffer;
    return SEC_E_OK;
}

void nego_tell(const struct nego_context *context, struct leg *leg)
{
    leg->attributes = context->attributes | (context->request & ISC_REQ_CONNECTION); /* the same bit on both sides */
    leg->expiry = context->expiry;
}

SECURITY_STATUS nego_send_response(struct leg *leg, const struct spnego_response *response)
{
    size_t size = spnego_response_size(response);

    if (!(leg->token = guise_alloc(size))) return SEC_E_INSUFFICIENT_MEMORY;
    leg->token_length = size;
    if (spnego_write_response(response, leg->token, size)) return SEC_E_OK;
    guise_free(leg->token); /* nothing half written goes out */
    leg->token = NULL;
    return SEC_E_INTERNAL_ERROR;
}

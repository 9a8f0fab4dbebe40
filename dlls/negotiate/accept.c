/*
 * The acceptor: the client's offer, the choice, and the end of the exchange (RFC 4178 4.2.2 and 5, MS-SPNG 3.2). Clients that
 * speak one of the packages without SPNEGO are answered by that package (S5.4.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/negotiate/der.h"
#include "dlls/negotiate/negotiate.h"

/* ---- answers --------------------------------------------------------------------------------------------------------- */

/* A client is told that it was refused, and by an error token of the package why, if the program wants it to be (S12.15). */
static SECURITY_STATUS refuse(struct nego_context *context, struct leg *leg, struct wire_span error, SECURITY_STATUS status)
{
    struct spnego_response response = {.state = SPNEGO_REJECT, .token = error, .has_token = error.size != 0};

    context->phase = NEGO_FAILED;
    if (leg->request & ASC_REQ_EXTENDED_ERROR) nego_send_response(leg, &response);
    return status;
}

static SECURITY_STATUS refuse_silently(struct nego_context *context, struct leg *leg, SECURITY_STATUS status)
{
    return refuse(context, leg, (struct wire_span){NULL, 0}, status);
}

/* The choice is told once, with the first answer. */
static SECURITY_STATUS answer(struct nego_context *context, struct leg *leg, struct spnego_response *response)
{
    SECURITY_STATUS status;

    response->mechanism = context->answer;
    if ((status = nego_send_response(leg, response))) return status;
    context->answer = (struct wire_span){NULL, 0};
    nego_tell(context, leg);
    return response->state == SPNEGO_ACCEPT_COMPLETED ? SEC_E_OK : SEC_I_CONTINUE_NEEDED;
}

/* ---- the end: mechListMIC ---------------------------------------------------------------------------------------------- */

/*
 * The inner context is complete, and OUTPUT is its last token if this side sends that. Who sends the last token sends his MIC with
 * it and the other answers with his own; nothing is complete before a MIC that has to be there was verified (RFC 4178 5).
 */
static SECURITY_STATUS finish(struct nego_context *context, struct leg *leg, struct wire_span output, const struct spnego_response *said)
{
    bool expected = nego_has_integrity(context) && (context->mic_required || nego_expects_mic(context));
    struct spnego_response response = {.token = output, .has_token = output.size != 0};
    SECURITY_STATUS status = SEC_E_OK;
    UCHAR *mic = NULL;
    ULONG mic_size = 0;
    bool complete;

    if (said->has_mic && (status = nego_verify_mic(context, said->mic))) return refuse_silently(context, leg, status);
    complete = context->mic_verified || !expected;
    if (!complete && (!output.size || context->mic_sent)) return refuse_silently(context, leg, SEC_E_INVALID_TOKEN); /* it was left out */
    if (complete && context->mic_sent)
    {
        context->phase = NEGO_COMPLETE; /* the client is already: it has our MIC */
        nego_tell(context, leg);
        return SEC_E_OK;
    }
    if (expected || context->mic_verified) status = nego_make_mic(context, &mic, &mic_size);
    response.mic = (struct wire_span){mic, mic_size};
    response.has_mic = mic != NULL;
    response.state = complete ? SPNEGO_ACCEPT_COMPLETED : SPNEGO_ACCEPT_INCOMPLETE;
    if (!status) status = answer(context, leg, &response);
    guise_free(mic);
    if (status == SEC_E_OK) context->phase = NEGO_COMPLETE;
    else if (!SEC_SUCCESS(status)) context->phase = NEGO_FAILED;
    return status;
}

/* ---- legs of the package ----------------------------------------------------------------------------------------------- */

/* Windows 2000 copied its token to where the MIC is (S5.5.1). */
static bool is_copied_token(const struct spnego_response *said)
{
    return said->has_mic && said->mic.size && said->mic.size == said->token.size &&
           !memcmp(said->mic.data, said->token.data, said->mic.size);
}

static SECURITY_STATUS run_token(struct nego_context *context, struct leg *leg, const struct spnego_response *said)
{
    UCHAR *output;
    ULONG size;
    SECURITY_STATUS status = nego_run_inner(context, leg, said->token, &output, &size);
    struct spnego_response response = {.state = SPNEGO_ACCEPT_INCOMPLETE, .token = {output, size}, .has_token = output != NULL};

    if (!SEC_SUCCESS(status)) status = refuse(context, leg, response.token, status);
    else if (status == SEC_E_OK) status = finish(context, leg, response.token, said);
    else if (said->has_mic) status = refuse_silently(context, leg, SEC_E_INVALID_TOKEN); /* of a context that is not complete */
    else status = answer(context, leg, &response);
    guise_free(output);
    return status;
}

/* An answer to ours. */
static SECURITY_STATUS take_response(struct nego_context *context, struct leg *leg, struct wire_span token)
{
    struct spnego_response said;

    if (!spnego_parse_response(token, &said) || said.state == SPNEGO_REQUEST_MIC)
        return refuse_silently(context, leg, SEC_E_INVALID_TOKEN);
    if (said.state == SPNEGO_REJECT)
    {
        context->phase = NEGO_FAILED;
        return SEC_E_LOGON_DENIED;
    }
    if (!context->inner_done) return said.token.size ? run_token(context, leg, &said) : refuse_silently(context, leg, SEC_E_INVALID_TOKEN);
    if (said.token.size) return refuse_silently(context, leg, SEC_E_INVALID_TOKEN);
    return finish(context, leg, (struct wire_span){NULL, 0}, &said);
}

/* ---- the offer --------------------------------------------------------------------------------------------------------- */

/* The client's first mechanism of those this side has (S5.4.3). Its place in the list, or -1. TOKEN is the first one's. */
static int choose(struct nego_context *context, struct wire_span list, struct wire_span token)
{
    const struct wire_span nothing = {NULL, 0};
    struct wire_reader reader;
    struct wire_span mechanism;

    spnego_begin_list(&reader, list);
    for (int place = 0; spnego_next_mechanism(&reader, &mechanism); place++)
    {
        const struct nego_candidate *candidate = nego_find_mechanism(context, mechanism, place ? nothing : token);

        if (!candidate) continue;
        context->answer = mechanism;
        nego_choose(context, candidate, SECPKG_NEGOTIATION_COMPLETE);
        return place;
    }
    return -1;
}

static SECURITY_STATUS take_offer(struct nego_context *context, struct leg *leg, struct wire_span token)
{
    struct spnego_response said = {.state = SPNEGO_NO_STATE}, response = {.state = SPNEGO_ACCEPT_INCOMPLETE};
    struct spnego_init init;
    int place;

    if (!spnego_parse_init(token, &init)) return refuse_silently(context, leg, SEC_E_INVALID_TOKEN);
    if (!(context->list = guise_memdup(init.list.data, init.list.size))) return SEC_E_INSUFFICIENT_MEMORY;
    context->list_size = init.list.size;
    if ((place = choose(context, (struct wire_span){context->list, context->list_size}, init.token)) < 0)
        return refuse_silently(context, leg, SEC_E_INVALID_TOKEN);
    context->phase = NEGO_CHOSEN;
    if (place)
    {
        context->mic_required = true; /* the token and the MIC were for another mechanism */
        response.state = SPNEGO_REQUEST_MIC;
        return answer(context, leg, &response);
    }
    said.token = init.token;
    said.mic = init.mic;
    said.has_mic = init.has_mic && init.mic.size;
    if (is_copied_token(&said)) said.has_mic = false;
    return init.token.size ? run_token(context, leg, &said) : answer(context, leg, &response);
}

/* A client who does without SPNEGO. */
static const struct nego_candidate *owner_of(const struct nego_context *context, struct wire_span token)
{
    for (unsigned int i = 0; i < context->credential->count; i++)
    {
        const struct nego_candidate *candidate = &context->credential->candidates[i];

        if (candidate->inbound && candidate->package->owns_token && candidate->package->owns_token(token.data, token.size)) return candidate;
    }
    return NULL;
}

/* ---- the server speaks first ------------------------------------------------------------------------------------------- */

/* S5.3.1 */
static SECURITY_STATUS send_hint(struct nego_context *context, struct leg *leg)
{
    struct spnego_init hint = {.has_token = false};
    UCHAR *list;
    size_t size;
    SECURITY_STATUS status = nego_make_list(context, context->credential->candidates, &list, &size);

    if (status) return status;
    hint.list = (struct wire_span){list, size};
    leg->token_length = spnego_init_size(&hint, true);
    if (!(leg->token = guise_alloc(leg->token_length))) status = SEC_E_INSUFFICIENT_MEMORY;
    else status = spnego_write_init(&hint, true, leg->token, leg->token_length) ? SEC_I_CONTINUE_NEEDED : SEC_E_INTERNAL_ERROR;
    guise_free(list);
    nego_tell(context, leg);
    return status;
}

/* ---- the legs ---------------------------------------------------------------------------------------------------------- */

/* Nothing was chosen yet. */
static SECURITY_STATUS begin(struct nego_context *context, struct leg *leg, bool hinted)
{
    struct wire_span token = nego_input_token(leg);
    const struct nego_candidate *candidate;

    if (!token.size) return hinted ? SEC_E_INVALID_TOKEN : send_hint(context, leg);
    if ((candidate = owner_of(context, token)))
    {
        context->raw = true;
        context->phase = NEGO_CHOSEN;
        nego_choose(context, candidate, SECPKG_NEGOTIATION_COMPLETE);
        return nego_run_raw(context, leg);
    }
    return spnego_is_init(token) ? take_offer(context, leg, token) : SEC_E_INVALID_TOKEN;
}

static SECURITY_STATUS next(struct nego_context *context, struct leg *leg)
{
    if (context->raw) return nego_run_raw(context, leg);
    return context->phase == NEGO_NOTHING_SAID ? begin(context, leg, true) : take_response(context, leg, nego_input_token(leg));
}

static bool has_inbound(const struct nego_credential *credential)
{
    for (unsigned int i = 0; i < credential->count; i++)
        if (credential->candidates[i].inbound) return true;
    return false;
}

SECURITY_STATUS nego_accept(struct package_credential *credential, struct package_context **handle, struct leg *leg)
{
    const struct nego_credential *known = credential ? nego_current(credential) : NULL;
    struct nego_context *context = (struct nego_context *)*handle, *made = NULL;
    SECURITY_STATUS status;

    if (leg->request & ASC_REQ_DATAGRAM) return SEC_E_UNSUPPORTED_FUNCTION; /* not among its capabilities (S3.1.2) */
    if (nego_input_token(leg).size > NEGOTIATE_MAX_TOKEN) return SEC_E_INVALID_TOKEN;
    if (!context)
    {
        if (!known) return SEC_E_INVALID_HANDLE;
        if (!has_inbound(known)) return SEC_E_NO_CREDENTIALS; /* S2.1.5 */
        if (!(context = made = nego_new_context(known, true))) return SEC_E_INSUFFICIENT_MEMORY;
    }
    if (!context->server) return SEC_E_INVALID_HANDLE;
    if (context->phase >= NEGO_COMPLETE) return SEC_E_OUT_OF_SEQUENCE;
    status = nego_take_request(context, leg);
    if (!status) status = made ? begin(context, leg, false) : next(context, leg);
    if (!SEC_SUCCESS(status)) context->phase = NEGO_FAILED;
    GUISE_TRACE("negotiate", "server%s: 0x%08x", context->raw ? ", raw" : "", (unsigned int)status);
    if (!made) return status;
    if (SEC_SUCCESS(status)) *handle = (struct package_context *)made;
    else nego_delete_context((struct package_context *)made);
    return status;
}

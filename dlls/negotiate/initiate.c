/*
 * The initiator: an offer with the token of the package it likes best, and what becomes of it (RFC 4178 4.2 and 5, MS-SPNG 3.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/negotiate/der.h"
#include "dlls/negotiate/negotiate.h"

/* ---- the offer --------------------------------------------------------------------------------------------------------- */

/*
 * Whether a package that cannot do it is passed over for the next, before anything was sent (S5.4.1). A KDC that does not know the client has
 * no credentials for him: he may have an account at the server. One that has refused him is believed.
 */
static bool is_passed_over(const struct nego_context *context, SECURITY_STATUS status)
{
    if (status == SEC_E_TARGET_UNKNOWN || status == SEC_E_NO_AUTHENTICATING_AUTHORITY || status == SEC_E_NO_CREDENTIALS) return true;
    return status == SEC_E_LOGON_DENIED && context->client_unknown;
}

static SECURITY_STATUS send_offer(struct nego_context *context, struct leg *leg, struct wire_span token)
{
    struct spnego_init init = {.token = token, .has_token = token.size != 0};
    SECURITY_STATUS status = nego_make_list(context, context->candidate, &context->list, &context->list_size);

    if (status) return status;
    init.list = (struct wire_span){context->list, context->list_size};
    leg->token_length = spnego_init_size(&init, false);
    if (!(leg->token = guise_alloc(leg->token_length))) return SEC_E_INSUFFICIENT_MEMORY;
    if (!spnego_write_init(&init, false, leg->token, leg->token_length)) return SEC_E_INTERNAL_ERROR;
    context->phase = NEGO_OFFERED;
    nego_tell(context, leg);
    return SEC_I_CONTINUE_NEEDED; /* the choice is the server's, also where the package has said all it has to */
}

/* The offer begins with the first candidate whose package makes a token. */
static SECURITY_STATUS offer(struct nego_context *context, struct leg *leg)
{
    const struct nego_credential *credential = context->credential;
    SECURITY_STATUS status = SEC_E_NO_CREDENTIALS;

    for (unsigned int i = 0; i < credential->count; i++)
    {
        UCHAR *token;
        ULONG size;

        if (!credential->candidates[i].outbound) continue;
        nego_drop_inner(context);
        nego_choose(context, &credential->candidates[i], SECPKG_NEGOTIATION_OPTIMISTIC);
        status = nego_run_inner(context, leg, (struct wire_span){NULL, 0}, &token, &size);
        if (SEC_SUCCESS(status)) status = send_offer(context, leg, (struct wire_span){token, size});
        guise_free(token);
        if (!is_passed_over(context, status)) return status;
        GUISE_TRACE("negotiate", "candidate %u is passed over: 0x%08x", i, (unsigned int)status);
    }
    return status;
}

/*
 * A package that is alone and whose tokens need no frame to be known by is spoken without SPNEGO: NTLM (S5.4.2). Not to a server that
 * has shown that it speaks SPNEGO.
 */
static const struct nego_candidate *raw_candidate(const struct nego_credential *credential)
{
    const struct nego_candidate *alone = NULL;

    for (unsigned int i = 0; i < credential->count; i++)
    {
        if (!credential->candidates[i].outbound) continue;
        if (alone) return NULL;
        alone = &credential->candidates[i];
    }
    return alone && alone->package->owns_token && !(alone->package->capabilities & SECPKG_FLAG_GSS_COMPATIBLE) ? alone : NULL;
}

/*
 * A server that spoke first has to have something in common with us. What it says is not proved, so it changes nothing in the offer:
 * whoever changes a hint on the way forces nobody to the weaker package.
 */
static bool has_something_in_common(const struct nego_context *context, struct wire_span token)
{
    struct wire_reader reader;
    struct wire_span mechanism;
    struct spnego_init hint;

    if (!spnego_parse_init(token, &hint)) return false;
    spnego_begin_list(&reader, hint.list);
    while (spnego_next_mechanism(&reader, &mechanism))
        if (nego_find_mechanism(context, mechanism, (struct wire_span){NULL, 0})) return true;
    return false;
}

static SECURITY_STATUS begin(struct nego_context *context, struct leg *leg)
{
    const struct nego_candidate *alone = raw_candidate(context->credential);
    struct wire_span token = nego_input_token(leg);

    if (token.size && !has_something_in_common(context, token)) return SEC_E_INVALID_TOKEN;
    if (token.size || !alone) return offer(context, leg);
    context->raw = true;
    context->phase = NEGO_CHOSEN;
    nego_choose(context, alone, SECPKG_NEGOTIATION_COMPLETE);
    return nego_run_raw(context, leg);
}

/* ---- the first answer -------------------------------------------------------------------------------------------------- */

/* The place of a mechanism in the list that was offered, or -1. */
static int place_of(const struct nego_context *context, struct wire_span mechanism)
{
    struct wire_span list = {context->list, context->list_size}, offered;
    struct wire_reader reader;

    spnego_begin_list(&reader, list);
    for (int place = 0; spnego_next_mechanism(&reader, &offered); place++)
        if (offered.size == mechanism.size && !memcmp(offered.data, mechanism.data, offered.size)) return place;
    return -1;
}

/*
 * The server takes another mechanism than the first, whose token it has not looked at: *SWITCHED, the package begins anew, and nothing
 * counts before both MICs do. Both identifiers of Kerberos are one mechanism to those who know both (S5.1.2): they have taken the token,
 * and there is an answer to it.
 */
static SECURITY_STATUS take_choice(struct nego_context *context, const struct spnego_response *said, bool *switched)
{
    const struct nego_candidate *chosen = context->candidate;
    bool taken = said->token.size || said->state == SPNEGO_ACCEPT_COMPLETED;
    int place = 0;

    if (said->mechanism.size)
    {
        if ((place = place_of(context, said->mechanism)) < 0) return SEC_E_INVALID_TOKEN;
        /* A later leg may have asked for what does not go with what was offered. */
        if (!(chosen = nego_find_mechanism(context, said->mechanism, (struct wire_span){NULL, 0}))) return SEC_E_INVALID_TOKEN;
    }
    *switched = chosen != context->candidate || (place && !taken);
    if (*switched && (taken || said->has_mic)) return SEC_E_INVALID_TOKEN;
    if (*switched) nego_drop_inner(context);
    if (*switched || said->state == SPNEGO_REQUEST_MIC) context->mic_required = true;
    nego_choose(context, chosen, SECPKG_NEGOTIATION_COMPLETE);
    context->phase = NEGO_CHOSEN;
    return SEC_E_OK;
}

/* ---- the end ----------------------------------------------------------------------------------------------------------- */

static SECURITY_STATUS complete(struct nego_context *context, struct leg *leg)
{
    context->phase = NEGO_COMPLETE;
    nego_tell(context, leg);
    return SEC_E_OK;
}

/*
 * The inner context is complete; OUTPUT is its last token if this side sends that. See finish() of accept.c: the rules are the same
 * (RFC 4178 5), but that the server says when all is over.
 */
static SECURITY_STATUS finish(struct nego_context *context, struct leg *leg, struct wire_span output, const struct spnego_response *said)
{
    bool integrity = nego_has_integrity(context);
    bool expected = context->mic_required || (integrity && nego_expects_mic(context));
    struct spnego_response response = {.state = SPNEGO_ACCEPT_INCOMPLETE, .token = output, .has_token = output.size != 0};
    bool server_done = said->state == SPNEGO_ACCEPT_COMPLETED || (said->state == SPNEGO_NO_STATE && !output.size);
    SECURITY_STATUS status;
    UCHAR *mic = NULL;
    ULONG mic_size = 0;

    if (context->mic_required && !integrity) return SEC_E_DOWNGRADE_DETECTED; /* nothing would tell that the list is ours */
    if (said->has_mic && (status = nego_verify_mic(context, said->mic))) return status;
    if (context->mic_verified && context->mic_sent) return complete(context, leg);
    if (server_done && !output.size && (context->mic_verified || !expected)) return complete(context, leg);
    if (said->state == SPNEGO_ACCEPT_COMPLETED) return SEC_E_INVALID_TOKEN; /* without the MIC, or before our last token */
    if ((expected || context->mic_verified) && !context->mic_sent && (status = nego_make_mic(context, &mic, &mic_size))) return status;
    if (!mic && !output.size) return SEC_E_INVALID_TOKEN; /* it waits for what we have not */
    response.mic = (struct wire_span){mic, mic_size};
    response.has_mic = mic != NULL;
    if (context->mic_verified) response.state = SPNEGO_ACCEPT_COMPLETED;
    status = nego_send_response(leg, &response);
    guise_free(mic);
    if (status) return status;
    if (context->mic_verified) return complete(context, leg);
    nego_tell(context, leg);
    return SEC_I_CONTINUE_NEEDED;
}

/* ---- legs -------------------------------------------------------------------------------------------------------------- */

/* A refusal with a token has the package's own reason; without, there is nothing more to know. */
static SECURITY_STATUS take_reject(struct nego_context *context, const struct leg *leg, const struct spnego_response *said)
{
    SECURITY_STATUS status = SEC_E_OK;
    UCHAR *output;
    ULONG size;

    if (context->inner && !context->inner_done && said->token.size)
    {
        status = nego_run_inner(context, leg, said->token, &output, &size);
        guise_free(output);
    }
    return SEC_SUCCESS(status) ? SEC_E_LOGON_DENIED : status;
}

static SECURITY_STATUS run_token(struct nego_context *context, struct leg *leg, const struct spnego_response *said)
{
    UCHAR *output;
    ULONG size;
    SECURITY_STATUS status = nego_run_inner(context, leg, said->token, &output, &size);
    struct spnego_response response = {.state = SPNEGO_ACCEPT_INCOMPLETE, .token = {output, size}, .has_token = output != NULL};

    if (status == SEC_E_OK) status = finish(context, leg, response.token, said);
    else if (status == SEC_I_CONTINUE_NEEDED && (said->state == SPNEGO_ACCEPT_COMPLETED || said->has_mic)) status = SEC_E_INVALID_TOKEN;
    else if (SEC_SUCCESS(status) && !(status = nego_send_response(leg, &response)))
    {
        nego_tell(context, leg);
        status = SEC_I_CONTINUE_NEEDED;
    }
    guise_free(output);
    return status;
}

static SECURITY_STATUS next(struct nego_context *context, struct leg *leg)
{
    struct spnego_response said;
    bool switched = false;
    SECURITY_STATUS status;

    if (context->raw) return nego_run_raw(context, leg);
    if (!spnego_parse_response(nego_input_token(leg), &said)) return SEC_E_INVALID_TOKEN;
    if (said.state == SPNEGO_REJECT) return take_reject(context, leg, &said);
    if (context->phase == NEGO_OFFERED)
    {
        if ((status = take_choice(context, &said, &switched))) return status;
    }
    else if (said.state == SPNEGO_REQUEST_MIC) return SEC_E_INVALID_TOKEN; /* RFC 4178 4.2.2: in the first answer only */

    if (switched || (!context->inner_done && said.token.size)) return run_token(context, leg, &said);
    if (!context->inner_done || said.token.size) return SEC_E_INVALID_TOKEN;
    return finish(context, leg, (struct wire_span){NULL, 0}, &said);
}

static bool has_outbound(const struct nego_credential *credential)
{
    for (unsigned int i = 0; i < credential->count; i++)
        if (credential->candidates[i].outbound) return true;
    return false;
}

SECURITY_STATUS nego_initialize(struct package_credential *credential, struct package_context **handle, struct leg *leg)
{
    const struct nego_credential *known = credential ? nego_current(credential) : NULL;
    struct nego_context *context = (struct nego_context *)*handle, *made = NULL;
    SECURITY_STATUS status;

    if (leg->request & ISC_REQ_DATAGRAM) return SEC_E_UNSUPPORTED_FUNCTION; /* not among its capabilities (S3.1.2) */
    if (nego_input_token(leg).size > NEGOTIATE_MAX_TOKEN) return SEC_E_INVALID_TOKEN;
    if (!context)
    {
        if (!known) return SEC_E_INVALID_HANDLE;
        if (!has_outbound(known)) return SEC_E_NO_CREDENTIALS; /* S2.1.5 */
        if (!(context = made = nego_new_context(known, false))) return SEC_E_INSUFFICIENT_MEMORY;
    }
    if (context->server) return SEC_E_INVALID_HANDLE;
    if (context->phase >= NEGO_COMPLETE) return SEC_E_OUT_OF_SEQUENCE;
    status = nego_take_request(context, leg);
    if (!status) status = made ? begin(context, leg) : next(context, leg);
    if (!SEC_SUCCESS(status)) context->phase = NEGO_FAILED;
    GUISE_TRACE("negotiate", "client%s: 0x%08x", context->raw ? ", raw" : "", (unsigned int)status);
    if (!made) return status;
    if (SEC_SUCCESS(status)) *handle = (struct package_context *)made;
    else nego_delete_context((struct package_context *)made);
    return status;
}

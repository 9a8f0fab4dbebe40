/*
 * The initiator: NEGOTIATE, then AUTHENTICATE in answer to the server's CHALLENGE (MS-NLMP 3.1.5.1). In datagram mode the first
 * call sends nothing (MS-NLMP 3.1.5.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/ntlm.h"

#define TEMP_HEADER_SIZE 28
#define TEMP_TAIL_SIZE   4

/* What the caller's request asks of the other side (S4.3.6 and the rows of S2.5.14). */
static ULONG requested_flags(const struct package_credential *credential, ULONG request)
{
    const struct ntlm_policy *policy = &credential->policy;
    ULONG flags = NTLM_FLAG_UNICODE | NTLM_FLAG_REQUEST_TARGET | NTLM_FLAG_NTLM | NTLM_FLAG_ALWAYS_SIGN |
                  NTLM_FLAG_ESS | NTLM_FLAG_VERSION | NTLM_FLAG_128 | NTLM_FLAG_56;

    if (request & (ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT))
        flags |= NTLM_FLAG_SIGN | NTLM_FLAG_KEY_EXCH;
    if (request & ISC_REQ_CONFIDENTIALITY) flags |= NTLM_FLAG_SEAL | NTLM_FLAG_KEY_EXCH;
    if (request & ISC_REQ_IDENTIFY) flags |= NTLM_FLAG_IDENTIFY;
    if ((flags & NTLM_FLAG_KEY_EXCH) && policy->lm_keys && credential->has_lm_hash) flags |= NTLM_FLAG_LM_KEY; /* S4.3.2 */
    if (request & ISC_REQ_DATAGRAM) flags |= NTLM_FLAG_DATAGRAM | NTLM_FLAG_KEY_EXCH; /* table 4.3 */
    if (policy->without_ess) flags &= ~NTLM_FLAG_ESS;
    return flags;
}

/* ---- the second leg ----------------------------------------------------------- */

/* Everything that goes into one AUTHENTICATE. Lives on the stack of the second leg. */
struct answer
{
    struct ntlm_challenge challenge;
    struct ntlm_av_pairs offered; /* of the challenge */
    struct wire_span challenge_message;
    bool anonymous, is_v1;
    UCHAR *nt; /* proof and temp, or 24 bytes of version 1 */
    size_t nt_size;
    UCHAR lm[NTLM_V1_RESPONSE_SIZE], proof[NTLM_KEY_SIZE], exchange_key[NTLM_KEY_SIZE], encrypted_key[NTLM_KEY_SIZE];
};

/* The server may not add anything but what describes its own message, and which key of the LM hash it wants where there may be one. */
static void agree_on_flags(struct package_context *context, const struct answer *answer)
{
    const struct package_credential *credential = context->credential;

    /* The server of a datagram has not heard of that wish yet. */
    context->flags &= answer->challenge.flags | (context->datagram ? NTLM_FLAG_IDENTIFY : 0);
    context->flags |= answer->challenge.flags & NTLM_FLAG_TARGET_INFO;
    if (!(context->flags & (NTLM_FLAG_SIGN | NTLM_FLAG_SEAL))) ntlm_drop_protection(context);
    if (context->flags & NTLM_FLAG_ESS) context->flags &= ~NTLM_FLAG_LM_KEY; /* table 4.3 */
    else if (answer->is_v1 && credential->policy.lm_keys && credential->has_lm_hash)
        context->flags |= answer->challenge.flags & NTLM_FLAG_NON_NT_KEY;
}

static SECURITY_STATUS read_challenge(struct package_context *context, struct leg *leg, struct answer *answer)
{
    struct wire_span token = ntlm_input_token(leg);
    ULONG type = ntlm_message_type(token.data, token.size);

    if (type == NTLM_NEGOTIATE_MESSAGE || type == NTLM_AUTHENTICATE_MESSAGE) return SEC_E_OUT_OF_SEQUENCE; /* S4.9.9 */
    if (!ntlm_parse_challenge(token.data, token.size, &answer->challenge)) return SEC_E_INVALID_TOKEN;
    if (answer->challenge.target_info.size && !ntlm_parse_av_pairs(answer->challenge.target_info, &answer->offered))
        return SEC_E_INVALID_TOKEN;
    answer->challenge_message = token;
    if (!(answer->challenge.flags & NTLM_FLAG_UNICODE))
        return SEC_E_INVALID_TOKEN; /* the only character set asked for */

    agree_on_flags(context, answer);
    return ntlm_check_datagram(context);
}

static SECURITY_STATUS check_challenge(const struct package_context *context, const struct answer *answer)
{
    const ULONG protection =
        ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY;

    if (ntlm_too_weak(&context->credential->policy, context->flags)) return SEC_E_UNSUPPORTED_FUNCTION; /* S4.3.7 */
    if (!answer->anonymous && !answer->is_v1 && (context->request & protection) &&
        !(answer->offered.has_nb_computer && answer->offered.has_nb_domain))
        return SEC_E_LOGON_DENIED; /* S4.4.8 */
    return SEC_E_OK;
}

/* Keeps the server's names for those who ask later. */
static SECURITY_STATUS keep_names(struct package_context *context, const struct leg *leg, const struct answer *answer)
{
    struct wire_span authority =
        answer->offered.has_nb_domain ? answer->offered.nb_domain : answer->challenge.target_name;
    SECURITY_STATUS status;
    size_t units = 0;

    if (leg->target)
    {
        while (leg->target[units]) units++;
        if (!ntlm_text_copy(&context->target, leg->target, units)) return SEC_E_INSUFFICIENT_MEMORY;
        context->has_target = true;
    }
    if ((status = ntlm_text_from_wire(&context->authority, authority, true))) return status;
    if ((status = ntlm_text_from_wire(&context->target_computer, answer->offered.nb_computer, true))) return status;
    if (answer->anonymous) return SEC_E_OK;
    if (!ntlm_text_copy(&context->user, context->credential->user.text, context->credential->user.units) ||
        !ntlm_text_copy(&context->domain, context->credential->domain.text, context->credential->domain.units))
        return SEC_E_INSUFFICIENT_MEMORY;
    return SEC_E_OK;
}

/* The server's pairs, less those that only a client says. */
static void write_offered_pairs(struct wire_writer *writer, struct wire_span list)
{
    struct wire_reader reader;
    struct wire_span value;
    USHORT id;

    wire_reader_init(&reader, list.data, list.size);
    while (ntlm_next_av_pair(&reader, &id, &value) && id != NTLM_AV_EOL)
    {
        if (id == NTLM_AV_FLAGS || id == NTLM_AV_TARGET_NAME || id == NTLM_AV_CHANNEL_BINDINGS ||
            id == NTLM_AV_SINGLE_HOST)
            continue;
        ntlm_write_av_pair(writer, id, value.data, value.size);
    }
}

static void write_own_pairs(struct wire_writer *writer, const struct package_context *context,
                            const struct answer *answer)
{
    struct wire_span target = ntlm_text_span(&context->target);
    ULONG flags = answer->offered.flags & ~NTLM_AV_FLAG_MIC; /* whether there is one is said here alone */

    if (answer->offered.has_timestamp) flags |= NTLM_AV_FLAG_MIC; /* S4.4.5 */
    if (context->has_target && (context->request & ISC_REQ_UNVERIFIED_TARGET_NAME))
        flags |= NTLM_AV_FLAG_UNTRUSTED_TARGET;
    if (flags)
    {
        wire_write_u16(writer, NTLM_AV_FLAGS);
        wire_write_u16(writer, sizeof(flags));
        wire_write_u32(writer, flags);
    }
    ntlm_write_av_pair(writer, NTLM_AV_CHANNEL_BINDINGS, context->bindings, sizeof(context->bindings)); /* S4.4.6 */
    ntlm_write_av_pair(writer, NTLM_AV_TARGET_NAME, target.data, target.size);                          /* S4.4.7 */
}

/*
 * The NT response of version 1 and its key exchange key (MS-NLMP 3.3.1). The LM field is the client's challenge with
 * extended session security; without it is the LM response, or a copy of the other where LM is not sent (S4.4.1).
 */
static SECURITY_STATUS make_v1_responses(struct package_context *context, struct answer *answer)
{
    const struct package_credential *credential = context->credential;
    const UCHAR *server_challenge = answer->challenge.server_challenge, *client_challenge = NULL;
    UCHAR challenge[NTLM_CHALLENGE_SIZE], base[NTLM_KEY_SIZE];
    bool ok;

    if (context->flags & NTLM_FLAG_ESS)
    {
        if (!crypto_random(answer->lm, NTLM_CHALLENGE_SIZE)) return SEC_E_INTERNAL_ERROR;
        client_challenge = answer->lm;
    }
    if (!(answer->nt = guise_alloc(NTLM_V1_RESPONSE_SIZE))) return SEC_E_INSUFFICIENT_MEMORY;
    answer->nt_size = NTLM_V1_RESPONSE_SIZE;
    ok = ntlm_v1_challenge(server_challenge, client_challenge, challenge) && ntlm_desl(credential->nt_hash, challenge, answer->nt);
    if (ok && !client_challenge)
    {
        if (credential->has_lm_hash) ok = ntlm_desl(credential->lm_hash, server_challenge, answer->lm);
        else memcpy(answer->lm, answer->nt, sizeof(answer->lm));
    }
    ok = ok && ntlm_v1_session_base_key(credential->nt_hash, base) &&
         ntlm_v1_exchange_key(context->flags, base, credential->lm_hash, answer->lm, server_challenge, answer->exchange_key);
    crypto_wipe(base, sizeof(base));
    return ok ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/*
 * NTProofStr and temp, the LMv2 response, and the session base key, which is the key exchange key (MS-NLMP 3.3.2,
 * S4.4.3).
 */
static SECURITY_STATUS make_v2_responses(struct package_context *context, struct answer *answer)
{
    const struct package_credential *credential = context->credential;
    size_t room = NTLM_KEY_SIZE + TEMP_HEADER_SIZE + answer->challenge.target_info.size +
                  ntlm_text_span(&context->target).size + sizeof(context->bindings) + 4 + 4 * 4 + TEMP_TAIL_SIZE;
    UCHAR client_challenge[NTLM_CHALLENGE_SIZE];
    struct wire_writer writer;
    struct wire_span temp;

    if (!crypto_random(client_challenge, sizeof(client_challenge))) return SEC_E_INTERNAL_ERROR;
    if (!(answer->nt = guise_alloc(room))) return SEC_E_INSUFFICIENT_MEMORY;
    wire_writer_init(&writer, answer->nt, room);
    wire_write_zero(&writer, NTLM_KEY_SIZE); /* the proof comes here */
    wire_write_u16(&writer, 0x0101);
    wire_write_zero(&writer, 6);
    wire_write_u64(&writer, answer->offered.has_timestamp ? answer->offered.timestamp : ntlm_now());
    wire_write_bytes(&writer, client_challenge, sizeof(client_challenge));
    wire_write_zero(&writer, 4);
    if (answer->challenge.target_info.size)
    {
        write_offered_pairs(&writer, answer->challenge.target_info);
        write_own_pairs(&writer, context, answer);
    }
    wire_write_zero(&writer, 4); /* EOL */
    wire_write_zero(&writer, TEMP_TAIL_SIZE);
    if (writer.failed) return SEC_E_INVALID_TOKEN; /* a target name beyond what a pair can carry */
    answer->nt_size = writer.length;

    temp = (struct wire_span){answer->nt + NTLM_KEY_SIZE, answer->nt_size - NTLM_KEY_SIZE};
    if (!ntlm_v2_proof(credential->ntowf_v2, answer->challenge.server_challenge, temp, answer->proof,
                       answer->exchange_key))
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(answer->nt, answer->proof, NTLM_KEY_SIZE);
    /* With a Timestamp in the challenge the LM response is zeros (S4.4.2). */
    if (!answer->offered.has_timestamp &&
        !ntlm_v2_lm_response(credential->ntowf_v2, answer->challenge.server_challenge, client_challenge, answer->lm))
        return SEC_E_INSUFFICIENT_MEMORY;
    return SEC_E_OK;
}

static SECURITY_STATUS make_responses(struct package_context *context, struct answer *answer)
{
    return answer->is_v1 ? make_v1_responses(context, answer) : make_v2_responses(context, answer);
}

static SECURITY_STATUS make_session_key(struct package_context *context, struct answer *answer)
{
    if (!ntlm_exchanges_key(context->flags))
    {
        memcpy(context->exported_key, answer->exchange_key, NTLM_KEY_SIZE);
        return SEC_E_OK;
    }
    if (!crypto_random(context->exported_key, NTLM_KEY_SIZE)) return SEC_E_INTERNAL_ERROR;
    return crypto_rc4(answer->exchange_key, context->exported_key, answer->encrypted_key, NTLM_KEY_SIZE)
               ? SEC_E_OK
               : SEC_E_INSUFFICIENT_MEMORY;
}

static SECURITY_STATUS send_authenticate(struct package_context *context, struct leg *leg, const struct answer *answer)
{
    const struct ntlm_handshake *handshake = &context->handshake;
    static const UCHAR no_lm[1];
    bool mic = !answer->anonymous && !answer->is_v1 && answer->offered.has_timestamp;
    struct ntlm_authenticate message = {
        .flags = context->flags | (answer->anonymous ? NTLM_FLAG_ANONYMOUS : 0),
        .lm = {answer->anonymous ? no_lm : answer->lm, answer->anonymous ? sizeof(no_lm) : sizeof(answer->lm)},
        .nt = {answer->nt, answer->nt_size},
        .domain = ntlm_text_span(&context->domain),
        .user = ntlm_text_span(&context->user),
        .workstation = ntlm_text_span(&context->credential->names.computer),
        .session_key = {answer->encrypted_key, ntlm_exchanges_key(context->flags) ? sizeof(answer->encrypted_key) : 0},
        .mic_offset = mic ? 72 : 0,
    };
    UCHAR code[MD5_SIZE];
    size_t size;

    memcpy(message.version, ntlm_version, sizeof(message.version));
    size = ntlm_authenticate_size(&message);
    if (size > NTLM_MAX_TOKEN) return SEC_E_INVALID_TOKEN; /* the challenge brought more than an answer can carry */
    if (!ntlm_output_token(leg, size)) return SEC_E_INSUFFICIENT_MEMORY;
    if (!ntlm_write_authenticate(&message, leg->token, size)) return SEC_E_INTERNAL_ERROR;
    context->has_mic = mic;
    if (!mic) return SEC_E_OK;
    if (!ntlm_mic(context->exported_key, (struct wire_span){handshake->negotiate, handshake->negotiate_size},
                  answer->challenge_message, (struct wire_span){leg->token, size}, message.mic_offset, code))
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(leg->token + message.mic_offset, code, sizeof(code));
    return SEC_E_OK;
}

static SECURITY_STATUS answer_challenge(struct package_context *context, struct leg *leg, struct answer *answer)
{
    SECURITY_STATUS status;

    if ((status = ntlm_take_bindings(context, leg->input))) return status;
    if ((status = read_challenge(context, leg, answer))) return status;
    if ((status = check_challenge(context, answer))) return status;
    if ((status = keep_names(context, leg, answer))) return status;
    if (answer->anonymous) ntlm_drop_protection(context);
    else if ((status = make_responses(context, answer)) || (status = make_session_key(context, answer))) return status;
    if ((status = send_authenticate(context, leg, answer))) return status;
    return ntlm_complete(context, leg, answer->anonymous);
}

static SECURITY_STATUS second_leg(struct package_context *context, struct leg *leg)
{
    struct answer answer = {0};
    SECURITY_STATUS status;

    if (context->server) return SEC_E_INVALID_HANDLE;
    if (context->state != NTLM_STATE_NEGOTIATED) return SEC_E_OUT_OF_SEQUENCE;
    answer.anonymous =
        context->credential->identity != NTLM_IDENTITY_PASSWORD || (context->request & ISC_REQ_NULL_SESSION);
    answer.is_v1 = !answer.anonymous && context->credential->policy.send_v1;
    status = answer_challenge(context, leg, &answer);
    if (answer.nt) guise_free_secret(answer.nt, answer.nt_size);
    crypto_wipe(&answer, sizeof(answer));
    if (!status) return SEC_E_OK;

    guise_free_secret(leg->token, leg->token_length);
    leg->token = NULL;
    leg->token_length = 0;
    context->state = NTLM_STATE_FAILED;
    ntlm_end_handshake(context);
    return status;
}

/* ---- the first leg ----------------------------------------------------------- */

static SECURITY_STATUS send_negotiate(struct package_context *context, struct leg *leg)
{
    struct ntlm_negotiate message = {.flags = context->flags};
    struct ntlm_handshake *handshake = &context->handshake;
    size_t size;

    memcpy(message.version, ntlm_version, sizeof(message.version));
    size = ntlm_negotiate_size(&message);
    if (!ntlm_output_token(leg, size)) return SEC_E_INSUFFICIENT_MEMORY;
    if (!ntlm_write_negotiate(&message, leg->token, size)) return SEC_E_INTERNAL_ERROR;
    if (!(handshake->negotiate = guise_memdup(leg->token, size))) return SEC_E_INSUFFICIENT_MEMORY;
    handshake->negotiate_size = size;
    return SEC_I_CONTINUE_NEEDED;
}

/* A token on the first leg is the CHALLENGE of a server that spoke first, which none does in connection mode. */
static SECURITY_STATUS begin(struct package_context *context, struct leg *leg)
{
    SECURITY_STATUS status;

    if (!context->datagram && ntlm_input_token(leg).size) return SEC_E_INVALID_TOKEN;
    context->flags = requested_flags(context->credential, leg->request);
    if ((status = ntlm_check_datagram(context))) return status;
    if (ntlm_input_token(leg).size) return second_leg(context, leg);
    leg->attributes = ntlm_attributes(context, false);
    leg->expiry.QuadPart = NTLM_NEVER;
    if ((status = ntlm_take_bindings(context, leg->input))) return status;
    return context->datagram ? SEC_I_CONTINUE_NEEDED : send_negotiate(context, leg);
}

static SECURITY_STATUS first_leg(struct package_credential *credential, struct package_context **context,
                                 struct leg *leg)
{
    struct package_context *made;
    SECURITY_STATUS status;

    if (!credential) return SEC_E_INVALID_HANDLE;
    if (!(credential->use & SECPKG_CRED_OUTBOUND)) return SEC_E_NO_CREDENTIALS;
    if (credential->identity == NTLM_IDENTITY_DEFAULT && !(leg->request & ISC_REQ_NULL_SESSION))
        return SEC_E_NO_CREDENTIALS; /* S2.1.9 */

    if (!(made = ntlm_new_context(credential, false, leg->request))) return SEC_E_INSUFFICIENT_MEMORY;
    status = begin(made, leg);
    if (status < 0) ntlm_delete_context(made);
    else *context = made;
    return status;
}

SECURITY_STATUS ntlm_initialize(struct package_credential *credential, struct package_context **context,
                                struct leg *leg)
{
    return *context ? second_leg(*context, leg) : first_leg(credential, context, leg);
}

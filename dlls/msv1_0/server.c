/*
 * The acceptor: CHALLENGE in answer to NEGOTIATE, then the judgement of AUTHENTICATE in three steps: prepare, check the
 * account, finish (MS-NLMP 3.2.5.1; the order is that of section 4.9 of the SSPI notes).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <ntsecapi.h>

#include "dlls/msv1_0/accounts.h"
#include "dlls/msv1_0/server.h"

#define SUPPORTED_FLAGS \
    (NTLM_FLAG_UNICODE | NTLM_FLAG_OEM | NTLM_FLAG_REQUEST_TARGET | NTLM_FLAG_SIGN | NTLM_FLAG_SEAL | NTLM_FLAG_NTLM | \
     NTLM_FLAG_ALWAYS_SIGN | NTLM_FLAG_ESS | NTLM_FLAG_IDENTIFY | NTLM_FLAG_VERSION | NTLM_FLAG_128 | \
     NTLM_FLAG_KEY_EXCH | NTLM_FLAG_56)

/* What a client of datagrams, which says nothing before its last message, may choose from: all but OEM names. */
#define DATAGRAM_FLAGS (SUPPORTED_FLAGS & ~(ULONG)NTLM_FLAG_OEM & ~(ULONG)NTLM_FLAG_IDENTIFY)

/* ---- the first leg ----------------------------------------------------------- */

/* The subset of what the client asks for that this side supports (S4.3.6). 0: no character set in common. */
static ULONG offered_flags(ULONG asked, const struct package_credential *credential)
{
    const struct ntlm_names *names = &credential->names;
    ULONG flags = (asked & SUPPORTED_FLAGS) | NTLM_FLAG_NTLM | NTLM_FLAG_TARGET_INFO;

    if (credential->policy.lm_keys && !(flags & NTLM_FLAG_ESS)) flags |= asked & (NTLM_FLAG_LM_KEY | NTLM_FLAG_NON_NT_KEY);
    if (flags & NTLM_FLAG_UNICODE) flags &= ~NTLM_FLAG_OEM;
    else if (!(flags & NTLM_FLAG_OEM)) return 0;
    if (!(flags & (NTLM_FLAG_SIGN | NTLM_FLAG_SEAL)))
        flags &= ~NTLM_FLAG_KEY_EXCH; /* no effect without them (S4.3.4) */
    if (flags & NTLM_FLAG_REQUEST_TARGET)
        flags |= ntlm_text_equal_nocase(&names->domain, names->computer.text, names->computer.units)
                     ? NTLM_FLAG_TARGET_TYPE_SERVER
                     : NTLM_FLAG_TARGET_TYPE_DOMAIN;
    return flags;
}

static void write_name_pair(struct wire_writer *writer, enum ntlm_av_id id, const struct ntlm_text *name)
{
    struct wire_span span = ntlm_text_span(name);

    if (span.size) ntlm_write_av_pair(writer, id, span.data, span.size);
}

/*
 * In Windows' order: 2, 1, 4, 3, 7, EOL (section 4.2 of the SSPI notes). Never a Flags pair: an empty one breaks
 * Windows' MICs.
 */
static size_t write_target_info(const struct ntlm_names *names, ULONGLONG timestamp, UCHAR *out, size_t room)
{
    struct wire_writer writer;

    wire_writer_init(&writer, out, room);
    write_name_pair(&writer, NTLM_AV_NB_DOMAIN, &names->domain);
    write_name_pair(&writer, NTLM_AV_NB_COMPUTER, &names->computer);
    write_name_pair(&writer, NTLM_AV_DNS_DOMAIN, &names->dns_domain);
    write_name_pair(&writer, NTLM_AV_DNS_COMPUTER, &names->dns_computer);
    wire_write_u16(&writer, NTLM_AV_TIMESTAMP);
    wire_write_u16(&writer, 8);
    wire_write_u64(&writer, timestamp);
    wire_write_zero(&writer, 4);
    return writer.failed ? 0 : writer.length;
}

/* The target name in the character set of the context: only ASCII names can be said in an unknown OEM code page. */
static struct wire_span target_name(const struct ntlm_names *names, ULONG flags, UCHAR oem[256])
{
    const struct ntlm_text *name = flags & NTLM_FLAG_TARGET_TYPE_DOMAIN ? &names->domain : &names->computer;
    struct wire_span span = {NULL, 0};

    if (!(flags & NTLM_FLAG_REQUEST_TARGET)) return span;
    if (flags & NTLM_FLAG_UNICODE) return ntlm_text_span(name);
    for (size_t i = 0; i < name->units && i < 256; i++) oem[i] = name->text[i] < 0x80 ? name->text[i] : '?';
    return (struct wire_span){oem, name->units < 256 ? name->units : 256};
}

static SECURITY_STATUS send_challenge(struct package_context *context, struct leg *leg)
{
    const struct ntlm_names *names = &context->credential->names;
    struct ntlm_handshake *handshake = &context->handshake;
    struct ntlm_challenge message = {.flags = context->flags};
    UCHAR info[NTLM_MAX_TOKEN / 2], oem[256];
    size_t size;

    if (!crypto_random(handshake->server_challenge, NTLM_CHALLENGE_SIZE)) return SEC_E_INTERNAL_ERROR;
    memcpy(message.server_challenge, handshake->server_challenge, NTLM_CHALLENGE_SIZE);
    message.target_name = target_name(names, context->flags, oem);
    handshake->timestamp = ntlm_now();
    message.target_info = (struct wire_span){info, write_target_info(names, handshake->timestamp, info, sizeof(info))};
    if (context->flags & NTLM_FLAG_VERSION) memcpy(message.version, ntlm_version, sizeof(message.version));
    size = ntlm_challenge_size(&message);
    if (!message.target_info.size || size > NTLM_MAX_TOKEN) return SEC_E_INTERNAL_ERROR; /* absurd configured names */

    if (!ntlm_output_token(leg, size)) return SEC_E_INSUFFICIENT_MEMORY;
    if (!ntlm_write_challenge(&message, leg->token, size)) return SEC_E_INTERNAL_ERROR;
    if (!(handshake->challenge = guise_memdup(leg->token, size))) return SEC_E_INSUFFICIENT_MEMORY;
    handshake->challenge_size = size;
    return SEC_I_CONTINUE_NEEDED;
}

static SECURITY_STATUS keep_negotiate(struct package_context *context, struct wire_span token, ULONG flags)
{
    if (!(context->handshake.negotiate = guise_memdup(token.data, token.size))) return SEC_E_INSUFFICIENT_MEMORY;
    context->handshake.negotiate_size = token.size;
    context->handshake.negotiate_flags = flags;
    return SEC_E_OK;
}

static SECURITY_STATUS take_negotiate(struct package_context *context, struct wire_span token)
{
    const struct package_credential *credential = context->credential;
    struct ntlm_negotiate message;

    if (!ntlm_parse_negotiate(token.data, token.size, &message)) return SEC_E_INVALID_TOKEN; /* S2.6.3, S4.9.9 */
    if (!(context->flags = offered_flags(message.flags, credential))) return SEC_E_INVALID_TOKEN;
    if (ntlm_too_weak(&credential->policy, context->flags)) return SEC_E_UNSUPPORTED_FUNCTION; /* S4.3.7 */
    return keep_negotiate(context, token, message.flags);
}

/* S4.11.1: the server speaks first. */
static SECURITY_STATUS offer_datagrams(struct package_context *context, struct wire_span token)
{
    if (token.size) return SEC_E_INVALID_TOKEN;
    context->flags = offered_flags(DATAGRAM_FLAGS, context->credential) | NTLM_FLAG_DATAGRAM;
    return SEC_E_OK;
}

static SECURITY_STATUS start(struct package_context *context, struct leg *leg)
{
    struct wire_span token = ntlm_input_token(leg);
    SECURITY_STATUS status = ntlm_take_bindings(context, leg->input);

    if (!status) status = context->datagram ? offer_datagrams(context, token) : take_negotiate(context, token);
    return status ? status : send_challenge(context, leg);
}

/* S2.6.6: the two are mutually exclusive. */
static bool contradicts(ULONG request)
{
    const ULONG exclusive = ASC_REQ_PROXY_BINDINGS | ASC_REQ_ALLOW_MISSING_BINDINGS;

    return (request & exclusive) == exclusive;
}

static SECURITY_STATUS first_leg(struct package_credential *credential, struct package_context **context,
                                 struct leg *leg)
{
    struct package_context *made;
    SECURITY_STATUS status;

    if (!credential) return SEC_E_INVALID_HANDLE;
    if (!credential->accounts) return SEC_E_NO_CREDENTIALS;
    if (contradicts(leg->request)) return SEC_E_UNSUPPORTED_FUNCTION;
    if ((status = ntlm_need_names(credential))) return status;
    if (!(made = ntlm_new_context(credential, true, leg->request))) return SEC_E_INSUFFICIENT_MEMORY;
    status = start(made, leg);
    if (status < 0)
    {
        ntlm_delete_context(made);
        return status;
    }
    leg->attributes = ntlm_attributes(made, false);
    leg->expiry.QuadPart = NTLM_NEVER;
    *context = made;
    return status;
}

SECURITY_STATUS server_set_challenge(struct package_context *context, struct wire_span negotiate,
                                     struct wire_span challenge)
{
    struct ntlm_negotiate first;
    struct ntlm_challenge second;
    struct ntlm_av_pairs pairs = {.has_timestamp = false};
    SECURITY_STATUS status;

    if (!ntlm_parse_negotiate(negotiate.data, negotiate.size, &first) ||
        !ntlm_parse_challenge(challenge.data, challenge.size, &second) ||
        (second.target_info.size && !ntlm_parse_av_pairs(second.target_info, &pairs)))
        return SEC_E_INVALID_TOKEN;
    ntlm_end_handshake(context);
    if ((status = keep_negotiate(context, negotiate, first.flags))) return status;
    if (!(context->handshake.challenge = guise_memdup(challenge.data, challenge.size)))
        return SEC_E_INSUFFICIENT_MEMORY;
    context->handshake.challenge_size = challenge.size;
    context->handshake.timestamp = pairs.timestamp;
    memcpy(context->handshake.server_challenge, second.server_challenge, NTLM_CHALLENGE_SIZE);
    context->flags = second.flags;
    return SEC_E_OK;
}

/* ---- the second leg: prepare ----------------------------------------------------------- */

/* One AUTHENTICATE under judgement. Lives on the stack of the second leg; its spans point into the caller's token. */
struct trial
{
    struct wire_span token;
    struct ntlm_authenticate message;
    struct ntlm_v2_response response; /* zeros with version 1: it carries no AV pairs */
    struct ntlm_v1_proof v1;
    bool is_v1;
    struct ntlm_text user, domain; /* as the client wrote them */
    bool anonymous;
    struct ntlm_logon logon;
};

/* MS-NLMP 3.2.5.1.2: no user, no NT response, an LM response that is empty or one zero byte. */
static bool is_anonymous(const struct ntlm_authenticate *message)
{
    return !message->user.size && !message->nt.size &&
           (!message->lm.size || (message->lm.size == 1 && !message->lm.data[0]));
}

/*
 * Version 1: an NT response of 24 bytes, or none and an LM response alone. With extended session security the client's
 * challenge lies where the LM response would be (S4.4.1), so that there is none.
 */
static SECURITY_STATUS read_v1_response(const struct package_context *context, struct trial *trial)
{
    const struct ntlm_policy *policy = &context->credential->policy;
    const struct ntlm_authenticate *message = &trial->message;
    bool ess = context->flags & NTLM_FLAG_ESS, has_lm = message->lm.size == NTLM_V1_RESPONSE_SIZE;

    if (message->nt.size ? message->nt.size != NTLM_V1_RESPONSE_SIZE || !policy->accept_v1
                         : ess || !has_lm || !policy->accept_lm)
        return SEC_E_LOGON_DENIED;
    if (!has_lm && (ess || ntlm_v1_uses_lm_key(context->flags))) return SEC_E_INVALID_TOKEN;
    trial->is_v1 = true;
    trial->v1.nt = message->nt.data;
    trial->v1.lm = message->lm.data;
    trial->v1.client_challenge = ess ? message->lm.data : NULL;
    return SEC_E_OK;
}

/* The version is told by the length (MS-NLMP 2.2.1.3). */
static SECURITY_STATUS read_response(const struct package_context *context, struct trial *trial)
{
    const struct ntlm_authenticate *message = &trial->message;

    if (message->nt.size > NTLM_V1_RESPONSE_SIZE)
        return ntlm_parse_v2_response(message->nt, &trial->response) ? SEC_E_OK : SEC_E_INVALID_TOKEN;
    return read_v1_response(context, trial);
}

static SECURITY_STATUS prepare(struct package_context *context, struct leg *leg, struct trial *trial)
{
    bool unicode = context->flags & NTLM_FLAG_UNICODE;
    SECURITY_STATUS status;
    ULONG type;

    context->request |= leg->request;
    if (contradicts(context->request)) return SEC_E_UNSUPPORTED_FUNCTION;
    if ((status = ntlm_take_bindings(context, leg->input))) return status;
    trial->token = ntlm_input_token(leg);
    type = ntlm_message_type(trial->token.data, trial->token.size);
    if (type == NTLM_NEGOTIATE_MESSAGE || type == NTLM_CHALLENGE_MESSAGE) return SEC_E_OUT_OF_SEQUENCE; /* S4.9.9 */
    if (!ntlm_parse_authenticate(trial->token.data, trial->token.size, &trial->message)) return SEC_E_INVALID_TOKEN;

    /* Only what was offered can be agreed on (S4.3.8). The character set is the one that was. */
    context->flags &= trial->message.flags | NTLM_FLAG_UNICODE | NTLM_FLAG_OEM | NTLM_FLAG_NTLM;
    /*
     * The wish to be identified only counts wherever it was said: leaving it out in between does not raise the level.
     */
    context->flags |= (context->handshake.negotiate_flags | trial->message.flags) & NTLM_FLAG_IDENTIFY;
    if ((status = ntlm_check_datagram(context))) return status;
    if (ntlm_too_weak(&context->credential->policy, context->flags)) return SEC_E_UNSUPPORTED_FUNCTION; /* S4.3.7 */
    if ((status = ntlm_text_from_wire(&trial->user, trial->message.user, unicode))) return status;
    if ((status = ntlm_text_from_wire(&trial->domain, trial->message.domain, unicode))) return status;

    trial->anonymous = is_anonymous(&trial->message);
    if (trial->anonymous) return SEC_E_OK;
    if ((status = read_response(context, trial))) return status;
    if (ntlm_exchanges_key(context->flags) && trial->message.session_key.size != NTLM_KEY_SIZE)
        return SEC_E_INVALID_TOKEN;
    return SEC_E_OK;
}

/* ---- check the account ----------------------------------------------------------- */

/* A refusal says nothing more than LOGON_DENIED on the wire (S4.9.5, S4.9.6); only our own failures are told apart, and the trace tells all. */
static SECURITY_STATUS refusal(NTSTATUS status)
{
    if (status) GUISE_TRACE("ntlm", "refused with status 0x%08x", (unsigned int)status);
    switch (status)
    {
    case STATUS_SUCCESS: return SEC_E_OK;
    case STATUS_NO_MEMORY:
    case STATUS_INSUFFICIENT_RESOURCES: return SEC_E_INSUFFICIENT_MEMORY;
    case STATUS_FILE_CORRUPT_ERROR: return SEC_E_INTERNAL_ERROR;
    }
    /* Nobody could say: no refusal of the client (table 4.9). */
    return sec_status_from_nt(status) == SEC_E_NO_AUTHENTICATING_AUTHORITY ? SEC_E_NO_AUTHENTICATING_AUTHORITY
                                                                           : SEC_E_LOGON_DENIED;
}

/* The response is compared on every logon, whether or not a MIC comes with it. */
static SECURITY_STATUS check_account(struct package_context *context, struct trial *trial)
{
    struct account_source *accounts = context->credential->accounts;
    struct ntlm_attempt attempt = {.user = &trial->user,
                                   .domain = &trial->domain,
                                   .server_challenge = context->handshake.server_challenge,
                                   .response = trial->is_v1 ? NULL : &trial->response,
                                   .v1 = trial->is_v1 ? &trial->v1 : NULL};

    return refusal(accounts->ops->prove(accounts, &attempt, &trial->logon));
}

/* For NTLMv2 the key exchange key is the session base key (S4.4.3, S4.9.1). */
static SECURITY_STATUS find_session_key(struct package_context *context, const struct trial *trial)
{
    const struct sam_account *account = &trial->logon.account;
    UCHAR exchange_key[NTLM_KEY_SIZE];
    bool ok = true;

    if (trial->is_v1 && ntlm_v1_uses_lm_key(context->flags) && !account->has_lm_hash)
    {
        guise_log("NTLM: logon of %s refused: the client wants a key made of an LM hash, and the account has none",
                  trial->logon.domain ? trial->logon.domain->account_name : account->name);
        return SEC_E_LOGON_DENIED;
    }
    memcpy(exchange_key, trial->logon.session_base_key, NTLM_KEY_SIZE);
    if (trial->is_v1)
        ok = ntlm_v1_exchange_key(context->flags, trial->logon.session_base_key, account->lm_hash, trial->message.lm.data,
                                  context->handshake.server_challenge, exchange_key);
    if (!ntlm_exchanges_key(context->flags)) memcpy(context->exported_key, exchange_key, NTLM_KEY_SIZE);
    else ok = ok && crypto_rc4(exchange_key, trial->message.session_key.data, context->exported_key, NTLM_KEY_SIZE);
    crypto_wipe(exchange_key, sizeof(exchange_key));
    return ok ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/*
 * A client that makes MICs makes one because the CHALLENGE has a time (S4.4.5), so it would make none if somebody took the time out on the
 * way. A proven list without our time says that this happened: the client would have copied it (MS-NLMP 3.1.5.1.2).
 */
static bool has_our_time(const struct ntlm_handshake *handshake, const struct ntlm_av_pairs *pairs)
{
    return !handshake->timestamp || (pairs->has_timestamp && pairs->timestamp == handshake->timestamp);
}

/* The list trusted here is the one inside the proven temp: who announces a MIC there must send it (S4.9.1, S4.9.7). */
static SECURITY_STATUS check_mic(struct package_context *context, const struct trial *trial)
{
    const struct ntlm_handshake *handshake = &context->handshake;
    const struct ntlm_av_pairs *pairs = &trial->response.pairs;
    size_t offset = trial->message.mic_offset;
    UCHAR mic[MD5_SIZE];

    if (trial->is_v1) return SEC_E_OK; /* which cannot announce one */
    if (!(pairs->flags & NTLM_AV_FLAG_MIC)) return has_our_time(handshake, pairs) ? SEC_E_OK : SEC_E_LOGON_DENIED;
    if (!offset) return SEC_E_LOGON_DENIED;
    if (!ntlm_mic(context->exported_key, (struct wire_span){handshake->negotiate, handshake->negotiate_size},
                  (struct wire_span){handshake->challenge, handshake->challenge_size}, trial->token, offset, mic))
        return SEC_E_INSUFFICIENT_MEMORY;
    context->has_mic = crypto_equal(mic, trial->token.data + offset, sizeof(mic));
    return context->has_mic ? SEC_E_OK : SEC_E_LOGON_DENIED;
}

/*
 * S4.9.2. Version 1 cannot carry bindings: they are missing. A client that knows of bindings and has none says so with
 * zeros, which is not the same as saying nothing. Where they are required and the program gave none there is nothing that
 * could be right.
 */
static SECURITY_STATUS check_bindings(const struct package_context *context, const struct trial *trial)
{
    static const UCHAR none[MD5_SIZE];
    const struct ntlm_av_pairs *pairs = &trial->response.pairs;
    enum guise_check check = context->credential->policy.channel_bindings;
    bool proxy = context->request & ASC_REQ_PROXY_BINDINGS;

    if (check == CHECK_OFF) return SEC_E_OK;
    if (!context->has_bindings && !proxy) return check == CHECK_REQUIRED ? SEC_E_BAD_BINDINGS : SEC_E_OK;
    if (!pairs->has_channel_bindings)
    {
        bool may_miss = check == CHECK_SUPPORTED || (context->request & ASC_REQ_ALLOW_MISSING_BINDINGS);

        return may_miss && check != CHECK_REQUIRED ? SEC_E_OK : SEC_E_BAD_BINDINGS;
    }
    if (crypto_equal(pairs->channel_bindings, none, sizeof(none))) return SEC_E_BAD_BINDINGS;
    if (proxy) return SEC_E_OK; /* the channel ends at the proxy: its bindings cannot be known here */
    return crypto_equal(pairs->channel_bindings, context->bindings, sizeof(none)) ? SEC_E_OK : SEC_E_BAD_BINDINGS;
}

/* S4.9.3; version 1 says no time. */
static SECURITY_STATUS check_time(const struct package_context *context, const struct trial *trial)
{
    ULONGLONG now = ntlm_now(), then = trial->response.timestamp;

    if (trial->is_v1) return SEC_E_OK;
    return (now > then ? now - then : then - now) > context->credential->policy.max_skew ? SEC_E_LOGON_DENIED
                                                                                         : SEC_E_OK;
}

/* ---- finish ----------------------------------------------------------- */

/* S9.1.4 */
static SECURITY_IMPERSONATION_LEVEL token_level(const struct package_context *context)
{
    bool identify = (context->flags & NTLM_FLAG_IDENTIFY) || (context->request & ASC_REQ_IDENTIFY);

    return identify ? SecurityIdentification : SecurityImpersonation;
}

static SECURITY_STATUS keep_names(struct package_context *context, const struct trial *trial)
{
    const struct ntlm_names *names = &context->credential->names;

    if (trial->anonymous)
        return ntlm_text_copy(&context->user, u"ANONYMOUS LOGON", 15) &&
                       ntlm_text_copy(&context->domain, u"NT AUTHORITY", 12) &&
                       ntlm_text_copy(&context->authority, names->domain.text, names->domain.units)
                   ? SEC_E_OK
                   : SEC_E_INSUFFICIENT_MEMORY;

    context->has_target = trial->response.pairs.has_target_name;
    /* The account is its source's, under the name that has there. */
    return ntlm_logon_user(&trial->logon, &context->user) &&
                   ntlm_logon_domain(&trial->logon, names, &context->domain) &&
                   ntlm_logon_domain(&trial->logon, names, &context->authority)
               ? ntlm_text_from_wire(&context->target, trial->response.pairs.target_name, true)
               : SEC_E_INSUFFICIENT_MEMORY;
}

/* S4.8.1 */
static SECURITY_STATUS accept_anonymous(struct package_context *context)
{
    const struct ntlm_policy *policy = &context->credential->policy;

    /* It can say neither, and proves nothing that it says. */
    if (policy->channel_bindings == CHECK_REQUIRED || policy->target_name == CHECK_REQUIRED) return SEC_E_LOGON_DENIED;
    if (!(context->request & ASC_REQ_ALLOW_NULL_SESSION) || !policy->allow_anonymous)
        return SEC_E_LOGON_DENIED;
    ntlm_drop_protection(context);
    if (context->request & ASC_REQ_NO_TOKEN) return SEC_E_OK;
    return refusal(guise_create_anonymous_token("NtLmSsp", token_level(context), &context->token));
}

static SECURITY_STATUS accept_account(struct package_context *context, struct trial *trial)
{
    static const struct guise_logon_kind kind = {.type = Network, .token_type = TokenImpersonation};
    const struct ntlm_token_request request = {.kind = &kind, .source = "NtLmSsp", .level = token_level(context)};
    struct account_source *accounts = context->credential->accounts;
    SECURITY_STATUS status;

    if ((status = check_account(context, trial))) return status;
    if ((status = find_session_key(context, trial))) return status;
    if ((status = check_mic(context, trial))) return status;
    if ((status = check_bindings(context, trial))) return status;
    if (!ntlm_target_passes(context->credential, &trial->response.pairs)) return SEC_E_LOGON_DENIED;
    if ((status = check_time(context, trial))) return status;
    return refusal(accounts->ops->authorise(accounts, &trial->logon, &request,
                                            context->request & ASC_REQ_NO_TOKEN ? NULL : &context->token));
}

static SECURITY_STATUS judge(struct package_context *context, struct leg *leg, struct trial *trial)
{
    SECURITY_STATUS status;

    if ((status = prepare(context, leg, trial))) return status;
    if ((status = trial->anonymous ? accept_anonymous(context) : accept_account(context, trial))) return status;
    if ((status = keep_names(context, trial))) return status;
    return ntlm_complete(context, leg, trial->anonymous);
}

static SECURITY_STATUS second_leg(struct package_context *context, struct leg *leg)
{
    struct trial trial = {0};
    SECURITY_STATUS status;

    if (!context->server) return SEC_E_INVALID_HANDLE;
    if (context->state != NTLM_STATE_NEGOTIATED) return SEC_E_OUT_OF_SEQUENCE; /* S4.9.9 */
    status = judge(context, leg, &trial);
    ntlm_text_free(&trial.user);
    ntlm_text_free(&trial.domain);
    ntlm_wipe_logon(&trial.logon);
    if (!status) return SEC_E_OK;

    GUISE_TRACE("ntlm", "refused with 0x%08x", (unsigned int)status);
    context->state = NTLM_STATE_FAILED;
    crypto_wipe(context->exported_key, sizeof(context->exported_key));
    if (context->token) guise_dereference_token(context->token);
    context->token = NULL;
    ntlm_end_handshake(context); /* the challenge is good for one answer (S4.9.4) */
    return status;
}

SECURITY_STATUS ntlm_accept(struct package_credential *credential, struct package_context **context, struct leg *leg)
{
    return *context ? second_leg(*context, leg) : first_leg(credential, context, leg);
}

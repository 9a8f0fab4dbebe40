/*
 * NTLM contexts: what both sides do alike before, at and after the end of a handshake.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <time.h>

#include "dlls/msv1_0/ntlm.h"

const UCHAR ntlm_version[8] = {10, 0, 0, 0, 0, 0, 0, 15};

struct package_context *ntlm_new_context(struct package_credential *credential, bool server, ULONG request)
{
    struct package_context *context = guise_alloc(sizeof(*context));

    if (!context) return NULL;
    context->server = server;
    context->credential = credential;
    context->request = request;
    context->datagram = request & ISC_REQ_DATAGRAM; /* the same bit on both sides */
    return context;
}

void ntlm_end_handshake(struct package_context *context)
{
    guise_free(context->handshake.negotiate);
    guise_free(context->handshake.challenge);
    memset(&context->handshake, 0, sizeof(context->handshake));
}

void ntlm_delete_context(struct package_context *context)
{
    if (!context) return;
    ntlm_end_handshake(context);
    seal_destroy(&context->seal);
    ntlm_text_free(&context->user);
    ntlm_text_free(&context->domain);
    ntlm_text_free(&context->target);
    ntlm_text_free(&context->authority);
    ntlm_text_free(&context->target_computer);
    if (context->token) guise_dereference_token(context->token);
    guise_free_secret(context, sizeof(*context));
}

SECURITY_STATUS ntlm_take_bindings(struct package_context *context, const SecBufferDesc *input)
{
    const SecBuffer *buffer = sec_buffer_find(input, SECBUFFER_CHANNEL_BINDINGS);
    bool malformed;

    if (!buffer || !buffer->cbBuffer) return SEC_E_OK;
    if (!ntlm_channel_bindings_hash((struct wire_span){buffer->pvBuffer, buffer->cbBuffer}, context->bindings,
                                    &malformed))
        return malformed ? SEC_E_INVALID_TOKEN : SEC_E_INSUFFICIENT_MEMORY;
    context->has_bindings = true;
    return SEC_E_OK;
}

struct wire_span ntlm_input_token(const struct leg *leg)
{
    const SecBuffer *buffer = sec_buffer_find(leg->input, SECBUFFER_TOKEN);
    struct wire_span token = {NULL, 0};

    if (buffer && buffer->pvBuffer) token = (struct wire_span){buffer->pvBuffer, buffer->cbBuffer};
    return token;
}

UCHAR *ntlm_output_token(struct leg *leg, size_t size)
{
    if ((leg->token = guise_alloc(size))) leg->token_length = size;
    return leg->token;
}

ULONG ntlm_attributes(const struct package_context *context, bool anonymous)
{
    /* In the order of the columns: what was agreed, what an initiator and what an acceptor is told (S11.1). */
    static const struct
    {
        ULONG flag, initiator, acceptor;
    } told[] = {
        {NTLM_FLAG_SIGN, ISC_RET_INTEGRITY | ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT,
         ASC_RET_INTEGRITY | ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT},
        {NTLM_FLAG_SEAL, ISC_RET_CONFIDENTIALITY, ASC_RET_CONFIDENTIALITY},
        {NTLM_FLAG_IDENTIFY, ISC_RET_IDENTIFY, ASC_RET_IDENTIFY},
        {NTLM_FLAG_DATAGRAM, ISC_RET_DATAGRAM, ASC_RET_DATAGRAM},
    };
    ULONG attributes = context->request & ISC_REQ_CONNECTION; /* the same bit on both sides */

    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
        if (context->flags & told[i].flag) attributes |= context->server ? told[i].acceptor : told[i].initiator;
    if (anonymous) attributes |= context->server ? ASC_RET_NULL_SESSION : ISC_RET_NULL_SESSION;
    return attributes;
}

SECURITY_STATUS ntlm_complete(struct package_context *context, struct leg *leg, bool anonymous)
{
    if (!seal_init(&context->seal, context->flags, context->exported_key, !context->server))
        return SEC_E_INSUFFICIENT_MEMORY;
    context->attributes = ntlm_attributes(context, anonymous);
    context->start = ntlm_now();
    context->state = NTLM_STATE_COMPLETE;
    ntlm_end_handshake(context);
    leg->attributes = context->attributes;
    leg->expiry.QuadPart = NTLM_NEVER;
    return SEC_E_OK;
}

void ntlm_drop_protection(struct package_context *context)
{
    context->flags &= ~(NTLM_FLAG_SIGN | NTLM_FLAG_SEAL);
    if (!context->datagram) context->flags &= ~NTLM_FLAG_KEY_EXCH;
}

/*
 * KEY_EXCH goes with datagrams (table 4.3). Without extended session security both sides would encrypt under one key, and the
 * caller's numbers begin at the same place on both.
 */
SECURITY_STATUS ntlm_check_datagram(const struct package_context *context)
{
    const ULONG needed = NTLM_FLAG_DATAGRAM | NTLM_FLAG_KEY_EXCH;

    if (!context->datagram) return SEC_E_OK;
    if ((context->flags & needed) != needed) return SEC_E_INVALID_TOKEN;
    return context->flags & NTLM_FLAG_ESS ? SEC_E_OK : SEC_E_UNSUPPORTED_FUNCTION;
}

bool ntlm_too_weak(const struct ntlm_policy *policy, ULONG flags)
{
    if (!policy->require_128bit || !(flags & (NTLM_FLAG_SIGN | NTLM_FLAG_SEAL))) return false;
    return !(flags & NTLM_FLAG_128) || ntlm_key_bits(flags) < 128;
}

const struct ntlm_text *ntlm_server_name(const struct package_context *context)
{
    return context->server && context->credential ? &context->credential->names.computer : &context->target_computer;
}

ULONGLONG ntlm_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (now.tv_sec + 11644473600ull) * 10000000 + now.tv_nsec / 100;
}

/*
 * Kerberos contexts: what both sides do alike.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <time.h>

#include "dlls/kerberos/user_to_user.h"

#define TICKS          10000000ll    /* of 100 ns in a second */
#define EPOCH_FILETIME 11644473600ll /* seconds from 1601 to 1970 */

struct package_context *krb_new_context(struct package_credential *credential, bool acceptor, ULONG request)
{
    struct package_context *context = guise_alloc(sizeof(*context));

    if (!context) return NULL;
    pthread_mutex_init(&context->lock, NULL);
    context->acceptor = acceptor;
    context->credential = credential;
    context->request = request;
    return context;
}

/* What only legs need. */
static void end_legs(struct package_context *context)
{
    OM_uint32 minor;

    krb_free_bindings(&context->bindings);
    if (context->target) krb->gss_release_name(&minor, &context->target);
    krb_free_session_keys(context->session_keys);
    context->session_keys = NULL;
}

static void delete_gss(struct package_context *context)
{
    OM_uint32 minor;

    guise_process_begin();
    if (context->gss) krb->gss_delete_sec_context(&minor, &context->gss, GSS_C_NO_BUFFER);
    guise_process_end();
}

void krb_delete_context(struct package_context *context)
{
    if (!context) return;
    end_legs(context);
    delete_gss(context);
    if (context->token) guise_dereference_token(context->token);
    pthread_mutex_destroy(&context->lock);
    guise_free(context);
}

void krb_fail(struct package_context *context)
{
    context->state = KRB_STATE_FAILED;
    end_legs(context);
    delete_gss(context);
    if (context->token) guise_dereference_token(context->token);
    context->token = NULL;
}

struct krb_span krb_input_token(const struct leg *leg)
{
    const SecBuffer *buffer = sec_buffer_find(leg->input, SECBUFFER_TOKEN);
    struct krb_span token = {NULL, 0};

    if (buffer && buffer->pvBuffer && buffer->cbBuffer) token = (struct krb_span){buffer->pvBuffer, buffer->cbBuffer};
    return token;
}

SECURITY_STATUS krb_output_token(struct leg *leg, gss_buffer_t token)
{
    OM_uint32 minor;
    SECURITY_STATUS status = SEC_E_OK;

    if (token->length && !(leg->token = guise_memdup(token->value, token->length))) status = SEC_E_INSUFFICIENT_MEMORY;
    if (leg->token) leg->token_length = token->length;
    krb->gss_release_buffer(&minor, token);
    return status;
}

/* ---- time ---- */

LONGLONG krb_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (now.tv_sec + EPOCH_FILETIME) * TICKS + now.tv_nsec / 100;
}

bool krb_has_expired(const struct package_context *context)
{
    return context->expiry != KRB_NEVER && krb_now() >= context->expiry;
}

void krb_complete(struct package_context *context, struct leg *leg, OM_uint32 lifetime)
{
    end_legs(context);
    context->attributes = krb_attributes(context);
    context->start = krb_now();
    context->expiry = lifetime == GSS_C_INDEFINITE ? KRB_NEVER : context->start + lifetime * TICKS;
    context->state = KRB_STATE_COMPLETE;
    leg->attributes = context->attributes;
    leg->expiry.QuadPart = sec_local_time(context->expiry);
}

/* ---- flags ---- */

/* In the order of the columns: what GSS agreed on, what an initiator and what an acceptor is told (S11.1). */
static const struct
{
    OM_uint32 flag;
    ULONG initiator, acceptor;
} told[] = {
    {GSS_C_DELEG_FLAG, ISC_RET_DELEGATE, ASC_RET_DELEGATE},
    {GSS_C_MUTUAL_FLAG, ISC_RET_MUTUAL_AUTH, ASC_RET_MUTUAL_AUTH},
    {GSS_C_REPLAY_FLAG, ISC_RET_REPLAY_DETECT, ASC_RET_REPLAY_DETECT},
    {GSS_C_SEQUENCE_FLAG, ISC_RET_SEQUENCE_DETECT, ASC_RET_SEQUENCE_DETECT},
    {GSS_C_CONF_FLAG, ISC_RET_CONFIDENTIALITY, ASC_RET_CONFIDENTIALITY},
    {GSS_C_INTEG_FLAG, ISC_RET_INTEGRITY, ASC_RET_INTEGRITY},
    {GSS_C_DCE_STYLE, ISC_RET_USED_DCE_STYLE, ASC_RET_USED_DCE_STYLE},
    {GSS_C_IDENTIFY_FLAG, ISC_RET_IDENTIFY, ASC_RET_IDENTIFY},
    {GSS_C_EXTENDED_ERROR_FLAG, ISC_RET_EXTENDED_ERROR, ASC_RET_EXTENDED_ERROR},
};

enum { TOLD = sizeof(told) / sizeof(told[0]) };

ULONG krb_attributes(const struct package_context *context)
{
    ULONG attributes = context->request & (context->acceptor ? ASC_REQ_CONNECTION : ISC_REQ_CONNECTION);

    if (context->user_to_user) attributes |= context->acceptor ? ASC_RET_USE_SESSION_KEY : ISC_RET_USE_SESSION_KEY;
    for (size_t i = 0; i < TOLD; i++)
        if (context->flags & told[i].flag) attributes |= context->acceptor ? told[i].acceptor : told[i].initiator;
    return attributes;
}

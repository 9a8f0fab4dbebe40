/*
 * MakeSignature, VerifySignature, EncryptMessage and DecryptMessage of Kerberos: MIC and wrap tokens of GSS (RFC 4121 4.2) in the caller's
 * buffers (S6.5.1, S6.5.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/framing.h"
#include "dlls/kerberos/kerberos.h"

/* More than any protocol has; beyond it the message would need memory of its own. */
#define MAX_BUFFERS 32

/* The buffers of a message as GSS takes them. */
struct vector
{
    gss_iov_buffer_desc parts[MAX_BUFFERS + 2];
    int count;
    bool has_data;
    SecBuffer *padding; /* NULL: none given; else its part is the last */
};

static ULONG buffer_type(const SecBuffer *buffer)
{
    return buffer->BufferType & ~SECBUFFER_ATTRMASK;
}

static void add(struct vector *vector, OM_uint32 type, const SecBuffer *buffer)
{
    vector->parts[vector->count++] = (gss_iov_buffer_desc){type, {buffer->cbBuffer, buffer->pvBuffer}};
}

/*
 * READONLY buffers are left out of everything, READONLY_WITH_CHECKSUM ones are signed but not sealed (S2.12.1). TOKEN_TYPE is what the TOKEN
 * buffer is to GSS.
 */
static SECURITY_STATUS collect(struct vector *vector, const struct message *message, OM_uint32 token_type)
{
    vector->count = 0;
    vector->has_data = false;
    vector->padding = NULL;
    if (message->buffers->cBuffers > MAX_BUFFERS) return SEC_E_INVALID_TOKEN;
    add(vector, token_type, message->token);
    for (ULONG i = 0; i < message->buffers->cBuffers; i++)
    {
        SecBuffer *buffer = &message->buffers->pBuffers[i];

        if (buffer_type(buffer) != SECBUFFER_DATA) continue;
        vector->has_data = true;
        if (buffer->BufferType & SECBUFFER_READONLY) continue;
        add(vector, buffer->BufferType & SECBUFFER_READONLY_WITH_CHECKSUM ? GSS_IOV_BUFFER_TYPE_SIGN_ONLY : GSS_IOV_BUFFER_TYPE_DATA, buffer);
    }
    return SEC_E_OK;
}

/* S2.12.3, S2.12.4: what was not agreed on is not done. */
static SECURITY_STATUS check(const struct package_context *context, OM_uint32 needed)
{
    if (context->state != KRB_STATE_COMPLETE) return SEC_E_INVALID_HANDLE;
    if (!(context->flags & needed)) return SEC_E_QOP_NOT_SUPPORTED;
    return krb_has_expired(context) ? SEC_E_CONTEXT_EXPIRED : SEC_E_OK;
}

/* A peer's token is looked at here first: an assertion of MIT Kerberos is no answer to what comes from outside. */
static SECURITY_STATUS check_token(struct package_context *context, const struct message *message, bool wrap)
{
    bool old;
    SECURITY_STATUS status = krb_has_old_cipher(context, &old);

    if (status) return status;
    return krb_is_protection(message->token->pvBuffer, message->token->cbBuffer, old, wrap) ? SEC_E_OK : SEC_E_INVALID_TOKEN;
}

/* ---- signatures ---- */

SECURITY_STATUS krb_make_signature(struct package_context *context, struct message *message)
{
    SECURITY_STATUS status = check(context, GSS_C_INTEG_FLAG);
    gss_iov_buffer_desc length = {GSS_IOV_BUFFER_TYPE_MIC_TOKEN, {0, NULL}};
    OM_uint32 major, minor;
    struct vector vector;

    if (status || (status = collect(&vector, message, GSS_IOV_BUFFER_TYPE_MIC_TOKEN))) return status;
    pthread_mutex_lock(&context->lock);
    major = krb->gss_get_mic_iov_length(&minor, context->gss, GSS_C_QOP_DEFAULT, &length, 1);
    if (!GSS_ERROR(major) && length.buffer.length > message->token->cbBuffer) status = SEC_E_BUFFER_TOO_SMALL;
    else if (!GSS_ERROR(major)) major = krb->gss_get_mic_iov(&minor, context->gss, GSS_C_QOP_DEFAULT, vector.parts, vector.count);
    pthread_mutex_unlock(&context->lock);
    if (!status) status = krb_message_status(major, minor, true);
    if (!status) message->token->cbBuffer = vector.parts[0].buffer.length;
    return status;
}

SECURITY_STATUS krb_verify_signature(struct package_context *context, struct message *message)
{
    SECURITY_STATUS status = check(context, GSS_C_INTEG_FLAG);
    OM_uint32 major, minor;
    gss_qop_t qop = 0;
    struct vector vector;

    if (status || (status = collect(&vector, message, GSS_IOV_BUFFER_TYPE_MIC_TOKEN))) return status;
    if ((status = check_token(context, message, false))) return status;
    pthread_mutex_lock(&context->lock);
    major = krb->gss_verify_mic_iov(&minor, context->gss, &qop, vector.parts, vector.count);
    pthread_mutex_unlock(&context->lock);
    status = krb_message_status(major, minor, false);
    message->qop = qop;
    message->qop_set = !status;
    return status;
}

/* ---- sealing ---- */

/* AES has no use for it and leaves it empty; the older ciphers do not seal without it (S2.12.6). */
static void collect_padding(struct vector *vector, const struct message *message)
{
    if (!(vector->padding = (SecBuffer *)sec_buffer_find(message->buffers, SECBUFFER_PADDING))) return;
    add(vector, GSS_IOV_BUFFER_TYPE_PADDING, vector->padding);
}

/* Without room for it MIT Kerberos refuses to seal, and ends the process where it was only to sign. */
static SECURITY_STATUS check_padding(struct package_context *context, const struct vector *vector)
{
    bool old;
    SECURITY_STATUS status = krb_has_old_cipher(context, &old);

    if (status) return status;
    return old && !vector->padding && !(context->flags & GSS_C_DCE_STYLE) ? SEC_E_INVALID_TOKEN : SEC_E_OK;
}

/*
 * What is needed of the TOKEN buffer, for the header and the trailer, which lies behind it in turn (RRC), and of the PADDING buffer. They get
 * that length if they have it.
 */
static SECURITY_STATUS fit(struct package_context *context, bool encrypt, struct vector *vector)
{
    gss_iov_buffer_desc needed[MAX_BUFFERS + 2];
    int last = vector->padding ? vector->count - 1 : 0;
    OM_uint32 major, minor;

    memcpy(needed, vector->parts, vector->count * sizeof(needed[0]));
    major = krb->gss_wrap_iov_length(&minor, context->gss, encrypt, GSS_C_QOP_DEFAULT, NULL, needed, vector->count);
    if (GSS_ERROR(major)) return krb_message_status(major, minor, true);
    for (int i = 0; i <= last; i += last ? last : 1)
    {
        if (needed[i].buffer.length > vector->parts[i].buffer.length) return SEC_E_BUFFER_TOO_SMALL;
        vector->parts[i].buffer.length = needed[i].buffer.length;
    }
    return SEC_E_OK;
}

static SECURITY_STATUS wrap(struct package_context *context, bool encrypt, struct vector *vector)
{
    SECURITY_STATUS status = fit(context, encrypt, vector);
    OM_uint32 major, minor;
    int encrypted = 0;

    if (status) return status;
    major = krb->gss_wrap_iov(&minor, context->gss, encrypt, GSS_C_QOP_DEFAULT, &encrypted, vector->parts, vector->count);
    if (!GSS_ERROR(major) && encrypted != encrypt) return SEC_E_INTERNAL_ERROR;
    return krb_message_status(major, minor, true);
}

SECURITY_STATUS krb_encrypt_message(struct package_context *context, struct message *message)
{
    bool encrypt = message->qop != SECQOP_WRAP_NO_ENCRYPT;
    SECURITY_STATUS status = check(context, encrypt ? GSS_C_CONF_FLAG : GSS_C_INTEG_FLAG);
    struct vector vector;

    if (status) return status;
    if (encrypt && message->qop) return SEC_E_QOP_NOT_SUPPORTED;
    if ((status = collect(&vector, message, GSS_IOV_BUFFER_TYPE_HEADER))) return status;
    if (!vector.has_data) return SEC_E_INVALID_TOKEN; /* S2.12.4 */
    collect_padding(&vector, message);
    if ((status = check_padding(context, &vector))) return status;
    pthread_mutex_lock(&context->lock);
    status = wrap(context, encrypt, &vector);
    pthread_mutex_unlock(&context->lock);
    if (status) return status;
    message->token->cbBuffer = vector.parts[0].buffer.length;
    if (vector.padding) vector.padding->cbBuffer = vector.parts[vector.count - 1].buffer.length;
    return SEC_E_OK;
}

static SECURITY_STATUS unwrap(struct package_context *context, struct vector *vector, struct message *message)
{
    OM_uint32 major, minor;
    int encrypted = 0;
    gss_qop_t qop = 0;
    SECURITY_STATUS status;

    pthread_mutex_lock(&context->lock);
    major = krb->gss_unwrap_iov(&minor, context->gss, &encrypted, &qop, vector->parts, vector->count);
    pthread_mutex_unlock(&context->lock);
    status = krb_message_status(major, minor, false);
    message->qop = encrypted ? 0 : SECQOP_WRAP_NO_ENCRYPT; /* S2.12.8 */
    message->qop_set = !status;
    return status;
}

/* The whole wrap token in one buffer; DATA is shown where in it the text is (S2.12.7). */
static SECURITY_STATUS decrypt_stream(struct package_context *context, struct message *message)
{
    SecBuffer *data = (SecBuffer *)sec_buffer_find(message->buffers, SECBUFFER_DATA);
    struct vector vector = {.count = 0};
    SECURITY_STATUS status;

    if (!data) return SEC_E_INVALID_TOKEN;
    add(&vector, GSS_IOV_BUFFER_TYPE_STREAM, message->token);
    vector.parts[vector.count++] = (gss_iov_buffer_desc){GSS_IOV_BUFFER_TYPE_DATA, {0, NULL}};
    if ((status = unwrap(context, &vector, message))) return status;
    data->pvBuffer = vector.parts[1].buffer.value;
    data->cbBuffer = vector.parts[1].buffer.length;
    return SEC_E_OK;
}

SECURITY_STATUS krb_decrypt_message(struct package_context *context, struct message *message)
{
    SECURITY_STATUS status = check(context, GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG);
    struct vector vector;

    if (status || (status = check_token(context, message, true))) return status;
    if (buffer_type(message->token) == SECBUFFER_STREAM) return decrypt_stream(context, message);
    if ((status = collect(&vector, message, GSS_IOV_BUFFER_TYPE_HEADER))) return status;
    if (!vector.has_data) return SEC_E_INVALID_TOKEN;
    collect_padding(&vector, message);
    return unwrap(context, &vector, message);
}

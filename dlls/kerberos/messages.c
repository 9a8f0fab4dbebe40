/*
 * MakeSignature, VerifySignature, EncryptMessage and DecryptMessage of Kerberos: MIC and wrap tokens of GSS (RFC 4121 4.2) in the caller's
 * buffers (S6.5.1, S6.5.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/kerberos.h"

/* More than any protocol has; beyond it the message would need memory of its own. */
#define MAX_BUFFERS 32

/* The buffers of a message as GSS takes them. */
struct vector
{
    gss_iov_buffer_desc parts[MAX_BUFFERS + 1];
    SecBuffer *owners[MAX_BUFFERS + 1];
    int count;
    bool has_data;
};

static ULONG buffer_type(const SecBuffer *buffer)
{
    return buffer->BufferType & ~SECBUFFER_ATTRMASK;
}

static void add(struct vector *vector, OM_uint32 type, SecBuffer *buffer)
{
    vector->owners[vector->count] = buffer;
    vector->parts[vector->count++] = (gss_iov_buffer_desc){type, {buffer->cbBuffer, buffer->pvBuffer}};
}

/*
 * READONLY buffers are left out of everything, READONLY_WITH_CHECKSUM ones are signed but not sealed (S2.12.1). TOKEN_TYPE is what the TOKEN
 * buffer is to GSS; padding is none of any cipher that is left, so that its buffer is emptied and not passed on.
 */
static SECURITY_STATUS collect(struct vector *vector, const struct message *message, OM_uint32 token_type)
{
    vector->count = 0;
    vector->has_data = false;
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
    pthread_mutex_lock(&context->lock);
    major = krb->gss_verify_mic_iov(&minor, context->gss, &qop, vector.parts, vector.count);
    pthread_mutex_unlock(&context->lock);
    status = krb_message_status(major, minor, false);
    message->qop = qop;
    message->qop_set = !status;
    return status;
}

/* ---- sealing ---- */

/* The room that the TOKEN buffer needs: header and trailer, which lies behind it in turn (RRC). */
static OM_uint32 header_length(struct package_context *context, bool encrypt, const struct vector *vector, OM_uint32 *minor, size_t *length)
{
    gss_iov_buffer_desc parts[MAX_BUFFERS + 1];
    OM_uint32 major;

    for (int i = 0; i < vector->count; i++) parts[i] = vector->parts[i];
    major = krb->gss_wrap_iov_length(minor, context->gss, encrypt, GSS_C_QOP_DEFAULT, NULL, parts, vector->count);
    *length = parts[0].buffer.length;
    return major;
}

static SECURITY_STATUS wrap(struct package_context *context, bool encrypt, struct vector *vector)
{
    OM_uint32 major, minor;
    size_t length;
    int encrypted = 0;

    major = header_length(context, encrypt, vector, &minor, &length);
    if (GSS_ERROR(major)) return krb_message_status(major, minor, true);
    if (length > vector->parts[0].buffer.length) return SEC_E_BUFFER_TOO_SMALL;
    vector->parts[0].buffer.length = length;
    major = krb->gss_wrap_iov(&minor, context->gss, encrypt, GSS_C_QOP_DEFAULT, &encrypted, vector->parts, vector->count);
    if (!GSS_ERROR(major) && encrypted != encrypt) return SEC_E_INTERNAL_ERROR;
    return krb_message_status(major, minor, true);
}

SECURITY_STATUS krb_encrypt_message(struct package_context *context, struct message *message)
{
    bool encrypt = message->qop != SECQOP_WRAP_NO_ENCRYPT;
    SECURITY_STATUS status = check(context, encrypt ? GSS_C_CONF_FLAG : GSS_C_INTEG_FLAG);
    SecBuffer *padding = (SecBuffer *)sec_buffer_find(message->buffers, SECBUFFER_PADDING);
    struct vector vector;

    if (status) return status;
    if (encrypt && message->qop) return SEC_E_QOP_NOT_SUPPORTED;
    if ((status = collect(&vector, message, GSS_IOV_BUFFER_TYPE_HEADER))) return status;
    if (!vector.has_data) return SEC_E_INVALID_TOKEN; /* S2.12.4 */
    pthread_mutex_lock(&context->lock);
    status = wrap(context, encrypt, &vector);
    pthread_mutex_unlock(&context->lock);
    if (status) return status;
    message->token->cbBuffer = vector.parts[0].buffer.length;
    if (padding) padding->cbBuffer = 0;
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

    if (status) return status;
    if (buffer_type(message->token) == SECBUFFER_STREAM) return decrypt_stream(context, message);
    if ((status = collect(&vector, message, GSS_IOV_BUFFER_TYPE_HEADER))) return status;
    return vector.has_data ? unwrap(context, &vector, message) : SEC_E_INVALID_TOKEN;
}

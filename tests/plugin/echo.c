/*
 * A security package as a shared object: the client says a name, the server believes it. Its messages are turned by one
 * byte and numbered. Made of <guise/package.h> alone, as anybody's package would be.
 *
 * For tests only: it authenticates nobody.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <guise/package.h>
#include <schannel.h>

/* older.c and spoken.c make other packages of this file. */
#ifndef ECHO_NAME
#define ECHO_NAME u"Echo"
#define ECHO_SIZE sizeof(struct sec_package)
#endif

#define NAME_MAX_BYTES 32
#define TURN           0x5a

static const struct sec_package_services *services;

struct package_credential
{
    char user[NAME_MAX_BYTES];
};

struct package_context
{
    char user[NAME_MAX_BYTES];
    ULONG limit, sent, received; /* no more than LIMIT messages are sent, unless it is 0 */
    PACCESS_TOKEN token;
};

static SECURITY_STATUS acquire_credential(const struct acquire_request *request, struct package_credential **credential,
                                          TimeStamp *expiry)
{
    const struct auth_identity *identity = request->identity;
    struct package_credential *made;

    (void)expiry;
    if (request->use & SECPKG_CRED_OUTBOUND && (!identity || !identity->user_length)) return SEC_E_NO_CREDENTIALS;
    if (identity && identity->user_length >= NAME_MAX_BYTES) return SEC_E_UNKNOWN_CREDENTIALS;
    if (!(made = services->alloc(sizeof(*made)))) return SEC_E_INSUFFICIENT_MEMORY;
    for (ULONG i = 0; identity && i < identity->user_length; i++) made->user[i] = (char)identity->user[i];
    *credential = made;
    return SEC_E_OK;
}

/* A credential without a name gets one: what served before may then be a client too. */
static SECURITY_STATUS add_credential(struct package_credential *credential, const struct acquire_request *request,
                                      TimeStamp *expiry)
{
    const struct auth_identity *identity = request->identity;

    if (!identity || !identity->user_length || identity->user_length >= NAME_MAX_BYTES) return SEC_E_NO_CREDENTIALS;
    if (*credential->user) return SEC_E_UNSUPPORTED_FUNCTION;
    for (ULONG i = 0; i < identity->user_length; i++) credential->user[i] = (char)identity->user[i];
    expiry->QuadPart = 4711;
    return SEC_E_OK;
}

#define ATTRIBUTE_USER 0x4711

/* Another name for the next contexts. */
static SECURITY_STATUS set_credential(struct package_credential *credential, ULONG attribute, const void *buffer, ULONG size)
{
    if (attribute != ATTRIBUTE_USER) return SEC_E_UNSUPPORTED_FUNCTION;
    if (!size || size >= NAME_MAX_BYTES) return SEC_E_BUFFER_TOO_SMALL;
    memset(credential->user, 0, sizeof(credential->user));
    memcpy(credential->user, buffer, size);
    return SEC_E_OK;
}

static void free_credential(struct package_credential *credential)
{
    services->free(credential);
}

static SECURITY_STATUS initialize(struct package_credential *credential, struct package_context **context, struct leg *leg)
{
    size_t length = strlen(credential->user);

    if (!(*context = services->alloc(sizeof(**context)))) return SEC_E_INSUFFICIENT_MEMORY;
    if (!(leg->token = services->alloc(length))) return SEC_E_INSUFFICIENT_MEMORY;
    memcpy((*context)->user, credential->user, length);
    memcpy(leg->token, credential->user, length);
    leg->token_length = (ULONG)length;
    return SEC_E_OK;
}

static SECURITY_STATUS accept_name(struct package_credential *credential, struct package_context **context, struct leg *leg)
{
    const SecBuffer *input = services->buffer_find(leg->input, SECBUFFER_TOKEN);
    struct sec_package_logon logon = {.source = "Echo", .level = SecurityImpersonation};
    WCHAR wide[NAME_MAX_BYTES] = {0};

    (void)credential;
    if (!input || !input->cbBuffer || input->cbBuffer >= NAME_MAX_BYTES) return SEC_E_INVALID_TOKEN;
    if (!(*context = services->alloc(sizeof(**context)))) return SEC_E_INSUFFICIENT_MEMORY;
    memcpy((*context)->user, input->pvBuffer, input->cbBuffer);
    for (size_t i = 0; i < input->cbBuffer; i++) wide[i] = (UCHAR)(*context)->user[i];
    logon.unix_account = (*context)->user;
    logon.user_name = wide;
    return services->create_token(&logon, &(*context)->token);
}

static void delete_context(struct package_context *context)
{
    if (context->token) ObDereferenceObject(context->token);
    services->free_secret(context, sizeof(*context));
}

/* ---- messages: the token is the number ---- */

static void turn(SecBufferDesc *buffers)
{
    for (ULONG i = 0; i < buffers->cBuffers; i++)
    {
        SecBuffer *buffer = &buffers->pBuffers[i];

        if ((buffer->BufferType & ~SECBUFFER_ATTRMASK) != SECBUFFER_DATA) continue;
        for (ULONG at = 0; at < buffer->cbBuffer; at++) ((UCHAR *)buffer->pvBuffer)[at] ^= TURN;
    }
}

static SECURITY_STATUS encrypt_message(struct package_context *context, struct message *message)
{
    if (message->token->cbBuffer < sizeof(context->sent)) return SEC_E_BUFFER_TOO_SMALL;
    if (context->limit && context->sent >= context->limit) return SEC_E_CONTEXT_EXPIRED;
    turn(message->buffers);
    memcpy(message->token->pvBuffer, &context->sent, sizeof(context->sent));
    message->token->cbBuffer = sizeof(context->sent);
    context->sent++;
    return SEC_E_OK;
}

static SECURITY_STATUS decrypt_message(struct package_context *context, struct message *message)
{
    if (message->token->cbBuffer != sizeof(context->received)) return SEC_E_INVALID_TOKEN;
    if (memcmp(message->token->pvBuffer, &context->received, sizeof(context->received))) return SEC_E_OUT_OF_SEQUENCE;
    context->received++;
    turn(message->buffers);
    return SEC_E_OK;
}

/* ---- what it tells ---- */

static SECURITY_STATUS query_context(struct package_context *context, ULONG attribute, void *buffer)
{
    SecPkgContext_NamesW *names = buffer;
    WCHAR *name;

    if (attribute != SECPKG_ATTR_NAMES) return SEC_E_UNSUPPORTED_FUNCTION;
    if (!(name = services->out_block((strlen(context->user) + 1) * sizeof(WCHAR)))) return SEC_E_INSUFFICIENT_MEMORY;
    for (size_t i = 0; context->user[i]; i++) name[i] = (UCHAR)context->user[i];
    names->sUserName = name;
    return SEC_E_OK;
}

/* ---- what it is told ---- */

static SECURITY_STATUS set_context(struct package_context *context, ULONG attribute, const void *buffer, ULONG size)
{
    if (attribute != SECPKG_ATTR_APP_DATA) return SEC_E_UNSUPPORTED_FUNCTION;
    if (size != sizeof(context->limit)) return SEC_E_BUFFER_TOO_SMALL;
    memcpy(&context->limit, buffer, size);
    return SEC_E_OK;
}

/* SCHANNEL_SHUTDOWN: no more messages. */
static SECURITY_STATUS apply_control(struct package_context *context, const SecBufferDesc *input)
{
    const SecBuffer *token = services->buffer_find(input, SECBUFFER_TOKEN);
    DWORD type = 0;

    if (input->cBuffers != 1 || !token) return SEC_E_INVALID_TOKEN;
    if (token->cbBuffer >= sizeof(type)) memcpy(&type, token->pvBuffer, sizeof(type));
    if (type != SCHANNEL_SHUTDOWN) return SEC_E_UNSUPPORTED_FUNCTION;
    context->limit = context->sent ? context->sent : 1;
    return SEC_E_OK;
}

static SECURITY_STATUS context_token(struct package_context *context, PACCESS_TOKEN *token)
{
    if (!context->token) return SEC_E_NO_IMPERSONATION;
    *token = context->token;
    return SEC_E_OK;
}

/* ---- export ---- */

static SECURITY_STATUS export_context(struct package_context *context, bool reset, UCHAR **data, ULONG *size)
{
    struct package_context *copy = services->alloc(sizeof(*copy));

    if (!copy) return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(copy->user, context->user, sizeof(copy->user));
    copy->sent = reset ? 0 : context->sent;
    copy->received = reset ? 0 : context->received;
    *data = (UCHAR *)copy;
    *size = sizeof(*copy);
    return SEC_E_OK;
}

static SECURITY_STATUS import_context(const UCHAR *data, ULONG size, bool acceptor, PACCESS_TOKEN token,
                                      struct package_context **context)
{
    struct package_context *made;

    (void)acceptor;
    if (size != sizeof(*made)) return SEC_E_UNKNOWN_CREDENTIALS;
    if (!(made = services->alloc(sizeof(*made)))) return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(made, data, size);
    if ((made->token = token)) ObReferenceObject(token);
    *context = made;
    return SEC_E_OK;
}

#ifdef ECHO_SPOKEN
ECHO_SPOKEN_1
#endif

static const struct sec_package echo = {
    .version = SEC_PACKAGE_VERSION,
    .size = ECHO_SIZE,
    .name = ECHO_NAME,
    .comment = u"A package of the tests",
    .capabilities = SECPKG_FLAG_IMPERSONATION | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_CONNECTION,
    .rpc_id = SECPKG_ID_NONE,
    .max_token = NAME_MAX_BYTES,
    .acquire_credential = acquire_credential,
    .free_credential = free_credential,
    .initialize = initialize,
    .accept = accept_name,
    .delete_context = delete_context,
    .encrypt_message = encrypt_message,
    .decrypt_message = decrypt_message,
    .query_context = query_context,
    .context_token = context_token,
    .export_context = export_context,
    .import_context = import_context,
    .add_credential = add_credential,
    .set_credential = set_credential,
    .set_context = set_context,
    .apply_control = apply_control,
#ifdef ECHO_SPOKEN
    ECHO_SPOKEN,
#endif
};

const struct sec_package *guise_security_package(ULONG front_version, const struct sec_package_services *given)
{
    if (front_version != SEC_PACKAGE_VERSION || given->size < sizeof(*given)) return NULL;
    services = given;
    return &echo;
}

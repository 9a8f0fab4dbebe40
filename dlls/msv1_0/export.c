/*
 * A completed NTLM context as bytes and back. The front carries the client's token, and encrypts what is written here.
 *
 *   version, flags, request, attributes, start (8), exported session key (16), whether the client named a target, the
 *   client's user and domain, its target, who vouches, the server's own name; the seal (seal_export.c).
 *
 * Numbers have four bytes where nothing is said; a text is its length in characters and UTF-16.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/ntlm.h"

#define EXPORT_VERSION 1
#define FIXED_SIZE     (5 * 4 + 8 + NTLM_KEY_SIZE)

enum
{
    TEXTS = 5
};

static size_t text_size(const struct ntlm_text *text)
{
    return 4 + text->units * sizeof(WCHAR);
}

SECURITY_STATUS ntlm_export_context(struct package_context *context, bool reset, UCHAR **data, ULONG *size)
{
    const struct ntlm_text *const texts[TEXTS] = {&context->user, &context->domain, &context->target,
                                                  &context->authority, ntlm_server_name(context)};
    size_t room = FIXED_SIZE + SEAL_BLOB_SIZE;
    struct wire_writer writer;

    if (context->state != NTLM_STATE_COMPLETE) return SEC_E_INVALID_HANDLE;
    for (size_t i = 0; i < TEXTS; i++) room += text_size(texts[i]);
    if (!(*data = guise_alloc(room))) return SEC_E_INSUFFICIENT_MEMORY;
    wire_writer_init(&writer, *data, room);
    wire_write_u32(&writer, EXPORT_VERSION);
    wire_write_u32(&writer, context->flags);
    wire_write_u32(&writer, context->request);
    wire_write_u32(&writer, context->attributes);
    wire_write_u64(&writer, context->start);
    wire_write_bytes(&writer, context->exported_key, NTLM_KEY_SIZE);
    wire_write_u32(&writer, context->has_target);
    for (size_t i = 0; i < TEXTS; i++)
    {
        wire_write_u32(&writer, (ULONG)texts[i]->units);
        wire_write_span(&writer, ntlm_text_span(texts[i]));
    }
    if (seal_export(&context->seal, reset, &writer))
    {
        *size = (ULONG)writer.length;
        return SEC_E_OK;
    }
    guise_free_secret(*data, room);
    *data = NULL; /* the front frees what is there */
    return SEC_E_UNSUPPORTED_FUNCTION;
}

static SECURITY_STATUS read_text(struct wire_reader *reader, struct ntlm_text *text)
{
    ULONG units = wire_read_u32(reader);
    struct wire_span span = wire_read_span(reader, (size_t)units * sizeof(WCHAR));

    if (reader->failed) return SEC_E_UNKNOWN_CREDENTIALS;
    if (!(text->text = guise_alloc(span.size + sizeof(WCHAR)))) return SEC_E_INSUFFICIENT_MEMORY;
    if (span.size) memcpy(text->text, span.data, span.size); /* which is not aligned */
    text->units = units;
    return SEC_E_OK;
}

static SECURITY_STATUS read_context(struct package_context *context, struct wire_reader *reader)
{
    struct ntlm_text *const texts[TEXTS] = {&context->user, &context->domain, &context->target, &context->authority,
                                            &context->target_computer};
    SECURITY_STATUS status;

    if (wire_read_u32(reader) != EXPORT_VERSION) return SEC_E_UNKNOWN_CREDENTIALS;
    context->flags = wire_read_u32(reader);
    context->request = wire_read_u32(reader);
    context->datagram = context->request & ISC_REQ_DATAGRAM;
    context->attributes = wire_read_u32(reader);
    context->start = wire_read_u64(reader);
    wire_read_bytes(reader, context->exported_key, NTLM_KEY_SIZE);
    context->has_target = wire_read_u32(reader);
    for (size_t i = 0; i < TEXTS; i++)
        if ((status = read_text(reader, texts[i])) != SEC_E_OK) return status;
    if ((status = seal_import(&context->seal, context->flags, reader)) != SEC_E_OK) return status;
    return reader->failed || reader->position != reader->size ? SEC_E_UNKNOWN_CREDENTIALS : SEC_E_OK;
}

SECURITY_STATUS ntlm_import_context(const UCHAR *data, ULONG size, bool acceptor, PACCESS_TOKEN token,
                                    struct package_context **context)
{
    struct package_context *made;
    struct wire_reader reader;
    SECURITY_STATUS status;

    if (!crypto_ready()) return SEC_E_INTERNAL_ERROR;
    if (!(made = ntlm_new_context(NULL, acceptor, 0))) return SEC_E_INSUFFICIENT_MEMORY;
    made->state = NTLM_STATE_COMPLETE;
    wire_reader_init(&reader, data, size);
    if ((status = read_context(made, &reader)) != SEC_E_OK)
    {
        ntlm_delete_context(made);
        return status;
    }
    if (token) guise_reference_token(token);
    made->token = token;
    *context = made;
    return SEC_E_OK;
}

/*
 * A completed Kerberos context as bytes and back. The front carries the client's token, and encrypts what is written here.
 *
 *   version, flags, request, attributes, start (8), expiry (8), and what GSS makes of its context.
 *
 * Numbers have four bytes where nothing is said. Tickets that a client sent along stay where they are.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/kerberos.h"
#include "dlls/secur32/wire.h"

#define EXPORT_VERSION 1
#define FIXED_SIZE     (4 * 4 + 2 * 8)

static void wipe(gss_buffer_t blob)
{
    OM_uint32 minor;

    if (blob->length) explicit_bzero(blob->value, blob->length);
    krb->gss_release_buffer(&minor, blob);
}

/* GSS gives its context away and takes it back: between the two nobody may be at it, and what cannot come back is gone. */
static SECURITY_STATUS copy_gss(struct package_context *context, gss_buffer_t blob)
{
    OM_uint32 major, minor;

    pthread_mutex_lock(&context->lock);
    major = krb->gss_export_sec_context(&minor, &context->gss, blob);
    if (!GSS_ERROR(major)) major = krb->gss_import_sec_context(&minor, blob, &context->gss);
    pthread_mutex_unlock(&context->lock);
    return GSS_ERROR(major) ? krb_leg_status(major, minor, context->acceptor, "export") : SEC_E_OK;
}

static SECURITY_STATUS write_blob(const struct package_context *context, const gss_buffer_desc *blob, UCHAR **data, ULONG *size)
{
    size_t room = FIXED_SIZE + blob->length;
    struct wire_writer writer;

    if (!(*data = guise_alloc(room))) return SEC_E_INSUFFICIENT_MEMORY;
    wire_writer_init(&writer, *data, room);
    wire_write_u32(&writer, EXPORT_VERSION);
    wire_write_u32(&writer, context->flags);
    wire_write_u32(&writer, context->request);
    wire_write_u32(&writer, context->attributes);
    wire_write_u64(&writer, context->start);
    wire_write_u64(&writer, context->expiry);
    wire_write_bytes(&writer, blob->value, blob->length);
    *size = (ULONG)writer.length;
    return SEC_E_OK;
}

/* Numbers of messages cannot begin anew: GSS keeps them inside. */
SECURITY_STATUS krb_export_context(struct package_context *context, bool reset, UCHAR **data, ULONG *size)
{
    gss_buffer_desc blob = GSS_C_EMPTY_BUFFER;
    SECURITY_STATUS status;

    if (context->state != KRB_STATE_COMPLETE) return SEC_E_INVALID_HANDLE;
    if (reset) return SEC_E_UNSUPPORTED_FUNCTION;
    guise_process_begin();
    status = copy_gss(context, &blob);
    guise_process_end();
    if (!status) status = write_blob(context, &blob, data, size);
    wipe(&blob);
    return status;
}

static SECURITY_STATUS read_blob(struct package_context *context, const UCHAR *data, ULONG size)
{
    struct wire_reader reader;
    struct wire_span rest;
    gss_buffer_desc blob;
    OM_uint32 major, minor;

    wire_reader_init(&reader, data, size);
    if (wire_read_u32(&reader) != EXPORT_VERSION) return SEC_E_UNKNOWN_CREDENTIALS;
    context->flags = wire_read_u32(&reader);
    context->request = wire_read_u32(&reader);
    context->attributes = wire_read_u32(&reader);
    context->start = wire_read_u64(&reader);
    context->expiry = wire_read_u64(&reader);
    rest = wire_read_span(&reader, reader.size - reader.position);
    if (reader.failed || !rest.size) return SEC_E_UNKNOWN_CREDENTIALS;
    blob = (gss_buffer_desc){rest.size, (void *)rest.data};
    guise_process_begin();
    major = krb->gss_import_sec_context(&minor, &blob, &context->gss);
    guise_process_end();
    if (!GSS_ERROR(major)) return SEC_E_OK;
    return krb_leg_status(major, minor, context->acceptor, "import") == SEC_E_INSUFFICIENT_MEMORY ? SEC_E_INSUFFICIENT_MEMORY
                                                                                                  : SEC_E_UNKNOWN_CREDENTIALS;
}

SECURITY_STATUS krb_import_context(const UCHAR *data, ULONG size, bool acceptor, PACCESS_TOKEN token, struct package_context **context)
{
    struct package_context *made;
    SECURITY_STATUS status;

    if (!krb_load()) return SEC_E_SECPKG_NOT_FOUND;
    if (!(made = krb_new_context(NULL, acceptor, 0))) return SEC_E_INSUFFICIENT_MEMORY;
    if ((status = read_blob(made, data, size)) != SEC_E_OK)
    {
        krb_delete_context(made);
        return status;
    }
    made->state = KRB_STATE_COMPLETE;
    if (token) guise_reference_token(token);
    made->token = token;
    *context = made;
    return SEC_E_OK;
}

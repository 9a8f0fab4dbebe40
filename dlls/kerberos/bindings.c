/*
 * Channel bindings of a caller, as GSS takes them (S2.5.10).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/kerberos.h"
#include "dlls/secur32/wire.h"

/* A length and an offset from the start of BLOCK. */
static gss_buffer_desc read_part(struct wire_reader *reader, const UCHAR *block)
{
    ULONG length = wire_read_u32(reader), offset = wire_read_u32(reader);
    gss_buffer_desc part = {length, NULL};

    if (!length) return part; /* wherever it would be */
    if (offset > reader->size || length > reader->size - offset) reader->failed = true;
    else part.value = (void *)(block + offset);
    return part;
}

static bool read_block(struct krb_bindings *bindings, size_t size)
{
    struct gss_channel_bindings_struct *gss = &bindings->gss;
    struct wire_reader reader;

    wire_reader_init(&reader, bindings->block, size);
    gss->initiator_addrtype = wire_read_u32(&reader);
    gss->initiator_address = read_part(&reader, bindings->block);
    gss->acceptor_addrtype = wire_read_u32(&reader);
    gss->acceptor_address = read_part(&reader, bindings->block);
    gss->application_data = read_part(&reader, bindings->block);
    return !reader.failed;
}

SECURITY_STATUS krb_take_bindings(struct krb_bindings *bindings, const SecBufferDesc *input)
{
    const SecBuffer *buffer = sec_buffer_find(input, SECBUFFER_CHANNEL_BINDINGS);

    if (!buffer || !buffer->cbBuffer) return SEC_E_OK;
    krb_free_bindings(bindings); /* of an earlier leg */
    if (!(bindings->block = guise_memdup(buffer->pvBuffer, buffer->cbBuffer))) return SEC_E_INSUFFICIENT_MEMORY;
    return read_block(bindings, buffer->cbBuffer) ? SEC_E_OK : SEC_E_INVALID_TOKEN;
}

void krb_free_bindings(struct krb_bindings *bindings)
{
    guise_free(bindings->block);
    memset(bindings, 0, sizeof(*bindings));
}

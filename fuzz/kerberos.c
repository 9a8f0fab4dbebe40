/*
 * libFuzzer target: what of Kerberos is read here before MIT Kerberos sees it. The first byte says what the rest is: a token, channel bindings, the
 * name of a service, the data of a KRB-ERROR, or the whole of a message without its frame.
 *
 * Covers: dlls/kerberos/framing.c dlls/kerberos/user_messages.c:enter,krb_read_ap_req,find_options,read_number,enter_message,krb_read_tgt_request,krb_read_tgt_reply dlls/kerberos/extended_error.c dlls/kerberos/bindings.c dlls/kerberos/name.c:split,split_parts,lower_host,put_escaped,write_principal
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dlls/kerberos/framing.h"
#include "dlls/kerberos/kerberos.h"
#include "dlls/kerberos/password.h"
#include "dlls/kerberos/user_messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever the bytes are. */
static void must(int condition)
{
    if (!condition) abort();
}

static bool inside(const gss_buffer_desc *part, const UCHAR *block, size_t size)
{
    const UCHAR *start = part->value;

    return !part->length || (start >= block && start <= block + size && part->length <= (size_t)(block + size - start));
}

static bool holds(const uint8_t *data, size_t size, struct wire_span part)
{
    return !part.size || (part.data >= data && part.size <= size && part.data - data <= (ptrdiff_t)(size - part.size));
}

/* The option is set where it was read, and nothing else changes. */
static void mark(const uint8_t *data, size_t size, bool use_session_key)
{
    uint8_t *copy = malloc(size);
    struct krb_ap_req ap_req;
    bool now = false;

    must(copy != NULL);
    memcpy(copy, data, size);
    must(krb_read_ap_req((struct wire_span){copy, size}, &ap_req) && krb_set_use_session_key(copy, &ap_req));
    must(krb_read_use_session_key(&ap_req, &now) && now && !memcmp(copy, data, size) == use_session_key);
    free(copy);
}

static void read_message(const uint8_t *data, size_t size)
{
    struct wire_span message = {data, size}, ticket, again;
    struct krb_ap_req ap_req;
    bool use_session_key;
    UCHAR *written;

    krb_read_tgt_request(message);
    if (krb_read_tgt_reply(message, &ticket))
    {
        must(holds(data, size, ticket) && ticket.size);
        written = krb_write_tgt_reply(ticket, &size);
        must(krb_read_tgt_reply((struct wire_span){written, size}, &again) && again.size == ticket.size && !memcmp(again.data, ticket.data, again.size));
        guise_free(written);
    }
    else if (krb_read_ap_req(message, &ap_req))
    {
        must(holds(data, size, ap_req.options) && holds(data, size, ap_req.ticket));
        if (krb_read_use_session_key(&ap_req, &use_session_key)) mark(data, size, use_session_key);
    }
}

/* What is written again is what was read. */
static void read_token(const uint8_t *data, size_t size)
{
    struct krb_frame frame = krb_read_frame(data, size), again;
    size_t written;
    UCHAR *token;

    must(!krb_is_protection(data, size, false, true) || size >= 16);
    must(!krb_is_protection(data, size, true, true) || size >= 14);
    must(holds(data, size, frame.body) && !frame.message == !frame.body.size);
    if (!frame.message) return;
    token = krb_write_frame(&frame, &written);
    again = krb_read_frame(token, written);
    must(again.message == frame.message && again.kind == frame.kind && again.body.size == frame.body.size);
    guise_free(token);
    read_message(frame.body.data, frame.body.size);
}

static void read_bindings(const uint8_t *data, size_t size)
{
    SecBuffer buffer = {size, SECBUFFER_CHANNEL_BINDINGS, (void *)data};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    struct krb_bindings bindings = {NULL, {0}};

    if (!krb_take_bindings(&bindings, &desc) && size)
        must(inside(&bindings.gss.initiator_address, bindings.block, size) && inside(&bindings.gss.acceptor_address, bindings.block, size) &&
             inside(&bindings.gss.application_data, bindings.block, size));
    krb_free_bindings(&bindings);
}

/* As UTF-16, one character a byte: what a name is made of is ASCII. */
static void read_name(const uint8_t *data, size_t size)
{
    WCHAR text[256];
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 minor;
    size_t units = size < 255 ? size : 255;

    for (size_t i = 0; i < units; i++) text[i] = data[i];
    text[units] = 0;
    if (!krb_import_target(text, &name))
    {
        must(units && name);
        krb->gss_release_name(&minor, &name);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size || !krb_load()) return 0;
    switch (data[0] % 5)
    {
    case 0: read_token(data + 1, size - 1); break;
    case 1: read_bindings(data + 1, size - 1); break;
    case 2: read_name(data + 1, size - 1); break;
    case 3: must(!krb_extended_status(data + 1, size - 1) || size > 20); break;
    case 4: read_message(data + 1, size - 1); break;
    }
    return 0;
}

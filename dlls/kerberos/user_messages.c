/*
 * Reading and writing of the messages of user-to-user.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/user_messages.h"
#include "dlls/negotiate/der.h"
#include "ntoskrnl/core.h"

#define VERSION         5
#define TYPE_TGT_REQ    16
#define TYPE_TGT_REP    17
#define USE_SESSION_KEY 0x40 /* of the first byte of the options */

/* The fields of MESSAGE, an element with TAG that is all of it. */
static bool enter(struct wire_span message, UCHAR tag, struct wire_reader *fields)
{
    struct wire_reader reader;

    der_reader_init(&reader, message);
    return der_enter(&reader, tag, fields) && der_at_end(&reader);
}

/* ---- AP-REQ ---- */

bool krb_read_ap_req(struct wire_span message, struct krb_ap_req *ap_req)
{
    struct wire_reader outer, fields;
    struct wire_span field[5]; /* pvno, msg-type, ap-options, ticket, authenticator */

    if (!enter(message, DER_APPLICATION(14), &outer)) return false;
    if (!der_enter(&outer, DER_SEQUENCE, &fields) || !der_at_end(&outer)) return false;
    for (UCHAR i = 0; i < 5; i++) field[i] = der_read(&fields, DER_CONTEXT(i));
    ap_req->options = field[2];
    ap_req->ticket = field[3];
    return der_at_end(&fields) && ap_req->ticket.size;
}

/* The first byte of all 32 of them, as they have to be there (RFC 4120 5.2.8); NULL: they cannot be read. */
static const UCHAR *find_options(const struct krb_ap_req *ap_req)
{
    struct wire_reader reader;
    struct wire_span bits;

    der_reader_init(&reader, ap_req->options);
    bits = der_read(&reader, DER_BIT_STRING);
    return der_at_end(&reader) && bits.size == 5 && !bits.data[0] ? bits.data + 1 : NULL;
}

bool krb_read_use_session_key(const struct krb_ap_req *ap_req, bool *use_session_key)
{
    const UCHAR *options = find_options(ap_req);

    if (options) *use_session_key = *options & USE_SESSION_KEY;
    return options;
}

bool krb_set_use_session_key(UCHAR *token, const struct krb_ap_req *ap_req)
{
    const UCHAR *options = find_options(ap_req);

    if (options) token[options - token] |= USE_SESSION_KEY;
    return options;
}

/* ---- TGT-REQ and TGT-REP ---- */

static bool read_number(struct wire_reader *fields, UCHAR tag, UCHAR expected)
{
    struct wire_reader field;
    struct wire_span number;

    if (!der_enter(fields, tag, &field)) return false;
    number = der_read(&field, DER_INTEGER);
    return der_at_end(&field) && number.size == 1 && number.data[0] == expected;
}

/* What both begin with. */
static bool enter_message(struct wire_span message, UCHAR type, struct wire_reader *fields)
{
    return enter(message, DER_SEQUENCE, fields) && read_number(fields, DER_CONTEXT(0), VERSION) && read_number(fields, DER_CONTEXT(1), type);
}

bool krb_read_tgt_request(struct wire_span message)
{
    struct wire_reader fields, field;

    if (!enter_message(message, TYPE_TGT_REQ, &fields)) return false;
    if (der_next_is(&fields, DER_CONTEXT(2)) && der_enter(&fields, DER_CONTEXT(2), &field))
    {
        der_read(&field, DER_SEQUENCE);
        if (!der_at_end(&field)) return false;
    }
    if (der_next_is(&fields, DER_CONTEXT(3)) && der_enter(&fields, DER_CONTEXT(3), &field))
    {
        der_read(&field, DER_GENERAL_STRING);
        if (!der_at_end(&field)) return false;
    }
    return der_at_end(&fields);
}

bool krb_read_tgt_reply(struct wire_span message, struct wire_span *ticket)
{
    struct wire_reader fields, field;

    if (!enter_message(message, TYPE_TGT_REP, &fields) || !der_enter(&fields, DER_CONTEXT(2), &field) || !der_at_end(&fields)) return false;
    if (!der_next_is(&field, DER_APPLICATION(1))) return false;
    *ticket = der_read_whole(&field);
    return der_at_end(&field);
}

/* ---- writing ---- */

enum { NUMBER_SIZE = 3 }; /* an INTEGER of one byte */

static void write_number(struct wire_writer *writer, UCHAR tag, UCHAR number)
{
    der_write_header(writer, tag, NUMBER_SIZE);
    der_write(writer, DER_INTEGER, (struct wire_span){&number, 1});
}

/* Room for a message whose other fields take REST, with what it begins with. */
static UCHAR *begin(struct wire_writer *writer, UCHAR type, size_t rest, size_t *size)
{
    size_t fields = 2 * der_size(NUMBER_SIZE) + rest;
    UCHAR *message;

    *size = der_size(fields);
    if (!(message = guise_alloc(*size))) return NULL;
    wire_writer_init(writer, message, *size);
    der_write_header(writer, DER_SEQUENCE, fields);
    write_number(writer, DER_CONTEXT(0), VERSION);
    write_number(writer, DER_CONTEXT(1), type);
    return message;
}

static struct wire_span span_of(const krb5_data *data)
{
    return (struct wire_span){(const UCHAR *)data->data, data->length};
}

UCHAR *krb_write_tgt_request(krb5_const_principal server, size_t *size)
{
    size_t parts = 0, name, realm = server->realm.length ? der_size(der_size(server->realm.length)) : 0;
    struct wire_writer writer;
    UCHAR *message;

    for (krb5_int32 i = 0; i < server->length; i++) parts += der_size(server->data[i].length);
    name = der_size(NUMBER_SIZE) + der_size(der_size(parts));
    if (!(message = begin(&writer, TYPE_TGT_REQ, der_size(der_size(name)) + realm, size))) return NULL;
    der_write_header(&writer, DER_CONTEXT(2), der_size(name));
    der_write_header(&writer, DER_SEQUENCE, name);
    write_number(&writer, DER_CONTEXT(0), server->type >= 0 && server->type < 0x80 ? (UCHAR)server->type : KRB5_NT_UNKNOWN);
    der_write_header(&writer, DER_CONTEXT(1), der_size(parts));
    der_write_header(&writer, DER_SEQUENCE, parts);
    for (krb5_int32 i = 0; i < server->length; i++) der_write(&writer, DER_GENERAL_STRING, span_of(&server->data[i]));
    if (realm)
    {
        der_write_header(&writer, DER_CONTEXT(3), der_size(server->realm.length));
        der_write(&writer, DER_GENERAL_STRING, span_of(&server->realm));
    }
    return message;
}

UCHAR *krb_write_tgt_reply(struct wire_span ticket, size_t *size)
{
    struct wire_writer writer;
    UCHAR *message = begin(&writer, TYPE_TGT_REP, der_size(ticket.size), size);

    if (message) der_write(&writer, DER_CONTEXT(2), ticket);
    return message;
}

/*
 * The frame of a Kerberos token (RFC 4121 4.1, RFC 2743 3.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/framing.h"
#include "dlls/negotiate/der.h"
#include "ntoskrnl/core.h"

#define TAG_FRAME DER_APPLICATION(0)

/* By enum krb_frame_kind (S5.1.1). */
static const struct wire_span mechanisms[] = {
    [KRB_FRAME_NONE] = {NULL, 0},
    [KRB_FRAME_KERBEROS] = {(const UCHAR *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 9},
    [KRB_FRAME_MICROSOFT] = {(const UCHAR *)"\x2a\x86\x48\x82\xf7\x12\x01\x02\x02", 9},
    [KRB_FRAME_USER_TO_USER] = {(const UCHAR *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03", 10},
};

/* By enum krb_message (S6.2.1): the two bytes behind the mechanism, and how the message begins. */
static const struct
{
    UCHAR id[2], tag;
} messages[] = {
    [KRB_MESSAGE_NONE] = {{0, 0}, 0},
    [KRB_MESSAGE_AP_REQ] = {{1, 0}, DER_APPLICATION(14)},
    [KRB_MESSAGE_AP_REP] = {{2, 0}, DER_APPLICATION(15)},
    [KRB_MESSAGE_ERROR] = {{3, 0}, DER_APPLICATION(30)},
    [KRB_MESSAGE_TGT_REQ] = {{4, 0}, DER_SEQUENCE},
    [KRB_MESSAGE_TGT_REP] = {{4, 1}, DER_SEQUENCE},
};

#define TOKEN_HEADER_SIZE 16 /* RFC 4121 4.2.6 */

static UCHAR read_byte(struct wire_reader *reader)
{
    struct wire_span span = wire_read_span(reader, 1);

    return span.size ? span.data[0] : 0;
}

/* A definite length in its shortest form, which must be what is left. */
static bool read_rest_length(struct wire_reader *reader)
{
    size_t first = read_byte(reader), octets = first & 0x7f, length = first;

    if (first & 0x80)
    {
        if (!octets || octets > 4) return false;
        length = 0;
        for (size_t i = 0; i < octets; i++) length = length << 8 | read_byte(reader);
        if (length < 0x80 || length >> (8 * (octets - 1)) == 0) return false;
    }
    return !reader->failed && length == reader->size - reader->position;
}

static enum krb_frame_kind read_mechanism(struct wire_reader *reader)
{
    struct wire_span oid = der_read(reader, DER_OID);

    for (enum krb_frame_kind kind = KRB_FRAME_KERBEROS; kind <= KRB_FRAME_USER_TO_USER; kind++)
        if (oid.size == mechanisms[kind].size && !memcmp(oid.data, mechanisms[kind].data, oid.size)) return kind;
    return KRB_FRAME_NONE;
}

static enum krb_message read_id(struct wire_reader *reader)
{
    UCHAR id[2];

    wire_read_bytes(reader, id, sizeof(id));
    for (enum krb_message message = KRB_MESSAGE_AP_REQ; message <= KRB_MESSAGE_TGT_REP; message++)
        if (!memcmp(id, messages[message].id, sizeof(id)) && der_next_is(reader, messages[message].tag)) return message;
    return KRB_MESSAGE_NONE;
}

static struct krb_frame read_framed(struct wire_reader *reader)
{
    struct krb_frame frame = {KRB_MESSAGE_NONE, KRB_FRAME_NONE, {NULL, 0}};

    if (!read_rest_length(reader) || !(frame.kind = read_mechanism(reader))) return frame;
    frame.message = read_id(reader);
    if (!frame.message) frame.kind = KRB_FRAME_NONE;
    else frame.body = wire_read_span(reader, reader->size - reader->position);
    return frame;
}

struct krb_frame krb_read_frame(const UCHAR *data, size_t size)
{
    struct krb_frame frame = {KRB_MESSAGE_NONE, KRB_FRAME_NONE, {NULL, 0}};
    struct wire_reader reader;
    UCHAR tag;

    wire_reader_init(&reader, data, size);
    if ((tag = read_byte(&reader)) == TAG_FRAME) return read_framed(&reader);
    for (enum krb_message message = KRB_MESSAGE_AP_REQ; message <= KRB_MESSAGE_ERROR; message++)
        if (tag == messages[message].tag && read_rest_length(&reader))
            return (struct krb_frame){message, KRB_FRAME_NONE, {data, size}};
    return frame;
}

enum krb_message krb_message_of(const UCHAR *data, size_t size)
{
    return krb_read_frame(data, size).message;
}

UCHAR *krb_write_frame(const struct krb_frame *frame, size_t *size)
{
    struct wire_span mechanism = mechanisms[frame->kind];
    size_t inside = der_size(mechanism.size) + sizeof(messages[0].id) + frame->body.size;
    struct wire_writer writer;
    UCHAR *token;

    *size = frame->kind == KRB_FRAME_NONE ? frame->body.size : der_size(inside);
    if (!(token = guise_alloc(*size))) return NULL;
    wire_writer_init(&writer, token, *size);
    if (frame->kind != KRB_FRAME_NONE)
    {
        der_write_header(&writer, TAG_FRAME, inside);
        der_write(&writer, DER_OID, mechanism);
        wire_write_bytes(&writer, messages[frame->message].id, sizeof(messages[0].id));
    }
    wire_write_span(&writer, frame->body);
    return token;
}

/* ---- what protects messages ---- */

static UCHAR skip_frame(struct wire_reader *reader)
{
    UCHAR tag = read_byte(reader), length = read_byte(reader);
    enum krb_frame_kind kind;

    if (length & 0x80) wire_skip(reader, length & 0x7f);
    kind = read_mechanism(reader);
    return kind == KRB_FRAME_KERBEROS || kind == KRB_FRAME_MICROSOFT ? tag : 0;
}

bool krb_is_protection(const UCHAR *data, size_t size, bool old, bool wrap)
{
    static const UCHAR ids[2][2][2] = {{{0x04, 0x04}, {0x05, 0x04}}, {{0x01, 0x01}, {0x02, 0x01}}};
    struct wire_reader reader;
    struct wire_span id;

    wire_reader_init(&reader, data, size);
    if (old && skip_frame(&reader) != TAG_FRAME) return false;
    id = wire_read_span(&reader, sizeof(ids[0][0]));
    if (!id.size || memcmp(id.data, ids[old][wrap], id.size)) return false;
    return old || (wrap ? size >= TOKEN_HEADER_SIZE : size > TOKEN_HEADER_SIZE); /* a MIC has no end without its checksum */
}

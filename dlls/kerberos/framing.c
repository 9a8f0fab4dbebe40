/*
 * The frame of a Kerberos token (RFC 4121 4.1, RFC 2743 3.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/framing.h"
#include "dlls/secur32/wire.h"

#define TAG_FRAME  0x60 /* [APPLICATION 0] */
#define TAG_AP_REQ 0x6e /* [APPLICATION 14] */
#define TAG_AP_REP 0x6f
#define TAG_ERROR  0x7e

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

static bool read_mechanism(struct wire_reader *reader)
{
    static const UCHAR mit[] = {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2};
    static const UCHAR microsoft[] = {6, 9, 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 1, 2, 2}; /* S5.1.1 */
    struct wire_span span = wire_read_span(reader, sizeof(mit));

    return span.size && (!memcmp(span.data, mit, sizeof(mit)) || !memcmp(span.data, microsoft, sizeof(microsoft)));
}

static enum krb_message framed(struct wire_reader *reader)
{
    static const UCHAR tags[] = {[KRB_MESSAGE_AP_REQ] = TAG_AP_REQ, [KRB_MESSAGE_AP_REP] = TAG_AP_REP, [KRB_MESSAGE_ERROR] = TAG_ERROR};
    UCHAR id, zero, tag;

    if (!read_rest_length(reader) || !read_mechanism(reader)) return KRB_MESSAGE_NONE;
    id = read_byte(reader);
    zero = read_byte(reader);
    tag = read_byte(reader);
    if (reader->failed || zero || id < KRB_MESSAGE_AP_REQ || id > KRB_MESSAGE_ERROR || tag != tags[id]) return KRB_MESSAGE_NONE;
    return (enum krb_message)id;
}

enum krb_message krb_message_of(const UCHAR *data, size_t size)
{
    struct wire_reader reader;

    wire_reader_init(&reader, data, size);
    switch (read_byte(&reader))
    {
    case TAG_FRAME: return framed(&reader);
    case TAG_AP_REQ: return read_rest_length(&reader) ? KRB_MESSAGE_AP_REQ : KRB_MESSAGE_NONE;
    case TAG_AP_REP: return read_rest_length(&reader) ? KRB_MESSAGE_AP_REP : KRB_MESSAGE_NONE;
    case TAG_ERROR: return read_rest_length(&reader) ? KRB_MESSAGE_ERROR : KRB_MESSAGE_NONE;
    default: return KRB_MESSAGE_NONE;
    }
}

/* ---- what protects messages ---- */

static UCHAR skip_frame(struct wire_reader *reader)
{
    UCHAR tag = read_byte(reader), length = read_byte(reader);

    if (length & 0x80) wire_skip(reader, length & 0x7f);
    return read_mechanism(reader) ? tag : 0;
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

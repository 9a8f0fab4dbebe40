/*
 * Parsing and writing SPNEGO's tokens.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/negotiate/der.h"
#include "dlls/negotiate/spnego.h"

static const UCHAR spnego_oid[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02}; /* 1.3.6.1.5.5.2, S5.1.1 */
static const UCHAR hint_name[] = "not_defined_in_RFC4178@please_ignore";   /* S5.3.1 */

#define INIT_CHOICE     DER_CONTEXT(0)
#define RESPONSE_CHOICE DER_CONTEXT(1)
#define FRAME           DER_APPLICATION(0)

/* ---- reading ------------------------------------------------------------------------------------------------------- */

/* The one field of an explicit tag. */
static struct wire_span read_field(struct wire_reader *reader, UCHAR tag, UCHAR type)
{
    struct wire_span value = {NULL, 0};
    struct wire_reader field;

    if (der_enter(reader, tag, &field)) value = der_read(&field, type);
    if (!der_at_end(&field)) reader->failed = true;
    return value;
}

static struct wire_span read_octets(struct wire_reader *reader, UCHAR tag, bool *is_there)
{
    struct wire_span octets = {NULL, 0};

    if (!der_next_is(reader, tag)) return octets;
    octets = read_field(reader, tag, DER_OCTET_STRING);
    *is_there = !reader->failed;
    return octets;
}

/* Fields of a later version (the "..." of RFC 4178) stand behind those that are known and say nothing to us. */
static bool skip_rest(struct wire_reader *reader, UCHAR last_tag)
{
    while (!reader->failed && !der_at_end(reader))
    {
        UCHAR tag = reader->data[reader->position];

        if ((tag & 0xe0) != DER_CONTEXT(0) || tag <= last_tag) return false;
        last_tag = tag;
        der_read_whole(reader);
    }
    return !reader->failed;
}

/* The contents of the frame (RFC 2743 3.1), or all of a bare token. */
static struct wire_span unframe(struct wire_span token)
{
    struct wire_span oid, nothing = {NULL, 0};
    struct wire_reader reader, frame;

    der_reader_init(&reader, token);
    if (!der_next_is(&reader, FRAME)) return token;
    if (!der_enter(&reader, FRAME, &frame) || !der_at_end(&reader)) return nothing;
    oid = der_read(&frame, DER_OID);
    if (frame.failed || oid.size != sizeof(spnego_oid) || memcmp(oid.data, spnego_oid, oid.size)) return nothing;
    return (struct wire_span){frame.data + frame.position, frame.size - frame.position};
}

bool spnego_is_init(struct wire_span token)
{
    struct wire_span inside = unframe(token);

    return inside.size && inside.data[0] == INIT_CHOICE;
}

/* The sequence inside CHOICE, which is all of TOKEN. */
static bool enter_choice(struct wire_span token, UCHAR choice, struct wire_reader *sequence)
{
    struct wire_reader reader, outer;

    der_reader_init(&reader, token);
    return der_enter(&reader, choice, &outer) && der_at_end(&reader) && der_enter(&outer, DER_SEQUENCE, sequence) &&
           der_at_end(&outer);
}

void spnego_begin_list(struct wire_reader *reader, struct wire_span list)
{
    struct wire_reader outer;

    der_reader_init(&outer, list);
    der_enter(&outer, DER_SEQUENCE, reader);
}

bool spnego_next_mechanism(struct wire_reader *reader, struct wire_span *oid)
{
    if (reader->failed || der_at_end(reader)) return false;
    *oid = der_read(reader, DER_OID);
    if (!oid->size) reader->failed = true;
    return !reader->failed;
}

static bool read_list(struct wire_reader *reader, struct wire_span *list)
{
    struct wire_reader field, outer, mechanisms;
    struct wire_span oid;
    unsigned int count = 0;

    if (!der_enter(reader, DER_CONTEXT(0), &field)) return false;
    *list = der_read_whole(&field);
    if (!der_at_end(&field)) return false;
    der_reader_init(&outer, *list);
    if (!der_enter(&outer, DER_SEQUENCE, &mechanisms)) return false;
    while (spnego_next_mechanism(&mechanisms, &oid)) count++;
    return count && !mechanisms.failed;
}

/* negHints: a name and an address that mean nothing (S5.3.1). */
static void check_hints(struct wire_reader *reader)
{
    struct wire_reader field, hints;

    if (!der_enter(reader, DER_CONTEXT(3), &field) || !der_enter(&field, DER_SEQUENCE, &hints) || !der_at_end(&field))
    {
        reader->failed = true;
        return;
    }
    if (der_next_is(&hints, DER_CONTEXT(0))) read_field(&hints, DER_CONTEXT(0), DER_GENERAL_STRING);
    if (der_next_is(&hints, DER_CONTEXT(1))) read_field(&hints, DER_CONTEXT(1), DER_OCTET_STRING);
    if (!der_at_end(&hints)) reader->failed = true;
}

/* [3] is a mechListMIC or, of a server that speaks first, its hints, behind which a mechListMIC is [4] (S5.3.2). */
static bool has_hints(const struct wire_reader *reader)
{
    struct wire_reader ahead = *reader, field;

    return der_next_is(reader, DER_CONTEXT(3)) && der_enter(&ahead, DER_CONTEXT(3), &field) && der_next_is(&field, DER_SEQUENCE);
}

bool spnego_parse_init(struct wire_span token, struct spnego_init *init)
{
    struct wire_reader reader;
    UCHAR mic_tag = DER_CONTEXT(3);

    memset(init, 0, sizeof(*init));
    if (!enter_choice(unframe(token), INIT_CHOICE, &reader) || !read_list(&reader, &init->list)) return false;
    if (der_next_is(&reader, DER_CONTEXT(1))) der_read(&reader, DER_CONTEXT(1)); /* reqFlags: nobody heeds them (RFC 4178 4.2.1) */
    init->token = read_octets(&reader, DER_CONTEXT(2), &init->has_token);
    if (has_hints(&reader))
    {
        check_hints(&reader);
        mic_tag = DER_CONTEXT(4);
    }
    init->mic = read_octets(&reader, mic_tag, &init->has_mic);
    return skip_rest(&reader, mic_tag);
}

static bool read_state(struct wire_reader *reader, enum spnego_state *state)
{
    struct wire_span value;

    *state = SPNEGO_NO_STATE;
    if (!der_next_is(reader, DER_CONTEXT(0))) return true;
    value = read_field(reader, DER_CONTEXT(0), DER_ENUMERATED);
    if (reader->failed || value.size != 1 || value.data[0] >= SPNEGO_NO_STATE) return false;
    *state = value.data[0];
    return true;
}

bool spnego_parse_response(struct wire_span token, struct spnego_response *response)
{
    struct wire_reader reader;

    memset(response, 0, sizeof(*response));
    if (!enter_choice(token, RESPONSE_CHOICE, &reader) || !read_state(&reader, &response->state)) return false;
    if (der_next_is(&reader, DER_CONTEXT(1)))
    {
        response->mechanism = read_field(&reader, DER_CONTEXT(1), DER_OID);
        if (!response->mechanism.size) return false;
    }
    response->token = read_octets(&reader, DER_CONTEXT(2), &response->has_token);
    response->mic = read_octets(&reader, DER_CONTEXT(3), &response->has_mic);
    return skip_rest(&reader, DER_CONTEXT(3));
}

/* ---- writing ------------------------------------------------------------------------------------------------------- */

static size_t field_size(size_t contents)
{
    return der_size(der_size(contents));
}

static void write_field(struct wire_writer *writer, UCHAR tag, UCHAR type, struct wire_span contents)
{
    der_write_header(writer, tag, der_size(contents.size));
    der_write(writer, type, contents);
}

static const struct wire_span hint = {hint_name, sizeof(hint_name) - 1};

static size_t hints_size(void)
{
    return der_size(field_size(hint.size));
}

/* What is inside the sequence. */
static size_t init_contents(const struct spnego_init *init, bool hints)
{
    size_t size = der_size(init->list.size);

    if (init->has_token) size += field_size(init->token.size);
    if (hints) size += der_size(hints_size());
    if (init->has_mic) size += field_size(init->mic.size);
    return size;
}

static size_t frame_contents(const struct spnego_init *init, bool hints)
{
    return der_size(sizeof(spnego_oid)) + field_size(init_contents(init, hints));
}

size_t spnego_init_size(const struct spnego_init *init, bool hints)
{
    return der_size(frame_contents(init, hints));
}

bool spnego_write_init(const struct spnego_init *init, bool hints, void *data, size_t size)
{
    struct wire_span oid = {spnego_oid, sizeof(spnego_oid)};
    size_t contents = init_contents(init, hints);
    struct wire_writer writer;

    wire_writer_init(&writer, data, size);
    der_write_header(&writer, FRAME, frame_contents(init, hints));
    der_write(&writer, DER_OID, oid);
    der_write_header(&writer, INIT_CHOICE, der_size(contents));
    der_write_header(&writer, DER_SEQUENCE, contents);
    der_write(&writer, DER_CONTEXT(0), init->list);
    if (init->has_token) write_field(&writer, DER_CONTEXT(2), DER_OCTET_STRING, init->token);
    if (hints)
    {
        der_write_header(&writer, DER_CONTEXT(3), hints_size());
        der_write_header(&writer, DER_SEQUENCE, field_size(hint.size));
        write_field(&writer, DER_CONTEXT(0), DER_GENERAL_STRING, hint);
    }
    if (init->has_mic) write_field(&writer, hints ? DER_CONTEXT(4) : DER_CONTEXT(3), DER_OCTET_STRING, init->mic);
    return !writer.failed && writer.length == size;
}

static size_t response_contents(const struct spnego_response *response)
{
    size_t size = 0;

    if (response->state != SPNEGO_NO_STATE) size += field_size(1);
    if (response->mechanism.size) size += field_size(response->mechanism.size);
    if (response->has_token) size += field_size(response->token.size);
    if (response->has_mic) size += field_size(response->mic.size);
    return size;
}

size_t spnego_response_size(const struct spnego_response *response)
{
    return field_size(response_contents(response));
}

bool spnego_write_response(const struct spnego_response *response, void *data, size_t size)
{
    UCHAR state = response->state;
    struct wire_writer writer;

    wire_writer_init(&writer, data, size);
    der_write_header(&writer, RESPONSE_CHOICE, der_size(response_contents(response)));
    der_write_header(&writer, DER_SEQUENCE, response_contents(response));
    if (state != SPNEGO_NO_STATE) write_field(&writer, DER_CONTEXT(0), DER_ENUMERATED, (struct wire_span){&state, 1});
    if (response->mechanism.size) write_field(&writer, DER_CONTEXT(1), DER_OID, response->mechanism);
    if (response->has_token) write_field(&writer, DER_CONTEXT(2), DER_OCTET_STRING, response->token);
    if (response->has_mic) write_field(&writer, DER_CONTEXT(3), DER_OCTET_STRING, response->mic);
    return !writer.failed && writer.length == size;
}

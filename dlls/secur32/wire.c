/*
 * Bounds-checked reading and writing of wire data.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/secur32/wire.h"

void wire_reader_init(struct wire_reader *reader, const void *data, size_t size)
{
    reader->data = data;
    reader->size = data ? size : 0;
    reader->position = 0;
    reader->failed = false;
}

struct wire_span wire_read_span(struct wire_reader *reader, size_t size)
{
    struct wire_span span = {NULL, 0};

    if (reader->failed || size > reader->size - reader->position)
    {
        reader->failed = true;
        return span;
    }
    if (!size) return span;
    span.data = reader->data + reader->position;
    span.size = size;
    reader->position += size;
    return span;
}

void wire_skip(struct wire_reader *reader, size_t size)
{
    wire_read_span(reader, size);
}

void wire_read_bytes(struct wire_reader *reader, void *out, size_t size)
{
    struct wire_span span = wire_read_span(reader, size);

    if (span.size) memcpy(out, span.data, size);
    else memset(out, 0, size);
}

static ULONGLONG read_integer(struct wire_reader *reader, size_t size)
{
    struct wire_span span = wire_read_span(reader, size);
    ULONGLONG value = 0;

    for (size_t i = span.size; i > 0; i--) value = value << 8 | span.data[i - 1];
    return value;
}

USHORT wire_read_u16(struct wire_reader *reader)
{
    return read_integer(reader, 2);
}

ULONG wire_read_u32(struct wire_reader *reader)
{
    return read_integer(reader, 4);
}

ULONGLONG wire_read_u64(struct wire_reader *reader)
{
    return read_integer(reader, 8);
}

struct wire_span wire_read_field(struct wire_reader *reader)
{
    struct wire_span span = {NULL, 0};
    size_t length = wire_read_u16(reader), offset;

    wire_skip(reader, 2); /* the maximum is ignored by receivers (S4.1) */
    offset = wire_read_u32(reader);
    if (reader->failed || !length) return span; /* an empty field may have any offset (S4.1.1) */
    if (offset > reader->size || length > reader->size - offset)
    {
        reader->failed = true;
        return span;
    }
    span.data = reader->data + offset;
    span.size = length;
    return span;
}

void wire_writer_init(struct wire_writer *writer, void *data, size_t room)
{
    writer->data = data;
    writer->room = room;
    writer->length = 0;
    writer->failed = false;
}

/* Room for SIZE more bytes, or NULL. */
static UCHAR *claim(struct wire_writer *writer, size_t size)
{
    UCHAR *place;

    if (writer->failed || size > writer->room - writer->length)
    {
        writer->failed = true;
        return NULL;
    }
    place = writer->data + writer->length;
    writer->length += size;
    return place;
}

void wire_write_bytes(struct wire_writer *writer, const void *data, size_t size)
{
    UCHAR *place = claim(writer, size);

    if (place && size) memcpy(place, data, size);
}

void wire_write_span(struct wire_writer *writer, struct wire_span span)
{
    wire_write_bytes(writer, span.data, span.size);
}

void wire_write_zero(struct wire_writer *writer, size_t size)
{
    UCHAR *place = claim(writer, size);

    if (place && size) memset(place, 0, size);
}

static void write_integer(struct wire_writer *writer, ULONGLONG value, size_t size)
{
    UCHAR *place = claim(writer, size);

    if (!place) return;
    for (size_t i = 0; i < size; i++) place[i] = value >> 8 * i;
}

void wire_write_u16(struct wire_writer *writer, USHORT value)
{
    write_integer(writer, value, 2);
}

void wire_write_u32(struct wire_writer *writer, ULONG value)
{
    write_integer(writer, value, 4);
}

void wire_write_u64(struct wire_writer *writer, ULONGLONG value)
{
    write_integer(writer, value, 8);
}

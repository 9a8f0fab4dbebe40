/*
 * Reading and writing of DER elements (X.690 8.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/negotiate/der.h"

#define LONG_FORM        0x80
#define MOST_LENGTH_BYTES 4

void der_reader_init(struct wire_reader *reader, struct wire_span span)
{
    wire_reader_init(reader, span.data, span.size);
}

bool der_at_end(const struct wire_reader *reader)
{
    return !reader->failed && reader->position == reader->size;
}

bool der_next_is(const struct wire_reader *reader, UCHAR tag)
{
    return !reader->failed && reader->position < reader->size && reader->data[reader->position] == tag;
}

static UCHAR read_byte(struct wire_reader *reader)
{
    UCHAR byte;

    wire_read_bytes(reader, &byte, 1);
    return byte;
}

static size_t read_length(struct wire_reader *reader)
{
    UCHAR first = read_byte(reader);
    unsigned int count = first & ~LONG_FORM;
    size_t length = 0;

    if (!(first & LONG_FORM)) return first;
    if (!count || count > MOST_LENGTH_BYTES) reader->failed = true; /* 0: an indefinite length, which is no DER */
    while (!reader->failed && count--) length = length << 8 | read_byte(reader);
    return length;
}

struct wire_span der_read(struct wire_reader *reader, UCHAR tag)
{
    if (read_byte(reader) != tag) reader->failed = true;
    return wire_read_span(reader, read_length(reader));
}

bool der_enter(struct wire_reader *reader, UCHAR tag, struct wire_reader *contents)
{
    der_reader_init(contents, der_read(reader, tag));
    return !reader->failed;
}

struct wire_span der_read_whole(struct wire_reader *reader)
{
    size_t start = reader->position;

    read_byte(reader);
    wire_skip(reader, read_length(reader));
    if (reader->failed) return (struct wire_span){NULL, 0};
    return (struct wire_span){reader->data + start, reader->position - start};
}

static unsigned int length_bytes(size_t length)
{
    unsigned int count = 0;

    if (length < LONG_FORM) return 0;
    for (; length; length >>= 8) count++;
    return count;
}

size_t der_size(size_t contents)
{
    return 2 + length_bytes(contents) + contents;
}

static void write_byte(struct wire_writer *writer, UCHAR byte)
{
    wire_write_bytes(writer, &byte, 1);
}

void der_write_header(struct wire_writer *writer, UCHAR tag, size_t contents)
{
    unsigned int count = length_bytes(contents);

    if (count > MOST_LENGTH_BYTES) writer->failed = true;
    write_byte(writer, tag);
    write_byte(writer, count ? LONG_FORM | count : contents);
    while (count--) write_byte(writer, contents >> 8 * count);
}

void der_write(struct wire_writer *writer, UCHAR tag, struct wire_span contents)
{
    der_write_header(writer, tag, contents.size);
    wire_write_span(writer, contents);
}

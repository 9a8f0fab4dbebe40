/*
 * Bounded reading of NDR.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/ndr.h"

enum
{
    SERIALIZATION_VERSION = 1,
    LITTLE_ENDIAN_NDR = 0x10,
    COMMON_HEADER_SIZE = 8
};

static void check(struct wire_reader *reader, bool good)
{
    if (!good) reader->failed = true;
}

/* Both headers are a multiple of 8, so that places in the reader are aligned as places behind them are. */
static void align(struct wire_reader *reader)
{
    wire_skip(reader, -reader->position & 3);
}

static ULONG read_ulong(struct wire_reader *reader)
{
    align(reader);
    return wire_read_u32(reader);
}

void ndr_begin(struct wire_reader *reader, struct wire_span serialized)
{
    USHORT version_and_order;
    ULONG size;

    wire_reader_init(reader, serialized.data, serialized.size);
    version_and_order = wire_read_u16(reader);
    check(reader, version_and_order == (SERIALIZATION_VERSION | LITTLE_ENDIAN_NDR << 8));
    check(reader, wire_read_u16(reader) == COMMON_HEADER_SIZE);
    wire_skip(reader, 4); /* filler */
    size = wire_read_u32(reader);
    wire_skip(reader, 4); /* filler */
    check(reader, size <= reader->size - reader->position); /* what may lie behind the object is padding */
    check(reader, ndr_read_pointer(reader));
}

bool ndr_read_pointer(struct wire_reader *reader)
{
    return read_ulong(reader) != 0;
}

LONGLONG ndr_read_time(struct wire_reader *reader)
{
    ULONGLONG low = read_ulong(reader);

    return (LONGLONG)(low | (ULONGLONG)read_ulong(reader) << 32);
}

struct ndr_string ndr_read_string(struct wire_reader *reader)
{
    struct ndr_string string;

    align(reader);
    string.length = wire_read_u16(reader);
    string.room = wire_read_u16(reader);
    string.present = ndr_read_pointer(reader);
    check(reader, !(string.length & 1) && string.length <= string.room && (string.present || !string.length));
    return string;
}

/* A conformant and varying array: its room, where it starts, how many there are. */
struct wire_span ndr_read_characters(struct wire_reader *reader, const struct ndr_string *string)
{
    ULONG room, first, count;

    if (!string->present) return (struct wire_span){NULL, 0};
    room = read_ulong(reader);
    first = read_ulong(reader);
    count = read_ulong(reader);
    check(reader, !first && count <= room && count == string->length / 2u);
    return wire_read_span(reader, string->length);
}

struct wire_span ndr_read_array(struct wire_reader *reader, bool present, ULONG count, size_t size)
{
    check(reader, present || !count);
    if (!present) return (struct wire_span){NULL, 0};
    check(reader, read_ulong(reader) == count);
    return wire_read_span(reader, (size_t)count * size);
}

struct wire_span ndr_read_sid(struct wire_reader *reader, bool present)
{
    ULONG count;
    struct wire_span sid;

    if (!present) return (struct wire_span){NULL, 0};
    count = read_ulong(reader);
    check(reader, count <= SID_MAX_SUB_AUTHORITIES);
    sid = wire_read_span(reader, NDR_SID_SIZE(count));
    check(reader, sid.size && sid.data[0] == SID_REVISION && sid.data[1] == count);
    return reader->failed ? (struct wire_span){NULL, 0} : sid;
}

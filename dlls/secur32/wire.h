/*
 * The one reader and the one writer of wire data: NTLM's little-endian fields, the bytes of SPNEGO's and Kerberos's DER, exported contexts.
 *
 * Neither can overrun: a reader that is asked for more than there is, and a writer that is given more than fits, set
 * `failed` and stay there. Whoever reads or writes a message looks at it once, at the end.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_WIRE_H
#define GUISE_SECUR32_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include <ntifs.h>

/* Bytes inside a message; data is never NULL when size is not zero. */
struct wire_span
{
    const UCHAR *data;
    size_t size;
};

struct wire_reader
{
    const UCHAR *data;
    size_t size, position;
    bool failed;
};

void wire_reader_init(struct wire_reader *reader, const void *data, size_t size);
USHORT wire_read_u16(struct wire_reader *reader);
ULONG wire_read_u32(struct wire_reader *reader);
ULONGLONG wire_read_u64(struct wire_reader *reader);
void wire_read_bytes(struct wire_reader *reader, void *out, size_t size);
struct wire_span wire_read_span(struct wire_reader *reader, size_t size);
void wire_skip(struct wire_reader *reader, size_t size);
/* A field descriptor (length, maximum, offset): the bytes it points at, anywhere in the reader's data. */
struct wire_span wire_read_field(struct wire_reader *reader);

struct wire_writer
{
    UCHAR *data;
    size_t room, length;
    bool failed;
};

void wire_writer_init(struct wire_writer *writer, void *data, size_t room);
void wire_write_u16(struct wire_writer *writer, USHORT value);
void wire_write_u32(struct wire_writer *writer, ULONG value);
void wire_write_u64(struct wire_writer *writer, ULONGLONG value);
void wire_write_bytes(struct wire_writer *writer, const void *data, size_t size);
void wire_write_span(struct wire_writer *writer, struct wire_span span);
void wire_write_zero(struct wire_writer *writer, size_t size);

#endif

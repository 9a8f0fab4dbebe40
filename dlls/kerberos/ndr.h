/*
 * The little of NDR that a PAC is written in (MS-RPCE 2.2.6, C706 14): structs behind one header, whose pointers' targets follow in order.
 *
 * Reads through the one bounds-checked reader: what is missing, or contradicts itself, sets its `failed`, and whoever reads a struct looks
 * at that once, at the end. What is returned points into the data.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_NDR_H
#define GUISE_KERBEROS_NDR_H

#include "dlls/secur32/wire.h"

/* A string whose characters are deferred. */
struct ndr_string
{
    USHORT length, room; /* bytes */
    bool present;
};

/* A SID as the wire has it, which is how the SID struct lies in memory on a little-endian machine. */
#define NDR_SID_SIZE(count) ((size_t)8 + 4 * (size_t)(count))

/* READER at the struct behind the two headers and the pointer to it; failed when that is not little-endian NDR of version 1. */
void ndr_begin(struct wire_reader *reader, struct wire_span serialized);

/* Whether the pointer's target follows later. */
bool ndr_read_pointer(struct wire_reader *reader);
/* A FILETIME or another pair of ULONGs, low half first: aligned like one. */
LONGLONG ndr_read_time(struct wire_reader *reader);
struct ndr_string ndr_read_string(struct wire_reader *reader);

/* The targets. Each takes what was read where the pointer is; nothing is there for a NULL pointer. */
struct wire_span ndr_read_characters(struct wire_reader *reader, const struct ndr_string *string);
/* COUNT elements of SIZE bytes, which are a multiple of 4; a NULL pointer has none. */
struct wire_span ndr_read_array(struct wire_reader *reader, bool present, ULONG count, size_t size);
struct wire_span ndr_read_sid(struct wire_reader *reader, bool present);

#endif

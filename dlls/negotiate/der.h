/*
 * DER on the one reader and the one writer: elements with one-byte tags and definite lengths, which is all that SPNEGO and the frames of
 * GSSAPI and Kerberos need.
 *
 * A reader fails, as wire.h says, for an element that is not the one asked for or that leaves what it lies in. Lengths
 * may be longer than they need to be, as peers have written them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NEGOTIATE_DER_H
#define GUISE_NEGOTIATE_DER_H

#include "dlls/secur32/wire.h"

#define DER_INTEGER        0x02
#define DER_BIT_STRING     0x03
#define DER_OCTET_STRING   0x04
#define DER_OID            0x06
#define DER_ENUMERATED     0x0a
#define DER_GENERAL_STRING 0x1b
#define DER_SEQUENCE       0x30
#define DER_APPLICATION(n) (0x60 | (n)) /* constructed */
#define DER_CONTEXT(n)     (0xa0 | (n)) /* constructed: an explicit tag */

/* Of what is left of a reader. */
bool der_at_end(const struct wire_reader *reader);
bool der_next_is(const struct wire_reader *reader, UCHAR tag);

/* The contents of the next element, which has to have TAG. */
struct wire_span der_read(struct wire_reader *reader, UCHAR tag);
/* The same, and READER is for the contents then; false: it has failed. */
bool der_enter(struct wire_reader *reader, UCHAR tag, struct wire_reader *contents);
/* The next element, whatever its tag, header included. */
struct wire_span der_read_whole(struct wire_reader *reader);

void der_reader_init(struct wire_reader *reader, struct wire_span span);

/* What an element with so many bytes of contents takes. */
size_t der_size(size_t contents);
/* The header of an element; its contents are written after it. */
void der_write_header(struct wire_writer *writer, UCHAR tag, size_t contents);
void der_write(struct wire_writer *writer, UCHAR tag, struct wire_span contents);

#endif

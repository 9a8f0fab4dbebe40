/*
 * Why a KDC of Windows' refuses somebody, in its own words: KERB-EXT-ERROR in the data of a KRB-ERROR (MS-KILE 2.2.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/password.h"
#include "dlls/negotiate/der.h"

#define KERB_ERR_TYPE_EXTENDED 3 /* and PA-PW-SALT (RFC 4120 5.2.7.4) */

enum { EXTENDED_SIZE = 12 }; /* status, reserved, flags */

/* SEQUENCE { type [1] INTEGER, value [2] OCTET STRING }, inside of FIELDS. */
static NTSTATUS read_pair(struct wire_reader *fields)
{
    struct wire_reader content, number, value;
    struct wire_span type, bytes;

    if (!der_enter(fields, DER_CONTEXT(1), &number) || !der_enter(fields, DER_CONTEXT(2), &content)) return 0;
    type = der_read(&number, DER_INTEGER);
    bytes = der_read(&content, DER_OCTET_STRING);
    if (number.failed || content.failed || type.size != 1 || type.data[0] != KERB_ERR_TYPE_EXTENDED || bytes.size != EXTENDED_SIZE) return 0;
    wire_reader_init(&value, bytes.data, bytes.size);
    return (NTSTATUS)wire_read_u32(&value);
}

NTSTATUS krb_extended_status(const UCHAR *data, size_t size)
{
    struct wire_reader reader, list, pair;
    NTSTATUS status = 0;

    wire_reader_init(&reader, data, size);
    if (!der_enter(&reader, DER_SEQUENCE, &list)) return 0;
    if (!der_next_is(&list, DER_SEQUENCE)) return read_pair(&list); /* KERB-ERROR-DATA, not METHOD-DATA */
    while (!status && !der_at_end(&list) && der_enter(&list, DER_SEQUENCE, &pair)) status = read_pair(&pair);
    return status;
}

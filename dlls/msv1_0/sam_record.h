/*
 * How an account lies in the store: an explicit little-endian layout, so that a store can move between machines and compilers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_SAM_RECORD_H
#define GUISE_MSV1_0_SAM_RECORD_H

#include "dlls/msv1_0/sam.h"

#define SAM_RECORD_MAX (52 + 4 * SAM_NAME_MAX + 255 + 16)
#define SAM_KEY_MAX    511 /* what LMDB takes */

struct sam_key
{
    size_t length;
    UCHAR bytes[SAM_KEY_MAX];
};

/*
 * The bytes of ACCOUNT. The caller wipes them: they hold hashes. STATUS_INVALID_PARAMETER: a name that cannot be stored, an LM hash that
 * is alone or that of nothing.
 */
NTSTATUS sam_record_encode(const struct sam_account *account, UCHAR record[SAM_RECORD_MAX], size_t *length);

/* STATUS_FILE_CORRUPT_ERROR: not a record of this format to the byte. */
NTSTATUS sam_record_decode(const UCHAR *record, size_t length, struct sam_account *account);

/*
 * The index key of a name: upper-cased as MS-NLMP 3.3.2 does with user names, in UTF-8, so that key order is name order. A name longer
 * than a key may be is cut and ends in a digest of the whole. False: not a name (empty, too long, not UTF-8, control characters).
 */
bool sam_name_key(const char *name, struct sam_key *key);

ULONG sam_get32(const UCHAR *bytes);
void sam_put32(UCHAR *bytes, ULONG value);

#endif

/*
 * How an account lies in the store: an explicit little-endian layout, so that a store can move between machines and compilers.
 *
 *     0 u16 layout, 1   2 u16 bits, 1 = has a hash   4 u32 rid   8 u32 flags   12 s64 expires   20 s64 password set
 *    28 16 bytes NT hash   44 u32 length of the name   48 u32 length of the Unix account's name   52 the two names
 *
 * An account that has an LM hash too, and no other, has layout 2: bits 3, and the 16 bytes of that hash behind the names.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/msv1_0/sam_record.h"

#include <string.h>

#include <openssl/crypto.h>

#include "dlls/msv1_0/crypto.h"
#include "dlls/msv1_0/utf16.h"

#define RECORD_LAYOUT      1
#define RECORD_LAYOUT_LM   2
#define RECORD_HAS_HASH    1
#define RECORD_HAS_LM_HASH 2
#define RECORD_HEADER      52

/* ---- little endian --------------------------------------------------------------------------------------------- */

ULONG sam_get32(const UCHAR *bytes)
{
    return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (ULONG)bytes[3] << 24;
}

void sam_put32(UCHAR *bytes, ULONG value)
{
    bytes[0] = value;
    bytes[1] = value >> 8;
    bytes[2] = value >> 16;
    bytes[3] = value >> 24;
}

static LONGLONG get64(const UCHAR *bytes)
{
    return (LONGLONG)(sam_get32(bytes) | (ULONGLONG)sam_get32(bytes + 4) << 32);
}

static void put64(UCHAR *bytes, LONGLONG value)
{
    sam_put32(bytes, (ULONG)value);
    sam_put32(bytes + 4, (ULONG)((ULONGLONG)value >> 32));
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

bool sam_name_key(const char *name, struct sam_key *key)
{
    char upper[3 * SAM_NAME_MAX];
    WCHAR wide[SAM_NAME_MAX];
    size_t count, length, i;

    if (!name || !*name || !utf8_to_utf16(name, strlen(name), wide, SAM_NAME_MAX, &count)) return false;
    for (i = 0; i < count; i++)
        if (wide[i] < ' ' || wide[i] == 0x7f) return false;
    utf16_upcase(wide, count);
    if (!utf16_to_utf8(wide, count, upper, sizeof(upper), &length)) return false;

    key->length = length <= SAM_KEY_MAX ? length : SAM_KEY_MAX;
    memcpy(key->bytes, upper, key->length);
    return length <= SAM_KEY_MAX || crypto_sha256(upper, length, key->bytes + SAM_KEY_MAX - SHA256_SIZE);
}

/* What stands for "none" where others write both hashes of each account: the LM hash of nothing (S4.10.5). A key that all know. */
static const UCHAR blank_lm_hash[16] = {0xaa, 0xd3, 0xb4, 0x35, 0xb5, 0x14, 0x04, 0xee,
                                        0xaa, 0xd3, 0xb4, 0x35, 0xb5, 0x14, 0x04, 0xee};

bool sam_is_blank_lm_hash(const UCHAR hash[16])
{
    return !CRYPTO_memcmp(hash, blank_lm_hash, sizeof(blank_lm_hash));
}

/* ---- records ---------------------------------------------------------------------------------------------------- */

NTSTATUS sam_record_encode(const struct sam_account *account, UCHAR record[SAM_RECORD_MAX], size_t *length)
{
    size_t name = strnlen(account->name, sizeof(account->name));
    size_t unix_name = strnlen(account->unix_name, sizeof(account->unix_name));

    if (name == sizeof(account->name) || unix_name == sizeof(account->unix_name)) return STATUS_INVALID_PARAMETER;
    if (account->has_lm_hash && (!account->has_hash || sam_is_blank_lm_hash(account->lm_hash))) return STATUS_INVALID_PARAMETER;
    memset(record, 0, RECORD_HEADER);
    record[0] = account->has_lm_hash ? RECORD_LAYOUT_LM : RECORD_LAYOUT;
    if (account->has_hash)
    {
        record[2] = RECORD_HAS_HASH;
        memcpy(record + 28, account->nt_hash, sizeof(account->nt_hash));
    }
    sam_put32(record + 4, account->rid);
    sam_put32(record + 8, account->flags);
    put64(record + 12, account->expires);
    put64(record + 20, account->password_set);
    sam_put32(record + 44, name);
    sam_put32(record + 48, unix_name);
    memcpy(record + RECORD_HEADER, account->name, name);
    memcpy(record + RECORD_HEADER + name, account->unix_name, unix_name);
    *length = RECORD_HEADER + name + unix_name;
    if (!account->has_lm_hash) return STATUS_SUCCESS;
    record[2] |= RECORD_HAS_LM_HASH;
    memcpy(record + *length, account->lm_hash, sizeof(account->lm_hash));
    *length += sizeof(account->lm_hash);
    return STATUS_SUCCESS;
}

/* Layout and bits, which must agree. */
static bool read_layout(const UCHAR *record, struct sam_account *account)
{
    account->has_hash = record[2] & RECORD_HAS_HASH;
    account->has_lm_hash = record[0] == RECORD_LAYOUT_LM;
    if (record[1] || record[3]) return false;
    if (account->has_lm_hash) return record[2] == (RECORD_HAS_HASH | RECORD_HAS_LM_HASH);
    return record[0] == RECORD_LAYOUT && !(record[2] & ~RECORD_HAS_HASH);
}

NTSTATUS sam_record_decode(const UCHAR *record, size_t length, struct sam_account *account)
{
    ULONG name, unix_name;
    size_t lm_hash;

    memset(account, 0, sizeof(*account));
    if (length < RECORD_HEADER || !read_layout(record, account)) return STATUS_FILE_CORRUPT_ERROR;
    lm_hash = account->has_lm_hash ? sizeof(account->lm_hash) : 0;
    name = sam_get32(record + 44);
    unix_name = sam_get32(record + 48);
    if (name >= sizeof(account->name) || unix_name >= sizeof(account->unix_name) ||
        length != RECORD_HEADER + name + unix_name + lm_hash || memchr(record + RECORD_HEADER, 0, name + unix_name))
        return STATUS_FILE_CORRUPT_ERROR;

    account->rid = sam_get32(record + 4);
    account->flags = sam_get32(record + 8);
    account->expires = get64(record + 12);
    account->password_set = get64(record + 20);
    memcpy(account->nt_hash, record + 28, sizeof(account->nt_hash));
    memcpy(account->name, record + RECORD_HEADER, name);
    memcpy(account->unix_name, record + RECORD_HEADER + name, unix_name);
    memcpy(account->lm_hash, record + RECORD_HEADER + name + unix_name, lm_hash);
    return lm_hash && sam_is_blank_lm_hash(account->lm_hash) ? STATUS_FILE_CORRUPT_ERROR : STATUS_SUCCESS;
}

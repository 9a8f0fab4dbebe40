/*
 * The SID of a service: S-1-5-80 and the SHA-1 of its name.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/rtl/sid.h"

#define HASH_WORDS 5
#define BLOCK_SIZE 64

/* ---- SHA-1 (FIPS 180-4); it hides nothing here, it only makes a number of a name ----------------------------------- */

struct sha1
{
    ULONG state[HASH_WORDS];
    uint64_t length;
    UCHAR block[BLOCK_SIZE];
};

static ULONG rotate(ULONG value, unsigned int bits)
{
    return value << bits | value >> (32 - bits);
}

static ULONG round_function(unsigned int round, ULONG b, ULONG c, ULONG d)
{
    switch (round / 20)
    {
    case 0: return ((b & c) | (~b & d)) + 0x5a827999;
    case 1: return (b ^ c ^ d) + 0x6ed9eba1;
    case 2: return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    default: return (b ^ c ^ d) + 0xca62c1d6;
    }
}

static void sha1_block(struct sha1 *sha1)
{
    ULONG w[80], a = sha1->state[0], b = sha1->state[1], c = sha1->state[2], d = sha1->state[3], e = sha1->state[4];
    unsigned int i;

    for (i = 0; i < 16; i++)
        w[i] = (ULONG)sha1->block[4 * i] << 24 | sha1->block[4 * i + 1] << 16 | sha1->block[4 * i + 2] << 8 |
               sha1->block[4 * i + 3];
    for (; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (i = 0; i < 80; i++)
    {
        ULONG next = rotate(a, 5) + round_function(i, b, c, d) + e + w[i];

        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = next;
    }
    sha1->state[0] += a;
    sha1->state[1] += b;
    sha1->state[2] += c;
    sha1->state[3] += d;
    sha1->state[4] += e;
}

static void sha1_byte(struct sha1 *sha1, UCHAR byte)
{
    sha1->block[sha1->length++ % BLOCK_SIZE] = byte;
    if (!(sha1->length % BLOCK_SIZE)) sha1_block(sha1);
}

static void sha1_finish(struct sha1 *sha1)
{
    uint64_t bits = sha1->length * 8;
    int i;

    sha1_byte(sha1, 0x80);
    while (sha1->length % BLOCK_SIZE != BLOCK_SIZE - sizeof(bits)) sha1_byte(sha1, 0);
    for (i = 56; i >= 0; i -= 8) sha1_byte(sha1, (UCHAR)(bits >> i));
}

/* ---- the SID ----------------------------------------------------------------------------------------------------- */

/* The upper case name as UTF-16, little-endian; each word of the hash is a subauthority as its bytes lie in memory. */
static void hash_name(const UNICODE_STRING *name, ULONG *subauthorities)
{
    struct sha1 sha1 = {.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}};
    unsigned int i;

    for (i = 0; i < name->Length / sizeof(WCHAR); i++)
    {
        WCHAR c = guise_upcase(name->Buffer[i]);

        sha1_byte(&sha1, (UCHAR)c);
        sha1_byte(&sha1, (UCHAR)(c >> 8));
    }
    sha1_finish(&sha1);
    for (i = 0; i < HASH_WORDS; i++) subauthorities[i] = __builtin_bswap32(sha1.state[i]);
}

/***********************************************************************
 *           RtlCreateServiceSid (NTOSKRNL.@)
 *
 * Into LENGTH bytes, which receives what the SID takes. STATUS_BUFFER_TOO_SMALL: nothing is written; SID may be NULL then.
 * STATUS_INVALID_PARAMETER: no name. DDI page of ntifs.h.
 */
NTSTATUS RtlCreateServiceSid(PUNICODE_STRING name, PSID sid, PULONG length)
{
    ULONG subauthorities[1 + HASH_WORDS] = {SECURITY_SERVICE_ID_BASE_RID}, room, need;

    if (!name || !length || (name->Length && !name->Buffer) || name->Length % sizeof(WCHAR))
        return STATUS_INVALID_PARAMETER;
    room = *length;
    *length = need = RtlLengthRequiredSid(ARRAYSIZE(subauthorities));
    if (!sid || room < need) return STATUS_BUFFER_TOO_SMALL;
    hash_name(name, subauthorities + 1);
    sid_make(sid, 5, ARRAYSIZE(subauthorities), subauthorities);
    return STATUS_SUCCESS;
}

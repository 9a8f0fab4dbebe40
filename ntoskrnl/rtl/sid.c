/*
 * Security identifiers: the RtlXxxSid routines and what they rest on.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/rtl/sid.h"

const struct sid_constant sid_everyone = {.sid = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}}};
const struct sid_constant sid_local = {.sid = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 2}}, {0}}};
const struct sid_constant sid_network = {.sid = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {2}}};
const struct sid_constant sid_anonymous = {.sid = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {7}}};
const struct sid_constant sid_authenticated_users = {.sid = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {11}}};
const struct sid_constant sid_local_system = {.sid = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {18}}};
const struct sid_constant sid_administrators = {.sid = {SID_REVISION, 2, {{0, 0, 0, 0, 0, 5}}, {32}}, .more = {544}};
const struct sid_constant sid_users = {.sid = {SID_REVISION, 2, {{0, 0, 0, 0, 0, 5}}, {32}}, .more = {545}};

int sid_compare(const SID *a, const SID *b)
{
    if (a->SubAuthorityCount != b->SubAuthorityCount) return a->SubAuthorityCount < b->SubAuthorityCount ? -1 : 1;
    return memcmp(a, b, sid_length(a));
}

bool sid_equal(const SID *a, const SID *b)
{
    return !sid_compare(a, b);
}

void sid_make(SID *sid, UCHAR authority, unsigned int count, const ULONG *subauthorities)
{
    *sid = (SID){
        .Revision = SID_REVISION, .SubAuthorityCount = count, .IdentifierAuthority = {{0, 0, 0, 0, 0, authority}}};
    memcpy(sid->SubAuthority, subauthorities, count * sizeof(*subauthorities));
}

_Static_assert(GUISE_SID_TEXT_SIZE >= sizeof("S-1-0x") + 12 + SID_MAX_SUB_AUTHORITIES * 11,
               "no room for the longest SID");

static uint64_t authority_of(const SID *sid)
{
    uint64_t authority = 0;
    size_t i;

    for (i = 0; i < sizeof(sid->IdentifierAuthority.Value); i++)
        authority = authority << 8 | sid->IdentifierAuthority.Value[i];
    return authority;
}

void guise_sid_to_text(const SID *sid, char text[GUISE_SID_TEXT_SIZE])
{
    uint64_t authority = authority_of(sid);
    const ULONG *subauthority = sid->SubAuthority;
    size_t length;
    unsigned int i;

    /* MS-DTYP 2.4.2.1: authorities of 2^32 and above are written in hexadecimal. */
    length = snprintf(text, GUISE_SID_TEXT_SIZE, authority >> 32 ? "S-%u-0x%" PRIx64 : "S-%u-%" PRIu64, sid->Revision,
                      authority);
    for (i = 0; i < sid->SubAuthorityCount; i++)
        length += snprintf(text + length, GUISE_SID_TEXT_SIZE - length, "-%u", subauthority[i]);
}

/* One number of a SID's text: unsigned, no sign or space, at most LIMIT. Returns what follows it, or NULL. */
static const char *read_number(const char *text, uint64_t limit, uint64_t *value)
{
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    char *end;

    if (hexadecimal) text += 2;
    if (!strchr(hexadecimal ? "0123456789abcdefABCDEF" : "0123456789", *text) || !*text) return NULL;
    *value = strtoull(text, &end, hexadecimal ? 16 : 10);
    if (*value > limit || end - text > 20) return NULL;
    return end;
}

bool guise_sid_from_text(const char *text, SID *sid)
{
    ULONG *subauthority = sid->SubAuthority;
    uint64_t value;
    unsigned int count = 0;
    int i;

    if ((text[0] != 'S' && text[0] != 's') || text[1] != '-') return false;
    if (!(text = read_number(text + 2, UINT8_MAX, &value)) || value != SID_REVISION || *text++ != '-') return false;
    if (!(text = read_number(text, (UINT64_C(1) << 48) - 1, &value))) return false;
    sid->Revision = SID_REVISION;
    for (i = 5; i >= 0; i--, value >>= 8) sid->IdentifierAuthority.Value[i] = (UCHAR)value;
    for (; *text; subauthority[count++] = (ULONG)value)
    {
        if (*text != '-' || count == SID_MAX_SUB_AUTHORITIES) return false;
        if (!(text = read_number(text + 1, UINT32_MAX, &value))) return false;
    }
    sid->SubAuthorityCount = count;
    return count > 0;
}

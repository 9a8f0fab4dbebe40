/*
 * libFuzzer target: SIDs, as bytes and as text.
 *
 * Covers: ntoskrnl/rtl/sid.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/rtl/sid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A SID that is written and read again is the same. */
static void check_text(const SID *sid)
{
    union
    {
        SID sid;
        UCHAR room[SECURITY_MAX_SID_SIZE];
    } again;
    char text[GUISE_SID_TEXT_SIZE];
    UNICODE_STRING string;

    guise_sid_to_text(sid, text);
    if (guise_sid_from_text(text, &again.sid) != (sid->SubAuthorityCount > 0)) abort();
    if (sid->SubAuthorityCount && !RtlEqualSid((PSID)sid, &again)) abort();
    if (!RtlConvertSidToUnicodeString(&string, (PSID)sid, TRUE))
    {
        if (string.Length != strlen(text) * sizeof(WCHAR)) abort();
        RtlFreeUnicodeString(&string);
    }
}

static void check_sid(const SID *sid, size_t size)
{
    UCHAR copy[SECURITY_MAX_SID_SIZE];

    if (!RtlValidSid((PSID)sid) || RtlLengthSid((PSID)sid) > size) abort();
    if (RtlLengthSid((PSID)sid) != RtlLengthRequiredSid(*RtlSubAuthorityCountSid((PSID)sid))) abort();
    if (RtlCopySid(RtlLengthSid((PSID)sid) - 1, copy, (PSID)sid) != STATUS_BUFFER_TOO_SMALL) abort();
    if (RtlCopySid(sizeof(copy), copy, (PSID)sid) || !RtlEqualSid(copy, (PSID)sid)) abort();
    if (!RtlEqualPrefixSid(copy, (PSID)sid)) abort();
    check_text(sid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    union
    {
        SID sid;
        UCHAR room[SECURITY_MAX_SID_SIZE];
    } sid;
    void *block = malloc(size ? size : 1);
    char *text = malloc(size + 1);

    if (!block || !text) abort();
    if (size) memcpy(block, data, size);
    if (sid_valid_in(block, size)) check_sid(block, size);
    if (size) memcpy(text, data, size);
    text[size] = 0;
    if (guise_sid_from_text(text, &sid.sid)) check_sid(&sid.sid, sizeof(sid));
    free(block);
    free(text);
    return 0;
}

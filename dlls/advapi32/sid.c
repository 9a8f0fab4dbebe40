/*
 * SIDs: comparison, text, well-known ones.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/advapi32/advapi32.h"
#include "ntoskrnl/out.h"

bool narrow(const WCHAR *string, char *text, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++)
    {
        if (string[i] > 0x7f) return false;
        if (!(text[i] = (char)string[i])) return true;
    }
    return false;
}

/***********************************************************************
 *           EqualSid (ADVAPI32.@)
 */
BOOL EqualSid(PSID first, PSID second)
{
    return SeLengthSid(first) == SeLengthSid(second) && !memcmp(first, second, SeLengthSid(first));
}

/***********************************************************************
 *           GetLengthSid (ADVAPI32.@)
 */
DWORD GetLengthSid(PSID sid)
{
    return SeLengthSid(sid);
}

/***********************************************************************
 *           CreateWellKnownSid (ADVAPI32.@)
 *
 * SIZE: the room in SID, and the length after success or ERROR_INSUFFICIENT_BUFFER. DOMAIN is for the WinAccount*
 * kinds, which need it. ERROR_INVALID_PARAMETER: a kind that is not known, or no domain.
 */
BOOL CreateWellKnownSid(WELL_KNOWN_SID_TYPE kind, PSID domain, PSID sid, DWORD *size)
{
    union sid_room found;
    DWORD room;

    if (!size || (!well_known_sid(kind, &found.sid) && !domain_account_sid(kind, domain, &found)))
        return fail(ERROR_INVALID_PARAMETER);
    room = *size;
    *size = SeLengthSid(&found.sid);
    if (room < *size) return fail(ERROR_INSUFFICIENT_BUFFER);
    if (!sid) return fail(ERROR_INVALID_PARAMETER);
    memcpy(sid, &found, *size);
    return TRUE;
}

/***********************************************************************
 *           ConvertSidToStringSidA (ADVAPI32.@)
 *
 * The string is freed with LocalFree.
 */
BOOL ConvertSidToStringSidA(PSID sid, LPSTR *string)
{
    char text[GUISE_SID_TEXT_SIZE], *block;

    if (!string) return fail(ERROR_INVALID_PARAMETER);
    if (!sid_is_valid(sid)) return fail(ERROR_INVALID_SID);
    guise_sid_to_text(sid, text);
    if (!(block = out_block(strlen(text) + 1))) return fail(ERROR_NOT_ENOUGH_MEMORY);
    memcpy(block, text, strlen(text) + 1);
    out_ptr(string, block);
    return TRUE;
}

/***********************************************************************
 *           ConvertSidToStringSidW (ADVAPI32.@)
 */
BOOL ConvertSidToStringSidW(PSID sid, LPWSTR *string)
{
    char text[GUISE_SID_TEXT_SIZE];
    WCHAR *block;
    size_t i;

    if (!string) return fail(ERROR_INVALID_PARAMETER);
    if (!sid_is_valid(sid)) return fail(ERROR_INVALID_SID);
    guise_sid_to_text(sid, text);
    if (!(block = out_block((strlen(text) + 1) * sizeof(*block)))) return fail(ERROR_NOT_ENOUGH_MEMORY);
    for (i = 0; text[i]; i++) block[i] = (WCHAR)text[i];
    out_ptr(string, block);
    return TRUE;
}

/***********************************************************************
 *           ConvertStringSidToSidA (ADVAPI32.@)
 *
 * S-R-I-S... or a two-letter abbreviation; the SID is freed with LocalFree. ERROR_INVALID_SID.
 */
BOOL ConvertStringSidToSidA(LPCSTR string, PSID *sid)
{
    union sid_room read;
    SID *block;

    if (!string || !sid) return fail(ERROR_INVALID_PARAMETER);
    if (!guise_sid_from_text(string, &read.sid) && !abbreviated_sid(string, &read.sid)) return fail(ERROR_INVALID_SID);
    if (!(block = out_block(SeLengthSid(&read.sid)))) return fail(ERROR_NOT_ENOUGH_MEMORY);
    memcpy(block, &read, SeLengthSid(&read.sid));
    out_ptr(sid, block);
    return TRUE;
}

/***********************************************************************
 *           ConvertStringSidToSidW (ADVAPI32.@)
 */
BOOL ConvertStringSidToSidW(LPCWSTR string, PSID *sid)
{
    char text[GUISE_SID_TEXT_SIZE];

    if (!string || !sid) return fail(ERROR_INVALID_PARAMETER);
    if (!narrow(string, text, sizeof(text))) return fail(ERROR_INVALID_SID);
    return ConvertStringSidToSidA(text, sid);
}

/*
 * SIDs as text (libadvapi32).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_SDDL_H
#define GUISE_SDDL_H

#include <windef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * ConvertSidToStringSid: S-1-... for a valid SID; the string is freed with LocalFree.
 * ERROR_INVALID_SID; ERROR_INVALID_PARAMETER; ERROR_NOT_ENOUGH_MEMORY.
 */
WINADVAPI BOOL WINAPI ConvertSidToStringSidW(PSID Sid, LPWSTR *StringSid);
WINADVAPI BOOL WINAPI ConvertSidToStringSidA(PSID Sid, LPSTR *StringSid);

/*
 * ConvertStringSidToSid: the SID of S-1-... or of a two-letter abbreviation (BA, SY, WD); freed with LocalFree.
 * ERROR_INVALID_SID; ERROR_INVALID_PARAMETER; ERROR_NOT_ENOUGH_MEMORY.
 */
WINADVAPI BOOL WINAPI ConvertStringSidToSidW(LPCWSTR StringSid, PSID *Sid);
WINADVAPI BOOL WINAPI ConvertStringSidToSidA(LPCSTR StringSid, PSID *Sid);

#ifdef UNICODE
#define ConvertSidToStringSid ConvertSidToStringSidW
#define ConvertStringSidToSid ConvertStringSidToSidW
#else
#define ConvertSidToStringSid ConvertSidToStringSidA
#define ConvertStringSidToSid ConvertStringSidToSidA
#endif

#ifdef __cplusplus
}
#endif

#endif /* GUISE_SDDL_H */

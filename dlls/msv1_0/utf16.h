/*
 * UTF-8 to UTF-16 and back, strictly, and upper casing as Windows does it, whatever the process's locale is.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_UTF16_H
#define GUISE_MSV1_0_UTF16_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ntoskrnl/core.h"

/*
 * Converts LENGTH bytes into at most ROOM characters; no terminator is read or written. False: not well-formed UTF-8 (a
 * surrogate or an overlong form is not), or no room. A text of N bytes never needs more than N characters.
 */
bool utf8_to_utf16(const char *text, size_t length, WCHAR *out, size_t room, size_t *count);

/* The way back; false: a surrogate without its other half, or no room. A text of N characters never needs more than 3 N bytes. */
bool utf16_to_utf8(const WCHAR *text, size_t count, char *out, size_t room, size_t *length);

/* Windows' upper case of one character; surrogates stay as they are. */
static inline WCHAR utf16_upper(WCHAR c)
{
    return guise_upcase(c);
}
void utf16_upcase(WCHAR *text, size_t count);

#endif

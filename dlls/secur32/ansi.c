/*
 * Text between the A and W forms. The ANSI code page of this system is UTF-8.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/front.h"

#define REPLACEMENT 0xfffdu

size_t sec_wide_length(const WCHAR *wide)
{
    size_t length = 0;

    while (wide[length]) length++;
    return length;
}

bool sec_same_name(const WCHAR *a, size_t a_length, const WCHAR *b, size_t b_length)
{
    if (a_length != b_length) return false;
    for (size_t i = 0; i < a_length; i++)
    {
        if (guise_upcase(a[i]) != guise_upcase(b[i])) return false;
    }
    return true;
}

/* Bytes of a sequence by its first one; 0 for what cannot be a first one. */
static int sequence_length(UCHAR first)
{
    if (first < 0x80) return 1;
    if ((first & 0xe0) == 0xc0) return 2;
    if ((first & 0xf0) == 0xe0) return 3;
    return (first & 0xf8) == 0xf0 ? 4 : 0;
}

/* The next code point, or -1 for what is not UTF-8: cut, overlong, a surrogate or beyond U+10FFFF. */
static int32_t next_of_utf8(const UCHAR **cursor, const UCHAR *end)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const UCHAR *p = *cursor;
    int length = sequence_length(*p);
    uint32_t code = *p++;

    if (!length || end - *cursor < length) return -1;
    if (length > 1) code &= 0x7fu >> length;
    for (int i = 1; i < length; i++)
    {
        if ((*p & 0xc0) != 0x80) return -1;
        code = code << 6 | (*p++ & 0x3f);
    }
    if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return -1;
    *cursor = p;
    return (int32_t)code;
}

SECURITY_STATUS sec_wide_from_ansi(const char *ansi, size_t length, WCHAR **wide, ULONG *wide_length)
{
    const UCHAR *cursor = (const UCHAR *)ansi, *end = cursor + length;
    ULONG used = 0;
    WCHAR *copy;

    /* A byte never becomes more than one unit. */
    if (!(copy = guise_alloc((length + 1) * sizeof(*copy)))) return SEC_E_INSUFFICIENT_MEMORY;
    while (cursor < end)
    {
        int32_t code = next_of_utf8(&cursor, end);

        if (code < 0)
        {
            guise_free_secret(copy, (length + 1) * sizeof(*copy));
            return SEC_E_INVALID_PARAMETER;
        }
        if (code >= 0x10000)
        {
            copy[used++] = (WCHAR)(0xd800 + ((code - 0x10000) >> 10));
            copy[used++] = (WCHAR)(0xdc00 + (code & 0x3ff));
        }
        else copy[used++] = (WCHAR)code;
    }
    *wide = copy;
    if (wide_length) *wide_length = used;
    return SEC_E_OK;
}

static uint32_t next_of_utf16(const WCHAR **cursor, const WCHAR *end)
{
    uint32_t unit = *(*cursor)++;

    if (unit < 0xd800 || unit >= 0xe000) return unit;
    if (unit >= 0xdc00 || *cursor == end || **cursor < 0xdc00 || **cursor >= 0xe000) return REPLACEMENT;
    return 0x10000 + ((unit - 0xd800) << 10) + (*(*cursor)++ - 0xdc00u);
}

static size_t put_utf8(uint32_t code, char *out)
{
    char bytes[4];
    size_t count;

    if (code < 0x80)
    {
        bytes[0] = (char)code;
        count = 1;
    }
    else if (code < 0x800)
    {
        bytes[0] = (char)(0xc0 | code >> 6);
        bytes[1] = (char)(0x80 | (code & 0x3f));
        count = 2;
    }
    else if (code < 0x10000)
    {
        bytes[0] = (char)(0xe0 | code >> 12);
        bytes[1] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[2] = (char)(0x80 | (code & 0x3f));
        count = 3;
    }
    else
    {
        bytes[0] = (char)(0xf0 | code >> 18);
        bytes[1] = (char)(0x80 | (code >> 12 & 0x3f));
        bytes[2] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[3] = (char)(0x80 | (code & 0x3f));
        count = 4;
    }
    for (size_t i = 0; out && i < count; i++) out[i] = bytes[i];
    return count;
}

size_t sec_ansi_from_wide(const WCHAR *wide, size_t length, char *out)
{
    const WCHAR *cursor = wide, *end = wide + length;
    size_t used = 0;

    while (cursor < end) used += put_utf8(next_of_utf16(&cursor, end), out ? out + used : NULL);
    return used;
}

/*
 * UTF-8 to UTF-16 and back, strictly, and upper casing as Windows does it, whatever the process's locale is.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/msv1_0/utf16.h"

/* ---- conversion ------------------------------------------------------------------------------------------------ */

/* Reads one code point of at most LENGTH bytes; 0 bytes read: not UTF-8 (overlong, surrogate, above U+10FFFF, cut off). */
static size_t read_utf8(const unsigned char *text, size_t length, uint32_t *code)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size, i;

    if (text[0] < 0x80)
    {
        *code = text[0];
        return 1;
    }
    if ((text[0] & 0xe0) == 0xc0) size = 2;
    else if ((text[0] & 0xf0) == 0xe0) size = 3;
    else if ((text[0] & 0xf8) == 0xf0) size = 4;
    else return 0;
    if (size > length) return 0;

    *code = text[0] & (0x7f >> size);
    for (i = 1; i < size; i++)
    {
        if ((text[i] & 0xc0) != 0x80) return 0;
        *code = *code << 6 | (text[i] & 0x3f);
    }
    if (*code < least[size] || *code > 0x10ffff || (*code & 0xfffff800) == 0xd800) return 0;
    return size;
}

bool utf8_to_utf16(const char *text, size_t length, WCHAR *out, size_t room, size_t *count)
{
    const unsigned char *from = (const unsigned char *)text;
    size_t used = 0, need, read;
    uint32_t code;

    while (length)
    {
        if (!(read = read_utf8(from, length, &code))) return false;
        need = code >= 0x10000 ? 2 : 1;
        if (room - used < need) return false;
        if (need == 2)
        {
            out[used++] = 0xd800 + ((code - 0x10000) >> 10);
            out[used++] = 0xdc00 + (code & 0x3ff);
        }
        else out[used++] = code;
        from += read;
        length -= read;
    }
    *count = used;
    return true;
}

/* Reads one code point; 0 characters read: a surrogate without its other half. */
static size_t read_utf16(const WCHAR *text, size_t count, uint32_t *code)
{
    *code = text[0];
    if ((text[0] & 0xf800) != 0xd800) return 1;
    if (text[0] >= 0xdc00 || count < 2 || (text[1] & 0xfc00) != 0xdc00) return 0;
    *code = 0x10000 + ((uint32_t)(text[0] & 0x3ff) << 10 | (text[1] & 0x3ff));
    return 2;
}

static size_t write_utf8(uint32_t code, unsigned char bytes[4])
{
    size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4, i;

    if (size == 1)
    {
        bytes[0] = code;
        return 1;
    }
    for (i = size - 1; i; i--, code >>= 6) bytes[i] = 0x80 | (code & 0x3f);
    bytes[0] = (0xf00 >> size) | code;
    return size;
}

bool utf16_to_utf8(const WCHAR *text, size_t count, char *out, size_t room, size_t *length)
{
    unsigned char bytes[4];
    size_t used = 0, read, size, i;
    uint32_t code;

    while (count)
    {
        if (!(read = read_utf16(text, count, &code))) return false;
        size = write_utf8(code, bytes);
        if (room - used < size) return false;
        for (i = 0; i < size; i++) out[used++] = bytes[i];
        text += read;
        count -= read;
    }
    *length = used;
    return true;
}

/* ---- upper casing ---------------------------------------------------------------------------------------------- */

void utf16_upcase(WCHAR *text, size_t count)
{
    while (count--)
    {
        *text = guise_upcase(*text);
        text++;
    }
}

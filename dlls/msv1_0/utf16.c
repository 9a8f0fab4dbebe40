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

/*
 * Unicode's simple upper case of the basic plane as far as Windows maps it: pairs that lower casing undoes, the final sigma too;
 * not the ones that would fold into ASCII (dotless i, long s) or into another script (micro sign), and not Georgian and
 * Cherokee, whose pairs are younger than Windows' table. Rows: first, last, step, distance (modulo 65536); sorted.
 */
static const struct
{
    WCHAR first, last;
    WCHAR step;
    int distance;
} upper_runs[] = {
    {0x0061, 0x007a, 1, -32}, {0x00e0, 0x00f6, 1, -32}, {0x00f8, 0x00fe, 1, -32}, {0x00ff, 0x00ff, 1, 121},
    {0x0101, 0x012f, 2, -1}, {0x0133, 0x0137, 2, -1}, {0x013a, 0x0148, 2, -1}, {0x014b, 0x0177, 2, -1},
    {0x017a, 0x017e, 2, -1}, {0x0180, 0x0180, 1, 195}, {0x0183, 0x0185, 2, -1}, {0x0188, 0x0188, 1, -1},
    {0x018c, 0x018c, 1, -1}, {0x0192, 0x0192, 1, -1}, {0x0195, 0x0195, 1, 97}, {0x0199, 0x0199, 1, -1},
    {0x019a, 0x019a, 1, 163}, {0x019e, 0x019e, 1, 130}, {0x01a1, 0x01a5, 2, -1}, {0x01a8, 0x01a8, 1, -1},
    {0x01ad, 0x01ad, 1, -1}, {0x01b0, 0x01b0, 1, -1}, {0x01b4, 0x01b6, 2, -1}, {0x01b9, 0x01b9, 1, -1},
    {0x01bd, 0x01bd, 1, -1}, {0x01bf, 0x01bf, 1, 56}, {0x01c6, 0x01c6, 1, -2}, {0x01c9, 0x01c9, 1, -2},
    {0x01cc, 0x01cc, 1, -2}, {0x01ce, 0x01dc, 2, -1}, {0x01dd, 0x01dd, 1, -79}, {0x01df, 0x01ef, 2, -1},
    {0x01f3, 0x01f3, 1, -2}, {0x01f5, 0x01f5, 1, -1}, {0x01f9, 0x021f, 2, -1}, {0x0223, 0x0233, 2, -1},
    {0x023c, 0x023c, 1, -1}, {0x023f, 0x0240, 1, 10815}, {0x0242, 0x0242, 1, -1}, {0x0247, 0x024f, 2, -1},
    {0x0250, 0x0250, 1, 10783}, {0x0251, 0x0251, 1, 10780}, {0x0252, 0x0252, 1, 10782}, {0x0253, 0x0253, 1, -210},
    {0x0254, 0x0254, 1, -206}, {0x0256, 0x0257, 1, -205}, {0x0259, 0x0259, 1, -202}, {0x025b, 0x025b, 1, -203},
    {0x025c, 0x025c, 1, 42319}, {0x0260, 0x0260, 1, -205}, {0x0261, 0x0261, 1, 42315}, {0x0263, 0x0263, 1, -207},
    {0x0265, 0x0265, 1, 42280}, {0x0266, 0x0266, 1, 42308}, {0x0268, 0x0268, 1, -209}, {0x0269, 0x0269, 1, -211},
    {0x026a, 0x026a, 1, 42308}, {0x026b, 0x026b, 1, 10743}, {0x026c, 0x026c, 1, 42305}, {0x026f, 0x026f, 1, -211},
    {0x0271, 0x0271, 1, 10749}, {0x0272, 0x0272, 1, -213}, {0x0275, 0x0275, 1, -214}, {0x027d, 0x027d, 1, 10727},
    {0x0280, 0x0280, 1, -218}, {0x0282, 0x0282, 1, 42307}, {0x0283, 0x0283, 1, -218}, {0x0287, 0x0287, 1, 42282},
    {0x0288, 0x0288, 1, -218}, {0x0289, 0x0289, 1, -69}, {0x028a, 0x028b, 1, -217}, {0x028c, 0x028c, 1, -71},
    {0x0292, 0x0292, 1, -219}, {0x029d, 0x029d, 1, 42261}, {0x029e, 0x029e, 1, 42258}, {0x0371, 0x0373, 2, -1},
    {0x0377, 0x0377, 1, -1}, {0x037b, 0x037d, 1, 130}, {0x03ac, 0x03ac, 1, -38}, {0x03ad, 0x03af, 1, -37},
    {0x03b1, 0x03c1, 1, -32}, {0x03c2, 0x03c2, 1, -31}, {0x03c3, 0x03cb, 1, -32}, {0x03cc, 0x03cc, 1, -64},
    {0x03cd, 0x03ce, 1, -63}, {0x03d7, 0x03d7, 1, -8}, {0x03d9, 0x03ef, 2, -1}, {0x03f2, 0x03f2, 1, 7},
    {0x03f3, 0x03f3, 1, -116}, {0x03f8, 0x03f8, 1, -1}, {0x03fb, 0x03fb, 1, -1}, {0x0430, 0x044f, 1, -32},
    {0x0450, 0x045f, 1, -80}, {0x0461, 0x0481, 2, -1}, {0x048b, 0x04bf, 2, -1}, {0x04c2, 0x04ce, 2, -1},
    {0x04cf, 0x04cf, 1, -15}, {0x04d1, 0x052f, 2, -1}, {0x0561, 0x0586, 1, -48}, {0x1d79, 0x1d79, 1, 35332},
    {0x1d7d, 0x1d7d, 1, 3814}, {0x1d8e, 0x1d8e, 1, 35384}, {0x1e01, 0x1e95, 2, -1}, {0x1ea1, 0x1eff, 2, -1},
    {0x1f00, 0x1f07, 1, 8}, {0x1f10, 0x1f15, 1, 8}, {0x1f20, 0x1f27, 1, 8}, {0x1f30, 0x1f37, 1, 8},
    {0x1f40, 0x1f45, 1, 8}, {0x1f51, 0x1f57, 2, 8}, {0x1f60, 0x1f67, 1, 8}, {0x1f70, 0x1f71, 1, 74},
    {0x1f72, 0x1f75, 1, 86}, {0x1f76, 0x1f77, 1, 100}, {0x1f78, 0x1f79, 1, 128}, {0x1f7a, 0x1f7b, 1, 112},
    {0x1f7c, 0x1f7d, 1, 126}, {0x1f80, 0x1f87, 1, 8}, {0x1f90, 0x1f97, 1, 8}, {0x1fa0, 0x1fa7, 1, 8},
    {0x1fb0, 0x1fb1, 1, 8}, {0x1fb3, 0x1fb3, 1, 9}, {0x1fc3, 0x1fc3, 1, 9}, {0x1fd0, 0x1fd1, 1, 8},
    {0x1fe0, 0x1fe1, 1, 8}, {0x1fe5, 0x1fe5, 1, 7}, {0x1ff3, 0x1ff3, 1, 9}, {0x214e, 0x214e, 1, -28},
    {0x2170, 0x217f, 1, -16}, {0x2184, 0x2184, 1, -1}, {0x24d0, 0x24e9, 1, -26}, {0x2c30, 0x2c5f, 1, -48},
    {0x2c61, 0x2c61, 1, -1}, {0x2c65, 0x2c65, 1, -10795}, {0x2c66, 0x2c66, 1, -10792}, {0x2c68, 0x2c6c, 2, -1},
    {0x2c73, 0x2c73, 1, -1}, {0x2c76, 0x2c76, 1, -1}, {0x2c81, 0x2ce3, 2, -1}, {0x2cec, 0x2cee, 2, -1},
    {0x2cf3, 0x2cf3, 1, -1}, {0x2d00, 0x2d25, 1, -7264}, {0x2d27, 0x2d27, 1, -7264}, {0x2d2d, 0x2d2d, 1, -7264},
    {0xa641, 0xa66d, 2, -1}, {0xa681, 0xa69b, 2, -1}, {0xa723, 0xa72f, 2, -1}, {0xa733, 0xa76f, 2, -1},
    {0xa77a, 0xa77c, 2, -1}, {0xa77f, 0xa787, 2, -1}, {0xa78c, 0xa78c, 1, -1}, {0xa791, 0xa793, 2, -1},
    {0xa794, 0xa794, 1, 48}, {0xa797, 0xa7a9, 2, -1}, {0xa7b5, 0xa7c3, 2, -1}, {0xa7c8, 0xa7ca, 2, -1},
    {0xa7d1, 0xa7d1, 1, -1}, {0xa7d7, 0xa7d9, 2, -1}, {0xa7f6, 0xa7f6, 1, -1}, {0xab53, 0xab53, 1, -928},
    {0xff41, 0xff5a, 1, -32},
};

WCHAR utf16_upper(WCHAR c)
{
    size_t low = 0, high = sizeof(upper_runs) / sizeof(upper_runs[0]);

    if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
    while (low < high)
    {
        size_t middle = (low + high) / 2;

        if (c < upper_runs[middle].first) high = middle;
        else if (c > upper_runs[middle].last) low = middle + 1;
        else if ((c - upper_runs[middle].first) % upper_runs[middle].step) return c;
        else return c + upper_runs[middle].distance;
    }
    return c;
}

void utf16_upcase(WCHAR *text, size_t count)
{
    while (count--)
    {
        *text = utf16_upper(*text);
        text++;
    }
}

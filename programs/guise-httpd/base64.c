/*
 * Base64 (RFC 4648 4) for the tokens in HTTP fields.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const unsigned char *data, size_t size, char *text)
{
    unsigned int group;
    size_t i;

    for (i = 0; i < size; i += 3)
    {
        group = data[i] << 16 | (i + 1 < size ? data[i + 1] << 8 : 0) | (i + 2 < size ? data[i + 2] : 0);
        *text++ = alphabet[group >> 18];
        *text++ = alphabet[group >> 12 & 63];
        *text++ = i + 1 < size ? alphabet[group >> 6 & 63] : '=';
        *text++ = i + 2 < size ? alphabet[group & 63] : '=';
    }
    *text = 0;
}

static int digit(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(const char *text, size_t length, unsigned char *data, size_t room, size_t *size)
{
    size_t padding = 0, used = 0, i;
    unsigned int group = 0;
    int value;

    if (!length || length % 4) return false;
    while (padding < 2 && text[length - 1 - padding] == '=') padding++;
    if (length / 4 * 3 - padding > room) return false;
    for (i = 0; i < length; i++)
    {
        value = i >= length - padding ? 0 : digit(text[i]);
        if (value < 0) return false;
        group = (group << 6 | value) & 0xffffff;
        if (i % 4 != 3) continue;
        data[used++] = group >> 16;
        if (i != length - 1 || padding < 2) data[used++] = group >> 8;
        else if (group & 0xff00) return false; /* bits that belong to no byte */
        if (i != length - 1 || padding < 1) data[used++] = group;
        else if (group & 0xff) return false;
    }
    *size = used;
    return true;
}

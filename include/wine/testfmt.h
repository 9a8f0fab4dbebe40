/*
 * The formatter of the test framework: reads formats and arguments as Windows' printf does, also on LP64 Unix.
 *
 * Included by wine/testmain.h only. %l is 32 bit, %ll and %I64 are 64, %I and %z pointer-sized; %S, %ls and %ws take
 * 16-bit strings, %hs and plain %s bytes; %p is sixteen (eight) upper-case digits. Output is UTF-8. No allocation.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __WINE_WINE_TESTFMT_H
#define __WINE_WINE_TESTFMT_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Where text goes: a buffer that is written to the file when full, or cut off when there is no file. */
struct winetest_sink
{
    char *buffer;
    size_t size, used;
    FILE *file;
};

/* One conversion of a format. */
struct winetest_spec
{
    int left, zero, plus, space, alternate; /* flags */
    int width, precision;                   /* precision -1: not given */
    int bytes;                              /* size of an integer argument */
    int wide, narrow;                       /* l or w, and h, before s or c */
    int long_double;
    char conversion;
};

/* A va_list that can be passed on by reference on every ABI. */
struct winetest_args
{
    va_list list;
};

static void winetest_sink_flush(struct winetest_sink *sink)
{
    if (sink->file) fwrite(sink->buffer, 1, sink->used, sink->file);
    sink->used = 0;
}

static void winetest_put(struct winetest_sink *sink, char c)
{
    if (sink->used == sink->size)
    {
        if (!sink->file) return;
        winetest_sink_flush(sink);
    }
    sink->buffer[sink->used++] = c;
}

static void winetest_put_bytes(struct winetest_sink *sink, const char *str, size_t len)
{
    while (len--) winetest_put(sink, *str++);
}

static void winetest_pad(struct winetest_sink *sink, char c, int count)
{
    while (count-- > 0) winetest_put(sink, c);
}

/* Length of the UTF-8 form of the code point at str (len units are readable); *units is how many it takes. */
static int winetest_encode(const WCHAR *str, size_t len, int *units, char out[4])
{
    unsigned int c = str[0];

    *units = 1;
    if (c >= 0xd800 && c < 0xdc00 && len > 1 && str[1] >= 0xdc00 && str[1] < 0xe000)
    {
        c = 0x10000 + ((c & 0x3ff) << 10) + (str[1] & 0x3ff);
        *units = 2;
    }
    if (c < 0x80)
    {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800)
    {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000)
    {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* Width and precision count characters of the argument: bytes, or 16-bit units. */
static void winetest_format_text(struct winetest_sink *sink, const struct winetest_spec *spec, const char *str, size_t len)
{
    int fill = spec->width > 0 && (size_t)spec->width > len ? spec->width - (int)len : 0;

    if (!spec->left) winetest_pad(sink, ' ', fill);
    winetest_put_bytes(sink, str, len);
    if (spec->left) winetest_pad(sink, ' ', fill);
}

static void winetest_format_wide(struct winetest_sink *sink, const struct winetest_spec *spec, const WCHAR *str, size_t len)
{
    int fill = spec->width > 0 && (size_t)spec->width > len ? spec->width - (int)len : 0;
    size_t pos = 0;

    if (!spec->left) winetest_pad(sink, ' ', fill);
    while (pos < len)
    {
        int units;
        char out[4];
        int bytes = winetest_encode(str + pos, len - pos, &units, out);

        winetest_put_bytes(sink, out, (size_t)bytes);
        pos += (size_t)units;
    }
    if (spec->left) winetest_pad(sink, ' ', fill);
}

static void winetest_format_string(struct winetest_sink *sink, const struct winetest_spec *spec, const void *arg, int wide)
{
    size_t len = 0, limit = spec->precision < 0 ? (size_t)-1 : (size_t)spec->precision;

    if (!arg)
    {
        arg = "(null)";
        wide = 0;
    }
    if (wide)
    {
        const WCHAR *str = (const WCHAR *)arg;

        while (len < limit && str[len]) len++;
        winetest_format_wide(sink, spec, str, len);
    }
    else
    {
        const char *str = (const char *)arg;

        while (len < limit && str[len]) len++;
        winetest_format_text(sink, spec, str, len);
    }
}

static void winetest_format_number(struct winetest_sink *sink, const struct winetest_spec *spec, unsigned long long value,
                                   int negative)
{
    static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
    const char *set = spec->conversion == 'X' || spec->conversion == 'p' ? upper : lower;
    unsigned int base = spec->conversion == 'x' || spec->conversion == 'X' || spec->conversion == 'p' ? 16
                        : spec->conversion == 'o'                                                     ? 8
                                                                                                      : 10;
    int is_signed = spec->conversion == 'd' || spec->conversion == 'i', count = 0, zeros, fill, prefixed = 0;
    char digits[24];
    char sign = 0;

    if (is_signed) sign = negative ? '-' : spec->plus ? '+' : spec->space ? ' ' : 0;
    if (spec->alternate && value && (spec->conversion == 'x' || spec->conversion == 'X')) prefixed = 1;
    if (value || spec->precision)
    {
        do digits[count++] = set[value % base];
        while (value /= base);
    }
    zeros = spec->precision - count;
    if (spec->alternate && base == 8 && zeros <= 0 && (!count || digits[count - 1] != '0')) zeros = 1;
    if (zeros < 0) zeros = 0;
    fill = spec->width - count - zeros - (sign != 0) - 2 * prefixed;
    if (spec->zero && !spec->left && spec->precision < 0 && fill > 0)
    {
        zeros += fill;
        fill = 0;
    }
    if (!spec->left) winetest_pad(sink, ' ', fill);
    if (sign) winetest_put(sink, sign);
    if (prefixed)
    {
        winetest_put(sink, '0');
        winetest_put(sink, spec->conversion);
    }
    winetest_pad(sink, '0', zeros);
    while (count) winetest_put(sink, digits[--count]);
    if (spec->left) winetest_pad(sink, ' ', fill);
}

#ifdef WINETEST_KERNEL

/* Floating point is not for drivers. */
static void winetest_format_float(struct winetest_sink *sink, const struct winetest_spec *spec, struct winetest_args *args)
{
    (void)spec;
    (void)va_arg(args->list, unsigned long long);
    winetest_put_bytes(sink, "(float)", 7);
}

#else

static void winetest_format_float(struct winetest_sink *sink, const struct winetest_spec *spec, struct winetest_args *args)
{
    char format[48], text[400];
    int len;

    snprintf(format, sizeof(format), "%%%s%s%s%s%s%d.%d%s%c", spec->left ? "-" : "", spec->zero ? "0" : "",
             spec->plus ? "+" : "", spec->space ? " " : "", spec->alternate ? "#" : "", spec->width,
             spec->precision < 0 ? 6 : spec->precision, spec->long_double ? "L" : "", spec->conversion);
    if (spec->long_double) len = snprintf(text, sizeof(text), format, va_arg(args->list, long double));
    else len = snprintf(text, sizeof(text), format, va_arg(args->list, double));
    if (len > (int)sizeof(text) - 1) len = (int)sizeof(text) - 1;
    if (len > 0) winetest_put_bytes(sink, text, (size_t)len);
}

#endif

static void winetest_format_integer(struct winetest_sink *sink, const struct winetest_spec *spec, struct winetest_args *args)
{
    int is_signed = spec->conversion == 'd' || spec->conversion == 'i';
    unsigned long long value;
    long long number;

    if (spec->bytes == 8) value = va_arg(args->list, unsigned long long);
    else value = va_arg(args->list, unsigned int);
    if (spec->bytes < 8) value &= (1ull << (8 * spec->bytes)) - 1;
    if (!is_signed)
    {
        winetest_format_number(sink, spec, value, 0);
        return;
    }
    switch (spec->bytes)
    {
    case 1: number = (signed char)value; break;
    case 2: number = (short)value; break;
    case 4: number = (int)value; break;
    default: number = (long long)value; break;
    }
    winetest_format_number(sink, spec, number < 0 ? 0ull - (unsigned long long)number : (unsigned long long)number, number < 0);
}

/* Reads what stands after '%' and returns the first character behind the conversion. */
static const char *winetest_parse_spec(const char *p, struct winetest_spec *spec, struct winetest_args *args)
{
    memset(spec, 0, sizeof(*spec));
    spec->precision = -1;
    spec->bytes = 4;
    for (;; p++)
    {
        if (*p == '-') spec->left = 1;
        else if (*p == '0') spec->zero = 1;
        else if (*p == '+') spec->plus = 1;
        else if (*p == ' ') spec->space = 1;
        else if (*p == '#') spec->alternate = 1;
        else break;
    }
    if (*p == '*')
    {
        spec->width = va_arg(args->list, int);
        if (spec->width < 0)
        {
            spec->left = 1;
            spec->width = -spec->width;
        }
        p++;
    }
    else
    {
        while (*p >= '0' && *p <= '9') spec->width = spec->width * 10 + (*p++ - '0');
    }
    if (*p == '.')
    {
        spec->precision = 0;
        if (*++p == '*')
        {
            spec->precision = va_arg(args->list, int);
            if (spec->precision < 0) spec->precision = -1;
            p++;
        }
        else
        {
            while (*p >= '0' && *p <= '9') spec->precision = spec->precision * 10 + (*p++ - '0');
        }
    }
    for (;; p++)
    {
        if (p[0] == 'I' && p[1] == '6' && p[2] == '4')
        {
            spec->bytes = 8;
            p += 2;
        }
        else if (p[0] == 'I' && p[1] == '3' && p[2] == '2') p += 2;
        else if (*p == 'I' || *p == 'z' || *p == 't') spec->bytes = (int)sizeof(void *);
        else if (*p == 'j') spec->bytes = 8;
        else if (p[0] == 'l' && p[1] == 'l')
        {
            spec->bytes = 8;
            p++;
        }
        else if (*p == 'l' || *p == 'w') spec->wide = 1;
        else if (*p == 'h')
        {
            spec->bytes = spec->narrow ? 1 : 2;
            spec->narrow = 1;
        }
        else if (*p == 'L') spec->long_double = 1;
        else break;
    }
    spec->conversion = *p;
    return *p ? p + 1 : p;
}

static void winetest_format_one(struct winetest_sink *sink, struct winetest_spec *spec, struct winetest_args *args)
{
    WCHAR wide;
    char narrow;

    switch (spec->conversion)
    {
    case '%': winetest_put(sink, '%'); break;
    case 's': winetest_format_string(sink, spec, va_arg(args->list, void *), spec->wide); break;
    case 'S': winetest_format_string(sink, spec, va_arg(args->list, void *), !spec->narrow); break;
    case 'c':
    case 'C':
        if (spec->conversion == 'c' ? !spec->wide : spec->narrow)
        {
            narrow = (char)va_arg(args->list, int);
            winetest_format_text(sink, spec, &narrow, 1);
            break;
        }
        wide = (WCHAR)va_arg(args->list, int);
        winetest_format_wide(sink, spec, &wide, 1);
        break;
    case 'p':
        spec->precision = 2 * (int)sizeof(void *);
        winetest_format_number(sink, spec, (ULONG_PTR)va_arg(args->list, void *), 0);
        break;
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o': winetest_format_integer(sink, spec, args); break;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': winetest_format_float(sink, spec, args); break;
    default: /* what follows cannot be trusted to be of any type */
        winetest_put_bytes(sink, "%<bad format>", 13);
        break;
    }
}

static void winetest_vformat(struct winetest_sink *sink, const char *format, va_list list)
{
    struct winetest_args args;
    struct winetest_spec spec;

    va_copy(args.list, list);
    while (*format)
    {
        if (*format != '%')
        {
            winetest_put(sink, *format++);
            continue;
        }
        format = winetest_parse_spec(format + 1, &spec, &args);
        winetest_format_one(sink, &spec, &args);
    }
    va_end(args.list);
}

static void winetest_format(struct winetest_sink *sink, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    winetest_vformat(sink, format, args);
    va_end(args);
}

#endif /* __WINE_WINE_TESTFMT_H */

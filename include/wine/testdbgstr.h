/*
 * Printable forms for the test framework: included by wine/testmain.h only.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __WINE_WINE_TESTDBGSTR_H
#define __WINE_WINE_TESTDBGSTR_H

/* A sink over the next part of the thread's ring; winetest_ring_end closes the string. */
static struct winetest_sink winetest_ring_begin(size_t size)
{
    struct winetest_thread *data = winetest_data();
    struct winetest_sink sink = {NULL, size - 1, 0, NULL};

    if (data->ring_used + size > sizeof(data->ring)) data->ring_used = 0;
    sink.buffer = data->ring + data->ring_used;
    return sink;
}

static const char *winetest_ring_end(struct winetest_sink *sink)
{
    sink->buffer[sink->used] = 0;
    winetest_data()->ring_used += sink->used + 1;
    return sink->buffer;
}

static void winetest_put_escaped(struct winetest_sink *sink, unsigned int c, const char *hex)
{
    switch (c)
    {
    case '\n': winetest_put_bytes(sink, "\\n", 2); break;
    case '\r': winetest_put_bytes(sink, "\\r", 2); break;
    case '\t': winetest_put_bytes(sink, "\\t", 2); break;
    case '"': winetest_put_bytes(sink, "\\\"", 2); break;
    case '\\': winetest_put_bytes(sink, "\\\\", 2); break;
    default:
        if (c >= ' ' && c < 0x7f) winetest_put(sink, (char)c);
        else winetest_format(sink, hex, c);
        break;
    }
}

enum
{
    WINETEST_SHOWN = 300, /* bytes of the ring for one string */
    WINETEST_ROOM  = 12   /* what an escape and the closing dots need */
};

const char *wine_dbgstr_an(const char *str, int len)
{
    struct winetest_sink sink = winetest_ring_begin(WINETEST_SHOWN);

    if (!str) return "(null)";
    if (len < 0) len = (int)strlen(str);
    winetest_put(&sink, '"');
    for (; len && sink.used < WINETEST_SHOWN - WINETEST_ROOM; len--)
    {
        winetest_put_escaped(&sink, (unsigned char)*str++, "\\x%02x");
    }
    winetest_format(&sink, len ? "\"..." : "\"");
    return winetest_ring_end(&sink);
}

const char *wine_dbgstr_wn(const WCHAR *str, int len)
{
    struct winetest_sink sink = winetest_ring_begin(WINETEST_SHOWN);

    if (!str) return "(null)";
    if (len < 0)
    {
        for (len = 0; str[len]; len++) continue;
    }
    winetest_format(&sink, "L\"");
    for (; len && sink.used < WINETEST_SHOWN - WINETEST_ROOM; len--) winetest_put_escaped(&sink, *str++, "\\%04x");
    winetest_format(&sink, len ? "\"..." : "\"");
    return winetest_ring_end(&sink);
}

const char *wine_dbgstr_guid(const GUID *guid)
{
    struct winetest_sink sink = winetest_ring_begin(40);

    if (!guid) return "(null)";
    winetest_format(&sink, "{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", (unsigned int)guid->Data1, guid->Data2,
                    guid->Data3, guid->Data4[0], guid->Data4[1], guid->Data4[2], guid->Data4[3], guid->Data4[4],
                    guid->Data4[5], guid->Data4[6], guid->Data4[7]);
    return winetest_ring_end(&sink);
}

const char *wine_dbgstr_longlong(ULONGLONG value)
{
    struct winetest_sink sink = winetest_ring_begin(24);

    winetest_format(&sink, "0x%I64x", value);
    return winetest_ring_end(&sink);
}

#endif /* __WINE_WINE_TESTDBGSTR_H */

/*
 * The formatter reads formats as Windows does: pairs of lines, what is wanted and what the formatter made of it.
 * tests/framework/run compares them. The same text must come out of the PE build.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "wine/test.h"

#define same(want, format, ...) (void)(trace("want [%s]\n", want), trace("have [" format "]\n", ##__VA_ARGS__))

static void test_integers(void)
{
    LONG negative = -2;
    ULONG high = 0xfffffffeu;
    LONGLONG wide = -5000000000ll;

    same("-2 4294967294 fffffffe", "%ld %lu %lx", negative, high, high);
    same("-2 7 -2", "%ld %lu %d", negative, (ULONG)7, (int)negative);
    same("-5000000000", "%I64d", wide);
    same("-5000000000 12a05f200", "%lld %I64x", wide, (ULONGLONG)5000000000ull);
    same("12a05f200", "%Ix", (SIZE_T)5000000000ull);
    same("[    7] [7    ] [00007] [+7] [ 7]", "[%5d] [%-5d] [%05d] [%+d] [% d]", 7, 7, 7, 7, 7);
    same("[  007] [007  ] []", "[%5.3d] [%-5.3d] [%.0d]", 7, 7, 0);
    same("0xff 0XFF 0 0377", "%#x %#X %#x %#o", 255, 255, 0, 255);
    same("0x0000ff", "%#08x", 255);
    same("-1 255 -1 65535", "%hhd %hhu %hd %hu", -1, 255, -1, 65535);
    same("-2147483648 2147483648", "%d %u", (int)0x80000000u, 0x80000000u);
    same("-9223372036854775808", "%I64d", (LONGLONG)0x8000000000000000ull);
    same("   42|42   ", "%*d|%-*d", 5, 42, 5, 42);
    same("000000000000002A", "%p", (void *)42);
    same("c000006d", "%08lx", (ULONG)0xc000006d);
}

static void test_many(void)
{
    /* More than fit into registers, of mixed sizes: the list must be walked as the ABI lays it out. */
    same("1 2 3 4 5 6 7 8 9 x 10", "%d %lu %I64u %d %lu %I64u %d %lu %I64u %s %lx", 1, (ULONG)2, (ULONGLONG)3, 4, (ULONG)5,
         (ULONGLONG)6, 7, (ULONG)8, (ULONGLONG)9, "x", (ULONG)16);
    same("1 1.5 2 2.5", "%d %.1f %lu %g", 1, 1.5, (ULONG)2, 2.5);
}

static void test_strings(void)
{
    static const WCHAR hello[] = {'h', 'e', 'l', 'l', 'o', 0}, accents[] = {0xe9, 0x20ac, 0xd83d, 0xde00, 0};

    same("text [  ab] [ab  ] [ab]", "%s [%4s] [%-4s] [%.2s]", "text", "ab", "ab", "abc");
    same("hello hello hello", "%ls %S %ws", hello, hello, hello);
    same("[   hello] [hello   ] [he]", "[%8ls] [%-8ls] [%.2ls]", hello, hello, hello);
    same("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "%ls", accents);
    same("(null) (null)", "%s %ls", (const char *)NULL, (const WCHAR *)NULL);
    same("abc%", "%c%hc%lc%%", 'a', 'b', (WCHAR)'c');
    same("hx", "%hs", "hx");
}

static void test_printable(void)
{
    static const WCHAR text[] = {'a', '\n', '"', 0xe9, '\\', 0};
    static const WCHAR pieces[] = {'a', 0, 'b'};
    static const GUID guid = {0x12345678, 0x9abc, 0xdef0, {1, 2, 3, 4, 5, 6, 7, 8}};
    char longer[400];

    same("L\"a\\n\\\"\\00e9\\\\\"", "%s", wine_dbgstr_w(text));
    same("L\"a\\0000b\" L\"a\" (null)", "%s %s %s", wine_dbgstr_wn(pieces, 3), wine_dbgstr_wn(pieces, 1), wine_dbgstr_w(NULL));
    same("\"x\\ty\\x01\" (null)", "%s %s", wine_dbgstr_a("x\ty\x01"), wine_dbgstr_an(NULL, 3));
    same("{12345678-9abc-def0-0102-030405060708} (null)", "%s %s", wine_dbgstr_guid(&guid), wine_dbgstr_guid(NULL));
    same("0x123456789ab", "%s", wine_dbgstr_longlong(0x123456789abull));

    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = 0;
    same("\"xx 1", "%.3s %d", wine_dbgstr_a(longer), strlen(wine_dbgstr_a(longer)) < 300);
}

START_TEST(format)
{
    test_integers();
    test_many();
    test_strings();
    test_printable();
    ok(TRUE, "a unit without a test fails\n");
}

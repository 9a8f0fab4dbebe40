/*
 * Tests of the UTF-8 and UTF-16 conversions and of upper casing.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include <locale.h>
#include <string.h>

#include "dlls/msv1_0/utf16.h"

static void test_to_utf16(void)
{
    static const struct
    {
        const char *text;
        const WCHAR *expected; /* NULL: refused */
        size_t count;
    } cases[] = {
        {"", u"", 0},
        {"alice", u"alice", 5},
        {"\xc3\xa9", u"\u00e9", 1},
        {"\xe2\x82\xac", u"\u20ac", 1},
        {"\xf0\x9f\x98\x80", u"\U0001f600", 2},
        {"\xf4\x8f\xbf\xbf", u"\U0010ffff", 2},
        {"\x80", NULL, 0},             /* a continuation alone */
        {"\xc3", NULL, 0},             /* cut off */
        {"\xe2\x82", NULL, 0},
        {"\xc3(", NULL, 0},
        {"\xc0\xaf", NULL, 0},         /* overlong */
        {"\xe0\x80\xaf", NULL, 0},
        {"\xf0\x80\x80\xaf", NULL, 0},
        {"\xed\xa0\x80", NULL, 0},     /* a surrogate */
        {"\xf4\x90\x80\x80", NULL, 0}, /* above U+10FFFF */
        {"\xf8\x88\x80\x80\x80", NULL, 0},
        {"\xff", NULL, 0},
    };
    WCHAR wide[8];
    char back[16];
    size_t i, count, length;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        bool done = utf8_to_utf16(cases[i].text, strlen(cases[i].text), wide, 8, &count);

        winetest_push_context("case %u", (unsigned int)i);
        ok(done == !!cases[i].expected, "got %d\n", done); /* RFC 3629 3 */
        if (done)
        {
            /* RFC 3629 3 */
            ok(count == cases[i].count && !memcmp(wide, cases[i].expected, 2 * count), "got %s\n", wine_dbgstr_wn(wide, count));
            done = utf16_to_utf8(wide, count, back, sizeof(back), &length);
            /* RFC 3629 3 */
            ok(done && length == strlen(cases[i].text) && !memcmp(back, cases[i].text, length), "does not come back\n");
        }
        winetest_pop_context();
    }
}

static void test_room(void)
{
    WCHAR wide[2] = {0, 0x55aa};
    char text[5] = "....";
    size_t count = 7, length;

    ok(!utf8_to_utf16("ab", 2, wide, 1, &count), "two characters fit into one\n"); /* design 8.4 */
    ok(wide[1] == 0x55aa && count == 7, "wrote beyond the end\n"); /* design 8.4 */
    ok(!utf8_to_utf16("\xf0\x9f\x98\x80", 4, wide, 1, &count), "a pair fits into one\n"); /* design 8.4 */
    ok(wide[1] == 0x55aa, "wrote beyond the end\n"); /* design 8.4 */
    ok(!utf16_to_utf8(u"\u20ac", 1, text, 2, &length), "three bytes fit into two\n"); /* design 8.4 */
    ok(text[2] == '.', "wrote beyond the end\n"); /* design 8.4 */
    ok(!utf16_to_utf8(u"\xd83d", 1, text, 4, &length), "a high surrogate alone\n"); /* RFC 3629 3 */
    ok(!utf16_to_utf8(u"\xde00\xd83d", 2, text, 4, &length), "the wrong order\n"); /* RFC 3629 3 */
    ok(!utf16_to_utf8(u"\xd83dx", 2, text, 4, &length), "a high surrogate before a letter\n"); /* RFC 3629 3 */
}

static void test_upper(void)
{
    static const struct
    {
        WCHAR lower, upper;
    } pairs[] = {
        {'a', 'A'}, {'z', 'Z'}, {'A', 'A'}, {'`', '`'}, {'{', '{'}, {'0', '0'},
        {0xe0, 0xc0}, {0xf6, 0xd6}, {0xf7, 0xf7}, {0xfe, 0xde}, {0xff, 0x178}, {0xdf, 0xdf}, {0xb5, 0xb5},
        {0x101, 0x100}, {0x100, 0x100}, {0x12f, 0x12e}, {0x131, 0x131}, {0x17f, 0x17f}, {0x17e, 0x17d},
        {0x3b1, 0x391}, {0x3c2, 0x3a3}, {0x3c3, 0x3a3}, {0x3ac, 0x386}, {0x434, 0x414}, {0x451, 0x401}, {0x561, 0x531},
        {0x10d0, 0x10d0}, {0x1e01, 0x1e00}, {0x1f80, 0x1f88}, {0x24d0, 0x24b6}, {0x2c65, 0x23a}, {0xff41, 0xff21},
        {0xd83d, 0xd83d}, {0xfffd, 0xfffd}, {0xffff, 0xffff},
    };
    WCHAR text[] = u"Ren\u00e9 \u03c3\u03c2";
    unsigned int c, lower_of[0x80] = {0};
    size_t i;

    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        ok(utf16_upper(pairs[i].lower) == pairs[i].upper, "%04x gives %04x\n", pairs[i].lower, utf16_upper(pairs[i].lower)); /* S4.4.2 */
    utf16_upcase(text, 7);
    ok(!memcmp(text, u"REN\u00c9 \u03a3\u03a3", 14), "got %s\n", wine_dbgstr_wn(text, 7)); /* S4.4.2 */

    /* Nothing outside ASCII may become an ASCII name, and upper casing twice changes nothing. */
    for (c = 0x80; c < 0x10000; c++)
    {
        if (utf16_upper(c) < 0x80) lower_of[utf16_upper(c)] = c;
        if (utf16_upper(utf16_upper(c)) != utf16_upper(c)) break;
    }
    ok(c == 0x10000, "%04x is not stable\n", c); /* S4.4.2 */
    for (c = 0; c < 0x80 && !lower_of[c]; c++) {}
    ok(c == 0x80, "%04x becomes %02x\n", lower_of[c & 0x7f], c); /* S4.4.2 */
}

START_TEST(utf16)
{
    test_to_utf16();
    test_room();
    test_upper();
    /* A Turkish locale would make "i" another letter. */
    if (setlocale(LC_ALL, "tr_TR.UTF-8") || setlocale(LC_ALL, "C.UTF-8")) test_upper();
}

/*
 * Random conditions and attributes of resources (MS-DTYP 2.4.4.17, 2.4.10.1), most of them well-formed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/differential/generate.h"

#include <string.h>

/* The attributes that conditions ask for. Claims have the first of these names, for integers, strings, SIDs and octets.
 */
#define NAMES       5
#define CLAIM_NAMES 4
static const char *const names[NAMES] = {"level", "Project", "team", "tag", "none"};
static const char *const words[] = {"red", "Red", "green", "blue", "redder"};

struct text
{
    uint64_t *random;
    uint8_t *bytes;
    size_t length, room;
};

static void put(struct text *text, const void *bytes, size_t length)
{
    if (length > text->room - text->length) length = text->room - text->length;
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

static void put_byte(struct text *text, unsigned int byte)
{
    uint8_t one = byte;

    put(text, &one, 1);
}

static void put16(struct text *text, uint32_t value)
{
    put_byte(text, value);
    put_byte(text, value >> 8);
}

static void put32(struct text *text, uint32_t value)
{
    put16(text, value);
    put16(text, value >> 16);
}

static void put64(struct text *text, uint64_t value)
{
    put32(text, value);
    put32(text, value >> 32);
}

static void put_wide(struct text *text, const char *string)
{
    for (; *string; string++) put16(text, *string);
}

static int64_t random_integer(uint64_t *r)
{
    return random_percent(r, 90) ? (int)random_below(r, 6) - 2 : (int64_t)random_next(r);
}

/* ---- conditions -------------------------------------------------------------------------------------------------- */

enum kind
{
    KIND_INTEGER,
    KIND_STRING,
    KIND_SID,
    KIND_OCTETS,
    KINDS
};

static void put_literal(struct text *text, enum kind kind)
{
    uint64_t *r = text->random;
    const char *word;
    int64_t integer;
    int sid;

    switch (kind)
    {
    case KIND_INTEGER:
        integer = random_integer(r);
        put_byte(text, integer >= -128 && integer < 128 ? 0x01 : 0x04);
        put64(text, integer);
        put_byte(text, integer < 0 ? 2 : 1 + 2 * random_below(r, 2));
        put_byte(text, 1 + random_below(r, 3));
        return;
    case KIND_STRING:
        word = words[random_below(r, 5)];
        put_byte(text, 0x10);
        put32(text, 2 * strlen(word));
        put_wide(text, word);
        return;
    case KIND_SID:
        sid = random_percent(r, 20) ? SID_EVERYONE
                                    : SID_FIRST_ACCOUNT + (int)random_below(r, SID_COUNT - SID_FIRST_ACCOUNT);
        put_byte(text, 0x51);
        put32(text, sid_size(sid));
        put(text, sid_at(sid), sid_size(sid));
        return;
    default:
        put_byte(text, 0x18);
        put32(text, 2);
        put16(text, random_below(r, 3));
    }
}

static void put_operand(struct text *text, enum kind kind, unsigned int elements)
{
    size_t length_at;
    uint8_t list[256];
    struct text inner = {text->random, list, 0, sizeof(list)};

    if (elements == 1 && random_percent(text->random, 60))
    {
        put_literal(text, kind);
        return;
    }
    for (length_at = 0; length_at < elements; length_at++) put_literal(&inner, kind);
    put_byte(text, 0x50);
    put32(text, inner.length);
    put(text, list, inner.length);
}

/* Its number is returned: what a sound claim of that name holds is of that kind. */
static unsigned int put_attribute(struct text *text)
{
    unsigned int number = random_below(text->random, NAMES);

    put_byte(text, random_percent(text->random, 80) ? 0xfa : 0xf8 + random_below(text->random, 4));
    put32(text, 2 * strlen(names[number]));
    put_wide(text, names[number]);
    return number;
}

static void put_relation(struct text *text)
{
    static const uint8_t relations[] = {0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x88, 0x8e, 0x8f};
    uint64_t *r = text->random;
    unsigned int kind = put_attribute(text) % KINDS;

    if (random_percent(r, 15)) kind = random_below(r, KINDS);
    if (random_percent(r, 10))
        put_attribute(text);
    else
        put_operand(text, kind, random_percent(r, 60) ? 1 : 1 + random_below(r, 3));
    put_byte(text, relations[random_below(r, sizeof(relations))]);
}

static void put_leaf(struct text *text)
{
    static const uint8_t memberships[] = {0x89, 0x8b, 0x90, 0x92, 0x89, 0x8b, 0x90, 0x92, 0x8a, 0x8c, 0x91, 0x93};
    uint64_t *r = text->random;

    switch (random_below(r, 8))
    {
    case 0:
        put_attribute(text);
        put_byte(text, random_percent(r, 50) ? 0x87 : 0x8d);
        return;
    case 1:
        put_attribute(text); /* its value is the truth */
        return;
    case 2:
    case 3:
    case 4: put_relation(text); return;
    default:
        put_operand(text, KIND_SID, 1 + random_below(r, 3));
        put_byte(text, memberships[random_below(r, sizeof(memberships))]);
    }
}

static void put_expression(struct text *text, unsigned int depth)
{
    if (!depth || random_percent(text->random, 45))
    {
        put_leaf(text);
        return;
    }
    put_expression(text, depth - 1);
    if (random_percent(text->random, 25))
    {
        put_byte(text, 0xa2);
        return;
    }
    put_expression(text, depth - 1);
    put_byte(text, random_percent(text->random, 50) ? 0xa0 : 0xa1);
}

/* One of the ways in which a condition can be wrong. */
static void spoil(struct text *text)
{
    uint64_t *r = text->random;

    switch (random_below(r, 9))
    {
    case 0: text->length -= 1 + random_below(r, text->length - 1); return; /* cut off */
    case 1: text->bytes[random_below(r, 4)] = 'x'; return;                 /* no condition */
    case 2: put_byte(text, 0x77); return;                                  /* no such operator */
    case 3: put_byte(text, 0xa0); return;                                  /* an operand too few */
    case 4: put_leaf(text); return;                                        /* a result too many */
    case 5: text->bytes[4 + random_below(r, text->length - 4)] ^= 1 << random_below(r, 8); return; /* a wrong bit */
    case 6:
        put_byte(text, 0); /* padding that is not at the end */
        put_byte(text, 0xa2);
        return;
    case 7: /* a relation of two literals */
        put_operand(text, KIND_INTEGER, 1);
        put_operand(text, KIND_INTEGER, 1);
        put_byte(text, 0x80);
        put_byte(text, 0xa1);
        return;
    default: /* a list that is empty, or not of SIDs */
        put_operand(text, random_below(r, KINDS), 2 * random_below(r, 2));
        put_byte(text, 0x89 + random_below(r, 4));
        put_byte(text, 0xa1);
    }
}

size_t generate_condition(uint64_t *state, uint8_t *data, size_t room)
{
    struct text text = {state, data, 0, room};

    put(&text, "artx", 4);
    put_expression(&text, random_percent(state, 5) ? 5 : 2);
    if (random_percent(state, 7)) spoil(&text);
    return text.length;
}

/* ---- claims ------------------------------------------------------------------------------------------------------ */

static void put_claim_value(struct text *text, unsigned int type)
{
    uint64_t *r = text->random;
    int sid;

    switch (type)
    {
    case 0x01: put64(text, random_integer(r)); return;
    case 0x02: put64(text, random_percent(r, 90) ? random_below(r, 5) : random_next(r)); return;
    case 0x06: put64(text, random_below(r, 2)); return;
    case 0x03:
        put_wide(text, words[random_below(r, 5)]);
        put16(text, 0);
        return;
    case 0x05:
        sid = SID_FIRST_ACCOUNT + (int)random_below(r, SID_COUNT - SID_FIRST_ACCOUNT);
        put32(text, sid_size(sid));
        put(text, sid_at(sid), sid_size(sid));
        return;
    default:
        put32(text, 2);
        put16(text, random_below(r, 3));
        put16(text, 0);
    }
}

size_t generate_claim(uint64_t *state, uint8_t *data, size_t room)
{
    static const uint8_t types[] = {0x01, 0x03, 0x05, 0x10, 0x02, 0x06};
    unsigned int name = random_below(state, CLAIM_NAMES), type = types[name],
                 count = 1 + (random_percent(state, 40) ? random_below(state, 3) : 0), i;
    struct text text = {state, data, 0, room};
    size_t end;

    if (!name && random_percent(state, 40)) type = types[4 + random_below(state, 2)];
    if (random_percent(state, 10)) type = types[random_below(state, sizeof(types))];
    put32(&text, 16 + 4 * count);
    put16(&text, type);
    put16(&text, 0);
    put32(&text, random_percent(state, 20) ? 0x0002 : random_percent(state, 20) ? 1 << random_below(state, 6) : 0);
    put32(&text, count);
    for (i = 0; i < count; i++) put32(&text, 0);
    put_wide(&text, names[name]);
    put16(&text, 0);
    while (text.length % 4) put_byte(&text, 0);
    for (i = 0; i < count; i++)
    {
        end = text.length;
        text.length = 16 + 4 * i;
        put32(&text, end);
        text.length = end;
        put_claim_value(&text, type);
        while (text.length % 4) put_byte(&text, 0);
    }
    if (random_percent(state, 3)) data[random_below(state, text.length)] ^= 1 << random_below(state, 8);
    return text.length;
}

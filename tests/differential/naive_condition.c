/*
 * Conditions of callback ACEs (MS-DTYP 2.4.4.17): a program in postfix order over a stack, whose result is true, false
 * or unknown. What is not a condition is unknown as well. Tokens have no claims here, so that @User, @Device and local
 * attributes have no value; those of the resource stand in the SACL (MS-DTYP 2.4.4.15).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/differential/naive_descriptor.h"

#include <string.h>

#define STACK_DEPTH  1024
#define MAX_ELEMENTS 32

#define RESOURCE_ATTRIBUTE_ACE 0x12u

/* MS-DTYP 2.4.10.1 */
#define TYPE_INT64           1
#define TYPE_UINT64          2
#define TYPE_STRING          3
#define TYPE_SID             5
#define TYPE_BOOLEAN         6
#define TYPE_OCTETS          0x10
#define VALUE_CASE_SENSITIVE 0x0002u
#define USE_FOR_DENY_ONLY    0x0004u
#define DISABLED             0x0010u

struct element
{
    enum
    {
        INTEGER,
        STRING,
        OCTETS,
        SID,
        OTHER /* of an attribute: of a type of which can only be said that it exists */
    } type;
    __int128 integer;     /* holds a signed and an unsigned 64-bit value */
    const uint8_t *bytes; /* of the others */
    size_t length;
};

struct value
{
    enum
    {
        RESULT,    /* of an operator */
        LITERAL,   /* one or, in a composite, many elements */
        ATTRIBUTE, /* without a value: no elements */
    } kind;
    enum naive_truth truth;
    bool composite, case_sensitive;
    size_t count;
    struct element elements[MAX_ELEMENTS];
};

/* A run of one condition. */
struct machine
{
    struct value *stack;
    size_t depth;
    naive_is_member *is_member;
    const void *who;
    const uint8_t *sacl;
    bool denying;
    const uint8_t *at, *end;
};

static uint64_t read64(const uint8_t *at)
{
    return read32(at) | (uint64_t)read32(at + 4) << 32;
}

static bool whole_sid(const uint8_t *sid, size_t length)
{
    return length >= 8 && sid[0] == 1 && sid[1] <= 15 && length == 8 + 4 * (size_t)sid[1];
}

/* ---- literals ---------------------------------------------------------------------------------------------------- */

/* The literal at *AT, which is moved behind it. */
static bool read_literal(const uint8_t **at, const uint8_t *end, struct element *element)
{
    unsigned int code = *(*at)++;

    memset(element, 0, sizeof(*element));
    if (code >= 0x01 && code <= 0x04)
    {
        if (end - *at < 10) return false;
        if ((*at)[8] < 1 || (*at)[8] > 3 || (*at)[9] < 1 || (*at)[9] > 3) return false;
        element->type = INTEGER;
        element->integer = (int64_t)read64(*at);
        *at += 10;
        return true;
    }
    if (code != 0x10 && code != 0x18 && code != 0x51) return false;
    if (end - *at < 4 || read32(*at) > (size_t)(end - *at - 4)) return false;
    element->type = code == 0x10 ? STRING : code == 0x18 ? OCTETS : SID;
    element->length = read32(*at);
    element->bytes = *at + 4;
    *at += 4 + element->length;
    if (element->type == STRING) return element->length % 2 == 0;
    if (element->type == SID) return whole_sid(element->bytes, element->length);
    return true;
}

static bool read_composite(struct machine *m, struct value *value)
{
    const uint8_t *end;

    m->at++;
    if (m->end - m->at < 4 || read32(m->at) > (size_t)(m->end - m->at - 4)) return false;
    end = m->at + 4 + read32(m->at);
    m->at += 4;
    value->composite = true;
    while (m->at < end)
    {
        if (value->count == MAX_ELEMENTS || !read_literal(&m->at, end, &value->elements[value->count])) return false;
        value->count++;
    }
    return true;
}

/* ---- attributes of the resource ---------------------------------------------------------------------------------- */

static unsigned int upper(unsigned int c)
{
    return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

/* -1, 0, 1 as strings order, by code units. */
static int compare_strings(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length, bool case_sensitive)
{
    size_t i;

    for (i = 0; i + 1 < a_length && i + 1 < b_length; i += 2)
    {
        unsigned int x = read16(a + i), y = read16(b + i);

        if (!case_sensitive)
        {
            x = upper(x);
            y = upper(y);
        }
        if (x != y) return x < y ? -1 : 1;
    }
    return a_length < b_length ? -1 : a_length > b_length;
}

/* The length in bytes of a UTF-16 string that ends with 0, or of what there is. */
static size_t text_length(const uint8_t *text, const uint8_t *end)
{
    size_t length = 0;

    while (length + 2 <= (size_t)(end - text) && read16(text + length)) length += 2;
    return length;
}

/* One value of the claim (MS-DTYP 2.4.10.1) of that type at OFFSET. */
static bool read_claim_value(const uint8_t *claim, const uint8_t *end, uint32_t offset, unsigned int type,
                             struct element *element)
{
    const uint8_t *at = claim + offset;

    memset(element, 0, sizeof(*element));
    if (offset > (size_t)(end - claim)) return false;
    switch (type)
    {
    case TYPE_INT64:
    case TYPE_UINT64:
    case TYPE_BOOLEAN:
        if (end - at < 8) return false;
        element->type = INTEGER;
        element->integer = type == TYPE_INT64 ? (__int128)(int64_t)read64(at) : (__int128)read64(at);
        return type != TYPE_BOOLEAN || read64(at) <= 1;
    case TYPE_STRING:
        element->type = STRING;
        element->bytes = at;
        element->length = text_length(at, end);
        return (size_t)(end - at) >= element->length + 2; /* it ends with 0 */
    case TYPE_SID:
    case TYPE_OCTETS:
        if (end - at < 4 || read32(at) > (size_t)(end - at - 4)) return false;
        element->type = type == TYPE_SID ? SID : OCTETS;
        element->length = read32(at);
        element->bytes = at + 4;
        return type == TYPE_OCTETS || whole_sid(element->bytes, element->length);
    default: element->type = OTHER; return true;
    }
}

/*
 * Whether CLAIM has that name; its values are then in VALUE, none if it does not count here. *MALFORMED: it has the
 * name, but no sound values.
 */
static bool read_claim(const struct machine *m, const uint8_t *claim, const uint8_t *end, const uint8_t *name,
                       size_t name_length, struct value *value, bool *malformed)
{
    uint32_t i, count, name_at;

    if (end - claim < 16) return false;
    name_at = read32(claim);
    count = read32(claim + 12);
    if (name_at > (size_t)(end - claim)) return false;
    if (compare_strings(claim + name_at, text_length(claim + name_at, end), name, name_length, false)) return false;
    if (read32(claim + 8) & (m->denying ? DISABLED : DISABLED | USE_FOR_DENY_ONLY)) return true;
    *malformed = true;
    if (count > MAX_ELEMENTS || (size_t)(end - claim - 16) < 4 * (size_t)count) return true;
    value->case_sensitive = read32(claim + 8) & VALUE_CASE_SENSITIVE;
    value->count = count;
    for (i = 0; i < count; i++)
        if (!read_claim_value(claim, end, read32(claim + 16 + 4 * i), read16(claim + 4), &value->elements[i]))
            return true;
    *malformed = false;
    return true;
}

/* False if there is one with that name that is not sound. */
static bool find_resource_attribute(struct machine *m, const uint8_t *name, size_t length, struct value *value)
{
    const uint8_t *ace = m->sacl ? m->sacl + 8 : NULL;
    bool malformed = false;
    unsigned int i;

    for (i = 0; m->sacl && i < read16(m->sacl + 4); i++, ace += read16(ace + 2))
    {
        const uint8_t *end = ace + read16(ace + 2), *sid = ace + 8;

        if (ace[0] != RESOURCE_ATTRIBUTE_ACE || (ace[1] & INHERIT_ONLY_ACE)) continue;
        if (end - sid < 8 || (size_t)(end - sid) < 8 + 4 * (size_t)sid[1]) continue;
        if (read_claim(m, sid + 8 + 4 * sid[1], end, name, length, value, &malformed)) break;
    }
    return !malformed;
}

static bool read_attribute(struct machine *m, struct value *value)
{
    unsigned int code = *m->at++;
    size_t length;

    if (m->end - m->at < 4 || read32(m->at) > (size_t)(m->end - m->at - 4)) return false;
    length = read32(m->at);
    if (length % 2) return false;
    value->kind = ATTRIBUTE;
    if (code == 0xfa && !find_resource_attribute(m, m->at + 4, length, value)) return false;
    m->at += 4 + length;
    return true;
}

/* ---- operators --------------------------------------------------------------------------------------------------- */

static enum naive_truth truth_of(bool yes)
{
    return yes ? NAIVE_TRUE : NAIVE_FALSE;
}

static enum naive_truth negated(enum naive_truth truth)
{
    return truth == NAIVE_UNKNOWN ? NAIVE_UNKNOWN : truth_of(truth == NAIVE_FALSE);
}

static bool is_opaque(const struct value *value)
{
    return value->kind == ATTRIBUTE && value->count && value->elements[0].type == OTHER;
}

/* An operand of a logical operator: a result, or an attribute that has one number or string. */
static bool as_truth(const struct value *value, enum naive_truth *truth)
{
    if (value->kind == LITERAL || is_opaque(value)) return false;
    if (value->kind == RESULT)
        *truth = value->truth;
    else if (value->count != 1)
        *truth = NAIVE_UNKNOWN;
    else if (value->elements[0].type == INTEGER)
        *truth = truth_of(value->elements[0].integer != 0);
    else if (value->elements[0].type == STRING)
        *truth = truth_of(value->elements[0].length != 0);
    else
        *truth = NAIVE_UNKNOWN;
    return true;
}

static int compare_elements(const struct element *a, const struct element *b, bool case_sensitive)
{
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order;

    if (a->type == INTEGER) return a->integer < b->integer ? -1 : a->integer > b->integer;
    if (a->type == STRING) return compare_strings(a->bytes, a->length, b->bytes, b->length, case_sensitive);
    order = memcmp(a->bytes, b->bytes, shorter);
    return order ? order : a->length < b->length ? -1 : a->length > b->length;
}

static bool has_element(const struct value *set, const struct element *element, bool case_sensitive)
{
    size_t i;

    for (i = 0; i < set->count; i++)
        if (!compare_elements(&set->elements[i], element, case_sensitive)) return true;
    return false;
}

static bool contains(const struct value *set, const struct value *part, bool case_sensitive)
{
    size_t i;

    for (i = 0; i < part->count; i++)
        if (!has_element(set, &part->elements[i], case_sensitive)) return false;
    return true;
}

static bool any_of(const struct value *a, const struct value *b, bool case_sensitive)
{
    size_t i;

    for (i = 0; i < b->count; i++)
        if (has_element(a, &b->elements[i], case_sensitive)) return true;
    return false;
}

/* The left side is an attribute. Values of different types cannot be compared. */
static bool relation(unsigned int code, const struct value *a, const struct value *b, enum naive_truth *truth)
{
    bool sensitive = a->case_sensitive || (b->kind == ATTRIBUTE && b->case_sensitive);
    size_t i, k;
    int order;

    if (a->kind != ATTRIBUTE || b->kind == RESULT || is_opaque(a) || is_opaque(b)) return false;
    *truth = NAIVE_UNKNOWN;
    if (!a->count || !b->count) return true;
    for (i = 0; i < a->count; i++)
        for (k = 0; k < b->count; k++)
            if (a->elements[i].type != b->elements[k].type) return true;
    switch (code)
    {
    case 0x80: *truth = truth_of(contains(a, b, sensitive) && contains(b, a, sensitive)); return true;
    case 0x81: *truth = truth_of(!contains(a, b, sensitive) || !contains(b, a, sensitive)); return true;
    case 0x86: *truth = truth_of(contains(a, b, sensitive)); return true;
    case 0x88: *truth = truth_of(any_of(a, b, sensitive)); return true;
    case 0x8e: *truth = truth_of(!contains(a, b, sensitive)); return true;
    case 0x8f: *truth = truth_of(!any_of(a, b, sensitive)); return true;
    }
    /* The ordering ones: of single numbers and strings. */
    if (a->count != 1 || b->count != 1 || (a->elements[0].type != INTEGER && a->elements[0].type != STRING))
        return true;
    order = compare_elements(&a->elements[0], &b->elements[0], sensitive);
    if (code == 0x82) *truth = truth_of(order < 0);
    if (code == 0x83) *truth = truth_of(order <= 0);
    if (code == 0x84) *truth = truth_of(order > 0);
    if (code == 0x85) *truth = truth_of(order >= 0);
    return true;
}

/* Member_of and its kin; tokens have no device. */
static bool membership(const struct machine *m, unsigned int code, const struct value *value, enum naive_truth *truth)
{
    bool of_device = code == 0x8a || code == 0x8c || code == 0x91 || code == 0x93;
    bool any = code == 0x8b || code == 0x8c || code == 0x92 || code == 0x93, is;
    size_t i, found = 0;

    if (value->kind != LITERAL || !value->count) return false;
    for (i = 0; i < value->count; i++)
    {
        if (value->elements[i].type != SID) return false;
        if (!of_device && m->is_member(m->who, value->elements[i].bytes)) found++;
    }
    is = any ? found > 0 : found == value->count;
    *truth = truth_of(code >= 0x90 ? !is : is);
    return true;
}

static enum naive_truth and_or(unsigned int code, enum naive_truth a, enum naive_truth b)
{
    enum naive_truth decisive = code == 0xa0 ? NAIVE_FALSE : NAIVE_TRUE;

    if (a == decisive || b == decisive) return decisive;
    if (a == NAIVE_UNKNOWN || b == NAIVE_UNKNOWN) return NAIVE_UNKNOWN;
    return negated(decisive);
}

static bool operate(struct machine *m)
{
    unsigned int code = *m->at++;
    bool binary =
        (code >= 0x80 && code <= 0x86) || code == 0x88 || code == 0x8e || code == 0x8f || code == 0xa0 || code == 0xa1;
    struct value *a, *b;
    enum naive_truth truth, x, y;

    if (m->depth < (binary ? 2 : 1)) return false;
    m->depth -= binary ? 2 : 1;
    a = &m->stack[m->depth];
    b = a + 1;
    if (code == 0xa0 || code == 0xa1)
    {
        if (!as_truth(a, &x) || !as_truth(b, &y)) return false;
        truth = and_or(code, x, y);
    }
    else if (binary)
    {
        if (!relation(code, a, b, &truth)) return false;
    }
    else if (code == 0xa2)
    {
        if (!as_truth(a, &x)) return false;
        truth = negated(x);
    }
    else if (code == 0x87 || code == 0x8d)
    {
        if (a->kind != ATTRIBUTE) return false;
        truth = truth_of((a->count != 0) == (code == 0x87));
    }
    else if ((code >= 0x89 && code <= 0x8c) || (code >= 0x90 && code <= 0x93))
    {
        if (!membership(m, code, a, &truth)) return false;
    }
    else
        return false;
    a->kind = RESULT;
    a->truth = truth;
    m->depth++;
    return true;
}

static bool step(struct machine *m)
{
    struct value *value = &m->stack[m->depth];
    unsigned int code = *m->at;

    if (code >= 0x80 && code < 0xf8) return operate(m);
    if (m->depth == STACK_DEPTH) return false;
    memset(value, 0, offsetof(struct value, elements));
    value->kind = LITERAL;
    if (code >= 0xf8 && code <= 0xfb)
    {
        if (!read_attribute(m, value)) return false;
    }
    else if (code == 0x50)
    {
        if (!read_composite(m, value)) return false;
    }
    else
    {
        if (!read_literal(&m->at, m->end, &value->elements[0])) return false;
        value->count = 1;
    }
    m->depth++;
    return true;
}

/* Zeros that fill the ACE up to a multiple of four. */
static bool only_padding(const uint8_t *at, const uint8_t *end)
{
    while (at < end && !*at) at++;
    return at == end;
}

enum naive_truth naive_condition(const uint8_t *data, size_t length, naive_is_member *is_member, const void *who,
                                 const uint8_t *sacl, bool denying)
{
    static _Thread_local struct value stack[STACK_DEPTH + 1];
    struct machine m = {stack, 0, is_member, who, sacl, denying, data + 4, data + length};
    enum naive_truth truth;

    if (length < 4 || memcmp(data, "artx", 4)) return NAIVE_UNKNOWN;
    while (m.at < m.end && !only_padding(m.at, m.end))
        if (!step(&m)) return NAIVE_UNKNOWN;
    return m.depth == 1 && as_truth(&m.stack[0], &truth) ? truth : NAIVE_UNKNOWN;
}

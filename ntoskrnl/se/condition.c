/*
 * Evaluating conditional expressions: a stack machine over the bytes of a callback ACE (MS-DTYP 2.4.4.17.4 to .8).
 *
 * Nothing here recurses, and neither the stack nor the number of steps depends on what the bytes say.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/se/claim.h"
#include "ntoskrnl/se/condition.h"

#define MAX_STACK 256   /* operands at a time */
#define MAX_STEPS 65536 /* values read and compared, in all; a long one counts for each 64 bytes */

/* MS-DTYP 2.4.4.17.5 to .8 */
enum token_code
{
    TOKEN_PADDING = 0x00,
    TOKEN_INT8 = 0x01,
    TOKEN_INT16 = 0x02,
    TOKEN_INT32 = 0x03,
    TOKEN_INT64 = 0x04,
    TOKEN_STRING = 0x10,
    TOKEN_OCTETS = 0x18,
    TOKEN_COMPOSITE = 0x50,
    TOKEN_SID = 0x51,
    TOKEN_EQUAL = 0x80,
    TOKEN_NOT_EQUAL = 0x81,
    TOKEN_LESS = 0x82,
    TOKEN_LESS_EQUAL = 0x83,
    TOKEN_GREATER = 0x84,
    TOKEN_GREATER_EQUAL = 0x85,
    TOKEN_CONTAINS = 0x86,
    TOKEN_EXISTS = 0x87,
    TOKEN_ANY_OF = 0x88,
    TOKEN_MEMBER_OF = 0x89,
    TOKEN_DEVICE_MEMBER_OF = 0x8a,
    TOKEN_MEMBER_OF_ANY = 0x8b,
    TOKEN_DEVICE_MEMBER_OF_ANY = 0x8c,
    TOKEN_NOT_EXISTS = 0x8d,
    TOKEN_NOT_CONTAINS = 0x8e,
    TOKEN_NOT_ANY_OF = 0x8f,
    TOKEN_NOT_MEMBER_OF = 0x90,
    TOKEN_NOT_DEVICE_MEMBER_OF = 0x91,
    TOKEN_NOT_MEMBER_OF_ANY = 0x92,
    TOKEN_NOT_DEVICE_MEMBER_OF_ANY = 0x93,
    TOKEN_AND = 0xa0,
    TOKEN_OR = 0xa1,
    TOKEN_NOT = 0xa2,
    TOKEN_LOCAL_ATTRIBUTE = 0xf8,
    TOKEN_USER_ATTRIBUTE = 0xf9,
    TOKEN_RESOURCE_ATTRIBUTE = 0xfa,
    TOKEN_DEVICE_ATTRIBUTE = 0xfb
};

enum operand_kind
{
    OPERAND_RESULT,   /* of an operator */
    OPERAND_LITERAL,  /* one or, composite, any number of literal tokens */
    OPERAND_ATTRIBUTE /* a claim, which may be absent */
};

struct operand
{
    enum operand_kind kind;
    enum truth truth;
    const UCHAR *bytes;
    size_t size;
    struct claim claim;
};

/* Bytes that are read from front to back. */
struct reader
{
    const UCHAR *bytes;
    size_t size;
};

struct machine
{
    const struct condition_context *context;
    struct reader code;
    unsigned int steps, depth;
    bool broken; /* no expression, or too long a one: its value is unknown */
    struct operand stack[MAX_STACK];
};

/* ---- tokens ------------------------------------------------------------------------------------------------------ */

static const UCHAR *take(struct reader *reader, size_t size)
{
    const UCHAR *bytes = reader->bytes;

    if (size > reader->size) return NULL;
    reader->bytes += size;
    reader->size -= size;
    return bytes;
}

/* A length and as many bytes. */
static bool take_counted(struct reader *reader, const UCHAR **bytes, size_t *size)
{
    const UCHAR *field = take(reader, sizeof(ULONG));
    ULONG length;

    if (!field) return false;
    memcpy(&length, field, sizeof(length));
    *size = length;
    return (*bytes = take(reader, length)) != NULL;
}

/* An integer: eight bytes of two's complement, then how it was written: sign and base. */
static bool take_integer(struct reader *reader, struct element *element)
{
    const UCHAR *bytes = take(reader, sizeof(uint64_t) + 2);

    if (!bytes || bytes[8] < 1 || bytes[8] > 3 || bytes[9] < 1 || bytes[9] > 3) return false;
    memcpy(&element->value, bytes, sizeof(element->value));
    element->negative = element->value >> 63;
    return true;
}

static bool take_literal(struct reader *reader, struct element *element)
{
    const UCHAR *code = take(reader, 1);

    *element = (struct element){.type = ELEMENT_INTEGER};
    if (!code) return false;
    switch (*code)
    {
    case TOKEN_INT8:
    case TOKEN_INT16:
    case TOKEN_INT32:
    case TOKEN_INT64: return take_integer(reader, element);
    case TOKEN_STRING:
        element->type = ELEMENT_STRING;
        return take_counted(reader, &element->bytes, &element->size) && element->size % sizeof(WCHAR) == 0;
    case TOKEN_OCTETS:
        element->type = ELEMENT_OCTETS;
        return take_counted(reader, &element->bytes, &element->size);
    case TOKEN_SID: return take_counted(reader, &element->bytes, &element->size) && sid_in_octets(element);
    default: return false;
    }
}

static bool charge(struct machine *machine, size_t bytes)
{
    machine->steps += 1 + (unsigned int)(bytes / 64);
    if (machine->steps > MAX_STEPS) machine->broken = true;
    return !machine->broken;
}

/* ---- the values of an operand ------------------------------------------------------------------------------------ */

/* Goes through them: the tokens of a literal, or the values of a claim by number. */
struct values
{
    const struct operand *operand;
    struct reader rest;
    ULONG next;
};

static struct values values_of(const struct operand *operand)
{
    return (struct values){.operand = operand, .rest = {operand->bytes, operand->size}};
}

/* The next value; false at the end, or if there are too many steps or no value where one should be: broken then. */
static bool next_value(struct machine *machine, struct values *values, struct element *element)
{
    bool literal = values->operand->kind == OPERAND_LITERAL;

    if (literal ? !values->rest.size : values->next == values->operand->claim.count) return false;
    if (!(literal ? take_literal(&values->rest, element) : claim_element(&values->operand->claim, values->next, element)))
        machine->broken = true;
    values->next++;
    return !machine->broken && charge(machine, element->size);
}

static bool is_absent(const struct operand *operand)
{
    return operand->kind == OPERAND_ATTRIBUTE && !operand->claim.count;
}

/* Whether nobody knows what its values are: nothing can be said of how they relate to others. */
static bool is_opaque(const struct operand *operand)
{
    return operand->kind == OPERAND_ATTRIBUTE && operand->claim.count && !claim_type_known(&operand->claim);
}

/* Whether it is a single value, which is then in *ELEMENT. */
static bool single_value(struct machine *machine, const struct operand *operand, struct element *element)
{
    struct values values = values_of(operand);
    struct element second;

    return next_value(machine, &values, element) && !next_value(machine, &values, &second) && !machine->broken;
}

/* ---- truth ------------------------------------------------------------------------------------------------------- */

static enum truth truth_of(bool value)
{
    return value ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth truth_not(enum truth value)
{
    return value == TRUTH_UNKNOWN ? value : truth_of(value == TRUTH_FALSE);
}

static enum truth truth_and(enum truth a, enum truth b)
{
    if (a == TRUTH_FALSE || b == TRUTH_FALSE) return TRUTH_FALSE;
    return a == TRUTH_TRUE && b == TRUTH_TRUE ? TRUTH_TRUE : TRUTH_UNKNOWN;
}

static enum truth truth_or(enum truth a, enum truth b)
{
    return truth_not(truth_and(truth_not(a), truth_not(b)));
}

/* An operand where a condition is wanted: a result, or an attribute that is a number or a text. */
static enum truth truth_of_operand(struct machine *machine, const struct operand *operand)
{
    struct element element;

    if (operand->kind == OPERAND_RESULT) return operand->truth;
    if (operand->kind == OPERAND_LITERAL) machine->broken = true;
    if (machine->broken || is_absent(operand) || !single_value(machine, operand, &element)) return TRUTH_UNKNOWN;
    if (element.type == ELEMENT_INTEGER) return truth_of(element.value != 0);
    return element.type == ELEMENT_STRING ? truth_of(element.size != 0) : TRUTH_UNKNOWN;
}

/* ---- comparing (MS-DTYP 2.4.4.17.6) ------------------------------------------------------------------------------ */

/* Two operands of a relation, neither of them absent. */
struct relation
{
    const struct operand *left, *right;
    bool case_sensitive;
};

/* Whether a value of SET equals ELEMENT; unknown if none does and one is of another type. */
static enum truth has_value(struct machine *machine, const struct relation *relation, const struct operand *set,
                            const struct element *element)
{
    struct values values = values_of(set);
    enum truth found = TRUTH_FALSE;
    struct element other;

    while (next_value(machine, &values, &other))
        switch (element_compare(&other, element, relation->case_sensitive))
        {
        case COMPARED_EQUAL: return TRUTH_TRUE;
        case COMPARED_NOT: found = TRUTH_UNKNOWN; break;
        default: break;
        }
    return found;
}

/* Whether SET has every value of PART. */
static enum truth has_all(struct machine *machine, const struct relation *relation, const struct operand *set,
                          const struct operand *part)
{
    struct values values = values_of(part);
    enum truth all = TRUTH_TRUE;
    struct element element;

    while (next_value(machine, &values, &element))
        all = truth_and(all, has_value(machine, relation, set, &element));
    return all;
}

static enum truth has_any(struct machine *machine, const struct relation *relation)
{
    struct values values = values_of(relation->right);
    enum truth any = TRUTH_FALSE;
    struct element element;

    while (next_value(machine, &values, &element))
        any = truth_or(any, has_value(machine, relation, relation->left, &element));
    return any;
}

static enum truth are_equal(struct machine *machine, const struct relation *relation)
{
    return truth_and(has_all(machine, relation, relation->left, relation->right),
                     has_all(machine, relation, relation->right, relation->left));
}

/* The order of two single values that have one. */
static enum truth are_ordered(struct machine *machine, const struct relation *relation, UCHAR code)
{
    struct element left, right;
    enum comparison order;

    if (!single_value(machine, relation->left, &left) || !single_value(machine, relation->right, &right))
        return TRUTH_UNKNOWN;
    order = element_compare(&left, &right, relation->case_sensitive);
    if (order == COMPARED_NOT || left.type == ELEMENT_OCTETS || left.type == ELEMENT_SID) return TRUTH_UNKNOWN;
    switch (code)
    {
    case TOKEN_LESS: return truth_of(order == COMPARED_LESS);
    case TOKEN_LESS_EQUAL: return truth_of(order != COMPARED_GREATER);
    case TOKEN_GREATER: return truth_of(order == COMPARED_GREATER);
    default: return truth_of(order != COMPARED_LESS);
    }
}

static enum truth relate(struct machine *machine, const struct operand *left, const struct operand *right, UCHAR code)
{
    struct relation relation = {left, right, (left->claim.flags | right->claim.flags) &
                                                 CLAIM_SECURITY_ATTRIBUTE_VALUE_CASE_SENSITIVE};

    /* The left one is an attribute, the right one an attribute or a value. */
    if (left->kind != OPERAND_ATTRIBUTE || right->kind == OPERAND_RESULT || is_opaque(left) || is_opaque(right))
        machine->broken = true;
    if (machine->broken || is_absent(left) || is_absent(right)) return TRUTH_UNKNOWN;
    switch (code)
    {
    case TOKEN_EQUAL: return are_equal(machine, &relation);
    case TOKEN_NOT_EQUAL: return truth_not(are_equal(machine, &relation));
    case TOKEN_CONTAINS: return has_all(machine, &relation, left, right);
    case TOKEN_NOT_CONTAINS: return truth_not(has_all(machine, &relation, left, right));
    case TOKEN_ANY_OF: return has_any(machine, &relation);
    case TOKEN_NOT_ANY_OF: return truth_not(has_any(machine, &relation));
    default: return are_ordered(machine, &relation, code);
    }
}

/* ---- membership -------------------------------------------------------------------------------------------------- */

/* Tokens carry no SIDs of a device. */
static bool is_member(const struct machine *machine, const struct element *element, bool device)
{
    const struct condition_context *context = machine->context;
    struct
    {
        SID sid;
        ULONG more[SID_MAX_SUB_AUTHORITIES - 1];
    } aligned;

    if (device) return false;
    memcpy(&aligned, element->bytes, element->size);
    return access_sids_hold(context->sids, &aligned.sid, context->denying, context->always);
}

/* Whether the subject has ANY or all of the SIDs; nothing but SIDs, at least one, may be there. */
static enum truth member_of(struct machine *machine, const struct operand *sids, bool device, bool any)
{
    struct values values = values_of(sids);
    bool some = false, all = true;
    struct element element;

    if (sids->kind != OPERAND_LITERAL || !sids->size) machine->broken = true;
    while (!machine->broken && next_value(machine, &values, &element))
    {
        if (element.type != ELEMENT_SID) machine->broken = true;
        else if (is_member(machine, &element, device)) some = true;
        else all = false;
    }
    return truth_of(any ? some : all);
}

static enum truth membership(struct machine *machine, const struct operand *sids, UCHAR code)
{
    switch (code)
    {
    case TOKEN_MEMBER_OF: return member_of(machine, sids, false, false);
    case TOKEN_MEMBER_OF_ANY: return member_of(machine, sids, false, true);
    case TOKEN_DEVICE_MEMBER_OF: return member_of(machine, sids, true, false);
    case TOKEN_DEVICE_MEMBER_OF_ANY: return member_of(machine, sids, true, true);
    case TOKEN_NOT_MEMBER_OF: return truth_not(member_of(machine, sids, false, false));
    case TOKEN_NOT_MEMBER_OF_ANY: return truth_not(member_of(machine, sids, false, true));
    case TOKEN_NOT_DEVICE_MEMBER_OF: return truth_not(member_of(machine, sids, true, false));
    default: return truth_not(member_of(machine, sids, true, true));
    }
}

/* ---- the machine ------------------------------------------------------------------------------------------------- */

static struct operand *push(struct machine *machine, enum operand_kind kind)
{
    struct operand *operand;

    if (machine->depth == MAX_STACK)
    {
        machine->broken = true;
        return NULL;
    }
    operand = &machine->stack[machine->depth++];
    *operand = (struct operand){.kind = kind};
    return operand;
}

static const struct operand *pop(struct machine *machine)
{
    static const struct operand nothing = {.kind = OPERAND_RESULT, .truth = TRUTH_UNKNOWN};

    if (machine->depth) return &machine->stack[--machine->depth];
    machine->broken = true;
    return &nothing;
}

static void push_result(struct machine *machine, enum truth truth)
{
    struct operand *operand = push(machine, OPERAND_RESULT);

    if (operand) operand->truth = truth;
}

/* Reads all values of an operand: one that is spoilt breaks the expression, whatever would have come of the others. */
static void look_at_values(struct machine *machine, const struct operand *operand)
{
    struct values values = values_of(operand);
    struct element element;

    while (next_value(machine, &values, &element));
}

/* Of values of an unknown type, their number alone can be looked at. */
static void look_at_claim(struct machine *machine, const struct operand *attribute)
{
    if (!claim_has_room(&attribute->claim))
        machine->broken = true;
    else if (claim_type_known(&attribute->claim))
        look_at_values(machine, attribute);
}

static void push_attribute(struct machine *machine, UCHAR code)
{
    const struct condition_context *context = machine->context;
    struct operand *operand = push(machine, OPERAND_ATTRIBUTE);
    const UCHAR *name;
    size_t size;

    if (!take_counted(&machine->code, &name, &size) || !size || size % sizeof(WCHAR)) machine->broken = true;
    if (machine->broken || code != TOKEN_RESOURCE_ATTRIBUTE || !context->sacl) return;
    if (!charge(machine, context->sacl->AclSize)) return;
    if (claim_find(context->sacl, name, size, context->denying, &operand->claim))
        look_at_claim(machine, operand);
    else
        operand->claim = (struct claim){0};
}

/* The literal whose code has just been read. */
static void push_literal(struct machine *machine, UCHAR code)
{
    struct operand *operand = push(machine, OPERAND_LITERAL);
    struct reader whole = {machine->code.bytes - 1, machine->code.size + 1};
    struct element element;

    if (!operand) return;
    operand->bytes = whole.bytes;
    if (code == TOKEN_COMPOSITE)
    {
        if (take_counted(&machine->code, &operand->bytes, &operand->size))
            look_at_values(machine, operand);
        else
            machine->broken = true;
        return;
    }
    if (!take_literal(&whole, &element)) machine->broken = true;
    operand->size = whole.bytes - operand->bytes;
    machine->code = whole;
}

static void push_existence(struct machine *machine, bool wanted)
{
    const struct operand *attribute = pop(machine);

    if (attribute->kind != OPERAND_ATTRIBUTE) machine->broken = true;
    push_result(machine, truth_of(is_absent(attribute) != wanted));
}

static void push_logic(struct machine *machine, bool conjunction)
{
    enum truth right = truth_of_operand(machine, pop(machine)), left = truth_of_operand(machine, pop(machine));

    push_result(machine, conjunction ? truth_and(left, right) : truth_or(left, right));
}

static void push_relation(struct machine *machine, UCHAR code)
{
    const struct operand *right = pop(machine), *left = pop(machine);

    push_result(machine, relate(machine, left, right, code));
}

/* Padding to a multiple of four bytes ends the expression; nothing follows it. */
static void end_with_padding(struct machine *machine)
{
    while (machine->code.size)
        if (*take(&machine->code, 1) != TOKEN_PADDING) machine->broken = true;
}

static void run_token(struct machine *machine, UCHAR code)
{
    switch (code)
    {
    case TOKEN_PADDING: end_with_padding(machine); break;
    case TOKEN_INT8:
    case TOKEN_INT16:
    case TOKEN_INT32:
    case TOKEN_INT64:
    case TOKEN_STRING:
    case TOKEN_OCTETS:
    case TOKEN_COMPOSITE:
    case TOKEN_SID: push_literal(machine, code); break;
    case TOKEN_LOCAL_ATTRIBUTE:
    case TOKEN_USER_ATTRIBUTE:
    case TOKEN_RESOURCE_ATTRIBUTE:
    case TOKEN_DEVICE_ATTRIBUTE: push_attribute(machine, code); break;
    case TOKEN_EXISTS: push_existence(machine, true); break;
    case TOKEN_NOT_EXISTS: push_existence(machine, false); break;
    case TOKEN_MEMBER_OF:
    case TOKEN_MEMBER_OF_ANY:
    case TOKEN_DEVICE_MEMBER_OF:
    case TOKEN_DEVICE_MEMBER_OF_ANY:
    case TOKEN_NOT_MEMBER_OF:
    case TOKEN_NOT_MEMBER_OF_ANY:
    case TOKEN_NOT_DEVICE_MEMBER_OF:
    case TOKEN_NOT_DEVICE_MEMBER_OF_ANY: push_result(machine, membership(machine, pop(machine), code)); break;
    case TOKEN_AND: push_logic(machine, true); break;
    case TOKEN_OR: push_logic(machine, false); break;
    case TOKEN_NOT: push_result(machine, truth_not(truth_of_operand(machine, pop(machine)))); break;
    default:
        if (code >= TOKEN_EQUAL && code <= TOKEN_NOT_ANY_OF)
            push_relation(machine, code);
        else
            machine->broken = true;
        break;
    }
}

enum truth condition_evaluate(const UCHAR *data, size_t size, const struct condition_context *context)
{
    struct machine machine; /* the stack is written before it is read */
    const UCHAR *code;
    enum truth truth;

    if (size < 4 || memcmp(data, "artx", 4)) return TRUTH_UNKNOWN;
    machine.context = context;
    machine.code = (struct reader){data + 4, size - 4};
    machine.steps = machine.depth = 0;
    machine.broken = false;
    while (!machine.broken && (code = take(&machine.code, 1))) run_token(&machine, *code);
    truth = truth_of_operand(&machine, pop(&machine));
    return machine.broken || machine.depth ? TRUTH_UNKNOWN : truth;
}

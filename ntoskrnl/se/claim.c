/*
 * Attributes of resources, and comparing values.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/rtl/sid.h"
#include "ntoskrnl/se/claim.h"

/* The fixed part of CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1, before the offsets of the values. */
struct claim_header
{
    ULONG name;
    USHORT type, reserved;
    ULONG flags;
    ULONG count;
};

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static bool read_at(const struct claim *claim, size_t offset, void *value, size_t size)
{
    if (offset > claim->size || size > claim->size - offset) return false;
    memcpy(value, claim->base + offset, size);
    return true;
}

/* A UTF-16 string up to its NUL, which must be there. */
static bool string_at(const struct claim *claim, size_t offset, const UCHAR **bytes, size_t *size)
{
    WCHAR unit = 1;
    size_t end;

    for (end = offset; read_at(claim, end, &unit, sizeof(unit)) && unit; end += sizeof(unit));
    if (unit || end < offset) return false;
    *bytes = claim->base + offset;
    *size = end - offset;
    return true;
}

/* CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_RELATIVE: a length and as many bytes. */
static bool octets_at(const struct claim *claim, size_t offset, struct element *element)
{
    ULONG length;

    if (!read_at(claim, offset, &length, sizeof(length))) return false;
    offset += sizeof(length);
    if (length > claim->size - offset) return false;
    element->bytes = claim->base + offset;
    element->size = length;
    return true;
}

bool sid_in_octets(struct element *element)
{
    if (element->size < offsetof(SID, SubAuthority) || element->bytes[0] != SID_REVISION ||
        element->bytes[1] > SID_MAX_SUB_AUTHORITIES ||
        element->size != offsetof(SID, SubAuthority) + element->bytes[1] * sizeof(ULONG))
        return false;
    element->type = ELEMENT_SID;
    return true;
}

static bool integer_at(const struct claim *claim, size_t offset, struct element *element)
{
    if (!read_at(claim, offset, &element->value, sizeof(element->value))) return false;
    element->negative = claim->type == CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64 && element->value >> 63;
    return claim->type != CLAIM_SECURITY_ATTRIBUTE_TYPE_BOOLEAN || element->value <= 1;
}

bool claim_has_room(const struct claim *claim)
{
    return claim->count <= (claim->size - sizeof(struct claim_header)) / sizeof(ULONG);
}

bool claim_type_known(const struct claim *claim)
{
    switch (claim->type)
    {
    case CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64:
    case CLAIM_SECURITY_ATTRIBUTE_TYPE_UINT64:
    case CLAIM_SECURITY_ATTRIBUTE_TYPE_BOOLEAN:
    case CLAIM_SECURITY_ATTRIBUTE_TYPE_STRING:
    case CLAIM_SECURITY_ATTRIBUTE_TYPE_SID:
    case CLAIM_SECURITY_ATTRIBUTE_TYPE_OCTET_STRING: return true;
    default: return false;
    }
}

bool claim_element(const struct claim *claim, ULONG i, struct element *element)
{
    ULONG offset;

    if (i >= claim->count || !read_at(claim, sizeof(struct claim_header) + i * sizeof(offset), &offset, sizeof(offset)))
        return false;
    *element = (struct element){.type = ELEMENT_INTEGER};
    switch (claim->type)
    {
    case CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64:
    case CLAIM_SECURITY_ATTRIBUTE_TYPE_UINT64:
    case CLAIM_SECURITY_ATTRIBUTE_TYPE_BOOLEAN: return integer_at(claim, offset, element);
    case CLAIM_SECURITY_ATTRIBUTE_TYPE_STRING:
        element->type = ELEMENT_STRING;
        return string_at(claim, offset, &element->bytes, &element->size);
    case CLAIM_SECURITY_ATTRIBUTE_TYPE_OCTET_STRING:
        element->type = ELEMENT_OCTETS;
        return octets_at(claim, offset, element);
    case CLAIM_SECURITY_ATTRIBUTE_TYPE_SID:
        return octets_at(claim, offset, element) && sid_in_octets(element);
    default: return false;
    }
}

static bool same_name(const UCHAR *a, size_t a_size, const UCHAR *b, size_t b_size)
{
    struct element left = {.type = ELEMENT_STRING, .bytes = a, .size = a_size};
    struct element right = {.type = ELEMENT_STRING, .bytes = b, .size = b_size};

    return element_compare(&left, &right, false) == COMPARED_EQUAL;
}

/* Whether ACE holds the attribute NAME, which CLAIM then is; whatever its bytes say of its values comes later. */
static bool claim_of_ace(const ACE_HEADER *ace, const UCHAR *name, size_t size, struct claim *claim)
{
    struct claim_header header;
    const UCHAR *own_name;
    size_t own_size;

    *claim = (struct claim){0};
    claim->base = ace_application_data(ace, &claim->size);
    if (!read_at(claim, 0, &header, sizeof(header))) return false;
    if (!string_at(claim, header.name, &own_name, &own_size) || !same_name(own_name, own_size, name, size)) return false;
    claim->count = header.count;
    claim->type = header.type;
    claim->flags = header.flags;
    return true;
}

bool claim_find(const ACL *sacl, const UCHAR *name, size_t size, bool denying, struct claim *claim)
{
    const ACE_HEADER *ace;
    unsigned int i;

    for (i = 0, ace = sacl ? acl_first(sacl) : NULL; sacl && i < sacl->AceCount; i++, ace = ace_after(ace))
    {
        if (ace->AceType != SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE || ace->AceFlags & INHERIT_ONLY_ACE) continue;
        if (!claim_of_ace(ace, name, size, claim)) continue;
        if (claim->flags & CLAIM_SECURITY_ATTRIBUTE_DISABLED) return false;
        return denying || !(claim->flags & CLAIM_SECURITY_ATTRIBUTE_USE_FOR_DENY_ONLY);
    }
    return false;
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

static enum comparison compare_numbers(uint64_t a, uint64_t b)
{
    if (a == b) return COMPARED_EQUAL;
    return a < b ? COMPARED_LESS : COMPARED_GREATER;
}

/* Two's complement keeps the order among negative numbers. */
static enum comparison compare_integers(const struct element *a, const struct element *b)
{
    if (a->negative != b->negative) return a->negative ? COMPARED_LESS : COMPARED_GREATER;
    return compare_numbers(a->value, b->value);
}

static WCHAR unit_at(const struct element *text, size_t offset, bool case_sensitive)
{
    WCHAR unit;

    memcpy(&unit, text->bytes + offset, sizeof(unit));
    return case_sensitive ? unit : guise_upcase(unit);
}

static enum comparison compare_strings(const struct element *a, const struct element *b, bool case_sensitive)
{
    size_t offset, shorter = a->size < b->size ? a->size : b->size;

    for (offset = 0; offset + sizeof(WCHAR) <= shorter; offset += sizeof(WCHAR))
    {
        WCHAR left = unit_at(a, offset, case_sensitive), right = unit_at(b, offset, case_sensitive);

        if (left != right) return compare_numbers(left, right);
    }
    return compare_numbers(a->size, b->size);
}

enum comparison element_compare(const struct element *a, const struct element *b, bool case_sensitive)
{
    if (a->type != b->type) return COMPARED_NOT;
    switch (a->type)
    {
    case ELEMENT_INTEGER: return compare_integers(a, b);
    case ELEMENT_STRING: return compare_strings(a, b, case_sensitive);
    default:
        return a->size == b->size && !memcmp(a->bytes, b->bytes, a->size) ? COMPARED_EQUAL : COMPARED_DIFFERENT;
    }
}

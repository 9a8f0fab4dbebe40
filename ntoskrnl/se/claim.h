/*
 * The values that conditional expressions compare: literals of the expression and attributes of the resource.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_CLAIM_H
#define GUISE_NTOSKRNL_SE_CLAIM_H

#include "ntoskrnl/rtl/acl.h"

enum element_type
{
    ELEMENT_INTEGER, /* signed if negative; a boolean is 0 or 1 */
    ELEMENT_STRING,  /* UTF-16 */
    ELEMENT_OCTETS,
    ELEMENT_SID
};

struct element
{
    enum element_type type;
    bool negative;  /* value is that of an int64_t below zero */
    uint64_t value; /* ELEMENT_INTEGER */
    const UCHAR *bytes;
    size_t size;
};

/*
 * An attribute of a resource: CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1 (MS-DTYP 2.4.10.1) in SIZE bytes at BASE, which may
 * say anything. COUNT is 0 for one that is absent.
 */
struct claim
{
    const UCHAR *base;
    size_t size;
    ULONG count;
    USHORT type; /* CLAIM_SECURITY_ATTRIBUTE_TYPE_* */
    ULONG flags; /* CLAIM_SECURITY_ATTRIBUTE_* */
};

/*
 * The attribute of that name (UTF-16, SIZE bytes) in the resource attribute ACEs of SACL, which may be NULL. Disabled ones
 * are absent, and those for denying only unless DENYING. False: there is none.
 */
bool claim_find(const ACL *sacl, const UCHAR *name, size_t size, bool denying, struct claim *claim);

/* Whether its bytes have room for as many values as it says it has. */
bool claim_has_room(const struct claim *claim);

/* Whether its values are of a type that can be read. */
bool claim_type_known(const struct claim *claim);

/* Value I of a claim; false: the bytes hold none there. */
bool claim_element(const struct claim *claim, ULONG i, struct element *element);

/* Makes octets the SID that they are; false: they are none. They need not be aligned. */
bool sid_in_octets(struct element *element);

enum comparison
{
    COMPARED_LESS,
    COMPARED_EQUAL,
    COMPARED_GREATER,
    COMPARED_DIFFERENT, /* no order: octets, SIDs */
    COMPARED_NOT        /* of different types */
};

enum comparison element_compare(const struct element *a, const struct element *b, bool case_sensitive);

#endif

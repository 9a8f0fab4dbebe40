/*
 * Conditions of callback ACEs that are not sound: a part of one that is none makes it unknown, even where nothing would come of that part.
 * Links the objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "wine/test.h"

#include "ntoskrnl/se/condition.h"

static const struct token_sid sids[] = {{&sid_local_system.sid, 0}, {&sid_everyone.sid, SE_GROUP_ENABLED}};
static const struct access_sids groups = {.sids = sids, .count = ARRAYSIZE(sids)};

/* A SACL with the attribute "x" whose bytes are given. */
static struct
{
    ACL acl;
    SYSTEM_RESOURCE_ATTRIBUTE_ACE ace;
    UCHAR rest[128];
} attributes;

static const ACL *with_attribute(const void *claim, size_t size)
{
    size_t sid_size = sid_length(&sid_everyone.sid), ace_size = offsetof(SYSTEM_RESOURCE_ATTRIBUTE_ACE, SidStart) + sid_size + size;
    UCHAR *place = (UCHAR *)&attributes.ace + offsetof(SYSTEM_RESOURCE_ATTRIBUTE_ACE, SidStart);

    attributes.acl = (ACL){.AclRevision = ACL_REVISION_DS, .AclSize = (WORD)(sizeof(ACL) + ace_size), .AceCount = 1};
    attributes.ace = (SYSTEM_RESOURCE_ATTRIBUTE_ACE){
        .Header = {.AceType = SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE, .AceSize = (WORD)ace_size}};
    memcpy(place, &sid_everyone, sid_size);
    memcpy(place + sid_size, claim, size);
    return &attributes.acl;
}

static enum truth evaluate(const char *code, size_t size, const ACL *sacl)
{
    struct condition_context context = {.sids = &groups, .sacl = sacl};

    return condition_evaluate((const UCHAR *)code, size, &context);
}

#define EVALUATE(code, sacl) evaluate("artx" code, sizeof("artx" code) - 1, sacl)

#define ATTRIBUTE_X "\xfa\x02\0\0\0x\0"
#define ATTRIBUTE_Y "\xfa\x02\0\0\0y\0"
#define NOT_EXISTS  "\x8d"
#define EXISTS      "\x87"
#define EQUAL       "\x80"
#define CONTAINS    "\x86"
#define MEMBER_OF   "\x89"
#define OR          "\xa1"
#define OCTETS_A    "\x18\x01\0\0\0a"
#define EVERYONE    "\x01\x01\0\0\0\0\0\x01\0\0\0\0"

static void test_literals(void)
{
    /* MS-DTYP 2.4.4.17.5: there is no x; the rest does not matter, as long as it is an expression */
    ok(EVALUATE(ATTRIBUTE_X NOT_EXISTS, NULL) == TRUTH_TRUE, "it exists\n");
    ok(EVALUATE(ATTRIBUTE_X NOT_EXISTS ATTRIBUTE_X "\x50\x06\0\0\0" OCTETS_A EQUAL OR, NULL) == TRUTH_TRUE, "it is not true\n");
    ok(EVALUATE(ATTRIBUTE_X NOT_EXISTS ATTRIBUTE_X "\x50\x06\0\0\0\x18\x01\0\x40\0a" EQUAL OR, NULL) == TRUTH_UNKNOWN,
       "octets that are not there\n");
    ok(EVALUATE(ATTRIBUTE_X NOT_EXISTS ATTRIBUTE_X "\x50\x06\0\0\0\x77\0\0\0\0\0" EQUAL OR, NULL) == TRUTH_UNKNOWN, "a value of no type\n");

    /* MS-DTYP 2.4.4.17.5: a SID, and not less or more */
    ok(EVALUATE("\x51\x0c\0\0\0" EVERYONE MEMBER_OF, NULL) == TRUTH_TRUE, "no member\n");
    ok(EVALUATE("\x51\x0b\0\0\0" EVERYONE MEMBER_OF, NULL) == TRUTH_UNKNOWN, "too short\n");
    ok(EVALUATE("\x51\x10\0\0\0" EVERYONE "\0\0\0\0" MEMBER_OF, NULL) == TRUTH_UNKNOWN, "too long\n");
}

/* Two octet strings "a" and "b", of which the claim may say that there are more. */
static const ACL *octets(ULONG count, ULONG second)
{
    struct
    {
        ULONG name;
        USHORT type, reserved;
        ULONG flags, count, offsets[2], first_size, first, second_size, second;
        WCHAR text[2];
    } claim = {40, CLAIM_SECURITY_ATTRIBUTE_TYPE_OCTET_STRING, 0, 0, count, {24, second}, 1, 'a', 1, 'b', {'x', 0}};

    return with_attribute(&claim, sizeof(claim));
}

static void test_attributes(void)
{
    /* MS-DTYP 2.4.10.1: what is sound in an attribute that is not proves nothing */
    ok(EVALUATE(ATTRIBUTE_X OCTETS_A CONTAINS, octets(2, 32)) == TRUTH_TRUE, "no a\n");
    ok(EVALUATE(ATTRIBUTE_X OCTETS_A CONTAINS, octets(2, 4000)) == TRUTH_UNKNOWN, "a value outside\n");
    ok(EVALUATE(ATTRIBUTE_X OCTETS_A CONTAINS, octets(2051, 32)) == TRUTH_UNKNOWN, "more values than there are\n");
    ok(EVALUATE(ATTRIBUTE_X EXISTS, octets(0x40000000, 32)) == TRUTH_UNKNOWN, "more values than there are\n");
    ok(EVALUATE(ATTRIBUTE_X EXISTS, octets(2, 32)) == TRUTH_TRUE, "it does not exist\n");

    /* MS-DTYP 2.4.4.17.6: nor is it passed over where nothing would come of it */
    ok(EVALUATE(ATTRIBUTE_Y NOT_EXISTS ATTRIBUTE_Y ATTRIBUTE_X EQUAL OR, octets(2, 32)) == TRUTH_TRUE, "it is not true\n");
    ok(EVALUATE(ATTRIBUTE_Y NOT_EXISTS ATTRIBUTE_Y ATTRIBUTE_X EQUAL OR, octets(2, 4000)) == TRUTH_UNKNOWN, "a value outside\n");
}

/* One value of eight bytes. */
static const ACL *number(USHORT type, ULONG value)
{
    struct
    {
        ULONG name;
        USHORT type, reserved;
        ULONG flags, count, offset, value, high;
        WCHAR text[2];
    } claim = {28, type, 0, 0, 1, 20, value, 0, {'x', 0}};

    return with_attribute(&claim, sizeof(claim));
}

static void test_numbers(void)
{
    /* MS-DTYP 2.4.10.1: a boolean is 0 or 1 */
    ok(EVALUATE(ATTRIBUTE_X, number(CLAIM_SECURITY_ATTRIBUTE_TYPE_BOOLEAN, 0)) == TRUTH_FALSE, "not false\n");
    ok(EVALUATE(ATTRIBUTE_X, number(CLAIM_SECURITY_ATTRIBUTE_TYPE_BOOLEAN, 1)) == TRUTH_TRUE, "not true\n");
    ok(EVALUATE(ATTRIBUTE_X, number(CLAIM_SECURITY_ATTRIBUTE_TYPE_BOOLEAN, 2)) == TRUTH_UNKNOWN, "something else\n");
    ok(EVALUATE(ATTRIBUTE_X, number(CLAIM_SECURITY_ATTRIBUTE_TYPE_UINT64, 2)) == TRUTH_TRUE, "not true\n");

    /* MS-DTYP 2.4.10.1: of a type that is unknown it exists, and that is all */
    ok(EVALUATE(ATTRIBUTE_X EXISTS, number(0x8001, 1)) == TRUTH_TRUE, "it does not exist\n");
    ok(EVALUATE(ATTRIBUTE_Y NOT_EXISTS ATTRIBUTE_X ATTRIBUTE_Y EQUAL OR, number(0x8001, 1)) == TRUTH_UNKNOWN, "it is compared\n");
}

START_TEST(condition)
{
    test_literals();
    test_attributes();
    test_numbers();
}

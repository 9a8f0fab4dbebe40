/*
 * The naive evaluator of tests/differential on cases whose answer can be read off the documents, so that it is known to
 * be worth comparing with.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include <string.h>

#include "tests/differential/generate.h"

#define USER      SID_FIRST_ACCOUNT
#define GROUP     (SID_FIRST_ACCOUNT + 1)
#define LESS      (SID_FIRST_ACCOUNT + 2) /* a group for denying only */
#define OFF       (SID_FIRST_ACCOUNT + 3) /* a disabled group */
#define OTHER     (SID_FIRST_ACCOUNT + 4)
#define CREATOR   (SID_FIRST_ACCOUNT + 5)
#define READ      0x0001u
#define WRITE     0x0002u
#define EXECUTE   0x0020u
#define RC        0x00020000u
#define WD        0x00040000u
#define WO        0x00080000u
#define SACL      0x01000000u
#define MAXIMUM   0x02000000u
#define ALL       0x001f01ffu
#define ALLOW     0x00
#define DENY      0x01
#define ALLOW_OBJ 0x05
#define DENY_OBJ  0x06
#define ALLOW_IF  0x09
#define DENY_IF   0x0a
#define INHERIT   0x08

/* A user with one group of each kind, an object of somebody else without ACEs, and nothing asked. */
static struct triple *start(void)
{
    static struct triple t;

    memset(&t, 0, sizeof(t));
    t.groups[0].sid = USER;
    t.groups[1].sid = GROUP;
    t.groups[1].attributes = 7;
    t.groups[2].sid = LESS;
    t.groups[2].attributes = 0x10;
    t.groups[3].sid = OFF;
    t.group_count = 4;
    t.integrity = 0x2000;
    t.policy = 1;
    t.owner = CREATOR;
    t.self = SID_NONE;
    t.dacl = ACL_PRESENT;
    t.mapping = (struct naive_mapping){0x00120089, 0x00120116, 0x001200a0, ALL};
    return &t;
}

static struct test_ace *add(struct triple *t, unsigned int type, uint32_t mask, int sid)
{
    struct test_ace *ace = &t->aces[t->ace_count++];

    ace->type = type;
    ace->mask = mask;
    ace->sid = sid;
    return ace;
}

static void add_object(struct triple *t, unsigned int type, uint32_t mask, int sid, unsigned int object)
{
    struct test_ace *ace = add(t, type, mask, sid);

    ace->has_object = true;
    ace->object = object;
}

static void add_label(struct triple *t, int level, uint32_t policy)
{
    struct test_ace *ace = &t->sacl_aces[t->sacl_ace_count++];

    t->sacl = ACL_PRESENT;
    ace->type = 0x11;
    ace->mask = policy;
    ace->sid = level;
}

/* A root with two children, the first of which has one. */
static void add_tree(struct triple *t)
{
    static const unsigned int levels[] = {0, 1, 2, 1};

    for (t->node_count = 0; t->node_count < 4; t->node_count++)
    {
        t->nodes[t->node_count].level = levels[t->node_count];
        t->nodes[t->node_count].guid = t->node_count;
    }
}

static struct naive_answer answer;

static void ask(struct triple *t, uint32_t desired)
{
    static struct naive_form form;

    t->desired = desired;
    encode_naive(t, &form);
    naive_access_check(&form.request, &answer);
}

static void granted(struct triple *t, uint32_t desired, uint32_t mask)
{
    ask(t, desired);
    ok(answer.whole.status == NAIVE_SUCCESS && answer.outcome == NAIVE_GRANTED && answer.whole.granted == mask,
       "%#x of %#x: %s\n", answer.whole.granted, desired, naive_outcome_name(answer.outcome)); /* callers cite */
}

static void denied(struct triple *t, uint32_t desired, enum naive_outcome outcome)
{
    ask(t, desired);
    ok(answer.whole.status == NAIVE_ACCESS_DENIED && answer.outcome == outcome && !answer.whole.granted,
       "%#x of %#x: %s\n", answer.whole.granted, desired, naive_outcome_name(answer.outcome)); /* callers cite */
}

static void test_dacls(void)
{
    struct triple *t = start();

    /* MS-DTYP 2.5.3.2 */
    denied(t, READ, NAIVE_BY_EMPTY_DACL);
    denied(t, MAXIMUM, NAIVE_BY_EMPTY_DACL);
    t->owner = USER;
    granted(t, RC | WD, RC | WD);
    granted(t, MAXIMUM, RC | WD);
    denied(t, RC | READ, NAIVE_BY_EMPTY_DACL);
    t->dacl = ACL_NULL;
    granted(t, READ | WO, READ | WO);
    granted(t, MAXIMUM, ALL);
    t->dacl = ACL_ABSENT;
    granted(t, MAXIMUM, ALL);
}

static void test_order(void)
{
    struct triple *t = start();

    /* MS-DTYP 2.5.3.2 */
    add(t, ALLOW, READ, GROUP);
    add(t, DENY, READ | WRITE, USER);
    add(t, ALLOW, READ | WRITE | EXECUTE, SID_EVERYONE);
    granted(t, READ, READ);
    denied(t, WRITE, NAIVE_BY_DENY_ACE);
    denied(t, EXECUTE, NAIVE_BY_NO_ACE);
    granted(t, MAXIMUM, READ);
    denied(t, MAXIMUM | WRITE, NAIVE_BY_DENY_ACE);
    denied(t, 0, NAIVE_BY_NOTHING);
    t->previous = EXECUTE;
    granted(t, READ, READ | EXECUTE);
    granted(t, 0, EXECUTE);

    /* MS-DTYP 2.5.3.2; an ACE to be inherited says nothing here */
    t = start();
    add(t, DENY, READ, USER)->flags = INHERIT;
    add(t, ALLOW, 0x80000000, USER);
    granted(t, READ, READ);
    granted(t, 0x80000000, 0x00120089);
}

static void test_groups(void)
{
    struct triple *t = start();

    /* MS-DTYP 2.5.3.2; K2.2.2 */
    add(t, ALLOW, READ, LESS);
    add(t, ALLOW, READ, OFF);
    add(t, ALLOW, READ, OTHER);
    denied(t, READ, NAIVE_BY_NO_ACE);
    add(t, ALLOW, READ, GROUP);
    granted(t, READ, READ);
    t = start();
    add(t, DENY, READ, OFF);
    add(t, DENY, WRITE, LESS);
    add(t, ALLOW, ALL, GROUP);
    granted(t, READ, READ);
    denied(t, WRITE, NAIVE_BY_DENY_ACE);
    t = start();
    t->groups[0].attributes = 0x10;
    add(t, ALLOW, READ, USER);
    denied(t, READ, NAIVE_BY_NO_ACE);
}

static void test_stand_ins(void)
{
    struct triple *t = start();

    /* MS-DTYP 2.5.3.2 */
    t->owner = USER;
    add(t, ALLOW, READ, SID_OWNER_RIGHTS);
    granted(t, MAXIMUM, READ);
    denied(t, WD, NAIVE_BY_NO_ACE);
    t->aces[0].flags = INHERIT;
    granted(t, MAXIMUM, RC | WD);
    t->owner = CREATOR;
    t->aces[0].flags = 0;
    denied(t, READ, NAIVE_BY_NO_ACE);

    /* MS-DTYP 2.5.3.2 */
    t = start();
    add(t, ALLOW, READ, SID_PRINCIPAL_SELF);
    denied(t, READ, NAIVE_BY_NO_ACE);
    t->self = GROUP;
    granted(t, READ, READ);
    t->self = OTHER;
    denied(t, READ, NAIVE_BY_NO_ACE);
}

static void test_privileges(void)
{
    struct triple *t = start();

    /* K3.1.1 */
    add(t, ALLOW, READ | SACL, USER);
    ask(t, SACL | READ);
    ok(answer.whole.status == NAIVE_PRIVILEGE_NOT_HELD && answer.outcome == NAIVE_BY_PRIVILEGE, "%#x\n",
       answer.whole.status);
    t->privileges = 1 << 8;
    granted(t, SACL | READ, SACL | READ);
    ok(answer.security_used && !answer.take_ownership_used, "SeSecurityPrivilege was not used alone\n"); /* K3.1.2 */
    granted(t, MAXIMUM, READ);                                                                           /* K3.1.1 */
    denied(t, WO, NAIVE_BY_NO_ACE);
    t->privileges = 1 << 9;
    granted(t, WO | READ, WO | READ);
    ok(answer.take_ownership_used && !answer.security_used,
       "SeTakeOwnershipPrivilege was not used alone\n"); /* K3.1.2 */
    granted(t, MAXIMUM, READ);                           /* K3.1.1 */
}

static void test_restrictions(void)
{
    struct triple *t = start();

    /* K2.2.4; CreateRestrictedToken: both checks have to pass (win32 restricted-tokens) */
    add(t, ALLOW, READ, USER);
    add(t, ALLOW, WRITE, GROUP);
    add(t, ALLOW, EXECUTE, OTHER);
    t->restricting[0] = GROUP;
    t->restricting[1] = OTHER;
    t->restricting_count = 2;
    denied(t, READ, NAIVE_BY_RESTRICTION);
    granted(t, WRITE, WRITE);
    denied(t, EXECUTE, NAIVE_BY_NO_ACE);
    granted(t, MAXIMUM, WRITE);
    t->owner = USER;
    denied(t, RC, NAIVE_BY_RESTRICTION);
    t->owner = GROUP;
    granted(t, MAXIMUM, WRITE | RC | WD);

    /* K2.2.1 */
    t->owner = CREATOR;
    t->restricting_count = 1;
    t->restricting[0] = OTHER;
    t->write_restricted = true;
    granted(t, READ, READ);
    denied(t, WRITE, NAIVE_BY_RESTRICTION);
    granted(t, MAXIMUM, READ);
}

static void test_labels(void)
{
    struct triple *t = start();

    /* K7.3.1; MS-DTYP 2.5.3.3 */
    add(t, ALLOW, ALL, USER);
    granted(t, MAXIMUM, ALL);
    t->integrity = 0x1000;
    denied(t, WRITE, NAIVE_BY_LABEL);
    denied(t, WD, NAIVE_BY_LABEL);
    granted(t, READ | EXECUTE, READ | EXECUTE);
    granted(t, MAXIMUM, 0x001200a9);
    t->policy = 0;
    granted(t, WRITE, WRITE);
    t->policy = 3;
    add_label(t, 0x1000, 1);
    granted(t, WRITE, WRITE);
    t->sacl_aces[0].sid = 0x3000;
    t->sacl_aces[0].mask = 2 | 4;
    denied(t, READ, NAIVE_BY_LABEL);
    granted(t, WRITE | WD, WRITE | WD);
    t->sacl_aces[0].mask = 7;
    denied(t, WO, NAIVE_BY_LABEL);
    t->privileges = 1 << 9;
    denied(t, WO, NAIVE_BY_LABEL);
    t->privileges = UINT64_C(1) << 32;
    granted(t, WO, WO);
    t->dacl = ACL_NULL;
    denied(t, READ, NAIVE_BY_LABEL);
    t->sacl_aces[0].flags = INHERIT;
    granted(t, READ, READ);
}

static void check_nodes(const uint32_t granted[4])
{
    int i;

    for (i = 0; i < 4; i++)
        ok(answer.nodes[i].granted == granted[i] && (answer.nodes[i].status == NAIVE_SUCCESS) == (granted[i] != 0),
           "%d: status %#x granted %#x\n", i, answer.nodes[i].status, answer.nodes[i].granted); /* callers cite */
}

static void test_trees(void)
{
    struct triple *t = start();

    /* MS-DTYP 2.5.3.2 */
    add_tree(t);
    add_object(t, ALLOW_OBJ, READ, USER, 1);
    denied(t, READ, NAIVE_BY_TREE);
    check_nodes((const uint32_t[]){0, READ, READ, 0});
    add_object(t, ALLOW_OBJ, READ, USER, 3);
    granted(t, READ, READ);
    check_nodes((const uint32_t[]){READ, READ, READ, READ});

    /* MS-DTYP 2.5.3.2 */
    t = start();
    add_tree(t);
    add_object(t, DENY_OBJ, READ, USER, 2);
    add(t, ALLOW, READ | WRITE, USER);
    denied(t, READ, NAIVE_BY_TREE);
    check_nodes((const uint32_t[]){0, 0, 0, READ});
    granted(t, MAXIMUM, WRITE);
    check_nodes((const uint32_t[]){WRITE, WRITE, WRITE, READ | WRITE});

    /* MS-DTYP 2.5.3.2 */
    t = start();
    add_tree(t);
    add_object(t, ALLOW_OBJ, READ, USER, 9); /* not in the list */
    denied(t, READ, NAIVE_BY_NO_ACE);
    t->aces[0].has_object = false;
    granted(t, READ, READ);
    check_nodes((const uint32_t[]){READ, READ, READ, READ});
    t->node_count = 0; /* a right to a part is none to the whole */
    granted(t, READ, READ);
    t->aces[0].has_object = true;
    denied(t, READ, NAIVE_BY_NO_ACE);
    add(t, ALLOW, WRITE, USER);
    t->aces[0].type = DENY_OBJ;
    t->aces[0].mask = WRITE;
    denied(t, WRITE, NAIVE_BY_TREE);
}

/* ---- conditions -------------------------------------------------------------------------------------------------- */

static bool never(const void *who, const uint8_t *sid)
{
    (void)who;
    (void)sid;
    return false;
}

/* The bytes of a condition behind "artx". */
static enum naive_truth truth_of(const char *bytes, size_t length, const struct triple *t, bool denying)
{
    static uint8_t descriptor[MAX_DESCRIPTOR];
    uint8_t data[256] = "artx";

    memcpy(data + 4, bytes, length);
    if (t) encode_descriptor(t, descriptor);
    return naive_condition(data, 4 + length, never, NULL, t ? descriptor + *(uint32_t *)(descriptor + 12) : NULL,
                           denying);
}

#define TRUTH(text, t)         truth_of(text, sizeof(text) - 1, t, false)
#define DENYING_TRUTH(text, t) truth_of(text, sizeof(text) - 1, t, true)
#define NAME           "\x02\0\0\0x\0"               /* "x" */
#define INT(n)         "\x04" n "\0\0\0\0\0\0\0\3\2" /* a number of one byte */
#define ABSENT         "\xf9" NAME "\x87"            /* FALSE: Exists @User.x */
#define NOT_ABSENT     ABSENT "\xa2"
#define UNKNOWN        "\xf9" NAME INT("\1") "\x80" /* @User.x == 1 */
#define AND            "\xa0"
#define OR             "\xa1"

static void test_logic(void)
{
    /* MS-DTYP 2.4.4.17 */
    ok(TRUTH(ABSENT, NULL) == NAIVE_FALSE, "not FALSE\n");
    ok(TRUTH(NOT_ABSENT, NULL) == NAIVE_TRUE, "not TRUE\n");
    ok(TRUTH(UNKNOWN, NULL) == NAIVE_UNKNOWN, "not UNKNOWN\n");
    ok(TRUTH(UNKNOWN "\xa2", NULL) == NAIVE_UNKNOWN, "not UNKNOWN\n");
    ok(TRUTH(UNKNOWN ABSENT AND, NULL) == NAIVE_FALSE, "not FALSE\n");
    ok(TRUTH(UNKNOWN NOT_ABSENT AND, NULL) == NAIVE_UNKNOWN, "not UNKNOWN\n");
    ok(TRUTH(UNKNOWN NOT_ABSENT OR, NULL) == NAIVE_TRUE, "not TRUE\n");
    ok(TRUTH(ABSENT UNKNOWN OR, NULL) == NAIVE_UNKNOWN, "not UNKNOWN\n");
    ok(TRUTH(ABSENT ABSENT OR, NULL) == NAIVE_FALSE, "not FALSE\n");

    /* MS-DTYP 2.4.4.17; what is no condition is unknown */
    ok(TRUTH("", NULL) == NAIVE_UNKNOWN, "not UNKNOWN\n");
    ok(TRUTH(ABSENT ABSENT, NULL) == NAIVE_UNKNOWN, "not UNKNOWN\n");
    ok(TRUTH(ABSENT AND, NULL) == NAIVE_UNKNOWN, "not UNKNOWN\n");
    ok(TRUTH(INT("\1"), NULL) == NAIVE_UNKNOWN, "not UNKNOWN\n");
    ok(TRUTH(ABSENT INT("\1") OR, NULL) == NAIVE_UNKNOWN, "not UNKNOWN\n");
    ok(TRUTH(NOT_ABSENT "\x10\x08\0\0\0x", NULL) == NAIVE_UNKNOWN, "not UNKNOWN\n");
    ok(TRUTH(NOT_ABSENT "\0\0", NULL) == NAIVE_TRUE, "not TRUE\n");
}

static void test_relations(void)
{
    static const uint8_t claim[] = {24, 0, 0,   0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 36, 0,
                                    0,  0, 'X', 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0,  0, 0, 0, 0,  0};
    struct triple *t = start();
    struct test_ace *ace = &t->sacl_aces[t->sacl_ace_count++];

    /* MS-DTYP 2.4.4.17, 2.4.10.1: @Resource.x is {5, 7} */
    t->sacl = ACL_PRESENT;
    ace->type = 0x12;
    ace->data_length = sizeof(claim);
    memcpy(ace->data, claim, sizeof(claim));
    ok(TRUTH("\xfa" NAME "\x87", t) == NAIVE_TRUE, "it does not exist\n");
    ok(TRUTH("\xfa" NAME INT("\5") "\x86", t) == NAIVE_TRUE, "it does not contain 5\n");
    ok(TRUTH("\xfa" NAME INT("\5") "\x80", t) == NAIVE_FALSE, "it is 5\n");
    ok(TRUTH("\xfa" NAME INT("\5") "\x81", t) == NAIVE_TRUE, "it is not 5\n");
    ok(TRUTH("\xfa" NAME INT("\5") "\x82", t) == NAIVE_UNKNOWN, "two numbers are less than one\n");
    ok(TRUTH("\xfa" NAME "\x50\x16\0\0\0" INT("\7") INT("\5") "\x80", t) == NAIVE_TRUE, "it is not {7, 5}\n");
    ok(TRUTH("\xfa" NAME "\x50\x16\0\0\0" INT("\7") INT("\1") "\x88", t) == NAIVE_TRUE, "it is none of {7, 1}\n");
    ok(TRUTH("\xfa" NAME "\x50\x16\0\0\0" INT("\7") INT("\1") "\x86", t) == NAIVE_FALSE, "it contains {7, 1}\n");
    ok(TRUTH("\xfa" NAME "\x10\2\0\0\0x\0"
             "\x88",
             t) == NAIVE_UNKNOWN,
       "numbers are compared with strings\n");
    ok(TRUTH("\xfa" NAME, t) == NAIVE_UNKNOWN, "two numbers are a truth\n");
    t->sacl_aces[0].data[12] = 1; /* only the 5 */
    ok(TRUTH("\xfa" NAME, t) == NAIVE_TRUE, "5 is not true\n");
    t->sacl_aces[0].data[28] = 0;
    ok(TRUTH("\xfa" NAME, t) == NAIVE_FALSE, "0 is not false\n");

    /* MS-DTYP 2.4.10.1: flags */
    t->sacl_aces[0].data[8] = 0x04;
    ok(TRUTH("\xfa" NAME "\x87", t) == NAIVE_FALSE, "what is for denying exists for granting\n");
    ok(TRUTH("\xfa" NAME, t) == NAIVE_UNKNOWN, "what is for denying has a value for granting\n");
    ok(DENYING_TRUTH("\xfa" NAME "\x87", t) == NAIVE_TRUE, "it does not exist for denying\n");
    ok(DENYING_TRUTH("\xfa" NAME, t) == NAIVE_FALSE, "0 is not false for denying\n");
    t->sacl_aces[0].data[8] = 0x10;
    ok(TRUTH("\xfa" NAME "\x87", t) == NAIVE_FALSE, "what is disabled exists\n");
    ok(DENYING_TRUTH("\xfa" NAME "\x87", t) == NAIVE_FALSE, "what is disabled exists for denying\n");
    t->sacl_aces[0].data[8] = 0x2b; /* the other flags are for others */
    ok(TRUTH("\xfa" NAME "\x87", t) == NAIVE_TRUE, "it does not exist\n");
}

static void add_condition(struct triple *t, unsigned int type, uint32_t mask, int sid, unsigned int operator,
                          int member)
{
    struct test_ace *ace = add(t, type, mask, sid);

    memcpy(ace->data, "artx\x51", 5);
    ace->data[5] = sid_size(member);
    memcpy(ace->data + 9, sid_at(member), sid_size(member));
    ace->data[9 + sid_size(member)] = operator;
    ace->data_length = 10 + sid_size(member);
}

static void test_conditions(void)
{
    struct triple *t = start();

    /* MS-DTYP 2.4.4.17: Member_of, 2.5.3.2 */
    add_condition(t, ALLOW_IF, READ, SID_EVERYONE, 0x89, USER);
    denied(t, READ, NAIVE_BY_NO_ACE); /* not in Everyone */
    t->aces[0].sid = GROUP;
    granted(t, READ, READ);
    t->aces[0].data_length--;
    denied(t, READ, NAIVE_BY_NO_ACE);
    t->aces[0].type = DENY_IF;
    add(t, ALLOW, READ, USER);
    denied(t, READ, NAIVE_BY_DENY_ACE);

    /* MS-DTYP 2.4.4.17: deny counts unless FALSE */
    t = start();
    add_condition(t, DENY_IF, READ, USER, 0x89, OTHER);
    add_condition(t, DENY_IF, WRITE, USER, 0x89, LESS);
    add(t, ALLOW, READ | WRITE, USER);
    granted(t, READ, READ);
    denied(t, WRITE, NAIVE_BY_DENY_ACE);

    /* MS-DTYP 2.4.4.17; the second pass asks the restricting SIDs */
    t = start();
    add_condition(t, ALLOW_IF, READ, USER, 0x89, GROUP);
    t->restricting[0] = USER;
    t->restricting_count = 1;
    denied(t, READ, NAIVE_BY_RESTRICTION);
    t->restricting[1] = GROUP;
    t->restricting_count = 2;
    granted(t, READ, READ);
}

START_TEST(naive_access)
{
    test_dacls();
    test_order();
    test_groups();
    test_stand_ins();
    test_privileges();
    test_restrictions();
    test_labels();
    test_trees();
    test_logic();
    test_relations();
    test_conditions();
}

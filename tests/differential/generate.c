/*
 * Random triples. Pure chance would refuse nearly everything for want of an ACE, so each triple has an aim, which tilts
 * the chances towards one reason to be refused; what comes out is for the evaluators to say.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/differential/generate.h"

#include <string.h>

enum aim
{
    AIM_ANYTHING,
    AIM_GRANT,
    AIM_DENY,
    AIM_RESTRICTION,
    AIM_LABEL,
    AIM_TREE,
    AIM_EMPTY,
    AIM_CONDITION,
    AIMS
};

static const unsigned int weights[AIMS] = {22, 10, 10, 19, 10, 21, 9, 13};

#define ENABLED   0x07u /* mandatory, enabled by default, enabled */
#define DENY_ONLY 0x10u

#define WRITE_OWNER            0x00080000u
#define ACCESS_SYSTEM_SECURITY 0x01000000u
#define MAXIMUM_ALLOWED        0x02000000u

static const struct naive_mapping mappings[] = {
    {0x00120089, 0x00120116, 0x001200a0, 0x001f01ff}, /* file */
    {0x00020019, 0x00020006, 0x00020039, 0x000f003f}, /* registry key */
    {0x00020008, 0x000200e0, 0x00020000, 0x000f01ff}, /* token */
    {0x00020001, 0x00000002, 0x00000004, 0x000f0007}, /* write and execute without READ_CONTROL */
    {0, 0, 0, 0},                                     /* generic rights stay what they are */
};

static enum aim pick_aim(uint64_t *r)
{
    unsigned int roll, i, total = 0;

    for (i = 0; i < AIMS; i++) total += weights[i];
    roll = random_below(r, total);
    for (i = 0; roll >= weights[i]; i++) roll -= weights[i];
    return i;
}

static int any_account(uint64_t *r)
{
    return SID_FIRST_ACCOUNT + random_below(r, SID_COUNT - SID_FIRST_ACCOUNT);
}

/* ---- the token --------------------------------------------------------------------------------------------------- */

static bool is_in_token(const struct triple *t, int sid)
{
    size_t i;

    for (i = 0; i < t->group_count; i++)
        if (t->groups[i].sid == sid) return true;
    return false;
}

static uint32_t group_attributes(uint64_t *r)
{
    if (random_percent(r, 70)) return ENABLED;
    return random_percent(r, 60) ? DENY_ONLY : 0;
}

static int restricting_sid(uint64_t *r, enum aim aim, const struct triple *t)
{
    if (random_percent(r, aim == AIM_RESTRICTION ? 20 : 50)) return t->groups[random_below(r, t->group_count)].sid;
    return random_percent(r, 10) ? SID_EVERYONE : any_account(r);
}

static void make_token(uint64_t *r, enum aim aim, struct triple *t)
{
    static const uint32_t levels[] = {0, 0x1000, 0x2000, 0x2000, 0x2100, 0x3000, 0x4000};
    unsigned int wanted = random_below(r, 9), i;

    t->groups[0].sid = any_account(r);
    t->groups[0].attributes = random_percent(r, 5) ? DENY_ONLY : 0;
    t->group_count = 1;
    if (random_percent(r, 80))
    {
        t->groups[1].sid = SID_EVERYONE;
        t->groups[1].attributes = ENABLED;
        t->group_count++;
    }
    for (i = 0; i < wanted; i++)
    {
        int sid = any_account(r);

        if (is_in_token(t, sid)) continue;
        t->groups[t->group_count].sid = sid;
        t->groups[t->group_count++].attributes = group_attributes(r);
    }
    if (random_percent(r, aim == AIM_RESTRICTION ? 100 : aim == AIM_ANYTHING ? 25 : 6))
    {
        t->restricting_count = 1 + random_below(r, 4);
        for (i = 0; i < t->restricting_count; i++) t->restricting[i] = restricting_sid(r, aim, t);
        t->write_restricted = random_percent(r, 30);
    }
    for (i = 2; i <= 36; i++)
        if (random_percent(r, i == 8 || i == 9 || i == 32 ? 25 : 10)) t->privileges |= UINT64_C(1) << i;
    t->integrity = levels[random_below(r, sizeof(levels) / sizeof(levels[0]))];
    t->policy = random_percent(r, 85) ? (random_percent(r, 50) ? 1 : 3) : random_percent(r, 50) ? 0 : 2;
    if (aim == AIM_LABEL)
    {
        t->integrity = levels[random_below(r, 3)];
        t->policy = 1 | t->policy;
    }
    else if (aim != AIM_ANYTHING)
        t->integrity = levels[2 + random_below(r, 5)];
}

/* ---- the object -------------------------------------------------------------------------------------------------- */

static void spoil_tree(uint64_t *r, struct triple *t)
{
    unsigned int which = random_below(r, t->node_count);

    switch (random_below(r, 3))
    {
    case 0: t->nodes[which].level = random_below(r, 7); return;
    case 1: t->nodes[which].guid = t->nodes[random_below(r, t->node_count)].guid; return;
    default: t->nodes[0].level = 1;
    }
}

static void make_tree(uint64_t *r, struct triple *t)
{
    unsigned int guids[GUID_COUNT], i, level = 0;

    for (i = 0; i < GUID_COUNT; i++)
    {
        unsigned int other = random_below(r, i + 1);

        guids[i] = guids[other];
        guids[other] = i;
    }
    t->node_count = random_percent(r, 8) ? 1 : 2 + random_below(r, MAX_NODES - 1);
    for (i = 0; i < t->node_count; i++)
    {
        t->nodes[i].level = level;
        t->nodes[i].guid = guids[i];
        level = level < 4 && random_percent(r, 45) ? level + 1 : 1 + random_below(r, level ? level : 1);
    }
    if (random_percent(r, 2)) spoil_tree(r, t);
}

static uint32_t random_rights(uint64_t *r, const struct naive_mapping *mapping)
{
    uint32_t mask = 0;
    unsigned int bits;

    switch (random_below(r, 6))
    {
    case 0: return mapping->all;
    case 1: return mapping->read | (random_percent(r, 50) ? mapping->execute : 0);
    case 2: return mapping->write;
    case 3: return UINT32_C(0x10000000) << random_below(r, 4);
    default:
        for (bits = 1 + random_below(r, 4); bits; bits--)
            mask |= random_percent(r, 70) ? UINT32_C(1) << random_below(r, 9) : UINT32_C(0x10000) << random_below(r, 5);
        return mask;
    }
}

static int sid_for_ace(uint64_t *r, const struct triple *t, enum aim aim)
{
    unsigned int roll = random_below(r, 100);

    if (roll < 4) return SID_OWNER_RIGHTS;
    if (roll < 9) return SID_PRINCIPAL_SELF;
    if (roll < 20) return SID_EVERYONE;
    if (t->restricting_count && roll < (aim == AIM_RESTRICTION ? 24 : 40))
        return t->restricting[random_below(r, t->restricting_count)];
    if (roll < (aim == AIM_ANYTHING ? 60 : 85)) return t->groups[random_below(r, t->group_count)].sid;
    return any_account(r);
}

static void make_ace(uint64_t *r, enum aim aim, struct triple *t, struct test_ace *ace)
{
    bool deny = random_percent(r, aim == AIM_GRANT || aim == AIM_RESTRICTION ? 3 : aim == AIM_DENY ? 45 : 22);
    bool callback = random_percent(r, aim == AIM_CONDITION ? 75 : 8);
    bool object = random_percent(r, aim == AIM_TREE ? 75 : t->node_count ? 30 : 4);

    ace->type = (object ? (callback ? 0x0b : 0x05) : callback ? 0x09 : 0x00) + deny;
    if (random_percent(r, 2))
        ace->type = random_percent(r, 50) ? 0x02 : 0x04; /* audit and compound ACEs say nothing here */
    if (random_percent(r, 6)) ace->flags = 0x08;         /* inherit only */
    if (random_percent(r, 20)) ace->flags |= random_below(r, 0x20) & 0x17;
    ace->mask = (aim == AIM_GRANT || aim == AIM_RESTRICTION || aim == AIM_TREE) && random_percent(r, 60)
                    ? t->mapping.all
                    : random_rights(r, &t->mapping);
    if (random_percent(r, 1)) ace->mask |= ACCESS_SYSTEM_SECURITY | MAXIMUM_ALLOWED;
    ace->sid = sid_for_ace(r, t, aim);
    if (object)
    {
        ace->has_object = random_percent(r, 85);
        ace->has_inherited = random_percent(r, 20);
        ace->object = t->node_count && random_percent(r, 92) ? t->nodes[random_below(r, t->node_count)].guid
                                                             : random_below(r, GUID_COUNT);
        ace->inherited = random_below(r, GUID_COUNT);
    }
    if (callback) ace->data_length = generate_condition(r, ace->data, sizeof(ace->data));
}

static void make_sacl(uint64_t *r, enum aim aim, struct triple *t)
{
    static const uint32_t levels[] = {0, 0x1000, 0x2000, 0x3000, 0x4000, 0x2100};
    unsigned int wanted = random_below(r, 4), i;

    if (aim != AIM_LABEL && aim != AIM_CONDITION && random_percent(r, 55)) return;
    t->sacl = random_percent(r, 4) ? ACL_NULL : ACL_PRESENT;
    if (aim == AIM_LABEL || aim == AIM_CONDITION)
    {
        t->sacl = ACL_PRESENT;
        wanted += aim == AIM_CONDITION ? 3 : 1;
    }
    for (i = 0; t->sacl == ACL_PRESENT && i < wanted; i++)
    {
        struct test_ace *ace = &t->sacl_aces[t->sacl_ace_count++];

        ace->flags = random_percent(r, 8) ? 0x08 : 0;
        if (random_percent(r, aim == AIM_CONDITION ? 10 : 60))
        {
            ace->type = 0x11;
            ace->sid = levels[random_below(r, aim == AIM_ANYTHING || aim == AIM_LABEL ? 6 : 2)];
            if (aim == AIM_LABEL && random_percent(r, 60)) ace->sid = 0x3000;
            ace->mask = random_percent(r, 60) ? 1 : random_below(r, 8);
        }
        else if (random_percent(r, 85))
        {
            ace->type = 0x12;
            ace->sid = SID_EVERYONE;
            ace->data_length = generate_claim(r, ace->data, sizeof(ace->data));
        }
        else
        {
            ace->type = 0x02;
            ace->flags |= 0xc0;
            ace->sid = any_account(r);
            ace->mask = t->mapping.all;
        }
    }
}

static void make_descriptor(uint64_t *r, enum aim aim, struct triple *t)
{
    unsigned int wanted, i;

    t->owner = random_percent(r, 25)  ? t->groups[random_below(r, t->group_count)].sid
               : random_percent(r, 3) ? SID_PRINCIPAL_SELF
               : random_percent(r, 3) ? SID_NONE
                                      : any_account(r);
    t->dacl = random_percent(r, 97) ? ACL_PRESENT : random_percent(r, 50) ? ACL_NULL : ACL_ABSENT;
    make_sacl(r, aim, t);
    if (aim == AIM_EMPTY)
    {
        t->dacl = ACL_PRESENT;
        return;
    }
    wanted = random_percent(r, 10) ? MAX_ACES : 1 + random_below(r, 7);
    for (i = 0; t->dacl == ACL_PRESENT && i < wanted; i++) make_ace(r, aim, t, &t->aces[t->ace_count++]);
}

/* ---- the request ------------------------------------------------------------------------------------------------- */

static uint32_t one_right(uint64_t *r, uint32_t of)
{
    uint32_t bit;

    if (!of) return 0;
    do bit = UINT32_C(1) << random_below(r, 24);
    while (!(bit & of));
    return bit;
}

static void make_request(uint64_t *r, enum aim aim, struct triple *t)
{
    uint32_t known = t->mapping.all ? t->mapping.all : 0x001f01ff;
    unsigned int bits;

    t->self = random_percent(r, 50)   ? SID_NONE
              : random_percent(r, 70) ? t->groups[random_below(r, t->group_count)].sid
                                      : any_account(r);
    bits = 1 + random_below(r, random_percent(r, 80) ? 2 : 6);
    if (random_percent(r, aim == AIM_ANYTHING ? 75 : 92))
        for (; bits; bits--)
            t->desired |= one_right(r, aim == AIM_LABEL && random_percent(r, 60) ? t->mapping.write : known);
    if (random_percent(r, 6)) t->desired |= UINT32_C(0x10000000) << random_below(r, 4);
    if (random_percent(r, 5)) t->desired |= WRITE_OWNER;
    if (random_percent(r, 2)) t->desired |= ACCESS_SYSTEM_SECURITY;
    if (random_percent(r, 2))
        t->desired |= UINT32_C(1) << random_below(r, 24); /* maybe one that the type does not know */
    if (random_percent(r, aim == AIM_GRANT || aim == AIM_ANYTHING || !t->desired ? 25 : 8))
        t->desired |= MAXIMUM_ALLOWED;
    if (random_percent(r, 6)) t->previous = one_right(r, known) | one_right(r, known);
    if (!t->desired && random_percent(r, 90)) t->desired = one_right(r, known);
}

void generate(uint64_t seed, uint64_t number, struct triple *triple)
{
    uint64_t state = seed ^ number * UINT64_C(0xd1342543de82ef95), *r = &state;
    enum aim aim;

    memset(triple, 0, sizeof(*triple));
    triple->seed = seed;
    triple->number = number;
    random_next(r);
    aim = pick_aim(r);
    triple->mapping = mappings[random_percent(r, 3) ? 4 : random_below(r, 4)];
    make_token(r, aim, triple);
    if (aim == AIM_TREE || random_percent(r, 15)) make_tree(r, triple);
    make_descriptor(r, aim, triple);
    make_request(r, aim, triple);
}

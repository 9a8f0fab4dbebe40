/*
 * Random triples of token, descriptor and request, each made from a seed and a number alone, so that one can be made
 * again. They are kept as what they mean; the bytes come from encode.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_DIFFERENTIAL_GENERATE_H
#define GUISE_TESTS_DIFFERENTIAL_GENERATE_H

#include "tests/differential/naive.h"

#define MAX_GROUPS      16
#define MAX_RESTRICTING 6
#define MAX_ACES        20
#define MAX_SACL_ACES   6
#define MAX_NODES       12
#define MAX_ACE_DATA    512
#define MAX_DESCRIPTOR  16384

/* SIDs and GUIDs by number; see encode.c. */
enum
{
    SID_NONE = -1,
    SID_EVERYONE,
    SID_OWNER_RIGHTS,
    SID_PRINCIPAL_SELF,
    SID_FIRST_ACCOUNT, /* this one and all that follow are users and groups */
    SID_COUNT = SID_FIRST_ACCOUNT + 13,
    GUID_COUNT = 16
};

struct test_ace
{
    unsigned int type, flags;
    uint32_t mask;
    int sid; /* or, of a label, its RID */
    bool has_object, has_inherited;
    unsigned int object, inherited; /* GUIDs */
    uint8_t data[MAX_ACE_DATA];     /* behind the SID */
    size_t data_length;
};

enum acl_state
{
    ACL_ABSENT, /* not marked as present */
    ACL_NULL,   /* present, without an ACL */
    ACL_PRESENT
};

struct triple
{
    uint64_t seed, number;

    struct
    {
        int sid;
        uint32_t attributes;
    } groups[MAX_GROUPS]; /* entry 0 is the user */
    size_t group_count;
    int restricting[MAX_RESTRICTING];
    size_t restricting_count;
    bool write_restricted;
    uint64_t privileges;
    uint32_t integrity, policy;

    int owner; /* or SID_NONE */
    enum acl_state dacl, sacl;
    struct test_ace aces[MAX_ACES], sacl_aces[MAX_SACL_ACES];
    size_t ace_count, sacl_ace_count;

    uint32_t desired, previous;
    struct naive_mapping mapping;
    struct
    {
        unsigned int level, guid;
    } nodes[MAX_NODES];
    size_t node_count;
    int self; /* or SID_NONE */
};

void generate(uint64_t seed, uint64_t number, struct triple *triple);

/* ---- random numbers: splitmix64 ---------------------------------------------------------------------------------- */

static inline uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline unsigned int random_below(uint64_t *state, unsigned int limit)
{
    return (random_next(state) >> 32) % limit;
}

static inline bool random_percent(uint64_t *state, unsigned int percent)
{
    return random_below(state, 100) < percent;
}

/* A condition for a callback ACE, "artx" included, and the value of a resource attribute ACE; both return the length.
 */
size_t generate_condition(uint64_t *state, uint8_t *data, size_t room);
size_t generate_claim(uint64_t *state, uint8_t *data, size_t room);

/* ---- encode.c ---------------------------------------------------------------------------------------------------- */

const uint8_t *sid_at(int sid);
size_t sid_size(int sid);
const uint8_t *guid_at(unsigned int guid);

/* The self-relative descriptor of TRIPLE, whose length is returned. */
size_t encode_descriptor(const struct triple *triple, uint8_t descriptor[MAX_DESCRIPTOR]);

/* The triple as the naive evaluator takes it: REQUEST points into the rest. */
struct naive_form
{
    struct naive_request request;
    struct naive_token token;
    struct naive_group groups[MAX_GROUPS], restricting[MAX_RESTRICTING];
    struct naive_node nodes[MAX_NODES];
    uint8_t descriptor[MAX_DESCRIPTOR];
};

void encode_naive(const struct triple *triple, struct naive_form *form);

#endif

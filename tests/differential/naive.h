/*
 * A second access check, to compare the real one with: plain and slow, written from MS-DTYP 2.5.3.2, 2.5.3.3
 * and 2.4.4.17 by somebody who has not read ntoskrnl/se/access*.c, and sharing no line with the core, its headers
 * included. It reads self-relative descriptors byte by byte and walks every ACE against every SID.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_DIFFERENTIAL_NAIVE_H
#define GUISE_TESTS_DIFFERENTIAL_NAIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAIVE_MAX_NODES 64

#define NAIVE_SUCCESS            0x00000000u
#define NAIVE_INVALID_PARAMETER  0xc000000du
#define NAIVE_ACCESS_DENIED      0xc0000022u
#define NAIVE_PRIVILEGE_NOT_HELD 0xc0000061u
#define NAIVE_INVALID_DESCRIPTOR 0xc0000079u

/* A SID as its bytes: revision, count, six of authority, four for each subauthority. */
struct naive_group
{
    const uint8_t *sid;
    uint32_t attributes; /* SE_GROUP_*; the user, entry 0, counts as enabled unless it is for denying only */
};

struct naive_token
{
    const struct naive_group *groups; /* entry 0 is the user */
    size_t group_count;
    const struct naive_group *restricting; /* always enabled, whatever their attributes */
    size_t restricting_count;
    bool write_restricted;
    uint64_t privileges; /* the enabled ones: bit n is the privilege n */
    uint32_t integrity;  /* RID under S-1-16 */
    uint32_t policy;     /* TOKEN_MANDATORY_POLICY_* */
};

struct naive_node
{
    uint16_t level;
    uint8_t guid[16]; /* as in the ACE */
};

struct naive_mapping
{
    uint32_t read, write, execute, all;
};

struct naive_request
{
    const uint8_t *descriptor;
    size_t length;
    const struct naive_token *token;
    uint32_t desired;  /* generic rights and MAXIMUM_ALLOWED may be among them */
    uint32_t previous; /* granted before; added to what is granted now */
    struct naive_mapping mapping;
    const struct naive_node *nodes; /* a tree in depth-first order, or NULL */
    size_t node_count;
    const uint8_t *self; /* what S-1-5-10 stands for, or NULL */
};

/* Why the answer is what it is; for the root where there is a list. */
enum naive_outcome
{
    NAIVE_GRANTED,
    NAIVE_BY_DENY_ACE,    /* a deny ACE for the whole object took a right that was asked for */
    NAIVE_BY_RESTRICTION, /* the SIDs of the token would do, the restricting ones do not */
    NAIVE_BY_LABEL,       /* a right that the mandatory label withholds */
    NAIVE_BY_TREE,        /* an object ACE denied it below, or not all nodes have it */
    NAIVE_BY_EMPTY_DACL,
    NAIVE_BY_NO_ACE,    /* no ACE gives it */
    NAIVE_BY_PRIVILEGE, /* ACCESS_SYSTEM_SECURITY without SeSecurityPrivilege */
    NAIVE_BY_NOTHING,   /* nothing asked for and nothing had */
    NAIVE_INVALID,      /* not a descriptor, or not a tree */
    NAIVE_OUTCOMES
};

struct naive_verdict
{
    uint32_t status;
    uint32_t granted; /* 0 unless the status is success */
};

struct naive_answer
{
    struct naive_verdict whole;                  /* the object, which is the root of the list */
    struct naive_verdict nodes[NAIVE_MAX_NODES]; /* one by one, for a list of results */
    bool security_used, take_ownership_used;     /* the privileges used; of a granted request */
    enum naive_outcome outcome;
};

void naive_access_check(const struct naive_request *request, struct naive_answer *answer);

/* ---- the parts, for tests ---------------------------------------------------------------------------------------- */

/* MS-DTYP 2.4.4.17: TRUE, FALSE, or neither. */
enum naive_truth
{
    NAIVE_FALSE,
    NAIVE_TRUE,
    NAIVE_UNKNOWN
};

/* Who the condition is about: the SIDs that count at this place. */
typedef bool naive_is_member(const void *who, const uint8_t *sid);

/*
 * The value of the condition in DATA, "artx" included; SACL, or NULL, holds the attributes of the resource. An attribute
 * that is disabled is not there, one for denying only is there for ACEs that deny.
 */
enum naive_truth naive_condition(const uint8_t *data, size_t length, naive_is_member *is_member, const void *who,
                                 const uint8_t *sacl, bool denying);

const char *naive_outcome_name(enum naive_outcome outcome);

#endif

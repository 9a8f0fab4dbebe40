/*
 * How the naive evaluator reads a self-relative descriptor (MS-DTYP 2.4.2 to 2.4.6).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_DIFFERENTIAL_NAIVE_DESCRIPTOR_H
#define GUISE_TESTS_DIFFERENTIAL_NAIVE_DESCRIPTOR_H

#include "tests/differential/naive.h"

#define INHERIT_ONLY_ACE 0x08u
#define LABEL_ACE        0x11u

struct ace
{
    unsigned int type, flags;
    uint32_t mask;
    const uint8_t *sid;    /* NULL: of a type not known here */
    const uint8_t *object; /* the GUID of an object ACE that has one, else NULL */
    const uint8_t *data;   /* behind the SID */
    size_t data_length;
};

struct descriptor
{
    const uint8_t *owner; /* or NULL */
    const uint8_t *dacl;  /* NULL: none, everything is granted */
    const uint8_t *sacl;
};

/* False if the bytes are not a descriptor whose parts lie inside it. */
bool read_descriptor(const uint8_t *bytes, size_t length, struct descriptor *descriptor);

/* The ACEs of an ACL of such a descriptor. */
unsigned int ace_count(const uint8_t *acl);
void ace_at(const uint8_t *acl, unsigned int index, struct ace *ace);

bool is_allow_type(unsigned int type);
bool is_deny_type(unsigned int type);
bool is_callback_type(unsigned int type);

bool same_sid(const uint8_t *a, const uint8_t *b);

static inline uint32_t read16(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8;
}

static inline uint32_t read32(const uint8_t *at)
{
    return read16(at) | read16(at + 2) << 16;
}

static inline size_t sid_bytes(const uint8_t *sid)
{
    return 8 + 4 * (size_t)sid[1];
}

#endif

/*
 * Reads descriptors byte by byte, and believes no length before it was compared with what is there.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/differential/naive_descriptor.h"

#include <string.h>

#define DACL_PRESENT         0x0004u
#define SACL_PRESENT         0x0010u
#define ACE_OBJECT_TYPE      0x01u
#define ACE_INHERITED_OBJECT 0x02u
#define AUDIT_ACE            0x02u

bool same_sid(const uint8_t *a, const uint8_t *b)
{
    return sid_bytes(a) == sid_bytes(b) && !memcmp(a, b, sid_bytes(a));
}

static bool sid_inside(const uint8_t *sid, const uint8_t *end)
{
    return end - sid >= 8 && sid[0] == 1 && sid[1] <= 15 && (size_t)(end - sid) >= sid_bytes(sid);
}

static bool is_object_type(unsigned int type)
{
    return type == 0x05 || type == 0x06 || type == 0x0b || type == 0x0c;
}

bool is_callback_type(unsigned int type)
{
    return type >= 0x09 && type <= 0x0c;
}

bool is_allow_type(unsigned int type)
{
    return type == 0x00 || type == 0x05 || type == 0x09 || type == 0x0b;
}

bool is_deny_type(unsigned int type)
{
    return type == 0x01 || type == 0x06 || type == 0x0a || type == 0x0c;
}

/* The ACE at AT; false if it does not lie before END. */
static bool read_ace(const uint8_t *at, const uint8_t *end, struct ace *ace)
{
    const uint8_t *sid, *ace_end;

    memset(ace, 0, sizeof(*ace));
    if (end - at < 4 || read16(at + 2) < 4 || read16(at + 2) > (size_t)(end - at)) return false;
    ace->type = at[0];
    ace->flags = at[1];
    ace_end = at + read16(at + 2);
    if (!is_allow_type(ace->type) && !is_deny_type(ace->type) && ace->type != AUDIT_ACE && ace->type != LABEL_ACE)
        return true;
    if (ace_end - at < 8) return false;
    ace->mask = read32(at + 4);
    sid = at + 8;
    if (is_object_type(ace->type))
    {
        uint32_t present;

        if (ace_end - at < 12) return false;
        present = read32(at + 8);
        sid = at + 12;
        if (present & ACE_OBJECT_TYPE)
        {
            ace->object = sid;
            sid += 16;
        }
        if (present & ACE_INHERITED_OBJECT) sid += 16;
        if (sid > ace_end) return false;
    }
    if (!sid_inside(sid, ace_end)) return false;
    ace->sid = sid;
    ace->data = sid + sid_bytes(sid);
    ace->data_length = ace_end - ace->data;
    return true;
}

void ace_at(const uint8_t *acl, unsigned int index, struct ace *ace)
{
    const uint8_t *at = acl + 8;

    while (index--) at += read16(at + 2);
    read_ace(at, acl + read16(acl + 2), ace);
}

unsigned int ace_count(const uint8_t *acl)
{
    return read16(acl + 4);
}

static bool acl_inside(const uint8_t *acl, const uint8_t *end)
{
    const uint8_t *at = acl + 8;
    struct ace ace;
    unsigned int i;

    if (end - acl < 8 || read16(acl + 2) < 8 || read16(acl + 2) > (size_t)(end - acl)) return false;
    for (i = 0; i < ace_count(acl); i++)
    {
        if (!read_ace(at, acl + read16(acl + 2), &ace)) return false;
        at += read16(at + 2);
    }
    return true;
}

bool read_descriptor(const uint8_t *bytes, size_t length, struct descriptor *descriptor)
{
    const uint8_t *end = bytes + length;
    uint32_t control, owner, sacl, dacl;

    memset(descriptor, 0, sizeof(*descriptor));
    if (length < 20 || bytes[0] != 1) return false;
    control = read16(bytes + 2);
    owner = read32(bytes + 4);
    sacl = control & SACL_PRESENT ? read32(bytes + 12) : 0;
    dacl = control & DACL_PRESENT ? read32(bytes + 16) : 0;
    if (owner > length || sacl > length || dacl > length) return false;
    if (owner)
    {
        descriptor->owner = bytes + owner;
        if (!sid_inside(descriptor->owner, end)) return false;
    }
    if (sacl)
    {
        descriptor->sacl = bytes + sacl;
        if (!acl_inside(descriptor->sacl, end)) return false;
    }
    if (dacl)
    {
        descriptor->dacl = bytes + dacl;
        if (!acl_inside(descriptor->dacl, end)) return false;
    }
    return true;
}

/*
 * The bytes of a triple: SIDs, GUIDs and the self-relative descriptor (MS-DTYP 2.4.2 to 2.4.6).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/differential/generate.h"

#include <string.h>

/* Of different lengths, and some that differ in one subauthority alone. */
static const uint8_t sids[SID_COUNT][28] = {
    {1, 1, 0, 0, 0, 0, 0, 1, 0},
    {1, 1, 0, 0, 0, 0, 0, 3, 4},
    {1, 1, 0, 0, 0, 0, 0, 5, 10},
    {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0xf4, 1},
    {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0xf5, 1},
    {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0xe8, 3},
    {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 0xe8, 3},
    {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0xe9, 3},
    {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2},
    {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x21, 2},
    {1, 2, 0, 0, 0, 0, 0, 22, 1, 0, 0, 0, 0xe8, 3},
    {1, 2, 0, 0, 0, 0, 0, 22, 2, 0, 0, 0, 0xe8, 3},
    {1, 1, 0, 0, 0, 0, 0, 5, 11},
    {1, 1, 0, 0, 0, 0, 0, 5, 12},
    {1, 3, 0, 0, 0, 0, 0, 5, 5, 0, 0, 0, 0, 0, 0, 0, 77},
    {1, 1, 0, 0, 0, 0, 0, 5, 33},
};

const uint8_t *sid_at(int sid)
{
    return sids[sid];
}

size_t sid_size(int sid)
{
    return 8 + 4 * (size_t)sids[sid][1];
}

const uint8_t *guid_at(unsigned int guid)
{
    static const uint8_t guids[GUID_COUNT][16] = {
        {0x00, 0x11}, {0x01, 0x11}, {0x02, 0x11}, {0x03, 0x11}, {0x04, 0x11}, {0x05, 0x11}, {0x06, 0x11}, {0x07, 0x11},
        {0x08, 0x11}, {0x09, 0x11}, {0x0a, 0x11}, {0x0b, 0x11}, {0x0c, 0x11}, {0x0d, 0x11}, {0x0e, 0x11}, {0x0f, 0x11}};

    return guids[guid];
}

struct writer
{
    uint8_t *bytes;
    size_t length;
};

static void put16(struct writer *writer, uint32_t value)
{
    writer->bytes[writer->length++] = value;
    writer->bytes[writer->length++] = value >> 8;
}

static void put32(struct writer *writer, uint32_t value)
{
    put16(writer, value);
    put16(writer, value >> 16);
}

static void put_bytes(struct writer *writer, const void *bytes, size_t length)
{
    memcpy(writer->bytes + writer->length, bytes, length);
    writer->length += length;
}

static void set16(struct writer *writer, size_t at, uint32_t value)
{
    writer->bytes[at] = value;
    writer->bytes[at + 1] = value >> 8;
}

static void set32(struct writer *writer, size_t at, uint32_t value)
{
    set16(writer, at, value);
    set16(writer, at + 2, value >> 16);
}

static void put_ace(struct writer *writer, const struct test_ace *ace)
{
    size_t start = writer->length;

    writer->bytes[writer->length++] = ace->type;
    writer->bytes[writer->length++] = ace->flags;
    put16(writer, 0);
    put32(writer, ace->mask);
    if (ace->type == 0x05 || ace->type == 0x06 || ace->type == 0x0b || ace->type == 0x0c)
    {
        put32(writer, ace->has_object | ace->has_inherited << 1);
        if (ace->has_object) put_bytes(writer, guid_at(ace->object), 16);
        if (ace->has_inherited) put_bytes(writer, guid_at(ace->inherited), 16);
    }
    if (ace->type == 0x11)
    {
        put_bytes(writer, (const uint8_t[]){1, 1, 0, 0, 0, 0, 0, 16}, 8);
        put32(writer, ace->sid);
    }
    else
        put_bytes(writer, sid_at(ace->sid), sid_size(ace->sid));
    put_bytes(writer, ace->data, ace->data_length);
    while (writer->length % 4) writer->bytes[writer->length++] = 0;
    set16(writer, start + 2, writer->length - start);
}

static void put_acl(struct writer *writer, const struct test_ace *aces, size_t count)
{
    size_t start = writer->length, i;

    put16(writer, 4); /* ACL_REVISION_DS, for object ACEs */
    put16(writer, 0);
    put16(writer, count);
    put16(writer, 0);
    for (i = 0; i < count; i++) put_ace(writer, &aces[i]);
    set16(writer, start + 2, writer->length - start);
}

size_t encode_descriptor(const struct triple *triple, uint8_t descriptor[MAX_DESCRIPTOR])
{
    struct writer writer = {descriptor, 0};
    uint32_t control = 0x8000;

    if (triple->dacl != ACL_ABSENT) control |= 0x0004;
    if (triple->sacl != ACL_ABSENT) control |= 0x0010;
    put16(&writer, 1);
    put16(&writer, control);
    put32(&writer, 0);
    put32(&writer, 0);
    put32(&writer, 0);
    put32(&writer, 0);
    if (triple->owner != SID_NONE)
    {
        set32(&writer, 4, writer.length);
        put_bytes(&writer, sid_at(triple->owner), sid_size(triple->owner));
    }
    set32(&writer, 8, writer.length);
    put_bytes(&writer, sid_at(SID_FIRST_ACCOUNT), sid_size(SID_FIRST_ACCOUNT));
    if (triple->sacl == ACL_PRESENT)
    {
        set32(&writer, 12, writer.length);
        put_acl(&writer, triple->sacl_aces, triple->sacl_ace_count);
    }
    if (triple->dacl == ACL_PRESENT)
    {
        set32(&writer, 16, writer.length);
        put_acl(&writer, triple->aces, triple->ace_count);
    }
    return writer.length;
}

void encode_naive(const struct triple *triple, struct naive_form *form)
{
    struct naive_request *request = &form->request;
    size_t i;

    for (i = 0; i < triple->group_count; i++)
        form->groups[i] = (struct naive_group){sid_at(triple->groups[i].sid), triple->groups[i].attributes};
    for (i = 0; i < triple->restricting_count; i++)
        form->restricting[i] = (struct naive_group){sid_at(triple->restricting[i]), 0};
    for (i = 0; i < triple->node_count; i++)
    {
        form->nodes[i].level = triple->nodes[i].level;
        memcpy(form->nodes[i].guid, guid_at(triple->nodes[i].guid), 16);
    }
    form->token = (struct naive_token){.groups = form->groups,
                                       .group_count = triple->group_count,
                                       .restricting = form->restricting,
                                       .restricting_count = triple->restricting_count,
                                       .write_restricted = triple->write_restricted,
                                       .privileges = triple->privileges,
                                       .integrity = triple->integrity,
                                       .policy = triple->policy};
    *request = (struct naive_request){.descriptor = form->descriptor,
                                      .length = encode_descriptor(triple, form->descriptor),
                                      .token = &form->token,
                                      .desired = triple->desired,
                                      .previous = triple->previous,
                                      .mapping = triple->mapping,
                                      .nodes = triple->node_count ? form->nodes : NULL,
                                      .node_count = triple->node_count,
                                      .self = triple->self == SID_NONE ? NULL : sid_at(triple->self)};
}

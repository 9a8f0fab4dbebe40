/*
 * POSIX ACLs as the kernel gives and takes them: the extended attribute system.posix_acl_access, version 2, little endian
 * (linux/posix_acl_xattr.h): a header of one number and entries of tag, permission and id.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/io/permissions.h"

enum
{
    ACL_VERSION = 2,
    HEADER_SIZE = 4,
    ENTRY_SIZE = 8
};

enum
{
    TAG_USER_OBJ = 0x01,
    TAG_USER = 0x02,
    TAG_GROUP_OBJ = 0x04,
    TAG_GROUP = 0x08,
    TAG_MASK = 0x10,
    TAG_OTHER = 0x20
};

#define NO_ID 0xffffffffu

static uint32_t read_number(const unsigned char *bytes, unsigned int count)
{
    uint32_t value = 0;

    while (count--) value = value << 8 | bytes[count];
    return value;
}

static unsigned char *write_number(unsigned char *bytes, unsigned int count, uint32_t value)
{
    for (; count--; value >>= 8) *bytes++ = (unsigned char)value;
    return bytes;
}

/* A class may stand there once. */
static bool read_class(unsigned int *seen, unsigned int tag, unsigned char *class, unsigned int perm)
{
    if (*seen & tag) return false;
    *seen |= tag;
    *class = (unsigned char)perm;
    return true;
}

/* Named entries come users first, each kind in the order of its ids (posix_acl_valid()), so a second one is a neighbour. */
static bool read_named(struct permissions *permissions, bool group, uint32_t id, unsigned int perm)
{
    const struct named_permission *last = permissions->named + permissions->named_count - 1;

    if (id == NO_ID) return false;
    if (permissions->named_count && (last->group > group || (last->group == group && last->id >= id))) return false;
    permissions->named[permissions->named_count++] = (struct named_permission){id, group, (unsigned char)perm};
    return true;
}

NTSTATUS posix_acl_parse(const void *value, size_t size, struct permissions *permissions)
{
    const unsigned char *bytes = value, *end = bytes + size;
    unsigned int seen = 0;

    permissions->named_count = 0;
    if (size < HEADER_SIZE || (size - HEADER_SIZE) % ENTRY_SIZE) return STATUS_FILE_INVALID;
    if (read_number(bytes, HEADER_SIZE) != ACL_VERSION) return STATUS_NOT_SUPPORTED;
    for (bytes += HEADER_SIZE; bytes < end; bytes += ENTRY_SIZE)
    {
        unsigned int tag = read_number(bytes, 2), perm = read_number(bytes + 2, 2);
        uint32_t id = read_number(bytes + 4, 4);
        bool good;

        if (perm & ~PERM_ALL) return STATUS_FILE_INVALID;
        if (permissions->named_count == PERMISSIONS_MAX_NAMED && (tag == TAG_USER || tag == TAG_GROUP))
            return STATUS_NOT_SUPPORTED;
        switch (tag)
        {
        case TAG_USER_OBJ: good = read_class(&seen, tag, &permissions->user, perm); break;
        case TAG_GROUP_OBJ: good = read_class(&seen, tag, &permissions->owning_group, perm); break;
        case TAG_MASK: good = read_class(&seen, tag, &permissions->mask, perm); break;
        case TAG_OTHER: good = read_class(&seen, tag, &permissions->other, perm); break;
        case TAG_USER: good = read_named(permissions, false, id, perm); break;
        case TAG_GROUP: good = read_named(permissions, true, id, perm); break;
        default: good = false;
        }
        if (!good) return STATUS_FILE_INVALID;
    }
    if ((seen & (TAG_USER_OBJ | TAG_GROUP_OBJ | TAG_OTHER)) != (TAG_USER_OBJ | TAG_GROUP_OBJ | TAG_OTHER))
        return STATUS_FILE_INVALID;
    permissions->masked = seen & TAG_MASK;
    return permissions->named_count && !permissions->masked ? STATUS_FILE_INVALID : STATUS_SUCCESS;
}

static unsigned char *write_entry(unsigned char *bytes, unsigned int tag, unsigned int perm, uint32_t id)
{
    bytes = write_number(bytes, 2, tag);
    bytes = write_number(bytes, 2, perm);
    return write_number(bytes, 4, id);
}

static unsigned char *write_named(unsigned char *bytes, const struct permissions *permissions, bool group)
{
    size_t i;

    for (i = 0; i < permissions->named_count; i++)
        if (permissions->named[i].group == group)
            bytes = write_entry(bytes, group ? TAG_GROUP : TAG_USER, permissions->named[i].perm,
                                permissions->named[i].id);
    return bytes;
}

size_t posix_acl_write(const struct permissions *permissions, void *value)
{
    unsigned char *bytes = write_number(value, HEADER_SIZE, ACL_VERSION);

    bytes = write_entry(bytes, TAG_USER_OBJ, permissions->user, NO_ID);
    bytes = write_named(bytes, permissions, false);
    bytes = write_entry(bytes, TAG_GROUP_OBJ, permissions->owning_group, NO_ID);
    bytes = write_named(bytes, permissions, true);
    if (permissions->masked) bytes = write_entry(bytes, TAG_MASK, permissions->mask, NO_ID);
    bytes = write_entry(bytes, TAG_OTHER, permissions->other, NO_ID);
    return bytes - (unsigned char *)value;
}

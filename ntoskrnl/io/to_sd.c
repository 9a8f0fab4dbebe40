/*
 * The descriptor that says what a Unix file's owner, group, mode and POSIX ACL say.
 *
 * POSIX asks one class after the other and stops at the first that the caller is in; a DACL gives each right by the first ACE
 * that names it. So every class that is asked before another one is denied what the later ones would give. Groups are asked
 * together: all that they allow comes first, and then what they keep from the others' bits.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/io/permissions.h"
#include "ntoskrnl/rtl/inherit.h"
#include "ntoskrnl/rtl/object_security.h"
#include "ntoskrnl/unix/idmap.h"

const GENERIC_MAPPING file_mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};

unsigned int root_bits(const struct permissions *permissions)
{
    /* The kernel asks the mode, where the mask stands for the whole class of groups. */
    unsigned int middle = permissions->masked ? permissions->mask : permissions->owning_group;
    unsigned int any = permissions->user | middle | permissions->other;

    if (permissions->directory) return PERM_ALL;
    return PERM_READ | PERM_WRITE | (any & PERM_EXEC);
}

static void append(struct acl_writer *writer, UCHAR type, ACCESS_MASK mask, const SID *sid)
{
    union
    {
        ACCESS_ALLOWED_ACE ace;
        UCHAR room[offsetof(ACCESS_ALLOWED_ACE, SidStart) + SECURITY_MAX_SID_SIZE];
    } made;
    size_t i;

    if (!mask) return;
    made.ace.Header = (ACE_HEADER){
        .AceType = type, .AceSize = (WORD)(offsetof(ACCESS_ALLOWED_ACE, SidStart) + sid_length(sid))};
    made.ace.Mask = mask;
    for (i = 0; i < sid_length(sid); i++)
        made.room[offsetof(ACCESS_ALLOWED_ACE, SidStart) + i] = ((const UCHAR *)sid)[i];
    acl_append(writer, &made.ace.Header);
}

/* A user's class: what it gives, and none of what comes LATER. */
static void append_user(struct acl_writer *writer, uid_t uid, unsigned int perm, unsigned int later, ACCESS_MASK more)
{
    union id_sid sid;

    idmap_uid_to_sid(uid, &sid);
    append(writer, ACCESS_ALLOWED_ACE_TYPE, rights_of(perm) | more, &sid.sid);
    append(writer, ACCESS_DENIED_ACE_TYPE, rights_of(later & ~perm), &sid.sid);
}

static void append_group(struct acl_writer *writer, UCHAR type, gid_t gid, unsigned int perm)
{
    union id_sid sid;

    idmap_gid_to_sid(gid, &sid);
    append(writer, type, rights_of(perm), &sid.sid);
}

/* What the groups and the others give to anybody: what the users' classes have to keep away. */
static unsigned int bits_of_the_rest(const struct permissions *permissions)
{
    unsigned int bits = group_bits(permissions) | permissions->other;
    size_t i;

    for (i = 0; i < permissions->named_count && named_entries_count(permissions); i++)
        if (permissions->named[i].group) bits |= permissions->named[i].perm & permissions->mask;
    return bits;
}

static void append_named(struct acl_writer *writer, const struct permissions *permissions)
{
    unsigned int rest = bits_of_the_rest(permissions), bits;
    size_t i;

    /* Root has its entry, and no other class counts for it. */
    if (permissions->owner) append_user(writer, permissions->owner, permissions->user, rest, RIGHTS_OWNER);
    for (i = 0; i < permissions->named_count && !permissions->named[i].group; i++)
        if (permissions->named[i].id && permissions->named[i].id != permissions->owner)
            append_user(writer, permissions->named[i].id, permissions->named[i].perm & permissions->mask, rest, 0);
    append_group(writer, ACCESS_ALLOWED_ACE_TYPE, permissions->group, group_bits(permissions));
    for (i = 0; i < permissions->named_count; i++)
        if (permissions->named[i].group)
            append_group(writer, ACCESS_ALLOWED_ACE_TYPE, permissions->named[i].id,
                         permissions->named[i].perm & permissions->mask);
    append_group(writer, ACCESS_DENIED_ACE_TYPE, permissions->group, permissions->other & ~group_bits(permissions));
    for (i = 0; i < permissions->named_count; i++)
    {
        bits = permissions->named[i].perm & permissions->mask;
        if (permissions->named[i].group)
            append_group(writer, ACCESS_DENIED_ACE_TYPE, permissions->named[i].id, permissions->other & ~bits);
    }
}

/* The owning group and a named entry for the same group are one SID. */
static void join_groups(struct permissions *permissions)
{
    size_t i, kept = 0;

    for (i = 0; i < permissions->named_count; i++)
        if (permissions->named[i].group && permissions->named[i].id == permissions->group)
            permissions->owning_group |= permissions->named[i].perm & permissions->mask;
        else
            permissions->named[kept++] = permissions->named[i];
    permissions->named_count = kept;
}

static void make_dacl(struct acl_writer *writer, const void *context)
{
    struct permissions permissions = *(const struct permissions *)context;

    append(writer, ACCESS_ALLOWED_ACE_TYPE,
           rights_of(root_bits(&permissions)) | RIGHTS_BASE | RIGHTS_OWNER | WRITE_OWNER, &sid_local_system.sid);
    permissions.owning_group = (unsigned char)group_bits(&permissions);
    if (!named_entries_count(&permissions)) permissions.named_count = 0;
    join_groups(&permissions);
    append_named(writer, &permissions);
    append(writer, ACCESS_ALLOWED_ACE_TYPE, rights_of(permissions.other) | RIGHTS_BASE, &sid_everyone.sid);
}

struct object_security *permissions_to_sd(const struct permissions *permissions)
{
    struct object_security *security;
    union id_sid owner, group;
    ACL *dacl;

    if (acl_build(make_dacl, permissions, &dacl)) return NULL;
    idmap_uid_to_sid(permissions->owner, &owner);
    idmap_gid_to_sid(permissions->group, &group);
    security = object_security_create(&owner.sid, &group.sid, dacl);
    guise_free(dacl);
    return security;
}

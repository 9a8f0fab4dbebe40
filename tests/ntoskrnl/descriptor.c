/*
 * The helpers of descriptor.h.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "wine/test.h"
#include "descriptor.h"

const struct test_sid test_everyone = {1, 1, {0, 0, 0, 0, 0, 1}, {0}};
const struct test_sid test_nobody = {1, 5, {0, 0, 0, 0, 0, 5}, {21, 11, 22, 33, 4444}};
const struct test_sid test_owner_rights = {1, 1, {0, 0, 0, 0, 0, 3}, {4}};
const struct test_sid test_self = {1, 1, {0, 0, 0, 0, 0, 5}, {10}};
const struct test_sid test_low = {1, 1, {0, 0, 0, 0, 0, 16}, {SECURITY_MANDATORY_LOW_RID}};
const struct test_sid test_medium = {1, 1, {0, 0, 0, 0, 0, 16}, {SECURITY_MANDATORY_MEDIUM_RID}};
const struct test_sid test_high = {1, 1, {0, 0, 0, 0, 0, 16}, {SECURITY_MANDATORY_HIGH_RID}};
const struct test_sid test_system_level = {1, 1, {0, 0, 0, 0, 0, 16}, {SECURITY_MANDATORY_SYSTEM_RID}};

static ULONG size_of(const struct test_sid *sid)
{
    return (ULONG)(offsetof(struct test_sid, sub) + sid->count * sizeof(sid->sub[0]));
}

struct test_sid user_of(PACCESS_TOKEN token)
{
    struct test_sid sid = {0};
    TOKEN_USER *user = NULL;
    NTSTATUS status = SeQueryInformationToken(token, TokenUser, (PVOID *)&user);

    ok(!status, "got %#x\n", status); /* DDI SeQueryInformationToken */
    if (status) return sid;
    memcpy(&sid, user->User.Sid, 8 + 4 * ((SID *)user->User.Sid)->SubAuthorityCount);
    ExFreePool(user);
    return sid;
}

static ULONG append(struct descriptor *descriptor, const void *data, ULONG size)
{
    ULONG offset = descriptor->used;

    memcpy((BYTE *)descriptor + offset, data, size);
    descriptor->used += (size + 3) & ~3u;
    return offset;
}

void descriptor_init(struct descriptor *descriptor, const struct test_sid *owner)
{
    memset(descriptor, 0, sizeof(*descriptor));
    descriptor->header.Revision = SECURITY_DESCRIPTOR_REVISION;
    descriptor->header.Control = SE_SELF_RELATIVE;
    descriptor->used = offsetof(struct descriptor, room);
    descriptor->header.Owner = append(descriptor, owner, size_of(owner));
    descriptor->header.Group = append(descriptor, owner, size_of(owner));
}

static ULONG begin_acl(struct descriptor *descriptor)
{
    const ACL acl = {.AclRevision = ACL_REVISION_DS, .AclSize = sizeof(acl)};

    return append(descriptor, &acl, sizeof(acl));
}

void descriptor_sacl(struct descriptor *descriptor)
{
    descriptor->header.Control |= SE_SACL_PRESENT;
    descriptor->header.Sacl = begin_acl(descriptor);
}

void descriptor_dacl(struct descriptor *descriptor)
{
    descriptor->header.Control |= SE_DACL_PRESENT;
    descriptor->header.Dacl = begin_acl(descriptor);
}

void descriptor_null_dacl(struct descriptor *descriptor)
{
    descriptor->header.Control |= SE_DACL_PRESENT;
}

void descriptor_ace(struct descriptor *descriptor, BYTE type, BYTE flags, ACCESS_MASK mask, const struct test_sid *sid,
                    const GUID *object, const void *extra, ULONG extra_size)
{
    BOOL is_object = type == ACCESS_ALLOWED_OBJECT_ACE_TYPE || type == ACCESS_DENIED_OBJECT_ACE_TYPE;
    ULONG acl_offset = descriptor->header.Dacl ? descriptor->header.Dacl : descriptor->header.Sacl;
    ACL *acl = (ACL *)((BYTE *)descriptor + acl_offset);
    ULONG start = descriptor->used, present = object ? ACE_OBJECT_TYPE_PRESENT : 0;
    ACE_HEADER header = {.AceType = type, .AceFlags = flags};
    ACE_HEADER *ace = (ACE_HEADER *)((BYTE *)descriptor + start);

    append(descriptor, &header, sizeof(header));
    append(descriptor, &mask, sizeof(mask));
    if (is_object) append(descriptor, &present, sizeof(present));
    if (object) append(descriptor, object, sizeof(*object));
    append(descriptor, sid, size_of(sid));
    if (extra_size) append(descriptor, extra, extra_size);
    ace->AceSize = (WORD)(descriptor->used - start);
    acl->AceCount++;
    acl->AclSize = (WORD)(descriptor->used - acl_offset);
}

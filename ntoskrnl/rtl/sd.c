/*
 * Validating, reading and writing security descriptors.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/rtl/sd.h"

/* Where a part lies, or NULL: outside the SIZE bytes, over the header, or not aligned. */
static const void *part_at(const SECURITY_DESCRIPTOR_RELATIVE *descriptor, size_t size, ULONG offset)
{
    if (offset < sizeof(*descriptor) || offset >= size || offset % sizeof(ULONG)) return NULL;
    return (const UCHAR *)descriptor + offset;
}

static NTSTATUS read_sid(const SECURITY_DESCRIPTOR_RELATIVE *descriptor, size_t size, ULONG offset, const SID **sid)
{
    *sid = NULL;
    if (!offset) return STATUS_SUCCESS;
    if (!(*sid = part_at(descriptor, size, offset))) return STATUS_INVALID_SECURITY_DESCR;
    return sid_valid_in(*sid, size - offset) ? STATUS_SUCCESS : STATUS_INVALID_SID;
}

static NTSTATUS read_acl(const SECURITY_DESCRIPTOR_RELATIVE *descriptor, size_t size, WORD present, ULONG offset,
                         const ACL **acl)
{
    *acl = NULL;
    if (!(descriptor->Control & present) || !offset) return STATUS_SUCCESS;
    if (!(*acl = part_at(descriptor, size, offset))) return STATUS_INVALID_SECURITY_DESCR;
    return acl_valid_in(*acl, size - offset) ? STATUS_SUCCESS : STATUS_INVALID_ACL;
}

NTSTATUS sd_read_bytes(const void *bytes, size_t size, struct sd *sd)
{
    const SECURITY_DESCRIPTOR_RELATIVE *descriptor = bytes;
    NTSTATUS status;

    *sd = (struct sd){0};
    if (!bytes || (ULONG_PTR)bytes % sizeof(ULONG) || size < sizeof(*descriptor)) return STATUS_INVALID_SECURITY_DESCR;
    if (descriptor->Revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
    if (!sd_is_relative(descriptor)) return STATUS_BAD_DESCRIPTOR_FORMAT;
    sd->control = descriptor->Control & ~SE_SELF_RELATIVE;
    sd->rm_control = descriptor->Sbz1;
    if ((status = read_sid(descriptor, size, descriptor->Owner, &sd->owner))) return status;
    if ((status = read_sid(descriptor, size, descriptor->Group, &sd->group))) return status;
    if ((status = read_acl(descriptor, size, SE_SACL_PRESENT, descriptor->Sacl, &sd->sacl))) return status;
    return read_acl(descriptor, size, SE_DACL_PRESENT, descriptor->Dacl, &sd->dacl);
}

/* No SID, or a valid one where a SID may lie. */
static bool sid_pointer_good(const SID *sid)
{
    return !sid || (!((ULONG_PTR)sid % sizeof(ULONG)) && sid_valid_in(sid, SECURITY_MAX_SID_SIZE));
}

static NTSTATUS read_absolute(const SECURITY_DESCRIPTOR *descriptor, struct sd *sd)
{
    WORD control = descriptor->Control;

    *sd = (struct sd){.control = control,
                      .rm_control = descriptor->Sbz1,
                      .owner = descriptor->Owner,
                      .group = descriptor->Group,
                      .sacl = control & SE_SACL_PRESENT ? descriptor->Sacl : NULL,
                      .dacl = control & SE_DACL_PRESENT ? descriptor->Dacl : NULL};
    if (!sid_pointer_good(sd->owner) || !sid_pointer_good(sd->group)) return STATUS_INVALID_SID;
    if (sd->sacl && !acl_valid(sd->sacl)) return STATUS_INVALID_ACL;
    return sd->dacl && !acl_valid(sd->dacl) ? STATUS_INVALID_ACL : STATUS_SUCCESS;
}

NTSTATUS sd_read(PSECURITY_DESCRIPTOR descriptor, struct sd *sd)
{
    *sd = (struct sd){0};
    if (!descriptor || (ULONG_PTR)descriptor % sizeof(ULONG)) return STATUS_INVALID_SECURITY_DESCR;
    if (sd_is_relative(descriptor)) return sd_read_bytes(descriptor, UINT32_MAX, sd);
    if (((SECURITY_DESCRIPTOR_RELATIVE *)descriptor)->Revision != SECURITY_DESCRIPTOR_REVISION)
        return STATUS_UNKNOWN_REVISION;
    if ((ULONG_PTR)descriptor % _Alignof(SECURITY_DESCRIPTOR)) return STATUS_INVALID_SECURITY_DESCR;
    return read_absolute(descriptor, sd);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static size_t acl_room(const ACL *acl)
{
    return acl ? (acl->AclSize + sizeof(ULONG) - 1) & ~(sizeof(ULONG) - 1) : 0;
}

size_t sd_relative_size(const struct sd *sd)
{
    return sizeof(SECURITY_DESCRIPTOR_RELATIVE) + acl_room(sd->sacl) + acl_room(sd->dacl) +
           (sd->owner ? sid_length(sd->owner) : 0) + (sd->group ? sid_length(sd->group) : 0);
}

/* Copies a part of SIZE bytes, ROOM with its padding, to the end of what is written. */
static ULONG append(SECURITY_DESCRIPTOR_RELATIVE *descriptor, ULONG *used, const void *part, size_t size, size_t room)
{
    ULONG offset = *used;

    if (!part) return 0;
    memcpy((UCHAR *)descriptor + offset, part, size);
    memset((UCHAR *)descriptor + offset + size, 0, room - size);
    *used += (ULONG)room;
    return offset;
}

static ULONG append_acl(SECURITY_DESCRIPTOR_RELATIVE *descriptor, ULONG *used, const ACL *acl)
{
    return append(descriptor, used, acl, acl ? acl->AclSize : 0, acl_room(acl));
}

static ULONG append_sid(SECURITY_DESCRIPTOR_RELATIVE *descriptor, ULONG *used, const SID *sid)
{
    size_t size = sid ? sid_length(sid) : 0;

    return append(descriptor, used, sid, size, size);
}

void sd_write(const struct sd *sd, SECURITY_DESCRIPTOR_RELATIVE *descriptor)
{
    ULONG used = sizeof(*descriptor);

    *descriptor = (SECURITY_DESCRIPTOR_RELATIVE){.Revision = SECURITY_DESCRIPTOR_REVISION,
                                                 .Sbz1 = sd->rm_control,
                                                 .Control = sd->control | SE_SELF_RELATIVE};
    descriptor->Sacl = append_acl(descriptor, &used, sd->sacl);
    descriptor->Dacl = append_acl(descriptor, &used, sd->dacl);
    descriptor->Owner = append_sid(descriptor, &used, sd->owner);
    descriptor->Group = append_sid(descriptor, &used, sd->group);
}

SECURITY_DESCRIPTOR_RELATIVE *sd_make(const struct sd *sd)
{
    SECURITY_DESCRIPTOR_RELATIVE *descriptor = guise_alloc(sd_relative_size(sd));

    if (descriptor) sd_write(sd, descriptor);
    return descriptor;
}

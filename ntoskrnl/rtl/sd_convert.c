/*
 * The Rtl routines that turn absolute descriptors into self-relative ones and back.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/rtl/sd.h"

/***********************************************************************
 *           RtlMakeSelfRelativeSD (NTOSKRNL.@)
 *
 * A self-relative copy of a descriptor of either form in LENGTH bytes, which receives what it takes.
 * STATUS_BUFFER_TOO_SMALL: nothing is copied. Statuses of an invalid descriptor: see sd_read().
 */
NTSTATUS RtlMakeSelfRelativeSD(PSECURITY_DESCRIPTOR descriptor, PSECURITY_DESCRIPTOR relative, PULONG length)
{
    ULONG room = *length;
    NTSTATUS status;
    struct sd sd;

    if ((status = sd_read(descriptor, &sd))) return status;
    *length = (ULONG)sd_relative_size(&sd);
    if (*length > room) return STATUS_BUFFER_TOO_SMALL;
    sd_write(&sd, relative);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlAbsoluteToSelfRelativeSD (NTOSKRNL.@)
 *
 * The same for absolute ones. STATUS_BAD_DESCRIPTOR_FORMAT: it is self-relative already.
 */
NTSTATUS RtlAbsoluteToSelfRelativeSD(PSECURITY_DESCRIPTOR absolute, PSECURITY_DESCRIPTOR relative, PULONG length)
{
    return sd_is_relative(absolute) ? STATUS_BAD_DESCRIPTOR_FORMAT : RtlMakeSelfRelativeSD(absolute, relative, length);
}

/* A part of a descriptor on its way to a buffer of the caller's. */
struct part
{
    const void *from;
    void *to;
    ULONG size;
    PULONG room;
};

/***********************************************************************
 *           RtlSelfRelativeToAbsoluteSD (NTOSKRNL.@)
 *
 * An absolute descriptor and its parts in buffers of the caller's; each size receives what its part takes, 0 for one that is
 * not there. STATUS_BUFFER_TOO_SMALL: one of them was, nothing is copied. STATUS_BAD_DESCRIPTOR_FORMAT: it is absolute
 * already.
 */
NTSTATUS RtlSelfRelativeToAbsoluteSD(PSECURITY_DESCRIPTOR relative, PSECURITY_DESCRIPTOR absolute, PULONG absolute_size,
                                     PACL dacl, PULONG dacl_size, PACL sacl, PULONG sacl_size, PSID owner,
                                     PULONG owner_size, PSID group, PULONG group_size)
{
    bool fits = *absolute_size >= sizeof(SECURITY_DESCRIPTOR);
    NTSTATUS status;
    struct sd sd;
    size_t i;

    if (!sd_is_relative(relative)) return STATUS_BAD_DESCRIPTOR_FORMAT;
    if ((status = sd_read(relative, &sd))) return status;
    {
        const struct part parts[] = {
            {sd.dacl, dacl, sd.dacl ? sd.dacl->AclSize : 0, dacl_size},
            {sd.sacl, sacl, sd.sacl ? sd.sacl->AclSize : 0, sacl_size},
            {sd.owner, owner, sd.owner ? (ULONG)sid_length(sd.owner) : 0, owner_size},
            {sd.group, group, sd.group ? (ULONG)sid_length(sd.group) : 0, group_size},
        };

        *absolute_size = sizeof(SECURITY_DESCRIPTOR);
        for (i = 0; i < ARRAYSIZE(parts); i++)
        {
            fits = fits && parts[i].size <= *parts[i].room;
            *parts[i].room = parts[i].size;
        }
        if (!fits) return STATUS_BUFFER_TOO_SMALL;
        for (i = 0; i < ARRAYSIZE(parts); i++)
            if (parts[i].size) memcpy(parts[i].to, parts[i].from, parts[i].size);
    }
    *(SECURITY_DESCRIPTOR *)absolute = (SECURITY_DESCRIPTOR){.Revision = SECURITY_DESCRIPTOR_REVISION,
                                                             .Sbz1 = sd.rm_control,
                                                             .Control = sd.control,
                                                             .Owner = sd.owner ? owner : NULL,
                                                             .Group = sd.group ? group : NULL,
                                                             .Sacl = sd.sacl ? sacl : NULL,
                                                             .Dacl = sd.dacl ? dacl : NULL};
    return STATUS_SUCCESS;
}

/* Where a part of SD will be once everything behind the header has moved. */
static void *moved(const void *part, size_t distance)
{
    return part ? (void *)((ULONG_PTR)part + distance) : NULL;
}

/* Where the last part of SD ends, counted from DESCRIPTOR. */
static size_t extent(const void *descriptor, const struct sd *sd)
{
    const void *const parts[] = {sd->owner, sd->group, sd->sacl, sd->dacl};
    const size_t sizes[] = {sd->owner ? sid_length(sd->owner) : 0, sd->group ? sid_length(sd->group) : 0,
                            sd->sacl ? sd->sacl->AclSize : 0, sd->dacl ? sd->dacl->AclSize : 0};
    size_t end = sizeof(SECURITY_DESCRIPTOR_RELATIVE), i;

    for (i = 0; i < ARRAYSIZE(parts); i++)
    {
        size_t part_end = (const UCHAR *)parts[i] - (const UCHAR *)descriptor + sizes[i];

        if (parts[i] && part_end > end) end = part_end;
    }
    return end;
}

/***********************************************************************
 *           RtlSelfRelativeToAbsoluteSD2 (NTOSKRNL.@)
 *
 * The same in place: the parts move up to make room for pointers. STATUS_BUFFER_TOO_SMALL: SIZE receives what is needed.
 * STATUS_BAD_DESCRIPTOR_FORMAT. STATUS_DATATYPE_MISALIGNMENT: no pointer can be stored there. Exported without a page.
 */
NTSTATUS RtlSelfRelativeToAbsoluteSD2(PSECURITY_DESCRIPTOR descriptor, PULONG size)
{
    const size_t distance = sizeof(SECURITY_DESCRIPTOR) - sizeof(SECURITY_DESCRIPTOR_RELATIVE);
    SECURITY_DESCRIPTOR_RELATIVE *relative = descriptor;
    ULONG room = *size;
    NTSTATUS status;
    struct sd sd;
    size_t end;

    if (!sd_is_relative(descriptor)) return STATUS_BAD_DESCRIPTOR_FORMAT;
    if ((status = sd_read(descriptor, &sd))) return status;
    if ((ULONG_PTR)descriptor % _Alignof(SECURITY_DESCRIPTOR)) return STATUS_DATATYPE_MISALIGNMENT;
    end = extent(descriptor, &sd);
    *size = (ULONG)(end + distance);
    if (*size > room) return STATUS_BUFFER_TOO_SMALL;
    memmove((UCHAR *)(relative + 1) + distance, relative + 1, end - sizeof(*relative));
    *(SECURITY_DESCRIPTOR *)descriptor = (SECURITY_DESCRIPTOR){.Revision = SECURITY_DESCRIPTOR_REVISION,
                                                               .Sbz1 = sd.rm_control,
                                                               .Control = sd.control,
                                                               .Owner = moved(sd.owner, distance),
                                                               .Group = moved(sd.group, distance),
                                                               .Sacl = moved(sd.sacl, distance),
                                                               .Dacl = moved(sd.dacl, distance)};
    return STATUS_SUCCESS;
}

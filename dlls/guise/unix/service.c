/*
 * What the caller of a service points at: copied in before anything is opened or locked.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/guise/unix/service.h"

/* Scratch memory, zeroed; NULL: there is no more. */
void *take(struct call *call, size_t size)
{
    void *place = call->next;

    size = (size + 15) & ~(size_t)15;
    if (size > call->left) return NULL;
    call->next += size;
    call->left -= size;
    return memset(place, 0, size);
}

NTSTATUS copy_in(struct call *call, const void *source, size_t size, void *copy_pointer)
{
    void *copy = take(call, size);

    if (!copy) return STATUS_BUFFER_OVERFLOW;
    memcpy(copy, source, size);
    *(void **)copy_pointer = copy;
    return STATUS_SUCCESS;
}

/* Faults now where writing would later. */
void touch(void *place, size_t size)
{
    volatile unsigned char *byte = place;

    if (!size) return;
    for (size_t at = 0; at < size; at += 4096) __atomic_fetch_or(&byte[at], 0, __ATOMIC_RELAXED);
    __atomic_fetch_or(&byte[size - 1], 0, __ATOMIC_RELAXED);
}

/* NULL stays NULL. */
NTSTATUS copy_sid(struct call *call, const SID *sid, PSID *copy)
{
    *copy = NULL;
    if (!sid) return STATUS_SUCCESS;
    return copy_in(call, sid, offsetof(SID, SubAuthority) + sizeof(ULONG) * *(const volatile UCHAR *)&sid->SubAuthorityCount, copy);
}

NTSTATUS copy_acl(struct call *call, const ACL *acl, PACL *copy)
{
    USHORT size;

    *copy = NULL;
    if (!acl) return STATUS_SUCCESS;
    size = *(const volatile USHORT *)&acl->AclSize;
    if (size < sizeof(ACL)) return STATUS_INVALID_ACL;
    return copy_in(call, acl, size, copy);
}

NTSTATUS copy_groups(struct call *call, const TOKEN_GROUPS *groups, TOKEN_GROUPS **copy)
{
    NTSTATUS status;
    ULONG i, count;

    *copy = NULL;
    if (!groups) return STATUS_SUCCESS;
    count = *(const volatile ULONG *)&groups->GroupCount;
    if (count > MAX_SIDS) return STATUS_INVALID_PARAMETER;
    if ((status = copy_in(call, groups, offsetof(TOKEN_GROUPS, Groups) + count * sizeof(SID_AND_ATTRIBUTES), copy))) return status;
    (*copy)->GroupCount = count;
    for (i = 0; i < count; i++)
        if ((status = copy_sid(call, (*copy)->Groups[i].Sid, &(*copy)->Groups[i].Sid))) return status;
    return STATUS_SUCCESS;
}

NTSTATUS copy_privileges(struct call *call, const TOKEN_PRIVILEGES *privileges, TOKEN_PRIVILEGES **copy)
{
    NTSTATUS status;
    ULONG count;

    *copy = NULL;
    if (!privileges) return STATUS_SUCCESS;
    count = *(const volatile ULONG *)&privileges->PrivilegeCount;
    if (count > MAX_PRIVILEGES) return STATUS_INVALID_PARAMETER;
    status = copy_in(call, privileges, offsetof(TOKEN_PRIVILEGES, Privileges) + count * sizeof(LUID_AND_ATTRIBUTES), copy);
    if (!status) (*copy)->PrivilegeCount = count;
    return status;
}

NTSTATUS copy_string(struct call *call, const UNICODE_STRING *string, UNICODE_STRING **copy)
{
    NTSTATUS status;

    *copy = NULL;
    if (!string) return STATUS_SUCCESS;
    if ((status = copy_in(call, string, sizeof(*string), copy))) return status;
    (*copy)->MaximumLength = (*copy)->Length;
    return (*copy)->Buffer ? copy_in(call, (*copy)->Buffer, (*copy)->Length, &(*copy)->Buffer) : STATUS_SUCCESS;
}

/* A descriptor of either form as an absolute one. */
NTSTATUS copy_descriptor(struct call *call, const void *descriptor, SECURITY_DESCRIPTOR **copy)
{
    const SECURITY_DESCRIPTOR *absolute = descriptor;
    const SECURITY_DESCRIPTOR_RELATIVE *relative = descriptor;
    const unsigned char *base = descriptor;
    SECURITY_DESCRIPTOR_RELATIVE offsets;
    SECURITY_DESCRIPTOR form = {0};
    NTSTATUS status;

    *copy = NULL;
    if (!descriptor) return STATUS_SUCCESS;
    if (*(const volatile USHORT *)&absolute->Control & SE_SELF_RELATIVE)
    {
        memcpy(&offsets, relative, sizeof(offsets));
        form = (SECURITY_DESCRIPTOR){.Revision = offsets.Revision,
                                     .Sbz1 = offsets.Sbz1,
                                     .Control = offsets.Control & (USHORT)~SE_SELF_RELATIVE,
                                     .Owner = offsets.Owner ? (PSID)(uintptr_t)(base + offsets.Owner) : NULL,
                                     .Group = offsets.Group ? (PSID)(uintptr_t)(base + offsets.Group) : NULL,
                                     .Sacl = offsets.Sacl ? (PACL)(uintptr_t)(base + offsets.Sacl) : NULL,
                                     .Dacl = offsets.Dacl ? (PACL)(uintptr_t)(base + offsets.Dacl) : NULL};
    }
    else
        memcpy(&form, absolute, sizeof(form));
    if ((status = copy_in(call, &form, sizeof(form), copy))) return status;
    if ((status = copy_sid(call, form.Owner, &(*copy)->Owner))) return status;
    if ((status = copy_sid(call, form.Group, &(*copy)->Group))) return status;
    if ((status = copy_acl(call, form.Control & SE_SACL_PRESENT ? form.Sacl : NULL, &(*copy)->Sacl))) return status;
    return copy_acl(call, form.Control & SE_DACL_PRESENT ? form.Dacl : NULL, &(*copy)->Dacl);
}

/* Room for an answer of LENGTH bytes that the caller wants at PLACE; *ROOM is how much of it there is. */
NTSTATUS reserve(struct call *call, void *place, ULONG length, ULONG *room, void *answer_pointer)
{
    *room = length < MAX_SIZE ? length : MAX_SIZE;
    if (place) touch(place, *room);
    return (*(void **)answer_pointer = take(call, *room)) ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}

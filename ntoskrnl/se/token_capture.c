/*
 * Capturing lists of SIDs and privileges, SIDs and DACLs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/rtl/acl.h"
#include "ntoskrnl/se/token_capture.h"

static bool misaligned(const void *address)
{
    return (uintptr_t)address % sizeof(ULONG);
}

NTSTATUS capture_sid(const SID *source, union captured_sid *copy)
{
    size_t head = offsetof(SID, SubAuthority);

    if (!source) return STATUS_ACCESS_VIOLATION;
    if (misaligned(source)) return STATUS_DATATYPE_MISALIGNMENT;
    memcpy(copy, source, head);
    if (!sid_valid(&copy->sid)) return STATUS_INVALID_SID;
    memcpy(copy->room + head, (const UCHAR *)source + head, sid_length(&copy->sid) - head);
    return STATUS_SUCCESS;
}

/* Entry INDEX of SOURCE; a list may be aligned for ULONG only. */
static SID_AND_ATTRIBUTES read_entry(const TOKEN_GROUPS *source, ULONG index)
{
    SID_AND_ATTRIBUTES entry;

    memcpy(&entry, (const UCHAR *)source + offsetof(TOKEN_GROUPS, Groups) + index * sizeof(entry), sizeof(entry));
    return entry;
}

static ULONG read_count(const void *source)
{
    ULONG count;

    memcpy(&count, source, sizeof(count));
    return count;
}

/* Room for COUNT entries and as many SIDs of any length behind them. */
static struct token_sid *allocate_entries(ULONG count, union captured_sid **sids)
{
    struct token_sid *entries = guise_alloc(count * (sizeof(*entries) + sizeof(**sids)));

    *sids = (union captured_sid *)(entries + count);
    return entries;
}

NTSTATUS capture_sids(const TOKEN_GROUPS *source, struct captured_sids *copy)
{
    union captured_sid *sids;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i, count;

    *copy = (struct captured_sids){0};
    if (!source) return STATUS_SUCCESS;
    if (misaligned(source)) return STATUS_DATATYPE_MISALIGNMENT;
    if ((count = read_count(source)) > MAX_CAPTURED_SIDS) return STATUS_INVALID_PARAMETER;
    if (!count) return STATUS_SUCCESS;
    if (!(copy->entries = allocate_entries(count, &sids))) return STATUS_NO_MEMORY;
    for (i = 0; i < count && !status; i++)
    {
        SID_AND_ATTRIBUTES entry = read_entry(source, i);

        status = capture_sid(entry.Sid, &sids[i]);
        copy->entries[i] = (struct token_sid){.sid = &sids[i].sid, .attributes = entry.Attributes};
    }
    copy->count = count;
    if (!status) return STATUS_SUCCESS;
    guise_free(copy->entries);
    *copy = (struct captured_sids){0};
    return status;
}

NTSTATUS capture_privileges(const TOKEN_PRIVILEGES *source, struct captured_privileges *copy)
{
    ULONG count;

    *copy = (struct captured_privileges){0};
    if (!source) return STATUS_SUCCESS;
    if (misaligned(source)) return STATUS_DATATYPE_MISALIGNMENT;
    if ((count = read_count(source)) > MAX_CAPTURED_PRIVILEGES) return STATUS_INVALID_PARAMETER;
    if (!count) return STATUS_SUCCESS;
    copy->entries =
        guise_memdup((const UCHAR *)source + offsetof(TOKEN_PRIVILEGES, Privileges), count * sizeof(*copy->entries));
    if (!copy->entries) return STATUS_NO_MEMORY;
    copy->count = count;
    return STATUS_SUCCESS;
}

NTSTATUS capture_dacl(const ACL *source, ACL **copy)
{
    ACL head;

    *copy = NULL;
    if (!source) return STATUS_SUCCESS;
    if (misaligned(source)) return STATUS_DATATYPE_MISALIGNMENT;
    memcpy(&head, source, sizeof(head));
    if (head.AclSize < sizeof(head)) return STATUS_INVALID_ACL;
    if (!(*copy = guise_memdup(source, head.AclSize))) return STATUS_NO_MEMORY;
    /* The size may be another by now: the copy has no more bytes than the first one said. */
    (*copy)->AclSize = head.AclSize;
    if (acl_valid(*copy)) return STATUS_SUCCESS;
    guise_free(*copy);
    *copy = NULL;
    return STATUS_INVALID_ACL;
}

/*
 * The Rtl routines that make and change ACLs as a whole: create, query, add, find and delete entries. Every one of them
 * validates the ACL first: a lying AclSize, AceCount or AceSize is never followed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/rtl/acl.h"
#include "ntoskrnl/rtl/sid.h"

static bool revision_known(ULONG revision)
{
    return revision >= MIN_ACL_REVISION && revision <= MAX_ACL_REVISION;
}

/***********************************************************************
 *           RtlCreateAcl (NTOSKRNL.@)
 *
 * An empty ACL in LENGTH bytes, of which whole ULONGs are used. STATUS_BUFFER_TOO_SMALL: not even the header fits.
 * STATUS_INVALID_PARAMETER: an unknown revision, or more than an ACL may be.
 */
NTSTATUS RtlCreateAcl(PACL acl, ULONG length, ULONG revision)
{
    if (length < sizeof(*acl)) return STATUS_BUFFER_TOO_SMALL;
    if (!revision_known(revision) || length > UINT16_MAX) return STATUS_INVALID_PARAMETER;
    *acl = (ACL){.AclRevision = (BYTE)revision, .AclSize = (WORD)(length & ~(sizeof(ULONG) - 1))};
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlValidAcl (NTOSKRNL.@)
 */
BOOLEAN RtlValidAcl(PACL acl)
{
    return acl_valid(acl);
}

/***********************************************************************
 *           RtlQueryInformationAcl (NTOSKRNL.@)
 *
 * STATUS_INVALID_PARAMETER: no valid ACL. STATUS_BUFFER_TOO_SMALL. STATUS_INVALID_INFO_CLASS.
 */
NTSTATUS RtlQueryInformationAcl(PACL acl, PVOID information, ULONG length, ACL_INFORMATION_CLASS class)
{
    ACL_SIZE_INFORMATION *sizes = information;

    if (!acl_valid(acl)) return STATUS_INVALID_PARAMETER;
    switch (class)
    {
    case AclRevisionInformation:
        if (length < sizeof(ACL_REVISION_INFORMATION)) return STATUS_BUFFER_TOO_SMALL;
        *(ACL_REVISION_INFORMATION *)information = (ACL_REVISION_INFORMATION){acl->AclRevision};
        return STATUS_SUCCESS;
    case AclSizeInformation:
        if (length < sizeof(*sizes)) return STATUS_BUFFER_TOO_SMALL;
        sizes->AceCount = acl->AceCount;
        sizes->AclBytesInUse = (DWORD)acl_bytes_in_use(acl);
        sizes->AclBytesFree = acl->AclSize - sizes->AclBytesInUse;
        return STATUS_SUCCESS;
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

/***********************************************************************
 *           RtlFirstFreeAce (NTOSKRNL.@)
 *
 * Where the next ACE would go; NULL when the ACL is full. FALSE: the entries do not lie inside the ACL.
 */
BOOLEAN RtlFirstFreeAce(PACL acl, PVOID *ace)
{
    size_t used;

    *ace = NULL;
    if (!acl_valid(acl)) return FALSE;
    used = acl_bytes_in_use(acl);
    if (used < acl->AclSize) *ace = (UCHAR *)acl + used;
    return TRUE;
}

/* Entry INDEX of a valid ACL; AceCount gives where the last one ends. */
static UCHAR *entry_at(ACL *acl, ULONG index)
{
    const ACE_HEADER *ace = acl_first(acl);

    while (index--) ace = ace_after(ace);
    return (UCHAR *)acl + ((const UCHAR *)ace - (const UCHAR *)acl);
}

/***********************************************************************
 *           RtlGetAce (NTOSKRNL.@)
 *
 * ACE receives a pointer into the ACL. STATUS_INVALID_PARAMETER: no valid ACL, or no such entry.
 */
NTSTATUS RtlGetAce(PACL acl, ULONG index, PVOID *ace)
{
    if (!acl_valid(acl) || index >= acl->AceCount) return STATUS_INVALID_PARAMETER;
    *ace = entry_at(acl, index);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlDeleteAce (NTOSKRNL.@)
 *
 * The entries behind it move up. STATUS_INVALID_PARAMETER as of RtlGetAce.
 */
NTSTATUS RtlDeleteAce(PACL acl, ULONG index)
{
    UCHAR *ace, *next, *end;

    if (!acl_valid(acl) || index >= acl->AceCount) return STATUS_INVALID_PARAMETER;
    ace = entry_at(acl, index);
    next = entry_at(acl, index + 1);
    end = entry_at(acl, acl->AceCount);
    memmove(ace, next, end - next);
    memset(ace + (end - next), 0, next - ace);
    acl->AceCount--;
    return STATUS_SUCCESS;
}

/* How many entries LENGTH bytes hold; false if they are not whole valid ACEs. */
static bool count_entries(const UCHAR *list, ULONG length, ULONG *count)
{
    ULONG offset = 0;

    if ((ULONG_PTR)list % sizeof(ULONG)) return false;
    for (*count = 0; offset < length; (*count)++)
    {
        const ACE_HEADER *ace = (const ACE_HEADER *)(list + offset);

        if (!ace_valid(ace, length - offset)) return false;
        offset += ace->AceSize;
    }
    return true;
}

/***********************************************************************
 *           RtlAddAce (NTOSKRNL.@)
 *
 * Puts the ACEs of a list before entry INDEX, or at the end. STATUS_INVALID_PARAMETER: no valid ACL or list, or an unknown
 * revision. STATUS_BUFFER_TOO_SMALL: they do not fit; the ACL is as it was.
 */
NTSTATUS RtlAddAce(PACL acl, ULONG revision, ULONG index, PVOID list, ULONG length)
{
    ULONG count;
    UCHAR *place, *end;

    if (!acl_valid(acl) || !revision_known(revision) || !count_entries(list, length, &count))
        return STATUS_INVALID_PARAMETER;
    end = entry_at(acl, acl->AceCount);
    if (length > (size_t)((UCHAR *)acl + acl->AclSize - end) || count > UINT16_MAX - (ULONG)acl->AceCount)
        return STATUS_BUFFER_TOO_SMALL;
    place = entry_at(acl, index < acl->AceCount ? index : acl->AceCount);
    memmove(place + length, place, end - place);
    memcpy(place, list, length);
    acl->AceCount = (WORD)(acl->AceCount + count);
    if (revision > acl->AclRevision) acl->AclRevision = (BYTE)revision;
    return STATUS_SUCCESS;
}

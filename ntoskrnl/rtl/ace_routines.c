/*
 * The Rtl routines that append one ACE of a known type to an ACL: a table of types would hold but their numbers, so each
 * is a call of one worker.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/rtl/acl.h"
#include "ntoskrnl/rtl/sid.h"

#define AUDIT_FLAGS (SUCCESSFUL_ACCESS_ACE_FLAG | FAILED_ACCESS_ACE_FLAG)

struct new_ace
{
    UCHAR type;
    ULONG flags;
    ACCESS_MASK mask;
    const GUID *object_type, *inherited_object_type;
    const SID *sid;
};

/* The GUIDs of an object ACE that are there; returns where the SID goes. */
static UCHAR *write_guids(UCHAR *ace, const struct new_ace *new)
{
    ACCESS_ALLOWED_OBJECT_ACE *object = (ACCESS_ALLOWED_OBJECT_ACE *)ace;
    UCHAR *place = ace + offsetof(ACCESS_ALLOWED_OBJECT_ACE, ObjectType);

    object->Flags = (new->object_type ? ACE_OBJECT_TYPE_PRESENT : 0) |
                    (new->inherited_object_type ? ACE_INHERITED_OBJECT_TYPE_PRESENT : 0);
    if (new->object_type) place = (UCHAR *)memcpy(place, new->object_type, sizeof(GUID)) + sizeof(GUID);
    if (new->inherited_object_type)
        place = (UCHAR *)memcpy(place, new->inherited_object_type, sizeof(GUID)) + sizeof(GUID);
    return place;
}

static size_t new_ace_size(const struct new_ace *new)
{
    size_t fixed = offsetof(ACCESS_ALLOWED_ACE, SidStart);

    if (ace_shape(new->type) == ACE_OBJECT)
        fixed = offsetof(ACCESS_ALLOWED_OBJECT_ACE, ObjectType) + (new->object_type ? sizeof(GUID) : 0) +
                (new->inherited_object_type ? sizeof(GUID) : 0);
    return fixed + sid_length(new->sid);
}

/*
 * Appends; nothing is changed on failure. STATUS_REVISION_MISMATCH: an unknown revision. STATUS_INVALID_ACL,
 * STATUS_INVALID_SID. STATUS_INVALID_PARAMETER: flags that such an ACE cannot have. STATUS_ALLOTTED_SPACE_EXCEEDED: no room.
 */
static NTSTATUS append_ace(ACL *acl, ULONG revision, const struct new_ace *new)
{
    bool audit = new->type == SYSTEM_AUDIT_ACE_TYPE || new->type == SYSTEM_AUDIT_OBJECT_ACE_TYPE;
    size_t size, used;
    UCHAR *place;

    if (revision < MIN_ACL_REVISION || revision > MAX_ACL_REVISION) return STATUS_REVISION_MISMATCH;
    if (!sid_valid_in(new->sid, SECURITY_MAX_SID_SIZE)) return STATUS_INVALID_SID;
    if (!acl_valid(acl)) return STATUS_INVALID_ACL;
    if (new->flags & ~(VALID_INHERIT_FLAGS | (audit ? AUDIT_FLAGS : 0))) return STATUS_INVALID_PARAMETER;
    size = new_ace_size(new);
    used = acl_bytes_in_use(acl);
    if (size > acl->AclSize - used || acl->AceCount == UINT16_MAX) return STATUS_ALLOTTED_SPACE_EXCEEDED;
    place = (UCHAR *)acl + used;
    *(ACE_HEADER *)place =
        (ACE_HEADER){.AceType = new->type, .AceFlags = (BYTE)new->flags, .AceSize = (WORD)size};
    ((ACCESS_ALLOWED_ACE *)place)->Mask = new->mask;
    place = ace_shape(new->type) == ACE_OBJECT ? write_guids(place, new)
                                               : place + offsetof(ACCESS_ALLOWED_ACE, SidStart);
    memcpy(place, new->sid, sid_length(new->sid));
    acl->AceCount++;
    if (revision > acl->AclRevision) acl->AclRevision = (BYTE)revision;
    return STATUS_SUCCESS;
}

static NTSTATUS append_simple(ACL *acl, ULONG revision, UCHAR type, ULONG flags, ACCESS_MASK mask, const SID *sid)
{
    return append_ace(acl, revision, &(struct new_ace){.type = type, .flags = flags, .mask = mask, .sid = sid});
}

/* Without a GUID it is the plain ACE, as the two mean the same; with one the ACL must be of the directory's revision. */
static NTSTATUS append_object(ACL *acl, ULONG revision, UCHAR type, UCHAR plain_type, ULONG flags, ACCESS_MASK mask,
                              const GUID *object_type, const GUID *inherited_object_type, const SID *sid)
{
    const struct new_ace new = {type, flags, mask, object_type, inherited_object_type, sid};

    if (!object_type && !inherited_object_type) return append_simple(acl, revision, plain_type, flags, mask, sid);
    return revision == ACL_REVISION_DS ? append_ace(acl, revision, &new) : STATUS_REVISION_MISMATCH;
}

static ULONG audit_flags(BOOLEAN success, BOOLEAN failure)
{
    return (success ? SUCCESSFUL_ACCESS_ACE_FLAG : 0) | (failure ? FAILED_ACCESS_ACE_FLAG : 0);
}

/***********************************************************************
 *           RtlAddAccessAllowedAce (NTOSKRNL.@)
 */
NTSTATUS RtlAddAccessAllowedAce(PACL acl, ULONG revision, ACCESS_MASK mask, PSID sid)
{
    return append_simple(acl, revision, ACCESS_ALLOWED_ACE_TYPE, 0, mask, sid);
}

/***********************************************************************
 *           RtlAddAccessAllowedAceEx (NTOSKRNL.@)
 */
NTSTATUS RtlAddAccessAllowedAceEx(PACL acl, ULONG revision, ULONG flags, ACCESS_MASK mask, PSID sid)
{
    return append_simple(acl, revision, ACCESS_ALLOWED_ACE_TYPE, flags, mask, sid);
}

/***********************************************************************
 *           RtlAddAccessDeniedAce (NTOSKRNL.@)
 */
NTSTATUS RtlAddAccessDeniedAce(PACL acl, ULONG revision, ACCESS_MASK mask, PSID sid)
{
    return append_simple(acl, revision, ACCESS_DENIED_ACE_TYPE, 0, mask, sid);
}

/***********************************************************************
 *           RtlAddAccessDeniedAceEx (NTOSKRNL.@)
 */
NTSTATUS RtlAddAccessDeniedAceEx(PACL acl, ULONG revision, ULONG flags, ACCESS_MASK mask, PSID sid)
{
    return append_simple(acl, revision, ACCESS_DENIED_ACE_TYPE, flags, mask, sid);
}

/***********************************************************************
 *           RtlAddAuditAccessAce (NTOSKRNL.@)
 */
NTSTATUS RtlAddAuditAccessAce(PACL acl, ULONG revision, ACCESS_MASK mask, PSID sid, BOOLEAN success, BOOLEAN failure)
{
    return append_simple(acl, revision, SYSTEM_AUDIT_ACE_TYPE, audit_flags(success, failure), mask, sid);
}

/***********************************************************************
 *           RtlAddAuditAccessAceEx (NTOSKRNL.@)
 */
NTSTATUS RtlAddAuditAccessAceEx(PACL acl, ULONG revision, ULONG flags, ACCESS_MASK mask, PSID sid, BOOLEAN success,
                                BOOLEAN failure)
{
    return append_simple(acl, revision, SYSTEM_AUDIT_ACE_TYPE, flags | audit_flags(success, failure), mask, sid);
}

/***********************************************************************
 *           RtlAddAccessAllowedObjectAce (NTOSKRNL.@)
 */
NTSTATUS RtlAddAccessAllowedObjectAce(PACL acl, ULONG revision, ULONG flags, ACCESS_MASK mask, GUID *object_type,
                                      GUID *inherited_object_type, PSID sid)
{
    return append_object(acl, revision, ACCESS_ALLOWED_OBJECT_ACE_TYPE, ACCESS_ALLOWED_ACE_TYPE, flags, mask,
                         object_type, inherited_object_type, sid);
}

/***********************************************************************
 *           RtlAddAccessDeniedObjectAce (NTOSKRNL.@)
 */
NTSTATUS RtlAddAccessDeniedObjectAce(PACL acl, ULONG revision, ULONG flags, ACCESS_MASK mask, GUID *object_type,
                                     GUID *inherited_object_type, PSID sid)
{
    return append_object(acl, revision, ACCESS_DENIED_OBJECT_ACE_TYPE, ACCESS_DENIED_ACE_TYPE, flags, mask, object_type,
                         inherited_object_type, sid);
}

/***********************************************************************
 *           RtlAddAuditAccessObjectAce (NTOSKRNL.@)
 */
NTSTATUS RtlAddAuditAccessObjectAce(PACL acl, ULONG revision, ULONG flags, ACCESS_MASK mask, GUID *object_type,
                                    GUID *inherited_object_type, PSID sid, BOOLEAN success, BOOLEAN failure)
{
    return append_object(acl, revision, SYSTEM_AUDIT_OBJECT_ACE_TYPE, SYSTEM_AUDIT_ACE_TYPE,
                         flags | audit_flags(success, failure), mask, object_type, inherited_object_type, sid);
}

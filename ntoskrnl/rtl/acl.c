/*
 * Validating and reading ACLs and their entries.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/rtl/acl.h"
#include "ntoskrnl/rtl/sid.h"

#define OBJECT_ACE_FIXED offsetof(ACCESS_ALLOWED_OBJECT_ACE, ObjectType) /* its GUIDs are there only if Flags say so */

enum ace_shape ace_shape(UCHAR type)
{
    /* ACCESS_ALLOWED_COMPOUND_ACE_TYPE is reserved (MS-DTYP 2.4.4.1): nobody says where its SIDs are. */
    static const UCHAR shapes[] = {
        [ACCESS_ALLOWED_ACE_TYPE] = ACE_SIMPLE,
        [ACCESS_DENIED_ACE_TYPE] = ACE_SIMPLE,
        [SYSTEM_AUDIT_ACE_TYPE] = ACE_SIMPLE,
        [SYSTEM_ALARM_ACE_TYPE] = ACE_SIMPLE,
        [ACCESS_ALLOWED_OBJECT_ACE_TYPE] = ACE_OBJECT,
        [ACCESS_DENIED_OBJECT_ACE_TYPE] = ACE_OBJECT,
        [SYSTEM_AUDIT_OBJECT_ACE_TYPE] = ACE_OBJECT,
        [SYSTEM_ALARM_OBJECT_ACE_TYPE] = ACE_OBJECT,
        [ACCESS_ALLOWED_CALLBACK_ACE_TYPE] = ACE_SIMPLE,
        [ACCESS_DENIED_CALLBACK_ACE_TYPE] = ACE_SIMPLE,
        [ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE] = ACE_OBJECT,
        [ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE] = ACE_OBJECT,
        [SYSTEM_AUDIT_CALLBACK_ACE_TYPE] = ACE_SIMPLE,
        [SYSTEM_ALARM_CALLBACK_ACE_TYPE] = ACE_SIMPLE,
        [SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE] = ACE_OBJECT,
        [SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE] = ACE_OBJECT,
        [SYSTEM_MANDATORY_LABEL_ACE_TYPE] = ACE_SIMPLE,
        [SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE] = ACE_SIMPLE,
        [SYSTEM_SCOPED_POLICY_ID_ACE_TYPE] = ACE_SIMPLE,
    };

    return type < sizeof(shapes) ? shapes[type] : ACE_OPAQUE;
}

static ULONG object_flags(const ACE_HEADER *ace)
{
    return ((const ACCESS_ALLOWED_OBJECT_ACE *)ace)->Flags;
}

/* Where the SID of an object ACE starts: behind those GUIDs that are there (MS-DTYP 2.4.4.3). */
static size_t object_sid_offset(const ACE_HEADER *ace)
{
    ULONG flags = object_flags(ace);

    return OBJECT_ACE_FIXED + (flags & ACE_OBJECT_TYPE_PRESENT ? sizeof(GUID) : 0) +
           (flags & ACE_INHERITED_OBJECT_TYPE_PRESENT ? sizeof(GUID) : 0);
}

/* The ACE is known to be AceSize bytes. */
static inline bool ace_holds_sid(const ACE_HEADER *ace)
{
    size_t offset;

    switch (ace_shape(ace->AceType))
    {
    case ACE_SIMPLE: offset = offsetof(ACCESS_ALLOWED_ACE, SidStart); break;
    case ACE_OBJECT:
        if (ace->AceSize < OBJECT_ACE_FIXED) return false;
        offset = object_sid_offset(ace);
        break;
    default: return true;
    }
    return offset <= ace->AceSize && sid_valid_in((const UCHAR *)ace + offset, ace->AceSize - offset);
}

static inline bool is_valid_ace(const ACE_HEADER *ace, size_t room)
{
    if (room < sizeof(*ace) || ace->AceSize < sizeof(*ace) || ace->AceSize > room) return false;
    return ace->AceSize % sizeof(ULONG) == 0 && ace_holds_sid(ace);
}

bool ace_valid(const ACE_HEADER *ace, size_t room)
{
    return is_valid_ace(ace, room);
}

bool acl_valid_in(const ACL *acl, size_t room)
{
    size_t offset = sizeof(*acl);
    unsigned int i;

    if (!acl || (ULONG_PTR)acl % sizeof(ULONG) || room < sizeof(*acl)) return false;
    if (acl->AclRevision < MIN_ACL_REVISION || acl->AclRevision > MAX_ACL_REVISION) return false;
    if (acl->AclSize < sizeof(*acl) || acl->AclSize > room) return false;
    for (i = 0; i < acl->AceCount; i++)
    {
        const ACE_HEADER *ace = (const ACE_HEADER *)((const UCHAR *)acl + offset);

        if (!is_valid_ace(ace, acl->AclSize - offset)) return false;
        offset += ace->AceSize;
    }
    return true;
}

bool acl_valid(const ACL *acl)
{
    return acl_valid_in(acl, UINT16_MAX);
}

size_t acl_bytes_in_use(const ACL *acl)
{
    const ACE_HEADER *ace = acl_first(acl);
    unsigned int i;

    for (i = 0; i < acl->AceCount; i++) ace = ace_after(ace);
    return (const UCHAR *)ace - (const UCHAR *)acl;
}

const SID *ace_sid(const ACE_HEADER *ace)
{
    switch (ace_shape(ace->AceType))
    {
    case ACE_SIMPLE: return ace_simple_sid(ace);
    case ACE_OBJECT: return (const SID *)((const UCHAR *)ace + object_sid_offset(ace));
    default: return NULL;
    }
}

const GUID *ace_object_type(const ACE_HEADER *ace)
{
    if (ace_shape(ace->AceType) != ACE_OBJECT || !(object_flags(ace) & ACE_OBJECT_TYPE_PRESENT)) return NULL;
    return (const GUID *)((const UCHAR *)ace + OBJECT_ACE_FIXED);
}

const GUID *ace_inherited_object_type(const ACE_HEADER *ace)
{
    if (ace_shape(ace->AceType) != ACE_OBJECT || !(object_flags(ace) & ACE_INHERITED_OBJECT_TYPE_PRESENT)) return NULL;
    return (const GUID *)((const UCHAR *)ace + object_sid_offset(ace) - sizeof(GUID));
}

const UCHAR *ace_application_data(const ACE_HEADER *ace, size_t *size)
{
    const SID *sid = ace_sid(ace);
    const UCHAR *data;

    *size = 0;
    if (!sid) return NULL;
    data = (const UCHAR *)sid + sid_length(sid);
    *size = (const UCHAR *)ace + ace->AceSize - data;
    return data;
}

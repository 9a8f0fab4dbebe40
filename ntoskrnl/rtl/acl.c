/*
 * Reading ACLs and descriptors that callers made, and building the ones Guise gives its objects.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/rtl/acl.h"
#include "ntoskrnl/rtl/sid.h"

/* Where the SID of an ACE starts, or 0 for types that Guise does not look into. */
static size_t ace_sid_offset(UCHAR type)
{
    switch (type)
    {
    case ACCESS_ALLOWED_ACE_TYPE:
    case ACCESS_DENIED_ACE_TYPE:
    case SYSTEM_AUDIT_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_ACE_TYPE:
    case ACCESS_DENIED_CALLBACK_ACE_TYPE:
    case SYSTEM_MANDATORY_LABEL_ACE_TYPE: return offsetof(ACCESS_ALLOWED_ACE, SidStart);
    default: return 0;
    }
}

static bool ace_holds_sid(const ACE_HEADER *ace)
{
    size_t offset = ace_sid_offset(ace->AceType), smallest = offset + offsetof(SID, SubAuthority);
    const SID *sid = ace_sid(ace);

    return !offset || (ace->AceSize >= smallest && sid_valid(sid) && ace->AceSize >= offset + sid_length(sid));
}

bool acl_valid(const ACL *acl)
{
    size_t offset = sizeof(*acl);
    unsigned int i;

    if (acl->AclRevision < MIN_ACL_REVISION || acl->AclRevision > MAX_ACL_REVISION || acl->AclSize < sizeof(*acl))
        return false;
    for (i = 0; i < acl->AceCount; i++)
    {
        const ACE_HEADER *ace = (const ACE_HEADER *)((const UCHAR *)acl + offset);

        if (acl->AclSize - offset < sizeof(*ace)) return false;
        if (ace->AceSize < sizeof(*ace) || ace->AceSize % sizeof(ULONG) || ace->AceSize > acl->AclSize - offset)
            return false;
        if (!ace_holds_sid(ace)) return false;
        offset += ace->AceSize;
    }
    return true;
}

const SID *ace_sid(const ACE_HEADER *ace)
{
    return (const SID *)((const UCHAR *)ace + offsetof(ACCESS_ALLOWED_ACE, SidStart));
}

ACCESS_MASK ace_mask(const ACE_HEADER *ace)
{
    return ((const ACCESS_ALLOWED_ACE *)ace)->Mask;
}

/* ---- the security of Guise's objects ----------------------------------------------------------------------------- */

/* One block: the structure, the DACL, the owner; all three are multiples of four bytes. */
static struct object_security *allocate_security(const SID *owner, size_t dacl_size, ACL **dacl)
{
    struct object_security *security = guise_alloc(sizeof(*security) + dacl_size + sid_length(owner));
    SID *owner_copy;

    if (!security) return NULL;
    security->references = 1;
    *dacl = (ACL *)(security + 1);
    owner_copy = (SID *)((UCHAR *)*dacl + dacl_size);
    memcpy(owner_copy, owner, sid_length(owner));
    security->owner = owner_copy;
    security->dacl = dacl_size ? *dacl : NULL;
    return security;
}

struct object_security *object_security_create(const SID *owner, const ACL *dacl)
{
    size_t size = dacl ? (dacl->AclSize + 3u) & ~3u : 0;
    struct object_security *security;
    ACL *copy;

    if (!(security = allocate_security(owner, size, &copy))) return NULL;
    if (dacl) memcpy(copy, dacl, dacl->AclSize);
    return security;
}

struct object_security *object_security_create_allowing(const SID *owner, const struct ace_allowed *aces, size_t count)
{
    const size_t ace_size = offsetof(ACCESS_ALLOWED_ACE, SidStart);
    struct object_security *security;
    size_t i, size = sizeof(ACL);
    UCHAR *place;
    ACL *dacl;

    for (i = 0; i < count; i++) size += ace_size + sid_length(aces[i].sid);
    if (!(security = allocate_security(owner, size, &dacl))) return NULL;
    *dacl = (ACL){.AclRevision = ACL_REVISION, .AclSize = (WORD)size, .AceCount = (WORD)count};
    for (i = 0, place = (UCHAR *)(dacl + 1); i < count; i++)
    {
        size_t sid_size = sid_length(aces[i].sid);
        ACCESS_ALLOWED_ACE *ace = (ACCESS_ALLOWED_ACE *)place;

        ace->Header = (ACE_HEADER){.AceType = ACCESS_ALLOWED_ACE_TYPE, .AceSize = (WORD)(ace_size + sid_size)};
        ace->Mask = aces[i].mask;
        memcpy(place + ace_size, aces[i].sid, sid_size);
        place += ace_size + sid_size;
    }
    return security;
}

struct object_security *object_security_reference(struct object_security *security)
{
    atomic_fetch_add_explicit(&security->references, 1, memory_order_relaxed);
    return security;
}

void object_security_release(struct object_security *security)
{
    if (security && atomic_fetch_sub_explicit(&security->references, 1, memory_order_acq_rel) == 1)
        guise_free(security);
}

/* ---- descriptors of callers -------------------------------------------------------------------------------------- */

NTSTATUS security_descriptor_read(const SECURITY_DESCRIPTOR *descriptor, const SID **owner, bool *dacl_present,
                                  const ACL **dacl)
{
    const SECURITY_DESCRIPTOR_RELATIVE *relative = (const SECURITY_DESCRIPTOR_RELATIVE *)descriptor;
    const UCHAR *base = (const UCHAR *)descriptor;

    if (descriptor->Revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
    if (descriptor->Control & SE_SELF_RELATIVE)
    {
        *owner = relative->Owner ? (const SID *)(base + relative->Owner) : NULL;
        *dacl = relative->Dacl ? (const ACL *)(base + relative->Dacl) : NULL;
    }
    else
    {
        *owner = descriptor->Owner;
        *dacl = descriptor->Dacl;
    }
    *dacl_present = descriptor->Control & SE_DACL_PRESENT;
    if (!*dacl_present) *dacl = NULL;
    if (*owner && !sid_valid(*owner)) return STATUS_INVALID_SID;
    if (*dacl && !acl_valid(*dacl)) return STATUS_INVALID_ACL;
    return STATUS_SUCCESS;
}

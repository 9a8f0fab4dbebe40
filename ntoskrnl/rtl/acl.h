/*
 * ACLs and their entries: validation, walking, reading.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_RTL_ACL_H
#define GUISE_NTOSKRNL_RTL_ACL_H

#include "ntoskrnl/core.h"

/*
 * Whether ACL, in ROOM bytes, is a well-formed ACL of a known revision whose ACEs lie inside it and hold whole SIDs
 * (MS-DTYP 2.4.5).
 */
bool acl_valid_in(const ACL *acl, size_t room);

/* The same for one whose length nobody told: AclSize is believed, the caller answers for the memory. */
bool acl_valid(const ACL *acl);

/* Whether ACE, in ROOM bytes, is well-formed (MS-DTYP 2.4.4). Of types that Guise does not know the size alone counts. */
bool ace_valid(const ACE_HEADER *ace, size_t room);

/* Walks a valid ACL: for (ace = acl_first(acl), i = 0; i < acl->AceCount; ace = ace_after(ace), i++) */
static inline const ACE_HEADER *acl_first(const ACL *acl)
{
    return (const ACE_HEADER *)(acl + 1);
}

static inline const ACE_HEADER *ace_after(const ACE_HEADER *ace)
{
    return (const ACE_HEADER *)((const UCHAR *)ace + ace->AceSize);
}

/* Bytes of a valid ACL that its header and ACEs fill. */
size_t acl_bytes_in_use(const ACL *acl);

/* ---- a valid ACE ------------------------------------------------------------------------------------------------- */

/* What lies between the header and the SID. */
enum ace_shape
{
    ACE_OPAQUE, /* no type whose SID Guise looks for */
    ACE_SIMPLE, /* mask, SID */
    ACE_OBJECT  /* mask, flags, up to two GUIDs, SID */
};

enum ace_shape ace_shape(UCHAR type);

/* The mask of any but an opaque ACE. */
static inline ACCESS_MASK ace_mask(const ACE_HEADER *ace)
{
    return ((const ACCESS_ALLOWED_ACE *)ace)->Mask;
}

/* The SID of a simple ACE. */
static inline const SID *ace_simple_sid(const ACE_HEADER *ace)
{
    return (const SID *)((const UCHAR *)ace + offsetof(ACCESS_ALLOWED_ACE, SidStart));
}

/* The SID of an ACE of either shape; NULL for an opaque one. */
const SID *ace_sid(const ACE_HEADER *ace);

/* What an object ACE names, or NULL where it names nothing and for other shapes. */
const GUID *ace_object_type(const ACE_HEADER *ace);
const GUID *ace_inherited_object_type(const ACE_HEADER *ace);

/* What follows the SID (the condition of a callback ACE, the claim of a resource attribute): SIZE bytes, may be 0. */
const UCHAR *ace_application_data(const ACE_HEADER *ace, size_t *size);

#endif

/*
 * ACLs and the security of objects inside the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_RTL_ACL_H
#define GUISE_NTOSKRNL_RTL_ACL_H

#include <stdatomic.h>

#include "ntoskrnl/core.h"

/* Whether ACL is a well-formed ACL of a known revision whose ACEs lie inside it and hold whole SIDs. */
bool acl_valid(const ACL *acl);

/* Walks a valid ACL: for (ace = acl_first(acl), i = 0; i < acl->AceCount; ace = ace_after(ace), i++) */
static inline const ACE_HEADER *acl_first(const ACL *acl)
{
    return (const ACE_HEADER *)(acl + 1);
}

static inline const ACE_HEADER *ace_after(const ACE_HEADER *ace)
{
    return (const ACE_HEADER *)((const UCHAR *)ace + ace->AceSize);
}

/* The SID of an allow or deny ACE without object GUIDs. */
const SID *ace_sid(const ACE_HEADER *ace);
ACCESS_MASK ace_mask(const ACE_HEADER *ace);

/* Owner and DACL: what an access check of Guise's objects reads. Immutable, reference counted, shared. */
struct object_security
{
    _Atomic unsigned int references;
    const SID *owner;
    const ACL *dacl; /* NULL: no DACL, everything is granted (MS-DTYP 2.5.3.2) */
};

/* Copies of OWNER and DACL (may be NULL), both valid; or NULL without memory. */
struct object_security *object_security_create(const SID *owner, const ACL *dacl);
struct object_security *object_security_reference(struct object_security *security);
void object_security_release(struct object_security *security); /* NULL is allowed */

struct ace_allowed
{
    ACCESS_MASK mask;
    const SID *sid;
};
/* The same with a DACL of allow ACEs in that order. */
struct object_security *object_security_create_allowing(const SID *owner, const struct ace_allowed *aces, size_t count);

/*
 * What a caller's security descriptor (absolute or self-relative) says: owner or NULL, and DACL or NULL, as pointers
 * into it. STATUS_UNKNOWN_REVISION, STATUS_INVALID_SID, STATUS_INVALID_ACL.
 */
NTSTATUS security_descriptor_read(const SECURITY_DESCRIPTOR *descriptor, const SID **owner, bool *dacl_present,
                                  const ACL **dacl);

#endif

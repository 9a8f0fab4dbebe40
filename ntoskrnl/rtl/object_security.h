/*
 * The security that Guise's own objects carry.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_RTL_OBJECT_SECURITY_H
#define GUISE_NTOSKRNL_RTL_OBJECT_SECURITY_H

#include <stdatomic.h>

#include "ntoskrnl/rtl/sd.h"

/* A descriptor in one block. Immutable, reference counted, shared. Its owner is never NULL. */
struct object_security
{
    _Atomic unsigned int references;
    struct sd sd; /* points into the same block */
};

/* A copy of SD, which is valid and has an owner; or NULL without memory. */
struct object_security *object_security_copy(const struct sd *sd);
/* One with OWNER, GROUP (may be NULL) and DACL (NULL: everything is granted, MS-DTYP 2.5.3.2) alone. */
struct object_security *object_security_create(const SID *owner, const SID *group, const ACL *dacl);
struct object_security *object_security_reference(struct object_security *security);
void object_security_release(struct object_security *security); /* NULL is allowed */

struct ace_allowed
{
    ACCESS_MASK mask;
    const SID *sid;
};
/* The same with a DACL of allow ACEs in that order. */
struct object_security *object_security_create_allowing(const SID *owner, const SID *group,
                                                        const struct ace_allowed *aces, size_t count);

#endif

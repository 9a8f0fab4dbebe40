/*
 * The security that Guise's own objects carry.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/rtl/object_security.h"

struct object_security *object_security_copy(const struct sd *sd)
{
    struct object_security *security = guise_alloc(sizeof(*security) + sd_relative_size(sd));

    if (!security) return NULL;
    security->references = 1;
    sd_write(sd, (SECURITY_DESCRIPTOR_RELATIVE *)(security + 1));
    sd_read_bytes(security + 1, sd_relative_size(sd), &security->sd);
    return security;
}

struct object_security *object_security_create(const SID *owner, const SID *group, const ACL *dacl)
{
    return object_security_copy(
        &(struct sd){.control = SE_DACL_PRESENT, .owner = owner, .group = group, .dacl = dacl});
}

struct object_security *object_security_create_allowing(const SID *owner, const SID *group,
                                                        const struct ace_allowed *aces, size_t count)
{
    const size_t ace_size = offsetof(ACCESS_ALLOWED_ACE, SidStart);
    struct object_security *security = NULL;
    size_t i, size = sizeof(ACL);
    UCHAR *place;
    ACL *dacl;

    for (i = 0; i < count; i++) size += ace_size + sid_length(aces[i].sid);
    if (!(dacl = guise_alloc(size))) return NULL;
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
    security = object_security_create(owner, group, dacl);
    guise_free(dacl);
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

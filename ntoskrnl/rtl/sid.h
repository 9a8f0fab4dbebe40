/*
 * SIDs inside the core: comparison, order, text, and the well-known ones (kernel facts 7.5).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_RTL_SID_H
#define GUISE_NTOSKRNL_RTL_SID_H

#include "ntoskrnl/core.h"

/* A SID of up to four subauthorities as a constant. */
struct sid_constant
{
    SID sid;
    ULONG more[3];
};

extern const struct sid_constant sid_everyone, sid_local, sid_network, sid_anonymous, sid_authenticated_users,
    sid_local_system, sid_administrators, sid_users;

static inline size_t sid_length(const SID *sid)
{
    return offsetof(SID, SubAuthority) + sid->SubAuthorityCount * sizeof(sid->SubAuthority[0]);
}

/* A total order that is cheap, not the textual one: for sorted sets. */
int sid_compare(const SID *a, const SID *b);
bool sid_equal(const SID *a, const SID *b);

static inline bool sid_valid(const SID *sid)
{
    return sid && sid->Revision == SID_REVISION && sid->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

/* Whether the SIZE bytes begin with a whole valid SID, aligned for ULONG. Inline: every access check looks at all ACEs. */
static inline bool sid_valid_in(const void *bytes, size_t size)
{
    const SID *sid = bytes;

    if ((ULONG_PTR)bytes % _Alignof(SID) || size < offsetof(SID, SubAuthority)) return false;
    return sid_valid(sid) && sid_length(sid) <= size;
}

/* NT authority (S-1-5-...) or another with COUNT subauthorities, into room for it. */
void sid_make(SID *sid, UCHAR authority, unsigned int count, const ULONG *subauthorities);

#endif

/*
 * Security descriptors for the units of this room: a self-relative one in a buffer, ACE by ACE.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_DESCRIPTOR_H
#define GUISE_TESTS_DESCRIPTOR_H

#include <stddef.h>

#include <ntifs.h>

/* A SID of up to eight subauthorities. */
struct test_sid
{
    BYTE revision, count;
    BYTE authority[6];
    DWORD sub[8];
};

extern const struct test_sid test_everyone, test_nobody, test_owner_rights, test_self, test_low, test_medium, test_high,
    test_system_level;

/* The user of a token. */
struct test_sid user_of(PACCESS_TOKEN token);

struct descriptor
{
    SECURITY_DESCRIPTOR_RELATIVE header;
    BYTE room[2048]; /* owner, group, SACL, DACL, one after the other */
    ULONG used;
};

/* One with an owner and a group and without ACLs. */
void descriptor_init(struct descriptor *descriptor, const struct test_sid *owner);

/* The ACL that the next ACEs go to begins here; each at most once, the SACL first. */
void descriptor_sacl(struct descriptor *descriptor);
void descriptor_dacl(struct descriptor *descriptor);
void descriptor_null_dacl(struct descriptor *descriptor);

/* Adds an ACE to it; OBJECT is the type of an object ACE or NULL, EXTRA what follows the SID. */
void descriptor_ace(struct descriptor *descriptor, BYTE type, BYTE flags, ACCESS_MASK mask, const struct test_sid *sid,
                    const GUID *object, const void *extra, ULONG extra_size);

static inline void descriptor_allow(struct descriptor *descriptor, ACCESS_MASK mask, const struct test_sid *sid)
{
    descriptor_ace(descriptor, ACCESS_ALLOWED_ACE_TYPE, 0, mask, sid, NULL, NULL, 0);
}

static inline void descriptor_deny(struct descriptor *descriptor, ACCESS_MASK mask, const struct test_sid *sid)
{
    descriptor_ace(descriptor, ACCESS_DENIED_ACE_TYPE, 0, mask, sid, NULL, NULL, 0);
}

#endif

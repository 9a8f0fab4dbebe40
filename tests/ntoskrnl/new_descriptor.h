/*
 * What the units about descriptors of new objects share: making descriptors of one ACL, and assigning.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_NTOSKRNL_NEW_DESCRIPTOR_H
#define GUISE_TESTS_NTOSKRNL_NEW_DESCRIPTOR_H

#include "wine/test.h"
#include <ntifs.h>

#define OI OBJECT_INHERIT_ACE
#define CI CONTAINER_INHERIT_ACE
#define NP NO_PROPAGATE_INHERIT_ACE
#define IO INHERIT_ONLY_ACE

static SID world = {SID_REVISION, 1, {SECURITY_WORLD_SID_AUTHORITY}, {0}};
static SID service = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_NETWORK_SERVICE_RID}};
static SID creator_owner = {SID_REVISION, 1, {SECURITY_CREATOR_SID_AUTHORITY}, {SECURITY_CREATOR_OWNER_RID}};
static SID creator_group = {SID_REVISION, 1, {SECURITY_CREATOR_SID_AUTHORITY}, {SECURITY_CREATOR_GROUP_RID}};

static GENERIC_MAPPING mapping = {READ_CONTROL | 0x1001, READ_CONTROL | 0x2002, READ_CONTROL | 0x4004,
                                  STANDARD_RIGHTS_ALL | 0x800f};
static SECURITY_SUBJECT_CONTEXT subject;

/* A descriptor with one ACL, of one ACE or none. */
struct made
{
    SECURITY_DESCRIPTOR sd;
    union
    {
        ACL acl;
        UCHAR bytes[512];
    };
};

static void start_sd(struct made *made, BOOLEAN sacl, BOOLEAN defaulted)
{
    RtlCreateSecurityDescriptor(&made->sd, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(&made->acl, sizeof(made->bytes), ACL_REVISION);
    if (sacl)
        RtlSetSaclSecurityDescriptor(&made->sd, TRUE, &made->acl, defaulted);
    else
        RtlSetDaclSecurityDescriptor(&made->sd, TRUE, &made->acl, defaulted);
}

static inline void make_sd(struct made *made, UCHAR flags, ACCESS_MASK mask, PSID sid)
{
    start_sd(made, FALSE, FALSE);
    RtlAddAccessAllowedAceEx(&made->acl, ACL_REVISION, flags, mask, sid);
}

struct expected
{
    UCHAR flags;
    ACCESS_MASK mask;
    PSID sid;
};

static void check_acl_(int line, const ACL *acl, ULONG count, const struct expected *expected)
{
    ULONG i;

    /* callers cite */
    ok_(__FILE__, line)(acl && acl->AceCount == count, "got %p, %d entries of %u\n", acl, acl ? acl->AceCount : -1, count);
    for (i = 0; acl && i < count && i < acl->AceCount; i++)
    {
        const ACCESS_ALLOWED_ACE *ace = NULL;

        RtlGetAce((PACL)acl, i, (PVOID *)&ace);
        /* callers cite */
        ok_(__FILE__, line)(ace->Header.AceFlags == expected[i].flags && ace->Mask == expected[i].mask,
                            "entry %u: flags %#x for %#x, mask %#x for %#x\n", i, ace->Header.AceFlags, expected[i].flags,
                            ace->Mask, expected[i].mask);
        /* callers cite */
        ok_(__FILE__, line)(RtlEqualSid((PSID)&ace->SidStart, expected[i].sid), "entry %u is of another\n", i);
    }
}
/* callers cite */
#define check_acl(acl, count, ...) check_acl_(__LINE__, acl, count, (const struct expected[]){__VA_ARGS__})

static inline PACL dacl_of(PSECURITY_DESCRIPTOR descriptor, BOOLEAN *present)
{
    BOOLEAN defaulted;
    PACL dacl = NULL;

    RtlGetDaclSecurityDescriptor(descriptor, present, &dacl, &defaulted);
    return dacl;
}

static PSECURITY_DESCRIPTOR assign_ex(PSECURITY_DESCRIPTOR parent, PSECURITY_DESCRIPTOR explicit, BOOLEAN directory,
                                      ULONG flags)
{
    PSECURITY_DESCRIPTOR descriptor = (PSECURITY_DESCRIPTOR)1;
    NTSTATUS status =
        SeAssignSecurityEx(parent, explicit, &descriptor, NULL, directory, flags, &subject, &mapping, PagedPool);

    /* K3.8.7 */
    ok(!status && descriptor, "got %#x, %p\n", status, descriptor);
    ok(RtlValidRelativeSecurityDescriptor(descriptor, RtlLengthSecurityDescriptor(descriptor),
                                          OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION), "not valid\n");
    return descriptor;
}

static PSECURITY_DESCRIPTOR assign(PSECURITY_DESCRIPTOR parent, PSECURITY_DESCRIPTOR explicit, BOOLEAN directory)
{
    return assign_ex(parent, explicit, directory, 0);
}

static PSID owner_of(PSECURITY_DESCRIPTOR descriptor)
{
    BOOLEAN defaulted = TRUE;
    PSID owner = NULL;

    RtlGetOwnerSecurityDescriptor(descriptor, &owner, &defaulted);
    ok(!defaulted, "the owner is defaulted\n"); /* K3.8.7 */
    return owner;
}

static PSID group_of(PSECURITY_DESCRIPTOR descriptor)
{
    BOOLEAN defaulted = TRUE;
    PSID group = NULL;

    RtlGetGroupSecurityDescriptor(descriptor, &group, &defaulted);
    ok(!defaulted, "the group is defaulted\n"); /* K3.8.7 */
    return group;
}

#endif

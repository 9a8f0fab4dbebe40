/*
 * libFuzzer target: self-relative security descriptors: validating, converting, asking for parts, and what a Unix file would
 * make of them. The rest of a descriptor is taken as the value of system.posix_acl_access.
 *
 * Covers: ntoskrnl/rtl/sd.c ntoskrnl/io/posix_acl.c ntoskrnl/io/from_sd.c ntoskrnl/io/to_sd.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/io/permissions.h"
#include "ntoskrnl/rtl/object_security.h"
#include "ntoskrnl/se/sd_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is written from what was read is the same to a reader. */
static void check_same(const struct sd *a, const struct sd *b)
{
    if (a->control != b->control || !a->owner != !b->owner || !a->group != !b->group) abort();
    if (a->owner && !sid_equal(a->owner, b->owner)) abort();
    if (a->group && !sid_equal(a->group, b->group)) abort();
    if (!a->dacl != !b->dacl || (a->dacl && memcmp(a->dacl, b->dacl, a->dacl->AclSize))) abort();
    if (!a->sacl != !b->sacl || (a->sacl && memcmp(a->sacl, b->sacl, a->sacl->AclSize))) abort();
}

static void check_absolute(PSECURITY_DESCRIPTOR descriptor, const struct sd *sd)
{
    ULONG sizes[5] = {0}, i;
    SECURITY_DESCRIPTOR absolute;
    struct sd again;
    void *parts[5];

    RtlSelfRelativeToAbsoluteSD(descriptor, NULL, &sizes[0], NULL, &sizes[1], NULL, &sizes[2], NULL, &sizes[3], NULL,
                                &sizes[4]);
    for (i = 1; i < 5; i++)
        if (!(parts[i] = malloc(sizes[i] ? sizes[i] : 1))) abort();
    if (RtlSelfRelativeToAbsoluteSD(descriptor, &absolute, &sizes[0], parts[1], &sizes[1], parts[2], &sizes[2], parts[3],
                                    &sizes[3], parts[4], &sizes[4]))
        abort();
    if (sd_read(&absolute, &again)) abort();
    check_same(sd, &again);
    for (i = 1; i < 5; i++) free(parts[i]);
}

static void check_parts(const struct sd *sd)
{
    SECURITY_INFORMATION information;

    for (information = 1; information <= SCOPE_SECURITY_INFORMATION; information <<= 1)
    {
        ULONG length = 0;
        NTSTATUS status = sd_query(sd, information, NULL, &length);
        void *room;

        if (status != STATUS_BUFFER_TOO_SMALL || !(room = malloc(length))) abort();
        if (sd_query(sd, information, room, &length)) abort();
        if (!RtlValidRelativeSecurityDescriptor(room, length, 0)) abort();
        free(room);
    }
}

/* A DACL that a Unix file can have comes back from the file meaning what it meant. */
static void check_unix(const ACL *dacl)
{
    const struct permissions current = {.owner = 1000, .group = 1000, .user = PERM_ALL};
    static struct permissions changed, again;
    struct object_security *security;

    if (permissions_from_dacl(&current, dacl, &changed)) return;
    if (!(security = permissions_to_sd(&changed))) abort();
    if (permissions_from_dacl(&changed, security->sd.dacl, &again)) abort();
    if (changed.user != again.user || changed.other != again.other || group_bits(&changed) != group_bits(&again)) abort();
    object_security_release(security);
}

static void check_posix_acl(const uint8_t *data, size_t size)
{
    static struct permissions permissions, again;
    UCHAR value[POSIX_ACL_MAX_SIZE];
    struct object_security *security;

    permissions = (struct permissions){.owner = 1000, .group = 1000};
    if (posix_acl_parse(data, size, &permissions)) return;
    again = permissions;
    if (posix_acl_parse(value, posix_acl_write(&permissions, value), &again)) abort();
    if (memcmp(&permissions, &again, offsetof(struct permissions, named))) abort();
    if (!(security = permissions_to_sd(&permissions))) abort();
    if (permissions_from_dacl(&permissions, security->sd.dacl, &again)) abort();
    object_security_release(security);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *block = malloc(size ? size : 1);
    SECURITY_DESCRIPTOR_RELATIVE *copy;
    struct sd sd, again;

    if (!block) abort();
    if (size) memcpy(block, data, size);
    check_posix_acl(block, size);
    if (!sd_read_bytes(block, size, &sd))
    {
        if (!(copy = sd_make(&sd)) || sd_read_bytes(copy, sd_relative_size(&sd), &again)) abort();
        check_same(&sd, &again);
        check_absolute(copy, &sd);
        check_parts(&sd);
        if (sd.dacl) check_unix(sd.dacl);
        guise_free(copy);
    }
    free(block);
    return 0;
}

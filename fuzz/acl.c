/*
 * libFuzzer target: ACLs: validating, walking, editing, and what they become by inheritance.
 *
 * Covers: ntoskrnl/rtl/acl.c ntoskrnl/rtl/acl_routines.c ntoskrnl/rtl/inherit.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/rtl/inherit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static GENERIC_MAPPING mapping = {1, 2, 4, 0x1f000f};

struct context
{
    const ACL *acl;
    struct acl_object object;
};

static void make_inherited(struct acl_writer *writer, const void *context)
{
    acl_inherit(writer, ((const struct context *)context)->acl, &((const struct context *)context)->object, INHERITED_ACE);
}

static void make_applied(struct acl_writer *writer, const void *context)
{
    acl_apply(writer, ((const struct context *)context)->acl, &((const struct context *)context)->object, ACES_ALL, 0);
}

static void make_copied(struct acl_writer *writer, const void *context)
{
    acl_copy(writer, ((const struct context *)context)->acl, ACES_EXPLICIT, OBJECT_INHERIT_ACE);
    acl_copy(writer, ((const struct context *)context)->acl, ACES_INHERITED, 0);
}

/* Whatever is made of a valid ACL is one. */
static void check_made(void (*make)(struct acl_writer *writer, const void *context), const struct context *context)
{
    NTSTATUS status;
    ACL *made;

    if ((status = acl_build(make, context, &made)) && status != STATUS_INVALID_ACL) abort();
    if (!status && (!acl_valid(made) || acl_bytes_in_use(made) != made->AclSize)) abort();
    guise_free(made);
}

/* Reads every byte that an accessor gives. */
static size_t walk(const ACL *acl)
{
    const ACE_HEADER *ace;
    size_t sum = 0, size, i;
    unsigned int n;

    for (n = 0, ace = acl_first(acl); n < acl->AceCount; n++, ace = ace_after(ace))
    {
        const SID *sid = ace_sid(ace);
        const GUID *types[] = {ace_object_type(ace), ace_inherited_object_type(ace)};
        const UCHAR *more = ace_application_data(ace, &size);

        if (sid) sum += sid_length(sid) + ace_mask(ace) + ((const UCHAR *)sid)[sid_length(sid) - 1];
        for (i = 0; i < 2; i++)
            if (types[i]) sum += types[i]->Data4[7];
        for (i = 0; i < size; i++) sum += more[i];
    }
    return sum;
}

static void edit(ACL *acl, size_t room)
{
    static SID sid = {SID_REVISION, 1, {SECURITY_WORLD_SID_AUTHORITY}, {0}};
    static GUID guid = {1, 2, 3, {4}};
    ACL_SIZE_INFORMATION sizes;
    USHORT count = acl->AceCount;
    ULONG length;
    UCHAR copy[256];
    PVOID ace;

    if (RtlQueryInformationAcl(acl, &sizes, sizeof(sizes), AclSizeInformation) || sizes.AceCount != count) abort();
    if (!RtlFirstFreeAce(acl, &ace)) abort();
    if (!RtlGetAce(acl, count / 2, &ace))
    {
        length = ((ACE_HEADER *)ace)->AceSize;
        if (length <= sizeof(copy))
        {
            memcpy(copy, ace, length);
            if (RtlDeleteAce(acl, count / 2) || acl->AceCount != count - 1) abort();
            if (RtlAddAce(acl, ACL_REVISION, count / 2, copy, length) || acl->AceCount != count) abort();
        }
    }
    RtlAddAccessAllowedAceEx(acl, ACL_REVISION, OBJECT_INHERIT_ACE, 1, &sid);
    RtlAddAuditAccessObjectAce(acl, ACL_REVISION_DS, 0, 1, &guid, &guid, &sid, TRUE, FALSE);
    if (!acl_valid_in(acl, room)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ACL *acl = malloc(size ? size : 1);
    struct context context = {acl, {.owner = &sid_local_system.sid, .group = &sid_users.sid, .mapping = &mapping}};

    if (!acl) abort();
    if (size) memcpy(acl, data, size);
    if (acl_valid_in(acl, size))
    {
        if (walk(acl) == SIZE_MAX) abort(); /* it is read */
        for (context.object.container = false;; context.object.container = true)
        {
            check_made(make_inherited, &context);
            check_made(make_applied, &context);
            check_made(make_copied, &context);
            if (context.object.container) break;
        }
        edit(acl, size);
    }
    free(acl);
    return 0;
}

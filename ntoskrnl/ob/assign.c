/*
 * Descriptors of new objects, descriptors that are shared, and who may make an object in another.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/rtl/object_security.h"
#include "ntoskrnl/ob/object.h"

/* ---- new objects ------------------------------------------------------------------------------------------------- */

/* Makes the valid descriptor the object's. */
static NTSTATUS set_descriptor(PVOID object, const struct _OBJECT_TYPE *type, const struct sd *sd)
{
    const SECURITY_INFORMATION all = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    struct object_security *security;

    if (type->write_security) return type->write_security(object, all, sd);
    if (!(security = object_security_copy(sd))) return STATUS_NO_MEMORY;
    object_security_replace(object, security);
    object_security_release(security);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           ObAssignSecurity (NTOSKRNL.@)
 *
 * Gives the object of TYPE what SeAssignSecurity makes of PARENT, which may be NULL, of STATE's descriptor and of its subject.
 * STATUS_OBJECT_TYPE_MISMATCH; those of SeAssignSecurity; of a file, what setting it says. The object is then as before.
 */
NTSTATUS ObAssignSecurity(PACCESS_STATE state, PSECURITY_DESCRIPTOR parent, PVOID object, POBJECT_TYPE type)
{
    GENERIC_MAPPING mapping = object_header_of(object)->type->mapping;
    PSECURITY_DESCRIPTOR made;
    NTSTATUS status;
    struct sd sd;

    if (object_header_of(object)->type != type) return STATUS_OBJECT_TYPE_MISMATCH;
    status = SeAssignSecurity(parent, state->SecurityDescriptor, &made, FALSE, &state->SubjectSecurityContext, &mapping,
                              PagedPool);
    if (status) return status;
    if (!(status = sd_read(made, &sd))) status = set_descriptor(object, type, &sd);
    SeDeassignSecurity(&made);
    return status;
}

/***********************************************************************
 *           ObCheckCreateObjectAccess (NTOSKRNL.@)
 *
 * Whether STATE's subject has CREATE_ACCESS to OBJECT, in which it wants to make another; what it still wants of that one is not
 * looked at. NAME and LOCKED do not count. Statuses of SeAccessCheck; STATUS_INSUFFICIENT_RESOURCES.
 */
BOOLEAN ObCheckCreateObjectAccess(PVOID object, ACCESS_MASK create_access, PACCESS_STATE state, PUNICODE_STRING name,
                                  BOOLEAN locked, KPROCESSOR_MODE mode, PNTSTATUS status)
{
    GENERIC_MAPPING mapping = object_header_of(object)->type->mapping;
    PSECURITY_DESCRIPTOR descriptor;
    PRIVILEGE_SET *used = NULL;
    ACCESS_MASK granted;
    BOOLEAN allocated;

    (void)name;
    (void)locked;
    if ((*status = ObGetObjectSecurity(object, &descriptor, &allocated))) return FALSE;
    if (SeAccessCheck(descriptor, &state->SubjectSecurityContext, FALSE, create_access, 0, &used, &mapping, mode,
                      &granted, status))
    {
        *status = used ? SeAppendPrivileges(state, used) : STATUS_SUCCESS;
        SeFreePrivileges(used);
    }
    ObReleaseObjectSecurity(descriptor, allocated);
    return !*status;
}

/* ---- shared descriptors ------------------------------------------------------------------------------------------ */

/* Lies before the self-relative descriptor that is handed out. */
struct shared_sd
{
    _Atomic unsigned long references;
} __attribute__((aligned(16)));

static struct shared_sd *shared_of(PSECURITY_DESCRIPTOR descriptor)
{
    return (struct shared_sd *)descriptor - 1;
}

/***********************************************************************
 *           ObLogSecurityDescriptor (NTOSKRNL.@)
 *
 * An immutable copy of a self-relative descriptor with REFERENCES references, each given back by ObDereferenceSecurityDescriptor.
 * STATUS_BAD_DESCRIPTOR_FORMAT: an absolute one. STATUS_INVALID_PARAMETER: no reference. STATUS_INSUFFICIENT_RESOURCES; statuses of
 * an invalid descriptor.
 */
NTSTATUS ObLogSecurityDescriptor(PSECURITY_DESCRIPTOR given, PSECURITY_DESCRIPTOR *shared, ULONG references)
{
    struct shared_sd *block;
    NTSTATUS status;
    struct sd sd;
    ULONG size;

    *shared = NULL;
    if (!references) return STATUS_INVALID_PARAMETER;
    if ((status = sd_read(given, &sd))) return status;
    if (!(((SECURITY_DESCRIPTOR *)given)->Control & SE_SELF_RELATIVE)) return STATUS_BAD_DESCRIPTOR_FORMAT;
    size = RtlLengthSecurityDescriptor(given);
    if (!(block = guise_alloc(sizeof(*block) + size))) return STATUS_INSUFFICIENT_RESOURCES;
    if ((status = RtlMakeSelfRelativeSD(given, block + 1, &size)))
    {
        guise_free(block);
        return status;
    }
    block->references = references;
    *shared = block + 1;
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           ObReferenceSecurityDescriptor (NTOSKRNL.@)
 *
 * More references on a shared descriptor.
 */
VOID ObReferenceSecurityDescriptor(PSECURITY_DESCRIPTOR shared, ULONG count)
{
    atomic_fetch_add_explicit(&shared_of(shared)->references, count, memory_order_relaxed);
}

/***********************************************************************
 *           ObDereferenceSecurityDescriptor (NTOSKRNL.@)
 *
 * Fewer; with the last one it goes.
 */
VOID ObDereferenceSecurityDescriptor(PSECURITY_DESCRIPTOR shared, ULONG count)
{
    if (atomic_fetch_sub_explicit(&shared_of(shared)->references, count, memory_order_acq_rel) == count)
        guise_free(shared_of(shared));
}

/***********************************************************************
 *           ObSetSecurityDescriptorInfo (NTOSKRNL.@)
 *
 * SeSetSecurityDescriptorInfo for *DESCRIPTOR that is shared, of which the caller holds a reference: the new one is shared, too,
 * and the reference on the old one is gone. Its statuses; STATUS_INSUFFICIENT_RESOURCES. On failure nothing changes.
 */
NTSTATUS ObSetSecurityDescriptorInfo(PVOID object, PSECURITY_INFORMATION information, PSECURITY_DESCRIPTOR given,
                                     PSECURITY_DESCRIPTOR *descriptor, POOL_TYPE pool, PGENERIC_MAPPING mapping)
{
    PSECURITY_DESCRIPTOR made = *descriptor, shared;
    NTSTATUS status = SeSetSecurityDescriptorInfo(object, information, given, &made, pool, mapping);

    if (status) return status;
    status = ObLogSecurityDescriptor(made, &shared, 1);
    ExFreePool(made);
    if (status) return status;
    ObDereferenceSecurityDescriptor(*descriptor, 1);
    *descriptor = shared;
    return STATUS_SUCCESS;
}

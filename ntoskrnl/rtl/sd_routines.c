/*
 * The Rtl routines that make, validate, read and change security descriptors in place.
 *
 * A setter takes absolute descriptors only and stores the caller's pointer; a getter gives pointers into the descriptor.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/rtl/sd.h"

#define CONTROL_BITS_TO_SET \
    (SE_DACL_AUTO_INHERIT_REQ | SE_SACL_AUTO_INHERIT_REQ | SE_DACL_AUTO_INHERITED | SE_SACL_AUTO_INHERITED | \
     SE_DACL_PROTECTED | SE_SACL_PROTECTED)

/***********************************************************************
 *           RtlCreateSecurityDescriptor (NTOSKRNL.@)
 *
 * An absolute one without parts. STATUS_UNKNOWN_REVISION.
 */
NTSTATUS RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, ULONG revision)
{
    if (revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
    *(SECURITY_DESCRIPTOR *)descriptor = (SECURITY_DESCRIPTOR){.Revision = SECURITY_DESCRIPTOR_REVISION};
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlCreateSecurityDescriptorRelative (NTOSKRNL.@)
 */
NTSTATUS RtlCreateSecurityDescriptorRelative(PISECURITY_DESCRIPTOR_RELATIVE descriptor, ULONG revision)
{
    if (revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
    *descriptor =
        (SECURITY_DESCRIPTOR_RELATIVE){.Revision = SECURITY_DESCRIPTOR_REVISION, .Control = SE_SELF_RELATIVE};
    return STATUS_SUCCESS;
}

/* ---- validating -------------------------------------------------------------------------------------------------- */

/***********************************************************************
 *           RtlValidSecurityDescriptor (NTOSKRNL.@)
 */
BOOLEAN RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor)
{
    struct sd sd;

    return !sd_read(descriptor, &sd);
}

/***********************************************************************
 *           RtlValidRelativeSecurityDescriptor (NTOSKRNL.@)
 *
 * For bytes that came from elsewhere: self-relative, whole inside LENGTH, and with all that REQUIRED names.
 */
BOOLEAN RtlValidRelativeSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, ULONG length, SECURITY_INFORMATION required)
{
    struct sd sd;

    if (sd_read_bytes(descriptor, length, &sd)) return FALSE;
    if (required & OWNER_SECURITY_INFORMATION && !sd.owner) return FALSE;
    if (required & GROUP_SECURITY_INFORMATION && !sd.group) return FALSE;
    if (required & DACL_SECURITY_INFORMATION && !(sd.control & SE_DACL_PRESENT)) return FALSE;
    return !(required & SACL_SECURITY_INFORMATION) || sd.control & SE_SACL_PRESENT;
}

/***********************************************************************
 *           SeValidSecurityDescriptor (NTOSKRNL.@)
 *
 * The same with an owner, which is required (K3.8.1).
 */
BOOLEAN SeValidSecurityDescriptor(ULONG length, PSECURITY_DESCRIPTOR descriptor)
{
    return RtlValidRelativeSecurityDescriptor(descriptor, length, OWNER_SECURITY_INFORMATION);
}

/***********************************************************************
 *           RtlLengthSecurityDescriptor (NTOSKRNL.@)
 *
 * What its header and parts take, each part in whole ULONGs. 0 for one that is not valid.
 */
ULONG RtlLengthSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor)
{
    size_t size;
    struct sd sd;

    if (sd_read(descriptor, &sd)) return 0;
    size = sd_relative_size(&sd);
    if (!sd_is_relative(descriptor)) size += sizeof(SECURITY_DESCRIPTOR) - sizeof(SECURITY_DESCRIPTOR_RELATIVE);
    return (ULONG)size;
}

/* ---- control ----------------------------------------------------------------------------------------------------- */

static WORD *control_of(PSECURITY_DESCRIPTOR descriptor)
{
    return &((SECURITY_DESCRIPTOR_RELATIVE *)descriptor)->Control; /* at the same place in both forms */
}

static NTSTATUS check_revision(PSECURITY_DESCRIPTOR descriptor)
{
    BYTE revision = ((SECURITY_DESCRIPTOR_RELATIVE *)descriptor)->Revision;

    return revision == SECURITY_DESCRIPTOR_REVISION ? STATUS_SUCCESS : STATUS_UNKNOWN_REVISION;
}

/* Whether a pointer may be stored in it. */
static NTSTATUS check_absolute(PSECURITY_DESCRIPTOR descriptor)
{
    NTSTATUS status = check_revision(descriptor);

    return status ? status : sd_is_relative(descriptor) ? STATUS_INVALID_SECURITY_DESCR : STATUS_SUCCESS;
}

static void set_bits(PSECURITY_DESCRIPTOR descriptor, WORD bits, WORD values)
{
    WORD *control = control_of(descriptor);

    *control = (WORD)((*control & ~bits) | values);
}

/***********************************************************************
 *           RtlGetControlSecurityDescriptor (NTOSKRNL.@)
 *
 * STATUS_UNKNOWN_REVISION; REVISION is then stored all the same.
 */
NTSTATUS RtlGetControlSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, PSECURITY_DESCRIPTOR_CONTROL control,
                                         PULONG revision)
{
    *revision = ((SECURITY_DESCRIPTOR_RELATIVE *)descriptor)->Revision;
    if (*revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
    *control = *control_of(descriptor);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlSetControlSecurityDescriptor (NTOSKRNL.@)
 *
 * Of the bits, those about inheritance and protection alone. STATUS_INVALID_PARAMETER: others, or a value outside INTEREST.
 */
NTSTATUS RtlSetControlSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, SECURITY_DESCRIPTOR_CONTROL interest,
                                         SECURITY_DESCRIPTOR_CONTROL values)
{
    NTSTATUS status = check_revision(descriptor);

    if (status) return status;
    if (interest & ~CONTROL_BITS_TO_SET || values & ~interest) return STATUS_INVALID_PARAMETER;
    set_bits(descriptor, interest, values);
    return STATUS_SUCCESS;
}

/* ---- owner and group --------------------------------------------------------------------------------------------- */

/* Where a part of a descriptor of either form lies, told by its offset or its pointer. */
static PVOID locate(PSECURITY_DESCRIPTOR descriptor, ULONG offset, PVOID pointer)
{
    if (!sd_is_relative(descriptor)) return pointer;
    return offset ? (UCHAR *)descriptor + offset : NULL;
}

#define LOCATE(descriptor, member) \
    locate(descriptor, sd_is_relative(descriptor) ? ((SECURITY_DESCRIPTOR_RELATIVE *)(descriptor))->member : 0, \
           sd_is_relative(descriptor) ? NULL : ((SECURITY_DESCRIPTOR *)(descriptor))->member)

/***********************************************************************
 *           RtlGetOwnerSecurityDescriptor (NTOSKRNL.@)
 *
 * STATUS_UNKNOWN_REVISION.
 */
NTSTATUS RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, PSID *owner, PBOOLEAN defaulted)
{
    NTSTATUS status = check_revision(descriptor);

    if (status) return status;
    *owner = LOCATE(descriptor, Owner);
    *defaulted = (*control_of(descriptor) & SE_OWNER_DEFAULTED) != 0;
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlGetGroupSecurityDescriptor (NTOSKRNL.@)
 */
NTSTATUS RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, PSID *group, PBOOLEAN defaulted)
{
    NTSTATUS status = check_revision(descriptor);

    if (status) return status;
    *group = LOCATE(descriptor, Group);
    *defaulted = (*control_of(descriptor) & SE_GROUP_DEFAULTED) != 0;
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlSetOwnerSecurityDescriptor (NTOSKRNL.@)
 *
 * STATUS_UNKNOWN_REVISION. STATUS_INVALID_SECURITY_DESCR: it is self-relative.
 */
NTSTATUS RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, PSID owner, BOOLEAN defaulted)
{
    NTSTATUS status = check_absolute(descriptor);

    if (status) return status;
    ((SECURITY_DESCRIPTOR *)descriptor)->Owner = owner;
    set_bits(descriptor, SE_OWNER_DEFAULTED, defaulted ? SE_OWNER_DEFAULTED : 0);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlSetGroupSecurityDescriptor (NTOSKRNL.@)
 */
NTSTATUS RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, PSID group, BOOLEAN defaulted)
{
    NTSTATUS status = check_absolute(descriptor);

    if (status) return status;
    ((SECURITY_DESCRIPTOR *)descriptor)->Group = group;
    set_bits(descriptor, SE_GROUP_DEFAULTED, defaulted ? SE_GROUP_DEFAULTED : 0);
    return STATUS_SUCCESS;
}

/* ---- ACLs -------------------------------------------------------------------------------------------------------- */

/* What the two getters of ACLs have in common; ACL and DEFAULTED are written only if there is one. */
static void get_acl(PSECURITY_DESCRIPTOR descriptor, WORD present_bit, WORD defaulted_bit, PVOID place,
                    PBOOLEAN present, PACL *acl, PBOOLEAN defaulted)
{
    WORD control = *control_of(descriptor);

    *present = (control & present_bit) != 0;
    if (!*present) return;
    *acl = place;
    *defaulted = (control & defaulted_bit) != 0;
}

/***********************************************************************
 *           RtlGetDaclSecurityDescriptor (NTOSKRNL.@)
 *
 * Without a DACL only PRESENT is written. STATUS_UNKNOWN_REVISION.
 */
NTSTATUS RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, PBOOLEAN present, PACL *dacl, PBOOLEAN defaulted)
{
    NTSTATUS status = check_revision(descriptor);

    if (!status)
        get_acl(descriptor, SE_DACL_PRESENT, SE_DACL_DEFAULTED, LOCATE(descriptor, Dacl), present, dacl, defaulted);
    return status;
}

/***********************************************************************
 *           RtlGetSaclSecurityDescriptor (NTOSKRNL.@)
 */
NTSTATUS RtlGetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, PBOOLEAN present, PACL *sacl, PBOOLEAN defaulted)
{
    NTSTATUS status = check_revision(descriptor);

    if (!status)
        get_acl(descriptor, SE_SACL_PRESENT, SE_SACL_DEFAULTED, LOCATE(descriptor, Sacl), present, sacl, defaulted);
    return status;
}

/***********************************************************************
 *           RtlSetDaclSecurityDescriptor (NTOSKRNL.@)
 *
 * PRESENT and a NULL DACL grant everything; not PRESENT takes the DACL away.
 * STATUS_UNKNOWN_REVISION. STATUS_INVALID_SECURITY_DESCR: it is self-relative.
 */
NTSTATUS RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, BOOLEAN present, PACL dacl, BOOLEAN defaulted)
{
    NTSTATUS status = check_absolute(descriptor);

    if (status) return status;
    ((SECURITY_DESCRIPTOR *)descriptor)->Dacl = present ? dacl : NULL;
    set_bits(descriptor, SE_DACL_PRESENT | SE_DACL_DEFAULTED,
             present ? SE_DACL_PRESENT | (defaulted ? SE_DACL_DEFAULTED : 0) : 0);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlSetSaclSecurityDescriptor (NTOSKRNL.@)
 */
NTSTATUS RtlSetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, BOOLEAN present, PACL sacl, BOOLEAN defaulted)
{
    NTSTATUS status = check_absolute(descriptor);

    if (status) return status;
    ((SECURITY_DESCRIPTOR *)descriptor)->Sacl = present ? sacl : NULL;
    set_bits(descriptor, SE_SACL_PRESENT | SE_SACL_DEFAULTED,
             present ? SE_SACL_PRESENT | (defaulted ? SE_SACL_DEFAULTED : 0) : 0);
    return STATUS_SUCCESS;
}

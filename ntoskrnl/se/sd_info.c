/*
 * Parts of an object's descriptor: asked for, and replaced (K3.8.2 to K3.8.4).
 *
 * A SACL holds four kinds of information, each with a SECURITY_INFORMATION bit of its own: what is audited, the mandatory
 * label, resource attributes, and central policies.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/se/sd_info.h"
#include "ntoskrnl/rtl/inherit.h"
#include "ntoskrnl/se/label.h"
#include "ntoskrnl/se/owner.h"

#define SACL_PARTS \
    (SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION | ATTRIBUTE_SECURITY_INFORMATION | \
     SCOPE_SECURITY_INFORMATION)
#define ALL_PARTS (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | SACL_PARTS)
#define DACL_CONTROL \
    (SE_DACL_PRESENT | SE_DACL_DEFAULTED | SE_DACL_AUTO_INHERIT_REQ | SE_DACL_AUTO_INHERITED | SE_DACL_PROTECTED)
#define SACL_CONTROL \
    (SE_SACL_PRESENT | SE_SACL_DEFAULTED | SE_SACL_AUTO_INHERIT_REQ | SE_SACL_AUTO_INHERITED | SE_SACL_PROTECTED)

/* Which kind of information an ACE of a SACL is. */
static SECURITY_INFORMATION sacl_part_of(const ACE_HEADER *ace)
{
    switch (ace->AceType)
    {
    case SYSTEM_MANDATORY_LABEL_ACE_TYPE: return LABEL_SECURITY_INFORMATION;
    case SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE: return ATTRIBUTE_SECURITY_INFORMATION;
    case SYSTEM_SCOPED_POLICY_ID_ACE_TYPE: return SCOPE_SECURITY_INFORMATION;
    default: return SACL_SECURITY_INFORMATION;
    }
}

SECURITY_INFORMATION sd_information(SECURITY_INFORMATION information)
{
    return information & BACKUP_SECURITY_INFORMATION ? information | ALL_PARTS : information;
}

ACCESS_MASK sd_query_access(SECURITY_INFORMATION information)
{
    ACCESS_MASK access = 0;

    information = sd_information(information);
    if (information & (ALL_PARTS & ~(SACL_SECURITY_INFORMATION | SCOPE_SECURITY_INFORMATION))) access |= READ_CONTROL;
    if (information & (SACL_SECURITY_INFORMATION | SCOPE_SECURITY_INFORMATION)) access |= ACCESS_SYSTEM_SECURITY;
    return access;
}

ACCESS_MASK sd_set_access(SECURITY_INFORMATION information)
{
    const SECURITY_INFORMATION owner =
        OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION;
    const SECURITY_INFORMATION dacl = DACL_SECURITY_INFORMATION | ATTRIBUTE_SECURITY_INFORMATION |
                                      PROTECTED_DACL_SECURITY_INFORMATION | UNPROTECTED_DACL_SECURITY_INFORMATION;
    const SECURITY_INFORMATION sacl = SACL_SECURITY_INFORMATION | SCOPE_SECURITY_INFORMATION |
                                      PROTECTED_SACL_SECURITY_INFORMATION | UNPROTECTED_SACL_SECURITY_INFORMATION;
    ACCESS_MASK access = 0;

    information = sd_information(information);
    if (information & owner) access |= WRITE_OWNER;
    if (information & dacl) access |= WRITE_DAC;
    if (information & sacl) access |= ACCESS_SYSTEM_SECURITY;
    return access;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

/* Those ACEs of a SACL that PARTS names. */
struct sacl_selection
{
    const ACL *sacl;
    SECURITY_INFORMATION parts;
};

static void append_selected(struct acl_writer *writer, const struct sacl_selection *selection)
{
    const ACE_HEADER *ace;
    unsigned int i;

    if (!selection->sacl) return;
    for (i = 0, ace = acl_first(selection->sacl); i < selection->sacl->AceCount; i++, ace = ace_after(ace))
        if (selection->parts & sacl_part_of(ace)) acl_append(writer, ace);
}

static void make_selected(struct acl_writer *writer, const void *context)
{
    const struct sacl_selection *selection = context;

    writer->revision = selection->sacl->AclRevision;
    append_selected(writer, selection);
}

/* SD reduced to PARTS; *SACL is what it needs of new memory, freed with guise_free. */
static NTSTATUS select_parts(const struct sd *sd, SECURITY_INFORMATION parts, struct sd *selected, ACL **sacl)
{
    WORD control = 0;
    NTSTATUS status;

    *sacl = NULL;
    *selected = (struct sd){.rm_control = sd->rm_control};
    if (parts & OWNER_SECURITY_INFORMATION) selected->owner = sd->owner, control |= SE_OWNER_DEFAULTED;
    if (parts & GROUP_SECURITY_INFORMATION) selected->group = sd->group, control |= SE_GROUP_DEFAULTED;
    if (parts & DACL_SECURITY_INFORMATION) selected->dacl = sd->dacl, control |= DACL_CONTROL;
    if (parts & SACL_PARTS)
    {
        control |= SACL_CONTROL;
        if (sd->sacl && (parts & SACL_PARTS) != SACL_PARTS)
        {
            const struct sacl_selection selection = {sd->sacl, parts};

            if ((status = acl_build(make_selected, &selection, sacl))) return status;
            selected->sacl = *sacl;
        }
        else
            selected->sacl = sd->sacl;
    }
    selected->control = sd->control & (control | SE_RM_CONTROL_VALID);
    return STATUS_SUCCESS;
}

NTSTATUS sd_query(const struct sd *sd, SECURITY_INFORMATION information, PSECURITY_DESCRIPTOR descriptor, PULONG length)
{
    ULONG room = *length;
    struct sd selected;
    NTSTATUS status;
    ACL *sacl;

    if ((status = select_parts(sd, sd_information(information), &selected, &sacl))) return status;
    *length = (ULONG)sd_relative_size(&selected);
    if (*length > room)
        status = STATUS_BUFFER_TOO_SMALL;
    else
        sd_write(&selected, descriptor);
    guise_free(sacl);
    return status;
}

/***********************************************************************
 *           SeQuerySecurityDescriptorInfo (NTOSKRNL.@)
 *
 * The parts of an object's descriptor that INFORMATION names, self-relative. STATUS_BUFFER_TOO_SMALL: nothing is copied,
 * LENGTH receives what is needed. An object without one has a descriptor without parts.
 */
NTSTATUS SeQuerySecurityDescriptorInfo(PSECURITY_INFORMATION information, PSECURITY_DESCRIPTOR descriptor,
                                       PULONG length, PSECURITY_DESCRIPTOR *objects_descriptor)
{
    struct sd sd = {0};
    NTSTATUS status = *objects_descriptor ? sd_read(*objects_descriptor, &sd) : STATUS_SUCCESS;

    return status ? status : sd_query(&sd, *information, descriptor, length);
}

/* ---- setting ----------------------------------------------------------------------------------------------------- */

/* A DACL that is to take the place of another. */
struct dacl_change
{
    const ACL *given, *current;
    WORD given_control, current_control;
    bool auto_inherit;
    const struct acl_object *object;
};

static void make_dacl(struct acl_writer *writer, const void *context)
{
    const struct dacl_change *change = context;

    /* K3.8.4 */
    if (change->auto_inherit && change->given_control & SE_DACL_PROTECTED)
        acl_apply(writer, change->given, change->object, ACES_ALL, INHERITED_ACE);
    else if (!change->auto_inherit || change->current_control & SE_DACL_PROTECTED)
        acl_apply(writer, change->given, change->object, ACES_ALL, 0);
    else
    {
        acl_apply(writer, change->given, change->object, ACES_EXPLICIT, 0);
        if (change->current) acl_copy(writer, change->current, ACES_INHERITED, 0);
    }
}

/* The ACEs of a SACL that are named come from the one given, the others stay. */
struct sacl_change
{
    struct sacl_selection given, kept;
    bool auto_inherit, given_protected, current_protected;
    const struct acl_object *object;
};

static void make_sacl(struct acl_writer *writer, const void *context)
{
    const struct sacl_change *change = context;
    const ACL *given = change->given.sacl, *current = change->kept.sacl;
    bool merge = change->auto_inherit && !change->given_protected && !change->current_protected;
    const ACE_HEADER *ace;
    unsigned int i;

    if (given && given->AclRevision > writer->revision) writer->revision = given->AclRevision;
    if (current && current->AclRevision > writer->revision) writer->revision = current->AclRevision;
    for (i = 0, ace = given ? acl_first(given) : NULL; given && i < given->AceCount; i++, ace = ace_after(ace))
        if (change->given.parts & sacl_part_of(ace) && !(merge && ace->AceFlags & INHERITED_ACE))
            acl_apply_ace(writer, ace, change->object,
                          change->auto_inherit && change->given_protected ? INHERITED_ACE : 0);
    for (i = 0, ace = current ? acl_first(current) : NULL; current && i < current->AceCount; i++, ace = ace_after(ace))
        if (change->kept.parts & sacl_part_of(ace) || (merge && ace->AceFlags & INHERITED_ACE)) acl_append(writer, ace);
}

/* The control bits of one ACL after a change: those given, and what the caller says of protection. */
static void set_control(struct sd *sd, WORD bits, WORD given, bool protect, WORD protected_bit, bool unprotect,
                        WORD inherited)
{
    sd->control = (WORD)((sd->control & ~bits) | (given & bits) | inherited);
    if (protect) sd->control |= protected_bit;
    if (unprotect) sd->control &= ~protected_bit;
}

static NTSTATUS change_dacl(const struct sd *given, SECURITY_INFORMATION information, ULONG flags,
                            const struct acl_object *object, struct sd *sd, ACL **dacl)
{
    const struct dacl_change change = {given->dacl,         sd->dacl, given->control, sd->control,
                                       flags & SEF_DACL_AUTO_INHERIT, object};
    NTSTATUS status;

    if (information & DACL_SECURITY_INFORMATION)
    {
        if (given->dacl && (status = acl_build(make_dacl, &change, dacl))) return status;
        sd->dacl = *dacl;
        set_control(sd, DACL_CONTROL & ~SE_DACL_AUTO_INHERIT_REQ, given->control, false, 0, false,
                    change.auto_inherit ? SE_DACL_AUTO_INHERITED : 0);
    }
    set_control(sd, 0, 0, information & PROTECTED_DACL_SECURITY_INFORMATION, SE_DACL_PROTECTED,
                information & UNPROTECTED_DACL_SECURITY_INFORMATION, 0);
    return STATUS_SUCCESS;
}

static NTSTATUS change_sacl(const struct sd *given, SECURITY_INFORMATION information, ULONG flags,
                            const struct acl_object *object, struct sd *sd, ACL **sacl)
{
    SECURITY_INFORMATION parts = information & SACL_PARTS;
    const struct sacl_change change = {{given->sacl, parts},
                                       {sd->sacl, SACL_PARTS & ~parts},
                                       flags & SEF_SACL_AUTO_INHERIT,
                                       given->control & SE_SACL_PROTECTED,
                                       sd->control & SE_SACL_PROTECTED,
                                       object};
    NTSTATUS status;

    if (parts)
    {
        if ((status = acl_build(make_sacl, &change, sacl))) return status;
        if (parts & SACL_SECURITY_INFORMATION)
            set_control(sd, SACL_CONTROL & ~SE_SACL_AUTO_INHERIT_REQ, given->control, false, 0, false,
                        change.auto_inherit ? SE_SACL_AUTO_INHERITED : 0);
        sd->sacl = (*sacl)->AceCount || given->sacl ? *sacl : NULL;
        if (sd->sacl) sd->control |= SE_SACL_PRESENT;
    }
    set_control(sd, 0, 0, information & PROTECTED_SACL_SECURITY_INFORMATION, SE_SACL_PROTECTED,
                information & UNPROTECTED_SACL_SECURITY_INFORMATION, 0);
    return STATUS_SUCCESS;
}

static NTSTATUS change_owner(const struct sd *given, SECURITY_INFORMATION information, ULONG flags, struct token *caller,
                             struct sd *sd)
{
    if (!caller) return STATUS_NO_MEMORY; /* there was none for the primary token */
    if (information & OWNER_SECURITY_INFORMATION)
    {
        if (!given->owner) return STATUS_INVALID_OWNER;
        if (!(flags & SEF_AVOID_OWNER_CHECK) && !token_may_assign_owner(caller, given->owner))
            return STATUS_INVALID_OWNER;
        sd->owner = given->owner;
        sd->control &= ~SE_OWNER_DEFAULTED;
    }
    if (information & GROUP_SECURITY_INFORMATION)
    {
        if (!given->group) return STATUS_INVALID_PRIMARY_GROUP;
        sd->group = given->group;
        sd->control &= ~SE_GROUP_DEFAULTED;
    }
    return STATUS_SUCCESS;
}

/* Nobody gives an object a label above his own without SeRelabelPrivilege (win32 mandatory-integrity-control). */
static NTSTATUS check_label(const struct sd *given, SECURITY_INFORMATION information, struct token *caller)
{
    const ACE_HEADER *ace;
    unsigned int i;

    if (!(information & LABEL_SECURITY_INFORMATION) || !given->sacl) return STATUS_SUCCESS;
    if (token_privilege_enabled(caller, SE_RELABEL_PRIVILEGE)) return STATUS_SUCCESS;
    for (i = 0, ace = acl_first(given->sacl); i < given->sacl->AceCount; i++, ace = ace_after(ace))
        if (sacl_part_of(ace) == LABEL_SECURITY_INFORMATION && label_integrity(ace_sid(ace)) > token_integrity(caller))
            return STATUS_PRIVILEGE_NOT_HELD;
    return STATUS_SUCCESS;
}

NTSTATUS sd_change(const struct sd *current, const struct sd *given, SECURITY_INFORMATION information, ULONG flags,
                   struct token *caller, const GENERIC_MAPPING *mapping, bool container, struct sd_changed *changed)
{
    struct acl_object object = {.mapping = mapping, .container = container};
    NTSTATUS status;

    *changed = (struct sd_changed){.sd = *current};
    information = sd_information(information);
    if ((status = change_owner(given, information, flags, caller, &changed->sd)) ||
        (status = check_label(given, information, caller)))
        return status;
    object.owner = changed->sd.owner;
    object.group = changed->sd.group;
    if ((status = change_dacl(given, information, flags, &object, &changed->sd, &changed->dacl)) ||
        (status = change_sacl(given, information, flags, &object, &changed->sd, &changed->sacl)))
        sd_changed_free(changed);
    return status;
}

void sd_changed_free(struct sd_changed *changed)
{
    guise_free(changed->dacl);
    guise_free(changed->sacl);
    changed->dacl = changed->sacl = NULL;
}

/***********************************************************************
 *           SeSetSecurityDescriptorInfoEx (NTOSKRNL.@)
 *
 * Replaces parts of an object's descriptor: *OBJECTS_DESCRIPTOR becomes a new one in pool memory, and the one before is the
 * caller's to free. FLAGS are SEF_DACL_AUTO_INHERIT, SEF_SACL_AUTO_INHERIT, SEF_AVOID_OWNER_CHECK; POOL does not count, OBJECT
 * is not looked at. Who may do this the caller has checked, but the owner must be one that the calling thread may assign.
 * STATUS_NO_SECURITY_ON_OBJECT; STATUS_BAD_DESCRIPTOR_FORMAT: the object's is not self-relative (K3.8.3).
 * STATUS_INVALID_OWNER; STATUS_INVALID_PRIMARY_GROUP; STATUS_NO_MEMORY; statuses of an invalid descriptor.
 */
NTSTATUS SeSetSecurityDescriptorInfoEx(PVOID object, PSECURITY_INFORMATION information,
                                       PSECURITY_DESCRIPTOR modification, PSECURITY_DESCRIPTOR *objects_descriptor,
                                       ULONG flags, POOL_TYPE pool, PGENERIC_MAPPING mapping)
{
    SECURITY_SUBJECT_CONTEXT subject;
    struct sd current, given;
    struct sd_changed changed;
    PSECURITY_DESCRIPTOR made;
    NTSTATUS status;

    (void)object;
    (void)pool;
    if (!*objects_descriptor) return STATUS_NO_SECURITY_ON_OBJECT;
    if (!sd_is_relative(*objects_descriptor)) return STATUS_BAD_DESCRIPTOR_FORMAT;
    if ((status = sd_read(*objects_descriptor, &current)) || (status = sd_read(modification, &given))) return status;
    SeCaptureSubjectContext(&subject);
    status = sd_change(&current, &given, *information, flags, SeQuerySubjectContextToken(&subject), mapping, true,
                       &changed);
    SeReleaseSubjectContext(&subject);
    if (status) return status;
    made = sd_make(&changed.sd);
    sd_changed_free(&changed);
    if (!made) return STATUS_NO_MEMORY;
    *objects_descriptor = made;
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           SeSetSecurityDescriptorInfo (NTOSKRNL.@)
 */
NTSTATUS SeSetSecurityDescriptorInfo(PVOID object, PSECURITY_INFORMATION information, PSECURITY_DESCRIPTOR modification,
                                     PSECURITY_DESCRIPTOR *objects_descriptor, POOL_TYPE pool,
                                     PGENERIC_MAPPING mapping)
{
    return SeSetSecurityDescriptorInfoEx(object, information, modification, objects_descriptor, 0, pool, mapping);
}

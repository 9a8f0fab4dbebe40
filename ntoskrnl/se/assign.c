/*
 * The security descriptor of a new object (MS-DTYP 2.5.3.4, kernel facts K3.8.5 to K3.8.8).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/rtl/inherit.h"
#include "ntoskrnl/se/owner.h"

/* Everything that a new object's descriptor is made from. */
struct assignment
{
    struct sd parent, explicit; /* without parts if there is none */
    struct token *token;        /* the effective one */
    struct object_security *defaults;
    struct acl_object object;
    ULONG flags; /* SEF_* */
};

/* One of its ACLs. */
struct acl_assignment
{
    const ACL *explicit, *parent;
    const struct acl_object *object;
    bool auto_inherit;
};

/* ---- owner and group --------------------------------------------------------------------------------------------- */

static NTSTATUS choose_owner(struct assignment *new)
{
    if (new->explicit.owner)
    {
        new->object.owner = new->explicit.owner;
        if (new->flags & SEF_AVOID_OWNER_CHECK || token_may_assign_owner(new->token, new->object.owner))
            return STATUS_SUCCESS;
        return STATUS_INVALID_OWNER;
    }
    new->object.owner = new->flags & SEF_DEFAULT_OWNER_FROM_PARENT ? new->parent.owner : new->defaults->sd.owner;
    return new->object.owner ? STATUS_SUCCESS : STATUS_INVALID_OWNER;
}

static NTSTATUS choose_group(struct assignment *new)
{
    if (new->explicit.group)
        new->object.group = new->explicit.group;
    else
        new->object.group =
            new->flags & SEF_DEFAULT_GROUP_FROM_PARENT ? new->parent.group : token_primary_group(new->token);
    return new->object.group ? STATUS_SUCCESS : STATUS_INVALID_PRIMARY_GROUP;
}

/* ---- ACLs -------------------------------------------------------------------------------------------------------- */

static void make_inherited(struct acl_writer *writer, const void *context)
{
    const struct acl_assignment *new = context;

    acl_inherit(writer, new->parent, new->object, new->auto_inherit ? INHERITED_ACE : 0);
}

static void make_explicit(struct acl_writer *writer, const void *context)
{
    const struct acl_assignment *new = context;

    acl_apply(writer, new->explicit, new->object, ACES_ALL, 0);
}

/* A child that asks for inheritance has its own ACEs and then the parent's (DDI SeAssignSecurityEx). */
static void make_merged(struct acl_writer *writer, const void *context)
{
    const struct acl_assignment *new = context;

    acl_apply(writer, new->explicit, new->object, ACES_EXPLICIT, 0);
    if (new->parent) make_inherited(writer, context);
}

/* What the parent passes on, or NULL if that is nothing. */
static NTSTATUS inherited_acl(const struct acl_assignment *new, ACL **acl)
{
    NTSTATUS status;

    *acl = NULL;
    if (!new->parent || (status = acl_build(make_inherited, new, acl))) return new->parent ? status : STATUS_SUCCESS;
    if ((*acl)->AceCount) return STATUS_SUCCESS;
    guise_free(*acl);
    *acl = NULL;
    return STATUS_SUCCESS;
}

/*
 * K3.8.6: an explicit ACL that is no default wins; else what the parent passes on, else the explicit default. PRESENT tells
 * whether there is an ACL at all; *ACL NULL is then a NULL one.
 */
static NTSTATUS choose_acl(const struct acl_assignment *new, WORD control, WORD present_bit, WORD defaulted_bit,
                           WORD protected_bit, bool object_default, bool *present, ACL **acl)
{
    bool given = control & present_bit, defaulted = control & defaulted_bit || object_default;
    NTSTATUS status;

    *acl = NULL;
    *present = true;
    if (!given || defaulted)
    {
        if (!(given && control & protected_bit) && ((status = inherited_acl(new, acl)) || *acl)) return status;
        if (!given) *present = false;
    }
    if (!new->explicit) return STATUS_SUCCESS;
    return acl_build(new->auto_inherit && !defaulted && !(control & protected_bit) ? make_merged : make_explicit, new,
                     acl);
}

static NTSTATUS choose_dacl(const struct assignment *new, struct sd *sd, ACL **dacl)
{
    struct acl_assignment choice = {new->explicit.dacl, new->parent.dacl, &new->object,
                                    new->flags & SEF_DACL_AUTO_INHERIT};
    bool present;
    NTSTATUS status = choose_acl(&choice, new->explicit.control, SE_DACL_PRESENT, SE_DACL_DEFAULTED, SE_DACL_PROTECTED,
                                 new->flags & SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT, &present, dacl);

    if (!status && !present && (choice.explicit = new->defaults->sd.dacl))
    {
        present = true;
        status = acl_build(make_explicit, &choice, dacl);
    }
    if (status) return status;
    sd->dacl = *dacl;
    if (present) sd->control |= SE_DACL_PRESENT;
    if (choice.auto_inherit) sd->control |= SE_DACL_AUTO_INHERITED;
    sd->control |= new->explicit.control & SE_DACL_PROTECTED;
    return STATUS_SUCCESS;
}

static NTSTATUS choose_sacl(const struct assignment *new, struct sd *sd, ACL **sacl)
{
    const struct acl_assignment choice = {new->explicit.sacl, new->parent.sacl, &new->object,
                                          new->flags & SEF_SACL_AUTO_INHERIT};
    bool present;
    NTSTATUS status = choose_acl(&choice, new->explicit.control, SE_SACL_PRESENT, SE_SACL_DEFAULTED, SE_SACL_PROTECTED,
                                 new->flags & SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT, &present, sacl);

    if (status) return status;
    sd->sacl = *sacl;
    if (present) sd->control |= SE_SACL_PRESENT;
    if (choice.auto_inherit) sd->control |= SE_SACL_AUTO_INHERITED;
    sd->control |= new->explicit.control & SE_SACL_PROTECTED;
    return STATUS_SUCCESS;
}

/* Who may say what is audited (K3.8.5). */
static NTSTATUS check_sacl_privilege(const struct assignment *new)
{
    if (!(new->explicit.control & SE_SACL_PRESENT) || new->flags & SEF_AVOID_PRIVILEGE_CHECK) return STATUS_SUCCESS;
    return token_privilege_enabled(new->token, SE_SECURITY_PRIVILEGE) ? STATUS_SUCCESS : STATUS_PRIVILEGE_NOT_HELD;
}

static NTSTATUS assign(struct assignment *new, PSECURITY_DESCRIPTOR *descriptor)
{
    struct sd sd = {.control = new->explicit.control & SE_RM_CONTROL_VALID, .rm_control = new->explicit.rm_control};
    ACL *dacl = NULL, *sacl = NULL;
    NTSTATUS status;

    if ((status = choose_owner(new)) || (status = choose_group(new)) || (status = check_sacl_privilege(new)))
        return status;
    sd.owner = new->object.owner;
    sd.group = new->object.group;
    if (!(status = choose_dacl(new, &sd, &dacl)) && !(status = choose_sacl(new, &sd, &sacl)))
        if (!(*descriptor = sd_make(&sd))) status = STATUS_NO_MEMORY;
    guise_free(dacl);
    guise_free(sacl);
    return status;
}

/***********************************************************************
 *           SeAssignSecurityEx (NTOSKRNL.@)
 *
 * A new self-relative descriptor in pool memory, freed with SeDeassignSecurity. PARENT and EXPLICIT may be NULL; FLAGS
 * are SEF_*; POOL does not count. STATUS_NO_TOKEN: no SUBJECT. STATUS_INVALID_OWNER: the subject may not give the object
 * to that owner, or the parent whose owner is wanted has none. STATUS_INVALID_PRIMARY_GROUP: likewise.
 * STATUS_PRIVILEGE_NOT_HELD: an explicit SACL needs SeSecurityPrivilege. STATUS_NO_MEMORY; statuses of an invalid descriptor.
 * *DESCRIPTOR is NULL after a failure.
 */
NTSTATUS SeAssignSecurityEx(PSECURITY_DESCRIPTOR parent, PSECURITY_DESCRIPTOR explicit,
                            PSECURITY_DESCRIPTOR *descriptor, GUID *object_type, BOOLEAN is_directory, ULONG flags,
                            PSECURITY_SUBJECT_CONTEXT subject, PGENERIC_MAPPING mapping, POOL_TYPE pool)
{
    struct assignment new = {.flags = flags, .object = {.mapping = mapping, .type = object_type, .container = is_directory}};
    NTSTATUS status;

    (void)pool;
    *descriptor = NULL;
    if (!subject) return STATUS_NO_TOKEN;
    if (parent && (status = sd_read(parent, &new.parent))) return status;
    if (explicit && (status = sd_read(explicit, &new.explicit))) return status;
    if (!(new.token = SeQuerySubjectContextToken(subject))) return STATUS_NO_MEMORY;
    new.defaults = token_default_security(new.token);
    status = assign(&new, descriptor);
    object_security_release(new.defaults);
    return status;
}

/***********************************************************************
 *           SeAssignSecurity (NTOSKRNL.@)
 */
NTSTATUS SeAssignSecurity(PSECURITY_DESCRIPTOR parent, PSECURITY_DESCRIPTOR explicit, PSECURITY_DESCRIPTOR *descriptor,
                          BOOLEAN is_directory, PSECURITY_SUBJECT_CONTEXT subject, PGENERIC_MAPPING mapping,
                          POOL_TYPE pool)
{
    return SeAssignSecurityEx(parent, explicit, descriptor, NULL, is_directory, 0, subject, mapping, pool);
}

/***********************************************************************
 *           SeDeassignSecurity (NTOSKRNL.@)
 *
 * Frees a descriptor that one of the two made and clears the pointer, which may be NULL already (K3.8.8).
 */
NTSTATUS SeDeassignSecurity(PSECURITY_DESCRIPTOR *descriptor)
{
    guise_free(*descriptor);
    *descriptor = NULL;
    return STATUS_SUCCESS;
}

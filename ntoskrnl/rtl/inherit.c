/*
 * What becomes of ACEs on a new or changed object.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/rtl/inherit.h"
#include "ntoskrnl/se/token.h"

#define INHERITABLE (OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE)
#define GENERIC_RIGHTS (GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL)

static const SID sid_creator_owner = {SID_REVISION, 1, {SECURITY_CREATOR_SID_AUTHORITY}, {SECURITY_CREATOR_OWNER_RID}};
static const SID sid_creator_group = {SID_REVISION, 1, {SECURITY_CREATOR_SID_AUTHORITY}, {SECURITY_CREATOR_GROUP_RID}};

/* ---- writing ACEs ------------------------------------------------------------------------------------------------ */

/* Room for an ACE of SIZE bytes; NULL while measuring. */
static UCHAR *reserve(struct acl_writer *writer, size_t size)
{
    UCHAR *place;

    if (!writer->size) writer->size = sizeof(ACL);
    place = writer->acl ? (UCHAR *)writer->acl + writer->size : NULL;
    writer->size += size;
    writer->count++;
    return place;
}

/* An ACE with other flags, MASK and, where it stands for a creator, SID. */
static void append_changed(struct acl_writer *writer, const ACE_HEADER *ace, UCHAR flags, ACCESS_MASK mask,
                           const SID *sid)
{
    const SID *old = ace_sid(ace);
    size_t head = (const UCHAR *)old - (const UCHAR *)ace, tail_size;
    const UCHAR *tail = ace_application_data(ace, &tail_size);
    size_t size = head + sid_length(sid) + tail_size;
    UCHAR *place = reserve(writer, size);

    if (!place) return;
    memcpy(place, ace, head);
    memcpy(place + head, sid, sid_length(sid));
    memcpy(place + head + sid_length(sid), tail, tail_size);
    ((ACE_HEADER *)place)->AceFlags = flags;
    ((ACE_HEADER *)place)->AceSize = (WORD)size;
    ((ACCESS_ALLOWED_ACE *)place)->Mask = mask;
}

static void append_with_flags(struct acl_writer *writer, const ACE_HEADER *ace, UCHAR flags)
{
    UCHAR *place = reserve(writer, ace->AceSize);

    if (!place) return;
    memcpy(place, ace, ace->AceSize);
    ((ACE_HEADER *)place)->AceFlags = flags;
}

void acl_append(struct acl_writer *writer, const ACE_HEADER *ace)
{
    append_with_flags(writer, ace, ace->AceFlags);
}

/* An ACL keeps the highest revision that one of its sources needs. */
static void note_revision(struct acl_writer *writer, const ACL *acl)
{
    if (acl->AclRevision > writer->revision) writer->revision = acl->AclRevision;
}

/* ---- one ACE in effect ------------------------------------------------------------------------------------------- */

/* Whom an ACE is about on OBJECT: its creators are the object's owner and group. */
static const SID *effective_sid(const ACE_HEADER *ace, const struct acl_object *object)
{
    const SID *sid = ace_sid(ace);

    if (object->owner && sid_equal(sid, &sid_creator_owner)) return object->owner;
    return object->group && sid_equal(sid, &sid_creator_group) ? object->group : sid;
}

/* Whether an ACE means something else on the object itself than it says for the objects below. */
static bool differs_in_effect(const ACE_HEADER *ace, const struct acl_object *object)
{
    return ace_shape(ace->AceType) != ACE_OPAQUE &&
           (ace_mask(ace) & GENERIC_RIGHTS || effective_sid(ace, object) != ace_sid(ace));
}

static void append_effective(struct acl_writer *writer, const ACE_HEADER *ace, const struct acl_object *object,
                             UCHAR flags)
{
    if (ace_shape(ace->AceType) == ACE_OPAQUE)
        append_with_flags(writer, ace, flags);
    else
        append_changed(writer, ace, flags, access_map_generic(ace_mask(ace), object->mapping),
                       effective_sid(ace, object));
}

/* ---- inheritance ------------------------------------------------------------------------------------------------- */

/* Whether an inherited ACE counts for the object and not only for objects of another type below it. */
static bool type_matches(const ACE_HEADER *ace, const struct acl_object *object)
{
    const GUID *wanted = ace_inherited_object_type(ace);

    return !wanted || (object->type && !memcmp(wanted, object->type, sizeof(*wanted)));
}

/* What the object passes on itself, and what it means there; K3.8.7 has the pairs. */
static void inherit_ace(struct acl_writer *writer, const ACE_HEADER *ace, const struct acl_object *object, UCHAR added)
{
    UCHAR flags = ace->AceFlags, kept = (flags & (SUCCESSFUL_ACCESS_ACE_FLAG | FAILED_ACCESS_ACE_FLAG)) | added;
    bool on = flags & (object->container ? CONTAINER_INHERIT_ACE : OBJECT_INHERIT_ACE) && type_matches(ace, object);
    UCHAR passed = object->container && !(flags & NO_PROPAGATE_INHERIT_ACE) ? flags & INHERITABLE : 0;

    if (on && passed && !differs_in_effect(ace, object))
        append_with_flags(writer, ace, kept | passed);
    else
    {
        if (on) append_effective(writer, ace, object, kept);
        if (passed) append_with_flags(writer, ace, kept | passed | INHERIT_ONLY_ACE);
    }
}

void acl_inherit(struct acl_writer *writer, const ACL *parent, const struct acl_object *object, UCHAR flags)
{
    const ACE_HEADER *ace;
    size_t before = writer->count;
    unsigned int i;

    for (i = 0, ace = acl_first(parent); i < parent->AceCount; i++, ace = ace_after(ace))
        inherit_ace(writer, ace, object, flags);
    if (writer->count > before) note_revision(writer, parent);
}

/* ---- copying ----------------------------------------------------------------------------------------------------- */

static bool passes(const ACE_HEADER *ace, enum acl_filter filter)
{
    return filter == ACES_ALL || !(ace->AceFlags & INHERITED_ACE) == (filter == ACES_EXPLICIT);
}

void acl_copy(struct acl_writer *writer, const ACL *acl, enum acl_filter filter, UCHAR flags_off)
{
    const ACE_HEADER *ace;
    unsigned int i;

    note_revision(writer, acl);
    for (i = 0, ace = acl_first(acl); i < acl->AceCount; i++, ace = ace_after(ace))
        if (passes(ace, filter)) append_with_flags(writer, ace, ace->AceFlags & ~flags_off);
}

/* An inheritable ACE of a container that means two things becomes two, as an inherited one does. */
void acl_apply_ace(struct acl_writer *writer, const ACE_HEADER *ace, const struct acl_object *object, UCHAR flags_off)
{
    UCHAR flags = ace->AceFlags & ~flags_off;

    if (flags & INHERIT_ONLY_ACE || !differs_in_effect(ace, object))
        append_with_flags(writer, ace, flags);
    else if (object->container && flags & INHERITABLE)
    {
        append_effective(writer, ace, object, flags & ~(INHERITABLE | NO_PROPAGATE_INHERIT_ACE));
        append_with_flags(writer, ace, flags | INHERIT_ONLY_ACE);
    }
    else
        append_effective(writer, ace, object, flags);
}

void acl_apply(struct acl_writer *writer, const ACL *acl, const struct acl_object *object, enum acl_filter filter,
               UCHAR flags_off)
{
    const ACE_HEADER *ace;
    unsigned int i;

    note_revision(writer, acl);
    for (i = 0, ace = acl_first(acl); i < acl->AceCount; i++, ace = ace_after(ace))
        if (passes(ace, filter)) acl_apply_ace(writer, ace, object, flags_off);
}

NTSTATUS acl_build(void (*make)(struct acl_writer *writer, const void *context), const void *context, ACL **acl)
{
    struct acl_writer measure = {0}, writer = {0};
    size_t size;

    *acl = NULL;
    make(&measure, context);
    size = measure.size ? measure.size : sizeof(ACL);
    if (size > UINT16_MAX) return STATUS_INVALID_ACL;
    if (!(writer.acl = guise_alloc(size))) return STATUS_NO_MEMORY;
    make(&writer, context);
    *writer.acl = (ACL){.AclRevision = measure.revision > ACL_REVISION ? measure.revision : ACL_REVISION,
                        .AclSize = (WORD)size,
                        .AceCount = (WORD)measure.count};
    *acl = writer.acl;
    return STATUS_SUCCESS;
}

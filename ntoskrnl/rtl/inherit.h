/*
 * What becomes of ACEs on a new or changed object: inheritance from a container, creators replaced, generic rights mapped
 * (MS-DTYP 2.5.3.4, kernel fact K3.8.7).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_RTL_INHERIT_H
#define GUISE_NTOSKRNL_RTL_INHERIT_H

#include "ntoskrnl/rtl/acl.h"
#include "ntoskrnl/rtl/sid.h"

/* The object whose ACL is made. */
struct acl_object
{
    const SID *owner, *group; /* who stands for CREATOR_OWNER and CREATOR_GROUP; NULL: they stay */
    const GENERIC_MAPPING *mapping;
    const GUID *type; /* of the object; NULL: only ACEs for any type are inherited with effect */
    bool container;
};

/*
 * Where ACEs go. The same calls measure (acl is NULL) and write. An ACL of more than 65535 bytes cannot be written: `size` and
 * `count` tell.
 */
struct acl_writer
{
    ACL *acl;
    size_t size; /* with the header; 0 at first */
    size_t count;
    UCHAR revision;
};

/* The inheritable ACEs of PARENT as OBJECT gets them; FLAGS (INHERITED_ACE or 0) are added to each. */
void acl_inherit(struct acl_writer *writer, const ACL *parent, const struct acl_object *object, UCHAR flags);

enum acl_filter
{
    ACES_ALL,
    ACES_EXPLICIT, /* without INHERITED_ACE */
    ACES_INHERITED
};

/* The ACEs of ACL that pass FILTER, unchanged but that FLAGS_OFF are cleared. */
void acl_copy(struct acl_writer *writer, const ACL *acl, enum acl_filter filter, UCHAR flags_off);

/* The same as somebody gave them for OBJECT: creators replaced, generic rights mapped. */
void acl_apply(struct acl_writer *writer, const ACL *acl, const struct acl_object *object, enum acl_filter filter,
               UCHAR flags_off);

/* One of them. */
void acl_apply_ace(struct acl_writer *writer, const ACE_HEADER *ace, const struct acl_object *object, UCHAR flags_off);

/* One valid ACE, unchanged. */
void acl_append(struct acl_writer *writer, const ACE_HEADER *ace);

/*
 * Runs MAKE(writer, CONTEXT) to measure and to write. The new ACL, freed with guise_free; of no ACEs too.
 * STATUS_NO_MEMORY. STATUS_INVALID_ACL: it would be longer than an ACL may be.
 */
NTSTATUS acl_build(void (*make)(struct acl_writer *writer, const void *context), const void *context, ACL **acl);

#endif

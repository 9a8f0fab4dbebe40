/*
 * New objects: what their maker may have of them, and names, which no object has here.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_OB_INSERT_H
#define GUISE_NTOSKRNL_OB_INSERT_H

#include "ntoskrnl/se/token.h"

/*
 * What looking an absolute name up comes to. STATUS_OBJECT_NAME_INVALID: it is none. STATUS_OBJECT_PATH_SYNTAX_BAD: it is
 * relative. STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_NAME_NOT_FOUND: there is no such directory, no such object.
 */
NTSTATUS object_name_lookup(const UNICODE_STRING *name);

/*
 * An object with one reference and the security that ATTRIBUTES (may be NULL) says or CALLER's token does. STATUS_NO_MEMORY, also
 * without CALLER; statuses of object_name_check() and of an invalid descriptor.
 */
NTSTATUS object_make(const struct _OBJECT_TYPE *type, size_t size, const OBJECT_ATTRIBUTES *attributes,
                     struct token *caller, PVOID *body);

/* Whether a new object may be called that: STATUS_SUCCESS for NULL and an empty name alone; there is nowhere to put it. */
NTSTATUS object_name_check(const UNICODE_STRING *name);

#endif

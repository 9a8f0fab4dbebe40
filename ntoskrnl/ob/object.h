/*
 * Objects: a header {type, reference count} before a typed body, and the handles that name them.
 *
 * Inside the core bodies are passed by their own type (struct token, struct _ETHREAD, struct _EPROCESS); PVOID appears
 * only in this header and in the exported Ob routines.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_OB_OBJECT_H
#define GUISE_NTOSKRNL_OB_OBJECT_H

#include <stdatomic.h>

#include "ntoskrnl/core.h"

struct object_security;
struct sd;
struct token;

struct _OBJECT_TYPE
{
    const char *name;
    GENERIC_MAPPING mapping;
    /* What an object has while nobody has set another, with a reference; NULL without memory. */
    struct object_security *(*security)(PVOID body);
    /* Of types whose security is kept elsewhere, instead of it: with a reference; and those parts replaced as given. */
    NTSTATUS (*read_security)(PVOID body, struct object_security **security);
    NTSTATUS (*write_security)(PVOID body, SECURITY_INFORMATION information, const struct sd *given);
    size_t body_size; /* a body of zeros is a whole one of that size; 0: ObCreateObject cannot make one */
    void (*destroy)(PVOID body); /* what the body owns; the block itself is freed afterwards. NULL: never destroyed */
};

/* Lies directly before the body. */
struct object_header
{
    const struct _OBJECT_TYPE *type;
    _Atomic long references;
    struct object_security *_Atomic security; /* what somebody has set; NULL: as the type says (ob/security.c) */
    ULONG first_attributes; /* of ObCreateObject: of the handle that ObInsertObject makes */
    _Atomic bool fresh;     /* of ObCreateObject: ObInsertObject has not been called */
} __attribute__((aligned(16)));

/* A zeroed body of SIZE bytes with one reference, or NULL. */
PVOID object_create(const struct _OBJECT_TYPE *type, size_t size);

static inline struct object_header *object_header_of(const void *body)
{
    return (struct object_header *)body - 1;
}

void object_reference(PVOID body);
void object_dereference(PVOID body);

/* The security of an object as it is now, with a reference. STATUS_NO_MEMORY; of a file, what reading it says. */
NTSTATUS object_security_of(PVOID body, struct object_security **security);

/* Makes SECURITY the object's, whatever it was, with a reference of its own; of types that keep it in the header. */
void object_security_replace(PVOID body, struct object_security *security);

/* Around fork(): all locks of set security (ps/fork.c). */
void object_security_lock(void);
void object_security_unlock(void);

/* ---- handles: ob/handle.c ---------------------------------------------------------------------------------------- */

/* Attributes of a handle beyond its access. */
#define HANDLE_INHERIT OBJ_INHERIT

/* A new handle with a reference of its own. STATUS_INSUFFICIENT_RESOURCES: the table is full. STATUS_NO_MEMORY. */
NTSTATUS handle_create(PVOID body, ACCESS_MASK granted, ULONG attributes, HANDLE *handle);

/*
 * The object that HANDLE names, with a reference. TYPE NULL is any. GRANTED may be NULL.
 * STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED (ACCESS is not among what was granted, which
 * a ZwXxx routine is not asked about);
 * for the pseudo handle of the thread's token what opening it says (K1.17.2, K1.17.3).
 */
NTSTATUS handle_reference(HANDLE handle, ACCESS_MASK access, const struct _OBJECT_TYPE *type, PVOID *body,
                          ACCESS_MASK *granted);

/* Around fork(): all locks of the table (ps/fork.c). */
void handles_lock(void);
void handles_unlock(void);

/*
 * A new handle for SUBJECT with what its token may have of DESIRED (generic rights and MAXIMUM_ALLOWED resolved);
 * GRANTED_BEFORE is granted without a check. Statuses of access_check() and handle_create().
 */
NTSTATUS object_open(PVOID body, ACCESS_MASK desired, ACCESS_MASK granted_before,
                     const SECURITY_SUBJECT_CONTEXT *subject, ULONG attributes, HANDLE *handle);

/*
 * What a handle to a new object grants: its maker may have everything, except that ACCESS_SYSTEM_SECURITY needs its
 * privilege; 0 is the access of the EXISTING handle, if there is one (ob/insert.c). STATUS_PRIVILEGE_NOT_HELD;
 * STATUS_ACCESS_DENIED: a right that the type does not have.
 */
NTSTATUS object_creator_access(const struct _OBJECT_TYPE *type, struct token *caller, ACCESS_MASK desired,
                               ACCESS_MASK existing, ACCESS_MASK *granted);

/* ---- pseudo handles: ob/open.c ----------------------------------------------------------------------------------- */

/* Whether HANDLE is one of -1, -2, -4, -5, -6. */
static inline bool handle_is_pseudo(HANDLE handle)
{
    LONG value = HandleToLong(handle);

    return value < 0 && value >= -6 && value != -3;
}

/* What it stands for on this thread now, with a reference. */
NTSTATUS pseudo_handle_reference(HANDLE handle, PVOID *body, ACCESS_MASK *granted);

#endif

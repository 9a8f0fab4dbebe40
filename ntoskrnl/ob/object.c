/*
 * Object life: creation, reference counts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ob/object.h"
#include "ntoskrnl/rtl/check.h"
#include "ntoskrnl/rtl/object_security.h"

PVOID object_create(const struct _OBJECT_TYPE *type, size_t size)
{
    struct object_header *header = guise_alloc(sizeof(*header) + size);

    if (!header) return NULL;
    header->type = type;
    header->references = 1;
    return header + 1;
}

/* The number of references there were. Who has none cannot take one. */
static long reference(PVOID body)
{
    long before = atomic_fetch_add_explicit(&object_header_of(body)->references, 1, memory_order_relaxed);

    GUISE_CHECK(before > 0);
    return before;
}

void object_reference(PVOID body)
{
    reference(body);
}

static LONG_PTR dereference(PVOID body)
{
    struct object_header *header = object_header_of(body);
    long left = atomic_fetch_sub_explicit(&header->references, 1, memory_order_acq_rel) - 1;

    GUISE_CHECK(left >= 0 || !header->type->destroy);
    if (left || !header->type->destroy) return left;
    header->type->destroy(body);
    object_security_release(header->security);
    guise_free(header);
    return 0;
}

void object_dereference(PVOID body)
{
    dereference(body);
}

/***********************************************************************
 *           ObfReferenceObject (NTOSKRNL.@)
 *
 * One more reference; returns the new count, which is good for diagnostics only.
 */
LONG_PTR ObfReferenceObject(PVOID object)
{
    return reference(object) + 1;
}

/***********************************************************************
 *           ObfDereferenceObject (NTOSKRNL.@)
 *
 * One reference less; the object ends with its last.
 */
LONG_PTR ObfDereferenceObject(PVOID object)
{
    return dereference(object);
}

/***********************************************************************
 *           ObDereferenceObject (NTOSKRNL.@)
 *
 * The same, for programs that do not use the macro.
 */
LONG_PTR(ObDereferenceObject)(PVOID object)
{
    return dereference(object);
}

/***********************************************************************
 *           ObReferenceObjectByPointer (NTOSKRNL.@)
 *
 * One more reference if the object is of TYPE (NULL is allowed in kernel mode). STATUS_OBJECT_TYPE_MISMATCH.
 */
NTSTATUS ObReferenceObjectByPointer(PVOID object, ACCESS_MASK access, POBJECT_TYPE type, KPROCESSOR_MODE mode)
{
    (void)access;
    if (object_header_of(object)->type != type && (type || mode == UserMode)) return STATUS_OBJECT_TYPE_MISMATCH;

    object_reference(object);
    return STATUS_SUCCESS;
}

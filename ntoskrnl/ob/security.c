/*
 * The security of objects: where it is kept, and the routines that ask for it and replace it.
 *
 * A type says what its objects start with; what somebody sets is kept in the object's header. Objects whose security
 * lies elsewhere, in a file's inode, bring routines of their own.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>

#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/se/sd_info.h"

/* Guards object_header.security of the objects that fall to it, and that it is read together with its reference. A leaf. */
#define STRIPES 16
static pthread_mutex_t stripes[STRIPES] = {[0 ... STRIPES - 1] = PTHREAD_MUTEX_INITIALIZER};

static pthread_mutex_t *stripe_of(PVOID body)
{
    return &stripes[((ULONG_PTR)body >> 5) % STRIPES];
}

void object_security_lock(void)
{
    unsigned int i;

    for (i = 0; i < STRIPES; i++) pthread_mutex_lock(&stripes[i]);
}

void object_security_unlock(void)
{
    unsigned int i;

    for (i = 0; i < STRIPES; i++) pthread_mutex_unlock(&stripes[i]);
}

/* What somebody has set, with a reference, or NULL. Nearly always the latter, and then nothing is locked. */
static struct object_security *set_security(PVOID body)
{
    struct object_header *header = object_header_of(body);
    struct object_security *security;

    if (!atomic_load_explicit(&header->security, memory_order_acquire)) return NULL;
    pthread_mutex_lock(stripe_of(body));
    security = object_security_reference(atomic_load_explicit(&header->security, memory_order_relaxed));
    pthread_mutex_unlock(stripe_of(body));
    return security;
}

NTSTATUS object_security_of(PVOID body, struct object_security **security)
{
    const struct _OBJECT_TYPE *type = object_header_of(body)->type;

    if (type->read_security) return type->read_security(body, security);
    if (!(*security = set_security(body))) *security = type->security(body);
    return *security ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* Puts NEW in the place of EXPECTED, which was read before. False: somebody else has set another one since. */
static bool exchange_security(PVOID body, const struct object_security *expected, struct object_security *new)
{
    struct object_header *header = object_header_of(body);
    struct object_security *before;
    bool same;

    pthread_mutex_lock(stripe_of(body));
    before = atomic_load_explicit(&header->security, memory_order_relaxed);
    same = !before || before == expected;
    if (same) atomic_store_explicit(&header->security, object_security_reference(new), memory_order_release);
    pthread_mutex_unlock(stripe_of(body));
    if (same) object_security_release(before);
    return same;
}

void object_security_replace(PVOID body, struct object_security *security)
{
    struct object_header *header = object_header_of(body);
    struct object_security *before;

    pthread_mutex_lock(stripe_of(body));
    before = atomic_load_explicit(&header->security, memory_order_relaxed);
    atomic_store_explicit(&header->security, object_security_reference(security), memory_order_release);
    pthread_mutex_unlock(stripe_of(body));
    object_security_release(before);
}

/* One try to change a kept descriptor. STATUS_RETRY: another one came between. */
static NTSTATUS change_kept(PVOID body, SECURITY_INFORMATION information, const struct sd *given, struct token *caller)
{
    struct object_security *current, *new;
    struct sd_changed changed;
    NTSTATUS status;

    if ((status = object_security_of(body, &current))) return status;
    status = sd_change(&current->sd, given, information, 0, caller, &object_header_of(body)->type->mapping, false,
                       &changed);
    if (!status)
    {
        new = object_security_copy(&changed.sd);
        sd_changed_free(&changed);
        if (!new)
            status = STATUS_NO_MEMORY;
        else if (!exchange_security(body, current, new))
            status = STATUS_RETRY;
        object_security_release(new);
    }
    object_security_release(current);
    return status;
}

/* The descriptor has been read; the access has been granted. */
static NTSTATUS set_security_of(PVOID body, SECURITY_INFORMATION information, const struct sd *given)
{
    const struct _OBJECT_TYPE *type = object_header_of(body)->type;
    SECURITY_SUBJECT_CONTEXT subject;
    struct token *caller;
    NTSTATUS status;

    if (type->write_security) return type->write_security(body, information, given);
    SeCaptureSubjectContext(&subject);
    caller = SeQuerySubjectContextToken(&subject);
    do
        status = change_kept(body, information, given, caller);
    while (status == STATUS_RETRY);
    SeReleaseSubjectContext(&subject);
    return status;
}

/***********************************************************************
 *           NtQuerySecurityObject (NTOSKRNL.@)
 *
 * The handle needs READ_CONTROL for owner, group, DACL and label, ACCESS_SYSTEM_SECURITY for the SACL. NEEDED receives what the
 * answer takes. STATUS_BUFFER_TOO_SMALL: nothing is copied. STATUS_ACCESS_DENIED; STATUS_INVALID_HANDLE;
 * STATUS_ACCESS_VIOLATION; STATUS_DATATYPE_MISALIGNMENT; STATUS_NO_MEMORY; of a file, what reading it says.
 */
NTSTATUS NtQuerySecurityObject(HANDLE handle, SECURITY_INFORMATION information, PSECURITY_DESCRIPTOR descriptor,
                               ULONG length, PULONG needed)
{
    struct object_security *security;
    ACCESS_MASK access = previous_mode() == KernelMode ? 0 : sd_query_access(information);
    NTSTATUS status;
    PVOID body;

    if (!needed || (!descriptor && length)) return STATUS_ACCESS_VIOLATION;
    *needed = 0;
    if ((ULONG_PTR)descriptor % sizeof(ULONG)) return STATUS_DATATYPE_MISALIGNMENT;
    if ((status = handle_reference(handle, access, NULL, &body, NULL))) return status;
    if (!(status = object_security_of(body, &security)))
    {
        *needed = length;
        status = sd_query(&security->sd, information, descriptor, needed);
        object_security_release(security);
    }
    object_dereference(body);
    return status;
}

/***********************************************************************
 *           NtSetSecurityObject (NTOSKRNL.@)
 *
 * The handle needs WRITE_OWNER for owner, group and label, WRITE_DAC for the DACL, ACCESS_SYSTEM_SECURITY for the SACL.
 * STATUS_ACCESS_DENIED; STATUS_INVALID_HANDLE; STATUS_ACCESS_VIOLATION; STATUS_INVALID_OWNER: the caller may not make it the
 * owner; STATUS_INVALID_PRIMARY_GROUP: there is none; STATUS_PRIVILEGE_NOT_HELD: a label above the caller's;
 * STATUS_NO_MEMORY; statuses of an invalid descriptor; of a file, what setting it says.
 */
NTSTATUS NtSetSecurityObject(HANDLE handle, SECURITY_INFORMATION information, PSECURITY_DESCRIPTOR descriptor)
{
    ACCESS_MASK access = previous_mode() == KernelMode ? 0 : sd_set_access(information);
    struct sd given;
    NTSTATUS status;
    PVOID body;

    if (!descriptor) return STATUS_ACCESS_VIOLATION;
    if ((status = handle_reference(handle, access, NULL, &body, NULL))) return status;
    if (!(status = sd_read(descriptor, &given))) status = set_security_of(body, information, &given);
    object_dereference(body);
    return status;
}

/***********************************************************************
 *           ObGetObjectSecurity (NTOSKRNL.@)
 *
 * The descriptor of an object, self-relative, given back with ObReleaseObjectSecurity and the same ALLOCATED.
 * STATUS_NO_MEMORY; of a file, what reading it says.
 */
NTSTATUS ObGetObjectSecurity(PVOID object, PSECURITY_DESCRIPTOR *descriptor, PBOOLEAN allocated)
{
    struct object_security *security;
    NTSTATUS status;

    *descriptor = NULL;
    *allocated = FALSE;
    if ((status = object_security_of(object, &security))) return status;
    *descriptor = sd_make(&security->sd);
    object_security_release(security);
    if (!*descriptor) return STATUS_NO_MEMORY;
    *allocated = TRUE;
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           ObReleaseObjectSecurity (NTOSKRNL.@)
 */
void ObReleaseObjectSecurity(PSECURITY_DESCRIPTOR descriptor, BOOLEAN allocated)
{
    if (allocated) guise_free(descriptor);
}

/***********************************************************************
 *           ObSetSecurityObjectByPointer (NTOSKRNL.@)
 *
 * NtSetSecurityObject for who has the object itself: no access is asked about. Its statuses.
 */
NTSTATUS ObSetSecurityObjectByPointer(PVOID object, SECURITY_INFORMATION information, PSECURITY_DESCRIPTOR descriptor)
{
    struct sd given;
    NTSTATUS status = sd_read(descriptor, &given);

    return status ? status : set_security_of(object, information, &given);
}

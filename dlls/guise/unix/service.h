/*
 * The services of call_token_service(): arguments and memory of one call.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_SERVICE_H
#define GUISE_DLLS_GUISE_SERVICE_H

#include "dlls/guise/unix/unix.h"

/* The longest answer, and the longest list that is read. */
#define MAX_SIZE       (1u << 20)
#define MAX_SIDS       65536
#define MAX_PRIVILEGES 1024

struct call
{
    struct token_service_block *block;
    HANDLE token; /* with what the program's handle allows */
    unsigned char *next;
    size_t left;
};

static inline void *pointer(const struct call *call, unsigned int argument)
{
    return (void *)(uintptr_t)call->block->arguments[argument];
}

static inline ULONG number(const struct call *call, unsigned int argument)
{
    return (ULONG)call->block->arguments[argument];
}

/* Scratch memory, zeroed; NULL: there is no more. */
void *take(struct call *call, size_t size);

/*
 * Copies of what the caller has there; they fault, or say STATUS_BUFFER_OVERFLOW where the scratch memory is too small. NULL stays NULL.
 * copy_in: *COPY_POINTER is a pointer of any type. STATUS_INVALID_PARAMETER, STATUS_INVALID_ACL: a length that cannot be.
 */
NTSTATUS copy_in(struct call *call, const void *source, size_t size, void *copy_pointer);
NTSTATUS copy_sid(struct call *call, const SID *sid, PSID *copy);
NTSTATUS copy_acl(struct call *call, const ACL *acl, PACL *copy);
NTSTATUS copy_groups(struct call *call, const TOKEN_GROUPS *groups, TOKEN_GROUPS **copy);
NTSTATUS copy_privileges(struct call *call, const TOKEN_PRIVILEGES *privileges, TOKEN_PRIVILEGES **copy);
NTSTATUS copy_string(struct call *call, const UNICODE_STRING *string, UNICODE_STRING **copy);
NTSTATUS copy_descriptor(struct call *call, const void *descriptor, SECURITY_DESCRIPTOR **copy);

/* Faults now where writing would later. */
void touch(void *place, size_t size);

/* Room for an answer of LENGTH bytes that the caller wants at PLACE; *ROOM is how much of it there is. */
NTSTATUS reserve(struct call *call, void *place, ULONG length, ULONG *room, void *answer_pointer);

/* The services of name_service.c. */
NTSTATUS service_name_of_sid(struct call *call);
NTSTATUS service_sid_of_name(struct call *call);
NTSTATUS service_user_name(struct call *call);
NTSTATUS service_membership(struct call *call);
NTSTATUS service_logon(struct call *call);

#endif

/*
 * What callers of token services pass in memory of their own: copied once, and only the copy is judged and used.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_TOKEN_CAPTURE_H
#define GUISE_NTOSKRNL_SE_TOKEN_CAPTURE_H

#include "ntoskrnl/se/token.h"

#define MAX_CAPTURED_SIDS       65536
#define MAX_CAPTURED_PRIVILEGES 1024

/* Entries of a TOKEN_GROUPS; a block that holds the SIDs too (guise_free). NULL with count 0. */
struct captured_sids
{
    ULONG count;
    struct token_sid *entries;
};

struct captured_privileges
{
    ULONG count;
    LUID_AND_ATTRIBUTES *entries; /* guise_free */
};

/* A SID and room for any. */
union captured_sid
{
    SID sid;
    UCHAR room[SECURITY_MAX_SID_SIZE];
};

/*
 * SOURCE may be NULL, which is an empty list. STATUS_INVALID_SID; STATUS_INVALID_PARAMETER: more than the maximum;
 * STATUS_ACCESS_VIOLATION: a NULL SID; STATUS_DATATYPE_MISALIGNMENT; STATUS_NO_MEMORY. On failure the copy is empty.
 */
NTSTATUS capture_sids(const TOKEN_GROUPS *source, struct captured_sids *copy);
NTSTATUS capture_privileges(const TOKEN_PRIVILEGES *source, struct captured_privileges *copy);
NTSTATUS capture_sid(const SID *source, union captured_sid *copy);

/* A default DACL as a copy (guise_free), NULL for NULL. STATUS_INVALID_ACL; STATUS_DATATYPE_MISALIGNMENT; STATUS_NO_MEMORY. */
NTSTATUS capture_dacl(const ACL *source, ACL **copy);

/* The number of the privilege, or 0: there is no such privilege. */
static inline ULONG privilege_number(LUID luid)
{
    bool known = !luid.HighPart && luid.LowPart >= SE_MIN_WELL_KNOWN_PRIVILEGE &&
                 luid.LowPart <= SE_MAX_WELL_KNOWN_PRIVILEGE;

    return known ? luid.LowPart : 0;
}

#endif

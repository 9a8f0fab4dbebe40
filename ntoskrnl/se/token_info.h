/*
 * The table of information classes: one entry answers the Se and the Nt form of a query, and the Nt form of setting.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_TOKEN_INFO_H
#define GUISE_NTOSKRNL_SE_TOKEN_INFO_H

#include "ntoskrnl/se/token.h"

/*
 * Where an answer is written. The same function measures (bytes is NULL) and writes; pointers in the answer count from
 * `address`, which is where the caller will see it.
 */
struct info_writer
{
    UCHAR *bytes;
    UCHAR *address;
    size_t used;
};

/* Room for SIZE bytes: where to write them, or NULL when measuring. */
void *info_reserve(struct info_writer *writer, size_t size);
/* The caller's view of what is reserved next. */
void *info_next_address(const struct info_writer *writer);
void info_append(struct info_writer *writer, const void *data, size_t size);
void info_append_ulong(struct info_writer *writer, ULONG value);
PSID info_append_sid(struct info_writer *writer, const SID *sid);
/* The SIDs of COUNT entries, and TARGET (not NULL unless measuring) pointing to them. */
void info_append_sids(struct info_writer *writer, const struct token_sid *sids, ULONG count,
                      SID_AND_ATTRIBUTES *target);
/* The same for COUNT SIDs of TOKEN from FIRST on, with their attributes as they are now. */
void info_append_token_sids(struct info_writer *writer, const struct token *token, ULONG first, ULONG count,
                            SID_AND_ATTRIBUTES *target);
/* A TOKEN_GROUPS of either. */
void info_append_groups(struct info_writer *writer, const struct token_sid *sids, ULONG count);
void info_append_token_groups(struct info_writer *writer, const struct token *token, ULONG first, ULONG count);
/* One structure that is a pointer to a SID, and the SID. */
void info_append_sid_pointer(struct info_writer *writer, const SID *sid);
void info_append_sid_and_attributes(struct info_writer *writer, const struct token_sid *sid);
/* The privileges in ascending order, without their number. */
void info_append_privileges(struct info_writer *writer, const struct token *token);

struct info_class
{
    ACCESS_MASK query_access;                                       /* 0: cannot be queried */
    void (*write)(struct token *token, struct info_writer *writer); /* the token is locked shared */
    /* instead of write, with no lock held: answers that are objects of their own */
    NTSTATUS (*query)(struct token *token, void *information, ULONG length, ULONG *returned);
    bool impersonation_only;                                        /* a primary token has no such thing (K2.7.6) */
    bool nt_only;                                                   /* the Se form does not know it (K2.7.3) */
    bool by_value; /* a ULONG that the Se form stores in the pointer variable itself (K2.7.1) */

    ACCESS_MASK set_access; /* 0: cannot be set */
    size_t set_size;
    NTSTATUS (*set)(struct token *token, const void *value); /* the token is locked exclusively, unless set_unlocked */
    bool set_unlocked;
    ULONG set_privilege;                                     /* 0: none; of the primary token */
};

/* The entry of CLASS, or NULL. */
const struct info_class *info_class_find(TOKEN_INFORMATION_CLASS class);

/* se/token_set.c */
NTSTATUS token_set_owner(struct token *token, const void *value);
NTSTATUS token_set_primary_group(struct token *token, const void *value);
NTSTATUS token_set_default_dacl(struct token *token, const void *value);
NTSTATUS token_set_session(struct token *token, const void *value);
NTSTATUS token_set_origin(struct token *token, const void *value);
NTSTATUS token_set_integrity(struct token *token, const void *value);
NTSTATUS token_set_ui_access(struct token *token, const void *value);
NTSTATUS token_set_mandatory_policy(struct token *token, const void *value);

/* Whether the process may (K0.3.4), or a driver asks. STATUS_PRIVILEGE_NOT_HELD; STATUS_NO_MEMORY. */
NTSTATUS token_check_privilege(ULONG privilege);

/* se/token_linked.c */
NTSTATUS token_query_linked(struct token *token, void *information, ULONG length, ULONG *returned);
NTSTATUS token_set_linked(struct token *token, const void *value);

/* se/token_snapshot.c: TOKEN_ACCESS_INFORMATION */
void token_write_snapshot(struct token *token, struct info_writer *writer);

#endif

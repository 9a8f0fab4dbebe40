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

struct info_class
{
    ACCESS_MASK query_access;                                       /* 0: cannot be queried */
    void (*write)(struct token *token, struct info_writer *writer); /* the token is locked shared */
    bool impersonation_only;                                        /* a primary token has no such thing (K2.7.6) */
    bool nt_only;                                                   /* the Se form does not know it (K2.7.3) */
    bool by_value; /* a ULONG that the Se form stores in the pointer variable itself (K2.7.1) */

    ACCESS_MASK set_access; /* 0: cannot be set */
    size_t set_size;
    NTSTATUS (*set)(struct token *token, const void *value); /* the token is locked exclusively */
    ULONG set_privilege;                                     /* 0: none; of the primary token */
};

/* The entry of CLASS, or NULL. */
const struct info_class *info_class_find(TOKEN_INFORMATION_CLASS class);

/* se/token_set.c */
NTSTATUS token_set_owner(struct token *token, const void *value);
NTSTATUS token_set_primary_group(struct token *token, const void *value);
NTSTATUS token_set_default_dacl(struct token *token, const void *value);
NTSTATUS token_set_session(struct token *token, const void *value);

#endif

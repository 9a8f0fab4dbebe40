/*
 * How tokens are put together: for the files that make new ones from old ones (se/token.c, token_duplicate.c, filter.c).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_TOKEN_LAYOUT_H
#define GUISE_NTOSKRNL_SE_TOKEN_LAYOUT_H

#include <string.h>

#include "ntoskrnl/se/token.h"

/* An identity with the scalars of FORM and these SIDs, which are copied; one reference. NULL without memory. */
struct token_identity *identity_create(const struct token_identity *form, const struct token_sid *sids,
                                       ULONG sid_count, const struct token_sid *restricted, ULONG restricted_count);
/* All of IDENTITY but its references, whose number may be changing. */
static inline struct token_identity identity_form(const struct token_identity *identity)
{
    const size_t head = offsetof(struct token_identity, session);
    struct token_identity form = {.references = 0};

    memcpy((UCHAR *)&form + head, (const UCHAR *)identity + head, sizeof(form) - head);
    return form;
}

struct token_identity *identity_reference(struct token_identity *identity);
void identity_release(struct token_identity *identity); /* NULL is allowed */

/* A token around IDENTITY, whose reference it takes over, also on failure: with IDENTITY NULL, or without memory, NULL. */
struct token *token_assemble(struct token_identity *identity, TOKEN_TYPE type, SECURITY_IMPERSONATION_LEVEL level,
                             struct object_security *security);

/* Words of groups_enabled. */
static inline size_t group_words(const struct token_identity *identity)
{
    return (identity->sid_count + 63u) / 64u;
}

/* Enables of the token's groups what its identity says of each. */
void enable_groups(struct token *token);

/*
 * Everything of the mutable part that a new token has from SOURCE, whose lock is held shared: privileges ENABLED, of which
 * it holds those of HELD, the defaults of new objects, origin, integrity, session. TOKEN's identity is made already.
 */
void token_copy_state(struct token *token, const struct token *source, privilege_set held);

#endif

/*
 * Duplicates of tokens (K1.18.1 to K1.18.4).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/se/token_layout.h"

static bool kept_by_effective_only(const struct token *source, ULONG index)
{
    /* Removing a deny-only SID would widen access, and the defaults of new objects must stay in the token. */
    return !index || index == source->owner || index == source->primary_group ||
           token_sid_attributes(source, index) & (SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY);
}

/*
 * The identity of a duplicate with disabled groups and privileges removed, a reference; the source's own if there are
 * none. OWNER and GROUP become the indices of the source's in it. The source's lock is held shared. NULL without
 * memory.
 */
static struct token_identity *effective_identity(const struct token *source, privilege_set enabled, ULONG *owner,
                                                 ULONG *group)
{
    struct token_identity form = identity_form(source->identity), *identity;
    struct token_sid *kept;
    ULONG i, count = 0;

    form.privileges_default &= enabled;
    if (!(kept = guise_alloc(form.sid_count * sizeof(*kept)))) return NULL;
    for (i = 0; i < form.sid_count; i++)
    {
        if (!kept_by_effective_only(source, i)) continue;
        if (i == source->owner) *owner = count;
        if (i == source->primary_group) *group = count;
        kept[count++] = (struct token_sid){form.sids[i].sid, token_sid_attributes(source, i)};
    }
    if (count == form.sid_count)
        identity = identity_reference(source->identity);
    else
        identity = identity_create(&form, kept, count, form.restricted, form.restricted_count);
    guise_free(kept);
    return identity;
}

NTSTATUS token_duplicate(struct token *source, bool effective_only, TOKEN_TYPE type, SECURITY_IMPERSONATION_LEVEL level,
                         struct object_security *security, struct token **copy)
{
    struct token_identity *identity;
    ULONG owner, group;
    privilege_set enabled;
    struct token *token;

    /* K1.18.1: a client's level never rises, and what may not act may not become a primary token. */
    if (source->type == TokenImpersonation &&
        (level > source->level || (type == TokenPrimary && source->level < SecurityImpersonation)))
        return STATUS_BAD_IMPERSONATION_LEVEL;

    token_lock_shared(source);
    enabled = atomic_load_explicit(&source->enabled, memory_order_relaxed);
    owner = source->owner;
    group = source->primary_group;
    identity =
        effective_only ? effective_identity(source, enabled, &owner, &group) : identity_reference(source->identity);
    if ((token = token_assemble(identity, type, level, security)))
    {
        token->parent_id = source->parent_id;
        token->modified_id = source->modified_id;
        token_copy_state(token, source, effective_only ? enabled : source->privileges);
        token->owner = owner;
        token->primary_group = group;
        /* It stands for the account, which the copy shares, and for the enabled bits, which are the same. */
        token->credential = credential_reference(source->credential);
    }
    token_unlock(source);
    *copy = token;
    return token ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/*
 * Who may own what.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/se/owner.h"

bool token_may_assign_owner(struct token *token, const SID *owner)
{
    const ULONG wanted = SE_GROUP_OWNER | SE_GROUP_ENABLED;
    ULONG i;

    if (token_privilege_enabled(token, SE_RESTORE_PRIVILEGE)) return true;
    for (i = 0; i < token->identity->sid_count; i++)
        if (sid_equal(token->identity->sids[i].sid, owner))
        {
            ULONG attributes = token_sid_attributes(token, i);

            if (!(attributes & SE_GROUP_USE_FOR_DENY_ONLY) && (!i || (attributes & wanted) == wanted)) return true;
        }
    return false;
}

const SID *token_primary_group(struct token *token)
{
    ULONG index;

    token_lock_shared(token);
    index = token->primary_group;
    token_unlock(token);
    return token->identity->sids[index].sid;
}

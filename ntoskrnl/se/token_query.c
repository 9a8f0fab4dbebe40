/*
 * Simple facts about a token: what drivers ask, and set, without an information class.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/token.h"

/***********************************************************************
 *           SeTokenType (NTOSKRNL.@)
 */
TOKEN_TYPE SeTokenType(PACCESS_TOKEN token)
{
    return ((struct token *)token)->type;
}

/***********************************************************************
 *           SeTokenImpersonationLevel (NTOSKRNL.@)
 */
SECURITY_IMPERSONATION_LEVEL SeTokenImpersonationLevel(PACCESS_TOKEN token)
{
    return ((struct token *)token)->level;
}

/***********************************************************************
 *           SeTokenIsAdmin (NTOSKRNL.@)
 *
 * Whether BUILTIN\Administrators counts for granting (K2.9.2).
 */
BOOLEAN SeTokenIsAdmin(PACCESS_TOKEN token)
{
    return token_has_sid(token, &sid_administrators.sid, false);
}

/***********************************************************************
 *           SeTokenIsRestricted (NTOSKRNL.@)
 *
 * Whether it has restricting SIDs (K2.9.3).
 */
BOOLEAN SeTokenIsRestricted(PACCESS_TOKEN token)
{
    return token_is_restricted(token);
}

/***********************************************************************
 *           SeTokenIsWriteRestricted (NTOSKRNL.@)
 *
 * Whether they count for write access only (2.9).
 */
BOOLEAN SeTokenIsWriteRestricted(PACCESS_TOKEN token)
{
    return token_is_write_restricted(token);
}

/***********************************************************************
 *           SeQueryAuthenticationIdToken (NTOSKRNL.@)
 *
 * The logon session; always STATUS_SUCCESS (K2.9.1).
 */
NTSTATUS SeQueryAuthenticationIdToken(PACCESS_TOKEN token, PLUID id)
{
    *id = token_authentication_id(token);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           SeQuerySessionIdToken (NTOSKRNL.@)
 */
NTSTATUS SeQuerySessionIdToken(PACCESS_TOKEN body, PULONG number)
{
    struct token *token = body;

    token_lock_shared(token);
    *number = token->session_number;
    token_unlock(token);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           SeSetSessionIdToken (NTOSKRNL.@)
 *
 * For the core's callers, who are trusted: no access or privilege is asked about. STATUS_SUCCESS. DDI page of ntifs.h.
 */
NTSTATUS SeSetSessionIdToken(PACCESS_TOKEN body, ULONG number)
{
    struct token *token = body;

    token_lock_exclusive(token);
    if (token->session_number != number)
    {
        token->session_number = number;
        token->modified_id = luid_allocate();
    }
    token_unlock(token);
    return STATUS_SUCCESS;
}

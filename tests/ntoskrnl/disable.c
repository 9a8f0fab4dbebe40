/*
 * PsDisableImpersonation and PsRestoreImpersonation.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

START_TEST(disable)
{
    PACCESS_TOKEN token = self_token(SecurityImpersonation), other = self_token(SecurityImpersonation), found;
    BOOLEAN copy_on_open = 77, effective_only = 77;
    SE_IMPERSONATION_STATE state;
    SECURITY_IMPERSONATION_LEVEL level = 77;
    PETHREAD thread = PsGetCurrentThread();
    LONG_PTR count;
    BOOLEAN disabled;

    /* DDI SE_IMPERSONATION_STATE: nothing to put aside */
    memset(&state, 0x55, sizeof(state));
    disabled = PsDisableImpersonation(thread, &state);
    ok(!disabled, "got %d\n", disabled);
    ok(!state.Token && !state.CopyOnOpen && !state.EffectiveOnly && state.Level == SecurityAnonymous,
       "got %p %d %d %d\n", state.Token, state.CopyOnOpen, state.EffectiveOnly, state.Level);

    /* K0.3.3: with the impersonation aside the thread is the process */
    PsImpersonateClient(thread, token, TRUE, TRUE, SecurityIdentification);
    count = reference_count(token);
    disabled = PsDisableImpersonation(thread, &state);
    ok(disabled == TRUE, "got %d\n", disabled);
    ok(!PsIsThreadImpersonating(thread), "still impersonating\n");
    found = PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);
    ok(!found, "got %p\n", found);
    ok(state.Token == token && state.CopyOnOpen == TRUE && state.EffectiveOnly == TRUE &&
           state.Level == SecurityIdentification,
       "got %p for %p, %d %d %d\n", state.Token, token, state.CopyOnOpen, state.EffectiveOnly, state.Level);
    ok(reference_count(token) == count, "got %d references, had %d\n", (int)reference_count(token), (int)count);

    /* K1.5.1: restoring brings back all four values and drops what came in between */
    PsImpersonateClient(thread, other, FALSE, FALSE, SecurityImpersonation);
    count = reference_count(other);
    PsRestoreImpersonation(thread, &state);
    ok(PsIsThreadImpersonating(thread), "not impersonating\n");
    found = PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);
    ok(found == token && copy_on_open == TRUE && effective_only == TRUE && level == SecurityIdentification,
       "got %p for %p, %d %d %d\n", found, token, copy_on_open, effective_only, level);
    ok(reference_count(other) == count - 1, "got %d references, had %d\n", (int)reference_count(other), (int)count);

    PsDereferenceImpersonationToken(found);
    PsRevertToSelf();
    PsDereferenceImpersonationToken(other);
    PsDereferenceImpersonationToken(token);
}

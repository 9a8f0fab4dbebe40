/*
 * Enabling and disabling what a token holds, for every thread that carries it or for none (design 5.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/token_adjust.h"
#include "ntoskrnl/se/token_layout.h"

/* ---- the state that adjusting changes ----------------------------------------------------------------------------- */

static NTSTATUS read_state(const struct token *token, struct token_state *state)
{
    size_t i, words = group_words(token->identity);

    state->privileges = token->privileges;
    state->enabled = token->enabled;
    if (!(state->groups = guise_alloc(words * sizeof(*state->groups)))) return STATUS_NO_MEMORY;
    for (i = 0; i < words; i++) state->groups[i] = atomic_load_explicit(&token->groups_enabled[i], memory_order_relaxed);
    return STATUS_SUCCESS;
}

static bool same_groups(const struct token *token, const struct token_state *state)
{
    size_t i;

    for (i = 0; i < group_words(token->identity); i++)
        if (state->groups[i] != token->groups_enabled[i]) return false;
    return true;
}

static bool same_state(const struct token *token, const struct token_state *state)
{
    return token->privileges == state->privileges && token->enabled == state->enabled && same_groups(token, state);
}

/* Whether STATE means another credential: privileges count for the process alone, groups for an account. */
static bool changes_credential(const struct token *token, const struct token_state *state)
{
    return token->identity->of_process ? privileges_differ_in_capabilities(token->enabled, state->enabled)
                                       : !same_groups(token, state);
}

/* Nobody who looks without the lock sees a privilege enabled that is not held. */
static void exchange_privileges(struct token *token, struct token_state *state)
{
    const struct token_state before = {.privileges = token->privileges, .enabled = token->enabled};

    atomic_fetch_and(&token->enabled, state->privileges);
    atomic_store(&token->privileges, state->privileges);
    atomic_store(&token->enabled, state->enabled);
    state->privileges = before.privileges;
    state->enabled = before.enabled;
}

static void exchange_groups(struct token *token, struct token_state *state)
{
    size_t i;

    for (i = 0; i < group_words(token->identity); i++)
        state->groups[i] = atomic_exchange(&token->groups_enabled[i], state->groups[i]);
}

/* STATE becomes the token's, and the token's becomes STATE; the same with the credential, unless CREDENTIAL is NULL. */
static void exchange_state(struct token *token, struct token_state *state, struct credential **credential)
{
    struct credential *before;

    token_lock_exclusive(token);
    exchange_privileges(token, state);
    exchange_groups(token, state);
    token->modified_id = luid_allocate();
    if (credential)
    {
        before = token->credential;
        token->credential = *credential;
        *credential = before;
        atomic_fetch_add(&token->generation, 1);
    }
    token_unlock(token);
}

/* ---- all or nobody ------------------------------------------------------------------------------------------------ */

/* Threads that have just answered are asked again; that they do not is as a way back that fails (rule 5). */
static void follow_back(struct token *token)
{
    unsigned int tries;

    for (tries = 0; tries < 3; tries++)
        if (!impersonation_follow_token(token)) return;
    cred_fatal("threads could not get back the credential of a token whose change failed");
}

/* Gives the token STATE, which it overwrites. */
static NTSTATUS assign_state(struct token *token, struct token_state *state)
{
    struct credential *credential = NULL;
    NTSTATUS status;

    if (same_state(token, state)) return STATUS_SUCCESS;
    if (!changes_credential(token, state))
    {
        exchange_state(token, state, NULL);
        return STATUS_SUCCESS;
    }
    if (token == primary_token_borrowed()) return STATUS_ACCESS_DENIED; /* all threads of the process carry it */
    exchange_state(token, state, &credential);
    if ((status = impersonation_follow_token(token)))
    {
        exchange_state(token, state, &credential);
        follow_back(token);
    }
    credential_release(credential);
    return status;
}

/* What CHANGE says of the state before is written first, and holds if the assignment fails, too. */
static NTSTATUS change_state(struct token *token, token_change *change, const void *request, struct token_state *state)
{
    NTSTATUS assigned = change(token, state, request), status;

    if (assigned && assigned != STATUS_NOT_ALL_ASSIGNED) return assigned;
    status = assign_state(token, state);
    return status ? status : assigned;
}

NTSTATUS token_adjust(struct token *token, token_change *change, const void *request)
{
    struct token_state state;
    NTSTATUS status;

    pthread_mutex_lock(&token->adjusting);
    if (!(status = read_state(token, &state)))
    {
        status = change_state(token, change, request, &state);
        guise_free(state.groups);
    }
    pthread_mutex_unlock(&token->adjusting);
    return status;
}

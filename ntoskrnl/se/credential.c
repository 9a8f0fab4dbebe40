/*
 * Which credential a thread carries for a token at a level (design rules 2, 6, 7, 8).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/token.h"
#include "ntoskrnl/unix/caps.h"

/* Capabilities of the process that the token does without because it has their privileges disabled or removed. */
static uint64_t dropped_capabilities(struct token *token)
{
    privilege_set without = token->identity->process_privileges & ~token->enabled;
    uint64_t dropped = 0;
    ULONG privilege;

    for (privilege = SE_MIN_WELL_KNOWN_PRIVILEGE; privilege <= SE_MAX_WELL_KNOWN_PRIVILEGE; privilege++)
        if (without & PRIVILEGE_BIT(privilege)) dropped |= capabilities_of_privilege(privilege);
    return dropped;
}

/* Rule 2: access checks know deny-only and restricting SIDs, the kernel's group list does not. */
static bool expressible_in_ids(const struct token *token)
{
    return !token_is_restricted(token) && !token->identity->has_deny_only;
}

static struct credential *current_credential(struct token *token)
{
    struct credential *credential;

    pthread_rwlock_rdlock(&token->lock);
    credential = token->credential ? credential_reference(token->credential) : NULL;
    pthread_rwlock_unlock(&token->lock);
    return credential;
}

/* The token's own credential, made now if it is the process's and was not needed before. */
static NTSTATUS own_credential(struct token *token, struct credential **credential)
{
    struct credential *made;
    NTSTATUS status;

    if ((*credential = current_credential(token))) return STATUS_SUCCESS;
    /* A client's was made with its token: without one it has no Unix account. */
    if (!token->identity->of_process) return STATUS_ACCESS_DENIED;
    if ((status = credential_create_self(dropped_capabilities(token), &made))) return status;
    pthread_rwlock_wrlock(&token->lock);
    if (!token->credential) token->credential = credential_reference(made);
    *credential = credential_reference(token->credential);
    pthread_rwlock_unlock(&token->lock);
    credential_release(made);
    return STATUS_SUCCESS;
}

/* Whether TOKEN stands for the process as it is now, and not as it was before a set*id. */
static bool is_of_this_process(const struct token *token)
{
    return token->identity->of_process && token->identity->process_generation == process_credential_generation();
}

NTSTATUS token_credential(struct token *token, SECURITY_IMPERSONATION_LEVEL level, struct credential **credential)
{
    const struct guise_config *config;
    NTSTATUS status;

    /* Rule 8: a duplicate of the process token never switches ids, whatever its level. */
    if (is_of_this_process(token) && expressible_in_ids(token)) return own_credential(token, credential);
    if (level >= SecurityImpersonation)
    {
        if (luid_equal(token_authentication_id(token), ANONYMOUS_SESSION_LUID))
            return credential_get_anonymous(credential);
        if (token->identity->of_process || !expressible_in_ids(token)) return STATUS_ACCESS_DENIED;
        return own_credential(token, credential);
    }
    if ((status = guise_get_config(&config))) return status;
    *credential = NULL;
    return config->identification == IDENTIFICATION_TOKEN_ONLY ? STATUS_SUCCESS : credential_get_anonymous(credential);
}

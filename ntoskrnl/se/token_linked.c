/*
 * The two tokens of one administrator (TokenLinkedToken): the system makes them and links them, each can be asked for the
 * other.
 *
 * A token holds a duplicate of the other one that has no link itself, so that no two keep one another alive.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/token_info.h"

#define QUERIED_ACCESS (TOKEN_QUERY | TOKEN_QUERY_SOURCE | TOKEN_DUPLICATE | TOKEN_IMPERSONATE)

/* A duplicate without a link. NULL without memory, or if there is no such duplicate. */
static struct token *duplicate_alone(struct token *token, TOKEN_TYPE type, SECURITY_IMPERSONATION_LEVEL level)
{
    struct token *copy;

    if (token_duplicate(token, false, type, level, token->security, &copy)) return NULL;
    token_release(copy->linked);
    copy->linked = NULL;
    return copy;
}

/* TOKEN takes over the reference OTHER. */
static void set_link(struct token *token, struct token *other)
{
    struct token *before;

    token_lock_exclusive(token);
    before = token->linked;
    token->linked = other;
    token->modified_id = luid_allocate();
    token_unlock(token);
    token_release(before);
}

static NTSTATUS link_tokens(struct token *a, struct token *b)
{
    struct token *copy_a = duplicate_alone(a, a->type, a->level), *copy_b = duplicate_alone(b, b->type, b->level);

    if (!copy_a || !copy_b)
    {
        token_release(copy_a);
        token_release(copy_b);
        return STATUS_NO_MEMORY;
    }
    set_link(a, copy_b);
    set_link(b, copy_a);
    return STATUS_SUCCESS;
}

/* The other handle needs TOKEN_DUPLICATE. */
NTSTATUS token_set_linked(struct token *token, const void *value)
{
    struct token *other;
    NTSTATUS status;

    if ((status = token_from_handle(((const TOKEN_LINKED_TOKEN *)value)->LinkedToken, TOKEN_DUPLICATE, &other, NULL)))
        return status;
    status = other == token ? STATUS_INVALID_PARAMETER : link_tokens(token, other);
    token_release(other);
    return status;
}

/* What the caller may have of LINKED: to act as it only if it is the system, else to look at it. */
static struct token *duplicate_for_caller(struct token *linked, bool trusted)
{
    bool can_act = linked->type == TokenPrimary || linked->level >= SecurityImpersonation;

    if (trusted && can_act) return duplicate_alone(linked, TokenPrimary, linked->level);
    return duplicate_alone(linked, TokenImpersonation,
                           linked->type == TokenImpersonation && linked->level < SecurityIdentification
                               ? linked->level
                               : SecurityIdentification);
}

static NTSTATUS open_linked(struct token *token, struct token *linked, HANDLE *handle)
{
    bool trusted = !token_check_privilege(SE_TCB_PRIVILEGE);
    struct token *copy = duplicate_for_caller(linked, trusted), *back = duplicate_alone(token, token->type, token->level);
    NTSTATUS status = STATUS_NO_MEMORY;

    if (copy && back)
    {
        set_link(copy, token_reference(back));
        status = handle_create(copy, trusted ? TOKEN_ALL_ACCESS : QUERIED_ACCESS, 0, handle);
    }
    token_release(back);
    token_release(copy);
    return status;
}

NTSTATUS token_query_linked(struct token *token, void *information, ULONG length, ULONG *returned)
{
    TOKEN_LINKED_TOKEN answer;
    struct token *linked;
    NTSTATUS status;

    *returned = sizeof(answer);
    if (length < sizeof(answer)) return STATUS_BUFFER_TOO_SMALL;
    if (!information) return STATUS_ACCESS_VIOLATION;
    token_lock_shared(token);
    linked = token->linked ? token_reference(token->linked) : NULL;
    token_unlock(token);
    if (!linked) return STATUS_NO_SUCH_LOGON_SESSION;
    if (!(status = open_linked(token, linked, &answer.LinkedToken))) memcpy(information, &answer, sizeof(answer));
    token_release(linked);
    return status;
}

/*
 * Locking tokens, one or two.
 *
 * Nobody changes a token while he holds another one, and two are held in the order of their addresses: so no two threads
 * wait for one another. A shared lock may be taken again by who holds it (SeLockSubjectContext nests), for readers do not
 * wait for writers that wait.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/rtl/check.h"
#include "ntoskrnl/se/token.h"

#ifdef GUISE_DEBUG
/* On tokens, by this thread. In a switch of ids nothing is allocated, so neither is this. */
static __thread unsigned int locks_held __attribute__((tls_model("initial-exec")));
#define NOTE_LOCKED()   ((void)locks_held++)
#define NOTE_UNLOCKED() (GUISE_CHECK(locks_held), (void)locks_held--)
#else
#define NOTE_LOCKED()   ((void)0)
#define NOTE_UNLOCKED() ((void)0)
#endif

void token_lock_shared(struct token *token)
{
    int error = pthread_rwlock_rdlock(&token->lock);

    GUISE_CHECK(!error);
    NOTE_LOCKED();
}

void token_lock_exclusive(struct token *token)
{
    int error;

#ifdef GUISE_DEBUG
    GUISE_CHECK(!locks_held);
#endif
    error = pthread_rwlock_wrlock(&token->lock);
    GUISE_CHECK(!error);
    NOTE_LOCKED();
}

void token_unlock(struct token *token)
{
    int error = pthread_rwlock_unlock(&token->lock);

    GUISE_CHECK(!error);
    NOTE_UNLOCKED();
}

void tokens_lock_shared(struct token *a, struct token *b)
{
    struct token *first = b && (uintptr_t)b < (uintptr_t)a ? b : a, *second = first == a ? b : a;

    token_lock_shared(first);
    if (!second || second == first) return;
    GUISE_CHECK((uintptr_t)first < (uintptr_t)second);
    token_lock_shared(second);
}

void tokens_unlock(struct token *a, struct token *b)
{
    token_unlock(a);
    if (b && b != a) token_unlock(b);
}

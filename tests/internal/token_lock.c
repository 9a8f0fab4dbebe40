/*
 * The checks of debug builds: who takes tokens' locks in another order, or gives back what he does not hold, ends the process.
 * Links the objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wine/test.h"

#include "ntoskrnl/ps/ps.h"

static struct token *one, *two;

static struct token *fresh(void)
{
    struct token *primary = primary_token(), *copy = NULL;

    token_duplicate(primary, false, TokenImpersonation, SecurityImpersonation, primary->security, &copy);
    token_release(primary);
    return copy;
}

static void right_order(void)
{
    tokens_lock_shared(one, two);
    tokens_lock_shared(two, one); /* calls nest */
    tokens_unlock(one, two);
    tokens_unlock(one, two);
    tokens_lock_shared(one, one);
    tokens_unlock(one, one);
    tokens_lock_shared(two, NULL);
    tokens_unlock(two, NULL);
    token_lock_exclusive(one);
    token_unlock(one);
    token_lock_exclusive(two);
    token_unlock(two);
}

static void exclusive_behind_shared(void)
{
    token_lock_shared(one);
    token_lock_exclusive(two);
}

static void two_exclusive(void)
{
    token_lock_exclusive(one);
    token_lock_exclusive(two);
}

/* The header stays readable: it is a third one that the count is wrong of. */
static void one_too_many(void)
{
    struct token *token = fresh();
    struct object_header *header = object_header_of(token);

    atomic_store(&header->references, 0);
    object_reference(token);
}

static void below_zero(void)
{
    struct token *token = fresh();

    atomic_store(&object_header_of(token)->references, 0);
    object_dereference(token);
}

/* The signal that a child which runs CALL ends with, or 0. */
static int signal_of(void (*call)(void))
{
    int status = 0;
    pid_t child = fork();

    if (!child)
    {
        if (!freopen("/dev/null", "w", stderr)) _exit(2);
        call();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

START_TEST(token_lock)
{
    one = fresh();
    two = fresh();
    ok(!signal_of(right_order), "the right order ends the process\n"); /* design 4 */
#ifdef GUISE_DEBUG
    ok(signal_of(exclusive_behind_shared) == SIGABRT, "changed a token while another one was held\n"); /* design 4 */
    ok(signal_of(two_exclusive) == SIGABRT, "changed two tokens\n");                                   /* design 4 */
    ok(signal_of(one_too_many) == SIGABRT, "a token came back to life\n");                             /* design 4 */
    ok(signal_of(below_zero) == SIGABRT, "a reference too many was given back\n");                     /* design 4 */
#else
    (void)exclusive_behind_shared, (void)two_exclusive, (void)one_too_many, (void)below_zero;
#endif
    token_release(one);
    token_release(two);
}

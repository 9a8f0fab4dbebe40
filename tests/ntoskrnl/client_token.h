/*
 * Tokens of other users, and processes without privileges, for the units of this room.
 *
 * Natively a client's token is what a security package would make for a test account of tools/sandbox. Where that
 * cannot be had (Windows, or not root) the helpers answer NULL or FALSE and the unit skips.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_CLIENT_TOKEN_H
#define GUISE_TESTS_CLIENT_TOKEN_H

#include <ntifs.h>

/* A network client's impersonation token, referenced (ObDereferenceObject), or NULL. ACCOUNT is "alice", "bob" or
 * "carol". */
PACCESS_TOKEN client_token(const char *account, SECURITY_IMPERSONATION_LEVEL level);

/* A handle with all access to a token object, or NULL. */
HANDLE token_handle(PACCESS_TOKEN token);

/* A duplicate of this process's token as an impersonation token, referenced. */
PACCESS_TOKEN self_token(SECURITY_IMPERSONATION_LEVEL level);

/* A handle to this process's token. */
HANDLE process_token_handle(ACCESS_MASK access);

/* The level that a token claims by itself; -1 if it cannot be asked. */
int token_level(HANDLE token);

/*
 * Runs UNIT of this program again and counts its failures. FALSE: that cannot be done here. The child finds
 * child_argument() to be "unprivileged"  as user alice without any privilege, with Windows' behaviour for identified
 * clients (token-only); "everyone"      as before, with anonymous clients in Everyone (EveryoneIncludesAnonymous).
 */
BOOL run_without_privileges(const char *unit);
BOOL run_with_anonymous_in_everyone(const char *unit);

/* In such a child: which one it is; else NULL. */
const char *child_argument(void);

/* Runs CHECK on a thread of its own and waits for it. */
void run_on_thread(void (*check)(void *context), void *context);

/* A hundredth of a second. */
void wait_a_moment(void);

/* The number of references on an object, and nothing changed. */
static inline LONG_PTR reference_count(PVOID object)
{
    ObReferenceObject(object);
    return ObDereferenceObject(object);
}

/* Whether CALL faults; natively tried in a child. -1: cannot be tried here. */
int faults(void (*call)(void));

#endif

/*
 * Local accounts for the time of a unit (PE only).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_WINDOWS_ACCOUNTS_H
#define GUISE_TESTS_WINDOWS_ACCOUNTS_H

#include <windef.h>
#include <winbase.h>

struct account
{
    char name[21]; /* as long as a SAM name may be */
    char password[25];
};

/* Whether --create-accounts was given, where accounts can log on. */
BOOL accounts_wanted(void);

/*
 * Makes COUNT local accounts that are members of Users, each with a name and a password by chance. A process that removes
 * them when this one has ended is there before the first. FALSE: the last error says why, and there is none of them.
 */
BOOL accounts_create(struct account *accounts, unsigned int count);

/* Removes them. TRUE: none is left. */
BOOL accounts_remove(const struct account *accounts, unsigned int count);

/* The process that removes accounts: waits for PROCESS, then removes those of NAMES that are left and says so. */
int accounts_guard(HANDLE process, char **names, int count);

/* Starts it. The names need not exist yet. */
BOOL accounts_start_guard(const struct account *accounts, unsigned int count);

#endif

/*
 * Answers of NSS kept for a moment ([accounts] lookup-cache): a server that is busy does not ask again for every logon of a client.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_ACCOUNT_CACHE_H
#define GUISE_NTOSKRNL_UNIX_ACCOUNT_CACHE_H

#include <stdatomic.h>

#include "ntoskrnl/core.h"

/* What guise_account_by_name() gives out: immutable, shared between callers and cache. */
struct shared_account
{
    struct unix_account account; /* first */
    _Atomic unsigned int references;
};

/* An answer for NAME that is not too old, with a reference; NULL: ask NSS. */
struct shared_account *account_cache_find(const char *name);

/* Keeps the answer for account.name, asked for at ASKED (account_cache_now()), with a reference of its own. */
void account_cache_keep(struct shared_account *account, uint64_t asked);

/* Monotonic milliseconds. */
uint64_t account_cache_now(void);

#endif

/*
 * The Unix accounts of a domain's users: who is asked for them, in which order, and for how long an answer is good.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_DOMAIN_H
#define GUISE_NTOSKRNL_UNIX_DOMAIN_H

#include <pwd.h>

#include "ntoskrnl/core.h"

/*
 * The account of ENTRY, or of UID, with the groups that NSS gives it and the gids of GROUPS (unix/accounts.c). The statuses are
 * those of guise_account_by_name().
 */
NTSTATUS account_of_entry(const struct passwd *entry, const struct guise_domain_group *groups, size_t count,
                          struct unix_account **account);

NTSTATUS account_of_uid(uid_t uid, const struct guise_domain_group *groups, size_t count, struct unix_account **account);

/* SSSD (unix/sssd.c), as winbind_find_account(); NSS is asked for who has the uid. */
NTSTATUS sssd_find_account(const SID *user, struct guise_domain_group *groups, size_t count, struct unix_account **account);

/* Whether a domain can have given SID: it is no well-known one, and none of this machine's own (S-1-22). */
bool domain_may_give(const SID *sid);

/* ---- answers kept for a while: unix/domain_cache.c ------------------------------------------------------------------ */

/*
 * The account and the gids of GROUPS if the same was asked not too long ago; *ACCOUNT is a reference. False: ask. Who finds the cache in use asks,
 * too, so that nobody waits for it.
 */
bool domain_cache_find(const SID *user, struct guise_domain_group *groups, size_t count, struct unix_account **account);
void domain_cache_keep(const SID *user, const struct guise_domain_group *groups, size_t count, struct unix_account *account);

#endif

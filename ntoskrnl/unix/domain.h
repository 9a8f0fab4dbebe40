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

/* SSSD (unix/sssd.c), as winbind_find_account(); each question has MILLISECONDS. NSS is asked for who has the uid. */
NTSTATUS sssd_find_account(const SID *user, struct guise_domain_group *groups, size_t count, unsigned int milliseconds,
                           struct unix_account **account);

/* Whether a domain can have given SID: it is no well-known one, and none of this machine's own (S-1-22). */
bool domain_may_give(const SID *sid);

/* ---- ids: unix/domain_ids.c ------------------------------------------------------------------------------------------ */

/* A user's uid, or a group's gid. */
struct unix_id
{
    bool of_group;
    id_t id;
};

/*
 * Whose SID is: S-1-22 and LocalSystem say it themselves, a domain's accounts are asked for within winbind-timeout. STATUS_NONE_MAPPED: nobody's who has an
 * id. STATUS_NO_LOGON_SERVERS: who has to be asked does not answer. STATUS_NO_MEMORY. No lock may be held.
 */
NTSTATUS unix_id_of_sid(const SID *sid, struct unix_id *id);

/* SSSD (unix/sssd.c), as winbind_find_id(). */
NTSTATUS sssd_find_id(const SID *sid, bool of_group, unsigned int milliseconds, uint32_t *id);

/* ---- names: unix/domain_names.c ------------------------------------------------------------------------------------ */

/* Whether SID may be a domain itself: S-1-5-21 and three numbers. */
bool domain_may_be(const SID *sid);

/*
 * The checked names in FOUND, beside its SID. STATUS_NONE_MAPPED: they are none that a domain can have given: empty, too long, with what separates names,
 * of an authority of this machine's, or not of the kind that goes with the SID.
 */
NTSTATUS domain_take_name(const char *domain, const char *name, SID_NAME_USE use, struct guise_domain_name *found);

/* SSSD (unix/sssd.c), as winbind_name_of_sid() and winbind_sid_of_name(). */
NTSTATUS sssd_name_of_sid(const struct guise_config *config, const SID *sid, struct guise_domain_name *found);
NTSTATUS sssd_sid_of_name(const struct guise_config *config, const char *domain, const char *name, struct guise_domain_name *found);

/* An answer of domain_names.c to KEY, of KEY_SIZE bytes, as domain_cache_find() (unix/name_cache.c). */
bool name_cache_find(const void *key, size_t key_size, struct guise_domain_name *name);
void name_cache_keep(const void *key, size_t key_size, const struct guise_domain_name *name);

/* ---- answers kept for a while: unix/domain_cache.c ------------------------------------------------------------------ */

/*
 * The account and the gids of GROUPS if the same was asked not too long ago; *ACCOUNT is a reference. False: ask. Who finds the cache in use asks,
 * too, so that nobody waits for it.
 */
bool domain_cache_find(const SID *user, struct guise_domain_group *groups, size_t count, struct unix_account **account);
void domain_cache_keep(const SID *user, const struct guise_domain_group *groups, size_t count, struct unix_account *account);

#endif

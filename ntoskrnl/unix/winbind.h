/*
 * Winbind, asked through libwbclient, which is loaded when first needed and by workers alone: it blocks (unix/worker.h).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_WINBIND_H
#define GUISE_NTOSKRNL_UNIX_WINBIND_H

#include "ntoskrnl/unix/domain.h"
#include "ntoskrnl/unix/wbclient.h"
#include "ntoskrnl/unix/worker.h"

/*
 * The Unix account that USER, one of a domain's, is mapped to, and the gids of GROUPS. On a worker. STATUS_NO_SUCH_USER: none.
 * STATUS_NO_LOGON_SERVERS: winbind does not answer. STATUS_NO_MEMORY.
 */
NTSTATUS winbind_find_account(struct worker *worker, const SID *user, struct guise_domain_group *groups, size_t count,
                              struct unix_account **account);

/* The uid or gid of SID, a user's or a group's. On a worker. STATUS_NONE_MAPPED: it has none. STATUS_NO_LOGON_SERVERS. */
NTSTATUS winbind_find_id(struct worker *worker, const SID *sid, bool of_group, uint32_t *id);

/* What winbind says of an account that has proved itself, as a logon. STATUS_INVALID_NETWORK_RESPONSE: it cannot be. STATUS_NO_MEMORY. */
NTSTATUS winbind_take_account(const struct wb_account *answer, struct guise_domain_logon **logon);

/* The worker's connection, NULL without the library, whose functions those are. */
struct wb_context *winbind_connect(struct worker *worker);
const struct wb_functions *winbind_library(void);

/* False: SID has more subauthorities than winbind knows. */
bool winbind_sid(const SID *sid, struct wb_sid *out);

/* ---- names: unix/winbind_names.c ------------------------------------------------------------------------------------ */

/*
 * What SID is called, or whose SID NAME is; DOMAIN "": NAME is USER@REALM. On a worker. STATUS_NONE_MAPPED: there is no such account.
 * STATUS_NO_LOGON_SERVERS: winbind or its controller do not answer. STATUS_NO_MEMORY.
 */
NTSTATUS winbind_name_of_sid(struct worker *worker, const SID *sid, struct guise_domain_name *found);
NTSTATUS winbind_sid_of_name(struct worker *worker, const char *domain, const char *name, struct guise_domain_name *found);

/* What winbind says that SID, one of a domain's, is called. STATUS_NONE_MAPPED: no domain has such names. */
NTSTATUS winbind_take_name(const SID *sid, const char *domain, const char *name, int type, struct guise_domain_name *found);

/* Once, and for names that guise.conf gives: a line on the log where winbind has others (unix/machine_names.c). On a worker. */
void names_compare(struct worker *worker);

/* The end of a worker. */
void winbind_disconnect(struct worker *worker);

#endif

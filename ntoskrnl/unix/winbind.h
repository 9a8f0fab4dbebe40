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

/* What winbind says of an account that has proved itself, as a logon. STATUS_INVALID_NETWORK_RESPONSE: it cannot be. STATUS_NO_MEMORY. */
NTSTATUS winbind_take_account(const struct wb_account *answer, struct guise_domain_logon **logon);

/* The end of a worker. */
void winbind_disconnect(struct worker *worker);

#endif

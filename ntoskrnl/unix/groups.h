/*
 * Lists of groups: sorted, each once, as they are compared and given to the kernel.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_GROUPS_H
#define GUISE_NTOSKRNL_UNIX_GROUPS_H

#include <stddef.h>
#include <sys/types.h>

/* No group has this id. */
#define NO_GROUP ((gid_t)-1)

/* Sorts GROUPS in place and leaves out doubles and PRIMARY, which may be NO_GROUP; how many are left. */
size_t groups_tidy(gid_t *groups, size_t count, gid_t primary);

#endif

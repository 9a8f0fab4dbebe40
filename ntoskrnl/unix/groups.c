/*
 * Lists of groups in the one order in which they are kept.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>

#include "ntoskrnl/unix/groups.h"

static int compare_gids(const void *a, const void *b)
{
    gid_t left = *(const gid_t *)a, right = *(const gid_t *)b;

    return (left > right) - (left < right);
}

size_t groups_tidy(gid_t *groups, size_t count, gid_t primary)
{
    size_t kept = 0;

    qsort(groups, count, sizeof(*groups), compare_gids);
    for (size_t i = 0; i < count; i++)
    {
        if (groups[i] != primary && (!kept || groups[kept - 1] != groups[i])) groups[kept++] = groups[i];
    }
    return kept;
}

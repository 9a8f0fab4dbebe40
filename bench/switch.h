/*
 * What the programs that time switches of identity share: the client's ids, its groups, idle threads.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_BENCH_SWITCH_H
#define GUISE_BENCH_SWITCH_H

#include <sys/types.h>

#define BENCH_CLIENT_ID 70001 /* uid and primary gid of the client */
#define BENCH_THIRD_ID  70090 /* real ids meanwhile: _guise of tools/sandbox (design 5.3) */

/* COUNT group ids, sorted; the block lives as long as the program. */
gid_t *bench_groups(unsigned long count);

/* Sees to it that the process has THREADS threads; all but the caller sleep until the end. They can only become more. */
void bench_park_threads(unsigned long threads);

#endif

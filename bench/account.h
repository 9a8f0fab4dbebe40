/*
 * The account that every handshake of the benchmarks is made with; bench/run makes the peers' account files from the same text.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_BENCH_ACCOUNT_H
#define GUISE_BENCH_ACCOUNT_H

#define BENCH_DOMAIN   "BENCH"
#define BENCH_USER     "alice"
#define BENCH_PASSWORD "Guise-bench-1"

#endif

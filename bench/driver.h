/*
 * What the benchmark programs share: a list of operations, run when bench/run asks for them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_BENCH_DRIVER_H
#define GUISE_BENCH_DRIVER_H

#include <stdint.h>

/*
 * An operation runs COUNT times and returns what is measured: nanoseconds of all of them, or bytes. FIRST and SECOND are the numbers
 * of `NAME:FIRST:SECOND`, 0 where there is none.
 */
struct bench_op
{
    const char *name;
    uint64_t (*run)(unsigned long first, unsigned long second, unsigned long count);
};

/*
 * Nanoseconds of processor time of the calling thread, kernel included: what other programs of the machine take is not in it. Where a thread
 * waits for others (THREADS over 1) that would hide the cost, and the time is the wall's.
 */
uint64_t bench_now(unsigned long threads);
/* Bytes that malloc has given out and not got back, mapped blocks included. */
uint64_t bench_allocated(void);
/* Prints the message and ends the program: a benchmark that fails has no number. printf format of glibc. */
void bench_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Answers `NAME[:FIRST[:SECOND]] COUNT` lines on stdin with one number a line on stdout until the end of input. OPS ends with a NULL name. */
int bench_serve(const struct bench_op *ops);

#endif

/*
 * The line protocol between bench/run and the programs that do the work: `NAME[:FIRST[:SECOND]] COUNT` in, one number out.
 *
 * A program stays alive for a whole run, so that rounds of several programs can be interleaved on the same machine state.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "driver.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t bench_now(unsigned long threads)
{
    struct timespec now;

    clock_gettime(threads > 1 ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t bench_allocated(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

void bench_fail(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

static const struct bench_op *find_op(const struct bench_op *ops, const char *name)
{
    for (; ops->name; ops++)
    {
        if (!strcmp(ops->name, name)) return ops;
    }
    bench_fail("no operation named %s", name);
}

int bench_serve(const struct bench_op *ops)
{
    char line[256];

    while (fgets(line, sizeof(line), stdin))
    {
        char name[64];
        unsigned long argument[2] = {0, 0}, count;
        char *colon;

        if (sscanf(line, "%63s %lu", name, &count) != 2 || !count) bench_fail("not a request: %s", line);
        if ((colon = strchr(name, ':')))
        {
            *colon = 0;
            argument[0] = strtoul(colon + 1, &colon, 10);
            if (*colon == ':') argument[1] = strtoul(colon + 1, NULL, 10);
        }
        printf("%" PRIu64 "\n", find_op(ops, name)->run(argument[0], argument[1], count));
        fflush(stdout);
    }
    return 0;
}

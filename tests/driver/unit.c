/*
 * Runs the units in kernel mode: the little C library they need, the calls they make, their early end.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "run.h"
#include "wine/test.h"

int winetest_main(int argc, char **argv);

/* Where the running unit returns to, on which thread. One runs at a time (driver.c). */
static void *unit_end[5];
static void *unit_thread;

/* ---- the C library ---- */

struct driver_file
{
    char unused;
};
static struct driver_file log_of_the_unit;
FILE *const stdout = &log_of_the_unit; /* the framework asks whether there is a file */

size_t fwrite(const void *data, size_t size, size_t count, FILE *file)
{
    (void)file;
    driver_log(data, size * count);
    return count;
}

void *malloc(size_t size)
{
    return driver_allocate(size ? size : 1);
}

void *calloc(size_t count, size_t size)
{
    void *block = size && count > (size_t)-1 / size ? NULL : malloc(count * size);

    return block ? memset(block, 0, count * size) : NULL;
}

void free(void *block)
{
    if (block) driver_free(block);
}

void abort(void)
{
    if (driver_thread_id() != unit_thread) driver_end_thread();
    __builtin_longjmp(unit_end, 1);
}

/* ---- the routines under test ---- */

static void *look_up(const char *name, const char *file, int line)
{
    void *address = driver_lookup(name);

    if (address) return address;
    skip_(file, line)("%s is not exported here, and the unit ends\n", name);
    abort();
}

void *kernel_routine(const char *name, const char *file, int line)
{
    void *address = look_up(name, file, line);

    trace_(file, line)("begin %s\n", name);
    return address;
}

void *kernel_data(const char *name, const char *file, int line)
{
    return look_up(name, file, line);
}

/* ---- running ---- */

void unit_guard(void (*unit)(void))
{
    unit_thread = driver_thread_id();
    if (!__builtin_setjmp(unit_end)) unit();
    driver_revert();
}

int unit_run(const char *name)
{
    char program[] = "guise_test", log[] = "--log", unit[64] = "", *arguments[] = {program, log, unit, NULL};

    if (strlen(name) >= sizeof(unit)) return -1;
    memcpy(unit, name, strlen(name));
    return winetest_main(3, arguments);
}

/*
 * What the test framework needs in kernel mode: included by wine/testmain.h only. See tests/driver.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __WINE_WINE_TESTKERNEL_H
#define __WINE_WINE_TESTKERNEL_H

#include "tests/driver/run.h"

enum
{
    WINETEST_THREADS = 16 /* that one unit may start */
};

/* Claimed by the threads of the unit as they come; released all together when the next unit begins. */
static struct winetest_thread winetest_threads[WINETEST_THREADS];
static void *winetest_thread_ids[WINETEST_THREADS];

static struct winetest_thread *winetest_data(void)
{
    void *id = driver_thread_id();
    int i;

    for (i = 0; i < WINETEST_THREADS - 1; i++)
    {
        void *found = NULL;

        if (__atomic_compare_exchange_n(&winetest_thread_ids[i], &found, id, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) break;
        if (found == id) break;
    }
    return &winetest_threads[i]; /* the last one is shared: places may then be wrong, results are not */
}

static unsigned int winetest_pid(void)
{
    return driver_process_id();
}

static unsigned long long winetest_now(void)
{
    return driver_milliseconds();
}

/* The loader ends the driver. */
static void winetest_watch(void)
{
}

static void winetest_platform_init(void)
{
    static struct winetest_counts counts;

    memset(&counts, 0, sizeof(counts));
    memset(winetest_threads, 0, sizeof(winetest_threads));
    memset(winetest_thread_ids, 0, sizeof(winetest_thread_ids));
    winetest_count = &counts;
    winetest_platform = driver_runs_on_wine() ? "wine" : "windows";
}

#endif /* __WINE_WINE_TESTKERNEL_H */

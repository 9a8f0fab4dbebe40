/*
 * Two ways around Guise to act as a client on one thread, for comparison; no library of Guise is in this process.
 *
 * glibc: setgroups, setresgid, setresuid, which glibc carries out on every thread of the process by signal. ganesha: setgroups,
 * setfsgid, setfsuid as raw system calls of the thread, the order nfs-ganesha uses.
 *
 * usage: switch_peer     as root. Operations NAME:GROUPS:THREADS; THREADS counts the calling one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <grp.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "driver.h"
#include "switch.h"

static gid_t own_groups[65536];
static int own_count;

static void must(const char *what, long result)
{
    if (result < 0) bench_fail("%s failed", what);
}

static uint64_t run_glibc(unsigned long groups, unsigned long threads, unsigned long count)
{
    const gid_t *list = bench_groups(groups);
    uint64_t begin;

    bench_park_threads(threads);
    begin = bench_now(threads);
    while (count--)
    {
        must("setgroups", setgroups(groups, list));
        must("setresgid", setresgid(BENCH_THIRD_ID, BENCH_CLIENT_ID, -1));
        must("setresuid", setresuid(BENCH_THIRD_ID, BENCH_CLIENT_ID, -1));
        must("setresuid", setresuid(0, 0, 0));
        must("setresgid", setresgid(0, 0, 0));
        must("setgroups", setgroups(own_count, own_groups));
    }
    return bench_now(threads) - begin;
}

static uint64_t run_ganesha(unsigned long groups, unsigned long threads, unsigned long count)
{
    const gid_t *list = bench_groups(groups);
    uint64_t begin;

    bench_park_threads(threads);
    begin = bench_now(threads);
    while (count--)
    {
        must("setgroups", syscall(SYS_setgroups, groups, list));
        must("setfsgid", syscall(SYS_setfsgid, BENCH_CLIENT_ID));
        must("setfsuid", syscall(SYS_setfsuid, BENCH_CLIENT_ID));
        must("setfsuid", syscall(SYS_setfsuid, 0));
        must("setfsgid", syscall(SYS_setfsgid, 0));
        must("setgroups", syscall(SYS_setgroups, own_count, own_groups));
    }
    return bench_now(threads) - begin;
}

int main(void)
{
    static const struct bench_op ops[] = {
        {"glibc", run_glibc},
        {"ganesha", run_ganesha},
        {NULL, NULL},
    };

    if (geteuid()) bench_fail("needs root");
    own_count = getgroups(65536, own_groups);
    must("getgroups", own_count);
    return bench_serve(ops);
}

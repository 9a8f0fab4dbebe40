/*
 * The cost of PsImpersonateClient and PsRevertToSelf, beside the same system calls made bare, in the same process.
 *
 * usage: switch     as root inside tools/sandbox (the accounts of design rules 3 and 6). Operations NAME:GROUPS:THREADS; THREADS counts the
 *                   calling one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ntoskrnl/core.h"

#include "driver.h"
#include "switch.h"

static gid_t own_groups[65536];
static int own_count;

static void must(const char *what, long result)
{
    if (result < 0) bench_fail("%s failed", what);
}

static PACCESS_TOKEN make_token(unsigned long groups)
{
    struct unix_account account = {
        .name = (char *)"bench",
        .uid = BENCH_CLIENT_ID,
        .gid = BENCH_CLIENT_ID,
        .group_count = groups,
        .groups = bench_groups(groups),
    };
    struct guise_logon logon = {
        .source = "bench",
        .user_name = u"bench",
        .domain_name = u"BENCH",
        .account = &account,
        .level = SecurityImpersonation,
    };
    PACCESS_TOKEN token;
    NTSTATUS status = guise_create_logon_token(&logon, &token);

    if (status) bench_fail("guise_create_logon_token: %08x", (unsigned int)status);
    return token;
}

static void impersonate(PETHREAD thread, PACCESS_TOKEN token)
{
    NTSTATUS status = PsImpersonateClient(thread, token, FALSE, FALSE, SecurityImpersonation);

    if (status) bench_fail("PsImpersonateClient: %08x", (unsigned int)status);
}

/* In and out. */
static uint64_t run_pair(unsigned long groups, unsigned long threads, unsigned long count)
{
    PETHREAD thread = PsGetCurrentThread();
    PACCESS_TOKEN token = make_token(groups);
    uint64_t begin, end;

    bench_park_threads(threads);
    begin = bench_now(threads);
    while (count--)
    {
        impersonate(thread, token);
        PsRevertToSelf();
    }
    end = bench_now(threads);
    guise_dereference_token(token);
    return end - begin;
}

/* The thread carries the client already, so nothing changes for the kernel. */
static uint64_t run_again(unsigned long groups, unsigned long threads, unsigned long count)
{
    PETHREAD thread = PsGetCurrentThread();
    PACCESS_TOKEN token = make_token(groups);
    uint64_t begin, end;

    bench_park_threads(threads);
    impersonate(thread, token);
    begin = bench_now(threads);
    while (count--) impersonate(thread, token);
    end = bench_now(threads);
    PsRevertToSelf();
    guise_dereference_token(token);
    return end - begin;
}

/* The thread carries nobody, and is asked to come back. */
static uint64_t run_idle_revert(unsigned long groups, unsigned long threads, unsigned long count)
{
    uint64_t begin;

    (void)groups;
    bench_park_threads(threads);
    begin = bench_now(threads);
    while (count--) PsRevertToSelf();
    return bench_now(threads) - begin;
}

/* The system calls of rule 4 for a server that is root, and nothing else. tests/unix/switch_calls.c shows that they are Guise's. */
static uint64_t run_raw(unsigned long groups, unsigned long threads, unsigned long count)
{
    const gid_t *list = bench_groups(groups);
    bool same_groups = groups == (unsigned long)own_count && !memcmp(list, own_groups, groups * sizeof(*list));
    uint64_t begin;

    bench_park_threads(threads);
    begin = bench_now(threads);
    while (count--)
    {
        if (!same_groups) must("setgroups", syscall(SYS_setgroups, groups, list));
        must("setresgid", syscall(SYS_setresgid, BENCH_THIRD_ID, BENCH_CLIENT_ID, -1));
        must("setresuid", syscall(SYS_setresuid, BENCH_THIRD_ID, BENCH_CLIENT_ID, -1));
        must("setresuid", syscall(SYS_setresuid, 0, 0, 0));
        must("setresgid", syscall(SYS_setresgid, 0, 0, -1));
        if (!same_groups) must("setgroups", syscall(SYS_setgroups, own_count, own_groups));
    }
    return bench_now(threads) - begin;
}

int main(void)
{
    static const struct bench_op ops[] = {
        {"pair", run_pair},
        {"again", run_again},
        {"idle-revert", run_idle_revert},
        {"raw", run_raw},
        {NULL, NULL},
    };

    if (geteuid()) bench_fail("needs root");
    own_count = getgroups(65536, own_groups);
    must("getgroups", own_count);
    return bench_serve(ops);
}

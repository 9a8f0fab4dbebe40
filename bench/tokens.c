/*
 * The cost of copying a token, beside a copy that shares nothing with its source.
 *
 * usage: tokens     Operations NAME:GROUPS.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/core.h"

#include "driver.h"

enum
{
    SID_SIZE = 28 /* S-1-5-21-a-b-c-RID */
};

static void put_sid(UCHAR *place, ULONG rid)
{
    const ULONG domain[] = {21, 0x11111111, 0x22222222, 0x33333333, rid};

    memcpy(place, "\x01\x05\0\0\0\0\0\x05", 8);
    memcpy(place + 8, domain, sizeof(domain));
}

static void *must(void *block)
{
    if (!block) bench_fail("no memory");
    return block;
}

struct source
{
    unsigned long groups;
    HANDLE token;
    TOKEN_GROUPS *list; /* its groups, the SIDs behind them */
    ULONG list_size;
};

static void make_token(struct source *source)
{
    UCHAR *sids = must(calloc(source->groups + 1, SID_SIZE));
    const SID **groups = must(calloc(source->groups, sizeof(*groups)));
    const struct guise_logon logon = {.source = "bench",
                                      .user_name = u"bench",
                                      .domain_name = u"BENCH",
                                      .user = (SID *)sids,
                                      .groups = groups,
                                      .group_count = source->groups,
                                      .level = SecurityImpersonation};
    PACCESS_TOKEN token;
    unsigned long i;

    for (i = 0; i <= source->groups; i++) put_sid(sids + i * SID_SIZE, 1000 + i);
    for (i = 0; i < source->groups; i++) groups[i] = (SID *)(sids + (i + 1) * SID_SIZE);
    if (guise_create_logon_token(&logon, &token) || guise_open_token(token, TOKEN_ALL_ACCESS, &source->token)) bench_fail("no token");
    ObDereferenceObject(token);
    free(groups);
    free(sids);
}

static struct source *source_of(unsigned long groups)
{
    static struct source *last;

    if (last && last->groups == groups) return last;
    last = must(calloc(1, sizeof(*last))); /* the few that a run needs are kept */
    last->groups = groups;
    make_token(last);
    NtQueryInformationToken(last->token, TokenGroups, NULL, 0, &last->list_size);
    last->list = must(malloc(last->list_size));
    if (NtQueryInformationToken(last->token, TokenGroups, last->list, last->list_size, &last->list_size)) bench_fail("no groups");
    if (last->list->GroupCount < groups) bench_fail("groups are missing");
    return last;
}

static HANDLE duplicate(const struct source *source)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    HANDLE copy;

    if (NtDuplicateToken(source->token, TOKEN_QUERY, &attributes, FALSE, TokenImpersonation, &copy)) bench_fail("NtDuplicateToken");
    return copy;
}

/* A copy is equal to what it was made from. */
static void prove(const struct source *source)
{
    HANDLE copy = duplicate(source);
    BOOLEAN equal;

    if (NtCompareTokens(source->token, copy, &equal) || !equal) bench_fail("the copy is another token");
    NtClose(copy);
}

static uint64_t run_duplicate(unsigned long groups, unsigned long unused, unsigned long count)
{
    const struct source *source = source_of(groups);
    uint64_t begin;

    (void)unused;
    prove(source);
    begin = bench_now(1);
    while (count--) NtClose(duplicate(source));
    return bench_now(1) - begin;
}

/* The list of groups in memory of its own, one SID after the other, as a token would need it that shares none. */
static TOKEN_GROUPS *copy_groups(const struct source *source)
{
    ULONG i, n = source->list->GroupCount;
    TOKEN_GROUPS *copy = must(malloc(source->list_size));
    UCHAR *room = (UCHAR *)&copy->Groups[n];

    copy->GroupCount = n;
    for (i = 0; i < n; i++)
    {
        const SID *sid = source->list->Groups[i].Sid;
        size_t length = SeLengthSid(sid);

        memcpy(room, sid, length);
        copy->Groups[i] = (SID_AND_ATTRIBUTES){room, source->list->Groups[i].Attributes};
        room += length;
    }
    return copy;
}

static uint64_t run_copy(unsigned long groups, unsigned long unused, unsigned long count)
{
    const struct source *source = source_of(groups);
    uint64_t begin = bench_now(1);

    (void)unused;
    while (count--)
    {
        TOKEN_GROUPS *copy = copy_groups(source);

        __asm__ volatile("" : : "r"(copy) : "memory"); /* or it would not be made */
        free(copy);
    }
    return bench_now(1) - begin;
}

int main(void)
{
    static const struct bench_op ops[] = {{"duplicate", run_duplicate}, {"copy", run_copy}, {NULL, NULL}};

    return bench_serve(ops);
}

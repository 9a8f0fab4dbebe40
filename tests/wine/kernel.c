/*
 * Reading /proc/self/task/TID/status.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/wine/kernel.h"

/* long has 32 bits here, pointers have 64. */
static long long call(long number, long long a, long long b, long long c)
{
    long long result;

    __asm__ volatile("syscall" : "=a"(result) : "a"((long long)number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}

int kernel_tid(void)
{
    return (int)call(LINUX_GETTID, 0, 0, 0);
}

int kernel_chmod(const char *unix_path, unsigned int mode)
{
    return (int)call(LINUX_CHMOD, (long long)(size_t)unix_path, mode, 0);
}

unsigned int kernel_limit_descriptors(unsigned int limit)
{
    struct { unsigned long long current, most; } limits;
    unsigned int before;

    if (call(LINUX_GETRLIMIT, RLIMIT_NOFILE, (long long)(size_t)&limits, 0)) return 0;
    before = (unsigned int)limits.current;
    limits.current = limit;
    return call(LINUX_SETRLIMIT, RLIMIT_NOFILE, (long long)(size_t)&limits, 0) ? 0 : before;
}

static unsigned int read_numbers(const char *text, const char *label, int *numbers, unsigned int room)
{
    const char *line = strstr(text, label), *end;
    unsigned int count = 0;
    char *next;

    if (!line) return 0;
    end = strchr(line + 1, '\n');
    for (line += strlen(label); count < room; line = next)
    {
        long number = strtol(line, &next, 10);

        if (next == line || (end && next > end)) break;
        numbers[count++] = (int)number;
    }
    return count;
}

struct kernel_ids kernel_ids_of(int tid)
{
    struct kernel_ids ids = { .here = 0 };
    char path[64], text[4096];
    long long fd, length;
    const char *capabilities;

    snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
    if ((fd = call(LINUX_OPEN, (long long)(size_t)path, 0, 0)) < 0) return ids;
    length = call(LINUX_READ, fd, (long long)(size_t)text, sizeof(text) - 1);
    call(LINUX_CLOSE, fd, 0, 0);
    if (length <= 0) return ids;
    text[length] = 0;
    ids.here = read_numbers(text, "\nUid:", ids.uid, 4) == 4 && read_numbers(text, "\nGid:", ids.gid, 4) == 4;
    ids.group_count = read_numbers(text, "\nGroups:", ids.groups, 32);
    if ((capabilities = strstr(text, "\nCapEff:"))) ids.effective = strtoull(capabilities + 8, NULL, 16);
    return ids;
}

int carries(struct kernel_ids ids, int uid)
{
    return ids.here && ids.uid[0] == THIRD && ids.uid[1] == uid && ids.uid[3] == uid && ids.gid[0] == THIRD && ids.gid[1] == uid &&
           ids.gid[3] == uid && !ids.effective;
}

int is_process(struct kernel_ids ids)
{
    return ids.here && !ids.uid[0] && !ids.uid[1] && !ids.uid[2] && !ids.gid[0] && !ids.gid[1] && ids.effective;
}

/*
 * What the kernel says of a thread of this Windows program: Linux system calls from PE code, which Wine 8.0 lets through (design 10.3).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_WINE_KERNEL_H
#define GUISE_TESTS_WINE_KERNEL_H

#include <stdint.h>

enum
{
    LINUX_READ = 0,
    LINUX_OPEN = 2,
    LINUX_CLOSE = 3,
    LINUX_CHMOD = 90,
    LINUX_GETRLIMIT = 97,
    LINUX_SETRLIMIT = 160,
    LINUX_GETTID = 186
};
enum { RLIMIT_NOFILE = 7 };

/* Of /proc/self/task/TID/status: real, effective, saved and file-system id, supplementary groups and effective capabilities. */
struct kernel_ids
{
    int uid[4], gid[4], groups[32];
    unsigned int group_count;
    unsigned long long effective;
    int here; /* 0: there is no such thread */
};

int kernel_tid(void);
/* No new descriptor of LIMIT or above; what it was before, 0: not done. */
unsigned int kernel_limit_descriptors(unsigned int limit);
int kernel_chmod(const char *unix_path, unsigned int mode); /* 0: done */
struct kernel_ids kernel_ids_of(int tid);
static inline struct kernel_ids kernel_ids(void)
{
    return kernel_ids_of(kernel_tid());
}

/* The accounts of tools/sandbox. */
enum { ALICE = 70001, BOB = 70002, THIRD = 70090, ANONYMOUS = 70091 };

/* Whether the kernel takes the thread for the user, with the third account as real ids and no capability; or for the process. */
int carries(struct kernel_ids ids, int uid);
int is_process(struct kernel_ids ids);

#endif

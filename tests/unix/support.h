/*
 * What the units about credentials share: tokens of accounts, what the kernel says of a thread, children with other privileges.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_UNIX_SUPPORT_H
#define GUISE_TESTS_UNIX_SUPPORT_H

#include "wine/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

#include "../../ntoskrnl/core.h"

/* Whether the program is built with a sanitizer, whose own functions stand before those of Guise. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_SANITIZER 1
#endif
#if __has_feature(thread_sanitizer)
#define THREAD_SANITIZER 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define ADDRESS_SANITIZER 1
#endif
#ifdef __SANITIZE_THREAD__
#define THREAD_SANITIZER 1
#endif
#ifndef ADDRESS_SANITIZER
#define ADDRESS_SANITIZER 0
#endif
#ifndef THREAD_SANITIZER
#define THREAD_SANITIZER 0
#endif

/* The accounts that tools/sandbox makes. */
enum
{
    ALICE = 70001,
    BOB = 70002,
    CAROL = 70003,
    FIRST_USER = 70011, /* user1 to user8 */
    SERVICE = 70020,
    MANY = 70030,
    THIRD = 70090,
    ANONYMOUS = 70091,
    STAFF = 70101,
    READERS = 70102
};

enum
{
    REAL,
    EFFECTIVE,
    SAVED,
    FILESYSTEM
};

/* What the kernel says of a thread in /proc/self/task/TID/status. */
struct task
{
    uid_t uid[4];
    gid_t gid[4];
    size_t group_count;
    uint64_t group_sum;
    uint64_t inheritable, permitted, effective, ambient;
    uint64_t blocked; /* signals */
};

/* False: there is no such thread. */
bool read_task(pid_t tid, struct task *task);
bool same_credential(const struct task *a, const struct task *b);
/* The calling thread's. */
struct task task_now(void);
/* How many threads there are, and of those how many have the effective uid. */
size_t count_tasks(uid_t uid, size_t *with_uid);

/* Whether the accounts are there and the caller is root; says why not. */
bool have_sandbox(void);

/* Tokens at level Impersonation; the caller dereferences them. NULL: refused. */
PACCESS_TOKEN account_token(const char *name);
PACCESS_TOKEN ids_token(uid_t uid, gid_t gid, size_t group_count, const gid_t *groups);
NTSTATUS impersonate(PACCESS_TOKEN token);
NTSTATUS impersonate_at(PACCESS_TOKEN token, SECURITY_IMPERSONATION_LEVEL level);

/* errno of opening PATH for reading, 0 if it opens. */
int open_error(const char *path);

/* A folder that everybody may search, removed with all that is in it when the program exits. */
const char *test_folder(void);
/* A file in it; the result stays valid. */
const char *make_file(const char *name, const char *text, uid_t uid, gid_t gid, mode_t mode);

/* A configuration file for this process or its children: "[credentials]" is already there. Before the library first reads it. */
void use_configuration(const char *lines);

/* The role that run_role() gave a child, or NULL. */
const char *role(void);
/* Runs UNIT of this program again with ROLE, behind the words of PREFIX (setpriv and the like, NULL at the end). Its failures count. */
void run_role(const char *const *prefix, const char *unit, const char *role);
/* The same as a child of fork: CALL runs in it; its exit code, or 128 + the signal that ended it. */
int run_child(void (*call)(void));
/* What a command writes on standard output, run as root by fork and exec. */
const char *output_of(const char *const *words);

/* Copies of the program and its libraries where any user may run them; "" if that failed. */
const char *program_copy(void);

#endif

/*
 * Tests that a writer of the account store may be killed at any moment: 200 times at random, and while it makes the store.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "dlls/msv1_0/sam.h"

#define KILLS          200
#define CREATION_KILLS 60

static char folder[PATH_MAX], path[PATH_MAX + 16];

static struct sam_account numbered(unsigned int number)
{
    struct sam_account account = {.password_set = number, .expires = 7ll * number, .has_hash = true};

    snprintf(account.name, sizeof(account.name), "user%u", number);
    snprintf(account.unix_name, sizeof(account.unix_name), "unix%u", number);
    memset(account.nt_hash, number, sizeof(account.nt_hash));
    return account;
}

static bool is_numbered(const struct sam_account *account, unsigned int number)
{
    return account->password_set == number && account->expires == 7ll * number && account->has_hash &&
           account->nt_hash[0] == (UCHAR)number && account->nt_hash[15] == (UCHAR)number;
}

/* The writer: one account after another, a "clock" replaced and one account deleted each time; says what is committed. */
static void write_until_killed(unsigned int first, int report)
{
    unsigned int number;
    struct sam *sam;

    if (sam_open(path, true, &sam)) _exit(1);
    for (number = first;; number++)
    {
        struct sam_account batch[3] = {numbered(number), numbered(number), numbered(number)};
        char gone[32];

        strcpy(batch[1].name, "clock");
        snprintf(batch[2].name, sizeof(batch[2].name), "short%u", number);
        if (sam_store_all(sam, batch, 3, false)) _exit(2);
        if (write(report, &number, sizeof(number)) != sizeof(number)) _exit(3);
        snprintf(gone, sizeof(gone), "short%u", number);
        if (sam_delete(sam, gone)) _exit(4);
    }
}

static unsigned int random_below(unsigned int limit)
{
    unsigned int value;

    if (getrandom(&value, sizeof(value), 0) != sizeof(value)) abort();
    return value % limit;
}

/* Kills CHILD after up to LIMIT microseconds; false: it had ended by itself. */
static bool kill_soon(pid_t child, unsigned int limit)
{
    struct timespec time = {0, random_below(limit) * 1000l};
    int result;

    nanosleep(&time, NULL);
    kill(child, SIGKILL);
    waitpid(child, &result, 0);
    return WIFSIGNALED(result) && WTERMSIG(result) == SIGKILL;
}

struct census
{
    unsigned int users, shorts, clock, highest;
    bool wrong;
};

static bool count_one(const struct sam_account *account, void *arg)
{
    struct census *census = arg;
    unsigned int number;

    if (sscanf(account->name, "user%u", &number) == 1) census->users++;
    else if (sscanf(account->name, "short%u", &number) == 1) census->shorts++;
    else if (!strcmp(account->name, "clock")) census->clock = number = account->password_set;
    else census->wrong = true;
    if (!is_numbered(account, number)) census->wrong = true;
    if (number > census->highest) census->highest = number;
    return true;
}

/*
 * What was committed up to LAST is all there, what came after it whole or not at all. Gives the number to go on with.
 */
static unsigned int check_store(unsigned int last)
{
    struct census census = {0};
    struct sam_account account;
    unsigned int number, missing = 0;
    struct sam *sam;
    NTSTATUS status;
    char name[32];

    if ((status = sam_open(path, false, &sam)))
    {
        ok(last == 0 && status == STATUS_OBJECT_NAME_NOT_FOUND, "cannot open: %08x\n", status); /* design 8.3 */
        return last + 1;
    }
    status = sam_each(sam, count_one, &census);
    ok(!status && !census.wrong, "status %08x, wrong %d\n", status, census.wrong); /* design 8.3 */
    /* The report of the last commit may have been killed on its way, never more than that. */
    ok(census.clock >= last && census.clock <= last + 1, "last %u, clock %u\n", last, census.clock); /* design 8.3 */
    ok(census.users == census.clock && census.highest == census.clock, "%u of %u\n", census.users, census.clock); /* design 8.3 */
    ok(census.shorts <= 1, "%u deleted accounts are back\n", census.shorts); /* design 8.3 */
    for (number = 1; number <= census.clock; number++)
    {
        snprintf(name, sizeof(name), "USER%u", number);
        if (sam_find(sam, name, &account) || !is_numbered(&account, number)) missing++;
        else if (sam_find_rid(sam, account.rid, &account) || !is_numbered(&account, number)) missing++;
    }
    ok(!missing, "%u accounts are missing\n", missing); /* design 8.3 */
    sam_close(sam);
    return census.clock + 1;
}

/* A short-lived account of the killed writer is deleted, so that one at most is ever left. */
static void delete_leftover(unsigned int last)
{
    struct sam *sam;
    char name[32];

    if (sam_open(path, true, &sam)) return;
    snprintf(name, sizeof(name), "short%u", last);
    sam_delete(sam, name);
    sam_close(sam);
}

static void test_kills(void)
{
    unsigned int round, next = 1, last, number, ended = 0, busy = 0, limit = 8000;
    int report[2];
    pid_t child;

    for (round = 0; round < KILLS; round++)
    {
        if (pipe(report)) abort();
        if (!(child = fork()))
        {
            close(report[0]);
            write_until_killed(next, report[1]);
        }
        close(report[1]);
        ended += !kill_soon(child, limit);
        for (last = next - 1; read(report[0], &number, sizeof(number)) == sizeof(number); last = number) {}
        close(report[0]);
        /* Whatever the machine's speed: about half of the writers get to write, the others die on the way there. */
        busy += last >= next;
        limit += last >= next ? -(int)limit / 8 : (int)limit / 8;
        next = check_store(last);
        delete_leftover(next - 1);
    }
    ok(!ended, "%u writers ended by themselves\n", ended); /* design 8.3 */
    ok(busy > KILLS / 4, "%u writers wrote %u times: nothing was tested\n", busy, next - 1); /* design 8.3 */
    trace("%u writers killed, %u commits\n", round, next - 1);
}

/* Killed while the store is being made: there is none, or a whole one, and the next process can make or use it. */
static void test_creation_kills(void)
{
    char lock_path[PATH_MAX + 32], new_path[PATH_MAX + 32];
    unsigned int round, whole = 0, limit = 8000;
    struct sam *sam;
    NTSTATUS status;
    pid_t child;

    snprintf(lock_path, sizeof(lock_path), "%s-lock", path);
    snprintf(new_path, sizeof(new_path), "%s.new", path);
    for (round = 0; round < CREATION_KILLS; round++)
    {
        unlink(path);
        unlink(lock_path);
        if (!(child = fork()))
        {
            while (!sam_open(path, true, &sam)) sam_close(sam);
            _exit(1);
        }
        kill_soon(child, limit);
        limit += access(path, F_OK) ? (int)limit / 8 : -(int)limit / 8;
        whole += !access(path, F_OK);
        status = sam_open(path, true, &sam);
        ok(!status, "round %u: %08x\n", round, status); /* design 8.1 */
        if (!status) sam_close(sam);
        /* The half-made file of a killed process stays only until the next one makes the store. */
        if (access(new_path, F_OK)) continue;
        unlink(path);
        status = sam_open(path, true, &sam);
        ok(!status && access(new_path, F_OK), "round %u: %08x, or a file was left\n", round, status); /* design 8.1 */
        if (!status) sam_close(sam);
    }
    trace("%u of %u creators had finished\n", whole, round);
    unlink(path);
    unlink(lock_path);
}

START_TEST(sam_kill)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(folder, sizeof(folder), "%s/guise-sam-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(folder)) abort();
    snprintf(path, sizeof(path), "%s/accounts.mdb", folder);
    test_kills();
    test_creation_kills();
    ok(!rmdir(folder), "files were left behind\n"); /* design 8.1 */
}

/*
 * Tests of the memory for NSS's answers: what is found, for how long, and that answers live as long as somebody holds them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ntoskrnl/unix/account_cache.h"

/* Long enough for any machine to get through the test. */
#define LIFETIME 3600000

static char configuration[] = "/tmp/guise-cache-XXXXXX";

static BOOL use_configuration(unsigned int lifetime)
{
    int file = mkstemp(configuration);

    if (file < 0 || dprintf(file, "[accounts]\nlookup-cache = %u\n", lifetime) < 0 || close(file)) return FALSE;
    return !setenv("GUISE_CONF", configuration, 1);
}

static struct shared_account *make_account(const char *name, size_t group_count)
{
    struct shared_account *made = guise_alloc(sizeof(*made));

    made->references = 1;
    made->account.name = guise_strdup(name);
    made->account.uid = 70001;
    made->account.group_count = group_count;
    made->account.groups = guise_alloc((group_count + 1) * sizeof(gid_t));
    return made;
}

static void test_keeping(void)
{
    struct shared_account *first = make_account("alice", 2), *second = make_account("alice", 3), *found;
    uint64_t now = account_cache_now();

    ok(!account_cache_find("alice"), "found before it is kept\n"); /* design 5.2 */

    account_cache_keep(first, now);
    ok(first->references == 2, "%u references\n", first->references); /* design 5.2 */
    found = account_cache_find("alice");
    ok(found == first, "found %p, kept %p\n", found, first); /* design 5.2 */
    ok(first->references == 3, "%u references\n", first->references); /* design 5.2 */
    ok(!account_cache_find("alicE") && !account_cache_find("alic"), "another name is found\n"); /* design 5.2 */

    /* A newer answer takes the place; the old one lives on for those who hold it. */
    account_cache_keep(second, now);
    ok(first->references == 2 && account_cache_find("alice") == second, "the old answer is found\n"); /* design 5.2 */
    ok(!strcmp(first->account.name, "alice") && first->account.group_count == 2, "the old answer has changed\n"); /* design 5.2 */
    guise_account_free(&second->account);
    guise_account_free(&second->account);
    guise_account_free(&first->account);
    guise_account_free(&found->account);
}

static void test_age(void)
{
    struct shared_account *old = make_account("bob", 0), *found;

    /* Also right after the start of the machine: the difference of the two counts, modulo 2^64. */
    account_cache_keep(old, account_cache_now() - LIFETIME - 1);
    found = account_cache_find("bob");
    ok(!found, "an answer that is too old is found\n"); /* design 5.2 */
    account_cache_keep(old, account_cache_now());
    found = account_cache_find("bob");
    ok(found == old, "found %p\n", found); /* design 5.2 */
    if (found) guise_account_free(&found->account);
    guise_account_free(&old->account);
}

/* Many names share few slots, and huge accounts are not kept at all. */
static void test_limits(void)
{
    unsigned int right = 0, kept = 0;
    struct shared_account *huge = make_account("huge", 4097), *large = make_account("large", 4096);

    for (unsigned int i = 0; i < 1000; i++)
    {
        struct shared_account *account, *found;
        char name[16];

        snprintf(name, sizeof(name), "user%u", i);
        account = make_account(name, 1);
        account_cache_keep(account, account_cache_now());
        found = account_cache_find(name);
        right += found == account;
        if (found) guise_account_free(&found->account);
        guise_account_free(&account->account);
    }
    for (unsigned int i = 0; i < 1000; i++)
    {
        struct shared_account *found;
        char name[16];

        snprintf(name, sizeof(name), "user%u", i);
        if (!(found = account_cache_find(name))) continue;
        kept++;
        right += !strcmp(found->account.name, name);
        guise_account_free(&found->account);
    }
    ok(kept && kept <= 64 && right == 1000 + kept, "%u right, %u still there\n", right, kept); /* design 5.2 */

    account_cache_keep(huge, account_cache_now());
    ok(huge->references == 1 && !account_cache_find("huge"), "kept\n"); /* design 5.2 */
    guise_account_free(&huge->account);
    account_cache_keep(large, account_cache_now());
    ok(large->references == 2 && account_cache_find("large") == large, "not kept\n"); /* design 5.2 */
    guise_account_free(&large->account);
    guise_account_free(&large->account);
}

/* The look-up itself: the second answer is the first one, also in a child of fork. */
static void test_look_up(void)
{
    const struct passwd *entry = getpwuid(geteuid());
    struct unix_account *first, *second;
    pid_t child;
    int status;

    if (!entry)
    {
        skip("the user of this process has no name\n");
        return;
    }
    status = guise_account_by_name(entry->pw_name, &first);
    ok(!status, "status %#x\n", status); /* design 5.2 */
    status = guise_account_by_name(first->name, &second);
    ok(!status && second == first, "status %#x, asked again\n", status); /* design 5.2 */
    if (!(child = fork()))
    {
        struct unix_account *inherited;

        _exit(guise_account_by_name(first->name, &inherited) || inherited->uid != first->uid);
    }
    waitpid(child, &status, 0);
    ok(!status, "the child answers %#x\n", status); /* design 5.2 */
    guise_account_free(first);
    guise_account_free(second);

    status = guise_account_by_name("no such account here", &first);
    ok(status == STATUS_NO_SUCH_USER, "status %#x\n", status); /* design 5.2 */
}

START_TEST(account_cache)
{
    if (!use_configuration(LIFETIME))
    {
        ok(0, "no configuration could be written\n"); /* design 5.2 */
        return;
    }
    test_keeping();
    test_age();
    test_limits();
    test_look_up();
    unlink(configuration);
}

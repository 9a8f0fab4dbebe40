/*
 * Answers of NSS kept for a moment, by account name.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "ntoskrnl/unix/account_cache.h"

enum
{
    SLOTS = 64,
    /* Larger ones are rare, and the cache is to stay small. */
    MOST_GROUPS_KEPT = 4096
};

/*
 * Guards the slots. It is only ever tried: who finds it taken asks NSS instead. So nobody waits, and the child of a fork in which it is taken
 * for ever has lost nothing but the cache.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct slot
{
    struct shared_account *account; /* a reference; NULL: empty */
    uint64_t asked;
} slots[SLOTS];

uint64_t account_cache_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* How long an answer is good, in milliseconds; 0: no cache. */
static unsigned int lifetime(void)
{
    const struct guise_config *config;

    return guise_get_config(&config) ? 0 : config->lookup_cache;
}

static struct slot *slot_of(const char *name)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    while (*name) hash = (hash ^ (unsigned char)*name++) * 16777619u;
    return &slots[hash % SLOTS];
}

struct shared_account *account_cache_find(const char *name)
{
    struct slot *slot = slot_of(name);
    struct shared_account *found = NULL;
    unsigned int good_for = lifetime();

    if (!good_for || pthread_mutex_trylock(&lock)) return NULL;
    if (slot->account && !strcmp(slot->account->account.name, name) && account_cache_now() - slot->asked < good_for)
    {
        found = slot->account;
        atomic_fetch_add_explicit(&found->references, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&lock);
    return found;
}

void account_cache_keep(struct shared_account *account, uint64_t asked)
{
    struct slot *slot = slot_of(account->account.name);
    struct shared_account *old;

    if (!lifetime() || account->account.group_count > MOST_GROUPS_KEPT || pthread_mutex_trylock(&lock)) return;
    old = slot->account;
    atomic_fetch_add_explicit(&account->references, 1, memory_order_relaxed);
    *slot = (struct slot){account, asked};
    pthread_mutex_unlock(&lock);
    if (old) guise_account_free(&old->account);
}

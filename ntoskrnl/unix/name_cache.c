/*
 * Names of a domain's accounts kept for a while ([accounts] domain-cache, domain-cache-size): a program that shows who is in a token asks for
 * every group of every client. What nobody has is not in it, and may be there the next time.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <string.h>

#include "ntoskrnl/unix/account_cache.h"
#include "ntoskrnl/unix/domain.h"

/* One answer. The key and the names lie behind it, the latter no longer than they are. */
struct answer
{
    uint64_t asked;
    size_t key_size, name_size;
    unsigned char room[];
};

/* As domain_cache.c's, and for the same reasons: it is only ever tried. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct answer **slots; /* as many as configured, made for the first answer */

/* How long an answer is good, in milliseconds; 0: no cache. */
static uint64_t lifetime(size_t *size)
{
    const struct guise_config *config;

    if (guise_get_config(&config)) return 0;
    *size = config->domain_cache_size;
    return *size ? config->domain_cache * UINT64_C(1000) : 0;
}

static size_t slot_of(const unsigned char *key, size_t key_size, size_t size)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < key_size; i++) hash = (hash ^ key[i]) * 16777619u;
    return hash % size;
}

bool name_cache_find(const void *key, size_t key_size, struct guise_domain_name *name)
{
    size_t size = 0;
    uint64_t good_for = lifetime(&size);
    const struct answer *answer;
    bool found;

    if (!good_for || pthread_mutex_trylock(&lock)) return false;
    answer = slots ? slots[slot_of(key, key_size, size)] : NULL;
    found = answer && account_cache_now() - answer->asked < good_for && answer->key_size == key_size && !memcmp(answer->room, key, key_size);
    if (found) memcpy(name, answer->room + key_size, answer->name_size);
    pthread_mutex_unlock(&lock);
    return found;
}

static struct answer *make_answer(const void *key, size_t key_size, const struct guise_domain_name *name)
{
    size_t name_size = offsetof(struct guise_domain_name, name) + strlen(name->name) + 1;
    struct answer *answer = guise_alloc(sizeof(*answer) + key_size + name_size);

    if (!answer) return NULL;
    answer->asked = account_cache_now();
    answer->key_size = key_size;
    answer->name_size = name_size;
    memcpy(answer->room, key, key_size);
    memcpy(answer->room + key_size, name, name_size);
    return answer;
}

/* Without memory nothing is kept. */
void name_cache_keep(const void *key, size_t key_size, const struct guise_domain_name *name)
{
    struct answer *answer, *old;
    size_t size = 0, slot;

    if (!lifetime(&size) || !(answer = make_answer(key, key_size, name))) return;
    old = answer;
    if (!pthread_mutex_trylock(&lock))
    {
        if (!slots) slots = guise_alloc(size * sizeof(struct answer *));
        if (slots)
        {
            slot = slot_of(key, key_size, size);
            old = slots[slot];
            slots[slot] = answer;
        }
        pthread_mutex_unlock(&lock);
    }
    guise_free(old);
}

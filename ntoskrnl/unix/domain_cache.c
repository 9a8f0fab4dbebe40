/*
 * Accounts of a domain's users kept for a while ([accounts] domain-cache, domain-cache-size): a server that is busy does not ask for the same user
 * with the same groups again. What somebody may is not in it: every logon proves itself, and says its groups anew.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "ntoskrnl/unix/account_cache.h"
#include "ntoskrnl/unix/domain.h"

/* One answer: the question's groups and their gids lie behind it, their SIDs behind those. */
struct answer
{
    struct unix_account *account; /* a reference */
    uint64_t asked;
    size_t count, sids_size; /* the user's SID is the first one */
    struct kept_gid
    {
        ULONG attributes;
        bool has_gid;
        gid_t gid;
    } gids[];
};

/*
 * Guards the slots. It is only ever tried, as that of account_cache.c: nobody waits, and a child of fork() in which it is taken for ever
 * has lost the cache alone.
 */
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

static size_t sid_size(const SID *sid)
{
    return offsetof(SID, SubAuthority) + sid->SubAuthorityCount * sizeof(ULONG);
}

static size_t slot_of(const SID *user, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)user;
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < sid_size(user); i++) hash = (hash ^ bytes[i]) * 16777619u;
    return hash % size;
}

static unsigned char *sids_of(struct answer *answer)
{
    return (unsigned char *)&answer->gids[answer->count];
}

static size_t all_sids_size(const SID *user, const struct guise_domain_group *groups, size_t count)
{
    size_t size = sid_size(user);

    for (size_t i = 0; i < count; i++) size += sid_size(groups[i].sid);
    return size;
}

/* Whether the SID is the next one of ROOM, which moves on. A SID says its own size, so that the whole is told from any other. */
static bool is_next(const unsigned char **room, const unsigned char *end, const SID *sid)
{
    size_t size = sid_size(sid);

    if (size > (size_t)(end - *room) || memcmp(*room, sid, size)) return false;
    *room += size;
    return true;
}

static bool is_answer_to(struct answer *answer, const SID *user, const struct guise_domain_group *groups, size_t count)
{
    const unsigned char *room, *end;

    if (answer->count != count) return false;
    room = sids_of(answer);
    end = room + answer->sids_size;
    if (!is_next(&room, end, user)) return false;
    for (size_t i = 0; i < count; i++)
        if (groups[i].attributes != answer->gids[i].attributes || !is_next(&room, end, groups[i].sid)) return false;
    return room == end;
}

static struct unix_account *reference(struct unix_account *account)
{
    atomic_fetch_add_explicit(&((struct shared_account *)account)->references, 1, memory_order_relaxed);
    return account;
}

bool domain_cache_find(const SID *user, struct guise_domain_group *groups, size_t count, struct unix_account **account)
{
    size_t size = 0;
    uint64_t good_for = lifetime(&size);
    struct answer *answer;
    bool found;

    if (!good_for || pthread_mutex_trylock(&lock)) return false;
    answer = slots ? slots[slot_of(user, size)] : NULL;
    found = answer && account_cache_now() - answer->asked < good_for && is_answer_to(answer, user, groups, count);
    for (size_t i = 0; found && i < count; i++)
    {
        groups[i].has_gid = answer->gids[i].has_gid;
        groups[i].gid = answer->gids[i].gid;
    }
    if (found) *account = reference(answer->account);
    pthread_mutex_unlock(&lock);
    return found;
}

static struct answer *make_answer(const SID *user, const struct guise_domain_group *groups, size_t count,
                                  struct unix_account *account)
{
    size_t sids_size = all_sids_size(user, groups, count);
    struct answer *answer = guise_alloc(sizeof(*answer) + count * sizeof(answer->gids[0]) + sids_size);
    unsigned char *room;

    if (!answer) return NULL;
    answer->account = reference(account);
    answer->asked = account_cache_now();
    answer->count = count;
    answer->sids_size = sids_size;
    room = sids_of(answer);
    memcpy(room, user, sid_size(user));
    room += sid_size(user);
    for (size_t i = 0; i < count; i++)
    {
        answer->gids[i] = (struct kept_gid){groups[i].attributes, groups[i].has_gid, groups[i].gid};
        memcpy(room, groups[i].sid, sid_size(groups[i].sid));
        room += sid_size(groups[i].sid);
    }
    return answer;
}

static void free_answer(struct answer *answer)
{
    if (!answer) return;
    guise_account_free(answer->account);
    guise_free(answer);
}

/* Without memory nothing is kept. */
void domain_cache_keep(const SID *user, const struct guise_domain_group *groups, size_t count, struct unix_account *account)
{
    struct answer *answer, *old = NULL;
    size_t size = 0, slot;

    if (!lifetime(&size) || !(answer = make_answer(user, groups, count, account))) return;
    if (pthread_mutex_trylock(&lock))
    {
        free_answer(answer);
        return;
    }
    if (!slots) slots = guise_alloc(size * sizeof(struct answer *));
    slot = slot_of(user, size);
    if (slots)
    {
        old = slots[slot];
        slots[slot] = answer;
    }
    else old = answer;
    pthread_mutex_unlock(&lock);
    free_answer(old);
}

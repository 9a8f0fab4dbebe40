/*
 * Unix accounts and their groups through NSS, asked as the process (design 5.10).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ntoskrnl/unix/account_cache.h"
#include "ntoskrnl/unix/domain.h"
#include "ntoskrnl/unix/groups.h"

enum
{
    FIRST_BUFFER = 1024,
    LARGEST_BUFFER = 1 << 20,
    FIRST_GROUPS = 64,
    /* getgrouplist counts the primary group too. */
    MOST_GROUPS = NGROUPS_MAX + 1
};

static NTSTATUS read_groups(struct unix_account *account)
{
    int room = FIRST_GROUPS;

    for (;;)
    {
        int count = room;
        gid_t *groups = guise_alloc((size_t)room * sizeof(*groups));

        if (!groups) return STATUS_NO_MEMORY;
        if (getgrouplist(account->name, account->gid, groups, &count) >= 0)
        {
            account->groups = groups;
            account->group_count = groups_tidy(groups, (size_t)count, account->gid);
            return STATUS_SUCCESS;
        }
        guise_free(groups);
        if (room == MOST_GROUPS)
        {
            guise_log("account %s has more than %d groups", account->name, NGROUPS_MAX);
            return STATUS_UNSUCCESSFUL;
        }
        /* COUNT is what was found so far; it may still grow. */
        room = count > room ? count : room * 2;
        if (room > MOST_GROUPS) room = MOST_GROUPS;
    }
}

/* Of "full name,office,telephone", which not every source has. */
static char *copy_full_name(const char *gecos)
{
    size_t length = gecos ? strcspn(gecos, ",") : 0;
    char *copy = guise_alloc(length + 1);

    if (copy && length) memcpy(copy, gecos, length);
    return copy;
}

/* The gids of a domain's groups, beside those that NSS knows. */
static NTSTATUS add_gids(struct unix_account *account, const struct guise_domain_group *groups, size_t count)
{
    gid_t *all;

    if (!count) return STATUS_SUCCESS;
    if (!(all = guise_alloc((account->group_count + count) * sizeof(*all)))) return STATUS_NO_MEMORY;
    if (account->group_count) memcpy(all, account->groups, account->group_count * sizeof(*all));
    for (size_t i = 0; i < count; i++)
        if (groups[i].has_gid) all[account->group_count++] = groups[i].gid;
    guise_free(account->groups);
    account->groups = all;
    account->group_count = groups_tidy(all, account->group_count, account->gid);
    return STATUS_SUCCESS;
}

static NTSTATUS status_of_error(int error)
{
    switch (error)
    {
    /* getpwnam(3) lists what different sources answer for "no such account". */
    case 0:
    case ENOENT:
    case ESRCH:
        return STATUS_NO_SUCH_USER;
    case ENOMEM:
        return STATUS_NO_MEMORY;
    default:
        return STATUS_UNSUCCESSFUL;
    }
}

static int ask(const char *name, uid_t uid, struct passwd *entry, char *buffer, size_t size, struct passwd **found)
{
    int error;

    do
        error = name ? getpwnam_r(name, entry, buffer, size, found) : getpwuid_r(uid, entry, buffer, size, found);
    while (error == EINTR);
    return error;
}

/* What NSS says of NAME, or of UID if NAME is NULL, is in BUFFER, which the caller frees. */
static NTSTATUS find_entry(const char *name, uid_t uid, struct passwd *entry, char **buffer)
{
    for (size_t size = FIRST_BUFFER; size <= LARGEST_BUFFER; size *= 2)
    {
        struct passwd *found = NULL;
        int error;

        if (!(*buffer = guise_alloc(size))) return STATUS_NO_MEMORY;
        error = ask(name, uid, entry, *buffer, size, &found);
        if (!error && found) return STATUS_SUCCESS;
        guise_free(*buffer);
        *buffer = NULL;
        if (error != ERANGE) return status_of_error(error);
    }
    return STATUS_UNSUCCESSFUL;
}

/*
 * The groups of ENTRY, which are found by its name. A domain's user can have the name of somebody of this machine whom NSS finds first: those
 * groups are his, and nobody else's.
 */
static NTSTATUS read_own_groups(const struct passwd *entry, struct unix_account *account)
{
    struct passwd named;
    char *buffer = NULL;
    NTSTATUS status = find_entry(entry->pw_name, 0, &named, &buffer);
    bool is_another = !status && named.pw_uid != entry->pw_uid;

    guise_free(buffer);
    if (status && status != STATUS_NO_SUCH_USER) return status;
    return is_another ? STATUS_SUCCESS : read_groups(account);
}

/* NAME is what NSS found the entry by, NULL if by something else. */
static NTSTATUS make_account(const struct passwd *entry, const char *name, const struct guise_domain_group *groups,
                             size_t count, struct unix_account **result)
{
    struct shared_account *shared = guise_alloc(sizeof(*shared));
    struct unix_account *account = shared ? &shared->account : NULL;
    NTSTATUS status = STATUS_NO_MEMORY;

    if (shared) shared->references = 1;
    if (account && (account->name = guise_strdup(entry->pw_name)) && (account->full_name = copy_full_name(entry->pw_gecos)))
    {
        account->uid = entry->pw_uid;
        account->gid = entry->pw_gid;
        status = name && !strcmp(name, entry->pw_name) ? read_groups(account) : read_own_groups(entry, account);
        if (!status) status = add_gids(account, groups, count);
    }
    if (status)
        guise_account_free(account);
    else
        *result = account;
    return status;
}

NTSTATUS account_of_entry(const struct passwd *entry, const struct guise_domain_group *groups, size_t count,
                          struct unix_account **account)
{
    return make_account(entry, NULL, groups, count, account);
}

/* By NAME, or by UID if NAME is NULL; the gids of GROUPS are the account's, too. */
static NTSTATUS look_up(const char *name, uid_t uid, const struct guise_domain_group *groups, size_t count,
                        struct unix_account **account)
{
    struct passwd entry;
    char *buffer = NULL;
    NTSTATUS status = find_entry(name, uid, &entry, &buffer);

    if (!status) status = make_account(&entry, name, groups, count, account);
    guise_free(buffer);
    return status;
}

static NTSTATUS look_up_as_process(const char *name, uid_t uid, const struct guise_domain_group *groups, size_t count,
                                   struct unix_account **account)
{
    NTSTATUS status;

    *account = NULL;
    guise_process_begin();
    status = look_up(name, uid, groups, count, account);
    guise_process_end();
    return status;
}

NTSTATUS guise_account_by_name(const char *name, struct unix_account **account)
{
    struct shared_account *shared = account_cache_find(name);
    uint64_t asked = account_cache_now();
    NTSTATUS status;

    if (shared)
    {
        *account = &shared->account;
        return STATUS_SUCCESS;
    }
    status = look_up_as_process(name, 0, NULL, 0, account);
    /* NSS may know an account by other spellings than its own name: those are asked for again. */
    if (!status && !strcmp((*account)->name, name)) account_cache_keep((struct shared_account *)*account, asked);
    return status;
}

NTSTATUS guise_account_by_uid(uid_t uid, struct unix_account **account)
{
    return look_up_as_process(NULL, uid, NULL, 0, account);
}

NTSTATUS account_of_uid(uid_t uid, const struct guise_domain_group *groups, size_t count, struct unix_account **account)
{
    return look_up_as_process(NULL, uid, groups, count, account);
}

void guise_account_free(struct unix_account *account)
{
    struct shared_account *shared = (struct shared_account *)account;

    if (!account || atomic_fetch_sub_explicit(&shared->references, 1, memory_order_acq_rel) != 1) return;
    guise_free(account->groups);
    guise_free(account->name);
    guise_free(account->full_name);
    guise_free(shared);
}

/*
 * Credential objects (design 5.2), and who is never carried (5.8).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/unix/cred_private.h"
#include "ntoskrnl/unix/groups.h"

enum
{
    DEFAULT_OVERFLOW_ID = 65534
};

/* Guards the fields below; leaf: nothing is looked up under it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct third_account known_third;
static bool third_known, third_complained, anonymous_complained;
static struct credential *known_anonymous;

/* ---- objects -------------------------------------------------------------------------------------------------------- */

struct credential *credential_make(enum credential_kind kind, uid_t uid, gid_t gid, size_t group_count, const gid_t *groups)
{
    struct credential *credential = guise_alloc(sizeof(*credential) + group_count * sizeof(*groups));

    if (!credential) return NULL;
    credential->references = 1;
    credential->kind = kind;
    credential->uid = uid;
    credential->gid = gid;
    if (group_count) memcpy(credential->groups, groups, group_count * sizeof(*groups));
    credential->group_count = groups_tidy(credential->groups, group_count, gid);
    return credential;
}

struct credential *credential_reference(struct credential *credential)
{
    if (credential) atomic_fetch_add_explicit(&credential->references, 1, memory_order_relaxed);
    return credential;
}

void credential_release(struct credential *credential)
{
    if (credential && atomic_fetch_sub_explicit(&credential->references, 1, memory_order_acq_rel) == 1)
        guise_free(credential);
}

bool credential_same_ids(const struct credential *a, const struct credential *b)
{
    return a->uid == b->uid && a->gid == b->gid && a->group_count == b->group_count &&
           !memcmp(a->groups, b->groups, a->group_count * sizeof(*a->groups));
}

uid_t credential_uid(const struct credential *credential)
{
    return credential->uid;
}

gid_t credential_gid(const struct credential *credential)
{
    return credential->gid;
}

size_t credential_groups(const struct credential *credential, const gid_t **groups)
{
    *groups = credential->groups;
    return credential->group_count;
}

static bool listed(const gid_t *groups, size_t count, gid_t gid)
{
    for (size_t i = 0; i < count; i++)
    {
        if (groups[i] == gid) return true;
    }
    return false;
}

NTSTATUS credential_without_groups(struct credential *original, const gid_t *out, size_t count, struct credential **credential)
{
    struct credential *made = credential_make(original->kind, original->uid, original->gid, original->group_count, original->groups);
    size_t kept = 0;

    *credential = NULL;
    if (!made) return STATUS_NO_MEMORY;
    for (size_t i = 0; i < made->group_count; i++)
    {
        if (!listed(out, count, made->groups[i])) made->groups[kept++] = made->groups[i];
    }
    made->group_count = kept;
    *credential = kept == original->group_count ? credential_reference(original) : credential_reference(made);
    credential_release(made);
    return STATUS_SUCCESS;
}

/* ---- the dedicated accounts ------------------------------------------------------------------------------------------ */

static pthread_once_t overflow_once = PTHREAD_ONCE_INIT;
static uid_t overflow_id = DEFAULT_OVERFLOW_ID; /* written under overflow_once */

static void read_overflow_id(void)
{
    unsigned int id;
    FILE *file;

    guise_process_begin();
    file = fopen("/proc/sys/kernel/overflowuid", "re");
    if (file)
    {
        if (fscanf(file, "%u", &id) == 1) overflow_id = id;
        fclose(file);
    }
    guise_process_end();
}

static bool ids_exist(uid_t uid, gid_t gid)
{
    pthread_once(&overflow_once, read_overflow_id);
    /* To setresuid(2) and setresgid(2), -1 means: leave it as it is. */
    return uid != (uid_t)-1 && gid != (gid_t)-1 && uid != overflow_id;
}

/* Whether an account that runs nothing may have these ids. */
static bool dedicated_ids_good(uid_t uid, gid_t gid)
{
    return uid && gid && ids_exist(uid, gid);
}

static NTSTATUS look_up_dedicated(const char *name, const char *purpose, bool *complained, struct unix_account **account)
{
    NTSTATUS status = guise_account_by_name(name, account);
    bool first;

    if (!status && dedicated_ids_good((*account)->uid, (*account)->gid)) return STATUS_SUCCESS;
    pthread_mutex_lock(&lock);
    first = !*complained;
    *complained = true;
    pthread_mutex_unlock(&lock);
    if (status == STATUS_NO_MEMORY) return status;
    if (first)
        guise_log("%s is refused: account %s %s", purpose, name,
                  status == STATUS_NO_SUCH_USER ? "does not exist (guise-account setup makes it)"
                  : status                      ? "could not be looked up"
                                                : "must not be used for it");
    guise_account_free(*account);
    *account = NULL;
    return STATUS_ACCESS_DENIED;
}

NTSTATUS dedicated_third(struct third_account *third)
{
    const struct guise_config *config;
    struct unix_account *account;
    NTSTATUS status;
    bool known;

    pthread_mutex_lock(&lock);
    known = third_known;
    *third = known_third;
    pthread_mutex_unlock(&lock);
    if (known) return STATUS_SUCCESS;
    if ((status = guise_get_config(&config))) return status;
    status = look_up_dedicated(config->impersonation_account, "impersonation of other users", &third_complained, &account);
    if (status) return status;
    third->uid = account->uid;
    third->gid = account->gid;
    guise_account_free(account);
    pthread_mutex_lock(&lock);
    known_third = *third;
    third_known = true;
    pthread_mutex_unlock(&lock);
    return STATUS_SUCCESS;
}

NTSTATUS credential_get_anonymous(struct credential **credential)
{
    const struct guise_config *config;
    struct unix_account *account;
    struct credential *made;
    NTSTATUS status;

    pthread_mutex_lock(&lock);
    *credential = credential_reference(known_anonymous);
    pthread_mutex_unlock(&lock);
    if (*credential) return STATUS_SUCCESS;
    if ((status = guise_get_config(&config))) return status;
    status = look_up_dedicated(config->anonymous_account, "level Identification", &anonymous_complained, &account);
    if (status) return status;
    made = credential_make(CREDENTIAL_ANONYMOUS, account->uid, account->gid, account->group_count, account->groups);
    guise_account_free(account);
    if (!made) return STATUS_NO_MEMORY;
    pthread_mutex_lock(&lock);
    if (!known_anonymous) known_anonymous = credential_reference(made);
    *credential = credential_reference(known_anonymous);
    pthread_mutex_unlock(&lock);
    credential_release(made);
    return STATUS_SUCCESS;
}

/* Whether UID is one of the dedicated accounts; one that does not exist is nobody. */
static NTSTATUS is_dedicated(uid_t uid, bool *dedicated)
{
    struct third_account third;
    struct credential *anonymous;
    NTSTATUS status = dedicated_third(&third);

    *dedicated = !status && third.uid == uid;
    if (status && status != STATUS_ACCESS_DENIED) return status;
    status = credential_get_anonymous(&anonymous);
    if (status) return status == STATUS_ACCESS_DENIED ? STATUS_SUCCESS : status;
    *dedicated = *dedicated || anonymous->uid == uid;
    credential_release(anonymous);
    return STATUS_SUCCESS;
}

/* ---- rule 8 ------------------------------------------------------------------------------------------------------------ */

NTSTATUS credential_create_client(const struct unix_account *account, struct credential **credential)
{
    const struct guise_config *config;
    bool dedicated;
    NTSTATUS status;

    *credential = NULL;
    if ((status = guise_get_config(&config))) return status;
    if ((status = is_dedicated(account->uid, &dedicated))) return status;
    if (dedicated || !ids_exist(account->uid, account->gid) || (!account->uid && !config->allow_root))
    {
        guise_log("account %s (uid %u) is never impersonated", account->name ? account->name : "of a context", account->uid);
        return STATUS_ACCESS_DENIED;
    }
    if (account->group_count > NGROUPS_MAX)
    {
        guise_log("account %s has more than %d groups", account->name ? account->name : "of a context", NGROUPS_MAX);
        return STATUS_ACCESS_DENIED;
    }
    *credential = credential_make(CREDENTIAL_CLIENT, account->uid, account->gid, account->group_count, account->groups);
    return *credential ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS credential_create_self(uint64_t raised, uint64_t dropped, struct credential **credential)
{
    const struct process_credential *p = process_credential_get();

    *credential = NULL;
    if (!p) return STATUS_NO_MEMORY;
    *credential = credential_make(CREDENTIAL_SELF, p->euid, p->egid, p->group_count, p->groups);
    process_credential_release(p);
    if (!*credential) return STATUS_NO_MEMORY;
    (*credential)->raised = raised;
    (*credential)->dropped = dropped;
    return STATUS_SUCCESS;
}

void credentials_after_fork(void)
{
    lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
}

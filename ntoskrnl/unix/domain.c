/*
 * The Unix account of a domain's user: [accounts] accounts says who is asked, and the first who knows it decides.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ntoskrnl/unix/winbind.h"

enum
{
    AUTHORITY_NT = 5,
    DOMAIN_SID_COUNT = 4, /* S-1-5-21 and three numbers */
    NAME_MAX_SIZE = 1024  /* domain, separator and name: more is no account */
};

/* Zeros are the numbers of no domain: S-1-5-21-0-0-0-497 is well-known (MS-DTYP 2.4.2.4), and Wine calls its users so. */
static bool begins_as_domain(const SID *sid)
{
    static const UCHAR authority[6] = {0, 0, 0, 0, 0, AUTHORITY_NT};
    const ULONG *numbers = sid->SubAuthority;

    return sid->SubAuthorityCount >= DOMAIN_SID_COUNT && numbers[0] == SECURITY_NT_NON_UNIQUE && (numbers[1] || numbers[2] || numbers[3]) &&
           !memcmp(sid->IdentifierAuthority.Value, authority, sizeof(authority));
}

bool domain_may_give(const SID *sid)
{
    return begins_as_domain(sid) && sid->SubAuthorityCount == DOMAIN_SID_COUNT + 1;
}

bool domain_may_be(const SID *sid)
{
    return begins_as_domain(sid) && sid->SubAuthorityCount == DOMAIN_SID_COUNT;
}

/* ---- the question, which is its worker's (unix/worker.h) ----------------------------------------------------------- */

union any_sid
{
    SID sid;
    UCHAR room[SECURITY_MAX_SID_SIZE];
};

struct account_job
{
    struct worker_job job;
    const struct guise_config *config;
    union any_sid user;
    char *name, *domain, *dns_domain;
    size_t count;
    struct guise_domain_group *groups;
    union any_sid *group_sids;
    NTSTATUS status;
    struct unix_account *account;
};

static void copy_sid(union any_sid *to, const SID *from)
{
    memcpy(to, from, offsetof(SID, SubAuthority) + from->SubAuthorityCount * sizeof(ULONG));
}

static void destroy(struct worker_job *job)
{
    struct account_job *account = (struct account_job *)job;

    guise_account_free(account->account);
    guise_free(account->name);
    guise_free(account->domain);
    guise_free(account->dns_domain);
    guise_free(account->groups);
    guise_free(account->group_sids);
    guise_free(account);
}

static bool copy_groups(struct account_job *job, const struct guise_domain_group *groups, size_t count)
{
    job->groups = guise_alloc(count * sizeof(*groups));
    job->group_sids = guise_alloc(count * sizeof(*job->group_sids));
    if (!job->groups || !job->group_sids) return false;
    for (size_t i = 0; i < count; i++)
    {
        copy_sid(&job->group_sids[i], groups[i].sid);
        job->groups[i] = (struct guise_domain_group){.sid = &job->group_sids[i].sid, .attributes = groups[i].attributes};
    }
    job->count = count;
    return true;
}

/* ---- NSS ----------------------------------------------------------------------------------------------------------- */

/* What would mean something else in a name that is made of it. */
static bool is_plain(const char *text)
{
    if (!text || !*text) return false;
    for (; *text; text++)
        if (strchr("\\@/:", *text) || iscntrl((unsigned char)*text)) return false;
    return true;
}

static NTSTATUS ask_nss(const char *first, char separator, const char *second, struct unix_account **account)
{
    char name[NAME_MAX_SIZE];
    int length = snprintf(name, sizeof(name), "%s%c%s", first, separator, second);

    if (length < 0 || (size_t)length >= sizeof(name)) return STATUS_NO_SUCH_USER;
    return guise_account_by_name(name, account);
}

/*
 * DOMAIN\user, then user@dns.domain, as given and in lower case. The name alone is somebody of this machine (design, identity mapping). NSS has
 * no SIDs, so the groups of the domain have the gids that it gives the account itself.
 */
static NTSTATUS find_by_name(const struct account_job *job, struct unix_account **account)
{
    NTSTATUS status = STATUS_NO_SUCH_USER;
    char lower[NAME_MAX_SIZE];
    size_t i;

    if (!is_plain(job->name)) return status;
    if (is_plain(job->domain)) status = ask_nss(job->domain, '\\', job->name, account);
    if (status != STATUS_NO_SUCH_USER || !is_plain(job->dns_domain) || strlen(job->dns_domain) >= sizeof(lower))
        return status;
    for (i = 0; job->dns_domain[i]; i++) lower[i] = (char)tolower((unsigned char)job->dns_domain[i]);
    lower[i] = 0;
    status = ask_nss(job->name, '@', job->dns_domain, account);
    return status == STATUS_NO_SUCH_USER ? ask_nss(job->name, '@', lower, account) : status;
}

/* ---- all of them --------------------------------------------------------------------------------------------------- */

static NTSTATUS ask_source(enum guise_accounts source, struct account_job *job, struct worker *worker)
{
    switch (source)
    {
    case ACCOUNTS_WINBIND: return winbind_find_account(worker, &job->user.sid, job->groups, job->count, &job->account);
    case ACCOUNTS_SSSD:
        return sssd_find_account(&job->user.sid, job->groups, job->count, job->config->winbind_timeout, &job->account);
    case ACCOUNTS_NSS: return find_by_name(job, &job->account);
    default: return STATUS_NO_SUCH_USER; /* the store has this machine's own */
    }
}

static void run(struct worker_job *base, struct worker *worker)
{
    struct account_job *job = (struct account_job *)base;
    const struct guise_account_order *order = &job->config->accounts;

    job->status = STATUS_NO_SUCH_USER;
    for (size_t i = 0; i < order->count && job->status == STATUS_NO_SUCH_USER; i++)
        job->status = ask_source(order->source[i], job, worker);
}

static struct account_job *make_job(const struct guise_domain_user *user, const struct guise_domain_group *groups,
                                    size_t count, const struct guise_config *config)
{
    struct account_job *job = guise_alloc(sizeof(*job));

    if (!job) return NULL;
    worker_job_init(&job->job, run, destroy);
    job->config = config;
    copy_sid(&job->user, user->sid);
    if (copy_groups(job, groups, count) && (job->name = guise_strdup(user->name ? user->name : "")) &&
        (job->domain = guise_strdup(user->domain ? user->domain : "")) &&
        (job->dns_domain = guise_strdup(user->dns_domain ? user->dns_domain : "")))
        return job;
    worker_job_release(&job->job);
    return NULL;
}

static void take_answer(struct account_job *job, struct guise_domain_group *groups, struct unix_account **account)
{
    for (size_t i = 0; i < job->count; i++)
    {
        groups[i].has_gid = job->groups[i].has_gid;
        groups[i].gid = job->groups[i].gid;
    }
    *account = job->account;
    job->account = NULL;
}

NTSTATUS guise_domain_account(const struct guise_domain_user *user, struct guise_domain_group *groups, size_t count,
                              struct unix_account **account)
{
    const struct guise_config *config;
    NTSTATUS status = guise_get_config(&config);
    struct account_job *job;

    *account = NULL;
    if (status) return status;
    if (!domain_may_give(user->sid)) return STATUS_NO_SUCH_USER;
    if (domain_cache_find(user->sid, groups, count, account)) return STATUS_SUCCESS;
    if (!(job = make_job(user, groups, count, config))) return STATUS_NO_MEMORY;
    if (!worker_do(&job->job, config->winbind_timeout))
    {
        guise_log("nobody said within %u ms who %s of domain %s is", config->winbind_timeout, user->name, user->domain);
        status = STATUS_NO_LOGON_SERVERS;
    }
    else if (!(status = job->status)) take_answer(job, groups, account);
    worker_job_release(&job->job);
    if (!status) domain_cache_keep(user->sid, groups, count, *account);
    return status;
}

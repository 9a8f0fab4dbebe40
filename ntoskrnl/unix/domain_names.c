/*
 * What a domain's accounts, groups and domains are called, and whose SID a name is: [accounts] accounts says who is asked, and the first who knows it
 * decides, as with accounts (unix/domain.c).
 *
 * A domain has a say about its own SIDs and names alone: what is this machine's is neither asked nor believed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "ntoskrnl/unix/winbind.h"

enum
{
    MOST_CHARACTERS = 256 /* of a name */
};

/* ---- what a domain may say ----------------------------------------------------------------------------------------- */

/* Of Windows' own authorities, of this machine's ids, and of names that programs take for this machine. */
static bool is_authority(const char *domain)
{
    static const char *const authorities[] = {
        ".",           "localhost",      "BUILTIN",         "NT AUTHORITY", "NT SERVICE",   "Mandatory Label", "APPLICATION PACKAGE AUTHORITY",
        "IIS APPPOOL", "Window Manager", "Font Driver Host", "Unix User",    "Unix Group",   "NT Pseudo Domain",
    };

    for (size_t i = 0; i < ARRAYSIZE(authorities); i++)
        if (!strcasecmp(authorities[i], domain)) return true;
    return false;
}

static bool is_machine(const struct guise_names *machine, const char *domain)
{
    const char *const names[] = {machine->account_domain, machine->netbios_name, machine->account_dns_domain, machine->dns_name};

    for (size_t i = 0; i < ARRAYSIZE(names); i++)
        if (names[i] && *names[i] && !strcasecmp(names[i], domain)) return true;
    return false;
}

/* On a worker the names are known: who asks one knows them first. */
static bool is_of_domain(const char *domain)
{
    const struct guise_names *machine;

    return !guise_get_names(&machine) && !is_authority(domain) && !is_machine(machine, domain);
}

/* Nothing in TEXT separates names or is no character; and it is not empty. */
static bool is_plain(const char *text, const char *separators)
{
    if (!*text) return false;
    for (; *text; text++)
        if (strchr(separators, *text) || iscntrl((unsigned char)*text)) return false;
    return true;
}

/* UTF-8's first bytes. */
static size_t count_characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++) count += (*text & 0xc0) != 0x80;
    return count;
}

static bool is_domain_name(const char *domain)
{
    return strlen(domain) < GUISE_DOMAIN_TEXT_SIZE && is_plain(domain, "\\/@");
}

static bool is_account_name(const char *name)
{
    struct guise_domain_name *found;

    return strlen(name) < sizeof(found->name) && count_characters(name) <= MOST_CHARACTERS && is_plain(name, "\\");
}

static bool is_account(SID_NAME_USE use)
{
    return use == SidTypeUser || use == SidTypeGroup || use == SidTypeAlias || use == SidTypeComputer;
}

NTSTATUS domain_take_name(const char *domain, const char *name, SID_NAME_USE use, struct guise_domain_name *found)
{
    bool is_domain = domain_may_be(&found->id.sid);

    if (!is_domain && !domain_may_give(&found->id.sid)) return STATUS_NONE_MAPPED;
    if (!domain || !is_domain_name(domain) || !is_of_domain(domain)) return STATUS_NONE_MAPPED;
    if (is_domain ? use != SidTypeDomain : !is_account(use) || !name || !is_account_name(name)) return STATUS_NONE_MAPPED;
    found->use = use;
    strcpy(found->domain, domain);
    strcpy(found->name, is_domain ? "" : name);
    return STATUS_SUCCESS;
}

/* ---- the question, which is its worker's (unix/worker.h) ----------------------------------------------------------- */

struct name_job
{
    struct worker_job job;
    const struct guise_config *config;
    char *domain, *name; /* what is sought; NULL: what the SID in FOUND is called */
    struct guise_domain_name found;
    NTSTATUS status;
};

static void destroy(struct worker_job *job)
{
    struct name_job *asked = (struct name_job *)job;

    guise_free(asked->domain);
    guise_free(asked->name);
    guise_free(asked);
}

static NTSTATUS ask_sid_of_name(enum guise_accounts source, struct name_job *job, struct worker *worker)
{
    switch (source)
    {
    case ACCOUNTS_WINBIND: return winbind_sid_of_name(worker, job->domain, job->name, &job->found);
    case ACCOUNTS_SSSD: return sssd_sid_of_name(job->config, job->domain, job->name, &job->found);
    default: return STATUS_NONE_MAPPED; /* the store has this machine's own, and NSS no SIDs */
    }
}

static NTSTATUS ask_name_of_sid(enum guise_accounts source, struct name_job *job, struct worker *worker)
{
    struct guise_domain_name *found = &job->found;

    /* Perhaps an answer of the first question: whose it is decides here. */
    if (!domain_may_give(&found->id.sid) && !domain_may_be(&found->id.sid)) return STATUS_NONE_MAPPED;
    switch (source)
    {
    case ACCOUNTS_WINBIND: return winbind_name_of_sid(worker, &found->id.sid, found);
    case ACCOUNTS_SSSD: return sssd_name_of_sid(job->config, &found->id.sid, found);
    default: return STATUS_NONE_MAPPED;
    }
}

/* Who is asked for a name in a NetBIOS domain must say that it is there. A DNS name or a principal's says less: there the SID decides. */
static bool is_in_domain(const struct name_job *job)
{
    return !*job->domain || strchr(job->domain, '.') || !strcasecmp(job->domain, job->found.domain);
}

/* A name's own spelling, and the domain, are what its SID is called. */
static NTSTATUS ask_source(enum guise_accounts source, struct name_job *job, struct worker *worker)
{
    NTSTATUS status = job->name ? ask_sid_of_name(source, job, worker) : STATUS_SUCCESS;

    if (!status) status = ask_name_of_sid(source, job, worker);
    return !status && job->name && !is_in_domain(job) ? STATUS_NONE_MAPPED : status;
}

static void run(struct worker_job *base, struct worker *worker)
{
    struct name_job *job = (struct name_job *)base;
    const struct guise_account_order *order = &job->config->accounts;

    job->status = STATUS_NONE_MAPPED;
    for (size_t i = 0; i < order->count && job->status == STATUS_NONE_MAPPED; i++)
        job->status = ask_source(order->source[i], job, worker);
}

static struct name_job *make_job(const struct guise_config *config)
{
    struct name_job *job = guise_alloc(sizeof(*job));

    if (!job) return NULL;
    worker_job_init(&job->job, run, destroy);
    job->config = config;
    return job;
}

/* The job's reference is dropped. */
static NTSTATUS do_job(struct name_job *job, struct guise_domain_name *found)
{
    unsigned int timeout = job->config->winbind_timeout;
    NTSTATUS status = STATUS_NO_LOGON_SERVERS;

    if (!worker_do(&job->job, timeout)) guise_log("nobody said within %u ms what an account of a domain's is called", timeout);
    else if (!(status = job->status)) *found = job->found;
    worker_job_release(&job->job);
    return status;
}

/* ---- by SID --------------------------------------------------------------------------------------------------------- */

static size_t sid_size(const SID *sid)
{
    return offsetof(SID, SubAuthority) + sid->SubAuthorityCount * sizeof(ULONG);
}

NTSTATUS guise_domain_name_of_sid(const SID *sid, struct guise_domain_name *found)
{
    const struct guise_config *config;
    const struct guise_names *machine;
    NTSTATUS status = guise_get_config(&config);
    struct name_job *job;

    if (status) return status;
    if (!config->is_member || (!domain_may_give(sid) && !domain_may_be(sid))) return STATUS_NONE_MAPPED;
    if ((status = guise_get_names(&machine))) return status;
    if (name_cache_find(sid, sid_size(sid), found)) return STATUS_SUCCESS;
    if (!(job = make_job(config))) return STATUS_NO_MEMORY;
    memcpy(&job->found.id, sid, sid_size(sid));
    if (!(status = do_job(job, found))) name_cache_keep(sid, sid_size(sid), found);
    return status;
}

/* ---- by name -------------------------------------------------------------------------------------------------------- */

/* USER@REALM, of another realm than this machine's. */
static bool is_principal(const char *name)
{
    const char *at = strrchr(name, '@');

    return at && at != name && is_account_name(name) && is_domain_name(at + 1) && is_of_domain(at + 1);
}

static bool may_be_asked(const char *domain, const char *name)
{
    if (!domain) return is_principal(name);
    if (!is_domain_name(domain) || !is_of_domain(domain)) return false;
    return !*name || (is_account_name(name) && !strchr(name, '@'));
}

/* Both texts with their terminators: no SID, which begins with its revision, is like it. */
static char *make_key(const char *domain, const char *name, size_t *size)
{
    size_t domain_size = strlen(domain) + 1, name_size = strlen(name) + 1;
    char *key = guise_alloc(1 + domain_size + name_size);

    if (!key) return NULL;
    memcpy(key + 1, domain, domain_size);
    memcpy(key + 1 + domain_size, name, name_size);
    *size = 1 + domain_size + name_size;
    return key;
}

static NTSTATUS ask_name(const struct guise_config *config, const char *domain, const char *name, struct guise_domain_name *found)
{
    struct name_job *job = make_job(config);

    if (!job) return STATUS_NO_MEMORY;
    if ((job->domain = guise_strdup(domain)) && (job->name = guise_strdup(name))) return do_job(job, found);
    worker_job_release(&job->job);
    return STATUS_NO_MEMORY;
}

NTSTATUS guise_domain_sid_of_name(const char *domain, const char *name, struct guise_domain_name *found)
{
    const struct guise_config *config;
    const struct guise_names *machine;
    NTSTATUS status = guise_get_config(&config);
    size_t size;
    char *key;

    if (status) return status;
    if (!config->is_member) return STATUS_NONE_MAPPED;
    if ((status = guise_get_names(&machine))) return status;
    if (!may_be_asked(domain, name)) return STATUS_NONE_MAPPED;
    if (!domain) domain = "";
    if (!(key = make_key(domain, name, &size))) return STATUS_NO_MEMORY;
    if (!name_cache_find(key, size, found))
    {
        status = ask_name(config, domain, name, found);
        if (!status) name_cache_keep(key, size, found);
    }
    guise_free(key);
    return status;
}

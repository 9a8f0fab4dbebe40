/*
 * What this machine and its domain are called: what guise.conf says, then winbind where that is asked about accounts, then the host name.
 *
 * A member says in every challenge what it is called, and controllers compare. So a name that winbind has not told yet is not guessed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ctype.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "ntoskrnl/unix/account_cache.h"
#include "ntoskrnl/unix/config.h"
#include "ntoskrnl/unix/winbind.h"

enum
{
    NETBIOS_NAME_MAX = 15, /* MS-NBTE 2.2.1: sixteen bytes less the suffix */
    DNS_NAME_MAX = 255,
    RETRY = 1000 /* milliseconds after a failure in which nobody else asks */
};

/* What winbind says; "": nothing. */
struct told_names
{
    char netbios_name[NETBIOS_NAME_MAX + 1], netbios_domain[NETBIOS_NAME_MAX + 1], dns_domain[DNS_NAME_MAX + 1];
};

/* ---- from the host -------------------------------------------------------------------------------------------------- */

static void netbios_from_host(const char *host, char netbios[NETBIOS_NAME_MAX + 1])
{
    size_t length = strcspn(host, ".");

    if (length > NETBIOS_NAME_MAX) length = NETBIOS_NAME_MAX;
    for (size_t i = 0; i < length; i++)
    {
        /* ASCII only, whatever the locale. */
        netbios[i] = host[i] >= 'a' && host[i] <= 'z' ? (char)(host[i] - 'a' + 'A') : host[i];
    }
    netbios[length] = 0;
}

static bool set_default(char **field, const char *value)
{
    return *field || (*field = guise_strdup(value));
}

static bool set_dns_names(struct guise_names *names, const char *host, const char *domain)
{
    char full[HOST_NAME_MAX + DNS_NAME_MAX + 3];
    const char *dot;

    snprintf(full, sizeof(full), strchr(host, '.') || !*domain ? "%s" : "%s.%s", host, domain);
    if (!set_default(&names->dns_name, full)) return false;
    dot = strchr(names->dns_name, '.');
    return set_default(&names->dns_domain, *domain ? domain : dot ? dot + 1 : "");
}

NTSTATUS names_complete(struct guise_names *names, bool is_member, const struct told_names *told)
{
    char host[HOST_NAME_MAX + 1] = "", netbios[NETBIOS_NAME_MAX + 1];

    if (gethostname(host, sizeof(host)) || !*host) strcpy(host, "localhost");
    host[HOST_NAME_MAX] = 0;
    netbios_from_host(host, netbios);
    if (!set_default(&names->netbios_name, told ? told->netbios_name : netbios) ||
        !set_default(&names->netbios_domain, told ? told->netbios_domain : names->netbios_name) ||
        !set_dns_names(names, host, told ? told->dns_domain : ""))
        return STATUS_NO_MEMORY;
    names->account_domain = is_member ? names->netbios_name : names->netbios_domain;
    names->account_dns_domain = is_member ? "" : names->dns_domain;
    return STATUS_SUCCESS;
}

/* ---- from winbind --------------------------------------------------------------------------------------------------- */

/* False: no such name can be. What is not there is "". */
static bool take_name(const char *text, char *name, size_t size)
{
    if (!text) text = "";
    if (strlen(text) >= size) return false;
    for (size_t i = 0; text[i]; i++)
        if (iscntrl((unsigned char)text[i]) || strchr("\\/@ ", text[i])) return false;
    strcpy(name, text);
    return true;
}

static NTSTATUS ask_winbind(struct worker *worker, struct told_names *told)
{
    struct wb_context *context = winbind_connect(worker);
    struct wb_details *details = NULL;
    int error;
    bool good;

    if (!context) return STATUS_NO_LOGON_SERVERS;
    error = winbind_library()->wbcCtxInterfaceDetails(context, &details);
    if (error) return error == WB_NO_MEMORY ? STATUS_NO_MEMORY : STATUS_NO_LOGON_SERVERS;
    good = take_name(details->netbios_name, told->netbios_name, sizeof(told->netbios_name)) && *told->netbios_name &&
           take_name(details->netbios_domain, told->netbios_domain, sizeof(told->netbios_domain)) && *told->netbios_domain;
    if (!take_name(details->dns_domain, told->dns_domain, sizeof(told->dns_domain))) *told->dns_domain = 0;
    winbind_library()->wbcFreeMemory(details);
    return good ? STATUS_SUCCESS : STATUS_NO_LOGON_SERVERS;
}

static void compare(const char *key, const char *ours, const char *theirs)
{
    if (ours && *theirs && strcasecmp(ours, theirs))
        guise_log("[ntlm] %s is %s, but winbind has joined as %s: the domain may refuse its users here", key, ours, theirs);
}

static void complain(const struct guise_names *given, const struct told_names *told)
{
    compare("netbios-name", given->netbios_name, told->netbios_name);
    compare("netbios-domain", given->netbios_domain, told->netbios_domain);
    compare("dns-domain", given->dns_domain, told->dns_domain);
}

/* ---- the question, which is its worker's (unix/worker.h) ----------------------------------------------------------- */

struct names_job
{
    struct worker_job job;
    struct told_names told;
    NTSTATUS status;
};

static void run(struct worker_job *base, struct worker *worker)
{
    struct names_job *job = (struct names_job *)base;

    job->status = ask_winbind(worker, &job->told);
}

static void destroy(struct worker_job *job)
{
    guise_free(job);
}

static NTSTATUS ask(unsigned int milliseconds, struct told_names *told)
{
    struct names_job *job = guise_alloc(sizeof(*job));
    NTSTATUS status = STATUS_NO_LOGON_SERVERS;

    if (!job) return STATUS_NO_MEMORY;
    worker_job_init(&job->job, run, destroy);
    if (worker_do(&job->job, milliseconds) && !(status = job->status)) *told = job->told;
    worker_job_release(&job->job);
    return status;
}

/* ---- once for all --------------------------------------------------------------------------------------------------- */

/* NULL until winbind has said it, then for ever the same. */
static _Atomic(struct guise_names *) known;
/* When winbind did not say; account_cache_now(). */
static _Atomic uint64_t failed;

static void free_names(struct guise_names *names)
{
    if (!names) return;
    guise_free(names->netbios_name);
    guise_free(names->netbios_domain);
    guise_free(names->dns_name);
    guise_free(names->dns_domain);
    guise_free(names);
}

static bool copy(const char *text, char **field)
{
    return !text || (*field = guise_strdup(text));
}

static NTSTATUS make_names(const struct guise_names *given, const struct told_names *told, struct guise_names **made)
{
    struct guise_names *names = guise_alloc(sizeof(*names));
    NTSTATUS status = STATUS_NO_MEMORY;

    if (names && copy(given->netbios_name, &names->netbios_name) && copy(given->netbios_domain, &names->netbios_domain) &&
        copy(given->dns_name, &names->dns_name) && copy(given->dns_domain, &names->dns_domain))
        status = names_complete(names, true, told);
    if (status) free_names(names);
    else *made = names;
    return status;
}

/* Of two threads that asked, one is the first. */
static NTSTATUS learn(const struct guise_names *given, const struct told_names *told)
{
    struct guise_names *made, *first = NULL;
    NTSTATUS status = make_names(given, told, &made);

    if (status) return status;
    if (atomic_compare_exchange_strong(&known, &first, made)) complain(given, told);
    else free_names(made);
    return STATUS_SUCCESS;
}

NTSTATUS guise_get_names(const struct guise_names **names)
{
    const struct guise_config *config;
    NTSTATUS status = guise_get_config(&config);
    struct told_names told;
    uint64_t now;

    if (status) return status;
    *names = config->names.account_domain ? &config->names : atomic_load(&known);
    if (*names) return STATUS_SUCCESS;
    now = account_cache_now();
    if (failed && now - failed < RETRY) return STATUS_NO_LOGON_SERVERS;
    if (!(status = ask(config->winbind_timeout, &told))) status = learn(&config->names, &told);
    if (status == STATUS_NO_LOGON_SERVERS)
    {
        guise_log("winbind does not say what this machine is called, and guise.conf does not either ([ntlm] netbios-name, netbios-domain)");
        failed = account_cache_now();
    }
    *names = atomic_load(&known);
    return status;
}

/* Whoever names everything in the file hears of a contradiction when the domain has answered anyhow. */
void names_compare(struct worker *worker)
{
    static atomic_flag done = ATOMIC_FLAG_INIT;
    const struct guise_config *config;
    struct told_names told;

    if (atomic_flag_test_and_set(&done) || guise_get_config(&config) || !config->names.account_domain) return;
    if (!ask_winbind(worker, &told)) complain(&config->names, &told);
}

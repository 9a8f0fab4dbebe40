/*
 * The Unix ids of SIDs one by one, for who gives a file to an account or names it in a DACL: this machine's own are in the SID, a domain's are asked for.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/unix/idmap.h"
#include "ntoskrnl/unix/winbind.h"

/* ---- the question, which is its worker's (unix/worker.h) ----------------------------------------------------------- */

struct id_job
{
    struct worker_job job;
    const struct guise_config *config;
    union id_sid sid;
    bool of_group;
    uint32_t id;
    NTSTATUS status;
};

static void destroy(struct worker_job *job)
{
    guise_free(job);
}

static NTSTATUS ask_source(enum guise_accounts source, struct id_job *job, struct worker *worker)
{
    switch (source)
    {
    case ACCOUNTS_WINBIND: return winbind_find_id(worker, &job->sid.sid, job->of_group, &job->id);
    case ACCOUNTS_SSSD: return sssd_find_id(&job->sid.sid, job->of_group, job->config->winbind_timeout, &job->id);
    default: return STATUS_NONE_MAPPED; /* NSS has no SIDs */
    }
}

static void run(struct worker_job *base, struct worker *worker)
{
    struct id_job *job = (struct id_job *)base;
    const struct guise_account_order *order = &job->config->accounts;

    job->status = STATUS_NONE_MAPPED;
    for (size_t i = 0; i < order->count && job->status == STATUS_NONE_MAPPED; i++)
        job->status = ask_source(order->source[i], job, worker);
    if (!job->status && !job->id) job->status = STATUS_NONE_MAPPED; /* root is of this machine */
}

static NTSTATUS ask(const struct guise_config *config, const SID *sid, struct unix_id *id)
{
    struct id_job *job = guise_alloc(sizeof(*job));
    NTSTATUS status = STATUS_NO_LOGON_SERVERS;

    if (!job) return STATUS_NO_MEMORY;
    worker_job_init(&job->job, run, destroy);
    job->config = config;
    memcpy(&job->sid, sid, offsetof(SID, SubAuthority) + sid->SubAuthorityCount * sizeof(ULONG));
    job->of_group = id->of_group;
    if (!worker_do(&job->job, config->winbind_timeout)) guise_log("nobody said within %u ms which id an account of a domain's has", config->winbind_timeout);
    else if (!(status = job->status)) id->id = job->id;
    worker_job_release(&job->job);
    return status;
}

/* ---- what kind of account it is ------------------------------------------------------------------------------------- */

/* A source may map every SID to a uid and a gid (idmap_rid), so that the domain is asked which of them is meant. */
static bool has_ids(SID_NAME_USE use, bool *of_group)
{
    *of_group = use == SidTypeGroup || use == SidTypeAlias;
    return *of_group || use == SidTypeUser || use == SidTypeComputer;
}

static NTSTATUS find_domain_id(const SID *sid, struct unix_id *id)
{
    const struct guise_config *config;
    struct guise_domain_name found;
    NTSTATUS status;

    if ((status = guise_get_config(&config))) return status;
    if (!domain_may_give(sid)) return STATUS_NONE_MAPPED;
    if ((status = guise_domain_name_of_sid(sid, &found))) return status;
    return has_ids(found.use, &id->of_group) ? ask(config, sid, id) : STATUS_NONE_MAPPED;
}

NTSTATUS unix_id_of_sid(const SID *sid, struct unix_id *id)
{
    id->of_group = false;
    if (idmap_sid_to_uid(sid, &id->id)) return STATUS_SUCCESS;
    id->of_group = true;
    return idmap_sid_to_gid(sid, &id->id) ? STATUS_SUCCESS : find_domain_id(sid, id);
}

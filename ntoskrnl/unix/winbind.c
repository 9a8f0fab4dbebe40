/*
 * Questions to winbind.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dlfcn.h>
#include <string.h>

#include "ntoskrnl/unix/winbind.h"

/* As many as a logon of Windows has room for. */
#define MOST_SIDS 1024

/* ---- the library --------------------------------------------------------------------------------------------------- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
/* Written once under once. */
static struct wb_functions library;
static bool has_library;

#define FUNCTION(name) {#name, offsetof(struct wb_functions, name)}
static const struct
{
    const char *name;
    size_t offset;
} functions[] = {
    FUNCTION(wbcCtxCreate),   FUNCTION(wbcCtxFree),          FUNCTION(wbcFreeMemory), FUNCTION(wbcCtxAuthenticateUserEx),
    FUNCTION(wbcCtxGetpwsid), FUNCTION(wbcCtxSidsToUnixIds), FUNCTION(wbcCtxLookupName), FUNCTION(wbcCtxLookupSid),
    FUNCTION(wbcCtxLookupSids), FUNCTION(wbcCtxPingDc),
    FUNCTION(wbcCtxInterfaceDetails),
};

static void load(void)
{
    void *loaded = dlopen("libwbclient.so.0", RTLD_NOW | RTLD_LOCAL), *function = loaded;

    for (size_t i = 0; function && i < ARRAYSIZE(functions); i++)
    {
        if ((function = dlsym(loaded, functions[i].name)))
            memcpy((char *)&library + functions[i].offset, &function, sizeof(function));
    }
    has_library = function;
    if (!has_library) guise_log("[accounts] accounts names winbind, but its library cannot be used: %s", dlerror());
}

struct wb_context *winbind_connect(struct worker *worker)
{
    pthread_once(&once, load);
    if (has_library && !worker->winbind) worker->winbind = library.wbcCtxCreate();
    return worker->winbind;
}

const struct wb_functions *winbind_library(void)
{
    return &library;
}

void winbind_disconnect(struct worker *worker)
{
    if (worker->winbind) library.wbcCtxFree(worker->winbind);
}

/* ---- SIDs ---------------------------------------------------------------------------------------------------------- */

bool winbind_sid(const SID *sid, struct wb_sid *out)
{
    memset(out, 0, sizeof(*out));
    if (sid->SubAuthorityCount > WB_MAX_SUBAUTHORITIES) return false;
    memcpy(out, sid, offsetof(SID, SubAuthority) + sid->SubAuthorityCount * sizeof(uint32_t));
    return true;
}

static bool is_wb_sid(const struct wb_sid *sid)
{
    return sid->revision == SID_REVISION && sid->count && sid->count <= WB_MAX_SUBAUTHORITIES;
}

/* ---- mapping ------------------------------------------------------------------------------------------------------- */

static NTSTATUS status_of_error(int error)
{
    switch (error)
    {
    case WB_SUCCESS: return STATUS_SUCCESS;
    case WB_NO_MEMORY: return STATUS_NO_MEMORY;
    case WB_DOMAIN_NOT_FOUND:
    case WB_UNKNOWN_USER: return STATUS_NO_SUCH_USER;
    default: return STATUS_NO_LOGON_SERVERS;
    }
}

static NTSTATUS ask_gids(struct wb_context *context, const struct wb_sid *sids, struct guise_domain_group *groups,
                         size_t count, struct wb_unix_id *ids)
{
    int error = library.wbcCtxSidsToUnixIds(context, sids, (uint32_t)count, ids);
    size_t i, asked = 0;

    if (error) return error == WB_NO_MEMORY ? STATUS_NO_MEMORY : STATUS_NO_LOGON_SERVERS;
    for (i = 0; i < count; i++, asked++)
    {
        while (!domain_may_give(groups->sid)) groups++;
        groups->has_gid = ids[asked].type == WB_ID_GID || ids[asked].type == WB_ID_BOTH;
        groups->gid = groups->has_gid ? ids[asked].id : 0;
        groups++;
    }
    return STATUS_SUCCESS;
}

/* Only what a domain can have given is asked for: what else is in the list is no group of Unix's. */
static NTSTATUS find_gids(struct wb_context *context, struct guise_domain_group *groups, size_t count)
{
    struct wb_sid *sids = guise_alloc(count * sizeof(*sids));
    struct wb_unix_id *ids = guise_alloc(count * sizeof(*ids));
    NTSTATUS status = sids && ids ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    size_t i, asked = 0;

    for (i = 0; !status && i < count; i++)
        if (domain_may_give(groups[i].sid)) winbind_sid(groups[i].sid, &sids[asked++]);
    if (!status && asked) status = ask_gids(context, sids, groups, asked, ids);
    guise_free(sids);
    guise_free(ids);
    return status;
}

NTSTATUS winbind_find_account(struct worker *worker, const SID *user, struct guise_domain_group *groups, size_t count,
                              struct unix_account **account)
{
    struct wb_context *context = winbind_connect(worker);
    struct passwd *entry = NULL;
    struct wb_sid sid;
    NTSTATUS status;

    if (!context) return STATUS_NO_LOGON_SERVERS;
    if (!winbind_sid(user, &sid)) return STATUS_NO_SUCH_USER;
    if ((status = status_of_error(library.wbcCtxGetpwsid(context, &sid, &entry)))) return status;
    if (!(status = find_gids(context, groups, count))) status = account_of_entry(entry, groups, count, account);
    library.wbcFreeMemory(entry);
    return status;
}

NTSTATUS winbind_find_id(struct worker *worker, const SID *sid, bool of_group, uint32_t *id)
{
    struct wb_context *context = winbind_connect(worker);
    struct wb_unix_id answer = {.type = 0};
    struct wb_sid asked;
    int error;

    if (!context) return STATUS_NO_LOGON_SERVERS;
    if (!winbind_sid(sid, &asked)) return STATUS_NONE_MAPPED;
    if ((error = library.wbcCtxSidsToUnixIds(context, &asked, 1, &answer))) return error == WB_NO_MEMORY ? STATUS_NO_MEMORY : STATUS_NO_LOGON_SERVERS;
    if (answer.type != (of_group ? WB_ID_GID : WB_ID_UID) && answer.type != WB_ID_BOTH) return STATUS_NONE_MAPPED;
    *id = answer.id;
    return STATUS_SUCCESS;
}

/* ---- logons -------------------------------------------------------------------------------------------------------- */

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 1;
}

static const char *put_text(char **room, const char *text)
{
    char *put = *room;
    size_t size = text_size(text);

    if (text) memcpy(put, text, size);
    *room += size;
    return put;
}

/* The block: the logon, its entries, their SIDs, its texts. */
struct logon_block
{
    struct guise_domain_logon logon;
    struct token_sid entries[];
};

static void fill_names(struct guise_domain_logon *logon, const struct wb_account *answer, char *room)
{
    logon->account_name = put_text(&room, answer->account_name);
    logon->full_name = put_text(&room, answer->full_name);
    logon->domain_name = put_text(&room, answer->domain_name);
    logon->dns_domain = put_text(&room, answer->dns_domain);
    logon->upn = put_text(&room, answer->upn);
    logon->logon_server = put_text(&room, answer->logon_server);
}

static void fill_sids(struct logon_block *block, const struct wb_account *answer, struct wb_sid *sids)
{
    for (uint32_t i = 0; i < answer->sid_count; i++)
    {
        sids[i] = answer->sids[i].sid;
        block->entries[i] = (struct token_sid){(const SID *)&sids[i], answer->sids[i].attributes};
    }
    block->logon.sids = block->entries;
    block->logon.sid_count = answer->sid_count;
}

static NTSTATUS check_answer(const struct wb_account *answer)
{
    if (!answer->account_name || !*answer->account_name || !answer->domain_name || !*answer->domain_name)
        return STATUS_INVALID_NETWORK_RESPONSE;
    if (answer->sid_count < 2 || !answer->sids) return STATUS_INVALID_NETWORK_RESPONSE;
    if (answer->sid_count > MOST_SIDS) return STATUS_TOO_MANY_CONTEXT_IDS;
    for (uint32_t i = 0; i < answer->sid_count; i++)
        if (!is_wb_sid(&answer->sids[i].sid)) return STATUS_INVALID_NETWORK_RESPONSE;
    return STATUS_SUCCESS;
}

/* Of seconds since 1970. The last one that a FILETIME can hold, which is what Samba makes of its end, and what comes behind it are never. */
static LONGLONG filetime(uint64_t seconds)
{
    const uint64_t epoch = 11644473600, ticks = 10000000;

    if (!seconds) return 0;
    return seconds >= INT64_MAX / ticks - epoch ? INT64_MAX : (LONGLONG)((seconds + epoch) * ticks);
}

NTSTATUS winbind_take_account(const struct wb_account *answer, struct guise_domain_logon **logon)
{
    const char *const texts[] = {answer->account_name, answer->full_name, answer->domain_name,
                                 answer->dns_domain,   answer->upn,       answer->logon_server};
    size_t size = sizeof(struct logon_block) + answer->sid_count * (sizeof(struct token_sid) + sizeof(struct wb_sid));
    NTSTATUS status = check_answer(answer);
    struct logon_block *block;
    struct wb_sid *sids;

    *logon = NULL;
    if (status) return status;
    for (size_t i = 0; i < ARRAYSIZE(texts); i++) size += text_size(texts[i]);
    if (!(block = guise_alloc(size))) return STATUS_NO_MEMORY;
    sids = (struct wb_sid *)(block->entries + answer->sid_count);
    fill_sids(block, answer, sids);
    fill_names(&block->logon, answer, (char *)(sids + answer->sid_count));
    block->logon.user_flags = answer->user_flags;
    block->logon.account_control = answer->account_control;
    block->logon.times = (struct guise_account_times){.logoff = filetime(answer->logoff_time),
                                                      .kickoff = filetime(answer->kickoff_time),
                                                      .password_set = filetime(answer->password_set),
                                                      .password_can_change = filetime(answer->password_can_change),
                                                      .password_must_change = filetime(answer->password_must_change)};
    memcpy(block->logon.session_key, answer->session_key, sizeof(block->logon.session_key));
    memcpy(block->logon.lm_session_key, answer->lm_session_key, sizeof(block->logon.lm_session_key));
    *logon = &block->logon;
    return STATUS_SUCCESS;
}

void guise_domain_logon_free(struct guise_domain_logon *logon)
{
    if (logon) guise_free_secret(logon, sizeof(*logon));
}

/* What is asked, and the answer, in one block with its texts and responses. */
struct logon_job
{
    struct worker_job job;
    struct wb_attempt attempt;
    NTSTATUS status;
    struct guise_domain_logon *logon;
    size_t size;
    char room[];
};

/* The library's blocks are freed as they are: the key in them was wiped. */
static void free_answer(struct wb_account *answer)
{
    if (!answer) return;
    explicit_bzero(answer->session_key, sizeof(answer->session_key));
    explicit_bzero(answer->lm_session_key, sizeof(answer->lm_session_key));
    library.wbcFreeMemory(answer);
}

/* Winbind says why in the refusal; who is refused without a reason was not asked about. */
static NTSTATUS status_of_refusal(int error, const struct wb_refusal *refusal)
{
    if (error == WB_NO_MEMORY) return STATUS_NO_MEMORY;
    if (error != WB_AUTH_ERROR || !refusal || (NTSTATUS)refusal->status >= 0) return STATUS_NO_LOGON_SERVERS;
    return (NTSTATUS)refusal->status;
}

static void run_logon(struct worker_job *job, struct worker *worker)
{
    struct logon_job *logon = (struct logon_job *)job;
    struct wb_context *context = winbind_connect(worker);
    struct wb_account *answer = NULL;
    struct wb_refusal *refusal = NULL;
    int error;

    logon->status = STATUS_NO_LOGON_SERVERS;
    if (!context) return;
    error = library.wbcCtxAuthenticateUserEx(context, &logon->attempt, &answer, &refusal);
    GUISE_TRACE("ntlm", "winbind answers %d, status 0x%08x", error, refusal ? refusal->status : 0);
    logon->status = error || !answer ? status_of_refusal(error, refusal) : winbind_take_account(answer, &logon->logon);
    free_answer(answer);
    if (refusal) library.wbcFreeMemory(refusal);
    names_compare(worker);
}

static void destroy_logon(struct worker_job *job)
{
    struct logon_job *logon = (struct logon_job *)job;

    guise_domain_logon_free(logon->logon);
    guise_free_secret(logon, logon->size);
}

/* The library takes no response of no length that is anywhere. */
static uint8_t *put_bytes(char **room, const UCHAR *bytes, size_t size)
{
    uint8_t *put = (uint8_t *)*room;

    if (!size) return NULL;
    memcpy(put, bytes, size);
    *room += size;
    return put;
}

static struct logon_job *make_logon_job(const struct guise_domain_attempt *asked)
{
    size_t size = sizeof(struct logon_job) + text_size(asked->user) + text_size(asked->domain) +
                  text_size(asked->workstation) + asked->nt_size + asked->lm_size;
    struct logon_job *job = guise_alloc(size);
    struct wb_attempt *attempt;
    char *room;

    if (!job) return NULL;
    worker_job_init(&job->job, run_logon, destroy_logon);
    job->size = size;
    attempt = &job->attempt;
    room = job->room;
    attempt->level = WB_LEVEL_RESPONSE;
    attempt->account = put_text(&room, asked->user);
    attempt->domain = put_text(&room, asked->domain);
    attempt->workstation = put_text(&room, asked->workstation);
    memcpy(attempt->password.response.challenge, asked->challenge, sizeof(attempt->password.response.challenge));
    attempt->password.response.nt_size = (uint32_t)asked->nt_size;
    attempt->password.response.nt = put_bytes(&room, asked->nt, asked->nt_size);
    attempt->password.response.lm_size = (uint32_t)asked->lm_size;
    attempt->password.response.lm = put_bytes(&room, asked->lm, asked->lm_size);
    return job;
}

NTSTATUS guise_domain_log_on(const struct guise_domain_attempt *attempt, struct guise_domain_logon **logon)
{
    const struct guise_config *config;
    NTSTATUS status = guise_get_config(&config);
    struct logon_job *job;

    *logon = NULL;
    if (status) return status;
    if (!(job = make_logon_job(attempt))) return STATUS_NO_MEMORY;
    if (worker_do(&job->job, config->winbind_timeout))
    {
        status = job->status;
        *logon = job->logon;
        job->logon = NULL;
    }
    else
    {
        guise_log("winbind did not answer a logon within %u ms", config->winbind_timeout);
        status = STATUS_NO_LOGON_SERVERS;
    }
    worker_job_release(&job->job);
    return status;
}

/*
 * The accounts of a domain, whose controller winbind asks, beside those of the store.
 *
 * The domain that the client names chooses between the two: this machine's names are the store's, all others the domain's. Nobody is asked about
 * an account that the other one has refused.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/accounts.h"
#include "dlls/msv1_0/utf16.h"
#include "dlls/secur32/domain_token.h"

/* winbind's flags of an account (MS-NRPC 2.2.1.4.10) */
#define LOGON_GUEST_FLAG 1

#define CHALLENGE_INFO_MAX 1024

struct member_accounts
{
    struct account_source source;
    const struct ntlm_names *names;
    struct account_source *store; /* NULL: not configured, or there is none */
    bool domain_first;            /* who names no domain is the domain's, whomever the store has */
};

static struct member_accounts *member_accounts(struct account_source *source)
{
    return (struct member_accounts *)source;
}

/* ---- whose account it is ------------------------------------------------------------------------------------------- */

static bool is_machine_name(const struct ntlm_names *names, const struct ntlm_text *domain)
{
    if (domain->units == 1 && domain->text[0] == '.') return true;
    return ntlm_text_equal_nocase(&names->computer, domain->text, domain->units) ||
           ntlm_text_equal_nocase(&names->dns_computer, domain->text, domain->units);
}

static bool is_in_store(struct member_accounts *accounts, const struct ntlm_text *user, const struct ntlm_text *domain)
{
    struct ntlm_logon found = {.domain = NULL};
    NTSTATUS status = accounts->store->ops->find(accounts->store, user, domain, &found);

    ntlm_wipe_logon(&found);
    return status != STATUS_NO_SUCH_USER; /* a store that cannot be read has the last word */
}

static bool is_of_store(struct member_accounts *accounts, const struct ntlm_text *user, const struct ntlm_text *domain)
{
    if (domain->units) return is_machine_name(accounts->names, domain);
    return accounts->store && !accounts->domain_first && is_in_store(accounts, user, domain);
}

/* ---- proofs -------------------------------------------------------------------------------------------------------- */

/* What is sent for one attempt. A password makes a response of its own. */
struct question
{
    UCHAR challenge[NTLM_CHALLENGE_SIZE];
    const UCHAR *nt, *lm;
    size_t nt_size, lm_size;
    UCHAR made[NTLM_KEY_SIZE + CHALLENGE_INFO_MAX];
};

static bool ask_response(const struct ntlm_attempt *attempt, struct question *question)
{
    memcpy(question->challenge, attempt->server_challenge, NTLM_CHALLENGE_SIZE);
    question->nt = attempt->response->proof.data; /* what it covers lies behind it */
    question->nt_size = attempt->response->proof.size + attempt->response->temp.size;
    return true;
}

static bool ask_v1_response(const struct ntlm_attempt *attempt, struct question *question)
{
    const struct ntlm_v1_proof *proof = attempt->v1;

    question->nt = proof->nt;
    question->nt_size = proof->nt ? NTLM_V1_RESPONSE_SIZE : 0;
    question->lm = proof->nt ? NULL : proof->lm;
    question->lm_size = proof->nt ? 0 : NTLM_V1_RESPONSE_SIZE;
    return ntlm_v1_challenge(attempt->server_challenge, proof->client_challenge, question->challenge);
}

static void write_name(struct wire_writer *writer, enum ntlm_av_id id, const struct ntlm_text *name)
{
    struct wire_span span = ntlm_text_span(name);

    ntlm_write_av_pair(writer, id, span.data, span.size);
}

/* MS-NLMP 2.2.2.7. The controller compares the names with those of the member that asks it. */
static size_t write_temp(const struct ntlm_names *names, const UCHAR *client_challenge, UCHAR *temp, size_t room)
{
    struct wire_writer writer;

    wire_writer_init(&writer, temp, room);
    wire_write_u16(&writer, 0x0101);
    wire_write_zero(&writer, 6);
    wire_write_u64(&writer, ntlm_now());
    wire_write_bytes(&writer, client_challenge, NTLM_CHALLENGE_SIZE);
    wire_write_zero(&writer, 4);
    write_name(&writer, NTLM_AV_NB_DOMAIN, &names->domain);
    write_name(&writer, NTLM_AV_NB_COMPUTER, &names->computer);
    wire_write_zero(&writer, 4 + 4); /* EOL, and the end */
    return writer.failed ? 0 : writer.length;
}

/* A response that whoever knows the password would make: the controller is not told what it is. */
static bool ask_password(const struct ntlm_names *names, const struct ntlm_attempt *attempt, struct question *question)
{
    UCHAR client_challenge[NTLM_CHALLENGE_SIZE], key[NTLM_KEY_SIZE], unused[NTLM_KEY_SIZE];
    struct wire_span temp = {question->made + NTLM_KEY_SIZE, 0};
    bool ok;

    if (!crypto_random(client_challenge, sizeof(client_challenge)) ||
        !crypto_random(question->challenge, sizeof(question->challenge)) ||
        !(temp.size = write_temp(names, client_challenge, question->made + NTLM_KEY_SIZE, CHALLENGE_INFO_MAX)))
        return false;
    ok = ntlm_ntowf_v2(attempt->nt_hash, attempt->user->text, attempt->user->units, attempt->domain->text,
                       attempt->domain->units, key) &&
         ntlm_v2_proof(key, question->challenge, temp, question->made, unused);
    crypto_wipe(key, sizeof(key));
    crypto_wipe(unused, sizeof(unused));
    question->nt = question->made;
    question->nt_size = NTLM_KEY_SIZE + temp.size;
    return ok;
}

static char *utf8_of(const struct ntlm_text *text)
{
    char *utf8 = guise_alloc(3 * text->units + 1);
    size_t length;

    if (utf8 && text->units && !utf16_to_utf8(text->text, text->units, utf8, 3 * text->units, &length)) *utf8 = 0;
    return utf8;
}

/* Half a surrogate pair: no such name. */
static bool is_name(const struct ntlm_text *text, const char *utf8)
{
    return !text->units || *utf8;
}

static NTSTATUS ask(const struct ntlm_attempt *attempt, const struct question *question,
                    struct guise_domain_logon **logon)
{
    char *user = utf8_of(attempt->user), *domain = utf8_of(attempt->domain);
    const struct guise_domain_attempt asked = {.user = user,
                                               .domain = domain,
                                               .workstation = "",
                                               .challenge = question->challenge,
                                               .nt = question->nt,
                                               .nt_size = question->nt_size,
                                               .lm = question->lm,
                                               .lm_size = question->lm_size};
    NTSTATUS status = STATUS_NO_MEMORY;

    *logon = NULL;
    if (user && domain)
        status = is_name(attempt->user, user) && is_name(attempt->domain, domain) ? guise_domain_log_on(&asked, logon)
                                                                                   : STATUS_LOGON_FAILURE;
    guise_free(user);
    guise_free(domain);
    return status;
}

/* Who does not exist is told from a wrong password in the trace alone. */
static NTSTATUS judge(NTSTATUS status)
{
    if (status) GUISE_TRACE("ntlm", "the domain answers 0x%08x", (unsigned int)status);
    switch (status)
    {
    case STATUS_NO_SUCH_USER:
    case STATUS_NO_SUCH_DOMAIN: /* nobody whom this machine trusts */
    case STATUS_WRONG_PASSWORD: return STATUS_LOGON_FAILURE;
    default: return status;
    }
}

static NTSTATUS prove_in_domain(struct member_accounts *accounts, const struct ntlm_attempt *attempt,
                                struct ntlm_logon *logon)
{
    struct question question = {.nt = NULL};
    NTSTATUS status = STATUS_NO_MEMORY;
    bool asked = attempt->v1        ? ask_v1_response(attempt, &question)
                 : attempt->nt_hash ? ask_password(accounts->names, attempt, &question)
                                    : ask_response(attempt, &question);

    logon->domain = NULL;
    if (asked && !(status = judge(ask(attempt, &question, &logon->domain))) && logon->domain->user_flags & LOGON_GUEST_FLAG)
        status = STATUS_LOGON_FAILURE; /* nobody comes in as a guest */
    crypto_wipe(&question, sizeof(question));
    if (status)
    {
        ntlm_wipe_logon(logon);
        return status;
    }
    memcpy(logon->session_base_key, logon->domain->session_key, NTLM_KEY_SIZE);
    return STATUS_SUCCESS;
}

static NTSTATUS member_prove(struct account_source *source, const struct ntlm_attempt *attempt, struct ntlm_logon *logon)
{
    struct member_accounts *accounts = member_accounts(source);

    if (!is_of_store(accounts, attempt->user, attempt->domain)) return prove_in_domain(accounts, attempt, logon);
    return accounts->store ? accounts->store->ops->prove(accounts->store, attempt, logon) : STATUS_LOGON_FAILURE;
}

/* ---- what follows from it ------------------------------------------------------------------------------------------ */

struct texts
{
    struct ntlm_text user, domain, dns_domain, upn, server;
};

static bool take_texts(const struct guise_domain_logon *logon, struct texts *texts)
{
    return ntlm_text_from_utf8(&texts->user, logon->account_name) &&
           ntlm_text_from_utf8(&texts->domain, logon->domain_name) &&
           ntlm_text_from_utf8(&texts->dns_domain, logon->dns_domain) && ntlm_text_from_utf8(&texts->upn, logon->upn) &&
           ntlm_text_from_utf8(&texts->server, logon->logon_server);
}

static void free_texts(struct texts *texts)
{
    ntlm_text_free(&texts->user);
    ntlm_text_free(&texts->domain);
    ntlm_text_free(&texts->dns_domain);
    ntlm_text_free(&texts->upn);
    ntlm_text_free(&texts->server);
}

static const WCHAR *or_null(const struct ntlm_text *text)
{
    return text->units ? text->text : NULL;
}

static NTSTATUS create_token(const struct guise_domain_logon *logon, const struct texts *texts,
                             const struct ntlm_token_request *request, PACCESS_TOKEN *token)
{
    const struct domain_token form = {.user_name = texts->user.text,
                                      .domain_name = texts->domain.text,
                                      .dns_domain = or_null(&texts->dns_domain),
                                      .upn = or_null(&texts->upn),
                                      .server = or_null(&texts->server),
                                      .user = logon->sids[0].sid,
                                      .primary_group = logon->sids[1].sid,
                                      .group_count = logon->sid_count - 1,
                                      .groups = logon->sids + 1,
                                      .authority = ntlm_authority_sid(),
                                      .times = &logon->times,
                                      .package = u"NTLM",
                                      .source = request->source,
                                      .level = request->level,
                                      .kind = request->kind};

    return domain_create_token(&form, token);
}

/* The controller has looked at the state of the account when it was asked. */
static NTSTATUS member_authorise(struct account_source *source, const struct ntlm_logon *logon,
                                 const struct ntlm_token_request *request, PACCESS_TOKEN *token)
{
    struct account_source *store = member_accounts(source)->store;
    struct texts texts = {.user = {NULL, 0}};
    NTSTATUS status = STATUS_NO_MEMORY;

    if (!logon->domain) return store->ops->authorise(store, logon, request, token);
    if (!token) return STATUS_SUCCESS;
    if (take_texts(logon->domain, &texts)) status = create_token(logon->domain, &texts, request, token);
    free_texts(&texts);
    return status;
}

/* Without a proof a domain's account is not for this machine to name. */
static NTSTATUS member_find(struct account_source *source, const struct ntlm_text *user, const struct ntlm_text *domain,
                            struct ntlm_logon *logon)
{
    struct member_accounts *accounts = member_accounts(source);

    if (!accounts->store || !is_of_store(accounts, user, domain)) return STATUS_NO_SUCH_USER;
    return accounts->store->ops->find(accounts->store, user, domain, logon);
}

static NTSTATUS member_change_password(struct account_source *source, const struct ntlm_logon *logon,
                                       const struct ntlm_text *password)
{
    struct account_source *store = member_accounts(source)->store;

    return logon->domain ? STATUS_NOT_SUPPORTED : store->ops->change_password(store, logon, password);
}

static void member_close(struct account_source *source)
{
    struct account_source *store = member_accounts(source)->store;

    if (store) store->ops->close(store);
    guise_free(source);
}

static const struct account_source_ops member_ops = {
    .prove = member_prove,
    .authorise = member_authorise,
    .find = member_find,
    .change_password = member_change_password,
    .close = member_close,
};

NTSTATUS ntlm_open_domain_accounts(struct account_source *store, bool domain_first, const struct ntlm_names *names,
                                   struct account_source **source)
{
    struct member_accounts *accounts = guise_alloc(sizeof(*accounts));

    if (!accounts) return STATUS_NO_MEMORY;
    accounts->source.ops = &member_ops;
    accounts->names = names;
    accounts->store = store;
    accounts->domain_first = domain_first;
    *source = &accounts->source;
    return STATUS_SUCCESS;
}

/*
 * Proof of a password, and the local account store as the acceptor sees it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <time.h>

#include "dlls/msv1_0/accounts.h"
#include "dlls/msv1_0/utf16.h"

void ntlm_wipe_logon(struct ntlm_logon *logon)
{
    sam_wipe(&logon->account);
    guise_domain_logon_free(logon->domain);
    crypto_wipe(logon, sizeof(*logon));
}

bool ntlm_logon_user(const struct ntlm_logon *logon, struct ntlm_text *user)
{
    return ntlm_text_from_utf8(user, logon->domain ? logon->domain->account_name : logon->account.name);
}

bool ntlm_logon_domain(const struct ntlm_logon *logon, const struct ntlm_names *names, struct ntlm_text *domain)
{
    if (logon->domain) return ntlm_text_from_utf8(domain, logon->domain->domain_name);
    return ntlm_text_copy(domain, ntlm_account_domain(names)->text, ntlm_account_domain(names)->units);
}

/* Compares under one spelling of the domain. */
static NTSTATUS prove_under(const struct ntlm_attempt *attempt, const UCHAR nt_hash[NTLM_KEY_SIZE],
                            const struct ntlm_text *domain, UCHAR session_base_key[NTLM_KEY_SIZE])
{
    UCHAR ntowf[NTLM_KEY_SIZE], proof[NTLM_KEY_SIZE];
    bool done, equal;

    done = ntlm_ntowf_v2(nt_hash, attempt->user->text, attempt->user->units, domain->text, domain->units, ntowf) &&
           ntlm_v2_proof(ntowf, attempt->server_challenge, attempt->response->temp, proof, session_base_key);
    equal = done && crypto_equal(proof, attempt->response->proof.data, sizeof(proof));
    crypto_wipe(ntowf, sizeof(ntowf));
    crypto_wipe(proof, sizeof(proof));
    if (!equal) crypto_wipe(session_base_key, NTLM_KEY_SIZE);
    return !done ? STATUS_NO_MEMORY : equal ? STATUS_SUCCESS : STATUS_LOGON_FAILURE;
}

/*
 * MS-NLMP 3.3.1. Neither user nor domain are part of it. Where there is an NT response it alone decides: the LM response beside it
 * would also let in who knows the password without its case.
 */
static NTSTATUS prove_v1(const struct ntlm_attempt *attempt, const UCHAR nt_hash[NTLM_KEY_SIZE],
                         const UCHAR lm_hash[NTLM_KEY_SIZE], UCHAR session_base_key[NTLM_KEY_SIZE])
{
    const struct ntlm_v1_proof *proof = attempt->v1;
    UCHAR challenge[NTLM_CHALLENGE_SIZE], expected[NTLM_V1_RESPONSE_SIZE];
    bool done, equal;

    done = ntlm_v1_challenge(attempt->server_challenge, proof->client_challenge, challenge) &&
           ntlm_desl(proof->nt ? nt_hash : lm_hash, challenge, expected) &&
           ntlm_v1_session_base_key(nt_hash, session_base_key);
    equal = done && crypto_equal(expected, proof->nt ? proof->nt : proof->lm, sizeof(expected));
    crypto_wipe(expected, sizeof(expected));
    if (!equal) crypto_wipe(session_base_key, NTLM_KEY_SIZE);
    return !done ? STATUS_NO_MEMORY : equal ? STATUS_SUCCESS : STATUS_LOGON_FAILURE;
}

static NTSTATUS prove_password(const UCHAR given[NTLM_KEY_SIZE], const UCHAR nt_hash[NTLM_KEY_SIZE],
                               UCHAR session_base_key[NTLM_KEY_SIZE])
{
    bool done = ntlm_v1_session_base_key(nt_hash, session_base_key), equal;

    equal = done && crypto_equal(given, nt_hash, NTLM_KEY_SIZE);
    if (!equal) crypto_wipe(session_base_key, NTLM_KEY_SIZE);
    return !done ? STATUS_NO_MEMORY : equal ? STATUS_SUCCESS : STATUS_LOGON_FAILURE;
}

NTSTATUS ntlm_prove(const struct ntlm_attempt *attempt, const struct ntlm_names *names,
                    const UCHAR nt_hash[NTLM_KEY_SIZE], const UCHAR lm_hash[NTLM_KEY_SIZE],
                    UCHAR session_base_key[NTLM_KEY_SIZE])
{
    static const struct ntlm_text empty = {NULL, 0};
    const struct ntlm_text *given = attempt->domain, *spellings[3] = {given, &empty, ntlm_account_domain(names)};
    NTSTATUS status = STATUS_LOGON_FAILURE;

    if (attempt->v1) return prove_v1(attempt, nt_hash, lm_hash, session_base_key);
    if (attempt->nt_hash) return prove_password(attempt->nt_hash, nt_hash, session_base_key);
    /* As the message says, without a domain (S4.4.2), and DNS for NetBIOS or the other way round (4.9 step 5). */
    if (ntlm_text_equal_nocase(ntlm_account_domain(names), given->text, given->units)) spellings[2] = ntlm_account_dns_domain(names);
    for (size_t i = 0; status == STATUS_LOGON_FAILURE && i < sizeof(spellings) / sizeof(spellings[0]); i++)
    {
        if (i && !spellings[i]->units && !given->units) continue;
        status = prove_under(attempt, nt_hash, spellings[i], session_base_key);
    }
    return status;
}

bool ntlm_can_prove(const struct ntlm_attempt *attempt, const struct sam_account *account)
{
    return account->has_hash && (!attempt->v1 || attempt->v1->nt || account->has_lm_hash);
}

/* ---- the local store ----------------------------------------------------------- */

struct local_accounts
{
    struct account_source source;
    const struct ntlm_names *names;
    char *path;
    struct sam *sam;
    struct lockout *lockout; /* NULL: not configured */
    UCHAR nobody[NTLM_KEY_SIZE]; /* the random key of unknown accounts */
};

static struct local_accounts *local_accounts(struct account_source *source)
{
    return (struct local_accounts *)source;
}

static NTSTATUS find_name(struct local_accounts *accounts, const WCHAR *name, size_t units, struct sam_account *account)
{
    char utf8[sizeof(account->name)];
    size_t length;

    if (units > SAM_NAME_MAX || !utf16_to_utf8(name, units, utf8, sizeof(utf8) - 1, &length))
        return STATUS_NO_SUCH_USER;
    utf8[length] = 0;
    return sam_find(accounts->sam, utf8, account);
}

/* A machine without a DNS domain has an empty one, and that is no name. */
static bool is_our_name(const struct ntlm_names *names, const WCHAR *name, size_t units)
{
    if (!units) return false;
    return ntlm_text_equal_nocase(ntlm_account_domain(names), name, units) ||
           ntlm_text_equal_nocase(&names->computer, name, units) ||
           ntlm_text_equal_nocase(ntlm_account_dns_domain(names), name, units) ||
           ntlm_text_equal_nocase(&names->dns_computer, name, units);
}

/*
 * The account of a user name: as it stands, or user@realm where the realm is ours. The domain beside it does not
 * choose: there is one store, and the proof covers the domain as the client wrote it.
 */
static NTSTATUS find_account(struct local_accounts *accounts, const struct ntlm_text *user, struct sam_account *account)
{
    NTSTATUS status = find_name(accounts, user->text, user->units, account);
    size_t at = user->units;

    if (status != STATUS_NO_SUCH_USER) return status;
    while (at && user->text[at - 1] != '@') at--;
    if (at < 2 || !is_our_name(accounts->names, user->text + at, user->units - at)) return status;
    return find_name(accounts, user->text, at - 1, account);
}

/* No domain (it may be in the name, or left out), "." for this machine (LogonUser), or a name of ours. */
static bool is_local_domain(const struct ntlm_names *names, const struct ntlm_text *domain)
{
    return !domain->units || (domain->units == 1 && domain->text[0] == '.') ||
           is_our_name(names, domain->text, domain->units);
}

/* Where nothing covers the domain it does choose: somebody of another domain is nobody here. */
static NTSTATUS find_account_of(struct local_accounts *accounts, const struct ntlm_text *user,
                                const struct ntlm_text *domain, struct sam_account *account)
{
    NTSTATUS status = find_account(accounts, user, account);

    if (status || is_local_domain(accounts->names, domain)) return status;
    sam_wipe(account);
    return STATUS_NO_SUCH_USER;
}

/*
 * Counts the attempt and says the last word on it. One line says that an account was locked out, as somebody may have meant that; what costs time
 * is done for names that do not exist as well.
 */
static NTSTATUS count_attempt(struct local_accounts *accounts, const struct sam_account *account, bool proved, LONGLONG now)
{
    ULONG rid = account ? account->rid : LOCKOUT_NOBODY;
    NTSTATUS status = lockout_judge(accounts->lockout, rid, proved, now);

    if (status == STATUS_LOGON_FAILURE && lockout_check(accounts->lockout, rid, now) == STATUS_ACCOUNT_LOCKED_OUT && account)
        guise_log("NTLM: account %s is locked out: too many wrong passwords", account->name);
    return status;
}

static NTSTATUS local_prove(struct account_source *source, const struct ntlm_attempt *attempt, struct ntlm_logon *logon)
{
    struct local_accounts *accounts = local_accounts(source);
    NTSTATUS found = attempt->nt_hash
                         ? find_account_of(accounts, attempt->user, attempt->domain, &logon->account)
                         : find_account(accounts, attempt->user, &logon->account),
             status;
    bool known = !found && ntlm_can_prove(attempt, &logon->account);
    ULONG rid = found ? LOCKOUT_NOBODY : logon->account.rid;
    LONGLONG now = time(NULL);

    logon->domain = NULL;
    if (found && found != STATUS_NO_SUCH_USER) return found;
    /* The right password is found sooner than a wrong one: a locked account is compared with a key that none gives. */
    if (accounts->lockout && lockout_check(accounts->lockout, rid, now)) known = false;
    status = ntlm_prove(attempt, accounts->names, known ? logon->account.nt_hash : accounts->nobody,
                        known ? logon->account.lm_hash : accounts->nobody, logon->session_base_key);
    if (!status && !known) status = STATUS_LOGON_FAILURE;
    if (accounts->lockout && (!status || status == STATUS_LOGON_FAILURE))
        status = count_attempt(accounts, found ? NULL : &logon->account, !status, now);
    if (found && status == STATUS_ACCOUNT_LOCKED_OUT) status = STATUS_LOGON_FAILURE; /* nobody cannot be locked out */
    if (status) ntlm_wipe_logon(logon);
    return status;
}

static NTSTATUS local_find(struct account_source *source, const struct ntlm_text *user, const struct ntlm_text *domain,
                           struct ntlm_logon *logon)
{
    logon->domain = NULL;
    return find_account_of(local_accounts(source), user, domain, &logon->account);
}

/* The SID of the account: the domain's and its RID. */
static NTSTATUS account_sid(struct sam *sam, ULONG rid, SID *sid, size_t room)
{
    NTSTATUS status = sam_domain_sid(sam, sid, room);

    if (status) return status;
    if (sid->SubAuthorityCount >= SID_MAX_SUB_AUTHORITIES) return STATUS_FILE_CORRUPT_ERROR;
    sid->SubAuthority[sid->SubAuthorityCount++] = rid;
    return STATUS_SUCCESS;
}

/* S-1-A-B-C: what vouches for an identity. */
struct authority_sid
{
    UCHAR revision, count;
    SID_IDENTIFIER_AUTHORITY authority;
    ULONG rids[2];
};

/* NAME@dns-domain; no text where there is no DNS domain. False: no memory. */
static bool make_upn(const struct ntlm_names *names, const struct ntlm_text *name, struct ntlm_text *upn)
{
    const struct ntlm_text *domain = ntlm_account_dns_domain(names);

    *upn = (struct ntlm_text){NULL, 0};
    if (!domain->units) return true;
    upn->units = name->units + 1 + domain->units;
    if (!(upn->text = guise_alloc((upn->units + 1) * sizeof(WCHAR)))) return false;
    memcpy(upn->text, name->text, name->units * sizeof(WCHAR));
    upn->text[name->units] = '@';
    memcpy(upn->text + name->units + 1, domain->text, domain->units * sizeof(WCHAR));
    return true;
}

static NTSTATUS create_named_token(struct local_accounts *accounts, const struct ntlm_text *name,
                                   struct guise_logon *logon, const struct ntlm_token_request *request,
                                   PACCESS_TOKEN *token)
{
    const struct ntlm_names *names = accounts->names;
    struct guise_logon_kind kind = *request->kind;
    struct ntlm_text upn;
    NTSTATUS status;

    if (!make_upn(names, name, &upn)) return STATUS_NO_MEMORY;
    logon->user_name = name->text;
    logon->domain_name = ntlm_account_domain(names)->text;
    kind.package = u"NTLM";
    kind.server = names->computer.text;
    kind.dns_domain = ntlm_account_dns_domain(names)->units ? ntlm_account_dns_domain(names)->text : NULL;
    kind.upn = upn.text;
    status = guise_create_session_token(logon, &kind, token);
    ntlm_text_free(&upn);
    return status;
}

const SID *ntlm_authority_sid(void)
{
    static const struct authority_sid by_ntlm = {
        SID_REVISION, 2, {SECURITY_NT_AUTHORITY}, {SECURITY_PACKAGE_BASE_RID, SECURITY_PACKAGE_NTLM_RID}};

    return (const SID *)&by_ntlm;
}

static NTSTATUS create_token(struct local_accounts *accounts, const struct sam_account *account,
                             const struct unix_account *unix_account, const struct ntlm_token_request *request,
                             PACCESS_TOKEN *token)
{
    /* S-1-18-2: a service says so. */
    static const struct authority_sid by_service = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 18}}, {2, 0}};
    const SID *groups[] = {request->asserted ? (const SID *)&by_service : ntlm_authority_sid()};
    union
    {
        SID sid;
        UCHAR room[SECURITY_MAX_SID_SIZE];
    } user;
    struct ntlm_text name;
    struct guise_logon logon = {.source = request->source,
                                .user = &user.sid,
                                .groups = groups,
                                .group_count = 1,
                                .account = unix_account,
                                .level = request->level};
    NTSTATUS status = account_sid(accounts->sam, account->rid, &user.sid, sizeof(user));

    if (status) return status;
    if (!ntlm_text_from_utf8(&name, account->name)) return STATUS_NO_MEMORY;
    status = create_named_token(accounts, &name, &logon, request, token);
    ntlm_text_free(&name);
    return status;
}

/* An empty password is one that everybody knows: good at a console at most, as Windows' policy is by default. */
static bool has_blank_password(const struct sam_account *account)
{
    static const UCHAR blank[] = {0x31, 0xd6, 0xcf, 0xe0, 0xd1, 0x6a, 0xe9, 0x31,
                                  0xb7, 0x3c, 0x59, 0xd7, 0xe0, 0xc0, 0x89, 0xc0}; /* S4.10.5 */

    return crypto_equal(account->nt_hash, blank, sizeof(blank));
}

static NTSTATUS local_authorise(struct account_source *source, const struct ntlm_logon *logon,
                                const struct ntlm_token_request *request, PACCESS_TOKEN *token)
{
    struct local_accounts *accounts = local_accounts(source);
    const struct sam_account *account = &logon->account;
    struct unix_account *unix_account;
    NTSTATUS status = sam_account_status(account, time(NULL));

    if (status) return status;
    if (has_blank_password(account))
    {
        guise_log("NTLM: logon of %s refused: the password is empty", account->name);
        return STATUS_ACCOUNT_RESTRICTION;
    }
    if (!token) return STATUS_SUCCESS;
    if ((status = guise_account_by_name(account->unix_name, &unix_account)))
    {
        guise_log("NTLM: logon of %s refused: %s Unix account %s (status 0x%08x)", account->name,
                  status == STATUS_NO_SUCH_USER ? "there is no" : "cannot look up", account->unix_name,
                  (unsigned int)status);
        return status;
    }
    status = create_token(accounts, account, unix_account, request, token);
    guise_account_free(unix_account);
    return status;
}

/* An account that has an LM hash keeps one, if the new password has one. */
static NTSTATUS local_change_password(struct account_source *source, const struct ntlm_logon *logon,
                                      const struct ntlm_text *password)
{
    bool lm = logon->account.has_lm_hash && ntlm_has_lm_hash(password->text, password->units);
    UCHAR nt_hash[NTLM_KEY_SIZE], lm_hash[NTLM_KEY_SIZE];
    struct sam *sam;
    NTSTATUS status = STATUS_NO_MEMORY;

    if (ntlm_ntowf_v1(password->text, password->units, nt_hash) &&
        (!lm || ntlm_lmowf_v1(password->text, password->units, lm_hash)) &&
        !(status = sam_open(local_accounts(source)->path, true, &sam)))
    {
        status = sam_change_password(sam, &logon->account, nt_hash, lm ? lm_hash : NULL, time(NULL));
        sam_close(sam);
    }
    crypto_wipe(nt_hash, sizeof(nt_hash));
    crypto_wipe(lm_hash, sizeof(lm_hash));
    return status;
}

static void local_close(struct account_source *source)
{
    guise_free(local_accounts(source)->path);
    sam_close(local_accounts(source)->sam);
    lockout_close(local_accounts(source)->lockout);
    guise_free_secret(source, sizeof(struct local_accounts));
}

static const struct account_source_ops local_ops = {
    .prove = local_prove,
    .authorise = local_authorise,
    .find = local_find,
    .change_password = local_change_password,
    .close = local_close,
};

static NTSTATUS open_store(struct local_accounts *accounts, const char *path, unsigned int lockout_threshold,
                           unsigned int lockout_window)
{
    NTSTATUS status;

    if (!(accounts->path = guise_strdup(path))) return STATUS_NO_MEMORY;
    if (!crypto_random(accounts->nobody, sizeof(accounts->nobody))) return STATUS_UNSUCCESSFUL;
    if ((status = sam_open(path, false, &accounts->sam))) return status;
    return lockout_threshold ? lockout_open(path, lockout_threshold, lockout_window, &accounts->lockout)
                             : STATUS_SUCCESS;
}

NTSTATUS ntlm_open_local_accounts(const char *path, const struct ntlm_names *names, unsigned int lockout_threshold,
                                  unsigned int lockout_window, struct account_source **source)
{
    struct local_accounts *accounts = guise_alloc(sizeof(*accounts));
    NTSTATUS status;

    if (!accounts) return STATUS_NO_MEMORY;
    accounts->source.ops = &local_ops;
    accounts->names = names;
    if ((status = open_store(accounts, path, lockout_threshold, lockout_window)))
    {
        local_close(&accounts->source);
        return status;
    }
    *source = &accounts->source;
    return STATUS_SUCCESS;
}

/*
 * Who knows the secrets of accounts: the seam between the acceptor and the local store, a domain, or a test's double.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_ACCOUNTS_H
#define GUISE_MSV1_0_ACCOUNTS_H

#include "dlls/msv1_0/lockout.h"
#include "dlls/msv1_0/ntlm.h"
#include "dlls/msv1_0/sam.h"

/* A response of version 1, or LM alone. */
struct ntlm_v1_proof
{
    const UCHAR *nt;               /* NTLM_V1_RESPONSE_SIZE, or NULL: */
    const UCHAR *lm;               /* the same, compared in its place and only then */
    const UCHAR *client_challenge; /* NTLM_CHALLENGE_SIZE with extended session security, NULL without */
};

/* What a client claims and sends as proof: one of the three last. */
struct ntlm_attempt
{
    const struct ntlm_text *user, *domain;
    const UCHAR *server_challenge; /* NTLM_CHALLENGE_SIZE; of a response */
    const struct ntlm_v2_response *response;
    const struct ntlm_v1_proof *v1; /* in the place of RESPONSE, only where policy lets it in; else NULL */
    const UCHAR *nt_hash;           /* of the password itself, NTLM_KEY_SIZE. Covers no domain: it must be the source's */
};

/* What a proof has shown. Wipe with ntlm_wipe_logon(). */
struct ntlm_logon
{
    struct sam_account account;        /* zeros if it is a domain's: */
    struct guise_domain_logon *domain; /* what its controller said, owned; NULL: the store's */
    UCHAR session_base_key[NTLM_KEY_SIZE];
};

/* The token that a logon is to give. */
struct ntlm_token_request
{
    const struct guise_logon_kind *kind; /* the source fills in its texts */
    const char *source;                  /* of TOKEN_SOURCE, at most 8 characters */
    SECURITY_IMPERSONATION_LEVEL level;
    bool asserted; /* nothing was proved: a privileged caller says who it is (S4U) */
};

struct account_source;

struct account_source_ops
{
    /*
     * STATUS_SUCCESS: the response is right, LOGON is filled in. STATUS_LOGON_FAILURE: it is not, or there is no such
     * account. STATUS_ACCOUNT_LOCKED_OUT: too many wrong ones came before.
     */
    NTSTATUS (*prove)(struct account_source *source, const struct ntlm_attempt *attempt, struct ntlm_logon *logon);
    /*
     * Whether the proved account may log on now, and its token unless TOKEN is NULL. The statuses of
     * sam_account_status() and STATUS_ACCESS_DENIED refuse.
     */
    NTSTATUS(*authorise)
    (struct account_source *source, const struct ntlm_logon *logon, const struct ntlm_token_request *request,
     PACCESS_TOKEN *token);
    /* The account that is meant, without any proof. STATUS_NO_SUCH_USER. NULL: unsupported. */
    NTSTATUS (*find)(struct account_source *source, const struct ntlm_text *user, const struct ntlm_text *domain,
                     struct ntlm_logon *logon);
    /*
     * PASSWORD in the place of the one that LOGON has just proved; what was changed in between is not undone, and
     * STATUS_WRONG_PASSWORD if it was the password. NULL: unsupported.
     */
    NTSTATUS (*change_password)(struct account_source *source, const struct ntlm_logon *logon,
                                const struct ntlm_text *password);
    void (*close)(struct account_source *source);
};

/* The head of every source. */
struct account_source
{
    const struct account_source_ops *ops;
};

/*
 * The local store at PATH. NAMES must outlive it. LOCKOUT_THRESHOLD 0: accounts are never locked out. The statuses of
 * sam_open() and lockout_open().
 */
NTSTATUS ntlm_open_local_accounts(const char *path, const struct ntlm_names *names, unsigned int lockout_threshold,
                                  unsigned int lockout_window, struct account_source **source);

/*
 * The accounts of the domain that this machine is a member of, asked for through winbind, beside those of STORE, which may be NULL and is the
 * source's then. Who names no domain is sought in the store first, unless DOMAIN_FIRST. NAMES must outlive it. STATUS_NO_MEMORY: STORE is still the
 * caller's.
 *
 * Its prove answers STATUS_NO_LOGON_SERVERS and its kin, too (guise_domain_log_on()), and the statuses by which a controller refuses.
 */
NTSTATUS ntlm_open_domain_accounts(struct account_source *store, bool domain_first, const struct ntlm_names *names,
                                   struct account_source **source);

/* The names of the account: its own, and that of its domain, which is the machine's for the store's. False: no memory. */
bool ntlm_logon_user(const struct ntlm_logon *logon, struct ntlm_text *user);
bool ntlm_logon_domain(const struct ntlm_logon *logon, const struct ntlm_names *names, struct ntlm_text *domain);

/* S-1-5-64-10: it was NTLM that proved the identity. */
const SID *ntlm_authority_sid(void);

/*
 * The comparison of MS-NLMP 3.3.2 with what NT_HASH gives under the spellings of the domain that clients use, or that of
 * 3.3.1 for version 1 and LM; the session base key on success. LM_HASH is looked at for LM alone. STATUS_LOGON_FAILURE,
 * STATUS_NO_MEMORY. For an unknown account, and for LM where it has no LM hash, a source passes keys that nobody can know and
 * refuses whatever comes out, so that the time tells nothing (4.9 step 4).
 */
NTSTATUS ntlm_prove(const struct ntlm_attempt *attempt, const struct ntlm_names *names,
                    const UCHAR nt_hash[NTLM_KEY_SIZE], const UCHAR lm_hash[NTLM_KEY_SIZE],
                    UCHAR session_base_key[NTLM_KEY_SIZE]);

/* Whether the account has what the attempt is compared with. */
bool ntlm_can_prove(const struct ntlm_attempt *attempt, const struct sam_account *account);

void ntlm_wipe_logon(struct ntlm_logon *logon);

#endif

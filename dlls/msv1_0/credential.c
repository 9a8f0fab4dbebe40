/*
 * NTLM credentials: whom an initiator speaks for, whom an acceptor asks (S2.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/accounts.h"
#include "dlls/msv1_0/user_file.h"

/* S2.1.4. Domains are given as DNS names too, so they may be longer than the 15 characters of that limit. */
#define MAX_USER     256
#define MAX_PASSWORD 256
#define MAX_DOMAIN   255

const struct ntlm_text *ntlm_account_domain(const struct ntlm_names *names)
{
    return names->member ? &names->computer : &names->domain;
}

const struct ntlm_text *ntlm_account_dns_domain(const struct ntlm_names *names)
{
    static const struct ntlm_text none = {NULL, 0};

    return names->member ? &none : &names->dns_domain;
}

static void free_names(struct ntlm_names *names)
{
    ntlm_text_free(&names->computer);
    ntlm_text_free(&names->domain);
    ntlm_text_free(&names->dns_computer);
    ntlm_text_free(&names->dns_domain);
    ntlm_text_free(&names->target_hosts);
}

void ntlm_free_credential(struct package_credential *credential)
{
    if (!credential) return;
    if (credential->accounts) credential->accounts->ops->close(credential->accounts);
    ntlm_text_free(&credential->user);
    ntlm_text_free(&credential->domain);
    free_names(&credential->names);
    pthread_mutex_destroy(&credential->naming);
    guise_free_secret(credential, sizeof(*credential));
}

/* LmCompatibilityLevel, section 4.7 of the SSPI notes. */
static void take_level(struct ntlm_policy *policy, unsigned int level)
{
    policy->accept_v1 = level <= 4;
    policy->accept_lm = level <= 3;
    policy->lm_keys = level <= 1 && !policy->require_128bit;
    policy->send_v1 = level <= 2;
    policy->send_lm = level <= 1;
    policy->without_ess = level == 0;
}

static SECURITY_STATUS take_config(struct package_credential *credential)
{
    const struct guise_config *config;

    if (guise_get_config(&config)) return SEC_E_INTERNAL_ERROR;
    credential->policy.max_skew = config->max_clock_skew * 10000000ull;
    credential->policy.allow_anonymous = config->allow_anonymous;
    credential->policy.require_128bit = config->require_128bit;
    credential->policy.channel_bindings = config->channel_bindings;
    credential->policy.target_name = config->target_name;
    credential->names.member = config->is_member;
    take_level(&credential->policy, config->lm_compatibility_level);
    if (!ntlm_text_from_utf8(&credential->names.target_hosts, config->target_hosts)) return SEC_E_INSUFFICIENT_MEMORY;
    return SEC_E_OK;
}

static bool copy_names(struct ntlm_names *names, const struct guise_names *machine)
{
    struct ntlm_names copy = {.member = false};

    if (ntlm_text_from_utf8(&copy.computer, machine->netbios_name) && ntlm_text_from_utf8(&copy.domain, machine->netbios_domain) &&
        ntlm_text_from_utf8(&copy.dns_computer, machine->dns_name) && ntlm_text_from_utf8(&copy.dns_domain, machine->dns_domain))
    {
        names->computer = copy.computer;
        names->domain = copy.domain;
        names->dns_computer = copy.dns_computer;
        names->dns_domain = copy.dns_domain;
        return true;
    }
    free_names(&copy);
    return false;
}

SECURITY_STATUS ntlm_need_names(struct package_credential *credential)
{
    const struct guise_names *machine;
    NTSTATUS status;
    bool made = true;

    if (atomic_load_explicit(&credential->has_names, memory_order_acquire)) return SEC_E_OK;
    if ((status = guise_get_names(&machine)))
        return status == STATUS_NO_LOGON_SERVERS ? SEC_E_NO_AUTHENTICATING_AUTHORITY
               : status == STATUS_NO_MEMORY      ? SEC_E_INSUFFICIENT_MEMORY
                                                 : SEC_E_INTERNAL_ERROR;
    pthread_mutex_lock(&credential->naming);
    if (!credential->has_names && (made = copy_names(&credential->names, machine)))
        atomic_store_explicit(&credential->has_names, true, memory_order_release);
    pthread_mutex_unlock(&credential->naming);
    return made ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* The hashes that version 1 needs, kept only where it will be spoken. */
static bool keep_hashes(struct package_credential *credential, const struct auth_identity *identity,
                        const UCHAR nt_hash[NTLM_KEY_SIZE])
{
    if (!credential->policy.send_v1) return true;
    memcpy(credential->nt_hash, nt_hash, NTLM_KEY_SIZE);
    if (!credential->policy.send_lm || !ntlm_has_lm_hash(identity->password, identity->password_length)) return true;
    credential->has_lm_hash = true;
    return ntlm_lmowf_v1(identity->password, identity->password_length, credential->lm_hash);
}

/* Keeps the key that the password gives under this user and domain, never the password (S12.13). */
static SECURITY_STATUS take_user(struct package_credential *credential, const struct auth_identity *identity)
{
    UCHAR nt_hash[NTLM_KEY_SIZE];
    bool ok;

    if (!ntlm_text_copy(&credential->user, identity->user, identity->user_length) ||
        !ntlm_text_copy(&credential->domain, identity->domain, identity->domain_length))
        return SEC_E_INSUFFICIENT_MEMORY;
    ok = ntlm_ntowf_v1(identity->password, identity->password_length, nt_hash) &&
         ntlm_ntowf_v2(nt_hash, credential->user.text, credential->user.units, credential->domain.text,
                       credential->domain.units, credential->ntowf_v2) &&
         keep_hashes(credential, identity, nt_hash);
    crypto_wipe(nt_hash, sizeof(nt_hash));
    if (!ok) return SEC_E_INSUFFICIENT_MEMORY;
    credential->identity = NTLM_IDENTITY_PASSWORD;
    return SEC_E_OK;
}

static bool is_too_long(const struct auth_identity *identity)
{
    return identity->user_length > MAX_USER || identity->password_length > MAX_PASSWORD ||
           identity->domain_length > MAX_DOMAIN;
}

/*
 * What NTLM_USER_FILE says, which is the process's. A client delegates nothing through NTLM, so a thread that impersonates one has no
 * default credentials (design 5.10). Without any the first leg says SEC_E_NO_CREDENTIALS (S2.1.9).
 */
static SECURITY_STATUS take_default(struct package_credential *credential, bool impersonating)
{
    struct auth_identity identity;
    SECURITY_STATUS status;

    if (impersonating || guise_thread_carries_client()) return SEC_E_OK;
    status = user_file_identity(&identity);
    if (status == SEC_E_OK && is_too_long(&identity))
    {
        guise_log("NTLM_USER_FILE: a name or password is too long; there are no default credentials");
        status = SEC_E_NO_CREDENTIALS;
    }
    if (status == SEC_E_OK) status = take_user(credential, &identity);
    user_file_free(&identity);
    return status == SEC_E_NO_CREDENTIALS ? SEC_E_OK : status;
}

static SECURITY_STATUS take_identity(struct package_credential *credential, const struct acquire_request *request)
{
    const struct auth_identity *identity = request->identity;

    if (identity && identity->anonymous)
    {
        credential->identity = NTLM_IDENTITY_ANONYMOUS;
        return SEC_E_OK;
    }
    if (identity && is_too_long(identity)) return SEC_E_UNKNOWN_CREDENTIALS;
    if (identity && identity->user_length) return take_user(credential, identity);
    return take_default(credential, request->impersonating); /* a domain alone names nobody (S2.1.6) */
}

static bool asks(const struct guise_config *config, enum guise_accounts source, size_t *place)
{
    for (*place = 0; *place < config->accounts.count; ++*place)
        if (config->accounts.source[*place] == source) return true;
    return false;
}

/* The store beside a domain need not be there; one that is there must be understood. */
static NTSTATUS open_sources(struct package_credential *credential, const struct guise_config *config)
{
    struct account_source *store = NULL;
    size_t store_place, domain_place;
    bool has_store = asks(config, ACCOUNTS_FILES, &store_place);
    NTSTATUS status = STATUS_SUCCESS;

    if (has_store)
        status = ntlm_open_local_accounts(config->account_store, &credential->names, config->lockout_threshold,
                                          config->lockout_window, &store);
    if (!asks(config, ACCOUNTS_WINBIND, &domain_place))
    {
        credential->accounts = store;
        return has_store ? status : STATUS_OBJECT_NAME_NOT_FOUND;
    }
    if (status && status != STATUS_OBJECT_NAME_NOT_FOUND) return status;
    status = ntlm_open_domain_accounts(store, domain_place < store_place, &credential->names, &credential->accounts);
    if (status && store) store->ops->close(store);
    return status;
}

/*
 * Opens the sources of accounts, once per inbound credential. Where there is no store that may be used and no domain, there is nothing to
 * accept with: SEC_E_NO_CREDENTIALS (S2.1.11). A store that is there but cannot be understood is
 * SEC_E_INTERNAL_ERROR.
 */
static SECURITY_STATUS open_accounts(struct package_credential *credential)
{
    const struct guise_config *config;

    if (guise_get_config(&config)) return SEC_E_INTERNAL_ERROR;
    switch (open_sources(credential, config))
    {
    case STATUS_SUCCESS: return SEC_E_OK;
    case STATUS_NO_MEMORY: return SEC_E_INSUFFICIENT_MEMORY;
    case STATUS_OBJECT_NAME_NOT_FOUND:
    case STATUS_ACCESS_DENIED: return SEC_E_NO_CREDENTIALS;
    default: return SEC_E_INTERNAL_ERROR;
    }
}

SECURITY_STATUS ntlm_acquire_credential(const struct acquire_request *request, struct package_credential **credential,
                                        TimeStamp *expiry)
{
    struct package_credential *made;
    SECURITY_STATUS status;

    if (!crypto_ready()) return SEC_E_INTERNAL_ERROR;
    if (!(made = guise_alloc(sizeof(*made)))) return SEC_E_INSUFFICIENT_MEMORY;
    made->use = request->use;
    pthread_mutex_init(&made->naming, NULL);
    status = take_config(made);
    /* Without names yet, the first leg asks again; an initiator says none. */
    if (!status && (status = ntlm_need_names(made)) == SEC_E_NO_AUTHENTICATING_AUTHORITY) status = SEC_E_OK;
    if (!status && (made->use & SECPKG_CRED_OUTBOUND)) status = take_identity(made, request);
    if (!status && (made->use & SECPKG_CRED_INBOUND)) status = open_accounts(made);
    if (status)
    {
        ntlm_free_credential(made);
        return status;
    }
    *credential = made;
    expiry->QuadPart = NTLM_NEVER;
    return SEC_E_OK;
}

/*
 * KERB_INTERACTIVE_LOGON: a user with a password (MS-KILE 3.2, S2.18.4).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/caches.h"
#include "dlls/kerberos/logon.h"
#include "dlls/kerberos/machine.h"
#include "dlls/kerberos/password.h"

/* What one logon is made of, in the bracket. */
struct attempt
{
    krb5_context krb5;
    const char *password;
    struct krb_machine_names services;
    NTSTATUS substatus;
    krb5_ccache cache; /* the user's tickets, if the proof was good */
    gss_cred_id_t tickets;
    struct krb_client *client;
};

static void end_attempt(struct attempt *attempt)
{
    OM_uint32 minor;

    if (attempt->tickets) krb->gss_release_cred(&minor, &attempt->tickets);
    krb_destroy_cache(attempt->cache);
    krb_free_machine_names(&attempt->services);
    if (attempt->krb5) krb->krb5_free_context(attempt->krb5);
    krb_release_client(attempt->client);
}

/* ---- the proof ---- */

/* Services first: in an Active Directory every name of the keytab will do. */
static NTSTATUS prove(struct attempt *attempt)
{
    NTSTATUS status = STATUS_NO_TRUST_SAM_ACCOUNT;

    for (int accounts = 0; accounts < 2; accounts++)
        for (size_t i = 0; i < attempt->services.count && status == STATUS_NO_TRUST_SAM_ACCOUNT; i++)
        {
            if (attempt->services.list[i].is_account != accounts) continue;
            krb_release_client(attempt->client);
            status = krb_prove_client(attempt->tickets, attempt->services.list[i].text, &attempt->client);
        }
    if (status == STATUS_NO_TRUST_SAM_ACCOUNT) guise_log("Kerberos: a logon refused: the KDC knows none of the names in the keytab");
    return status;
}

static NTSTATUS try_name(const char *name, bool enterprise, void *data)
{
    struct attempt *attempt = data;
    krb5_creds creds = {0};
    SECURITY_STATUS acquired;
    NTSTATUS status = krb_ask_with_password(attempt->krb5, name, enterprise, attempt->password, NULL, &creds, &attempt->substatus);

    if (status) return status;
    status = krb_logon_status(krb_make_cache(attempt->krb5, &creds, &attempt->cache), NULL);
    krb->krb5_free_cred_contents(attempt->krb5, &creds);
    if (status) return status;
    if ((acquired = krb_acquire_cache(attempt->cache, &attempt->tickets))) return acquired == SEC_E_INSUFFICIENT_MEMORY ? STATUS_NO_MEMORY : STATUS_INTERNAL_ERROR;
    return prove(attempt);
}

/* The keys are looked for first: without them no password is sent anywhere. */
static NTSTATUS run(struct attempt *attempt, const struct krb_subject *subject)
{
    NTSTATUS status = krb_logon_status(krb->krb5_init_context(&attempt->krb5), NULL);

    if (!status) status = krb_list_machine_names(attempt->krb5, &attempt->services);
    return status ? status : krb_try_names(subject, try_name, attempt);
}

/* ---- the token ---- */

/* S9.1.5: a network logon has nothing to go on with. Who knew the password of another one may act for its user elsewhere, too. */
static NTSTATUS keep_tickets(const struct lsa_logon *logon, struct attempt *attempt, PACCESS_TOKEN token)
{
    bool kept;

    if (logon->type == Network) return STATUS_SUCCESS;
    kept = krb_keep_logon(token, attempt->tickets, attempt->cache);
    attempt->tickets = GSS_C_NO_CREDENTIAL;
    attempt->cache = NULL;
    return kept ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static NTSTATUS make_token(const struct lsa_logon *logon, struct attempt *attempt, struct lsa_logon_result *result)
{
    const struct guise_logon_kind kind = lsa_logon_kind(logon, true);
    const struct pac_token_request request = {.source = logon->source->SourceName, .level = SecurityImpersonation, .kind = &kind};
    NTSTATUS status = krb_client_token(attempt->client, &request, &result->token);

    if (status) return lsa_refuse(status, result);
    if ((status = keep_tickets(logon, attempt, result->token))) return status;
    return krb_make_profile(attempt->client, result);
}

static NTSTATUS log_on(const struct lsa_logon *logon, const struct krb_subject *subject, const char *password, struct lsa_logon_result *result)
{
    struct attempt attempt = {.password = password};
    NTSTATUS status;

    guise_process_begin();
    status = run(&attempt, subject);
    guise_process_end();
    result->substatus = attempt.substatus;
    if (!status) status = make_token(logon, &attempt, result);
    guise_process_begin();
    end_attempt(&attempt);
    guise_process_end();
    return status;
}

NTSTATUS krb_log_on_with_password(const struct lsa_logon *logon, struct lsa_logon_result *result)
{
    struct krb_subject subject = {NULL, NULL};
    KERB_INTERACTIVE_LOGON message;
    char *password = NULL;
    NTSTATUS status;

    if (!lsa_is_logon_type(logon->type)) return STATUS_INVALID_LOGON_TYPE;
    if (!lsa_read(logon->request, &message, sizeof(message))) return STATUS_INVALID_PARAMETER;
    if (!(status = krb_read_subject(logon->request, &message.UserName, &message.LogonDomainName, &subject)) &&
        !(status = lsa_read_text(logon->request, &message.Password, &password)))
        status = message.Password.Length <= KRB_MOST_PASSWORD * sizeof(WCHAR) ? log_on(logon, &subject, password, result) : STATUS_LOGON_FAILURE;
    lsa_free_text(password);
    krb_free_subject(&subject);
    return status;
}

/*
 * What a password gets from the KDC.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/password.h"

#define CHANGE_SERVICE "kadmin/changepw"

/* One question to the KDC. */
struct attempt
{
    const char *password;
    bool used; /* the password: what the KDC says from then on it says to who seems to know it */
};

/* Asked for when a key is needed: for the proof that the KDC wants before it answers, or to read its answer. */
static krb5_error_code give_password(krb5_context krb5, void *data, const char *name, const char *banner, int count, krb5_prompt prompts[])
{
    struct attempt *attempt = data;
    const size_t length = strlen(attempt->password);

    (void)krb5, (void)name, (void)banner;
    if (count != 1 || !prompts[0].hidden || length >= prompts[0].reply->length) return KRB5_LIBOS_CANTREADPWD;
    memcpy(prompts[0].reply->data, attempt->password, length + 1);
    prompts[0].reply->length = (unsigned int)length;
    attempt->used = true;
    return 0;
}

/* ---- what went wrong ---- */

static NTSTATUS extended_status(krb5_context krb5, krb5_init_creds_context exchange)
{
    krb5_error *error = NULL;
    NTSTATUS status = 0;

    if (krb->krb5_init_creds_get_error(krb5, exchange, &error) || !error) return 0;
    if (error->e_data.length) status = krb_extended_status((const UCHAR *)error->e_data.data, error->e_data.length);
    krb->krb5_free_error(krb5, error);
    return status;
}

/* Nobody has signed it: it may only say better what a refusal is about. */
static NTSTATUS refine(NTSTATUS status, NTSTATUS extended, NTSTATUS *substatus)
{
    switch (extended)
    {
    case STATUS_ACCOUNT_DISABLED:
    case STATUS_PASSWORD_EXPIRED:
    case STATUS_INVALID_LOGON_HOURS:
    case STATUS_INVALID_WORKSTATION: *substatus = extended; return STATUS_ACCOUNT_RESTRICTION;
    case STATUS_ACCOUNT_EXPIRED:
    case STATUS_ACCOUNT_LOCKED_OUT:
    case STATUS_PASSWORD_MUST_CHANGE: return extended;
    default: return status;
    }
}

static bool is_about_account(NTSTATUS status)
{
    return status == STATUS_ACCOUNT_RESTRICTION || status == STATUS_ACCOUNT_EXPIRED;
}

/* ---- the exchange ---- */

static krb5_error_code run(krb5_context krb5, krb5_init_creds_context exchange, const char *service, krb5_creds *creds)
{
    krb5_error_code code = service ? krb->krb5_init_creds_set_service(krb5, exchange, service) : 0;

    if (!code) code = krb->krb5_init_creds_get(krb5, exchange);
    if (!code) code = krb->krb5_init_creds_get_creds(krb5, exchange, creds);
    return code;
}

static NTSTATUS ask(krb5_context krb5, krb5_principal client, krb5_get_init_creds_opt *options, const char *service, struct attempt *attempt,
                    krb5_creds *creds, NTSTATUS *substatus)
{
    krb5_init_creds_context exchange;
    krb5_error_code code = krb->krb5_init_creds_init(krb5, client, give_password, attempt, 0, options, &exchange);
    NTSTATUS status;

    if (code) return krb_logon_status(code, substatus);
    status = krb_logon_status(run(krb5, exchange, service, creds), substatus);
    if (is_about_account(status)) status = refine(status, extended_status(krb5, exchange), substatus);
    krb->krb5_init_creds_free(krb5, exchange);
    return status;
}

/* The KDC of MIT looks at the password last: one that has expired is good for a ticket to change it. */
static bool may_change(krb5_context krb5, krb5_principal client, krb5_get_init_creds_opt *options, struct attempt *attempt)
{
    krb5_creds creds = {0};
    NTSTATUS substatus, status = ask(krb5, client, options, CHANGE_SERVICE, attempt, &creds, &substatus);

    if (!status) krb->krb5_free_cred_contents(krb5, &creds);
    return !status;
}

static NTSTATUS ask_and_judge(krb5_context krb5, krb5_principal client, krb5_get_init_creds_opt *options, const char *service, struct attempt *attempt,
                              krb5_creds *creds, NTSTATUS *substatus)
{
    NTSTATUS status = ask(krb5, client, options, service, attempt, creds, substatus);
    bool expired = status == STATUS_PASSWORD_MUST_CHANGE || (status == STATUS_ACCOUNT_RESTRICTION && *substatus == STATUS_PASSWORD_EXPIRED);

    if (attempt->used || (expired && !service && may_change(krb5, client, options, attempt))) return status;
    return is_about_account(status) || status == STATUS_ACCOUNT_LOCKED_OUT || status == STATUS_PASSWORD_MUST_CHANGE ? STATUS_LOGON_FAILURE : status;
}

NTSTATUS krb_ask_with_password(krb5_context krb5, const char *name, bool enterprise, const char *password, const char *service, krb5_creds *creds,
                               NTSTATUS *substatus)
{
    struct attempt attempt = {.password = password};
    krb5_get_init_creds_opt *options;
    krb5_principal client;
    NTSTATUS status;

    if (!*password) return STATUS_LOGON_FAILURE; /* no key is made of none */
    if (krb->krb5_parse_name_flags(krb5, name, enterprise ? KRB5_PRINCIPAL_PARSE_ENTERPRISE : 0, &client)) return STATUS_LOGON_FAILURE;
    status = krb_logon_status(krb->krb5_get_init_creds_opt_alloc(krb5, &options), NULL);
    if (!status)
    {
        krb->krb5_get_init_creds_opt_set_canonicalize(options, 1); /* whatever the case of the name */
        status = ask_and_judge(krb5, client, options, service, &attempt, creds, substatus);
        krb->krb5_get_init_creds_opt_free(krb5, options);
    }
    krb->krb5_free_principal(krb5, client);
    return status;
}

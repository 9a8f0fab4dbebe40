/*
 * KERB_S4U_LOGON: a user whom nobody knows the password of, by the word of his KDC (MS-SFU 3.1, S6.3.2).
 *
 * The service asks for a ticket to itself in his name. Anybody may have it ask: what the token is good for is limited by its level.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/logon.h"
#include "dlls/kerberos/machine.h"

static gss_OID_set_desc mechanisms = {1, &krb_mechanism};

/* ---- the KDC ---- */

/* One question to it. */
struct question
{
    const struct krb_machine *machine;
    struct krb_client *client;
    NTSTATUS substatus;
};

static NTSTATUS ask_in_name(const struct krb_machine *machine, gss_name_t name, gss_cred_id_t *tickets, NTSTATUS *substatus)
{
    gss_cred_id_t credential;
    OM_uint32 major, minor, ignored;
    NTSTATUS status;

    if ((status = krb_machine_credential(machine, &credential))) return status;
    major = krb->gss_acquire_cred_impersonate_name(&minor, credential, name, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE, tickets, NULL, NULL);
    krb->gss_release_cred(&ignored, &credential);
    if (!GSS_ERROR(major)) return STATUS_SUCCESS;
    *tickets = GSS_C_NO_CREDENTIAL;
    if ((krb5_error_code)minor == KRB5KRB_AP_ERR_BAD_INTEGRITY) return STATUS_TRUSTED_RELATIONSHIP_FAILURE; /* about our own ticket */
    status = krb_logon_status((krb5_error_code)minor, substatus);
    return status ? status : STATUS_INTERNAL_ERROR;
}

static NTSTATUS prove_name(struct question *question, gss_name_t name)
{
    gss_cred_id_t tickets;
    OM_uint32 minor;
    NTSTATUS status;

    if ((status = ask_in_name(question->machine, name, &tickets, &question->substatus))) return status;
    status = krb_prove_client(tickets, krb_machine_name(question->machine), &question->client);
    krb->gss_release_cred(&minor, &tickets);
    return status;
}

static NTSTATUS try_name(const char *text, bool enterprise, void *data)
{
    gss_name_t name;
    OM_uint32 minor;
    SECURITY_STATUS imported = krb_import_principal(text, enterprise, &name);
    NTSTATUS status;

    if (imported) return imported == SEC_E_INSUFFICIENT_MEMORY ? STATUS_NO_MEMORY : STATUS_LOGON_FAILURE;
    status = prove_name(data, name);
    krb->gss_release_name(&minor, &name);
    return status;
}

/* Refusals that are not about the user may come of a ticket that the KDC has forgotten. */
static bool may_be_stale(NTSTATUS status)
{
    return status == STATUS_INTERNAL_ERROR || status == STATUS_TRUSTED_RELATIONSHIP_FAILURE || status == STATUS_TIME_DIFFERENCE_AT_DC;
}

/* In the bracket. The client is to be released. */
static NTSTATUS prove(const struct krb_subject *subject, struct question *question)
{
    NTSTATUS status = STATUS_INTERNAL_ERROR;

    for (int fresh = 0; fresh < 2 && may_be_stale(status); fresh++)
    {
        struct krb_machine *machine;

        krb_release_client(question->client);
        question->client = NULL;
        if ((status = krb_find_machine(fresh, &machine))) break;
        question->machine = machine;
        status = krb_try_names(subject, try_name, question);
        krb_release_machine(machine);
    }
    return status;
}

/* ---- the token ---- */

static NTSTATUS make_token(const struct lsa_logon *logon, const KERB_S4U_LOGON *message, const struct krb_client *client,
                           struct lsa_logon_result *result)
{
    const struct guise_logon_kind kind = lsa_logon_kind(logon, false);
    const bool may_act = logon->trusted && !(message->Flags & KERB_S4U_LOGON_FLAG_IDENTIFY);
    const struct pac_token_request request = {.source = logon->source->SourceName,
                                              .level = may_act ? SecurityImpersonation : SecurityIdentification,
                                              .kind = &kind};
    NTSTATUS status = krb_client_token(client, &request, &result->token);

    return status ? lsa_refuse(status, result) : krb_make_profile(client, result);
}

/* What the KDC says of an account is for who could make its token: others hear that it is none. */
static NTSTATUS tell(const struct lsa_logon *logon, NTSTATUS status)
{
    return !logon->trusted && (status == STATUS_ACCOUNT_RESTRICTION || status == STATUS_ACCOUNT_EXPIRED) ? STATUS_LOGON_FAILURE : status;
}

static NTSTATUS log_on(const struct lsa_logon *logon, const KERB_S4U_LOGON *message, const struct krb_subject *subject,
                       struct lsa_logon_result *result)
{
    struct question question = {.client = NULL};
    NTSTATUS status;

    guise_process_begin();
    status = prove(subject, &question);
    guise_process_end();
    result->substatus = question.substatus;
    status = status ? tell(logon, status) : make_token(logon, message, question.client, result);
    krb_release_client(question.client);
    return status;
}

/* A primary token has no level that could limit it. */
static NTSTATUS check(const struct lsa_logon *logon, const KERB_S4U_LOGON *message)
{
    if (logon->type != Network && logon->type != Batch) return STATUS_INVALID_LOGON_TYPE;
    if (message->Flags & ~(ULONG)(KERB_S4U_LOGON_FLAG_CHECK_LOGONHOURS | KERB_S4U_LOGON_FLAG_IDENTIFY)) return STATUS_INVALID_PARAMETER;
    if (logon->type == Network) return STATUS_SUCCESS;
    if (!logon->trusted) return STATUS_PRIVILEGE_NOT_HELD;
    return message->Flags & KERB_S4U_LOGON_FLAG_IDENTIFY ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

NTSTATUS krb_log_on_for_user(const struct lsa_logon *logon, struct lsa_logon_result *result)
{
    struct krb_subject subject = {NULL, NULL};
    KERB_S4U_LOGON message;
    NTSTATUS status;

    if (!lsa_read(logon->request, &message, sizeof(message))) return STATUS_INVALID_PARAMETER;
    if ((status = check(logon, &message))) return status;
    status = krb_read_subject(logon->request, &message.ClientUpn, &message.ClientRealm, &subject);
    if (!status) status = log_on(logon, &message, &subject, result);
    krb_free_subject(&subject);
    return status;
}

/*
 * KERB_S4U_LOGON: a user whom nobody knows the password of, by the word of his KDC (MS-SFU 3.1, S6.3.2).
 *
 * The service asks for a ticket to itself in his name. Anybody may have it ask: what the token is good for is limited by its level.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/logon.h"
#include "dlls/kerberos/own.h"

static gss_OID_set_desc mechanisms = {1, &krb_mechanism};

/* Whom the request is about, UTF-8. */
struct subject
{
    char *user, *domain, *realm;
};

static void free_subject(struct subject *subject)
{
    krb_free_text(subject->user);
    krb_free_text(subject->domain);
    guise_free(subject->realm);
}

/* ---- the KDC ---- */

static NTSTATUS import_text(char *text, bool enterprise, gss_name_t *name)
{
    SECURITY_STATUS status = text ? krb_import_principal(text, enterprise, name) : SEC_E_INSUFFICIENT_MEMORY;

    guise_free(text);
    if (!status) return STATUS_SUCCESS;
    return status == SEC_E_INSUFFICIENT_MEMORY ? STATUS_NO_MEMORY : STATUS_LOGON_FAILURE;
}

/* user@domain as the KDC of the realm knows it, as on Windows. */
static NTSTATUS import_upn(const struct subject *subject, gss_name_t *name)
{
    return import_text(krb_write_upn(subject->user, subject->realm), true, name);
}

/* An account of the realm, or of the one that its name ends with. */
static NTSTATUS import_account(const struct subject *subject, gss_name_t *name)
{
    const char *at = strrchr(subject->user, '@');
    char *user, *realm;
    NTSTATUS status = STATUS_NO_MEMORY;

    if (!at) return import_text(krb_write_account(subject->user, subject->realm), false, name);
    user = guise_strdup(subject->user);
    realm = krb_realm_of(at + 1);
    if (user && realm)
    {
        user[at - subject->user] = 0;
        status = import_text(krb_write_account(user, realm), false, name);
    }
    guise_free(user);
    guise_free(realm);
    return status;
}

static NTSTATUS ask_in_name(const struct krb_own *own, gss_name_t name, gss_cred_id_t *tickets, NTSTATUS *substatus)
{
    gss_cred_id_t credential;
    OM_uint32 major, minor, ignored;
    NTSTATUS status;

    if ((status = krb_own_credential(own, &credential))) return status;
    major = krb->gss_acquire_cred_impersonate_name(&minor, credential, name, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE, tickets, NULL, NULL);
    krb->gss_release_cred(&ignored, &credential);
    if (!GSS_ERROR(major)) return STATUS_SUCCESS;
    *tickets = GSS_C_NO_CREDENTIAL;
    status = krb_logon_status((krb5_error_code)minor, substatus);
    return status ? status : STATUS_INTERNAL_ERROR;
}

static NTSTATUS prove_name(const struct krb_own *own, gss_name_t name, struct krb_client **client, NTSTATUS *substatus)
{
    gss_cred_id_t tickets;
    OM_uint32 minor;
    NTSTATUS status;

    if ((status = ask_in_name(own, name, &tickets, substatus))) return status;
    status = krb_prove_client(tickets, krb_own_name(own), client);
    krb->gss_release_cred(&minor, &tickets);
    return status;
}

/* A KDC without names of that kind knows user@domain as the account of its realm. */
static NTSTATUS prove_subject(const struct krb_own *own, const struct subject *subject, struct krb_client **client, NTSTATUS *substatus)
{
    static NTSTATUS (*const forms[])(const struct subject *, gss_name_t *) = {import_upn, import_account};
    bool is_upn = strchr(subject->user, '@'), has_realm = *subject->realm;
    NTSTATUS status = STATUS_LOGON_FAILURE;

    for (size_t i = is_upn ? 0 : 1; i < (is_upn && has_realm ? 1 : 2) && status == STATUS_LOGON_FAILURE; i++)
    {
        gss_name_t name;
        OM_uint32 minor;

        if ((status = forms[i](subject, &name))) continue;
        status = prove_name(own, name, client, substatus);
        krb->gss_release_name(&minor, &name);
    }
    return status;
}

/* Refusals that are not about the user may come of a ticket that the KDC has forgotten. */
static bool may_be_stale(NTSTATUS status)
{
    return status == STATUS_INTERNAL_ERROR || status == STATUS_TRUSTED_RELATIONSHIP_FAILURE || status == STATUS_TIME_DIFFERENCE_AT_DC;
}

/* In the bracket. */
static NTSTATUS prove(const struct subject *subject, struct krb_client **client, NTSTATUS *substatus)
{
    NTSTATUS status = STATUS_INTERNAL_ERROR;

    for (int fresh = 0; fresh < 2 && may_be_stale(status); fresh++)
    {
        struct krb_own *own;

        krb_release_client(*client);
        *client = NULL;
        if ((status = krb_find_own(fresh, &own))) break;
        status = prove_subject(own, subject, client, substatus);
        krb_release_own(own);
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

static NTSTATUS log_on(const struct lsa_logon *logon, const KERB_S4U_LOGON *message, const struct subject *subject,
                       struct lsa_logon_result *result)
{
    struct krb_client *client = NULL;
    NTSTATUS status;

    guise_process_begin();
    status = prove(subject, &client, &result->substatus);
    guise_process_end();
    status = status ? tell(logon, status) : make_token(logon, message, client, result);
    krb_release_client(client);
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
    struct subject subject = {NULL, NULL, NULL};
    KERB_S4U_LOGON message;
    NTSTATUS status;

    if (!lsa_read(logon->request, &message, sizeof(message))) return STATUS_INVALID_PARAMETER;
    if ((status = check(logon, &message))) return status;
    if (!(status = krb_read_text(logon->request, &message.ClientUpn, &subject.user)) &&
        !(status = krb_read_text(logon->request, &message.ClientRealm, &subject.domain)))
    {
        if (!(subject.realm = krb_realm_of(subject.domain))) status = STATUS_NO_MEMORY;
        else status = *subject.user ? log_on(logon, &message, &subject, result) : STATUS_LOGON_FAILURE;
    }
    free_subject(&subject);
    return status;
}

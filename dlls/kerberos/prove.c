/*
 * The proof that every logon here ends with: a ticket for the machine itself, judged with the machine's own key.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <string.h>

#include "dlls/kerberos/logon.h"

static NTSTATUS status_of_name(SECURITY_STATUS status)
{
    return status == SEC_E_INSUFFICIENT_MEMORY ? STATUS_NO_MEMORY : STATUS_INTERNAL_ERROR;
}

/* Who the user is has been known before. */
static NTSTATUS status_of_request(krb5_error_code code)
{
    NTSTATUS status = code == KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN ? STATUS_NO_TRUST_SAM_ACCOUNT : krb_logon_status(code, NULL);

    if (!status) return STATUS_INTERNAL_ERROR;
    return status == STATUS_NO_SUCH_USER ? STATUS_LOGON_FAILURE : status;
}

/* The AP-REQ that TICKETS give for SERVICE. */
static NTSTATUS make_request(gss_cred_id_t tickets, const char *service, gss_buffer_t request)
{
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_name_t target = GSS_C_NO_NAME;
    OM_uint32 major, minor, ignored;
    SECURITY_STATUS status;

    if ((status = krb_import_principal(service, false, &target))) return status_of_name(status);
    major = krb->gss_init_sec_context(&minor, tickets, &context, target, &krb_mechanism, 0, 0, GSS_C_NO_CHANNEL_BINDINGS, GSS_C_NO_BUFFER, NULL,
                                      request, NULL, NULL);
    krb->gss_release_name(&ignored, &target);
    if (context) krb->gss_delete_sec_context(&ignored, &context, GSS_C_NO_BUFFER);
    return GSS_ERROR(major) ? status_of_request((krb5_error_code)minor) : STATUS_SUCCESS;
}

/* What is not for our key may be a KDC's that only says it is one. */
static NTSTATUS refuse_request(OM_uint32 major, OM_uint32 minor, const char *service)
{
    switch (krb_leg_status(major, minor, true, "ticket for this machine"))
    {
    case SEC_E_INSUFFICIENT_MEMORY: return STATUS_NO_MEMORY;
    case SEC_E_TIME_SKEW: return STATUS_TIME_DIFFERENCE_AT_DC;
    default: break;
    }
    guise_log("Kerberos: a logon refused: the ticket for %s that the KDC gave does not fit the key in the keytab", service);
    return STATUS_TRUSTED_RELATIONSHIP_FAILURE;
}

static NTSTATUS accept_request(gss_buffer_t request, const char *service, struct krb_client **client)
{
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_buffer_desc answer = GSS_C_EMPTY_BUFFER;
    gss_cred_id_t keys;
    OM_uint32 major, minor, ignored;
    SECURITY_STATUS status;
    NTSTATUS result;

    /* No replay: this process has just made it. */
    if ((status = krb_acquire_keys(GSS_C_NO_NAME, false, &keys))) return status == SEC_E_INSUFFICIENT_MEMORY ? STATUS_NO_MEMORY : STATUS_NO_TRUST_LSA_SECRET;
    major = krb->gss_accept_sec_context(&minor, &context, keys, request, GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, &answer, NULL, NULL, NULL);
    if (GSS_ERROR(major)) result = refuse_request(major, minor, service);
    else if (major & GSS_S_CONTINUE_NEEDED) result = STATUS_INTERNAL_ERROR;
    else result = (status = krb_ask_client(context, client)) ? status_of_name(status) : STATUS_SUCCESS;
    if (context) krb->gss_delete_sec_context(&ignored, &context, GSS_C_NO_BUFFER);
    krb->gss_release_buffer(&ignored, &answer);
    krb->gss_release_cred(&ignored, &keys);
    return result;
}

/* The ticket is of him whom the KDC gave it to: MIT Kerberos has seen to that, and who logs somebody on looks again. */
static NTSTATUS check_name(gss_cred_id_t tickets, const struct krb_client *client)
{
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 minor;
    char *text = NULL;
    SECURITY_STATUS status;
    NTSTATUS result;

    if (GSS_ERROR(krb->gss_inquire_cred(&minor, tickets, &name, NULL, NULL, NULL)) || !name) return STATUS_INTERNAL_ERROR;
    status = krb_display_name(name, &text);
    krb->gss_release_name(&minor, &name);
    if (status) return status_of_name(status);
    result = strcmp(text, client->name) ? STATUS_LOGON_FAILURE : STATUS_SUCCESS;
    guise_free(text);
    return result;
}

NTSTATUS krb_prove_client(gss_cred_id_t tickets, const char *service, struct krb_client **client)
{
    gss_buffer_desc request = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    NTSTATUS status;

    *client = NULL;
    if (!(status = make_request(tickets, service, &request))) status = accept_request(&request, service, client);
    if (!status) status = check_name(tickets, *client);
    krb->gss_release_buffer(&minor, &request);
    return status;
}

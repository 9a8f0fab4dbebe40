/*
 * The ticket-granting ticket of an acceptor without keys of its own, which other users' tickets are sealed with (RFC 4120 3.7).
 *
 * Whoever knows its session key can make tickets for this acceptor in everybody's name. So it comes from a password, or from the process's own
 * cache where nobody else can have put it there; never from a client, who knows the key of what he delegated.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/user_to_user.h"

/* ---- in a cache ---- */

krb5_error_code krb_find_tgt(krb5_context krb5, krb5_ccache cache, krb5_creds *tgt)
{
    static const char service[] = "krbtgt";
    krb5_creds wanted = {0};
    krb5_error_code code;
    krb5_timestamp now;

    if ((code = krb->krb5_timeofday(krb5, &now))) return code;
    if ((code = krb->krb5_cc_get_principal(krb5, cache, &wanted.client))) return code;
    code = krb->krb5_build_principal_ext(krb5, &wanted.server, wanted.client->realm.length, wanted.client->realm.data, sizeof(service) - 1, service,
                                         wanted.client->realm.length, wanted.client->realm.data, 0);
    wanted.times.endtime = now;
    if (!code) code = krb->krb5_cc_retrieve_cred(krb5, cache, KRB5_TC_MATCH_TIMES | KRB5_TC_SUPPORTED_KTYPES, &wanted, tgt);
    krb->krb5_free_cred_contents(krb5, &wanted);
    return code;
}

static SECURITY_STATUS status_of(krb5_error_code code)
{
    return code ? krb_leg_status(GSS_S_FAILURE, code, false, "tickets") : SEC_E_OK;
}

SECURITY_STATUS krb_parse_name(krb5_context krb5, gss_name_t name, krb5_principal *principal)
{
    char *text;
    SECURITY_STATUS status = krb_display_name(name, &text);

    if (status) return status;
    status = status_of(krb->krb5_parse_name(krb5, text, principal));
    guise_free(text);
    return status;
}

static SECURITY_STATUS find_client(krb5_context krb5, gss_cred_id_t tickets, krb5_principal *client)
{
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 major, minor;
    SECURITY_STATUS status;

    major = krb->gss_inquire_cred(&minor, tickets, &name, NULL, NULL, NULL);
    if (GSS_ERROR(major)) return krb_leg_status(major, minor, false, "name of tickets");
    status = name ? krb_parse_name(krb5, name, client) : SEC_E_NO_CREDENTIALS;
    if (name) krb->gss_release_name(&minor, &name);
    return status;
}

/* GSS copies the tickets and not whose they are. */
static SECURITY_STATUS fill_cache(krb5_context krb5, gss_cred_id_t tickets, krb5_ccache cache)
{
    krb5_principal client;
    OM_uint32 major, minor;
    SECURITY_STATUS status;

    if ((status = find_client(krb5, tickets, &client))) return status;
    status = status_of(krb->krb5_cc_initialize(krb5, cache, client));
    krb->krb5_free_principal(krb5, client);
    if (status) return status;
    major = krb->gss_krb5_copy_ccache(&minor, tickets, cache);
    return GSS_ERROR(major) ? krb_leg_status(major, minor, false, "copy of tickets") : SEC_E_OK;
}

SECURITY_STATUS krb_copy_cache(krb5_context krb5, gss_cred_id_t tickets, krb5_ccache *cache)
{
    SECURITY_STATUS status = status_of(krb->krb5_cc_new_unique(krb5, "MEMORY", NULL, cache));

    if (status) return status;
    if ((status = fill_cache(krb5, tickets, *cache))) krb->krb5_cc_destroy(krb5, *cache);
    return status;
}

/* ---- the acceptor's ---- */

/* Of the principal that the credential was acquired for, if it was for one. */
static SECURITY_STATUS check_name(krb5_context krb5, gss_name_t name, krb5_const_principal client)
{
    krb5_principal wanted;
    SECURITY_STATUS status;

    if (!name) return SEC_E_OK;
    if ((status = krb_parse_name(krb5, name, &wanted))) return status;
    if (!krb->krb5_principal_compare(krb5, client, wanted)) status = SEC_E_NO_CREDENTIALS;
    krb->krb5_free_principal(krb5, wanted);
    return status;
}

static SECURITY_STATUS find_in_default(krb5_context krb5, gss_name_t name, krb5_creds *tgt)
{
    krb5_ccache cache;
    SECURITY_STATUS status = SEC_E_NO_CREDENTIALS;

    if (krb->krb5_cc_default(krb5, &cache)) return SEC_E_NO_CREDENTIALS;
    if (krb_is_own_cache(krb5, cache)) status = status_of(krb_find_tgt(krb5, cache, tgt));
    krb->krb5_cc_close(krb5, cache);
    if (!status && (status = check_name(krb5, name, tgt->client))) krb->krb5_free_cred_contents(krb5, tgt);
    return status;
}

static SECURITY_STATUS find_by_password(krb5_context krb5, struct package_credential *credential, krb5_creds *tgt)
{
    SECURITY_STATUS status;
    gss_cred_id_t tickets;
    krb5_ccache cache;
    bool unknown;

    if ((status = krb_take_password_tickets(credential, &tickets, &unknown))) return status;
    status = krb_copy_cache(krb5, tickets, &cache);
    krb_put_password_tickets(credential);
    if (status) return status;
    status = status_of(krb_find_tgt(krb5, cache, tgt));
    krb->krb5_cc_destroy(krb5, cache);
    return status;
}

SECURITY_STATUS krb_find_own_ticket(krb5_context krb5, struct package_credential *credential, krb5_creds *tgt)
{
    switch (credential->own_ticket)
    {
    case KRB_IDENTITY_DEFAULT: return find_in_default(krb5, credential->name, tgt);
    case KRB_IDENTITY_PASSWORD: return find_by_password(krb5, credential, tgt);
    default: return SEC_E_NO_CREDENTIALS;
    }
}

SECURITY_STATUS krb_check_own_ticket(struct package_credential *credential)
{
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    krb5_context krb5;
    krb5_creds tgt;

    guise_process_begin();
    if (!krb->krb5_init_context(&krb5))
    {
        if (!(status = krb_find_own_ticket(krb5, credential, &tgt))) krb->krb5_free_cred_contents(krb5, &tgt);
        krb->krb5_free_context(krb5);
    }
    guise_process_end();
    return status;
}

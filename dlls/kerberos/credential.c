/*
 * Kerberos credentials: whose tickets an initiator shows, whose keys an acceptor has (S2.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/caches.h"
#include "dlls/kerberos/user_to_user.h"
#include "dlls/msv1_0/utf16.h"
#include "ntoskrnl/out.h"

#define MAX_PASSWORD 256 /* S2.1.4 */

static gss_OID_set_desc mechanisms = {1, &krb_mechanism};

/* GSS_KRB5_CRED_NO_CI_FLAGS_X: integrity and confidentiality are announced only where they are asked for, as on Windows. */
static gss_OID_desc no_announcement = {6, (void *)"\x2a\x85\x70\x2b\x0d\x1d"};

void krb_free_credential(struct package_credential *credential)
{
    OM_uint32 minor;

    if (!credential) return;
    guise_process_begin();
    if (credential->acceptor) krb->gss_release_cred(&minor, &credential->acceptor);
    if (credential->acceptor_no_replay) krb->gss_release_cred(&minor, &credential->acceptor_no_replay);
    if (credential->tickets) krb->gss_release_cred(&minor, &credential->tickets);
    if (credential->name) krb->gss_release_name(&minor, &credential->name);
    guise_process_end();
    krb_release_delegated(credential->delegated);
    guise_free_secret(credential->password, credential->password_size);
    pthread_mutex_destroy(&credential->lock);
    guise_free(credential);
}

/* ---- inbound ---- */

/* One of the keys in the keytab, the one of NAME alone if there is a name. What is wrong with it is the operator's to learn: see the trace. */
SECURITY_STATUS krb_acquire_key_table(gss_name_t name, const char *keytab, bool replays, gss_cred_id_t *keys)
{
    gss_key_value_element_desc elements[2];
    gss_key_value_set_desc store = {0, elements};
    OM_uint32 major, minor;
    SECURITY_STATUS status;

    if (*keytab) elements[store.count++] = (gss_key_value_element_desc){"keytab", keytab};
    if (!replays) elements[store.count++] = (gss_key_value_element_desc){"rcache", "none:"};
    guise_process_begin();
    major = krb->gss_acquire_cred_from(&minor, name, GSS_C_INDEFINITE, &mechanisms, GSS_C_ACCEPT, &store, keys, NULL, NULL);
    guise_process_end();
    if (!GSS_ERROR(major)) return SEC_E_OK;
    status = krb_leg_status(major, minor, true, "keytab");
    return status == SEC_E_INSUFFICIENT_MEMORY ? status : SEC_E_NO_CREDENTIALS;
}

SECURITY_STATUS krb_acquire_keys(gss_name_t name, bool replays, gss_cred_id_t *keys)
{
    const struct guise_config *config;

    if (guise_get_config(&config)) return SEC_E_INTERNAL_ERROR;
    return krb_acquire_key_table(name, config->kerberos_keytab, replays, keys);
}

/* Default credentials accept any key that there is (S6.1.1). */
static SECURITY_STATUS take_keys(struct package_credential *credential, const WCHAR *principal)
{
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 minor;
    SECURITY_STATUS status = SEC_E_OK;

    if (principal && *principal) status = krb_import_service(principal, &name);
    if (!status) status = krb_acquire_keys(name, true, &credential->acceptor);
    if (!status) status = krb_acquire_keys(name, false, &credential->acceptor_no_replay);
    if (name) krb->gss_release_name(&minor, &name);
    return status == SEC_E_TARGET_UNKNOWN ? SEC_E_NO_CREDENTIALS : status;
}

/* ---- outbound ---- */

/* The password as it was given (S12.13): it is tried when a ticket is needed, never here (S2.1.6). */
static SECURITY_STATUS take_user(struct package_credential *credential, const struct auth_identity *identity)
{
    SECURITY_STATUS status;
    size_t length;

    if (identity->password_length > MAX_PASSWORD) return SEC_E_UNKNOWN_CREDENTIALS;
    status = krb_import_user(identity->user, identity->user_length, identity->domain, identity->domain_length, &credential->name);
    if (status) return status;
    credential->password_size = 3 * identity->password_length + 1;
    if (!(credential->password = guise_alloc(credential->password_size))) return SEC_E_INSUFFICIENT_MEMORY;
    if (!utf16_to_utf8(identity->password, identity->password_length, credential->password, credential->password_size - 1, &length))
        return SEC_E_UNKNOWN_CREDENTIALS;
    if (strlen(credential->password) != length) return SEC_E_UNKNOWN_CREDENTIALS; /* MIT Kerberos would end it there */
    credential->identity = KRB_IDENTITY_PASSWORD;
    return SEC_E_OK;
}

/* A client's are what he sent along, never the process's (design 5.10). */
static SECURITY_STATUS take_default(struct package_credential *credential, const struct acquire_request *request)
{
    if (request->impersonating || guise_thread_carries_client())
    {
        if ((credential->delegated = krb_find_delegated())) credential->identity = KRB_IDENTITY_DELEGATED;
        return SEC_E_OK;
    }
    credential->identity = KRB_IDENTITY_DEFAULT;
    if (!request->principal || !*request->principal) return SEC_E_OK;
    return krb_import_user(request->principal, krb_text_units(request->principal), NULL, 0, &credential->name);
}

static SECURITY_STATUS take_identity(struct package_credential *credential, const struct acquire_request *request)
{
    const struct auth_identity *identity = request->identity;

    if (identity && identity->anonymous) return SEC_E_OK; /* for Negotiate to go on with NTLM */
    if (identity && identity->user_length) return take_user(credential, identity);
    return take_default(credential, request); /* a domain alone names nobody (S2.1.6) */
}

/* ---- either ---- */

/*
 * A server without keys answers clients of user-to-user with its own ticket. A password is tried when that is needed; a cache that nobody will use
 * is looked at now, as without a ticket in it there is no credential. No client's ticket will do (own_ticket.c).
 */
static SECURITY_STATUS take_own_ticket(struct package_credential *credential, const struct acquire_request *request)
{
    bool outbound = request->use & SECPKG_CRED_OUTBOUND, named = request->identity && request->identity->user_length;
    SECURITY_STATUS status = SEC_E_OK;

    if (credential->acceptor && !named) return SEC_E_OK;
    if (!outbound) status = take_identity(credential, request);
    credential->own_ticket = credential->identity;
    if (!outbound) credential->identity = KRB_IDENTITY_NONE;
    if (credential->acceptor) return status == SEC_E_INSUFFICIENT_MEMORY ? status : SEC_E_OK;
    if (status || credential->own_ticket == KRB_IDENTITY_PASSWORD) return status;
    status = krb_check_own_ticket(credential);
    return !status || status == SEC_E_INSUFFICIENT_MEMORY ? status : SEC_E_NO_CREDENTIALS;
}

static SECURITY_STATUS take_inbound(struct package_credential *credential, const struct acquire_request *request)
{
    const WCHAR *principal = request->use & SECPKG_CRED_OUTBOUND ? NULL : request->principal;
    SECURITY_STATUS status = take_keys(credential, principal);

    return status && status != SEC_E_NO_CREDENTIALS ? status : take_own_ticket(credential, request);
}

SECURITY_STATUS krb_acquire_credential(const struct acquire_request *request, struct package_credential **credential, TimeStamp *expiry)
{
    const struct guise_config *config;
    struct package_credential *made;
    SECURITY_STATUS status = SEC_E_OK;

    if (guise_get_config(&config)) return SEC_E_INTERNAL_ERROR;
    if (!krb_load()) return SEC_E_SECPKG_NOT_FOUND;
    if (!(made = guise_alloc(sizeof(*made)))) return SEC_E_INSUFFICIENT_MEMORY;
    pthread_mutex_init(&made->lock, NULL);
    made->use = request->use;
    made->channel_bindings = config->kerberos_channel_bindings;
    if (request->use & SECPKG_CRED_OUTBOUND) status = take_identity(made, request);
    if (!status && (request->use & SECPKG_CRED_INBOUND)) status = take_inbound(made, request);
    if (status)
    {
        krb_free_credential(made);
        return status;
    }
    *credential = made;
    expiry->QuadPart = KRB_NEVER;
    return SEC_E_OK;
}

/* ---- tickets for a context ---- */

static SECURITY_STATUS use_quietly(OM_uint32 major, OM_uint32 minor, gss_cred_id_t *tickets)
{
    gss_buffer_desc nothing = GSS_C_EMPTY_BUFFER;

    if (GSS_ERROR(major)) return krb_leg_status(major, minor, false, "tickets");
    major = krb->gss_set_cred_option(&minor, tickets, &no_announcement, &nothing);
    if (!GSS_ERROR(major)) return SEC_E_OK;
    krb->gss_release_cred(&minor, tickets);
    return SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS default_tickets(struct package_credential *credential, gss_cred_id_t *tickets)
{
    OM_uint32 major, minor;

    if (!krb_default_cache_is_ours()) return SEC_E_NO_CREDENTIALS;
    major = krb->gss_acquire_cred_from(&minor, credential->name, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE, NULL, tickets, NULL, NULL);
    return use_quietly(major, minor, tickets);
}

SECURITY_STATUS krb_acquire_cache(krb5_ccache cache, gss_cred_id_t *tickets)
{
    krb5_error_code code = krb_credential_of(cache, tickets);

    return use_quietly(code ? GSS_S_FAILURE : GSS_S_COMPLETE, code, tickets);
}

SECURITY_STATUS krb_check_tickets(gss_cred_id_t tickets, bool *usable, bool *unknown)
{
    OM_uint32 major, minor, lifetime = 0;

    major = krb->gss_inquire_cred(&minor, tickets, NULL, &lifetime, NULL, NULL);
    *unknown = krb_client_is_unknown(major, minor);
    *usable = !GSS_ERROR(major) && lifetime;
    return GSS_ERROR(major) ? krb_leg_status(major, minor, false, "first ticket") : SEC_E_OK;
}

static SECURITY_STATUS ask_with_password(struct package_credential *credential, bool *unknown)
{
    gss_buffer_desc password = {strlen(credential->password), credential->password};
    OM_uint32 major, minor;
    bool usable;
    SECURITY_STATUS status;

    if (!password.length) return SEC_E_LOGON_DENIED; /* no key is made of none */
    major = krb->gss_acquire_cred_with_password(&minor, credential->name, &password, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE,
                                                &credential->tickets, NULL, NULL);
    *unknown = krb_client_is_unknown(major, minor);
    if ((status = use_quietly(major, minor, &credential->tickets))) return status;
    status = krb_check_tickets(credential->tickets, &usable, unknown);
    if (!status && !usable) status = SEC_E_NO_CREDENTIALS;
    if (status) krb->gss_release_cred(&minor, &credential->tickets);
    return status;
}

static SECURITY_STATUS ask_and_count(struct package_credential *credential, bool *unknown)
{
    SECURITY_STATUS status = ask_with_password(credential, unknown);

    if (status == SEC_E_NO_AUTHENTICATING_AUTHORITY) atomic_fetch_add_explicit(&credential->silences, 1, memory_order_relaxed);
    return status;
}

/*
 * Those of last time, or new ones: a credential outlives its tickets. Who waited while another thread asked in vain has had his answer: else each
 * of them would wait out MIT Kerberos' whole time-out after the other.
 */
SECURITY_STATUS krb_take_password_tickets(struct package_credential *credential, gss_cred_id_t *tickets, bool *unknown)
{
    SECURITY_STATUS status = SEC_E_OK;
    unsigned int silences = atomic_load_explicit(&credential->silences, memory_order_relaxed);
    OM_uint32 minor;
    bool usable;

    pthread_mutex_lock(&credential->lock);
    if (credential->tickets && (krb_check_tickets(credential->tickets, &usable, unknown) || !usable))
        krb->gss_release_cred(&minor, &credential->tickets);
    if (!credential->tickets && silences != atomic_load_explicit(&credential->silences, memory_order_relaxed))
        status = SEC_E_NO_AUTHENTICATING_AUTHORITY;
    else if (!credential->tickets) status = ask_and_count(credential, unknown);
    if (status) pthread_mutex_unlock(&credential->lock);
    *tickets = credential->tickets;
    return status;
}

void krb_put_password_tickets(struct package_credential *credential)
{
    pthread_mutex_unlock(&credential->lock);
}

SECURITY_STATUS krb_take_tickets(struct package_credential *credential, gss_cred_id_t *tickets, bool *unknown)
{
    *tickets = GSS_C_NO_CREDENTIAL;
    *unknown = false;
    switch (credential->identity)
    {
    case KRB_IDENTITY_DEFAULT: return default_tickets(credential, tickets);
    case KRB_IDENTITY_PASSWORD: return krb_take_password_tickets(credential, tickets, unknown);
    case KRB_IDENTITY_DELEGATED: *tickets = krb_delegated_credential(credential->delegated); return SEC_E_OK;
    case KRB_IDENTITY_NONE: break;
    }
    return SEC_E_NO_CREDENTIALS;
}

void krb_put_tickets(struct package_credential *credential, gss_cred_id_t tickets)
{
    OM_uint32 minor;

    if (credential->identity == KRB_IDENTITY_DEFAULT) krb->gss_release_cred(&minor, &tickets);
    if (credential->identity == KRB_IDENTITY_PASSWORD) krb_put_password_tickets(credential);
}

/* ---- about it ---- */

static SECURITY_STATUS name_of_tickets(gss_cred_id_t tickets, char **text)
{
    OM_uint32 major, minor;
    gss_name_t name = GSS_C_NO_NAME;
    SECURITY_STATUS status;

    major = krb->gss_inquire_cred(&minor, tickets, &name, NULL, NULL, NULL);
    if (GSS_ERROR(major)) return krb_leg_status(major, minor, false, "name of tickets");
    if (!name) return SEC_E_NO_CREDENTIALS;
    status = krb_display_name(name, text);
    krb->gss_release_name(&minor, &name);
    return status;
}

/* Whom an initiator speaks for (S2.4.1): known without the KDC where it was given. */
static SECURITY_STATUS name_of(struct package_credential *credential, char **text)
{
    gss_cred_id_t tickets;
    bool unknown;
    SECURITY_STATUS status;

    if (credential->identity == KRB_IDENTITY_PASSWORD) return krb_display_name(credential->name, text);
    if ((status = krb_take_tickets(credential, &tickets, &unknown))) return status;
    status = name_of_tickets(tickets, text);
    krb_put_tickets(credential, tickets);
    return status;
}

SECURITY_STATUS krb_query_credential(struct package_credential *credential, ULONG attribute, void *buffer)
{
    SecPkgCredentials_NamesW *names = buffer;
    SECURITY_STATUS status;
    char *text = NULL;
    WCHAR *out;

    if (attribute != SECPKG_CRED_ATTR_NAMES) return SEC_E_UNSUPPORTED_FUNCTION;
    if (!(credential->use & SECPKG_CRED_OUTBOUND)) return SEC_E_NO_CREDENTIALS;
    guise_process_begin();
    status = name_of(credential, &text);
    guise_process_end();
    if (status) return status == SEC_E_INSUFFICIENT_MEMORY ? status : SEC_E_NO_CREDENTIALS;
    if (!(out = krb_out_text(text, strlen(text)))) status = SEC_E_INSUFFICIENT_MEMORY;
    else out_ptr(&names->sUserName, out);
    guise_free(text);
    return status;
}

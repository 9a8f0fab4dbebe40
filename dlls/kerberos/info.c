/*
 * What a completed Kerberos context tells about itself (table 3.3 of the SSPI notes).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/kerberos.h"
#include "ntoskrnl/out.h"

/* ---- names ---- */

/* Of client and server, as MIT Kerberos writes them. */
struct peers
{
    char *client, *server;
};

static void free_peers(struct peers *peers)
{
    guise_free(peers->client);
    guise_free(peers->server);
}

static SECURITY_STATUS find_peers(struct package_context *context, struct peers *peers)
{
    gss_name_t client = GSS_C_NO_NAME, server = GSS_C_NO_NAME;
    OM_uint32 major, minor;
    SECURITY_STATUS status;

    memset(peers, 0, sizeof(*peers));
    guise_process_begin();
    pthread_mutex_lock(&context->lock);
    major = krb->gss_inquire_context(&minor, context->gss, &client, &server, NULL, NULL, NULL, NULL, NULL);
    pthread_mutex_unlock(&context->lock);
    status = GSS_ERROR(major) ? krb_leg_status(major, minor, context->acceptor, "names") : SEC_E_OK;
    if (!status) status = krb_display_name(client, &peers->client);
    if (!status) status = krb_display_name(server, &peers->server);
    if (client) krb->gss_release_name(&minor, &client);
    if (server) krb->gss_release_name(&minor, &server);
    guise_process_end();
    if (status) free_peers(peers);
    return status;
}

static SECURITY_STATUS put(WCHAR **slot, const char *text, size_t length)
{
    WCHAR *block = krb_out_text(text, length);

    if (!block) return SEC_E_INSUFFICIENT_MEMORY;
    out_ptr(slot, block);
    return SEC_E_OK;
}

/* REALM\user, in Windows' order. */
static SECURITY_STATUS put_account(WCHAR **slot, const char *principal)
{
    const char *at = strrchr(principal, '@');
    size_t user = at ? (size_t)(at - principal) : strlen(principal), realm = at ? strlen(at + 1) : 0;
    char *text = guise_alloc(user + realm + 2);
    SECURITY_STATUS status;

    if (!text) return SEC_E_INSUFFICIENT_MEMORY;
    if (realm)
    {
        memcpy(text, at + 1, realm);
        text[realm++] = '\\';
    }
    memcpy(text + realm, principal, user);
    status = put(slot, text, realm + user);
    guise_free(text);
    return status;
}

/* DOMAIN\user of the token, whose domain a PAC calls by its short name. */
static SECURITY_STATUS put_logon(WCHAR **slot, const WCHAR *domain, const WCHAR *user)
{
    size_t domain_units = krb_text_units(domain), user_units = krb_text_units(user);
    WCHAR *block = out_block((domain_units + user_units + 2) * sizeof(WCHAR));

    if (!block) return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(block, domain, domain_units * sizeof(WCHAR));
    block[domain_units] = '\\';
    memcpy(block + domain_units + 1, user, user_units * sizeof(WCHAR));
    out_ptr(slot, block);
    return SEC_E_OK;
}

static SECURITY_STATUS query_names(struct package_context *context, void *buffer)
{
    SecPkgContext_NamesW *names = buffer;
    struct guise_token_names logon = {.user_name = NULL};
    struct peers peers;
    SECURITY_STATUS status;

    if (context->token) guise_query_token_names(context->token, &logon);
    if (logon.user_name && logon.domain_name) return put_logon(&names->sUserName, logon.domain_name, logon.user_name);
    if ((status = find_peers(context, &peers))) return status;
    status = put_account(&names->sUserName, peers.client);
    free_peers(&peers);
    return status;
}

#define AUTHORIZED_BY_NAME 1 /* RPC_C_AUTHZ_NAME: pPac is a name */

static SECURITY_STATUS query_dce_info(struct package_context *context, void *buffer)
{
    SecPkgContext_DceInfo *info = buffer;
    SecPkgContext_NamesW names;
    SECURITY_STATUS status = query_names(context, &names);

    if (status) return status;
    info->AuthzSvc = AUTHORIZED_BY_NAME;
    out_ptr(&info->pPac, names.sUserName);
    return SEC_E_OK;
}

static SECURITY_STATUS query_native_names(struct package_context *context, void *buffer)
{
    SecPkgContext_NativeNamesW *names = buffer;
    struct peers peers;
    WCHAR *client = NULL, *server = NULL;
    SECURITY_STATUS status = find_peers(context, &peers);

    if (status) return status;
    status = put(&client, peers.client, strlen(peers.client));
    if (!status) status = put(&server, peers.server, strlen(peers.server));
    free_peers(&peers);
    if (status)
    {
        out_free(client);
        return status;
    }
    out_ptr(&names->sClientName, client);
    out_ptr(&names->sServerName, server);
    return SEC_E_OK;
}

static SECURITY_STATUS query_authority(struct package_context *context, void *buffer)
{
    SecPkgContext_AuthorityW *authority = buffer;
    struct peers peers;
    SECURITY_STATUS status = find_peers(context, &peers);
    const char *at;

    if (status) return status;
    at = strrchr(context->acceptor ? peers.server : peers.client, '@'); /* the realm whose KDC vouched */
    status = put(&authority->sAuthorityName, at ? at + 1 : "", at ? strlen(at + 1) : 0);
    free_peers(&peers);
    return status;
}

/* The name of the ticket, which nobody but the KDC can have put there. */
static SECURITY_STATUS query_target(struct package_context *context, void *buffer)
{
    SecPkgContext_ClientSpecifiedTarget *target = buffer;
    struct peers peers;
    SECURITY_STATUS status;

    if (!context->acceptor) return SEC_E_UNSUPPORTED_FUNCTION;
    if ((status = find_peers(context, &peers))) return status;
    status = put(&target->sTargetName, peers.server, strlen(peers.server));
    free_peers(&peers);
    return status;
}

/* ---- keys ---- */

/* The key and its type (GSS_C_INQ_SSPI_SESSION_KEY): the acceptor's subkey, or what there is instead. To be released. */
static SECURITY_STATUS find_key(struct package_context *context, gss_buffer_set_t *set)
{
    static gss_OID_desc session_key = {11, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x05\x05"};
    OM_uint32 major, minor;

    *set = GSS_C_NO_BUFFER_SET;
    pthread_mutex_lock(&context->lock);
    major = krb->gss_inquire_sec_context_by_oid(&minor, context->gss, &session_key, set);
    pthread_mutex_unlock(&context->lock);
    if (GSS_ERROR(major)) return krb_leg_status(major, minor, context->acceptor, "session key");
    if ((*set)->count >= 1 && (*set)->elements[0].length) return SEC_E_OK;
    krb->gss_release_buffer_set(&minor, set);
    return SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS query_session_key(struct package_context *context, void *buffer)
{
    SecPkgContext_SessionKey *key = buffer;
    gss_buffer_set_t set;
    OM_uint32 minor;
    SECURITY_STATUS status = find_key(context, &set);
    UCHAR *bytes;

    if (status) return status;
    if (!(bytes = out_block(set->elements[0].length))) status = SEC_E_INSUFFICIENT_MEMORY;
    else
    {
        memcpy(bytes, set->elements[0].value, set->elements[0].length);
        key->SessionKeyLength = set->elements[0].length;
        out_ptr(&key->SessionKey, bytes);
    }
    krb->gss_release_buffer_set(&minor, &set); /* which wipes it */
    return status;
}

/* RFC 3961 8 and RFC 8009: what the encryption type is called, and its checksum. Numbers, not ALG_IDs, are what Kerberos has for them. */
static const struct key_kind
{
    ULONG type, checksum;
    const char *name, *checksum_name;
} key_kinds[] = {
    {16, 12, "Triple DES CBC mode with HMAC/sha1", "HMAC-SHA1"},
    {17, 15, "AES-128 CTS mode with 96-bit SHA-1 HMAC", "HMAC-SHA1-96"},
    {18, 16, "AES-256 CTS mode with 96-bit SHA-1 HMAC", "HMAC-SHA1-96"},
    {19, 19, "AES-128 CTS mode with 128-bit SHA-256 HMAC", "HMAC-SHA256-128"},
    {20, 20, "AES-256 CTS mode with 192-bit SHA-384 HMAC", "HMAC-SHA384-192"},
    {23, (ULONG)-138, "RSADSI RC4-HMAC", "HMAC-MD5"},
    {25, 17, "Camellia-128 CTS mode with CMAC", "CMAC-Camellia128"},
    {26, 18, "Camellia-256 CTS mode with CMAC", "CMAC-Camellia256"},
};

enum
{
    AES128_CTS = 17,
    RC4_HMAC = 23,
    RC4_HMAC_EXPORT = 24
};

/* The last arc of the type's identifier 1.2.840.113554.1.2.2.4.TYPE, in base 128. */
static ULONG type_of(gss_buffer_set_t set)
{
    const UCHAR *bytes;
    ULONG type = 0;

    if (set->count < 2 || set->elements[1].length < 11) return 0;
    bytes = set->elements[1].value;
    for (size_t i = 10; i < set->elements[1].length; i++) type = type << 7 | (bytes[i] & 0x7f);
    return type;
}

SECURITY_STATUS krb_has_old_cipher(struct package_context *context, bool *old)
{
    int cipher = atomic_load_explicit(&context->cipher, memory_order_relaxed);
    SECURITY_STATUS status;
    gss_buffer_set_t set;
    OM_uint32 minor;
    ULONG type;

    if (cipher == KRB_CIPHER_UNKNOWN)
    {
        if ((status = find_key(context, &set))) return status;
        type = type_of(set);
        krb->gss_release_buffer_set(&minor, &set);
        cipher = type < AES128_CTS || type == RC4_HMAC || type == RC4_HMAC_EXPORT ? KRB_CIPHER_OLD : KRB_CIPHER_NEW;
        atomic_store_explicit(&context->cipher, cipher, memory_order_relaxed);
    }
    *old = cipher == KRB_CIPHER_OLD;
    return SEC_E_OK;
}

static SECURITY_STATUS put_key_info(SecPkgContext_KeyInfoW *info, const struct key_kind *kind, size_t key_size)
{
    WCHAR *signature = krb_out_text(kind->checksum_name, strlen(kind->checksum_name)), *encryption = krb_out_text(kind->name, strlen(kind->name));

    if (!signature || !encryption)
    {
        out_free(signature);
        out_free(encryption);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    out_ptr(&info->sSignatureAlgorithmName, signature);
    out_ptr(&info->sEncryptAlgorithmName, encryption);
    info->KeySize = 8 * key_size;
    info->SignatureAlgorithm = kind->checksum;
    info->EncryptAlgorithm = kind->type;
    return SEC_E_OK;
}

static SECURITY_STATUS query_key_info(struct package_context *context, void *buffer)
{
    SECURITY_STATUS status;
    gss_buffer_set_t set;
    OM_uint32 minor;

    if ((status = find_key(context, &set))) return status;
    status = SEC_E_UNSUPPORTED_FUNCTION;
    for (size_t i = 0; i < sizeof(key_kinds) / sizeof(key_kinds[0]); i++)
        if (key_kinds[i].type == type_of(set)) status = put_key_info(buffer, &key_kinds[i], set->elements[0].length);
    krb->gss_release_buffer_set(&minor, &set);
    return status;
}

/* S3.2.2. The padding of no data is a whole block of the ciphers that pad. */
static SECURITY_STATUS query_sizes(struct package_context *context, void *buffer)
{
    gss_iov_buffer_desc mic = {GSS_IOV_BUFFER_TYPE_MIC_TOKEN, {0, NULL}};
    gss_iov_buffer_desc wrap[] = {{GSS_IOV_BUFFER_TYPE_HEADER, {0, NULL}}, {GSS_IOV_BUFFER_TYPE_DATA, {0, NULL}},
                                  {GSS_IOV_BUFFER_TYPE_PADDING, {0, NULL}}};
    SecPkgContext_Sizes *sizes = buffer;
    OM_uint32 major, minor;

    pthread_mutex_lock(&context->lock);
    major = krb->gss_get_mic_iov_length(&minor, context->gss, GSS_C_QOP_DEFAULT, &mic, 1);
    if (!GSS_ERROR(major)) major = krb->gss_wrap_iov_length(&minor, context->gss, 1, GSS_C_QOP_DEFAULT, NULL, wrap, 3);
    pthread_mutex_unlock(&context->lock);
    if (GSS_ERROR(major)) return krb_leg_status(major, minor, context->acceptor, "sizes");
    sizes->cbMaxToken = KRB_MAX_TOKEN;
    sizes->cbMaxSignature = mic.buffer.length;
    sizes->cbBlockSize = wrap[2].buffer.length > 1 ? wrap[2].buffer.length : 1;
    sizes->cbSecurityTrailer = wrap[0].buffer.length;
    return SEC_E_OK;
}

/* ---- the rest ---- */

static SECURITY_STATUS query_lifespan(struct package_context *context, void *buffer)
{
    SecPkgContext_Lifespan *lifespan = buffer;

    lifespan->tsStart.QuadPart = sec_local_time(context->start);
    lifespan->tsExpiry.QuadPart = sec_local_time(context->expiry);
    return SEC_E_OK;
}

/* Where a domain says so (PAC): of a name alone nobody knows. */
static bool account_times(struct package_context *context, struct guise_account_times *times)
{
    return context->token && guise_query_token_times(context->token, times);
}

static SECURITY_STATUS query_password_expiry(struct package_context *context, void *buffer)
{
    struct guise_account_times times;

    if (!account_times(context, &times)) return SEC_E_UNSUPPORTED_FUNCTION;
    ((SecPkgContext_PasswordExpiry *)buffer)->tsPasswordExpires.QuadPart = sec_local_time(times.password_must_change);
    return SEC_E_OK;
}

static SECURITY_STATUS query_logoff_time(struct package_context *context, void *buffer)
{
    struct guise_account_times times;

    if (!account_times(context, &times)) return SEC_E_UNSUPPORTED_FUNCTION;
    ((SecPkgContext_LogoffTime *)buffer)->tsLogoffTime.QuadPart = sec_local_time(times.logoff);
    return SEC_E_OK;
}

static SECURITY_STATUS query_flags(struct package_context *context, void *buffer)
{
    ((SecPkgContext_Flags *)buffer)->Flags = context->attributes;
    return SEC_E_OK;
}

/* S3.3.8. After the AP-REQ a client has one more token to send in DCE style alone. */
static SECURITY_STATUS query_last_token(struct package_context *context, void *buffer)
{
    SecPkgContext_LastClientTokenStatus *last = buffer;
    bool more = context->state == KRB_STATE_OPEN && (!context->gss || (context->request & ISC_REQ_USE_DCE_STYLE));

    if (context->acceptor) return SEC_E_UNSUPPORTED_FUNCTION;
    if (context->state == KRB_STATE_FAILED) return SEC_E_INVALID_HANDLE;
    last->LastClientTokenStatus = more ? SecPkgAttrLastClientTokenNo : SecPkgAttrLastClientTokenYes;
    return SEC_E_OK;
}

static const struct
{
    ULONG attribute;
    SECURITY_STATUS (*query)(struct package_context *context, void *buffer);
} queries[] = {
    {SECPKG_ATTR_SIZES, query_sizes},
    {SECPKG_ATTR_NAMES, query_names},
    {SECPKG_ATTR_LIFESPAN, query_lifespan},
    {SECPKG_ATTR_DCE_INFO, query_dce_info},
    {SECPKG_ATTR_KEY_INFO, query_key_info},
    {SECPKG_ATTR_AUTHORITY, query_authority},
    {SECPKG_ATTR_PASSWORD_EXPIRY, query_password_expiry},
    {SECPKG_ATTR_SESSION_KEY, query_session_key},
    {SECPKG_ATTR_NATIVE_NAMES, query_native_names},
    {SECPKG_ATTR_FLAGS, query_flags},
    {SECPKG_ATTR_LOGOFF_TIME, query_logoff_time},
    {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, query_target},
    {SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, query_last_token},
};

SECURITY_STATUS krb_query_context(struct package_context *context, ULONG attribute, void *buffer)
{
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
    {
        if (queries[i].attribute != attribute) continue;
        /* S2.10.2: an unfinished context has nothing else to tell. */
        return context->state == KRB_STATE_COMPLETE || attribute == SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS ? queries[i].query(context, buffer) : SEC_E_INVALID_HANDLE;
    }
    return SEC_E_UNSUPPORTED_FUNCTION;
}

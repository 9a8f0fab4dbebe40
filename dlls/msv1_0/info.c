/*
 * What a completed NTLM context tells about itself (table 3.3 of the SSPI notes).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/ntlm.h"
#include "ntoskrnl/out.h"

/* S3.3.3 */
#define ALGORITHM_RC4       0x6801
#define ALGORITHM_HMAC_MD5  0xffffff76
#define ALGORITHM_RC4_CRC32 0xffffff7c

/* FIRST, and behind a backslash SECOND unless one of them is empty, as the caller's block. */
static WCHAR *out_name(const struct ntlm_text *first, const struct ntlm_text *second)
{
    bool both = first->units && second->units;
    WCHAR *block = out_block((first->units + both + second->units + 1) * sizeof(WCHAR)), *end = block;

    if (!block) return NULL;
    if (first->units) memcpy(end, first->text, first->units * sizeof(WCHAR));
    end += first->units;
    if (both) *end++ = '\\';
    if (second->units) memcpy(end, second->text, second->units * sizeof(WCHAR));
    return block;
}

static WCHAR *out_text(const struct ntlm_text *text)
{
    static const struct ntlm_text nothing;

    return out_name(text, &nothing);
}

static WCHAR *out_string(const WCHAR *text, size_t units)
{
    return out_text(&(struct ntlm_text){(WCHAR *)text, units});
}

static SECURITY_STATUS query_sizes(const struct package_context *context, void *buffer)
{
    SecPkgContext_Sizes *sizes = buffer; /* S3.2.1 */

    (void)context;
    sizes->cbMaxToken = NTLM_MAX_TOKEN;
    sizes->cbMaxSignature = NTLM_SIGNATURE_SIZE;
    sizes->cbBlockSize = 0;
    sizes->cbSecurityTrailer = NTLM_SIGNATURE_SIZE;
    return SEC_E_OK;
}

static SECURITY_STATUS query_names(const struct package_context *context, void *buffer)
{
    SecPkgContext_NamesW *names = buffer;
    WCHAR *name = out_name(&context->domain, &context->user);

    if (!name) return SEC_E_INSUFFICIENT_MEMORY;
    out_ptr(&names->sUserName, name);
    return SEC_E_OK;
}

/* The server is known by what the client called it, or else by what it calls itself. */
static SECURITY_STATUS query_native_names(const struct package_context *context, void *buffer)
{
    const struct ntlm_text *server = ntlm_server_name(context);
    SecPkgContext_NativeNamesW *names = buffer;
    WCHAR *client = out_name(&context->domain, &context->user);
    WCHAR *target = out_text(context->target.units ? &context->target : server);

    if (!client || !target)
    {
        out_free(client);
        out_free(target);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    out_ptr(&names->sClientName, client);
    out_ptr(&names->sServerName, target);
    return SEC_E_OK;
}

static SECURITY_STATUS query_lifespan(const struct package_context *context, void *buffer)
{
    SecPkgContext_Lifespan *lifespan = buffer;

    lifespan->tsStart.QuadPart = sec_local_time((LONGLONG)context->start);
    lifespan->tsExpiry.QuadPart = NTLM_NEVER;
    return SEC_E_OK;
}

#define AUTHORIZED_BY_NAME 1 /* RPC_C_AUTHZ_NAME: pPac is a name */

static SECURITY_STATUS query_dce_info(const struct package_context *context, void *buffer)
{
    SecPkgContext_DceInfo *info = buffer;
    WCHAR *name = out_name(&context->domain, &context->user);

    if (!name) return SEC_E_INSUFFICIENT_MEMORY;
    info->AuthzSvc = AUTHORIZED_BY_NAME;
    out_ptr(&info->pPac, name);
    return SEC_E_OK;
}

/* As the account's domain says; passwords of the account store have no end of their own. A client does not know. */
static SECURITY_STATUS query_password_expiry(const struct package_context *context, void *buffer)
{
    struct guise_account_times times;
    bool known = context->token && guise_query_token_times(context->token, &times);

    if (!context->server) return SEC_E_UNSUPPORTED_FUNCTION;
    ((SecPkgContext_PasswordExpiry *)buffer)->tsPasswordExpires.QuadPart = known ? sec_local_time(times.password_must_change) : NTLM_NEVER;
    return SEC_E_OK;
}

static SECURITY_STATUS query_logoff_time(const struct package_context *context, void *buffer)
{
    struct guise_account_times times;
    bool known = context->token && guise_query_token_times(context->token, &times);

    if (!context->server) return SEC_E_UNSUPPORTED_FUNCTION;
    ((SecPkgContext_LogoffTime *)buffer)->tsLogoffTime.QuadPart = known ? sec_local_time(times.logoff) : NTLM_NEVER;
    return SEC_E_OK;
}

static SECURITY_STATUS query_key_info(const struct package_context *context, void *buffer)
{
    bool ess = context->flags & NTLM_FLAG_ESS;
    SecPkgContext_KeyInfoW *info = buffer;
    WCHAR *signature = ess ? out_string(u"HMAC-MD5", 8) : out_string(u"RSADSI RC4-CRC32", 16);
    WCHAR *encryption = out_string(u"RSADSI RC4", 10);

    if (!signature || !encryption)
    {
        out_free(signature);
        out_free(encryption);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    out_ptr(&info->sSignatureAlgorithmName, signature);
    out_ptr(&info->sEncryptAlgorithmName, encryption);
    info->KeySize = ntlm_key_bits(context->flags);
    info->SignatureAlgorithm = ess ? ALGORITHM_HMAC_MD5 : ALGORITHM_RC4_CRC32;
    info->EncryptAlgorithm = ALGORITHM_RC4;
    return SEC_E_OK;
}

static SECURITY_STATUS query_authority(const struct package_context *context, void *buffer)
{
    SecPkgContext_AuthorityW *authority = buffer;
    WCHAR *name = out_text(&context->authority);

    if (!name) return SEC_E_INSUFFICIENT_MEMORY;
    out_ptr(&authority->sAuthorityName, name);
    return SEC_E_OK;
}

static SECURITY_STATUS query_session_key(const struct package_context *context, void *buffer)
{
    SecPkgContext_SessionKey *key = buffer;
    UCHAR *bytes = out_block(NTLM_KEY_SIZE);

    if (!bytes) return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(bytes, context->exported_key, NTLM_KEY_SIZE);
    key->SessionKeyLength = NTLM_KEY_SIZE;
    out_ptr(&key->SessionKey, bytes);
    return SEC_E_OK;
}

static SECURITY_STATUS query_flags(const struct package_context *context, void *buffer)
{
    ((SecPkgContext_Flags *)buffer)->Flags = context->attributes;
    return SEC_E_OK;
}

/* What the client said it wanted to reach; only its proof makes it worth asking (S3.3.7). */
static SECURITY_STATUS query_target(const struct package_context *context, void *buffer)
{
    SecPkgContext_ClientSpecifiedTarget *target = buffer;
    WCHAR *name;

    if (!context->server) return SEC_E_UNSUPPORTED_FUNCTION;
    if (!context->target.units) return SEC_E_TARGET_UNKNOWN;
    if (!(name = out_text(&context->target))) return SEC_E_INSUFFICIENT_MEMORY;
    out_ptr(&target->sTargetName, name);
    return SEC_E_OK;
}

/* S3.3.8 */
static SECURITY_STATUS query_last_token(const struct package_context *context, void *buffer)
{
    SecPkgContext_LastClientTokenStatus *last = buffer;

    if (context->server) return SEC_E_UNSUPPORTED_FUNCTION;
    if (context->state == NTLM_STATE_FAILED) return SEC_E_INVALID_HANDLE;
    last->LastClientTokenStatus = context->state == NTLM_STATE_COMPLETE ? SecPkgAttrLastClientTokenYes : SecPkgAttrLastClientTokenNo;
    return SEC_E_OK;
}

static const struct
{
    ULONG attribute;
    SECURITY_STATUS (*query)(const struct package_context *context, void *buffer);
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

SECURITY_STATUS ntlm_query_context(struct package_context *context, ULONG attribute, void *buffer)
{
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
    {
        if (queries[i].attribute != attribute) continue;
        /* S2.10.2: an unfinished context has nothing else to tell. */
        return context->state == NTLM_STATE_COMPLETE || attribute == SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS ? queries[i].query(context, buffer) : SEC_E_INVALID_HANDLE;
    }
    return SEC_E_UNSUPPORTED_FUNCTION;
}

/* Whom an initiator speaks for; an acceptor and the null session name nobody (S2.4.1). */
SECURITY_STATUS ntlm_query_credential(struct package_credential *credential, ULONG attribute, void *buffer)
{
    SecPkgCredentials_NamesW *names = buffer;
    WCHAR *name;

    if (attribute != SECPKG_CRED_ATTR_NAMES) return SEC_E_UNSUPPORTED_FUNCTION;
    if (credential->identity != NTLM_IDENTITY_PASSWORD) return SEC_E_NO_CREDENTIALS;
    if (!(name = out_name(&credential->domain, &credential->user))) return SEC_E_INSUFFICIENT_MEMORY;
    out_ptr(&names->sUserName, name);
    return SEC_E_OK;
}

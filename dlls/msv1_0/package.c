/*
 * The NTLM security package: its row in the front's table.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/msv1_0/ntlm.h"

/* The session of a context whose legs are over. */
static struct seal *session(struct package_context *context)
{
    return context->state == NTLM_STATE_COMPLETE ? &context->seal : NULL;
}

static SECURITY_STATUS make_signature(struct package_context *context, struct message *message)
{
    return session(context) ? seal_make_signature(session(context), message) : SEC_E_INVALID_HANDLE;
}

static SECURITY_STATUS verify_signature(struct package_context *context, struct message *message)
{
    return session(context) ? seal_verify_signature(session(context), message) : SEC_E_INVALID_HANDLE;
}

static SECURITY_STATUS encrypt_message(struct package_context *context, struct message *message)
{
    return session(context) ? seal_encrypt_message(session(context), message) : SEC_E_INVALID_HANDLE;
}

static SECURITY_STATUS decrypt_message(struct package_context *context, struct message *message)
{
    return session(context) ? seal_decrypt_message(session(context), message) : SEC_E_INVALID_HANDLE;
}

/*
 * A client context, an unfinished or refused one and one without token have nobody to impersonate (table 9.4 of the
 * SSPI notes).
 */
static SECURITY_STATUS context_token(struct package_context *context, PACCESS_TOKEN *token)
{
    if (context->state != NTLM_STATE_COMPLETE || !context->token) return SEC_E_NO_IMPERSONATION;
    *token = context->token;
    return SEC_E_OK;
}

static bool owns_token(const UCHAR *token, ULONG length)
{
    return ntlm_message_type(token, length) != 0;
}

/* Who makes MICs of the handshake makes one of the list too, and waits for the peer's (section 5.5 of the SSPI notes). */
static bool expects_list_mic(struct package_context *context)
{
    return context->state == NTLM_STATE_COMPLETE && context->has_mic;
}

static void restart_streams(struct package_context *context)
{
    if (session(context)) seal_restart(session(context));
}

static const struct sec_mechanism mechanisms[] = {
    {(const UCHAR *)"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a", 10}, /* 1.3.6.1.4.1.311.2.2.10, S5.1.1 */
    {NULL, 0},
};

#define CAPABILITIES \
    (SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_TOKEN_ONLY | SECPKG_FLAG_CONNECTION | \
     SECPKG_FLAG_MULTI_REQUIRED | SECPKG_FLAG_IMPERSONATION | SECPKG_FLAG_ACCEPT_WIN32_NAME | SECPKG_FLAG_NEGOTIABLE | \
     SECPKG_FLAG_LOGON)
_Static_assert(CAPABILITIES == 0x2b37, "the base set of S3.1.4");

const struct sec_package ntlm_package = {
    .version = SEC_PACKAGE_VERSION,
    .size = sizeof(struct sec_package),
    .name = u"NTLM",
    .comment = u"NTLM Security Package",
    .capabilities = CAPABILITIES,
    .rpc_id = 10,
    .max_token = NTLM_MAX_TOKEN,
    .acquire_credential = ntlm_acquire_credential,
    .free_credential = ntlm_free_credential,
    .query_credential = ntlm_query_credential,
    .initialize = ntlm_initialize,
    .accept = ntlm_accept,
    .delete_context = ntlm_delete_context,
    .make_signature = make_signature,
    .verify_signature = verify_signature,
    .encrypt_message = encrypt_message,
    .decrypt_message = decrypt_message,
    .query_context = ntlm_query_context,
    .context_token = context_token,
    .export_context = ntlm_export_context,
    .import_context = ntlm_import_context,
    .owns_token = owns_token,
    .expects_list_mic = expects_list_mic,
    .restart_streams = restart_streams,
    .mechanisms = mechanisms,
};

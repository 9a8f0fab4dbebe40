/*
 * The Kerberos security package: its row in the front's table.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/framing.h"
#include "dlls/kerberos/kerberos.h"

/* A client context, an unfinished or refused one and one without token have nobody to impersonate (table 9.4 of the SSPI notes). */
static SECURITY_STATUS context_token(struct package_context *context, PACCESS_TOKEN *token)
{
    if (context->state != KRB_STATE_COMPLETE || !context->token) return SEC_E_NO_IMPERSONATION;
    *token = context->token;
    return SEC_E_OK;
}

/* AP-REQs, framed and bare, and TGT-REQs; nobody begins with another message. */
static bool owns_token(const UCHAR *token, ULONG length)
{
    enum krb_message message = krb_message_of(token, length);

    return message == KRB_MESSAGE_AP_REQ || message == KRB_MESSAGE_TGT_REQ;
}

/* Windows' order (S5.1.2): its own spelling first, and both mean the same. */
enum { MICROSOFT, KERBEROS, USER_TO_USER, MECHANISMS };

static const struct sec_mechanism mechanisms[] = {
    [MICROSOFT] = {(const UCHAR *)"\x2a\x86\x48\x82\xf7\x12\x01\x02\x02", 9},
    [KERBEROS] = {(const UCHAR *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 9},
    [USER_TO_USER] = {(const UCHAR *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03", 10},
    [MECHANISMS] = {NULL, 0},
};

/*
 * User-to-user where it is asked for, and by servers that have a ticket to answer with; the others where there are keys, and nobody asks for it
 * alone. A TGT-REQ may come with any of them, as Windows sends it.
 */
static bool speaks(struct package_credential *credential, bool acceptor, ULONG request, const struct sec_mechanism *mechanism, const UCHAR *token,
                   ULONG token_length)
{
    bool user_to_user = mechanism == &mechanisms[USER_TO_USER];

    if (!acceptor) return user_to_user == !!(request & ISC_REQ_USE_SESSION_KEY);
    if (user_to_user || krb_message_of(token, token_length) == KRB_MESSAGE_TGT_REQ)
        return credential->own_ticket == KRB_IDENTITY_PASSWORD || credential->own_ticket == KRB_IDENTITY_DEFAULT;
    return credential->acceptor && !(request & ASC_REQ_USE_SESSION_KEY);
}

#define CAPABILITIES \
    (SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_TOKEN_ONLY | SECPKG_FLAG_DATAGRAM | SECPKG_FLAG_CONNECTION | \
     SECPKG_FLAG_MULTI_REQUIRED | SECPKG_FLAG_EXTENDED_ERROR | SECPKG_FLAG_IMPERSONATION | SECPKG_FLAG_ACCEPT_WIN32_NAME | \
     SECPKG_FLAG_NEGOTIABLE | SECPKG_FLAG_GSS_COMPATIBLE | SECPKG_FLAG_LOGON | SECPKG_FLAG_MUTUAL_AUTH | SECPKG_FLAG_DELEGATION | \
     SECPKG_FLAG_READONLY_WITH_CHECKSUM)
_Static_assert(CAPABILITIES == 0x73bbf, "the base set of S3.1.3");

const struct sec_package kerberos_package = {
    .version = SEC_PACKAGE_VERSION,
    .size = sizeof(struct sec_package),
    .name = u"Kerberos",
    .comment = u"Microsoft Kerberos V1.0",
    .capabilities = CAPABILITIES,
    .rpc_id = 16,
    .max_token = KRB_MAX_TOKEN,
    .acquire_credential = krb_acquire_credential,
    .free_credential = krb_free_credential,
    .query_credential = krb_query_credential,
    .initialize = krb_initialize,
    .accept = krb_accept,
    .delete_context = krb_delete_context,
    .make_signature = krb_make_signature,
    .verify_signature = krb_verify_signature,
    .encrypt_message = krb_encrypt_message,
    .decrypt_message = krb_decrypt_message,
    .query_context = krb_query_context,
    .context_token = context_token,
    .export_context = krb_export_context,
    .import_context = krb_import_context,
    .owns_token = owns_token,
    .mechanisms = mechanisms,
    .speaks = speaks,
};

/*
 * Ticket caches in memory.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/caches.h"

krb5_error_code krb_make_cache(krb5_context krb5, krb5_creds *creds, krb5_ccache *cache)
{
    krb5_error_code code = krb->krb5_cc_new_unique(krb5, "MEMORY", NULL, cache);

    if (code)
    {
        *cache = NULL;
        return code;
    }
    code = krb->krb5_cc_initialize(krb5, *cache, creds->client);
    if (!code) code = krb->krb5_cc_store_cred(krb5, *cache, creds);
    if (!code) return 0;
    krb->krb5_cc_destroy(krb5, *cache);
    *cache = NULL;
    return code;
}

void krb_destroy_cache(krb5_ccache cache)
{
    krb5_context krb5;

    if (!cache || krb->krb5_init_context(&krb5)) return;
    krb->krb5_cc_destroy(krb5, cache);
    krb->krb5_free_context(krb5);
}

krb5_error_code krb_credential_of(krb5_ccache cache, gss_cred_id_t *credential)
{
    OM_uint32 minor, major = krb->gss_krb5_import_cred(&minor, cache, NULL, NULL, credential);

    if (!GSS_ERROR(major)) return 0;
    *credential = GSS_C_NO_CREDENTIAL;
    return minor ? (krb5_error_code)minor : KRB5_CC_FORMAT;
}

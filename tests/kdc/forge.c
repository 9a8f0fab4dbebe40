/*
 * Tickets, written with the service's key.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "forge.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <krb5.h>

/* Of libkrb5's exports, but not of its header. */
extern krb5_error_code encode_krb5_ticket(const krb5_ticket *ticket, krb5_data **code);
extern krb5_error_code krb5_encrypt_tkt_part(krb5_context krb5, const krb5_keyblock *key, krb5_ticket *ticket);

static void set_times(krb5_ticket_times *times)
{
    krb5_timestamp now = (krb5_timestamp)time(NULL);

    *times = (krb5_ticket_times){.authtime = now - 60, .starttime = now - 60, .endtime = now + 3600};
}

/* CREDS with the ticket and its session key: its client and server are there. */
static krb5_error_code make_ticket(krb5_context krb5, krb5_keytab keytab, krb5_creds *creds)
{
    krb5_enc_tkt_part part = {.flags = TKT_FLG_PRE_AUTH, .client = creds->client, .session = &creds->keyblock, .transited = {.tr_type = 1}};
    krb5_ticket ticket = {.server = creds->server, .enc_part2 = &part};
    krb5_keytab_entry entry;
    krb5_data *encoded = NULL;
    krb5_error_code code = krb5_kt_get_entry(krb5, keytab, creds->server, 0, 0, &entry);

    if (code) return code;
    code = krb5_c_make_random_key(krb5, entry.key.enctype, &creds->keyblock);
    set_times(&creds->times);
    part.times = creds->times;
    if (!code) code = krb5_encrypt_tkt_part(krb5, &entry.key, &ticket);
    ticket.enc_part.kvno = entry.vno;
    if (!code) code = encode_krb5_ticket(&ticket, &encoded);
    if (!code) creds->ticket = *encoded;
    free(encoded); /* what it points to is the credential's now */
    creds->ticket_flags = part.flags;
    krb5_free_data_contents(krb5, &ticket.enc_part.ciphertext);
    krb5_free_keytab_entry_contents(krb5, &entry);
    return code;
}

static krb5_error_code fill_cache(krb5_context krb5, const char *client, const char *service, krb5_ccache cache)
{
    krb5_creds creds = {0};
    krb5_keytab keytab = NULL;
    krb5_error_code code = krb5_kt_default(krb5, &keytab);

    if (!code) code = krb5_parse_name(krb5, client, &creds.client);
    if (!code) code = krb5_parse_name(krb5, service, &creds.server);
    if (!code) code = make_ticket(krb5, keytab, &creds);
    if (!code) code = krb5_cc_initialize(krb5, cache, creds.client);
    if (!code) code = krb5_cc_store_cred(krb5, cache, &creds);
    krb5_free_cred_contents(krb5, &creds);
    if (keytab) krb5_kt_close(krb5, keytab);
    return code;
}

static bool show(krb5_ccache cache, const char *service, struct token *token)
{
    struct mit mit = {.credential = GSS_C_NO_CREDENTIAL};
    gss_buffer_desc name = {strlen(service), (void *)service};

    mit.major = gss_krb5_import_cred(&mit.minor, cache, NULL, NULL, &mit.credential);
    if (!GSS_ERROR(mit.major)) mit.major = gss_import_name(&mit.minor, &name, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &mit.target);
    if (!GSS_ERROR(mit.major)) mit_initiate(&mit, NULL, token);
    ok(!GSS_ERROR(mit.major), "forged token: %x %x\n", mit.major, mit.minor); /* RFC 4121 4.1 */
    mit_close(&mit);
    return !GSS_ERROR(mit.major);
}

bool forge_token(const char *client, const char *service, struct token *token)
{
    krb5_ccache cache = NULL;
    krb5_context krb5;
    krb5_error_code code = krb5_init_context(&krb5);
    bool made = false;

    if (!code) code = krb5_cc_new_unique(krb5, "MEMORY", NULL, &cache);
    if (!code) code = fill_cache(krb5, client, service, cache);
    ok(!code, "%s: no ticket: %d\n", client, (int)code); /* RFC 4120 5.3 */
    if (!code) made = show(cache, service, token);
    if (cache) krb5_cc_destroy(krb5, cache);
    krb5_free_context(krb5);
    return made;
}

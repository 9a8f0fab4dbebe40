/*
 * Both sides of a conversation, by Guise and by MIT Kerberos.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <krb5.h>
#include <security.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool kdc_is_here(void)
{
    if (getenv("KDC_DIR")) return true;
    skip("no KDC: run by tests/kdc/run\n");
    return false;
}

const char *kdc_path(const char *name)
{
    static _Thread_local char paths[4][160];
    static _Thread_local unsigned int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", getenv("KDC_DIR"), name);
    return path;
}

static krb5_error_code store_ticket(krb5_context krb5, const char *user, const char *cache, int seconds)
{
    krb5_principal principal = NULL;
    krb5_get_init_creds_opt *options = NULL;
    krb5_ccache ccache = NULL;
    krb5_creds creds = {0};
    char password[64];
    krb5_error_code code;

    snprintf(password, sizeof(password), "%s-pw", user);
    code = krb5_parse_name(krb5, user, &principal);
    if (!code) code = krb5_get_init_creds_opt_alloc(krb5, &options);
    if (!code && seconds) krb5_get_init_creds_opt_set_tkt_life(options, seconds);
    if (!code) krb5_get_init_creds_opt_set_forwardable(options, 1);
    if (!code) code = krb5_get_init_creds_password(krb5, &creds, principal, password, NULL, NULL, 0, NULL, options);
    if (!code) code = krb5_cc_resolve(krb5, cache, &ccache);
    if (!code) code = krb5_cc_initialize(krb5, ccache, principal);
    if (!code) code = krb5_cc_store_cred(krb5, ccache, &creds);
    if (ccache) krb5_cc_close(krb5, ccache);
    krb5_free_cred_contents(krb5, &creds);
    if (options) krb5_get_init_creds_opt_free(krb5, options);
    krb5_free_principal(krb5, principal);
    return code;
}

bool kdc_log_in(const char *user, const char *cache, int seconds)
{
    krb5_context krb5;
    krb5_error_code code = krb5_init_context(&krb5);

    if (!code)
    {
        code = store_ticket(krb5, user, cache, seconds);
        krb5_free_context(krb5);
    }
    setenv("KRB5CCNAME", cache, 1);
    ok(!code, "%s: no ticket: %d\n", user, (int)code); /* RFC 4120 3.1 */
    return !code;
}

void kdc_prefer_rc4(void)
{
    FILE *from = fopen(kdc_path("krb5.conf"), "r"), *to = fopen(kdc_path("krb5-rc4.conf"), "w");
    char line[256];

    while (fgets(line, sizeof(line), from))
    {
        fputs(line, to);
        if (!strcmp(line, "[libdefaults]\n")) fputs("    default_tgs_enctypes = arcfour-hmac aes256-cts-hmac-sha1-96\n", to);
    }
    fclose(from);
    fclose(to);
    setenv("KRB5_CONFIG", kdc_path("krb5-rc4.conf"), 1);
}

/* ---- MIT Kerberos ---- */

static gss_OID_desc krb5_mechanism = {9, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"};
static gss_OID_desc spnego_mechanism = {6, (void *)"\x2b\x06\x01\x05\x05\x02"};
static gss_OID_set_desc mechanisms = {1, &krb5_mechanism};
static const char *package = "Kerberos";

void speak_spnego(bool mit, bool guise)
{
    mechanisms.elements = mit ? &spnego_mechanism : &krb5_mechanism;
    package = guise ? "Negotiate" : "Kerberos";
}

static gss_name_t import(const char *text)
{
    gss_buffer_desc buffer = {strlen(text), (void *)text};
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 minor;

    gss_import_name(&minor, &buffer, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &name);
    return name;
}

bool mit_open_initiator(struct mit *mit, const char *user, const char *target, OM_uint32 flags)
{
    gss_name_t name = import(user);
    char password[64];
    gss_buffer_desc buffer = {snprintf(password, sizeof(password), "%s-pw", user), password};

    memset(mit, 0, sizeof(*mit));
    mit->asked = flags;
    mit->target = import(target);
    mit->major = gss_acquire_cred_with_password(&mit->minor, name, &buffer, 0, &mechanisms, GSS_C_INITIATE, &mit->credential, NULL, NULL);
    ok(!GSS_ERROR(mit->major), "%s: %x %x\n", user, mit->major, mit->minor); /* RFC 2744 5.2 */
    gss_release_name(&(OM_uint32){0}, &name);
    return !GSS_ERROR(mit->major);
}

bool mit_open_acceptor(struct mit *mit)
{
    memset(mit, 0, sizeof(*mit));
    mit->major = gss_acquire_cred(&mit->minor, GSS_C_NO_NAME, 0, &mechanisms, GSS_C_ACCEPT, &mit->credential, NULL, NULL);
    ok(!GSS_ERROR(mit->major), "acceptor: %x %x\n", mit->major, mit->minor); /* RFC 2744 5.2 */
    return !GSS_ERROR(mit->major);
}

static void take(gss_buffer_t from, struct token *to)
{
    OM_uint32 minor;

    to->size = from->length <= TOKEN_ROOM ? from->length : 0;
    if (to->size) memcpy(to->data, from->value, to->size);
    gss_release_buffer(&minor, from);
}

bool mit_initiate(struct mit *mit, const struct token *in, struct token *out)
{
    gss_buffer_desc input = {in ? in->size : 0, in ? (void *)in->data : NULL}, output = GSS_C_EMPTY_BUFFER;

    mit->major = gss_init_sec_context(&mit->minor, mit->credential, &mit->context, mit->target, mechanisms.elements, mit->asked, 0, mit->bindings,
                                      &input, NULL, &output, &mit->flags, NULL);
    take(&output, out);
    return !GSS_ERROR(mit->major);
}

bool mit_accept(struct mit *mit, const struct token *in, struct token *out)
{
    gss_buffer_desc input = {in->size, (void *)in->data}, output = GSS_C_EMPTY_BUFFER, shown = GSS_C_EMPTY_BUFFER;
    gss_name_t client = GSS_C_NO_NAME;
    OM_uint32 minor;

    mit->major = gss_accept_sec_context(&mit->minor, &mit->context, mit->credential, &input, mit->bindings, &client, NULL, &output,
                                        &mit->flags, NULL, &mit->delegated);
    take(&output, out);
    if (client && !gss_display_name(&minor, client, &shown, NULL))
    {
        snprintf(mit->client, sizeof(mit->client), "%.*s", (int)shown.length, (char *)shown.value);
        gss_release_buffer(&minor, &shown);
    }
    if (client) gss_release_name(&minor, &client);
    return !GSS_ERROR(mit->major);
}

void mit_close(struct mit *mit)
{
    OM_uint32 minor;

    if (mit->context) gss_delete_sec_context(&minor, &mit->context, GSS_C_NO_BUFFER);
    if (mit->credential) gss_release_cred(&minor, &mit->credential);
    if (mit->delegated) gss_release_cred(&minor, &mit->delegated);
    if (mit->target) gss_release_name(&minor, &mit->target);
    memset(mit, 0, sizeof(*mit));
}

/* ---- Guise ---- */

static bool acquire(struct side *side, const char *principal, ULONG use, void *identity)
{
    side->status = AcquireCredentialsHandleA((char *)principal, (char *)package, use, NULL, identity, NULL, NULL, &side->credential, NULL);
    ok(side->status == SEC_E_OK, "no credential: %08lx\n", side->status); /* S2.1.11 */
    return side->has_credential = side->status == SEC_E_OK;
}

static bool acquire_for(struct side *side, const char *user, ULONG use)
{
    char password[64];
    SEC_WINNT_AUTH_IDENTITY_A identity = {.Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};

    if (!user) return acquire(side, NULL, use, NULL);
    snprintf(password, sizeof(password), "%.*s-pw", (int)strcspn(user, "@"), user);
    identity.User = (UCHAR *)user;
    identity.UserLength = strlen(user);
    identity.Password = (UCHAR *)password;
    identity.PasswordLength = strlen(password);
    return acquire(side, NULL, use, &identity);
}

bool side_open_initiator(struct side *side, const char *user, const char *target, ULONG request)
{
    memset(side, 0, sizeof(*side));
    side->target = target;
    side->request = request;
    return acquire_for(side, user, SECPKG_CRED_OUTBOUND);
}

bool side_open_user(struct side *side, const char *user, ULONG request)
{
    memset(side, 0, sizeof(*side));
    side->acceptor = true;
    side->request = request;
    return acquire_for(side, user, SECPKG_CRED_INBOUND);
}

bool side_open_acceptor(struct side *side, const char *principal, ULONG request)
{
    memset(side, 0, sizeof(*side));
    side->acceptor = true;
    side->request = request;
    return acquire(side, principal, SECPKG_CRED_INBOUND, NULL);
}

SECURITY_STATUS side_step(struct side *side, const struct token *in, struct token *out)
{
    SecBuffer given[2] = {{in ? in->size : 0, SECBUFFER_TOKEN, in ? (void *)in->data : NULL}, side->bindings};
    SecBufferDesc input = {SECBUFFER_VERSION, side->bindings.pvBuffer ? 2 : 1, given};
    SecBuffer made = {sizeof(out->data), SECBUFFER_TOKEN, out->data};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &made};
    CtxtHandle *context = side->has_context ? &side->context : NULL;

    if (side->acceptor)
        side->status = AcceptSecurityContext(&side->credential, context, &input, side->request, 0, &side->context, &output, &side->attributes,
                                             &side->expiry);
    else
        side->status = InitializeSecurityContextA(&side->credential, context, (char *)side->target, side->request, 0, 0,
                                                  in || side->bindings.pvBuffer ? &input : NULL, 0, &side->context, &output, &side->attributes,
                                                  &side->expiry);
    out->size = made.cbBuffer;
    if (side->status >= 0) side->has_context = true;
    return side->status;
}

void side_close(struct side *side)
{
    if (side->has_context) DeleteSecurityContext(&side->context);
    if (side->has_credential) FreeCredentialsHandle(&side->credential);
    memset(side, 0, sizeof(*side));
}

/* ---- conversations ---- */

static bool mit_goes_on(const struct mit *mit)
{
    return mit->major == GSS_S_CONTINUE_NEEDED;
}

void run_mit_to_side(struct mit *mit, struct side *side)
{
    static _Thread_local struct token there, back;

    for (bool first = true; mit_initiate(mit, first ? NULL : &back, &there) && there.size; first = false)
        if (side_step(side, &there, &back) < 0 || !back.size || !mit_goes_on(mit)) break;
}

void run_side_to_mit(struct side *side, struct mit *mit)
{
    static _Thread_local struct token there, back;

    for (bool first = true; side_step(side, first ? NULL : &back, &there) >= 0 && there.size; first = false)
        if (!mit_accept(mit, &there, &back) || !back.size || side->status != SEC_I_CONTINUE_NEEDED) break;
}

void run_sides(struct side *initiator, struct side *acceptor)
{
    static _Thread_local struct token there, back;

    for (bool first = true; side_step(initiator, first ? NULL : &back, &there) >= 0 && there.size; first = false)
        if (side_step(acceptor, &there, &back) < 0 || !back.size || initiator->status != SEC_I_CONTINUE_NEEDED) break;
}

const char *side_chosen(struct side *side, char name[32])
{
    SecPkgContext_NegotiationInfoA info;

    name[0] = 0;
    if (!side->has_context || QueryContextAttributesA(&side->context, SECPKG_ATTR_NEGOTIATION_INFO, &info)) return name;
    if (info.NegotiationState == SECPKG_NEGOTIATION_COMPLETE) strncat(name, info.PackageInfo->Name, 31);
    FreeContextBuffer(info.PackageInfo);
    return name;
}

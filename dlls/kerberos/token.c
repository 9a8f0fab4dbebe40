/*
 * The access token of a client that Kerberos vouches for, where no domain says more of him than his name.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <ntsecapi.h>

#include "dlls/kerberos/kerberos.h"
#include "dlls/msv1_0/utf16.h"

/* A principal as Windows would show it, out of what krb5_unparse_name() writes. */
struct principal
{
    WCHAR *upn, *user, *realm; /* user@REALM, and its halves */
};

static WCHAR *wide(const char *text, size_t length)
{
    WCHAR *out = guise_alloc((length + 1) * sizeof(WCHAR));
    size_t units;

    if (out && utf8_to_utf16(text, length, out, length, &units)) return out;
    guise_free(out);
    return NULL;
}

/* The @ before the realm is the one that no backslash stands before. */
static const char *find_realm(const char *text)
{
    for (; *text; text++)
    {
        if (*text == '\\' && text[1]) text++;
        else if (*text == '@') return text + 1;
    }
    return NULL;
}

static void free_principal(struct principal *principal)
{
    guise_free(principal->upn);
    guise_free(principal->user);
    guise_free(principal->realm);
}

/* SEC_E_LOGON_DENIED: a name that no text can hold, and so nobody's here. */
static SECURITY_STATUS read_principal(const char *text, struct principal *principal)
{
    const char *realm = find_realm(text);

    if (!realm) return SEC_E_LOGON_DENIED;
    principal->upn = wide(text, strlen(text));
    principal->user = wide(text, realm - 1 - text);
    principal->realm = wide(realm, strlen(realm));
    return principal->upn && principal->user && principal->realm ? SEC_E_OK : SEC_E_LOGON_DENIED;
}

static SECURITY_STATUS create(const struct principal *principal, const struct unix_account *account, SECURITY_IMPERSONATION_LEVEL level,
                              PACCESS_TOKEN *token)
{
    const struct guise_logon_kind kind = {.type = Network,
                                          .token_type = TokenImpersonation,
                                          .package = u"Kerberos",
                                          .dns_domain = principal->realm,
                                          .upn = principal->upn};
    const struct guise_logon logon = {.source = "Kerberos",
                                      .user_name = principal->user,
                                      .domain_name = principal->realm,
                                      .account = account,
                                      .level = level};

    return sec_status_from_nt(guise_create_session_token(&logon, &kind, token));
}

/* The account that krb5.conf's rules give (auth_to_local); by default the principal's own name in the default realm (gss_localname). */
static SECURITY_STATUS find_account(gss_name_t client, const char *shown, struct unix_account **account)
{
    gss_buffer_desc local = GSS_C_EMPTY_BUFFER;
    OM_uint32 major, minor;
    NTSTATUS status = STATUS_NO_MEMORY;
    char *name;

    major = krb->gss_localname(&minor, client, &krb_mechanism, &local);
    if (GSS_ERROR(major))
    {
        guise_log("Kerberos: logon of %s refused: no rule of krb5.conf gives him a local name", shown);
        return SEC_E_LOGON_DENIED;
    }
    if ((name = guise_alloc(local.length + 1)))
    {
        memcpy(name, local.value, local.length);
        status = guise_account_by_name(name, account);
        if (status)
            guise_log("Kerberos: logon of %s refused: %s Unix account %s (status 0x%08x)", shown,
                      status == STATUS_NO_SUCH_USER ? "there is no" : "cannot look up", name, (unsigned int)status);
    }
    guise_free(name);
    krb->gss_release_buffer(&minor, &local);
    return sec_status_from_nt(status);
}

static SECURITY_STATUS create_local(gss_name_t client, SECURITY_IMPERSONATION_LEVEL level, PACCESS_TOKEN *token)
{
    struct principal principal = {NULL, NULL, NULL};
    struct unix_account *account;
    char *shown = NULL;
    SECURITY_STATUS status = krb_display_name(client, &shown);

    if (!status) status = read_principal(shown, &principal);
    if (!status) status = find_account(client, shown, &account);
    if (!status)
    {
        status = create(&principal, account, level, token);
        guise_account_free(account);
    }
    free_principal(&principal);
    guise_free(shown);
    return status;
}

/* A part of the ticket's PAC by MIT Kerberos's name for it. VERIFIED: its signature is the service key's. */
static bool find_pac(gss_name_t client, const char *part, gss_buffer_t value, bool *verified)
{
    gss_buffer_desc attribute = {strlen(part), (void *)part}, shown = GSS_C_EMPTY_BUFFER;
    int authenticated = 0, complete = 0, more = -1;
    OM_uint32 major, minor;

    *value = (gss_buffer_desc)GSS_C_EMPTY_BUFFER;
    major = krb->gss_get_name_attribute(&minor, client, &attribute, &authenticated, &complete, value, &shown, &more);
    krb->gss_release_buffer(&minor, &shown);
    *verified = authenticated;
    return !GSS_ERROR(major);
}

/* A PAC that is not signed with our key may say anything: who sends one is nobody. */
SECURITY_STATUS krb_create_token(gss_name_t client, SECURITY_IMPERSONATION_LEVEL level, PACCESS_TOKEN *token)
{
    gss_buffer_desc logon;
    OM_uint32 minor;
    bool verified;

    /* The KDC of MIT makes PACs as well, without a logon in them. */
    if (!find_pac(client, "urn:mspac:logon-info", &logon, &verified)) return create_local(client, level, token);
    krb->gss_release_buffer(&minor, &logon);
    return SEC_E_LOGON_DENIED;
}

/*
 * The access token of a client that Kerberos vouches for: by what the domain says of him in the PAC, or by his name alone.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <ntsecapi.h>

#include "dlls/kerberos/clients.h"
#include "dlls/kerberos/pac.h"
#include "dlls/kerberos/pac_buffers.h"
#include "dlls/msv1_0/utf16.h"
#include "dlls/secur32/wire.h"

/* A principal as Windows would show it, out of what krb5_unparse_name() writes. */
struct principal
{
    WCHAR *upn, *user, *realm; /* user@REALM, and its halves */
};

/* STATUS_LOGON_FAILURE: a name that no text can hold, and so nobody's here. */
static NTSTATUS widen(const char *text, size_t length, WCHAR **out)
{
    size_t units;

    if (!(*out = guise_alloc((length + 1) * sizeof(WCHAR)))) return STATUS_NO_MEMORY;
    return utf8_to_utf16(text, length, *out, length, &units) ? STATUS_SUCCESS : STATUS_LOGON_FAILURE;
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

/* A NUL, which krb5_unparse_name() writes so: whoever reads the name as a C string takes the part before it for the whole. */
static bool has_nul(const char *text)
{
    for (; *text; text++)
    {
        if (*text != '\\' || !text[1]) continue;
        if (*++text == '0') return true;
    }
    return false;
}

static void free_principal(struct principal *principal)
{
    guise_free(principal->upn);
    guise_free(principal->user);
    guise_free(principal->realm);
}

static NTSTATUS read_principal(const char *text, struct principal *principal)
{
    const char *realm = find_realm(text);
    NTSTATUS status;

    if (!realm || has_nul(text)) return STATUS_LOGON_FAILURE;
    if ((status = widen(text, strlen(text), &principal->upn))) return status;
    if ((status = widen(text, realm - 1 - text, &principal->user))) return status;
    return widen(realm, strlen(realm), &principal->realm);
}

static NTSTATUS create(const struct principal *principal, const struct unix_account *account, const struct pac_token_request *request,
                       PACCESS_TOKEN *token)
{
    struct guise_logon_kind kind = {.type = Network, .token_type = TokenImpersonation};
    const struct guise_logon logon = {.source = request->source,
                                      .user_name = principal->user,
                                      .domain_name = principal->realm,
                                      .account = account,
                                      .level = request->level};

    if (request->kind) kind = *request->kind;
    kind.package = u"Kerberos";
    kind.dns_domain = principal->realm;
    kind.upn = principal->upn;
    return guise_create_session_token(&logon, &kind, token);
}

static SECURITY_STATUS take_text(gss_buffer_t from, char **text)
{
    OM_uint32 minor;

    if ((*text = guise_alloc(from->length + 1))) memcpy(*text, from->value, from->length);
    krb->gss_release_buffer(&minor, from);
    return *text ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* The whole PAC, by MIT Kerberos's name for it. */
static SECURITY_STATUS find_pac(gss_name_t name, struct krb_client *client)
{
    static char whole[] = "urn:mspac:";
    gss_buffer_desc attribute = {sizeof(whole) - 1, whole}, pac = GSS_C_EMPTY_BUFFER, shown = GSS_C_EMPTY_BUFFER;
    int authenticated = 0, complete = 0, more = -1;
    OM_uint32 major, minor;

    major = krb->gss_get_name_attribute(&minor, name, &attribute, &authenticated, &complete, &pac, &shown, &more);
    krb->gss_release_buffer(&minor, &shown);
    /* Whoever cannot say whether there is one does not say that there is none: the name would count then. */
    if (GSS_ERROR(major) && major != GSS_S_UNAVAILABLE) return SEC_E_INTERNAL_ERROR;
    if (GSS_ERROR(major) || !pac.length) return SEC_E_OK;
    client->pac_verified = authenticated;
    client->pac_size = pac.length;
    client->pac = guise_memdup(pac.value, pac.length);
    explicit_bzero(pac.value, pac.length); /* a session key may be in it */
    krb->gss_release_buffer(&minor, &pac);
    return client->pac ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static SECURITY_STATUS read_client(gss_ctx_id_t gss, struct krb_client *client)
{
    gss_name_t name = GSS_C_NO_NAME;
    gss_buffer_desc local;
    OM_uint32 major, minor;
    SECURITY_STATUS status;

    major = krb->gss_inquire_context(&minor, gss, &name, NULL, NULL, NULL, NULL, NULL, NULL);
    if (GSS_ERROR(major)) return krb_leg_status(major, minor, true, "client");
    status = krb_display_name(name, &client->name);
    if (!status && !GSS_ERROR(krb->gss_localname(&minor, name, &krb_mechanism, &local))) status = take_text(&local, &client->local);
    if (!status) status = find_pac(name, client);
    krb->gss_release_name(&minor, &name);
    return status;
}

SECURITY_STATUS krb_ask_client(gss_ctx_id_t gss, struct krb_client **client)
{
    SECURITY_STATUS status;

    if (!(*client = guise_alloc(sizeof(**client)))) return SEC_E_INSUFFICIENT_MEMORY;
    atomic_init(&(*client)->references, 1);
    guise_process_begin();
    status = read_client(gss, *client);
    guise_process_end();
    return status;
}

/* ---- by name ---- */

/*
 * Whether a name says who somebody is. Not where a domain has accounts of its own: its users can ask for tickets without a PAC (MS-KILE 2.2.3,
 * KERB-PA-PAC-REQUEST), and one of them who is called as somebody of this machine would be him.
 */
static NTSTATUS check_name_counts(const struct krb_client *client)
{
    const struct guise_config *config;
    NTSTATUS status = guise_get_config(&config);

    if (status || !config->is_member) return status;
    guise_log("Kerberos: logon of %s refused: the ticket has no PAC, and this machine's accounts are a domain's, too ([accounts] accounts)", client->name);
    return STATUS_LOGON_FAILURE;
}

static NTSTATUS find_account(const struct krb_client *client, struct unix_account **account)
{
    NTSTATUS status;

    if (!client->local)
    {
        guise_log("Kerberos: logon of %s refused: no rule of krb5.conf gives a local name", client->name);
        return STATUS_NO_SUCH_USER;
    }
    status = guise_account_by_name(client->local, account);
    if (status)
        guise_log("Kerberos: logon of %s refused: %s Unix account %s (status 0x%08x)", client->name,
                  status == STATUS_NO_SUCH_USER ? "there is no" : "cannot look up", client->local, (unsigned int)status);
    return status;
}

static NTSTATUS create_local(const struct krb_client *client, const struct pac_token_request *request, PACCESS_TOKEN *token)
{
    struct principal principal = {NULL, NULL, NULL};
    struct unix_account *account;
    NTSTATUS status = check_name_counts(client);

    if (!status) status = read_principal(client->name, &principal);
    if (!status && !(status = find_account(client, &account)))
    {
        status = create(&principal, account, request, token);
        guise_account_free(account);
    }
    free_principal(&principal);
    return status;
}

/* ---- by PAC ---- */

bool krb_has_logon(const struct krb_client *client)
{
    struct wire_reader reader;
    ULONG count;
    bool found = false;

    if (!client->pac) return false;
    wire_reader_init(&reader, client->pac, client->pac_size);
    count = wire_read_u32(&reader);
    wire_read_u32(&reader); /* version */
    for (ULONG i = 0; i < count && !reader.failed && !found; i++)
    {
        found = wire_read_u32(&reader) == PAC_LOGON_INFO;
        wire_skip(&reader, 12);
    }
    return found;
}

static NTSTATUS create_domain(const struct krb_client *client, const struct pac_token_request *request, PACCESS_TOKEN *token)
{
    struct pac_logon *logon;
    NTSTATUS status = pac_read(client->pac, client->pac_size, &logon);

    if (status)
    {
        guise_log("Kerberos: logon of %s refused: the PAC cannot be read (status 0x%08x)", client->name, (unsigned int)status);
        return status == STATUS_NO_MEMORY ? status : STATUS_LOGON_FAILURE;
    }
    status = pac_create_token(logon, request, token);
    pac_free(logon);
    return status;
}

NTSTATUS krb_client_token(const struct krb_client *client, const struct pac_token_request *request, PACCESS_TOKEN *token)
{
    if (!krb_has_logon(client)) return create_local(client, request, token);
    if (client->pac_verified) return create_domain(client, request, token);
    guise_log("Kerberos: logon of %s refused: the PAC is not signed with the service's key", client->name);
    return STATUS_LOGON_FAILURE;
}

/* Who is known is not asked for again; only who was asked for a token of one leg is kept, as its AP-REQ is not there later. */
SECURITY_STATUS krb_create_token(gss_ctx_id_t gss, struct krb_span ap_req, SECURITY_IMPERSONATION_LEVEL level, PACCESS_TOKEN *token)
{
    UCHAR id[KRB_TICKET_ID_SIZE];
    bool has_id = krb_ticket_id(ap_req, id);
    struct krb_client *client = has_id ? krb_find_client(id) : NULL;
    bool known = client;
    SECURITY_STATUS status = known ? SEC_E_OK : krb_ask_client(gss, &client);
    const struct pac_token_request request = {.source = "Kerberos", .level = level};

    if (!status) status = sec_status_from_nt(krb_client_token(client, &request, token));
    if (!status && has_id && !known) krb_keep_client(id, client);
    krb_release_client(client);
    return status;
}

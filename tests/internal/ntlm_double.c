/*
 * The accounts and the wires of the NTLM tests.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <time.h>

#include "tests/internal/ntlm_double.h"

int double_authorised;
SECURITY_IMPERSONATION_LEVEL double_level;

static struct ntlm_names names;

static NTSTATUS double_find(const struct ntlm_text *user, struct sam_account *account)
{
    static const struct
    {
        const WCHAR *name;
        size_t units;
        const char *utf8;
        ULONG flags;
        LONGLONG expires;
        bool has_hash, has_lm_hash;
    } table[] = {
        {u"alice", 5, "alice", 0, 0, true, true},
        {u"bob", 3, "bob", SAM_DISABLED, 0, true, true},
        {u"carol", 5, "carol", 0, 1000, true, true},
        {u"dave", 4, "dave", 0, 0, false, false},
        {u"M\u00fcller", 6, "M\u00fcller", 0, 0, true, false},
        {u"Administrator", 13, "Administrator", 0, 0, true, false},
        {u"User", 4, "User", 0, 0, true, true},
    };
    static const UCHAR captured[NTLM_KEY_SIZE] = {0xe1, 0x9c, 0xcf, 0x75, 0xee, 0x54, 0xe0, 0x6b,
                                                  0x06, 0xa5, 0x90, 0x7a, 0xf1, 0x3c, 0xef, 0x42};

    memset(account, 0, sizeof(*account));
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
    {
        if (!ntlm_text_equal_nocase(user, table[i].name, table[i].units)) continue;
        strcpy(account->name, table[i].utf8);
        account->rid = 1000 + i;
        account->flags = table[i].flags;
        account->expires = table[i].expires;
        account->has_hash = table[i].has_hash;
        if (table[i].units == 13) memcpy(account->nt_hash, captured, sizeof(captured));
        else if (!ntlm_ntowf_v1(u"Password", 8, account->nt_hash)) return STATUS_NO_MEMORY;
        account->has_lm_hash = table[i].has_lm_hash;
        if (account->has_lm_hash && !ntlm_lmowf_v1(u"Password", 8, account->lm_hash)) return STATUS_NO_MEMORY;
        return STATUS_SUCCESS;
    }
    return STATUS_NO_SUCH_USER;
}

static NTSTATUS double_prove(struct account_source *source, const struct ntlm_attempt *attempt,
                             struct ntlm_logon *logon)
{
    NTSTATUS found = double_find(attempt->user, &logon->account), status;
    bool known = !found && ntlm_can_prove(attempt, &logon->account);
    UCHAR nobody[NTLM_KEY_SIZE];

    (void)source;
    if (found && found != STATUS_NO_SUCH_USER) return found;
    if (!crypto_random(nobody, sizeof(nobody))) return STATUS_NO_MEMORY;
    status = ntlm_prove(attempt, &names, known ? logon->account.nt_hash : nobody, known ? logon->account.lm_hash : nobody,
                        logon->session_base_key);
    return known ? status : STATUS_LOGON_FAILURE;
}

static NTSTATUS double_authorise(struct account_source *source, const struct ntlm_logon *logon,
                                 const struct ntlm_token_request *request, PACCESS_TOKEN *token)
{
    NTSTATUS status = sam_account_status(&logon->account, time(NULL));

    (void)source;
    if (status) return status;
    double_authorised++;
    double_level = request->level;
    return token ? STATUS_ACCESS_DENIED
                 : STATUS_SUCCESS; /* there is no Unix account behind these: only ASC_REQ_NO_TOKEN */
}

static void double_close(struct account_source *source)
{
    (void)source;
}

static const struct account_source_ops double_ops = {
    .prove = double_prove,
    .authorise = double_authorise,
    .close = double_close,
};

struct account_source double_accounts = {&double_ops};

static void set_names(struct ntlm_names *out)
{
    ntlm_text_from_utf8(&out->computer, "SERVER");
    ntlm_text_from_utf8(&out->domain, "SERVER");
    ntlm_text_from_utf8(&out->dns_computer, "server.example");
    ntlm_text_from_utf8(&out->dns_domain, "example");
}

void double_inbound(struct package_credential *credential)
{
    memset(credential, 0, sizeof(*credential));
    credential->use = SECPKG_CRED_INBOUND;
    set_names(&credential->names);
    credential->has_names = true;
    if (!names.domain.text) set_names(&names);
    credential->policy.max_skew = 129600ull * 10000000;
    credential->policy.require_128bit = true;
    credential->accounts = &double_accounts;
}

static size_t length(const WCHAR *text)
{
    size_t units = 0;

    while (text[units]) units++;
    return units;
}

void double_outbound(struct package_credential *credential, const WCHAR *domain, const WCHAR *user,
                     const WCHAR *password)
{
    UCHAR hash[NTLM_KEY_SIZE];

    memset(credential, 0, sizeof(*credential));
    credential->use = SECPKG_CRED_OUTBOUND;
    set_names(&credential->names);
    credential->has_names = true;
    credential->policy.require_128bit = true;
    if (!password) return;
    credential->identity = *user ? NTLM_IDENTITY_PASSWORD : NTLM_IDENTITY_ANONYMOUS;
    ntlm_text_copy(&credential->user, user, length(user));
    ntlm_text_copy(&credential->domain, domain, length(domain));
    if (ntlm_ntowf_v1(password, length(password), hash))
        ntlm_ntowf_v2(hash, user, length(user), domain, length(domain), credential->ntowf_v2);
}

void double_free(struct package_credential *credential)
{
    ntlm_text_free(&credential->user);
    ntlm_text_free(&credential->domain);
    ntlm_text_free(&credential->names.computer);
    ntlm_text_free(&credential->names.domain);
    ntlm_text_free(&credential->names.dns_computer);
    ntlm_text_free(&credential->names.dns_domain);
}

/* Runs one leg on IN, keeps its token in OUT. */
static SECURITY_STATUS run_leg(struct handshake *handshake, bool client, const UCHAR *in, size_t in_size, UCHAR *out,
                               size_t *out_size)
{
    struct wire_span bindings = client ? handshake->client_bindings : handshake->server_bindings;
    SecBuffer buffers[2] = {
        {in_size, SECBUFFER_TOKEN, (void *)in},
        {bindings.size, SECBUFFER_CHANNEL_BINDINGS, (void *)bindings.data},
    };
    SecBufferDesc input = {SECBUFFER_VERSION, bindings.size ? 2 : 1, buffers};
    struct leg leg = {.target = handshake->target,
                      .data_representation = SECURITY_NATIVE_DREP,
                      .input = &input,
                      .request = client ? handshake->client_request : handshake->server_request};
    SECURITY_STATUS status;

    if (client) status = ntlm_package.initialize(handshake->client_credential, &handshake->client, &leg);
    else status = ntlm_package.accept(handshake->server_credential, &handshake->server, &leg);
    if (out_size) *out_size = leg.token_length;
    if (leg.token && out) memcpy(out, leg.token, leg.token_length);
    guise_free(leg.token);
    if (client) handshake->client_attributes = leg.attributes;
    else handshake->server_attributes = leg.attributes;
    return status;
}

SECURITY_STATUS leg_negotiate(struct handshake *handshake)
{
    return run_leg(handshake, true, NULL, 0, handshake->negotiate, &handshake->negotiate_size);
}

SECURITY_STATUS leg_challenge(struct handshake *handshake)
{
    return run_leg(handshake, false, handshake->negotiate, handshake->negotiate_size, handshake->challenge,
                   &handshake->challenge_size);
}

SECURITY_STATUS leg_authenticate(struct handshake *handshake)
{
    return run_leg(handshake, true, handshake->challenge, handshake->challenge_size, handshake->authenticate,
                   &handshake->authenticate_size);
}

SECURITY_STATUS leg_finish(struct handshake *handshake)
{
    return run_leg(handshake, false, handshake->authenticate, handshake->authenticate_size, NULL, NULL);
}

SECURITY_STATUS shake_hands(struct handshake *handshake)
{
    if ((handshake->client_status = leg_negotiate(handshake)) != SEC_I_CONTINUE_NEEDED) return handshake->client_status;
    if ((handshake->server_status = leg_challenge(handshake)) != SEC_I_CONTINUE_NEEDED) return handshake->server_status;
    if ((handshake->client_status = leg_authenticate(handshake)) != SEC_E_OK) return handshake->client_status;
    return handshake->server_status = leg_finish(handshake);
}

void end_handshake(struct handshake *handshake)
{
    ntlm_package.delete_context(handshake->client);
    ntlm_package.delete_context(handshake->server);
    handshake->client = handshake->server = NULL;
}

SECURITY_STATUS one_message(SECURITY_STATUS (*call)(struct package_context *, struct message *),
                            struct package_context *context, void *data, ULONG size, UCHAR signature[16])
{
    SecBuffer buffers[2] = {{16, SECBUFFER_TOKEN, signature}, {size, SECBUFFER_DATA, data}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    struct message message = {.buffers = &desc, .token = &buffers[0]};

    return call(context, &message);
}

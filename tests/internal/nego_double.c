/*
 * The fake package and the conversations of nego_double.h.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "tests/internal/nego_double.h"

struct nego_fake_script nego_fake_script;
struct nego_fake_seen nego_fake_seen;

static struct package_credential alice, server;

/* ---- the fake package ------------------------------------------------------------------------------------------------ */

struct fake
{
    bool server;
    int tokens; /* seen and sent */
};

static struct fake *fake_of(struct package_context *context)
{
    return (struct fake *)context;
}

static SECURITY_STATUS fake_acquire(const struct acquire_request *request, struct package_credential **credential, TimeStamp *expiry)
{
    (void)request, (void)credential, (void)expiry;
    return SEC_E_NO_CREDENTIALS;
}

static void fake_free_credential(struct package_credential *credential)
{
    (void)credential;
}

/* Whether the input is the token that comes now. */
static bool takes(struct fake *fake, const struct leg *leg)
{
    const SecBuffer *token = sec_buffer_find(leg->input, SECBUFFER_TOKEN);
    char expected[] = {'K', '1' + fake->tokens};

    if (!token || token->cbBuffer != 2 || memcmp(token->pvBuffer, expected, 2)) return false;
    fake->tokens++;
    return true;
}

static SECURITY_STATUS says(struct fake *fake, struct leg *leg)
{
    const ULONG all = fake->server ? ASC_RET_INTEGRITY : ISC_RET_INTEGRITY;
    char token[] = {'K', '1' + fake->tokens};

    if (fake->tokens < nego_fake_script.legs)
    {
        if (!(leg->token = guise_memdup(token, 2))) return SEC_E_INSUFFICIENT_MEMORY;
        leg->token_length = 2;
        fake->tokens++;
    }
    leg->attributes = nego_fake_script.integrity ? all : 0;
    return fake->tokens == nego_fake_script.legs ? SEC_E_OK : SEC_I_CONTINUE_NEEDED;
}

static struct fake *fake_context(struct package_context **context, bool is_server)
{
    struct fake *fake = fake_of(*context);

    if (fake || !(fake = guise_alloc(sizeof(*fake)))) return fake;
    fake->server = is_server;
    nego_fake_seen.contexts++;
    *context = (struct package_context *)fake;
    return fake;
}

static SECURITY_STATUS fake_initialize(struct package_credential *credential, struct package_context **context, struct leg *leg)
{
    bool first = !*context;
    struct fake *fake;

    (void)credential;
    nego_fake_seen.request = leg->request;
    leg->client_unknown = first && nego_fake_script.client_unknown;
    if (first && nego_fake_script.first_leg) return nego_fake_script.first_leg;
    if (!(fake = fake_context(context, false))) return SEC_E_INSUFFICIENT_MEMORY;
    if (!first && !takes(fake, leg)) return SEC_E_INVALID_TOKEN;
    return says(fake, leg);
}

static SECURITY_STATUS fake_accept(struct package_credential *credential, struct package_context **context, struct leg *leg)
{
    struct fake *fake;

    (void)credential;
    nego_fake_seen.request = leg->request;
    nego_fake_seen.had_parameters = sec_buffer_find(leg->input, SECBUFFER_PKG_PARAMS) != NULL;
    nego_fake_seen.had_bindings = sec_buffer_find(leg->input, SECBUFFER_CHANNEL_BINDINGS) != NULL;
    nego_fake_seen.server_legs++;
    if (nego_fake_script.error_token)
    {
        leg->token_length = strlen(nego_fake_script.error_token);
        leg->token = guise_memdup(nego_fake_script.error_token, leg->token_length);
        return SEC_E_LOGON_DENIED;
    }
    if (!(fake = fake_context(context, true))) return SEC_E_INSUFFICIENT_MEMORY;
    return takes(fake, leg) ? says(fake, leg) : SEC_E_INVALID_TOKEN;
}

static void fake_delete(struct package_context *context)
{
    nego_fake_seen.contexts--;
    guise_free(context);
}

static UCHAR sum_of(const struct message *message, bool from_server)
{
    UCHAR sum = from_server ? 0x80 : 0;

    for (ULONG i = 0; i < message->buffers->cBuffers; i++)
    {
        const SecBuffer *buffer = &message->buffers->pBuffers[i];

        for (ULONG j = 0; buffer->BufferType == SECBUFFER_DATA && j < buffer->cbBuffer; j++) sum = sum * 3 + ((UCHAR *)buffer->pvBuffer)[j];
    }
    return sum;
}

static SECURITY_STATUS fake_sign(struct package_context *context, struct message *message)
{
    if (message->token->cbBuffer < 2) return SEC_E_BUFFER_TOO_SMALL;
    memcpy(message->token->pvBuffer, (UCHAR[]){'M', sum_of(message, fake_of(context)->server)}, 2);
    message->token->cbBuffer = 2;
    return SEC_E_OK;
}

static SECURITY_STATUS fake_verify(struct package_context *context, struct message *message)
{
    const UCHAR expected[] = {'M', sum_of(message, !fake_of(context)->server)};

    return message->token->cbBuffer == 2 && !memcmp(message->token->pvBuffer, expected, 2) ? SEC_E_OK : SEC_E_MESSAGE_ALTERED;
}

static SECURITY_STATUS fake_query(struct package_context *context, ULONG attribute, void *buffer)
{
    SecPkgContext_Sizes *sizes = buffer;

    (void)context;
    if (attribute != SECPKG_ATTR_SIZES) return SEC_E_UNSUPPORTED_FUNCTION;
    *sizes = (SecPkgContext_Sizes){.cbMaxToken = 99, .cbMaxSignature = 20};
    return SEC_E_OK;
}

static bool fake_owns(const UCHAR *token, ULONG length)
{
    return length == 2 && token[0] == 'K';
}

static bool fake_expects(struct package_context *context)
{
    (void)context;
    return nego_fake_script.list_mic;
}

static void fake_restart(struct package_context *context)
{
    (void)context;
    nego_fake_seen.restarts++;
}

static bool fake_speaks(struct package_credential *credential, bool acceptor, ULONG request, const struct sec_mechanism *mechanism, const UCHAR *token,
                        ULONG token_length)
{
    (void)credential, (void)mechanism, (void)token, (void)token_length;
    return acceptor || !(request & nego_fake_script.mute);
}

static const struct sec_mechanism fake_mechanisms[] = {
    {(const UCHAR *)"\x2a\x86\x48\x82\xf7\x12\x01\x02\x02", 9}, /* Microsoft's Kerberos, S5.1.1 */
    {(const UCHAR *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 9},
    {NULL, 0},
};

#define FAKE_PACKAGE(list) \
    { \
        .version = SEC_PACKAGE_VERSION, .size = sizeof(struct sec_package), .name = u"FakeKerberos", .comment = u"", \
        .capabilities = SECPKG_FLAG_GSS_COMPATIBLE, .rpc_id = SECPKG_ID_NONE, .max_token = 99, .acquire_credential = fake_acquire, \
        .free_credential = fake_free_credential, .initialize = fake_initialize, .accept = fake_accept, .delete_context = fake_delete, \
        .make_signature = fake_sign, .verify_signature = fake_verify, .query_context = fake_query, .owns_token = fake_owns, \
        .expects_list_mic = fake_expects, .restart_streams = fake_restart, .mechanisms = list, .speaks = fake_speaks, \
    }

const struct sec_package nego_fake = FAKE_PACKAGE(fake_mechanisms);
static const struct sec_package strict_fake = FAKE_PACKAGE(fake_mechanisms + 1);

/* ---- conversations --------------------------------------------------------------------------------------------------- */

void nego_double_begin(void)
{
    double_outbound(&alice, u"", u"alice", u"Password");
    double_inbound(&server);
}

void nego_double_end(void)
{
    double_free(&alice);
    double_free(&server);
}

static void fill(struct nego_credential *credential, int packages, struct package_credential *inbound, struct package_credential *outbound)
{
    static char no_credential;
    struct package_credential *none = (struct package_credential *)&no_credential; /* the fake one looks at none */

    if (packages & NEGO_FAKE)
        credential->candidates[credential->count++] = (struct nego_candidate){&nego_fake, inbound ? none : NULL, outbound ? none : NULL};
    if (packages & NEGO_STRICT)
        credential->candidates[credential->count++] = (struct nego_candidate){&strict_fake, inbound ? none : NULL, outbound ? none : NULL};
    if (packages & NEGO_NTLM) credential->candidates[credential->count++] = (struct nego_candidate){&ntlm_package, inbound, outbound};
}

void nego_talk_begin(struct nego_talk *talk, int client, int server_packages)
{
    memset(talk, 0, sizeof(*talk));
    memset(&nego_fake_seen, 0, sizeof(nego_fake_seen));
    nego_fake_script = (struct nego_fake_script){.legs = 2, .integrity = true};
    fill(&talk->client_credential, client, NULL, &alice);
    fill(&talk->server_credential, server_packages, &server, NULL);
    talk->client_request = ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY;
    talk->server_request = ASC_REQ_NO_TOKEN;
    talk->client_status = talk->server_status = SEC_I_CONTINUE_NEEDED;
}

static SECURITY_STATUS run_talk_leg(struct nego_talk *talk, bool is_server, ULONG *attributes)
{
    SecBuffer buffers[3] = {{talk->token_length, SECBUFFER_TOKEN, talk->token}, {4, SECBUFFER_PKG_PARAMS, (void *)"some"}};
    SecBufferDesc input = {SECBUFFER_VERSION, 2, buffers};
    struct leg leg = {.target = u"HTTP/server.example", .input = &input, .request = is_server ? talk->server_request : talk->client_request};
    SECURITY_STATUS status;

    if (is_server && !talk->server && talk->server_bindings.size)
        buffers[input.cBuffers++] = (SecBuffer){talk->server_bindings.size, SECBUFFER_CHANNEL_BINDINGS, (void *)talk->server_bindings.data};
    if (is_server) status = nego_accept((struct package_credential *)&talk->server_credential, &talk->server, &leg);
    else status = nego_initialize((struct package_credential *)&talk->client_credential, &talk->client, &leg);
    *attributes = leg.attributes;
    talk->token_length = leg.token && leg.token_length <= sizeof(talk->token) ? leg.token_length : 0;
    if (talk->token_length) memcpy(talk->token, leg.token, talk->token_length);
    guise_free(leg.token);
    if (talk->on_the_way) talk->on_the_way(talk, talk->legs);
    talk->legs++;
    return status;
}

void nego_client_leg(struct nego_talk *talk)
{
    talk->client_status = run_talk_leg(talk, false, &talk->client_attributes);
}

void nego_server_leg(struct nego_talk *talk)
{
    talk->server_status = run_talk_leg(talk, true, &talk->server_attributes);
}

void nego_talk_run(struct nego_talk *talk)
{
    while (talk->legs < 12)
    {
        nego_client_leg(talk);
        if (talk->client_status < 0 || !talk->token_length) return;
        nego_server_leg(talk);
        if (talk->server_status < 0 || !talk->token_length) return;
    }
}

bool nego_talk_works(struct nego_talk *talk)
{
    nego_talk_run(talk);
    return talk->client_status == SEC_E_OK && talk->server_status == SEC_E_OK;
}

void nego_talk_end(struct nego_talk *talk)
{
    nego_delete_context(talk->client);
    nego_delete_context(talk->server);
    talk->client = talk->server = NULL;
}

static bool seals(struct package_context *from, struct package_context *to)
{
    char text[] = "after the MICs";
    UCHAR signature[16];

    return !one_message(negotiate_package.encrypt_message, from, text, sizeof(text), signature) && strcmp(text, "after the MICs") &&
           !one_message(negotiate_package.decrypt_message, to, text, sizeof(text), signature) && !strcmp(text, "after the MICs");
}

bool nego_talk_seals(struct nego_talk *talk)
{
    return seals(talk->client, talk->server) && seals(talk->server, talk->client) && seals(talk->client, talk->server);
}

void nego_forget_kerberos(struct nego_talk *talk)
{
    for (ULONG i = 0; i + 11 <= talk->token_length; i++)
        if (!memcmp(talk->token + i, "\x06\x09\x2a\x86\x48", 5)) talk->token[i + 10]++;
}

/*
 * libFuzzer target: conversations between both sides of Negotiate in which tokens are replaced, changed and cut on the way, and SPNEGO's
 * tokens by themselves.
 *
 * Covers: dlls/secur32/wire.c dlls/negotiate/der.c dlls/negotiate/spnego.c dlls/negotiate/inner.c
 * Covers: dlls/negotiate/accept.c dlls/negotiate/initiate.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fuzz/ntlm_target.h"

#include "tests/internal/nego_double.c" /* one object per target */

/* What happens to each token in turn: a byte of these, and what it needs. */
enum
{
    LEAVE,
    REPLACE,    /* length (2), bytes */
    CHANGE,     /* place (2), what is added to the byte there */
    CUT,        /* bytes that are left (2) */
    WITHOUT_MIC /* of a NegTokenResp */
};

static struct wire_reader script;

static void strip(struct nego_talk *talk)
{
    struct spnego_response response;
    UCHAR copy[sizeof(talk->token)];
    size_t size;

    memcpy(copy, talk->token, talk->token_length);
    if (!spnego_parse_response((struct wire_span){copy, talk->token_length}, &response)) return;
    response.has_mic = false;
    size = spnego_response_size(&response);
    must(size <= talk->token_length + 16 && size <= sizeof(talk->token) && spnego_write_response(&response, talk->token, size));
    talk->token_length = size;
}

static void change(struct nego_talk *talk, int turn)
{
    UCHAR what = LEAVE, more = 0;
    struct wire_span bytes;
    ULONG at;

    (void)turn;
    wire_read_bytes(&script, &what, 1);
    switch (what)
    {
    case REPLACE:
        bytes = wire_read_span(&script, wire_read_u16(&script));
        if (script.failed || bytes.size > sizeof(talk->token)) return;
        if (bytes.size) memcpy(talk->token, bytes.data, bytes.size);
        talk->token_length = bytes.size;
        return;
    case CHANGE:
        at = wire_read_u16(&script);
        wire_read_bytes(&script, &more, 1);
        if (at < talk->token_length) talk->token[at] += more;
        return;
    case CUT:
        at = wire_read_u16(&script);
        if (at < talk->token_length) talk->token_length = at;
        return;
    case WITHOUT_MIC: strip(talk);
    }
}

/* Whoever is done has what he had to have; and who has verified a MIC has the other's list. */
static void check_end(const struct nego_talk *talk)
{
    const struct nego_context *client = (struct nego_context *)talk->client, *other = (struct nego_context *)talk->server;

    if (client && talk->client_status == SEC_E_OK && !client->raw)
        must(client->inner_done && (!client->mic_required || client->mic_verified));
    if (other && talk->server_status == SEC_E_OK && !other->raw)
        must(other->inner_done && (!(other->mic_required || nego_expects_mic(other)) || other->mic_verified || !nego_has_integrity(other)));
    /* The fake package's signatures are sums, and two lists may have the same. */
    if (client && other && other->mic_verified && atomic_load(&other->package) == &ntlm_package && !other->raw)
        must(client->list_size == other->list_size && !memcmp(client->list, other->list, other->list_size));
}

static void converse(UCHAR setting, UCHAR packages)
{
    struct nego_talk talk;

    nego_talk_begin(&talk, packages & 3, packages >> 2 & 3);
    nego_fake_script.legs = 1 + (setting & 3) % 3;
    nego_fake_script.integrity = setting & 4;
    nego_fake_script.list_mic = setting & 8;
    nego_fake_script.first_leg = setting & 16 ? SEC_E_TARGET_UNKNOWN : SEC_E_OK;
    nego_fake_script.error_token = setting & 32 ? "E!" : NULL;
    if (setting & 64) talk.server_request |= ASC_REQ_EXTENDED_ERROR;
    talk.on_the_way = change;
    if (setting & 128) nego_server_leg(&talk);
    nego_talk_run(&talk);
    check_end(&talk);
    nego_talk_end(&talk);
    must(!nego_fake_seen.contexts);
}

/* What is read is written again as something that is read alike. */
static void read_alone(const UCHAR *data, size_t size)
{
    struct wire_span token = {data, size};
    struct spnego_response response, response_again;
    struct spnego_init init, init_again;
    UCHAR *written;
    size_t length;

    if (spnego_parse_init(token, &init))
    {
        length = spnego_init_size(&init, false);
        must((written = malloc(length)) && spnego_write_init(&init, false, written, length) &&
             spnego_parse_init((struct wire_span){written, length}, &init_again));
        must(init_again.has_mic == init.has_mic && init_again.token.size == init.token.size && init_again.list.size == init.list.size);
        free(written);
    }
    if (spnego_parse_response(token, &response))
    {
        length = spnego_response_size(&response);
        must((written = malloc(length)) && spnego_write_response(&response, written, length) &&
             spnego_parse_response((struct wire_span){written, length}, &response_again));
        must(response_again.state == response.state && response_again.mechanism.size == response.mechanism.size &&
             response_again.has_token == response.has_token && response_again.mic.size == response.mic.size);
        free(written);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    UCHAR settings[2];

    if (!begun) nego_double_begin();
    begun = true;
    read_alone(data, size);
    wire_reader_init(&script, data, size);
    wire_read_bytes(&script, settings, 2);
    if (!script.failed) converse(settings[0], settings[1]);
    return 0;
}

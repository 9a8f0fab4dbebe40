/*
 * Negotiate with somebody on the way who changes tokens: what each side then says, and that nobody becomes a client by it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/internal/nego_double.h"
#include "wine/test.h"

#define BOTH (NEGO_FAKE | NEGO_NTLM)

/* One change of one token; the spans point to bytes that may be changed. */
struct tampering
{
    int turn; /* which token, from 0 */
    void (*edit)(struct spnego_response *response);
    SECURITY_STATUS client, server;
    const char *what;
};

static const struct tampering *now;

static void tamper(struct nego_talk *talk, int turn)
{
    struct spnego_response response;
    UCHAR copy[4096];
    size_t size;

    memcpy(copy, talk->token, talk->token_length);
    if (turn != now->turn || !spnego_parse_response((struct wire_span){copy, talk->token_length}, &response)) return;
    now->edit(&response);
    size = spnego_response_size(&response);
    if (spnego_write_response(&response, talk->token, size)) talk->token_length = size;
}

static void flip(struct wire_span span, size_t at)
{
    if (at < span.size) ((UCHAR *)span.data)[at] ^= 1;
}

static void strip_mic(struct spnego_response *response)
{
    response->has_mic = false;
}

static void change_mic(struct spnego_response *response)
{
    flip(response->mic, 4);
}

static void add_mic(struct spnego_response *response)
{
    response->mic = (struct wire_span){(const UCHAR *)"M", 2};
    response->has_mic = true;
}

static void strip_token(struct spnego_response *response)
{
    response->has_token = false;
}

static void add_token(struct spnego_response *response)
{
    response->token = (struct wire_span){(const UCHAR *)"K2", 2};
    response->has_token = true;
}

static void swap_mic_for_token(struct spnego_response *response)
{
    strip_mic(response);
    add_token(response);
}

static void choose_other(struct spnego_response *response)
{
    flip(response->mechanism, response->mechanism.size - 1);
}

static void complete(struct spnego_response *response)
{
    response->state = SPNEGO_ACCEPT_COMPLETED;
}

static void reject(struct spnego_response *response)
{
    response->state = SPNEGO_REJECT;
}

static void request_mic(struct spnego_response *response)
{
    response->state = SPNEGO_REQUEST_MIC;
}

static void go_on_without(struct spnego_response *response)
{
    strip_mic(response);
    response->state = SPNEGO_ACCEPT_INCOMPLETE;
}

/* ---- NTLM, not the client's first: 0 offer, 1 request-mic, 2 NEGOTIATE, 3 CHALLENGE, 4 AUTHENTICATE and MIC, 5 MIC ------------ */

static void check_nobody(struct nego_talk *talk)
{
    SECURITY_STATUS status;
    PACCESS_TOKEN token;

    if (talk->server && talk->server_status != SEC_E_OK)
    {
        status = negotiate_package.context_token(talk->server, &token);
        ok(status == SEC_E_NO_IMPERSONATION, "got %08lx\n", status); /* S2.11.1 */
    }
    if (talk->client_status < 0)
    {
        nego_client_leg(talk);
        ok(talk->client_status == SEC_E_OUT_OF_SEQUENCE, "got %08lx\n", talk->client_status); /* S2.5.7 */
    }
}

static void test_second_choice(void)
{
    static const struct tampering cases[] = {
        {4, strip_mic, SEC_I_CONTINUE_NEEDED, SEC_E_INVALID_TOKEN, "the client's MIC is taken out"},
        {5, strip_mic, SEC_E_INVALID_TOKEN, SEC_E_OK, "the server's MIC is taken out"},
        {4, change_mic, SEC_I_CONTINUE_NEEDED, SEC_E_MESSAGE_ALTERED, "the client's MIC is changed"},
        {5, change_mic, SEC_E_MESSAGE_ALTERED, SEC_E_OK, "the server's MIC is changed"},
        {3, complete, SEC_E_INVALID_TOKEN, SEC_I_CONTINUE_NEEDED, "accept-completed before the end"},
        {3, request_mic, SEC_E_INVALID_TOKEN, SEC_I_CONTINUE_NEEDED, "request-mic in the second answer"},
        {2, request_mic, SEC_I_CONTINUE_NEEDED, SEC_E_INVALID_TOKEN, "request-mic by the client"},
        {3, reject, SEC_E_LOGON_DENIED, SEC_I_CONTINUE_NEEDED, "the server rejects"},
        {4, reject, SEC_I_CONTINUE_NEEDED, SEC_E_LOGON_DENIED, "the client rejects"},
        {2, strip_token, SEC_I_CONTINUE_NEEDED, SEC_E_INVALID_TOKEN, "the client's NEGOTIATE is taken out"},
        {3, strip_token, SEC_E_INVALID_TOKEN, SEC_I_CONTINUE_NEEDED, "the server's CHALLENGE is taken out"},
        {5, go_on_without, SEC_E_INVALID_TOKEN, SEC_E_OK, "a server that goes on without a word"},
        {1, add_token, SEC_E_INVALID_TOKEN, SEC_I_CONTINUE_NEEDED, "another choice with a token"},
        {1, add_mic, SEC_E_INVALID_TOKEN, SEC_I_CONTINUE_NEEDED, "another choice with a MIC"},
        {1, choose_other, SEC_E_INVALID_TOKEN, SEC_I_CONTINUE_NEEDED, "a choice that was not offered"},
    };

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        struct nego_talk talk;

        winetest_push_context("%s", cases[i].what);
        now = &cases[i];
        nego_talk_begin(&talk, BOTH, NEGO_NTLM);
        talk.on_the_way = tamper;
        nego_talk_run(&talk);
        ok(talk.client_status == now->client && talk.server_status == now->server, "client %08lx, server %08lx\n", talk.client_status,
           talk.server_status); /* S5.7.1 */
        check_nobody(&talk);
        nego_talk_end(&talk);
        winetest_pop_context();
    }
}

/* Kerberos is taken out of the list: the client's MIC is of another one than the server has seen. */
static void change_list(struct nego_talk *talk, int turn)
{
    if (!turn) nego_forget_kerberos(talk);
}

static void test_list(void)
{
    struct nego_talk talk;

    nego_talk_begin(&talk, BOTH, BOTH);
    talk.on_the_way = change_list;
    nego_talk_run(&talk);
    ok(talk.client_status == SEC_I_CONTINUE_NEEDED && talk.server_status == SEC_E_MESSAGE_ALTERED, "client %08lx, server %08lx\n",
       talk.client_status, talk.server_status); /* S5.7.1 */
    check_nobody(&talk);
    nego_talk_end(&talk);
}

/* ---- a package of several tokens: the end, and a MIC, before it is complete ------------------------------------------------------ */

static void test_too_early(void)
{
    static const struct tampering cases[] = {
        {1, complete, SEC_E_INVALID_TOKEN, SEC_I_CONTINUE_NEEDED, "accept-completed"},
        {1, add_mic, SEC_E_INVALID_TOKEN, SEC_I_CONTINUE_NEEDED, "a MIC of the server"},
        {2, add_mic, SEC_I_CONTINUE_NEEDED, SEC_E_INVALID_TOKEN, "a MIC of the client"},
        {4, swap_mic_for_token, SEC_E_OK, SEC_E_INVALID_TOKEN, "a token in the place of the last MIC"},
    };

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        struct nego_talk talk;

        winetest_push_context("%s", cases[i].what);
        now = &cases[i];
        nego_talk_begin(&talk, BOTH, BOTH);
        nego_fake_script.legs = now->turn == 4 ? 4 : 5;
        nego_fake_script.list_mic = now->turn == 4;
        talk.on_the_way = tamper;
        nego_talk_run(&talk);
        ok(talk.client_status == now->client && talk.server_status == now->server, "client %08lx, server %08lx\n", talk.client_status,
           talk.server_status); /* S5.7.1 */
        nego_talk_end(&talk);
        winetest_pop_context();
    }
}

/* ---- a MIC that was promised, where the mechanism is the client's first ------------------------------------------------------------ */

/* NTLM's own MIC promises one of the list (section 5.5 of the SSPI notes). 0 hint, 1 NEGOTIATE, 2 CHALLENGE, 3 AUTHENTICATE, 4 the end. */
static void test_promised(void)
{
    static const struct tampering cases[] = {
        {3, strip_mic, SEC_I_CONTINUE_NEEDED, SEC_E_INVALID_TOKEN, "the client's"},
        {4, strip_mic, SEC_E_INVALID_TOKEN, SEC_E_OK, "the server's"},
    };

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        struct nego_talk talk;

        now = &cases[i];
        nego_talk_begin(&talk, NEGO_NTLM, NEGO_NTLM);
        talk.on_the_way = tamper;
        nego_server_leg(&talk);
        nego_talk_run(&talk);
        ok(talk.client_status == now->client && talk.server_status == now->server, "%s: client %08lx, server %08lx\n", now->what,
           talk.client_status, talk.server_status); /* S5.7.1 */
        nego_talk_end(&talk);
    }
}

static void test_expected(void)
{
    struct nego_talk talk;

    nego_talk_begin(&talk, NEGO_FAKE, NEGO_FAKE);
    nego_fake_script.list_mic = true;
    ok(nego_talk_works(&talk) && nego_fake_seen.restarts == 4, "client %08lx, server %08lx, %d restarts\n", talk.client_status,
       talk.server_status, nego_fake_seen.restarts); /* S5.5.1 */
    nego_talk_end(&talk);
}

/* ---- a MIC in the offer ------------------------------------------------------------------------------------------------------------ */

/* Windows 2000 put its token where the MIC goes (S5.5.1). */
static void add_early_mic(struct nego_talk *talk, const char *mic)
{
    struct spnego_init init;
    UCHAR copy[512];
    size_t size;

    memcpy(copy, talk->token, talk->token_length);
    if (!spnego_parse_init((struct wire_span){copy, talk->token_length}, &init)) return;
    init.mic = (struct wire_span){(const UCHAR *)mic, 2};
    init.has_mic = true;
    size = spnego_init_size(&init, false);
    if (spnego_write_init(&init, false, talk->token, size)) talk->token_length = size;
}

static void copy_token(struct nego_talk *talk, int turn)
{
    if (!turn) add_early_mic(talk, "K1");
}

static void forge_mic(struct nego_talk *talk, int turn)
{
    if (!turn) add_early_mic(talk, "KX");
}

static void test_early_mic(void)
{
    struct nego_talk talk;

    nego_talk_begin(&talk, NEGO_FAKE, NEGO_FAKE);
    talk.on_the_way = copy_token;
    ok(nego_talk_works(&talk), "client %08lx, server %08lx\n", talk.client_status, talk.server_status); /* S5.5.1 */
    nego_talk_end(&talk);
    nego_talk_begin(&talk, NEGO_FAKE, NEGO_FAKE);
    talk.on_the_way = forge_mic;
    nego_talk_run(&talk);
    ok(talk.server_status == SEC_E_MESSAGE_ALTERED, "got %08lx\n", talk.server_status); /* S5.7.1 */
    nego_talk_end(&talk);
}

/* ---- a program that asks for something else in the middle ---------------------------------------------------------------------------- */

static void ask_for_more(struct nego_talk *talk, int turn)
{
    if (!turn) talk->client_request |= ISC_REQ_USE_SESSION_KEY;
}

static void test_other_request(void)
{
    struct nego_talk talk;

    nego_talk_begin(&talk, NEGO_FAKE | NEGO_NTLM, NEGO_STRICT); /* which chooses the second identifier */
    nego_fake_script.mute = ISC_REQ_USE_SESSION_KEY;
    talk.on_the_way = ask_for_more;
    nego_talk_run(&talk);
    ok(talk.client_status == SEC_E_INVALID_TOKEN, "got %08lx\n", talk.client_status); /* RFC 4178 4.2.2 */
    check_nobody(&talk);
    nego_talk_end(&talk);
}

START_TEST(nego_tampering)
{
    nego_double_begin();
    test_second_choice();
    test_list();
    test_too_early();
    test_promised();
    test_expected();
    test_early_mic();
    test_other_request();
    nego_double_end();
}

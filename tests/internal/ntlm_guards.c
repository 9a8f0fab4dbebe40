/*
 * What an acceptor of NTLM refuses by one condition alone: each case is let in, or taken for another, if that condition is left out.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <windef.h>
#include <winbase.h>

#include "tests/internal/ntlm_double.h"
#include "wine/test.h"

#define SIGNS ISC_REQ_INTEGRITY
#define SEALS (ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY)

/* Where the fields of an AUTHENTICATE lie (MS-NLMP 2.2.1.3). */
enum
{
    LM = 12,
    NT = 20,
    USER = 36,
    SESSION_KEY = 52,
    FLAGS = 60
};

static struct package_credential alice, nobody, server;

static struct handshake new_handshake(ULONG request)
{
    alice.policy.send_v1 = alice.policy.without_ess = alice.policy.lm_keys = alice.has_lm_hash = false;
    server.policy.accept_v1 = server.policy.lm_keys = server.policy.allow_anonymous = false;
    alice.policy.require_128bit = server.policy.require_128bit = true;
    return (struct handshake){.client_credential = &alice,
                              .server_credential = &server,
                              .client_request = request,
                              .server_request = ASC_REQ_NO_TOKEN,
                              .target = u"HTTP/server.example"};
}

/* All legs but the last one. */
static void three_legs(struct handshake *handshake)
{
    /* callers cite */
    ok(leg_negotiate(handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(handshake) == SEC_I_CONTINUE_NEEDED &&
           leg_authenticate(handshake) == SEC_E_OK,
       "legs\n");
}

static ULONG word_at(const struct handshake *handshake, size_t at)
{
    struct wire_reader reader;

    wire_reader_init(&reader, handshake->authenticate + at, 4);
    return wire_read_u32(&reader);
}

static void put_word(struct handshake *handshake, size_t at, ULONG value)
{
    struct wire_writer writer;

    wire_writer_init(&writer, handshake->authenticate + at, 4);
    wire_write_u32(&writer, value);
}

/* Makes the field at AT one of no bytes. */
static void empty_field(struct handshake *handshake, size_t at)
{
    put_word(handshake, at, 0);
}

/* ---- what the program asks for ----------------------------------------------------------- */

/* The two are told to exclude each other, whichever leg says which. */
static void test_contradiction(void)
{
    const ULONG one = ASC_REQ_PROXY_BINDINGS, other = ASC_REQ_ALLOW_MISSING_BINDINGS;
    struct handshake handshake = new_handshake(0);

    handshake.server_request |= one | other;
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n");                               /* S2.5.1 */
    ok(leg_challenge(&handshake) == SEC_E_UNSUPPORTED_FUNCTION && !handshake.server, "both at once\n"); /* S2.6.6 */
    end_handshake(&handshake);
    handshake = new_handshake(0);
    handshake.server_request |= one;
    three_legs(&handshake); /* S2.5.1 */
    handshake.server_request ^= one | other;
    ok(leg_finish(&handshake) == SEC_E_UNSUPPORTED_FUNCTION, "one after the other\n"); /* S2.6.6 */
    end_handshake(&handshake);
}

static void test_contexts(void)
{
    struct account_source *accounts = server.accounts;
    struct handshake handshake = new_handshake(0);
    struct leg leg = {.request = 0};

    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n"); /* S2.5.1 */
    server.accounts = NULL;
    ok(leg_challenge(&handshake) == SEC_E_NO_CREDENTIALS && !handshake.server, "no accounts\n"); /* S2.1.11 */
    server.accounts = accounts;
    ok(leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED, "CHALLENGE\n"); /* S2.6.3 */
    ok(ntlm_package.accept(&server, &handshake.client, &leg) == SEC_E_INVALID_HANDLE &&
           ntlm_package.initialize(&alice, &handshake.server, &leg) == SEC_E_INVALID_HANDLE,
       "the other side's\n"); /* S2.5.2 */
    ok(leg_authenticate(&handshake) == SEC_E_OK && leg_finish(&handshake) == SEC_E_OK, "and on\n"); /* S2.6.7 */
    end_handshake(&handshake);
}

/* ---- the last message ----------------------------------------------------------- */

/* How the handshake ends whose last message is another one of it. */
static SECURITY_STATUS in_place_of_last(bool challenge)
{
    struct handshake handshake = new_handshake(0);
    SECURITY_STATUS status;

    three_legs(&handshake); /* S2.5.1 */
    handshake.authenticate_size = challenge ? handshake.challenge_size : handshake.negotiate_size;
    memcpy(handshake.authenticate, challenge ? handshake.challenge : handshake.negotiate, handshake.authenticate_size);
    status = leg_finish(&handshake);
    end_handshake(&handshake);
    return status;
}

static void test_flags(void)
{
    struct handshake handshake = new_handshake(SEALS);

    /* Before the MIC is looked at. */
    three_legs(&handshake); /* S2.5.1 */
    put_word(&handshake, FLAGS, word_at(&handshake, FLAGS) & ~(ULONG)NTLM_FLAG_128);
    ok(leg_finish(&handshake) == SEC_E_UNSUPPORTED_FUNCTION, "less than 128 bits\n"); /* S4.3.7 */
    end_handshake(&handshake);

    /* Without extended session security there are no short keys either, but what was required is not there. */
    handshake = new_handshake(SEALS);
    alice.policy.without_ess = true;
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n"); /* S2.5.1 */
    handshake.negotiate[15] &= ~(NTLM_FLAG_128 >> 24);
    ok(leg_challenge(&handshake) == SEC_E_UNSUPPORTED_FUNCTION, "less than 128 bits\n"); /* S4.3.7 */
    end_handshake(&handshake);

    /* The wish to be identified only counts, though a message later leaves it out: version 1 has no MIC. */
    handshake = new_handshake(SIGNS | ISC_REQ_IDENTIFY);
    alice.policy.send_v1 = server.policy.accept_v1 = true;
    three_legs(&handshake); /* S2.5.1 */
    put_word(&handshake, FLAGS, word_at(&handshake, FLAGS) & ~(ULONG)NTLM_FLAG_IDENTIFY);
    ok(leg_finish(&handshake) == SEC_E_OK && (handshake.server_attributes & ASC_RET_IDENTIFY), "%#x\n",
       handshake.server_attributes); /* S9.1.4 */
    end_handshake(&handshake);

    ok(in_place_of_last(true) == SEC_E_OUT_OF_SEQUENCE, "CHALLENGE\n");  /* S4.9.9 */
    ok(in_place_of_last(false) == SEC_E_OUT_OF_SEQUENCE, "NEGOTIATE\n"); /* S4.9.9 */
}

static void test_session_key(void)
{
    struct handshake handshake = new_handshake(SEALS);

    three_legs(&handshake); /* S2.5.1 */
    handshake.authenticate[SESSION_KEY] = 17;
    handshake.authenticate_size++;
    ok(leg_finish(&handshake) == SEC_E_INVALID_TOKEN, "17 bytes\n"); /* S4.4.3 */
    end_handshake(&handshake);

    /* A key that is made of the LM response, without one. */
    handshake = new_handshake(SEALS);
    alice.policy.send_v1 = server.policy.accept_v1 = alice.policy.without_ess = alice.has_lm_hash = true;
    alice.policy.lm_keys = server.policy.lm_keys = true;
    alice.policy.require_128bit = server.policy.require_128bit = false;
    three_legs(&handshake);                                                /* S2.5.1 */
    ok(word_at(&handshake, FLAGS) & NTLM_FLAG_LM_KEY, "no LM key\n"); /* S4.3.2 */
    empty_field(&handshake, LM);
    ok(leg_finish(&handshake) == SEC_E_INVALID_TOKEN, "no LM response\n"); /* S4.4.3 */
    end_handshake(&handshake);
}

/* What a refused handshake leaves behind. */
static void test_remains(void)
{
    static const UCHAR zeros[NTLM_KEY_SIZE];
    struct handshake handshake = new_handshake(SEALS);

    three_legs(&handshake); /* S2.5.1 */
    handshake.authenticate[72] ^= 1;
    ok(leg_finish(&handshake) == SEC_E_LOGON_DENIED, "a changed MIC\n"); /* S4.9.7 */
    ok(!memcmp(handshake.server->exported_key, zeros, sizeof(zeros)) && !handshake.server->handshake.challenge &&
           handshake.server->state == NTLM_STATE_FAILED,
       "it stays\n"); /* design 7.1 */
    end_handshake(&handshake);
}

/* ---- the time of the challenge ----------------------------------------------------------- */

/* An answer of alice with no pairs but the time AT, if not 0, to a challenge of our time; no MIC. */
static SECURITY_STATUS answer_with_time(struct handshake *handshake, ULONGLONG at)
{
    UCHAR nt[64] = {0}, base[NTLM_KEY_SIZE], copy[1024];
    struct ntlm_authenticate message;
    struct wire_writer writer;

    wire_writer_init(&writer, nt, sizeof(nt));
    wire_write_zero(&writer, 16);
    wire_write_u16(&writer, 0x0101);
    wire_write_zero(&writer, 6);
    wire_write_u64(&writer, ntlm_now());
    wire_write_zero(&writer, 12);
    if (at)
    {
        wire_write_u16(&writer, NTLM_AV_TIMESTAMP);
        wire_write_u16(&writer, 8);
        wire_write_u64(&writer, at);
    }
    wire_write_zero(&writer, 8);
    if (!ntlm_parse_authenticate(handshake->authenticate, handshake->authenticate_size, &message) ||
        !ntlm_v2_proof(alice.ntowf_v2, handshake->challenge + 24, (struct wire_span){nt + 16, writer.length - 16}, nt, base))
        return SEC_E_INTERNAL_ERROR;
    message.nt = (struct wire_span){nt, writer.length};
    message.user = ntlm_text_span(&alice.user);
    message.domain = ntlm_text_span(&alice.domain);
    message.mic_offset = 0;
    message.lm.size = message.workstation.size = 0;
    handshake->authenticate_size = ntlm_authenticate_size(&message);
    /* Not in place: what the message points at lies there. */
    if (handshake->authenticate_size > sizeof(copy) || !ntlm_write_authenticate(&message, copy, handshake->authenticate_size))
        return SEC_E_INTERNAL_ERROR;
    memcpy(handshake->authenticate, copy, handshake->authenticate_size);
    return leg_finish(handshake);
}

static void test_time(void)
{
    for (int what = 0; what < 4; what++)
    {
        struct handshake handshake = new_handshake(0);
        SECURITY_STATUS status, expected = what ? SEC_E_LOGON_DENIED : SEC_E_OK;
        ULONGLONG ours;

        three_legs(&handshake); /* S2.5.1 */
        ours = handshake.server->handshake.timestamp;
        status = answer_with_time(&handshake, what == 0 ? ours : what == 1 ? ours + 1 : what == 2 ? ours - 10000000 : 0);
        ok(ours && status == expected, "case %d: %#x\n", what, status); /* design 7.1 */
        end_handshake(&handshake);
    }
}

/* ---- what is compared with ----------------------------------------------------------- */

static SECURITY_STATUS lm_alone(struct package_credential *client)
{
    struct handshake handshake = new_handshake(0);
    SECURITY_STATUS status;

    client->policy.send_v1 = client->policy.send_lm = client->policy.without_ess = client->has_lm_hash = true;
    server.policy.accept_v1 = server.policy.accept_lm = true;
    handshake.client_credential = client;
    three_legs(&handshake); /* S2.5.1 */
    empty_field(&handshake, NT);
    status = leg_finish(&handshake);
    server.policy.accept_lm = false;
    end_handshake(&handshake);
    return status;
}

/* An account without LM hash is not one whose hash is zeros. */
static void test_no_lm_hash(void)
{
    struct package_credential muller;

    double_outbound(&muller, u"SERVER", u"M\u00fcller", u"Password");
    ok(lm_alone(&alice) == SEC_E_OK, "alice is refused\n"); /* design 7.1 */
    ok(lm_alone(&muller) == SEC_E_LOGON_DENIED, "zeros are taken\n"); /* design 7.1 */
    double_free(&muller);
}

static bool is_zero(const void *data, size_t size)
{
    static const UCHAR zeros[NTLM_KEY_SIZE];

    return size == sizeof(zeros) && !memcmp(data, zeros, size);
}

/* No key comes of a proof that fails. */
static void test_no_key(void)
{
    static const UCHAR challenge[NTLM_CHALLENGE_SIZE], wrong[NTLM_V1_RESPONSE_SIZE + 40];
    struct ntlm_v2_response response = {.proof = {wrong, 16}, .temp = {wrong + 16, 48}};
    struct ntlm_v1_proof v1 = {.nt = wrong};
    const struct ntlm_attempt attempts[] = {
        {.user = &alice.user, .domain = &alice.domain, .server_challenge = challenge, .response = &response},
        {.user = &alice.user, .domain = &alice.domain, .server_challenge = challenge, .v1 = &v1},
        {.user = &alice.user, .domain = &alice.domain, .nt_hash = wrong},
    };

    for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
    {
        UCHAR key[NTLM_KEY_SIZE] = {1};

        ok(ntlm_prove(&attempts[i], &server.names, alice.nt_hash, alice.lm_hash, key) == STATUS_LOGON_FAILURE, "proved\n"); /* S4.9.5 */
        ok(is_zero(key, sizeof(key)), "attempt %d: a key\n", (int)i); /* design 7.1 */
    }
}

/* ---- who is nobody ----------------------------------------------------------- */

static SECURITY_STATUS null_session(void (*change)(struct handshake *), struct handshake *handshake)
{
    *handshake = new_handshake(SIGNS);
    server.policy.allow_anonymous = true;
    handshake->client_credential = &nobody;
    handshake->server_request |= ASC_REQ_ALLOW_NULL_SESSION;
    three_legs(handshake); /* S4.8.1 */
    if (change) change(handshake);
    return leg_finish(handshake);
}

static void change_lm(struct handshake *handshake)
{
    struct ntlm_authenticate message;

    ok(ntlm_parse_authenticate(handshake->authenticate, handshake->authenticate_size, &message) && message.lm.size == 1, "LM\n"); /* S4.8.1 */
    handshake->authenticate[message.lm.data - handshake->authenticate] = 1;
}

/* Four bytes of the message's own, as the field at AT. */
static void fill_field(struct handshake *handshake, size_t at)
{
    put_word(handshake, at, 4 | 4 << 16);
    put_word(handshake, at + 4, (ULONG)handshake->authenticate_size);
    memcpy(handshake->authenticate + handshake->authenticate_size, u"al", 4);
    handshake->authenticate_size += 4;
}

static void add_user(struct handshake *handshake)
{
    fill_field(handshake, USER);
}

static void add_response(struct handshake *handshake)
{
    fill_field(handshake, NT);
}

static void claim_protection(struct handshake *handshake)
{
    put_word(handshake, FLAGS, word_at(handshake, FLAGS) | NTLM_FLAG_SIGN | NTLM_FLAG_SEAL | NTLM_FLAG_KEY_EXCH);
}

static void test_null_session(void)
{
    void (*const changes[])(struct handshake *) = {change_lm, add_user, add_response};
    struct handshake handshake;
    char text[] = "text";
    UCHAR signature[16];

    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
    {
        ok(null_session(changes[i], &handshake) == SEC_E_LOGON_DENIED, "case %d is nobody\n", (int)i); /* S4.8.1 */
        end_handshake(&handshake);
    }
    ok(null_session(NULL, &handshake) == SEC_E_OK, "refused\n"); /* S4.8.1 */
    ok(!(word_at(&handshake, FLAGS) & (NTLM_FLAG_SIGN | NTLM_FLAG_KEY_EXCH)), "flags %#x\n", word_at(&handshake, FLAGS)); /* S4.8.2 */
    end_handshake(&handshake);
    /* The server offered it, and the message is not covered by anything. */
    ok(null_session(claim_protection, &handshake) == SEC_E_OK, "refused\n"); /* S4.8.1 */
    ok((handshake.server_attributes & ASC_RET_NULL_SESSION) &&
           !(handshake.server_attributes & (ASC_RET_INTEGRITY | ASC_RET_CONFIDENTIALITY)),
       "%#x\n", handshake.server_attributes); /* S4.8.2 */
    ok(!one_message(ntlm_package.make_signature, handshake.server, text, sizeof(text), signature) && signature[0] == 1 &&
           !memcmp(signature + 4, (UCHAR[12]){0}, 12),
       "signed under a key that all know\n"); /* S4.8.3 */
    end_handshake(&handshake);
}

/* ---- messages ----------------------------------------------------------- */

/* Without extended session security the number is hidden, and its bits can be turned: a true CRC is not enough. */
static void test_plain_signature(void)
{
    for (int byte = 0; byte < 16; byte++)
    {
        struct handshake handshake = new_handshake(SIGNS);
        char text[] = "plain";
        UCHAR signature[16];
        SECURITY_STATUS status, expected = byte < 4 || (byte >= 8 && byte < 12) ? SEC_E_MESSAGE_ALTERED
                                           : byte < 8                          ? SEC_E_OK
                                                                               : SEC_E_OUT_OF_SEQUENCE;

        alice.policy.send_v1 = server.policy.accept_v1 = alice.policy.without_ess = true;
        ok(shake_hands(&handshake) == SEC_E_OK, "handshake\n"); /* S4.4.1 */
        ok(!one_message(ntlm_package.make_signature, handshake.client, text, sizeof(text), signature), "signed\n"); /* S4.6.1 */
        signature[byte] ^= 1;
        status = one_message(ntlm_package.verify_signature, handshake.server, text, sizeof(text), signature);
        ok(status == expected, "byte %d: %#x\n", byte, status); /* S4.6.2, S4.10.1 */
        signature[byte] ^= 1;
        status = one_message(ntlm_package.verify_signature, handshake.server, text, sizeof(text), signature);
        ok(!status == (byte < 4), "byte %d, then the true one: %#x\n", byte, status); /* S4.6.2 */
        end_handshake(&handshake);
    }
}

static SECURITY_STATUS call_with(SECURITY_STATUS (*call)(struct package_context *, struct message *), struct package_context *context,
                                 SecBuffer token, SecBuffer data, ULONG qop)
{
    SecBuffer buffers[] = {token, data};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    struct message message = {.buffers = &desc, .token = &buffers[0], .qop = qop};

    return call(context, &message);
}

static void test_buffers(void)
{
    SECURITY_STATUS (*const calls[])(struct package_context *, struct message *) = {
        ntlm_package.make_signature, ntlm_package.verify_signature, ntlm_package.encrypt_message, ntlm_package.decrypt_message};
    struct handshake handshake = new_handshake(SEALS);
    char text[] = "text";
    UCHAR signature[16];
    const SecBuffer token = {16, SECBUFFER_TOKEN, signature}, data = {sizeof(text), SECBUFFER_DATA, text};
    const SecBuffer no_token = {16, SECBUFFER_TOKEN, NULL}, no_data = {sizeof(text), SECBUFFER_DATA, NULL};

    ok(shake_hands(&handshake) == SEC_E_OK, "handshake\n"); /* S2.6.7 */
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
    {
        ok(call_with(calls[i], handshake.client, no_token, data, 0) == SEC_E_INVALID_TOKEN, "call %d: no token\n", (int)i); /* S2.12.2 */
        ok(call_with(calls[i], handshake.client, token, no_data, 0) == SEC_E_INVALID_TOKEN, "call %d: no data\n", (int)i); /* S2.12.2 */
    }
    ok(call_with(ntlm_package.encrypt_message, handshake.client, token, data, 1) == SEC_E_QOP_NOT_SUPPORTED && !strcmp(text, "text"),
       "a quality of protection\n"); /* header sspi.h */
    ok(!call_with(ntlm_package.encrypt_message, handshake.client, token, data, 0) &&
           !call_with(ntlm_package.decrypt_message, handshake.server, token, data, 0) && !strcmp(text, "text"),
       "numbers were used up\n"); /* S2.12.7 */
    end_handshake(&handshake);
}

START_TEST(ntlm_guards)
{
    double_outbound(&alice, u"SERVER", u"alice", u"Password");
    double_outbound(&nobody, u"", u"", u"");
    double_inbound(&server);
    ok(ntlm_ntowf_v1(u"Password", 8, alice.nt_hash) && ntlm_lmowf_v1(u"Password", 8, alice.lm_hash), "hashes\n"); /* MS-NLMP 4.2.2.1 */
    test_contradiction();
    test_contexts();
    test_flags();
    test_session_key();
    test_remains();
    test_time();
    test_no_lm_hash();
    test_no_key();
    test_null_session();
    test_plain_signature();
    test_buffers();
    double_free(&alice);
    double_free(&nobody);
    double_free(&server);
}

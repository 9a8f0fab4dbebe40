/*
 * What an initiator of NTLM refuses, and what it does not repeat, by one condition alone.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <windef.h>
#include <winbase.h>

#include "tests/internal/ntlm_double.h"
#include "wine/test.h"

#define SIGNS ISC_REQ_INTEGRITY

static struct package_credential alice, server;

static struct handshake new_handshake(ULONG request)
{
    alice.policy.send_v1 = alice.policy.without_ess = alice.policy.lm_keys = alice.has_lm_hash = false;
    alice.policy.require_128bit = true;
    return (struct handshake){.client_credential = &alice,
                              .server_credential = &server,
                              .client_request = request,
                              .server_request = ASC_REQ_NO_TOKEN,
                              .target = u"HTTP/server.example"};
}

/* A CHALLENGE of the true server in HANDSHAKE, and what it says. */
static void two_legs(struct handshake *handshake, struct ntlm_challenge *challenge)
{
    static UCHAR copy[sizeof(handshake->challenge)];

    /* callers cite */
    ok(leg_negotiate(handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(handshake) == SEC_I_CONTINUE_NEEDED, "legs\n");
    memcpy(copy, handshake->challenge, handshake->challenge_size);
    ok(ntlm_parse_challenge(copy, handshake->challenge_size, challenge), "parse\n");
}

/* How the client answers it, changed. */
static SECURITY_STATUS answer(struct handshake *handshake, const struct ntlm_challenge *challenge)
{
    handshake->challenge_size = ntlm_challenge_size(challenge);
    if (!ntlm_write_challenge(challenge, handshake->challenge, handshake->challenge_size)) return SEC_E_INTERNAL_ERROR;
    return leg_authenticate(handshake);
}

/* ---- the pairs ----------------------------------------------------------- */

/* LIST without EOL, and behind it a pair of each kind that is the client's to say. */
static struct wire_span with_client_pairs(struct wire_span list, UCHAR *out, size_t room)
{
    static const UCHAR host[48] = {48}, channel[16] = {1};
    struct ntlm_av_pairs pairs;
    struct wire_writer writer;

    wire_writer_init(&writer, out, room);
    if (!ntlm_parse_av_pairs(list, &pairs)) return list;
    wire_write_bytes(&writer, list.data, pairs.size);
    ntlm_write_av_pair(&writer, NTLM_AV_FLAGS, "\2\0\0", 4);
    ntlm_write_av_pair(&writer, NTLM_AV_SINGLE_HOST, host, sizeof(host));
    ntlm_write_av_pair(&writer, NTLM_AV_TARGET_NAME, u"HTTP/elsewhere", 28);
    ntlm_write_av_pair(&writer, NTLM_AV_CHANNEL_BINDINGS, channel, sizeof(channel));
    wire_write_zero(&writer, 4);
    return (struct wire_span){out, writer.length};
}

/* A server that says in the client's name what only the client may say is not repeated. */
static void test_pairs(void)
{
    static const UCHAR zeros[16];
    struct handshake handshake = new_handshake(0);
    struct ntlm_authenticate message;
    struct ntlm_v2_response response;
    struct ntlm_challenge challenge;
    struct wire_reader reader;
    struct wire_span value;
    UCHAR list[512];
    int seen[11] = {0};
    USHORT id;

    two_legs(&handshake, &challenge); /* S2.5.1 */
    challenge.target_info = with_client_pairs(challenge.target_info, list, sizeof(list));
    ok(answer(&handshake, &challenge) == SEC_E_OK, "no answer\n"); /* S4.4.7 */
    ok(ntlm_parse_authenticate(handshake.authenticate, handshake.authenticate_size, &message) && message.nt.size > 44, "parse\n"); /* S4.4.2 */
    wire_reader_init(&reader, message.nt.data + 44, message.nt.size - 44);
    while (ntlm_next_av_pair(&reader, &id, &value) && id) seen[id <= 10 ? id : 0]++;
    for (id = NTLM_AV_NB_COMPUTER; id <= NTLM_AV_CHANNEL_BINDINGS; id++)
        ok(seen[id] == (id != NTLM_AV_DNS_TREE && id != NTLM_AV_SINGLE_HOST), "pair %d: %d times\n", id, seen[id]); /* MS-NLMP 3.1.5.1.2 */
    ok(ntlm_parse_v2_response(message.nt, &response) && response.pairs.target_name.size == 38 &&
           !memcmp(response.pairs.target_name.data, u"HTTP/server.example", 38),
       "another target\n"); /* S4.4.7 */
    ok(!memcmp(response.pairs.channel_bindings, zeros, 16), "another channel\n"); /* S4.4.6 */
    ok(response.pairs.flags == NTLM_AV_FLAG_MIC, "flags %#x\n", response.pairs.flags); /* S4.4.5 */
    end_handshake(&handshake);
}

/* Both names, where messages are to be protected. */
static void test_names(void)
{
    for (int without = NTLM_AV_NB_COMPUTER; without <= NTLM_AV_NB_DOMAIN; without++)
    {
        for (int protect = 0; protect < 2; protect++)
        {
            struct handshake handshake = new_handshake(protect ? SIGNS : 0);
            SECURITY_STATUS status, expected = protect ? SEC_E_LOGON_DENIED : SEC_E_OK;
            struct ntlm_challenge challenge;
            struct wire_reader reader;
            struct wire_writer writer;
            struct wire_span value;
            UCHAR list[512];
            USHORT id;

            two_legs(&handshake, &challenge); /* S2.5.1 */
            wire_reader_init(&reader, challenge.target_info.data, challenge.target_info.size);
            wire_writer_init(&writer, list, sizeof(list));
            while (ntlm_next_av_pair(&reader, &id, &value))
                if (id != without) ntlm_write_av_pair(&writer, id, value.data, value.size);
            challenge.target_info = (struct wire_span){list, writer.length};
            status = answer(&handshake, &challenge);
            ok(status == expected, "without %d: %#x\n", without, status); /* S4.4.8 */
            end_handshake(&handshake);
        }
    }
}

/* ---- the flags ----------------------------------------------------------- */

static SECURITY_STATUS with_flags(struct handshake *handshake, ULONG more, ULONG less, ULONG *agreed)
{
    struct ntlm_challenge challenge;
    SECURITY_STATUS status;

    two_legs(handshake, &challenge); /* S2.5.1 */
    challenge.flags = (challenge.flags | more) & ~less;
    status = answer(handshake, &challenge);
    *agreed = handshake->client->flags;
    end_handshake(handshake);
    return status;
}

static void test_flags(void)
{
    const ULONG protection = NTLM_FLAG_SIGN | NTLM_FLAG_SEAL | NTLM_FLAG_KEY_EXCH;
    struct handshake handshake = new_handshake(0);
    ULONG agreed = 0;

    ok(with_flags(&handshake, protection | NTLM_FLAG_IDENTIFY | NTLM_FLAG_NON_NT_KEY | NTLM_FLAG_LM_KEY, 0, &agreed) == SEC_E_OK &&
           !(agreed & (protection | NTLM_FLAG_IDENTIFY | NTLM_FLAG_NON_NT_KEY | NTLM_FLAG_LM_KEY)),
       "more than was asked for: %#x\n", agreed); /* S4.3.8 */
    handshake = new_handshake(SIGNS);
    ok(with_flags(&handshake, 0, NTLM_FLAG_128, &agreed) == SEC_E_UNSUPPORTED_FUNCTION, "less than 128 bits\n"); /* S4.3.7 */
    handshake = new_handshake(SIGNS);
    ok(with_flags(&handshake, 0, NTLM_FLAG_SIGN, &agreed) == SEC_E_OK && !(agreed & protection), "a key for nothing: %#x\n", agreed); /* S4.3.4 */

    /* Keys of the LM hash: not beside extended session security, and not without leave. */
    handshake = new_handshake(SIGNS);
    alice.policy.send_v1 = alice.policy.lm_keys = alice.has_lm_hash = true;
    alice.policy.require_128bit = false;
    ok(with_flags(&handshake, NTLM_FLAG_ESS | NTLM_FLAG_LM_KEY | NTLM_FLAG_NON_NT_KEY, 0, &agreed) == SEC_E_OK &&
           !(agreed & (NTLM_FLAG_LM_KEY | NTLM_FLAG_NON_NT_KEY)),
       "beside it: %#x\n", agreed); /* S4.3.3 */
    handshake = new_handshake(SIGNS);
    alice.policy.send_v1 = alice.has_lm_hash = true;
    ok(with_flags(&handshake, NTLM_FLAG_LM_KEY | NTLM_FLAG_NON_NT_KEY, NTLM_FLAG_ESS, &agreed) == SEC_E_OK &&
           !(agreed & (NTLM_FLAG_LM_KEY | NTLM_FLAG_NON_NT_KEY)),
       "without leave: %#x\n", agreed); /* design 7.2 */
}

/* ---- messages and credentials ----------------------------------------------------------- */

/* A message of the handshake in the place of the challenge. */
static void test_types(void)
{
    for (int type = NTLM_NEGOTIATE_MESSAGE; type <= NTLM_AUTHENTICATE_MESSAGE; type += 2)
    {
        struct handshake handshake = new_handshake(0), other = new_handshake(0);
        SecBuffer buffer = {0, SECBUFFER_TOKEN, NULL};
        SecBufferDesc input = {SECBUFFER_VERSION, 1, &buffer};
        struct leg leg = {.input = &input};

        ok(shake_hands(&other) == SEC_E_OK, "handshake\n"); /* S2.6.7 */
        ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n"); /* S2.5.1 */
        buffer.cbBuffer = (ULONG)(type == NTLM_NEGOTIATE_MESSAGE ? other.negotiate_size : other.authenticate_size);
        buffer.pvBuffer = type == NTLM_NEGOTIATE_MESSAGE ? other.negotiate : other.authenticate;
        ok(ntlm_package.initialize(&alice, &handshake.client, &leg) == SEC_E_OUT_OF_SEQUENCE && !leg.token && !leg.token_length,
           "type %d\n", type); /* S4.9.9 */
        ok(handshake.client->state == NTLM_STATE_FAILED && !handshake.client->handshake.negotiate, "it goes on\n"); /* S2.5.7 */

        /* On a finished context, and in the place of the first call. */
        buffer.cbBuffer = (ULONG)other.challenge_size;
        buffer.pvBuffer = other.challenge;
        ok(ntlm_package.initialize(&alice, &other.client, &leg) == SEC_E_OUT_OF_SEQUENCE && other.client->state == NTLM_STATE_COMPLETE,
           "twice\n"); /* S4.9.9 */
        end_handshake(&handshake);
        ok(ntlm_package.initialize(&alice, &handshake.client, &leg) == SEC_E_INVALID_TOKEN && !handshake.client, "at once\n"); /* S2.5.13 */
        end_handshake(&other);
    }
}

static void test_credentials(void)
{
    struct package_credential nothing;
    struct handshake handshake = new_handshake(ISC_REQ_NULL_SESSION);
    struct ntlm_authenticate message;

    /* Who asks for a null session says nobody's name, whoever's credential it is. */
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED &&
           leg_authenticate(&handshake) == SEC_E_OK,
       "legs\n"); /* S4.8.1 */
    ok(ntlm_parse_authenticate(handshake.authenticate, handshake.authenticate_size, &message) && !message.user.size && !message.nt.size &&
           message.lm.size == 1,
       "alice says who she is\n"); /* S4.8.1 */
    end_handshake(&handshake);
    double_outbound(&nothing, NULL, NULL, NULL);
    handshake.client_credential = &nothing;
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "no null session\n"); /* S4.8.1 */
    end_handshake(&handshake);
    nothing.use = SECPKG_CRED_INBOUND;
    ok(leg_negotiate(&handshake) == SEC_E_NO_CREDENTIALS && !handshake.client, "an acceptor's credential\n"); /* S2.5.1 */
    double_free(&nothing);
}

START_TEST(ntlm_client_guards)
{
    double_outbound(&alice, u"SERVER", u"alice", u"Password");
    double_inbound(&server);
    ok(ntlm_ntowf_v1(u"Password", 8, alice.nt_hash) && ntlm_lmowf_v1(u"Password", 8, alice.lm_hash), "hashes\n"); /* MS-NLMP 4.2.2.1 */
    test_pairs();
    test_names();
    test_flags();
    test_types();
    test_credentials();
    double_free(&alice);
    double_free(&server);
}

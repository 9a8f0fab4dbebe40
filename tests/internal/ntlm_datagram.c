/*
 * NTLM in datagram mode: the handshake without NEGOTIATE, messages whose numbers are the callers', lost, swapped and replayed ones.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <windef.h>
#include <winbase.h>

#include "tests/internal/ntlm_double.h"
#include "tests/internal/ntlm_hex.h"
#include "wine/test.h"

#define SIGNS ISC_REQ_INTEGRITY
#define SEALS (ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY)

static struct package_credential alice, server;

/* ---- arithmetic ----------------------------------------------------------- */

/* One message under NUMBER, in place. */
static SECURITY_STATUS numbered(SECURITY_STATUS (*call)(struct seal *, struct message *), struct seal *seal, ULONG number,
                                struct bytes *data, UCHAR signature[16])
{
    SecBuffer buffers[2] = {{16, SECBUFFER_TOKEN, signature}, {data->size, SECBUFFER_DATA, data->data}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    struct message message = {.buffers = &desc, .token = &buffers[0], .sequence = number};

    return call(seal, &message);
}

/* The keys of MS-NLMP 4.2.4, each number with a stream of its own, in whatever order. */
static void test_vectors(void)
{
    static const struct
    {
        ULONG number;
        const char *key, *data, *signature, *signed_only;
    } cases[] = {
        {7, "898ffc4477f94bd4e5d8dd9ada328870", "dac9bd8823487c1f749210822696c5816f48", "01000000b77676c8535c802407000000",
         "01000000385e43467351a29c07000000"},
        {0, "09af156913f119ba062438f2384f40f0", "c12e856a640d377cee707c8b12a1e9de4794", "01000000c2c9d046dd672bd100000000",
         "01000000e11bc13bf75b1d7500000000"},
        {7, "898ffc4477f94bd4e5d8dd9ada328870", "dac9bd8823487c1f749210822696c5816f48", "01000000b77676c8535c802407000000",
         "01000000385e43467351a29c07000000"},
    };
    struct bytes exported = unhex("55555555555555555555555555555555"), seal_key = unhex("59f600973cc4960a25480a7c196e4c58");
    struct seal client, peer;

    ok(seal_init(&client, 0xe28a8273, exported.data, true) && seal_init(&peer, 0xe28a8273, exported.data, false),
       "sessions\n"); /* MS-NLMP 4.2.4.4 */
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        struct bytes data = unhex("50006c00610069006e007400650078007400");
        UCHAR key[16], signature[16];

        ok(ntlm_datagram_key(seal_key.data, cases[i].number, key) && is_hex(key, 16, cases[i].key), "key\n"); /* S4.5.2 */
        ok(!numbered(seal_make_signature, &client, cases[i].number, &data, signature) &&
               is_hex(signature, 16, cases[i].signed_only),
           "signature %u\n", cases[i].number); /* S4.5.2 */
        ok(!numbered(seal_verify_signature, &peer, cases[i].number, &data, signature), "refused\n"); /* S4.11.1 */
        ok(!numbered(seal_encrypt_message, &client, cases[i].number, &data, signature) &&
               is_hex(data.data, data.size, cases[i].data) && is_hex(signature, 16, cases[i].signature),
           "message %u\n", cases[i].number); /* S4.5.2 */
        ok(!numbered(seal_decrypt_message, &peer, cases[i].number, &data, signature) &&
               is_hex(data.data, data.size, "50006c00610069006e007400650078007400"),
           "refused\n"); /* S4.11.1 */
    }
    seal_destroy(&client);
    seal_destroy(&peer);
}

/* ---- the handshake ----------------------------------------------------------- */

static struct handshake new_handshake(ULONG request)
{
    alice.policy.send_v1 = alice.policy.without_ess = server.policy.accept_v1 = false;
    return (struct handshake){.client_credential = &alice,
                              .server_credential = &server,
                              .client_request = request | ISC_REQ_DATAGRAM,
                              .server_request = ASC_REQ_DATAGRAM | ASC_REQ_NO_TOKEN,
                              .target = u"HTTP/server.example"};
}

/* The client begins with nothing, or not at all before the server's message comes. */
static void test_legs(void)
{
    for (int begins = 0; begins < 2; begins++)
    {
        struct handshake handshake = new_handshake(SEALS | ISC_REQ_IDENTIFY);
        struct ntlm_challenge challenge;
        struct ntlm_authenticate message;
        struct ntlm_v2_response response;
        const ULONG both = NTLM_FLAG_DATAGRAM | NTLM_FLAG_KEY_EXCH;
        UCHAR mic[16];

        if (begins)
        {
            ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && !handshake.negotiate_size, "a message\n"); /* S4.11.1 */
            ok(handshake.client_attributes & ISC_RET_DATAGRAM, "%#x\n", handshake.client_attributes);           /* header sspi.h */
        }
        ok(leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED, "CHALLENGE\n"); /* S4.11.1 */
        ok(ntlm_parse_challenge(handshake.challenge, handshake.challenge_size, &challenge) &&
               (challenge.flags & both) == both && (challenge.flags & NTLM_FLAG_ESS) && !(challenge.flags & NTLM_FLAG_OEM),
           "flags %#x\n", challenge.flags); /* MS-NLMP 3.2.5.2.1 */
        ok(leg_authenticate(&handshake) == SEC_E_OK, "AUTHENTICATE\n"); /* S4.11.1 */
        ok(ntlm_parse_authenticate(handshake.authenticate, handshake.authenticate_size, &message) &&
               (message.flags & both) == both && (message.flags & NTLM_FLAG_IDENTIFY) && message.session_key.size == 16,
           "flags %#x\n", message.flags); /* MS-NLMP 3.1.5.2.1 */
        /* The MIC covers two messages only. */
        ok(ntlm_parse_v2_response(message.nt, &response) && (response.pairs.flags & NTLM_AV_FLAG_MIC), "no MIC\n"); /* S4.4.5 */
        ok(ntlm_mic(handshake.client->exported_key, (struct wire_span){NULL, 0},
                    (struct wire_span){handshake.challenge, handshake.challenge_size},
                    (struct wire_span){handshake.authenticate, handshake.authenticate_size}, message.mic_offset, mic) &&
               !memcmp(mic, handshake.authenticate + message.mic_offset, 16),
           "another MIC\n"); /* S4.4.4 */
        ok(leg_finish(&handshake) == SEC_E_OK, "refused\n"); /* S4.11.1 */
        ok((handshake.server_attributes & (ASC_RET_DATAGRAM | ASC_RET_IDENTIFY | ASC_RET_CONFIDENTIALITY)) ==
               (ASC_RET_DATAGRAM | ASC_RET_IDENTIFY | ASC_RET_CONFIDENTIALITY),
           "%#x\n", handshake.server_attributes); /* header sspi.h */
        ok(!memcmp(handshake.client->exported_key, handshake.server->exported_key, 16), "keys\n"); /* S4.4.3 */
        end_handshake(&handshake);
    }
}

/* The status of the leg that takes what is changed. */
static SECURITY_STATUS with_challenge_flags(ULONG added, ULONG taken)
{
    struct handshake handshake = new_handshake(SEALS);
    SECURITY_STATUS status;
    ULONG flags;

    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED,
       "legs\n"); /* S4.11.1 */
    memcpy(&flags, handshake.challenge + 20, sizeof(flags));
    flags = (flags | added) & ~taken;
    memcpy(handshake.challenge + 20, &flags, sizeof(flags));
    status = leg_authenticate(&handshake);
    end_handshake(&handshake);
    return status;
}

static SECURITY_STATUS with_answer_flags(ULONG taken)
{
    struct handshake handshake = new_handshake(SEALS);
    SECURITY_STATUS status;
    ULONG flags;

    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED &&
           leg_authenticate(&handshake) == SEC_E_OK,
       "legs\n"); /* S4.11.1 */
    memcpy(&flags, handshake.authenticate + 60, sizeof(flags));
    flags &= ~taken;
    memcpy(handshake.authenticate + 60, &flags, sizeof(flags));
    status = leg_finish(&handshake);
    end_handshake(&handshake);
    return status;
}

static void test_refused(void)
{
    struct handshake handshake = new_handshake(SEALS), other;
    int accepted = 0;

    ok(with_challenge_flags(0, NTLM_FLAG_DATAGRAM) == SEC_E_INVALID_TOKEN, "not of datagrams\n");           /* MS-NLMP 2.2.2.5 */
    ok(with_challenge_flags(0, NTLM_FLAG_KEY_EXCH) == SEC_E_INVALID_TOKEN, "no KEY_EXCH\n");                /* MS-NLMP 2.2.2.5 */
    ok(with_challenge_flags(0, NTLM_FLAG_ESS) == SEC_E_UNSUPPORTED_FUNCTION, "no session security\n");      /* design 7.3 */
    ok(with_challenge_flags(0, NTLM_FLAG_128) == SEC_E_UNSUPPORTED_FUNCTION, "56 bits\n");                  /* S4.3.7 */
    ok(with_answer_flags(NTLM_FLAG_DATAGRAM) == SEC_E_INVALID_TOKEN, "an answer not of datagrams\n");       /* MS-NLMP 2.2.2.5 */
    ok(with_answer_flags(NTLM_FLAG_KEY_EXCH) == SEC_E_INVALID_TOKEN, "an answer without KEY_EXCH\n");       /* MS-NLMP 2.2.2.5 */
    ok(with_answer_flags(NTLM_FLAG_ESS) == SEC_E_UNSUPPORTED_FUNCTION, "an answer without security\n");     /* design 7.3 */
    ok(with_answer_flags(NTLM_FLAG_SEAL) == SEC_E_LOGON_DENIED, "changed under the MIC\n");                 /* S4.9.1 */

    /* A NEGOTIATE has no place there; and no empty token in connection mode. */
    handshake.client_request &= ~ISC_REQ_DATAGRAM;
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_E_INVALID_TOKEN &&
           !handshake.server,
       "NEGOTIATE\n"); /* S4.11.1 */
    handshake.negotiate_size = 0;
    handshake.server_request &= ~ASC_REQ_DATAGRAM;
    ok(leg_challenge(&handshake) == SEC_E_INVALID_TOKEN && !handshake.server, "nothing\n"); /* S2.6.3 */
    end_handshake(&handshake);

    /* Asking for datagrams later does not make one of a connection. */
    handshake = new_handshake(SEALS);
    handshake.client_request &= ~ISC_REQ_DATAGRAM;
    handshake.server_request &= ~ASC_REQ_DATAGRAM;
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED,
       "legs\n"); /* S2.5.1 */
    handshake.client_request |= ISC_REQ_DATAGRAM;
    handshake.server_request |= ASC_REQ_DATAGRAM;
    ok(leg_authenticate(&handshake) == SEC_E_OK && leg_finish(&handshake) == SEC_E_OK &&
           !(handshake.server_attributes & ASC_RET_DATAGRAM),
       "%#x\n", handshake.server_status); /* S4.3.8 */
    end_handshake(&handshake);

    /* A client that never has session security never begins. */
    handshake = new_handshake(SEALS);
    alice.policy.without_ess = true;
    ok(leg_negotiate(&handshake) == SEC_E_UNSUPPORTED_FUNCTION && !handshake.client, "level 0\n"); /* design 7.3 */
    alice.policy.without_ess = false;

    /* Any bit of either message, and the answer to another challenge. */
    handshake = new_handshake(SEALS);
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED &&
           leg_authenticate(&handshake) == SEC_E_OK,
       "legs\n"); /* S4.11.1 */
    other = new_handshake(SEALS);
    memcpy(other.authenticate, handshake.authenticate, handshake.authenticate_size);
    other.authenticate_size = handshake.authenticate_size;
    ok(leg_challenge(&other) == SEC_I_CONTINUE_NEEDED && leg_finish(&other) == SEC_E_LOGON_DENIED, "replayed\n"); /* S4.9.4 */
    end_handshake(&other);
    end_handshake(&handshake);
    for (size_t at = 0; at < handshake.authenticate_size; at++)
    {
        other = new_handshake(SEALS);
        if (leg_challenge(&other) == SEC_I_CONTINUE_NEEDED && leg_authenticate(&other) == SEC_E_OK)
        {
            other.authenticate[at] ^= 1 << at % 8;
            accepted += leg_finish(&other) >= 0;
        }
        end_handshake(&other);
    }
    ok(!accepted, "%d changed answers were accepted\n", accepted); /* S4.9.1 */
}

/* Wrong passwords, version 1 by policy, null sessions: as in connection mode. */
static void test_others(void)
{
    struct handshake handshake = new_handshake(SEALS);
    struct package_credential client;

    double_outbound(&client, u"SERVER", u"alice", u"password");
    handshake.client_credential = &client;
    ok(shake_hands(&handshake) == SEC_E_LOGON_DENIED, "a wrong password\n"); /* S4.9.5 */
    end_handshake(&handshake);
    double_free(&client);

    for (int accept = 0; accept < 2; accept++)
    {
        handshake = new_handshake(SEALS);
        alice.policy.send_v1 = true;
        server.policy.accept_v1 = accept;
        ok(ntlm_ntowf_v1(u"Password", 8, alice.nt_hash), "hash\n"); /* MS-NLMP 4.2.2.1 */
        ok(shake_hands(&handshake) == (accept ? SEC_E_OK : SEC_E_LOGON_DENIED), "version 1\n"); /* design 7.1 */
        end_handshake(&handshake);
    }

    double_outbound(&client, u"", u"", u"");
    handshake = new_handshake(SEALS);
    handshake.client_credential = &client;
    handshake.server_request |= ASC_REQ_ALLOW_NULL_SESSION;
    server.policy.allow_anonymous = true;
    ok(shake_hands(&handshake) == SEC_E_OK && (handshake.server_attributes & ASC_RET_NULL_SESSION) &&
           !(handshake.server_attributes & (ASC_RET_CONFIDENTIALITY | ASC_RET_INTEGRITY)),
       "null session: %#x\n", handshake.server_attributes); /* S4.8.1, S4.8.2 */
    server.policy.allow_anonymous = false;
    end_handshake(&handshake);
    double_free(&client);
}

/* ---- messages ----------------------------------------------------------- */

struct sent
{
    char text[16];
    UCHAR signature[16];
};

static SECURITY_STATUS call_numbered(SECURITY_STATUS (*call)(struct package_context *, struct message *),
                                     struct package_context *context, ULONG number, struct sent *sent)
{
    SecBuffer buffers[2] = {{16, SECBUFFER_TOKEN, sent->signature}, {sizeof(sent->text), SECBUFFER_DATA, sent->text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    struct message message = {.buffers = &desc, .token = &buffers[0], .sequence = number};

    return call(context, &message);
}

/* Numbers are what the callers say: messages may be lost, come in another order or again, each judged by itself. */
static void test_order(void)
{
    static const ULONG order[] = {3, 0, 2, 0, 0xffffffff, 3};
    struct handshake handshake = new_handshake(SEALS);
    struct sent sent[4], last = {.text = "the last"};

    ok(shake_hands(&handshake) == SEC_E_OK, "handshake\n"); /* S4.11.1 */
    for (ULONG i = 0; i < 4; i++)
    {
        memset(&sent[i], 'a' + (int)i, sizeof(sent[i]));
        ok(!call_numbered(ntlm_package.encrypt_message, handshake.client, i, &sent[i]), "message %u\n", i); /* S4.11.1 */
    }
    ok(!call_numbered(ntlm_package.encrypt_message, handshake.client, 0xffffffff, &last), "the last\n"); /* S4.11.1 */
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
    {
        struct sent copy = order[i] < 4 ? sent[order[i]] : last, changed = copy, number = copy;

        changed.text[3] ^= 1;
        ok(call_numbered(ntlm_package.decrypt_message, handshake.server, order[i], &changed) == SEC_E_MESSAGE_ALTERED,
           "changed\n"); /* S2.12.3 */
        ok(call_numbered(ntlm_package.decrypt_message, handshake.server, order[i] + 1, &number) == SEC_E_OUT_OF_SEQUENCE &&
               !memcmp(&number, &copy, sizeof(copy)),
           "another number\n"); /* S4.6.2 */
        number.signature[12]++;
        ok(call_numbered(ntlm_package.decrypt_message, handshake.server, order[i] < 4 ? order[i] + 1 : 0xffffff00, &number) ==
               SEC_E_MESSAGE_ALTERED,
           "under another number\n"); /* S4.6.2 */
        ok(!call_numbered(ntlm_package.decrypt_message, handshake.server, order[i], &copy), "number %u\n", order[i]); /* S4.11.1 */
        ok(order[i] > 3 ? !strcmp(copy.text, "the last") : copy.text[7] == (char)('a' + order[i]), "differs\n"); /* S2.12.7 */
    }
    /* The other direction has the same numbers and another key. */
    last = sent[0];
    ok(call_numbered(ntlm_package.decrypt_message, handshake.client, 0, &last) == SEC_E_MESSAGE_ALTERED, "reflected\n"); /* S4.5.1 */
    strcpy(last.text, "back");
    ok(!call_numbered(ntlm_package.encrypt_message, handshake.server, 0, &last) &&
           !call_numbered(ntlm_package.decrypt_message, handshake.client, 0, &last) && !strcmp(last.text, "back"),
       "back\n"); /* S4.5.1 */
    end_handshake(&handshake);
}

static void test_signed(void)
{
    struct handshake handshake = new_handshake(SIGNS);
    struct sent sent = {.text = "signed"};

    ok(shake_hands(&handshake) == SEC_E_OK, "handshake\n"); /* S4.11.1 */
    ok(!call_numbered(ntlm_package.make_signature, handshake.client, 77, &sent) && !strcmp(sent.text, "signed"), "sign\n"); /* S4.11.1 */
    ok(!call_numbered(ntlm_package.verify_signature, handshake.server, 77, &sent), "refused\n"); /* S4.11.1 */
    ok(call_numbered(ntlm_package.verify_signature, handshake.server, 78, &sent) == SEC_E_OUT_OF_SEQUENCE, "78\n"); /* S4.6.2 */
    ok(call_numbered(ntlm_package.encrypt_message, handshake.client, 78, &sent) == SEC_E_UNSUPPORTED_FUNCTION, "sealed\n"); /* S2.12.5 */
    end_handshake(&handshake);

    handshake = new_handshake(0);
    ok(shake_hands(&handshake) == SEC_E_OK, "handshake\n"); /* S4.11.1 */
    ok(!call_numbered(ntlm_package.make_signature, handshake.client, 77, &sent) && sent.signature[0] == 1 && !sent.signature[12],
       "dummy\n"); /* S4.8.3 */
    ok(!call_numbered(ntlm_package.verify_signature, handshake.server, 1, &sent), "dummy refused\n"); /* S4.8.3 */
    end_handshake(&handshake);

    /* Before the handshake is over there are no keys. */
    handshake = new_handshake(SIGNS);
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "begin\n"); /* S4.11.1 */
    ok(call_numbered(ntlm_package.make_signature, handshake.client, 0, &sent) == SEC_E_INVALID_HANDLE, "early\n"); /* S2.10.2 */
    end_handshake(&handshake);
}

START_TEST(ntlm_datagram)
{
    double_outbound(&alice, u"SERVER", u"alice", u"Password");
    double_inbound(&server);
    test_vectors();
    test_legs();
    test_refused();
    test_others();
    test_order();
    test_signed();
    double_free(&alice);
    double_free(&server);
}

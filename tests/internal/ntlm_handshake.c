/*
 * NTLM handshakes between our initiator and our acceptor, and what the acceptor refuses.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <windef.h>
#include <winbase.h>

#include "dlls/msv1_0/server.h"
#include "tests/internal/ntlm_double.h"
#include "tests/internal/ntlm_hex.h"
#include "wine/test.h"

#define FULL_PROTECTION (ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT)

static struct package_credential alice, server;

static struct handshake new_handshake(void)
{
    return (struct handshake){.client_credential = &alice,
                              .server_credential = &server,
                              .client_request = FULL_PROTECTION,
                              .server_request = ASC_REQ_NO_TOKEN,
                              .target = u"HTTP/server.example"};
}

/* A server context that has sent the recorded CHALLENGE of HANDSHAKE and gets its AUTHENTICATE. */
static SECURITY_STATUS judge(const struct handshake *handshake)
{
    struct handshake again = new_handshake();
    SECURITY_STATUS status;

    memcpy(again.negotiate, handshake->negotiate, handshake->negotiate_size);
    again.negotiate_size = handshake->negotiate_size;
    again.server_request = handshake->server_request;
    again.server_bindings = handshake->server_bindings;
    again.server_credential = handshake->server_credential;
    status = leg_challenge(&again);
    if (status == SEC_I_CONTINUE_NEEDED)
        status = server_set_challenge(again.server, (struct wire_span){handshake->negotiate, handshake->negotiate_size},
                                      (struct wire_span){handshake->challenge, handshake->challenge_size});
    memcpy(again.authenticate, handshake->authenticate, handshake->authenticate_size);
    again.authenticate_size = handshake->authenticate_size;
    if (!status) status = leg_finish(&again);
    end_handshake(&again);
    return status;
}

static void test_good(void)
{
    struct handshake handshake = new_handshake();
    const ULONG client_ret =
        ISC_RET_INTEGRITY | ISC_RET_CONFIDENTIALITY | ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT;
    const ULONG server_ret =
        ASC_RET_INTEGRITY | ASC_RET_CONFIDENTIALITY | ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT;
    SecPkgContext_SessionKey client_key, server_key;
    SecPkgContext_ClientSpecifiedTarget target;
    SecPkgContext_NamesW names;
    SecPkgContext_Sizes sizes;
    SecPkgContext_LastClientTokenStatus last;
    SecPkgContext_KeyInfoW info;
    PACCESS_TOKEN token;

    ok(shake_hands(&handshake) == SEC_E_OK, "status %#x\n", handshake.server_status);           /* S2.6.7 */
    ok(handshake.client_attributes == client_ret, "client %#x\n", handshake.client_attributes); /* S4.3.8 */
    ok(handshake.server_attributes == server_ret, "server %#x\n", handshake.server_attributes);

    /* S4.4.4 */
    ok(!ntlm_package.query_context(handshake.client, SECPKG_ATTR_SESSION_KEY, &client_key), "client's key\n");
    ok(!ntlm_package.query_context(handshake.server, SECPKG_ATTR_SESSION_KEY, &server_key), "server's key\n");
    ok(client_key.SessionKeyLength == 16 && server_key.SessionKeyLength == 16 &&
           !memcmp(client_key.SessionKey, server_key.SessionKey, 16),
       "keys differ\n");
    guise_free(client_key.SessionKey);
    guise_free(server_key.SessionKey);

    ok(!ntlm_package.query_context(handshake.server, SECPKG_ATTR_NAMES, &names), "names\n"); /* S3.3.1 */
    ok(!memcmp(names.sUserName, u"SERVER\\alice", sizeof(u"SERVER\\alice")), "%s\n", wine_dbgstr_w(names.sUserName));
    guise_free(names.sUserName);
    ok(!ntlm_package.query_context(handshake.server, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target),
       "target\n"); /* S3.3.7 */
    ok(!memcmp(target.sTargetName, u"HTTP/server.example", sizeof(u"HTTP/server.example")), "%s\n",
       wine_dbgstr_w(target.sTargetName));
    guise_free(target.sTargetName);

    ok(!ntlm_package.query_context(handshake.client, SECPKG_ATTR_SIZES, &sizes), "sizes\n"); /* S3.2.1 */
    ok(sizes.cbMaxToken == 2888 && sizes.cbMaxSignature == 16 && sizes.cbSecurityTrailer == 16 && !sizes.cbBlockSize,
       "sizes\n");
    ok(ntlm_package.query_context(handshake.client, SECPKG_ATTR_STREAM_SIZES, &sizes) == SEC_E_UNSUPPORTED_FUNCTION,
       "stream sizes\n");                                                                         /* S3.3.2 */
    ok(!ntlm_package.query_context(handshake.client, SECPKG_ATTR_KEY_INFO, &info), "key info\n"); /* S3.3.3 */
    ok(info.KeySize == 128 && info.SignatureAlgorithm == 0xffffff76 && info.EncryptAlgorithm == 0x6801 &&
           !memcmp(info.sSignatureAlgorithmName, u"HMAC-MD5", sizeof(u"HMAC-MD5")) &&
           !memcmp(info.sEncryptAlgorithmName, u"RSADSI RC4", sizeof(u"RSADSI RC4")),
       "key info\n");
    guise_free(info.sSignatureAlgorithmName);
    guise_free(info.sEncryptAlgorithmName);

    ok(!ntlm_package.query_context(handshake.client, SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, &last) &&
           last.LastClientTokenStatus == SecPkgAttrLastClientTokenYes,
       "last token\n"); /* S3.3.8 */

    /* S2.11.1 */
    ok(ntlm_package.context_token(handshake.server, &token) == SEC_E_NO_IMPERSONATION,
       "a token in spite of NO_TOKEN\n");
    ok(ntlm_package.context_token(handshake.client, &token) == SEC_E_NO_IMPERSONATION, "a client's token\n");
    ok(leg_finish(&handshake) == SEC_E_OUT_OF_SEQUENCE, "a second AUTHENTICATE\n"); /* S4.9.9 */
    ok(leg_authenticate(&handshake) == SEC_E_OUT_OF_SEQUENCE, "a second CHALLENGE\n");
    end_handshake(&handshake);
}

static void is_answered(const WCHAR *domain, const WCHAR *user, const WCHAR *password, SECURITY_STATUS expected)
{
    struct package_credential credential;
    struct handshake handshake = new_handshake();
    SECURITY_STATUS status;

    double_outbound(&credential, domain, user, password);
    handshake.client_credential = &credential;
    status = shake_hands(&handshake);
    ok(status == expected, "%s: %#x\n", wine_dbgstr_w(user), status); /* callers cite */
    if (expected)
    {
        PACCESS_TOKEN token;

        ok(leg_finish(&handshake) == SEC_E_OUT_OF_SEQUENCE, "a refused context goes on\n"); /* callers cite */
        ok(ntlm_package.context_token(handshake.server, &token) == SEC_E_NO_IMPERSONATION,
           "a token\n"); /* callers cite */
    }
    end_handshake(&handshake);
    double_free(&credential);
}

static void test_accounts(void)
{
    int before = double_authorised;

    is_answered(u"SERVER", u"alice", u"password", SEC_E_LOGON_DENIED);  /* S4.9.5 */
    is_answered(u"SERVER", u"alice", u"", SEC_E_LOGON_DENIED);          /* S4.9.5 */
    is_answered(u"SERVER", u"nobody", u"Password", SEC_E_LOGON_DENIED); /* S4.9.5 */
    is_answered(u"SERVER", u"dave", u"Password", SEC_E_LOGON_DENIED);   /* S4.9.5 */
    is_answered(u"SERVER", u"dave", u"", SEC_E_LOGON_DENIED);           /* S4.9.5 */
    is_answered(u"SERVER", u"bob", u"Password", SEC_E_LOGON_DENIED);    /* S4.9.6 */
    is_answered(u"SERVER", u"carol", u"Password", SEC_E_LOGON_DENIED);  /* S4.9.6 */
    ok(double_authorised == before, "somebody was authorised\n");       /* S4.9.5 */

    is_answered(u"SERVER", u"ALICE", u"Password", SEC_E_OK);                                 /* S4.4.2 */
    is_answered(u"", u"alice", u"Password", SEC_E_OK);                                       /* S4.4.2 */
    is_answered(u"example", u"alice", u"Password", SEC_E_OK);                                /* S4.4.2 */
    is_answered(u"server", u"m\u00dcLLER", u"Password", SEC_E_OK);                           /* S4.4.2 */
    ok(double_authorised == before + 4, "%d were authorised\n", double_authorised - before); /* S4.9.5 */
}

/* Some clients hash another spelling of the domain than they send. */
static void test_domain_spellings(void)
{
    static const WCHAR *const sent[] = {u"SERVER", u"EXAMPLE", u"example", u"Server", u"ELSEWHERE"};
    static const WCHAR *const hashed[] = {u"", u"", u"SERVER", u"example", u""};

    for (size_t i = 0; i < sizeof(sent) / sizeof(sent[0]); i++)
    {
        struct package_credential credential, other;
        struct handshake handshake = new_handshake();

        double_outbound(&credential, hashed[i], u"alice", u"Password");
        double_outbound(&other, sent[i], u"alice", u"Password");
        memcpy(other.ntowf_v2, credential.ntowf_v2, sizeof(other.ntowf_v2));
        handshake.client_credential = &other;
        ok(shake_hands(&handshake) == SEC_E_OK, "%s for %s: %#x\n", wine_dbgstr_w(hashed[i]), wine_dbgstr_w(sent[i]),
           handshake.server_status); /* S4.4.2 */
        end_handshake(&handshake);
        double_free(&credential);
        double_free(&other);
    }
}

/* With a MIC there is no byte of AUTHENTICATE that may differ. */
static void test_flipped_bytes(void)
{
    struct handshake handshake = new_handshake();
    int accepted = 0;

    ok(shake_hands(&handshake) == SEC_E_OK && judge(&handshake) == SEC_E_OK, "the unchanged one\n"); /* S4.9.1 */
    for (size_t i = 0; i < handshake.authenticate_size; i++)
    {
        for (int bit = 1; bit < 256; bit <<= 1)
        {
            handshake.authenticate[i] ^= bit;
            if (judge(&handshake) >= 0)
            {
                accepted++;
                trace("byte %d bit %#x\n", (int)i, bit);
            }
            handshake.authenticate[i] ^= bit;
        }
    }
    ok(!accepted, "%d changed messages were accepted\n", accepted); /* S4.9.7 */

    /* The MIC covers the other two messages as well. */
    handshake.negotiate[12] ^= 4;                                       /* REQUEST_TARGET */
    ok(judge(&handshake) == SEC_E_LOGON_DENIED, "changed NEGOTIATE\n"); /* S4.4.4 */
    handshake.negotiate[12] ^= 4;
    handshake.challenge[handshake.challenge_size - 30] ^= 1;
    ok(judge(&handshake) == SEC_E_LOGON_DENIED, "changed CHALLENGE\n"); /* S4.4.4 */
    end_handshake(&handshake);
}

/* The announcement of the MIC lies in what the proof covers: leaving the MIC out does not help. */
static void test_stripped_mic(void)
{
    struct handshake handshake = new_handshake();
    struct ntlm_authenticate message;
    UCHAR copy[4096];

    handshake.client_request = 0;                           /* no session security: nothing but the MIC would notice */
    ok(shake_hands(&handshake) == SEC_E_OK, "handshake\n"); /* S4.9.1 */
    memcpy(copy, handshake.authenticate, handshake.authenticate_size);
    ok(ntlm_parse_authenticate(copy, handshake.authenticate_size, &message) && message.mic_offset == 72, "MIC\n");
    message.mic_offset = 0;
    handshake.authenticate_size = ntlm_authenticate_size(&message);
    ok(ntlm_write_authenticate(&message, handshake.authenticate, handshake.authenticate_size), "cannot write\n");
    ok(judge(&handshake) == SEC_E_LOGON_DENIED, "accepted without its MIC\n"); /* S4.9.7 */
    message.mic_offset = 72;                                                   /* zeros */
    handshake.authenticate_size = ntlm_authenticate_size(&message);
    ok(ntlm_write_authenticate(&message, handshake.authenticate, handshake.authenticate_size), "cannot write\n");
    ok(judge(&handshake) == SEC_E_LOGON_DENIED, "accepted with zeros for a MIC\n"); /* S4.9.7 */
    end_handshake(&handshake);
}

/* A challenge without Timestamp brings an answer without MIC: then it is the proof alone that decides. */
static void test_without_mic(void)
{
    struct bytes negotiate = unhex(CAPTURED_NEGOTIATE), challenge = unhex(CHALLENGE_V2);
    struct handshake handshake = new_handshake();
    struct ntlm_authenticate message;
    struct ntlm_v2_response response;
    int accepted = 0;
    size_t at;

    /* The NEGOTIATE does not matter without a MIC; the acceptor only has to have had one. */
    memcpy(handshake.negotiate, negotiate.data, negotiate.size);
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n"); /* S2.5.1 */
    memcpy(handshake.challenge, challenge.data, challenge.size);
    handshake.challenge_size = challenge.size;
    ok(leg_authenticate(&handshake) == SEC_E_OK, "AUTHENTICATE\n");
    ok(ntlm_parse_authenticate(handshake.authenticate, handshake.authenticate_size, &message) && !message.mic_offset,
       "a MIC without Timestamp\n");                                                      /* S4.4.5 */
    ok(message.lm.size == 24 && memcmp(message.lm.data, unhex("00").data, 16), "LMv2\n"); /* S4.4.2 */
    ok(ntlm_parse_v2_response(message.nt, &response) && !(response.pairs.flags & NTLM_AV_FLAG_MIC),
       "flags\n");                                  /* S4.4.5 */
    ok(judge(&handshake) == SEC_E_OK, "refused\n"); /* S4.9.5 */

    at = message.nt.data - handshake.authenticate;
    for (size_t i = at; i < at + message.nt.size; i++)
    {
        handshake.authenticate[i] ^= 0x10;
        if (judge(&handshake) >= 0) accepted++;
        handshake.authenticate[i] ^= 0x10;
    }
    ok(!accepted, "%d changed responses were accepted\n", accepted); /* S4.9.5 */
    end_handshake(&handshake);
}

/* What a challenge says of a MIC does not make an answer without one announce it: its server would have to refuse it. */
static void test_challenge_with_flags(void)
{
    struct bytes challenge = unhex(CHALLENGE_V2);
    struct handshake handshake = new_handshake();
    struct ntlm_authenticate message;
    struct ntlm_v2_response response;
    struct ntlm_challenge parsed;
    struct wire_writer writer;
    UCHAR info[256];

    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n"); /* S2.5.1 */
    ok(ntlm_parse_challenge(challenge.data, challenge.size, &parsed), "CHALLENGE\n"); /* S4.10.4 */
    wire_writer_init(&writer, info, sizeof(info));
    wire_write_u32(&writer, NTLM_AV_FLAGS | 4 << 16);
    wire_write_u32(&writer, NTLM_AV_FLAG_CONSTRAINED | NTLM_AV_FLAG_MIC);
    wire_write_span(&writer, parsed.target_info);
    parsed.target_info = (struct wire_span){info, writer.length};
    handshake.challenge_size = ntlm_challenge_size(&parsed);
    ok(ntlm_write_challenge(&parsed, handshake.challenge, handshake.challenge_size), "cannot write\n");
    ok(leg_authenticate(&handshake) == SEC_E_OK, "AUTHENTICATE\n"); /* S2.5.12 */
    ok(ntlm_parse_authenticate(handshake.authenticate, handshake.authenticate_size, &message) && !message.mic_offset &&
           ntlm_parse_v2_response(message.nt, &response) && response.pairs.flags == NTLM_AV_FLAG_CONSTRAINED,
       "a MIC is announced\n"); /* S4.4.5 */
    ok(judge(&handshake) == SEC_E_OK, "refused\n"); /* S4.9.1 */
    end_handshake(&handshake);
}

/*
 * Who takes the time out of a challenge on the way gets an answer without MIC, and alters what he likes; who takes all pairs out gets one
 * that says nothing about channel and target.
 */
static void test_taken_out(bool all)
{
    struct handshake handshake = new_handshake();
    struct ntlm_challenge parsed;
    struct ntlm_authenticate message;
    struct ntlm_av_pairs pairs;
    UCHAR sent[4096], info[1024];
    struct wire_writer writer;
    size_t sent_size;

    handshake.client_request = 0; /* with protection a client wants names (S4.4.8) */
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED, "legs\n"); /* S2.6.3 */
    memcpy(sent, handshake.challenge, sent_size = handshake.challenge_size);
    ok(ntlm_parse_challenge(sent, sent_size, &parsed) && ntlm_parse_av_pairs(parsed.target_info, &pairs) && pairs.has_timestamp,
       "no time\n"); /* S4.4.5 */
    wire_writer_init(&writer, info, sizeof(info));
    wire_write_bytes(&writer, parsed.target_info.data, pairs.size - 12); /* the time is the last pair */
    wire_write_zero(&writer, 4);
    parsed.target_info = (struct wire_span){info, all ? 0 : writer.length};
    if (all) parsed.flags &= ~NTLM_FLAG_TARGET_INFO;
    handshake.challenge_size = ntlm_challenge_size(&parsed);
    ok(ntlm_write_challenge(&parsed, handshake.challenge, handshake.challenge_size) && leg_authenticate(&handshake) == SEC_E_OK,
       "no answer\n"); /* S4.4.5 */
    ok(ntlm_parse_authenticate(handshake.authenticate, handshake.authenticate_size, &message) && !message.mic_offset, "MIC\n"); /* S4.4.5 */
    ok(judge(&handshake) == SEC_E_OK, "refused by a server that said no time\n"); /* S4.9.1 */
    memcpy(handshake.challenge, sent, handshake.challenge_size = sent_size);
    ok(judge(&handshake) == SEC_E_LOGON_DENIED, "accepted\n"); /* design 7.1 */

    /* Through the true context too. */
    ok(leg_finish(&handshake) == SEC_E_LOGON_DENIED, "accepted\n"); /* design 7.1 */
    end_handshake(&handshake);
}

static void test_replay(void)
{
    struct handshake first = new_handshake(), second = new_handshake();

    ok(shake_hands(&first) == SEC_E_OK, "first\n"); /* S4.9.4 */
    ok(leg_negotiate(&second) == SEC_I_CONTINUE_NEEDED && leg_challenge(&second) == SEC_I_CONTINUE_NEEDED, "second\n");
    memcpy(second.authenticate, first.authenticate, first.authenticate_size);
    second.authenticate_size = first.authenticate_size;
    ok(leg_finish(&second) == SEC_E_LOGON_DENIED, "replayed\n");
    end_handshake(&first);
    end_handshake(&second);
}

static void test_bindings(void)
{
    static const struct
    {
        bool client, server, other;
        ULONG request;
        SECURITY_STATUS expected;
    } cases[] = {
        /* rows cite */
        {false, false, false, 0, SEC_E_OK},
        {true, false, false, 0, SEC_E_OK},
        {true, true, false, 0, SEC_E_OK},
        {true, true, true, 0, SEC_E_BAD_BINDINGS},
        {false, true, false, 0, SEC_E_BAD_BINDINGS},
        {false, true, false, ASC_REQ_ALLOW_MISSING_BINDINGS, SEC_E_BAD_BINDINGS}, /* zeros are not absence */
        {true, true, true, ASC_REQ_ALLOW_MISSING_BINDINGS, SEC_E_BAD_BINDINGS},
        {true, true, false, ASC_REQ_ALLOW_MISSING_BINDINGS, SEC_E_OK},
        {true, true, true, ASC_REQ_PROXY_BINDINGS, SEC_E_OK},
        {true, false, false, ASC_REQ_PROXY_BINDINGS, SEC_E_OK},
        {false, false, false, ASC_REQ_PROXY_BINDINGS, SEC_E_BAD_BINDINGS},
        {false, true, false, ASC_REQ_PROXY_BINDINGS, SEC_E_BAD_BINDINGS},
    };
    struct
    {
        SEC_CHANNEL_BINDINGS header;
        UCHAR data[32];
    } ours = {.header = {.cbApplicationDataLength = 32, .dwApplicationDataOffset = sizeof(SEC_CHANNEL_BINDINGS)}},
      other = ours;

    other.data[31] = 1;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        struct handshake handshake = new_handshake();
        SECURITY_STATUS status;

        handshake.server_request |= cases[i].request;
        if (cases[i].client) handshake.client_bindings = (struct wire_span){(UCHAR *)&ours, sizeof(ours)};
        if (cases[i].server)
            handshake.server_bindings = (struct wire_span){(UCHAR *)(cases[i].other ? &other : &ours), sizeof(ours)};
        status = shake_hands(&handshake);
        ok(status == cases[i].expected, "case %d: %#x\n", (int)i, status); /* S4.9.2, S4.9.8 */
        end_handshake(&handshake);
    }
}

/* Clients that know nothing of bindings: no pair 10 at all. */
static void test_missing_bindings(void)
{
    struct bytes challenge = unhex(CHALLENGE_V2), response = unhex(AUTHENTICATE_V2);
    SEC_CHANNEL_BINDINGS bindings = {0};
    struct handshake handshake = new_handshake();
    struct ntlm_authenticate message;
    UCHAR nt[84], proof[16], base[16], session_key[16] = {1};
    bool parsed = ntlm_parse_authenticate(response.data, response.size, &message);

    /* The response of MS-NLMP 4.2.4 for alice, with the time of now. */
    memcpy(nt, message.nt.data, sizeof(nt));
    wire_write_u64(&(struct wire_writer){nt + 24, 8, 0, false}, ntlm_now());
    ok(parsed && ntlm_v2_proof(alice.ntowf_v2, challenge.data + 24, (struct wire_span){nt + 16, 68}, proof, base),
       "proof\n"); /* S4.4.2 */
    memcpy(nt, proof, 16);
    message.nt = (struct wire_span){nt, sizeof(nt)};
    message.user = (struct wire_span){(const UCHAR *)u"alice", 10};
    message.domain = ntlm_text_span(&alice.domain);
    message.session_key = (struct wire_span){session_key, 16};
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n"); /* S2.5.1 */
    memcpy(handshake.challenge, challenge.data, challenge.size);
    handshake.challenge_size = challenge.size;
    handshake.authenticate_size = ntlm_authenticate_size(&message);
    ok(ntlm_write_authenticate(&message, handshake.authenticate, handshake.authenticate_size),
       "AUTHENTICATE\n"); /* S4.10.5 */

    ok(judge(&handshake) == SEC_E_OK, "no bindings given\n"); /* S4.9.2 */
    handshake.server_bindings = (struct wire_span){(UCHAR *)&bindings, sizeof(bindings)};
    ok(judge(&handshake) == SEC_E_BAD_BINDINGS, "bindings missing\n"); /* S4.9.2 */
    handshake.server_request |= ASC_REQ_ALLOW_MISSING_BINDINGS;
    ok(judge(&handshake) == SEC_E_OK, "missing bindings allowed\n"); /* S4.9.2 */
    handshake.server_request |= ASC_REQ_PROXY_BINDINGS;
    ok(judge(&handshake) == SEC_E_UNSUPPORTED_FUNCTION, "both flags\n"); /* S2.6.6 */
    handshake.server_request &= ~ASC_REQ_ALLOW_MISSING_BINDINGS;
    ok(judge(&handshake) == SEC_E_BAD_BINDINGS, "a proxy's client without bindings\n"); /* S4.9.2 */
    message.session_key.size = 15;
    handshake.server_request = ASC_REQ_NO_TOKEN;
    handshake.server_bindings.size = 0;
    handshake.authenticate_size = ntlm_authenticate_size(&message);
    ok(ntlm_write_authenticate(&message, handshake.authenticate, handshake.authenticate_size) &&
           judge(&handshake) == SEC_E_INVALID_TOKEN,
       "a session key of 15 bytes\n"); /* S4.4.3 */
    end_handshake(&handshake);
}

/* HOURS off our clock, by way of the challenge whose time the client echoes. */
static SECURITY_STATUS answer_at(int hours)
{
    struct handshake handshake = new_handshake();
    SECURITY_STATUS status = leg_negotiate(&handshake);
    struct ntlm_challenge challenge;
    struct ntlm_av_pairs pairs;

    if (status == SEC_I_CONTINUE_NEEDED) status = leg_challenge(&handshake);
    if (!ntlm_parse_challenge(handshake.challenge, handshake.challenge_size, &challenge) ||
        !ntlm_parse_av_pairs(challenge.target_info, &pairs) || !pairs.has_timestamp)
        return SEC_E_INTERNAL_ERROR;
    /* The Timestamp is the last pair before EOL. */
    wire_write_u64(&(struct wire_writer){handshake.challenge + handshake.challenge_size - 12, 8, 0, false},
                   pairs.timestamp + hours * 36000000000ll);
    if (status == SEC_I_CONTINUE_NEEDED) status = leg_authenticate(&handshake);
    if (!status) status = judge(&handshake);
    end_handshake(&handshake);
    return status;
}

static void test_time(void)
{
    /* S4.9.3 */
    ok(answer_at(0) == SEC_E_OK, "now\n");
    ok(answer_at(-35) == SEC_E_OK, "35 hours ago\n");
    ok(answer_at(35) == SEC_E_OK, "in 35 hours\n");
    ok(answer_at(-37) == SEC_E_LOGON_DENIED, "37 hours ago\n");
    ok(answer_at(37) == SEC_E_LOGON_DENIED, "in 37 hours\n");
}

/* What Windows 7 sent to Windows Server 2008 R2 would have let it in here too, certificate and all. */
static void test_capture(void)
{
    struct bytes negotiate = unhex(CAPTURED_NEGOTIATE), challenge = unhex(CAPTURED_CHALLENGE);
    struct bytes authenticate = unhex(CAPTURED_AUTHENTICATE), hash = unhex(CAPTURED_CERTIFICATE);
    struct package_credential credential;
    struct handshake handshake = new_handshake();
    struct
    {
        SEC_CHANNEL_BINDINGS header;
        UCHAR data[53];
    } bindings = {.header = {.cbApplicationDataLength = 53, .dwApplicationDataOffset = sizeof(SEC_CHANNEL_BINDINGS)}};

    double_inbound(&credential);
    handshake.server_credential = &credential;
    memcpy(bindings.data, "tls-server-end-point:", 21);
    memcpy(bindings.data + 21, hash.data, 32);
    handshake.server_bindings = (struct wire_span){(UCHAR *)&bindings, sizeof(bindings.header) + 53};
    memcpy(handshake.negotiate, negotiate.data, handshake.negotiate_size = negotiate.size);
    memcpy(handshake.challenge, challenge.data, handshake.challenge_size = challenge.size);
    memcpy(handshake.authenticate, authenticate.data, handshake.authenticate_size = authenticate.size);

    ok(judge(&handshake) == SEC_E_LOGON_DENIED, "years later\n"); /* S4.9.3 */
    credential.policy.max_skew = ~0ull;
    ok(judge(&handshake) == SEC_E_OK, "refused\n"); /* S4.10.6 */
    bindings.data[52] ^= 1;
    ok(judge(&handshake) == SEC_E_BAD_BINDINGS, "another certificate\n"); /* S4.9.8 */
    bindings.data[52] ^= 1;
    handshake.authenticate[80] ^= 1;
    ok(judge(&handshake) == SEC_E_LOGON_DENIED, "another MIC\n"); /* S4.9.7 */
    double_free(&credential);
}

static void test_versions(void)
{
    struct bytes challenge = unhex(CHALLENGE_V1), authenticate = unhex(AUTHENTICATE_V1);
    struct handshake handshake = new_handshake();

    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n"); /* S2.5.1 */
    memcpy(handshake.challenge, challenge.data, handshake.challenge_size = challenge.size);
    memcpy(handshake.authenticate, authenticate.data, handshake.authenticate_size = authenticate.size);
    ok(judge(&handshake) == SEC_E_LOGON_DENIED, "NTLMv1 was let in\n"); /* MS-NLMP 3.2.5.1.2 */
    end_handshake(&handshake);
}

/* The 32 bytes of curl and impacket. */
static void test_short_negotiate(void)
{
    static const char *const messages[] = {
        "4e544c4d53535000010000000682080000000000000000000000000000000000", /* curl: OEM, no 128, no TARGET_INFO */
        "4e544c4d53535000010000000502886000000000000000000000000000000000",
        "4e544c4d5353500001000000358288e000000000000000000000000000000000", /* impacket, signing */
        "4e544c4d535350000100000007b208a200000000000000000000000000000000", /* names announced, none there */
    };

    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
    {
        struct bytes negotiate = unhex(messages[i]);
        struct handshake handshake = new_handshake();
        struct ntlm_challenge challenge;
        struct ntlm_av_pairs pairs;

        memcpy(handshake.negotiate, negotiate.data, handshake.negotiate_size = negotiate.size);
        ok(leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED, "message %d\n", (int)i); /* S4.1.1 */
        ok(ntlm_parse_challenge(handshake.challenge, handshake.challenge_size, &challenge), "CHALLENGE\n");
        /* S4.3.6 */
        ok((challenge.flags & NTLM_FLAG_TARGET_INFO) && (challenge.flags & NTLM_FLAG_NTLM), "flags %#x\n",
           challenge.flags);
        ok(!(challenge.flags & NTLM_FLAG_OEM) != !(challenge.flags & NTLM_FLAG_UNICODE), "flags %#x\n",
           challenge.flags);
        ok(ntlm_parse_av_pairs(challenge.target_info, &pairs) && pairs.has_nb_computer && pairs.has_nb_domain &&
               pairs.has_timestamp && !pairs.flags,
           "pairs\n"); /* S4.4.8 */
        end_handshake(&handshake);
    }
}

/* AUTHENTICATE as curl makes it: OEM names, 64 bytes of header, no version, no MIC, the challenge's pairs unchanged. */
static void test_oem_client(void)
{
    struct bytes negotiate = unhex("4e544c4d53535000010000000682080000000000000000000000000000000000");
    struct handshake handshake = new_handshake();
    struct package_credential credential;
    struct ntlm_challenge challenge;
    struct wire_writer writer;
    UCHAR nt[1024] = {0}, base[16], proof[16];
    size_t nt_size;

    double_outbound(&credential, u"", u"alice", u"Password");
    memcpy(handshake.negotiate, negotiate.data, handshake.negotiate_size = negotiate.size);
    ok(leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED &&
           ntlm_parse_challenge(handshake.challenge, handshake.challenge_size, &challenge),
       "CHALLENGE\n"); /* S4.1.1 */
    ok(challenge.target_name.size == 6 && !memcmp(challenge.target_name.data, "SERVER", 6),
       "target name\n"); /* MS-NLMP 2.2.1.2 */

    wire_writer_init(&writer, nt + 16, sizeof(nt) - 16);
    wire_write_u64(&writer, 0x0101);
    wire_write_u64(&writer, ntlm_now());
    wire_write_zero(&writer, 12);
    wire_write_span(&writer, challenge.target_info);
    wire_write_zero(&writer, 4);
    nt_size = 16 + writer.length;
    ok(ntlm_v2_proof(credential.ntowf_v2, challenge.server_challenge, (struct wire_span){nt + 16, nt_size - 16}, proof,
                     base),
       "proof\n"); /* S4.4.2 */
    memcpy(nt, proof, 16);

    wire_writer_init(&writer, handshake.authenticate, sizeof(handshake.authenticate));
    wire_write_bytes(&writer, "NTLMSSP\0\3\0\0", 12);
    wire_write_u64(&writer, 24 | 24 << 16 | 64ull << 32);
    wire_write_u64(&writer, nt_size | nt_size << 16 | 88ull << 32);
    wire_write_u64(&writer, (88ull + nt_size) << 32);
    wire_write_u64(&writer, 5 | 5 << 16 | (88ull + nt_size) << 32);
    wire_write_u64(&writer, 2 | 2 << 16 | (93ull + nt_size) << 32);
    wire_write_u64(&writer, 0);
    wire_write_u32(&writer, challenge.flags);
    wire_write_zero(&writer, 24);
    wire_write_bytes(&writer, nt, nt_size);
    wire_write_bytes(&writer, "alicePC", 7);
    handshake.authenticate_size = writer.length;
    ok(!writer.failed && leg_finish(&handshake) == SEC_E_OK, "refused\n"); /* S4.4.2 */
    ok(!(handshake.server_attributes & (ASC_RET_INTEGRITY | ASC_RET_CONFIDENTIALITY)),
       "protection nobody asked for\n"); /* S4.3.8 */
    end_handshake(&handshake);
    double_free(&credential);
}

static void test_strength(void)
{
    struct bytes weak = unhex("4e544c4d5353500001000000358208c000000000000000000000000000000000");
    struct handshake handshake = new_handshake();
    struct bytes challenge = unhex(CHALLENGE_V2);

    memcpy(handshake.negotiate, weak.data, handshake.negotiate_size = weak.size);
    ok(leg_challenge(&handshake) == SEC_E_UNSUPPORTED_FUNCTION, "56 bits on the server\n"); /* S4.3.7 */
    ok(!handshake.server, "a context in spite of it\n");                                    /* S2.5.3 */

    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n"); /* S4.3.7 */
    challenge.data[23] &= ~0x20;
    memcpy(handshake.challenge, challenge.data, handshake.challenge_size = challenge.size);
    ok(leg_authenticate(&handshake) == SEC_E_UNSUPPORTED_FUNCTION, "56 bits on the client\n"); /* S4.3.7 */
    end_handshake(&handshake);
}

static void test_anonymous(void)
{
    static const struct
    {
        ULONG request;
        bool allow;
        SECURITY_STATUS expected;
    } cases[] = {
        {0, false, SEC_E_LOGON_DENIED},
        {0, true, SEC_E_LOGON_DENIED},
        {ASC_REQ_ALLOW_NULL_SESSION, false, SEC_E_LOGON_DENIED},
        {ASC_REQ_ALLOW_NULL_SESSION, true, SEC_E_OK},
    };
    struct package_credential nobody, inbound;

    double_outbound(&nobody, u"", u"", u"");
    double_inbound(&inbound);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        struct handshake handshake = new_handshake();
        SECURITY_STATUS status;
        UCHAR token[16];

        inbound.policy.allow_anonymous = cases[i].allow;
        handshake.client_credential = &nobody;
        handshake.server_credential = &inbound;
        handshake.server_request |= cases[i].request;
        status = shake_hands(&handshake);
        ok(status == cases[i].expected, "case %d: %#x\n", (int)i, status); /* S4.8.1 */
        if (!status)
        {
            ok(handshake.server_attributes == ASC_RET_NULL_SESSION, "server %#x\n",
               handshake.server_attributes); /* S4.8.1 */
            ok(handshake.client_attributes == ISC_RET_NULL_SESSION, "client %#x\n", handshake.client_attributes);
            ok(one_message(ntlm_package.encrypt_message, handshake.client, NULL, 0, token) ==
                   SEC_E_UNSUPPORTED_FUNCTION,
               "a null session seals\n"); /* S4.8.2 */
        }
        end_handshake(&handshake);
    }
    double_free(&nobody);
    double_free(&inbound);
}

/* What the server asks for holds from the call in which it says so on. */
static void test_requests(void)
{
    struct handshake handshake = new_handshake();

    handshake.server_request = ASC_REQ_NO_TOKEN | ASC_REQ_IDENTIFY | ASC_REQ_PROXY_BINDINGS;
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED &&
           leg_authenticate(&handshake) == SEC_E_OK,
       "all but the last leg\n"); /* S2.5.1 */
    handshake.server_request = ASC_REQ_ALLOW_MISSING_BINDINGS;
    ok(leg_finish(&handshake) == SEC_E_UNSUPPORTED_FUNCTION, "both flags, one after the other\n"); /* S2.6.6 */
    end_handshake(&handshake);

    handshake = new_handshake();
    handshake.server_request = ASC_REQ_NO_TOKEN | ASC_REQ_IDENTIFY;
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED &&
           leg_authenticate(&handshake) == SEC_E_OK,
       "all but the last leg\n"); /* S2.5.1 */
    handshake.server_request = 0;
    double_level = SecurityAnonymous;
    ok(leg_finish(&handshake) == SEC_E_OK, "a token was asked for\n");                   /* S2.5.1 */
    ok(double_level == SecurityIdentification, "level %d\n", double_level);              /* S9.1.4 */
    end_handshake(&handshake);

    handshake = new_handshake();
    ok(shake_hands(&handshake) == SEC_E_OK, "without IDENTIFY\n");                       /* S2.5.1 */
    ok(double_level == SecurityImpersonation, "level %d\n", double_level);               /* S9.1.4 */
    end_handshake(&handshake);
}

static void test_flags(void)
{
    struct handshake handshake = new_handshake();
    struct package_credential nothing;
    struct bytes challenge;
    struct ntlm_negotiate negotiate;

    handshake.client_request = ISC_REQ_IDENTIFY | ISC_REQ_CONNECTION;
    ok(shake_hands(&handshake) == SEC_E_OK, "IDENTIFY\n"); /* S2.5.23 */
    ok(handshake.client_attributes == (ISC_RET_IDENTIFY | ISC_RET_CONNECTION), "client %#x\n",
       handshake.client_attributes);
    ok(handshake.server_attributes == ASC_RET_IDENTIFY, "server %#x\n", handshake.server_attributes);
    end_handshake(&handshake);

    handshake.client_request = ISC_REQ_CONFIDENTIALITY;
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED &&
           ntlm_parse_negotiate(handshake.negotiate, handshake.negotiate_size, &negotiate),
       "SEAL\n"); /* S4.3.2 */
    ok((negotiate.flags & (NTLM_FLAG_SIGN | NTLM_FLAG_SEAL)) == NTLM_FLAG_SEAL, "%#x\n", negotiate.flags);
    end_handshake(&handshake);
    handshake.client_request = ISC_REQ_SEQUENCE_DETECT;
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED &&
           ntlm_parse_negotiate(handshake.negotiate, handshake.negotiate_size, &negotiate),
       "SIGN\n"); /* S4.3.1 */
    ok((negotiate.flags & (NTLM_FLAG_SIGN | NTLM_FLAG_SEAL)) == NTLM_FLAG_SIGN, "%#x\n", negotiate.flags);
    end_handshake(&handshake);
    handshake.client_request = ISC_REQ_MUTUAL_AUTH | ISC_REQ_DELEGATE | ISC_REQ_USE_DCE_STYLE | ISC_REQ_EXTENDED_ERROR;
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED &&
           ntlm_parse_negotiate(handshake.negotiate, handshake.negotiate_size, &negotiate),
       "others\n"); /* S2.5.15, S2.5.19 */
    ok(!(negotiate.flags & (NTLM_FLAG_SIGN | NTLM_FLAG_SEAL)), "%#x\n", negotiate.flags);
    end_handshake(&handshake);

    double_outbound(&nothing, NULL, NULL, NULL);
    handshake.client_credential = &nothing;
    ok(leg_negotiate(&handshake) == SEC_E_NO_CREDENTIALS && !handshake.client, "default credentials\n"); /* S2.1.9 */
    handshake.client_credential = &server;
    ok(leg_negotiate(&handshake) == SEC_E_NO_CREDENTIALS, "an inbound credential\n"); /* S2.5.1 */
    double_free(&nothing);

    /* A server that gives no names cannot be held to what it protects; one without UNICODE was not asked for. */
    handshake = new_handshake();
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n"); /* S4.4.8 */
    challenge = unhex(CHALLENGE_V1);
    memcpy(handshake.challenge, challenge.data, handshake.challenge_size = challenge.size);
    ok(leg_authenticate(&handshake) == SEC_E_LOGON_DENIED, "no names\n");
    ok(leg_authenticate(&handshake) == SEC_E_OUT_OF_SEQUENCE, "and on\n"); /* S2.5.7 */
    end_handshake(&handshake);
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n"); /* MS-NLMP 2.2.2.5 */
    challenge = unhex(CHALLENGE_V2);
    challenge.data[20] &= ~1;
    memcpy(handshake.challenge, challenge.data, handshake.challenge_size = challenge.size);
    ok(leg_authenticate(&handshake) == SEC_E_INVALID_TOKEN, "OEM only\n");
    end_handshake(&handshake);
}

/* The flags of the CHALLENGE that a NEGOTIATE with these gets. */
static ULONG offered(ULONG asked)
{
    struct handshake handshake = new_handshake();
    struct ntlm_negotiate negotiate = {.flags = asked};
    struct ntlm_challenge challenge = {0};

    handshake.negotiate_size = ntlm_negotiate_size(&negotiate);
    if (ntlm_write_negotiate(&negotiate, handshake.negotiate, handshake.negotiate_size) &&
        leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED)
        ntlm_parse_challenge(handshake.challenge, handshake.challenge_size, &challenge);
    end_handshake(&handshake);
    return challenge.flags;
}

static void test_offer(void)
{
    const ULONG base = NTLM_FLAG_UNICODE | NTLM_FLAG_NTLM | NTLM_FLAG_128, described = NTLM_FLAG_TARGET_INFO;
    const ULONG unknown = NTLM_FLAG_DATAGRAM | NTLM_FLAG_NON_NT_KEY | NTLM_FLAG_ANONYMOUS | 0x0d044108;

    ok(offered(base) == (base | described), "%#x\n", offered(base)); /* S4.3.6 */
    ok(offered(base | unknown) == (base | described), "%#x\n", offered(base | unknown));
    ok(offered(base | NTLM_FLAG_OEM) == (base | described), "%#x\n", offered(base | NTLM_FLAG_OEM));
    ok(offered(base | NTLM_FLAG_REQUEST_TARGET) ==
           (base | described | NTLM_FLAG_REQUEST_TARGET | NTLM_FLAG_TARGET_TYPE_SERVER),
       "%#x\n", offered(base | NTLM_FLAG_REQUEST_TARGET));
    ok((offered(base | NTLM_FLAG_ESS | NTLM_FLAG_LM_KEY) & (NTLM_FLAG_ESS | NTLM_FLAG_LM_KEY)) == NTLM_FLAG_ESS,
       "%#x\n", offered(base | NTLM_FLAG_ESS | NTLM_FLAG_LM_KEY));                                /* S4.3.3 */
    ok(!(offered(base | NTLM_FLAG_KEY_EXCH) & NTLM_FLAG_KEY_EXCH), "key exchange for nothing\n"); /* S4.3.4 */
    ok(offered(base | NTLM_FLAG_KEY_EXCH | NTLM_FLAG_SIGN) & NTLM_FLAG_KEY_EXCH, "no key exchange\n");
    ok(offered(base | NTLM_FLAG_56 | NTLM_FLAG_SEAL) & NTLM_FLAG_56, "no 56 bits\n"); /* S4.3.5 */
}

static void test_order(void)
{
    struct handshake handshake = new_handshake();

    ok(leg_challenge(&handshake) == SEC_E_INVALID_TOKEN && !handshake.server, "an empty token\n"); /* S2.6.3 */
    ok(shake_hands(&handshake) == SEC_E_OK, "handshake\n");                                        /* S4.9.9 */
    ntlm_package.delete_context(handshake.server);
    handshake.server = NULL;
    ok(leg_finish(&handshake) == SEC_E_INVALID_TOKEN, "AUTHENTICATE on a fresh context\n");
    ok(leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_E_OUT_OF_SEQUENCE,
       "NEGOTIATE twice\n");
    end_handshake(&handshake);
}

START_TEST(ntlm_handshake)
{
    double_outbound(&alice, u"SERVER", u"alice", u"Password");
    double_inbound(&server);
    test_good();
    test_accounts();
    test_domain_spellings();
    test_flipped_bytes();
    test_stripped_mic();
    test_without_mic();
    test_challenge_with_flags();
    test_taken_out(false);
    test_taken_out(true);
    test_replay();
    test_bindings();
    test_missing_bindings();
    test_time();
    test_capture();
    test_versions();
    test_short_negotiate();
    test_oem_client();
    test_strength();
    test_anonymous();
    test_requests();
    test_flags();
    test_offer();
    test_order();
    double_free(&alice);
    double_free(&server);
}

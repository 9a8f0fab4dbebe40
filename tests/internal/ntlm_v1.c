/*
 * NTLMv1 by lm-compatibility-level: the arithmetic to the byte, who sends what, who is let in, sealing at every strength.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include <windef.h>
#include <winbase.h>

#include "dlls/msv1_0/server.h"
#include "ntoskrnl/unix/config.h"
#include "tests/internal/ntlm_double.h"
#include "tests/internal/ntlm_hex.h"
#include "wine/test.h"

#define SEALS     (ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY)
#define KEY_LEVEL "lm-compatibility-level"

static struct package_credential alice, server;

/* ---- arithmetic ----------------------------------------------------------- */

static void test_vectors(void)
{
    const UCHAR server_challenge[8] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    const UCHAR client_challenge[8] = {0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa};
    UCHAR lm[16], nt[16], base[16], key[16], challenge[8], response[24], field[24] = {0};

    /* MS-NLMP 4.2.2.1 */
    ok(ntlm_lmowf_v1(u"Password", 8, lm) && is_hex(lm, 16, "e52cac67419a9a224a3b108f3fa6cb6d"), "LMOWFv1\n");
    ok(ntlm_ntowf_v1(u"Password", 8, nt) && is_hex(nt, 16, "a4f49c406510bdcab6824ee7c30fd852"), "NTOWFv1\n");
    ok(ntlm_v1_session_base_key(nt, base) && is_hex(base, 16, "d87262b0cde4b1cb7499becccdf10784"), "base key\n");

    /* S4.4.1 */
    ok(ntlm_v1_challenge(server_challenge, NULL, challenge) && !memcmp(challenge, server_challenge, 8), "challenge\n");
    ok(ntlm_desl(nt, challenge, response) && is_hex(response, 24, "67c43011f30298a2ad35ece64f16331c44bdbed927841f94"),
       "NT response\n");
    ok(ntlm_desl(lm, challenge, response) && is_hex(response, 24, "98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13"),
       "LM response\n");
    ok(ntlm_v1_exchange_key(0, base, NULL, response, server_challenge, key) && !memcmp(key, base, 16),
       "KXKEY\n"); /* S4.4.3 */

    /* MS-NLMP 4.2.3.2 */
    ok(ntlm_v1_challenge(server_challenge, client_challenge, challenge) && ntlm_desl(nt, challenge, response) &&
           is_hex(response, 24, "7537f803ae367128ca458204bde7caf81e97ed2683267232"),
       "NT response with ESS\n");
    memcpy(field, client_challenge, 8);
    ok(ntlm_v1_exchange_key(NTLM_FLAG_ESS | NTLM_FLAG_LM_KEY | NTLM_FLAG_NON_NT_KEY, base, NULL, field, server_challenge,
                            key) &&
           is_hex(key, 16, "eb93429a8bd952f8b89c55b87f475edc"),
       "KXKEY with ESS\n"); /* S4.4.3 */

    /* MS-NLMP 3.3.1: half a key of zeros when there is nothing, upper case, fourteen characters at most */
    ok(ntlm_lmowf_v1(u"", 0, lm) && is_hex(lm, 16, "aad3b435b51404eeaad3b435b51404ee"), "empty\n");
    ok(ntlm_lmowf_v1(u"pASSWORD", 8, lm) && is_hex(lm, 16, "e52cac67419a9a224a3b108f3fa6cb6d"), "case\n");
    ok(ntlm_has_lm_hash(u"12345678901234", 14) && !ntlm_has_lm_hash(u"123456789012345", 15), "length\n");
    ok(!ntlm_has_lm_hash(u"M\u00fcller", 6) && !ntlm_lmowf_v1(u"M\u00fcller", 6, lm), "no OEM code page\n");
}

/* ---- recorded messages ----------------------------------------------------------- */

/* The exchange of MS-NLMP 4.2.2 and its first sealed message, as an acceptor sees them. */
static SECURITY_STATUS judge_recorded(const UCHAR *authenticate, size_t size, bool accept_v1, bool unseal)
{
    struct handshake handshake = {.server_credential = &server, .server_request = ASC_REQ_NO_TOKEN};
    struct bytes negotiate = unhex(CAPTURED_NEGOTIATE), challenge = unhex(CHALLENGE_V1);
    SECURITY_STATUS status;

    server.policy.accept_v1 = accept_v1;
    memcpy(handshake.negotiate, negotiate.data, negotiate.size);
    handshake.negotiate_size = negotiate.size;
    status = leg_challenge(&handshake);
    if (status == SEC_I_CONTINUE_NEEDED)
        status = server_set_challenge(handshake.server, span_of(&negotiate), span_of(&challenge));
    memcpy(handshake.authenticate, authenticate, size);
    handshake.authenticate_size = size;
    if (!status) status = leg_finish(&handshake);
    if (!status && unseal)
    {
        struct bytes data = unhex("56fe04d861f9319af0d7238a2e3b4d457fb8");
        struct bytes signature = unhex("0100000045c844e509dcd1df2e459d36");

        ok(is_hex(handshake.server->exported_key, 16, "55555555555555555555555555555555"),
           "session key\n"); /* S4.10.3 */
        ok(!one_message(ntlm_package.decrypt_message, handshake.server, data.data, data.size, signature.data) &&
               is_hex(data.data, data.size, "50006c00610069006e007400650078007400"),
           "first message\n"); /* S4.10.1 */
    }
    end_handshake(&handshake);
    server.policy.accept_v1 = true;
    return status;
}

static void test_recorded(void)
{
    struct bytes message = unhex(AUTHENTICATE_V1);
    int accepted = 0;

    ok(judge_recorded(message.data, message.size, true, true) == SEC_E_OK, "refused\n"); /* S4.10.3 */
    /* The default. */
    ok(judge_recorded(message.data, message.size, false, false) == SEC_E_LOGON_DENIED, "accepted\n"); /* design 7.1 */

    for (size_t i = 0x84; i < 0x84 + 24; i++)
    {
        for (int bit = 1; bit < 256; bit <<= 1)
        {
            message.data[i] ^= bit;
            if (judge_recorded(message.data, message.size, true, false) >= 0) accepted++;
            message.data[i] ^= bit;
        }
    }
    ok(!accepted, "%d changed responses were accepted\n", accepted); /* S4.9.5 */

    /* An LM response, true as it is, is never enough: alone, or in the place of the other. */
    memcpy(message.data + 0x84, message.data + 0x6c, 24);
    ok(judge_recorded(message.data, message.size, true, false) == SEC_E_LOGON_DENIED, "LM for NT\n"); /* design 7.1 */
    message = unhex(AUTHENTICATE_V1);
    memset(message.data + 20, 0, 4);
    ok(judge_recorded(message.data, message.size, true, false) == SEC_E_LOGON_DENIED, "LM alone\n"); /* design 7.1 */
    message = unhex(AUTHENTICATE_V1);
    message.data[20] = message.data[22] = 23;
    ok(judge_recorded(message.data, message.size, true, false) == SEC_E_LOGON_DENIED, "23 bytes\n"); /* S4.9.5 */
    message.data[20] = message.data[22] = 25;
    ok(judge_recorded(message.data, message.size, true, false) == SEC_E_INVALID_TOKEN, "25 bytes\n"); /* S4.1.1 */
}

/* ---- levels ----------------------------------------------------------- */

static void set_level(struct package_credential *credential, int level)
{
    credential->policy.send_v1 = level <= 2;
    credential->policy.send_lm = level <= 1;
    credential->policy.without_ess = level == 0;
    credential->has_lm_hash = level <= 1;
    ok(ntlm_ntowf_v1(u"Password", 8, credential->nt_hash) && ntlm_lmowf_v1(u"Password", 8, credential->lm_hash),
       "hashes\n"); /* MS-NLMP 4.2.2.1 */
}

static struct handshake at_level(int level, ULONG request)
{
    set_level(&alice, level);
    return (struct handshake){.client_credential = &alice,
                              .server_credential = &server,
                              .client_request = request,
                              .server_request = ASC_REQ_NO_TOKEN,
                              .target = u"HTTP/server.example"};
}

/* Both directions; without ESS they share one stream and take turns (S4.6.2). */
static void exchange(struct handshake *handshake, const char *what)
{
    for (int i = 0; i < 6; i++)
    {
        struct package_context *from = i & 1 ? handshake->server : handshake->client;
        struct package_context *to = i & 1 ? handshake->client : handshake->server;
        char text[] = "some text that is sealed";
        UCHAR signature[16];

        ok(!one_message(ntlm_package.encrypt_message, from, text, sizeof(text), signature) &&
               strcmp(text, "some text that is sealed"),
           "%s: message %d\n", what, i); /* S2.12.4 */
        ok(!one_message(ntlm_package.decrypt_message, to, text, sizeof(text), signature) &&
               !strcmp(text, "some text that is sealed"),
           "%s: message %d\n", what, i);                                                                /* S2.12.7 */
        ok(!one_message(ntlm_package.make_signature, to, text, sizeof(text), signature), "%s\n", what); /* S2.12.2 */
        text[0] ^= i & 2;
        ok(one_message(ntlm_package.verify_signature, from, text, sizeof(text), signature) ==
               (i & 2 ? SEC_E_MESSAGE_ALTERED : SEC_E_OK),
           "%s: signature %d\n", what, i); /* S2.12.3 */
    }
}

/* What each level sends, and that an acceptor at 5 takes what 3 and above send, one at 4 all of it. */
static void test_levels(void)
{
    for (int level = 0; level <= 5; level++)
    {
        for (int accept = 4; accept <= 5; accept++)
        {
            struct handshake handshake = at_level(level, SEALS);
            SECURITY_STATUS status, expected = accept == 4 || level >= 3 ? SEC_E_OK : SEC_E_LOGON_DENIED;
            struct ntlm_authenticate message;
            char what[48];

            snprintf(what, sizeof(what), "level %d against %d", level, accept);
            server.policy.accept_v1 = accept == 4;
            status = shake_hands(&handshake);
            ok(status == expected, "%s: %#x\n", what, status); /* design 7.1 */
            ok(ntlm_parse_authenticate(handshake.authenticate, handshake.authenticate_size, &message), "parse\n");
            ok(!(message.flags & NTLM_FLAG_ESS) == !level, "%s: flags %#x\n", what, message.flags); /* S4.3.6 */
            ok(!(message.flags & (NTLM_FLAG_LM_KEY | NTLM_FLAG_NON_NT_KEY)), "an LM key\n");        /* design 7.2 */
            ok(level >= 3 ? message.nt.size > 24 : message.nt.size == 24, "%s: %d bytes\n", what, (int)message.nt.size);
            ok(message.lm.size == 24, "%s: LM of %d bytes\n", what, (int)message.lm.size);
            /* S4.4.1 */
            if (level == 1 || level == 2)
                ok(!memcmp(message.lm.data + 8, (UCHAR[16]){0}, 16) && memcmp(message.lm.data, (UCHAR[8]){0}, 8),
                   "%s: no client challenge\n", what);
            if (!level) ok(memcmp(message.lm.data, message.nt.data, 24), "no LM response\n");
            if (!status) exchange(&handshake, what);
            end_handshake(&handshake);
        }
    }
    server.policy.accept_v1 = true;
}

/* A server that does not offer ESS: levels 0 and 1 send the LM response, 2 a copy of the other in its place. */
static void test_without_ess(void)
{
    for (int level = 0; level <= 3; level++)
    {
        struct handshake handshake = at_level(level, SEALS);
        struct ntlm_authenticate message;
        UCHAR lm[24];

        ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n");                           /* S2.5.1 */
        ok(!(handshake.client->flags & NTLM_FLAG_ESS) == !level, "asks %#x\n", handshake.client->flags); /* S4.3.6 */
        handshake.negotiate[14] &= ~(NTLM_FLAG_ESS >> 16);
        handshake.client->handshake.negotiate[14] &= ~(NTLM_FLAG_ESS >> 16);   /* what the MIC of level 3 covers */
        ok(leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED, "CHALLENGE\n"); /* S2.6.3 */
        ok(leg_authenticate(&handshake) == SEC_E_OK, "AUTHENTICATE\n");        /* S2.5.1 */
        ok(ntlm_parse_authenticate(handshake.authenticate, handshake.authenticate_size, &message), "parse\n");
        /* S4.4.1 */
        ok(ntlm_desl(alice.lm_hash, handshake.challenge + 24, lm), "LM response\n");
        if (level <= 1) ok(!memcmp(message.lm.data, lm, 24), "level %d: no LM response\n", level);
        if (level == 2) ok(!memcmp(message.lm.data, message.nt.data, 24), "level 2: no copy\n");
        ok(leg_finish(&handshake) == SEC_E_OK, "level %d is refused\n", level); /* S4.9.1 */
        exchange(&handshake, "without ESS");
        end_handshake(&handshake);
    }
}

/* A password without LM hash at the levels that would send one. */
static void test_no_lm_hash(void)
{
    struct handshake handshake = at_level(0, SEALS);
    struct ntlm_authenticate message;

    alice.has_lm_hash = false;
    ok(shake_hands(&handshake) == SEC_E_OK, "refused\n"); /* S4.4.1 */
    ok(ntlm_parse_authenticate(handshake.authenticate, handshake.authenticate_size, &message) &&
           !memcmp(message.lm.data, message.nt.data, 24),
       "no copy\n");
    end_handshake(&handshake);
}

/* ---- refusals ----------------------------------------------------------- */

static void test_refused(void)
{
    static const struct
    {
        const WCHAR *user, *password;
    } cases[] = {{u"alice", u"password"}, {u"alice", u""},         {u"nobody", u"Password"},
                 {u"bob", u"Password"},   {u"carol", u"Password"}, {u"dave", u"Password"}};
    int before = double_authorised;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        for (int level = 0; level <= 2; level++)
        {
            struct handshake handshake = at_level(level, SEALS);
            struct package_credential credential;
            size_t units = 0;

            double_outbound(&credential, u"SERVER", cases[i].user, cases[i].password);
            set_level(&credential, level);
            while (cases[i].password[units]) units++;
            ok(ntlm_ntowf_v1(cases[i].password, units, credential.nt_hash), "hash\n"); /* MS-NLMP 4.2.2.1 */
            handshake.client_credential = &credential;
            ok(shake_hands(&handshake) == SEC_E_LOGON_DENIED, "%s\n",
               wine_dbgstr_w(cases[i].user)); /* S4.9.5, S4.9.6 */
            end_handshake(&handshake);
            double_free(&credential);
        }
    }
    ok(double_authorised == before, "somebody was authorised\n"); /* S4.9.5 */
}

/* Version 1 has no place for bindings: where they are asked for it does not pass, unless missing ones do. */
static void test_bindings(void)
{
    static const struct
    {
        ULONG request;
        bool given;
        SECURITY_STATUS expected;
    } cases[] = {
        {0, true, SEC_E_BAD_BINDINGS},
        {ASC_REQ_PROXY_BINDINGS, false, SEC_E_BAD_BINDINGS},
        {ASC_REQ_PROXY_BINDINGS, true, SEC_E_BAD_BINDINGS},
        {ASC_REQ_ALLOW_MISSING_BINDINGS, true, SEC_E_OK},
        {0, false, SEC_E_OK},
    };
    SEC_CHANNEL_BINDINGS header = {0};
    UCHAR blob[sizeof(header) + 4];

    header.cbApplicationDataLength = 4;
    header.dwApplicationDataOffset = sizeof(header);
    memcpy(blob, &header, sizeof(header));
    memcpy(blob + sizeof(header), "test", 4);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        for (int level = 0; level <= 2; level++)
        {
            struct handshake handshake = at_level(level, 0);
            SECURITY_STATUS status;

            handshake.client_bindings = (struct wire_span){blob, sizeof(blob)};
            if (cases[i].given) handshake.server_bindings = handshake.client_bindings;
            handshake.server_request |= cases[i].request;
            status = shake_hands(&handshake);
            ok(status == cases[i].expected, "case %d: %#x\n", (int)i, status); /* S4.9.2 */
            end_handshake(&handshake);
        }
    }
}

/* With ESS the challenge of the client has to be whole. */
static void test_short_client_challenge(void)
{
    struct handshake handshake = at_level(2, 0);

    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED &&
           leg_authenticate(&handshake) == SEC_E_OK,
       "legs\n"); /* S2.5.1 */
    handshake.authenticate[12] = handshake.authenticate[14] = 23;
    ok(leg_finish(&handshake) == SEC_E_INVALID_TOKEN, "23 bytes\n"); /* MS-NLMP 2.2.2.4 */
    end_handshake(&handshake);
}

/* ---- strengths ----------------------------------------------------------- */

/* Peers without 128-bit keys, or without 56-bit ones either: sealing with what is left where policy allows it. */
static void test_strengths(void)
{
    static const struct
    {
        ULONG lacks, bits;
    } cases[] = {{0, 128}, {NTLM_FLAG_128, 56}, {NTLM_FLAG_128 | NTLM_FLAG_56, 40}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        for (int level = 1; level <= 3; level++)
        {
            for (int strict = 0; strict < 2; strict++)
            {
                struct handshake handshake = at_level(level, SEALS);
                SecPkgContext_KeyInfoW info;
                SECURITY_STATUS status;

                alice.policy.require_128bit = false;
                server.policy.require_128bit = strict;
                ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n"); /* S2.5.1 */
                handshake.client->flags &= ~cases[i].lacks;
                handshake.negotiate[15] &= ~(cases[i].lacks >> 24);
                handshake.client->handshake.negotiate[15] = handshake.negotiate[15];
                status = leg_challenge(&handshake);
                ok(status == (strict && cases[i].bits < 128 ? SEC_E_UNSUPPORTED_FUNCTION : SEC_I_CONTINUE_NEEDED),
                   "%d bits: %#x\n", cases[i].bits, status); /* S4.3.7 */
                if (status == SEC_I_CONTINUE_NEEDED)
                {
                    ok(leg_authenticate(&handshake) == SEC_E_OK && leg_finish(&handshake) == SEC_E_OK,
                       "refused\n"); /* S4.3.8 */
                    ok(!ntlm_package.query_context(handshake.server, SECPKG_ATTR_KEY_INFO, &info),
                       "key info\n");                                                                   /* S3.3.3 */
                    ok(info.KeySize == cases[i].bits, "%d for %d bits\n", info.KeySize, cases[i].bits); /* S3.3.3 */
                    guise_free(info.sSignatureAlgorithmName);
                    guise_free(info.sEncryptAlgorithmName);
                    exchange(&handshake, "strength");
                }
                end_handshake(&handshake);
            }
        }
    }
    alice.policy.require_128bit = server.policy.require_128bit = true;
}

/* ---- configuration ----------------------------------------------------------- */

static void test_values(void)
{
    static const struct
    {
        const char *value;
        NTSTATUS expected;
    } cases[] = {{"0", STATUS_SUCCESS},
                 {"5", STATUS_SUCCESS},
                 {"6", STATUS_INVALID_PARAMETER},
                 {"-1", STATUS_INVALID_PARAMETER},
                 {"", STATUS_INVALID_PARAMETER},
                 {"3x", STATUS_INVALID_PARAMETER},
                 {"4294967296", STATUS_INVALID_PARAMETER}};
    struct guise_config config;

    ok(!config_read("nowhere", NULL, &config) && config.lm_compatibility_level == 5, "default\n"); /* design 7.1 */
    config_free(&config);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        char text[64];
        FILE *stream;
        NTSTATUS status;

        snprintf(text, sizeof(text), "[ntlm]\n" KEY_LEVEL " = %s\n", cases[i].value);
        stream = fmemopen(text, strlen(text), "r");
        status = config_read("a test", stream, &config);
        ok(status == cases[i].expected, "'%s': %#x\n", cases[i].value, status);                          /* design 5 */
        if (!status) ok(config.lm_compatibility_level == (unsigned int)atoi(cases[i].value), "value\n"); /* design 5 */
        if (!status) config_free(&config);
        fclose(stream);
    }
}

/* From the file to the wire: a credential made under level 1. */
static void test_credential(void)
{
    struct auth_identity identity = {
        .user = (WCHAR *)u"alice", .domain = (WCHAR *)u"SERVER", .password = (WCHAR *)u"Password"};
    struct acquire_request request = {.use = SECPKG_CRED_OUTBOUND, .identity = &identity};
    struct package_credential *credential = NULL;
    struct handshake handshake = at_level(5, SEALS);
    const char *top = getenv("TMPDIR");
    char path[PATH_MAX];
    int file;
    TimeStamp expiry;

    snprintf(path, sizeof(path), "%s/ntlm_v1.XXXXXX", top ? top : "/tmp");
    file = mkstemp(path);
    identity.user_length = 5;
    identity.domain_length = 6;
    identity.password_length = 8;
    if (file < 0 || dprintf(file, "[ntlm]\n" KEY_LEVEL " = 1\n") < 0 || close(file) || setenv("GUISE_CONF", path, 1))
    {
        skip("cannot write a configuration\n");
        return;
    }
    ok(!ntlm_package.acquire_credential(&request, &credential, &expiry), "no credential\n"); /* design 7.2 */
    unlink(path);
    if (!credential) return;
    ok(credential->policy.accept_v1 && credential->policy.send_v1 && credential->policy.send_lm &&
           !credential->policy.without_ess && credential->has_lm_hash,
       "policy\n"); /* design 7.2 */
    handshake.client_credential = credential;
    ok(shake_hands(&handshake) == SEC_E_OK, "%#x\n", handshake.server_status); /* S4.9.1 */
    exchange(&handshake, "configured");
    end_handshake(&handshake);
    ntlm_package.free_credential(credential);
}

START_TEST(ntlm_v1)
{
    double_outbound(&alice, u"SERVER", u"alice", u"Password");
    double_inbound(&server);
    server.policy.accept_v1 = true;
    test_vectors();
    test_recorded();
    test_levels();
    test_without_ess();
    test_no_lm_hash();
    test_refused();
    test_bindings();
    test_short_client_challenge();
    test_strengths();
    test_values();
    test_credential();
    double_free(&alice);
    double_free(&server);
}

/*
 * NTLM's arithmetic and messages against MS-NLMP 4.2 and captured exchanges, to the byte.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <windef.h>
#include <winbase.h>

#include "dlls/msv1_0/seal.h"
#include "tests/internal/ntlm_hex.h"
#include "wine/test.h"

#define PLAINTEXT "50006c00610069006e007400650078007400"

static const UCHAR server_challenge[8] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
static const UCHAR client_challenge[8] = {0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa};

/* One message of one DATA buffer with optional READONLY_WITH_CHECKSUM ones around it. */
static SECURITY_STATUS run(SECURITY_STATUS (*call)(struct seal *, struct message *), struct seal *seal,
                           struct bytes *data, const char *header, UCHAR signature[16])
{
    SecBuffer buffers[4] = {
        {16, SECBUFFER_TOKEN, signature},
        {header ? strlen(header) + 1 : 0, SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM, (void *)header},
        {data->size, SECBUFFER_DATA, data->data},
        {header ? strlen(header) + 1 : 0, SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM, (void *)header},
    };
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, buffers};
    struct message message = {.buffers = &desc, .token = &buffers[0]};

    return call(seal, &message);
}

static void keep_session(struct seal *seal, ULONG flags, const char *key, bool client)
{
    struct bytes exported = unhex(key);

    ok(seal_init(seal, flags, exported.data, client), "cannot set up a session\n"); /* callers cite */
}

static void is_sealed_as(struct seal *seal, const char *plaintext, const char *header, const char *sealed,
                         const char *signature)
{
    struct bytes data = unhex(plaintext);
    UCHAR token[16];

    ok(run(seal_encrypt_message, seal, &data, header, token) == SEC_E_OK, "EncryptMessage failed\n"); /* callers cite */
    ok(is_hex(data.data, data.size, sealed), "sealed data differ\n");                                 /* callers cite */
    ok(is_hex(token, sizeof(token), signature), "signature differs\n");                               /* callers cite */
}

static void is_unsealed(struct seal *seal, const char *sealed, const char *header, const char *signature,
                        const char *plaintext)
{
    struct bytes data = unhex(sealed), token = unhex(signature);

    ok(run(seal_decrypt_message, seal, &data, header, token.data) == SEC_E_OK,
       "DecryptMessage failed\n");                                      /* callers cite */
    ok(is_hex(data.data, data.size, plaintext), "plaintext differs\n"); /* callers cite */
}

static void test_primitives(void)
{
    static const char text[] = "Plaintext";
    UCHAR digest[16], crc_in[] = "P\0l\0a\0i\0n\0t\0e\0x\0t";

    ok(crypto_ready(), "no crypto\n"); /* design 7 */
    /* RFC 1320 A.5 */
    ok(crypto_md4("", 0, digest) && is_hex(digest, 16, "31d6cfe0d16ae931b73c59d7e0c089c0"), "MD4 of nothing\n");
    ok(crypto_md4("message digest", 14, digest) && is_hex(digest, 16, "d9130a8164549fe818874806e1c7014b"), "MD4\n");
    /* RFC 1321 A.5 */
    ok(crypto_md5(&(struct crypto_chunk){"message digest", 14}, 1, digest) &&
           is_hex(digest, 16, "f96b697d7cb7938d525a2f31aaf161d0"),
       "MD5\n");
    /* RFC 2202 2, cases 2 and 6's shape: a key longer than a block is refused, not cut */
    ok(crypto_hmac_md5("Jefe", 4, &(struct crypto_chunk){"what do ya want for nothing?", 28}, 1, digest) &&
           is_hex(digest, 16, "750c783e6ab0b503eaa86e310a5db738"),
       "HMAC-MD5\n");
    ok(!crypto_hmac_md5(unhex(AUTHENTICATE_V2).data, 80, NULL, 0, digest), "an 80-byte key was taken\n");
    ok(crypto_crc32(0, crc_in, 18) == 0x93aa847d, "CRC %#x\n", crypto_crc32(0, crc_in, 18));       /* S4.10.1 */
    ok(crypto_equal(text, "Plaintext", 9) && !crypto_equal(text, "Plaintexu", 9), "comparison\n"); /* design 7 */
}

/*
 * MS-NLMP 4.2.2: NTLMv1 without extended session security, as far as this side of the library goes: keys and messages.
 */
static void test_v1(void)
{
    struct bytes exported = unhex("55555555555555555555555555555555"), key = unhex("d87262b0cde4b1cb7499becccdf10784");
    UCHAR hash[16], encrypted[16];
    struct seal seal;

    /* MS-NLMP 4.2.2.1.2 */
    ok(ntlm_ntowf_v1(u"Password", 8, hash) && is_hex(hash, 16, "a4f49c406510bdcab6824ee7c30fd852"), "NTOWFv1\n");
    ok(ntlm_ntowf_v1(u"", 0, hash) && is_hex(hash, 16, "31d6cfe0d16ae931b73c59d7e0c089c0"), "empty password\n");
    /* MS-NLMP 4.2.2.1.3 */
    ok(crypto_md4(unhex("a4f49c406510bdcab6824ee7c30fd852").data, 16, hash) && !memcmp(hash, key.data, 16),
       "base key\n");
    /* MS-NLMP 4.2.2.2.3 */
    ok(crypto_rc4(key.data, exported.data, encrypted, 16) && is_hex(encrypted, 16, "518822b1b3f350c8958682ecbb3e3cb7"),
       "EncryptedSessionKey\n");

    keep_session(&seal, 0xe2028233, "55555555555555555555555555555555", true); /* S4.10.1 */
    is_sealed_as(&seal, PLAINTEXT, NULL, "56fe04d861f9319af0d7238a2e3b4d457fb8",
                 "010000000000000009dcd1df2e459d36"); /* S4.10.1 */
    seal_destroy(&seal);

    /* The pad is whatever the sender left in it. */
    keep_session(&seal, 0xe2028233, "55555555555555555555555555555555", false); /* S4.10.1 */
    is_unsealed(&seal, "56fe04d861f9319af0d7238a2e3b4d457fb8", NULL, "0100000045c844e509dcd1df2e459d36",
                PLAINTEXT); /* S4.10.1 */
    seal_destroy(&seal);
}

/* MS-NLMP 4.2.3: extended session security without key exchange, 56 bits, and the other strengths. */
static void test_ess_strengths(void)
{
    struct bytes key = unhex("eb93429a8bd952f8b89c55b87f475edc");
    struct ntlm_session_keys keys;
    struct seal seal;

    ok(ntlm_derive_session_keys(0x820a8233, key.data, &keys), "56 bits\n"); /* MS-NLMP 4.2.3.4 */
    ok(is_hex(keys.client_seal, 16, "04dd7f014d8504d265a25cc86a3a7c06"), "client SealKey\n");
    ok(is_hex(keys.client_sign, 16, "60e799be5c72fc92922ae8ebe961fb8d"), "client SignKey\n");
    ok(is_hex(keys.server_sign, 16, "10df49862ab2dab51f62c27e93bb655d"), "server SignKey\n");
    ok(is_hex(keys.server_seal, 16, "7ae2bf1af0ad5c0d008a158624847414"), "server SealKey\n");
    ok(ntlm_derive_session_keys(0x020a8233, key.data, &keys), "40 bits\n"); /* MS-NLMP 3.4.5.3 */
    ok(is_hex(keys.client_seal, 16, "26b2c1e77be4533d555a220a0fdeb96c"), "40-bit client SealKey\n");
    ok(is_hex(keys.server_seal, 16, "db0df8b2993a62cb16a98e62f01d342d"), "40-bit server SealKey\n");

    keep_session(&seal, 0x820a8233, "eb93429a8bd952f8b89c55b87f475edc", true); /* MS-NLMP 4.2.3.4 */
    is_sealed_as(&seal, PLAINTEXT, NULL, "a02372f6530273f3aa1eb90190ce5200c99d",
                 "01000000ff2aeb52f681793a00000000"); /* MS-NLMP 4.2.3.4 */
    seal_destroy(&seal);

    keep_session(&seal, 0x020a8233, "eb93429a8bd952f8b89c55b87f475edc", true); /* MS-NLMP 3.4.5.3 */
    is_sealed_as(&seal, PLAINTEXT, NULL, "97e63ef167edb3e3e5bd1a1914ddcda68a3f",
                 "01000000ff2aeb52f681793a00000000"); /* MS-NLMP 3.4.5.3 */
    seal_destroy(&seal);
}

/* MS-NLMP 4.2.4: NTLMv2. */
static void test_v2_keys(void)
{
    struct bytes temp = unhex("01010000000000000000000000000000aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e00"
                              "01000c005300650072007600650072000000000000000000");
    struct bytes nt_hash = unhex("a4f49c406510bdcab6824ee7c30fd852"),
                 exported = unhex("55555555555555555555555555555555");
    UCHAR ntowf[16], proof[16], base[16], lm[24], encrypted[16];
    struct ntlm_session_keys keys;

    /* MS-NLMP 4.2.4.1.1 */
    ok(ntlm_ntowf_v2(nt_hash.data, u"User", 4, u"Domain", 6, ntowf), "NTOWFv2\n");
    ok(is_hex(ntowf, 16, "0c868a403bfd7a93a3001ef22ef02e3f"), "NTOWFv2 differs\n");
    ok(ntlm_ntowf_v2(nt_hash.data, u"uSER", 4, u"Domain", 6, ntowf) &&
           is_hex(ntowf, 16, "0c868a403bfd7a93a3001ef22ef02e3f"),
       "the user counts without case\n"); /* S4.4.2 */
    ok(ntlm_ntowf_v2(nt_hash.data, u"User", 4, u"DOMAIN", 6, proof) && memcmp(ntowf, proof, 16),
       "the domain counts with case\n"); /* S4.4.2 */

    /* MS-NLMP 4.2.4.2.2, 4.2.4.1.2, 4.2.4.2.1, 4.2.4.2.3 */
    ok(ntlm_v2_proof(ntowf, server_challenge, span_of(&temp), proof, base), "proof\n");
    ok(is_hex(proof, 16, "68cd0ab851e51c96aabc927bebef6a1c"), "NTProofStr differs\n");
    ok(is_hex(base, 16, "8de40ccadbc14a82f15cb0ad0de95ca3"), "SessionBaseKey differs\n");
    ok(ntlm_v2_lm_response(ntowf, server_challenge, client_challenge, lm), "LMv2\n");
    ok(is_hex(lm, 24, "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"), "LMv2 differs\n");
    ok(crypto_rc4(base, exported.data, encrypted, 16) && is_hex(encrypted, 16, "c5dad2544fc9799094ce1ce90bc9d03e"),
       "EncryptedSessionKey\n");

    ok(ntlm_derive_session_keys(0xe28a8233, exported.data, &keys), "keys\n"); /* MS-NLMP 4.2.4.4 */
    ok(is_hex(keys.client_seal, 16, "59f600973cc4960a25480a7c196e4c58"), "client SealKey\n");
    ok(is_hex(keys.client_sign, 16, "4788dc861b4782f35d43fd98fe1a2d39"), "client SignKey\n");
    ok(is_hex(keys.server_sign, 16, "d04d6f10741041d1d246d64188d7a8ad"), "server SignKey\n");
    ok(is_hex(keys.server_seal, 16, "9355f3a957c1583d25c4c2f11e40390e"), "server SealKey\n");
}

static void test_v2_messages(void)
{
    static const char key[] = "55555555555555555555555555555555";
    struct bytes data = unhex(PLAINTEXT);
    struct seal client, server;
    UCHAR token[16];

    keep_session(&client, 0xe28a8233, key, true);  /* MS-NLMP 4.2.4.4 */
    keep_session(&server, 0xe28a8233, key, false); /* MS-NLMP 4.2.4.4 */
    is_sealed_as(&client, PLAINTEXT, NULL, "54e50165bf1936dc996020c1811b0f06fb5f",
                 "010000007fb38ec5c55d497600000000"); /* MS-NLMP 4.2.4.4 */
    is_sealed_as(&client, PLAINTEXT, NULL, "64c308e09ea236e7f4232553c94a01e700fa",
                 "01000000255405955d31d8c401000000"); /* S4.5.1 */
    is_sealed_as(&server, PLAINTEXT, NULL, "160871b730ba74e946c453d7465b54278dd0",
                 "01000000b298b847ce7c580700000000"); /* S4.5.1 */
    is_unsealed(&server, "54e50165bf1936dc996020c1811b0f06fb5f", NULL, "010000007fb38ec5c55d497600000000",
                PLAINTEXT); /* S4.5.1 */
    is_unsealed(&client, "160871b730ba74e946c453d7465b54278dd0", NULL, "01000000b298b847ce7c580700000000",
                PLAINTEXT); /* S4.5.1 */
    seal_destroy(&client);
    seal_destroy(&server);

    /*
     * MS-NLMP 3.4.4.2: the checksum is hidden with key exchange, in clear without; SPNEGO's mechListMIC is the first
     * of them.
     */
    keep_session(&client, 0xe28a8213, key, true); /* MS-NLMP 3.4.4.2 */
    ok(run(seal_make_signature, &client, &data, NULL, token) == SEC_E_OK && is_hex(data.data, data.size, PLAINTEXT),
       "MakeSignature\n");                                                        /* MS-NLMP 3.4.4.2 */
    ok(is_hex(token, 16, "0100000074d045342c4f1cd500000000"), "with KEY_EXCH\n"); /* MS-NLMP 3.4.4.2 */
    seal_destroy(&client);
    keep_session(&client, 0xa28a8213, key, true);                                             /* MS-NLMP 3.4.4.2 */
    ok(run(seal_make_signature, &client, &data, NULL, token) == SEC_E_OK, "MakeSignature\n"); /* MS-NLMP 3.4.4.2 */
    ok(is_hex(token, 16, "0100000070352851f256430900000000"), "without KEY_EXCH\n");          /* MS-NLMP 3.4.4.2 */
    seal_destroy(&client);
}

/* Sealing without extended session security against what Windows sent: one stream and one number for both ways. */
static void test_shared_stream(void)
{
    static const char key[] = "8eff585d2a73a2906dc517ed014bc58a";
    static const char hello[] = "48656c6c6f2c20776f726c6421", other[] = "48656c6c6f2c20576f726c6421";
    struct bytes nt_hash = unhex("35ccba9168b1d5ca6093b4b7d56c619b");
    struct seal client, server;
    UCHAR hash[16];

    ok(ntlm_ntowf_v1(u"testpass", 8, hash) && !memcmp(hash, nt_hash.data, 16), "NTOWFv1\n"); /* S4.10.7 */
    ok(crypto_md4(hash, 16, hash) && is_hex(hash, 16, key), "session key\n");                /* S4.10.7 */

    keep_session(&client, 0xa0828225, key, true);                                                         /* S4.10.7 */
    keep_session(&server, 0xa0828225, key, false);                                                        /* S4.10.7 */
    is_sealed_as(&client, hello, NULL, "869c5a1078b330984615a031d9", "0100000000000000e8c7aa261639074e"); /* S4.10.7 */
    is_unsealed(&server, "869c5a1078b330984615a031d9", NULL, "0100000000000000e8c7aa261639074e", hello);  /* S4.6.1 */
    is_sealed_as(&server, hello, NULL, "f6b7920cacea98e6efa02966fd", "01000000000000001c462e77ebf0f69e"); /* S4.10.7 */
    is_unsealed(&client, "f6b7920cacea98e6efa02966fd", NULL, "01000000000000001c462e77ebf0f69e", hello);  /* S4.6.2 */
    is_sealed_as(&client, hello, "Header Test", "206c01abb04c93e41efce1fafe",
                 "0100000000000000c5a7f70f5b25bea4"); /* S4.10.7 */
    is_unsealed(&server, "206c01abb04c93e41efce1fafe", "Header Test", "0100000000000000c5a7f70f5b25bea4",
                hello); /* S2.12.1 */
    is_sealed_as(&server, other, "Header Test", "c8f2397f0caff55def0c8b5f82",
                 "0100000000000000b14e46b7caf77fb3"); /* S4.10.7 */
    is_unsealed(&client, "c8f2397f0caff55def0c8b5f82", "Header Test", "0100000000000000b14e46b7caf77fb3",
                other); /* S4.6.2 */
    seal_destroy(&client);
    seal_destroy(&server);
}

static void test_bindings_of(const char *prefix, const char *hex, const char *expected)
{
    struct bytes hash = unhex(hex);
    SEC_CHANNEL_BINDINGS header = {0};
    UCHAR blob[128], md5[16];
    bool malformed;

    header.cbApplicationDataLength = strlen(prefix) + hash.size;
    header.dwApplicationDataOffset = sizeof(header);
    memcpy(blob, &header, sizeof(header));
    memcpy(blob + sizeof(header), prefix, strlen(prefix));
    memcpy(blob + sizeof(header) + strlen(prefix), hash.data, hash.size);
    ok(ntlm_channel_bindings_hash((struct wire_span){blob, sizeof(header) + header.cbApplicationDataLength}, md5,
                                  &malformed) &&
           is_hex(md5, 16, expected),
       "%s%s\n", prefix, hex); /* callers cite */
    ok(!ntlm_channel_bindings_hash((struct wire_span){blob, sizeof(header) + header.cbApplicationDataLength - 1}, md5,
                                   &malformed) &&
           malformed,
       "one byte short\n"); /* callers cite */
    ok(!ntlm_channel_bindings_hash((struct wire_span){blob, sizeof(header) - 1}, md5, &malformed) && malformed,
       "half a header\n"); /* callers cite */
}

static void test_bindings(void)
{
    test_bindings_of("tls-server-end-point:", CAPTURED_CERTIFICATE, "6586e99d81c2fc984e47172fd4dd0310"); /* S4.10.6 */
    test_bindings_of("tls-server-end-point:", "e3ca49271e5089cc48ce82109f1324f41dbeddc29a777410c738f7868c4ff405",
                     "6ea19df066da4622051f9c4f92c6df74"); /* S4.4.6 */
    test_bindings_of("tls-server-end-point:", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
                     "8f1214c9c9cab8dc3bf866da9aba57a7");                                            /* S4.4.6 */
    test_bindings_of("tls-unique:", "000102030405060708090a0b", "7e5349b5695138957cdd92d99e2e11ea"); /* S4.4.6 */
}

/* S4.10.6: what Windows made of a known password. */
static void test_capture(void)
{
    struct bytes negotiate = unhex(CAPTURED_NEGOTIATE), challenge = unhex(CAPTURED_CHALLENGE);
    struct bytes authenticate = unhex(CAPTURED_AUTHENTICATE);
    UCHAR hash[16], ntowf[16], proof[16], base[16], mic[16];
    struct ntlm_authenticate message;
    struct ntlm_challenge offer;
    struct ntlm_v2_response response;

    ok(ntlm_ntowf_v1(u"P@ssw0rd", 8, hash) && is_hex(hash, 16, CAPTURED_NT_HASH), "NT hash\n"); /* S4.10.6 */
    ok(ntlm_parse_challenge(challenge.data, challenge.size, &offer), "CHALLENGE\n");
    ok(ntlm_parse_authenticate(authenticate.data, authenticate.size, &message), "AUTHENTICATE\n");
    ok(ntlm_parse_v2_response(message.nt, &response), "response\n");
    ok(ntlm_ntowf_v2(hash, u"Administrator", 13, u"WS2008R2", 8, ntowf) &&
           is_hex(ntowf, 16, "22fe5b1bc73d136282aef78e70c8dd58"),
       "NTOWFv2\n");
    ok(ntlm_v2_proof(ntowf, offer.server_challenge, response.temp, proof, base) &&
           !memcmp(proof, response.proof.data, 16),
       "NTProofStr\n");
    ok(is_hex(base, 16, CAPTURED_SESSION_KEY), "SessionBaseKey\n");
    ok(message.mic_offset == 72, "MIC at %d\n", (int)message.mic_offset);
    ok(ntlm_mic(base, span_of(&negotiate), span_of(&challenge), span_of(&authenticate), message.mic_offset, mic) &&
           !memcmp(mic, authenticate.data + 72, 16),
       "MIC\n"); /* S4.4.4 */

    ok(response.pairs.flags == NTLM_AV_FLAG_MIC, "AV flags %#x\n", response.pairs.flags); /* S4.4.5 */
    ok(response.pairs.has_channel_bindings &&
           is_hex(response.pairs.channel_bindings, 16, "6586e99d81c2fc984e47172fd4dd0310"),
       "AV 10\n"); /* S4.4.6 */
    ok(response.pairs.has_target_name && response.pairs.target_name.size == 62 &&
           !memcmp(response.pairs.target_name.data, u"HTTP/dc-ws2008r2.ws2008r2.local", 62),
       "AV 9\n");                                                                                        /* S4.4.7 */
    ok(response.pairs.has_timestamp && response.pairs.timestamp == response.timestamp, "echoed time\n"); /* S4.4.5 */
}

/* What was parsed and is written again gives the message back. */
static void test_messages(void)
{
    struct bytes in = unhex(CAPTURED_NEGOTIATE);
    struct ntlm_negotiate negotiate;
    struct ntlm_challenge challenge;
    struct ntlm_authenticate authenticate;
    UCHAR out[1024];

    ok(ntlm_parse_negotiate(in.data, in.size, &negotiate) && ntlm_negotiate_size(&negotiate) == in.size &&
           ntlm_write_negotiate(&negotiate, out, in.size) && !memcmp(in.data, out, in.size),
       "NEGOTIATE\n"); /* S4.10.6 */

    in = unhex(CHALLENGE_V1); /* S4.10.2 */
    ok(ntlm_parse_challenge(in.data, in.size, &challenge) && ntlm_challenge_size(&challenge) == in.size &&
           ntlm_write_challenge(&challenge, out, in.size) && !memcmp(in.data, out, in.size),
       "CHALLENGE of v1\n");
    in = unhex(CHALLENGE_V2); /* S4.10.4 */
    ok(ntlm_parse_challenge(in.data, in.size, &challenge) && ntlm_challenge_size(&challenge) == in.size &&
           ntlm_write_challenge(&challenge, out, in.size) && !memcmp(in.data, out, in.size),
       "CHALLENGE of v2\n");
    in = unhex(CAPTURED_CHALLENGE); /* S4.10.6 */
    ok(ntlm_parse_challenge(in.data, in.size, &challenge) && ntlm_challenge_size(&challenge) == in.size &&
           ntlm_write_challenge(&challenge, out, in.size) && !memcmp(in.data, out, in.size),
       "captured CHALLENGE\n");

    in = unhex(AUTHENTICATE_V1); /* S4.10.3 */
    ok(ntlm_parse_authenticate(in.data, in.size, &authenticate) && !authenticate.mic_offset &&
           ntlm_authenticate_size(&authenticate) == in.size && ntlm_write_authenticate(&authenticate, out, in.size) &&
           !memcmp(in.data, out, in.size),
       "AUTHENTICATE of v1\n");
    in = unhex(AUTHENTICATE_V2); /* S4.10.5 */
    ok(ntlm_parse_authenticate(in.data, in.size, &authenticate) && !authenticate.mic_offset &&
           ntlm_authenticate_size(&authenticate) == in.size && ntlm_write_authenticate(&authenticate, out, in.size) &&
           !memcmp(in.data, out, in.size),
       "AUTHENTICATE of v2\n");
    in = unhex(CAPTURED_AUTHENTICATE); /* S4.10.6 */
    ok(ntlm_parse_authenticate(in.data, in.size, &authenticate) && ntlm_authenticate_size(&authenticate) == in.size &&
           ntlm_write_authenticate(&authenticate, out, in.size),
       "captured AUTHENTICATE\n");
    memset(in.data + 72, 0, 16);                                           /* the writer leaves the MIC to its maker */
    ok(!memcmp(in.data, out, in.size), "captured AUTHENTICATE differs\n"); /* S4.10.6 */
}

START_TEST(ntlm_vectors)
{
    test_primitives();
    test_v1();
    test_ess_strengths();
    test_v2_keys();
    test_v2_messages();
    test_shared_stream();
    test_bindings();
    test_capture();
    test_messages();
}

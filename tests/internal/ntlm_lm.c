/*
 * LM responses alone, and session keys made of LM hashes: the arithmetic to the byte, at which levels, for which accounts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>

#include <windef.h>
#include <winbase.h>

#include "dlls/msv1_0/server.h"
#include "tests/internal/ntlm_double.h"
#include "tests/internal/ntlm_hex.h"
#include "wine/test.h"

#define SEALS   (ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY)
#define LM_KEYS (NTLM_FLAG_LM_KEY | NTLM_FLAG_NON_NT_KEY)

static struct package_credential server;

/* ---- arithmetic ----------------------------------------------------------- */

/* MS-NLMP 4.2.2.2.3: the two keys that are made of the LM hash, and the session key under each. */
static void test_exchange_keys(void)
{
    struct bytes exported = unhex("55555555555555555555555555555555"), base = unhex("d87262b0cde4b1cb7499becccdf10784");
    struct bytes lm = unhex("e52cac67419a9a224a3b108f3fa6cb6d"),
                 response = unhex("98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13"), challenge = unhex("0123456789abcdef");
    UCHAR key[16], encrypted[16];

    ok(ntlm_v1_uses_lm_key(NTLM_FLAG_LM_KEY) && ntlm_v1_uses_lm_key(NTLM_FLAG_NON_NT_KEY) &&
           !ntlm_v1_uses_lm_key(NTLM_FLAG_ESS | LM_KEYS) && !ntlm_v1_uses_lm_key(0),
       "which flags\n"); /* S4.4.3 */
    ok(ntlm_v1_exchange_key(NTLM_FLAG_NON_NT_KEY, base.data, lm.data, response.data, challenge.data, key) &&
           is_hex(key, 16, "e52cac67419a9a220000000000000000"),
       "NON_NT_SESSION_KEY\n"); /* MS-NLMP 4.2.2.2.3 */
    ok(crypto_rc4(key, exported.data, encrypted, 16) && is_hex(encrypted, 16, "7452ca55c225a1ca04b48fae32cf56fc"),
       "encrypted\n"); /* MS-NLMP 4.2.2.2.3 */
    ok(ntlm_v1_exchange_key(NTLM_FLAG_LM_KEY, base.data, lm.data, response.data, challenge.data, key) &&
           is_hex(key, 16, "b09e379f7fbecb1eaf0afdcb0383c8a0"),
       "LM_KEY\n"); /* MS-NLMP 4.2.2.2.3 */
    ok(crypto_rc4(key, exported.data, encrypted, 16) && is_hex(encrypted, 16, "4cd7bb57d697ef9b549f02b8f9b37864"),
       "encrypted\n"); /* MS-NLMP 4.2.2.2.3 */
    ok(ntlm_v1_exchange_key(LM_KEYS, base.data, lm.data, response.data, challenge.data, key) &&
           is_hex(key, 16, "b09e379f7fbecb1eaf0afdcb0383c8a0"),
       "both\n"); /* S4.4.3 */
}

/* MS-NLMP 3.4.5.3: eight bytes, of which one or three are the same for all. */
static void test_seal_keys(void)
{
    static const char exported[] = "00112233445566778899aabbccddeeff";
    struct ntlm_session_keys keys;

    ok(ntlm_derive_session_keys(NTLM_FLAG_LM_KEY | NTLM_FLAG_56, unhex(exported).data, &keys) && keys.seal_size == 8 &&
           is_hex(keys.client_seal, 8, "00112233445566a0") && !memcmp(keys.client_seal, keys.server_seal, 16),
       "56 bits\n"); /* MS-NLMP 3.4.5.3 */
    ok(ntlm_derive_session_keys(NTLM_FLAG_LM_KEY, unhex(exported).data, &keys) && keys.seal_size == 8 &&
           is_hex(keys.client_seal, 8, "0011223344e538b0"),
       "40 bits\n"); /* MS-NLMP 3.4.5.3 */
    ok(ntlm_derive_session_keys(NTLM_FLAG_56, unhex(exported).data, &keys) && keys.seal_size == 16 &&
           is_hex(keys.client_seal, 16, exported),
       "without LM_KEY\n"); /* MS-NLMP 3.4.5.3 */
    ok(ntlm_derive_session_keys(NTLM_FLAG_LM_KEY | NTLM_FLAG_ESS | NTLM_FLAG_128, unhex(exported).data, &keys) &&
           keys.seal_size == 16,
       "ESS overrides\n"); /* S4.3.3 */
}

/* RC4 with a key of eight bytes, RFC 6229's way: the first bytes under 0x0102030405060708. */
static void test_short_rc4(void)
{
    struct bytes key = unhex("0102030405060708"), other = unhex("0807060504030201");
    UCHAR zeros[16] = {0}, out[16];
    struct crypto_rc4 *rc4 = crypto_rc4_new(key.data, 8);

    ok(rc4 && crypto_rc4_apply(rc4, zeros, out, 16) && is_hex(out, 16, "97ab8a1bf0afb96132f2f67258da15a8"),
       "64 bits\n"); /* RFC 6229 2 */
    ok(rc4 && crypto_rc4_restart(rc4, other.data) && crypto_rc4_apply(rc4, zeros, out, 16) &&
           !is_hex(out, 16, "97ab8a1bf0afb96132f2f67258da15a8"),
       "another key\n"); /* RFC 6229 2 */
    ok(rc4 && crypto_rc4_restart(rc4, key.data) && crypto_rc4_apply(rc4, zeros, out, 16) &&
           is_hex(out, 16, "97ab8a1bf0afb96132f2f67258da15a8"),
       "the first again\n"); /* RFC 6229 2 */
    crypto_rc4_free(rc4);
}

/* ---- handshakes ----------------------------------------------------------- */

static void set_levels(struct package_credential *client, const WCHAR *password, bool lm_keys)
{
    size_t units = 0;

    while (password[units]) units++;
    client->policy.send_v1 = client->policy.send_lm = client->policy.without_ess = true;
    client->policy.lm_keys = server.policy.lm_keys = lm_keys;
    client->policy.require_128bit = server.policy.require_128bit = !lm_keys;
    client->has_lm_hash = true;
    ok(ntlm_ntowf_v1(password, units, client->nt_hash) && ntlm_lmowf_v1(password, units, client->lm_hash),
       "hashes\n"); /* MS-NLMP 4.2.2.1 */
}

/* A client that has forgotten its NT response, as those of Windows 95 do. */
static SECURITY_STATUS log_on(const WCHAR *user, const WCHAR *password, bool lm_alone, void (*change)(struct handshake *))
{
    struct package_credential client;
    struct handshake handshake = {.client_credential = &client,
                                  .server_credential = &server,
                                  .client_request = SEALS,
                                  .server_request = ASC_REQ_NO_TOKEN};
    SECURITY_STATUS status;

    double_outbound(&client, u"SERVER", user, password);
    set_levels(&client, password, false);
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED &&
           leg_authenticate(&handshake) == SEC_E_OK,
       "legs\n"); /* S2.5.1 */
    if (lm_alone) memset(handshake.authenticate + 20, 0, 4);
    if (change) change(&handshake);
    status = leg_finish(&handshake);
    end_handshake(&handshake);
    double_free(&client);
    return status;
}

static void flip_response(struct handshake *handshake)
{
    struct ntlm_authenticate message;

    ok(ntlm_parse_authenticate(handshake->authenticate, handshake->authenticate_size, &message), "parse\n"); /* callers cite */
    handshake->authenticate[message.lm.data - handshake->authenticate + 23] ^= 1;
}

static void shorten_response(struct handshake *handshake)
{
    handshake->authenticate[12] = 16;
}

static void set_accept(int level)
{
    server.policy.accept_v1 = level <= 4;
    server.policy.accept_lm = level <= 3;
}

/* Section 4.7 of the SSPI notes: 4 refuses LM, 5 NTLM too. */
static void test_levels(void)
{
    for (int level = 0; level <= 5; level++)
    {
        SECURITY_STATUS lm, nt;

        set_accept(level);
        lm = log_on(u"alice", u"Password", true, NULL);
        nt = log_on(u"alice", u"Password", false, NULL);
        ok(lm == (level <= 3 ? SEC_E_OK : SEC_E_LOGON_DENIED), "LM at %d: %#x\n", level, lm); /* design 7.1 */
        ok(nt == (level <= 4 ? SEC_E_OK : SEC_E_LOGON_DENIED), "NT at %d: %#x\n", level, nt); /* design 7.1 */
    }
    set_accept(0);
}

static void test_refused(void)
{
    int before = double_authorised;

    ok(log_on(u"alice", u"Passwore", true, NULL) == SEC_E_LOGON_DENIED, "another password\n");     /* S4.9.5 */
    ok(log_on(u"alice", u"", true, NULL) == SEC_E_LOGON_DENIED, "no password\n");                  /* S4.9.5 */
    ok(log_on(u"alice", u"Password", true, flip_response) == SEC_E_LOGON_DENIED, "changed\n");     /* S4.9.5 */
    ok(log_on(u"alice", u"Password", true, shorten_response) == SEC_E_LOGON_DENIED, "16 bytes\n"); /* S4.9.5 */
    ok(log_on(u"nobody", u"Password", true, NULL) == SEC_E_LOGON_DENIED, "unknown\n");             /* S4.9.5 */
    ok(log_on(u"bob", u"Password", true, NULL) == SEC_E_LOGON_DENIED, "disabled\n");               /* S4.9.6 */
    ok(log_on(u"carol", u"Password", true, NULL) == SEC_E_LOGON_DENIED, "expired\n");              /* S4.9.6 */
    ok(log_on(u"dave", u"Password", true, NULL) == SEC_E_LOGON_DENIED, "no hash\n");               /* S4.9.5 */
    ok(log_on(u"M\u00fcller", u"Password", true, NULL) == SEC_E_LOGON_DENIED, "no LM hash\n");     /* design 7.1 */
    /* An NT response decides alone: the other, which is right, does not make good for it. */
    ok(log_on(u"alice", u"PASSWORD", false, NULL) == SEC_E_LOGON_DENIED, "another case\n"); /* design 7.1 */
    ok(double_authorised == before, "somebody was authorised\n");                           /* S4.9.5 */
    /* LM knows no case. */
    ok(log_on(u"alice", u"PASSWORD", true, NULL) == SEC_E_OK, "upper case\n");           /* MS-NLMP 3.3.1 */
    ok(log_on(u"M\u00fcller", u"Password", false, NULL) == SEC_E_OK, "no LM hash, v1\n"); /* S4.9.1 */
}

/* With extended session security there is no LM response: what lies there is the client's challenge. */
static void test_with_ess(void)
{
    struct package_credential client;
    struct handshake handshake = {.client_credential = &client,
                                  .server_credential = &server,
                                  .client_request = SEALS,
                                  .server_request = ASC_REQ_NO_TOKEN};
    struct ntlm_authenticate message;

    double_outbound(&client, u"SERVER", u"alice", u"Password");
    set_levels(&client, u"Password", false);
    client.policy.without_ess = false;
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED &&
           leg_authenticate(&handshake) == SEC_E_OK,
       "legs\n"); /* S2.5.1 */
    ok(ntlm_parse_authenticate(handshake.authenticate, handshake.authenticate_size, &message), "parse\n");
    ok(ntlm_desl(client.lm_hash, handshake.challenge + 24, handshake.authenticate + (message.lm.data - handshake.authenticate)),
       "LM response\n"); /* S4.4.1 */
    memset(handshake.authenticate + 20, 0, 4);
    ok(leg_finish(&handshake) == SEC_E_LOGON_DENIED, "accepted\n"); /* S4.4.1 */
    end_handshake(&handshake);
    double_free(&client);
}

/* ---- keys ----------------------------------------------------------- */

static void exchange(struct handshake *handshake, const char *what)
{
    for (int i = 0; i < 4; i++)
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
           "%s: message %d\n", what, i); /* S2.12.7 */
    }
}

/* WANTED and LACKED by the client of what it would ask for; USER has an LM hash or not. */
static struct handshake with_keys(struct package_credential *client, const WCHAR *user, ULONG wanted, ULONG lacked)
{
    struct handshake handshake = {.client_credential = client,
                                  .server_credential = &server,
                                  .client_request = SEALS,
                                  .server_request = ASC_REQ_NO_TOKEN};
    ULONG flags;

    double_outbound(client, u"SERVER", user, u"Password");
    set_levels(client, u"Password", true);
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n"); /* S2.5.1 */
    ok(handshake.client->flags & NTLM_FLAG_LM_KEY, "does not ask\n");      /* S4.3.2 */
    flags = (handshake.client->flags & ~(LM_KEYS | lacked)) | wanted;
    handshake.client->flags = flags;
    memcpy(handshake.negotiate + 12, &flags, sizeof(flags));
    return handshake;
}

static void test_keys(void)
{
    static const struct
    {
        ULONG wanted, lacked, bits;
    } cases[] = {{NTLM_FLAG_LM_KEY, 0, 56},
                 {NTLM_FLAG_LM_KEY, NTLM_FLAG_56, 40},
                 {LM_KEYS, 0, 56},
                 {NTLM_FLAG_NON_NT_KEY, 0, 128}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        struct package_credential client;
        struct handshake handshake = with_keys(&client, u"alice", cases[i].wanted, cases[i].lacked);
        struct ntlm_authenticate message;
        SecPkgContext_KeyInfoW info;

        ok(leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED && leg_authenticate(&handshake) == SEC_E_OK &&
               leg_finish(&handshake) == SEC_E_OK,
           "case %d is refused\n", (int)i); /* S4.4.3 */
        ok(ntlm_parse_authenticate(handshake.authenticate, handshake.authenticate_size, &message) &&
               (message.flags & LM_KEYS) == cases[i].wanted,
           "case %d: flags %#x\n", (int)i, message.flags); /* S4.3.8 */
        ok(!ntlm_package.query_context(handshake.server, SECPKG_ATTR_KEY_INFO, &info), "key info\n"); /* S3.3.3 */
        ok(info.KeySize == cases[i].bits, "case %d: %d bits\n", (int)i, info.KeySize);                /* S3.3.3 */
        guise_free(info.sSignatureAlgorithmName);
        guise_free(info.sEncryptAlgorithmName);
        exchange(&handshake, "LM key");
        end_handshake(&handshake);
        double_free(&client);
    }
}

/* An account without LM hash cannot give such a key; without wanting one it logs on. */
static void test_no_hash(void)
{
    struct package_credential client;
    struct handshake handshake = with_keys(&client, u"M\u00fcller", NTLM_FLAG_LM_KEY, 0);

    ok(leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED && leg_authenticate(&handshake) == SEC_E_OK &&
           leg_finish(&handshake) == SEC_E_LOGON_DENIED,
       "accepted\n"); /* design 7.1 */
    end_handshake(&handshake);
    double_free(&client);
    handshake = with_keys(&client, u"M\u00fcller", 0, 0);
    ok(leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED && leg_authenticate(&handshake) == SEC_E_OK &&
           leg_finish(&handshake) == SEC_E_OK,
       "refused\n"); /* design 7.1 */
    end_handshake(&handshake);
    double_free(&client);
}

/* Neither side gives such keys unasked, with extended session security, or where policy does not let it. */
static void test_not_offered(void)
{
    struct package_credential client;
    struct handshake handshake = with_keys(&client, u"alice", LM_KEYS, 0);
    struct ntlm_challenge challenge;

    server.policy.lm_keys = false;
    ok(leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED &&
           ntlm_parse_challenge(handshake.challenge, handshake.challenge_size, &challenge) &&
           !(challenge.flags & LM_KEYS),
       "offered\n"); /* design 7.1 */
    /* What a server wants unasked is given with lm_keys alone. */
    handshake.client->flags &= ~LM_KEYS;
    client.policy.lm_keys = false;
    handshake.challenge[20] |= NTLM_FLAG_LM_KEY;
    handshake.challenge[22] |= NTLM_FLAG_NON_NT_KEY >> 16;
    ok(leg_authenticate(&handshake) == SEC_E_OK && !(handshake.client->flags & LM_KEYS), "given\n"); /* design 7.2 */
    end_handshake(&handshake);
    double_free(&client);

    handshake = with_keys(&client, u"alice", LM_KEYS | NTLM_FLAG_ESS, 0);
    ok(leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED &&
           ntlm_parse_challenge(handshake.challenge, handshake.challenge_size, &challenge) &&
           !(challenge.flags & LM_KEYS) && (challenge.flags & NTLM_FLAG_ESS),
       "offered with ESS\n"); /* S4.3.6 */
    handshake.challenge[20] |= NTLM_FLAG_LM_KEY;
    ok(leg_authenticate(&handshake) == SEC_E_OK && !(handshake.client->flags & NTLM_FLAG_LM_KEY), "with ESS\n"); /* S4.3.3 */
    end_handshake(&handshake);
    double_free(&client);

    /* A key of 56 bits is none of 128, whatever the flag says. */
    server.policy.require_128bit = true;
    ok(ntlm_too_weak(&server.policy, NTLM_FLAG_SEAL | NTLM_FLAG_128 | NTLM_FLAG_LM_KEY), "strong\n"); /* S4.3.7 */
    ok(!ntlm_too_weak(&server.policy, NTLM_FLAG_SEAL | NTLM_FLAG_128), "weak\n");                     /* S4.3.7 */
}

START_TEST(ntlm_lm)
{
    double_inbound(&server);
    test_exchange_keys();
    test_seal_keys();
    test_short_rc4();
    test_levels();
    test_refused();
    test_with_ess();
    test_keys();
    test_no_hash();
    test_not_offered();
    double_free(&server);
}

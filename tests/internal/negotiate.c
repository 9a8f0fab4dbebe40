/*
 * Negotiate between our two sides: choices, mechListMICs, what is refused.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/internal/nego_double.h"
#include "tests/internal/ntlm_hex.h"
#include "wine/test.h"

#define BOTH (NEGO_FAKE | NEGO_NTLM)

static const struct sec_package *chosen(struct package_context *context)
{
    ULONG state;

    return context ? negotiate_package.chosen(context, &state) : NULL;
}

static ULONG state_of(struct package_context *context)
{
    ULONG state = 0xdead;

    negotiate_package.chosen(context, &state);
    return state;
}

static bool token_has(const struct nego_talk *talk, const char *hex)
{
    struct bytes bytes = unhex(hex);

    for (ULONG i = 0; i + bytes.size <= talk->token_length; i++)
        if (!memcmp(talk->token + i, bytes.data, bytes.size)) return true;
    return false;
}

#define NTLM_OID "060a2b06010401823702020a"
#define KRB_OID  "06092a864886f712010202"
#define MS_OID   "06092a864882f712010202"

/* ---- what comes of what both sides have -------------------------------------------------------------------------------- */

static void test_choices(void)
{
    static const struct
    {
        int client, server, fake_legs, legs;
        bool fake_wins;
        const char *what;
    } cases[] = {
        {BOTH, BOTH, 1, 3, true, "one token"},
        {BOTH, BOTH, 2, 3, true, "mutual"},
        {BOTH, BOTH, 3, 5, true, "three tokens"},
        {NEGO_FAKE, BOTH, 2, 3, true, "a client with one package"},
        {BOTH, NEGO_FAKE, 2, 3, true, "a server with one package"},
        {BOTH, BOTH, 5, 7, true, "five tokens"},
        {BOTH, NEGO_NTLM, 2, 7, false, "a server without the first"},
        {BOTH, NEGO_NTLM, 1, 7, false, "a server without the first, which had said all"},
        {NEGO_NTLM, BOTH, 2, 4, false, "NTLM by itself, without SPNEGO"},
    };

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        const struct sec_package *winner = cases[i].fake_wins ? &nego_fake : &ntlm_package;
        struct nego_talk talk;

        nego_talk_begin(&talk, cases[i].client, cases[i].server);
        nego_fake_script.legs = cases[i].fake_legs;
        ok(nego_talk_works(&talk), "%s: client %08lx, server %08lx\n", cases[i].what, talk.client_status, talk.server_status); /* S5.4.3 */
        ok(talk.legs == cases[i].legs, "%s: %d legs\n", cases[i].what, talk.legs); /* S5.4.3 */
        ok(chosen(talk.client) == winner && chosen(talk.server) == winner, "%s: another package\n", cases[i].what); /* S5.7.2 */
        ok(talk.client_attributes & ISC_RET_INTEGRITY, "%s: client %lx\n", cases[i].what, talk.client_attributes); /* S2.5.11 */
        ok(talk.server_attributes & ASC_RET_INTEGRITY, "%s: server %lx\n", cases[i].what, talk.server_attributes); /* S2.5.11 */
        if (!cases[i].fake_wins) ok(nego_talk_seals(&talk), "%s: no messages\n", cases[i].what); /* S2.12.4 */
        nego_talk_end(&talk);
        ok(!nego_fake_seen.contexts, "%s: %d contexts are left\n", cases[i].what, nego_fake_seen.contexts); /* S12.2 */
    }
}

/* ---- the offer ----------------------------------------------------------------------------------------------------------- */

static void test_offer(void)
{
    struct nego_talk talk;

    nego_talk_begin(&talk, BOTH, BOTH);
    nego_client_leg(&talk);
    ok(token_has(&talk, "a0243022" MS_OID KRB_OID NTLM_OID "a20404024b31"), "another list or token\n"); /* S5.1.2 */
    ok(state_of(talk.client) == SECPKG_NEGOTIATION_OPTIMISTIC && chosen(talk.client) == &nego_fake, "state %lu\n", state_of(talk.client)); /* S5.7.2 */
    nego_server_leg(&talk);
    ok(token_has(&talk, "a0030a0100a10b" MS_OID "a20404024b32"), "another answer\n"); /* S5.2.1 */
    ok(state_of(talk.server) == SECPKG_NEGOTIATION_COMPLETE, "state %lu\n", state_of(talk.server)); /* S5.7.2 */
    nego_talk_end(&talk);
}

/* What cannot reach the target is passed over before anything was sent; other failures are the caller's (S5.4.1). */
static void test_passing_over(void)
{
    static const struct
    {
        SECURITY_STATUS status;
        bool unknown, passed_over;
    } cases[] = {
        {SEC_E_TARGET_UNKNOWN, false, true},       {SEC_E_NO_AUTHENTICATING_AUTHORITY, false, true},
        {SEC_E_NO_CREDENTIALS, false, true},       {SEC_E_LOGON_DENIED, false, false},
        {SEC_E_LOGON_DENIED, true, true}, /* there was nobody to deny */
        {SEC_E_INSUFFICIENT_MEMORY, false, false}, {SEC_E_INSUFFICIENT_MEMORY, true, false},
        {SEC_E_WRONG_PRINCIPAL, false, false},     {SEC_E_INTERNAL_ERROR, false, false},
    };

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        struct nego_talk talk;
        SecPkgContext_NegoStatus last = {0};

        nego_talk_begin(&talk, BOTH, BOTH);
        nego_fake_script.first_leg = cases[i].status;
        nego_fake_script.client_unknown = cases[i].unknown;
        nego_client_leg(&talk);
        ok(talk.client_status == (cases[i].passed_over ? SEC_I_CONTINUE_NEEDED : cases[i].status), "%08lx: got %08lx\n", cases[i].status,
           talk.client_status); /* S5.4.1 */
        if (!cases[i].passed_over) continue;
        ok(talk.token[0] == 0x60 && token_has(&talk, "a00e300c" NTLM_OID) && token_has(&talk, "4e544c4d53535000"), "another offer\n"); /* S5.4.1 */
        nego_server_leg(&talk);
        ok(nego_talk_works(&talk) && chosen(talk.server) == &ntlm_package, "client %08lx, server %08lx\n", talk.client_status, talk.server_status); /* S5.4.1 */
        ok(!negotiate_package.query_context(talk.client, SECPKG_ATTR_NEGO_STATUS, &last) && !last.LastStatus, "%lx\n", last.LastStatus); /* S5.7.1 */
        ok(nego_talk_seals(&talk), "no messages\n"); /* S2.12.4 */
        nego_talk_end(&talk);
    }
}

/* Nobody passed over is left. */
static void test_nothing_left(void)
{
    struct nego_talk talk;

    nego_talk_begin(&talk, NEGO_FAKE, BOTH);
    nego_fake_script.first_leg = SEC_E_TARGET_UNKNOWN;
    nego_client_leg(&talk);
    ok(talk.client_status == SEC_E_TARGET_UNKNOWN && !talk.client && !talk.token_length, "got %08lx\n", talk.client_status); /* S2.5.13 */
    nego_talk_begin(&talk, 0, 0);
    nego_client_leg(&talk);
    ok(talk.client_status == SEC_E_NO_CREDENTIALS, "got %08lx\n", talk.client_status); /* S2.1.5 */
    nego_server_leg(&talk);
    ok(talk.server_status == SEC_E_NO_CREDENTIALS, "got %08lx\n", talk.server_status); /* S2.1.5 */
}

/* Integrity is asked for, for the MICs; not where the caller wants none. */
static void test_requests(void)
{
    struct nego_talk talk;

    nego_talk_begin(&talk, NEGO_FAKE, NEGO_FAKE);
    talk.client_request = ISC_REQ_DELEGATE;
    nego_client_leg(&talk);
    ok(nego_fake_seen.request == (ISC_REQ_DELEGATE | ISC_REQ_INTEGRITY), "asked for %lx\n", nego_fake_seen.request); /* S2.5.22 */
    nego_talk_end(&talk);
    nego_talk_begin(&talk, NEGO_FAKE, NEGO_FAKE);
    talk.client_request = ISC_REQ_NO_INTEGRITY;
    nego_client_leg(&talk);
    ok(nego_fake_seen.request == ISC_REQ_NO_INTEGRITY, "asked for %lx\n", nego_fake_seen.request); /* S2.5.22 */
    nego_talk_end(&talk);
    nego_talk_begin(&talk, NEGO_FAKE, NEGO_FAKE);
    talk.client_request = talk.server_request = ISC_REQ_DATAGRAM;
    nego_client_leg(&talk);
    nego_server_leg(&talk);
    ok(talk.client_status == SEC_E_UNSUPPORTED_FUNCTION && talk.server_status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", talk.client_status); /* S3.1.2 */
    nego_talk_end(&talk);
}

/* Bindings that came with a leg of which the package saw nothing. */
static void test_bindings(void)
{
    static const UCHAR bindings[] = "bindings";
    struct nego_talk talk;

    for (int hint = 0; hint < 2; hint++)
    {
        nego_talk_begin(&talk, hint ? NEGO_FAKE : BOTH, NEGO_FAKE);
        talk.server_bindings = (struct wire_span){bindings, sizeof(bindings)};
        if (hint) nego_server_leg(&talk);
        else nego_fake_script.legs = 3;
        ok(nego_talk_works(&talk), "client %08lx, server %08lx\n", talk.client_status, talk.server_status); /* S5.4.3 */
        ok(nego_fake_seen.had_bindings, "they are lost\n"); /* S2.6.2 */
        ok(nego_fake_seen.had_parameters, "another buffer is lost\n"); /* S2.5.9 */
        nego_talk_end(&talk);
    }
}

/* ---- the server speaks first ----------------------------------------------------------------------------------------------- */

static void weaken_hint(struct nego_talk *talk, int turn)
{
    if (!turn) nego_forget_kerberos(talk);
}

/* The last token of the server. */
static struct bytes last_word;

static void note_last_word(struct nego_talk *talk, int turn)
{
    if (turn & 1 || !talk->token_length) return; /* the server began */
    memcpy(last_word.data, talk->token, talk->token_length);
    last_word.size = talk->token_length;
}

static void test_hint(void)
{
    struct nego_talk talk;

    nego_talk_begin(&talk, NEGO_NTLM, NEGO_NTLM);
    talk.on_the_way = note_last_word;
    nego_server_leg(&talk);
    ok(talk.server_status == SEC_I_CONTINUE_NEEDED && talk.token_length == 74, "got %08lx\n", talk.server_status); /* S5.3.1 */
    ok(nego_talk_works(&talk) && nego_talk_seals(&talk), "client %08lx, server %08lx\n", talk.client_status, talk.server_status); /* S5.3.2 */
    ok(last_word.size == 29 && is_hex(last_word.data, 13, "a11b3019a0030a0100a3120410"), "another last word\n"); /* S5.5.2 */
    nego_talk_end(&talk);

    /* Whoever takes Kerberos out of the hint gets no weaker offer: it proves nothing. */
    nego_talk_begin(&talk, BOTH, BOTH);
    talk.on_the_way = weaken_hint;
    nego_server_leg(&talk);
    ok(nego_talk_works(&talk) && chosen(talk.client) == &nego_fake, "client %08lx, server %08lx\n", talk.client_status, talk.server_status); /* S5.3.2 */
    nego_talk_end(&talk);

    /* Nothing in common. */
    nego_talk_begin(&talk, NEGO_FAKE, NEGO_NTLM);
    nego_server_leg(&talk);
    nego_client_leg(&talk);
    ok(talk.client_status == SEC_E_INVALID_TOKEN, "got %08lx\n", talk.client_status); /* S5.7.1 */
    nego_talk_end(&talk);

    /* A client that says nothing either. */
    nego_talk_begin(&talk, NEGO_NTLM, NEGO_NTLM);
    nego_server_leg(&talk);
    talk.token_length = 0;
    nego_server_leg(&talk);
    ok(talk.server_status == SEC_E_INVALID_TOKEN, "got %08lx\n", talk.server_status); /* S5.7.1 */
    nego_talk_end(&talk);
}

/* ---- the end --------------------------------------------------------------------------------------------------------------- */

/* Nothing of the package's before the end, and nothing that it has not. */
static void test_use(void)
{
    const struct sec_package *package = &negotiate_package;
    SECURITY_STATUS (*const calls[])(struct package_context *, struct message *) = {package->make_signature, package->verify_signature,
                                                                                    package->encrypt_message, package->decrypt_message};
    SecPkgContext_Sizes sizes;
    PACCESS_TOKEN token;
    UCHAR signature[20], *data;
    struct nego_talk talk;
    ULONG size;

    nego_talk_begin(&talk, BOTH, NEGO_NTLM);
    for (int i = 0; i < 5; i++) i & 1 ? nego_server_leg(&talk) : nego_client_leg(&talk);
    for (size_t i = 0; i < ARRAYSIZE(calls); i++) /* NTLM is complete on the client's side, SPNEGO is not */
        ok(one_message(calls[i], talk.client, signature, 4, signature) == SEC_E_INVALID_HANDLE, "call %u\n", (unsigned int)i); /* S2.10.2 */
    ok(package->query_context(talk.client, SECPKG_ATTR_SIZES, &sizes) == SEC_E_INVALID_HANDLE, "sizes\n"); /* S2.10.2 */
    ok(package->context_token(talk.client, &token) == SEC_E_NO_IMPERSONATION, "a token\n"); /* S2.11.1 */
    ok(package->export_context(talk.client, false, &data, &size) == SEC_E_INVALID_HANDLE && !data, "exported\n"); /* S2.14.1 */
    nego_talk_end(&talk);

    nego_talk_begin(&talk, BOTH, BOTH);
    ok(nego_talk_works(&talk), "client %08lx, server %08lx\n", talk.client_status, talk.server_status); /* S5.4.3 */
    ok(package->context_token(talk.server, &token) == SEC_E_UNSUPPORTED_FUNCTION, "a token\n"); /* S2.11.1 */
    ok(package->export_context(talk.client, false, &data, &size) == SEC_E_UNSUPPORTED_FUNCTION && !data, "exported\n"); /* S2.14.1 */
    ok(package->set_context(talk.client, SECPKG_ATTR_SIZES, &sizes, sizeof(sizes)) == SEC_E_UNSUPPORTED_FUNCTION, "set\n"); /* S2.10.3 */
    ok(one_message(package->encrypt_message, talk.client, signature, 4, signature) == SEC_E_UNSUPPORTED_FUNCTION, "encrypted\n"); /* S2.12.5 */
    ok(one_message(package->make_signature, talk.client, "text", 4, signature) == SEC_E_OK, "not signed\n"); /* S2.12.2 */
    ok(one_message(package->verify_signature, talk.client, "text", 4, signature) == SEC_E_MESSAGE_ALTERED, "by itself\n"); /* S2.12.3 */
    nego_talk_end(&talk);
}

/* The other package, chosen by the server, with each number of tokens; and where it protects nothing. */
static void fake_second(struct nego_talk *talk, int legs)
{
    struct nego_candidate fake;

    nego_talk_begin(talk, BOTH, NEGO_FAKE);
    nego_fake_script.legs = legs;
    fake = talk->client_credential.candidates[0];
    talk->client_credential.candidates[0] = talk->client_credential.candidates[1];
    talk->client_credential.candidates[1] = fake;
}

static void test_second_choice(void)
{
    struct nego_talk talk;

    for (int legs = 1; legs <= 3; legs++)
    {
        fake_second(&talk, legs);
        ok(nego_talk_works(&talk) && chosen(talk.client) == &nego_fake, "%d tokens: client %08lx, server %08lx\n", legs, talk.client_status,
           talk.server_status); /* S5.4.3 */
        ok(nego_fake_seen.restarts == 4, "%d tokens: %d MICs\n", legs, nego_fake_seen.restarts); /* S5.5.1 */
        nego_talk_end(&talk);
    }
    fake_second(&talk, 2);
    nego_fake_script.integrity = false;
    nego_talk_run(&talk);
    ok(talk.client_status == SEC_E_DOWNGRADE_DETECTED, "client %08lx\n", talk.client_status); /* S5.7.1 */
    nego_talk_end(&talk);
}

/* A server that knows only the second identifier has not looked at the token: the package begins anew, and the MICs are needed (RFC 4178 5). */
static void test_second_identifier(void)
{
    struct nego_talk talk;

    for (int legs = 1; legs <= 3; legs++)
    {
        nego_talk_begin(&talk, BOTH, NEGO_STRICT);
        nego_fake_script.legs = legs;
        ok(nego_talk_works(&talk) && chosen(talk.client) == &nego_fake, "%d tokens: client %08lx, server %08lx\n", legs, talk.client_status,
           talk.server_status); /* S5.4.3 */
        ok(nego_fake_seen.restarts == 4, "%d tokens: %d MICs\n", legs, nego_fake_seen.restarts); /* S5.5.1 */
        nego_talk_end(&talk);
        ok(!nego_fake_seen.contexts, "%d contexts are left\n", nego_fake_seen.contexts); /* S12.2 */
    }
}

/* Kerberos' second identifier in an answer to the token for the first: who knows both takes one for the other. */
static void name_the_other(struct nego_talk *talk, int turn)
{
    if (turn == 1)
        for (ULONG i = 0; i + 6 <= talk->token_length; i++)
            if (!memcmp(talk->token + i, "\x06\x09\x2a\x86\x48\x82", 6)) talk->token[i + 5] = 0x86;
}

static void test_other_identifier(void)
{
    struct nego_talk talk;

    nego_talk_begin(&talk, BOTH, BOTH);
    talk.on_the_way = name_the_other;
    ok(nego_talk_works(&talk) && talk.legs == 3, "client %08lx, server %08lx, %d legs\n", talk.client_status, talk.server_status, talk.legs); /* S5.1.2 */
    nego_talk_end(&talk);
}

/* ---- what a context tells of it ----------------------------------------------------------------------------------------------- */

static ULONG missing_packages(struct package_context *context)
{
    SecPkgContext_NegoPackageInfo info = {0xdead};
    SECURITY_STATUS status = negotiate_package.query_context(context, SECPKG_ATTR_NEGO_PKG_INFO, &info);

    ok(status == SEC_E_OK, "got %08lx\n", status); /* S3.3.8 */
    return info.PackageMask;
}

/* Of an initiator what it offered, of an acceptor what it has. */
static void test_packages(void)
{
    static const ULONG no_kerberos = SECPKG_ATTR_NEGO_INFO_FLAG_NO_KERBEROS, no_ntlm = SECPKG_ATTR_NEGO_INFO_FLAG_NO_NTLM;
    static const struct
    {
        int client, server;
        SECURITY_STATUS first_leg;
        ULONG client_mask, server_mask;
    } cases[] = {
        {BOTH, BOTH, SEC_E_OK, 0, 0},
        {BOTH, NEGO_NTLM, SEC_E_OK, 0, no_kerberos},
        {NEGO_FAKE, BOTH, SEC_E_OK, no_ntlm, 0},
        {BOTH, NEGO_FAKE, SEC_E_OK, 0, no_ntlm},
        {NEGO_NTLM, BOTH, SEC_E_OK, no_kerberos, 0},                 /* without SPNEGO */
        {BOTH, BOTH, SEC_E_TARGET_UNKNOWN, no_kerberos, 0},          /* it was passed over */
    };

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        struct nego_talk talk;

        winetest_push_context("%u", (unsigned int)i);
        nego_talk_begin(&talk, cases[i].client, cases[i].server);
        nego_fake_script.first_leg = cases[i].first_leg;
        nego_client_leg(&talk);
        ok(missing_packages(talk.client) == cases[i].client_mask, "client: %lx\n", missing_packages(talk.client)); /* header sspi.h */
        nego_server_leg(&talk);
        ok(nego_talk_works(&talk), "client %08lx, server %08lx\n", talk.client_status, talk.server_status); /* S5.4.3 */
        ok(missing_packages(talk.client) == cases[i].client_mask, "client: %lx\n", missing_packages(talk.client)); /* header sspi.h */
        ok(missing_packages(talk.server) == cases[i].server_mask, "server: %lx\n", missing_packages(talk.server)); /* header sspi.h */
        nego_talk_end(&talk);
        winetest_pop_context();
    }
}

/* 'y', 'n' or 'm': whether the client's token was its last; '-': there is no telling. */
static char is_last_token(struct package_context *context)
{
    SecPkgContext_LastClientTokenStatus last;

    if (negotiate_package.query_context(context, SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, &last)) return '-';
    return last.LastClientTokenStatus == SecPkgAttrLastClientTokenYes ? 'y' : last.LastClientTokenStatus == SecPkgAttrLastClientTokenNo ? 'n' : 'm';
}

/* After each leg of the client (S3.3.8). The fake package has not thought of the question. */
static void test_last_token(void)
{
    static const struct
    {
        int client, server;
        const char *answers;
    } cases[] = {
        {NEGO_NTLM, NEGO_NTLM, "ny"},  /* raw */
        {BOTH, NEGO_NTLM, "-nyy"}, /* request-mic: NEGOTIATE, AUTHENTICATE with the MIC, the server's MIC */
    };
    SecPkgContext_LastClientTokenStatus last;
    struct nego_talk talk;

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        nego_talk_begin(&talk, cases[i].client, cases[i].server);
        for (const char *answer = cases[i].answers; *answer; answer++)
        {
            nego_client_leg(&talk);
            ok(is_last_token(talk.client) == *answer, "%s: %c after leg %d\n", cases[i].answers, is_last_token(talk.client), talk.legs); /* S3.3.8 */
            if (talk.token_length) nego_server_leg(&talk);
        }
        ok(talk.client_status == SEC_E_OK && talk.server_status == SEC_E_OK, "client %08lx, server %08lx\n", talk.client_status, talk.server_status); /* S5.4.3 */
        ok(negotiate_package.query_context(talk.server, SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, &last) == SEC_E_UNSUPPORTED_FUNCTION, "a server\n"); /* S3.3.8 */
        nego_talk_end(&talk);
    }
    nego_talk_begin(&talk, NEGO_NTLM, NEGO_NTLM); /* SPNEGO, as the server speaks first */
    nego_server_leg(&talk);
    nego_client_leg(&talk);
    ok(is_last_token(talk.client) == 'n', "%c\n", is_last_token(talk.client)); /* S3.3.8 */
    talk.token[0] ^= 1;
    nego_server_leg(&talk);
    nego_client_leg(&talk);
    ok(is_last_token(talk.client) == '-', "%c\n", is_last_token(talk.client)); /* S2.10.2 */
    nego_talk_end(&talk);
}

/* ---- refusals -------------------------------------------------------------------------------------------------------------- */

static void test_error_tokens(void)
{
    struct nego_talk talk;

    /* Nothing in common; told only to who wants to know. */
    for (int tell = 0; tell < 2; tell++)
    {
        nego_talk_begin(&talk, NEGO_FAKE, NEGO_NTLM);
        if (tell) talk.server_request |= ASC_REQ_EXTENDED_ERROR;
        nego_client_leg(&talk);
        nego_server_leg(&talk);
        ok(talk.server_status == SEC_E_INVALID_TOKEN && !talk.server, "got %08lx\n", talk.server_status); /* S5.7.1 */
        ok(tell ? is_hex(talk.token, talk.token_length, "a1073005a0030a0102") : !talk.token_length, "%lu bytes\n", talk.token_length); /* S12.15 */
        if (tell) nego_client_leg(&talk);
        if (tell) ok(talk.client_status == SEC_E_LOGON_DENIED, "got %08lx\n", talk.client_status); /* S5.7.1 */
        nego_talk_end(&talk);
    }

    /* The package's own error goes along. */
    nego_talk_begin(&talk, NEGO_FAKE, NEGO_FAKE);
    nego_fake_script.error_token = "E!";
    talk.server_request |= ASC_REQ_EXTENDED_ERROR;
    nego_client_leg(&talk);
    nego_server_leg(&talk);
    ok(talk.server_status == SEC_E_LOGON_DENIED && is_hex(talk.token, talk.token_length, "a10d300ba0030a0102a20404024521"), "got %08lx\n",
       talk.server_status); /* S12.15 */
    nego_client_leg(&talk);
    ok(talk.client_status == SEC_E_INVALID_TOKEN, "got %08lx\n", talk.client_status); /* S5.7.1: what the package says to it */
    nego_talk_end(&talk);
}

/* Clients of the packages themselves. */
static void test_raw(void)
{
    struct nego_talk talk;

    nego_talk_begin(&talk, BOTH, BOTH);
    talk.token_length = 2;
    memcpy(talk.token, "K1", 2);
    nego_server_leg(&talk);
    ok(talk.server_status == SEC_E_OK && talk.token_length == 2 && !memcmp(talk.token, "K2", 2), "got %08lx\n", talk.server_status); /* S5.4.2 */
    ok(chosen(talk.server) == &nego_fake && state_of(talk.server) == SECPKG_NEGOTIATION_COMPLETE, "another package\n"); /* S5.4.2 */
    nego_talk_end(&talk);

    /* Not where the server has no such package. */
    nego_talk_begin(&talk, BOTH, NEGO_NTLM);
    talk.token_length = 2;
    memcpy(talk.token, "K1", 2);
    nego_server_leg(&talk);
    ok(talk.server_status == SEC_E_INVALID_TOKEN && !talk.server, "got %08lx\n", talk.server_status); /* S5.4.2 */

    /* A client that is alone with a package whose frame is GSSAPI's speaks SPNEGO all the same. */
    nego_talk_begin(&talk, NEGO_FAKE, NEGO_FAKE);
    nego_client_leg(&talk);
    ok(talk.token[0] == 0x60, "%02x\n", talk.token[0]); /* S5.2.1 */
    nego_talk_end(&talk);
}

/* Longer than the package says that tokens are. */
static void test_too_long(void)
{
    static UCHAR token[NEGOTIATE_MAX_TOKEN + 1] = "NTLMSSP";
    SecBuffer buffer = {sizeof(token), SECBUFFER_TOKEN, token};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &buffer};
    struct leg leg = {.input = &input, .request = ASC_REQ_NO_TOKEN};
    struct nego_talk talk;
    SECURITY_STATUS status;

    nego_talk_begin(&talk, BOTH, BOTH);
    status = nego_accept((struct package_credential *)&talk.server_credential, &talk.server, &leg);
    ok(status == SEC_E_INVALID_TOKEN && !talk.server, "got %08lx\n", status); /* S5.7.1 */
    status = nego_initialize((struct package_credential *)&talk.client_credential, &talk.client, &leg);
    ok(status == SEC_E_INVALID_TOKEN && !talk.client, "got %08lx\n", status); /* S5.7.1 */
}

/* A message too many, and legs of the other side. */
static void test_order(void)
{
    struct nego_talk talk;
    struct package_context *client;

    nego_talk_begin(&talk, BOTH, NEGO_NTLM);
    ok(nego_talk_works(&talk), "client %08lx, server %08lx\n", talk.client_status, talk.server_status); /* S5.4.3 */
    nego_server_leg(&talk);
    nego_client_leg(&talk);
    ok(talk.server_status == SEC_E_OUT_OF_SEQUENCE && talk.client_status == SEC_E_OUT_OF_SEQUENCE, "got %08lx\n", talk.server_status); /* S4.9.9 */
    client = talk.client;
    talk.client = talk.server;
    nego_client_leg(&talk);
    ok(talk.client_status == SEC_E_INVALID_HANDLE, "got %08lx\n", talk.client_status); /* S2.11.1 */
    talk.client = client;
    client = talk.server;
    talk.server = talk.client;
    nego_server_leg(&talk);
    ok(talk.server_status == SEC_E_INVALID_HANDLE, "got %08lx\n", talk.server_status); /* S2.11.1 */
    talk.server = client;
    nego_talk_end(&talk);
}

START_TEST(negotiate)
{
    nego_double_begin();
    test_choices();
    test_offer();
    test_passing_over();
    test_nothing_left();
    test_requests();
    test_bindings();
    test_hint();
    test_use();
    test_second_choice();
    test_second_identifier();
    test_other_identifier();
    test_packages();
    test_last_token();
    test_error_tokens();
    test_raw();
    test_order();
    test_too_long();
    nego_double_end();
}

/*
 * libFuzzer target: the acceptor's judgement of any AUTHENTICATE, under a fixed challenge. fuzz/make_ntlm_corpus
 * makes valid ones.
 *
 * Covers: dlls/secur32/wire.c dlls/msv1_0/avpairs.c dlls/msv1_0/text.c dlls/msv1_0/server.c
 * Covers: dlls/msv1_0/messages.c:ntlm_message_type,ntlm_parse_authenticate,read_version,read_payload
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fuzz/ntlm_target.h"

/*
 * The first byte of an input chooses the exchange it belongs to: one of Windows, or one with sealing and key exchange; and those of
 * an acceptor that takes everything, whose flags are without extended session security.
 */
static const struct
{
    const char *challenge;
    bool old;
    ULONG more_flags;
} exchanges[] = {
    {CAPTURED_CHALLENGE, false, 0},
    {CHALLENGE_V2, false, 0},
    {CHALLENGE_V1, true, 0},
    {CHALLENGE_V1, true, NTLM_FLAG_LM_KEY | NTLM_FLAG_NON_NT_KEY},
};

static struct package_credential server;

static void set_policy(bool old)
{
    server.policy.accept_v1 = server.policy.accept_lm = server.policy.lm_keys = old;
    server.policy.require_128bit = !old;
}

static struct bytes challenge_of(unsigned int exchange)
{
    struct bytes challenge = unhex(exchanges[exchange].challenge);
    ULONG flags;

    memcpy(&flags, challenge.data + 20, sizeof(flags));
    flags = (flags | exchanges[exchange].more_flags) & ~(exchanges[exchange].old ? NTLM_FLAG_ESS : 0);
    memcpy(challenge.data + 20, &flags, sizeof(flags));
    return challenge;
}

static SECURITY_STATUS judge(const uint8_t *data, size_t size)
{
    unsigned int exchange = data[0] & 3;
    struct bytes negotiate = unhex(CAPTURED_NEGOTIATE), challenge = challenge_of(exchange);
    struct handshake handshake = {.server_credential = &server,
                                  .server_request = ASC_REQ_NO_TOKEN | ASC_REQ_ALLOW_NULL_SESSION};
    UCHAR text[32] = "text", signature[16];
    SECURITY_STATUS status;

    set_policy(exchanges[exchange].old);
    memcpy(handshake.negotiate, negotiate.data, negotiate.size);
    handshake.negotiate_size = negotiate.size;
    must(leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED);
    must(!server_set_challenge(handshake.server, span_of(&negotiate), span_of(&challenge)));
    memcpy(handshake.authenticate, data + 1, size - 1);
    handshake.authenticate_size = size - 1;
    status = leg_finish(&handshake);
    if (!status)
    {
        one_message(ntlm_package.make_signature, handshake.server, text, sizeof(text), signature);
        one_message(ntlm_package.encrypt_message, handshake.server, text, sizeof(text), signature);
    }
    else must(one_message(ntlm_package.make_signature, handshake.server, text, sizeof(text), signature) != SEC_E_OK);
    end_handshake(&handshake);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!server.accounts)
    {
        struct bytes valid = unhex("00" CAPTURED_AUTHENTICATE), old = unhex("03" AUTHENTICATE_V1);

        double_inbound(&server);
        server.policy.max_skew = ~0ull; /* the fixed messages are old */
        server.policy.allow_anonymous = true;
        must(judge(valid.data, valid.size) == SEC_E_OK);
        must(judge(old.data, old.size) == SEC_E_OK);
    }
    if (size && size <= 4096) judge(data, size);
    return 0;
}

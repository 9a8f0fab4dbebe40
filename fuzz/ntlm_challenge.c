/*
 * libFuzzer target: the initiator's second leg on any CHALLENGE.
 *
 * Covers: dlls/secur32/wire.c dlls/msv1_0/avpairs.c dlls/msv1_0/client.c
 * Covers: dlls/msv1_0/messages.c:ntlm_message_type,ntlm_parse_challenge,read_version,read_payload
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fuzz/ntlm_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct package_credential alice;
    struct handshake handshake = {.client_credential = &alice, .target = u"HTTP/server.example"};
    struct ntlm_authenticate message;
    struct ntlm_v2_response response;

    if (!alice.use) double_outbound(&alice, u"SERVER", u"alice", u"Password");
    if (!size || size > sizeof(handshake.challenge)) return 0;
    /* The first byte chooses what the caller asks for. */
    handshake.client_request = (data[0] & 1 ? ISC_REQ_INTEGRITY : 0) | (data[0] & 2 ? ISC_REQ_CONFIDENTIALITY : 0) |
                               (data[0] & 4 ? ISC_REQ_NULL_SESSION : 0) |
                               (data[0] & 8 ? ISC_REQ_UNVERIFIED_TARGET_NAME : 0);
    must(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED);
    memcpy(handshake.challenge, data + 1, size - 1);
    handshake.challenge_size = size - 1;
    if (leg_authenticate(&handshake) == SEC_E_OK)
        must(ntlm_parse_authenticate(handshake.authenticate, handshake.authenticate_size, &message) &&
             (!message.nt.size || ntlm_parse_v2_response(message.nt, &response)));
    else must(!handshake.authenticate_size);
    end_handshake(&handshake);
    return 0;
}

/*
 * libFuzzer target: the acceptor's first leg on any NEGOTIATE.
 *
 * Covers: dlls/secur32/wire.c dlls/msv1_0/messages.c:ntlm_message_type,ntlm_parse_negotiate,read_version
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fuzz/ntlm_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct package_credential server;
    struct handshake handshake = {.server_credential = &server};
    struct ntlm_challenge challenge;

    if (!server.accounts) double_inbound(&server);
    if (size > sizeof(handshake.negotiate)) return 0;
    memcpy(handshake.negotiate, data, size);
    handshake.negotiate_size = size;
    if (leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED)
        must(ntlm_parse_challenge(handshake.challenge, handshake.challenge_size, &challenge) &&
             challenge.target_info.size);
    else must(!handshake.server && !handshake.challenge_size);
    end_handshake(&handshake);
    return 0;
}

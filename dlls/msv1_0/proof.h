/*
 * The arithmetic of MS-NLMP 3.3 and 3.4.5: what a password proves, which keys come of it. No state, no wire format.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_PROOF_H
#define GUISE_MSV1_0_PROOF_H

#include "dlls/msv1_0/crypto.h"
#include "dlls/msv1_0/messages.h"

#define NTLM_KEY_SIZE       16
#define NTLM_CHALLENGE_SIZE 8

/* The key of an account: MD4 of the password in UTF-16. */
bool ntlm_ntowf_v1(const WCHAR *password, size_t units, UCHAR hash[NTLM_KEY_SIZE]);

/*
 * The key of an account under a name as it was sent: the user is upper-cased here, the domain stays as it is (S4.4.2).
 */
bool ntlm_ntowf_v2(const UCHAR nt_hash[NTLM_KEY_SIZE], const WCHAR *user, size_t user_units, const WCHAR *domain,
                   size_t domain_units, UCHAR key[NTLM_KEY_SIZE]);

/* ---- NTLMv1 and LM: proof_v1.c ----------------------------------------------------------- */

/* The LM hash of a password that has one: ASCII (the OEM code page is not known here) of at most 14 characters. */
bool ntlm_has_lm_hash(const WCHAR *password, size_t units);
bool ntlm_lmowf_v1(const WCHAR *password, size_t units, UCHAR hash[NTLM_KEY_SIZE]);

/*
 * What an NT response of version 1 answers: the server's challenge, or with extended session security its digest with the
 * client's. CLIENT_CHALLENGE is NULL without.
 */
bool ntlm_v1_challenge(const UCHAR server_challenge[NTLM_CHALLENGE_SIZE], const UCHAR *client_challenge,
                       UCHAR challenge[NTLM_CHALLENGE_SIZE]);

/* DESL of MS-NLMP 6: the response of a hash to a challenge. */
bool ntlm_desl(const UCHAR hash[NTLM_KEY_SIZE], const UCHAR challenge[NTLM_CHALLENGE_SIZE],
               UCHAR response[NTLM_V1_RESPONSE_SIZE]);

bool ntlm_v1_session_base_key(const UCHAR nt_hash[NTLM_KEY_SIZE], UCHAR session_base_key[NTLM_KEY_SIZE]);

/* Whether these flags make a key out of the LM hash. Extended session security excludes it (table 4.3). */
bool ntlm_v1_uses_lm_key(ULONG flags);

/*
 * KXKEY of version 1 (S4.4.3). LM_RESPONSE is the field of the message, whatever it holds. LM_HASH may be NULL unless
 * ntlm_v1_uses_lm_key().
 */
bool ntlm_v1_exchange_key(ULONG flags, const UCHAR session_base_key[NTLM_KEY_SIZE], const UCHAR *lm_hash,
                          const UCHAR lm_response[NTLM_V1_RESPONSE_SIZE],
                          const UCHAR server_challenge[NTLM_CHALLENGE_SIZE], UCHAR exchange_key[NTLM_KEY_SIZE]);

/* ---- NTLMv2 ----------------------------------------------------------- */

/* NTProofStr over the server challenge and TEMP, and the SessionBaseKey that follows from it. */
bool ntlm_v2_proof(const UCHAR ntowf_v2[NTLM_KEY_SIZE], const UCHAR server_challenge[NTLM_CHALLENGE_SIZE],
                   struct wire_span temp, UCHAR proof[NTLM_KEY_SIZE], UCHAR session_base_key[NTLM_KEY_SIZE]);

bool ntlm_v2_lm_response(const UCHAR ntowf_v2[NTLM_KEY_SIZE], const UCHAR server_challenge[NTLM_CHALLENGE_SIZE],
                         const UCHAR client_challenge[NTLM_CHALLENGE_SIZE], UCHAR response[24]);

/* Whether these flags make the client send a random session key of its own (S4.3.4). */
bool ntlm_exchanges_key(ULONG flags);

/* The MIC of an AUTHENTICATE whose MIC lies at MIC_OFFSET and counts as zeros (S4.4.4). */
bool ntlm_mic(const UCHAR exported_key[NTLM_KEY_SIZE], struct wire_span negotiate, struct wire_span challenge,
              struct wire_span authenticate, size_t mic_offset, UCHAR mic[MD5_SIZE]);

/*
 * The MD5 of channel bindings (S4.4.6). BLOB is a SEC_CHANNEL_BINDINGS and what its offsets point at.
 * *malformed tells a blob that is none from a failure.
 */
bool ntlm_channel_bindings_hash(struct wire_span blob, UCHAR hash[MD5_SIZE], bool *malformed);

/* The four keys of a session (section 4.5 of the SSPI notes). Without ESS there are no signing keys and one stream. */
struct ntlm_session_keys
{
    UCHAR client_sign[NTLM_KEY_SIZE], server_sign[NTLM_KEY_SIZE];
    UCHAR client_seal[NTLM_KEY_SIZE], server_seal[NTLM_KEY_SIZE];
    size_t seal_size; /* bytes of a sealing key: fewer than NTLM_KEY_SIZE with LM_KEY alone */
};

/* How many bits a sealing key has with these flags. */
unsigned int ntlm_key_bits(ULONG flags);

/* What a datagram with the number SEQUENCE is sealed with (S4.5.2). */
bool ntlm_datagram_key(const UCHAR seal_key[NTLM_KEY_SIZE], ULONG sequence, UCHAR key[NTLM_KEY_SIZE]);

bool ntlm_derive_session_keys(ULONG flags, const UCHAR exported_key[NTLM_KEY_SIZE], struct ntlm_session_keys *keys);

#endif

/*
 * NTLMv1 and LM responses and the keys that come of them (MS-NLMP 3.3.1, 3.4.5.1). For who is configured to speak them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/proof.h"

#define LM_PASSWORD_SIZE 14

bool ntlm_has_lm_hash(const WCHAR *password, size_t units)
{
    if (units > LM_PASSWORD_SIZE) return false;
    for (size_t i = 0; i < units; i++)
        if (!password[i] || password[i] >= 0x80) return false;
    return true;
}

bool ntlm_lmowf_v1(const WCHAR *password, size_t units, UCHAR hash[NTLM_KEY_SIZE])
{
    static const UCHAR constant[DES_BLOCK_SIZE] = {'K', 'G', 'S', '!', '@', '#', '$', '%'};
    UCHAR keys[LM_PASSWORD_SIZE] = {0};
    bool ok;

    memset(hash, 0, NTLM_KEY_SIZE);
    if (!ntlm_has_lm_hash(password, units)) return false;
    for (size_t i = 0; i < units; i++)
        keys[i] = password[i] >= 'a' && password[i] <= 'z' ? password[i] - 'a' + 'A' : password[i];
    ok = crypto_des(keys, constant, hash) && crypto_des(keys + DES_KEY_SIZE, constant, hash + DES_BLOCK_SIZE);
    crypto_wipe(keys, sizeof(keys));
    return ok;
}

bool ntlm_v1_challenge(const UCHAR server_challenge[NTLM_CHALLENGE_SIZE], const UCHAR *client_challenge,
                       UCHAR challenge[NTLM_CHALLENGE_SIZE])
{
    struct crypto_chunk both[] = {{server_challenge, NTLM_CHALLENGE_SIZE}, {client_challenge, NTLM_CHALLENGE_SIZE}};
    UCHAR digest[MD5_SIZE];
    bool ok;

    if (!client_challenge)
    {
        memcpy(challenge, server_challenge, NTLM_CHALLENGE_SIZE);
        return true;
    }
    ok = crypto_md5(both, 2, digest);
    memcpy(challenge, digest, NTLM_CHALLENGE_SIZE);
    return ok;
}

bool ntlm_desl(const UCHAR hash[NTLM_KEY_SIZE], const UCHAR challenge[NTLM_CHALLENGE_SIZE],
               UCHAR response[NTLM_V1_RESPONSE_SIZE])
{
    UCHAR keys[3 * DES_KEY_SIZE] = {0}; /* the hash and zeros */
    bool ok = true;

    memcpy(keys, hash, NTLM_KEY_SIZE);
    for (size_t i = 0; i < 3; i++)
        ok = crypto_des(keys + i * DES_KEY_SIZE, challenge, response + i * DES_BLOCK_SIZE) && ok;
    crypto_wipe(keys, sizeof(keys));
    return ok;
}

bool ntlm_v1_session_base_key(const UCHAR nt_hash[NTLM_KEY_SIZE], UCHAR session_base_key[NTLM_KEY_SIZE])
{
    return crypto_md4(nt_hash, NTLM_KEY_SIZE, session_base_key);
}

bool ntlm_v1_uses_lm_key(ULONG flags)
{
    return !(flags & NTLM_FLAG_ESS) && (flags & (NTLM_FLAG_LM_KEY | NTLM_FLAG_NON_NT_KEY));
}

/* Two blocks of DES over the response: the hash's first seven bytes, then the eighth and a constant. */
static bool lm_exchange_key(const UCHAR lm_hash[NTLM_KEY_SIZE], const UCHAR lm_response[NTLM_V1_RESPONSE_SIZE],
                            UCHAR exchange_key[NTLM_KEY_SIZE])
{
    UCHAR keys[2 * DES_KEY_SIZE];
    bool ok;

    memset(keys, 0xbd, sizeof(keys));
    memcpy(keys, lm_hash, DES_KEY_SIZE + 1);
    ok = crypto_des(keys, lm_response, exchange_key) &&
         crypto_des(keys + DES_KEY_SIZE, lm_response, exchange_key + DES_BLOCK_SIZE);
    crypto_wipe(keys, sizeof(keys));
    return ok;
}

bool ntlm_v1_exchange_key(ULONG flags, const UCHAR session_base_key[NTLM_KEY_SIZE], const UCHAR *lm_hash,
                          const UCHAR lm_response[NTLM_V1_RESPONSE_SIZE],
                          const UCHAR server_challenge[NTLM_CHALLENGE_SIZE], UCHAR exchange_key[NTLM_KEY_SIZE])
{
    struct crypto_chunk challenges[] = {{server_challenge, NTLM_CHALLENGE_SIZE}, {lm_response, NTLM_CHALLENGE_SIZE}};

    if (flags & NTLM_FLAG_ESS)
        return crypto_hmac_md5(session_base_key, NTLM_KEY_SIZE, challenges, 2, exchange_key);
    if (flags & NTLM_FLAG_LM_KEY) return lm_exchange_key(lm_hash, lm_response, exchange_key);
    memset(exchange_key, 0, NTLM_KEY_SIZE);
    if (flags & NTLM_FLAG_NON_NT_KEY) memcpy(exchange_key, lm_hash, NTLM_KEY_SIZE / 2);
    else memcpy(exchange_key, session_base_key, NTLM_KEY_SIZE);
    return true;
}

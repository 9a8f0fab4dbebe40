/*
 * NTLMv2 responses, the message integrity code, channel bindings and session keys (MS-NLMP 3.3.2, 3.4.5).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/proof.h"
#include "dlls/msv1_0/utf16.h"

bool ntlm_ntowf_v1(const WCHAR *password, size_t units, UCHAR hash[NTLM_KEY_SIZE])
{
    return crypto_md4(password, units * sizeof(WCHAR), hash);
}

bool ntlm_ntowf_v2(const UCHAR nt_hash[NTLM_KEY_SIZE], const WCHAR *user, size_t user_units, const WCHAR *domain,
                   size_t domain_units, UCHAR key[NTLM_KEY_SIZE])
{
    struct crypto_hmac hmac;

    crypto_hmac_begin(&hmac, nt_hash, NTLM_KEY_SIZE);
    for (size_t i = 0; i < user_units;)
    {
        WCHAR upper[64];
        size_t count = 0;

        while (count < sizeof(upper) / sizeof(upper[0]) && i < user_units) upper[count++] = utf16_upper(user[i++]);
        crypto_hmac_update(&hmac, upper, count * sizeof(WCHAR));
    }
    crypto_hmac_update(&hmac, domain, domain_units * sizeof(WCHAR));
    return crypto_hmac_end(&hmac, key);
}

bool ntlm_v2_proof(const UCHAR ntowf_v2[NTLM_KEY_SIZE], const UCHAR server_challenge[NTLM_CHALLENGE_SIZE],
                   struct wire_span temp, UCHAR proof[NTLM_KEY_SIZE], UCHAR session_base_key[NTLM_KEY_SIZE])
{
    struct crypto_chunk proved[] = {{server_challenge, NTLM_CHALLENGE_SIZE}, {temp.data, temp.size}};
    struct crypto_chunk base = {proof, NTLM_KEY_SIZE};

    memset(session_base_key, 0, NTLM_KEY_SIZE);
    return crypto_hmac_md5(ntowf_v2, NTLM_KEY_SIZE, proved, 2, proof) &&
           crypto_hmac_md5(ntowf_v2, NTLM_KEY_SIZE, &base, 1, session_base_key);
}

bool ntlm_v2_lm_response(const UCHAR ntowf_v2[NTLM_KEY_SIZE], const UCHAR server_challenge[NTLM_CHALLENGE_SIZE],
                         const UCHAR client_challenge[NTLM_CHALLENGE_SIZE], UCHAR response[24])
{
    struct crypto_chunk proved[] = {{server_challenge, NTLM_CHALLENGE_SIZE}, {client_challenge, NTLM_CHALLENGE_SIZE}};

    memcpy(response + MD5_SIZE, client_challenge, NTLM_CHALLENGE_SIZE);
    return crypto_hmac_md5(ntowf_v2, NTLM_KEY_SIZE, proved, 2, response);
}

bool ntlm_exchanges_key(ULONG flags)
{
    return (flags & NTLM_FLAG_KEY_EXCH) && (flags & (NTLM_FLAG_SIGN | NTLM_FLAG_SEAL));
}

bool ntlm_mic(const UCHAR exported_key[NTLM_KEY_SIZE], struct wire_span negotiate, struct wire_span challenge,
              struct wire_span authenticate, size_t mic_offset, UCHAR mic[MD5_SIZE])
{
    static const UCHAR zeros[MD5_SIZE];
    size_t behind = mic_offset + MD5_SIZE;
    struct crypto_chunk covered[] = {
        {negotiate.data, negotiate.size},
        {challenge.data, challenge.size},
        {authenticate.data, mic_offset},
        {zeros, sizeof(zeros)},
        {authenticate.data + behind, authenticate.size - behind},
    };

    return crypto_hmac_md5(exported_key, NTLM_KEY_SIZE, covered, sizeof(covered) / sizeof(covered[0]), mic);
}

/* A length and the bytes of BLOB it speaks of. */
static struct crypto_chunk bound_bytes(struct wire_reader *reader, struct wire_span blob, ULONG *length)
{
    struct crypto_chunk chunk = {NULL, 0};
    ULONG offset;

    *length = wire_read_u32(reader);
    offset = wire_read_u32(reader);
    if (!*length) return chunk;
    if (offset > blob.size || *length > blob.size - offset) reader->failed = true;
    else chunk = (struct crypto_chunk){blob.data + offset, *length};
    return chunk;
}

bool ntlm_channel_bindings_hash(struct wire_span blob, UCHAR hash[MD5_SIZE], bool *malformed)
{
    struct wire_reader reader;
    ULONG initiator[2], acceptor[2], application;
    struct crypto_chunk chunks[6];

    /* RFC 2744 3.11 and RFC 1964 1.1.1: types and lengths in front of the bytes, never the offsets. */
    wire_reader_init(&reader, blob.data, blob.size);
    initiator[0] = wire_read_u32(&reader);
    chunks[0] = (struct crypto_chunk){initiator, sizeof(initiator)};
    chunks[1] = bound_bytes(&reader, blob, &initiator[1]);
    acceptor[0] = wire_read_u32(&reader);
    chunks[2] = (struct crypto_chunk){acceptor, sizeof(acceptor)};
    chunks[3] = bound_bytes(&reader, blob, &acceptor[1]);
    chunks[4] = (struct crypto_chunk){&application, sizeof(application)};
    chunks[5] = bound_bytes(&reader, blob, &application);

    memset(hash, 0, MD5_SIZE);
    if ((*malformed = reader.failed)) return false;
    return crypto_md5(chunks, sizeof(chunks) / sizeof(chunks[0]), hash);
}

static bool derive(const UCHAR *key, size_t key_size, const char *constant, size_t constant_size, UCHAR *out)
{
    struct crypto_chunk chunks[] = {{key, key_size}, {constant, constant_size}};

    return crypto_md5(chunks, 2, out);
}

unsigned int ntlm_key_bits(ULONG flags)
{
    unsigned int fewer = flags & NTLM_FLAG_56 ? 56 : 40;

    if (flags & NTLM_FLAG_ESS) return flags & NTLM_FLAG_128 ? 128 : fewer;
    return flags & NTLM_FLAG_LM_KEY ? fewer : 128;
}

bool ntlm_datagram_key(const UCHAR seal_key[NTLM_KEY_SIZE], ULONG sequence, UCHAR key[NTLM_KEY_SIZE])
{
    UCHAR number[4];
    struct crypto_chunk chunks[] = {{seal_key, NTLM_KEY_SIZE}, {number, sizeof(number)}};
    struct wire_writer writer;

    wire_writer_init(&writer, number, sizeof(number));
    wire_write_u32(&writer, sequence);
    return crypto_md5(chunks, 2, key);
}

/* Both ways alike. With LM_KEY the rest of the key is a constant that is known to all (MS-NLMP 3.4.5.3). */
static void derive_without_ess(ULONG flags, const UCHAR exported_key[NTLM_KEY_SIZE], struct ntlm_session_keys *keys)
{
    static const UCHAR tail_56[] = {0xa0}, tail_40[] = {0xe5, 0x38, 0xb0};

    memcpy(keys->client_seal, exported_key, NTLM_KEY_SIZE);
    if (flags & NTLM_FLAG_LM_KEY)
    {
        keys->seal_size = 8;
        memset(keys->client_seal + keys->seal_size, 0, NTLM_KEY_SIZE - keys->seal_size);
        if (flags & NTLM_FLAG_56) memcpy(keys->client_seal + 7, tail_56, sizeof(tail_56));
        else memcpy(keys->client_seal + 5, tail_40, sizeof(tail_40));
    }
    memcpy(keys->server_seal, keys->client_seal, NTLM_KEY_SIZE);
}

bool ntlm_derive_session_keys(ULONG flags, const UCHAR exported_key[NTLM_KEY_SIZE], struct ntlm_session_keys *keys)
{
    /* MS-NLMP 3.4.5.2 and 3.4.5.3: the terminating NUL is part of the constant. */
    static const char client_sign[] = "session key to client-to-server signing key magic constant";
    static const char server_sign[] = "session key to server-to-client signing key magic constant";
    static const char client_seal[] = "session key to client-to-server sealing key magic constant";
    static const char server_seal[] = "session key to server-to-client sealing key magic constant";
    size_t seal_size = flags & NTLM_FLAG_128 ? NTLM_KEY_SIZE : flags & NTLM_FLAG_56 ? 7 : 5;

    memset(keys, 0, sizeof(*keys));
    keys->seal_size = NTLM_KEY_SIZE;
    if (!(flags & NTLM_FLAG_ESS))
    {
        derive_without_ess(flags, exported_key, keys);
        return true;
    }
    return derive(exported_key, NTLM_KEY_SIZE, client_sign, sizeof(client_sign), keys->client_sign) &&
           derive(exported_key, NTLM_KEY_SIZE, server_sign, sizeof(server_sign), keys->server_sign) &&
           derive(exported_key, seal_size, client_seal, sizeof(client_seal), keys->client_seal) &&
           derive(exported_key, seal_size, server_seal, sizeof(server_seal), keys->server_seal);
}

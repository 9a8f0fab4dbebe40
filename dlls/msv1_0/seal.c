/*
 * MakeSignature, VerifySignature, EncryptMessage and DecryptMessage of NTLM, in connection and datagram mode (MS-NLMP 3.4).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/seal.h"

#define CHECKSUM_SIZE 8

bool seal_init(struct seal *seal, ULONG flags, const UCHAR exported_key[NTLM_KEY_SIZE], bool client)
{
    struct ntlm_session_keys keys;
    bool ok;

    memset(seal, 0, sizeof(*seal));
    seal->flags = flags;
    if (!(flags & (NTLM_FLAG_SIGN | NTLM_FLAG_SEAL))) return true;

    ok = ntlm_derive_session_keys(flags, exported_key, &keys);
    seal->key_size = keys.seal_size;
    memcpy(seal->send.sign_key, client ? keys.client_sign : keys.server_sign, NTLM_KEY_SIZE);
    memcpy(seal->send.seal_key, client ? keys.client_seal : keys.server_seal, NTLM_KEY_SIZE);
    memcpy(seal->receive.sign_key, client ? keys.server_sign : keys.client_sign, NTLM_KEY_SIZE);
    memcpy(seal->receive.seal_key, client ? keys.server_seal : keys.client_seal, NTLM_KEY_SIZE);
    crypto_wipe(&keys, sizeof(keys));
    pthread_mutex_init(&seal->send.lock, NULL);
    pthread_mutex_init(&seal->receive.lock, NULL);
    return ok;
}

void seal_destroy(struct seal *seal)
{
    crypto_rc4_free(seal->send.rc4);
    crypto_rc4_free(seal->receive.rc4);
    crypto_hmac_key_free(seal->send.signer);
    crypto_hmac_key_free(seal->receive.signer);
    if (seal->flags & (NTLM_FLAG_SIGN | NTLM_FLAG_SEAL))
    {
        pthread_mutex_destroy(&seal->send.lock);
        pthread_mutex_destroy(&seal->receive.lock);
    }
    crypto_wipe(seal, sizeof(*seal));
}

/* A stream is made again when next used. */
static void restart_direction(struct seal_direction *direction)
{
    pthread_mutex_lock(&direction->lock);
    crypto_rc4_free(direction->rc4);
    direction->rc4 = NULL;
    pthread_mutex_unlock(&direction->lock);
}

void seal_restart(struct seal *seal)
{
    if (!(seal->flags & (NTLM_FLAG_SIGN | NTLM_FLAG_SEAL))) return;
    restart_direction(&seal->send);
    restart_direction(&seal->receive);
}

static ULONG buffer_type(const SecBuffer *buffer)
{
    return buffer->BufferType & ~SECBUFFER_ATTRMASK;
}

/* READONLY buffers are left out of everything, READONLY_WITH_CHECKSUM ones are signed but not sealed (S2.12.1). */
static bool is_signed(const SecBuffer *buffer)
{
    return buffer_type(buffer) == SECBUFFER_DATA && !(buffer->BufferType & SECBUFFER_READONLY) && buffer->cbBuffer;
}

static bool is_sealed(const SecBuffer *buffer)
{
    return is_signed(buffer) && !(buffer->BufferType & SECBUFFER_READONLY_WITH_CHECKSUM);
}

static SECURITY_STATUS check_buffers(const struct message *message, bool needs_data)
{
    bool has_data = false;

    if (message->token->cbBuffer && !message->token->pvBuffer) return SEC_E_INVALID_TOKEN;
    for (ULONG i = 0; i < message->buffers->cBuffers; i++)
    {
        const SecBuffer *buffer = &message->buffers->pBuffers[i];

        if (buffer_type(buffer) == SECBUFFER_DATA) has_data = true;
        if (is_signed(buffer) && !buffer->pvBuffer) return SEC_E_INVALID_TOKEN;
    }
    return needs_data && !has_data ? SEC_E_INVALID_TOKEN : SEC_E_OK; /* S2.12.4 */
}

/* The number of a message: counted here, or in datagram mode what the caller says (S4.11.1). */
static ULONG number_of(const struct seal *seal, const struct seal_direction *direction, const struct message *message)
{
    return seal->flags & NTLM_FLAG_DATAGRAM ? message->sequence : direction->sequence;
}

/* The stream of a direction: set up once per context (S4.5.1), in datagram mode begun anew for each number (S4.5.2). */
static bool prepare_stream(const struct seal *seal, struct seal_direction *direction, ULONG number)
{
    UCHAR key[NTLM_KEY_SIZE];
    bool ok;

    if (!direction->rc4 && !(direction->rc4 = crypto_rc4_new(direction->seal_key, seal->key_size))) return false;
    if (!(seal->flags & NTLM_FLAG_DATAGRAM)) return true;
    ok = ntlm_datagram_key(direction->seal_key, number, key) && crypto_rc4_restart(direction->rc4, key);
    crypto_wipe(key, sizeof(key));
    return ok;
}

/* Everything that has to be allocated, before a message moves anything. */
static bool prepare(const struct seal *seal, struct seal_direction *direction, ULONG number, bool needs_stream)
{
    if (!direction->signer) direction->signer = crypto_hmac_key_new(direction->sign_key, NTLM_KEY_SIZE);
    return crypto_thread_ready() && direction->signer && (!needs_stream || prepare_stream(seal, direction, number));
}

static bool apply_stream(struct seal_direction *direction, SecBufferDesc *buffers)
{
    for (ULONG i = 0; i < buffers->cBuffers; i++)
    {
        SecBuffer *buffer = &buffers->pBuffers[i];

        if (is_sealed(buffer) &&
            !crypto_rc4_apply(direction->rc4, buffer->pvBuffer, buffer->pvBuffer, buffer->cbBuffer))
            return false;
    }
    return true;
}

/* HMAC(SignKey, sequence | message)[0..7] (MS-NLMP 3.4.4.2), in clear. */
static bool checksum_of(const struct seal_direction *direction, ULONG sequence, const SecBufferDesc *buffers,
                        UCHAR checksum[CHECKSUM_SIZE])
{
    struct crypto_hmac hmac;
    struct wire_writer writer;
    UCHAR number[4], mac[MD5_SIZE];
    bool ok;

    wire_writer_init(&writer, number, sizeof(number));
    wire_write_u32(&writer, sequence);
    crypto_hmac_begin_keyed(&hmac, direction->signer);
    crypto_hmac_update(&hmac, number, sizeof(number));
    for (ULONG i = 0; i < buffers->cBuffers; i++)
        if (is_signed(&buffers->pBuffers[i]))
            crypto_hmac_update(&hmac, buffers->pBuffers[i].pvBuffer, buffers->pBuffers[i].cbBuffer);
    ok = crypto_hmac_end(&hmac, mac);
    memcpy(checksum, mac, CHECKSUM_SIZE);
    crypto_wipe(mac, sizeof(mac));
    return ok;
}

static ULONG crc_of(const SecBufferDesc *buffers)
{
    ULONG crc = 0;

    for (ULONG i = 0; i < buffers->cBuffers; i++)
        if (is_signed(&buffers->pBuffers[i]))
            crc = crypto_crc32(crc, buffers->pBuffers[i].pvBuffer, buffers->pBuffers[i].cbBuffer);
    return crc;
}

static void write_signature(UCHAR out[NTLM_SIGNATURE_SIZE], const void *middle, ULONG sequence)
{
    struct wire_writer writer;

    wire_writer_init(&writer, out, NTLM_SIGNATURE_SIZE);
    wire_write_u32(&writer, 1);
    wire_write_bytes(&writer, middle, CHECKSUM_SIZE);
    wire_write_u32(&writer, sequence);
}

/* Signs, and seals when SEAL, under the lock of DIRECTION. */
static bool protect_ess(struct seal *seal, struct seal_direction *direction, struct message *message, bool encrypt)
{
    bool hide_checksum = seal->flags & NTLM_FLAG_KEY_EXCH;
    ULONG number = number_of(seal, direction, message);
    UCHAR checksum[CHECKSUM_SIZE];

    if (!prepare(seal, direction, number, encrypt || hide_checksum)) return false;
    if (!checksum_of(direction, number, message->buffers, checksum)) return false;
    if (encrypt && !apply_stream(direction, message->buffers)) return false;
    if (hide_checksum && !crypto_rc4_apply(direction->rc4, checksum, checksum, sizeof(checksum))) return false;
    write_signature(message->token->pvBuffer, checksum, number);
    direction->sequence++;
    return true;
}

/* Pad, CRC and number of a signature without ESS, as the stream turns them (S4.6.1). The pad goes out as zeros. */
static bool protect_plain(const struct seal *seal, struct seal_direction *direction, struct message *message,
                          bool encrypt)
{
    UCHAR tail[12] = {0}, *out = message->token->pvBuffer;
    struct wire_writer writer;

    if (!prepare_stream(seal, direction, direction->sequence)) return false;
    wire_writer_init(&writer, tail, sizeof(tail));
    wire_write_zero(&writer, 4);
    wire_write_u32(&writer, crc_of(message->buffers));
    wire_write_u32(&writer, direction->sequence);
    if (encrypt && !apply_stream(direction, message->buffers)) return false;
    if (!crypto_rc4_apply(direction->rc4, tail, tail, sizeof(tail))) return false;
    wire_writer_init(&writer, out, NTLM_SIGNATURE_SIZE);
    wire_write_u32(&writer, 1);
    wire_write_zero(&writer, 4);
    wire_write_bytes(&writer, tail + 4, 8);
    direction->sequence++;
    return true;
}

/*
 * Verifies, and unseals when DECRYPT. A message that is out of turn changes nothing (S2.12.10); an altered one uses
 * its number and its part of the stream up, so that the next one is judged by itself.
 */
static SECURITY_STATUS unprotect_ess(struct seal *seal, struct seal_direction *direction, struct message *message,
                                     bool decrypt)
{
    bool hidden_checksum = seal->flags & NTLM_FLAG_KEY_EXCH;
    UCHAR checksum[CHECKSUM_SIZE], expected[NTLM_SIGNATURE_SIZE];
    ULONG number = number_of(seal, direction, message);
    struct wire_reader reader;

    wire_reader_init(&reader, message->token->pvBuffer, message->token->cbBuffer);
    if (wire_read_u32(&reader) != 1) return SEC_E_MESSAGE_ALTERED;
    wire_skip(&reader, CHECKSUM_SIZE);
    if (wire_read_u32(&reader) != number) return SEC_E_OUT_OF_SEQUENCE;

    if (!prepare(seal, direction, number, decrypt || hidden_checksum)) return SEC_E_INSUFFICIENT_MEMORY;
    if (decrypt && !apply_stream(direction, message->buffers)) return SEC_E_INTERNAL_ERROR;
    if (!checksum_of(direction, number, message->buffers, checksum)) return SEC_E_INSUFFICIENT_MEMORY;
    if (hidden_checksum && !crypto_rc4_apply(direction->rc4, checksum, checksum, sizeof(checksum)))
        return SEC_E_INTERNAL_ERROR;
    write_signature(expected, checksum, number);
    direction->sequence++;
    return crypto_equal(expected, message->token->pvBuffer, sizeof(expected)) ? SEC_E_OK : SEC_E_MESSAGE_ALTERED;
}

/* Without ESS the number itself is hidden by the stream: there is no telling before the stream has moved on. */
static SECURITY_STATUS unprotect_plain(const struct seal *seal, struct seal_direction *direction,
                                       struct message *message, bool decrypt)
{
    UCHAR tail[12] = {0}, expected[4];
    struct wire_reader reader;
    struct wire_writer writer;
    ULONG number;

    wire_reader_init(&reader, message->token->pvBuffer, message->token->cbBuffer);
    if (wire_read_u32(&reader) != 1) return SEC_E_MESSAGE_ALTERED;
    wire_skip(&reader, 4); /* the pad may be anything (S4.10.1) */
    wire_read_bytes(&reader, tail + 4, 8);

    if (!prepare_stream(seal, direction, direction->sequence)) return SEC_E_INSUFFICIENT_MEMORY;
    if (decrypt && !apply_stream(direction, message->buffers)) return SEC_E_INTERNAL_ERROR;
    if (!crypto_rc4_apply(direction->rc4, tail, tail, sizeof(tail))) return SEC_E_INTERNAL_ERROR;
    wire_writer_init(&writer, expected, sizeof(expected));
    wire_write_u32(&writer, crc_of(message->buffers));
    wire_reader_init(&reader, tail + 8, 4);
    number = wire_read_u32(&reader);
    if (number != direction->sequence) return SEC_E_OUT_OF_SEQUENCE;
    direction->sequence++;
    return crypto_equal(expected, tail + 4, sizeof(expected)) ? SEC_E_OK : SEC_E_MESSAGE_ALTERED;
}

static SECURITY_STATUS protect(struct seal *seal, struct message *message, bool encrypt)
{
    struct seal_direction *direction = &seal->send;
    bool ok;

    pthread_mutex_lock(&direction->lock);
    ok = seal->flags & NTLM_FLAG_ESS ? protect_ess(seal, direction, message, encrypt)
                                     : protect_plain(seal, direction, message, encrypt);
    pthread_mutex_unlock(&direction->lock);
    if (!ok) return SEC_E_INSUFFICIENT_MEMORY;
    message->token->cbBuffer = NTLM_SIGNATURE_SIZE;
    return SEC_E_OK;
}

static SECURITY_STATUS unprotect(struct seal *seal, struct message *message, bool decrypt)
{
    struct seal_direction *direction = seal->flags & NTLM_FLAG_ESS ? &seal->receive : &seal->send;
    SECURITY_STATUS status;

    pthread_mutex_lock(&direction->lock);
    status = seal->flags & NTLM_FLAG_ESS ? unprotect_ess(seal, direction, message, decrypt)
                                         : unprotect_plain(seal, direction, message, decrypt);
    pthread_mutex_unlock(&direction->lock);
    return status;
}

static bool protects(const struct seal *seal)
{
    return seal->flags & (NTLM_FLAG_SIGN | NTLM_FLAG_SEAL);
}

/* What stands for a signature where only ALWAYS_SIGN was negotiated (S4.8.3). */
static const UCHAR dummy_signature[NTLM_SIGNATURE_SIZE] = {1};

SECURITY_STATUS seal_make_signature(struct seal *seal, struct message *message)
{
    SECURITY_STATUS status = check_buffers(message, false);

    if (status) return status;
    if (!protects(seal) && !(seal->flags & NTLM_FLAG_ALWAYS_SIGN)) return SEC_E_QOP_NOT_SUPPORTED;
    if (message->token->cbBuffer < NTLM_SIGNATURE_SIZE) return SEC_E_BUFFER_TOO_SMALL;
    if (protects(seal)) return protect(seal, message, false);
    memcpy(message->token->pvBuffer, dummy_signature, sizeof(dummy_signature));
    message->token->cbBuffer = sizeof(dummy_signature);
    return SEC_E_OK;
}

SECURITY_STATUS seal_verify_signature(struct seal *seal, struct message *message)
{
    SECURITY_STATUS status = check_buffers(message, false);

    if (status) return status;
    if (!protects(seal) && !(seal->flags & NTLM_FLAG_ALWAYS_SIGN)) return SEC_E_QOP_NOT_SUPPORTED;
    if (message->token->cbBuffer < NTLM_SIGNATURE_SIZE) return SEC_E_INVALID_TOKEN;
    if (protects(seal)) return unprotect(seal, message, false);
    return memcmp(message->token->pvBuffer, dummy_signature, sizeof(dummy_signature)) ? SEC_E_MESSAGE_ALTERED
                                                                                      : SEC_E_OK;
}

SECURITY_STATUS seal_encrypt_message(struct seal *seal, struct message *message)
{
    SECURITY_STATUS status = check_buffers(message, true);

    if (!(seal->flags & NTLM_FLAG_SEAL)) return SEC_E_UNSUPPORTED_FUNCTION; /* S2.12.5 */
    if (message->qop) return SEC_E_QOP_NOT_SUPPORTED;
    if (status) return status;
    if (message->token->cbBuffer < NTLM_SIGNATURE_SIZE) return SEC_E_BUFFER_TOO_SMALL;
    return protect(seal, message, true);
}

SECURITY_STATUS seal_decrypt_message(struct seal *seal, struct message *message)
{
    SECURITY_STATUS status = check_buffers(message, true);

    if (!(seal->flags & NTLM_FLAG_SEAL)) return SEC_E_UNSUPPORTED_FUNCTION;
    if (status) return status;
    if (message->token->cbBuffer < NTLM_SIGNATURE_SIZE) return SEC_E_INVALID_TOKEN;
    return unprotect(seal, message, true);
}

/*
 * Signing and sealing of messages (MS-NLMP 3.4): the state of an established context.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_SEAL_H
#define GUISE_MSV1_0_SEAL_H

#include <pthread.h>

#include "dlls/msv1_0/crypto.h"
#include "dlls/msv1_0/proof.h"
#include "dlls/secur32/package.h"

#define NTLM_SIGNATURE_SIZE 16

/* One direction. Its lock guards the stream and the number; no other lock is taken under it. */
struct seal_direction
{
    pthread_mutex_t lock;
    UCHAR sign_key[NTLM_KEY_SIZE], seal_key[NTLM_KEY_SIZE];
    struct crypto_rc4 *rc4;         /* made when first used */
    struct crypto_hmac_key *signer; /* sign_key, made when first used */
    ULONG sequence;                 /* in connection mode; numbers of datagrams are the callers' */
};

struct seal
{
    ULONG flags;                         /* the negotiated ones */
    size_t key_size;                     /* bytes of a seal_key that count */
    struct seal_direction send, receive; /* without ESS both ways share send (S4.6.2) */
};

/* From the exported session key. False: out of memory. */
bool seal_init(struct seal *seal, ULONG flags, const UCHAR exported_key[NTLM_KEY_SIZE], bool client);
/*
 * The state for another process (seal_export.c): at one moment between two messages; with RESET as seal_init() left it. SEAL_BLOB_SIZE
 * bytes at most. Without message protection there is none. False: a stream has moved further than SEAL_EXPORT_MOST bytes, and
 * the reader would have to move its own as far.
 */
#define SEAL_EXPORT_MOST (64ull << 30)
#define SEAL_BLOB_SIZE (4 + 2 * (2 * NTLM_KEY_SIZE + 4 + 8))
bool seal_export(struct seal *seal, bool reset, struct wire_writer *writer);
/* The way back, for the same FLAGS. To be destroyed whatever the answer. SEC_E_UNKNOWN_CREDENTIALS, SEC_E_INSUFFICIENT_MEMORY. */
SECURITY_STATUS seal_import(struct seal *seal, ULONG flags, struct wire_reader *reader);

/* Both key streams as seal_init() left them; the numbers stay (MS-SPNG 3.3.5.1). No message is under way. */
void seal_restart(struct seal *seal);

/* Wipes it. Of a zeroed struct too. */
void seal_destroy(struct seal *seal);

SECURITY_STATUS seal_make_signature(struct seal *seal, struct message *message);
SECURITY_STATUS seal_verify_signature(struct seal *seal, struct message *message);
SECURITY_STATUS seal_encrypt_message(struct seal *seal, struct message *message);
SECURITY_STATUS seal_decrypt_message(struct seal *seal, struct message *message);

#endif

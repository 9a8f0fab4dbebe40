/*
 * The state of message protection for another process: for each direction keys, number and the place in the key
 * stream, behind the number of key bytes that count.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/seal.h"

#define KEY_SIZE_MIN 8 /* with LM_KEY alone (S4.5.1) */

static bool protects(ULONG flags)
{
    return flags & (NTLM_FLAG_SIGN | NTLM_FLAG_SEAL);
}

/* In datagram mode each message begins the stream anew. */
static ULONGLONG position_of(const struct seal *seal, const struct seal_direction *direction)
{
    return direction->rc4 && !(seal->flags & NTLM_FLAG_DATAGRAM) ? crypto_rc4_position(direction->rc4) : 0;
}

static void export_direction(const struct seal *seal, const struct seal_direction *direction, bool reset,
                             struct wire_writer *writer)
{
    wire_write_bytes(writer, direction->sign_key, NTLM_KEY_SIZE);
    wire_write_bytes(writer, direction->seal_key, NTLM_KEY_SIZE);
    wire_write_u32(writer, reset ? 0 : direction->sequence);
    wire_write_u64(writer, reset ? 0 : position_of(seal, direction));
}

static bool within_reach(const struct seal *seal, bool reset)
{
    return reset || (position_of(seal, &seal->send) <= SEAL_EXPORT_MOST &&
                     position_of(seal, &seal->receive) <= SEAL_EXPORT_MOST);
}

bool seal_export(struct seal *seal, bool reset, struct wire_writer *writer)
{
    bool possible;

    if (!protects(seal->flags)) return true;
    pthread_mutex_lock(&seal->send.lock); /* no other code takes both */
    pthread_mutex_lock(&seal->receive.lock);
    possible = within_reach(seal, reset);
    wire_write_u32(writer, (ULONG)seal->key_size);
    export_direction(seal, &seal->send, reset, writer);
    export_direction(seal, &seal->receive, reset, writer);
    pthread_mutex_unlock(&seal->receive.lock);
    pthread_mutex_unlock(&seal->send.lock);
    return possible;
}

/* The place in the stream is returned: it is gone to when all has been read. */
static ULONGLONG import_direction(struct seal_direction *direction, struct wire_reader *reader)
{
    wire_read_bytes(reader, direction->sign_key, NTLM_KEY_SIZE);
    wire_read_bytes(reader, direction->seal_key, NTLM_KEY_SIZE);
    direction->sequence = wire_read_u32(reader);
    return wire_read_u64(reader);
}

static bool go_to(const struct seal *seal, struct seal_direction *direction, ULONGLONG position)
{
    if (!position) return true;
    return (direction->rc4 = crypto_rc4_new(direction->seal_key, seal->key_size)) &&
           crypto_rc4_skip(direction->rc4, position);
}

SECURITY_STATUS seal_import(struct seal *seal, ULONG flags, struct wire_reader *reader)
{
    ULONGLONG sent, received;

    memset(seal, 0, sizeof(*seal));
    seal->flags = flags;
    if (!protects(flags)) return SEC_E_OK;
    pthread_mutex_init(&seal->send.lock, NULL);
    pthread_mutex_init(&seal->receive.lock, NULL);
    seal->key_size = wire_read_u32(reader);
    sent = import_direction(&seal->send, reader);
    received = import_direction(&seal->receive, reader);
    if (reader->failed || seal->key_size < KEY_SIZE_MIN || seal->key_size > NTLM_KEY_SIZE ||
        sent > SEAL_EXPORT_MOST || received > SEAL_EXPORT_MOST)
        return SEC_E_UNKNOWN_CREDENTIALS;
    return go_to(seal, &seal->send, sent) && go_to(seal, &seal->receive, received) ? SEC_E_OK
                                                                                    : SEC_E_INSUFFICIENT_MEMORY;
}

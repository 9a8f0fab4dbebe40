/*
 * AV pairs (MS-NLMP 2.2.2.1) and the NTLMv2 response that carries them (MS-NLMP 2.2.2.7, 2.2.2.8).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/messages.h"

#define PROOF_SIZE 16

bool ntlm_next_av_pair(struct wire_reader *reader, USHORT *id, struct wire_span *value)
{
    if (reader->failed || reader->position == reader->size) return false;
    *id = wire_read_u16(reader);
    *value = wire_read_span(reader, wire_read_u16(reader));
    return !reader->failed;
}

void ntlm_write_av_pair(struct wire_writer *writer, enum ntlm_av_id id, const void *value, size_t size)
{
    if (size > 0xffff) writer->failed = true;
    wire_write_u16(writer, id);
    wire_write_u16(writer, size);
    wire_write_bytes(writer, value, size);
}

/* Names are UTF-16, so an odd length is malformed (S4.1.1). */
static bool take_name(struct wire_span *name, struct wire_span value)
{
    *name = value;
    return value.size % 2 == 0;
}

/* A value of fixed size. */
static bool fixed(struct wire_reader *reader, struct wire_span value, size_t size)
{
    wire_reader_init(reader, value.data, value.size);
    return value.size == size;
}

static bool take_pair(struct ntlm_av_pairs *pairs, USHORT id, struct wire_span value)
{
    struct wire_reader reader;

    switch (id)
    {
    case NTLM_AV_NB_COMPUTER: pairs->has_nb_computer = true; return take_name(&pairs->nb_computer, value);
    case NTLM_AV_NB_DOMAIN: pairs->has_nb_domain = true; return take_name(&pairs->nb_domain, value);
    case NTLM_AV_DNS_COMPUTER: return take_name(&pairs->dns_computer, value);
    case NTLM_AV_DNS_DOMAIN: return take_name(&pairs->dns_domain, value);
    case NTLM_AV_TARGET_NAME: pairs->has_target_name = true; return take_name(&pairs->target_name, value);
    case NTLM_AV_DNS_TREE: return value.size % 2 == 0;
    case NTLM_AV_FLAGS:
        if (!fixed(&reader, value, 4)) return false;
        pairs->flags = wire_read_u32(&reader);
        return true;
    case NTLM_AV_TIMESTAMP:
        if (!fixed(&reader, value, 8)) return false;
        pairs->timestamp = wire_read_u64(&reader);
        pairs->has_timestamp = true;
        return true;
    case NTLM_AV_CHANNEL_BINDINGS:
        if (!fixed(&reader, value, sizeof(pairs->channel_bindings))) return false;
        wire_read_bytes(&reader, pairs->channel_bindings, sizeof(pairs->channel_bindings));
        pairs->has_channel_bindings = true;
        return true;
    default: return true; /* SingleHost and whatever later versions add */
    }
}

/*
 * Of what can be said once, whoever altered the challenge on the way could have a client repeat another's words before it says its own: no MIC,
 * another channel.
 */
static bool is_repeated(USHORT id, ULONG *seen)
{
    ULONG bit = id <= NTLM_AV_CHANNEL_BINDINGS ? 1u << id : 0;
    bool repeated = *seen & bit;

    *seen |= bit;
    return repeated;
}

bool ntlm_parse_av_pairs(struct wire_span list, struct ntlm_av_pairs *pairs)
{
    struct wire_reader reader;
    struct wire_span value;
    ULONG seen = 0;
    USHORT id;

    memset(pairs, 0, sizeof(*pairs));
    wire_reader_init(&reader, list.data, list.size);
    for (;;)
    {
        pairs->size = reader.position;
        if (!ntlm_next_av_pair(&reader, &id, &value)) return false;
        if (id == NTLM_AV_EOL) return !value.size;
        if (is_repeated(id, &seen) || !take_pair(pairs, id, value)) return false;
    }
}

bool ntlm_parse_v2_response(struct wire_span response, struct ntlm_v2_response *parsed)
{
    struct wire_reader reader;
    UCHAR versions[2];

    memset(parsed, 0, sizeof(*parsed));
    wire_reader_init(&reader, response.data, response.size);
    parsed->proof = wire_read_span(&reader, PROOF_SIZE);
    parsed->temp = wire_read_span(&reader, reader.size - reader.position);
    if (reader.failed) return false;

    wire_reader_init(&reader, parsed->temp.data, parsed->temp.size);
    wire_read_bytes(&reader, versions, sizeof(versions));
    wire_skip(&reader, 6);
    parsed->timestamp = wire_read_u64(&reader);
    wire_skip(&reader, 8 + 4); /* client challenge, reserved */
    if (reader.failed || versions[0] != 1 || versions[1] != 1) return false;
    /* What follows EOL is zeros of a length that differs between clients (S4.1). */
    return ntlm_parse_av_pairs(wire_read_span(&reader, reader.size - reader.position), &parsed->pairs);
}

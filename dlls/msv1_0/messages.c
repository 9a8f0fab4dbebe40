/*
 * The NTLM messages on the wire: NEGOTIATE, CHALLENGE, AUTHENTICATE (MS-NLMP 2.2.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/messages.h"

static const UCHAR signature[8] = "NTLMSSP";

#define NEGOTIATE_HEADER    32
#define CHALLENGE_HEADER    48
#define AUTHENTICATE_HEADER 64
#define VERSION_SIZE        8
#define MIC_SIZE            16

ULONG ntlm_message_type(const void *data, size_t size)
{
    struct wire_reader reader;
    struct wire_span magic;
    ULONG type;

    wire_reader_init(&reader, data, size);
    magic = wire_read_span(&reader, sizeof(signature));
    type = wire_read_u32(&reader);
    return reader.failed || memcmp(magic.data, signature, sizeof(signature)) ? 0 : type;
}

/* A reader behind the signature and type, which must be TYPE. */
static bool begin_message(struct wire_reader *reader, const void *data, size_t size, ULONG type)
{
    if (size > NTLM_MAX_TOKEN || ntlm_message_type(data, size) != type) return false;
    wire_reader_init(reader, data, size);
    wire_skip(reader, sizeof(signature) + 4);
    return true;
}

/*
 * VERSION is for debugging only (MS-NLMP 2.2.2.10): a message that says it has one but ends before it is still a
 * message.
 */
static void read_version(struct wire_reader *reader, ULONG flags, UCHAR version[VERSION_SIZE])
{
    memset(version, 0, VERSION_SIZE);
    if ((flags & NTLM_FLAG_VERSION) && reader->size - reader->position >= VERSION_SIZE)
        wire_read_bytes(reader, version, VERSION_SIZE);
}

bool ntlm_parse_negotiate(const void *data, size_t size, struct ntlm_negotiate *message)
{
    struct wire_reader reader;
    size_t names;

    memset(message, 0, sizeof(*message));
    if (!begin_message(&reader, data, size, NTLM_NEGOTIATE_MESSAGE)) return false;
    message->flags = wire_read_u32(&reader);
    names = reader.position;
    wire_skip(&reader, NEGOTIATE_HEADER - names);
    read_version(&reader, message->flags, message->version);
    if (reader.failed) return false;

    /* Without its flag a descriptor means nothing (table 4.3), so what it points at is not looked at. */
    reader.position = names;
    if (message->flags & NTLM_FLAG_OEM_DOMAIN) message->domain = wire_read_field(&reader);
    else wire_skip(&reader, 8);
    if (message->flags & NTLM_FLAG_OEM_WORKSTATION) message->workstation = wire_read_field(&reader);
    return !reader.failed;
}

bool ntlm_parse_challenge(const void *data, size_t size, struct ntlm_challenge *message)
{
    struct wire_reader reader;
    struct ntlm_av_pairs pairs;

    memset(message, 0, sizeof(*message));
    if (!begin_message(&reader, data, size, NTLM_CHALLENGE_MESSAGE)) return false;
    message->target_name = wire_read_field(&reader);
    message->flags = wire_read_u32(&reader);
    wire_read_bytes(&reader, message->server_challenge, sizeof(message->server_challenge));
    if (reader.failed) return false;
    /* Old servers end here, or behind the reserved bytes (S4.1). */
    if ((message->flags & NTLM_FLAG_TARGET_INFO) || size >= CHALLENGE_HEADER + VERSION_SIZE)
    {
        wire_skip(&reader, 8);
        if (message->flags & NTLM_FLAG_TARGET_INFO) message->target_info = wire_read_field(&reader);
        else wire_skip(&reader, 8);
        read_version(&reader, message->flags, message->version);
    }
    if (reader.failed) return false;
    if ((message->flags & NTLM_FLAG_UNICODE) && message->target_name.size % 2) return false;
    return !message->target_info.size || ntlm_parse_av_pairs(message->target_info, &pairs);
}

/* Takes note of where the first payload byte lies. */
static struct wire_span read_payload(struct wire_reader *reader, size_t *first)
{
    struct wire_span span = wire_read_field(reader);

    if (span.size && (size_t)(span.data - reader->data) < *first) *first = span.data - reader->data;
    return span;
}

bool ntlm_parse_authenticate(const void *data, size_t size, struct ntlm_authenticate *message)
{
    struct wire_reader reader;
    size_t first = size;

    memset(message, 0, sizeof(*message));
    if (!begin_message(&reader, data, size, NTLM_AUTHENTICATE_MESSAGE)) return false;
    message->lm = read_payload(&reader, &first);
    message->nt = read_payload(&reader, &first);
    message->domain = read_payload(&reader, &first);
    message->user = read_payload(&reader, &first);
    message->workstation = read_payload(&reader, &first);
    message->session_key = read_payload(&reader, &first);
    message->flags = wire_read_u32(&reader);
    /* A payload inside the header would let one byte mean two things. */
    if (reader.failed || first < AUTHENTICATE_HEADER) return false;
    if (first >= AUTHENTICATE_HEADER + VERSION_SIZE) read_version(&reader, message->flags, message->version);

    if (first >= AUTHENTICATE_HEADER + VERSION_SIZE + MIC_SIZE)
        message->mic_offset = AUTHENTICATE_HEADER + VERSION_SIZE;
    else if (first >= AUTHENTICATE_HEADER + MIC_SIZE) message->mic_offset = AUTHENTICATE_HEADER;
    return true;
}

/* A descriptor of SPAN at *offset, which moves behind it. */
static void write_field(struct wire_writer *writer, struct wire_span span, size_t *offset)
{
    wire_write_u16(writer, span.size);
    wire_write_u16(writer, span.size);
    wire_write_u32(writer, *offset);
    *offset += span.size;
    if (span.size > 0xffff) writer->failed = true;
}

static void write_header(struct wire_writer *writer, void *data, size_t size, ULONG type)
{
    wire_writer_init(writer, data, size);
    wire_write_bytes(writer, signature, sizeof(signature));
    wire_write_u32(writer, type);
}

static bool written(const struct wire_writer *writer)
{
    return !writer->failed && writer->length == writer->room;
}

size_t ntlm_negotiate_size(const struct ntlm_negotiate *message)
{
    return NEGOTIATE_HEADER + VERSION_SIZE + message->domain.size + message->workstation.size;
}

bool ntlm_write_negotiate(const struct ntlm_negotiate *message, void *data, size_t size)
{
    struct wire_writer writer;
    size_t offset = NEGOTIATE_HEADER + VERSION_SIZE;

    write_header(&writer, data, size, NTLM_NEGOTIATE_MESSAGE);
    wire_write_u32(&writer, message->flags);
    if (message->flags & NTLM_FLAG_OEM_DOMAIN) write_field(&writer, message->domain, &offset);
    else wire_write_zero(&writer, 8);
    if (message->flags & NTLM_FLAG_OEM_WORKSTATION) write_field(&writer, message->workstation, &offset);
    else wire_write_zero(&writer, 8);
    wire_write_bytes(&writer, message->version, VERSION_SIZE);
    wire_write_span(&writer, message->domain);
    wire_write_span(&writer, message->workstation);
    return written(&writer);
}

size_t ntlm_challenge_size(const struct ntlm_challenge *message)
{
    return CHALLENGE_HEADER + VERSION_SIZE + message->target_name.size + message->target_info.size;
}

bool ntlm_write_challenge(const struct ntlm_challenge *message, void *data, size_t size)
{
    struct wire_writer writer;
    size_t offset = CHALLENGE_HEADER + VERSION_SIZE;

    write_header(&writer, data, size, NTLM_CHALLENGE_MESSAGE);
    write_field(&writer, message->target_name, &offset);
    wire_write_u32(&writer, message->flags);
    wire_write_bytes(&writer, message->server_challenge, sizeof(message->server_challenge));
    wire_write_zero(&writer, 8);
    if (message->flags & NTLM_FLAG_TARGET_INFO) write_field(&writer, message->target_info, &offset);
    else wire_write_zero(&writer, 8);
    wire_write_bytes(&writer, message->version, VERSION_SIZE);
    wire_write_span(&writer, message->target_name);
    wire_write_span(&writer, message->target_info);
    return written(&writer);
}

static size_t authenticate_header_size(const struct ntlm_authenticate *message)
{
    return AUTHENTICATE_HEADER + VERSION_SIZE + (message->mic_offset ? MIC_SIZE : 0);
}

size_t ntlm_authenticate_size(const struct ntlm_authenticate *message)
{
    return authenticate_header_size(message) + message->lm.size + message->nt.size + message->domain.size +
           message->user.size + message->workstation.size + message->session_key.size;
}

/* The payload has the order of Windows: names, responses, session key (S4.10.3, S4.10.6). */
bool ntlm_write_authenticate(const struct ntlm_authenticate *message, void *data, size_t size)
{
    struct wire_writer writer;
    size_t names = authenticate_header_size(message);
    size_t responses = names + message->domain.size + message->user.size + message->workstation.size;

    write_header(&writer, data, size, NTLM_AUTHENTICATE_MESSAGE);
    write_field(&writer, message->lm, &responses);
    write_field(&writer, message->nt, &responses);
    write_field(&writer, message->domain, &names);
    write_field(&writer, message->user, &names);
    write_field(&writer, message->workstation, &names);
    write_field(&writer, message->session_key, &responses);
    wire_write_u32(&writer, message->flags);
    wire_write_bytes(&writer, message->version, VERSION_SIZE);
    if (message->mic_offset) wire_write_zero(&writer, MIC_SIZE);
    wire_write_span(&writer, message->domain);
    wire_write_span(&writer, message->user);
    wire_write_span(&writer, message->workstation);
    wire_write_span(&writer, message->lm);
    wire_write_span(&writer, message->nt);
    wire_write_span(&writer, message->session_key);
    return written(&writer);
}

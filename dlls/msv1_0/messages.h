/*
 * The three messages of NTLM and their AV pairs, in the terms of the one reader and the one writer.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_MESSAGES_H
#define GUISE_MSV1_0_MESSAGES_H

#include "dlls/secur32/wire.h"

/* ---- negotiate flags, MS-NLMP 2.2.2.5 ----------------------------------------------------------- */

#define NTLM_FLAG_UNICODE            0x00000001
#define NTLM_FLAG_OEM                0x00000002
#define NTLM_FLAG_REQUEST_TARGET     0x00000004
#define NTLM_FLAG_SIGN               0x00000010
#define NTLM_FLAG_SEAL               0x00000020
#define NTLM_FLAG_DATAGRAM           0x00000040
#define NTLM_FLAG_LM_KEY             0x00000080
#define NTLM_FLAG_NTLM               0x00000200
#define NTLM_FLAG_ANONYMOUS          0x00000800
#define NTLM_FLAG_OEM_DOMAIN         0x00001000
#define NTLM_FLAG_OEM_WORKSTATION    0x00002000
#define NTLM_FLAG_ALWAYS_SIGN        0x00008000
#define NTLM_FLAG_TARGET_TYPE_DOMAIN 0x00010000
#define NTLM_FLAG_TARGET_TYPE_SERVER 0x00020000
#define NTLM_FLAG_ESS                0x00080000
#define NTLM_FLAG_IDENTIFY           0x00100000
#define NTLM_FLAG_NON_NT_KEY         0x00400000
#define NTLM_FLAG_TARGET_INFO        0x00800000
#define NTLM_FLAG_VERSION            0x02000000
#define NTLM_FLAG_128                0x20000000
#define NTLM_FLAG_KEY_EXCH           0x40000000
#define NTLM_FLAG_56                 0x80000000

/* ---- messages ----------------------------------------------------------- */

/* The token size the package announces (S3.2.1); a longer message is refused (S4.1.1). */
#define NTLM_MAX_TOKEN 2888

#define NTLM_NEGOTIATE_MESSAGE    1
#define NTLM_CHALLENGE_MESSAGE    2
#define NTLM_AUTHENTICATE_MESSAGE 3

/* The spans of a parsed message point into it. The same structs are what the writers take. */

struct ntlm_negotiate
{
    ULONG flags;
    struct wire_span domain, workstation; /* OEM; only with their flags */
    UCHAR version[8];                     /* zeros without NTLM_FLAG_VERSION */
};

struct ntlm_challenge
{
    ULONG flags;
    UCHAR server_challenge[8];
    struct wire_span target_name;
    struct wire_span target_info; /* AV pairs with their EOL, checked; empty without NTLM_FLAG_TARGET_INFO */
    UCHAR version[8];
};

struct ntlm_authenticate
{
    ULONG flags;
    struct wire_span lm, nt, domain, user, workstation, session_key;
    UCHAR version[8];
    size_t
        mic_offset; /* where a MIC would be: 72, 64 when VERSION is left out, 0 when no room is left for one (S4.1) */
};

/* The type of a message with a proper signature, else 0. */
ULONG ntlm_message_type(const void *data, size_t size);

bool ntlm_parse_negotiate(const void *data, size_t size, struct ntlm_negotiate *message);
bool ntlm_parse_challenge(const void *data, size_t size, struct ntlm_challenge *message);
bool ntlm_parse_authenticate(const void *data, size_t size, struct ntlm_authenticate *message);

size_t ntlm_negotiate_size(const struct ntlm_negotiate *message);
size_t ntlm_challenge_size(const struct ntlm_challenge *message);
size_t ntlm_authenticate_size(const struct ntlm_authenticate *message);

/* Each writes exactly the size its _size() tells. The MIC of an AUTHENTICATE with mic_offset is left zero. */
bool ntlm_write_negotiate(const struct ntlm_negotiate *message, void *data, size_t size);
bool ntlm_write_challenge(const struct ntlm_challenge *message, void *data, size_t size);
bool ntlm_write_authenticate(const struct ntlm_authenticate *message, void *data, size_t size);

/* ---- AV pairs, MS-NLMP 2.2.2.1 ----------------------------------------------------------- */

enum ntlm_av_id
{
    NTLM_AV_EOL = 0,
    NTLM_AV_NB_COMPUTER = 1,
    NTLM_AV_NB_DOMAIN = 2,
    NTLM_AV_DNS_COMPUTER = 3,
    NTLM_AV_DNS_DOMAIN = 4,
    NTLM_AV_DNS_TREE = 5,
    NTLM_AV_FLAGS = 6,
    NTLM_AV_TIMESTAMP = 7,
    NTLM_AV_SINGLE_HOST = 8,
    NTLM_AV_TARGET_NAME = 9,
    NTLM_AV_CHANNEL_BINDINGS = 10
};

#define NTLM_AV_FLAG_CONSTRAINED      1
#define NTLM_AV_FLAG_MIC              2
#define NTLM_AV_FLAG_UNTRUSTED_TARGET 4

/* What a list says. has_* tell an absent pair from an empty one. */
struct ntlm_av_pairs
{
    struct wire_span nb_computer, nb_domain, dns_computer, dns_domain, target_name;
    bool has_nb_computer, has_nb_domain, has_target_name, has_timestamp, has_channel_bindings;
    ULONG flags;
    ULONGLONG timestamp;
    UCHAR channel_bindings[16];
    size_t size; /* of the pairs before EOL */
};

/*
 * False: no EOL inside LIST, a pair that leaves it, a fixed-size value of another size, a name of odd length, one of the
 * pairs above twice.
 */
bool ntlm_parse_av_pairs(struct wire_span list, struct ntlm_av_pairs *pairs);
/* The next pair of a list that ntlm_parse_av_pairs() accepted, EOL included; false behind it. */
bool ntlm_next_av_pair(struct wire_reader *reader, USHORT *id, struct wire_span *value);
void ntlm_write_av_pair(struct wire_writer *writer, enum ntlm_av_id id, const void *value, size_t size);

/* ---- the NTLMv2 response, MS-NLMP 2.2.2.7 and 2.2.2.8 ----------------------------------------------------------- */

#define NTLM_V1_RESPONSE_SIZE 24

struct ntlm_v2_response
{
    struct wire_span proof; /* 16 bytes */
    struct wire_span temp;  /* everything the proof covers after the server challenge */
    ULONGLONG timestamp;
    struct ntlm_av_pairs pairs;
};

bool ntlm_parse_v2_response(struct wire_span response, struct ntlm_v2_response *parsed);

#endif

/*
 * Malformed NTLM messages: every one is refused, none is read beyond its end.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <windef.h>
#include <winbase.h>

#include "tests/internal/ntlm_double.h"
#include "tests/internal/ntlm_hex.h"
#include "wine/test.h"

/* A copy of exactly SIZE bytes on the heap, so that a sanitizer sees a read behind it. */
static UCHAR *exact(const struct bytes *bytes, size_t size)
{
    UCHAR *copy = malloc(size ? size : 1);

    if (size) memcpy(copy, bytes->data, size);
    return copy;
}

static bool parse(ULONG type, const UCHAR *data, size_t size)
{
    struct ntlm_negotiate negotiate;
    struct ntlm_challenge challenge;
    struct ntlm_authenticate authenticate;
    struct ntlm_v2_response response;

    switch (type)
    {
    case NTLM_NEGOTIATE_MESSAGE: return ntlm_parse_negotiate(data, size, &negotiate);
    case NTLM_CHALLENGE_MESSAGE: return ntlm_parse_challenge(data, size, &challenge);
    default:
        return ntlm_parse_authenticate(data, size, &authenticate) && ntlm_parse_v2_response(authenticate.nt, &response);
    }
}

static bool parse_copy(ULONG type, const struct bytes *bytes, size_t size)
{
    UCHAR *copy = exact(bytes, size);
    bool parsed = parse(type, copy, size);

    free(copy);
    return parsed;
}

/* The shortest prefix of HEX that is still a message. */
static size_t shortest(ULONG type, const char *hex)
{
    struct bytes bytes = unhex(hex);
    size_t size = bytes.size;

    ok(parse_copy(type, &bytes, size), "the whole message\n"); /* callers cite */
    while (size && parse_copy(type, &bytes, size - 1)) size--;
    for (size_t i = 0; i < size; i++)
        if (parse_copy(type, &bytes, i)) return i;
    return size;
}

static void test_truncation(void)
{
    size_t size;

    size = shortest(NTLM_NEGOTIATE_MESSAGE, CAPTURED_NEGOTIATE);       /* S4.1.1 */
    ok(size == 32, "NEGOTIATE of %d\n", (int)size);                    /* S4.1.1 */
    size = shortest(NTLM_CHALLENGE_MESSAGE, CHALLENGE_V1);             /* S4.10.2 */
    ok(size == 68, "CHALLENGE of %d\n", (int)size);                    /* S4.10.2 */
    size = shortest(NTLM_CHALLENGE_MESSAGE, CAPTURED_CHALLENGE);       /* S4.10.6 */
    ok(size == 254, "CHALLENGE of %d\n", (int)size);                   /* S4.10.6 */
    size = shortest(NTLM_AUTHENTICATE_MESSAGE, AUTHENTICATE_V2);       /* S4.10.5 */
    ok(size == 232, "AUTHENTICATE of %d\n", (int)size);                /* S4.10.5 */
    size = shortest(NTLM_AUTHENTICATE_MESSAGE, CAPTURED_AUTHENTICATE); /* S4.10.6 */
    ok(size == 552, "AUTHENTICATE of %d\n", (int)size);                /* S4.10.6 */
}

/* Every descriptor of a message, moved to where it must not point. */
static void test_descriptors(void)
{
    static const struct
    {
        ULONG type;
        const char *hex;
        size_t fields[7];
    } messages[] = {
        {NTLM_NEGOTIATE_MESSAGE,
         "4e544c4d5353500001000000073208a20600060028000000040004002e0000000601b01d0000000f"
         "444f4d41494e484f5354",
         {16, 24}},
        {NTLM_CHALLENGE_MESSAGE, CAPTURED_CHALLENGE, {12, 40}},
        {NTLM_AUTHENTICATE_MESSAGE, AUTHENTICATE_V2, {12, 20, 28, 36, 44, 52}},
    };
    static const struct
    {
        ULONG length, offset;
    } bad[] = {{1, 0xffffffff}, {0xffff, 0xffff0001}, {8, 0xfffffff8},     {2, 4096},
               {0xffff, 0},     {0xfffe, 64},         {0xffff, 0x7fffffff}};

    for (size_t m = 0; m < sizeof(messages) / sizeof(messages[0]); m++)
    {
        struct bytes whole = unhex(messages[m].hex);

        ok(parse_copy(messages[m].type, &whole, whole.size), "message %d\n", (int)m); /* S4.1.1 */
        for (const size_t *field = messages[m].fields; *field; field++)
        {
            for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
            {
                struct bytes bytes = whole;
                struct wire_writer writer;

                wire_writer_init(&writer, bytes.data + *field, 8);
                wire_write_u16(&writer, bad[i].length);
                wire_write_u16(&writer, bad[i].length);
                wire_write_u32(&writer, bad[i].offset);
                ok(!parse_copy(messages[m].type, &bytes, bytes.size), "message %d, field at %d, case %d\n", (int)m,
                   (int)*field, (int)i); /* S4.1.1 */
            }
        }
    }
}

static void test_headers(void)
{
    struct bytes bytes = unhex(AUTHENTICATE_V2), longer = unhex(CAPTURED_NEGOTIATE);
    struct ntlm_authenticate authenticate;
    struct ntlm_negotiate negotiate;
    UCHAR *huge = calloc(1, NTLM_MAX_TOKEN + 1);

    /* S2.5.13 */
    ok(!parse_copy(NTLM_CHALLENGE_MESSAGE, &bytes, bytes.size), "another type\n");
    bytes.data[0] ^= 0x20;
    ok(!parse_copy(NTLM_AUTHENTICATE_MESSAGE, &bytes, bytes.size), "another signature\n");
    bytes.data[0] ^= 0x20;
    bytes.data[7] = 1;
    ok(!parse_copy(NTLM_AUTHENTICATE_MESSAGE, &bytes, bytes.size), "a signature without end\n");
    ok(!ntlm_message_type(NULL, 0) && !ntlm_message_type(bytes.data, 7), "a message of nothing\n");

    memcpy(huge, longer.data, longer.size);
    ok(ntlm_parse_negotiate(huge, NTLM_MAX_TOKEN, &negotiate), "a token of the greatest size\n"); /* S3.2.1 */
    ok(!ntlm_parse_negotiate(huge, NTLM_MAX_TOKEN + 1, &negotiate), "a greater one\n");
    free(huge);

    /* An empty field may point anywhere; a payload inside the header would let a byte mean two things. */
    bytes = unhex(AUTHENTICATE_V2);
    memset(bytes.data + 12, 0, 4);
    memset(bytes.data + 16, 0xff, 4);
    ok(parse_copy(NTLM_AUTHENTICATE_MESSAGE, &bytes, bytes.size), "an empty field far away\n"); /* S4.1.1 */
    bytes = unhex(AUTHENTICATE_V2);
    bytes.data[32] = 60;
    ok(!ntlm_parse_authenticate(bytes.data, bytes.size, &authenticate), "a domain inside the flags\n"); /* S4.1.1 */
    bytes.data[32] = 64;
    ok(ntlm_parse_authenticate(bytes.data, bytes.size, &authenticate) && !authenticate.mic_offset,
       "no VERSION\n"); /* MS-NLMP 2.2.1.3 */

    /* Room for a MIC is told by where the payload starts. */
    bytes = unhex(CAPTURED_AUTHENTICATE);
    ok(ntlm_parse_authenticate(bytes.data, bytes.size, &authenticate) && authenticate.mic_offset == 72,
       "88\n"); /* S4.10.6 */
    bytes.data[32] = 80;
    ok(ntlm_parse_authenticate(bytes.data, bytes.size, &authenticate) && authenticate.mic_offset == 64,
       "80\n"); /* MS-NLMP 2.2.1.3 */
    bytes.data[32] = 79;
    ok(ntlm_parse_authenticate(bytes.data, bytes.size, &authenticate) && !authenticate.mic_offset, "79\n");
}

static bool pairs_of(const char *hex, struct ntlm_av_pairs *pairs)
{
    struct bytes bytes = unhex(hex);
    UCHAR *copy = exact(&bytes, bytes.size);
    bool parsed = ntlm_parse_av_pairs((struct wire_span){bytes.size ? copy : NULL, bytes.size}, pairs);

    free(copy);
    return parsed;
}

static void test_av_pairs(void)
{
    static const char *const malformed[] = {
        "",                       /* no list */
        "010002004100",           /* no EOL */
        "0100020041",             /* half a value */
        "0100ffff410000000000",   /* a value beyond the list */
        "000000",                 /* half an EOL */
        "0000010041",             /* an EOL with a value */
        "0100030041004200000000", /* an odd name */
        "090001004100000000",     /* an odd target */
        "0600030002000000000000", /* flags of 3 bytes, of 5 */
        "06000500020000000000000000",
        "070004000200000000000000",                       /* a time of 4 bytes */
        "0a000f00000102030405060708090a0b0c0d0e00000000", /* bindings of 15 bytes */
    };
    struct ntlm_av_pairs pairs;
    char once[44], list[100];

    /* MS-NLMP 2.2.2.1 */
    ok(pairs_of("00000000", &pairs) && !pairs.has_nb_computer && !pairs.size, "EOL alone\n");
    ok(pairs_of("01000200410000000000", &pairs) && pairs.has_nb_computer && pairs.nb_computer.size == 2 &&
           pairs.size == 6,
       "one pair\n");
    ok(pairs_of("0000000000000000", &pairs), "zeros behind EOL\n");
    ok(pairs_of("6300030061626300000000", &pairs), "an unknown pair\n");
    ok(pairs_of("0900000000000000", &pairs) && pairs.has_target_name && !pairs.target_name.size, "an empty name\n");
    ok(pairs_of("060004000200000000000000", &pairs) && pairs.flags == NTLM_AV_FLAG_MIC, "flags\n");
    ok(pairs_of("630001006163000100620b0000000b00000000000000", &pairs), "unknown pairs twice\n");

    for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
        ok(!pairs_of(malformed[i], &pairs), "list %d: %s\n", (int)i, malformed[i]); /* MS-NLMP 2.2.2.1, S4.1.1 */

    for (unsigned int id = NTLM_AV_NB_COMPUTER; id <= NTLM_AV_CHANNEL_BINDINGS; id++)
    {
        int size = id == NTLM_AV_FLAGS ? 4 : id == NTLM_AV_TIMESTAMP ? 8 : id == NTLM_AV_CHANNEL_BINDINGS ? 16 : 0;

        snprintf(once, sizeof(once), "%02x00%02x00%.*s", id, size, 2 * size, "00000000000000000000000000000000");
        snprintf(list, sizeof(list), "%s00000000", once);
        ok(pairs_of(list, &pairs), "%s\n", list); /* MS-NLMP 2.2.2.1 */
        snprintf(list, sizeof(list), "%s%s00000000", once, once);
        ok(!pairs_of(list, &pairs), "%s\n", list); /* design 7.1 */
    }
}

static void test_response(void)
{
    struct bytes message = unhex(AUTHENTICATE_V2);
    struct ntlm_authenticate authenticate;
    struct ntlm_v2_response response;
    UCHAR copy[84];

    /* MS-NLMP 2.2.2.7 */
    ok(ntlm_parse_authenticate(message.data, message.size, &authenticate) && authenticate.nt.size == sizeof(copy),
       "response\n");
    memcpy(copy, authenticate.nt.data, sizeof(copy));
    for (size_t i = 0; i < sizeof(copy); i++)
    {
        bool whole = i >= sizeof(copy) - 4; /* the zeros behind EOL are of any number */

        /* MS-NLMP 2.2.2.7 */
        ok(ntlm_parse_v2_response((struct wire_span){copy, i}, &response) == whole, "%d bytes\n", (int)i);
    }
    copy[16] = 2;
    /* MS-NLMP 2.2.2.7 */
    ok(!ntlm_parse_v2_response((struct wire_span){copy, sizeof(copy)}, &response), "version 2\n");
    copy[16] = 1;
    copy[17] = 0;
    ok(!ntlm_parse_v2_response((struct wire_span){copy, sizeof(copy)}, &response), "highest version 0\n");
}

/* Whatever is wrong with it, a message gets SEC_E_INVALID_TOKEN from the package. */
static void test_package(void)
{
    static const char *const bad_negotiates[] = {
        "",
        "00",
        "4e544c4d53535000",
        "4e544c4d5353500001000000",
        "4e544c4d5353500004000000078208a200000000000000000000000000000000", /* type 4 */
        "4e544c4d5353500001000000048208a200000000000000000000000000000000", /* no character set */
        "4e544c4d5353500001000000079208a2ffff0000ffffffff0000000000000000", /* a domain far away */
    };
    struct package_credential alice, server;
    struct handshake handshake = {
        .client_credential = &alice, .server_credential = &server, .server_request = ASC_REQ_NO_TOKEN};
    struct ntlm_authenticate message;
    UCHAR copy[4096];

    double_outbound(&alice, u"SERVER", u"alice", u"Password");
    double_inbound(&server);
    for (size_t i = 0; i < sizeof(bad_negotiates) / sizeof(bad_negotiates[0]); i++)
    {
        struct bytes bytes = unhex(bad_negotiates[i]);
        SECURITY_STATUS status;

        memcpy(handshake.negotiate, bytes.data, handshake.negotiate_size = bytes.size);
        status = leg_challenge(&handshake);
        ok(status == SEC_E_INVALID_TOKEN && !handshake.server, "NEGOTIATE %d: %#x\n", (int)i, status); /* S2.5.13 */
    }

    /* Names that are no text. */
    for (int i = 0; i < 3; i++)
    {
        static const WCHAR with_nul[] = {'a', 0, 'b'};
        SECURITY_STATUS status;

        ok(shake_hands(&handshake) == SEC_E_OK, "handshake\n"); /* S4.9.5 */
        ntlm_package.delete_context(handshake.server);
        handshake.server = NULL;
        memcpy(copy, handshake.authenticate, handshake.authenticate_size);
        ok(ntlm_parse_authenticate(copy, handshake.authenticate_size, &message), "AUTHENTICATE\n");
        if (i == 0) message.user.size--;
        if (i == 1) message.domain = (struct wire_span){(const UCHAR *)with_nul, sizeof(with_nul)};
        if (i == 2) message.nt.size = 40;
        handshake.authenticate_size = ntlm_authenticate_size(&message);
        ok(ntlm_write_authenticate(&message, handshake.authenticate, handshake.authenticate_size), "AUTHENTICATE\n");
        ok(leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED, "CHALLENGE\n");
        status = leg_finish(&handshake);
        ok(status == SEC_E_INVALID_TOKEN, "AUTHENTICATE %d: %#x\n", i, status); /* S4.1.1 */
        end_handshake(&handshake);
    }
    double_free(&alice);
    double_free(&server);
}

/* A writer that is full stays full. */
static void test_writer(void)
{
    UCHAR room[8];
    struct wire_writer writer;
    struct wire_reader reader;

    /* design 2 */
    wire_writer_init(&writer, room, sizeof(room));
    wire_write_u32(&writer, 0x04030201);
    wire_write_u64(&writer, 0);
    ok(writer.failed && writer.length == 4, "%d bytes\n", (int)writer.length);
    wire_write_u16(&writer, 0);
    ok(writer.failed && writer.length == 4, "%d bytes\n", (int)writer.length);
    wire_reader_init(&reader, room, 4);
    ok(wire_read_u16(&reader) == 0x0201 && !wire_read_u32(&reader) && reader.failed && !wire_read_u16(&reader),
       "reader\n");
}

START_TEST(ntlm_wire)
{
    test_truncation();
    test_descriptors();
    test_headers();
    test_av_pairs();
    test_response();
    test_package();
    test_writer();
}

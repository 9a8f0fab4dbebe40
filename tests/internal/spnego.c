/*
 * SPNEGO's tokens to the byte: the samples of section 5.6 of the SSPI notes, what is malformed, and NTLM's mechListMICs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/negotiate/der.h"
#include "tests/internal/nego_double.h"
#include "tests/internal/ntlm_hex.h"
#include "wine/test.h"

#define NTLM_LIST "300c060a2b06010401823702020a"
#define FOUR_LIST \
    "302e06092a864882f71201020206092a864886f712010202060a2b06010401823702021e060a2b06010401823702020a"
#define NTLM_HINT \
    "604806062b0601050502a03e303ca00e" NTLM_LIST \
    "a32a3028a0261b246e6f745f646566696e65645f696e5f5246433431373840706c656173655f69676e6f7265"
#define FOUR_HINT \
    "606a06062b0601050502a060305ea030" FOUR_LIST \
    "a32a3028a0261b246e6f745f646566696e65645f696e5f5246433431373840706c656173655f69676e6f7265"
#define NTLM_OFFER "604806062b0601050502a03e303ca00e" NTLM_LIST "a22a0428" CAPTURED_NEGOTIATE
#define LAST_ANSWER "a11b3019a0030a0100a3120410010000007dd6da05648a73ae00000000"
#define REJECT "a1073005a0030a0102"

static bool span_is(struct wire_span span, const char *hex)
{
    return is_hex(span.data, span.size, hex);
}

static bool parses_init(const char *hex)
{
    struct bytes bytes = unhex(hex);
    struct spnego_init init;

    return spnego_parse_init(span_of(&bytes), &init);
}

static bool parses_response(const char *hex)
{
    struct bytes bytes = unhex(hex);
    struct spnego_response response;

    return spnego_parse_response(span_of(&bytes), &response);
}

/* ---- the samples ----------------------------------------------------------------------------------------------------- */

static void check_init(const char *hex, const char *list, const char *token, bool hints)
{
    struct bytes bytes = unhex(hex);
    struct spnego_init init;
    UCHAR written[256];
    size_t size;

    ok(spnego_is_init(span_of(&bytes)) && spnego_parse_init(span_of(&bytes), &init), "not read\n"); /* S5.2.1 */
    ok(span_is(init.list, list), "another list\n"); /* S5.2.1 */
    ok(init.has_token == (token != NULL) && (!token || span_is(init.token, token)), "another token\n"); /* S5.2.1 */
    ok(!init.has_mic, "a MIC\n"); /* S5.3.2 */
    size = spnego_init_size(&init, hints);
    ok(size == bytes.size && spnego_write_init(&init, hints, written, size) && !memcmp(written, bytes.data, size), "not written so\n"); /* S5.3.1 */
    ok(!spnego_write_init(&init, hints, written, size - 1), "written into too little\n"); /* S5.2.1 */
}

static void test_samples(void)
{
    struct bytes mic = unhex("010000007dd6da05648a73ae00000000");
    struct spnego_response last = {.state = SPNEGO_ACCEPT_COMPLETED, .mic = span_of(&mic), .has_mic = true};
    struct spnego_response reject = {.state = SPNEGO_REJECT}, read;
    struct bytes bytes = unhex(LAST_ANSWER);
    UCHAR written[64];

    check_init(NTLM_HINT, NTLM_LIST, NULL, true);
    check_init(FOUR_HINT, FOUR_LIST, NULL, true);
    check_init(NTLM_OFFER, NTLM_LIST, CAPTURED_NEGOTIATE, false);
    ok(spnego_response_size(&last) == 29 && spnego_write_response(&last, written, 29) && is_hex(written, 29, LAST_ANSWER), "differs\n"); /* S5.5.2 */
    ok(spnego_response_size(&reject) == 9 && spnego_write_response(&reject, written, 9) && is_hex(written, 9, REJECT), "differs\n"); /* S5.2.1 */
    ok(spnego_parse_response(span_of(&bytes), &read) && read.state == SPNEGO_ACCEPT_COMPLETED && read.has_mic && !read.has_token &&
       !read.mechanism.size && span_is(read.mic, "010000007dd6da05648a73ae00000000"), "not read\n"); /* S5.2.1 */
}

/* Where a length takes a byte more (X.690 8.1.3). */
static void test_lengths(void)
{
    static const struct
    {
        size_t size;
        const char *header;
    } cases[] = {{0, "0400"}, {127, "047f"}, {128, "048180"}, {255, "0481ff"}, {256, "04820100"}, {65535, "0482ffff"}, {65536, "0483010000"}};
    static UCHAR contents[65536], written[65536 + 8];

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        struct wire_span span = {contents, cases[i].size}, read;
        size_t header = strlen(cases[i].header) / 2;
        struct wire_writer writer;
        struct wire_reader reader;

        wire_writer_init(&writer, written, der_size(span.size));
        der_write(&writer, DER_OCTET_STRING, span);
        ok(!writer.failed && writer.length == header + span.size && is_hex(written, header, cases[i].header), "%u bytes\n", (unsigned int)span.size); /* S5.2.1 */
        wire_reader_init(&reader, written, writer.length);
        read = der_read(&reader, DER_OCTET_STRING);
        ok(read.size == span.size && der_at_end(&reader), "%u bytes are read as %u\n", (unsigned int)span.size, (unsigned int)read.size); /* S5.2.1 */
    }
}

/* ---- malformed and unusual --------------------------------------------------------------------------------------------- */

/* Nothing of what is cut anywhere, or has something behind it, is read. */
static void check_cut(const char *hex, bool is_init)
{
    struct bytes bytes = unhex(hex);
    struct spnego_init init;
    struct spnego_response response;
    bool read = false;

    for (size_t size = 0; size < bytes.size; size++)
    {
        UCHAR *copy = guise_memdup(bytes.data, size); /* its end is the block's end: a sanitizer sees every byte too far */
        struct wire_span span = {copy, size};

        read |= is_init ? spnego_parse_init(span, &init) : spnego_parse_response(span, &response);
        guise_free(copy);
    }
    ok(!read, "a part is read\n"); /* S5.7.1 */
    bytes.data[bytes.size++] = 0;
    ok(!(is_init ? spnego_parse_init(span_of(&bytes), &init) : spnego_parse_response(span_of(&bytes), &response)), "more is read\n"); /* S5.7.1 */
}

static void test_malformed(void)
{
    static const char *const inits[] = {
        "601c06062b0601050501a0123010a00e300c060a2b06010401823702020a", /* another frame OID */
        "a0083006a20404026162", /* no list */
        "a0063004a0023000", /* nothing in list */
        "a0083006a00430020600", /* empty OID */
        "a0093007a0053003020101", /* not OID in list */
        "a0143080a00e300c060a2b06010401823702020a0000", /* indef */
        "a01730850000000010a00e300c060a2b06010401823702020a", /* length 5 bytes */
        "a0143012a010300c060a2b06010401823702020a0500", /* more in list field */
        "a01e301ca00e300c060a2b06010401823702020aa20404026162a20404026162", /* token twice */
        "a01e301ca00e300c060a2b06010401823702020aa30404026364a20404026162", /* out of order */
        "a0183016a00e300c060a2b06010401823702020aa20403026162", /* token not octets */
        "a0123010a00e310c060a2b06010401823702020a", /* list not sequence */
        "a01d301ba00e300c060a2b06010401823702020aa3093007a0031b0178a500", /* hints with more */
        "a0143010a00e300c060a2b06010401823702020a0500", /* more behind sequence */
        "a0143012a00e300c060a2b06010401823702020a0500", /* universal field behind */
        "601106062b0601050502a1073005a0030a0101", /* response choice in frame */
    };
    static const char *const responses[] = {
        "a1073005a0030a0104", /* state 4 */
        "a1083006a0040a020001", /* state 2 bytes */
        "a1073005a003020101", /* int */
        "a10b3009a0030a0101a1020600", /* empty mech */
        "a10c300aa0030a0101a0030a0101", /* state twice */
        "a1093007a0050a01010500", /* more in field */
        "a2073005a0030a0101", /* another choice */
        "a1153013a10c060a2b06010401823702020aa0030a0101", /* out of order */
        "a1133011a0030a0101a30404026364a20404026162", /* mic before token */
        "3005a0030a0101", /* bare seq */
    };

    for (size_t i = 0; i < ARRAYSIZE(inits); i++) ok(!parses_init(inits[i]), "%s is read\n", inits[i]); /* S5.7.1 */
    for (size_t i = 0; i < ARRAYSIZE(responses); i++) ok(!parses_response(responses[i]), "%s is read\n", responses[i]); /* S5.7.1 */
    check_cut(NTLM_HINT, true);
    check_cut(FOUR_HINT, true);
    check_cut(NTLM_OFFER, true);
    check_cut(LAST_ANSWER, false);
}

static void test_unusual(void)
{
    struct bytes mic = unhex("a0183016a00e300c060a2b06010401823702020aa30404026364");
    struct bytes both = unhex("a021301fa00e300c060a2b06010401823702020aa3073005a0031b0178a40404026364");
    struct spnego_init init;

    ok(parses_init("a0123010a00e300c060a2b06010401823702020a"), "bare\n"); /* S5.2.1 */
    ok(parses_init("a01e301ca00e300c060a2b06010401823702020aa10403020640a20404026162"), "with reqFlags\n"); /* S5.2.1 */
    ok(parses_init("a01430820010a00e300c060a2b06010401823702020a"), "with a long length\n"); /* S5.2.1 */
    ok(parses_init("a01a3018a00e300c060a2b06010401823702020aa20404026162a900"), "with what comes later\n"); /* RFC 4178 4.2.1 */
    ok(parses_response("a1023000"), "empty\n"); /* S5.2.1 */
    ok(parses_response("a1073005a0030a0101"), "with nothing but a state\n"); /* S5.2.1 */
    ok(parses_response("a1093007a0030a0101a700"), "with what comes later\n"); /* RFC 4178 4.2.2 */
    /* [3] is a MIC or hints, by what is inside. */
    ok(spnego_parse_init(span_of(&mic), &init) && init.has_mic && span_is(init.mic, "6364"), "no MIC\n"); /* S5.3.2 */
    ok(spnego_parse_init(span_of(&both), &init) && init.has_mic && span_is(init.mic, "6364"), "no MIC behind hints\n"); /* S5.3.2 */
}

/* ---- mechListMIC ----------------------------------------------------------------------------------------------------- */

#define EXPORTED "55555555555555555555555555555555" /* MS-NLMP 4.2.1 */
#define FLAGS    0xe28a8233                         /* 4.2.4 */

/* A side of Negotiate whose NTLM has the keys of MS-NLMP 4.2.4. */
static struct nego_context *with_keys(bool server, const char *list)
{
    struct bytes key = unhex(EXPORTED), bytes = unhex(list);
    struct nego_context *context = nego_new_context(NULL, server);
    struct package_context *inner = ntlm_new_context(NULL, server, 0);

    inner->flags = FLAGS;
    inner->state = NTLM_STATE_COMPLETE;
    ok(seal_init(&inner->seal, FLAGS, key.data, !server), "no keys\n"); /* S4.5.1 */
    context->inner = inner;
    context->inner_done = true;
    context->attributes = server ? ASC_RET_INTEGRITY : ISC_RET_INTEGRITY;
    atomic_store(&context->package, &ntlm_package);
    context->list = guise_memdup(bytes.data, bytes.size);
    context->list_size = bytes.size;
    context->phase = NEGO_COMPLETE;
    return context;
}

static void free_side(struct nego_context *context)
{
    nego_delete_context((struct package_context *)context);
}

static void check_mics(const char *list, const char *client_mic, const char *server_mic)
{
    struct nego_context *client = with_keys(false, list), *server = with_keys(true, list);
    UCHAR *mic;
    ULONG size;

    ok(!nego_make_mic(client, &mic, &size) && is_hex(mic, size, client_mic), "the client's differs\n"); /* S4.5.1 */
    ok(!nego_verify_mic(server, (struct wire_span){mic, size}) && server->mic_verified, "refused\n"); /* S4.5.1 */
    guise_free(mic);
    ok(!nego_make_mic(server, &mic, &size) && is_hex(mic, size, server_mic), "the server's differs\n"); /* S4.5.1 */
    ok(!nego_verify_mic(client, (struct wire_span){mic, size}), "refused\n"); /* S4.5.1 */
    guise_free(mic);
    free_side(client);
    free_side(server);
}

/* The streams begin anew, the numbers do not: the first message has the bytes of MS-NLMP 4.2.4.4 and the number 1. */
static void test_after_mic(void)
{
    struct nego_context *client = with_keys(false, NTLM_LIST), *server = with_keys(true, NTLM_LIST);
    struct bytes text = unhex("50006c00610069006e007400650078007400");
    UCHAR *mic, signature[16];
    ULONG size;

    ok(!nego_make_mic(client, &mic, &size) && !nego_verify_mic(server, (struct wire_span){mic, size}), "no MIC\n"); /* S4.5.1 */
    guise_free(mic);
    ok(!one_message(negotiate_package.encrypt_message, (struct package_context *)client, text.data, text.size, signature) &&
       is_hex(text.data, text.size, "54e50165bf1936dc996020c1811b0f06fb5f"), "another stream\n"); /* MS-SPNG 3.3.5.1 */
    ok(signature[12] == 1, "number %u\n", signature[12]); /* S4.6.2 */
    ok(!one_message(negotiate_package.decrypt_message, (struct package_context *)server, text.data, text.size, signature) &&
       is_hex(text.data, text.size, "50006c00610069006e007400650078007400"), "not opened\n"); /* S4.6.2 */
    free_side(client);
    free_side(server);
}

/* Another list, another side, another number, another bit, too short, nothing. */
static void test_wrong_mics(void)
{
    static const char *const wrong[] = {"010000009cc5a498f4c5e61c00000000", "010000007dd6da05648a73ae00000000", "0100000022a3984fefbb9c3201000000",
                                        "0100000022a3984fefbb9c3300000000", "01000000", ""};

    for (size_t i = 0; i < ARRAYSIZE(wrong); i++)
    {
        struct nego_context *server = with_keys(true, NTLM_LIST);
        struct bytes mic = unhex(wrong[i]);
        SECURITY_STATUS status = nego_verify_mic(server, span_of(&mic));

        ok(status == SEC_E_MESSAGE_ALTERED && !server->mic_verified, "%s: got %08lx\n", wrong[i], status); /* S2.12.3 */
        free_side(server);
    }
}

START_TEST(spnego)
{
    test_samples();
    test_lengths();
    test_malformed();
    test_unusual();
    check_mics(NTLM_LIST, "0100000022a3984fefbb9c3200000000", "010000007dd6da05648a73ae00000000");
    check_mics(FOUR_LIST, "010000009cc5a498f4c5e61c00000000", "010000006494eaecfede45c200000000");
    test_after_mic();
    test_wrong_mics();
}

/*
 * Signed and sealed messages between two NTLM contexts: both directions, altered, out of turn, several threads.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>

#include <windef.h>
#include <winbase.h>

#include "tests/internal/ntlm_double.h"
#include "tests/internal/ntlm_hex.h"
#include "wine/test.h"

static struct package_credential alice, server;

static struct handshake established(ULONG request)
{
    struct handshake handshake = {.client_credential = &alice,
                                  .server_credential = &server,
                                  .client_request = request,
                                  .server_request = ASC_REQ_NO_TOKEN};

    ok(shake_hands(&handshake) == SEC_E_OK, "handshake\n"); /* S2.12.1 */
    return handshake;
}

#define SIGNS ISC_REQ_INTEGRITY
#define SEALS (ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY)

static SECURITY_STATUS seal_text(struct package_context *context, char *text, UCHAR signature[16])
{
    return one_message(ntlm_package.encrypt_message, context, text, strlen(text) + 1, signature);
}

static void test_both_directions(void)
{
    struct handshake handshake = established(SEALS);
    UCHAR signature[16];

    for (int i = 0; i < 20; i++)
    {
        struct package_context *from = i % 3 ? handshake.client : handshake.server;
        struct package_context *to = from == handshake.client ? handshake.server : handshake.client;
        UCHAR data[300], plain[300];
        ULONG size = i * 15;

        memset(data, i, sizeof(data));
        memset(plain, i, sizeof(plain));
        ok(!one_message(ntlm_package.encrypt_message, from, data, size, signature), "message %d\n", i); /* S2.12.4 */
        ok(size < 16 || memcmp(data, plain, size), "message %d is in clear\n", i);
        ok(!one_message(ntlm_package.decrypt_message, to, data, size, signature), "message %d\n", i); /* S2.12.7 */
        ok(!memcmp(data, plain, size), "message %d differs\n", i);
        ok(!one_message(ntlm_package.make_signature, to, data, size, signature), "message %d\n", i); /* S2.12.2 */
        ok(!memcmp(data, plain, size), "signing changed message %d\n", i);
        ok(!one_message(ntlm_package.verify_signature, from, data, size, signature), "message %d\n", i); /* S2.12.3 */
    }
    end_handshake(&handshake);
}

static void test_altered(void)
{
    struct handshake handshake = established(SEALS);
    char text[] = "one", next[] = "two";
    UCHAR signature[16], twice[16];

    ok(!seal_text(handshake.client, text, signature), "sealed\n"); /* S2.12.7 */
    memcpy(twice, signature, 16);
    text[0] ^= 1;
    ok(one_message(ntlm_package.decrypt_message, handshake.server, text, 4, signature) == SEC_E_MESSAGE_ALTERED,
       "data\n");
    /* S4.6.2: the damaged message had its number, the next one is judged by itself */
    ok(!seal_text(handshake.client, next, signature), "sealed\n");
    ok(!one_message(ntlm_package.decrypt_message, handshake.server, next, 4, signature) && !strcmp(next, "two"),
       "the next\n");
    ok(one_message(ntlm_package.decrypt_message, handshake.server, text, 4, twice) == SEC_E_OUT_OF_SEQUENCE, "again\n");

    for (int i = 0; i < 16; i++)
    {
        SECURITY_STATUS status;

        /* S2.12.3 */
        strcpy(text, "sig");
        ok(!one_message(ntlm_package.make_signature, handshake.client, text, 4, signature), "signed\n");
        signature[i] ^= 0x40;
        status = one_message(ntlm_package.verify_signature, handshake.server, text, 4, signature);
        ok(status == (i < 12 ? SEC_E_MESSAGE_ALTERED : SEC_E_OUT_OF_SEQUENCE), "byte %d: %#x\n", i, status);
        /* Refused before the stream moved it has not been received: number and stream wait for the true one (S2.12.10). */
        signature[i] ^= 0x40;
        status = one_message(ntlm_package.verify_signature, handshake.server, text, 4, signature);
        ok(status == (i < 4 || i >= 12 ? SEC_E_OK : SEC_E_OUT_OF_SEQUENCE), "byte %d: %#x\n", i, status);
    }
    end_handshake(&handshake);
}

static void test_order(void)
{
    struct handshake handshake = established(SEALS);
    char first[] = "first", second[] = "second";
    UCHAR one[16], two[16];

    ok(!seal_text(handshake.server, first, one) && !seal_text(handshake.server, second, two),
       "sealed\n"); /* S2.12.10 */
    ok(one_message(ntlm_package.decrypt_message, handshake.client, second, 7, two) == SEC_E_OUT_OF_SEQUENCE,
       "second first\n");
    ok(!one_message(ntlm_package.decrypt_message, handshake.client, first, 6, one) && !strcmp(first, "first"),
       "first\n");
    ok(!one_message(ntlm_package.decrypt_message, handshake.client, second, 7, two) && !strcmp(second, "second"),
       "second\n");
    ok(one_message(ntlm_package.decrypt_message, handshake.client, second, 7, two) == SEC_E_OUT_OF_SEQUENCE, "twice\n");
    end_handshake(&handshake);
}

/* A message that comes back to its sender with the number that is due there is still not one of the other side's. */
static void test_reflected(ULONG request, SECURITY_STATUS (*make)(struct package_context *, struct message *),
                           SECURITY_STATUS (*take)(struct package_context *, struct message *))
{
    struct handshake handshake = established(request);
    char text[] = "text";
    UCHAR signature[16];

    ok(!one_message(make, handshake.client, text, 5, signature), "made\n"); /* S2.12.2 */
    ok(one_message(take, handshake.client, text, 5, signature) == SEC_E_MESSAGE_ALTERED, "reflected\n"); /* S4.5.1 */
    end_handshake(&handshake);
}

/* READONLY buffers count for nothing, READONLY_WITH_CHECKSUM ones are signed only, in array order. */
static void test_buffers(void)
{
    struct handshake handshake = established(SEALS);
    char head[] = "head", left[] = "left out", one[] = "one", two[] = "two", padding[] = "pad";
    UCHAR signature[16];
    SecBuffer buffers[] = {
        {4, SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM, head},
        {8, SECBUFFER_DATA | SECBUFFER_READONLY, left},
        {3, SECBUFFER_DATA, one},
        {16, SECBUFFER_TOKEN, signature},
        {3, SECBUFFER_PADDING, padding},
        {3, SECBUFFER_DATA, two},
        {0, SECBUFFER_EMPTY, NULL},
    };
    SecBufferDesc desc = {SECBUFFER_VERSION, 7, buffers};
    struct message message = {.buffers = &desc, .token = &buffers[3], .sequence = 77};

    ok(!ntlm_package.encrypt_message(handshake.client, &message), "sealed\n"); /* S2.12.1, S2.12.9 */
    ok(!strcmp(head, "head") && !strcmp(left, "left out") && !strcmp(padding, "pad"), "touched\n");
    ok(strcmp(one, "one") && strcmp(two, "two"), "in clear\n");
    strcpy(left, "another!");
    ok(!ntlm_package.decrypt_message(handshake.server, &message), "unsealed\n");     /* S2.12.6 */
    ok(!strcmp(one, "one") && !strcmp(two, "two") && !message.qop_set, "differs\n"); /* S2.12.8 */

    ok(!ntlm_package.encrypt_message(handshake.client, &message), "sealed\n"); /* S2.12.1 */
    head[0] = 'd';
    ok(ntlm_package.decrypt_message(handshake.server, &message) == SEC_E_MESSAGE_ALTERED, "another head\n");

    buffers[3].cbBuffer = 15;
    ok(ntlm_package.encrypt_message(handshake.client, &message) == SEC_E_BUFFER_TOO_SMALL, "15 bytes\n"); /* S2.12.4 */
    ok(ntlm_package.make_signature(handshake.client, &message) == SEC_E_BUFFER_TOO_SMALL, "15 bytes\n");  /* S2.12.2 */
    ok(ntlm_package.verify_signature(handshake.client, &message) == SEC_E_INVALID_TOKEN, "15 bytes\n");   /* S2.12.3 */
    ok(ntlm_package.decrypt_message(handshake.client, &message) == SEC_E_INVALID_TOKEN, "15 bytes\n");    /* S2.12.7 */
    buffers[3].cbBuffer = 32;
    ok(!ntlm_package.make_signature(handshake.client, &message) && buffers[3].cbBuffer == 16,
       "32 bytes\n"); /* S2.12.2 */
    desc.pBuffers = &buffers[3];
    desc.cBuffers = 1;
    ok(ntlm_package.encrypt_message(handshake.client, &message) == SEC_E_INVALID_TOKEN, "no data\n"); /* S2.12.4 */
    end_handshake(&handshake);
}

static void test_not_negotiated(void)
{
    struct handshake handshake = established(0);
    UCHAR signature[16], zeros[16] = {1};
    char text[] = "text";

    ok(seal_text(handshake.client, text, signature) == SEC_E_UNSUPPORTED_FUNCTION, "sealed\n");     /* S2.12.5 */
    ok(!one_message(ntlm_package.make_signature, handshake.client, text, 5, signature), "dummy\n"); /* S4.8.3 */
    ok(!memcmp(signature, zeros, 16), "dummy differs\n");
    ok(!one_message(ntlm_package.verify_signature, handshake.server, text, 5, signature), "dummy refused\n");
    signature[9] = 1;
    ok(one_message(ntlm_package.verify_signature, handshake.server, text, 5, signature) == SEC_E_MESSAGE_ALTERED,
       "altered\n");
    end_handshake(&handshake);

    handshake = established(SIGNS);
    ok(seal_text(handshake.client, text, signature) == SEC_E_UNSUPPORTED_FUNCTION, "sealed\n"); /* S2.12.5 */
    ok(one_message(ntlm_package.decrypt_message, handshake.client, text, 5, signature) == SEC_E_UNSUPPORTED_FUNCTION,
       "unsealed\n");
    ok(!one_message(ntlm_package.make_signature, handshake.client, text, 5, signature), "signed\n"); /* S2.12.2 */
    ok(!one_message(ntlm_package.verify_signature, handshake.server, text, 5, signature), "refused\n");
    end_handshake(&handshake);
}

/*
 * Four threads seal on one context, one unseals what they say in the order of the numbers; another direction runs
 * beside it.
 */

#define SENDERS  4
#define MESSAGES 500

struct sealed
{
    char text[32];
    UCHAR signature[16];
};

static struct sealed box[SENDERS * MESSAGES];
static struct package_context *sealing_context;

static void *seal_many(void *arg)
{
    for (int i = 0; i < MESSAGES; i++)
    {
        struct sealed sealed = {.text = "the same text in every message"};
        ULONG number;

        if (one_message(ntlm_package.encrypt_message, sealing_context, sealed.text, sizeof(sealed.text),
                        sealed.signature))
            return arg;
        memcpy(&number, sealed.signature + 12, 4);
        if (number >= SENDERS * MESSAGES || box[number].signature[0]) return arg;
        box[number] = sealed;
    }
    return NULL;
}

static void test_threads(void)
{
    struct handshake handshake = established(SEALS);
    pthread_t threads[SENDERS];
    int failures = 0;
    void *result;

    memset(box, 0, sizeof(box));
    sealing_context = handshake.client;
    for (int i = 0; i < SENDERS; i++)
        if (pthread_create(&threads[i], NULL, seal_many, box)) failures++;
    for (int i = 0; i < MESSAGES; i++)
    {
        struct sealed sealed = {.text = "the other way"};

        if (seal_text(handshake.server, sealed.text, sealed.signature)) failures++;
        if (one_message(ntlm_package.decrypt_message, handshake.client, sealed.text, 14, sealed.signature)) failures++;
        if (strcmp(sealed.text, "the other way")) failures++;
    }
    for (int i = 0; i < SENDERS; i++)
        if (pthread_join(threads[i], &result) || result) failures++;
    for (int i = 0; i < SENDERS * MESSAGES; i++)
    {
        if (one_message(ntlm_package.decrypt_message, handshake.server, box[i].text, sizeof(box[i].text),
                        box[i].signature))
            failures++;
        if (strcmp(box[i].text, "the same text in every message")) failures++;
    }
    ok(!failures, "%d failures\n", failures); /* S2.0.8 */
    end_handshake(&handshake);
}

START_TEST(ntlm_seal)
{
    double_outbound(&alice, u"SERVER", u"alice", u"Password");
    double_inbound(&server);
    test_both_directions();
    test_altered();
    test_order();
    test_reflected(SIGNS, ntlm_package.make_signature, ntlm_package.verify_signature);
    test_reflected(SEALS, ntlm_package.encrypt_message, ntlm_package.decrypt_message);
    test_buffers();
    test_not_negotiated();
    test_threads();
    double_free(&alice);
    double_free(&server);
}

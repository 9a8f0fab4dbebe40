/*
 * A context as bytes: what comes back, and that bytes which are not one are refused, though they are authenticated before they come here.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <windef.h>
#include <winbase.h>

#include "tests/internal/ntlm_double.h"
#include "wine/test.h"

static struct package_credential alice, server;

static SECURITY_STATUS import(const UCHAR *data, ULONG size, struct package_context **context)
{
    /* A copy of exactly that size, so that a sanitizer sees what reads beyond it. */
    UCHAR *copy = guise_memdup(data, size ? size : 1);
    SECURITY_STATUS status = ntlm_package.import_context(copy, size, true, NULL, context);

    guise_free(copy);
    return status;
}

static SECURITY_STATUS import_and_delete(const UCHAR *data, ULONG size)
{
    struct package_context *context = NULL;
    SECURITY_STATUS status = import(data, size, &context);

    if (!status) ntlm_package.delete_context(context);
    return status;
}

static ULONG word_at(const UCHAR *data)
{
    struct wire_reader reader;

    wire_reader_init(&reader, data, 4);
    return wire_read_u32(&reader);
}

static void put_word(UCHAR *data, ULONG value)
{
    struct wire_writer writer;

    wire_writer_init(&writer, data, 4);
    wire_write_u32(&writer, value);
}

static struct handshake established(void)
{
    struct handshake handshake = {.client_credential = &alice,
                                  .server_credential = &server,
                                  .client_request = ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY,
                                  .server_request = ASC_REQ_NO_TOKEN,
                                  .target = u"HTTP/server.example"};

    ok(shake_hands(&handshake) == SEC_E_OK, "handshake\n"); /* S2.6.7 */
    return handshake;
}

static void test_good(const UCHAR *data, ULONG size, struct handshake *handshake)
{
    struct package_context *copy = NULL;
    char text[] = "handed over";
    UCHAR signature[16];

    ok(import(data, size, &copy) == SEC_E_OK && copy, "refused\n"); /* S2.14.1 */
    if (!copy) return;
    ok(!one_message(ntlm_package.encrypt_message, handshake->client, text, sizeof(text), signature) &&
           !one_message(ntlm_package.decrypt_message, copy, text, sizeof(text), signature) && !strcmp(text, "handed over"),
       "a message\n"); /* design 7.4 */
    ok(copy->server && copy->state == NTLM_STATE_COMPLETE && copy->flags == handshake->server->flags &&
           !memcmp(copy->exported_key, handshake->server->exported_key, NTLM_KEY_SIZE),
       "something else\n"); /* design 7.4 */
    ntlm_package.delete_context(copy);
}

static void test_altered(UCHAR *data, ULONG size)
{
    const size_t seal = size - SEAL_BLOB_SIZE, direction = 2 * NTLM_KEY_SIZE + 4 + 8;
    const size_t positions[] = {seal + 4 + direction - 8, seal + 4 + 2 * direction - 8};
    static const ULONG sizes[] = {0, 7, 17, 0xffffffff};
    UCHAR *longer = guise_alloc(size + 1);
    int taken = 0;

    for (ULONG cut = 0; cut < size; cut++) taken += import_and_delete(data, cut) == SEC_E_OK;
    ok(!taken, "%d of the cut ones\n", taken); /* design 7.4 */
    memcpy(longer, data, size);
    ok(import_and_delete(longer, size + 1) == SEC_E_UNKNOWN_CREDENTIALS, "a byte more\n"); /* design 7.4 */
    guise_free(longer);

    put_word(data, 2);
    ok(import_and_delete(data, size) == SEC_E_UNKNOWN_CREDENTIALS, "another version\n"); /* design 7.4 */
    put_word(data, 1);
    ok(word_at(data + seal) == NTLM_KEY_SIZE, "the key's size is not there\n"); /* design 7.4 */
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
    {
        put_word(data + seal, sizes[i]);
        ok(import_and_delete(data, size) == SEC_E_UNKNOWN_CREDENTIALS, "a key of %u bytes\n", sizes[i]); /* design 7.4 */
    }
    put_word(data + seal, NTLM_KEY_SIZE);
    for (size_t i = 0; i < sizeof(positions) / sizeof(positions[0]); i++)
    {
        ULONG high = word_at(data + positions[i] + 4);

        put_word(data + positions[i] + 4, 0x100);
        ok(import_and_delete(data, size) == SEC_E_UNKNOWN_CREDENTIALS, "a place that is too far\n"); /* design 7.4 */
        put_word(data + positions[i] + 4, high);
    }
    ok(import_and_delete(data, size) == SEC_E_OK, "the true one\n"); /* design 7.4 */
}

START_TEST(ntlm_export)
{
    struct handshake handshake;
    UCHAR *data = NULL;
    ULONG size = 0;

    double_outbound(&alice, u"SERVER", u"alice", u"Password");
    double_inbound(&server);
    handshake = (struct handshake){.client_credential = &alice};
    ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE\n"); /* S2.5.1 */
    ok(ntlm_package.export_context(handshake.client, false, &data, &size) == SEC_E_INVALID_HANDLE && !data, "half a context\n"); /* S2.10.2 */
    end_handshake(&handshake);
    handshake = established();
    ok(!ntlm_package.export_context(handshake.server, false, &data, &size) && data && size > SEAL_BLOB_SIZE, "no bytes\n"); /* S2.14.1 */
    if (data)
    {
        test_good(data, size, &handshake);
        test_altered(data, size);
        guise_free_secret(data, size);
    }
    end_handshake(&handshake);
    double_free(&alice);
    double_free(&server);
}

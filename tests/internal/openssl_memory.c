/*
 * Every allocation of OpenSSL's fails once in a handshake and the messages after it: nobody is let in by that, nothing is
 * taken for sound that is not, and the thread goes on working.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>

#include <openssl/crypto.h>

#include <windef.h>
#include <winbase.h>

#include "tests/internal/ntlm_double.h"
#include "wine/test.h"

static long countdown; /* 0: nothing fails */
static bool fired;

static bool fails(void)
{
    if (!countdown || --countdown) return false;
    return fired = true;
}

static void *count_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails() ? NULL : malloc(size);
}

static void *count_realloc(void *block, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails() ? NULL : realloc(block, size);
}

static void count_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    free(block);
}

static struct package_credential right, wrong, server;

/* FALSE: an altered message was taken, or a sound one came out as another. A refusal is fine. */
static BOOL messages_are_sound(struct handshake *handshake)
{
    char text[] = "a message";
    UCHAR signature[16];

    if (one_message(ntlm_package.encrypt_message, handshake->client, text, sizeof(text), signature)) return TRUE;
    if (one_message(ntlm_package.decrypt_message, handshake->server, text, sizeof(text), signature)) return TRUE;
    if (strcmp(text, "a message")) return FALSE;
    if (one_message(ntlm_package.make_signature, handshake->server, text, sizeof(text), signature)) return TRUE;
    text[0] ^= 1;
    return one_message(ntlm_package.verify_signature, handshake->client, text, sizeof(text), signature) != SEC_E_OK;
}

/* A conversation in which the NTH allocation fails. */
static SECURITY_STATUS talk(struct package_credential *client, long nth)
{
    struct handshake handshake = {.client_credential = client,
                                  .server_credential = &server,
                                  .client_request = ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY,
                                  .server_request = ASC_REQ_NO_TOKEN};
    SECURITY_STATUS status;

    fired = false;
    countdown = nth;
    status = shake_hands(&handshake);
    if (!status) ok(messages_are_sound(&handshake), "allocation %ld: messages\n", nth); /* S2.12.3 */
    countdown = 0;
    end_handshake(&handshake);
    return status;
}

START_TEST(openssl_memory)
{
    long nth;

    if (!CRYPTO_set_mem_functions(count_malloc, count_realloc, count_free))
    {
        skip("OpenSSL has allocated already\n");
        return;
    }
    double_outbound(&right, u"SERVER", u"alice", u"Password");
    double_outbound(&wrong, u"SERVER", u"alice", u"password");
    double_inbound(&server);
    ok(!talk(&right, 0), "no handshake\n"); /* S2.6.7 */
    for (nth = 1; nth < 1000; nth++)
    {
        SECURITY_STATUS status = talk(&right, nth);

        if (!fired) break;
        ok(!status || status == SEC_E_INSUFFICIENT_MEMORY, "allocation %ld: %#x\n", nth, status); /* S2.5.12 */
        status = talk(&wrong, nth);
        ok(status < 0, "allocation %ld: a wrong password was taken\n", nth); /* S4.9.5 */
        status = talk(&right, 0);
        ok(!status, "after allocation %ld: %#x\n", nth, status); /* S2.5.12 */
    }
    ok(nth > 5 && nth < 1000, "%ld allocations\n", nth - 1); /* S2.5.12 */
    double_free(&right);
    double_free(&wrong);
    double_free(&server);
}

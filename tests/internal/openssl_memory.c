/*
 * Every allocation of OpenSSL's, and then of Guise's, fails once in a handshake of each kind and the messages after it: nobody is let
 * in by that, nothing is taken for sound that is not, and the thread goes on working.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>

#include <openssl/crypto.h>

#include <windef.h>
#include <winbase.h>

#include "ntoskrnl/rtl/memory.h"
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

enum kind
{
    VERSION_2,
    VERSION_2_DATAGRAM,
    VERSION_1,
    LM_KEY, /* version 1 without extended session security */
    KINDS
};

static void set_kind(struct package_credential *client, enum kind kind)
{
    bool v1 = kind == VERSION_1 || kind == LM_KEY;

    client->policy.send_v1 = server.policy.accept_v1 = v1;
    client->policy.send_lm = client->has_lm_hash = client->policy.without_ess = kind == LM_KEY;
    client->policy.lm_keys = server.policy.lm_keys = kind == LM_KEY;
    client->policy.require_128bit = server.policy.require_128bit = kind != LM_KEY;
}

/* A conversation in which the NTH allocation of OpenSSL's fails, and the OWN'th of Guise's. */
static SECURITY_STATUS talk(struct package_credential *client, enum kind kind, long nth, long own)
{
    ULONG datagram = kind == VERSION_2_DATAGRAM ? ISC_REQ_DATAGRAM : 0; /* the same bit on both sides */
    struct handshake handshake = {.client_credential = client,
                                  .server_credential = &server,
                                  .client_request = ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY | datagram,
                                  .server_request = ASC_REQ_NO_TOKEN | datagram};
    SECURITY_STATUS status;

    set_kind(client, kind);
    fired = false;
    countdown = nth;
    guise_fail_allocation(own);
    status = shake_hands(&handshake);
    if (!status)
        ok(messages_are_sound(&handshake), "kind %d, allocations %ld, %ld: messages\n", kind, nth, own); /* S2.12.3 */
    countdown = 0;
    guise_fail_allocation(0);
    end_handshake(&handshake);
    return status;
}

/* FALSE: nothing failed any more. */
static BOOL talk_with_failure(enum kind kind, long nth, long own)
{
    SECURITY_STATUS status = talk(&right, kind, nth, own);
    BOOL failed = fired || status;

    ok(!status || status == SEC_E_INSUFFICIENT_MEMORY, "kind %d, allocations %ld, %ld: %#x\n", kind, nth, own, status); /* S2.5.12 */
    status = talk(&wrong, kind, nth, own);
    ok(status < 0, "kind %d, allocations %ld, %ld: a wrong password was taken\n", kind, nth, own); /* S4.9.5 */
    status = talk(&right, kind, 0, 0);
    ok(!status, "kind %d, after allocations %ld, %ld: %#x\n", kind, nth, own, status); /* S2.5.12 */
    return failed;
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
    ok(ntlm_ntowf_v1(u"Password", 8, right.nt_hash) && ntlm_ntowf_v1(u"password", 8, wrong.nt_hash) &&
           ntlm_lmowf_v1(u"Password", 8, right.lm_hash) && ntlm_lmowf_v1(u"password", 8, wrong.lm_hash),
       "hashes\n"); /* MS-NLMP 4.2.2.1 */
    for (enum kind kind = VERSION_2; kind < KINDS; kind++)
    {
        ok(!talk(&right, kind, 0, 0), "kind %d: no handshake\n", kind); /* S2.6.7 */
        for (nth = 1; nth < 1000 && talk_with_failure(kind, nth, 0); nth++) {}
        ok(nth > 5 && nth < 1000, "%ld allocations of OpenSSL's\n", nth - 1); /* S2.5.12 */
        for (nth = 1; nth < 1000 && talk_with_failure(kind, 0, nth); nth++) {}
        ok(nth > 5 && nth < 1000, "%ld allocations of Guise's\n", nth - 1); /* S2.5.12 */
    }
    double_free(&right);
    double_free(&wrong);
    double_free(&server);
}

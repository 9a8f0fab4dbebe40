/*
 * MakeSignature, VerifySignature, EncryptMessage, DecryptMessage with NTLM.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "session.h"

SECURITY_STATUS SEC_ENTRY SealMessage(PCtxtHandle, ULONG, PSecBufferDesc, ULONG);
SECURITY_STATUS SEC_ENTRY UnsealMessage(PCtxtHandle, PSecBufferDesc, ULONG, PULONG);

static const char text[] = "a message of some length";

struct sample
{
    SecBufferDesc desc;
    SecBuffer buffers[4];
    BYTE token[16];
    char data[2][sizeof(text)];
};

/* TOKEN, DATA and, if asked for, a second buffer of TYPE. */
static void sample_init(struct sample *sample, ULONG second_type)
{
    memset(sample, 0, sizeof(*sample));
    memcpy(sample->data[0], text, sizeof(text));
    memcpy(sample->data[1], text, sizeof(text));
    sample->buffers[0] = (SecBuffer){sizeof(sample->token), SECBUFFER_TOKEN, sample->token};
    sample->buffers[1] = (SecBuffer){sizeof(text), SECBUFFER_DATA, sample->data[0]};
    sample->buffers[2] = (SecBuffer){sizeof(text), second_type, sample->data[1]};
    sample->desc = (SecBufferDesc){SECBUFFER_VERSION, second_type ? 3 : 2, sample->buffers};
}

static void test_sign(struct session *session)
{
    struct sample sample;
    SECURITY_STATUS status;
    ULONG qop = 0xdeadbeef;

    sample_init(&sample, 0);
    status = MakeSignature(&session->client, 0, &sample.desc, 0);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.2 */
    ok(sample.buffers[0].cbBuffer == 16 && sample.token[0] == 1, "token of %lu bytes\n",
       sample.buffers[0].cbBuffer); /* S2.12.2 */
    ok(!memcmp(sample.data[0], text, sizeof(text)), "the message changed\n"); /* S2.12.2 */
    status = VerifySignature(&session->server, &sample.desc, 0, &qop);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.3 */
    ok(qop == 0xdeadbeef, "qop %lx\n", qop); /* S2.12.3 */

    /* The other way, and the number given is ignored. */
    sample_init(&sample, 0);
    status = MakeSignature(&session->server, 0, &sample.desc, 77);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.9 */
    status = VerifySignature(&session->client, &sample.desc, 99, &qop);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.9 */

    sample_init(&sample, 0);
    sample.buffers[0].BufferType = SECBUFFER_DATA;
    status = MakeSignature(&session->client, 0, &sample.desc, 0);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.12.2 */
    status = VerifySignature(&session->client, &sample.desc, 0, &qop);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.12.3 */
    status = MakeSignature(NULL, 0, &sample.desc, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.3 */
}

static void test_altered(struct session *session)
{
    struct sample sample, copy;
    SECURITY_STATUS status;
    ULONG qop = 0xdeadbeef;

    /* A wrong number does not advance the expected one: the message itself is taken afterwards. */
    sample_init(&sample, 0);
    status = MakeSignature(&session->client, 0, &sample.desc, 0);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.2 */
    copy = sample;
    copy.desc.pBuffers = copy.buffers;
    copy.buffers[0].pvBuffer = copy.token;
    copy.buffers[1].pvBuffer = copy.data[0];
    copy.token[12] ^= 2;
    status = VerifySignature(&session->server, &copy.desc, 0, &qop);
    ok(status == SEC_E_OUT_OF_SEQUENCE || status == SEC_E_MESSAGE_ALTERED, "got %08lx\n", status); /* S2.12.3 */
    ok(qop == 0xdeadbeef, "qop %lx\n", qop); /* S2.12.3 */
    if (status == SEC_E_OUT_OF_SEQUENCE)
    {
        status = VerifySignature(&session->server, &sample.desc, 0, &qop);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.10 */
    }

    sample_init(&sample, 0);
    MakeSignature(&session->client, 0, &sample.desc, 0);
    sample.data[0][3] ^= 1;
    status = VerifySignature(&session->server, &sample.desc, 0, &qop);
    ok(status == SEC_E_MESSAGE_ALTERED, "got %08lx\n", status); /* S2.12.3 */
}

static void test_seal(struct session *session)
{
    struct sample sample;
    SECURITY_STATUS status;
    ULONG qop = 0xdeadbeef;

    sample_init(&sample, 0);
    status = EncryptMessage(&session->client, 0, &sample.desc, 0);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.4 */
    ok(memcmp(sample.data[0], text, sizeof(text)), "not encrypted\n"); /* S2.12.4 */
    ok(sample.buffers[0].cbBuffer == 16, "token of %lu bytes\n", sample.buffers[0].cbBuffer); /* S2.12.4 */
    status = DecryptMessage(&session->server, &sample.desc, 0, &qop);
    ok(status == SEC_E_OK && !memcmp(sample.data[0], text, sizeof(text)), "got %08lx\n", status); /* S2.12.7 */
    ok(qop == 0xdeadbeef, "qop %lx\n", qop); /* S2.12.8 */

    /* The old names. */
    sample_init(&sample, 0);
    status = SealMessage(&session->server, 0, &sample.desc, 0);
    ok(status == SEC_E_OK && memcmp(sample.data[0], text, sizeof(text)), "got %08lx\n", status); /* S1.2.3 */
    status = UnsealMessage(&session->client, &sample.desc, 0, &qop);
    ok(status == SEC_E_OK && !memcmp(sample.data[0], text, sizeof(text)), "got %08lx\n", status); /* S1.2.3 */

    /* Two DATA buffers are one message; an empty one and PADDING are none. */
    sample_init(&sample, SECBUFFER_DATA);
    status = EncryptMessage(&session->client, 0, &sample.desc, 0);
    ok(status == SEC_E_OK && memcmp(sample.data[0], sample.data[1], sizeof(text)), "got %08lx\n", status); /* S2.12.1 */
    status = DecryptMessage(&session->server, &sample.desc, 0, NULL);
    ok(status == SEC_E_OK && !memcmp(sample.data[1], text, sizeof(text)), "got %08lx\n", status); /* S2.12.1 */
    sample_init(&sample, SECBUFFER_PADDING);
    sample.buffers[2].cbBuffer = 0;
    status = EncryptMessage(&session->client, 0, &sample.desc, 0);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.6 */
    status = DecryptMessage(&session->server, &sample.desc, 0, NULL);
    ok(status == SEC_E_OK && !memcmp(sample.data[0], text, sizeof(text)), "got %08lx\n", status); /* S2.12.6 */
    sample_init(&sample, 0);
    sample.buffers[1].cbBuffer = 0;
    status = EncryptMessage(&session->client, 0, &sample.desc, 0);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.7 */
    status = DecryptMessage(&session->server, &sample.desc, 0, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.7 */

    sample_init(&sample, 0);
    sample.buffers[0].BufferType = SECBUFFER_DATA;
    status = DecryptMessage(&session->server, &sample.desc, 0, NULL);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.12.7 */
    status = EncryptMessage(NULL, 0, &sample.desc, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.12.4 */
}

static void test_readonly(struct session *session)
{
    struct sample sample;
    SECURITY_STATUS status;

    /* Signed, not encrypted. */
    sample_init(&sample, SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM);
    status = EncryptMessage(&session->client, 0, &sample.desc, 0);
    ok(status == SEC_E_OK && !memcmp(sample.data[1], text, sizeof(text)), "got %08lx\n", status); /* S2.12.1 */
    ok(memcmp(sample.data[0], text, sizeof(text)), "not encrypted\n"); /* S2.12.1 */
    status = DecryptMessage(&session->server, &sample.desc, 0, NULL);
    ok(status == SEC_E_OK && !memcmp(sample.data[0], text, sizeof(text)), "got %08lx\n", status); /* S2.12.1 */

    /* Left out altogether: its change is not noticed. */
    sample_init(&sample, SECBUFFER_DATA | SECBUFFER_READONLY);
    status = EncryptMessage(&session->client, 0, &sample.desc, 0);
    ok(status == SEC_E_OK && !memcmp(sample.data[1], text, sizeof(text)), "got %08lx\n", status); /* S2.12.1 */
    sample.data[1][0] ^= 1;
    status = DecryptMessage(&session->server, &sample.desc, 0, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.1 */

    /* Part of the signature: its change is noticed. The last use of the direction. */
    sample_init(&sample, SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM);
    EncryptMessage(&session->client, 0, &sample.desc, 0);
    sample.data[1][0] ^= 1;
    status = DecryptMessage(&session->server, &sample.desc, 0, NULL);
    ok(status == SEC_E_MESSAGE_ALTERED, "got %08lx\n", status); /* S2.12.1 */
}

/* Without SIGN and SEAL: a constant in the place of a signature, and no encryption. */
static void test_unprotected(void)
{
    static const BYTE constant[16] = {1};
    static struct session session;
    struct sample sample;
    SECURITY_STATUS status;
    ULONG qop = 0xdeadbeef;

    if (!session_own_policy())
    {
        skip("a loop-back logon gets more than it asks for\n");
        return;
    }
    if (!session_log_on(&session, SESSION_ALICE, ISC_REQ_CONNECTION, ASC_REQ_CONNECTION)) return;
    sample_init(&sample, 0);
    status = MakeSignature(&session.client, 0, &sample.desc, 0);
    ok(status == SEC_E_OK && !memcmp(sample.token, constant, 16), "got %08lx\n", status); /* S4.8.3 */
    status = VerifySignature(&session.server, &sample.desc, 0, &qop);
    ok(status == SEC_E_OK && qop == 0xdeadbeef, "got %08lx\n", status); /* S4.8.3 */
    sample.token[5] = 1;
    status = VerifySignature(&session.server, &sample.desc, 0, &qop);
    ok(status == SEC_E_MESSAGE_ALTERED, "got %08lx\n", status); /* S4.8.3 */
    sample_init(&sample, 0);
    status = EncryptMessage(&session.client, 0, &sample.desc, 0);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.12.5, S4.10.8 */
    ok(!memcmp(sample.data[0], text, sizeof(text)), "the message changed\n"); /* S2.12.5 */
    session_close(&session);
}

/* One thread encrypts while another one decrypts what an earlier one sent. */
enum { MESSAGES = 200 };
static struct session duplex;
static struct sample prepared[MESSAGES];
static LONG duplex_failures;

static void duplex_thread(unsigned int number)
{
    struct sample sample;

    for (int i = 0; i < MESSAGES; i++)
    {
        BOOL failed;

        sample_init(&sample, 0);
        if (number) failed = DecryptMessage(&duplex.server, &prepared[i].desc, 0, NULL) != SEC_E_OK;
        else failed = EncryptMessage(&duplex.server, 0, &sample.desc, 0) != SEC_E_OK;
        if (failed) __atomic_fetch_add(&duplex_failures, 1, __ATOMIC_RELAXED);
    }
}

static void test_duplex(void)
{
    BOOL intact = TRUE;

    if (!session_log_on(&duplex, SESSION_ALICE, ISC_REQ_CONFIDENTIALITY, 0)) return;
    for (int i = 0; i < MESSAGES; i++)
    {
        sample_init(&prepared[i], 0);
        if (EncryptMessage(&duplex.client, 0, &prepared[i].desc, 0) != SEC_E_OK) duplex_failures++;
    }
    session_run_threads(2, duplex_thread);
    for (int i = 0; i < MESSAGES; i++) intact &= !memcmp(prepared[i].data[0], text, sizeof(text));
    ok(!duplex_failures && intact, "%ld failures\n", duplex_failures); /* S2.0.8 */
    session_close(&duplex);
}

START_TEST(message)
{
    static struct session session;

    if (!session_setup()) return;
    if (session_log_on(&session, SESSION_ALICE, ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY, 0))
    {
        test_sign(&session);
        test_seal(&session);
        test_readonly(&session);
        session_close(&session);
    }
    if (session_log_on(&session, SESSION_ALICE, ISC_REQ_INTEGRITY, 0))
    {
        test_sign(&session);
        test_altered(&session);
        session_close(&session);
    }
    test_unprotected();
    test_duplex();
    session_cleanup();
}

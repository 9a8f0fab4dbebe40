/*
 * One credential behind the contexts of many threads, and contexts whose two directions belong to two threads each.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "session.h"

enum
{
    THREADS = 64, /* as many as session_run_threads() starts */
    NEGOTIATORS = 16,
    HANDSHAKES = 4,
    PAIRS = 8,
    MESSAGES = 100
};

#define PROTECTED (ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY)

/* Of a thread, or of two that share its contexts. */
static struct session sessions[THREADS];
static LONG failures[THREADS];

static const char text[] = "one credential for all of them";

struct parcel
{
    char data[sizeof(text)];
    BYTE token[16];
    SecBuffer buffers[2];
    SecBufferDesc desc;
};

static void parcel_init(struct parcel *parcel, unsigned int number)
{
    memcpy(parcel->data, text, sizeof(text));
    parcel->data[0] = (char)number;
    parcel->buffers[0] = (SecBuffer){sizeof(parcel->token), SECBUFFER_TOKEN, parcel->token};
    parcel->buffers[1] = (SecBuffer){sizeof(parcel->data), SECBUFFER_DATA, parcel->data};
    parcel->desc = (SecBufferDesc){SECBUFFER_VERSION, 2, parcel->buffers};
}

static BOOL parcel_is(const struct parcel *parcel, unsigned int number)
{
    return parcel->data[0] == (char)number && !memcmp(parcel->data + 1, text + 1, sizeof(text) - 1);
}

/* What the server says of the client, and a message that only the other end of this very context opens. */
static BOOL is_sound(struct session *session, unsigned int number)
{
    struct parcel parcel;

    parcel_init(&parcel, number);
    return EncryptMessage(&session->client, 0, &parcel.desc, 0) == SEC_E_OK && !parcel_is(&parcel, number) &&
           DecryptMessage(&session->server, &parcel.desc, 0, NULL) == SEC_E_OK && parcel_is(&parcel, number);
}

static void handshakes(unsigned int number)
{
    struct session *session = &sessions[number];

    for (int i = 0; i < HANDSHAKES; i++)
    {
        session_run(session, PROTECTED, 0);
        failures[number] += session->client_status != SEC_E_OK || session->server_status != SEC_E_OK ||
                            !is_sound(session, number);
        if (session->have_client) DeleteSecurityContext(&session->client);
        if (session->have_server) DeleteSecurityContext(&session->server);
        session->have_client = session->have_server = FALSE;
    }
}

static LONG all_failures(void)
{
    LONG sum = 0;

    for (int i = 0; i < THREADS; i++)
    {
        sum += failures[i];
        failures[i] = 0;
    }
    return sum;
}

/* A copy of a handle is the handle. */
static void test_one_credential(void)
{
    static struct session shared;
    LONG failed;

    if (!session_open(&shared, SESSION_ALICE)) return;
    for (int i = 0; i < THREADS; i++)
    {
        sessions[i].client_credential = shared.client_credential;
        sessions[i].server_credential = shared.server_credential;
    }
    session_run_threads(THREADS, handshakes);
    failed = all_failures();
    ok(!failed, "%ld of %d handshakes failed\n", failed, THREADS * HANDSHAKES); /* S2.0.8 */
    session_close(&shared);
}

/* Clients of NTLM and clients of Negotiate at one handle of the server. */
static void test_one_negotiate(void)
{
    static struct session plain, negotiated;
    LONG failed;

    if (!session_open(&plain, SESSION_ALICE)) return;
    session_package = "Negotiate";
    if (session_open(&negotiated, SESSION_ALICE))
    {
        for (int i = 0; i < NEGOTIATORS; i++)
        {
            sessions[i].client_credential = i % 2 ? negotiated.client_credential : plain.client_credential;
            sessions[i].server_credential = negotiated.server_credential;
        }
        session_run_threads(NEGOTIATORS, handshakes);
        failed = all_failures();
        ok(!failed, "%ld of %d handshakes failed\n", failed, NEGOTIATORS * HANDSHAKES); /* S2.0.8 */
        session_close(&negotiated);
    }
    session_package = "NTLM";
    session_close(&plain);
}

/* What the client sent, for the thread that decrypts. */
static struct parcel sent[PAIRS][MESSAGES];

/* Even threads encrypt on the server's side of a context, odd ones decrypt there. */
static void one_direction(unsigned int number)
{
    struct session *session = &sessions[number / 2];
    struct parcel parcel;

    for (unsigned int i = 0; i < MESSAGES; i++)
    {
        if (number % 2)
        {
            struct parcel *received = &sent[number / 2][i];

            failures[number] += DecryptMessage(&session->server, &received->desc, 0, NULL) != SEC_E_OK ||
                                !parcel_is(received, i);
            continue;
        }
        parcel_init(&parcel, i);
        failures[number] += EncryptMessage(&session->server, 0, &parcel.desc, 0) != SEC_E_OK;
    }
}

static void test_two_directions(void)
{
    unsigned int opened = 0;
    LONG failed = 0;

    if (!session_have_ntlm()) return;
    while (opened < PAIRS && session_log_on(&sessions[opened], SESSION_ALICE, PROTECTED, 0)) opened++;
    for (unsigned int i = 0; i < opened * MESSAGES; i++)
    {
        struct parcel *parcel = &sent[i / MESSAGES][i % MESSAGES];

        parcel_init(parcel, i % MESSAGES);
        failed += EncryptMessage(&sessions[i / MESSAGES].client, 0, &parcel->desc, 0) != SEC_E_OK;
    }
    session_run_threads(2 * opened, one_direction);
    failed += all_failures();
    ok(opened == PAIRS && !failed, "%u contexts, %ld failures\n", opened, failed); /* S2.0.8 */
    while (opened) session_close(&sessions[--opened]);
}

START_TEST(threads)
{
    if (!session_setup()) return;
    test_one_credential();
    test_one_negotiate();
    test_two_directions();
    session_cleanup();
}

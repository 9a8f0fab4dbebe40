/*
 * Sixteen threads accept at once, on one credential; and one context seals while it is unsealed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <pthread.h>
#include <security.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 16, ROUNDS = 12, MESSAGES = 2000 };

static const char *const users[] = {"alice", "bob"};
static const uid_t uids[] = {70001, 70002};

static struct side acceptor;
static struct token tokens[THREADS * ROUNDS];
static int wrong;

static void note(bool right)
{
    if (!right) __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
}

static void *accept_some(void *arg)
{
    static _Thread_local struct token back;
    size_t first = (size_t)arg;

    for (size_t i = first; i < THREADS * ROUNDS; i += THREADS)
    {
        struct side mine = acceptor;

        note(side_step(&mine, &tokens[i], &back) == SEC_E_OK);
        note(ImpersonateSecurityContext(&mine.context) == SEC_E_OK && geteuid() == uids[i % 2]);
        note(RevertSecurityContext(&mine.context) == SEC_E_OK && geteuid() == 0);
        DeleteSecurityContext(&mine.context);
    }
    return NULL;
}

static void run(int count, void *(*routine)(void *))
{
    pthread_t threads[THREADS];

    for (int i = 0; i < count; i++) pthread_create(&threads[i], NULL, routine, (void *)(size_t)i);
    for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

static void test_accept(void)
{
    for (size_t i = 0; i < THREADS * ROUNDS; i++)
    {
        struct mit mit;

        if (!mit_open_initiator(&mit, users[i % 2], HTTP, i % 3 ? GSS_C_MUTUAL_FLAG : 0)) return;
        mit_initiate(&mit, NULL, &tokens[i]);
        mit_close(&mit);
    }
    if (!side_open_acceptor(&acceptor, NULL, 0)) return;
    run(THREADS, accept_some);
    ok(!wrong, "%d times something was not as it should be\n", wrong); /* S2.0.8 */
    side_close(&acceptor);
}

/* ---- both directions of one context ---- */

static struct side client, server;

static SECURITY_STATUS seal(struct side *side, UCHAR *text, size_t size, SecBuffer *token)
{
    SecBuffer buffers[] = {*token, {size, SECBUFFER_DATA, text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status = EncryptMessage(&side->context, 0, &desc, 0);

    token->cbBuffer = buffers[0].cbBuffer;
    return status;
}

static SECURITY_STATUS unseal(struct side *side, UCHAR *text, size_t size, SecBuffer *token)
{
    SecBuffer buffers[] = {*token, {size, SECBUFFER_DATA, text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

    return DecryptMessage(&side->context, &desc, 0, NULL);
}

/* Messages from the client to the server, or the other way round. */
static void *talk(void *arg)
{
    struct side *from = arg ? &client : &server, *to = arg ? &server : &client;
    UCHAR text[256], room[128];

    for (int i = 0; i < MESSAGES; i++)
    {
        SecBuffer token = {sizeof(room), SECBUFFER_TOKEN, room};

        memset(text, i, sizeof(text));
        note(seal(from, text, sizeof(text), &token) == SEC_E_OK);
        note(unseal(to, text, sizeof(text), &token) == SEC_E_OK && text[0] == (UCHAR)i && text[255] == (UCHAR)i);
    }
    return NULL;
}

static void test_both_ways(void)
{
    if (!side_open_initiator(&client, "alice", HTTP, ISC_REQ_CONFIDENTIALITY | ISC_REQ_MUTUAL_AUTH) || !side_open_acceptor(&server, NULL, 0)) return;
    run_sides(&client, &server);
    ok(server.status == SEC_E_OK, "%08lx\n", server.status); /* S2.0.8 */
    wrong = 0;
    run(2, talk);
    ok(!wrong, "%d messages were not what they should be\n", wrong); /* S2.0.8 */
    side_close(&client);
    side_close(&server);
}

/* ---- and several logons with one password ---- */

static void *initiate_some(void *arg)
{
    static _Thread_local struct token token;

    (void)arg;
    for (int i = 0; i < ROUNDS; i++)
    {
        struct side mine = client;

        note(side_step(&mine, NULL, &token) == SEC_E_OK && token.size);
        if (mine.has_context) DeleteSecurityContext(&mine.context);
    }
    return NULL;
}

static void test_initiate(void)
{
    if (!side_open_initiator(&client, "alice", HTTP, 0)) return;
    wrong = 0;
    run(THREADS, initiate_some);
    ok(!wrong, "%d tokens were not made\n", wrong); /* S2.0.8 */
    side_close(&client);
}

/* ---- user-to-user: one ticket of the server's, and a key table for each ---- */

static void *meet_some(void *arg)
{
    (void)arg;
    for (int i = 0; i < 4; i++)
    {
        struct side mine = client, other = server;

        run_sides(&mine, &other);
        note(mine.status == SEC_E_OK && other.status == SEC_E_OK);
        note(ImpersonateSecurityContext(&other.context) == SEC_E_OK && geteuid() == uids[0]);
        note(RevertSecurityContext(&other.context) == SEC_E_OK && geteuid() == 0);
        if (mine.has_context) DeleteSecurityContext(&mine.context);
        if (other.has_context) DeleteSecurityContext(&other.context);
    }
    return NULL;
}

static void test_users(void)
{
    if (!side_open_initiator(&client, "alice", "bob", ISC_REQ_MUTUAL_AUTH | ISC_REQ_USE_SESSION_KEY) || !side_open_user(&server, "bob", 0)) return;
    wrong = 0;
    run(THREADS, meet_some);
    ok(!wrong, "%d times something was not as it should be\n", wrong); /* S2.0.8 */
    side_close(&client);
    side_close(&server);
}

START_TEST(threads)
{
    if (!kdc_is_here()) return;
    test_accept();
    test_both_ways();
    test_initiate();
    test_users();
}

/*
 * A KDC that takes every packet and answers none: who asks it waits, and nobody else does. MIT Kerberos 1.20 gives one such KDC 27 seconds; here it
 * goes away after a moment.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <security.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORT = 90 /* of SILENT.TEST, tests/kdc/run */, SAME_HANDLE = 4, WAITERS = SAME_HANDLE + 1, ROUNDS = 10, ALICE = 70001 };

static int udp, tcp;
static struct side waiting; /* the credential that several threads use */
static struct token tokens[ROUNDS + 1]; /* the last one for a thread that waits as alice */
static atomic_int returned, handled;

static int bind_silently(int type)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

    ok(fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)), "no socket of type %d\n", type); /* socket(7) */
    if (type == SOCK_STREAM) listen(fd, 16);
    return fd;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

/* ---- those who wait ---- */

static SECURITY_STATUS statuses[WAITERS];

static void *ask(void *arg)
{
    static _Thread_local struct token token;
    struct side mine = waiting;

    *(SECURITY_STATUS *)arg = side_step(&mine, NULL, &token);
    atomic_fetch_add(&returned, 1);
    return NULL;
}

/* The same on a thread that is alice meanwhile, with a handle of its own: the signals of the program wait, too. */
static void *ask_as_alice(void *arg)
{
    static _Thread_local struct token token;
    struct side acceptor, mine;

    if (side_open_acceptor(&acceptor, NULL, 0) && side_step(&acceptor, &tokens[ROUNDS], &token) == SEC_E_OK &&
        ImpersonateSecurityContext(&acceptor.context) == SEC_E_OK)
    {
        if (side_open_initiator(&mine, "alice@SILENT.TEST", HTTP, 0)) *(SECURITY_STATUS *)arg = side_step(&mine, NULL, &token);
        ok(geteuid() == ALICE, "uid %d\n", geteuid()); /* design 5.10 */
        side_close(&mine);
        RevertSecurityContext(&acceptor.context);
    }
    side_close(&acceptor);
    atomic_fetch_add(&returned, 1);
    return NULL;
}

static void count_signal(int number)
{
    (void)number;
    atomic_fetch_add(&handled, 1);
}

/* ---- the others ---- */

static int accept_meanwhile(void)
{
    static struct token back;
    struct side side;
    int good = 0;

    for (int i = 0; i < ROUNDS; i++)
    {
        if (!side_open_acceptor(&side, NULL, 0)) break;
        good += side_step(&side, &tokens[i], &back) == SEC_E_OK && ImpersonateSecurityContext(&side.context) == SEC_E_OK && geteuid() == ALICE &&
                RevertSecurityContext(&side.context) == SEC_E_OK && !geteuid();
        side_close(&side);
    }
    return good;
}

static int initiate_meanwhile(void)
{
    static struct token token;
    struct side side;
    int good = 0;

    for (int i = 0; i < ROUNDS; i++)
    {
        if (!side_open_initiator(&side, i & 1 ? "alice" : "bob", HTTP, 0)) break;
        good += side_step(&side, NULL, &token) == SEC_E_OK && token.size;
        side_close(&side);
    }
    return good;
}

static bool make_tokens(void)
{
    for (int i = 0; i <= ROUNDS; i++)
    {
        struct mit mit;

        if (!mit_open_initiator(&mit, "alice", HTTP, 0)) return false;
        mit_initiate(&mit, NULL, &tokens[i]);
        mit_close(&mit);
    }
    return true;
}

/* Until somebody asks who is not OTHER, whose requests come again and again. */
static bool wait_for_asker(struct sockaddr_in *asker, const struct sockaddr_in *other, int milliseconds)
{
    struct pollfd poll_udp = {.fd = udp, .events = POLLIN};
    UCHAR request[4096];

    while (poll(&poll_udp, 1, milliseconds) == 1)
    {
        socklen_t size = sizeof(*asker);

        if (recvfrom(udp, request, sizeof(request), 0, (struct sockaddr *)asker, &size) <= 0) return false;
        if (!other || asker->sin_port != other->sin_port) return true;
    }
    return false;
}

/* A KRB-ERROR (RFC 4120 5.9.1): KDC_ERR_WRONG_REALM, which says that this is no KDC of his. */
static void send_away(const struct sockaddr_in *asker)
{
    static const char refusal[] = "\x7e\x50\x30\x4e\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x1e\xa4\x11\x18\x0f"
                                  "20200101000000Z\xa5\x03\x02\x01\x01\xa6\x03\x02\x01\x44\xa9\x0d\x1b\x0bSILENT.TEST\xaa\x16\x30\x14\xa0\x03"
                                  "\x02\x01\x02\xa1\x0d\x30\x0b\x1b\x06krbtgt\x1b\x01S";

    sendto(udp, refusal, sizeof(refusal) - 1, 0, (const struct sockaddr *)asker, sizeof(*asker));
}

static void test_silence(void)
{
    const struct sigaction action = {.sa_handler = count_signal};
    struct sockaddr_in first, alice, third;
    pthread_t threads[WAITERS];
    double began;
    int good;

    speak_spnego(false, false);
    if (!make_tokens() || !side_open_initiator(&waiting, "alice@SILENT.TEST", HTTP, 0)) return;
    sigaction(SIGUSR1, &action, NULL);
    for (int i = 0; i < SAME_HANDLE; i++) pthread_create(&threads[i], NULL, ask, &statuses[i]);
    ok(wait_for_asker(&first, NULL, 10000), "nobody asks\n"); /* design 7.9 */
    pthread_create(&threads[SAME_HANDLE], NULL, ask_as_alice, &statuses[SAME_HANDLE]);
    ok(wait_for_asker(&alice, &first, 10000), "alice does not ask\n"); /* design 7.9 */
    began = now();
    good = accept_meanwhile();
    ok(good == ROUNDS, "%d of %d logons\n", good, ROUNDS); /* S2.0.8 */
    good = initiate_meanwhile();
    ok(good == ROUNDS, "%d of %d tokens\n", good, ROUNDS); /* S2.0.8 */
    ok(!atomic_load(&returned), "%d have an answer after %.1f s\n", atomic_load(&returned), now() - began); /* design 7.9 */

    /* One has an answer, and those who waited for the same have it with him. */
    send_away(&first);
    for (int i = 0; i < SAME_HANDLE; i++)
    {
        pthread_join(threads[i], NULL);
        ok(statuses[i] == SEC_E_NO_AUTHENTICATING_AUTHORITY, "%d: %08lx\n", i, statuses[i]); /* S2.5.13 */
    }
    while (wait_for_asker(&third, &alice, 0)) ok(third.sin_port == first.sin_port, "another one has asked, too\n"); /* design 7.9 */

    /* The KDC is gone. */
    pthread_kill(threads[SAME_HANDLE], SIGUSR1);
    ok(!atomic_load(&handled), "a signal in the bracket\n"); /* design 5.10 */
    close(udp);
    close(tcp);
    began = now();
    pthread_join(threads[SAME_HANDLE], NULL);
    ok(statuses[SAME_HANDLE] == SEC_E_NO_AUTHENTICATING_AUTHORITY, "%08lx\n", statuses[SAME_HANDLE]); /* S2.5.13 */
    trace("alice has given up after %.1f s\n", now() - began);
    ok(atomic_load(&handled) == 1, "the signal came %d times\n", atomic_load(&handled)); /* design 5.10 */
    side_close(&waiting);
}

START_TEST(silence)
{
    if (!kdc_is_here()) return;
    udp = bind_silently(SOCK_DGRAM);
    tcp = bind_silently(SOCK_STREAM);
    test_silence();
}

/*
 * Logons go on while the service's key is rotated and the KDC stops and starts: who has a ticket never fails, who needs one from a KDC that is away is
 * told so and succeeds afterwards. GUISE_ROTATION_SECONDS: how long; once through without it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"
#include "service_key.h"

#include <pthread.h>
#include <security.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A key leaves the keytab when nobody can have a ticket for it any more: a round has two rotations, and new tickets for all behind the first. */
enum { THREADS = 4, KEPT = 3, WARM_LOGONS = 4, PATIENCE = 60 };

enum { LAST_KEY = 30000 }; /* the KDC's database has 16 bits for the number */

/* What the KDC does goes round: it serves, it is being stopped, it is away, it is being started. */
enum { SERVES, STOPS, AWAY, STARTS, PHASES };

static const char *const users[] = {"alice", "bob"};
static const uid_t uids[] = {70001, 70002};

static atomic_int phase; /* counts on and on: its kind is modulo PHASES */
static atomic_bool over;
static atomic_int turns[THREADS];
static atomic_int warm, fresh, told_away, in_between, wrong;
static struct side acceptor;
static struct side initiators[THREADS];

static void miss(const char *what, int number, SECURITY_STATUS status)
{
    if (atomic_fetch_add(&wrong, 1) < 5) fprintf(stderr, "phase %d: %s: %08x\n", number, what, (unsigned int)status);
}

/* A whole logon up to the thread that acts as the client. */
static SECURITY_STATUS log_on(const struct side *initiator, uid_t uid)
{
    static _Thread_local struct token there, back;
    struct side from = *initiator, to = acceptor;

    from.has_context = to.has_context = false;
    if (side_step(&from, NULL, &there) >= 0 && side_step(&to, &there, &back) >= 0) side_step(&from, &back, &there);
    if (!from.status && (ImpersonateSecurityContext(&to.context) || geteuid() != uid || RevertSecurityContext(&to.context) || geteuid()))
        from.status = SEC_E_NO_IMPERSONATION;
    if (from.has_context) DeleteSecurityContext(&from.context);
    if (to.has_context) DeleteSecurityContext(&to.context);
    return from.status < 0 ? from.status : to.status;
}

static SECURITY_STATUS open_initiator(struct side *side, const char *user)
{
    char password[16];
    SEC_WINNT_AUTH_IDENTITY_A identity = {.Flags = SEC_WINNT_AUTH_IDENTITY_ANSI, .User = (UCHAR *)user, .UserLength = strlen(user)};

    identity.PasswordLength = snprintf(password, sizeof(password), "%s-pw", user);
    identity.Password = (UCHAR *)password;
    *side = (struct side){.target = ROLLING, .request = ISC_REQ_MUTUAL_AUTH};
    side->status = AcquireCredentialsHandleA(NULL, (char *)"Kerberos", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &side->credential, NULL);
    side->has_credential = !side->status;
    return side->status;
}

/* With a credential that has no ticket yet, judged by what the KDC did all the while. True: it has one now, and is MADE. */
static bool log_on_anew(int i, struct side *made)
{
    int before = atomic_load(&phase), after;
    SECURITY_STATUS status = open_initiator(made, users[i % 2]);

    if (!status) status = log_on(made, uids[i % 2]);
    after = atomic_load(&phase);
    if (!status && (before != after || before % PHASES != AWAY)) return atomic_fetch_add(&fresh, 1), true;
    if (status == SEC_E_NO_AUTHENTICATING_AUTHORITY && before == after && before % PHASES == AWAY) atomic_fetch_add(&told_away, 1);
    else if (status == SEC_E_NO_AUTHENTICATING_AUTHORITY && (before != after || before % PHASES != SERVES)) atomic_fetch_add(&in_between, 1);
    else miss("new logon", before, status);
    side_close(made);
    return false;
}

/* Logons with the ticket there is, one with a new one; the new one is kept. */
static void take_turn(int i)
{
    struct side made;

    for (int j = 0; j < WARM_LOGONS; j++)
    {
        int number = atomic_load(&phase);
        SECURITY_STATUS status = log_on(&initiators[i], uids[i % 2]);

        if (status) miss("ticket at hand", number, status);
        atomic_fetch_add(&warm, 1);
    }
    if (!log_on_anew(i, &made)) return;
    side_close(&initiators[i]);
    initiators[i] = made;
}

static void *log_on_and_on(void *arg)
{
    int i = (int)(size_t)arg;

    for (; !atomic_load(&over); atomic_fetch_add(&turns[i], 1)) take_turn(i);
    return NULL;
}

/* Every thread begins a turn from now on, and ends it. */
static bool let_all_take_turns(void)
{
    time_t end = time(NULL) + PATIENCE;
    int begun[THREADS];

    for (int i = 0; i < THREADS; i++) begun[i] = atomic_load(&turns[i]);
    for (int i = 0; i < THREADS; i++)
        while (atomic_load(&turns[i]) < begun[i] + 2)
        {
            if (time(NULL) > end) return false;
            usleep(5000);
        }
    return true;
}

/* As it is to be done: acceptors have a key before the KDC uses it. */
static bool rotate(int *kvno)
{
    ++*kvno;
    return service_keytab(*kvno > KEPT ? *kvno - KEPT : 1, *kvno) && service_key_in_kdc(*kvno);
}

static bool take_turns(const char *when)
{
    bool taken = let_all_take_turns();

    ok(taken, "%s: a logon hangs\n", when); /* S2.5.13 */
    return taken;
}

/* A handle without tickets, of who comes while the KDC is away. */
static void judge_patient(const struct side *patient, SECURITY_STATUS expected)
{
    SECURITY_STATUS status = log_on(patient, uids[0]);

    ok(status == expected, "%08lx\n", status); /* S2.5.13 */
}

static bool go_round(int *kvno)
{
    struct side patient;

    if (!take_turns("the KDC serves") || !rotate(kvno) || !take_turns("another key")) return false;
    atomic_fetch_add(&phase, 1);
    if (!kdc_stop()) return false;
    atomic_fetch_add(&phase, 1);
    if (!take_turns("the KDC is away") || !rotate(kvno)) return false;
    open_initiator(&patient, users[0]);
    judge_patient(&patient, SEC_E_NO_AUTHENTICATING_AUTHORITY);
    atomic_fetch_add(&phase, 1);
    if (!kdc_start()) return false;
    atomic_fetch_add(&phase, 1);
    judge_patient(&patient, SEC_E_OK);
    side_close(&patient);
    return take_turns("the KDC is back");
}

/* krb5.conf with TCP first: what a KDC that ends has not answered is told at once, not by a second's silence. */
static void prefer_tcp(void)
{
    FILE *from = fopen(kdc_path("krb5.conf"), "r"), *to = fopen(kdc_path("krb5-tcp.conf"), "w");
    char line[256];

    while (fgets(line, sizeof(line), from))
    {
        fputs(line, to);
        if (!strcmp(line, "[libdefaults]\n")) fputs("    udp_preference_limit = 1\n", to);
    }
    fclose(from);
    fclose(to);
    setenv("KRB5_CONFIG", kdc_path("krb5-tcp.conf"), 1);
}

START_TEST(rotate_load)
{
    const char *seconds = getenv("GUISE_ROTATION_SECONDS");
    time_t end = time(NULL) + (seconds ? atoi(seconds) : 0);
    pthread_t threads[THREADS];
    int kvno = 1, rounds = 0;

    if (!kdc_is_here()) return;
    prefer_tcp();
    if (!service_begin() || !side_open_acceptor(&acceptor, NULL, 0)) return;
    for (int i = 0; i < THREADS; i++)
    {
        SECURITY_STATUS status = open_initiator(&initiators[i], users[i % 2]);

        if (!status) status = log_on(&initiators[i], uids[i % 2]);
        ok(status == SEC_E_OK, "%08lx\n", status); /* S2.5.12 */
    }
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, log_on_and_on, (void *)(size_t)i);
    do rounds++;
    while (go_round(&kvno) && time(NULL) < end && kvno < LAST_KEY);
    atomic_store(&over, true);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    trace("%d rounds, %d keys: %d logons with a ticket, %d with a new one, %d without a KDC, %d while it came or went\n", rounds, kvno,
          atomic_load(&warm), atomic_load(&fresh), atomic_load(&told_away), atomic_load(&in_between));
    ok(!atomic_load(&wrong), "%d logons were not what they should be\n", atomic_load(&wrong)); /* S2.5.13, S2.6.7 */
    ok(atomic_load(&told_away) >= THREADS * rounds, "%d of %d\n", atomic_load(&told_away), THREADS * rounds); /* S2.5.13 */
    for (int i = 0; i < THREADS; i++) side_close(&initiators[i]);
    side_close(&acceptor);
}

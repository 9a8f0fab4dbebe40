/*
 * Users whom nobody knows the password of: KERB_S4U_LOGON at a KDC of MIT Kerberos.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "logons.h"
#include "peers.h"

enum { ALICE = 70001, NOBODY = 70091 };

static void test_levels(void)
{
    static const struct
    {
        bool trusted;
        SECURITY_LOGON_TYPE type;
        ULONG flags;
        NTSTATUS status;
        int level;
    } cases[] = {
        {false, Network, 0, STATUS_SUCCESS, SecurityIdentification},
        {false, Network, KERB_S4U_LOGON_FLAG_IDENTIFY | KERB_S4U_LOGON_FLAG_CHECK_LOGONHOURS, STATUS_SUCCESS, SecurityIdentification},
        {true, Network, 0, STATUS_SUCCESS, SecurityImpersonation},
        {true, Network, KERB_S4U_LOGON_FLAG_IDENTIFY, STATUS_SUCCESS, SecurityIdentification},
        {true, Batch, 0, STATUS_SUCCESS, -1},
        {true, Batch, KERB_S4U_LOGON_FLAG_IDENTIFY, STATUS_INVALID_PARAMETER, 0},
        {false, Batch, 0, STATUS_PRIVILEGE_NOT_HELD, 0},
        {true, Interactive, 0, STATUS_INVALID_LOGON_TYPE, 0},
        {true, Network, 1, STATUS_INVALID_PARAMETER, 0},
    };
    struct logon logon;

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        if (s4u_log_on(&logon, cases[i].trusted, cases[i].type, cases[i].flags, "alice@GUISE.TEST", NULL))
            ok(level_of(&logon) == cases[i].level, "case %d: level %d\n", (int)i, level_of(&logon)); /* S6.3.2 */
        ok(logon.status == cases[i].status, "case %d: %08x\n", (int)i, logon.status); /* S2.18.4 */
        log_off(&logon);
    }
}

/* Whom the kernel judges. */
static void test_carried(void)
{
    struct logon logon;

    for (int trusted = 0; trusted < 2; trusted++)
    {
        if (!s4u_log_on(&logon, trusted, Network, 0, "alice@guise.test", NULL)) ok(false, "%08x\n", logon.status); /* S6.3.2 */
        ok(ImpersonateLoggedOnUser(logon.token), "not impersonated\n");                                       /* S9.1.1 */
        ok(geteuid() == (trusted ? ALICE : NOBODY), "uid %d\n", geteuid());                                   /* design 5.6 */
        RevertToSelf();
        log_off(&logon);
    }
}

static void test_names(void)
{
    static const struct
    {
        const char *upn, *realm;
        NTSTATUS status;
    } cases[] = {
        {"alice", NULL, STATUS_SUCCESS},
        {"alice", "GUISE.TEST", STATUS_SUCCESS},
        {"alice", "guise.test", STATUS_SUCCESS},
        {"alice@GUISE.TEST", "GUISE.TEST", STATUS_LOGON_FAILURE}, /* no name that this KDC has */
        {"nobody-at-all", NULL, STATUS_LOGON_FAILURE},
        {"nobody-at-all@GUISE.TEST", NULL, STATUS_LOGON_FAILURE},
        {"alice@NOWHERE.TEST", NULL, STATUS_NO_LOGON_SERVERS},
        {"HTTP/server.guise.test", NULL, STATUS_LOGON_FAILURE}, /* a name of one part, which nobody has */
        {"", NULL, STATUS_LOGON_FAILURE},
        {"@", NULL, STATUS_LOGON_FAILURE},
        {"mallory", NULL, STATUS_ACCOUNT_RESTRICTION}, /* no account here */
        {"root", NULL, STATUS_ACCOUNT_RESTRICTION},    /* design 5.8 */
    };
    struct logon logon;

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        s4u_log_on(&logon, true, Network, 0, cases[i].upn, cases[i].realm);
        ok(logon.status == cases[i].status, "%s: %08x\n", cases[i].upn, logon.status); /* S2.18.4 */
        log_off(&logon);
    }
}

/* A client's thread asks with the service's key, and gets no more for it than anybody: nor has the client the service's ticket. */
static void test_impersonating(void)
{
    CredHandle credential;
    CtxtHandle context;
    UCHAR room[4096];
    SecBuffer token = {sizeof(room), SECBUFFER_TOKEN, room};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &token};
    struct logon alice, bob;
    SECURITY_STATUS status;
    ULONG attributes;

    if (!s4u_log_on(&alice, true, Network, 0, "alice", NULL)) return;
    ok(ImpersonateLoggedOnUser(alice.token), "not impersonated\n"); /* S9.1.1 */
    ok(s4u_log_on(&bob, true, Network, 0, "bob", NULL), "%08x\n", bob.status); /* S2.18.4 */
    ok(level_of(&bob) == SecurityIdentification, "level %d\n", level_of(&bob)); /* S6.3.2 */
    ok(geteuid() == ALICE, "uid %d\n", geteuid());                              /* design 5.10 */
    status = AcquireCredentialsHandleA(NULL, (char *)"Kerberos", SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL, &credential, NULL);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.1.9 */
    status = InitializeSecurityContextA(&credential, NULL, (char *)HTTP, 0, 0, 0, NULL, 0, &context, &output, &attributes, NULL);
    ok(status == SEC_E_NO_CREDENTIALS, "%08lx\n", status); /* S9.1.5 */
    FreeCredentialsHandle(&credential);
    RevertToSelf();
    log_off(&bob);
    log_off(&alice);
}

/* Nothing that is kept helps who has no key. */
static void test_no_keytab(void)
{
    char *keytab = strdup(getenv("KRB5_KTNAME"));
    struct logon logon;

    setenv("KRB5_KTNAME", kdc_path("no-such-keytab"), 1);
    s4u_log_on(&logon, true, Network, 0, "alice", NULL);
    ok(logon.status == STATUS_NO_TRUST_LSA_SECRET, "%08x\n", logon.status); /* design 7.9 */
    log_off(&logon);
    setenv("KRB5_KTNAME", keytab, 1);
    free(keytab);
}

/* ---- many at once ---- */

enum { THREADS = 8, ROUNDS = 4 };

static int wrong;

static void *log_some_on(void *arg)
{
    for (int i = 0; i < ROUNDS; i++)
    {
        const bool trusted = i % 2;
        struct logon logon;
        bool good = (size_t)arg % 2 ? s4u_log_on(&logon, trusted, Network, 0, "alice", NULL) && level_of(&logon) == (trusted ? SecurityImpersonation : SecurityIdentification)
                                    : password_log_on(&logon, Network, "GUISE.TEST", "bob", "bob-pw");

        if (!good) __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
        log_off(&logon);
    }
    return NULL;
}

static void test_threads(void)
{
    pthread_t threads[THREADS];

    for (size_t i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, log_some_on, (void *)i);
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    ok(!wrong, "%d of %d\n", wrong, THREADS * ROUNDS); /* design 7.9 */
}

/* A child asks anew: what its parent kept may be in the middle of something. */
static void test_fork(void)
{
    int status = -1;
    pid_t child;

    fflush(stdout);
    if (!(child = fork()))
    {
        struct logon logon;

        _exit(!s4u_log_on(&logon, true, Network, 0, "alice", NULL));
    }
    ok(waitpid(child, &status, 0) == child && !status, "status %x\n", status); /* design 7.9 */
}

START_TEST(s4u)
{
    if (!kdc_is_here() || !logons_begin()) return;
    test_levels();
    test_carried();
    test_names();
    test_impersonating();
    test_threads();
    test_fork();
    test_no_keytab();
}

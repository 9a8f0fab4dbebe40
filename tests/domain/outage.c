/*
 * Winbind that is down, does not answer, or is started again: refusals in time, nobody else waits, and nothing has to be restarted.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include <winbase.h>

#include "../unix/support.h"
#include "domain.h"

#define TIMEOUT 700 /* winbind-timeout of this unit, milliseconds */
#define SLACK   2000 /* how much later a busy machine may be */

static union
{
    SID sid;
    UCHAR room[SECURITY_MAX_SID_SIZE];
} alice;

/* The status of a logon of alice's to the domain, and how long it took. */
static SECURITY_STATUS try_domain(unsigned long long *took)
{
    unsigned long long before = domain_now();
    SECURITY_STATUS status;
    struct session session;

    if (!domain_run(&session, "NTLM", "GUISE", "alice", NULL)) return SEC_E_INTERNAL_ERROR;
    status = session.server_status;
    *took = domain_now() - before;
    session_close(&session);
    return status;
}

/* The error of a question about a SID of the domain, then of one about a name, and how long both took. */
static void try_names(DWORD *sid_error, DWORD *name_error, unsigned long long *took)
{
    BYTE room[SECURITY_MAX_SID_SIZE] __attribute__((aligned(4)));
    DWORD size = sizeof(room), name_size = 256, domain_size = 256;
    unsigned long long before = domain_now();
    char name[256], domain[256];
    SID_NAME_USE use;

    *sid_error = LookupAccountSidA(NULL, &alice.sid, name, &name_size, domain, &domain_size, &use) ? ERROR_SUCCESS : GetLastError();
    domain_size = 256;
    *name_error = LookupAccountNameA(NULL, "GUISE\\alice", room, &size, domain, &domain_size, &use) ? ERROR_SUCCESS : GetLastError();
    *took = domain_now() - before;
}

static void check_no_names(void)
{
    unsigned long long took = 0;
    DWORD of_sid, of_name;

    try_names(&of_sid, &of_name, &took);
    ok(of_sid == ERROR_NONE_MAPPED && of_name == ERROR_TRUSTED_RELATIONSHIP_FAILURE, "errors %u %u\n", of_sid, of_name); /* callers cite */
    ok(took < 2 * TIMEOUT + SLACK, "after %llu ms\n", took); /* callers cite */
}

/* NSS asks winbind about names that nobody here has, and about the domain's ids. */
static void check_unix_names(void)
{
    unsigned long long before = domain_now();
    BYTE room[SECURITY_MAX_SID_SIZE] __attribute__((aligned(4)));
    DWORD size = sizeof(room), name_size = 256, domain_size = 256;
    char name[256], domain[256];
    SID_NAME_USE use;

    ok(!LookupAccountNameA(NULL, "nobody-knows-him", room, &size, domain, &domain_size, &use) && GetLastError() == ERROR_TRUSTED_RELATIONSHIP_FAILURE, "error %u\n", GetLastError()); /* callers cite */
    domain_size = 256;
    ok(guise_sid_from_text("S-1-22-1-170000", (SID *)room) && !LookupAccountSidA(NULL, room, name, &name_size, domain, &domain_size, &use) &&
       GetLastError() == ERROR_NONE_MAPPED, "error %u\n", GetLastError()); /* callers cite */
    ok(domain_now() - before < 2 * TIMEOUT + SLACK, "after %llu ms\n", domain_now() - before); /* callers cite */
    /* A local name needs no winbind. */
    size = sizeof(room);
    domain_size = 256;
    ok(LookupAccountNameA(NULL, "carol", room, &size, domain, &domain_size, &use), "error %u\n", GetLastError()); /* callers cite */
}

static void check_names(void)
{
    unsigned long long took = 0;
    DWORD of_sid, of_name;

    try_names(&of_sid, &of_name, &took);
    ok(!of_sid && !of_name, "errors %u %u\n", of_sid, of_name); /* callers cite */
}

/* What the machine has joined as is not known, and not guessed, before winbind has said it once. */
static void test_not_named(void)
{
    unsigned long long took = 0;

    ok(domain_winbind("stop"), "winbind does not stop\n"); /* design 11.7 */
    ok(try_domain(&took) == SEC_E_NO_AUTHENTICATING_AUTHORITY, "without a name\n"); /* design 11.7 */
    ok(took < 2 * TIMEOUT + SLACK && !domain_local_works(), "after %llu ms\n", took); /* design 11.7 */
    ok(domain_winbind("start"), "winbind does not start\n"); /* design 11.7 */
    usleep(1100000);
}

static void test_stopped(void)
{
    unsigned long long took = 0;

    ok(domain_winbind("stop"), "winbind does not stop\n"); /* design 5.10 */
    ok(try_domain(&took) == SEC_E_NO_AUTHENTICATING_AUTHORITY, "winbind is down\n"); /* S8.2.2 */
    ok(took < TIMEOUT + SLACK, "after %llu ms\n", took); /* design 5.10 */
    ok(domain_local_works(), "the accounts of this machine\n"); /* design 7.1 */
    check_no_names(); /* sdk LookupAccountSidA; design 11.1 */
    ok(domain_winbind("start"), "winbind does not start\n"); /* design 5.10 */
    ok(try_domain(&took) == SEC_E_OK, "winbind is there again\n"); /* design 5.10 */
    check_names(); /* design 11.1 */
}

static atomic_bool stop;
static atomic_uint local_logons, timely;

static void *ask_domain(void *unused)
{
    unsigned long long took = 0;

    if (try_domain(&took) == SEC_E_NO_AUTHENTICATING_AUTHORITY && took < 2 * TIMEOUT + SLACK) timely++;
    return unused;
}

static void *ask_local(void *unused)
{
    while (!stop)
        if (domain_local_works()) local_logons++;
    return unused;
}

/* More threads wait for the domain than there are workers, and one for this machine's accounts, which goes on. */
static void test_stuck(void)
{
    pthread_t local, waiting[16];
    unsigned long long took = 0;
    unsigned int before, during;

    ok(domain_winbind("pause"), "winbind does not pause\n"); /* design 5.10 */
    pthread_create(&local, NULL, ask_local, NULL);
    before = local_logons;
    for (int i = 0; i < 16; i++) pthread_create(&waiting[i], NULL, ask_domain, NULL);
    check_no_names();   /* sdk LookupAccountSidA; design 11.1 */
    for (int i = 0; i < 16; i++) pthread_join(waiting[i], NULL);
    check_unix_names(); /* design 8.5 */
    during = local_logons - before;
    stop = true;
    ok(timely == 16, "%u of 16 were told in time\n", timely); /* S8.2.2 */
    ok(during >= 10, "%u local logons meanwhile\n", during); /* design 5.10 */
    ok(domain_winbind("resume"), "winbind does not go on\n"); /* design 5.10 */
    pthread_join(local, NULL);
    ok(try_domain(&took) == SEC_E_OK, "winbind answers again\n"); /* design 5.10 */
    check_names(); /* design 11.1 */
}

/* A child of fork() has no workers of its parent's, and makes its own. */
static void log_on_in_child(void)
{
    unsigned long long took = 0;

    ok(try_domain(&took) == SEC_E_OK, "in the child\n"); /* design 5.11 */
}

START_TEST(outage)
{
    unsigned long long took = 0;

    if (!domain_setup("accounts = files winbind nss\nwinbind-timeout = 700\ndomain-cache = 0\n")) return;
    guise_sid_from_text(domain_sid("alice"), &alice.sid);
    test_not_named();
    ok(try_domain(&took) == SEC_E_OK, "alice\n"); /* S2.6.7 */
    check_names(); /* design 11.1 */
    ok(!run_child(log_on_in_child), "a child\n"); /* design 5.11 */
    test_stopped();
    test_stuck();
    ok(!run_child(log_on_in_child), "a child, after that\n"); /* design 5.11 */
    session_cleanup();
}

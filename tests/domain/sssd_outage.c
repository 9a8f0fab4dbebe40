/*
 * SSSD that is stuck, killed, or down: refusals in time, nobody else waits, and nobody is unknown for that.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <stdatomic.h>

#include "../unix/support.h"
#include "domain.h"

#define TIMEOUT  700   /* winbind-timeout of this unit, milliseconds */
#define SLACK    2000  /* how much later a busy machine may be */
#define PATIENCE 15000 /* until an SSSD that was killed is there again */

static SECURITY_STATUS try_domain(const char *name, unsigned long long *took)
{
    unsigned long long before = domain_now();
    SECURITY_STATUS status = SEC_E_INTERNAL_ERROR;
    struct session session;

    if (domain_run(&session, "Kerberos", "GUISE.TEST", name, NULL))
    {
        status = session.client_status < 0 ? session.client_status : session.server_status;
        session_close(&session);
    }
    *took = domain_now() - before;
    return status;
}

static atomic_uint timely;

static void *ask_domain(void *unused)
{
    unsigned long long took = 0;

    if (try_domain("bob", &took) == SEC_E_NO_AUTHENTICATING_AUTHORITY && took < TIMEOUT + SLACK) timely++;
    return unused;
}

/* More threads wait than there are workers, and this one for nobody. */
static void test_stuck(void)
{
    unsigned long long took = 0;
    pthread_t waiting[12];
    unsigned int local = 0;

    ok(domain_sssd("pause"), "SSSD does not pause\n"); /* design 11.1 */
    for (int i = 0; i < 12; i++) pthread_create(&waiting[i], NULL, ask_domain, NULL);
    for (int i = 0; i < 10; i++) local += domain_local_works();
    for (int i = 0; i < 12; i++) pthread_join(waiting[i], NULL);
    ok(timely == 12 && local == 10, "%u of 12 were told in time, %u of 10 not kept\n", timely, local); /* S8.2.2 */
    ok(domain_sssd("resume"), "SSSD does not go on\n"); /* design 11.1 */
    ok(try_domain("bob", &took) == SEC_E_OK, "SSSD answers again\n"); /* design 11.1 */
}

/* Whoever is asked about while it is started again is somebody, with all his groups, or nobody can say: never unknown. */
static void test_killed(void)
{
    unsigned long long until = domain_now() + PATIENCE, took;
    SECURITY_STATUS status = SEC_E_OK;
    unsigned int refused = 0;

    ok(domain_sssd("kill"), "SSSD is not killed\n"); /* design 11.1 */
    while ((status = try_domain("alice", &took)) == SEC_E_NO_AUTHENTICATING_AUTHORITY && domain_now() < until) refused++;
    ok(status == SEC_E_OK, "after %u refusals: got %08lx\n", refused, status); /* design 11.1 */
    domain_check_carried("Kerberos", "alice"); /* design 11.1 */
}

static void test_down(void)
{
    unsigned long long took = 0;

    ok(domain_sssd("stop"), "SSSD does not stop\n"); /* design 11.1 */
    ok(try_domain("alice", &took) == SEC_E_NO_AUTHENTICATING_AUTHORITY, "SSSD is down\n"); /* S8.2.2 */
    ok(took < TIMEOUT + SLACK && domain_local_works(), "after %llu ms\n", took); /* design 11.1 */
}

START_TEST(sssd_outage)
{
    if (!domain_setup("accounts = files sssd\nwinbind-timeout = 700\ndomain-cache = 0\n")) return;
    ok(domain_sssd("start"), "SSSD does not start\n"); /* design 11.1 */
    ok(domain_local_works(), "the accounts of this machine\n"); /* design 7.1: and the dedicated ones are known from now on */
    test_stuck();
    test_killed();
    test_down();
    session_cleanup();
}

/*
 * The service's key changes: what an acceptor says that has the old one alone, and that it needs no restart when it gets the new one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"
#include "service_key.h"

#include <security.h>
#include <string.h>

static struct token token, answer;

/* One logon with the tickets that CLIENT has or gets. */
static void log_on(struct side *client, struct side *acceptor, SECURITY_STATUS expected, SECURITY_STATUS told)
{
    struct side from = *client, to = *acceptor;

    to.request |= ASC_REQ_EXTENDED_ERROR;
    side_step(&from, NULL, &token);
    ok(from.status == SEC_I_CONTINUE_NEEDED, "initiator: %08lx\n", from.status); /* S2.5.12 */
    side_step(&to, &token, &answer);
    ok(to.status == expected, "acceptor: %08lx\n", to.status); /* S2.6.7 */
    side_step(&from, &answer, &token);
    ok(from.status == told, "initiator is told: %08lx\n", from.status); /* S6.6.1 */
    if (from.has_context) DeleteSecurityContext(&from.context);
    if (to.has_context) DeleteSecurityContext(&to.context);
}

/* PRINCIPAL NULL: any key will do. */
static void test_key_change(const char *principal)
{
    static struct side before, after, again, acceptor, late;

    winetest_push_context("for %s", principal);
    if (!service_begin() || !side_open_initiator(&before, "alice", ROLLING, ISC_REQ_MUTUAL_AUTH) || !side_open_acceptor(&acceptor, principal, 0)) return;
    log_on(&before, &acceptor, SEC_E_OK, SEC_E_OK);

    if (!service_key_in_kdc(2) || !side_open_initiator(&after, "alice", ROLLING, ISC_REQ_MUTUAL_AUTH)) return;
    log_on(&after, &acceptor, SEC_E_NO_KERB_KEY, SEC_E_WRONG_PRINCIPAL);
    log_on(&before, &acceptor, SEC_E_OK, SEC_E_OK); /* its ticket is as good as it was */

    if (!service_keytab(1, 2) || !side_open_initiator(&again, "bob", ROLLING, ISC_REQ_MUTUAL_AUTH)) return;
    log_on(&before, &acceptor, SEC_E_OK, SEC_E_OK);
    log_on(&after, &acceptor, SEC_E_OK, SEC_E_OK); /* the ticket that was refused */
    log_on(&again, &acceptor, SEC_E_OK, SEC_E_OK);

    if (!service_keytab(2, 2) || !side_open_acceptor(&late, principal, 0)) return;
    log_on(&before, &acceptor, SEC_E_NO_KERB_KEY, SEC_E_WRONG_PRINCIPAL);
    log_on(&before, &late, SEC_E_NO_KERB_KEY, SEC_E_WRONG_PRINCIPAL);
    log_on(&again, &late, SEC_E_OK, SEC_E_OK);
    side_close(&before);
    side_close(&after);
    side_close(&again);
    side_close(&late);
    side_close(&acceptor);
    winetest_pop_context();
}

START_TEST(rotate)
{
    if (!kdc_is_here()) return;
    test_key_change(NULL);
    test_key_change(ROLLING);
}

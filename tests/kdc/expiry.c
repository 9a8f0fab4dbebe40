/*
 * Tickets that end: in use, before they are used, and of a credential that has the password to get new ones.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <security.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct side client, server;

/* krb5.conf with clocks that are right to the second. */
static void narrow_clocks(void)
{
    FILE *from = fopen(kdc_path("krb5.conf"), "r"), *to = fopen(kdc_path("krb5-narrow.conf"), "w");
    char line[256];

    while (fgets(line, sizeof(line), from))
    {
        fputs(line, to);
        if (!strcmp(line, "[libdefaults]\n")) fputs("    clockskew = 1\n    ticket_lifetime = 3s\n", to);
    }
    fclose(from);
    fclose(to);
    setenv("KRB5_CONFIG", kdc_path("krb5-narrow.conf"), 1);
}

static SECURITY_STATUS sign(struct side *side)
{
    UCHAR data[16] = {0}, mic[64];
    SecBuffer buffers[] = {{sizeof(data), SECBUFFER_DATA, data}, {sizeof(mic), SECBUFFER_TOKEN, mic}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

    return MakeSignature(&side->context, 0, &desc, 0);
}

static LONGLONG lifetime(struct side *side)
{
    SecPkgContext_Lifespan span;

    return QueryContextAttributesA(&side->context, SECPKG_ATTR_LIFESPAN, &span) ? -1 : span.tsExpiry.QuadPart - span.tsStart.QuadPart;
}

START_TEST(expiry)
{
    static struct token token, back;
    static struct side password;
    time_t start = time(NULL);
    SECURITY_STATUS status;

    if (!kdc_is_here()) return;
    narrow_clocks();
    if (!kdc_log_in("alice", kdc_path("expiry"), 3)) return;
    if (!side_open_initiator(&client, NULL, HTTP, ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY) || !side_open_acceptor(&server, NULL, 0)) return;
    side_open_initiator(&password, "bob", HTTP, 0);
    status = side_step(&password, NULL, &token);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.5.12 */
    DeleteSecurityContext(&password.context);
    password.has_context = false;
    run_sides(&client, &server);
    ok(client.status == SEC_E_OK && server.status == SEC_E_OK, "%08lx %08lx\n", client.status, server.status); /* S6.2.2 */
    ok(lifetime(&client) > 0 && lifetime(&client) <= 30000000 && lifetime(&server) > 0 && lifetime(&server) <= 40000000, "%d %d\n",
       (int)lifetime(&client), (int)lifetime(&server)); /* S3.3.1 */
    status = sign(&client);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.12.2 */
    side_step(&password, NULL, &token); /* used when it is over */
    while (time(NULL) < start + 6) usleep(100000);
    status = sign(&client);
    ok(status == SEC_E_CONTEXT_EXPIRED, "%08lx\n", status); /* S2.12.2 */
    status = sign(&server);
    ok(status == SEC_E_CONTEXT_EXPIRED, "%08lx\n", status); /* S2.12.2 */
    side_close(&server);
    side_open_acceptor(&server, NULL, 0);
    status = side_step(&server, &token, &back);
    ok(status == SEC_E_CONTEXT_EXPIRED || status == SEC_E_TIME_SKEW, "%08lx\n", status); /* S2.6.7 */
    side_close(&server);
    side_close(&client);

    side_open_initiator(&client, NULL, HTTP, 0);
    status = side_step(&client, NULL, &token);
    ok(status == SEC_E_NO_CREDENTIALS, "%08lx\n", status); /* S2.5.13 */
    side_close(&client);
    DeleteSecurityContext(&password.context);
    password.has_context = false;
    status = side_step(&password, NULL, &token);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.5.12 */
    side_close(&password);
}

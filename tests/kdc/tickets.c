/*
 * The LSA tells which tickets the caller has.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <ntsecapi.h>
#include <ntstatus.h>
#include <security.h>
#include <stdlib.h>
#include <string.h>

static HANDLE lsa;
static ULONG package;

static KERB_QUERY_TKT_CACHE_RESPONSE *query(LUID session, NTSTATUS expected)
{
    KERB_QUERY_TKT_CACHE_REQUEST request = {KerbQueryTicketCacheMessage, session};
    KERB_QUERY_TKT_CACHE_RESPONSE *response = NULL;
    NTSTATUS status, protocol = STATUS_UNSUCCESSFUL;
    ULONG size;

    status = LsaCallAuthenticationPackage(lsa, package, &request, sizeof(request), (void **)&response, &size, &protocol);
    ok(status == STATUS_SUCCESS && protocol == expected, "%08lx, %08lx\n", status, protocol); /* S2.18.3 */
    ok(!response || response->MessageType == KerbQueryTicketCacheMessage, "another message\n"); /* S2.18.3 */
    return response;
}

static bool is_text(const UNICODE_STRING *string, const char *text)
{
    if (string->Length != 2 * strlen(text)) return false;
    for (size_t i = 0; text[i]; i++)
        if (string->Buffer[i] != text[i]) return false;
    return true;
}

static void is_count(ULONG count)
{
    KERB_QUERY_TKT_CACHE_RESPONSE *response = query((LUID){0, 0}, STATUS_SUCCESS);

    ok(response && response->CountOfTickets == count, "%lu tickets\n", response ? response->CountOfTickets : 99); /* S2.18.3 */
    LsaFreeReturnBuffer(response);
}

/* A token of the client that the thread then carries has what she sent along, or nothing; never bob's, who the process is. */
static void test_client(void)
{
    static const struct
    {
        const char *service;
        ULONG request, count;
    } cases[] = {{HTTP, ISC_REQ_MUTUAL_AUTH, 0}, {TRUSTED, ISC_REQ_MUTUAL_AUTH | ISC_REQ_DELEGATE, 1}};
    static struct side client, server;

    for (int i = 0; i < 2; i++)
    {
        if (!side_open_initiator(&client, "alice", cases[i].service, cases[i].request) || !side_open_acceptor(&server, NULL, 0)) return;
        run_sides(&client, &server);
        ok(ImpersonateSecurityContext(&server.context) == SEC_E_OK, "not impersonated\n"); /* design 5.10 */
        is_count(cases[i].count);
        RevertSecurityContext(&server.context);
        side_close(&client);
        side_close(&server);
    }
}

START_TEST(tickets)
{
    LSA_STRING name = {8, 9, (char *)"Kerberos"};
    KERB_QUERY_TKT_CACHE_RESPONSE *response;
    static struct token token;
    static struct side side;

    if (!kdc_is_here()) return;
    ok(LsaConnectUntrusted(&lsa) == STATUS_SUCCESS, "no LSA\n"); /* S2.18.1 */
    ok(LsaLookupAuthenticationPackage(lsa, &name, &package) == STATUS_SUCCESS, "no package\n"); /* S2.18.2 */
    setenv("KRB5CCNAME", kdc_path("tickets"), 1);
    is_count(0);
    kdc_log_in("bob", kdc_path("tickets"), 0);
    is_count(1);
    response = query((LUID){0x12345678, 9}, STATUS_ACCESS_DENIED);
    ok(!response, "an answer\n"); /* S2.18.3 */
    if (side_open_initiator(&side, NULL, HTTP, 0)) side_step(&side, NULL, &token);
    side_close(&side);
    response = query((LUID){0, 0}, STATUS_SUCCESS);
    ok(response && response->CountOfTickets == 2, "%lu tickets\n", response ? response->CountOfTickets : 99); /* S2.18.3 */
    if (response && response->CountOfTickets == 2)
    {
        const KERB_TICKET_CACHE_INFO *info = &response->Tickets[1];
        LONGLONG lasts;

        ok(is_text(&info->ServerName, HTTP) && is_text(&info->RealmName, "GUISE.TEST"), "another ticket\n"); /* S2.18.3 */
        ok(info->EncryptionType == 18, "type %ld\n", info->EncryptionType); /* RFC 3962 7 */
        ok(info->TicketFlags & 0x40000000, "flags %08lx\n", info->TicketFlags); /* RFC 4120 5.3 */
        lasts = info->EndTime.QuadPart - info->StartTime.QuadPart; /* until the first ticket's end, which is a little older */
        ok(lasts <= 360000000000 && lasts > 359000000000, "no ten hours: %lld\n", (long long)lasts); /* S2.18.3 */
    }
    LsaFreeReturnBuffer(response);
    test_client();
    LsaDeregisterLogonProcess(lsa);
}

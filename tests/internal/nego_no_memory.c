/*
 * Every allocation of Negotiate's conversations fails once: whoever fails says so and is nobody's client, nothing is kept (a leak checker
 * sees).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/rtl/memory.h"
#include "tests/internal/nego_double.h"
#include "wine/test.h"

#define BOTH (NEGO_FAKE | NEGO_NTLM)
#define MOST 400 /* more than any of them makes */

static bool is_fine(SECURITY_STATUS status)
{
    return status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INSUFFICIENT_MEMORY;
}

static void check_failure(struct nego_talk *talk, long nth)
{
    PACCESS_TOKEN token;

    ok(is_fine(talk->client_status) && is_fine(talk->server_status), "allocation %ld: client %08lx, server %08lx\n", nth, talk->client_status,
       talk->server_status); /* S2.5.12 */
    ok(talk->client_status < 0 || talk->server_status < 0, "allocation %ld: nobody says so\n", nth); /* S2.5.12 */
    if (talk->server && talk->server_status != SEC_E_OK)
        ok(negotiate_package.context_token(talk->server, &token) == SEC_E_NO_IMPERSONATION, "allocation %ld: a token\n", nth); /* S2.11.1 */
}

/* FALSE: nothing failed any more. */
static bool talk_with_failure(int client, int server, bool hint, int legs, long nth)
{
    static const UCHAR bindings[32]; /* SEC_CHANNEL_BINDINGS without any */
    struct nego_talk talk;
    bool done, sealed = true;

    nego_talk_begin(&talk, client, server);
    nego_fake_script.legs = legs;
    if (legs) talk.server_bindings = (struct wire_span){bindings, sizeof(bindings)};
    guise_fail_allocation(nth);
    if (hint) nego_server_leg(&talk);
    done = talk.server_status >= 0 && nego_talk_works(&talk);
    if (done && !legs) sealed = nego_talk_seals(&talk);
    guise_fail_allocation(0);
    if (!done) check_failure(&talk, nth);
    else if (legs) ok(nego_fake_seen.had_bindings, "allocation %ld: the bindings are lost\n", nth); /* S2.6.2 */
    nego_talk_end(&talk);
    ok(!nego_fake_seen.contexts, "allocation %ld: %d contexts\n", nth, nego_fake_seen.contexts); /* S12.2 */
    return !done || !sealed;
}

/* The context as bytes and back, with messages after it. */
static bool export_with_failure(struct package_context *context, long nth)
{
    struct package_context *copy = NULL;
    UCHAR *data = NULL;
    ULONG size = 0;
    SECURITY_STATUS status;

    guise_fail_allocation(nth);
    status = negotiate_package.export_context(context, false, &data, &size);
    if (status == SEC_E_OK) status = negotiate_package.import_context(data, size, false, NULL, &copy);
    guise_fail_allocation(0);
    ok(status == SEC_E_OK || (status == SEC_E_INSUFFICIENT_MEMORY && !copy), "allocation %ld: got %08lx\n", nth, status); /* S2.14.1 */
    if (status == SEC_E_OK)
    {
        SecPkgContext_SessionKey keys[2] = {{0}};
        ULONG state;

        ok(negotiate_package.chosen(copy, &state) == &ntlm_package && state == SECPKG_NEGOTIATION_COMPLETE, "state %lu\n", state); /* S5.7.2 */
        ok(!negotiate_package.query_context(context, SECPKG_ATTR_SESSION_KEY, &keys[0]) &&
           !negotiate_package.query_context(copy, SECPKG_ATTR_SESSION_KEY, &keys[1]) && !memcmp(keys[0].SessionKey, keys[1].SessionKey, 16),
           "another key\n"); /* S2.14.1 */
        FreeContextBuffer(keys[0].SessionKey);
        FreeContextBuffer(keys[1].SessionKey);
    }
    if (data) guise_free_secret(data, size);
    nego_delete_context(copy);
    return status != SEC_E_OK;
}

static void test_export(void)
{
    static const UCHAR other[] = {4, 0, 0, 0, 'N', 0, 'o', 0, 'n', 0, 'e', 0}, endless[] = {0xff, 0xff, 0xff, 0x7f};
    struct package_context *copy = NULL;
    struct nego_talk talk;
    long nth;

    nego_talk_begin(&talk, BOTH, NEGO_NTLM);
    ok(nego_talk_works(&talk), "client %08lx, server %08lx\n", talk.client_status, talk.server_status); /* S5.4.3 */
    for (nth = 1; nth < MOST && export_with_failure(talk.client, nth); nth++) {}
    ok(nth > 3 && nth < MOST, "ended at allocation %ld\n", nth); /* S2.14.1 */
    nego_talk_end(&talk);
    ok(negotiate_package.import_context(other, sizeof(other), false, NULL, &copy) == SEC_E_UNKNOWN_CREDENTIALS && !copy, "imported\n"); /* S2.14.2 */
    ok(negotiate_package.import_context(endless, sizeof(endless), false, NULL, &copy) == SEC_E_UNKNOWN_CREDENTIALS, "imported\n"); /* S2.14.2 */
    ok(negotiate_package.import_context(NULL, 0, false, NULL, &copy) == SEC_E_UNKNOWN_CREDENTIALS, "imported\n"); /* S2.14.2 */
}

START_TEST(nego_no_memory)
{
    static const struct
    {
        int client, server, legs; /* 0: NTLM wins, and messages are sealed */
        bool hint;
    } cases[] = {{BOTH, NEGO_NTLM, 0, false}, {NEGO_NTLM, NEGO_NTLM, 0, true}, {NEGO_NTLM, BOTH, 0, false}, {BOTH, BOTH, 2, false}, {NEGO_FAKE, BOTH, 3, true}};
    long nth;

    nego_double_begin();
    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        for (nth = 1; nth < MOST && talk_with_failure(cases[i].client, cases[i].server, cases[i].hint, cases[i].legs, nth); nth++) {}
        ok(nth > 10 && nth < MOST, "ended at allocation %ld\n", nth); /* S2.5.12 */
        trace("%ld allocations\n", nth - 1);
    }
    test_export();
    nego_double_end();
}

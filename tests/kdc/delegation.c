/*
 * Clients that let a server act for them: the level of the token, and contexts that the server opens in their name.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <security.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <winbase.h>

static struct side client, server, onward, target;
static struct token token;

static int level_of(struct side *side)
{
    SECURITY_IMPERSONATION_LEVEL level;
    HANDLE handle;
    DWORD length;
    BOOL told;

    if (QuerySecurityContextToken(&side->context, &handle) != SEC_E_OK) return -1;
    told = GetTokenInformation(handle, TokenImpersonationLevel, &level, sizeof(level), &length);
    CloseHandle(handle);
    return told ? (int)level : -1;
}

static bool log_on(const char *user, const char *service, ULONG request, ULONG server_request)
{
    if (!side_open_initiator(&client, user, service, request) || !side_open_acceptor(&server, NULL, server_request)) return false;
    run_sides(&client, &server);
    ok(client.status == SEC_E_OK && server.status == SEC_E_OK, "%08lx %08lx\n", client.status, server.status); /* S6.3.1 */
    return client.status == SEC_E_OK && server.status == SEC_E_OK;
}

static void log_off(void)
{
    side_close(&client);
    side_close(&server);
}

static void test_levels(void)
{
    static const struct
    {
        const char *service;
        ULONG request, server_request;
        int level;
        bool told;
    } cases[] = {
        {HTTP, 0, 0, SecurityImpersonation, false},
        {HTTP, ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH, 0, SecurityImpersonation, false},
        {TRUSTED, ISC_REQ_DELEGATE, 0, SecurityImpersonation, false}, /* only with mutual authentication */
        {TRUSTED, ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH, 0, SecurityDelegation, true},
        {TRUSTED, ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH, ASC_REQ_IDENTIFY, SecurityIdentification, true},
        {HTTP, ISC_REQ_IDENTIFY, 0, SecurityIdentification, false},
        {HTTP, 0, ASC_REQ_IDENTIFY, SecurityIdentification, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        if (log_on("alice", cases[i].service, cases[i].request, cases[i].server_request))
        {
            ok(level_of(&server) == cases[i].level, "case %d: level %d\n", (int)i, level_of(&server)); /* S9.1.4 */
            ok(!(client.attributes & ISC_RET_DELEGATE) == !cases[i].told, "case %d: %08lx\n", (int)i, client.attributes); /* S6.3.1 */
            ok(!(server.attributes & ASC_RET_DELEGATE) == !cases[i].told, "case %d: %08lx\n", (int)i, server.attributes); /* S6.3.1 */
        }
        log_off();
    }
}

/* The status of a first leg with default credentials, made and used by the thread as it is. */
static SECURITY_STATUS go_on(void)
{
    if (!side_open_initiator(&onward, NULL, HTTP, ISC_REQ_MUTUAL_AUTH)) return SEC_E_INTERNAL_ERROR;
    return side_step(&onward, NULL, &token);
}

/* Whom the target sees. */
static void check_target(const char *expected)
{
    SecPkgContext_NativeNamesA names;
    static struct token back;

    if (!side_open_acceptor(&target, NULL, 0)) return;
    side_step(&target, &token, &back);
    ok(target.status == SEC_E_OK, "%08lx\n", target.status); /* S6.3.1 */
    if (QueryContextAttributesA(&target.context, SECPKG_ATTR_NATIVE_NAMES, &names) == SEC_E_OK)
    {
        ok(!strcmp(names.sClientName, expected), "%s\n", names.sClientName); /* S6.3.1 */
        FreeContextBuffer(names.sClientName);
        FreeContextBuffer(names.sServerName);
    }
    side_close(&target);
}

static void test_onward(void)
{
    SecPkgCredentials_NamesA names;
    SECURITY_STATUS status;

    kdc_log_in("bob", kdc_path("delegation"), 0); /* the process is bob */
    if (!log_on("alice", TRUSTED, ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH, 0)) return;
    status = ImpersonateSecurityContext(&server.context);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.11.1 */
    status = go_on();
    ok(status == SEC_I_CONTINUE_NEEDED && geteuid() == 70001, "%08lx, uid %d\n", status, geteuid()); /* design 5.10 */
    status = QueryCredentialsAttributesA(&onward.credential, SECPKG_CRED_ATTR_NAMES, &names);
    ok(status == SEC_E_OK && !strcmp(names.sUserName, "alice@GUISE.TEST"), "%08lx %s\n", status, names.sUserName); /* S2.4.1 */
    FreeContextBuffer(names.sUserName);
    status = RevertSecurityContext(&server.context);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.11.2 */
    check_target("alice@GUISE.TEST");
    side_close(&onward);
    status = go_on();
    ok(status == SEC_I_CONTINUE_NEEDED, "%08lx\n", status); /* S2.1.9 */
    check_target("bob@GUISE.TEST");
    side_close(&onward);
    log_off();
}

/* Without a ticket of hers, or below Delegation, alice's thread has none, whatever the process has. */
static void test_nothing(void)
{
    HANDLE handle, lower;
    SECURITY_STATUS status;

    if (log_on("alice", HTTP, ISC_REQ_MUTUAL_AUTH, 0))
    {
        ImpersonateSecurityContext(&server.context);
        status = go_on();
        ok(status == SEC_E_NO_CREDENTIALS, "%08lx\n", status); /* design 5.10 */
        RevertToSelf();
        status = side_step(&onward, NULL, &token);
        ok(status == SEC_E_NO_CREDENTIALS, "%08lx\n", status); /* S2.1.9 */
        side_close(&onward);
    }
    log_off();
    if (log_on("alice", TRUSTED, ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH, 0))
    {
        QuerySecurityContextToken(&server.context, &handle);
        ok(DuplicateToken(handle, SecurityImpersonation, &lower), "cannot duplicate\n"); /* S9.1.3 */
        ok(SetThreadToken(NULL, lower), "cannot impersonate\n");                          /* S9.1.3 */
        status = go_on();
        ok(status == SEC_E_NO_CREDENTIALS, "%08lx\n", status); /* S9.1.3 */
        side_close(&onward);
        /* The ticket is there as long as a token of the logon is. */
        ok(SetThreadToken(NULL, handle), "cannot impersonate\n"); /* S9.1.3 */
        log_off();
        status = go_on();
        ok(status == SEC_I_CONTINUE_NEEDED, "%08lx\n", status); /* S6.3.1 */
        RevertToSelf();
        CloseHandle(handle);
        CloseHandle(lower);
        check_target("alice@GUISE.TEST"); /* also when it is over: the context has it */
        side_close(&onward);
    }
}

START_TEST(delegation)
{
    if (!kdc_is_here()) return;
    test_levels();
    test_onward();
    test_nothing();
}

/*
 * Kerberos of a domain's users, whose PAC says who they are: which SIDs the token has, whom the kernel sees, and who does not get so far.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sddl.h>
#include <security.h>
#include <winbase.h>

#include "../unix/support.h"
#include "domain.h"

#define SERVICE "HTTP/www.guise.test"

struct logon
{
    CredHandle tickets, keys;
    CtxtHandle client, server;
    bool has_tickets, has_keys, has_client, has_server;
    SECURITY_STATUS client_status, server_status;
};

static void log_off(struct logon *logon)
{
    if (logon->has_client) DeleteSecurityContext(&logon->client);
    if (logon->has_server) DeleteSecurityContext(&logon->server);
    if (logon->has_tickets) FreeCredentialsHandle(&logon->tickets);
    if (logon->has_keys) FreeCredentialsHandle(&logon->keys);
}

/* One leg each: nobody asks for mutual authentication. */
static void log_on(struct logon *logon, const char *package, const char *domain, const char *user, const char *password, const char *service)
{
    static UCHAR room[48256], answer[48256];
    char right[64];
    SEC_WINNT_AUTH_IDENTITY_A identity = {.User = (UCHAR *)user, .UserLength = strlen(user), .Domain = (UCHAR *)domain, .DomainLength = strlen(domain),
                                          .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};
    SecBuffer token = {sizeof(room), SECBUFFER_TOKEN, room}, back = {sizeof(answer), SECBUFFER_TOKEN, answer};
    SecBufferDesc there = {SECBUFFER_VERSION, 1, &token}, output = {SECBUFFER_VERSION, 1, &back};
    ULONG attributes;

    memset(logon, 0, sizeof(*logon));
    logon->server_status = SEC_E_INVALID_HANDLE;
    snprintf(right, sizeof(right), "Passw0rd-%s", user);
    identity.Password = (UCHAR *)(password ? password : right);
    identity.PasswordLength = strlen((char *)identity.Password);
    logon->has_tickets = !AcquireCredentialsHandleA(NULL, (char *)package, SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &logon->tickets, NULL);
    logon->has_keys = !AcquireCredentialsHandleA(NULL, (char *)package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &logon->keys, NULL);
    ok(logon->has_tickets && logon->has_keys, "no credentials\n"); /* S2.1.11 */
    logon->client_status =
        InitializeSecurityContextA(&logon->tickets, NULL, (char *)service, 0, 0, 0, NULL, 0, &logon->client, &there, &attributes, NULL);
    if (!(logon->has_client = logon->client_status >= 0)) return;
    logon->server_status = AcceptSecurityContext(&logon->keys, NULL, &there, 0, 0, &logon->server, &output, &attributes, NULL);
    logon->has_server = logon->server_status >= 0;
}

static bool is_member(HANDLE token, const char *text)
{
    BOOL member = FALSE;
    PSID sid;

    if (!ConvertStringSidToSidA(text, &sid)) return false;
    CheckTokenMembership(token, sid, &member);
    LocalFree(sid);
    return member;
}

static void check_sids(struct logon *logon)
{
    static const char *const member_of[] = {"Domain Users", "Staff", "Readers", "Everybody", "Local"};
    union
    {
        TOKEN_USER user;
        UCHAR bytes[512];
    } room;
    HANDLE token;
    DWORD size;
    char *text = NULL;

    if (QuerySecurityContextToken(&logon->server, &token)) return;
    ok(GetTokenInformation(token, TokenUser, &room, sizeof(room), &size) && ConvertSidToStringSidA(room.user.User.Sid, &text) &&
       !strcmp(text, domain_sid("alice")), "another user than alice: %s\n", text); /* MS-PAC 2.5 */
    LocalFree(text);
    for (size_t i = 0; i < sizeof(member_of) / sizeof(member_of[0]); i++)
        ok(is_member(token, domain_sid(member_of[i])), "%s is missing\n", member_of[i]); /* MS-PAC 2.5 */
    ok(!is_member(token, domain_sid("Crowd001")), "a group too many\n"); /* MS-PAC 2.5 */
    ok(is_member(token, "S-1-1-0") && is_member(token, "S-1-5-11") && is_member(token, "S-1-5-2"), "everyone\n"); /* S9.1.4 */
    CloseHandle(token);
}

/* Whom the kernel sees is whom NSS would make of the user. */
static void check_thread(struct logon *logon, const char *name)
{
    struct domain_user user;
    struct task task;
    SECURITY_STATUS status;

    if (!domain_find_user(name, &user)) return;
    status = ImpersonateSecurityContext(&logon->server);
    task = task_now();
    RevertSecurityContext(&logon->server);
    ok(status == SEC_E_OK && task.uid[EFFECTIVE] == user.uid && task.gid[EFFECTIVE] == user.gid, "%08lx, uid %d\n", status,
       (int)task.uid[EFFECTIVE]); /* design 5.4 */
    ok(task.group_count >= (size_t)user.group_count - 1, "%d groups of %d\n", (int)task.group_count, user.group_count); /* design 5.2 */
}

static void check_names(struct logon *logon)
{
    SecPkgContext_NamesA names;
    char name[128];
    ULONG size = sizeof(name);

    if (QueryContextAttributesA(&logon->server, SECPKG_ATTR_NAMES, &names)) return;
    ok(!strcmp(names.sUserName, "GUISE\\alice"), "%s\n", names.sUserName); /* S3.3.1 */
    FreeContextBuffer(names.sUserName);
    ImpersonateSecurityContext(&logon->server);
    ok(GetUserNameExA(NameSamCompatible, name, &size) && !strcmp(name, "GUISE\\alice"), "%s\n", name); /* S9.2.4 */
    size = sizeof(name);
    ok(GetUserNameExA(NameUserPrincipal, name, &size) && !strcmp(name, "alice@guise.test"), "%s\n", name); /* S9.2.4 */
    RevertSecurityContext(&logon->server);
}

static void test_alice(void)
{
    static const char *const packages[] = {"Kerberos", "Negotiate"};
    struct logon logon;

    for (size_t i = 0; i < 2; i++)
    {
        winetest_push_context("%s", packages[i]);
        log_on(&logon, packages[i], "guise.test", "alice", NULL, SERVICE);
        ok(logon.server_status == SEC_E_OK || (i && logon.server_status == SEC_I_CONTINUE_NEEDED), "%08lx, %08lx\n", logon.client_status,
           logon.server_status); /* S6.2.2 */
        if (logon.server_status == SEC_E_OK)
        {
            check_sids(&logon);
            check_thread(&logon, "alice");
            check_names(&logon);
        }
        log_off(&logon);
        winetest_pop_context();
    }
    log_on(&logon, "Kerberos", "GUISE.TEST", "many", NULL, SERVICE);
    ok(logon.server_status == SEC_E_OK, "200 groups: %08lx, %08lx\n", logon.client_status, logon.server_status); /* S6.2.2 */
    if (logon.server_status == SEC_E_OK) check_thread(&logon, "many");
    log_off(&logon);
}

static void test_refusals(void)
{
    static const struct
    {
        const char *domain, *user, *password, *service;
        SECURITY_STATUS status;
    } cases[] = {
        {"GUISE.TEST", "alice", "wrong", SERVICE, SEC_E_LOGON_DENIED},
        {"GUISE.TEST", "nobody", "wrong", SERVICE, SEC_E_LOGON_DENIED},
        {"GUISE.TEST", "dave", NULL, SERVICE, SEC_E_LOGON_DENIED},  /* disabled */
        {"GUISE.TEST", "erin", NULL, SERVICE, SEC_E_LOGON_DENIED},  /* must change the password */
        {"GUISE.TEST", "frank", NULL, SERVICE, SEC_E_LOGON_DENIED}, /* expired */
        {"GUISE.TEST", "alice", NULL, "HTTP/nobody.guise.test", SEC_E_TARGET_UNKNOWN},
        {"OTHER.TEST", "alice", NULL, SERVICE, SEC_E_NO_AUTHENTICATING_AUTHORITY},
    };
    struct logon logon;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        log_on(&logon, "Kerberos", cases[i].domain, cases[i].user, cases[i].password, cases[i].service);
        ok(logon.client_status == cases[i].status, "%s\\%s to %s: %08lx\n", cases[i].domain, cases[i].user, cases[i].service,
           logon.client_status); /* S2.5.13 */
        log_off(&logon);
    }
}

/* ---- user-to-user: the server answers with the ticket of the account that the service belongs to ---- */

static bool acquire_user(const char *user, ULONG use, CredHandle *handle)
{
    char password[64];
    SEC_WINNT_AUTH_IDENTITY_A identity = {.User = (UCHAR *)user, .UserLength = strlen(user), .Domain = (UCHAR *)"GUISE.TEST", .DomainLength = 10,
                                          .Password = (UCHAR *)password, .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};

    identity.PasswordLength = snprintf(password, sizeof(password), "Passw0rd-%s", user);
    return !AcquireCredentialsHandleA(NULL, (char *)"Kerberos", use, NULL, &identity, NULL, NULL, handle, NULL);
}

static void meet(struct logon *logon, const char *target)
{
    static UCHAR rooms[2][48256];
    SecBuffer there = {0, SECBUFFER_TOKEN, rooms[0]}, back = {0, SECBUFFER_TOKEN, rooms[1]};
    SecBufferDesc to_server = {SECBUFFER_VERSION, 1, &there}, to_client = {SECBUFFER_VERSION, 1, &back};
    ULONG attributes;

    do
    {
        there.cbBuffer = sizeof(rooms[0]);
        logon->client_status = InitializeSecurityContextA(&logon->tickets, logon->has_client ? &logon->client : NULL, (char *)target, ISC_REQ_USE_SESSION_KEY,
                                                          0, 0, logon->has_client ? &to_client : NULL, 0, &logon->client, &to_server, &attributes, NULL);
        if (logon->client_status < 0) return;
        logon->has_client = true;
        back.cbBuffer = sizeof(rooms[1]);
        logon->server_status = AcceptSecurityContext(&logon->keys, logon->has_server ? &logon->server : NULL, &to_server, 0, 0, &logon->server, &to_client,
                                                     &attributes, NULL);
        if (logon->server_status >= 0) logon->has_server = true;
    } while (logon->client_status == SEC_I_CONTINUE_NEEDED && logon->server_status == SEC_I_CONTINUE_NEEDED);
}

/* The PAC is signed with the session key of its ticket. */
static void test_user_to_user(void)
{
    struct logon logon = {.has_client = false};

    logon.has_tickets = acquire_user("alice", SECPKG_CRED_OUTBOUND, &logon.tickets);
    logon.has_keys = acquire_user("web", SECPKG_CRED_INBOUND, &logon.keys);
    ok(logon.has_tickets && logon.has_keys, "no credentials\n"); /* S2.1.11 */
    meet(&logon, SERVICE);
    ok(logon.client_status == SEC_E_OK && logon.server_status == SEC_E_OK, "%08lx, %08lx\n", logon.client_status, logon.server_status); /* S6.2.1 */
    if (logon.server_status == SEC_E_OK)
    {
        check_sids(&logon);
        check_thread(&logon, "alice");
        check_names(&logon);
    }
    log_off(&logon);
}

START_TEST(kerberos)
{
    if (!domain_setup("")) return;
    test_alice();
    test_refusals();
    test_user_to_user();
    session_cleanup();
}

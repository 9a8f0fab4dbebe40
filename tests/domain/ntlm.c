/*
 * NTLM of a domain's users, whose controller winbind asks: who gets in, with which SIDs and as whom before the kernel, and who does not.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <security.h>

#include "../unix/support.h"
#include "domain.h"

static void test_names(void)
{
    SecPkgContext_NamesA names;
    struct session session;

    if (!domain_log_on(&session, "NTLM", "alice")) return;
    ok(QueryContextAttributesA(&session.server, SECPKG_ATTR_NAMES, &names) == SEC_E_OK, "names\n"); /* S3.3.1 */
    ok(!strcmp(names.sUserName, "GUISE\\alice"), "name %s\n", names.sUserName); /* S3.3.1 */
    FreeContextBuffer(names.sUserName);
    session_close(&session);
}

/* Nobody told but winbind: guise.conf has no names here. */
static void test_machine(void)
{
    static UCHAR first[512], challenge[2048];
    SecBuffer to_server = {sizeof(first), SECBUFFER_TOKEN, first}, to_client = {sizeof(challenge), SECBUFFER_TOKEN, challenge};
    SecBufferDesc negotiate = {SECBUFFER_VERSION, 1, &to_server}, answer = {SECBUFFER_VERSION, 1, &to_client};
    SEC_WINNT_AUTH_IDENTITY_A somebody = {.User = (BYTE *)"alice", .UserLength = 5, .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};
    CredHandle both;
    CtxtHandle client, server;
    char name[64];
    ULONG size = sizeof(name), attributes;

    ok(GetComputerObjectNameA(NameSamCompatible, name, &size) && !strcmp(name, "GUISE\\MEMBER$"), "%s\n", name); /* sdk GetComputerObjectNameA */
    if (AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_BOTH, NULL, &somebody, NULL, NULL, &both, NULL)) return;
    if (InitializeSecurityContextA(&both, NULL, NULL, ISC_REQ_INTEGRITY, 0, 0, NULL, 0, &client, &negotiate, &attributes, NULL) < 0) return;
    ok(AcceptSecurityContext(&both, NULL, &negotiate, 0, 0, &server, &answer, &attributes, NULL) == SEC_I_CONTINUE_NEEDED, "no challenge\n"); /* S4.3.1 */
    ok(memmem(challenge, to_client.cbBuffer, u"GUISE", 10) && memmem(challenge, to_client.cbBuffer, u"MEMBER", 12) &&
       memmem(challenge, to_client.cbBuffer, u"member.guise.test", 34), "other names\n"); /* MS-NLMP 2.2.2.1 */
    DeleteSecurityContext(&client);
    DeleteSecurityContext(&server);
    FreeCredentialsHandle(&both);
}

static void test_refusals(void)
{
    domain_check_refused("NTLM", "GUISE", "alice", "Passw0rd-bob", SEC_E_LOGON_DENIED); /* S4.9.5 */
    domain_check_refused("NTLM", "GUISE", "alice", "", SEC_E_LOGON_DENIED);            /* S4.9.5 */
    domain_check_refused("NTLM", "GUISE", "nobody-knows", "x", SEC_E_LOGON_DENIED);    /* S4.9.5 */
    domain_check_refused("NTLM", "NOSUCHDOMAIN", "alice", NULL, SEC_E_LOGON_DENIED);   /* S4.9.5 */
    domain_check_refused("NTLM", "GUISE", "dave", NULL, SEC_E_LOGON_DENIED);           /* S4.9.6, disabled */
    domain_check_refused("NTLM", "GUISE", "erin", NULL, SEC_E_LOGON_DENIED);           /* S4.9.6, must change the password */
    domain_check_refused("NTLM", "GUISE", "frank", NULL, SEC_E_LOGON_DENIED);          /* S4.9.6, expired */
    /* Each has the passwords of its own accounts alone. */
    domain_check_refused("NTLM", "MEMBER", "alice", NULL, SEC_E_LOGON_DENIED);         /* S4.9.5 */
    domain_check_refused("NTLM", "GUISE", "alice", session_password(SESSION_ALICE), SEC_E_LOGON_DENIED); /* S4.9.5 */
}

/* A password goes to the controller as a response that is made here. */
static void test_password(void)
{
    struct domain_user user;
    HANDLE token;

    if (!domain_find_user("alice", &user)) return;
    ok(LogonUserA("alice", "GUISE", "Passw0rd-alice", LOGON32_LOGON_INTERACTIVE, LOGON32_PROVIDER_DEFAULT, &token), "error %u\n", GetLastError()); /* sdk LogonUserA */
    ok(ImpersonateLoggedOnUser(token), "error %u\n", GetLastError()); /* sdk ImpersonateLoggedOnUser */
    ok(task_now().uid[EFFECTIVE] == user.uid, "uid %u\n", task_now().uid[EFFECTIVE]); /* design 5.2 */
    RevertToSelf();
    CloseHandle(token);
    ok(LogonUserA("alice@guise.test", NULL, "Passw0rd-alice", LOGON32_LOGON_NETWORK, LOGON32_PROVIDER_DEFAULT, &token), "error %u\n", GetLastError()); /* sdk LogonUserA */
    CloseHandle(token);
    ok(!LogonUserA("alice", "GUISE", "Passw0rd-bob", LOGON32_LOGON_NETWORK, LOGON32_PROVIDER_DEFAULT, &token) && GetLastError() == ERROR_LOGON_FAILURE, "error %u\n", GetLastError()); /* sdk LogonUserA */
    ok(!LogonUserA("dave", "GUISE", "Passw0rd-dave", LOGON32_LOGON_NETWORK, LOGON32_PROVIDER_DEFAULT, &token) && GetLastError() != ERROR_SUCCESS, "error %u\n", GetLastError()); /* sdk LogonUserA */
    ok(LogonUserA("alice", ".", session_password(SESSION_ALICE), LOGON32_LOGON_NETWORK, LOGON32_PROVIDER_DEFAULT, &token), "error %u\n", GetLastError()); /* sdk LogonUserA */
    CloseHandle(token);
}

static void check_local(const char *domain)
{
    SecPkgContext_NamesA names = {NULL};
    struct session session;

    if (!domain_run(&session, "NTLM", domain, "alice", session_password(SESSION_ALICE))) return;
    ok(session.server_status == SEC_E_OK, "'%s': got %08lx\n", domain, session.server_status); /* callers cite */
    ok(ImpersonateSecurityContext(&session.server) == SEC_E_OK, "not impersonated\n"); /* callers cite */
    ok(task_now().uid[EFFECTIVE] == 70001, "uid %u\n", task_now().uid[EFFECTIVE]); /* callers cite */
    RevertSecurityContext(&session.server);
    /* Not GUISE\\alice, who is somebody else. */
    ok(QueryContextAttributesA(&session.server, SECPKG_ATTR_NAMES, &names) == SEC_E_OK && !strcmp(names.sUserName, "MEMBER\\alice"), "name %s\n", names.sUserName); /* callers cite */
    FreeContextBuffer(names.sUserName);
    session_close(&session);
}

START_TEST(ntlm)
{
    if (!domain_setup("accounts = files winbind nss\n")) return;
    domain_check_sids("NTLM");
    domain_check_carried("NTLM", "alice"); /* design 5.2 */
    domain_check_carried("NTLM", "bob");   /* design 5.2 */
    domain_check_carried("NTLM", "many");  /* design 5.2 */
    domain_check_files("NTLM");
    domain_check_deny_only("NTLM");
    domain_check_messages("NTLM");
    domain_check_times("NTLM");
    test_names();
    test_machine();
    test_refusals();
    test_password();
    check_local("MEMBER"); /* design 7.1 */
    check_local("");       /* design 7.1 */
    session_cleanup();
}

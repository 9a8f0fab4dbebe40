/*
 * Logons of the domain's users through the LSA: their SIDs, as whom they are before the kernel, and why some are refused.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <security.h>

#include "../kdc/logons.h"
#include "../unix/support.h"
#include "domain.h"

static void *query(const struct logon *logon, TOKEN_INFORMATION_CLASS class)
{
    static ULONGLONG rooms[2][4096];
    static unsigned int next;
    void *room = rooms[next++ % 2];
    DWORD length;

    return GetTokenInformation(logon->token, class, room, sizeof(rooms[0]), &length) ? room : NULL;
}

static bool is_sid(PSID sid, const char *text)
{
    UCHAR room[SECURITY_MAX_SID_SIZE] __attribute__((aligned(4)));

    return guise_sid_from_text(text, (SID *)room) && RtlEqualSid(sid, room);
}

/* Alice, however she came; KIND is the SID of the type of logon. */
static void check_alice(const struct logon *logon, const char *kind, const char *authority)
{
    static const char *const member_of[] = {"Domain Users", "Staff", "Readers", "Everybody", "Local"};
    const TOKEN_USER *user = query(logon, TokenUser);
    const TOKEN_GROUPS *groups = query(logon, TokenGroups);

    ok(user && is_sid(user->User.Sid, domain_sid("alice")), "another user than alice\n"); /* MS-PAC 2.5 */
    for (size_t i = 0; i < ARRAYSIZE(member_of); i++)
        ok(domain_has_sid(groups, domain_sid(member_of[i])), "%s is missing\n", member_of[i]); /* MS-PAC 2.5 */
    ok(!domain_has_sid(groups, domain_sid("Crowd001")), "a group too many\n"); /* MS-PAC 2.5 */
    ok(domain_has_sid(groups, kind), "not %s\n", kind);                        /* S2.18.4 */
    ok(domain_has_sid(groups, authority), "not %s\n", authority);              /* MS-PAC 2.5 */
}

/* The file that only alice of the domain may read, and the one of this machine's alice. */
static void check_kernel(const struct logon *logon, bool may_act)
{
    struct domain_user user;
    const char *own, *others;
    struct task task;

    if (!domain_find_user("alice", &user)) return;
    own = make_file("logon-own", "x", user.uid, 0, 0600);
    others = make_file("logon-others", "x", 70001, 70001, 0600);
    ok(ImpersonateLoggedOnUser(logon->token), "not impersonated\n"); /* S9.1.1 */
    task = task_now();
    ok(open_error(own) == (may_act ? 0 : EACCES) && open_error(others) == EACCES, "files\n"); /* open(2) */
    RevertToSelf();
    ok(task.uid[EFFECTIVE] == (may_act ? user.uid : ANONYMOUS), "uid %d\n", (int)task.uid[EFFECTIVE]); /* design 5.6 */
    ok(!may_act || task.group_count + 1 == (size_t)user.group_count, "%zu groups\n", task.group_count); /* design 5.2 */
}

static bool is_text(const UNICODE_STRING *string, const char *text)
{
    if (string->Length != 2 * strlen(text)) return false;
    for (size_t i = 0; text[i]; i++)
        if (string->Buffer[i] != text[i]) return false;
    return true;
}

static void check_profile(const struct logon *logon)
{
    const KERB_INTERACTIVE_PROFILE *profile = logon->profile;

    if (!profile) return;
    ok(profile->MessageType == KerbInteractiveProfile, "type %d\n", profile->MessageType);                     /* header ntsecapi.h */
    ok(is_text(&profile->FullName, "Alice Example") && is_text(&profile->LogonServer, "DC"), "other names\n"); /* MS-PAC 2.5 */
    ok(profile->PasswordLastSet.QuadPart && profile->PasswordMustChange.QuadPart > profile->PasswordLastSet.QuadPart, "times\n"); /* MS-PAC 2.5 */
}

static void test_s4u(void)
{
    static const char *const names[] = {"alice@guise.test", "alice@GUISE.TEST", "alice"};
    struct logon logon;

    for (size_t i = 0; i < ARRAYSIZE(names); i++)
        for (int trusted = 0; trusted < 2; trusted++)
        {
            if (s4u_log_on(&logon, trusted, Network, 0, names[i], i == 2 ? "GUISE" : NULL))
            {
                ok(level_of(&logon) == (trusted ? SecurityImpersonation : SecurityIdentification), "level %d\n", level_of(&logon)); /* S6.3.2 */
                if (trusted) check_alice(&logon, "S-1-5-2", "S-1-18-2");
                check_kernel(&logon, trusted);
                check_profile(&logon);
            }
            else ok(false, "%s: %08x\n", names[i], logon.status); /* S6.3.2 */
            log_off(&logon);
        }
}

static void test_s4u_refusals(void)
{
    static const struct
    {
        const char *upn;
        NTSTATUS status, untrusted;
    } cases[] = {
        {"dave@guise.test", STATUS_ACCOUNT_RESTRICTION, STATUS_LOGON_FAILURE}, /* disabled */
        {"frank@guise.test", STATUS_ACCOUNT_EXPIRED, STATUS_LOGON_FAILURE},
        {"nobody@guise.test", STATUS_LOGON_FAILURE, STATUS_LOGON_FAILURE},
        {"alice@other.test", STATUS_NO_LOGON_SERVERS, STATUS_NO_LOGON_SERVERS},
    };
    struct logon logon;

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
        for (int trusted = 0; trusted < 2; trusted++)
        {
            s4u_log_on(&logon, trusted, Network, 0, cases[i].upn, NULL);
            ok(logon.status == (trusted ? cases[i].status : cases[i].untrusted), "%s: %08x\n", cases[i].upn, logon.status); /* S2.18.5 */
            log_off(&logon);
        }
}

static void test_passwords(void)
{
    static const struct
    {
        const char *domain, *user;
        SECURITY_LOGON_TYPE type;
        const char *kind;
    } cases[] = {
        {"GUISE", "alice", Interactive, "S-1-5-4"},
        {"guise.test", "ALICE", Batch, "S-1-5-3"},
        {NULL, "alice@guise.test", Network, "S-1-5-2"},
    };
    struct logon logon;

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        if (password_log_on(&logon, cases[i].type, cases[i].domain, cases[i].user, "Passw0rd-alice"))
        {
            ok(level_of(&logon) == (cases[i].type == Network ? SecurityImpersonation : -1), "level %d\n", level_of(&logon)); /* S2.18.4 */
            check_alice(&logon, cases[i].kind, "S-1-18-1");
            check_kernel(&logon, true);
            check_profile(&logon);
        }
        else ok(false, "%s: %08x\n", cases[i].user, logon.status); /* S2.18.4 */
        log_off(&logon);
    }
}

/* More than "no" is for who knows the password. */
static void test_password_refusals(void)
{
    static const struct
    {
        const char *domain, *user;
        NTSTATUS status, substatus, wrong;
    } cases[] = {
        {"GUISE", "dave", STATUS_ACCOUNT_RESTRICTION, STATUS_ACCOUNT_DISABLED, STATUS_LOGON_FAILURE},
        {"GUISE", "frank", STATUS_ACCOUNT_EXPIRED, 0, STATUS_LOGON_FAILURE},
        {"GUISE", "erin", STATUS_PASSWORD_MUST_CHANGE, 0, STATUS_LOGON_FAILURE},
        {"GUISE", "alice", STATUS_SUCCESS, 0, STATUS_LOGON_FAILURE},
        {"GUISE", "nobody", STATUS_LOGON_FAILURE, 0, STATUS_LOGON_FAILURE},
        {"OTHER.TEST", "alice", STATUS_NO_LOGON_SERVERS, 0, STATUS_NO_LOGON_SERVERS},
    };
    struct logon logon;
    char password[64];

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
        for (int wrong = 0; wrong < 2; wrong++)
        {
            snprintf(password, sizeof(password), "%sPassw0rd-%s", wrong ? "no-" : "", cases[i].user);
            password_log_on(&logon, Interactive, cases[i].domain, cases[i].user, password);
            ok(logon.status == (wrong ? cases[i].wrong : cases[i].status), "%s: %08x\n", password, logon.status); /* S2.18.5 */
            ok(logon.substatus == (wrong ? 0 : cases[i].substatus), "%s: %08x\n", password, logon.substatus);     /* S2.18.5 */
            log_off(&logon);
        }
}

/* Whose account it is decides who is asked. */
static void test_negotiate(void)
{
    static const struct
    {
        const char *domain, *user, *password;
        NTSTATUS status;
        const char *package, *without_key;
    } cases[] = {
        {"GUISE", "alice", "Passw0rd-alice", STATUS_SUCCESS, "Kerberos", "NTLM"},
        {"guise.test", "alice", "Passw0rd-alice", STATUS_SUCCESS, "Kerberos", "NTLM"},
        {NULL, "alice@guise.test", "Passw0rd-alice", STATUS_SUCCESS, "Kerberos", "NTLM"},
        {NULL, "carol", "Passw0rd-carol", STATUS_SUCCESS, "Kerberos", "NTLM"},
        {NULL, "alice", "Secret-alice-1", STATUS_SUCCESS, "NTLM", "NTLM"}, /* the store's */
        {".", "alice", "Secret-alice-1", STATUS_SUCCESS, "NTLM", "NTLM"},
        {"MEMBER", "alice", "Secret-alice-1", STATUS_SUCCESS, "NTLM", "NTLM"},
        {"MEMBER", "alice", "Passw0rd-alice", STATUS_LOGON_FAILURE, "", ""},
        {"GUISE", "alice", "Secret-alice-1", STATUS_LOGON_FAILURE, "", ""},
        {"GUISE", "nobody", "x", STATUS_LOGON_FAILURE, "", ""},
    };
    char *keytab = strdup(getenv("KRB5_KTNAME"));
    struct logon logon;

    logons_use("Negotiate");
    for (int without_key = 0; without_key < 2; without_key++)
    {
        setenv("KRB5_KTNAME", without_key ? "/nowhere/keytab" : keytab, 1);
        for (size_t i = 0; i < ARRAYSIZE(cases); i++)
        {
            const char *package = without_key ? cases[i].without_key : cases[i].package;

            password_log_on(&logon, Interactive, cases[i].domain, cases[i].user, cases[i].password);
            ok(logon.status == cases[i].status, "%s\\%s: %08x\n", cases[i].domain, cases[i].user, logon.status); /* S2.18.4 */
            ok(!logon.token || !strcmp(package_of(&logon), package), "%s\\%s: %s\n", cases[i].domain, cases[i].user, package_of(&logon)); /* design 7.7 */
            log_off(&logon);
        }
    }
    setenv("KRB5_KTNAME", keytab, 1);
    free(keytab);
    ok(s4u_log_on(&logon, true, Network, 0, "alice@guise.test", NULL), "%08x\n", logon.status); /* S6.3.2 */
    ok(!strcmp(package_of(&logon), "Kerberos"), "%s\n", package_of(&logon));                    /* design 7.7 */
    log_off(&logon);
    ok(s4u_log_on(&logon, true, Network, 0, "alice", "MEMBER"), "%08x\n", logon.status); /* S2.18.4 */
    ok(!strcmp(package_of(&logon), "NTLM"), "%s\n", package_of(&logon));                 /* design 7.7 */
    log_off(&logon);
    logons_use("Kerberos");
}

/* LogonUser names no package: its page says which ones its providers mean. */
static void test_providers(void)
{
    static const struct
    {
        const char *user, *domain;
        DWORD provider;
        const char *package;
    } cases[] = {
        {"alice", "GUISE", LOGON32_PROVIDER_DEFAULT, "Kerberos"},
        {"alice", "GUISE", LOGON32_PROVIDER_WINNT50, "Kerberos"},
        {"alice", "GUISE", LOGON32_PROVIDER_WINNT40, "NTLM"},
        {"alice@guise.test", NULL, LOGON32_PROVIDER_DEFAULT, "Kerberos"},
    };
    struct logon logon;

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        TOKEN_STATISTICS *statistics;

        memset(&logon, 0, sizeof(logon));
        ok(LogonUserA(cases[i].user, cases[i].domain, "Passw0rd-alice", LOGON32_LOGON_INTERACTIVE, cases[i].provider, &logon.token), "case %d: error %u\n",
           (int)i, GetLastError()); /* sdk LogonUserA */
        if (!(statistics = query(&logon, TokenStatistics))) continue;
        logon.session = statistics->AuthenticationId;
        ok(!strcmp(package_of(&logon), cases[i].package), "case %d: %s\n", (int)i, package_of(&logon)); /* sdk LogonUserA */
        log_off(&logon);
    }
    ok(!LogonUserA("alice", "GUISE", "wrong", LOGON32_LOGON_INTERACTIVE, LOGON32_PROVIDER_DEFAULT, &logon.token) && GetLastError() == ERROR_LOGON_FAILURE,
       "error %u\n", GetLastError()); /* sdk LogonUserA */
    ok(!LogonUserA("dave", "GUISE", "Passw0rd-dave", LOGON32_LOGON_INTERACTIVE, LOGON32_PROVIDER_DEFAULT, &logon.token) &&
           GetLastError() == ERROR_ACCOUNT_DISABLED, "error %u\n", GetLastError()); /* sdk LogonUserA */
}

static SECURITY_STATUS change(const char *package, const char *domain, const char *user, const char *old_password, const char *new_password)
{
    return ChangeAccountPasswordA((char *)package, (char *)domain, (char *)user, (char *)old_password, (char *)new_password, FALSE, 0, NULL);
}

static void test_new_passwords(void)
{
    struct logon logon;
    SECURITY_STATUS status;

    ok(change_password("GUISE", "gina", "wrong", "N3w-Passw0rd-1") == STATUS_WRONG_PASSWORD, "the old one is not asked for\n"); /* S1.3.2 */
    ok(change_password("GUISE", "nobody", "wrong", "N3w-Passw0rd-1") == STATUS_WRONG_PASSWORD, "nobody\n");                    /* S1.3.2 */
    ok(change_password("GUISE", "gina", "Passw0rd-gina", "short") == STATUS_PASSWORD_RESTRICTION, "a short one\n");            /* RFC 3244 2 */
    ok(change_password("GUISE", "gina", "Passw0rd-gina", "") == STATUS_PASSWORD_RESTRICTION, "none\n");                        /* S1.3.2 */
    ok(change_password("OTHER.TEST", "gina", "Passw0rd-gina", "N3w-Passw0rd-1") == STATUS_NO_LOGON_SERVERS, "elsewhere\n");    /* S1.3.2 */
    ok(!password_log_on(&logon, Interactive, "GUISE", "gina", "N3w-Passw0rd-1"), "changed\n");                                 /* S1.3.2 */
    ok(!change_password("GUISE", "gina", "Passw0rd-gina", "N3w-Passw0rd-1"), "not changed\n");                                 /* S1.3.2 */
    ok(password_log_on(&logon, Interactive, "GUISE", "gina", "N3w-Passw0rd-1"), "%08x\n", logon.status);                       /* S1.3.2 */
    log_off(&logon);
    password_log_on(&logon, Interactive, "GUISE", "gina", "Passw0rd-gina");
    ok(logon.status == STATUS_LOGON_FAILURE, "%08x\n", logon.status); /* S1.3.2 */
    log_off(&logon);

    status = change("Kerberos", "GUISE", "hans", "wrong", "N3w-Passw0rd-2");
    ok(status == SEC_E_LOGON_DENIED, "%08x\n", status); /* S1.3.2 */
    status = change("Negotiate", NULL, "hans@guise.test", "Passw0rd-hans", "N3w-Passw0rd-2");
    ok(status == SEC_E_OK, "%08x\n", status); /* S1.3.2 */
    ok(password_log_on(&logon, Interactive, "GUISE", "hans", "N3w-Passw0rd-2"), "%08x\n", logon.status); /* S1.3.2 */
    log_off(&logon);
    status = change("Negotiate", "MEMBER", "bob", session_password(SESSION_BOB), "Another-bob-1");
    ok(status == SEC_E_OK, "%08x\n", status); /* S1.3.2 */
    logons_use("Negotiate");
    ok(password_log_on(&logon, Interactive, "MEMBER", "bob", "Another-bob-1"), "%08x\n", logon.status); /* S1.3.2 */
    log_off(&logon);
    logons_use("Kerberos");
}

START_TEST(logons)
{
    if (!domain_setup("accounts = files winbind nss\n") || !logons_begin()) return;
    test_s4u();
    test_s4u_refusals();
    test_passwords();
    test_password_refusals();
    test_negotiate();
    test_providers();
    test_new_passwords();
    session_cleanup();
}

/*
 * Logons of the domain's users through the LSA: their SIDs, as whom they are before the kernel, and why some are refused.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

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
                check_alice(&logon, "S-1-5-2", "S-1-18-2");
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

START_TEST(logons)
{
    if (!domain_setup("accounts = files winbind nss\n") || !logons_begin()) return;
    test_s4u();
    test_s4u_refusals();
    test_passwords();
    test_password_refusals();
    session_cleanup();
}

/*
 * What holds of a domain's user whoever proved the logon: his SIDs, as whom he is before the kernel, keys.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <ntsecapi.h>
#include <stdio.h>
#include <string.h>

#include "../unix/support.h"
#include "domain.h"

/* ---- the token ----------------------------------------------------------------------------------------------------- */

static PACCESS_TOKEN token_of(struct session *session)
{
    SecPkgContext_AccessToken token = {NULL};
    PACCESS_TOKEN object = NULL;

    if (QueryContextAttributesA(&session->server, SECPKG_ATTR_ACCESS_TOKEN, &token) != SEC_E_OK) return NULL;
    ObReferenceObjectByHandle(token.AccessToken, TOKEN_QUERY, *SeTokenObjectType, KernelMode, &object, NULL);
    return object;
}

void *domain_query(struct session *session, TOKEN_INFORMATION_CLASS class)
{
    static ULONGLONG rooms[2][4096];
    static unsigned int next;
    void *room = rooms[next++ % 2];
    HANDLE token;
    ULONG size;

    if (QuerySecurityContextToken(&session->server, &token) != SEC_E_OK) return NULL;
    if (NtQueryInformationToken(token, class, room, sizeof(rooms[0]), &size)) room = NULL;
    NtClose(token);
    return room;
}

bool domain_has_sid(const TOKEN_GROUPS *groups, const char *text)
{
    UCHAR room[SECURITY_MAX_SID_SIZE] __attribute__((aligned(4)));

    if (!guise_sid_from_text(text, (SID *)room)) return false;
    for (ULONG i = 0; i < groups->GroupCount; i++)
        if (RtlEqualSid(groups->Groups[i].Sid, room)) return true;
    return false;
}

static bool is_sid(PSID sid, const char *text)
{
    UCHAR room[SECURITY_MAX_SID_SIZE] __attribute__((aligned(4)));

    return guise_sid_from_text(text, (SID *)room) && RtlEqualSid(sid, room);
}

void domain_check_sids(const char *package)
{
    static const char *const member_of[] = {"Domain Users", "Staff", "Readers", "Everybody", "Local"};
    const TOKEN_PRIMARY_GROUP *primary;
    const TOKEN_GROUPS *groups;
    const TOKEN_USER *user;
    struct session session;
    char text[64];

    if (!domain_log_on(&session, package, "alice")) return;
    user = domain_query(&session, TokenUser);
    ok(user && is_sid(user->User.Sid, domain_sid("alice")), "another user than %s\n", domain_sid("alice")); /* MS-PAC 2.5 */
    primary = domain_query(&session, TokenPrimaryGroup);
    ok(primary && is_sid(primary->PrimaryGroup, domain_sid("Domain Users")), "another primary group\n"); /* MS-PAC 2.5 */
    groups = domain_query(&session, TokenGroups);
    for (size_t i = 0; i < sizeof(member_of) / sizeof(member_of[0]); i++)
    {
        ok(domain_has_sid(groups, domain_sid(member_of[i])), "%s is missing\n", member_of[i]); /* MS-PAC 2.5 */
        snprintf(text, sizeof(text), "S-1-22-2-%u", domain_gid(member_of[i]));
        ok(domain_has_sid(groups, text), "the gid of %s is missing\n", member_of[i]); /* design 5.2 */
    }
    ok(!domain_has_sid(groups, domain_sid("Crowd001")), "a group too many\n"); /* MS-PAC 2.5 */
    ok(domain_has_sid(groups, "S-1-1-0") && domain_has_sid(groups, "S-1-5-11") && domain_has_sid(groups, "S-1-5-2"), "everyone\n"); /* S9.1.4 */
    /* S-1-5-64-10 is a package's own, S-1-18-1 the controller's. */
    ok(domain_has_sid(groups, strcmp(package, "NTLM") ? "S-1-18-1" : "S-1-5-64-10"), "how the proof was made\n"); /* MS-PAC 2.5 */
    session_close(&session);
}

/* ---- the kernel ---------------------------------------------------------------------------------------------------- */

static uint64_t sum_of(const struct domain_user *user)
{
    uint64_t sum = 0;

    for (int i = 0; i < user->group_count; i++) sum += user->groups[i];
    return sum;
}

void domain_check_carried(const char *package, const char *name)
{
    struct domain_user user;
    struct session session;
    struct task task;

    ok(domain_find_user(name, &user), "NSS does not know %s\n", name); /* callers cite */
    if (!domain_log_on(&session, package, name)) return;
    ok(ImpersonateSecurityContext(&session.server) == SEC_E_OK, "%s is not impersonated\n", name); /* callers cite */
    task = task_now();
    RevertSecurityContext(&session.server);
    ok(task.uid[EFFECTIVE] == user.uid && task.gid[EFFECTIVE] == user.gid, "%s: %u %u\n", name, task.uid[EFFECTIVE], task.gid[EFFECTIVE]); /* callers cite */
    /* The kernel's set has all that a login would have, but for the primary group. */
    ok(task.group_count + 1 == (size_t)user.group_count && task.group_sum + user.gid == sum_of(&user), "%s: %zu groups of %d\n", name, task.group_count, user.group_count); /* callers cite */
    ok(task_now().uid[EFFECTIVE] == 0, "not reverted\n"); /* callers cite */
    session_close(&session);
}

static int open_as(struct session *session, const char *path)
{
    int error;

    if (ImpersonateSecurityContext(&session->server) != SEC_E_OK) return -1;
    error = open_error(path);
    RevertSecurityContext(&session->server);
    return error;
}

void domain_check_files(const char *package)
{
    struct session alice, bob;
    struct domain_user user;
    const char *own, *staff, *local_alice;

    if (!domain_find_user("alice", &user) || !domain_log_on(&alice, package, "alice")) return;
    own = make_file("own", "x", user.uid, 0, 0600);
    staff = make_file("staff", "x", 0, domain_gid("Staff"), 0640);
    local_alice = make_file("local", "x", 70001, 70001, 0600);
    ok(!open_as(&alice, own) && !open_as(&alice, staff), "alice\n"); /* open(2) */
    ok(open_as(&alice, local_alice) == EACCES, "alice of the domain is not alice of this machine\n"); /* open(2) */
    if (domain_log_on(&bob, package, "bob"))
    {
        ok(open_as(&bob, own) == EACCES && open_as(&bob, staff) == EACCES, "bob\n"); /* open(2) */
        session_close(&bob);
    }
    session_close(&alice);
}

/* Design 5.2: whoever takes a group away for denying must not leave its gid. */
void domain_check_deny_only(const char *package)
{
    UCHAR room[SECURITY_MAX_SID_SIZE] __attribute__((aligned(4)));
    TOKEN_GROUPS disable = {1, {{(PSID)room, 0}}};
    struct session session;
    PACCESS_TOKEN filtered, whole;

    if (!domain_log_on(&session, package, "alice")) return;
    whole = token_of(&session);
    ok(whole != NULL && guise_sid_from_text(domain_sid("Staff"), (SID *)room), "no token\n"); /* design 5.2 */
    ok(!SeFilterToken(whole, 0, &disable, NULL, NULL, &filtered), "not filtered\n"); /* design 5.2 */
    ok(impersonate(filtered) != STATUS_SUCCESS, "a denied group is carried\n"); /* design 5.2 */
    ok(task_now().uid[EFFECTIVE] == 0, "somebody else\n"); /* design 5.2 */
    ok(!impersonate(whole), "the whole token is refused\n"); /* design 5.2 */
    PsRevertToSelf();
    ObDereferenceObject(filtered);
    ObDereferenceObject(whole);
    session_close(&session);
}

/* ---- messages ------------------------------------------------------------------------------------------------------ */

/* The session key is the controller's answer: a message that the client sealed opens. */
/* Of a session that a domain's user has: what his domain says of his account, with Samba's 42 days for a password. */
void domain_check_times(const char *package)
{
    const LONGLONG second = 10000000, day = 86400 * second, zone = 900 * second;
    SecPkgContext_PasswordExpiry expiry = {.tsPasswordExpires.QuadPart = 0};
    SecPkgContext_LogoffTime logoff = {.tsLogoffTime.QuadPart = 0};
    SECURITY_LOGON_SESSION_DATA *data;
    const TOKEN_STATISTICS *statistics;
    struct session session;
    LONGLONG left;
    LUID id;

    if (!domain_log_on(&session, package, "alice")) return;
    ok(QueryContextAttributesA(&session.server, SECPKG_ATTR_PASSWORD_EXPIRY, &expiry) == SEC_E_OK, "password's end\n"); /* S3.3.1 */
    ok(QueryContextAttributesExA(&session.server, SECPKG_ATTR_LOGOFF_TIME, &logoff, sizeof(logoff)) == SEC_E_OK, "the session's\n"); /* S3.3.6 */
    ok(logoff.tsLogoffTime.QuadPart == INT64_MAX, "%llx\n", (unsigned long long)logoff.tsLogoffTime.QuadPart); /* S3.3.6 */
    ok(QueryContextAttributesA(&session.client, SECPKG_ATTR_PASSWORD_EXPIRY, &expiry) == SEC_E_UNSUPPORTED_FUNCTION, "a client's\n"); /* S3.3.1 */
    if ((statistics = domain_query(&session, TokenStatistics)))
    {
        id = statistics->AuthenticationId;
        ok(!LsaGetLogonSessionData(&id, &data), "no session\n"); /* S2.18.6 */
        left = data->PasswordMustChange.QuadPart - data->PasswordLastSet.QuadPart;
        ok(left / day == 42 && left % day < second, "a password is good for %lld s\n", (long long)(left / second)); /* MS-PAC 2.5 */
        ok(data->KickOffTime.QuadPart == INT64_MAX && data->LogoffTime.QuadPart == INT64_MAX, "an end\n"); /* MS-PAC 2.5 */
        /* Time stamps of SSPI are local. */
        left = expiry.tsPasswordExpires.QuadPart - data->PasswordMustChange.QuadPart;
        ok(!(left % zone) && left < day && left > -day, "%lld s from the session's\n", (long long)(left / second)); /* S3.3.1 */
        LsaFreeReturnBuffer(data);
    }
    session_close(&session);
}

void domain_check_messages(const char *package)
{
    BYTE token[64], data[] = "from the client";
    SecBuffer buffers[] = {{sizeof(token), SECBUFFER_TOKEN, token}, {sizeof(data), SECBUFFER_DATA, data}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    struct session session;
    ULONG qop;

    if (!domain_log_on(&session, package, "carol")) return;
    ok(EncryptMessage(&session.client, 0, &desc, 0) == SEC_E_OK, "sealing\n"); /* S4.6.2 */
    ok(memcmp(data, "from the client", sizeof(data)), "in clear\n"); /* S4.6.2 */
    ok(DecryptMessage(&session.server, &desc, 0, &qop) == SEC_E_OK, "opening\n"); /* S4.6.2 */
    ok(!memcmp(data, "from the client", sizeof(data)), "the message\n"); /* S4.6.2 */
    session_close(&session);
}

void domain_check_refused(const char *package, const char *domain, const char *user, const char *password, SECURITY_STATUS expected)
{
    struct session session;
    SECURITY_STATUS status;

    if (!domain_run(&session, package, domain, user, password)) return;
    status = session.client_status < 0 ? session.client_status : session.server_status;
    ok(status == expected, "%s\\%s: got %08lx\n", domain, user, status); /* callers cite */
    ok(!session.have_server || ImpersonateSecurityContext(&session.server) != SEC_E_OK, "%s is impersonated\n", user); /* callers cite */
    session_close(&session);
}

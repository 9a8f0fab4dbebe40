/*
 * LSA: connections, packages, logons, logon sessions.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef _WIN32
#define WIN32_NO_STATUS
#endif
#include <stdlib.h>
#include <string.h>

#include "session.h"

#include <ntsecapi.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>

#ifndef NT_SUCCESS /* Windows' is in winternl.h */
#define NT_SUCCESS(status) ((NTSTATUS)(status) >= 0)
#endif

static ULONG msv1_0;

static LSA_STRING lsa_string(const char *text)
{
    LSA_STRING string = {(USHORT)strlen(text), (USHORT)(strlen(text) + 1), (char *)text};

    return string;
}

static BOOL same_luid(LUID a, LUID b)
{
    return a.LowPart == b.LowPart && a.HighPart == b.HighPart;
}

/* ---- connections ---- */

static void test_connections(void)
{
    HANDLE lsa = NULL;
    NTSTATUS status;

    status = LsaConnectUntrusted(&lsa);
    ok(status == STATUS_SUCCESS && lsa, "got %08lx\n", status); /* S2.18.1 */
    status = LsaDeregisterLogonProcess(lsa);
    ok(status == STATUS_SUCCESS, "got %08lx\n", status); /* S2.18.1 */
}

static void test_registration(void)
{
    static char text[200];
    LSA_OPERATIONAL_MODE mode;
    LSA_STRING name = lsa_string("guise test");
    HANDLE lsa;
    NTSTATUS status;

    status = LsaRegisterLogonProcess(&name, &lsa, &mode);
    ok(status == STATUS_SUCCESS || status == STATUS_PORT_CONNECTION_REFUSED || broken(status == STATUS_ACCESS_DENIED),
       "got %08lx\n", status); /* S2.18.1 */
    if (status)
    {
        skip("needs SeTcbPrivilege\n");
        return;
    }
    status = LsaDeregisterLogonProcess(lsa);
    ok(status == STATUS_SUCCESS, "got %08lx\n", status); /* S2.18.1 */
    memset(text, 'x', 128);
    name = lsa_string(text);
    status = LsaRegisterLogonProcess(&name, &lsa, &mode);
    todo_wine /* Wine: lsa-stubs */
    ok(status == STATUS_NAME_TOO_LONG, "got %08lx\n", status); /* S2.18.1 */
}

static void test_packages(HANDLE lsa)
{
    static char text[200];
    LSA_STRING name = lsa_string(MSV1_0_PACKAGE_NAME);
    NTSTATUS status;
    ULONG number;

    status = LsaLookupAuthenticationPackage(lsa, &name, &msv1_0);
    todo_wine /* Wine: lsa-stubs */
    ok(status == STATUS_SUCCESS, "got %08lx\n", status); /* S2.18.2 */
    for (int i = 0; i < 2; i++)
    {
        name = lsa_string(i ? "Negotiate" : "Kerberos");
        status = LsaLookupAuthenticationPackage(lsa, &name, &number);
        todo_wine_if(i) /* Wine: lsa-stubs */
        ok(status == STATUS_SUCCESS && number != msv1_0, "got %08lx\n", status); /* S2.18.2 */
    }
    name = lsa_string("Guise no such package");
    status = LsaLookupAuthenticationPackage(lsa, &name, &number);
    todo_wine /* Wine: lsa-stubs */
    ok(status == STATUS_NO_SUCH_PACKAGE, "got %08lx\n", status); /* S2.18.2 */
    memset(text, 'x', 128);
    name = lsa_string(text);
    status = LsaLookupAuthenticationPackage(lsa, &name, &number);
    todo_wine /* Wine: lsa-stubs */
    ok(status == STATUS_NAME_TOO_LONG, "got %08lx\n", status); /* S2.18.2 */
}

/* Two statuses: the call gets there, the package does not know the message. */
static void test_call(HANDLE lsa)
{
    ULONG message = 0x7777, size = 77;
    NTSTATUS status, protocol = 0;
    void *answer = NULL;

    status = LsaCallAuthenticationPackage(lsa, msv1_0, &message, sizeof(message), &answer, &size, &protocol);
    todo_wine /* Wine: lsa-stubs */
    ok(status == STATUS_SUCCESS || broken(!NT_SUCCESS(status)), "got %08lx\n", status); /* S2.18.3 */
    if (!status) ok(!NT_SUCCESS(protocol), "the package understood it\n");            /* S2.18.3 */
    if (answer) LsaFreeReturnBuffer(answer);
}

/* ---- logons ---- */

/* MSV1_0_INTERACTIVE_LOGON with its texts behind it. */
struct request
{
    MSV1_0_INTERACTIVE_LOGON message;
    WCHAR user[64], domain[64], password[64];
};

static UNICODE_STRING put(WCHAR *room, const void *text)
{
    const char *from = text;
    UNICODE_STRING string = {(USHORT)(strlen(from) * sizeof(WCHAR)), 64 * sizeof(WCHAR), room};

    for (size_t i = 0; i <= strlen(from); i++) room[i] = (BYTE)from[i];
    return string;
}

static void make_request(struct request *request, const char *user, const char *domain, const char *password)
{
    memset(request, 0, sizeof(*request));
    request->message.MessageType = MsV1_0InteractiveLogon;
    request->message.UserName = put(request->user, user);
    request->message.LogonDomainName = put(request->domain, domain);
    request->message.Password = put(request->password, password);
}

struct logon
{
    NTSTATUS status, substatus;
    HANDLE token;
    LUID session;
    QUOTA_LIMITS quotas;
    MSV1_0_INTERACTIVE_PROFILE *profile;
    ULONG profile_size;
};

static void log_on(HANDLE lsa, struct logon *logon, SECURITY_LOGON_TYPE type, const char *user, const char *domain,
                   const char *password)
{
    TOKEN_SOURCE source = {{'G', 'u', 'i', 's', 'e', 'T', 's', 't'}, {0x1234, 0x5678}};
    LSA_STRING origin = lsa_string("guise test");
    struct request request;
    void *profile = NULL;

    memset(logon, 0, sizeof(*logon));
    make_request(&request, user, domain, password);
    logon->status = LsaLogonUser(lsa, &origin, type, msv1_0, &request, sizeof(request), NULL, &source, &profile,
                                 &logon->profile_size, &logon->session, &logon->token, &logon->quotas,
                                 &logon->substatus);
    logon->profile = profile;
}

static void log_off(struct logon *logon)
{
    if (logon->status) return;
    CloseHandle(logon->token);
    LsaFreeReturnBuffer(logon->profile);
}

static BOOL has_sid(HANDLE token, WELL_KNOWN_SID_TYPE kind)
{
    BYTE sid[SECURITY_MAX_SID_SIZE], buffer[4096];
    TOKEN_GROUPS *groups = (TOKEN_GROUPS *)buffer;
    DWORD size = sizeof(sid);

    CreateWellKnownSid(kind, NULL, sid, &size);
    if (!GetTokenInformation(token, TokenGroups, buffer, sizeof(buffer), &size)) return FALSE;
    for (DWORD i = 0; i < groups->GroupCount; i++)
        if (EqualSid(groups->Groups[i].Sid, sid) && (groups->Groups[i].Attributes & SE_GROUP_ENABLED)) return TRUE;
    return FALSE;
}

static LUID session_of(HANDLE token)
{
    TOKEN_STATISTICS statistics = {.TokenId = {0, 0}};
    DWORD size;

    GetTokenInformation(token, TokenStatistics, &statistics, sizeof(statistics), &size);
    return statistics.AuthenticationId;
}

static LUID origin_of(HANDLE token)
{
    TOKEN_ORIGIN origin = {{77, 77}};
    DWORD size;

    GetTokenInformation(token, TokenOrigin, &origin, sizeof(origin), &size);
    return origin.OriginatingLogonSession;
}

static LUID own_session(void)
{
    HANDLE token;
    LUID session;

    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token);
    session = session_of(token);
    CloseHandle(token);
    return session;
}

static BOOL is_text(const LSA_UNICODE_STRING *string, const char *text)
{
    if (string->Length != strlen(text) * sizeof(WCHAR)) return FALSE;
    for (size_t i = 0; text[i]; i++)
        if (string->Buffer[i] != (BYTE)text[i]) return FALSE;
    return TRUE;
}

static void check_logon(HANDLE lsa, SECURITY_LOGON_TYPE type, const char *user, const char *password, TOKEN_TYPE token_type,
                        WELL_KNOWN_SID_TYPE kind, BOOL from_here)
{
    SECURITY_LOGON_SESSION_DATA *data;
    struct logon logon;
    TOKEN_TYPE found;
    TOKEN_SOURCE source;
    LUID session;
    NTSTATUS status;
    DWORD size;

    log_on(lsa, &logon, type, user, "", password);
    ok(logon.status == STATUS_SUCCESS || (type == Batch && broken(logon.status == STATUS_LOGON_TYPE_NOT_GRANTED)),
       "type %d: got %08lx\n", type, logon.status); /* S2.18.4 */
    if (logon.status) return;
    ok(GetTokenInformation(logon.token, TokenType, &found, sizeof(found), &size) && found == token_type,
       "type %d: token type %d\n", type, found); /* S2.18.4 */
    session = session_of(logon.token);
    ok(same_luid(session, logon.session), "type %d: another session in the token\n", type); /* S2.18.4 */
    ok(has_sid(logon.token, kind), "type %d: not told from others\n", type);                /* sdk SECURITY_LOGON_TYPE */
    session = from_here ? own_session() : (LUID){0, 0};
    todo_if(from_here && session_under_wine()) /* the process's token is Wine's */
    ok(same_luid(origin_of(logon.token), session), "type %d: another origin\n", type); /* K1.1.6 */
    ok(GetTokenInformation(logon.token, TokenSource, &source, sizeof(source), &size) &&
           !memcmp(source.SourceName, "GuiseTst", 8) && source.SourceIdentifier.LowPart == 0x1234,
       "type %d: another source\n", type); /* sdk LsaLogonUser */
    ok(logon.profile && logon.profile_size >= sizeof(*logon.profile), "type %d: size %lu\n", type,
       logon.profile_size);                                                                        /* S2.18.4 */
    if (logon.profile) ok(logon.profile->MessageType == MsV1_0InteractiveProfile, "another one\n"); /* S2.18.4 */

    status = LsaGetLogonSessionData(&logon.session, &data);
    ok(status == STATUS_SUCCESS, "type %d: got %08lx\n", type, status); /* S2.18.6 */
    if (!status)
    {
        ok(data->Size >= sizeof(*data) && same_luid(data->LogonId, logon.session), "size %lu\n", data->Size); /* S2.18.6 */
        ok(data->LogonType == (ULONG)type, "type %lu, not %d\n", data->LogonType, type);               /* S2.18.6 */
        ok(is_text(&data->UserName, user), "name of %d bytes\n", data->UserName.Length);          /* S2.18.6 */
        ok(data->AuthenticationPackage.Length > 0, "by no package\n");                           /* S2.18.6 */
        ok(data->Sid && data->LogonTime.QuadPart > 0, "no SID or time\n"); /* sdk SECURITY_LOGON_SESSION_DATA */
        LsaFreeReturnBuffer(data);
    }
    log_off(&logon);
    status = LsaGetLogonSessionData(&logon.session, &data);
    todo_if(session_under_wine()) /* the companion keeps its tokens until the next sweep */
    ok(status == STATUS_NO_SUCH_LOGON_SESSION || broken(!status), "the session lives on: %08lx\n",
       status); /* S1.2.4 */
}

static void check_refusal(HANDLE lsa, const char *user, const char *domain, const char *password)
{
    struct logon logon;

    log_on(lsa, &logon, Interactive, user, domain, password);
    ok(logon.status == STATUS_LOGON_FAILURE, "%s\\%s: got %08lx\n", domain, user, logon.status); /* S2.18.4 */
    ok(!logon.token && !logon.profile, "something came of it\n");                             /* S2.18.4 */
    ok(!logon.substatus || broken(logon.substatus), "substatus %08lx\n", logon.substatus);      /* S2.18.5 */
    log_off(&logon);
}

static void test_logons(HANDLE lsa)
{
    TOKEN_SOURCE source = {{'x'}, {0, 0}};
    struct request request;
    struct logon logon;
    const char *user = session_user_name(SESSION_ALICE), *password = session_password(SESSION_ALICE);
    void *profile;

    if (!session_other_users())
    {
        skip("needs --create-accounts\n");
        return;
    }
    check_logon(lsa, Interactive, user, password, TokenPrimary, WinInteractiveSid, TRUE);
    check_logon(lsa, Batch, user, password, TokenPrimary, WinBatchSid, TRUE);
    check_logon(lsa, Network, user, password, TokenImpersonation, WinNetworkSid, FALSE);

    check_refusal(lsa, user, "", "wrong");
    check_refusal(lsa, user, "", "");
    check_refusal(lsa, "guise-no-such-user", "", password);
    check_refusal(lsa, "", "", "");

    make_request(&request, user, "", password);
    memset(&logon, 0, sizeof(logon));
    logon.status = LsaLogonUser(lsa, NULL, Interactive, msv1_0 + 1000, &request, sizeof(request), NULL, &source, &profile,
                                &logon.profile_size, &logon.session, &logon.token, &logon.quotas, &logon.substatus);
    ok(logon.status == STATUS_NO_SUCH_PACKAGE, "got %08lx\n", logon.status); /* S2.18.5 */
    request.message.MessageType = 0x777;
    logon.status = LsaLogonUser(lsa, NULL, Interactive, msv1_0, &request, sizeof(request), NULL, &source, &profile,
                                &logon.profile_size, &logon.session, &logon.token, &logon.quotas, &logon.substatus);
    ok(logon.status == STATUS_BAD_VALIDATION_CLASS, "got %08lx\n", logon.status); /* S2.18.5 */
}

/* Groups of one's own choice need SeTcbPrivilege, which an untrusted connection never has. */
static void test_local_groups(HANDLE lsa)
{
    TOKEN_SOURCE source = {{'x'}, {0, 0}};
    BYTE sid[SECURITY_MAX_SID_SIZE];
    TOKEN_GROUPS groups = {1, {{sid, SE_GROUP_ENABLED}}};
    DWORD size = sizeof(sid);
    struct request request;
    struct logon logon;
    void *profile;

    CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, sid, &size);
    make_request(&request, "guise-no-such-user", "", "wrong");
    logon.status = LsaLogonUser(lsa, NULL, Interactive, msv1_0, &request, sizeof(request), &groups, &source, &profile,
                                &logon.profile_size, &logon.session, &logon.token, &logon.quotas, &logon.substatus);
    todo_wine /* Wine: lsa-stubs */
    ok(logon.status == STATUS_PRIVILEGE_NOT_HELD || broken(logon.status == STATUS_ACCESS_DENIED), "got %08lx\n",
       logon.status); /* S2.18.4 */
}

/* ---- sessions ---- */

static void test_sessions(void)
{
    LUID own = own_session(), none = {1, 0}, *list = NULL;
    SECURITY_LOGON_SESSION_DATA *data;
    BOOL found = FALSE;
    NTSTATUS status;
    ULONG count = 0;

    status = LsaEnumerateLogonSessions(&count, &list);
    todo_wine /* Wine: lsa-stubs */
    ok(status == STATUS_SUCCESS && count && list, "got %08lx, %lu\n", status, count); /* S2.18.6 */
    for (ULONG i = 0; !status && i < count; i++)
        if (same_luid(list[i], own)) found = TRUE;
    /* with our secur32.dll the process's token still is Wine's */
    todo_if(winetest_platform_is_wine || session_under_wine()) /* Wine: lsa-stubs */
    ok(found, "the own session is not among %lu\n", count); /* S2.18.6 */
    status = LsaFreeReturnBuffer(list);
    ok(status == STATUS_SUCCESS, "got %08lx\n", status); /* S12.11 */

    status = LsaGetLogonSessionData(&own, &data);
    todo_if(session_under_wine())
    ok(status == STATUS_SUCCESS, "got %08lx\n", status); /* S2.18.6 */
    if (!status)
    {
        todo_wine /* Wine: lsa-stubs */
        ok(data->Size >= sizeof(*data), "size %lu\n", data->Size);     /* S2.18.6 */
        ok(same_luid(data->LogonId, own), "another one\n");            /* S2.18.6 */
        if (own.LowPart == 0x3e7 && !own.HighPart)
            ok(!data->UserName.Length || broken(data->UserName.Length), "LocalSystem did not log on\n"); /* S2.18.6 */
        else
            ok(data->AuthenticationPackage.Length > 0, "by no package\n"); /* S2.18.6 */
        LsaFreeReturnBuffer(data);
    }
    status = LsaGetLogonSessionData(&none, &data);
    todo_wine /* Wine: lsa-stubs */
    ok(status == STATUS_NO_SUCH_LOGON_SESSION || broken(status == STATUS_ACCESS_DENIED), "got %08lx\n",
       status); /* S1.2.4 */
}

START_TEST(lsa)
{
    HANDLE lsa;

    if (!session_setup()) return;
    test_connections();
    test_registration();
    if (!LsaConnectUntrusted(&lsa))
    {
        test_packages(lsa);
        test_call(lsa);
        test_logons(lsa);
        test_local_groups(lsa);
        LsaDeregisterLogonProcess(lsa);
    }
    test_sessions();
    session_cleanup();
}

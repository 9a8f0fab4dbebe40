/*
 * LogonUser and LsaLogonUser against the account store: whose token it is to Linux, what is refused and why, who may do
 * without a password.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ntsecapi.h>

#include "../secur32/session.h"
#include "support.h"

#define PASSWORD  "Secret-alice-1"
#define THRESHOLD 30 /* [accounts] lockout-threshold */

static const char *alices, *bobs, *roots;

static HANDLE log_on(const char *user, const char *domain, const char *password, DWORD type)
{
    HANDLE token = NULL;

    SetLastError(0xdeadbeef);
    if (!LogonUserA(user, domain, password, type, LOGON32_PROVIDER_DEFAULT, &token) && token) abort();
    return token;
}

static DWORD error_of(const char *user, const char *domain, const char *password)
{
    HANDLE token = log_on(user, domain, password, LOGON32_LOGON_INTERACTIVE);

    if (!token) return GetLastError();
    CloseHandle(token);
    return ERROR_SUCCESS;
}

/* ---- whose token it is ---------------------------------------------------------------------------------------------- */

static void check_carried(DWORD type)
{
    HANDLE token = log_on("alice", ".", PASSWORD, type);
    struct task before = task_now(), during, after;
    BOOL result;

    ok(token != NULL, "type %lu: error %lu\n", type, GetLastError()); /* design 5.4 */
    if (!token) return;
    result = ImpersonateLoggedOnUser(token);
    ok(result, "type %lu: error %lu\n", type, GetLastError()); /* design 5.4 */
    during = task_now();
    ok(during.uid[EFFECTIVE] == ALICE && during.gid[EFFECTIVE] == ALICE && during.uid[REAL] == THIRD && !during.effective,
       "type %lu: uid %u\n", type, during.uid[EFFECTIVE]);                              /* design 5.3 */
    ok(during.group_count == 2 && during.group_sum == STAFF + READERS, "other groups\n"); /* design 5.2 */
    ok(!open_error(alices), "type %lu: her own file\n", type);                          /* design 5.4 */
    ok(open_error(bobs) == EACCES, "type %lu: somebody else's file\n", type);           /* design 5.4 */
    ok(open_error(roots) == EACCES, "type %lu: the server's file\n", type);             /* design 5.4 */
    ok(RevertToSelf(), "error %lu\n", GetLastError());                                   /* design 5.4 */
    after = task_now();
    ok(same_credential(&before, &after) && !open_error(roots), "not the server again\n"); /* design 5.4 */
    CloseHandle(token);
}

static void test_carried(void)
{
    static const DWORD types[] = {LOGON32_LOGON_INTERACTIVE, LOGON32_LOGON_NETWORK, LOGON32_LOGON_BATCH,
                                  LOGON32_LOGON_SERVICE, LOGON32_LOGON_UNLOCK, LOGON32_LOGON_NETWORK_CLEARTEXT};

    for (size_t i = 0; i < ARRAYSIZE(types); i++) check_carried(types[i]);
}

/* An interactive token says who gave the credentials, a network token nobody: the system, which this process is. */
static void test_origin(void)
{
    HANDLE interactive = log_on("alice", ".", PASSWORD, LOGON32_LOGON_INTERACTIVE), network = log_on("alice", ".", PASSWORD, LOGON32_LOGON_NETWORK);
    TOKEN_ORIGIN origin = {{77, 77}};
    ULONG_PTR buffer[64];
    const TOKEN_DEFAULT_DACL *dacl = (TOKEN_DEFAULT_DACL *)buffer;
    DWORD length;

    /* K1.1.6, sdk TOKEN_ORIGIN, sdk TOKEN_DEFAULT_DACL */
    ok(GetTokenInformation(interactive, TokenOrigin, &origin, sizeof(origin), &length), "error %lu\n", GetLastError());
    ok(origin.OriginatingLogonSession.LowPart == 0x3e7 && !origin.OriginatingLogonSession.HighPart, "got %#lx\n",
       origin.OriginatingLogonSession.LowPart);
    ok(GetTokenInformation(interactive, TokenDefaultDacl, buffer, sizeof(buffer), &length), "error %lu\n", GetLastError());
    ok(dacl->DefaultDacl->AclRevision == 2 && dacl->DefaultDacl->AceCount == 2, "revision %u, %u entries\n",
       dacl->DefaultDacl->AclRevision, dacl->DefaultDacl->AceCount);
    ok(GetTokenInformation(network, TokenOrigin, &origin, sizeof(origin), &length), "error %lu\n", GetLastError()); /* K1.1.6 */
    ok(!origin.OriginatingLogonSession.LowPart, "got %#lx\n", origin.OriginatingLogonSession.LowPart);              /* K1.1.6 */
    CloseHandle(interactive);
    CloseHandle(network);
}

static void test_spellings(void)
{
    ok(!error_of("ALICE", NULL, PASSWORD), "error %lu\n", GetLastError());               /* design 5 */
    ok(!error_of("alice", "GUISETEST", PASSWORD), "error %lu\n", GetLastError());        /* design 5 */
    ok(!error_of("alice", "guisetest", PASSWORD), "error %lu\n", GetLastError());        /* design 5 */
    ok(!error_of("alice", "guise.example", PASSWORD), "error %lu\n", GetLastError());    /* design 5 */
    ok(!error_of("alice@guise.example", NULL, PASSWORD), "error %lu\n", GetLastError()); /* design 5 */
    ok(error_of("alice@other.example", NULL, PASSWORD) == ERROR_LOGON_FAILURE, "error %lu\n", GetLastError()); /* design 5 */
    ok(error_of("alice", "OTHER", PASSWORD) == ERROR_LOGON_FAILURE, "error %lu\n", GetLastError());            /* design 5 */
    ok(error_of("GUISETEST\\alice", NULL, PASSWORD) == ERROR_LOGON_FAILURE, "error %lu\n", GetLastError());    /* design 5 */
    ok(error_of("al\xff", NULL, PASSWORD) == ERROR_INVALID_PARAMETER, "error %lu\n", GetLastError());          /* S2.0.7 */
    ok(!log_on("alice", NULL, PASSWORD, LOGON32_LOGON_NEW_CREDENTIALS) && GetLastError() == ERROR_INVALID_LOGON_TYPE,
       "error %lu\n", GetLastError()); /* header winbase.h */
    ok(!log_on("alice", NULL, PASSWORD, 77) && GetLastError() == ERROR_INVALID_LOGON_TYPE, "error %lu\n",
       GetLastError()); /* header winbase.h */
}

/* ---- what is refused ------------------------------------------------------------------------------------------------ */

/* No password but the right one, and never in time: not one bit of it may differ. */
static void test_wrong_passwords(void)
{
    static const char *const wrong[] = {"", "Secret-alice-", "Secret-alice-2", "secret-alice-1", "SECRET-ALICE-1",
                                        "Secret-alice-1 ", "Secret-bob-2", "Secret-alice-11"};

    for (size_t i = 0; i < ARRAYSIZE(wrong); i++)
        ok(error_of("alice", NULL, wrong[i]) == ERROR_LOGON_FAILURE, "%s: error %lu\n", wrong[i],
           GetLastError()); /* S2.18.4 */
    ok(error_of("alice", NULL, NULL) == ERROR_LOGON_FAILURE, "error %lu\n", GetLastError());   /* S2.18.4 */
    ok(error_of("nobody-here", NULL, "") == ERROR_LOGON_FAILURE, "error %lu\n", GetLastError()); /* S2.18.4 */
    ok(error_of("", NULL, "") == ERROR_LOGON_FAILURE, "error %lu\n", GetLastError());          /* S2.18.4 */
    ok(!error_of("alice", NULL, PASSWORD), "error %lu\n", GetLastError());                     /* S2.18.4 */
}

static void check_state(const char *change, DWORD expected)
{
    ok(session_account(change), "%s failed\n", change); /* header winbase.h */
    ok(error_of("bob", NULL, "Secret-bob-2") == expected, "%s: error %lu\n", change, GetLastError()); /* S2.18.5 */
    ok(error_of("bob", NULL, "wrong") == ERROR_LOGON_FAILURE, "%s: told to who does not know the password: %lu\n", change,
       GetLastError()); /* S2.18.5 */
}

static void test_states(void)
{
    check_state("disable bob", ERROR_ACCOUNT_DISABLED);
    check_state("enable bob", ERROR_SUCCESS);
    check_state("expire bob 2001-01-01", ERROR_ACCOUNT_EXPIRED);
    check_state("expire bob never", ERROR_SUCCESS);

    ok(session_add_account("ghost", "pw", "no-such-unix-account") && session_add_account("super", "pw", "root"),
       "no accounts\n");                                                                                  /* design 5.8 */
    ok(error_of("ghost", NULL, "pw") == ERROR_ACCOUNT_RESTRICTION, "error %lu\n", GetLastError());        /* design 5.2 */
    ok(error_of("super", NULL, "pw") == ERROR_ACCOUNT_RESTRICTION, "error %lu\n", GetLastError());        /* design 5.8 */
    ok(session_account("--no-password --unix carol add carol"), "no account\n");                          /* design 5.8 */
    ok(error_of("carol", NULL, "") == ERROR_LOGON_FAILURE, "error %lu\n", GetLastError());                /* design 5.8 */
}

/* After so many wrong ones the right one is refused too; a name that does not exist is never said to be locked out. */
static void test_lockout(void)
{
    ok(session_add_account("locked", "pw", "carol"), "no account\n"); /* design 5.8 */
    for (int i = 0; i < THRESHOLD; i++)
        ok(error_of("locked", NULL, "wrong") == ERROR_LOGON_FAILURE, "%d: error %lu\n", i, GetLastError()); /* S2.18.4 */
    ok(error_of("locked", NULL, "pw") == ERROR_ACCOUNT_LOCKED_OUT, "error %lu\n", GetLastError());      /* S4.9.6 */
    ok(error_of("locked", NULL, "wrong") == ERROR_ACCOUNT_LOCKED_OUT, "error %lu\n", GetLastError());   /* S4.9.6 */
    for (int i = 0; i < THRESHOLD + 2; i++)
        ok(error_of("no-such-name", NULL, "pw") == ERROR_LOGON_FAILURE, "%d: error %lu\n", i, GetLastError()); /* S2.18.4 */
}

/* ---- LsaLogonUser --------------------------------------------------------------------------------------------------- */

static LSA_STRING lsa_string(const char *text)
{
    return (LSA_STRING){(USHORT)strlen(text), (USHORT)(strlen(text) + 1), (char *)text};
}

static HANDLE connect_lsa(BOOL trusted)
{
    LSA_STRING name = lsa_string("guise test");
    LSA_OPERATIONAL_MODE mode;
    HANDLE lsa = NULL;
    NTSTATUS status = trusted ? LsaRegisterLogonProcess(&name, &lsa, &mode) : LsaConnectUntrusted(&lsa);

    return status ? NULL : lsa;
}

static NTSTATUS submit(HANDLE lsa, SECURITY_LOGON_TYPE type, void *request, ULONG size, HANDLE *token)
{
    LSA_STRING package = lsa_string(MSV1_0_PACKAGE_NAME);
    TOKEN_SOURCE source = {{'T', 'e', 's', 't'}, {0, 0}};
    QUOTA_LIMITS quotas;
    NTSTATUS status, substatus;
    ULONG number, length;
    void *profile;
    LUID session;

    if ((status = LsaLookupAuthenticationPackage(lsa, &package, &number))) return status;
    status = LsaLogonUser(lsa, NULL, type, number, request, size, NULL, &source, &profile, &length, &session, token,
                          &quotas, &substatus);
    if (!status != !!*token || !status != !!profile) abort(); /* a token, and a profile, if and only if success */
    LsaFreeReturnBuffer(profile);
    return status;
}

struct s4u
{
    MSV1_0_S4U_LOGON message;
    WCHAR name[32];
};

static NTSTATUS assert_user(HANDLE lsa, SECURITY_LOGON_TYPE type, const char *name, HANDLE *token)
{
    struct s4u request = {.message = {.MessageType = MsV1_0S4ULogon}};
    size_t length = strlen(name);

    *token = NULL;
    for (size_t i = 0; i < length; i++) request.name[i] = (BYTE)name[i];
    /* An offset is as good as an address. */
    request.message.UserPrincipalName =
        (UNICODE_STRING){(USHORT)(length * 2), (USHORT)(length * 2), (WCHAR *)offsetof(struct s4u, name)};
    return submit(lsa, type, &request, sizeof(request), token);
}

static void test_without_password(void)
{
    HANDLE untrusted = connect_lsa(FALSE), trusted = connect_lsa(TRUE), token;
    PACCESS_TOKEN alice = account_token("alice");
    NTSTATUS status;

    ok(untrusted && trusted, "no connections\n"); /* S2.18.1 */
    status = assert_user(untrusted, Network, "bob", &token);
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "got %08lx\n", status); /* S2.18.4 */
    /* The connection of the server is of no use to a client that the thread impersonates. */
    ok(!impersonate(alice), "cannot impersonate\n"); /* design 5.4 */
    status = assert_user(trusted, Network, "bob", &token);
    PsRevertToSelf();
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "got %08lx\n", status); /* S2.18.4 */
    ObDereferenceObject(alice);

    status = assert_user(trusted, Network, "bob", &token);
    ok(!status, "got %08lx\n", status); /* S2.18.4 */
    if (!status)
    {
        ok(ImpersonateLoggedOnUser(token), "error %lu\n", GetLastError());              /* design 5.4 */
        ok(!open_error(bobs) && open_error(alices) == EACCES, "it is not bob\n");        /* design 5.4 */
        ok(RevertToSelf() && CloseHandle(token), "error %lu\n", GetLastError());        /* design 5.4 */
    }
    status = assert_user(trusted, Interactive, "bob", &token);
    ok(status == STATUS_INVALID_LOGON_TYPE, "got %08lx\n", status); /* header ntsecapi.h */
    status = assert_user(trusted, Network, "no-such-name", &token);
    ok(status == STATUS_NO_SUCH_USER, "got %08lx\n", status); /* header ntsecapi.h */
    status = assert_user(trusted, Network, "super", &token);
    ok(status == STATUS_ACCOUNT_RESTRICTION, "root: got %08lx\n", status); /* design 5.8 */
    ok(session_account("disable bob"), "cannot disable\n");               /* S2.18.5 */
    status = assert_user(trusted, Network, "bob", &token);
    ok(status == STATUS_ACCOUNT_RESTRICTION, "got %08lx\n", status); /* S2.18.5 */
    ok(session_account("enable bob"), "cannot enable\n");           /* S2.18.5 */
    LsaDeregisterLogonProcess(untrusted);
    LsaDeregisterLogonProcess(trusted);
    ok(assert_user(trusted, Network, "bob", &token) == STATUS_INVALID_HANDLE, "a closed connection works\n"); /* S2.18.1 */
}

/* In a process without CAP_SYS_ADMIN: a connection is not to be had, one that was inherited is not trusted any more. */
static HANDLE inherited;

static void without_tcb(void)
{
    LSA_STRING name = lsa_string("guise test");
    LSA_OPERATIONAL_MODE mode;
    HANDLE lsa, token;
    NTSTATUS status;

    /* As the service: the primary token is made anew. */
    if (setgid(SERVICE) || setuid(SERVICE)) _exit(2);
    status = LsaRegisterLogonProcess(&name, &lsa, &mode);
    if (status != STATUS_PORT_CONNECTION_REFUSED) _exit(3);
    status = assert_user(inherited, Network, "bob", &token);
    _exit(status == STATUS_PRIVILEGE_NOT_HELD ? 0 : 4);
}

static void test_without_tcb(void)
{
    int code;

    inherited = connect_lsa(TRUE);
    code = run_child(without_tcb);
    ok(!code, "step %d\n", code); /* S2.18.1 */
    LsaDeregisterLogonProcess(inherited);
}

/* What the acceptor of an NTLM conversation would judge, given to the LSA: the challenge and the answers. */
struct network
{
    MSV1_0_LM20_LOGON message;
    BYTE texts[8192];
};

static USHORT half(const BYTE *bytes)
{
    return (USHORT)(bytes[0] | bytes[1] << 8);
}

/* The field of an AUTHENTICATE whose descriptor is at AT, copied behind the message. */
static STRING take_field(const BYTE *authenticate, ULONG at, BYTE **room)
{
    STRING string = {half(authenticate + at), half(authenticate + at), (char *)*room};

    memcpy(*room, authenticate + half(authenticate + at + 4), string.Length);
    *room += string.Length + string.Length % 2;
    return string;
}

static UNICODE_STRING wide(STRING string)
{
    return (UNICODE_STRING){string.Length, string.Length, (WCHAR *)string.Buffer};
}

static void test_responses(void)
{
    static struct session session;
    struct network request = {.message = {.MessageType = MsV1_0Lm20Logon}};
    MSV1_0_LM20_LOGON *message = &request.message;
    HANDLE lsa = connect_lsa(FALSE), token = NULL;
    BYTE *room = request.texts;
    NTSTATUS status;

    if (!session_log_on(&session, SESSION_ALICE, 0, 0)) return;
    memcpy(message->ChallengeToClient, session.challenge + 24, 8);
    message->CaseInsensitiveChallengeResponse = take_field(session.authenticate, 12, &room);
    message->CaseSensitiveChallengeResponse = take_field(session.authenticate, 20, &room);
    message->LogonDomainName = wide(take_field(session.authenticate, 28, &room));
    message->UserName = wide(take_field(session.authenticate, 36, &room));
    session_close(&session);

    status = submit(lsa, Network, &request, sizeof(request), &token);
    ok(!status, "got %08lx\n", status); /* MS-NLMP 3.3.2 */
    if (!status)
    {
        ok(ImpersonateLoggedOnUser(token), "error %lu\n", GetLastError());         /* design 5.4 */
        ok(!open_error(alices) && open_error(bobs) == EACCES, "it is not alice\n"); /* design 5.4 */
        ok(RevertToSelf() && CloseHandle(token), "error %lu\n", GetLastError());   /* design 5.4 */
    }
    token = NULL;
    status = submit(lsa, Interactive, &request, sizeof(request), &token);
    ok(status == STATUS_INVALID_LOGON_TYPE, "got %08lx\n", status); /* header ntsecapi.h */
    message->ChallengeToClient[3] ^= 1;
    status = submit(lsa, Network, &request, sizeof(request), &token);
    ok(status == STATUS_LOGON_FAILURE, "another challenge: got %08lx\n", status); /* MS-NLMP 3.3.2 */
    message->ChallengeToClient[3] ^= 1;
    for (USHORT i = 0; i < message->CaseSensitiveChallengeResponse.Length; i++)
    {
        message->CaseSensitiveChallengeResponse.Buffer[i] ^= 1;
        status = submit(lsa, Network, &request, sizeof(request), &token);
        ok(status == STATUS_LOGON_FAILURE || status == STATUS_ACCOUNT_LOCKED_OUT, "byte %u: got %08lx\n", i, status); /* MS-NLMP 3.3.2 */
        message->CaseSensitiveChallengeResponse.Buffer[i] ^= 1;
    }
    ok(session_account("delete alice") && session_add_account("alice", PASSWORD, NULL), "no account\n"); /* design 5.8 */
    message->CaseSensitiveChallengeResponse.Length = message->CaseInsensitiveChallengeResponse.Length = 0;
    message->UserName.Length = message->LogonDomainName.Length = 0;
    status = submit(lsa, Network, &request, sizeof(request), &token);
    ok(status == STATUS_LOGON_FAILURE, "nobody: got %08lx\n", status); /* S4.8.1 */
    LsaDeregisterLogonProcess(lsa);
}

/* ---- groups of the caller's choice ---------------------------------------------------------------------------------- */

static HANDLE log_on_with(WELL_KNOWN_SID_TYPE kind, ULONG attributes)
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(sid);
    TOKEN_GROUPS groups = {1, {{sid, attributes}}};
    HANDLE token = NULL;

    CreateWellKnownSid(kind, NULL, sid, &size);
    SetLastError(0);
    if (!LogonUserExExW((WCHAR *)u"alice", NULL, (WCHAR *)u"Secret-alice-1", LOGON32_LOGON_INTERACTIVE, 0, &groups, &token,
                        NULL, NULL, NULL, NULL))
        return NULL;
    return token;
}

static void test_local_groups(void)
{
    static BYTE unix_group[] = {1, 2, 0, 0, 0, 0, 0, 22, 2, 0, 0, 0, 0, 0, 0, 0}; /* S-1-22-2-0 */
    TOKEN_GROUPS groups = {1, {{unix_group, SE_GROUP_ENABLED}}};
    HANDLE token = log_on_with(WinDialupSid, SE_GROUP_ENABLED | SE_GROUP_MANDATORY);
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(sid);
    BOOL member = FALSE;

    ok(token != NULL, "error %lu\n", GetLastError()); /* S1.3.5 */
    CreateWellKnownSid(WinDialupSid, NULL, sid, &size);
    ok(ImpersonateLoggedOnUser(token) && CheckTokenMembership(NULL, sid, &member) && member, "not in the token\n"); /* S1.3.5 */
    ok(!open_error(alices), "it is not alice\n"); /* design 5.4 */
    RevertToSelf();
    CloseHandle(token);

    token = log_on_with(WinDialupSid, SE_GROUP_USE_FOR_DENY_ONLY);
    ok(token && ImpersonateLoggedOnUser(token) && CheckTokenMembership(NULL, sid, &member) && !member,
       "for granting too: error %lu\n", GetLastError()); /* design 5.2 */
    RevertToSelf();
    CloseHandle(token);
    ok(!log_on_with(WinDialupSid, SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_ENABLED) &&
           GetLastError() == ERROR_INVALID_PARAMETER,
       "error %lu\n", GetLastError()); /* header ntsecapi.h */
    token = NULL;
    ok(!LogonUserExExW((WCHAR *)u"alice", NULL, (WCHAR *)u"Secret-alice-1", LOGON32_LOGON_INTERACTIVE, 0, &groups, &token,
                       NULL, NULL, NULL, NULL) &&
           GetLastError() == ERROR_INVALID_PARAMETER && !token,
       "a gid that Linux does not know of: error %lu\n", GetLastError()); /* design 5.2 */
}

/* ---- passwords are changed ------------------------------------------------------------------------------------------ */

static SECURITY_STATUS change(const char *user, const char *from, const char *to)
{
    return ChangeAccountPasswordA((char *)"NTLM", NULL, (char *)user, (char *)from, (char *)to, FALSE, 0, NULL);
}

struct change
{
    MSV1_0_CHANGEPASSWORD_REQUEST message;
    WCHAR user[8], from[8], to[8];
};

static NTSTATUS change_by_message(HANDLE lsa, WCHAR to)
{
    struct change request = {.message = {.MessageType = MsV1_0ChangePassword}, .user = u"carl", .from = u"pw-2", .to = {'p', 'w', '-', to}};
    LSA_STRING package = lsa_string(MSV1_0_PACKAGE_NAME);
    NTSTATUS status, protocol = 77;
    void *answer = NULL;
    ULONG number, size;

    LsaLookupAuthenticationPackage(lsa, &package, &number);
    request.message.AccountName = (UNICODE_STRING){8, 8, request.user};
    request.message.OldPassword = (UNICODE_STRING){8, 8, request.from};
    request.message.NewPassword = (UNICODE_STRING){8, 8, request.to};
    status = LsaCallAuthenticationPackage(lsa, number, &request, sizeof(request), &answer, &size, &protocol);
    LsaFreeReturnBuffer(answer);
    return status ? status : protocol;
}

static void test_change(void)
{
    HANDLE lsa = connect_lsa(FALSE);
    static struct session session;

    ok(session_add_account("carl", "pw-1", "carol"), "no account\n"); /* S1.3.2 */
    /* Somebody has the store open to read it. */
    if (!session_log_on(&session, SESSION_BOB, 0, 0)) return;
    ok(change("carl", "wrong", "pw-2") == SEC_E_LOGON_DENIED, "changed\n");                                  /* S1.3.2 */
    ok(change("nobody-here", "pw-1", "pw-2") == SEC_E_LOGON_DENIED, "changed\n");                            /* S1.3.2 */
    ok(change("carl", "pw-1", "") == SEC_E_INVALID_PARAMETER, "an empty one\n");                             /* header sspi.h */
    ok(!error_of("carl", NULL, "pw-1"), "error %lu\n", GetLastError());                                      /* S1.3.2 */
    ok(change("carl", "pw-1", "pw-2") == SEC_E_OK, "not changed\n");                                         /* S1.3.2 */
    ok(error_of("carl", NULL, "pw-1") == ERROR_LOGON_FAILURE, "the old one works: %lu\n", GetLastError());   /* S1.3.2 */
    ok(!error_of("carl", NULL, "pw-2"), "error %lu\n", GetLastError());                                      /* S1.3.2 */

    ok(!change_by_message(lsa, '3'), "not changed\n");                                                       /* S2.18.3 */
    ok(!error_of("carl", NULL, "pw-3"), "error %lu\n", GetLastError());                                      /* S2.18.3 */
    ok(change_by_message(lsa, '4') == STATUS_WRONG_PASSWORD, "changed\n");                                   /* S2.18.3 */
    ok(session_account("disable carl") && change("carl", "pw-3", "pw-4") == SEC_E_LOGON_DENIED, "changed\n"); /* S2.18.5 */
    session_close(&session);
    LsaDeregisterLogonProcess(lsa);
}

/* ---- whose sessions ------------------------------------------------------------------------------------------------- */

static LUID session_of(PACCESS_TOKEN token)
{
    LUID id;

    SeQueryAuthenticationIdToken(token, &id);
    return id;
}

static void test_sessions(void)
{
    HANDLE alice = log_on("alice", NULL, PASSWORD, LOGON32_LOGON_INTERACTIVE);
    HANDLE bob = log_on("bob", NULL, "Secret-bob-2", LOGON32_LOGON_INTERACTIVE);
    SECURITY_LOGON_SESSION_DATA *data;
    SecurityUserData *user;
    PACCESS_TOKEN tokens[2];
    LUID ids[2];

    for (int i = 0; i < 2; i++)
    {
        ObReferenceObjectByHandle(i ? bob : alice, 0, *SeTokenObjectType, KernelMode, &tokens[i], NULL);
        ids[i] = session_of(tokens[i]);
        ObDereferenceObject(tokens[i]);
        ok(!LsaGetLogonSessionData(&ids[i], &data), "root may not see it\n"); /* S2.18.6 */
        LsaFreeReturnBuffer(data);
    }
    ok(ImpersonateLoggedOnUser(alice), "error %lu\n", GetLastError());                               /* design 5.4 */
    ok(!LsaGetLogonSessionData(&ids[0], &data), "not her own\n");                                    /* S2.18.6 */
    ok(data->Upn.Length == 2 * 19 && !memcmp(data->Upn.Buffer, u"alice@guise.example", 38), "another UPN\n"); /* S2.17.1 */
    LsaFreeReturnBuffer(data);
    ok(LsaGetLogonSessionData(&ids[1], &data) == STATUS_ACCESS_DENIED, "somebody else's\n"); /* S2.18.6 */
    ok(GetSecurityUserInfo(&ids[1], 0, &user) == STATUS_ACCESS_DENIED, "somebody else's\n"); /* S2.18.6 */
    ok(!GetSecurityUserInfo(NULL, 0, &user), "not her own\n");                               /* S1.2.4 */
    ok(user->UserName.Length == 10 && !memcmp(user->UserName.Buffer, u"alice", 10) && user->pSid &&
           user->LogonDomainName.Length == 18 && !memcmp(user->LogonDomainName.Buffer, u"GUISETEST", 18),
       "somebody else\n"); /* S1.2.4 */
    LsaFreeReturnBuffer(user);
    RevertToSelf();
    CloseHandle(alice);
    CloseHandle(bob);
    ok(LsaGetLogonSessionData(&ids[0], &data) == STATUS_NO_SUCH_LOGON_SESSION, "it lives on\n"); /* K3.9.1 */
    ok(GetSecurityUserInfo(&ids[0], 0, &user) == STATUS_NO_SUCH_LOGON_SESSION, "it lives on\n"); /* S1.2.4 */
}

START_TEST(logon)
{
    if (!have_sandbox()) return;
    if (!session_setup_with("[accounts]\nlockout-threshold = 30\nlockout-window = 900\n"
                            "[ntlm]\nnetbios-name = GUISETEST\ndns-name = host.guise.example\n"))
        return;
    alices = make_file("alices", "a", ALICE, ALICE, 0600);
    bobs = make_file("bobs", "b", BOB, BOB, 0600);
    roots = make_file("roots", "r", 0, 0, 0600);
    test_carried();
    test_origin();
    test_spellings();
    test_wrong_passwords();
    test_states();
    test_without_password();
    test_without_tcb();
    test_responses();
    test_local_groups();
    test_change();
    test_sessions();
    test_lockout();
    session_cleanup();
}

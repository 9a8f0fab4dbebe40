/*
 * The client's token in the hands of a program: every class of information, copies of it, rights of handles, the table behind it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>

#include "tests/wine/kernel.h"
#include "tests/wine/logon.h"
#include <wine/test.h>

NTSYSAPI NTSTATUS NTAPI NtQueryInformationToken(HANDLE, TOKEN_INFORMATION_CLASS, void *, ULONG, ULONG *);
NTSYSAPI NTSTATUS NTAPI NtFilterToken(HANDLE, ULONG, TOKEN_GROUPS *, TOKEN_PRIVILEGES *, TOKEN_GROUPS *, HANDLE *);

/* An answer, good until the fourth one after it; NULL with the last error. */
static void *query(HANDLE token, TOKEN_INFORMATION_CLASS class)
{
    static union { BYTE bytes[4096]; LONGLONG aligned; } room[4];
    static int next;
    DWORD length;

    next = (next + 1) % 4;
    return GetTokenInformation(token, class, &room[next], sizeof(room[next]), &length) ? (void *)&room[next] : NULL;
}

/* SID lies in the answer that holds it. */
static BOOL lies_in(const void *answer, PSID sid)
{
    return (BYTE *)sid > (const BYTE *)answer && (BYTE *)sid + GetLengthSid(sid) <= (const BYTE *)answer + 4096 && IsValidSid(sid);
}

static HANDLE client_token(CtxtHandle *context)
{
    HANDLE token = NULL;

    ok(!QuerySecurityContextToken(context, &token), "no token\n"); /* design 10.2 */
    return token;
}

static HANDLE process_token(void)
{
    HANDLE token = NULL;

    ok(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_QUERY_SOURCE | TOKEN_DUPLICATE, &token), "%lu\n", GetLastError()); /* design 10.2 */
    return token;
}

static BOOL has_group(HANDLE token, DWORD first, DWORD second)
{
    TOKEN_GROUPS *groups = query(token, TokenGroups);
    DWORD i;

    for (i = 0; groups && i < groups->GroupCount; i++)
    {
        const SID *sid = groups->Groups[i].Sid;

        ok(lies_in(groups, (PSID)sid), "group %lu lies elsewhere\n", i); /* design 10.2 */
        if (sid->SubAuthority[0] == first && (sid->SubAuthorityCount == 1 || sid->SubAuthority[1] == second)) return TRUE;
    }
    return FALSE;
}

static void test_classes(HANDLE token, HANDLE server)
{
    TOKEN_USER *user = query(token, TokenUser), *server_user = query(server, TokenUser);
    TOKEN_PRIVILEGES *privileges;
    TOKEN_STATISTICS *statistics;
    TOKEN_PRIMARY_GROUP *group;
    TOKEN_DEFAULT_DACL *dacl;
    TOKEN_SOURCE *source;
    TOKEN_ORIGIN *origin;
    TOKEN_OWNER *owner;
    DWORD *number, length = 0;

    ok(user && server_user && lies_in(user, user->User.Sid), "user: %lu\n", GetLastError()); /* design 10.2 */
    ok(!EqualSid(user->User.Sid, server_user->User.Sid), "the client is the server\n");      /* design 10.2 */
    ok((owner = query(token, TokenOwner)) && EqualSid(owner->Owner, user->User.Sid), "owner\n"); /* design 10.2 */
    ok((group = query(token, TokenPrimaryGroup)) && lies_in(group, group->PrimaryGroup), "primary group\n"); /* design 10.2 */
    ok(has_group(token, SECURITY_NETWORK_RID, 0), "no Network\n");                           /* design 10.2 */
    ok(has_group(token, 2, 70101) && has_group(token, 2, 70102), "not in staff and readers\n"); /* design 10.2 */
    ok(!has_group(token, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS), "an administrator\n"); /* design 10.2 */
    ok((privileges = query(token, TokenPrivileges)) && privileges->PrivilegeCount == 1 &&
           privileges->Privileges[0].Luid.LowPart == 23 /* SeChangeNotify */, "privileges\n"); /* design 10.2 */
    ok((number = query(token, TokenType)) && *number == TokenImpersonation, "type\n");       /* design 10.2 */
    ok((number = query(token, TokenImpersonationLevel)) && *number == SecurityImpersonation, "level\n"); /* design 10.2 */
    ok((statistics = query(token, TokenStatistics)) && statistics->TokenType == TokenImpersonation &&
           statistics->PrivilegeCount == 1, "statistics\n"); /* design 10.2 */
    ok((source = query(token, TokenSource)) == NULL && GetLastError() == ERROR_ACCESS_DENIED, "TokenSource without its right: %lu\n",
       GetLastError()); /* design 10.2 */
    ok((number = query(token, TokenSessionId)) != NULL, "session: %lu\n", GetLastError());   /* design 10.2 */
    ok((origin = query(token, TokenOrigin)) && !origin->OriginatingLogonSession.LowPart, "origin\n"); /* design 10.2 */
    ok((dacl = query(token, TokenDefaultDacl)) != NULL, "default DACL: %lu\n", GetLastError()); /* design 10.2 */
    ok(query(token, TokenRestrictedSids) != NULL, "restricting SIDs: %lu\n", GetLastError()); /* design 10.2 */
    ok(query(token, TokenGroupsAndPrivileges) != NULL, "both: %lu\n", GetLastError());        /* design 10.2 */
    ok((number = query(token, TokenElevation)) && !*number, "elevated\n");                   /* design 10.2 */
    ok(query(token, TokenIntegrityLevel) != NULL, "integrity: %lu\n", GetLastError());        /* design 10.2 */
    user = query(token, TokenUser);
    ok(!GetTokenInformation(token, TokenUser, NULL, 0, &length) && GetLastError() == ERROR_INSUFFICIENT_BUFFER &&
           length == sizeof(TOKEN_USER) + GetLengthSid(user->User.Sid), "%lu, %lu bytes\n", GetLastError(), length); /* design 10.2 */
}

static void test_source(CtxtHandle *context)
{
    TOKEN_SOURCE *source;
    HANDLE token;

    ok(!ImpersonateSecurityContext(context), "impersonate\n"); /* design 10.3 */
    ok(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY_SOURCE, TRUE, &token), "%lu\n", GetLastError()); /* design 10.2 */
    ok((source = query(token, TokenSource)) && !memcmp(source->SourceName, "NtLmSsp", 8), "source: %lu\n", GetLastError()); /* design 10.2 */
    ok(!query(token, TokenUser) && GetLastError() == ERROR_ACCESS_DENIED, "TokenUser without TOKEN_QUERY: %lu\n", GetLastError()); /* design 10.2 */
    CloseHandle(token);
    /* The thread's token by a pseudo handle. */
    ok(query((HANDLE)(LONG_PTR)-6, TokenUser) != NULL, "%lu\n", GetLastError()); /* design 10.2 */
    RevertToSelf();
}

static BOOL same_user(HANDLE a, HANDLE b)
{
    TOKEN_USER *user_a = query(a, TokenUser), *user_b = query(b, TokenUser);

    return user_a && user_b && EqualSid(user_a->User.Sid, user_b->User.Sid);
}

static void test_copies(HANDLE token)
{
    SECURITY_IMPERSONATION_LEVEL *level;
    HANDLE primary, identification, back = NULL, restricted;
    SID_AND_ATTRIBUTES disable = { NULL, 0 };
    TOKEN_STATISTICS first, second;
    TOKEN_USER *user = query(token, TokenUser);

    ok(DuplicateTokenEx(token, TOKEN_QUERY | TOKEN_DUPLICATE, NULL, SecurityImpersonation, TokenPrimary, &primary), "%lu\n", GetLastError()); /* design 10.2 */
    ok(same_user(token, primary), "another user in the copy\n"); /* design 10.2 */
    first = *(TOKEN_STATISTICS *)query(token, TokenStatistics);
    second = *(TOKEN_STATISTICS *)query(primary, TokenStatistics);
    ok(second.TokenType == TokenPrimary, "type %d\n", second.TokenType); /* design 10.2 */
    ok(memcmp(&first.TokenId, &second.TokenId, sizeof(LUID)) && !memcmp(&first.AuthenticationId, &second.AuthenticationId, sizeof(LUID)),
       "ids\n"); /* design 10.2 */
    ok(!SetThreadToken(NULL, primary), "a primary token on the thread\n"); /* design 10.3 */
    ok(is_process(kernel_ids()), "and the thread is another\n");          /* design 10.3 */

    ok(DuplicateTokenEx(token, TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE, NULL, SecurityIdentification, TokenImpersonation, &identification),
       "%lu\n", GetLastError()); /* design 10.2 */
    ok((level = query(identification, TokenImpersonationLevel)) && *level == SecurityIdentification, "level\n"); /* design 10.2 */
    ok(!DuplicateTokenEx(identification, TOKEN_QUERY, NULL, SecurityImpersonation, TokenImpersonation, &back) &&
           GetLastError() == ERROR_BAD_IMPERSONATION_LEVEL, "Impersonation from Identification: %lu\n", GetLastError()); /* K1.18.1 */

    user = query(token, TokenUser);
    disable.Sid = user->User.Sid;
    ok(CreateRestrictedToken(token, DISABLE_MAX_PRIVILEGE, 1, &disable, 0, NULL, 0, NULL, &restricted), "%lu\n", GetLastError()); /* design 10.2 */
    ok(same_user(token, restricted), "another user in the restricted one\n"); /* design 10.2 */
    user = query(restricted, TokenUser);
    ok(user && user->User.Attributes & SE_GROUP_USE_FOR_DENY_ONLY, "not for denying only\n"); /* design 10.2 */
    ok(!SetThreadToken(NULL, restricted), "who cannot be expressed in ids\n"); /* design 10.3 */
    ok(is_process(kernel_ids()), "and the thread is another\n");              /* design 10.3 */
    CloseHandle(primary);
    CloseHandle(identification);
    CloseHandle(restricted);
}

static void test_adjusting(HANDLE token)
{
    struct { TOKEN_PRIVILEGES set; BYTE room[256]; } previous;
    TOKEN_PRIVILEGES off = { 1, { { { 23, 0 }, 0 } } }, *held;
    PRIVILEGE_SET required = { 1, PRIVILEGE_SET_ALL_NECESSARY, { { { 23, 0 }, 0 } } };
    TOKEN_DEFAULT_DACL none = { NULL };
    BYTE room[512];
    HANDLE copy;
    DWORD length = 0;
    BOOL has = 7;

    ok(DuplicateTokenEx(token, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenImpersonation, &copy), "%lu\n", GetLastError()); /* design 10.2 */
    ok(PrivilegeCheck(copy, &required, &has) && has, "no SeChangeNotify: %lu\n", GetLastError()); /* design 10.2 */
    ok(AdjustTokenPrivileges(copy, FALSE, &off, sizeof(previous), &previous.set, &length) && !GetLastError(), "%lu\n", GetLastError()); /* design 10.2 */
    ok(previous.set.PrivilegeCount == 1 && previous.set.Privileges[0].Attributes & SE_PRIVILEGE_ENABLED, "previous: %lu\n",
       previous.set.PrivilegeCount); /* design 10.2 */
    ok(PrivilegeCheck(copy, &required, &has) && !has, "still held: %lu\n", GetLastError()); /* design 10.2 */
    ok((held = query(copy, TokenPrivileges)) && !(held->Privileges[0].Attributes & SE_PRIVILEGE_ENABLED), "still enabled\n"); /* design 10.2 */
    required.Privilege[0].Luid.LowPart = 7; /* SeTcb */
    ok(PrivilegeCheck(copy, &required, &has) && !has, "SeTcb: %lu\n", GetLastError()); /* design 10.2 */
    ok(!AdjustTokenPrivileges(token, FALSE, &off, 0, NULL, NULL) && GetLastError() == ERROR_ACCESS_DENIED, "without the right: %lu\n",
       GetLastError()); /* design 10.2 */
    ok(AdjustTokenGroups(copy, TRUE, NULL, 0, NULL, NULL), "groups to what they were: %lu\n", GetLastError()); /* design 10.2 */
    ok(SetTokenInformation(copy, TokenDefaultDacl, &none, sizeof(none)), "default DACL: %lu\n", GetLastError()); /* design 10.2 */
    length = 77;
    ok(GetTokenInformation(copy, TokenDefaultDacl, room, sizeof(room), &length) && (!length || !((TOKEN_DEFAULT_DACL *)room)->DefaultDacl),
       "it is still there\n"); /* design 10.2 */
    ok(ImpersonateLoggedOnUser(copy), "%lu\n", GetLastError()); /* design 10.3 */
    ok(carries(kernel_ids(), ALICE), "not alice\n");           /* design 10.3 */
    RevertToSelf();
    CloseHandle(copy);
}

static void test_access_check(HANDLE token, HANDLE server)
{
    static const GENERIC_MAPPING mapping = { FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS };
    TOKEN_USER *user = query(token, TokenUser), *server_user = query(server, TokenUser);
    SECURITY_DESCRIPTOR descriptor;
    PRIVILEGE_SET used;
    DWORD length = sizeof(used), granted = 0;
    BYTE room[256];
    ACL *acl = (ACL *)room;
    BOOL allowed = FALSE;

    InitializeAcl(acl, sizeof(room), ACL_REVISION);
    AddAccessAllowedAce(acl, ACL_REVISION, FILE_READ_DATA, user->User.Sid);
    AddAccessAllowedAce(acl, ACL_REVISION, FILE_WRITE_DATA, server_user->User.Sid);
    InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    SetSecurityDescriptorDacl(&descriptor, TRUE, acl, FALSE);
    SetSecurityDescriptorOwner(&descriptor, server_user->User.Sid, FALSE);
    SetSecurityDescriptorGroup(&descriptor, server_user->User.Sid, FALSE);
    ok(AccessCheck(&descriptor, token, FILE_READ_DATA, (GENERIC_MAPPING *)&mapping, &used, &length, &granted, &allowed) && allowed &&
           granted == FILE_READ_DATA, "%lu, %d, %lx\n", GetLastError(), allowed, granted); /* design 10.2 */
    ok(AccessCheck(&descriptor, token, FILE_WRITE_DATA, (GENERIC_MAPPING *)&mapping, &used, &length, &granted, &allowed) && !allowed,
       "the server's right: %lu\n", GetLastError()); /* design 10.2 */
    ok(AccessCheck(&descriptor, token, MAXIMUM_ALLOWED, (GENERIC_MAPPING *)&mapping, &used, &length, &granted, &allowed) && allowed &&
           granted == FILE_READ_DATA, "%lu, %d, %lx\n", GetLastError(), allowed, granted); /* design 10.2 */
}

/* Of whom the thread impersonates. */
static void test_audited_check(CtxtHandle *context, HANDLE token, HANDLE server)
{
    static const GENERIC_MAPPING mapping = { FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS };
    TOKEN_USER *user = query(token, TokenUser), *server_user = query(server, TokenUser);
    SECURITY_DESCRIPTOR descriptor;
    BOOL allowed = FALSE, on_close = FALSE;
    DWORD granted = 0;
    BYTE room[256];
    ACL *acl = (ACL *)room;

    InitializeAcl(acl, sizeof(room), ACL_REVISION);
    AddAccessAllowedAce(acl, ACL_REVISION, FILE_READ_DATA, user->User.Sid);
    AddAccessAllowedAce(acl, ACL_REVISION, FILE_WRITE_DATA, server_user->User.Sid);
    InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    SetSecurityDescriptorDacl(&descriptor, TRUE, acl, FALSE);
    SetSecurityDescriptorOwner(&descriptor, server_user->User.Sid, FALSE);
    SetSecurityDescriptorGroup(&descriptor, server_user->User.Sid, FALSE);
    ok(!ImpersonateSecurityContext(context), "impersonate\n"); /* design 10.3 */
    ok(AccessCheckAndAuditAlarmW(L"test", NULL, (WCHAR *)L"File", (WCHAR *)L"x", &descriptor, FILE_READ_DATA, (GENERIC_MAPPING *)&mapping, FALSE, &granted,
                                 &allowed, &on_close) && allowed && granted == FILE_READ_DATA, "%lu, %lx\n", GetLastError(), granted); /* design 10.2 */
    ok(AccessCheckAndAuditAlarmW(L"test", NULL, (WCHAR *)L"File", (WCHAR *)L"x", &descriptor, FILE_WRITE_DATA, (GENERIC_MAPPING *)&mapping, FALSE, &granted,
                                 &allowed, &on_close) && !allowed, "the server's right: %lu\n", GetLastError()); /* design 10.2 */
    RevertToSelf();
}

/* A handle of this process to the token of ID that is none of OURS, NULL: none. */
static HANDLE find_other_handle(LUID id, HANDLE ours)
{
    TOKEN_STATISTICS *statistics;
    ULONG_PTR number;

    for (number = 4; number < 0x2000; number += 4)
        if ((HANDLE)number != ours && (statistics = query((HANDLE)number, TokenStatistics)) && !memcmp(&statistics->TokenId, &id, sizeof(id)))
            return (HANDLE)number;
    return NULL;
}

/* A program that closes handles twice may hit the one that holds the entry of the table. */
static void test_anchor(CtxtHandle *context)
{
    HANDLE token = client_token(context), anchor;
    TOKEN_STATISTICS *statistics = query(token, TokenStatistics);

    anchor = statistics ? find_other_handle(statistics->TokenId, token) : NULL;
    ok(anchor && !CloseHandle(anchor), "%p: closed\n", anchor); /* design 10.2 */
    CloseHandle(token);
    ok(!ImpersonateSecurityContext(context) && carries(kernel_ids(), ALICE), "no client\n"); /* design 10.3 */
    RevertToSelf();
}

static void test_anonymous(void)
{
    TOKEN_USER *user;
    HANDLE token = NULL;

    ok(ImpersonateAnonymousToken(GetCurrentThread()), "%lu\n", GetLastError()); /* K1.9.1 */
    ok(carries(kernel_ids(), ANONYMOUS), "uid %d\n", kernel_ids().uid[1]);      /* design 10.3 */
    ok(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token), "%lu\n", GetLastError()); /* design 10.2 */
    ok((user = query(token, TokenUser)) && ((SID *)user->User.Sid)->SubAuthority[0] == SECURITY_ANONYMOUS_LOGON_RID, "not anonymous\n"); /* K1.9.1 */
    CloseHandle(token);
    RevertToSelf();
    ok(is_process(kernel_ids()), "not back\n"); /* design 10.3 */
}

/* ---- another process ---------------------------------------------------------------------------------------------- */

/* In the child: TOKEN was inherited. */
static void child(HANDLE token)
{
    CtxtHandle context;
    TOKEN_USER *user;
    HANDLE copy;

    ok(logon_alice(&context), "no client in the child\n"); /* design 10.2 */
    user = query(token, TokenUser);
    ok(!user && GetLastError() == ERROR_ACCESS_DENIED, "another process's client is %p, %lu\n", (void *)user, GetLastError()); /* design 10.2 */
    ok(!ImpersonateLoggedOnUser(token), "impersonated\n"); /* design 10.2 */
    ok(!SetThreadToken(NULL, token) && GetLastError() == ERROR_ACCESS_DENIED, "on the thread: %lu\n", GetLastError()); /* design 10.2 */
    ok(is_process(kernel_ids()), "uid %d\n", kernel_ids().uid[1]); /* design 10.2 */
    ok(!DuplicateTokenEx(token, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenImpersonation, &copy) && GetLastError() == ERROR_ACCESS_DENIED,
       "copied: %lu\n", GetLastError()); /* design 10.2 */
    DeleteSecurityContext(&context);
}

/* The number of a failing test in the child, or its exit. */
static void test_other_process(CtxtHandle *context, HANDLE token)
{
    STARTUPINFOA startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION process;
    char command[MAX_PATH + 64], **argv;
    DWORD code = 99;
    HANDLE inherited;

    winetest_get_mainargs(&argv);
    ok(DuplicateHandle(GetCurrentProcess(), token, GetCurrentProcess(), &inherited, 0, TRUE, DUPLICATE_SAME_ACCESS), "%lu\n", GetLastError()); /* design 10.2 */
    snprintf(command, sizeof(command), "%s tokens child %llx", argv[0], (unsigned long long)(ULONG_PTR)inherited);
    /* A process that an impersonating thread starts is the server's. */
    ok(!ImpersonateSecurityContext(context), "impersonate\n"); /* design 10.3 */
    ok(CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process), "%lu\n", GetLastError()); /* design 10.3 */
    ok(carries(kernel_ids(), ALICE), "the thread is another after CreateProcess\n"); /* design 10.3 */
    RevertToSelf();
    ok(!WaitForSingleObject(process.hProcess, 30000) && GetExitCodeProcess(process.hProcess, &code) && !code, "the child: %lu\n", code); /* design 10.2 */
    CloseHandle(process.hProcess);
    CloseHandle(process.hThread);
    CloseHandle(inherited);
}

static void test_process_as_user(HANDLE token)
{
    STARTUPINFOA startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION process;
    char command[MAX_PATH + 64], **argv;
    HANDLE primary;

    winetest_get_mainargs(&argv);
    snprintf(command, sizeof(command), "%s companion", argv[0]);
    ok(DuplicateTokenEx(token, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenPrimary, &primary), "%lu\n", GetLastError()); /* design 10.2 */
    ok(!CreateProcessAsUserA(primary, NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process) && GetLastError() == ERROR_ACCESS_DENIED,
       "a process that would be the server: %lu\n", GetLastError()); /* design 10.3 */
    CloseHandle(primary);
}

START_TEST(tokens)
{
    HANDLE token, server;
    CtxtHandle alice;
    char **argv;

    if (winetest_get_mainargs(&argv) >= 4 && !strcmp(argv[2], "child"))
    {
        child((HANDLE)(ULONG_PTR)strtoull(argv[3], NULL, 16));
        return;
    }
    ok(logon_alice(&alice), "no client\n"); /* design 10.2 */
    test_anchor(&alice);
    token = client_token(&alice);
    server = process_token();
    test_classes(token, server);
    test_source(&alice);
    test_copies(token);
    test_adjusting(token);
    test_access_check(token, server);
    test_audited_check(&alice, token, server);
    test_anonymous();
    test_other_process(&alice, token);
    test_process_as_user(token);
    CloseHandle(server);
    CloseHandle(token);
    DeleteSecurityContext(&alice);
}

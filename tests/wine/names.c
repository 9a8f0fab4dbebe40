/*
 * Who programs are told the client is: names, SIDs and memberships, in both forms.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/wine/kernel.h"
#include "tests/wine/logon.h"
#include <wine/test.h>

/* The user's SID of the token on the thread, or of the process. */
static PSID current_user(HANDLE *token_out)
{
    static union { TOKEN_USER user; BYTE room[256]; } user[2];
    static int next;
    HANDLE token;
    DWORD length;

    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) && !OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return NULL;
    next ^= 1;
    ok(GetTokenInformation(token, TokenUser, &user[next], sizeof(user[next]), &length), "%lu\n", GetLastError()); /* design 10.2 */
    if (token_out)
        *token_out = token;
    else
        CloseHandle(token);
    return user[next].user.User.Sid;
}

static void test_sid_to_name(PSID sid)
{
    WCHAR name[64], domain[64], tiny[2] = { 'x', 0 };
    char name_a[64], domain_a[64];
    DWORD name_size = ARRAYSIZE(name), domain_size = ARRAYSIZE(domain);
    SID_NAME_USE use = SidTypeUnknown;

    ok(LookupAccountSidW(NULL, sid, name, &name_size, domain, &domain_size, &use), "%lu\n", GetLastError()); /* design 10.2 */
    ok(!wcscmp(name, L"alice") && name_size == 5, "%ls, %lu\n", name, name_size); /* design 10.2 */
    ok(!wcscmp(domain, L"GUISETEST") && domain_size == 9 && use == SidTypeUser, "%ls, %lu, %d\n", domain, domain_size, use); /* design 10.2 */
    name_size = sizeof(name_a), domain_size = sizeof(domain_a);
    ok(LookupAccountSidA(NULL, sid, name_a, &name_size, domain_a, &domain_size, &use), "%lu\n", GetLastError()); /* design 10.2 */
    ok(!strcmp(name_a, "alice") && !strcmp(domain_a, "GUISETEST"), "%s %s\n", name_a, domain_a); /* design 10.2 */
    name_size = 2, domain_size = ARRAYSIZE(domain);
    ok(!LookupAccountSidW(NULL, sid, tiny, &name_size, domain, &domain_size, &use) && GetLastError() == ERROR_INSUFFICIENT_BUFFER,
       "%lu\n", GetLastError()); /* design 10.2 */
    ok(name_size == 6 && domain_size == 10 && tiny[0] == 'x', "%lu %lu\n", name_size, domain_size); /* design 10.2 */
}

static void test_name_to_sid(PSID expected)
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    WCHAR domain[64];
    char domain_a[64];
    DWORD sid_size = sizeof(sid), domain_size = ARRAYSIZE(domain);
    SID_NAME_USE use = SidTypeUnknown;

    ok(LookupAccountNameW(NULL, L"alice", sid, &sid_size, domain, &domain_size, &use), "%lu\n", GetLastError()); /* design 10.2 */
    ok(EqualSid(sid, expected) && !wcscmp(domain, L"GUISETEST") && use == SidTypeUser, "%ls %d\n", domain, use); /* design 10.2 */
    sid_size = sizeof(sid), domain_size = sizeof(domain_a);
    memset(sid, 0, sizeof(sid));
    ok(LookupAccountNameA(NULL, "GUISETEST\\alice", sid, &sid_size, domain_a, &domain_size, &use), "%lu\n", GetLastError()); /* design 10.2 */
    ok(EqualSid(sid, expected) && !strcmp(domain_a, "GUISETEST"), "%s\n", domain_a); /* design 10.2 */
    sid_size = domain_size = 0;
    ok(!LookupAccountNameW(NULL, L"alice", NULL, &sid_size, NULL, &domain_size, &use) && GetLastError() == ERROR_INSUFFICIENT_BUFFER,
       "%lu\n", GetLastError()); /* design 10.2 */
    ok(sid_size == GetLengthSid(expected) && domain_size == 10, "%lu %lu\n", sid_size, domain_size); /* design 10.2 */
    /* Wine's own names stay. */
    sid_size = sizeof(sid), domain_size = ARRAYSIZE(domain);
    ok(LookupAccountNameW(NULL, L"Everyone", sid, &sid_size, domain, &domain_size, &use) && use == SidTypeWellKnownGroup, "%lu, %d\n",
       GetLastError(), use); /* design 10.2 */
}

static void test_user_name(const char *expected)
{
    WCHAR name[64];
    char name_a[64], extended[128];
    DWORD size = ARRAYSIZE(name), size_a = sizeof(name_a);
    ULONG extended_size = sizeof(extended);

    ok(GetUserNameW(name, &size), "%lu\n", GetLastError()); /* design 10.2 */
    ok(GetUserNameA(name_a, &size_a), "%lu\n", GetLastError()); /* design 10.2 */
    ok(size == wcslen(name) + 1 && size_a == strlen(name_a) + 1 && size == size_a, "%lu %lu\n", size, size_a); /* design 10.2 */
    ok(!strcmp(name_a, expected), "%s, not %s\n", name_a, expected); /* design 10.2 */
    size = 1;
    ok(!GetUserNameW(name, &size) && GetLastError() == ERROR_INSUFFICIENT_BUFFER && size == strlen(expected) + 1, "%lu, %lu\n", GetLastError(),
       size); /* design 10.2 */
    if (strcmp(expected, "alice")) return;
    ok(GetUserNameExA(NameSamCompatible, extended, &extended_size) && !strcmp(extended, "GUISETEST\\alice"), "%lu %s\n", GetLastError(),
       extended); /* design 10.2 */
}

static void test_membership(PSID client, PSID server)
{
    SID_IDENTIFIER_AUTHORITY nt = { SECURITY_NT_AUTHORITY };
    PSID network, administrators;
    BOOL member = 7;

    AllocateAndInitializeSid(&nt, 1, SECURITY_NETWORK_RID, 0, 0, 0, 0, 0, 0, 0, &network);
    AllocateAndInitializeSid(&nt, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS, 0, 0, 0, 0, 0, 0, &administrators);
    ok(CheckTokenMembership(NULL, client, &member) && member, "the user is none of its own: %lu\n", GetLastError()); /* design 10.2 */
    ok(CheckTokenMembership(NULL, server, &member) && !member, "the client is the server: %lu\n", GetLastError()); /* design 10.2 */
    ok(CheckTokenMembership(NULL, network, &member) && member, "not of Network: %lu\n", GetLastError()); /* design 10.2 */
    ok(CheckTokenMembership(NULL, administrators, &member) && !member, "an administrator: %lu\n", GetLastError()); /* design 10.2 */
    RevertToSelf();
    ok(CheckTokenMembership(NULL, administrators, &member) && member, "the server is none: %lu\n", GetLastError()); /* design 10.2 */
    ok(CheckTokenMembership(NULL, client, &member) && !member, "the server is the client: %lu\n", GetLastError()); /* design 10.2 */
    FreeSid(network);
    FreeSid(administrators);
}

START_TEST(names)
{
    PSID server = current_user(NULL), client;
    char before[64];
    DWORD size = sizeof(before);
    CtxtHandle alice;

    ok(logon_alice(&alice), "no client\n"); /* design 10.2 */
    ok(GetUserNameA(before, &size), "%lu\n", GetLastError()); /* design 10.2 */
    ok(!ImpersonateSecurityContext(&alice), "impersonate\n"); /* design 10.3 */
    client = current_user(NULL);
    ok(client && server && !EqualSid(client, server), "the client has the server's SID\n"); /* design 10.2 */
    test_sid_to_name(client);
    test_name_to_sid(client);
    test_user_name("alice");
    ok(carries(kernel_ids(), ALICE), "names left the thread somebody else\n"); /* design 10.3 */
    test_membership(client, server);
    test_user_name(before);
    DeleteSecurityContext(&alice);
}

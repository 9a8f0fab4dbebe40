/*
 * NtDuplicateToken: the lattice of types and levels, and what a duplicate shares with its original.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

#define NO_QOS  (-1)
#define PRIMARY (-1)

static NTSTATUS duplicate(HANDLE token, ACCESS_MASK access, int level, BOOLEAN effective_only, TOKEN_TYPE type,
                          HANDLE *copy)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), level, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};

    return NtDuplicateToken(token, access, level == NO_QOS ? NULL : &attributes, effective_only, type, copy);
}

static TOKEN_STATISTICS statistics_of(HANDLE token)
{
    TOKEN_STATISTICS statistics = {0};
    ULONG length;
    NTSTATUS status = NtQueryInformationToken(token, TokenStatistics, &statistics, sizeof(statistics), &length);

    ok(!status, "got %#x\n", status); /* DDI NtQueryInformationToken */
    return statistics;
}

static void test_lattice(void)
{
    /* K1.18.1: by level of the source, whether a level or a primary token may be had */
    static const struct
    {
        int source;
        BOOL allowed[4];
        BOOL primary;
    } rows[] = {
        {PRIMARY, {TRUE, TRUE, TRUE, TRUE}, TRUE},
        {SecurityAnonymous, {TRUE, FALSE, FALSE, FALSE}, FALSE},
        {SecurityIdentification, {TRUE, TRUE, FALSE, FALSE}, FALSE},
        {SecurityImpersonation, {TRUE, TRUE, TRUE, FALSE}, TRUE},
        {SecurityDelegation, {TRUE, TRUE, TRUE, TRUE}, TRUE},
    };
    HANDLE process = process_token_handle(TOKEN_ALL_ACCESS);
    unsigned int i;
    int level;

    for (i = 0; i < ARRAYSIZE(rows); i++)
    {
        HANDLE source = process, copy;
        NTSTATUS status;

        if (rows[i].source != PRIMARY)
        {
            status = duplicate(process, TOKEN_ALL_ACCESS, rows[i].source, FALSE, TokenImpersonation, &source);
            ok(!status && token_level(source) == rows[i].source, "row %u: got %#x, level %d\n", i, status,
               token_level(source)); /* K1.18.1 */
        }
        for (level = SecurityAnonymous; level <= SecurityDelegation; level++)
        {
            copy = NULL;
            status = duplicate(source, TOKEN_QUERY, level, FALSE, TokenImpersonation, &copy);
            ok(status == (rows[i].allowed[level] ? STATUS_SUCCESS : STATUS_BAD_IMPERSONATION_LEVEL),
               "row %u, level %d: got %#x\n", i, level, status); /* K1.18.1 */
            if (status) continue;
            ok(token_level(copy) == level, "row %u, level %d: got level %d\n", i, level,
               token_level(copy)); /* K1.18.1 */
            NtClose(copy);
        }
        status = duplicate(source, TOKEN_QUERY, SecurityAnonymous, FALSE, TokenPrimary, &copy);
        ok(status == (rows[i].primary ? STATUS_SUCCESS : STATUS_BAD_IMPERSONATION_LEVEL), "row %u: got %#x\n", i,
           status); /* K1.18.1 */
        if (!status) NtClose(copy);
        if (source != process) NtClose(source);
    }
    NtClose(process);
}

static void test_default_level(void)
{
    HANDLE process = process_token_handle(TOKEN_ALL_ACCESS), source, copy;
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};
    NTSTATUS status;

    /* K1.18.3 */
    status = duplicate(process, TOKEN_QUERY, NO_QOS, FALSE, TokenImpersonation, &copy);
    ok(!status && token_level(copy) == SecurityAnonymous, "got %#x, level %d\n", status, token_level(copy));
    NtClose(copy);
    status = NtDuplicateToken(process, TOKEN_QUERY, &attributes, FALSE, TokenImpersonation, &copy);
    ok(!status && token_level(copy) == SecurityAnonymous, "got %#x, level %d\n", status, token_level(copy));
    NtClose(copy);

    /* K1.18.2 */
    duplicate(process, TOKEN_ALL_ACCESS, SecurityImpersonation, FALSE, TokenImpersonation, &source);
    status = duplicate(source, TOKEN_QUERY, NO_QOS, FALSE, TokenImpersonation, &copy);
    ok(!status && token_level(copy) == SecurityImpersonation, "got %#x, level %d\n", status, token_level(copy));
    NtClose(copy);
    NtClose(source);
    NtClose(process);
}

static void test_fields(void)
{
    HANDLE process = process_token_handle(TOKEN_ALL_ACCESS), copy, client;
    TOKEN_STATISTICS original, copied;
    TOKEN_SOURCE source, copied_source;
    NTSTATUS status;
    ULONG length;

    /* K1.18.4 */
    original = statistics_of(process);
    status = duplicate(process, 0, SecurityImpersonation, FALSE, TokenPrimary, &copy);
    ok(!status, "got %#x\n", status);
    copied = statistics_of(copy);
    ok(memcmp(&original.TokenId, &copied.TokenId, sizeof(LUID)), "the copy has the id of the original\n");
    ok(!memcmp(&original.AuthenticationId, &copied.AuthenticationId, sizeof(LUID)), "the logon session is another\n");
    ok(!memcmp(&original.ModifiedId, &copied.ModifiedId, sizeof(LUID)), "the modification id is another\n");
    ok(copied.TokenType == TokenPrimary, "got type %d\n", copied.TokenType);
    ok(copied.ImpersonationLevel == SecurityImpersonation, "got level %d\n", copied.ImpersonationLevel);
    ok(copied.DynamicCharged == original.DynamicCharged, "got %u for %u\n", copied.DynamicCharged,
       original.DynamicCharged);
    ok(copied.DynamicAvailable == original.DynamicAvailable, "got %u for %u\n", copied.DynamicAvailable,
       original.DynamicAvailable);
    ok(copied.GroupCount == original.GroupCount, "got %u for %u\n", copied.GroupCount, original.GroupCount);
    ok(copied.PrivilegeCount == original.PrivilegeCount, "got %u for %u\n", copied.PrivilegeCount,
       original.PrivilegeCount);
    ok(copied.ExpirationTime.QuadPart == original.ExpirationTime.QuadPart, "it expires at another time\n");
    NtQueryInformationToken(process, TokenSource, &source, sizeof(source), &length);
    status = NtQueryInformationToken(copy, TokenSource, &copied_source, sizeof(copied_source), &length);
    ok(!status && !memcmp(&source, &copied_source, sizeof(source)), "got %#x, another source\n", status);

    /* K1.18.4: what is changed in a copy is not changed in the original */
    status = duplicate(process, TOKEN_ALL_ACCESS, SecurityImpersonation, FALSE, TokenImpersonation, &client);
    ok(!status, "got %#x\n", status);
    status = NtSetInformationToken(client, TokenDefaultDacl, &(TOKEN_DEFAULT_DACL){NULL}, sizeof(TOKEN_DEFAULT_DACL));
    ok(!status, "got %#x\n", status);
    copied = statistics_of(client);
    ok(memcmp(&original.ModifiedId, &copied.ModifiedId, sizeof(LUID)), "the copy does not look modified\n");
    copied = statistics_of(process);
    ok(!memcmp(&original.ModifiedId, &copied.ModifiedId, sizeof(LUID)), "the original was modified\n");
    NtClose(client);
    NtClose(copy);
    NtClose(process);
}

static void test_access(void)
{
    HANDLE process = process_token_handle(TOKEN_DUPLICATE | TOKEN_QUERY), powerless, copy;
    OBJECT_HANDLE_INFORMATION information = {0};
    TOKEN_SOURCE source;
    PVOID object;
    NTSTATUS status;
    ULONG length;

    /* K1.18.5: the access of the existing handle */
    status = duplicate(process, 0, SecurityImpersonation, FALSE, TokenImpersonation, &copy);
    ok(!status, "got %#x\n", status);
    ObReferenceObjectByHandle(copy, 0, *SeTokenObjectType, KernelMode, &object, &information);
    ok(information.GrantedAccess == (TOKEN_DUPLICATE | TOKEN_QUERY), "got %#x\n", information.GrantedAccess);
    ObDereferenceObject(object);
    status = NtQueryInformationToken(copy, TokenSource, &source, sizeof(source), &length);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    NtClose(copy);

    /* K1.18.5, K1.18.6: everything, as the maker of an object with the default security may have */
    status = duplicate(process, MAXIMUM_ALLOWED, SecurityImpersonation, FALSE, TokenImpersonation, &copy);
    ok(!status, "got %#x\n", status);
    status = NtQueryInformationToken(copy, TokenSource, &source, sizeof(source), &length);
    ok(!status, "got %#x\n", status);
    NtClose(copy);

    /* DDI NtDuplicateToken: TOKEN_DUPLICATE is needed */
    powerless = process_token_handle(TOKEN_QUERY);
    status = duplicate(powerless, 0, SecurityImpersonation, FALSE, TokenImpersonation, &copy);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    NtClose(powerless);
    NtClose(process);
}

static void test_parameters(void)
{
    HANDLE process = process_token_handle(TOKEN_DUPLICATE), copy = NULL;
    NTSTATUS status;

    /* K1.18.7 */
    status = NtDuplicateToken(NULL, 0, NULL, FALSE, TokenPrimary, NULL);
    ok(status == STATUS_ACCESS_VIOLATION, "got %#x\n", status);
    status = NtDuplicateToken(process, 0, NULL, FALSE, TokenPrimary, NULL);
    ok(status == STATUS_ACCESS_VIOLATION, "got %#x\n", status);

    /* DDI NtDuplicateToken */
    status = NtDuplicateToken(NULL, 0, NULL, FALSE, TokenPrimary, &copy);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtDuplicateToken(process, 0, NULL, FALSE, 0, &copy);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
    status = NtDuplicateToken(process, 0, NULL, FALSE, 3, &copy);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
    status = NtDuplicateToken(NtCurrentThread(), 0, NULL, FALSE, TokenPrimary, &copy);
    ok(status == STATUS_OBJECT_TYPE_MISMATCH, "got %#x\n", status);
    NtClose(process);
}

static void test_effective_only(void)
{
    HANDLE process = process_token_handle(TOKEN_ALL_ACCESS), copy;
    TOKEN_PRIVILEGES *privileges;
    TOKEN_GROUPS *groups;
    NTSTATUS status;
    ULONG length = 0, i;

    /* DDI NtDuplicateToken: nothing disabled is left */
    status = duplicate(process, TOKEN_QUERY, SecurityImpersonation, TRUE, TokenImpersonation, &copy);
    ok(!status, "got %#x\n", status);
    NtQueryInformationToken(copy, TokenPrivileges, NULL, 0, &length);
    privileges = malloc(length);
    status = NtQueryInformationToken(copy, TokenPrivileges, privileges, length, &length);
    ok(!status, "got %#x\n", status);
    for (i = 0; i < privileges->PrivilegeCount; i++)
        ok(privileges->Privileges[i].Attributes & SE_PRIVILEGE_ENABLED, "privilege %u is disabled\n",
           privileges->Privileges[i].Luid.LowPart);
    NtQueryInformationToken(copy, TokenGroups, NULL, 0, &length);
    groups = malloc(length);
    status = NtQueryInformationToken(copy, TokenGroups, groups, length, &length);
    ok(!status, "got %#x\n", status);
    for (i = 0; i < groups->GroupCount; i++)
        ok(groups->Groups[i].Attributes & (SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY), "group %u is disabled\n", i);
    free(groups);
    free(privileges);
    NtClose(copy);
    NtClose(process);
}

/* K0.3.5, K1.18.6: what an impersonating thread makes belongs to the client. */
static void test_owner(void)
{
    PACCESS_TOKEN alice = client_token("alice", SecurityImpersonation);
    HANDLE process = process_token_handle(TOKEN_ALL_ACCESS), client, made, more;
    ACL nobody = {ACL_REVISION, 0, sizeof(nobody), 0, 0};
    TOKEN_DEFAULT_DACL nothing = {&nobody};
    NTSTATUS status, by_alice, by_server;

    if (!alice || !(client = token_handle(alice)))
    {
        win_skip("no token of another user\n");
        NtClose(process);
        return;
    }
    status = NtSetInformationToken(client, TokenDefaultDacl, &nothing, sizeof(nothing));
    ok(!status, "got %#x\n", status); /* K2.8.1 */

    /* Nobody is granted anything by the DACL; its owner may always read and change it. */
    PsImpersonateClient(PsGetCurrentThread(), alice, FALSE, FALSE, SecurityImpersonation);
    status = duplicate(process, TOKEN_QUERY, SecurityImpersonation, FALSE, TokenImpersonation, &made);
    by_alice = NtDuplicateObject(NtCurrentProcess(), made, NtCurrentProcess(), &more, READ_CONTROL, 0, 0);
    PsRevertToSelf();
    by_server = NtDuplicateObject(NtCurrentProcess(), made, NtCurrentProcess(), &process, READ_CONTROL, 0, 0);
    ok(!status, "got %#x\n", status);                                         /* K1.18.6 */
    ok(!by_alice, "the client got %#x\n", by_alice);                          /* K0.3.5 */
    ok(by_server == STATUS_ACCESS_DENIED, "the server got %#x\n", by_server); /* K0.3.5 */
    if (!by_alice) NtClose(more);
    NtClose(made);
    NtClose(client);
    NtClose(process);
    PsDereferenceImpersonationToken(alice);
}

/* A process without SeSecurityPrivilege. */
static void test_system_security(void)
{
    HANDLE process = process_token_handle(TOKEN_DUPLICATE), copy;
    NTSTATUS status;

    /* K1.18.5 */
    status = NtDuplicateToken(process, ACCESS_SYSTEM_SECURITY, NULL, FALSE, TokenPrimary, &copy);
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", status);
    NtClose(process);

    /* DDI NtOpenProcessTokenEx */
    status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY | ACCESS_SYSTEM_SECURITY, &process);
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", status);
}

START_TEST(duplicate)
{
    if (child_argument())
    {
        test_system_security();
        return;
    }
    test_lattice();
    test_default_level();
    test_fields();
    test_access();
    test_parameters();
    test_effective_only();
    test_owner();
    if (!run_without_privileges("duplicate")) win_skip("no process without privileges\n");
}

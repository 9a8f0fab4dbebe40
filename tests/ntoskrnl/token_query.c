/*
 * Information about tokens: SeQueryInformationToken, NtQueryInformationToken, the simple accessors.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static const SID *administrators(void)
{
    static const struct
    {
        SID sid;
        ULONG rid;
    } value = {{SID_REVISION, 2, {{0, 0, 0, 0, 0, 5}}, {SECURITY_BUILTIN_DOMAIN_RID}}, DOMAIN_ALIAS_RID_ADMINS};

    return &value.sid;
}

static BOOL same_sid(const SID *a, const SID *b)
{
    return a->SubAuthorityCount == b->SubAuthorityCount && !memcmp(a, b, SeLengthSid(a));
}

/* The answer of the Nt form in a block of exactly its size; NULL after a failure. */
static void *query(HANDLE token, TOKEN_INFORMATION_CLASS class, NTSTATUS *status, ULONG *length)
{
    void *answer;

    *length = 0;
    *status = NtQueryInformationToken(token, class, NULL, 0, length);
    if (*status != STATUS_BUFFER_TOO_SMALL || !(answer = malloc(*length))) return NULL;
    *status = NtQueryInformationToken(token, class, answer, *length, length);
    if (!*status) return answer;
    free(answer);
    return NULL;
}

static void test_parameters(void)
{
    HANDLE token = process_token_handle(TOKEN_QUERY), source_only = process_token_handle(TOKEN_QUERY_SOURCE);
    ULONG length = 77, value;
    TOKEN_SOURCE source;
    NTSTATUS status;

    /* K2.7.4 */
    status = NtQueryInformationToken(NULL, TokenUser, NULL, 0, NULL);
    ok(status == STATUS_ACCESS_VIOLATION, "got %#x\n", status);
    status = NtQueryInformationToken(token, TokenType, &value, sizeof(value), NULL);
    ok(status == STATUS_ACCESS_VIOLATION, "got %#x\n", status);
    status = NtQueryInformationToken(NULL, TokenUser, &value, 0, &length);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtQueryInformationToken(token, 0, &value, sizeof(value), &length);
    ok(status == STATUS_INVALID_INFO_CLASS, "got %#x\n", status);
    status = NtQueryInformationToken(token, 0xa0a, &value, sizeof(value), &length);
    ok(status == STATUS_INVALID_INFO_CLASS, "got %#x\n", status);
    status = NtQueryInformationToken(token, TokenType, &value, sizeof(value) - 1, &length);
    ok(status == STATUS_BUFFER_TOO_SMALL && length == sizeof(value), "got %#x, length %u\n", status, length);

    /* K2.7.4: the source has a right of its own */
    status = NtQueryInformationToken(token, TokenSource, &source, sizeof(source), &length);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = NtQueryInformationToken(source_only, TokenSource, &source, sizeof(source), &length);
    ok(!status && length == sizeof(source), "got %#x, length %u\n", status, length);
    status = NtQueryInformationToken(source_only, TokenType, &value, sizeof(value), &length);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    NtClose(source_only);
    NtClose(token);
}

static void test_variable_classes(void)
{
    static const TOKEN_INFORMATION_CLASS classes[] = {TokenUser,          TokenGroups,         TokenPrivileges,
                                                      TokenOwner,         TokenPrimaryGroup,   TokenDefaultDacl,
                                                      TokenStatistics,    TokenRestrictedSids, TokenGroupsAndPrivileges,
                                                      TokenIntegrityLevel};
    HANDLE token = process_token_handle(TOKEN_QUERY);
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(classes); i++)
    {
        ULONG length = 0, again = 0;
        UCHAR *answer;
        NTSTATUS status = NtQueryInformationToken(token, classes[i], NULL, 0, &length);

        /* K2.7.4: nothing fits in nothing, and the length says what does */
        ok(status == STATUS_BUFFER_TOO_SMALL, "class %d: got %#x\n", classes[i], status);
        ok(length > 0, "class %d: got length %u\n", classes[i], length);
        answer = malloc(length + 1);
        answer[length] = 0x5a;
        status = NtQueryInformationToken(token, classes[i], answer, length - 1, &again);
        ok(status == STATUS_BUFFER_TOO_SMALL && again == length, "class %d: got %#x, length %u\n", classes[i], status,
           again);
        status = NtQueryInformationToken(token, classes[i], answer, length, &again);
        ok(!status && again == length, "class %d: got %#x, length %u for %u\n", classes[i], status, again, length);
        ok(answer[length] == 0x5a, "class %d: wrote beyond its length\n", classes[i]);
        free(answer);
    }
    NtClose(token);
}

static BOOL inside(const void *pointer, const void *block, ULONG length)
{
    return (const char *)pointer >= (const char *)block && (const char *)pointer < (const char *)block + length;
}

static void test_contents(void)
{
    HANDLE token = process_token_handle(TOKEN_QUERY | TOKEN_QUERY_SOURCE);
    TOKEN_GROUPS_AND_PRIVILEGES *both;
    TOKEN_STATISTICS *statistics;
    TOKEN_PRIVILEGES *privileges;
    TOKEN_PRIMARY_GROUP *group;
    TOKEN_MANDATORY_LABEL *label;
    TOKEN_GROUPS *groups;
    TOKEN_OWNER *owner;
    TOKEN_USER *user;
    NTSTATUS status;
    BOOL found;
    ULONG length, i;

    /* DDI NtQueryInformationToken: pointers point into the buffer */
    user = query(token, TokenUser, &status, &length);
    ok(user && inside(user->User.Sid, user, length), "got %#x\n", status);
    ok(user && !user->User.Attributes, "got attributes %#x\n", user ? user->User.Attributes : 0);
    groups = query(token, TokenGroups, &status, &length);
    ok(groups != NULL, "got %#x\n", status);
    for (i = 0; groups && i < groups->GroupCount; i++)
        ok(inside(groups->Groups[i].Sid, groups, length) &&
               inside((char *)groups->Groups[i].Sid + SeLengthSid(groups->Groups[i].Sid) - 1, groups, length),
           "group %u lies outside\n", i);
    privileges = query(token, TokenPrivileges, &status, &length);
    ok(privileges != NULL, "got %#x\n", status);

    /* K7.4.1 */
    for (i = 0, found = FALSE; privileges && i < privileges->PrivilegeCount; i++)
        if (privileges->Privileges[i].Luid.LowPart == SE_CHANGE_NOTIFY_PRIVILEGE &&
            (privileges->Privileges[i].Attributes & (SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT)) ==
                (SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT))
            found = TRUE;
    ok(found, "SeChangeNotifyPrivilege is not enabled by default\n");

    /* DDI TOKEN_STATISTICS: the counts are those of the other classes */
    statistics = query(token, TokenStatistics, &status, &length);
    ok(statistics && statistics->TokenType == TokenPrimary, "got %#x\n", status);
    ok(statistics && statistics->GroupCount == groups->GroupCount, "got %u groups for %u\n", statistics->GroupCount,
       groups->GroupCount);
    ok(statistics && statistics->PrivilegeCount == privileges->PrivilegeCount, "got %u privileges for %u\n",
       statistics->PrivilegeCount, privileges->PrivilegeCount);
    ok(statistics && statistics->DynamicAvailable <= statistics->DynamicCharged, "got %u of %u\n",
       statistics->DynamicAvailable, statistics->DynamicCharged);

    /* sdk TOKEN_GROUPS_AND_PRIVILEGES: here the user is one of the SIDs */
    both = query(token, TokenGroupsAndPrivileges, &status, &length);
    ok(both && both->SidCount == groups->GroupCount + 1, "got %#x\n", status);
    ok(both && same_sid(both->Sids[0].Sid, user->User.Sid), "the first SID is not the user\n");
    ok(both && both->PrivilegeCount == privileges->PrivilegeCount, "got %u\n", both ? both->PrivilegeCount : 0);
    ok(both && !both->RestrictedSidCount && !both->RestrictedSids, "got %u restricting SIDs\n",
       both ? both->RestrictedSidCount : 0);
    ok(both && inside(both->Sids, both, length) && inside(both->Privileges, both, length), "arrays lie outside\n");
    ok(both && !memcmp(&both->AuthenticationId, &statistics->AuthenticationId, sizeof(LUID)),
       "the logon sessions differ\n");

    /* DDI NtQueryInformationToken: owner and primary group are SIDs of the token */
    owner = query(token, TokenOwner, &status, &length);
    group = query(token, TokenPrimaryGroup, &status, &length);
    for (i = 0, found = FALSE; both && i < both->SidCount; i++) found |= same_sid(both->Sids[i].Sid, owner->Owner);
    ok(found, "the owner is not in the token\n");
    for (i = 0, found = FALSE; both && i < both->SidCount; i++)
        found |= same_sid(both->Sids[i].Sid, group->PrimaryGroup);
    ok(found, "the primary group is not in the token\n");

    /* K7.3.1 */
    label = query(token, TokenIntegrityLevel, &status, &length);
    ok(label && ((SID *)label->Label.Sid)->IdentifierAuthority.Value[5] == 16, "got %#x\n", status);
    ok(label && ((SID *)label->Label.Sid)->SubAuthority[0] >= SECURITY_MANDATORY_LOW_RID &&
           ((SID *)label->Label.Sid)->SubAuthority[0] <= SECURITY_MANDATORY_SYSTEM_RID,
       "got %#x\n", (int)((SID *)label->Label.Sid)->SubAuthority[0]);

    free(label);
    free(group);
    free(owner);
    free(both);
    free(statistics);
    free(privileges);
    free(groups);
    free(user);
    NtClose(token);
}

static void test_fixed_classes(void)
{
    HANDLE token = process_token_handle(TOKEN_QUERY);
    TOKEN_TYPE type = 0;
    SECURITY_IMPERSONATION_LEVEL level;
    ULONG value, length;
    LUID origin;
    NTSTATUS status;

    /* DDI NtQueryInformationToken */
    status = NtQueryInformationToken(token, TokenType, &type, sizeof(type), &length);
    ok(!status && type == TokenPrimary && length == sizeof(type), "got %#x, type %d\n", status, type);
    status = NtQueryInformationToken(token, TokenSessionId, &value, sizeof(value), &length);
    ok(!status && length == sizeof(value), "got %#x, length %u\n", status, length);
    value = 77;
    status = NtQueryInformationToken(token, TokenSandBoxInert, &value, sizeof(value), &length);
    ok(!status && !value, "got %#x, value %u\n", status, value);
    status = NtQueryInformationToken(token, TokenOrigin, &origin, sizeof(origin), &length);
    ok(!status && length == sizeof(origin), "got %#x, length %u\n", status, length);
    value = 77;
    status = NtQueryInformationToken(token, TokenElevation, &value, sizeof(value), &length);
    ok(!status && value <= 1, "got %#x, value %u\n", status, value);
    value = 77;
    status = NtQueryInformationToken(token, TokenElevationType, &value, sizeof(value), &length);
    ok(!status && value >= TokenElevationTypeDefault && value <= TokenElevationTypeLimited, "got %#x, value %u\n",
       status, value);
    value = 77;
    status = NtQueryInformationToken(token, TokenUIAccess, &value, sizeof(value), &length);
    ok(!status && value <= 1, "got %#x, value %u\n", status, value);

    /* K2.7.6 */
    status = NtQueryInformationToken(token, TokenImpersonationLevel, &level, sizeof(level), &length);
    ok(status == STATUS_INVALID_INFO_CLASS, "got %#x\n", status);
    NtClose(token);
}

static void test_kernel_form(void)
{
    static const struct
    {
        TOKEN_INFORMATION_CLASS class;
        NTSTATUS status;
    } classes[] = {
        /* K2.7.3 */
        {TokenOwner, STATUS_SUCCESS},
        {TokenDefaultDacl, STATUS_SUCCESS},
        {TokenGroups, STATUS_SUCCESS},
        {TokenStatistics, STATUS_SUCCESS},
        {TokenType, STATUS_SUCCESS},
        {TokenUser, STATUS_SUCCESS},
        {TokenPrivileges, STATUS_SUCCESS},
        {TokenImpersonationLevel, STATUS_INVALID_INFO_CLASS},
        {TokenOrigin, STATUS_INVALID_INFO_CLASS},
        {TokenGroupsAndPrivileges, STATUS_INVALID_INFO_CLASS},
        {TokenRestrictedSids, STATUS_INVALID_INFO_CLASS},
        {TokenSandBoxInert, STATUS_INVALID_INFO_CLASS},
        /* K2.7.2: no such class */
        {0, STATUS_INVALID_INFO_CLASS},
        {0xa0a, STATUS_INVALID_INFO_CLASS},
    };
    PACCESS_TOKEN primary = PsReferencePrimaryToken(PsGetCurrentProcess()), client = self_token(SecurityIdentification);
    HANDLE token = process_token_handle(TOKEN_QUERY);
    TOKEN_MANDATORY_LABEL *label;
    PVOID information;
    NTSTATUS status;
    ULONG length, value;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(classes); i++)
    {
        information = UlongToPtr(0x55);
        status = SeQueryInformationToken(primary, classes[i].class, &information);
        ok(status == classes[i].status, "class %d: got %#x\n", classes[i].class, status); /* rows cite */
        ok(status ? !information : information != NULL, "class %d: got %p\n", classes[i].class,
           information); /* K2.7.2 */
        if (!status) ExFreePool(information);
    }

    /* K2.7.6: an impersonation token has a level */
    status = SeQueryInformationToken(client, TokenImpersonationLevel, &information);
    ok(!status && *(SECURITY_IMPERSONATION_LEVEL *)information == SecurityIdentification, "got %#x\n", status);
    ExFreePool(information);

    /* K2.7.1: two classes are stored in the variable itself, and tell what the other form tells */
    status = SeQueryInformationToken(primary, TokenSessionId, &information);
    NtQueryInformationToken(token, TokenSessionId, &value, sizeof(value), &length);
    ok(!status && PtrToUlong(information) == value, "got %#x, %p for %u\n", status, information, value);
    status = SeQueryInformationToken(primary, TokenIntegrityLevel, &information);
    label = query(token, TokenIntegrityLevel, &(NTSTATUS){0}, &length);
    ok(!status && label && PtrToUlong(information) == ((SID *)label->Label.Sid)->SubAuthority[0], "got %#x, %p\n",
       status, information);

    free(label);
    NtClose(token);
    PsDereferenceImpersonationToken(client);
    PsDereferencePrimaryToken(primary);
}

/* Both forms give the same bytes apart from where their pointers point. */
static void test_forms_agree(void)
{
    PACCESS_TOKEN primary = PsReferencePrimaryToken(PsGetCurrentProcess());
    HANDLE token = process_token_handle(TOKEN_QUERY | TOKEN_QUERY_SOURCE);
    TOKEN_STATISTICS *kernel = NULL, *user;
    TOKEN_PRIVILEGES *kernel_privileges = NULL, *user_privileges;
    TOKEN_SOURCE *kernel_source = NULL, *user_source;
    NTSTATUS status;
    ULONG length;

    /* DDI SeQueryInformationToken */
    status = SeQueryInformationToken(primary, TokenStatistics, (PVOID *)&kernel);
    user = query(token, TokenStatistics, &(NTSTATUS){0}, &length);
    ok(!status && user && !memcmp(kernel, user, sizeof(*user)), "the statistics differ: %#x\n", status);
    status = SeQueryInformationToken(primary, TokenPrivileges, (PVOID *)&kernel_privileges);
    user_privileges = query(token, TokenPrivileges, &(NTSTATUS){0}, &length);
    ok(!status && user_privileges && !memcmp(kernel_privileges, user_privileges, length),
       "the privileges differ: %#x\n", status);
    status = SeQueryInformationToken(primary, TokenSource, (PVOID *)&kernel_source);
    user_source = query(token, TokenSource, &(NTSTATUS){0}, &length);
    ok(!status && user_source && !memcmp(kernel_source, user_source, length), "the sources differ: %#x\n", status);

    ExFreePool(kernel);
    ExFreePool(kernel_privileges);
    ExFreePool(kernel_source);
    free(user);
    free(user_privileges);
    free(user_source);
    NtClose(token);
    PsDereferencePrimaryToken(primary);
}

static void test_accessors(void)
{
    PACCESS_TOKEN primary = PsReferencePrimaryToken(PsGetCurrentProcess()), client = self_token(SecurityDelegation),
                  alice;
    HANDLE token = process_token_handle(TOKEN_QUERY);
    TOKEN_STATISTICS *statistics;
    TOKEN_GROUPS *groups;
    BOOL is_admin = FALSE;
    NTSTATUS status;
    ULONG length, session = 77, i;
    LUID id = {77, 77};

    /* K2.9.1 */
    ok(SeTokenType(primary) == TokenPrimary, "got type %d\n", SeTokenType(primary));
    ok(SeTokenType(client) == TokenImpersonation, "got type %d\n", SeTokenType(client));
    ok(SeTokenImpersonationLevel(client) == SecurityDelegation, "got level %d\n", SeTokenImpersonationLevel(client));
    statistics = query(token, TokenStatistics, &status, &length);
    status = SeQueryAuthenticationIdToken(primary, &id);
    ok(!status && statistics && !memcmp(&id, &statistics->AuthenticationId, sizeof(id)), "got %#x, %#x:%#x\n", status,
       id.HighPart, id.LowPart);
    status = SeQueryAuthenticationIdToken(client, &id);
    ok(!status && statistics && !memcmp(&id, &statistics->AuthenticationId, sizeof(id)), "got %#x, %#x:%#x\n", status,
       id.HighPart, id.LowPart);
    status = SeQuerySessionIdToken(primary, &session);
    ok(!status && session != 77, "got %#x, session %u\n", status, session);

    /* K2.9.2 */
    groups = query(token, TokenGroups, &status, &length);
    for (i = 0; groups && i < groups->GroupCount; i++)
        if (same_sid(groups->Groups[i].Sid, administrators()) && groups->Groups[i].Attributes & SE_GROUP_ENABLED)
            is_admin = TRUE;
    ok(SeTokenIsAdmin(primary) == is_admin, "got %d for %d\n", SeTokenIsAdmin(primary), is_admin);
    ok(SeTokenIsAdmin(client) == is_admin, "got %d for %d\n", SeTokenIsAdmin(client), is_admin);

    /* K2.9.3 */
    ok(!SeTokenIsRestricted(primary) && !SeTokenIsRestricted(client), "got %d %d\n", SeTokenIsRestricted(primary),
       SeTokenIsRestricted(client));

    if ((alice = client_token("alice", SecurityImpersonation)))
    {
        /* K2.9.2 */
        ok(!SeTokenIsAdmin(alice), "an ordinary user is an administrator\n");
        PsDereferenceImpersonationToken(alice);
    }
    else
        win_skip("no token of another user\n");

    free(groups);
    free(statistics);
    NtClose(token);
    PsDereferenceImpersonationToken(client);
    PsDereferencePrimaryToken(primary);
}

static void test_class_numbers(void)
{
    /* K2.7.7 */
    ok(TokenUserClaimAttributes == 33 && TokenDeviceClaimAttributes == 34, "got %d %d\n", TokenUserClaimAttributes,
       TokenDeviceClaimAttributes);
    ok(TokenRestrictedUserClaimAttributes == 35 && TokenRestrictedDeviceClaimAttributes == 36, "got %d %d\n",
       TokenRestrictedUserClaimAttributes, TokenRestrictedDeviceClaimAttributes);
    ok(TokenDeviceGroups == 37 && TokenRestrictedDeviceGroups == 38, "got %d %d\n", TokenDeviceGroups,
       TokenRestrictedDeviceGroups);
}

/* What only LocalSystem shows. */
static void test_local_system(void)
{
    HANDLE token = process_token_handle(TOKEN_QUERY);
    TOKEN_PRIVILEGES *privileges;
    TOKEN_DEFAULT_DACL *dacl;
    TOKEN_USER *user;
    NTSTATUS status;
    ULONG length, i;
    SID *sid;

    user = query(token, TokenUser, &status, &length);
    sid = user ? user->User.Sid : NULL;
    if (!sid || sid->SubAuthorityCount != 1 || sid->SubAuthority[0] != SECURITY_LOCAL_SYSTEM_RID)
    {
        skip("not LocalSystem\n");
        free(user);
        NtClose(token);
        return;
    }

    /* K2.11.1 */
    dacl = query(token, TokenDefaultDacl, &status, &length);
    ok(dacl && dacl->DefaultDacl && dacl->DefaultDacl->AceCount == 2, "got %#x\n", status);
    if (dacl && dacl->DefaultDacl)
    {
        ACCESS_ALLOWED_ACE *ace = (ACCESS_ALLOWED_ACE *)(dacl->DefaultDacl + 1);

        /* K2.11.1 */
        ok(ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE && ace->Mask == GENERIC_ALL, "got type %d, mask %#x\n",
           ace->Header.AceType, ace->Mask);
        ok(same_sid((SID *)&ace->SidStart, sid), "the first entry is not for LocalSystem\n");
        ace = (ACCESS_ALLOWED_ACE *)((char *)ace + ace->Header.AceSize);
        ok(ace->Mask == (GENERIC_READ | GENERIC_EXECUTE | READ_CONTROL), "got mask %#x\n", ace->Mask);
        ok(same_sid((SID *)&ace->SidStart, administrators()), "the second entry is not for Administrators\n");
    }

    /* K2.11.2: of those that are always enabled, the ones a server rests on */
    privileges = query(token, TokenPrivileges, &status, &length);
    for (i = 0; privileges && i < privileges->PrivilegeCount; i++)
        if (privileges->Privileges[i].Luid.LowPart == SE_IMPERSONATE_PRIVILEGE ||
            privileges->Privileges[i].Luid.LowPart == SE_TCB_PRIVILEGE)
            ok(privileges->Privileges[i].Attributes & SE_PRIVILEGE_ENABLED, "privilege %u is disabled\n",
               privileges->Privileges[i].Luid.LowPart);

    free(privileges);
    free(dacl);
    free(user);
    NtClose(token);
}

START_TEST(token_query)
{
    test_parameters();
    test_variable_classes();
    test_contents();
    test_fixed_classes();
    test_kernel_form();
    test_forms_agree();
    test_accessors();
    test_class_numbers();
    test_local_system();
}

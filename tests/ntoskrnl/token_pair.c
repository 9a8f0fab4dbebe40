/*
 * Values of a token that are about how much it may be trusted: integrity level, mandatory policy, origin, linked tokens, and
 * what a snapshot for access checks says of it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};
static SID low = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 16}}, {SECURITY_MANDATORY_LOW_RID}};
static SID high = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 16}}, {SECURITY_MANDATORY_PROTECTED_PROCESS_RID}};

static HANDLE duplicate(SECURITY_IMPERSONATION_LEVEL level)
{
    PACCESS_TOKEN self = self_token(level);
    HANDLE handle = token_handle(self);

    ObDereferenceObject(self);
    return handle;
}

static ULONG integrity_of(HANDLE token)
{
    struct
    {
        TOKEN_MANDATORY_LABEL label;
        UCHAR room[SECURITY_MAX_SID_SIZE];
    } answer;
    ULONG length;

    if (NtQueryInformationToken(token, TokenIntegrityLevel, &answer, sizeof(answer), &length)) return ~0u;
    return *RtlSubAuthoritySid(answer.label.Label.Sid, 0);
}

static BOOL has_privilege(ULONG privilege)
{
    return SeSinglePrivilegeCheck((LUID){privilege, 0}, UserMode);
}

static void test_integrity(void)
{
    HANDLE token = duplicate(SecurityImpersonation);
    TOKEN_MANDATORY_LABEL label = {{&low, SE_GROUP_INTEGRITY}};
    NTSTATUS status;

    /* sdk SetTokenInformation, K7.3.1 */
    status = NtSetInformationToken(token, TokenIntegrityLevel, &label, sizeof(label));
    ok(!status && integrity_of(token) == SECURITY_MANDATORY_LOW_RID, "got %#x, level %#x\n", status, integrity_of(token));
    label.Label.Sid = &high;
    status = NtSetInformationToken(token, TokenIntegrityLevel, &label, sizeof(label));
    ok(status == (has_privilege(SE_TCB_PRIVILEGE) ? STATUS_SUCCESS : STATUS_PRIVILEGE_NOT_HELD), "got %#x\n", status);
    NtClose(token);
}

static void test_trusted_values(void)
{
    HANDLE token = duplicate(SecurityImpersonation);
    TOKEN_MANDATORY_POLICY policy = {TOKEN_MANDATORY_POLICY_OFF}, got = {77};
    NTSTATUS expected = has_privilege(SE_TCB_PRIVILEGE) ? STATUS_SUCCESS : STATUS_PRIVILEGE_NOT_HELD, status;
    ULONG length, ui_access = TRUE;

    /* sdk SetTokenInformation: for the system alone */
    status = NtSetInformationToken(token, TokenMandatoryPolicy, &policy, sizeof(policy));
    ok(status == expected, "got %#x\n", status);
    NtQueryInformationToken(token, TokenMandatoryPolicy, &got, sizeof(got), &length);
    ok((got.Policy == TOKEN_MANDATORY_POLICY_OFF) == !expected, "got policy %u\n", got.Policy);
    status = NtSetInformationToken(token, TokenUIAccess, &ui_access, sizeof(ui_access));
    ok(status == expected, "got %#x\n", status);
    ui_access = 77;
    NtQueryInformationToken(token, TokenUIAccess, &ui_access, sizeof(ui_access), &length);
    ok(ui_access == (expected ? 0u : 1u), "got %u\n", ui_access);
    NtClose(token);
}

static TOKEN_ELEVATION_TYPE elevation_of(HANDLE token)
{
    TOKEN_ELEVATION_TYPE type = 0;
    ULONG length;

    NtQueryInformationToken(token, TokenElevationType, &type, sizeof(type), &length);
    return type;
}

static void test_linked(void)
{
    HANDLE full = duplicate(SecurityImpersonation), limited;
    TOKEN_LINKED_TOKEN link = {NULL};
    NTSTATUS status;
    ULONG length;

    /* sdk TOKEN_ELEVATION_TYPE: neither half of a pair */
    status = NtFilterToken(full, LUA_TOKEN, NULL, NULL, NULL, &limited);
    ok(!status && elevation_of(full) == TokenElevationTypeDefault, "got %#x, %d\n", status, elevation_of(full));

    link.LinkedToken = limited;
    status = NtSetInformationToken(full, TokenLinkedToken, &link, sizeof(link));
    if (status == STATUS_PRIVILEGE_NOT_HELD)
    {
        skip("without SeTcbPrivilege\n");
        NtClose(limited);
        NtClose(full);
        return;
    }
    /* sdk TOKEN_LINKED_TOKEN, sdk TOKEN_ELEVATION_TYPE */
    ok(!status, "got %#x\n", status);
    ok(elevation_of(full) == TokenElevationTypeFull, "got %d\n", elevation_of(full));
    ok(elevation_of(limited) == TokenElevationTypeLimited, "got %d\n", elevation_of(limited));
    NtClose(full);
    status = NtQueryInformationToken(limited, TokenLinkedToken, &link, sizeof(link), &length);
    ok(!status && length == sizeof(link), "got %#x, %u bytes\n", status, length);
    ok(elevation_of(link.LinkedToken) == TokenElevationTypeFull, "got %d\n", elevation_of(link.LinkedToken));
    status = NtClose(link.LinkedToken);
    ok(!status, "got %#x\n", status);
    status = NtQueryInformationToken(limited, TokenLinkedToken, &link, sizeof(link) - 1, &length);
    ok(status == STATUS_BUFFER_TOO_SMALL && length == sizeof(link), "got %#x, %u bytes\n", status, length);
    NtClose(limited);
}

/* A primary token for the system, one to look at for everybody else: to make a pair the kernel is asked itself. */
static void test_linked_for(BOOL system)
{
    PACCESS_TOKEN self = self_token(SecurityImpersonation);
    HANDLE full = token_handle(self), limited = NULL;
    TOKEN_LINKED_TOKEN link = {NULL};
    SECURITY_IMPERSONATION_LEVEL level = 77;
    TOKEN_TYPE type = 77;
    NTSTATUS status;
    ULONG length;

    ObDereferenceObject(self);
    NtFilterToken(full, LUA_TOKEN, NULL, NULL, NULL, &limited);
    link.LinkedToken = limited;
    status = ZwSetInformationToken(full, TokenLinkedToken, &link, sizeof(link));
    ok(!status, "got %#x\n", status); /* sdk SetTokenInformation */
    link.LinkedToken = NULL;
    /* sdk TOKEN_LINKED_TOKEN, sdk GetTokenInformation */
    status = NtQueryInformationToken(limited, TokenLinkedToken, &link, sizeof(link), &length);
    ok(!status, "got %#x\n", status);
    status = NtQueryInformationToken(link.LinkedToken, TokenType, &type, sizeof(type), &length);
    ok(!status && type == (system ? TokenPrimary : TokenImpersonation), "got %#x, type %d\n", status, type);
    if (!system)
    {
        status = NtQueryInformationToken(link.LinkedToken, TokenImpersonationLevel, &level, sizeof(level), &length);
        ok(!status && level == SecurityIdentification, "got %#x, level %d\n", status, level); /* sdk TOKEN_LINKED_TOKEN */
    }
    NtClose(link.LinkedToken);
    NtClose(limited);
    NtClose(full);
}

static void test_nothing(void)
{
    HANDLE token = duplicate(SecurityImpersonation);
    ULONG value = 77, length;
    NTSTATUS status;

    /* sdk TOKEN_INFORMATION_CLASS: no app container */
    status = NtQueryInformationToken(token, TokenIsAppContainer, &value, sizeof(value), &length);
    ok(!status && !value, "got %#x, %u\n", status, value);
    value = 77;
    status = NtQueryInformationToken(token, TokenVirtualizationEnabled, &value, sizeof(value), &length);
    ok(!status && !value, "got %#x, %u\n", status, value);
    NtClose(token);
}

static const GENERIC_MAPPING mapping = {1, 2, 4, STANDARD_RIGHTS_REQUIRED | 7};

/* What a snapshot of TOKEN may have of an object that Everyone may use. */
static BOOLEAN may_use(HANDLE token)
{
    struct
    {
        ACL acl;
        UCHAR room[64];
    } dacl;
    SECURITY_DESCRIPTOR descriptor;
    TOKEN_ACCESS_INFORMATION *information;
    ACCESS_MASK granted = 0;
    PPRIVILEGE_SET privileges = NULL;
    ULONG length = 0;
    BOOLEAN allowed;
    NTSTATUS status;

    RtlCreateAcl(&dacl.acl, sizeof(dacl), ACL_REVISION);
    RtlAddAccessAllowedAce(&dacl.acl, ACL_REVISION, 1, &everyone);
    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, &dacl.acl, FALSE);
    RtlSetOwnerSecurityDescriptor(&descriptor, &everyone, FALSE);
    RtlSetGroupSecurityDescriptor(&descriptor, &everyone, FALSE);
    NtQueryInformationToken(token, TokenAccessInformation, NULL, 0, &length);
    information = malloc(length);
    status = NtQueryInformationToken(token, TokenAccessInformation, information, length, &length);
    ok(!status, "got %#x\n", status); /* DDI SeAccessCheckFromState */
    allowed = SeAccessCheckFromState(&descriptor, information, NULL, 1, 0, &privileges, (PGENERIC_MAPPING)&mapping, UserMode, &granted,
                                     &status);
    if (privileges) SeFreePrivileges(privileges);
    free(information);
    return allowed;
}

static void test_snapshot(void)
{
    SID dialup = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {1}};
    TOKEN_GROUPS world = {1, {{&everyone, 0}}}, other = {1, {{&dialup, 0}}};
    HANDLE token = duplicate(SecurityImpersonation), filtered;
    NTSTATUS status;

    /* DDI SeAccessCheckFromState, K2.2.2, K2.2.4 */
    ok(may_use(token), "Everyone is not in the snapshot\n");
    status = NtFilterToken(token, 0, &world, NULL, NULL, &filtered);
    ok(!status && !may_use(filtered), "got %#x, a deny-only SID grants\n", status);
    NtClose(filtered);
    status = NtFilterToken(token, 0, NULL, NULL, &world, &filtered);
    ok(!status && may_use(filtered), "got %#x, the restricting SID does not grant\n", status);
    NtClose(filtered);
    status = NtFilterToken(token, 0, NULL, NULL, &other, &filtered);
    ok(!status && !may_use(filtered), "got %#x, there is no restriction\n", status);
    NtClose(filtered);
    NtClose(token);
}

START_TEST(token_pair)
{
    if (child_argument())
    {
        test_linked_for(FALSE);
        return;
    }
    if (has_privilege(SE_TCB_PRIVILEGE)) test_linked_for(TRUE);
    if (!run_without_privileges("token_pair")) win_skip("no process without privileges\n");
    test_integrity();
    test_trusted_values();
    test_linked();
    test_nothing();
    test_snapshot();
}

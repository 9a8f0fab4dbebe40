/*
 * SeExports, and the routines that tell LUIDs and the SIDs of services.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include <ntifs.h>
#include <winternl.h>

static BOOL is_sid(PSID sid, UCHAR authority, UCHAR count, ULONG first, ULONG second)
{
    SID_IDENTIFIER_AUTHORITY wanted = {{0, 0, 0, 0, 0, authority}};

    return sid && RtlValidSid(sid) && *RtlSubAuthorityCountSid(sid) == count &&
           !memcmp(RtlIdentifierAuthoritySid(sid), &wanted, sizeof(wanted)) &&
           (count < 1 || *RtlSubAuthoritySid(sid, 0) == first) && (count < 2 || *RtlSubAuthoritySid(sid, 1) == second);
}

static void test_privileges(void)
{
    static const struct
    {
        size_t offset;
        ULONG privilege;
    } fields[] = {
        {offsetof(SE_EXPORTS, SeCreateTokenPrivilege), SE_CREATE_TOKEN_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeAssignPrimaryTokenPrivilege), SE_ASSIGNPRIMARYTOKEN_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeLockMemoryPrivilege), SE_LOCK_MEMORY_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeIncreaseQuotaPrivilege), SE_INCREASE_QUOTA_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeTcbPrivilege), SE_TCB_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeSecurityPrivilege), SE_SECURITY_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeTakeOwnershipPrivilege), SE_TAKE_OWNERSHIP_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeLoadDriverPrivilege), SE_LOAD_DRIVER_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeCreatePagefilePrivilege), SE_CREATE_PAGEFILE_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeIncreaseBasePriorityPrivilege), SE_INC_BASE_PRIORITY_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeSystemProfilePrivilege), SE_SYSTEM_PROFILE_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeSystemtimePrivilege), SE_SYSTEMTIME_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeProfileSingleProcessPrivilege), SE_PROF_SINGLE_PROCESS_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeCreatePermanentPrivilege), SE_CREATE_PERMANENT_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeBackupPrivilege), SE_BACKUP_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeRestorePrivilege), SE_RESTORE_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeShutdownPrivilege), SE_SHUTDOWN_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeDebugPrivilege), SE_DEBUG_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeAuditPrivilege), SE_AUDIT_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeSystemEnvironmentPrivilege), SE_SYSTEM_ENVIRONMENT_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeChangeNotifyPrivilege), SE_CHANGE_NOTIFY_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeRemoteShutdownPrivilege), SE_REMOTE_SHUTDOWN_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeUndockPrivilege), SE_UNDOCK_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeSyncAgentPrivilege), SE_SYNC_AGENT_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeEnableDelegationPrivilege), SE_ENABLE_DELEGATION_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeManageVolumePrivilege), SE_MANAGE_VOLUME_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeImpersonatePrivilege), SE_IMPERSONATE_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeCreateGlobalPrivilege), SE_CREATE_GLOBAL_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeTrustedCredManAccessPrivilege), SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeRelabelPrivilege), SE_RELABEL_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeIncreaseWorkingSetPrivilege), SE_INC_WORKING_SET_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeTimeZonePrivilege), SE_TIME_ZONE_PRIVILEGE},
        {offsetof(SE_EXPORTS, SeCreateSymbolicLinkPrivilege), SE_CREATE_SYMBOLIC_LINK_PRIVILEGE},
    };
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(fields); i++)
    {
        const LUID *luid = (const LUID *)((const char *)SeExports + fields[i].offset);

        /* DDI _SE_EXPORTS */
        ok(luid->LowPart == fields[i].privilege && !luid->HighPart, "%u: got %u\n", fields[i].privilege, luid->LowPart);
    }
}

static void test_sids(void)
{
    const struct
    {
        PSID sid;
        UCHAR authority, count;
        ULONG first, second;
    } sids[] = {
        {SeExports->SeNullSid, 0, 1, 0, 0},
        {SeExports->SeWorldSid, 1, 1, 0, 0},
        {SeExports->SeLocalSid, 2, 1, 0, 0},
        {SeExports->SeCreatorOwnerSid, 3, 1, 0, 0},
        {SeExports->SeCreatorGroupSid, 3, 1, 1, 0},
        {SeExports->SeNtAuthoritySid, 5, 0, 0, 0},
        {SeExports->SeDialupSid, 5, 1, 1, 0},
        {SeExports->SeNetworkSid, 5, 1, 2, 0},
        {SeExports->SeBatchSid, 5, 1, 3, 0},
        {SeExports->SeInteractiveSid, 5, 1, 4, 0},
        {SeExports->SeAnonymousLogonSid, 5, 1, 7, 0},
        {SeExports->SeAuthenticatedUsersSid, 5, 1, 11, 0},
        {SeExports->SeRestrictedSid, 5, 1, 12, 0},
        {SeExports->SeLocalSystemSid, 5, 1, 18, 0},
        {SeExports->SeLocalServiceSid, 5, 1, 19, 0},
        {SeExports->SeNetworkServiceSid, 5, 1, 20, 0},
        {SeExports->SeAliasAdminsSid, 5, 2, 32, 544},
        {SeExports->SeAliasUsersSid, 5, 2, 32, 545},
        {SeExports->SeAliasGuestsSid, 5, 2, 32, 546},
        {SeExports->SeAliasPowerUsersSid, 5, 2, 32, 547},
        {SeExports->SeAliasAccountOpsSid, 5, 2, 32, 548},
        {SeExports->SeAliasSystemOpsSid, 5, 2, 32, 549},
        {SeExports->SeAliasPrintOpsSid, 5, 2, 32, 550},
        {SeExports->SeAliasBackupOpsSid, 5, 2, 32, 551},
        {SeExports->SeIUserSid, 5, 1, 17, 0},
        {SeExports->SeUntrustedMandatorySid, 16, 1, 0, 0},
        {SeExports->SeLowMandatorySid, 16, 1, 0x1000, 0},
        {SeExports->SeMediumMandatorySid, 16, 1, 0x2000, 0},
        {SeExports->SeHighMandatorySid, 16, 1, 0x3000, 0},
        {SeExports->SeSystemMandatorySid, 16, 1, 0x4000, 0},
        {SeExports->SeOwnerRightsSid, 3, 1, 4, 0},
    };
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(sids); i++)
    {
        /* DDI _SE_EXPORTS, win32 secauthz/well-known-sids */
        ok(is_sid(sids[i].sid, sids[i].authority, sids[i].count, sids[i].first, sids[i].second), "%u\n", i);
    }
}

static void test_luid(void)
{
    LUID a = {5, 6}, b = {5, 6}, c = {5, 7}, d = {4, 6};
    BOOLEAN equal = (RtlEqualLuid)(&a, &b);

    /* DDI RtlEqualLuid */
    ok(equal == TRUE, "got %d\n", equal);
    ok(!(RtlEqualLuid)(&a, &c) && !(RtlEqualLuid)(&a, &d), "different LUIDs are equal\n");
}

static void test_service_sid(void)
{
    static const char ascii[] = "Guise-Test-Service-With-A-Name-Of-Over-64-Characters-For-A-Third-Block";
    static const ULONG of_long[] = {4072559788u, 47047373u, 1044034642u, 4097476074u, 2603801195u};
    static const ULONG wanted[] = {80, 956008885, 3418522649, 1831038044, 1853292631, 2271478464};
    WCHAR text[] = {'T', 'r', 'u', 's', 't', 'e', 'd', 'I', 'n', 's', 't', 'a', 'l', 'l', 'e', 'r'};
    UNICODE_STRING name = {sizeof(text), sizeof(text), text};
    WCHAR wide[sizeof(ascii)];
    UCHAR room[SECURITY_MAX_SID_SIZE], other[SECURITY_MAX_SID_SIZE];
    ULONG length = 0, i;
    NTSTATUS status = RtlCreateServiceSid(&name, NULL, &length);

    /* DDI RtlCreateServiceSid */
    ok(status == STATUS_BUFFER_TOO_SMALL && length == 32, "got %#x, %u bytes\n", status, length);
    length = 31;
    status = RtlCreateServiceSid(&name, room, &length);
    ok(status == STATUS_BUFFER_TOO_SMALL && length == 32, "got %#x, %u bytes\n", status, length);
    status = RtlCreateServiceSid(&name, room, &length);
    ok(!status && length == 32 && RtlLengthSid(room) == 32, "got %#x, %u bytes\n", status, length);
    for (i = 0; i < ARRAYSIZE(wanted); i++) /* win32 secauthz/well-known-sids */
        ok(*RtlSubAuthoritySid(room, i) == wanted[i], "%u: got %u\n", i, *RtlSubAuthoritySid(room, i));

    /* DDI RtlCreateServiceSid: a name of several blocks of the hash, computed with another implementation */
    name.Buffer = wide;
    name.Length = name.MaximumLength = (sizeof(ascii) - 1) * sizeof(WCHAR);
    for (i = 0; i < sizeof(ascii) - 1; i++) wide[i] = ascii[i];
    length = sizeof(other);
    status = RtlCreateServiceSid(&name, other, &length);
    ok(!status, "got %#x\n", status);
    for (i = 0; i < ARRAYSIZE(of_long); i++)
        ok(*RtlSubAuthoritySid(other, i + 1) == of_long[i], "%u: got %u\n", i, *RtlSubAuthoritySid(other, i + 1));
    name.Buffer = text;
    name.Length = name.MaximumLength = sizeof(text);

    /* DDI RtlCreateServiceSid: names differ in more than their case */
    text[0] = 't';
    length = sizeof(other);
    status = RtlCreateServiceSid(&name, other, &length);
    ok(!status && RtlEqualSid(room, other), "got %#x\n", status);
    text[0] = 'd';
    status = RtlCreateServiceSid(&name, other, &length);
    ok(!status && !RtlEqualSid(room, other), "got %#x\n", status);
}

static void test_errors(void)
{
    /* DDI RtlNtStatusToDosErrorNoTeb */
    ok(RtlNtStatusToDosErrorNoTeb(STATUS_ACCESS_DENIED) == ERROR_ACCESS_DENIED, "got %u\n",
       RtlNtStatusToDosErrorNoTeb(STATUS_ACCESS_DENIED));
    ok(RtlNtStatusToDosErrorNoTeb(0xe0000001) == ERROR_MR_MID_NOT_FOUND, "got %u\n",
       RtlNtStatusToDosErrorNoTeb(0xe0000001));
}

START_TEST(se_exports)
{
    test_privileges();
    test_sids();
    test_luid();
    test_service_sid();
    test_errors();
}

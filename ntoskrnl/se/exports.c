/*
 * What the security half exports as data: SeExports, and the two DACLs of the 2003 list.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/core.h"

/* ---- SIDs -------------------------------------------------------------------------------------------------------- */

/* A SID of up to six subauthorities. */
struct sid_room
{
    SID sid;
    ULONG more[5];
};

#define SID_OF(authority, count, first, ...) \
    {.sid = {SID_REVISION, count, {{0, 0, 0, 0, 0, authority}}, {first}}, .more = {__VA_ARGS__}}
#define NT_SID(rid)      SID_OF(5, 1, rid, 0)
#define ALIAS_SID(rid)   SID_OF(5, 2, SECURITY_BUILTIN_DOMAIN_RID, rid)
#define LABEL_SID(rid)   SID_OF(16, 1, rid, 0)

/* kernel facts 7.5; win32 well-known-sids. */
static struct sid_room null_sid = SID_OF(0, 1, 0, 0), world = SID_OF(1, 1, 0, 0), local = SID_OF(2, 1, 0, 0),
                       creator_owner = SID_OF(3, 1, 0, 0), creator_group = SID_OF(3, 1, 1, 0),
                       owner_rights = SID_OF(3, 1, 4, 0), nt_authority = SID_OF(5, 0, 0, 0);
static struct sid_room dialup = NT_SID(SECURITY_DIALUP_RID), network = NT_SID(SECURITY_NETWORK_RID),
                       batch = NT_SID(SECURITY_BATCH_RID), interactive = NT_SID(SECURITY_INTERACTIVE_RID),
                       anonymous = NT_SID(SECURITY_ANONYMOUS_LOGON_RID),
                       authenticated_users = NT_SID(SECURITY_AUTHENTICATED_USER_RID),
                       restricted = NT_SID(SECURITY_RESTRICTED_CODE_RID), iuser = NT_SID(SECURITY_IUSER_RID),
                       local_system = NT_SID(SECURITY_LOCAL_SYSTEM_RID),
                       local_service = NT_SID(SECURITY_LOCAL_SERVICE_RID),
                       network_service = NT_SID(SECURITY_NETWORK_SERVICE_RID);
static struct sid_room admins = ALIAS_SID(DOMAIN_ALIAS_RID_ADMINS), users = ALIAS_SID(DOMAIN_ALIAS_RID_USERS),
                       guests = ALIAS_SID(DOMAIN_ALIAS_RID_GUESTS),
                       power_users = ALIAS_SID(DOMAIN_ALIAS_RID_POWER_USERS),
                       account_ops = ALIAS_SID(DOMAIN_ALIAS_RID_ACCOUNT_OPS),
                       system_ops = ALIAS_SID(DOMAIN_ALIAS_RID_SYSTEM_OPS),
                       print_ops = ALIAS_SID(DOMAIN_ALIAS_RID_PRINT_OPS),
                       backup_ops = ALIAS_SID(DOMAIN_ALIAS_RID_BACKUP_OPS);
static struct sid_room untrusted = LABEL_SID(SECURITY_MANDATORY_UNTRUSTED_RID),
                       low = LABEL_SID(SECURITY_MANDATORY_LOW_RID), medium = LABEL_SID(SECURITY_MANDATORY_MEDIUM_RID),
                       high = LABEL_SID(SECURITY_MANDATORY_HIGH_RID), system = LABEL_SID(SECURITY_MANDATORY_SYSTEM_RID);
static struct sid_room app_packages = SID_OF(15, 2, 2, 1),
                       user_mode_drivers = SID_OF(5, 6, SECURITY_USERMODEDRIVERHOST_ID_BASE_RID, 0),
                       trust_wintcb = SID_OF(19, 2, 1024, 8192),
                       /* RtlCreateServiceSid of TrustedInstaller */
    trusted_installer = SID_OF(5, 6, SECURITY_SERVICE_ID_BASE_RID, 956008885, 3418522649, 1831038044, 1853292631,
                               2271478464);

/* ---- SeExports --------------------------------------------------------------------------------------------------- */

#define PRIVILEGE(name) {SE_##name##_PRIVILEGE, 0}

/* SeUnsolicitedInputPrivilege is the old name of SeMachineAccountPrivilege. No source tells the three last SIDs: NULL. */
static SE_EXPORTS exports = {
    .SeCreateTokenPrivilege = PRIVILEGE(CREATE_TOKEN),
    .SeAssignPrimaryTokenPrivilege = PRIVILEGE(ASSIGNPRIMARYTOKEN),
    .SeLockMemoryPrivilege = PRIVILEGE(LOCK_MEMORY),
    .SeIncreaseQuotaPrivilege = PRIVILEGE(INCREASE_QUOTA),
    .SeUnsolicitedInputPrivilege = PRIVILEGE(MACHINE_ACCOUNT),
    .SeTcbPrivilege = PRIVILEGE(TCB),
    .SeSecurityPrivilege = PRIVILEGE(SECURITY),
    .SeTakeOwnershipPrivilege = PRIVILEGE(TAKE_OWNERSHIP),
    .SeLoadDriverPrivilege = PRIVILEGE(LOAD_DRIVER),
    .SeCreatePagefilePrivilege = PRIVILEGE(CREATE_PAGEFILE),
    .SeIncreaseBasePriorityPrivilege = PRIVILEGE(INC_BASE_PRIORITY),
    .SeSystemProfilePrivilege = PRIVILEGE(SYSTEM_PROFILE),
    .SeSystemtimePrivilege = PRIVILEGE(SYSTEMTIME),
    .SeProfileSingleProcessPrivilege = PRIVILEGE(PROF_SINGLE_PROCESS),
    .SeCreatePermanentPrivilege = PRIVILEGE(CREATE_PERMANENT),
    .SeBackupPrivilege = PRIVILEGE(BACKUP),
    .SeRestorePrivilege = PRIVILEGE(RESTORE),
    .SeShutdownPrivilege = PRIVILEGE(SHUTDOWN),
    .SeDebugPrivilege = PRIVILEGE(DEBUG),
    .SeAuditPrivilege = PRIVILEGE(AUDIT),
    .SeSystemEnvironmentPrivilege = PRIVILEGE(SYSTEM_ENVIRONMENT),
    .SeChangeNotifyPrivilege = PRIVILEGE(CHANGE_NOTIFY),
    .SeRemoteShutdownPrivilege = PRIVILEGE(REMOTE_SHUTDOWN),
    .SeNullSid = &null_sid,
    .SeWorldSid = &world,
    .SeLocalSid = &local,
    .SeCreatorOwnerSid = &creator_owner,
    .SeCreatorGroupSid = &creator_group,
    .SeNtAuthoritySid = &nt_authority,
    .SeDialupSid = &dialup,
    .SeNetworkSid = &network,
    .SeBatchSid = &batch,
    .SeInteractiveSid = &interactive,
    .SeLocalSystemSid = &local_system,
    .SeAliasAdminsSid = &admins,
    .SeAliasUsersSid = &users,
    .SeAliasGuestsSid = &guests,
    .SeAliasPowerUsersSid = &power_users,
    .SeAliasAccountOpsSid = &account_ops,
    .SeAliasSystemOpsSid = &system_ops,
    .SeAliasPrintOpsSid = &print_ops,
    .SeAliasBackupOpsSid = &backup_ops,
    .SeAuthenticatedUsersSid = &authenticated_users,
    .SeRestrictedSid = &restricted,
    .SeAnonymousLogonSid = &anonymous,
    .SeUndockPrivilege = PRIVILEGE(UNDOCK),
    .SeSyncAgentPrivilege = PRIVILEGE(SYNC_AGENT),
    .SeEnableDelegationPrivilege = PRIVILEGE(ENABLE_DELEGATION),
    .SeLocalServiceSid = &local_service,
    .SeNetworkServiceSid = &network_service,
    .SeManageVolumePrivilege = PRIVILEGE(MANAGE_VOLUME),
    .SeImpersonatePrivilege = PRIVILEGE(IMPERSONATE),
    .SeCreateGlobalPrivilege = PRIVILEGE(CREATE_GLOBAL),
    .SeTrustedCredManAccessPrivilege = PRIVILEGE(TRUSTED_CREDMAN_ACCESS),
    .SeRelabelPrivilege = PRIVILEGE(RELABEL),
    .SeIncreaseWorkingSetPrivilege = PRIVILEGE(INC_WORKING_SET),
    .SeTimeZonePrivilege = PRIVILEGE(TIME_ZONE),
    .SeCreateSymbolicLinkPrivilege = PRIVILEGE(CREATE_SYMBOLIC_LINK),
    .SeIUserSid = &iuser,
    .SeUntrustedMandatorySid = &untrusted,
    .SeLowMandatorySid = &low,
    .SeMediumMandatorySid = &medium,
    .SeHighMandatorySid = &high,
    .SeSystemMandatorySid = &system,
    .SeOwnerRightsSid = &owner_rights,
    .SeAllAppPackagesSid = &app_packages,
    .SeUserModeDriversSid = &user_mode_drivers,
    .SeProcTrustWinTcbSid = &trust_wintcb,
    .SeTrustedInstallerSid = &trusted_installer,
    .SeDelegateSessionUserImpersonatePrivilege = PRIVILEGE(DELEGATE_SESSION_USER_IMPERSONATE),
};

/* SeExports (NTOSKRNL.@): DDI page of SE_EXPORTS. */
PSE_EXPORTS SeExports = &exports;

/* ---- DACLs ------------------------------------------------------------------------------------------------------- */

struct ace_for_one
{
    ACE_HEADER header;
    ACCESS_MASK mask;
    SID sid;
};

struct ace_for_alias
{
    ACE_HEADER header;
    ACCESS_MASK mask;
    SID sid;
    ULONG rid;
};

#define ALLOW_ONE(rights, authority, rid) \
    {{ACCESS_ALLOWED_ACE_TYPE, 0, sizeof(struct ace_for_one)}, rights, {SID_REVISION, 1, {{0, 0, 0, 0, 0, authority}}, {rid}}}
#define ALLOW_ADMINS(rights) \
    {{ACCESS_ALLOWED_ACE_TYPE, 0, sizeof(struct ace_for_alias)}, \
     rights, \
     {SID_REVISION, 2, {{0, 0, 0, 0, 0, 5}}, {SECURITY_BUILTIN_DOMAIN_RID}}, \
     DOMAIN_ALIAS_RID_ADMINS}

static struct
{
    ACL acl;
    struct ace_for_one everyone, system;
    struct ace_for_alias admins;
} public_dacl = {{ACL_REVISION, 0, sizeof(public_dacl), 3, 0},
                 ALLOW_ONE(GENERIC_EXECUTE, 1, 0),
                 ALLOW_ONE(GENERIC_ALL, 5, SECURITY_LOCAL_SYSTEM_RID),
                 ALLOW_ADMINS(GENERIC_ALL)};

/* K2.11.1, but for every object of the system. */
static struct
{
    ACL acl;
    struct ace_for_one system;
    struct ace_for_alias admins;
} system_dacl = {{ACL_REVISION, 0, sizeof(system_dacl), 2, 0},
                 ALLOW_ONE(GENERIC_ALL, 5, SECURITY_LOCAL_SYSTEM_RID),
                 ALLOW_ADMINS(GENERIC_READ | GENERIC_EXECUTE | READ_CONTROL)};

/* SePublicDefaultDacl, SeSystemDefaultDacl (NTOSKRNL.@): exported by Windows without a page. */
PACL SePublicDefaultDacl = &public_dacl.acl;
PACL SeSystemDefaultDacl = &system_dacl.acl;

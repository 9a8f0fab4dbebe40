/*
 * Security types and constants: LUIDs, SIDs, ACLs, descriptors, privileges, tokens and access rights.
 *
 * A PSID is `void *` here as on Windows; struct SID is there for those who want a typed pointer. All structures
 * have Windows' layout on a 64-bit machine.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_WINNT_H
#define GUISE_WINNT_H

#include <windef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANYSIZE_ARRAY 1

/* 64-bit counts and LUIDs. */
typedef union _LARGE_INTEGER
{
    __extension__ struct
    {
        DWORD LowPart;
        LONG HighPart;
    };
    struct
    {
        DWORD LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER
{
    __extension__ struct
    {
        DWORD LowPart;
        DWORD HighPart;
    };
    struct
    {
        DWORD LowPart;
        DWORD HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

/* Unique on this machine until it boots again. */
typedef struct _LUID
{
    DWORD LowPart;
    LONG HighPart;
} LUID, *PLUID;

typedef struct _LIST_ENTRY
{
    struct _LIST_ENTRY *Flink;
    struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)

/* --- Access masks ------------------------------------------------------------------------------------------- */

typedef DWORD ACCESS_MASK, *PACCESS_MASK;

#define DELETE                   0x00010000
#define READ_CONTROL             0x00020000
#define WRITE_DAC                0x00040000
#define WRITE_OWNER              0x00080000
#define SYNCHRONIZE              0x00100000
#define STANDARD_RIGHTS_REQUIRED 0x000f0000
#define STANDARD_RIGHTS_READ     READ_CONTROL
#define STANDARD_RIGHTS_WRITE    READ_CONTROL
#define STANDARD_RIGHTS_EXECUTE  READ_CONTROL
#define STANDARD_RIGHTS_ALL      0x001f0000
#define SPECIFIC_RIGHTS_ALL      0x0000ffff
#define ACCESS_SYSTEM_SECURITY   0x01000000
#define MAXIMUM_ALLOWED          0x02000000
#define GENERIC_ALL              0x10000000
#define GENERIC_EXECUTE          0x20000000
#define GENERIC_WRITE            0x40000000
#define GENERIC_READ             0x80000000

/* What the four generic rights mean for a kind of object. */
typedef struct _GENERIC_MAPPING
{
    ACCESS_MASK GenericRead;
    ACCESS_MASK GenericWrite;
    ACCESS_MASK GenericExecute;
    ACCESS_MASK GenericAll;
} GENERIC_MAPPING, *PGENERIC_MAPPING;

#define PROCESS_TERMINATE                 0x0001
#define PROCESS_CREATE_THREAD             0x0002
#define PROCESS_SET_SESSIONID             0x0004
#define PROCESS_VM_OPERATION              0x0008
#define PROCESS_VM_READ                   0x0010
#define PROCESS_VM_WRITE                  0x0020
#define PROCESS_DUP_HANDLE                0x0040
#define PROCESS_CREATE_PROCESS            0x0080
#define PROCESS_SET_QUOTA                 0x0100
#define PROCESS_SET_INFORMATION           0x0200
#define PROCESS_QUERY_INFORMATION         0x0400
#define PROCESS_SUSPEND_RESUME            0x0800
#define PROCESS_QUERY_LIMITED_INFORMATION 0x1000
#define PROCESS_SET_LIMITED_INFORMATION   0x2000
#define PROCESS_ALL_ACCESS                (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xffff)

#define THREAD_TERMINATE                 0x0001
#define THREAD_SUSPEND_RESUME            0x0002
#define THREAD_GET_CONTEXT               0x0008
#define THREAD_SET_CONTEXT               0x0010
#define THREAD_SET_INFORMATION           0x0020
#define THREAD_QUERY_INFORMATION         0x0040
#define THREAD_SET_THREAD_TOKEN          0x0080
#define THREAD_IMPERSONATE               0x0100          /* the thread's client may be read from it */
#define THREAD_DIRECT_IMPERSONATION      0x0200 /* the thread may be made to impersonate */
#define THREAD_SET_LIMITED_INFORMATION   0x0400
#define THREAD_QUERY_LIMITED_INFORMATION 0x0800
#define THREAD_RESUME                    0x1000
#define THREAD_ALL_ACCESS                (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xffff)

#define FILE_READ_DATA 0x0001
#define FILE_LIST_DIRECTORY 0x0001
#define FILE_WRITE_DATA 0x0002
#define FILE_ADD_FILE 0x0002
#define FILE_APPEND_DATA 0x0004
#define FILE_ADD_SUBDIRECTORY 0x0004
#define FILE_READ_EA 0x0008
#define FILE_WRITE_EA 0x0010
#define FILE_EXECUTE 0x0020
#define FILE_TRAVERSE 0x0020
#define FILE_DELETE_CHILD 0x0040
#define FILE_READ_ATTRIBUTES 0x0080
#define FILE_WRITE_ATTRIBUTES 0x0100
#define FILE_ALL_ACCESS (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x1ff)
#define FILE_GENERIC_READ (STANDARD_RIGHTS_READ | FILE_READ_DATA | FILE_READ_ATTRIBUTES | FILE_READ_EA | SYNCHRONIZE)
#define FILE_GENERIC_WRITE \
    (STANDARD_RIGHTS_WRITE | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES | FILE_WRITE_EA | FILE_APPEND_DATA | SYNCHRONIZE)
#define FILE_GENERIC_EXECUTE (STANDARD_RIGHTS_EXECUTE | FILE_READ_ATTRIBUTES | FILE_EXECUTE | SYNCHRONIZE)

#define DUPLICATE_CLOSE_SOURCE 0x00000001
#define DUPLICATE_SAME_ACCESS 0x00000002

/* --- SIDs --------------------------------------------------------------------------------------------------- */

typedef PVOID PSID;
typedef PVOID PACCESS_TOKEN; /* a token object in the kernel interfaces; never a HANDLE */
typedef PVOID PSECURITY_DESCRIPTOR;
typedef PVOID PCLAIMS_BLOB;

typedef struct _SID_IDENTIFIER_AUTHORITY
{
    BYTE Value[6]; /* most significant byte first */
} SID_IDENTIFIER_AUTHORITY, *PSID_IDENTIFIER_AUTHORITY;

typedef struct _SID
{
    BYTE Revision;
    BYTE SubAuthorityCount;
    SID_IDENTIFIER_AUTHORITY IdentifierAuthority;
    DWORD SubAuthority[ANYSIZE_ARRAY];
} SID, *PISID;

#define SID_REVISION                    1
#define SID_MAX_SUB_AUTHORITIES         15
#define SID_RECOMMENDED_SUB_AUTHORITIES 1
#define SECURITY_MAX_SID_SIZE           (sizeof(SID) - sizeof(DWORD) + SID_MAX_SUB_AUTHORITIES * sizeof(DWORD))

typedef enum _SID_NAME_USE
{
    SidTypeUser = 1,
    SidTypeGroup = 2,
    SidTypeDomain = 3,
    SidTypeAlias = 4,
    SidTypeWellKnownGroup = 5,
    SidTypeDeletedAccount = 6,
    SidTypeInvalid = 7,
    SidTypeUnknown = 8,
    SidTypeComputer = 9,
    SidTypeLabel = 10
} SID_NAME_USE, *PSID_NAME_USE;

typedef struct _SID_AND_ATTRIBUTES
{
    PSID Sid;
    DWORD Attributes; /* SE_GROUP_* */
} SID_AND_ATTRIBUTES, *PSID_AND_ATTRIBUTES;
typedef SID_AND_ATTRIBUTES SID_AND_ATTRIBUTES_ARRAY[ANYSIZE_ARRAY], *PSID_AND_ATTRIBUTES_ARRAY;

#define SID_HASH_SIZE 32
typedef ULONG_PTR SID_HASH_ENTRY, *PSID_HASH_ENTRY;

typedef struct _SID_AND_ATTRIBUTES_HASH
{
    DWORD SidCount;
    PSID_AND_ATTRIBUTES SidAttr;
    SID_HASH_ENTRY Hash[SID_HASH_SIZE];
} SID_AND_ATTRIBUTES_HASH, *PSID_AND_ATTRIBUTES_HASH;

#define SECURITY_NULL_SID_AUTHORITY         { 0, 0, 0, 0, 0, 0 }
#define SECURITY_WORLD_SID_AUTHORITY        { 0, 0, 0, 0, 0, 1 }
#define SECURITY_LOCAL_SID_AUTHORITY        { 0, 0, 0, 0, 0, 2 }
#define SECURITY_CREATOR_SID_AUTHORITY      { 0, 0, 0, 0, 0, 3 }
#define SECURITY_NON_UNIQUE_AUTHORITY       { 0, 0, 0, 0, 0, 4 }
#define SECURITY_NT_AUTHORITY               { 0, 0, 0, 0, 0, 5 }
#define SECURITY_RESOURCE_MANAGER_AUTHORITY { 0, 0, 0, 0, 0, 9 }
#define SECURITY_APP_PACKAGE_AUTHORITY      { 0, 0, 0, 0, 0, 15 }
#define SECURITY_MANDATORY_LABEL_AUTHORITY  { 0, 0, 0, 0, 0, 16 }
#define SECURITY_SCOPED_POLICY_ID_AUTHORITY { 0, 0, 0, 0, 0, 17 }
#define SECURITY_AUTHENTICATION_AUTHORITY   { 0, 0, 0, 0, 0, 18 }

#define SECURITY_NULL_RID                              0x00000000
#define SECURITY_WORLD_RID                             0x00000000
#define SECURITY_LOCAL_RID                             0x00000000
#define SECURITY_LOCAL_LOGON_RID                       0x00000001
#define SECURITY_CREATOR_OWNER_RID                     0x00000000
#define SECURITY_CREATOR_GROUP_RID                     0x00000001
#define SECURITY_CREATOR_OWNER_SERVER_RID              0x00000002
#define SECURITY_CREATOR_GROUP_SERVER_RID              0x00000003
#define SECURITY_CREATOR_OWNER_RIGHTS_RID              0x00000004
#define SECURITY_DIALUP_RID                            0x00000001
#define SECURITY_NETWORK_RID                           0x00000002
#define SECURITY_BATCH_RID                             0x00000003
#define SECURITY_INTERACTIVE_RID                       0x00000004
#define SECURITY_LOGON_IDS_RID                         0x00000005
#define SECURITY_LOGON_IDS_RID_COUNT                   3
#define SECURITY_SERVICE_RID                           0x00000006
#define SECURITY_ANONYMOUS_LOGON_RID                   0x00000007
#define SECURITY_PROXY_RID                             0x00000008
#define SECURITY_ENTERPRISE_CONTROLLERS_RID            0x00000009
#define SECURITY_SERVER_LOGON_RID                      SECURITY_ENTERPRISE_CONTROLLERS_RID
#define SECURITY_PRINCIPAL_SELF_RID                    0x0000000a
#define SECURITY_AUTHENTICATED_USER_RID                0x0000000b
#define SECURITY_RESTRICTED_CODE_RID                   0x0000000c
#define SECURITY_TERMINAL_SERVER_RID                   0x0000000d
#define SECURITY_REMOTE_LOGON_RID                      0x0000000e
#define SECURITY_THIS_ORGANIZATION_RID                 0x0000000f
#define SECURITY_IUSER_RID                             0x00000011
#define SECURITY_LOCAL_SYSTEM_RID                      0x00000012
#define SECURITY_LOCAL_SERVICE_RID                     0x00000013
#define SECURITY_NETWORK_SERVICE_RID                   0x00000014
#define SECURITY_NT_NON_UNIQUE                         0x00000015
#define SECURITY_NT_NON_UNIQUE_SUB_AUTH_COUNT          3
#define SECURITY_BUILTIN_DOMAIN_RID                    0x00000020
#define SECURITY_WRITE_RESTRICTED_CODE_RID             0x00000021
#define SECURITY_PACKAGE_BASE_RID                      0x00000040
#define SECURITY_PACKAGE_RID_COUNT                     2
#define SECURITY_PACKAGE_NTLM_RID                      0x0000000a
#define SECURITY_PACKAGE_SCHANNEL_RID                  0x0000000e
#define SECURITY_PACKAGE_DIGEST_RID                    0x00000015
#define SECURITY_SERVICE_ID_BASE_RID                   0x00000050
#define SECURITY_USERMODEDRIVERHOST_ID_BASE_RID        0x00000054
#define SECURITY_OTHER_ORGANIZATION_RID                0x000003e8
#define SECURITY_APP_PACKAGE_BASE_RID                  0x00000002
#define SECURITY_BUILTIN_PACKAGE_ANY_PACKAGE           0x00000001
#define SECURITY_AUTHENTICATION_AUTHORITY_ASSERTED_RID 0x00000001
#define SECURITY_AUTHENTICATION_SERVICE_ASSERTED_RID   0x00000002

#define SECURITY_MANDATORY_UNTRUSTED_RID         0x00000000
#define SECURITY_MANDATORY_LOW_RID               0x00001000
#define SECURITY_MANDATORY_MEDIUM_RID            0x00002000
#define SECURITY_MANDATORY_MEDIUM_PLUS_RID       0x00002100
#define SECURITY_MANDATORY_HIGH_RID              0x00003000
#define SECURITY_MANDATORY_SYSTEM_RID            0x00004000
#define SECURITY_MANDATORY_PROTECTED_PROCESS_RID 0x00005000

#define DOMAIN_USER_RID_ADMIN                           0x000001f4
#define DOMAIN_USER_RID_GUEST                           0x000001f5
#define DOMAIN_USER_RID_KRBTGT                          0x000001f6
#define DOMAIN_GROUP_RID_ADMINS                         0x00000200
#define DOMAIN_GROUP_RID_USERS                          0x00000201
#define DOMAIN_GROUP_RID_GUESTS                         0x00000202
#define DOMAIN_GROUP_RID_COMPUTERS                      0x00000203
#define DOMAIN_GROUP_RID_CONTROLLERS                    0x00000204
#define DOMAIN_GROUP_RID_CERT_ADMINS                    0x00000205
#define DOMAIN_GROUP_RID_SCHEMA_ADMINS                  0x00000206
#define DOMAIN_GROUP_RID_ENTERPRISE_ADMINS              0x00000207
#define DOMAIN_GROUP_RID_POLICY_ADMINS                  0x00000208
#define DOMAIN_ALIAS_RID_ADMINS                         0x00000220
#define DOMAIN_ALIAS_RID_USERS                          0x00000221
#define DOMAIN_ALIAS_RID_GUESTS                         0x00000222
#define DOMAIN_ALIAS_RID_POWER_USERS                    0x00000223
#define DOMAIN_ALIAS_RID_ACCOUNT_OPS                    0x00000224
#define DOMAIN_ALIAS_RID_SYSTEM_OPS                     0x00000225
#define DOMAIN_ALIAS_RID_PRINT_OPS                      0x00000226
#define DOMAIN_ALIAS_RID_BACKUP_OPS                     0x00000227
#define DOMAIN_ALIAS_RID_REPLICATOR                     0x00000228
#define DOMAIN_ALIAS_RID_RAS_SERVERS                    0x00000229
#define DOMAIN_ALIAS_RID_PREW2KCOMPACCESS               0x0000022a
#define DOMAIN_ALIAS_RID_REMOTE_DESKTOP_USERS           0x0000022b
#define DOMAIN_ALIAS_RID_NETWORK_CONFIGURATION_OPS      0x0000022c
#define DOMAIN_ALIAS_RID_INCOMING_FOREST_TRUST_BUILDERS 0x0000022d
#define DOMAIN_ALIAS_RID_MONITORING_USERS               0x0000022e
#define DOMAIN_ALIAS_RID_LOGGING_USERS                  0x0000022f
#define DOMAIN_ALIAS_RID_AUTHORIZATIONACCESS            0x00000230
#define DOMAIN_ALIAS_RID_TS_LICENSE_SERVERS             0x00000231
#define DOMAIN_ALIAS_RID_DCOM_USERS                     0x00000232
#define DOMAIN_ALIAS_RID_IUSERS                         0x00000238
#define DOMAIN_ALIAS_RID_CRYPTO_OPERATORS               0x00000239
#define DOMAIN_ALIAS_RID_CACHEABLE_PRINCIPALS_GROUP     0x0000023b
#define DOMAIN_ALIAS_RID_NON_CACHEABLE_PRINCIPALS_GROUP 0x0000023c
#define DOMAIN_ALIAS_RID_EVENT_LOG_READERS_GROUP        0x0000023d
#define DOMAIN_ALIAS_RID_CERTSVC_DCOM_ACCESS_GROUP      0x0000023e
#define DOMAIN_ALIAS_RID_HYPER_V_ADMINS                 0x00000242
#define DOMAIN_ALIAS_RID_REMOTE_MANAGEMENT_USERS        0x00000244

/* Logon sessions that always exist. */
#define SYSTEM_LUID          { 0x3e7, 0x0 }
#define ANONYMOUS_LOGON_LUID { 0x3e6, 0x0 }
#define LOCALSERVICE_LUID    { 0x3e5, 0x0 }
#define NETWORKSERVICE_LUID  { 0x3e4, 0x0 }
#define IUSER_LUID           { 0x3e3, 0x0 }

typedef enum
{
    WinNullSid = 0,
    WinWorldSid = 1,
    WinLocalSid = 2,
    WinCreatorOwnerSid = 3,
    WinCreatorGroupSid = 4,
    WinCreatorOwnerServerSid = 5,
    WinCreatorGroupServerSid = 6,
    WinNtAuthoritySid = 7,
    WinDialupSid = 8,
    WinNetworkSid = 9,
    WinBatchSid = 10,
    WinInteractiveSid = 11,
    WinServiceSid = 12,
    WinAnonymousSid = 13,
    WinProxySid = 14,
    WinEnterpriseControllersSid = 15,
    WinSelfSid = 16,
    WinAuthenticatedUserSid = 17,
    WinRestrictedCodeSid = 18,
    WinTerminalServerSid = 19,
    WinRemoteLogonIdSid = 20,
    WinLogonIdsSid = 21,
    WinLocalSystemSid = 22,
    WinLocalServiceSid = 23,
    WinNetworkServiceSid = 24,
    WinBuiltinDomainSid = 25,
    WinBuiltinAdministratorsSid = 26,
    WinBuiltinUsersSid = 27,
    WinBuiltinGuestsSid = 28,
    WinBuiltinPowerUsersSid = 29,
    WinBuiltinAccountOperatorsSid = 30,
    WinBuiltinSystemOperatorsSid = 31,
    WinBuiltinPrintOperatorsSid = 32,
    WinBuiltinBackupOperatorsSid = 33,
    WinBuiltinReplicatorSid = 34,
    WinBuiltinPreWindows2000CompatibleAccessSid = 35,
    WinBuiltinRemoteDesktopUsersSid = 36,
    WinBuiltinNetworkConfigurationOperatorsSid = 37,
    WinAccountAdministratorSid = 38,
    WinAccountGuestSid = 39,
    WinAccountKrbtgtSid = 40,
    WinAccountDomainAdminsSid = 41,
    WinAccountDomainUsersSid = 42,
    WinAccountDomainGuestsSid = 43,
    WinAccountComputersSid = 44,
    WinAccountControllersSid = 45,
    WinAccountCertAdminsSid = 46,
    WinAccountSchemaAdminsSid = 47,
    WinAccountEnterpriseAdminsSid = 48,
    WinAccountPolicyAdminsSid = 49,
    WinAccountRasAndIasServersSid = 50,
    WinNTLMAuthenticationSid = 51,
    WinDigestAuthenticationSid = 52,
    WinSChannelAuthenticationSid = 53,
    WinThisOrganizationSid = 54,
    WinOtherOrganizationSid = 55,
    WinBuiltinIncomingForestTrustBuildersSid = 56,
    WinBuiltinPerfMonitoringUsersSid = 57,
    WinBuiltinPerfLoggingUsersSid = 58,
    WinBuiltinAuthorizationAccessSid = 59,
    WinBuiltinTerminalServerLicenseServersSid = 60,
    WinBuiltinDCOMUsersSid = 61,
    WinBuiltinIUsersSid = 62,
    WinIUserSid = 63,
    WinBuiltinCryptoOperatorsSid = 64,
    WinUntrustedLabelSid = 65,
    WinLowLabelSid = 66,
    WinMediumLabelSid = 67,
    WinHighLabelSid = 68,
    WinSystemLabelSid = 69,
    WinWriteRestrictedCodeSid = 70,
    WinCreatorOwnerRightsSid = 71,
    WinCacheablePrincipalsGroupSid = 72,
    WinNonCacheablePrincipalsGroupSid = 73,
    WinEnterpriseReadonlyControllersSid = 74,
    WinAccountReadonlyControllersSid = 75,
    WinBuiltinEventLogReadersGroup = 76,
    WinNewEnterpriseReadonlyControllersSid = 77,
    WinBuiltinCertSvcDComAccessGroup = 78,
    WinMediumPlusLabelSid = 79,
    WinLocalLogonSid = 80,
    WinConsoleLogonSid = 81,
    WinThisOrganizationCertificateSid = 82,
    WinApplicationPackageAuthoritySid = 83,
    WinBuiltinAnyPackageSid = 84,
    WinCapabilityInternetClientSid = 85,
    WinCapabilityInternetClientServerSid = 86,
    WinCapabilityPrivateNetworkClientServerSid = 87,
    WinCapabilityPicturesLibrarySid = 88,
    WinCapabilityVideosLibrarySid = 89,
    WinCapabilityMusicLibrarySid = 90,
    WinCapabilityDocumentsLibrarySid = 91,
    WinCapabilitySharedUserCertificatesSid = 92,
    WinCapabilityEnterpriseAuthenticationSid = 93,
    WinCapabilityRemovableStorageSid = 94,
    WinBuiltinRDSRemoteAccessServersSid = 95,
    WinBuiltinRDSEndpointServersSid = 96,
    WinBuiltinRDSManagementServersSid = 97,
    WinUserModeDriversSid = 98,
    WinBuiltinHyperVAdminsSid = 99,
    WinAccountCloneableControllersSid = 100,
    WinBuiltinAccessControlAssistanceOperatorsSid = 101,
    WinBuiltinRemoteManagementUsersSid = 102,
    WinAuthenticationAuthorityAssertedSid = 103,
    WinAuthenticationServiceAssertedSid = 104,
    WinLocalAccountSid = 105,
    WinLocalAccountAndAdministratorSid = 106,
    WinAccountProtectedUsersSid = 107,
    WinCapabilityAppointmentsSid = 108,
    WinCapabilityContactsSid = 109,
    WinAccountDefaultSystemManagedSid = 110,
    WinBuiltinDefaultSystemManagedGroupSid = 111,
    WinBuiltinStorageReplicaAdminsSid = 112,
    WinAccountKeyAdminsSid = 113,
    WinAccountEnterpriseKeyAdminsSid = 114,
    WinAuthenticationKeyTrustSid = 115,
    WinAuthenticationKeyPropertyMFASid = 116,
    WinAuthenticationKeyPropertyAttestationSid = 117
} WELL_KNOWN_SID_TYPE;

/* --- Privileges --------------------------------------------------------------------------------------------- */

typedef struct _LUID_AND_ATTRIBUTES
{
    LUID Luid;
    DWORD Attributes; /* SE_PRIVILEGE_* */
} LUID_AND_ATTRIBUTES, *PLUID_AND_ATTRIBUTES;
typedef LUID_AND_ATTRIBUTES LUID_AND_ATTRIBUTES_ARRAY[ANYSIZE_ARRAY], *PLUID_AND_ATTRIBUTES_ARRAY;

typedef struct _PRIVILEGE_SET
{
    DWORD PrivilegeCount;
    DWORD Control; /* 0: any one of them will do */
    LUID_AND_ATTRIBUTES Privilege[ANYSIZE_ARRAY];
} PRIVILEGE_SET, *PPRIVILEGE_SET;

#define PRIVILEGE_SET_ALL_NECESSARY 1

#define SE_PRIVILEGE_ENABLED_BY_DEFAULT 0x00000001
#define SE_PRIVILEGE_ENABLED            0x00000002
#define SE_PRIVILEGE_REMOVED            0x00000004
#define SE_PRIVILEGE_USED_FOR_ACCESS    0x80000000
#define SE_PRIVILEGE_VALID_ATTRIBUTES \
    (SE_PRIVILEGE_ENABLED_BY_DEFAULT | SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_REMOVED | SE_PRIVILEGE_USED_FOR_ACCESS)

#define SE_CREATE_TOKEN_NAME                      TEXT("SeCreateTokenPrivilege")
#define SE_ASSIGNPRIMARYTOKEN_NAME                TEXT("SeAssignPrimaryTokenPrivilege")
#define SE_LOCK_MEMORY_NAME                       TEXT("SeLockMemoryPrivilege")
#define SE_INCREASE_QUOTA_NAME                    TEXT("SeIncreaseQuotaPrivilege")
#define SE_UNSOLICITED_INPUT_NAME                 TEXT("SeUnsolicitedInputPrivilege")
#define SE_MACHINE_ACCOUNT_NAME                   TEXT("SeMachineAccountPrivilege")
#define SE_TCB_NAME                               TEXT("SeTcbPrivilege")
#define SE_SECURITY_NAME                          TEXT("SeSecurityPrivilege")
#define SE_TAKE_OWNERSHIP_NAME                    TEXT("SeTakeOwnershipPrivilege")
#define SE_LOAD_DRIVER_NAME                       TEXT("SeLoadDriverPrivilege")
#define SE_SYSTEM_PROFILE_NAME                    TEXT("SeSystemProfilePrivilege")
#define SE_SYSTEMTIME_NAME                        TEXT("SeSystemtimePrivilege")
#define SE_PROF_SINGLE_PROCESS_NAME               TEXT("SeProfileSingleProcessPrivilege")
#define SE_INC_BASE_PRIORITY_NAME                 TEXT("SeIncreaseBasePriorityPrivilege")
#define SE_CREATE_PAGEFILE_NAME                   TEXT("SeCreatePagefilePrivilege")
#define SE_CREATE_PERMANENT_NAME                  TEXT("SeCreatePermanentPrivilege")
#define SE_BACKUP_NAME                            TEXT("SeBackupPrivilege")
#define SE_RESTORE_NAME                           TEXT("SeRestorePrivilege")
#define SE_SHUTDOWN_NAME                          TEXT("SeShutdownPrivilege")
#define SE_DEBUG_NAME                             TEXT("SeDebugPrivilege")
#define SE_AUDIT_NAME                             TEXT("SeAuditPrivilege")
#define SE_SYSTEM_ENVIRONMENT_NAME                TEXT("SeSystemEnvironmentPrivilege")
#define SE_CHANGE_NOTIFY_NAME                     TEXT("SeChangeNotifyPrivilege")
#define SE_REMOTE_SHUTDOWN_NAME                   TEXT("SeRemoteShutdownPrivilege")
#define SE_UNDOCK_NAME                            TEXT("SeUndockPrivilege")
#define SE_SYNC_AGENT_NAME                        TEXT("SeSyncAgentPrivilege")
#define SE_ENABLE_DELEGATION_NAME                 TEXT("SeEnableDelegationPrivilege")
#define SE_MANAGE_VOLUME_NAME                     TEXT("SeManageVolumePrivilege")
#define SE_IMPERSONATE_NAME                       TEXT("SeImpersonatePrivilege")
#define SE_CREATE_GLOBAL_NAME                     TEXT("SeCreateGlobalPrivilege")
#define SE_TRUSTED_CREDMAN_ACCESS_NAME            TEXT("SeTrustedCredManAccessPrivilege")
#define SE_RELABEL_NAME                           TEXT("SeRelabelPrivilege")
#define SE_INC_WORKING_SET_NAME                   TEXT("SeIncreaseWorkingSetPrivilege")
#define SE_TIME_ZONE_NAME                         TEXT("SeTimeZonePrivilege")
#define SE_CREATE_SYMBOLIC_LINK_NAME              TEXT("SeCreateSymbolicLinkPrivilege")
#define SE_DELEGATE_SESSION_USER_IMPERSONATE_NAME TEXT("SeDelegateSessionUserImpersonatePrivilege")

/* --- ACLs and ACEs ------------------------------------------------------------------------------------------ */

typedef struct _ACL
{
    BYTE AclRevision;
    BYTE Sbz1;
    WORD AclSize;
    WORD AceCount;
    WORD Sbz2;
} ACL, *PACL;

#define ACL_REVISION     2
#define ACL_REVISION_DS  4
#define ACL_REVISION1    1
#define ACL_REVISION2    2
#define ACL_REVISION3    3
#define ACL_REVISION4    4
#define MIN_ACL_REVISION ACL_REVISION2
#define MAX_ACL_REVISION ACL_REVISION4

typedef struct _ACE_HEADER
{
    BYTE AceType;
    BYTE AceFlags;
    WORD AceSize;
} ACE_HEADER, *PACE_HEADER;

#define ACCESS_MIN_MS_ACE_TYPE                  0x00
#define ACCESS_ALLOWED_ACE_TYPE                 0x00
#define ACCESS_DENIED_ACE_TYPE                  0x01
#define SYSTEM_AUDIT_ACE_TYPE                   0x02
#define SYSTEM_ALARM_ACE_TYPE                   0x03
#define ACCESS_ALLOWED_COMPOUND_ACE_TYPE        0x04
#define ACCESS_ALLOWED_OBJECT_ACE_TYPE          0x05
#define ACCESS_DENIED_OBJECT_ACE_TYPE           0x06
#define SYSTEM_AUDIT_OBJECT_ACE_TYPE            0x07
#define SYSTEM_ALARM_OBJECT_ACE_TYPE            0x08
#define ACCESS_ALLOWED_CALLBACK_ACE_TYPE        0x09
#define ACCESS_DENIED_CALLBACK_ACE_TYPE         0x0a
#define ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE 0x0b
#define ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE  0x0c
#define SYSTEM_AUDIT_CALLBACK_ACE_TYPE          0x0d
#define SYSTEM_ALARM_CALLBACK_ACE_TYPE          0x0e
#define SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE   0x0f
#define SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE   0x10
#define SYSTEM_MANDATORY_LABEL_ACE_TYPE         0x11
#define SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE      0x12
#define SYSTEM_SCOPED_POLICY_ID_ACE_TYPE        0x13

#define OBJECT_INHERIT_ACE         0x01
#define CONTAINER_INHERIT_ACE      0x02
#define NO_PROPAGATE_INHERIT_ACE   0x04
#define INHERIT_ONLY_ACE           0x08
#define INHERITED_ACE              0x10
#define VALID_INHERIT_FLAGS        0x1f
#define SUCCESSFUL_ACCESS_ACE_FLAG 0x40
#define FAILED_ACCESS_ACE_FLAG     0x80

#define ACE_OBJECT_TYPE_PRESENT 0x1
#define ACE_INHERITED_OBJECT_TYPE_PRESENT 0x2

/* In all of these the SID starts at SidStart and AceSize tells where it ends. */
#define GUISE_SIMPLE_ACE(tag, name) \
    typedef struct tag \
    { \
        ACE_HEADER Header; \
        ACCESS_MASK Mask; \
        DWORD SidStart; \
    } name, *P##name
#define GUISE_OBJECT_ACE(tag, name) \
    typedef struct tag \
    { \
        ACE_HEADER Header; \
        ACCESS_MASK Mask; \
        DWORD Flags; \
        GUID ObjectType; \
        GUID InheritedObjectType; \
        DWORD SidStart; \
    } name, *P##name

GUISE_SIMPLE_ACE(_ACCESS_ALLOWED_ACE, ACCESS_ALLOWED_ACE);
GUISE_SIMPLE_ACE(_ACCESS_DENIED_ACE, ACCESS_DENIED_ACE);
GUISE_SIMPLE_ACE(_SYSTEM_AUDIT_ACE, SYSTEM_AUDIT_ACE);
GUISE_SIMPLE_ACE(_SYSTEM_ALARM_ACE, SYSTEM_ALARM_ACE);
GUISE_SIMPLE_ACE(_SYSTEM_RESOURCE_ATTRIBUTE_ACE, SYSTEM_RESOURCE_ATTRIBUTE_ACE);
GUISE_SIMPLE_ACE(_SYSTEM_SCOPED_POLICY_ID_ACE, SYSTEM_SCOPED_POLICY_ID_ACE);
GUISE_SIMPLE_ACE(_SYSTEM_MANDATORY_LABEL_ACE, SYSTEM_MANDATORY_LABEL_ACE);
GUISE_SIMPLE_ACE(_ACCESS_ALLOWED_CALLBACK_ACE, ACCESS_ALLOWED_CALLBACK_ACE);
GUISE_SIMPLE_ACE(_ACCESS_DENIED_CALLBACK_ACE, ACCESS_DENIED_CALLBACK_ACE);
GUISE_SIMPLE_ACE(_SYSTEM_AUDIT_CALLBACK_ACE, SYSTEM_AUDIT_CALLBACK_ACE);
GUISE_SIMPLE_ACE(_SYSTEM_ALARM_CALLBACK_ACE, SYSTEM_ALARM_CALLBACK_ACE);
GUISE_OBJECT_ACE(_ACCESS_ALLOWED_OBJECT_ACE, ACCESS_ALLOWED_OBJECT_ACE);
GUISE_OBJECT_ACE(_ACCESS_DENIED_OBJECT_ACE, ACCESS_DENIED_OBJECT_ACE);
GUISE_OBJECT_ACE(_SYSTEM_AUDIT_OBJECT_ACE, SYSTEM_AUDIT_OBJECT_ACE);
GUISE_OBJECT_ACE(_SYSTEM_ALARM_OBJECT_ACE, SYSTEM_ALARM_OBJECT_ACE);
GUISE_OBJECT_ACE(_ACCESS_ALLOWED_CALLBACK_OBJECT_ACE, ACCESS_ALLOWED_CALLBACK_OBJECT_ACE);
GUISE_OBJECT_ACE(_ACCESS_DENIED_CALLBACK_OBJECT_ACE, ACCESS_DENIED_CALLBACK_OBJECT_ACE);
GUISE_OBJECT_ACE(_SYSTEM_AUDIT_CALLBACK_OBJECT_ACE, SYSTEM_AUDIT_CALLBACK_OBJECT_ACE);
GUISE_OBJECT_ACE(_SYSTEM_ALARM_CALLBACK_OBJECT_ACE, SYSTEM_ALARM_CALLBACK_OBJECT_ACE);

#define SYSTEM_MANDATORY_LABEL_NO_WRITE_UP   0x1
#define SYSTEM_MANDATORY_LABEL_NO_READ_UP    0x2
#define SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP 0x4
#define SYSTEM_MANDATORY_LABEL_VALID_MASK    0x7

typedef enum _ACL_INFORMATION_CLASS
{
    AclRevisionInformation = 1,
    AclSizeInformation = 2
} ACL_INFORMATION_CLASS;

typedef struct _ACL_REVISION_INFORMATION
{
    DWORD AclRevision;
} ACL_REVISION_INFORMATION, *PACL_REVISION_INFORMATION;

typedef struct _ACL_SIZE_INFORMATION
{
    DWORD AceCount;
    DWORD AclBytesInUse;
    DWORD AclBytesFree;
} ACL_SIZE_INFORMATION, *PACL_SIZE_INFORMATION;

/* --- Security descriptors ----------------------------------------------------------------------------------- */

typedef WORD SECURITY_DESCRIPTOR_CONTROL, *PSECURITY_DESCRIPTOR_CONTROL;
typedef DWORD SECURITY_INFORMATION, *PSECURITY_INFORMATION;

#define SECURITY_DESCRIPTOR_REVISION   1
#define SECURITY_DESCRIPTOR_REVISION1  1
#define SECURITY_DESCRIPTOR_MIN_LENGTH (sizeof(SECURITY_DESCRIPTOR))

#define SE_OWNER_DEFAULTED       0x0001
#define SE_GROUP_DEFAULTED       0x0002
#define SE_DACL_PRESENT          0x0004
#define SE_DACL_DEFAULTED        0x0008
#define SE_SACL_PRESENT          0x0010
#define SE_SACL_DEFAULTED        0x0020
#define SE_DACL_AUTO_INHERIT_REQ 0x0100
#define SE_SACL_AUTO_INHERIT_REQ 0x0200
#define SE_DACL_AUTO_INHERITED   0x0400
#define SE_SACL_AUTO_INHERITED   0x0800
#define SE_DACL_PROTECTED        0x1000
#define SE_SACL_PROTECTED        0x2000
#define SE_RM_CONTROL_VALID      0x4000
#define SE_SELF_RELATIVE         0x8000

/* Offsets count from the start of the structure; 0 means absent. */
typedef struct _SECURITY_DESCRIPTOR_RELATIVE
{
    BYTE Revision;
    BYTE Sbz1;
    SECURITY_DESCRIPTOR_CONTROL Control;
    DWORD Owner;
    DWORD Group;
    DWORD Sacl;
    DWORD Dacl;
} SECURITY_DESCRIPTOR_RELATIVE, *PISECURITY_DESCRIPTOR_RELATIVE;

typedef struct _SECURITY_DESCRIPTOR
{
    BYTE Revision;
    BYTE Sbz1;
    SECURITY_DESCRIPTOR_CONTROL Control;
    PSID Owner;
    PSID Group;
    PACL Sacl;
    PACL Dacl;
} SECURITY_DESCRIPTOR, *PISECURITY_DESCRIPTOR;

#define OWNER_SECURITY_INFORMATION            0x00000001
#define GROUP_SECURITY_INFORMATION            0x00000002
#define DACL_SECURITY_INFORMATION             0x00000004
#define SACL_SECURITY_INFORMATION             0x00000008
#define LABEL_SECURITY_INFORMATION            0x00000010
#define ATTRIBUTE_SECURITY_INFORMATION        0x00000020
#define SCOPE_SECURITY_INFORMATION            0x00000040
#define BACKUP_SECURITY_INFORMATION           0x00010000
#define UNPROTECTED_SACL_SECURITY_INFORMATION 0x10000000
#define UNPROTECTED_DACL_SECURITY_INFORMATION 0x20000000
#define PROTECTED_SACL_SECURITY_INFORMATION   0x40000000
#define PROTECTED_DACL_SECURITY_INFORMATION   0x80000000

#define SEF_DACL_AUTO_INHERIT             0x01
#define SEF_SACL_AUTO_INHERIT             0x02
#define SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT 0x04
#define SEF_AVOID_PRIVILEGE_CHECK         0x08
#define SEF_AVOID_OWNER_CHECK             0x10
#define SEF_DEFAULT_OWNER_FROM_PARENT     0x20
#define SEF_DEFAULT_GROUP_FROM_PARENT     0x40

typedef struct _OBJECT_TYPE_LIST
{
    WORD Level;
    WORD Sbz;
    GUID *ObjectType;
} OBJECT_TYPE_LIST, *POBJECT_TYPE_LIST;

typedef enum _AUDIT_EVENT_TYPE
{
    AuditEventObjectAccess,
    AuditEventDirectoryServiceAccess
} AUDIT_EVENT_TYPE, *PAUDIT_EVENT_TYPE;

#define AUDIT_ALLOW_NO_PRIVILEGE 0x1

#define ACCESS_OBJECT_GUID       0
#define ACCESS_PROPERTY_SET_GUID 1
#define ACCESS_PROPERTY_GUID     2
#define ACCESS_MAX_LEVEL         4

/* --- Impersonation ------------------------------------------------------------------------------------------ */

typedef enum _SECURITY_IMPERSONATION_LEVEL
{
    SecurityAnonymous,
    SecurityIdentification, /* the token can be read and checked against, not acted with */
    SecurityImpersonation,
    SecurityDelegation
} SECURITY_IMPERSONATION_LEVEL, *PSECURITY_IMPERSONATION_LEVEL;

#define SECURITY_MAX_IMPERSONATION_LEVEL SecurityDelegation
#define SECURITY_MIN_IMPERSONATION_LEVEL SecurityAnonymous
#define DEFAULT_IMPERSONATION_LEVEL      SecurityImpersonation
#define VALID_IMPERSONATION_LEVEL(l) \
    (((l) >= SECURITY_MIN_IMPERSONATION_LEVEL) && ((l) <= SECURITY_MAX_IMPERSONATION_LEVEL))

typedef BOOLEAN SECURITY_CONTEXT_TRACKING_MODE, *PSECURITY_CONTEXT_TRACKING_MODE;
#define SECURITY_DYNAMIC_TRACKING (TRUE)
#define SECURITY_STATIC_TRACKING (FALSE)

typedef struct _SECURITY_QUALITY_OF_SERVICE
{
    DWORD Length;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    SECURITY_CONTEXT_TRACKING_MODE ContextTrackingMode;
    BOOLEAN EffectiveOnly;
} SECURITY_QUALITY_OF_SERVICE, *PSECURITY_QUALITY_OF_SERVICE;

/* An impersonation put aside by PsDisableImpersonation; it owns the token reference until it is restored. */
typedef struct _SE_IMPERSONATION_STATE
{
    PACCESS_TOKEN Token;
    BOOLEAN CopyOnOpen;
    BOOLEAN EffectiveOnly;
    SECURITY_IMPERSONATION_LEVEL Level;
} SE_IMPERSONATION_STATE, *PSE_IMPERSONATION_STATE;

/* --- Tokens ------------------------------------------------------------------------------------------------- */

#define TOKEN_ASSIGN_PRIMARY 0x0001
#define TOKEN_DUPLICATE 0x0002
#define TOKEN_IMPERSONATE 0x0004
#define TOKEN_QUERY 0x0008
#define TOKEN_QUERY_SOURCE 0x0010
#define TOKEN_ADJUST_PRIVILEGES 0x0020
#define TOKEN_ADJUST_GROUPS 0x0040
#define TOKEN_ADJUST_DEFAULT 0x0080
#define TOKEN_ADJUST_SESSIONID 0x0100
#define TOKEN_ALL_ACCESS_P (STANDARD_RIGHTS_REQUIRED | 0x00ff)
#define TOKEN_ALL_ACCESS (TOKEN_ALL_ACCESS_P | TOKEN_ADJUST_SESSIONID)
#define TOKEN_READ (STANDARD_RIGHTS_READ | TOKEN_QUERY)
#define TOKEN_WRITE (STANDARD_RIGHTS_WRITE | TOKEN_ADJUST_PRIVILEGES | TOKEN_ADJUST_GROUPS | TOKEN_ADJUST_DEFAULT)
#define TOKEN_EXECUTE (STANDARD_RIGHTS_EXECUTE)

#define SE_GROUP_MANDATORY          0x00000001
#define SE_GROUP_ENABLED_BY_DEFAULT 0x00000002
#define SE_GROUP_ENABLED            0x00000004
#define SE_GROUP_OWNER              0x00000008
#define SE_GROUP_USE_FOR_DENY_ONLY  0x00000010
#define SE_GROUP_INTEGRITY          0x00000020
#define SE_GROUP_INTEGRITY_ENABLED  0x00000040
#define SE_GROUP_RESOURCE           0x20000000
#define SE_GROUP_LOGON_ID           0xc0000000

/* CreateRestrictedToken, SeFilterToken. */
#define DISABLE_MAX_PRIVILEGE 0x1
#define SANDBOX_INERT         0x2
#define LUA_TOKEN             0x4
#define WRITE_RESTRICTED      0x8

typedef enum _TOKEN_TYPE
{
    TokenPrimary = 1,
    TokenImpersonation
} TOKEN_TYPE, *PTOKEN_TYPE;

typedef enum _TOKEN_ELEVATION_TYPE
{
    TokenElevationTypeDefault = 1,
    TokenElevationTypeFull,
    TokenElevationTypeLimited
} TOKEN_ELEVATION_TYPE, *PTOKEN_ELEVATION_TYPE;

/* The comment names what a query yields. */
typedef enum _TOKEN_INFORMATION_CLASS
{
    TokenUser = 1,               /* TOKEN_USER */
    TokenGroups,                 /* TOKEN_GROUPS, without the user */
    TokenPrivileges,             /* TOKEN_PRIVILEGES */
    TokenOwner,                  /* TOKEN_OWNER; may be set */
    TokenPrimaryGroup,           /* TOKEN_PRIMARY_GROUP; may be set */
    TokenDefaultDacl,            /* TOKEN_DEFAULT_DACL; may be set */
    TokenSource,                 /* TOKEN_SOURCE */
    TokenType,                   /* TOKEN_TYPE */
    TokenImpersonationLevel,     /* SECURITY_IMPERSONATION_LEVEL */
    TokenStatistics,             /* TOKEN_STATISTICS */
    TokenRestrictedSids,         /* TOKEN_GROUPS */
    TokenSessionId,              /* DWORD; may be set */
    TokenGroupsAndPrivileges,    /* TOKEN_GROUPS_AND_PRIVILEGES */
    TokenSessionReference,       /* DWORD; set only */
    TokenSandBoxInert,           /* DWORD */
    TokenAuditPolicy,            /* TOKEN_AUDIT_POLICY; set only */
    TokenOrigin,                 /* TOKEN_ORIGIN; may be set */
    TokenElevationType,          /* TOKEN_ELEVATION_TYPE */
    TokenLinkedToken,            /* TOKEN_LINKED_TOKEN */
    TokenElevation,              /* TOKEN_ELEVATION */
    TokenHasRestrictions,        /* DWORD */
    TokenAccessInformation,      /* TOKEN_ACCESS_INFORMATION */
    TokenVirtualizationAllowed,  /* DWORD */
    TokenVirtualizationEnabled,  /* DWORD */
    TokenIntegrityLevel,         /* TOKEN_MANDATORY_LABEL */
    TokenUIAccess,               /* DWORD */
    TokenMandatoryPolicy,        /* TOKEN_MANDATORY_POLICY */
    TokenLogonSid,               /* TOKEN_GROUPS with one entry */
    TokenIsAppContainer,         /* DWORD */
    TokenCapabilities,           /* TOKEN_GROUPS */
    TokenAppContainerSid,        /* TOKEN_APPCONTAINER_INFORMATION */
    TokenAppContainerNumber,     /* DWORD */
    TokenUserClaimAttributes,    /* CLAIM_SECURITY_ATTRIBUTES_INFORMATION */
    TokenDeviceClaimAttributes,  /* CLAIM_SECURITY_ATTRIBUTES_INFORMATION */
    TokenRestrictedUserClaimAttributes,
    TokenRestrictedDeviceClaimAttributes,
    TokenDeviceGroups,           /* TOKEN_GROUPS */
    TokenRestrictedDeviceGroups, /* TOKEN_GROUPS */
    TokenSecurityAttributes,
    TokenIsRestricted,
    TokenProcessTrustLevel,
    TokenPrivateNameSpace,
    TokenSingletonAttributes,
    TokenBnoIsolation,
    TokenChildProcessFlags,
    TokenIsLessPrivilegedAppContainer,
    TokenIsSandboxed,
    MaxTokenInfoClass
} TOKEN_INFORMATION_CLASS, *PTOKEN_INFORMATION_CLASS;

typedef struct _TOKEN_USER
{
    SID_AND_ATTRIBUTES User;
} TOKEN_USER, *PTOKEN_USER;

typedef struct _TOKEN_GROUPS
{
    DWORD GroupCount;
    SID_AND_ATTRIBUTES Groups[ANYSIZE_ARRAY];
} TOKEN_GROUPS, *PTOKEN_GROUPS;

typedef struct _TOKEN_PRIVILEGES
{
    DWORD PrivilegeCount;
    LUID_AND_ATTRIBUTES Privileges[ANYSIZE_ARRAY];
} TOKEN_PRIVILEGES, *PTOKEN_PRIVILEGES;

typedef struct _TOKEN_OWNER
{
    PSID Owner;
} TOKEN_OWNER, *PTOKEN_OWNER;

typedef struct _TOKEN_PRIMARY_GROUP
{
    PSID PrimaryGroup;
} TOKEN_PRIMARY_GROUP, *PTOKEN_PRIMARY_GROUP;

typedef struct _TOKEN_DEFAULT_DACL
{
    PACL DefaultDacl;
} TOKEN_DEFAULT_DACL, *PTOKEN_DEFAULT_DACL;

typedef struct _TOKEN_USER_CLAIMS
{
    PCLAIMS_BLOB UserClaims;
} TOKEN_USER_CLAIMS, *PTOKEN_USER_CLAIMS;

typedef struct _TOKEN_DEVICE_CLAIMS
{
    PCLAIMS_BLOB DeviceClaims;
} TOKEN_DEVICE_CLAIMS, *PTOKEN_DEVICE_CLAIMS;

typedef struct _TOKEN_GROUPS_AND_PRIVILEGES
{
    DWORD SidCount; /* counts the user too */
    DWORD SidLength;
    PSID_AND_ATTRIBUTES Sids;
    DWORD RestrictedSidCount;
    DWORD RestrictedSidLength;
    PSID_AND_ATTRIBUTES RestrictedSids;
    DWORD PrivilegeCount;
    DWORD PrivilegeLength;
    PLUID_AND_ATTRIBUTES Privileges;
    LUID AuthenticationId;
} TOKEN_GROUPS_AND_PRIVILEGES, *PTOKEN_GROUPS_AND_PRIVILEGES;

typedef struct _TOKEN_LINKED_TOKEN
{
    HANDLE LinkedToken;
} TOKEN_LINKED_TOKEN, *PTOKEN_LINKED_TOKEN;

typedef struct _TOKEN_ELEVATION
{
    DWORD TokenIsElevated;
} TOKEN_ELEVATION, *PTOKEN_ELEVATION;

typedef struct _TOKEN_MANDATORY_LABEL
{
    SID_AND_ATTRIBUTES Label;
} TOKEN_MANDATORY_LABEL, *PTOKEN_MANDATORY_LABEL;

#define TOKEN_MANDATORY_POLICY_OFF             0x0
#define TOKEN_MANDATORY_POLICY_NO_WRITE_UP     0x1
#define TOKEN_MANDATORY_POLICY_NEW_PROCESS_MIN 0x2
#define TOKEN_MANDATORY_POLICY_VALID_MASK      0x3

typedef struct _TOKEN_MANDATORY_POLICY
{
    DWORD Policy;
} TOKEN_MANDATORY_POLICY, *PTOKEN_MANDATORY_POLICY;

typedef struct _TOKEN_ACCESS_INFORMATION
{
    PSID_AND_ATTRIBUTES_HASH SidHash;
    PSID_AND_ATTRIBUTES_HASH RestrictedSidHash;
    PTOKEN_PRIVILEGES Privileges;
    LUID AuthenticationId;
    TOKEN_TYPE TokenType;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    TOKEN_MANDATORY_POLICY MandatoryPolicy;
    DWORD Flags;
    DWORD AppContainerNumber;
    PSID PackageSid;
    PSID_AND_ATTRIBUTES_HASH CapabilitiesHash;
    PSID TrustLevelSid;
    PVOID SecurityAttributes;
} TOKEN_ACCESS_INFORMATION, *PTOKEN_ACCESS_INFORMATION;

#define POLICY_AUDIT_SUBCATEGORY_COUNT (59)

typedef struct _TOKEN_AUDIT_POLICY
{
    BYTE PerUserPolicy[((POLICY_AUDIT_SUBCATEGORY_COUNT) >> 1) + 1];
} TOKEN_AUDIT_POLICY, *PTOKEN_AUDIT_POLICY;

#define TOKEN_SOURCE_LENGTH 8

typedef struct _TOKEN_SOURCE
{
    CHAR SourceName[TOKEN_SOURCE_LENGTH]; /* not terminated */
    LUID SourceIdentifier;
} TOKEN_SOURCE, *PTOKEN_SOURCE;

typedef struct _TOKEN_STATISTICS
{
    LUID TokenId;
    LUID AuthenticationId;
    LARGE_INTEGER ExpirationTime;
    TOKEN_TYPE TokenType;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    DWORD DynamicCharged;
    DWORD DynamicAvailable;
    DWORD GroupCount;
    DWORD PrivilegeCount;
    LUID ModifiedId;
} TOKEN_STATISTICS, *PTOKEN_STATISTICS;

typedef struct _TOKEN_CONTROL
{
    LUID TokenId;
    LUID AuthenticationId;
    LUID ModifiedId;
    TOKEN_SOURCE TokenSource;
} TOKEN_CONTROL, *PTOKEN_CONTROL;

typedef struct _TOKEN_ORIGIN
{
    LUID OriginatingLogonSession;
} TOKEN_ORIGIN, *PTOKEN_ORIGIN;

#define TOKEN_APPCONTAINER_SID_MAX_LENGTH 68

typedef struct _TOKEN_APPCONTAINER_INFORMATION
{
    PSID TokenAppContainer;
} TOKEN_APPCONTAINER_INFORMATION, *PTOKEN_APPCONTAINER_INFORMATION;

/* Claims. */
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_INVALID            0x00
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64              0x01
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_UINT64             0x02
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_STRING             0x03
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_FQBN               0x04
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_SID                0x05
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_BOOLEAN            0x06
#define CLAIM_SECURITY_ATTRIBUTE_TYPE_OCTET_STRING       0x10
#define CLAIM_SECURITY_ATTRIBUTE_NON_INHERITABLE         0x0001
#define CLAIM_SECURITY_ATTRIBUTE_VALUE_CASE_SENSITIVE    0x0002
#define CLAIM_SECURITY_ATTRIBUTE_USE_FOR_DENY_ONLY       0x0004
#define CLAIM_SECURITY_ATTRIBUTE_DISABLED_BY_DEFAULT     0x0008
#define CLAIM_SECURITY_ATTRIBUTE_DISABLED                0x0010
#define CLAIM_SECURITY_ATTRIBUTE_MANDATORY               0x0020
#define CLAIM_SECURITY_ATTRIBUTES_INFORMATION_VERSION_V1 1
#define CLAIM_SECURITY_ATTRIBUTES_INFORMATION_VERSION    1

typedef struct _CLAIM_SECURITY_ATTRIBUTE_FQBN_VALUE
{
    ULONGLONG Version;
    PWSTR Name;
} CLAIM_SECURITY_ATTRIBUTE_FQBN_VALUE, *PCLAIM_SECURITY_ATTRIBUTE_FQBN_VALUE;

typedef struct _CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE
{
    PVOID pValue;
    DWORD ValueLength;
} CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE, *PCLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE;

typedef struct _CLAIM_SECURITY_ATTRIBUTE_V1
{
    PWSTR Name;
    WORD ValueType;
    WORD Reserved;
    DWORD Flags;
    DWORD ValueCount;
    union
    {
        LONGLONG *pInt64;
        ULONGLONG *pUint64;
        PWSTR *ppString;
        PCLAIM_SECURITY_ATTRIBUTE_FQBN_VALUE pFqbn;
        PCLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE pOctetString;
    } Values;
} CLAIM_SECURITY_ATTRIBUTE_V1, *PCLAIM_SECURITY_ATTRIBUTE_V1;

typedef struct _CLAIM_SECURITY_ATTRIBUTES_INFORMATION
{
    WORD Version;
    WORD Reserved;
    DWORD AttributeCount;
    union
    {
        PCLAIM_SECURITY_ATTRIBUTE_V1 pAttributeV1;
    } Attribute;
} CLAIM_SECURITY_ATTRIBUTES_INFORMATION, *PCLAIM_SECURITY_ATTRIBUTES_INFORMATION;

/* --- Accounts and jobs -------------------------------------------------------------------------------------- */

typedef struct _QUOTA_LIMITS
{
    SIZE_T PagedPoolLimit;
    SIZE_T NonPagedPoolLimit;
    SIZE_T MinimumWorkingSetSize;
    SIZE_T MaximumWorkingSetSize;
    SIZE_T PagefileLimit;
    LARGE_INTEGER TimeLimit;
} QUOTA_LIMITS, *PQUOTA_LIMITS;

#define JOB_OBJECT_ASSIGN_PROCESS          0x0001
#define JOB_OBJECT_SET_ATTRIBUTES          0x0002
#define JOB_OBJECT_QUERY                   0x0004
#define JOB_OBJECT_TERMINATE               0x0008
#define JOB_OBJECT_SET_SECURITY_ATTRIBUTES 0x0010
#define JOB_OBJECT_ALL_ACCESS              (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x1f)

typedef enum _JOBOBJECTINFOCLASS
{
    JobObjectBasicAccountingInformation = 1,
    JobObjectBasicLimitInformation = 2,
    JobObjectBasicProcessIdList = 3,
    JobObjectBasicUIRestrictions = 4,
    JobObjectSecurityLimitInformation = 5,
    JobObjectEndOfJobTimeInformation = 6,
    JobObjectAssociateCompletionPortInformation = 7,
    JobObjectBasicAndIoAccountingInformation = 8,
    JobObjectExtendedLimitInformation = 9,
    JobObjectJobSetInformation = 10,
    JobObjectGroupInformation = 11,
    JobObjectNotificationLimitInformation = 12,
    JobObjectLimitViolationInformation = 13,
    JobObjectGroupInformationEx = 14,
    JobObjectCpuRateControlInformation = 15,
    JobObjectCompletionFilter = 16,
    JobObjectCompletionCounter = 17,
    JobObjectReserved1Information = 18,
    JobObjectReserved2Information = 19,
    JobObjectReserved3Information = 20,
    JobObjectReserved4Information = 21,
    JobObjectReserved5Information = 22,
    JobObjectReserved6Information = 23,
    JobObjectReserved7Information = 24,
    JobObjectReserved8Information = 25,
    MaxJobObjectInfoClass
} JOBOBJECTINFOCLASS;

#define JOB_OBJECT_SECURITY_NO_ADMIN         0x00000001
#define JOB_OBJECT_SECURITY_RESTRICTED_TOKEN 0x00000002
#define JOB_OBJECT_SECURITY_ONLY_TOKEN       0x00000004
#define JOB_OBJECT_SECURITY_FILTER_TOKENS    0x00000008
#define JOB_OBJECT_SECURITY_VALID_FLAGS      0x0000000f

typedef struct _JOBOBJECT_SECURITY_LIMIT_INFORMATION
{
    DWORD SecurityLimitFlags;
    HANDLE JobToken;
    PTOKEN_GROUPS SidsToDisable;
    PTOKEN_PRIVILEGES PrivilegesToDelete;
    PTOKEN_GROUPS RestrictedSids;
} JOBOBJECT_SECURITY_LIMIT_INFORMATION, *PJOBOBJECT_SECURITY_LIMIT_INFORMATION;

/* Memory, for ported code. */
#define RtlEqualMemory(a, b, n) (!__builtin_memcmp((a), (b), (n)))
#define RtlMoveMemory(d, s, n) ((void)__builtin_memmove((d), (s), (n)))
#define RtlCopyMemory(d, s, n) ((void)__builtin_memcpy((d), (s), (n)))
#define RtlFillMemory(d, n, v) ((void)__builtin_memset((d), (v), (n)))
#define RtlZeroMemory(d, n) ((void)__builtin_memset((d), 0, (n)))

#ifdef __cplusplus
}
#endif

#endif /* GUISE_WINNT_H */

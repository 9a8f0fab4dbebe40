/*
 * The kernel32 and advapi32 calls that a server needs around SSPI (libadvapi32).
 *
 * Each answers TRUE (nonzero) for success; after FALSE, GetLastError says why. They are thin forms of the Nt services
 * in ntifs.h, whose texts tell the conditions; an NTSTATUS becomes the Win32 code of the same name. Where a function
 * has a W and an A form, the plain name follows UNICODE; the A form takes the code page of this system, UTF-8.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_WINBASE_H
#define GUISE_WINBASE_H

#include <windef.h>
#include <winerror.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _SECURITY_ATTRIBUTES
{
    DWORD nLength;
    LPVOID lpSecurityDescriptor;
    BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

/* LogonUser: kind of logon and the package that judges it. */
#define LOGON32_LOGON_INTERACTIVE       2
#define LOGON32_LOGON_NETWORK           3
#define LOGON32_LOGON_BATCH             4
#define LOGON32_LOGON_SERVICE           5
#define LOGON32_LOGON_UNLOCK            7
#define LOGON32_LOGON_NETWORK_CLEARTEXT 8
#define LOGON32_LOGON_NEW_CREDENTIALS   9
#define LOGON32_PROVIDER_DEFAULT        0
#define LOGON32_PROVIDER_WINNT35        1
#define LOGON32_PROVIDER_WINNT40        2
#define LOGON32_PROVIDER_WINNT50        3

/* --- Handles, last error, memory ---------------------------------------------------------------------------- */

/* CloseHandle: ERROR_INVALID_HANDLE, also the second time. */
WINBASEAPI BOOL WINAPI CloseHandle(HANDLE hObject);

/*
 * DuplicateHandle: within this process only: both process handles are GetCurrentProcess(). Makes a real handle of a
 * pseudo handle. dwOptions: DUPLICATE_SAME_ACCESS, DUPLICATE_CLOSE_SOURCE. The new handle is closed with CloseHandle.
 */
WINBASEAPI BOOL WINAPI DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
                                       LPHANDLE lpTargetHandle, DWORD dwDesiredAccess, BOOL bInheritHandle,
                                       DWORD dwOptions);

/* GetLastError, SetLastError: one code a thread. */
WINBASEAPI DWORD WINAPI GetLastError(void);
WINBASEAPI void WINAPI SetLastError(DWORD dwErrCode);

/* LocalFree: frees what a function says is freed so (ConvertSidToStringSid). NULL is allowed; answers NULL. */
WINBASEAPI HLOCAL WINAPI LocalFree(HLOCAL hMem);

/* GetCurrentThread, GetCurrentProcess: pseudo handles; they need not be closed. */
WINBASEAPI HANDLE WINAPI GetCurrentThread(void);
WINBASEAPI HANDLE WINAPI GetCurrentProcess(void);

/* --- Tokens ------------------------------------------------------------------------------------------------- */

/*
 * OpenThreadToken (NtOpenThreadToken): ERROR_NO_TOKEN when the thread does not impersonate,
 * ERROR_CANT_OPEN_ANONYMOUS at Anonymous level. OpenAsSelf TRUE lets the process's rights decide.
 */
WINADVAPI BOOL WINAPI OpenThreadToken(HANDLE ThreadHandle, DWORD DesiredAccess, BOOL OpenAsSelf, PHANDLE TokenHandle);

/* OpenProcessToken (NtOpenProcessToken). */
WINADVAPI BOOL WINAPI OpenProcessToken(HANDLE ProcessHandle, DWORD DesiredAccess, PHANDLE TokenHandle);

/* GetTokenInformation (NtQueryInformationToken): ERROR_INSUFFICIENT_BUFFER, with the length needed in ReturnLength. */
WINADVAPI BOOL WINAPI GetTokenInformation(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
                                          LPVOID TokenInformation, DWORD TokenInformationLength, PDWORD ReturnLength);

/*
 * SetTokenInformation (NtSetInformationToken): TokenOwner, TokenPrimaryGroup, TokenDefaultDacl, a lower
 * TokenIntegrityLevel; with SeTcbPrivilege more.
 */
WINADVAPI BOOL WINAPI SetTokenInformation(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
                                          LPVOID TokenInformation, DWORD TokenInformationLength);

/*
 * DuplicateToken: an impersonation token at the level given, with TOKEN_QUERY and TOKEN_IMPERSONATE (S9.2.3).
 * ERROR_BAD_IMPERSONATION_LEVEL: the level would rise.
 */
WINADVAPI BOOL WINAPI DuplicateToken(HANDLE ExistingTokenHandle, SECURITY_IMPERSONATION_LEVEL ImpersonationLevel,
                                     PHANDLE DuplicateTokenHandle);

/* DuplicateTokenEx (NtDuplicateToken): dwDesiredAccess 0 keeps the access of the existing handle. */
WINADVAPI BOOL WINAPI DuplicateTokenEx(HANDLE hExistingToken, DWORD dwDesiredAccess,
                                       LPSECURITY_ATTRIBUTES lpTokenAttributes,
                                       SECURITY_IMPERSONATION_LEVEL ImpersonationLevel, TOKEN_TYPE TokenType,
                                       PHANDLE phNewToken);

/*
 * CreateRestrictedToken (NtFilterToken): a token of the same type, with the access of the existing handle, which needs
 * TOKEN_DUPLICATE. Flags: DISABLE_MAX_PRIVILEGE, SANDBOX_INERT, LUA_TOKEN, WRITE_RESTRICTED. The SIDs of SidsToDisable
 * only deny from then on, those of SidsToRestrict (Attributes 0) must be granted everything as well.
 */
WINADVAPI BOOL WINAPI CreateRestrictedToken(HANDLE ExistingTokenHandle, DWORD Flags, DWORD DisableSidCount,
                                            PSID_AND_ATTRIBUTES SidsToDisable, DWORD DeletePrivilegeCount,
                                            PLUID_AND_ATTRIBUTES PrivilegesToDelete, DWORD RestrictedSidCount,
                                            PSID_AND_ATTRIBUTES SidsToRestrict, PHANDLE NewTokenHandle);

/*
 * AdjustTokenPrivileges (NtAdjustPrivilegesToken), AdjustTokenGroups (NtAdjustGroupsToken): enable and disable what a
 * token has. TRUE with the last error ERROR_NOT_ALL_ASSIGNED: some are not in it, the others were adjusted; with
 * ERROR_SUCCESS: all were. PreviousState, or NULL, receives the changed ones as they were.
 * ERROR_INSUFFICIENT_BUFFER: nothing was done, ReturnLength says what is needed.
 */
WINADVAPI BOOL WINAPI AdjustTokenPrivileges(HANDLE TokenHandle, BOOL DisableAllPrivileges, PTOKEN_PRIVILEGES NewState,
                                            DWORD BufferLength, PTOKEN_PRIVILEGES PreviousState, PDWORD ReturnLength);
WINADVAPI BOOL WINAPI AdjustTokenGroups(HANDLE TokenHandle, BOOL ResetToDefault, PTOKEN_GROUPS NewState,
                                        DWORD BufferLength, PTOKEN_GROUPS PreviousState, PDWORD ReturnLength);

/* --- Impersonation ------------------------------------------------------------------------------------------ */

/*
 * SetThreadToken: *Thread, or the calling thread when Thread is NULL, impersonates with Token (impersonation type,
 * TOKEN_IMPERSONATE); a NULL Token ends the impersonation.
 */
WINADVAPI BOOL WINAPI SetThreadToken(PHANDLE Thread, HANDLE Token);

/*
 * ImpersonateLoggedOnUser: the calling thread carries the user of a token. A primary token needs TOKEN_QUERY and
 * TOKEN_DUPLICATE, an impersonation token TOKEN_QUERY and TOKEN_IMPERSONATE (S9.1.2). Without the right to
 * impersonate others it succeeds at Identification level.
 */
WINADVAPI BOOL WINAPI ImpersonateLoggedOnUser(HANDLE hToken);

/* ImpersonateSelf: the calling thread impersonates its own process at the level given; the Unix ids stay. */
WINADVAPI BOOL WINAPI ImpersonateSelf(SECURITY_IMPERSONATION_LEVEL ImpersonationLevel);

/* ImpersonateAnonymousToken (NtImpersonateAnonymousToken): ThreadHandle needs THREAD_IMPERSONATE. */
WINADVAPI BOOL WINAPI ImpersonateAnonymousToken(HANDLE ThreadHandle);

/* RevertToSelf: the calling thread is the server again. If the kernel refuses that, the process ends. */
WINADVAPI BOOL WINAPI RevertToSelf(void);

/* --- Checks ------------------------------------------------------------------------------------------------- */

/*
 * CheckTokenMembership: whether SidToCheck is enabled in an impersonation token, or in the effective token of the
 * calling thread when TokenHandle is NULL. ERROR_NO_IMPERSONATION_TOKEN: a primary token.
 */
WINADVAPI BOOL WINAPI CheckTokenMembership(HANDLE TokenHandle, PSID SidToCheck, PBOOL IsMember);

/*
 * PrivilegeCheck (NtPrivilegeCheck): whether the token (TOKEN_QUERY) has all of RequiredPrivileges enabled, or with
 * Control 0 one of them; what it has is marked SE_PRIVILEGE_USED_FOR_ACCESS. ERROR_BAD_IMPERSONATION_LEVEL.
 */
WINADVAPI BOOL WINAPI PrivilegeCheck(HANDLE ClientToken, PPRIVILEGE_SET RequiredPrivileges, LPBOOL pfResult);

/*
 * AccessCheck (NtAccessCheck): what an impersonation token (TOKEN_QUERY) may have of an object with that descriptor,
 * which has an owner and a group. No generic rights: ERROR_GENERIC_NOT_MAPPED. With AccessStatus FALSE the last error
 * says why. ERROR_NO_IMPERSONATION_TOKEN; ERROR_BAD_IMPERSONATION_LEVEL; ERROR_INSUFFICIENT_BUFFER:
 * PrivilegeSetLength receives what is needed; ERROR_INVALID_SECURITY_DESCR.
 */
WINADVAPI BOOL WINAPI AccessCheck(PSECURITY_DESCRIPTOR pSecurityDescriptor, HANDLE ClientToken, DWORD DesiredAccess,
                                  PGENERIC_MAPPING GenericMapping, PPRIVILEGE_SET PrivilegeSet,
                                  LPDWORD PrivilegeSetLength, LPDWORD GrantedAccess, LPBOOL AccessStatus);

/* --- Names -------------------------------------------------------------------------------------------------- */

/* LookupPrivilegeValue: the LUID of a privilege name (SE_*_NAME). ERROR_NO_SUCH_PRIVILEGE. */
WINADVAPI BOOL WINAPI LookupPrivilegeValueW(LPCWSTR lpSystemName, LPCWSTR lpName, PLUID lpLuid);
WINADVAPI BOOL WINAPI LookupPrivilegeValueA(LPCSTR lpSystemName, LPCSTR lpName, PLUID lpLuid);

/* LookupPrivilegeName: the reverse; cchName as for LookupAccountSid. */
WINADVAPI BOOL WINAPI LookupPrivilegeNameW(LPCWSTR lpSystemName, PLUID lpLuid, LPWSTR lpName, LPDWORD cchName);
WINADVAPI BOOL WINAPI LookupPrivilegeNameA(LPCSTR lpSystemName, PLUID lpLuid, LPSTR lpName, LPDWORD cchName);

/*
 * LookupAccountSid: the names behind a SID. cchName and cchReferencedDomainName hold the room in characters; they receive
 * the lengths, without terminators on success, with them for ERROR_INSUFFICIENT_BUFFER. lpSystemName NULL or empty.
 * Known are the well-known SIDs ("NT AUTHORITY", "BUILTIN"), the accounts of the store (the NetBIOS domain), Unix users and
 * groups ("Unix User", "Unix Group"), and those of the domain that the machine is a member of and of the domains that this one
 * trusts. ERROR_NONE_MAPPED, also if the domain does not answer; ERROR_INVALID_SID; ERROR_ACCESS_DENIED: the process may not read
 * the store in which it would be.
 */
WINADVAPI BOOL WINAPI LookupAccountSidW(LPCWSTR lpSystemName, PSID Sid, LPWSTR Name, LPDWORD cchName,
                                        LPWSTR ReferencedDomainName, LPDWORD cchReferencedDomainName,
                                        PSID_NAME_USE peUse);
WINADVAPI BOOL WINAPI LookupAccountSidA(LPCSTR lpSystemName, PSID Sid, LPSTR Name, LPDWORD cchName,
                                        LPSTR ReferencedDomainName, LPDWORD cchReferencedDomainName,
                                        PSID_NAME_USE peUse);

/*
 * LookupAccountName: the SID behind DOMAIN\\NAME, NAME@REALM or NAME; cbSid in bytes. A name alone is looked for among
 * the well-known ones, in the store, among Unix users and then groups, and last in the machine's domain.
 * ERROR_TRUSTED_RELATIONSHIP_FAILURE: the domain that would know the name does not answer.
 */
WINADVAPI BOOL WINAPI LookupAccountNameW(LPCWSTR lpSystemName, LPCWSTR lpAccountName, PSID Sid, LPDWORD cbSid,
                                         LPWSTR ReferencedDomainName, LPDWORD cchReferencedDomainName,
                                         PSID_NAME_USE peUse);
WINADVAPI BOOL WINAPI LookupAccountNameA(LPCSTR lpSystemName, LPCSTR lpAccountName, PSID Sid, LPDWORD cbSid,
                                         LPSTR ReferencedDomainName, LPDWORD cchReferencedDomainName,
                                         PSID_NAME_USE peUse);

/*
 * GetUserName: who the thread is (GetUserNameEx, without the domain). pcbBuffer: the room, then what it takes, in characters
 * with the terminator. ERROR_INSUFFICIENT_BUFFER.
 */
WINADVAPI BOOL WINAPI GetUserNameW(LPWSTR lpBuffer, LPDWORD pcbBuffer);
WINADVAPI BOOL WINAPI GetUserNameA(LPSTR lpBuffer, LPDWORD pcbBuffer);

/* --- SIDs --------------------------------------------------------------------------------------------------- */

/*
 * CreateWellKnownSid: writes a known SID into pSid; cbSid holds the room in bytes and receives the length.
 * DomainSid is needed for the WinAccount* kinds. ERROR_INSUFFICIENT_BUFFER; ERROR_INVALID_PARAMETER.
 */
WINADVAPI BOOL WINAPI CreateWellKnownSid(WELL_KNOWN_SID_TYPE WellKnownSidType, PSID DomainSid, PSID pSid, DWORD *cbSid);

/* EqualSid, GetLengthSid: both SIDs must be valid; the length is in bytes. */
WINADVAPI BOOL WINAPI EqualSid(PSID pSid1, PSID pSid2);
WINADVAPI DWORD WINAPI GetLengthSid(PSID pSid);

/* --- Logon -------------------------------------------------------------------------------------------------- */

/*
 * LogonUser: logs on with a name and a password (LsaLogonUser with MSV1_0). lpszDomain NULL: the name says it (user@domain), or
 * this machine, as "." does. LOGON32_LOGON_NETWORK gives an impersonation token, the others primary ones (CloseHandle).
 * ERROR_LOGON_FAILURE: no such user or a wrong password. Of an account whose password is right: ERROR_ACCOUNT_DISABLED,
 * ERROR_ACCOUNT_EXPIRED, ERROR_PASSWORD_MUST_CHANGE, ERROR_ACCOUNT_RESTRICTION (an empty password; no Unix account).
 * ERROR_ACCOUNT_LOCKED_OUT. ERROR_NO_LOGON_SERVERS: there is no account store that may be used. ERROR_INVALID_LOGON_TYPE:
 * LOGON32_LOGON_NEW_CREDENTIALS too. ERROR_INVALID_PARAMETER.
 */
WINADVAPI BOOL WINAPI LogonUserW(LPCWSTR lpszUsername, LPCWSTR lpszDomain, LPCWSTR lpszPassword, DWORD dwLogonType,
                                 DWORD dwLogonProvider, PHANDLE phToken);
WINADVAPI BOOL WINAPI LogonUserA(LPCSTR lpszUsername, LPCSTR lpszDomain, LPCSTR lpszPassword, DWORD dwLogonType,
                                 DWORD dwLogonProvider, PHANDLE phToken);

/*
 * LogonUserEx: what comes of it too; each may be NULL. The logon SID is freed with LocalFree, the profile
 * (MSV1_0_INTERACTIVE_PROFILE) with LsaFreeReturnBuffer.
 */
WINADVAPI BOOL WINAPI LogonUserExW(LPCWSTR lpszUsername, LPCWSTR lpszDomain, LPCWSTR lpszPassword, DWORD dwLogonType,
                                   DWORD dwLogonProvider, PHANDLE phToken, PSID *ppLogonSid, PVOID *ppProfileBuffer,
                                   LPDWORD pdwProfileLength, PQUOTA_LIMITS pQuotaLimits);
WINADVAPI BOOL WINAPI LogonUserExA(LPCSTR lpszUsername, LPCSTR lpszDomain, LPCSTR lpszPassword, DWORD dwLogonType,
                                   DWORD dwLogonProvider, PHANDLE phToken, PSID *ppLogonSid, PVOID *ppProfileBuffer,
                                   LPDWORD pdwProfileLength, PQUOTA_LIMITS pQuotaLimits);

/* LogonUserExExW (libsecur32): with groups for the token, for which SeTcbPrivilege is needed (S1.3.5). */
WINADVAPI BOOL WINAPI LogonUserExExW(LPWSTR lpszUsername, LPWSTR lpszDomain, LPWSTR lpszPassword, DWORD dwLogonType,
                                     DWORD dwLogonProvider, PTOKEN_GROUPS pTokenGroups, PHANDLE phToken,
                                     PSID *ppLogonSid, PVOID *ppProfileBuffer, LPDWORD pdwProfileLength,
                                     PQUOTA_LIMITS pQuotaLimits);

#ifdef UNICODE
#define GetUserName          GetUserNameW
#define LookupAccountName    LookupAccountNameW
#define LookupAccountSid     LookupAccountSidW
#define LookupPrivilegeValue LookupPrivilegeValueW
#define LookupPrivilegeName  LookupPrivilegeNameW
#define LogonUser            LogonUserW
#define LogonUserEx          LogonUserExW
#else
#define GetUserName          GetUserNameA
#define LookupAccountName    LookupAccountNameA
#define LookupAccountSid     LookupAccountSidA
#define LookupPrivilegeValue LookupPrivilegeValueA
#define LookupPrivilegeName  LookupPrivilegeNameA
#define LogonUser            LogonUserA
#define LogonUserEx          LogonUserExA
#endif

#ifdef __cplusplus
}
#endif

#endif /* GUISE_WINBASE_H */

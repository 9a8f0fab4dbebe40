/*
 * File system kit: impersonation, client security, token objects, and the Nt system services on tokens.
 *
 * A token object (PACCESS_TOKEN) is counted; "referenced" in a routine's text obliges the caller to the matching
 * dereference. The Nt services work on HANDLEs, write their outputs only on success unless said, and answer
 * STATUS_ACCESS_VIOLATION for an output pointer that cannot be written.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_NTIFS_H
#define GUISE_NTIFS_H

#include <wdm.h>
#include <ntddk.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NtCurrentProcess() ((HANDLE)(LONG_PTR)-1)
#define ZwCurrentProcess() NtCurrentProcess()
#define NtCurrentThread() ((HANDLE)(LONG_PTR)-2)
#define ZwCurrentThread() NtCurrentThread()
#define NtCurrentProcessToken() ((HANDLE)(LONG_PTR)-4)
#define NtCurrentThreadToken() ((HANDLE)(LONG_PTR)-5)
#define NtCurrentEffectiveToken() ((HANDLE)(LONG_PTR)-6)

/* --- Looking threads and processes up ----------------------------------------------------------------------- */

/*
 * PsLookupThreadByThreadId, PsLookupProcessByProcessId: the object of a thread (Unix tid) or process (Unix pid),
 * referenced; ObDereferenceObject gives it back. Only this process and its living threads are known.
 * STATUS_SUCCESS; STATUS_INVALID_PARAMETER: another id. Source: DDI pages of ntifs.h.
 */
NTKERNELAPI NTSTATUS NTAPI PsLookupThreadByThreadId(HANDLE ThreadId, PETHREAD *Thread);
NTKERNELAPI NTSTATUS NTAPI PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process);

/*
 * ObOpenObjectByPointer: a handle to an object that the caller has a reference on, closed with NtClose. PassedAccessState is NULL. In
 * KernelMode DesiredAccess is granted; in UserMode the object's security decides for the calling thread.
 * STATUS_OBJECT_TYPE_MISMATCH; STATUS_ACCESS_DENIED; STATUS_BAD_IMPERSONATION_LEVEL. Source: DDI page of ntifs.h.
 */
NTKERNELAPI NTSTATUS NTAPI ObOpenObjectByPointer(PVOID Object, ULONG HandleAttributes, PACCESS_STATE PassedAccessState,
                                                 ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType,
                                                 KPROCESSOR_MODE AccessMode, PHANDLE Handle);

/*
 * PsIsSystemThread: whether the thread is one of the core's own, as those that call session-termination routines.
 * PsGetThreadProcess: the process of a thread, without a reference. PsGetProcessSessionId: the session number of its primary
 * token. PsGetProcessSecurityPort, PsSetProcessSecurityPort: a pointer that a security package keeps with a process.
 * SeLocateProcessImageName: the program that it runs, as \??\unix\usr\bin\...: string header and characters in one block that
 * ExFreePool frees (K3.7.2). STATUS_NOT_FOUND: the system does not tell. STATUS_NO_MEMORY.
 */
NTKERNELAPI BOOLEAN NTAPI PsIsSystemThread(PETHREAD Thread);
NTKERNELAPI PEPROCESS NTAPI PsGetThreadProcess(PETHREAD Thread);
NTKERNELAPI ULONG NTAPI PsGetProcessSessionId(PEPROCESS Process);
NTKERNELAPI PVOID NTAPI PsGetProcessSecurityPort(PEPROCESS Process);
NTKERNELAPI NTSTATUS NTAPI PsSetProcessSecurityPort(PEPROCESS Process, PVOID SecurityPort);
NTSTATUS NTAPI SeLocateProcessImageName(PEPROCESS Process, PUNICODE_STRING *pImageFileName);

/*
 * ObCreateObject: an object of a type whose objects mean something without their maker, which is *PsJobType; others:
 * STATUS_NOT_SUPPORTED. ObjectSize more than its own is room for the caller behind it. No object has a name:
 * STATUS_OBJECT_PATH_NOT_FOUND. STATUS_INVALID_PARAMETER; STATUS_NO_MEMORY.
 * ObInsertObject: its first handle, or none if Handle is NULL. The reference of ObCreateObject is used up, also on failure;
 * with NewObject, ObjectPointerBias more are the caller's. PassedAccessState or DesiredAccess is what the handle grants.
 * STATUS_INVALID_PARAMETER: the object is not of ObCreateObject, or inserted; STATUS_ACCESS_DENIED; STATUS_PRIVILEGE_NOT_HELD.
 * ObReferenceObjectByName, ObOpenObjectByName: STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND,
 * STATUS_OBJECT_PATH_SYNTAX_BAD, STATUS_OBJECT_NAME_INVALID, as no object has a name.
 * ObCloseHandle: NtClose. ObQueryObjectAuditingByHandle: GenerateOnClose is FALSE. Source: header ntifs.h; ObCloseHandle and
 * ObOpenObjectByName are exported by Windows without a page.
 */
NTKERNELAPI NTSTATUS NTAPI ObCreateObject(KPROCESSOR_MODE ProbeMode, POBJECT_TYPE ObjectType,
                                          POBJECT_ATTRIBUTES ObjectAttributes, KPROCESSOR_MODE OwnershipMode,
                                          PVOID ParseContext, ULONG ObjectSize, ULONG PagedPoolCharge,
                                          ULONG NonPagedPoolCharge, PVOID *Object);
NTKERNELAPI NTSTATUS NTAPI ObInsertObject(PVOID Object, PACCESS_STATE PassedAccessState, ACCESS_MASK DesiredAccess,
                                          ULONG ObjectPointerBias, PVOID *NewObject, PHANDLE Handle);
NTKERNELAPI NTSTATUS NTAPI ObReferenceObjectByName(PUNICODE_STRING ObjectName, ULONG Attributes,
                                                   PACCESS_STATE PassedAccessState, ACCESS_MASK DesiredAccess,
                                                   POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                                   PVOID ParseContext, PVOID *Object);
NTKERNELAPI NTSTATUS NTAPI ObOpenObjectByName(POBJECT_ATTRIBUTES ObjectAttributes, POBJECT_TYPE ObjectType,
                                              KPROCESSOR_MODE AccessMode, PACCESS_STATE PassedAccessState,
                                              ACCESS_MASK DesiredAccess, PVOID ParseContext, PHANDLE Handle);
NTKERNELAPI NTSTATUS NTAPI ObCloseHandle(HANDLE Handle, KPROCESSOR_MODE PreviousMode);
NTKERNELAPI NTSTATUS NTAPI ObQueryObjectAuditingByHandle(HANDLE Handle, PBOOLEAN GenerateOnClose);

/* --- Impersonation ------------------------------------------------------------------------------------------ */

/*
 * PsImpersonateClient: makes a thread impersonate.
 * Thread              whose identity changes.
 * Token               the client, primary or impersonation; NULL ends the impersonation. The thread takes a reference
 *                     of its own.
 * CopyOnOpen          NtOpenThreadToken hands out a duplicate instead of the live token.
 * EffectiveOnly       disabled groups and privileges of the token may not be enabled while it is impersonated.
 * ImpersonationLevel  governs what the thread may do; the level in the token does not (K0.3.2).
 * A caller that may not impersonate the client at this level gets a copy at SecurityIdentification and success
 * (K1.1.1 to K1.1.5). An earlier impersonation is lost; nothing nests (K1.2.3).
 * STATUS_SUCCESS; STATUS_ACCESS_DENIED: a job limit, or the thread's Unix credential could not be changed, and the
 * thread is as before; STATUS_NO_MEMORY; any status of the copy.
 */
NTKERNELAPI NTSTATUS NTAPI PsImpersonateClient(PETHREAD Thread, PACCESS_TOKEN Token, BOOLEAN CopyOnOpen,
                                               BOOLEAN EffectiveOnly, SECURITY_IMPERSONATION_LEVEL ImpersonationLevel);

/*
 * PsRevertToSelf: ends every impersonation of the calling thread (K1.4.1). Without one it does nothing. If the kernel
 * refuses the way back the process ends.
 */
NTKERNELAPI VOID NTAPI PsRevertToSelf(VOID);

/*
 * PsRevertThreadToSelf: the same for any thread of this process. Exported by Windows without a page.
 */
NTKERNELAPI VOID NTAPI PsRevertThreadToSelf(PETHREAD Thread);

/* SeStopImpersonatingClient: the calling thread is itself again (K1.4.2). */
#define SeStopImpersonatingClient() PsRevertToSelf()

/*
 * PsReferenceImpersonationToken: the token the thread impersonates, referenced, and the three values it is used with;
 * NULL when the thread does not impersonate, and the outputs are then untouched (K1.5.1).
 * PsDereferenceImpersonationToken gives it back; NULL is allowed there (K1.5.2).
 */
NTKERNELAPI PACCESS_TOKEN NTAPI PsReferenceImpersonationToken(PETHREAD Thread, PBOOLEAN CopyOnOpen,
                                                              PBOOLEAN EffectiveOnly,
                                                              PSECURITY_IMPERSONATION_LEVEL ImpersonationLevel);
NTKERNELAPI VOID NTAPI PsDereferenceImpersonationToken(PACCESS_TOKEN ImpersonationToken);

/*
 * PsReferencePrimaryToken: the token of a process, referenced, never NULL. PsDereferencePrimaryToken gives it back;
 * NULL is not allowed there (K1.5.3).
 */
NTKERNELAPI PACCESS_TOKEN NTAPI PsReferencePrimaryToken(PEPROCESS Process);
NTKERNELAPI VOID NTAPI PsDereferencePrimaryToken(PACCESS_TOKEN PrimaryToken);

/*
 * PsDisableImpersonation: puts the impersonation of a thread aside in ImpersonationState, with its token reference,
 * and answers TRUE; FALSE and an empty state when there was none. PsRestoreImpersonation brings it back; it is called
 * only after TRUE, and once.
 */
NTKERNELAPI BOOLEAN NTAPI PsDisableImpersonation(PETHREAD Thread, PSE_IMPERSONATION_STATE ImpersonationState);
NTKERNELAPI VOID NTAPI PsRestoreImpersonation(PETHREAD Thread, PSE_IMPERSONATION_STATE ImpersonationState);

/*
 * PsAssignImpersonationToken: as PsImpersonateClient with a handle that needs TOKEN_IMPERSONATE, at the token's own
 * level; a NULL handle reverts. STATUS_BAD_TOKEN_TYPE: a primary token. STATUS_INVALID_HANDLE;
 * STATUS_OBJECT_TYPE_MISMATCH; STATUS_ACCESS_DENIED; those of PsImpersonateClient.
 */
NTKERNELAPI NTSTATUS NTAPI PsAssignImpersonationToken(PETHREAD Thread, HANDLE Token);

/* PsIsThreadImpersonating: whether the thread impersonates now. */
NTKERNELAPI BOOLEAN NTAPI PsIsThreadImpersonating(PETHREAD Thread);

/* --- Client security ---------------------------------------------------------------------------------------- */

/* What a server keeps about a client that will call it. */
typedef struct _SECURITY_CLIENT_CONTEXT
{
    SECURITY_QUALITY_OF_SERVICE SecurityQos;
    PACCESS_TOKEN ClientToken;
    BOOLEAN DirectlyAccessClientToken;
    BOOLEAN DirectAccessEffectiveOnly;
    BOOLEAN ServerIsRemote;
    TOKEN_CONTROL ClientTokenControl;
} SECURITY_CLIENT_CONTEXT, *PSECURITY_CLIENT_CONTEXT;

/*
 * SeCreateClientSecurity: fills ClientContext from the effective token of ClientThread.
 * ClientSecurityQos  level, tracking mode, EffectiveOnly. Dynamic tracking of a local server keeps a reference to the
 *                    client's token; everything else makes a copy (K1.11.1).
 * RemoteSession      TRUE if the server is on another machine.
 * On success the context owns one token reference, ended by SeDeleteClientSecurity; on failure there is nothing to
 * delete (K1.11.2). STATUS_BAD_IMPERSONATION_LEVEL: the client itself impersonates below Impersonation, or below the
 * level asked for, or (remote) below Delegation. STATUS_INVALID_PARAMETER: no such level. STATUS_NO_MEMORY.
 */
NTKERNELAPI NTSTATUS NTAPI SeCreateClientSecurity(PETHREAD ClientThread, PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
                                                  BOOLEAN RemoteSession, PSECURITY_CLIENT_CONTEXT ClientContext);

/*
 * SeCreateClientSecurityFromSubjectContext: the same from a captured subject context.
 */
NTKERNELAPI NTSTATUS NTAPI SeCreateClientSecurityFromSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                                                    PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
                                                                    BOOLEAN ServerIsRemote,
                                                                    PSECURITY_CLIENT_CONTEXT ClientContext);

/*
 * SeImpersonateClientEx: ServerThread, or the calling thread when NULL, impersonates the client of the context
 * (K1.12.1). Statuses of PsImpersonateClient.
 * SeImpersonateClient: the same without an answer; obsolete, as a failure leaves the thread with its own identity.
 */
NTKERNELAPI NTSTATUS NTAPI SeImpersonateClientEx(PSECURITY_CLIENT_CONTEXT ClientContext, PETHREAD ServerThread);
NTKERNELAPI VOID NTAPI SeImpersonateClient(PSECURITY_CLIENT_CONTEXT ClientContext, PETHREAD ServerThread);

/*
 * SeDeleteClientSecurity: drops the token reference of a context that was made with success and clears it.
 */
#define SeDeleteClientSecurity(context) \
    do \
    { \
        if (SeTokenType((context)->ClientToken) == TokenPrimary) \
            PsDereferencePrimaryToken((context)->ClientToken); \
        else \
            PsDereferenceImpersonationToken((context)->ClientToken); \
        (context)->ClientToken = NULL; \
    } while (0)

/*
 * SeCaptureSubjectContextEx: the context of Thread (NULL: without a client) and Process; released with
 * SeReleaseSubjectContext.
 */
NTKERNELAPI VOID NTAPI SeCaptureSubjectContextEx(PETHREAD Thread, PEPROCESS Process,
                                                 PSECURITY_SUBJECT_CONTEXT SubjectContext);

/* SeQuerySubjectContextToken: the client if there is one, else the process; no reference is taken (K1.16.2). */
#define SeQuerySubjectContextToken(context) \
    ((context)->ClientToken ? (context)->ClientToken : (context)->PrimaryToken)

/* --- Token objects ------------------------------------------------------------------------------------------ */

/* SeTokenType, SeTokenImpersonationLevel: what the token is; the level of a primary token has no meaning. */
NTKERNELAPI TOKEN_TYPE NTAPI SeTokenType(PACCESS_TOKEN Token);
NTKERNELAPI SECURITY_IMPERSONATION_LEVEL NTAPI SeTokenImpersonationLevel(PACCESS_TOKEN Token);

/* SeTokenIsAdmin: BUILTIN\Administrators (S-1-5-32-544) is in the token, enabled and not for denying only (K2.9.2). */
NTKERNELAPI BOOLEAN NTAPI SeTokenIsAdmin(PACCESS_TOKEN Token);

/* SeTokenIsRestricted: the token has restricting SIDs (K2.9.3). */
NTKERNELAPI BOOLEAN NTAPI SeTokenIsRestricted(PACCESS_TOKEN Token);

/* SeTokenIsWriteRestricted: whether the restricting SIDs of a token count for write access only (WRITE_RESTRICTED). */
NTKERNELAPI BOOLEAN NTAPI SeTokenIsWriteRestricted(PACCESS_TOKEN Token);

/*
 * SeFilterToken: NtFilterToken with token objects; FilteredToken receives a reference (ObDereferenceObject, K2.2.5).
 */
NTKERNELAPI NTSTATUS NTAPI SeFilterToken(PACCESS_TOKEN ExistingToken, ULONG Flags, PTOKEN_GROUPS SidsToDisable,
                                         PTOKEN_PRIVILEGES PrivilegesToDelete, PTOKEN_GROUPS RestrictedSids,
                                         PACCESS_TOKEN *FilteredToken);

/* SeQueryAuthenticationIdToken, SeQuerySessionIdToken: logon session and session number; always STATUS_SUCCESS. */
NTKERNELAPI NTSTATUS NTAPI SeQueryAuthenticationIdToken(PACCESS_TOKEN Token, PLUID AuthenticationId);
NTKERNELAPI NTSTATUS NTAPI SeQuerySessionIdToken(PACCESS_TOKEN Token, PULONG SessionId);

/* SeSetSessionIdToken: gives a token another session number, without a check; always STATUS_SUCCESS. */
NTKERNELAPI NTSTATUS NTAPI SeSetSessionIdToken(PACCESS_TOKEN Token, ULONG SessionId);

/*
 * SeQueryInformationToken: one class of information about a token.
 * TokenInformation receives a pool block, freed by the caller with ExFreePool; pointers inside point into the block.
 * For TokenSessionId and TokenIntegrityLevel a ULONG is stored in the pointer variable itself (K2.7.1).
 * STATUS_SUCCESS; STATUS_INVALID_INFO_CLASS; STATUS_NO_MEMORY. *TokenInformation is NULL after a failure (K2.7.2).
 */
NTKERNELAPI NTSTATUS NTAPI SeQueryInformationToken(PACCESS_TOKEN Token, TOKEN_INFORMATION_CLASS TokenInformationClass,
                                                   PVOID *TokenInformation);

/* Flags of a token that drivers may see (K2.9.4). */
#define TOKEN_HAS_TRAVERSE_PRIVILEGE    0x01
#define TOKEN_HAS_BACKUP_PRIVILEGE      0x02
#define TOKEN_HAS_RESTORE_PRIVILEGE     0x04
#define TOKEN_WRITE_RESTRICTED          0x08
#define TOKEN_IS_RESTRICTED             0x10
#define TOKEN_SESSION_NOT_REFERENCED    0x20
#define TOKEN_SANDBOX_INERT             0x40
#define TOKEN_HAS_IMPERSONATE_PRIVILEGE 0x80

/* SeLengthSid: bytes of a valid SID. */
#define SeLengthSid(sid) (8 + 4 * ((SID *)(sid))->SubAuthorityCount)

/* --- Logon sessions ----------------------------------------------------------------------------------------- */

/*
 * SeRegisterLogonSessionTerminatedRoutine: CallbackRoutine is called when the last token of a marked logon session goes (K3.9.1).
 * It runs on a thread of the core's own (PsIsSystemThread), as the process; its LUID is good during the call.
 * SeUnregisterLogonSessionTerminatedRoutine: when it returns the routine is not running and will not be called any more, but a
 * routine may unregister itself. The caller holds no lock that the routine waits for.
 * STATUS_INVALID_PARAMETER: NULL. STATUS_INSUFFICIENT_RESOURCES: no memory or thread; it is not registered.
 * SeMarkLogonSessionForTerminationNotification: the end of the session is to be told. STATUS_NOT_FOUND: there is none.
 */
typedef NTSTATUS (NTAPI *PSE_LOGON_SESSION_TERMINATED_ROUTINE)(PLUID LogonId);

NTKERNELAPI NTSTATUS NTAPI SeRegisterLogonSessionTerminatedRoutine(PSE_LOGON_SESSION_TERMINATED_ROUTINE CallbackRoutine);
NTKERNELAPI NTSTATUS NTAPI SeUnregisterLogonSessionTerminatedRoutine(PSE_LOGON_SESSION_TERMINATED_ROUTINE
                                                                     CallbackRoutine);
NTKERNELAPI NTSTATUS NTAPI SeMarkLogonSessionForTerminationNotification(PLUID LogonId);

/* --- Well-known privileges and SIDs as data -------------------------------------------------------------------- */

/*
 * SeExports: privileges and SIDs for drivers that do not want to make them. New fields came at the end only.
 * The last three SIDs are NULL here: no public source tells them. Source: ntifs page of SE_EXPORTS.
 */
typedef struct _SE_EXPORTS
{
    LUID SeCreateTokenPrivilege;
    LUID SeAssignPrimaryTokenPrivilege;
    LUID SeLockMemoryPrivilege;
    LUID SeIncreaseQuotaPrivilege;
    LUID SeUnsolicitedInputPrivilege;
    LUID SeTcbPrivilege;
    LUID SeSecurityPrivilege;
    LUID SeTakeOwnershipPrivilege;
    LUID SeLoadDriverPrivilege;
    LUID SeCreatePagefilePrivilege;
    LUID SeIncreaseBasePriorityPrivilege;
    LUID SeSystemProfilePrivilege;
    LUID SeSystemtimePrivilege;
    LUID SeProfileSingleProcessPrivilege;
    LUID SeCreatePermanentPrivilege;
    LUID SeBackupPrivilege;
    LUID SeRestorePrivilege;
    LUID SeShutdownPrivilege;
    LUID SeDebugPrivilege;
    LUID SeAuditPrivilege;
    LUID SeSystemEnvironmentPrivilege;
    LUID SeChangeNotifyPrivilege;
    LUID SeRemoteShutdownPrivilege;
    PSID SeNullSid;
    PSID SeWorldSid;
    PSID SeLocalSid;
    PSID SeCreatorOwnerSid;
    PSID SeCreatorGroupSid;
    PSID SeNtAuthoritySid;
    PSID SeDialupSid;
    PSID SeNetworkSid;
    PSID SeBatchSid;
    PSID SeInteractiveSid;
    PSID SeLocalSystemSid;
    PSID SeAliasAdminsSid;
    PSID SeAliasUsersSid;
    PSID SeAliasGuestsSid;
    PSID SeAliasPowerUsersSid;
    PSID SeAliasAccountOpsSid;
    PSID SeAliasSystemOpsSid;
    PSID SeAliasPrintOpsSid;
    PSID SeAliasBackupOpsSid;
    PSID SeAuthenticatedUsersSid;
    PSID SeRestrictedSid;
    PSID SeAnonymousLogonSid;
    LUID SeUndockPrivilege;
    LUID SeSyncAgentPrivilege;
    LUID SeEnableDelegationPrivilege;
    PSID SeLocalServiceSid;
    PSID SeNetworkServiceSid;
    LUID SeManageVolumePrivilege;
    LUID SeImpersonatePrivilege;
    LUID SeCreateGlobalPrivilege;
    LUID SeTrustedCredManAccessPrivilege;
    LUID SeRelabelPrivilege;
    LUID SeIncreaseWorkingSetPrivilege;
    LUID SeTimeZonePrivilege;
    LUID SeCreateSymbolicLinkPrivilege;
    PSID SeIUserSid;
    PSID SeUntrustedMandatorySid;
    PSID SeLowMandatorySid;
    PSID SeMediumMandatorySid;
    PSID SeHighMandatorySid;
    PSID SeSystemMandatorySid;
    PSID SeOwnerRightsSid;
    PSID SeAllAppPackagesSid;
    PSID SeUserModeDriversSid;
    PSID SeProcTrustWinTcbSid;
    PSID SeTrustedInstallerSid;
    LUID SeDelegateSessionUserImpersonatePrivilege;
    PSID SeAppSiloSid;
    PSID SeAppSiloVolumeRootMinimalCapabilitySid;
    PSID SeAppSiloProfilesRootMinimalCapabilitySid;
} SE_EXPORTS, *PSE_EXPORTS;

extern PSE_EXPORTS SeExports;

/*
 * SePublicDefaultDacl: Everyone may execute, the system and Administrators may do everything. SeSystemDefaultDacl: the system
 * may do everything, Administrators may read and execute. Exported by Windows without a page.
 */
extern PACL SePublicDefaultDacl;
extern PACL SeSystemDefaultDacl;

/* --- SIDs --------------------------------------------------------------------------------------------------- */

/*
 * RtlLengthSid, RtlLengthRequiredSid: bytes of a valid SID; of one with that many subauthorities.
 * RtlValidSid: revision 1 and at most 15 subauthorities; NULL is not valid.
 * RtlEqualSid; RtlEqualPrefixSid: all but the last subauthority are equal. Both take valid SIDs.
 * RtlIdentifierAuthoritySid, RtlSubAuthorityCountSid, RtlSubAuthoritySid: where that part of the SID lies.
 * Source: DDI pages of ntifs.h.
 */
NTSYSAPI ULONG NTAPI RtlLengthSid(PSID Sid);
NTSYSAPI ULONG NTAPI RtlLengthRequiredSid(ULONG SubAuthorityCount);
NTSYSAPI BOOLEAN NTAPI RtlValidSid(PSID Sid);
NTSYSAPI BOOLEAN NTAPI RtlEqualSid(PSID Sid1, PSID Sid2);
NTSYSAPI BOOLEAN NTAPI RtlEqualPrefixSid(PSID Sid1, PSID Sid2);
NTSYSAPI PSID_IDENTIFIER_AUTHORITY NTAPI RtlIdentifierAuthoritySid(PSID Sid);
NTSYSAPI PUCHAR NTAPI RtlSubAuthorityCountSid(PSID Sid);
NTSYSAPI PULONG NTAPI RtlSubAuthoritySid(PSID Sid, ULONG SubAuthority);

/*
 * RtlInitializeSid: the head of a SID in the caller's memory; the subauthorities are left to the caller.
 * RtlInitializeSidEx: and the subauthorities, which follow as ULONGs. STATUS_INVALID_PARAMETER: more than 15.
 * RtlAllocateAndInitializeSid: a new SID, freed with RtlFreeSid, which returns NULL. STATUS_INVALID_SID: more than 8
 * subauthorities. STATUS_NO_MEMORY.
 * RtlCopySid: STATUS_BUFFER_TOO_SMALL: the destination is shorter than the SID.
 */
NTSYSAPI NTSTATUS NTAPI RtlInitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                         UCHAR SubAuthorityCount);
NTSYSAPI NTSTATUS RtlInitializeSidEx(PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority, UCHAR SubAuthorityCount,
                                     ...);
NTSYSAPI NTSTATUS NTAPI RtlAllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                                    UCHAR SubAuthorityCount, ULONG SubAuthority0, ULONG SubAuthority1,
                                                    ULONG SubAuthority2, ULONG SubAuthority3, ULONG SubAuthority4,
                                                    ULONG SubAuthority5, ULONG SubAuthority6, ULONG SubAuthority7,
                                                    PSID *Sid);
NTSYSAPI PVOID NTAPI RtlFreeSid(PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlCopySid(ULONG DestinationSidLength, PSID DestinationSid, PSID SourceSid);

/*
 * RtlCreateServiceSid: S-1-5-80-..., the SID of a service, from its name. ServiceSidLength receives what it takes.
 * STATUS_BUFFER_TOO_SMALL: nothing is written, ServiceSid may be NULL then. STATUS_INVALID_PARAMETER: no name.
 */
NTSYSAPI NTSTATUS NTAPI RtlCreateServiceSid(PUNICODE_STRING ServiceName, PSID ServiceSid, PULONG ServiceSidLength);

/*
 * RtlConvertSidToUnicodeString: S-1-..., into the buffer of UnicodeString or, AllocateDestinationString, into a new one
 * that RtlFreeUnicodeString frees. STATUS_INVALID_SID; STATUS_BUFFER_OVERFLOW: MaximumLength is too small;
 * STATUS_NO_MEMORY.
 */
NTSYSAPI NTSTATUS NTAPI RtlConvertSidToUnicodeString(PUNICODE_STRING UnicodeString, PSID Sid,
                                                     BOOLEAN AllocateDestinationString);
NTSYSAPI VOID NTAPI RtlFreeUnicodeString(PUNICODE_STRING UnicodeString);

/*
 * RtlNtStatusToDosErrorNoTeb: the Win32 code of a status, as RtlNtStatusToDosError (winternl.h).
 * RtlMapSecurityErrorToNtStatus: the status for what a security package answers (SEC_E_...).
 */
NTSYSAPI ULONG NTAPI RtlNtStatusToDosErrorNoTeb(NTSTATUS Status);
NTSYSAPI NTSTATUS NTAPI RtlMapSecurityErrorToNtStatus(ULONG SecurityError);

/* RtlCopyLuid: one LUID to another. */
NTSYSAPI VOID NTAPI RtlCopyLuid(PLUID DestinationLuid, PLUID SourceLuid);

/* --- ACLs --------------------------------------------------------------------------------------------------- */

/*
 * RtlCreateAcl: an empty ACL in AclLength bytes. STATUS_BUFFER_TOO_SMALL: less than a header;
 * STATUS_INVALID_PARAMETER: the revision is not 2 to 4, or the length more than 65535.
 * RtlValidAcl: revision, size, and every ACE inside it.
 * RtlQueryInformationAcl: STATUS_BUFFER_TOO_SMALL; STATUS_INVALID_INFO_CLASS; STATUS_INVALID_PARAMETER: no valid ACL.
 * RtlFirstFreeAce: where the next ACE would go, NULL in a full ACL; FALSE: no valid ACL.
 * RtlGetAce, RtlDeleteAce: STATUS_INVALID_PARAMETER: no valid ACL or no such entry.
 * RtlAddAce: puts the ACEs of a list before entry StartingAceIndex, MAXULONG for the end. STATUS_BUFFER_TOO_SMALL: they
 * do not fit; STATUS_INVALID_PARAMETER: no valid ACL, list or revision. Nothing is changed on failure.
 */
NTSYSAPI NTSTATUS NTAPI RtlCreateAcl(PACL Acl, ULONG AclLength, ULONG AclRevision);
NTSYSAPI BOOLEAN NTAPI RtlValidAcl(PACL Acl);
NTSYSAPI NTSTATUS NTAPI RtlQueryInformationAcl(PACL Acl, PVOID AclInformation, ULONG AclInformationLength,
                                               ACL_INFORMATION_CLASS AclInformationClass);
NTSYSAPI BOOLEAN NTAPI RtlFirstFreeAce(PACL Acl, PVOID *FirstFree);
NTSYSAPI NTSTATUS NTAPI RtlGetAce(PACL Acl, ULONG AceIndex, PVOID *Ace);
NTSYSAPI NTSTATUS NTAPI RtlDeleteAce(PACL Acl, ULONG AceIndex);
NTSYSAPI NTSTATUS NTAPI RtlAddAce(PACL Acl, ULONG AceRevision, ULONG StartingAceIndex, PVOID AceList,
                                  ULONG AceListLength);

/*
 * Append one ACE. AceRevision is ACL_REVISION or ACL_REVISION_DS, which object ACEs need; an ACL takes on the higher one.
 * AceFlags are those of inheritance; of audit ACEs also SUCCESSFUL_ACCESS_ACE_FLAG and FAILED_ACCESS_ACE_FLAG.
 * STATUS_REVISION_MISMATCH; STATUS_INVALID_ACL; STATUS_INVALID_SID; STATUS_INVALID_PARAMETER: AceFlags;
 * STATUS_ALLOTTED_SPACE_EXCEEDED: there is no room. Nothing is changed on failure.
 */
NTSYSAPI NTSTATUS NTAPI RtlAddAccessAllowedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessAllowedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags, ACCESS_MASK AccessMask,
                                                 PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessDeniedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessDeniedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags, ACCESS_MASK AccessMask,
                                                PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAuditAccessAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid,
                                             BOOLEAN AuditSuccess, BOOLEAN AuditFailure);
NTSYSAPI NTSTATUS NTAPI RtlAddAuditAccessAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags, ACCESS_MASK AccessMask,
                                               PSID Sid, BOOLEAN AuditSuccess, BOOLEAN AuditFailure);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessAllowedObjectAce(PACL Acl, ULONG AceRevision, ULONG AceFlags,
                                                     ACCESS_MASK AccessMask, GUID *ObjectType,
                                                     GUID *InheritedObjectType, PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessDeniedObjectAce(PACL Acl, ULONG AceRevision, ULONG AceFlags, ACCESS_MASK AccessMask,
                                                    GUID *ObjectType, GUID *InheritedObjectType, PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAuditAccessObjectAce(PACL Acl, ULONG AceRevision, ULONG AceFlags, ACCESS_MASK AccessMask,
                                                   GUID *ObjectType, GUID *InheritedObjectType, PSID Sid,
                                                   BOOLEAN AuditSuccess, BOOLEAN AuditFailure);

/* --- Security descriptors ----------------------------------------------------------------------------------- */

/*
 * RtlCreateSecurityDescriptorRelative: a self-relative header without parts. STATUS_UNKNOWN_REVISION.
 *
 * RtlGetXxxSecurityDescriptor: pointers into a descriptor of either form. For an ACL that is not there only XxxPresent is
 * written. STATUS_UNKNOWN_REVISION. RtlSetXxxSecurityDescriptor: store a pointer in an absolute descriptor, which the caller
 * keeps alive. STATUS_UNKNOWN_REVISION; STATUS_INVALID_SECURITY_DESCR: it is self-relative.
 * RtlSetControlSecurityDescriptor: the bits of inheritance and protection. STATUS_INVALID_PARAMETER: another one.
 */
NTSYSAPI NTSTATUS NTAPI RtlCreateSecurityDescriptorRelative(PISECURITY_DESCRIPTOR_RELATIVE SecurityDescriptor,
                                                            ULONG Revision);
NTSYSAPI NTSTATUS NTAPI RtlGetControlSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                        PSECURITY_DESCRIPTOR_CONTROL Control, PULONG Revision);
NTSYSAPI NTSTATUS NTAPI RtlSetControlSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                        SECURITY_DESCRIPTOR_CONTROL ControlBitsOfInterest,
                                                        SECURITY_DESCRIPTOR_CONTROL ControlBitsToSet);
NTSYSAPI NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Owner,
                                                      PBOOLEAN OwnerDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Owner,
                                                      BOOLEAN OwnerDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Group,
                                                      PBOOLEAN GroupDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Group,
                                                      BOOLEAN GroupDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PBOOLEAN DaclPresent,
                                                     PACL *Dacl, PBOOLEAN DaclDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlGetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PBOOLEAN SaclPresent,
                                                     PACL *Sacl, PBOOLEAN SaclDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlSetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN SaclPresent,
                                                     PACL Sacl, BOOLEAN SaclDefaulted);

/*
 * RtlAbsoluteToSelfRelativeSD: one block out of an absolute descriptor. RtlMakeSelfRelativeSD: out of either form.
 * RtlSelfRelativeToAbsoluteSD: the descriptor and its parts in five buffers. RtlSelfRelativeToAbsoluteSD2: in place.
 * Every size receives what is needed; STATUS_BUFFER_TOO_SMALL: nothing was copied. STATUS_BAD_DESCRIPTOR_FORMAT: the
 * descriptor has the other form. An invalid one: STATUS_UNKNOWN_REVISION, STATUS_INVALID_SID, STATUS_INVALID_ACL,
 * STATUS_INVALID_SECURITY_DESCR.
 */
NTSYSAPI NTSTATUS NTAPI RtlAbsoluteToSelfRelativeSD(PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                                    PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                                    PULONG BufferLength);
NTSYSAPI NTSTATUS NTAPI RtlMakeSelfRelativeSD(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                              PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor, PULONG BufferLength);
NTSYSAPI NTSTATUS NTAPI RtlSelfRelativeToAbsoluteSD(PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                                    PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                                    PULONG AbsoluteSecurityDescriptorSize, PACL Dacl, PULONG DaclSize,
                                                    PACL Sacl, PULONG SaclSize, PSID Owner, PULONG OwnerSize,
                                                    PSID PrimaryGroup, PULONG PrimaryGroupSize);
NTSYSAPI NTSTATUS NTAPI RtlSelfRelativeToAbsoluteSD2(PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                                     PULONG BufferSize);

/*
 * SeQuerySecurityDescriptorInfo: those parts of an object's descriptor that SecurityInformation names, self-relative.
 * STATUS_BUFFER_TOO_SMALL: nothing is copied, Length receives what is needed (K3.8.2).
 * SeSetSecurityDescriptorInfo, SeSetSecurityDescriptorInfoEx: replace those parts. *ObjectsSecurityDescriptor becomes a new
 * descriptor in pool memory; the caller frees the old one (K3.8.3). Whether the caller may do it is checked before, except that
 * he must be one who may assign that owner. AutoInheritFlags are SEF_*. STATUS_NO_SECURITY_ON_OBJECT;
 * STATUS_BAD_DESCRIPTOR_FORMAT; STATUS_INVALID_OWNER; STATUS_INVALID_PRIMARY_GROUP; STATUS_PRIVILEGE_NOT_HELD: a label
 * above the caller's; STATUS_NO_MEMORY; statuses of an invalid descriptor.
 */
NTKERNELAPI NTSTATUS NTAPI SeQuerySecurityDescriptorInfo(PSECURITY_INFORMATION SecurityInformation,
                                                         PSECURITY_DESCRIPTOR SecurityDescriptor, PULONG Length,
                                                         PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor);
NTKERNELAPI NTSTATUS NTAPI SeSetSecurityDescriptorInfo(PVOID Object, PSECURITY_INFORMATION SecurityInformation,
                                                       PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                       PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                                       POOL_TYPE PoolType, PGENERIC_MAPPING GenericMapping);
NTKERNELAPI NTSTATUS NTAPI SeSetSecurityDescriptorInfoEx(PVOID Object, PSECURITY_INFORMATION SecurityInformation,
                                                         PSECURITY_DESCRIPTOR ModificationDescriptor,
                                                         PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                                         ULONG AutoInheritFlags, POOL_TYPE PoolType,
                                                         PGENERIC_MAPPING GenericMapping);

/*
 * SeCaptureSecurityDescriptor: a self-relative copy, given back with SeReleaseSecurityDescriptor and the same mode and
 * CaptureIfKernelMode; in KernelMode without it, the descriptor itself. NULL stays NULL. Exported by Windows without a page.
 */
NTKERNELAPI NTSTATUS NTAPI SeCaptureSecurityDescriptor(PSECURITY_DESCRIPTOR OriginalSecurityDescriptor,
                                                       KPROCESSOR_MODE CurrentMode, POOL_TYPE PoolType,
                                                       BOOLEAN CaptureIfKernelMode,
                                                       PSECURITY_DESCRIPTOR *CapturedSecurityDescriptor);
NTKERNELAPI NTSTATUS NTAPI SeReleaseSecurityDescriptor(PSECURITY_DESCRIPTOR CapturedSecurityDescriptor,
                                                       KPROCESSOR_MODE CurrentMode, BOOLEAN CaptureIfKernelMode);

/*
 * ObAssignSecurity: what SeAssignSecurity makes of ParentDescriptor (may be NULL) and of the state's descriptor and subject becomes
 * the object's. ObSetSecurityObjectByPointer: NtSetSecurityObject without a handle, and without asking for access.
 * ObCheckCreateObjectAccess: whether the state's subject has CreateAccess to the object, in which it wants to make another.
 * ObLogSecurityDescriptor: an immutable shared copy of a self-relative descriptor with RefBias references; ObReferenceXxx and
 * ObDereferenceXxx change their number, and without any it goes. ObSetSecurityDescriptorInfo: SeSetSecurityDescriptorInfo for a
 * shared one, of which the caller holds a reference. Exported by Windows without a page.
 */
NTKERNELAPI NTSTATUS NTAPI ObAssignSecurity(PACCESS_STATE AccessState, PSECURITY_DESCRIPTOR ParentDescriptor, PVOID Object,
                                            POBJECT_TYPE ObjectType);
NTKERNELAPI NTSTATUS NTAPI ObSetSecurityObjectByPointer(PVOID Object, SECURITY_INFORMATION SecurityInformation,
                                                        PSECURITY_DESCRIPTOR SecurityDescriptor);
NTKERNELAPI BOOLEAN NTAPI ObCheckCreateObjectAccess(PVOID DirectoryObject, ACCESS_MASK CreateAccess,
                                                    PACCESS_STATE AccessState, PUNICODE_STRING ComponentName,
                                                    BOOLEAN LockHeld, KPROCESSOR_MODE PreviousMode,
                                                    PNTSTATUS AccessStatus);
NTKERNELAPI NTSTATUS NTAPI ObLogSecurityDescriptor(PSECURITY_DESCRIPTOR InputSecurityDescriptor,
                                                   PSECURITY_DESCRIPTOR *OutputSecurityDescriptor, ULONG RefBias);
NTKERNELAPI VOID NTAPI ObReferenceSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Count);
NTKERNELAPI VOID NTAPI ObDereferenceSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Count);
NTKERNELAPI NTSTATUS NTAPI ObSetSecurityDescriptorInfo(PVOID Object, PSECURITY_INFORMATION SecurityInformation,
                                                       PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                       PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                                       POOL_TYPE PoolType, PGENERIC_MAPPING GenericMapping);

/*
 * NtQuerySecurityObject: the parts of the descriptor of the object that Handle names. Owner, group, DACL and label need
 * READ_CONTROL, the SACL ACCESS_SYSTEM_SECURITY. LengthNeeded receives what the answer takes. STATUS_BUFFER_TOO_SMALL: nothing was
 * copied. STATUS_ACCESS_DENIED; STATUS_INVALID_HANDLE; STATUS_ACCESS_VIOLATION.
 * NtSetSecurityObject: replaces parts. Owner, group and label need WRITE_OWNER, the DACL WRITE_DAC, the SACL
 * ACCESS_SYSTEM_SECURITY. Statuses as of SeSetSecurityDescriptorInfo and these; of a file, guise-files(7) tells.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtQuerySecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                                                  PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Length,
                                                  PULONG LengthNeeded);
NTSYSCALLAPI NTSTATUS NTAPI ZwQuerySecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                                                  PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Length,
                                                  PULONG LengthNeeded);
NTSYSCALLAPI NTSTATUS NTAPI NtSetSecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                                                PSECURITY_DESCRIPTOR SecurityDescriptor);
NTSYSCALLAPI NTSTATUS NTAPI ZwSetSecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                                                PSECURITY_DESCRIPTOR SecurityDescriptor);

/* --- Access checks ------------------------------------------------------------------------------------------ */

/*
 * SeAccessCheckFromState, SeAccessCheckFromStateEx: SeAccessCheck for who is described by TokenAccessInformation, or for
 * tokens. The client, if there is one, is who asks. A snapshot of a restricted token is restricted in every right.
 */
BOOLEAN NTAPI SeAccessCheckFromState(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                     PTOKEN_ACCESS_INFORMATION PrimaryTokenInformation,
                                     PTOKEN_ACCESS_INFORMATION ClientTokenInformation, ACCESS_MASK DesiredAccess,
                                     ACCESS_MASK PreviouslyGrantedAccess, PPRIVILEGE_SET *Privileges,
                                     PGENERIC_MAPPING GenericMapping, KPROCESSOR_MODE AccessMode,
                                     PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus);
BOOLEAN NTAPI SeAccessCheckFromStateEx(PSECURITY_DESCRIPTOR SecurityDescriptor, PACCESS_TOKEN PrimaryToken,
                                       PACCESS_TOKEN ClientToken, ACCESS_MASK DesiredAccess,
                                       ACCESS_MASK PreviouslyGrantedAccess, PPRIVILEGE_SET *Privileges,
                                       PGENERIC_MAPPING GenericMapping, KPROCESSOR_MODE AccessMode,
                                       PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus);

/*
 * SePrivilegeCheck: whether the subject has all of RequiredPrivileges enabled (Control PRIVILEGE_SET_ALL_NECESSARY) or
 * one of them; those that it has are marked SE_PRIVILEGE_USED_FOR_ACCESS (K3.5.1). TRUE in KernelMode, without marks; FALSE
 * for a client below Impersonation. SeTcbPrivilege and SeAuditPrivilege are those of the process (K3.5.4, K0.3.4).
 */
NTKERNELAPI BOOLEAN NTAPI SePrivilegeCheck(PPRIVILEGE_SET RequiredPrivileges, PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                           KPROCESSOR_MODE AccessMode);

/*
 * SeAppendPrivileges: adds Privileges to those that an access state has used (K3.5.3); SeDeleteAccessState frees what that
 * takes. STATUS_INSUFFICIENT_RESOURCES: the state is as before.
 */
NTKERNELAPI NTSTATUS NTAPI SeAppendPrivileges(PACCESS_STATE AccessState, PPRIVILEGE_SET Privileges);

/* SeFreePrivileges: frees what an access check returned; NULL is allowed. */
NTKERNELAPI VOID NTAPI SeFreePrivileges(PPRIVILEGE_SET Privileges);

/* What an access state keeps elsewhere. */
typedef struct _AUX_ACCESS_DATA
{
    PPRIVILEGE_SET PrivilegesUsed; /* those of the state, inside it or allocated */
    GENERIC_MAPPING GenericMapping;
    ACCESS_MASK AccessesToAudit;
    ACCESS_MASK MaximumAuditMask;
} AUX_ACCESS_DATA, *PAUX_ACCESS_DATA;

/*
 * SeCreateAccessState, SeCreateAccessStateEx: a state for the calling thread, or for Thread (NULL: no client) of Process,
 * that wants Access, its generic rights mapped if GenericMapping is not NULL. AuxData is the caller's and must outlive the
 * state. STATUS_SUCCESS; ended by SeDeleteAccessState. Exported by Windows without a page.
 */
NTKERNELAPI NTSTATUS NTAPI SeCreateAccessState(PACCESS_STATE AccessState, PAUX_ACCESS_DATA AuxData, ACCESS_MASK Access,
                                               PGENERIC_MAPPING GenericMapping);
NTKERNELAPI NTSTATUS NTAPI SeCreateAccessStateEx(PETHREAD Thread, PEPROCESS Process, PACCESS_STATE AccessState,
                                                 PAUX_ACCESS_DATA AuxData, ACCESS_MASK Access,
                                                 PGENERIC_MAPPING GenericMapping);

/* SeDeleteAccessState: frees privileges and names of a state (pool memory) and releases its subject context. */
NTKERNELAPI VOID NTAPI SeDeleteAccessState(PACCESS_STATE AccessState);

/* SeSetAccessStateGenericMapping: the mapping that checks with this state use from now on. */
NTKERNELAPI VOID NTAPI SeSetAccessStateGenericMapping(PACCESS_STATE AccessState, PGENERIC_MAPPING GenericMapping);

/*
 * ObCheckObjectAccess: judges what AccessState still wants by the object's own security. TRUE: it is granted, and the state
 * says so. FALSE: AccessStatus tells why. Exported by Windows without a page.
 */
NTKERNELAPI BOOLEAN NTAPI ObCheckObjectAccess(PVOID Object, PACCESS_STATE AccessState, BOOLEAN TypeMutexLocked,
                                              KPROCESSOR_MODE AccessMode, PNTSTATUS AccessStatus);

/*
 * NtPrivilegeCheck: whether the token (TOKEN_QUERY) has RequiredPrivileges enabled, as SePrivilegeCheck tells it.
 * STATUS_BAD_IMPERSONATION_LEVEL: it is a client's below Identification. STATUS_INVALID_PARAMETER: too many of them.
 * STATUS_ACCESS_DENIED; STATUS_INVALID_HANDLE; STATUS_ACCESS_VIOLATION.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtPrivilegeCheck(HANDLE ClientToken, PPRIVILEGE_SET RequiredPrivileges, PBOOLEAN Result);

/*
 * NtAccessCheck: the access check for a client's token (TOKEN_QUERY, level Identification or above).
 * PrivilegeSet        receives the privileges that were used; PrivilegeSetLength bytes, at least sizeof(PRIVILEGE_SET).
 * GrantedAccess       receives what is granted, 0 if nothing is, and
 * AccessStatus        the decision, with which STATUS_SUCCESS is returned. In this order (K3.4.1) there is none with
 * STATUS_ACCESS_VIOLATION; STATUS_GENERIC_NOT_MAPPED: DesiredAccess has generic rights; STATUS_INVALID_HANDLE,
 * STATUS_ACCESS_DENIED; STATUS_NO_IMPERSONATION_TOKEN: a primary token; STATUS_BAD_IMPERSONATION_LEVEL;
 * STATUS_BUFFER_TOO_SMALL: PrivilegeSetLength receives what is needed; STATUS_INVALID_SECURITY_DESCR: without owner or
 * group, or none.
 * NtAccessCheckByType: PrincipalSelfSid, or NULL, is what S-1-5-10 stands for; ObjectTypeList is a tree of objects in
 * depth-first order, whose root the decision is about. STATUS_INVALID_PARAMETER: it is no tree.
 * NtAccessCheckByTypeResultList: a decision for each object of the list, into arrays.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtAccessCheck(PSECURITY_DESCRIPTOR SecurityDescriptor, HANDLE ClientToken,
                                          ACCESS_MASK DesiredAccess, PGENERIC_MAPPING GenericMapping,
                                          PPRIVILEGE_SET PrivilegeSet, PULONG PrivilegeSetLength,
                                          PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus);
NTSYSCALLAPI NTSTATUS NTAPI NtAccessCheckByType(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid,
                                                HANDLE ClientToken, ACCESS_MASK DesiredAccess,
                                                POBJECT_TYPE_LIST ObjectTypeList, ULONG ObjectTypeListLength,
                                                PGENERIC_MAPPING GenericMapping, PPRIVILEGE_SET PrivilegeSet,
                                                PULONG PrivilegeSetLength, PACCESS_MASK GrantedAccess,
                                                PNTSTATUS AccessStatus);
NTSYSCALLAPI NTSTATUS NTAPI NtAccessCheckByTypeResultList(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid,
                                                          HANDLE ClientToken, ACCESS_MASK DesiredAccess,
                                                          POBJECT_TYPE_LIST ObjectTypeList, ULONG ObjectTypeListLength,
                                                          PGENERIC_MAPPING GenericMapping, PPRIVILEGE_SET PrivilegeSet,
                                                          PULONG PrivilegeSetLength, PACCESS_MASK GrantedAccess,
                                                          PNTSTATUS AccessStatus);

/* --- Audit events ------------------------------------------------------------------------------------------- */

/*
 * Where events go is the administrator's choice: guise.conf(5), [audit]. Nothing here waits for it. Of the process, not of a
 * client, the routines with a status need SeAuditPrivilege (K3.4.2): STATUS_PRIVILEGE_NOT_HELD.
 *
 * NtAccessCheckAndAuditAlarm: NtAccessCheck for the client whom the calling thread impersonates, of an object that
 * the server SubsystemName knows by HandleId; the decision is an event if the SACL of SecurityDescriptor wants it.
 * GrantedAccess, AccessStatus  the decision, with which STATUS_SUCCESS is returned.
 * GenerateOnClose              TRUE: so is the end of the access, for NtCloseObjectAuditAlarm.
 * STATUS_ACCESS_VIOLATION; STATUS_GENERIC_NOT_MAPPED; STATUS_PRIVILEGE_NOT_HELD; STATUS_NO_IMPERSONATION_TOKEN: the thread does
 * not impersonate; STATUS_BAD_IMPERSONATION_LEVEL: below Identification; STATUS_INVALID_SECURITY_DESCR.
 * NtAccessCheckByTypeAndAuditAlarm: with what NtAccessCheckByType is given. AUDIT_ALLOW_NO_PRIVILEGE in Flags: without
 * the privilege there is a decision, but no event. STATUS_INVALID_PARAMETER.
 * NtAccessCheckByTypeResultListAndAuditAlarm: a decision for each object, into arrays; ...ByHandle for the client of a token
 * (TOKEN_QUERY) instead of the thread's.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtAccessCheckAndAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                                       PUNICODE_STRING ObjectTypeName, PUNICODE_STRING ObjectName,
                                                       PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                       ACCESS_MASK DesiredAccess, PGENERIC_MAPPING GenericMapping,
                                                       BOOLEAN ObjectCreation, PACCESS_MASK GrantedAccess,
                                                       PNTSTATUS AccessStatus, PBOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI ZwAccessCheckAndAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                                   PUNICODE_STRING ObjectTypeName, PUNICODE_STRING ObjectName,
                                                   PSECURITY_DESCRIPTOR SecurityDescriptor, ACCESS_MASK DesiredAccess,
                                                   PGENERIC_MAPPING GenericMapping, BOOLEAN ObjectCreation,
                                                   PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus,
                                                   PBOOLEAN GenerateOnClose);
NTSYSCALLAPI NTSTATUS NTAPI NtAccessCheckByTypeAndAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                                             PUNICODE_STRING ObjectTypeName, PUNICODE_STRING ObjectName,
                                                             PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                             PSID PrincipalSelfSid, ACCESS_MASK DesiredAccess,
                                                             AUDIT_EVENT_TYPE AuditType, ULONG Flags,
                                                             POBJECT_TYPE_LIST ObjectTypeList, ULONG ObjectTypeListLength,
                                                             PGENERIC_MAPPING GenericMapping, BOOLEAN ObjectCreation,
                                                             PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus,
                                                             PBOOLEAN GenerateOnClose);
NTSYSCALLAPI NTSTATUS NTAPI NtAccessCheckByTypeResultListAndAuditAlarm(
    PUNICODE_STRING SubsystemName, PVOID HandleId, PUNICODE_STRING ObjectTypeName, PUNICODE_STRING ObjectName,
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid, ACCESS_MASK DesiredAccess, AUDIT_EVENT_TYPE AuditType,
    ULONG Flags, POBJECT_TYPE_LIST ObjectTypeList, ULONG ObjectTypeListLength, PGENERIC_MAPPING GenericMapping,
    BOOLEAN ObjectCreation, PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus, PBOOLEAN GenerateOnClose);
NTSYSCALLAPI NTSTATUS NTAPI NtAccessCheckByTypeResultListAndAuditAlarmByHandle(
    PUNICODE_STRING SubsystemName, PVOID HandleId, HANDLE ClientToken, PUNICODE_STRING ObjectTypeName,
    PUNICODE_STRING ObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid, ACCESS_MASK DesiredAccess,
    AUDIT_EVENT_TYPE AuditType, ULONG Flags, POBJECT_TYPE_LIST ObjectTypeList, ULONG ObjectTypeListLength,
    PGENERIC_MAPPING GenericMapping, BOOLEAN ObjectCreation, PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus,
    PBOOLEAN GenerateOnClose);

/*
 * NtOpenObjectAuditAlarm: that the client of a token (TOKEN_QUERY) was granted GrantedAccess, or refused DesiredAccess: an
 * event if the SACL of SecurityDescriptor (may be NULL) wants it, or if it took Privileges (may be NULL).
 * NtCloseObjectAuditAlarm, NtDeleteObjectAuditAlarm: the end of that, if GenerateOnClose.
 * NtPrivilegeObjectAuditAlarm, NtPrivilegedServiceAuditAlarm: the use of privileges, or the attempt.
 * STATUS_ACCESS_VIOLATION; STATUS_PRIVILEGE_NOT_HELD; STATUS_INVALID_HANDLE, STATUS_ACCESS_DENIED;
 * STATUS_BAD_IMPERSONATION_LEVEL: below Identification; STATUS_INVALID_PARAMETER: too many privileges; that the
 * descriptor is none.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtOpenObjectAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                                   PUNICODE_STRING ObjectTypeName, PUNICODE_STRING ObjectName,
                                                   PSECURITY_DESCRIPTOR SecurityDescriptor, HANDLE ClientToken,
                                                   ACCESS_MASK DesiredAccess, ACCESS_MASK GrantedAccess,
                                                   PPRIVILEGE_SET Privileges, BOOLEAN ObjectCreation,
                                                   BOOLEAN AccessGranted, PBOOLEAN GenerateOnClose);
NTSYSCALLAPI NTSTATUS NTAPI NtCloseObjectAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                                    BOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI ZwCloseObjectAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId, BOOLEAN GenerateOnClose);
NTSYSCALLAPI NTSTATUS NTAPI NtDeleteObjectAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                                     BOOLEAN GenerateOnClose);
NTSYSCALLAPI NTSTATUS NTAPI NtPrivilegeObjectAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId, HANDLE ClientToken,
                                                        ACCESS_MASK DesiredAccess, PPRIVILEGE_SET Privileges,
                                                        BOOLEAN AccessGranted);
NTSYSCALLAPI NTSTATUS NTAPI NtPrivilegedServiceAuditAlarm(PUNICODE_STRING SubsystemName, PUNICODE_STRING ServiceName,
                                                          HANDLE ClientToken, PPRIVILEGE_SET Privileges,
                                                          BOOLEAN AccessGranted);

/*
 * SeOpenObjectAuditAlarm, SeOpenObjectForDeleteAuditAlarm: that the opening of an object has come to an end: an event if the
 * SACL of SecurityDescriptor wants it, or if it took privileges. For KernelMode nothing is written, and the caller holds the lock
 * of the state's subject context (K3.7.1). ObjectTypeName and AbsoluteObjectName NULL: those of the state. GenerateOnClose
 * receives whether the closing of the handle is an event, too.
 * SeDeleteObjectAuditAlarm, SeCloseObjectAuditAlarm (if PerformAction): that this has happened; written if the process has
 * SeAuditPrivilege. SePrivilegeObjectAuditAlarm: the use of privileges; not for KernelMode. SeCloseObjectAuditAlarm and
 * SePrivilegeObjectAuditAlarm are exported by Windows without a page.
 * SeAuditHardLinkCreation: that LinkName was made for FileName.
 * SeAuditingXxx: whether there is a place for such events to go; otherwise a driver may save itself the calls.
 */
NTKERNELAPI VOID NTAPI SeOpenObjectAuditAlarm(PUNICODE_STRING ObjectTypeName, PVOID Object,
                                              PUNICODE_STRING AbsoluteObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor,
                                              PACCESS_STATE AccessState, BOOLEAN ObjectCreated, BOOLEAN AccessGranted,
                                              KPROCESSOR_MODE AccessMode, PBOOLEAN GenerateOnClose);
NTKERNELAPI VOID NTAPI SeOpenObjectForDeleteAuditAlarm(PUNICODE_STRING ObjectTypeName, PVOID Object,
                                                       PUNICODE_STRING AbsoluteObjectName,
                                                       PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                       PACCESS_STATE AccessState, BOOLEAN ObjectCreated,
                                                       BOOLEAN AccessGranted, KPROCESSOR_MODE AccessMode,
                                                       PBOOLEAN GenerateOnClose);
NTKERNELAPI VOID NTAPI SeDeleteObjectAuditAlarm(PVOID Object, HANDLE Handle);
NTKERNELAPI VOID NTAPI SeCloseObjectAuditAlarm(PVOID Object, HANDLE Handle, BOOLEAN PerformAction);
NTKERNELAPI VOID NTAPI SePrivilegeObjectAuditAlarm(HANDLE Handle, PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
                                                   ACCESS_MASK DesiredAccess, PPRIVILEGE_SET Privileges,
                                                   BOOLEAN AccessGranted, KPROCESSOR_MODE AccessMode);
NTKERNELAPI VOID NTAPI SeAuditHardLinkCreation(PUNICODE_STRING FileName, PUNICODE_STRING LinkName, BOOLEAN bSuccess);
NTKERNELAPI BOOLEAN NTAPI SeAuditingFileEvents(BOOLEAN AccessGranted, PSECURITY_DESCRIPTOR SecurityDescriptor);
NTKERNELAPI BOOLEAN NTAPI SeAuditingFileEventsWithContext(BOOLEAN AccessGranted, PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                          PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext);
NTKERNELAPI BOOLEAN NTAPI SeAuditingFileOrGlobalEvents(BOOLEAN AccessGranted, PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                       PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext);
NTKERNELAPI BOOLEAN NTAPI SeAuditingHardLinkEvents(BOOLEAN AccessGranted, PSECURITY_DESCRIPTOR SecurityDescriptor);
NTKERNELAPI BOOLEAN NTAPI SeAuditingHardLinkEventsWithContext(BOOLEAN AccessGranted,
                                                              PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                              PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext);

/* --- System services: tokens -------------------------------------------------------------------------------- */

/*
 * NtOpenThreadToken, NtOpenThreadTokenEx: a handle to the token a thread impersonates.
 * ThreadHandle   needs THREAD_QUERY_INFORMATION; NtCurrentThread() is allowed.
 * DesiredAccess  TOKEN_* or MAXIMUM_ALLOWED, judged by the token's own DACL.
 * OpenAsSelf     TRUE: the process's rights decide, not the client's. Needed below Impersonation level.
 * TokenHandle    receives the handle, closed with NtClose.
 * STATUS_NO_TOKEN: the thread does not impersonate (K1.17.2). STATUS_CANT_OPEN_ANONYMOUS (K1.17.3).
 * STATUS_ACCESS_DENIED; STATUS_BAD_IMPERSONATION_LEVEL; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtOpenThreadToken(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess, BOOLEAN OpenAsSelf,
                                              PHANDLE TokenHandle);
NTSYSCALLAPI NTSTATUS NTAPI NtOpenThreadTokenEx(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess, BOOLEAN OpenAsSelf,
                                                ULONG HandleAttributes, PHANDLE TokenHandle);

/*
 * NtOpenProcessToken, NtOpenProcessTokenEx: a handle to the primary token of a process, which needs
 * PROCESS_QUERY_INFORMATION. STATUS_ACCESS_DENIED; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH;
 * STATUS_PRIVILEGE_NOT_HELD: ACCESS_SYSTEM_SECURITY without SeSecurityPrivilege.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtOpenProcessToken(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess, PHANDLE TokenHandle);
NTSYSCALLAPI NTSTATUS NTAPI NtOpenProcessTokenEx(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                                 ULONG HandleAttributes, PHANDLE TokenHandle);

/*
 * NtDuplicateToken: a new token with the identity of another.
 * ExistingTokenHandle  needs TOKEN_DUPLICATE.
 * DesiredAccess        0 for the access of the existing handle (K1.18.5).
 * ObjectAttributes     its SecurityQualityOfService gives the level of an impersonation token; absent, an impersonation
 *                      token keeps its level and a copy of a primary token gets SecurityAnonymous (K1.18.2, K1.18.3).
 * EffectiveOnly        TRUE removes disabled groups and privileges from the copy.
 * TokenType            TokenPrimary or TokenImpersonation.
 * NewTokenHandle       receives the handle, closed with NtClose.
 * STATUS_BAD_IMPERSONATION_LEVEL: the level would rise, or a primary token was wanted from one below Impersonation
 * (K1.18.1). STATUS_INVALID_PARAMETER; STATUS_ACCESS_DENIED; STATUS_INVALID_HANDLE; STATUS_NO_MEMORY.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtDuplicateToken(HANDLE ExistingTokenHandle, ACCESS_MASK DesiredAccess,
                                             POBJECT_ATTRIBUTES ObjectAttributes, BOOLEAN EffectiveOnly,
                                             TOKEN_TYPE TokenType, PHANDLE NewTokenHandle);

/*
 * NtQueryInformationToken: TokenHandle needs TOKEN_QUERY (TOKEN_QUERY_SOURCE for TokenSource).
 * TokenInformation points to TokenInformationLength bytes; pointers in the answer point into that buffer.
 * ReturnLength receives what was written or, with STATUS_BUFFER_TOO_SMALL, what is needed.
 * STATUS_INVALID_INFO_CLASS: no such class, or the level of a primary token (K2.7.6). STATUS_ACCESS_DENIED;
 * STATUS_INVALID_HANDLE; STATUS_ACCESS_VIOLATION (K2.7.4).
 */
NTSYSCALLAPI NTSTATUS NTAPI NtQueryInformationToken(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
                                                    PVOID TokenInformation, ULONG TokenInformationLength,
                                                    PULONG ReturnLength);

/*
 * NtSetInformationToken: TokenOwner, TokenPrimaryGroup and TokenDefaultDacl need TOKEN_ADJUST_DEFAULT (K2.8.1);
 * TokenSessionId needs TOKEN_ADJUST_SESSIONID and SeTcbPrivilege too. What is set is copied. Looked at in this order:
 * STATUS_INVALID_INFO_CLASS: unknown or read-only class. STATUS_INVALID_HANDLE; STATUS_ACCESS_DENIED.
 * STATUS_INFO_LENGTH_MISMATCH. STATUS_PRIVILEGE_NOT_HELD. STATUS_INVALID_OWNER: not assignable as an owner.
 * STATUS_INVALID_PRIMARY_GROUP: not in the token. STATUS_INVALID_SID; STATUS_INVALID_ACL;
 * STATUS_ALLOTTED_SPACE_EXCEEDED: larger than the room charged to the token (K2.1.1).
 */
NTSYSCALLAPI NTSTATUS NTAPI NtSetInformationToken(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
                                                  PVOID TokenInformation, ULONG TokenInformationLength);

/*
 * NtAdjustPrivilegesToken: enables, disables or gives up (SE_PRIVILEGE_REMOVED) the privileges of NewState, or with
 * DisableAllPrivileges disables all. TokenHandle needs TOKEN_ADJUST_PRIVILEGES, and TOKEN_QUERY with PreviousState.
 * PreviousState   BufferLength bytes that receive the changed ones as they were, for giving them back; or NULL.
 * ReturnLength    receives the bytes that PreviousState takes.
 * STATUS_NOT_ALL_ASSIGNED, a success: some are not held. STATUS_BUFFER_TOO_SMALL: nothing was done.
 * STATUS_ACCESS_DENIED: no such right; or a thread that carries the token could not be made to carry the change, and
 * nothing has changed. STATUS_INVALID_PARAMETER: NewState is NULL. STATUS_INVALID_HANDLE; STATUS_ACCESS_VIOLATION;
 * STATUS_NO_MEMORY.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtAdjustPrivilegesToken(HANDLE TokenHandle, BOOLEAN DisableAllPrivileges,
                                                    PTOKEN_PRIVILEGES NewState, ULONG BufferLength,
                                                    PTOKEN_PRIVILEGES PreviousState, PULONG ReturnLength);

/*
 * NtAdjustGroupsToken: the same with groups and TOKEN_ADJUST_GROUPS; ResetToDefault gives each its default state
 * (K2.4.1). STATUS_CANT_DISABLE_MANDATORY, also for the user (K2.4.2); STATUS_CANT_ENABLE_DENY_ONLY: nothing was done.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtAdjustGroupsToken(HANDLE TokenHandle, BOOLEAN ResetToDefault, PTOKEN_GROUPS NewState,
                                                ULONG BufferLength, PTOKEN_GROUPS PreviousState, PULONG ReturnLength);

/*
 * NtCreateToken: a token out of what the caller says, who needs SeCreateTokenPrivilege.
 * TokenHandle         receives the handle with DesiredAccess, closed with NtClose.
 * ObjectAttributes    its SecurityQualityOfService gives the level, SecurityAnonymous if it is absent; may be NULL.
 * AuthenticationId    of a logon session that there is.
 * ExpirationTime      -1 for never.
 * TokenGroups         mandatory ones are enabled whatever their attributes say; a mandatory label (SE_GROUP_INTEGRITY) is
 *                     the integrity level, Medium if there is none.
 * TokenPrivileges     at most 60.
 * TokenOwner          the user or a group with SE_GROUP_OWNER; NULL is the user. TokenPrimaryGroup: user or group.
 * TokenDefaultDacl    NULL for none; a later one may be as large as the room charged (K2.1.1).
 * A thread carries the Unix user that the token's user is, with the Unix groups (S-1-22-2-gid) of the token alone; the
 * primary group must be one of them.
 * STATUS_PRIVILEGE_NOT_HELD; STATUS_BAD_TOKEN_TYPE; STATUS_NO_SUCH_LOGON_SESSION; STATUS_INVALID_OWNER;
 * STATUS_INVALID_PRIMARY_GROUP; STATUS_INVALID_PARAMETER; STATUS_INVALID_SID; STATUS_INVALID_ACL; STATUS_ACCESS_VIOLATION;
 * STATUS_NO_MEMORY.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtCreateToken(PHANDLE TokenHandle, ACCESS_MASK DesiredAccess,
                                          POBJECT_ATTRIBUTES ObjectAttributes, TOKEN_TYPE TokenType,
                                          PLUID AuthenticationId, PLARGE_INTEGER ExpirationTime, PTOKEN_USER TokenUser,
                                          PTOKEN_GROUPS TokenGroups, PTOKEN_PRIVILEGES TokenPrivileges,
                                          PTOKEN_OWNER TokenOwner, PTOKEN_PRIMARY_GROUP TokenPrimaryGroup,
                                          PTOKEN_DEFAULT_DACL TokenDefaultDacl, PTOKEN_SOURCE TokenSource);

/*
 * NtFilterToken: a token with less in it (K2.2.1 to K2.2.5). Every list may be NULL.
 * ExistingTokenHandle  needs TOKEN_DUPLICATE; the new handle grants what it grants.
 * Flags                DISABLE_MAX_PRIVILEGE: only SeChangeNotifyPrivilege is left. SANDBOX_INERT. LUA_TOKEN: without the
 *                      groups and privileges of administrators, at Medium integrity at most. WRITE_RESTRICTED: the
 *                      restricting SIDs count for write access only.
 * SidsToDisable        become deny-only, the user and mandatory groups too.
 * PrivilegesToDelete   are removed.
 * RestrictedSids       what access checks ask about too; with those that the token has already, what is in both lists.
 *                      Attributes must be 0.
 * NewTokenHandle       receives the handle, closed with NtClose.
 * A thread cannot impersonate a token that Unix ids do not express: one with restricting SIDs, or with the user or a Unix
 * group for denying only (guise.conf(5), deny-only-groups).
 * STATUS_INVALID_PARAMETER; STATUS_INVALID_SID; STATUS_INVALID_HANDLE; STATUS_ACCESS_DENIED; STATUS_ACCESS_VIOLATION;
 * STATUS_NO_MEMORY.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtFilterToken(HANDLE ExistingTokenHandle, ULONG Flags, PTOKEN_GROUPS SidsToDisable,
                                          PTOKEN_PRIVILEGES PrivilegesToDelete, PTOKEN_GROUPS RestrictedSids,
                                          PHANDLE NewTokenHandle);

/*
 * NtCompareTokens: *Equal becomes whether two tokens (TOKEN_QUERY) mean the same to every access check: SIDs, restricting
 * SIDs, privileges, each with attributes; type, level and ids do not count (K2.5.1).
 */
NTSYSCALLAPI NTSTATUS NTAPI NtCompareTokens(HANDLE FirstTokenHandle, HANDLE SecondTokenHandle, PBOOLEAN Equal);

/* NtAllocateLocallyUniqueId: a LUID that this process has not seen before. STATUS_ACCESS_VIOLATION: Luid is NULL. */
NTSYSCALLAPI NTSTATUS NTAPI NtAllocateLocallyUniqueId(PLUID Luid);

/* --- System services: processes and jobs ---------------------------------------------------------------------- */

typedef LONG KPRIORITY;
typedef ULONG_PTR KAFFINITY, *PKAFFINITY;

typedef enum _PROCESSINFOCLASS
{
    ProcessBasicInformation = 0,
    ProcessQuotaLimits = 1,
    ProcessIoCounters = 2,
    ProcessVmCounters = 3,
    ProcessTimes = 4,
    ProcessBasePriority = 5,
    ProcessRaisePriority = 6,
    ProcessDebugPort = 7,
    ProcessExceptionPort = 8,
    ProcessAccessToken = 9,
    ProcessSessionInformation = 24,
    ProcessWow64Information = 26,
    ProcessImageFileName = 27
} PROCESSINFOCLASS;

/* ProcessAccessToken. Thread may be NULL; it is not looked at. */
typedef struct _PROCESS_ACCESS_TOKEN
{
    HANDLE Token;
    HANDLE Thread;
} PROCESS_ACCESS_TOKEN, *PPROCESS_ACCESS_TOKEN;

/* ProcessBasicInformation. There is no PEB. */
typedef struct _PROCESS_BASIC_INFORMATION
{
    NTSTATUS ExitStatus;
    struct _PEB *PebBaseAddress;
    KAFFINITY AffinityMask;
    KPRIORITY BasePriority;
    ULONG_PTR UniqueProcessId;
    ULONG_PTR InheritedFromUniqueProcessId;
} PROCESS_BASIC_INFORMATION, *PPROCESS_BASIC_INFORMATION;

/* ThreadBasicInformation. There is no TEB. */
typedef struct _THREAD_BASIC_INFORMATION
{
    NTSTATUS ExitStatus;
    PVOID TebBaseAddress;
    CLIENT_ID ClientId;
    KAFFINITY AffinityMask;
    KPRIORITY Priority;
    KPRIORITY BasePriority;
} THREAD_BASIC_INFORMATION, *PTHREAD_BASIC_INFORMATION;

/*
 * NtOpenProcess, NtOpenThread: a handle to this process, or to a thread of it, by id. What the object's security does not
 * grant SeDebugPrivilege does. STATUS_INVALID_CID: no such process or thread. STATUS_ACCESS_DENIED: also for all other
 * processes and their threads. STATUS_INVALID_PARAMETER_MIX: ObjectName and ClientId, or neither of them.
 * STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_NAME_NOT_FOUND: an ObjectName. Source: DDI page of ntddk.h.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtOpenProcess(PHANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                          POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId);
NTSYSAPI NTSTATUS NTAPI ZwOpenProcess(PHANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                      POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId);
NTSYSCALLAPI NTSTATUS NTAPI NtOpenThread(PHANDLE ThreadHandle, ACCESS_MASK DesiredAccess,
                                         POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId);

/*
 * NtQueryInformationProcess: ProcessBasicInformation, ProcessSessionInformation (a ULONG), ProcessWow64Information (a pointer's
 * size, 0), ProcessImageFileName (a UNICODE_STRING and its characters). NtQueryInformationThread: ThreadBasicInformation.
 * The handle needs XXX_QUERY_INFORMATION, of a process or PROCESS_QUERY_LIMITED_INFORMATION. ReturnLength may be NULL.
 * STATUS_INVALID_INFO_CLASS; STATUS_INFO_LENGTH_MISMATCH; STATUS_NOT_FOUND: the system does not tell the image.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtQueryInformationProcess(HANDLE ProcessHandle, PROCESSINFOCLASS ProcessInformationClass,
                                                      PVOID ProcessInformation, ULONG ProcessInformationLength,
                                                      PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryInformationProcess(HANDLE ProcessHandle, PROCESSINFOCLASS ProcessInformationClass,
                                                  PVOID ProcessInformation, ULONG ProcessInformationLength,
                                                  PULONG ReturnLength);
/* NtSetInformationProcess: ProcessAccessToken only, which is a success only if the process runs under such a token already;
 * STATUS_NOT_SUPPORTED: it runs under another one, which cannot be changed while it runs. The token must be primary
 * (STATUS_BAD_TOKEN_TYPE) and grant TOKEN_ASSIGN_PRIMARY. STATUS_PRIVILEGE_NOT_HELD: neither is it the process's own with
 * less in it (K2.10.2) nor has the caller SeAssignPrimaryTokenPrivilege. STATUS_ACCESS_DENIED: a job forbids it.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtSetInformationProcess(HANDLE ProcessHandle, PROCESSINFOCLASS ProcessInformationClass,
                                                    PVOID ProcessInformation, ULONG ProcessInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationProcess(HANDLE ProcessHandle, PROCESSINFOCLASS ProcessInformationClass,
                                                PVOID ProcessInformation, ULONG ProcessInformationLength);

/*
 * NtCreateJobObject: a job without limits. ObjectAttributes may be NULL; it has no name, else STATUS_OBJECT_PATH_NOT_FOUND.
 * NtAssignProcessToJobObject: for good. JobHandle needs JOB_OBJECT_ASSIGN_PROCESS, ProcessHandle PROCESS_SET_QUOTA and
 * PROCESS_TERMINATE. STATUS_ACCESS_DENIED: the process is in a job, or its token is one that the limits forbid.
 * NtSetInformationJobObject: JobObjectSecurityLimitInformation (JOB_OBJECT_SET_SECURITY_ATTRIBUTES), as Windows had it up to
 * Server 2003: what is impersonated from then on is filtered, or refused with STATUS_ACCESS_DENIED. A limit stays: the flags name
 * those that the job has, with their members NULL, and more. STATUS_NOT_SUPPORTED: another class; an ONLY_TOKEN that a process in
 * the job does not run under. STATUS_INVALID_PARAMETER: a limit is left out or given twice, or what it needs is missing.
 * PsGetProcessJob: the job of a process, or NULL; no reference is taken. Exported by Windows without a page.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtCreateJobObject(PHANDLE JobHandle, ACCESS_MASK DesiredAccess,
                                              POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwCreateJobObject(PHANDLE JobHandle, ACCESS_MASK DesiredAccess,
                                          POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSCALLAPI NTSTATUS NTAPI NtAssignProcessToJobObject(HANDLE JobHandle, HANDLE ProcessHandle);
NTSYSAPI NTSTATUS NTAPI ZwAssignProcessToJobObject(HANDLE JobHandle, HANDLE ProcessHandle);
NTSYSCALLAPI NTSTATUS NTAPI NtSetInformationJobObject(HANDLE JobHandle, JOBOBJECTINFOCLASS JobObjectInformationClass,
                                                      PVOID JobObjectInformation, ULONG JobObjectInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationJobObject(HANDLE JobHandle, JOBOBJECTINFOCLASS JobObjectInformationClass,
                                                  PVOID JobObjectInformation, ULONG JobObjectInformationLength);
NTKERNELAPI PVOID NTAPI PsGetProcessJob(PEPROCESS Process);

/* --- System services: threads and handles ------------------------------------------------------------------- */

typedef enum _THREADINFOCLASS
{
    ThreadBasicInformation = 0,
    ThreadTimes = 1,
    ThreadPriority = 2,
    ThreadBasePriority = 3,
    ThreadAffinityMask = 4,
    ThreadImpersonationToken = 5, /* HANDLE of an impersonation token, or NULL */
    ThreadDescriptorTableEntry = 6,
    ThreadEnableAlignmentFaultFixup = 7,
    ThreadEventPair_Reusable = 8,
    ThreadQuerySetWin32StartAddress = 9,
    ThreadZeroTlsCell = 10
} THREADINFOCLASS;

NTSYSCALLAPI NTSTATUS NTAPI NtQueryInformationThread(HANDLE ThreadHandle, THREADINFOCLASS ThreadInformationClass,
                                                     PVOID ThreadInformation, ULONG ThreadInformationLength,
                                                     PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryInformationThread(HANDLE ThreadHandle, THREADINFOCLASS ThreadInformationClass,
                                                 PVOID ThreadInformation, ULONG ThreadInformationLength,
                                                 PULONG ReturnLength);

/*
 * NtSetInformationThread: ThreadImpersonationToken only. ThreadHandle needs THREAD_SET_THREAD_TOKEN, the token handle
 * in the buffer TOKEN_IMPERSONATE; a NULL handle ends the impersonation (K1.8.2).
 * STATUS_INFO_LENGTH_MISMATCH: ThreadInformationLength is not that of a HANDLE (K1.8.1). STATUS_BAD_TOKEN_TYPE;
 * STATUS_INVALID_INFO_CLASS; STATUS_ACCESS_DENIED; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtSetInformationThread(HANDLE ThreadHandle, THREADINFOCLASS ThreadInformationClass,
                                                   PVOID ThreadInformation, ULONG ThreadInformationLength);

/*
 * NtImpersonateThread: the server thread (THREAD_DIRECT_IMPERSONATION) impersonates the client thread
 * (THREAD_IMPERSONATE) as SecurityQos says (K1.10.1). Statuses of SeCreateClientSecurity and PsImpersonateClient.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtImpersonateThread(HANDLE ServerThreadHandle, HANDLE ClientThreadHandle,
                                                PSECURITY_QUALITY_OF_SERVICE SecurityQos);

/*
 * NtImpersonateAnonymousToken: the thread (THREAD_IMPERSONATE) carries the anonymous logon (K1.9.1).
 * STATUS_ACCESS_DENIED: no such right, or the process is restricted. STATUS_INVALID_HANDLE.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtImpersonateAnonymousToken(HANDLE ThreadHandle);

/* NtClose: STATUS_SUCCESS; STATUS_INVALID_HANDLE, also the second time. */
NTSYSCALLAPI NTSTATUS NTAPI NtClose(HANDLE Handle);

/*
 * NtDuplicateObject: a second handle within this process; both process handles are of this process and need
 * PROCESS_DUP_HANDLE. DesiredAccess counts unless Options has DUPLICATE_SAME_ACCESS. DUPLICATE_CLOSE_SOURCE closes
 * SourceHandle in any case; with it TargetHandle may be NULL.
 * Pseudo handles of thread and process become real ones. STATUS_ACCESS_DENIED: more access than the object grants.
 * STATUS_INVALID_HANDLE.
 */
NTSYSCALLAPI NTSTATUS NTAPI NtDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle,
                                              HANDLE TargetProcessHandle, PHANDLE TargetHandle,
                                              ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options);

/* --- System services for drivers ----------------------------------------------------------------------------- */

/*
 * ZwXxx: NtXxx with previous mode kernel ("Using Nt and Zw Versions of the Native System Services Routines"): what a
 * handle grants, the security of the object and privileges are not asked about. All else is as with NtXxx.
 */
NTSYSAPI NTSTATUS NTAPI ZwAdjustPrivilegesToken(HANDLE TokenHandle, BOOLEAN DisableAllPrivileges,
                                                PTOKEN_PRIVILEGES NewState, ULONG BufferLength,
                                                PTOKEN_PRIVILEGES PreviousState, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwAllocateLocallyUniqueId(PLUID Luid);
NTSYSAPI NTSTATUS NTAPI ZwClose(HANDLE Handle);
NTSYSAPI NTSTATUS NTAPI ZwDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle, HANDLE TargetProcessHandle,
                                          PHANDLE TargetHandle, ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG
                                          Options);
NTSYSAPI NTSTATUS NTAPI ZwDuplicateToken(HANDLE ExistingTokenHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES
                                         ObjectAttributes, BOOLEAN EffectiveOnly, TOKEN_TYPE TokenType, PHANDLE
                                         NewTokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwImpersonateAnonymousToken(HANDLE ThreadHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenProcessToken(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess, PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenProcessTokenEx(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess, ULONG HandleAttributes,
                                             PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenThreadToken(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess, BOOLEAN OpenAsSelf, PHANDLE
                                          TokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenThreadTokenEx(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess, BOOLEAN OpenAsSelf, ULONG
                                            HandleAttributes, PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwQueryInformationToken(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass, PVOID
                                                TokenInformation, ULONG TokenInformationLength, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationThread(HANDLE ThreadHandle, THREADINFOCLASS ThreadInformationClass, PVOID
                                               ThreadInformation, ULONG ThreadInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationToken(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass, PVOID
                                              TokenInformation, ULONG TokenInformationLength);

#ifdef __cplusplus
}
#endif

#endif /* GUISE_NTIFS_H */

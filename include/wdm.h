/*
 * Driver kit: objects, threads and processes, pool memory, subject contexts.
 *
 * The routines come from libntoskrnl. Object pointers (PETHREAD, PEPROCESS, PACCESS_TOKEN) are opaque and counted:
 * a routine whose text says "referenced" obliges the caller to one matching dereference. Every routine runs at
 * PASSIVE_LEVEL; there are no other levels here.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_WDM_H
#define GUISE_WDM_H

#include <windef.h>
#include <ntdef.h>
#include <ntstatus.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef CCHAR KPROCESSOR_MODE;
typedef UCHAR KIRQL, *PKIRQL;

typedef enum _MODE
{
    KernelMode,
    UserMode,
    MaximumMode
} MODE;

#define PASSIVE_LEVEL  0
#define APC_LEVEL      1
#define DISPATCH_LEVEL 2

typedef struct _KTHREAD *PKTHREAD, *PRKTHREAD;
typedef struct _ETHREAD *PETHREAD;
typedef struct _KPROCESS *PKPROCESS;
typedef struct _EPROCESS *PEPROCESS;
typedef struct _OBJECT_TYPE *POBJECT_TYPE;
typedef struct _ACCESS_STATE *PACCESS_STATE;

typedef struct _OBJECT_HANDLE_INFORMATION
{
    ULONG HandleAttributes;
    ACCESS_MASK GrantedAccess;
} OBJECT_HANDLE_INFORMATION, *POBJECT_HANDLE_INFORMATION;

/* --- Pool memory -------------------------------------------------------------------------------------------- */

typedef enum _POOL_TYPE
{
    NonPagedPool,
    NonPagedPoolExecute = NonPagedPool,
    PagedPool,
    NonPagedPoolMustSucceed,
    DontUseThisType,
    NonPagedPoolCacheAligned,
    PagedPoolCacheAligned,
    NonPagedPoolCacheAlignedMustS,
    MaxPoolType,
    NonPagedPoolNx = 512
} POOL_TYPE;

/*
 * ExAllocatePoolWithTag: NumberOfBytes of memory, aligned for any type, or NULL. PoolType is accepted for the sake of
 * the source; there is one kind of memory. Tag is for reading only. The block is zeroed.
 * The caller frees it with ExFreePool or ExFreePoolWithTag. Source: DDI page of wdm.h.
 */
NTKERNELAPI PVOID NTAPI ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);

/*
 * ExFreePool, ExFreePoolWithTag: free a block from ExAllocatePoolWithTag or from a routine that says so.
 */
NTKERNELAPI VOID NTAPI ExFreePool(PVOID P);
NTKERNELAPI VOID NTAPI ExFreePoolWithTag(PVOID P, ULONG Tag);

/* --- Object references -------------------------------------------------------------------------------------- */

/*
 * ObfReferenceObject, ObfDereferenceObject: one reference more, one less; both give the count that remains, which is
 * for tracing only. The object goes away with its last reference. Source: DDI pages of ObReferenceObject and
 * ObDereferenceObject, which are macros.
 */
NTKERNELAPI LONG_PTR NTAPI ObfReferenceObject(PVOID Object);
NTKERNELAPI LONG_PTR NTAPI ObfDereferenceObject(PVOID Object);
NTKERNELAPI LONG_PTR NTAPI ObDereferenceObject(PVOID Object);
#define ObReferenceObject(object) ObfReferenceObject(object)
#define ObDereferenceObject(object) ObfDereferenceObject(object)

/*
 * ObReferenceObjectByHandle: the object that Handle names, referenced.
 * DesiredAccess      what the handle must grant; looked at when AccessMode is UserMode.
 * ObjectType         *SeTokenObjectType and the like, or NULL for any type.
 * Object             receives the object; ObDereferenceObject gives it back.
 * HandleInformation  receives what the handle grants, or NULL.
 * STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH; STATUS_ACCESS_DENIED.
 * ObReferenceObjectByPointer: one reference more if the object is of that type, else STATUS_OBJECT_TYPE_MISMATCH.
 * Source: DDI pages of wdm.h.
 */
NTKERNELAPI NTSTATUS NTAPI ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType,
                                                     KPROCESSOR_MODE AccessMode, PVOID *Object,
                                                     POBJECT_HANDLE_INFORMATION HandleInformation);
NTKERNELAPI NTSTATUS NTAPI ObReferenceObjectByPointer(PVOID Object, ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType,
                                                      KPROCESSOR_MODE AccessMode);

/* The types of thread, process, job, token and file objects, for the two routines above. */
extern POBJECT_TYPE *PsThreadType;
extern POBJECT_TYPE *PsProcessType;
extern POBJECT_TYPE *PsJobType;
extern POBJECT_TYPE *SeTokenObjectType;
extern POBJECT_TYPE *IoFileObjectType;

/* --- The caller --------------------------------------------------------------------------------------------- */

/*
 * PsGetCurrentThread: the thread object of the caller, not referenced: good while the thread lives (K1.5.5).
 */
NTKERNELAPI PETHREAD NTAPI PsGetCurrentThread(VOID);

/*
 * PsGetCurrentProcess: the process object of this process, not referenced.
 */
NTKERNELAPI PEPROCESS NTAPI PsGetCurrentProcess(VOID);

/* --- Subject contexts --------------------------------------------------------------------------------------- */

/* Who asks: the client if the thread impersonates, and the process. Opaque to callers (K1.16.1). */
typedef struct _SECURITY_SUBJECT_CONTEXT
{
    PACCESS_TOKEN ClientToken;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    PACCESS_TOKEN PrimaryToken;
    PVOID ProcessAuditId;
} SECURITY_SUBJECT_CONTEXT, *PSECURITY_SUBJECT_CONTEXT;

/*
 * SeCaptureSubjectContext: the context of the calling thread and its process. It holds references on the tokens until
 * SeReleaseSubjectContext.
 */
NTKERNELAPI VOID NTAPI SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);

/*
 * SeLockSubjectContext, SeUnlockSubjectContext: between the two the tokens of a captured context do not change. Calls
 * come in pairs and may nest.
 */
NTKERNELAPI VOID NTAPI SeLockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);
NTKERNELAPI VOID NTAPI SeUnlockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);

/*
 * SeReleaseSubjectContext: drops the references of a captured context and clears both token fields.
 */
NTKERNELAPI VOID NTAPI SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);

/* --- Security descriptors ----------------------------------------------------------------------------------- */

/*
 * RtlCreateSecurityDescriptor: an absolute descriptor without parts, which grants everything to everybody.
 * STATUS_UNKNOWN_REVISION.
 * RtlSetDaclSecurityDescriptor: stores a DACL in an absolute descriptor; the caller keeps it alive. DaclPresent and NULL:
 * everything is granted. STATUS_UNKNOWN_REVISION; STATUS_INVALID_SECURITY_DESCR: it is self-relative.
 * RtlLengthSecurityDescriptor: bytes of the descriptor and its parts; 0 for an invalid one.
 * Source: DDI pages of wdm.h.
 */
NTSYSAPI NTSTATUS NTAPI RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Revision);
NTSYSAPI NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN DaclPresent,
                                                     PACL Dacl, BOOLEAN DaclDefaulted);
NTSYSAPI ULONG NTAPI RtlLengthSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor);

/*
 * RtlValidSecurityDescriptor: revision, SIDs and ACLs of a descriptor of either form; the caller answers for its memory.
 * RtlValidRelativeSecurityDescriptor: the same for Length bytes from elsewhere; every part must lie inside them, and what
 * RequiredInformation names must be there.
 * SeValidSecurityDescriptor: the same, and it has an owner (K3.8.1).
 */
NTSYSAPI BOOLEAN NTAPI RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor);
NTSYSAPI BOOLEAN NTAPI RtlValidRelativeSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptorInput,
                                                          ULONG SecurityDescriptorLength,
                                                          SECURITY_INFORMATION RequiredInformation);
NTKERNELAPI BOOLEAN NTAPI SeValidSecurityDescriptor(ULONG Length, PSECURITY_DESCRIPTOR SecurityDescriptor);

/*
 * SeAssignSecurity, SeAssignSecurityEx: the descriptor of a new object.
 * ParentDescriptor    of the container it is made in, whose inheritable ACEs it gets, or NULL.
 * ExplicitDescriptor  what its maker says, or NULL; what it leaves out comes from the parent and the maker's token.
 * NewDescriptor       receives a self-relative one in pool memory, ended by SeDeassignSecurity; NULL after a failure.
 * ObjectType          which ACEs for one type of object are for it, or NULL.
 * IsDirectoryObject   it is a container.
 * AutoInheritFlags    SEF_*.
 * SubjectContext      who makes it. PoolType is accepted for the sake of the source.
 * STATUS_INVALID_OWNER: not one that the subject may assign (K3.8.5). STATUS_INVALID_PRIMARY_GROUP. STATUS_NO_TOKEN: no
 * subject. STATUS_PRIVILEGE_NOT_HELD: a SACL without SeSecurityPrivilege. STATUS_NO_MEMORY; STATUS_INVALID_ACL: an ACL would be
 * longer than one may be; statuses of an invalid descriptor.
 */
NTKERNELAPI NTSTATUS NTAPI SeAssignSecurity(PSECURITY_DESCRIPTOR ParentDescriptor,
                                            PSECURITY_DESCRIPTOR ExplicitDescriptor,
                                            PSECURITY_DESCRIPTOR *NewDescriptor, BOOLEAN IsDirectoryObject,
                                            PSECURITY_SUBJECT_CONTEXT SubjectContext, PGENERIC_MAPPING GenericMapping,
                                            POOL_TYPE PoolType);
NTKERNELAPI NTSTATUS NTAPI SeAssignSecurityEx(PSECURITY_DESCRIPTOR ParentDescriptor,
                                              PSECURITY_DESCRIPTOR ExplicitDescriptor,
                                              PSECURITY_DESCRIPTOR *NewDescriptor, GUID *ObjectType,
                                              BOOLEAN IsDirectoryObject, ULONG AutoInheritFlags,
                                              PSECURITY_SUBJECT_CONTEXT SubjectContext, PGENERIC_MAPPING GenericMapping,
                                              POOL_TYPE PoolType);
NTKERNELAPI NTSTATUS NTAPI SeDeassignSecurity(PSECURITY_DESCRIPTOR *SecurityDescriptor);

/*
 * ObGetObjectSecurity: the self-relative descriptor of an object; ObReleaseObjectSecurity gives it back with the same
 * MemoryAllocated. STATUS_NO_MEMORY; of a file, what reading it says.
 */
NTKERNELAPI NTSTATUS NTAPI ObGetObjectSecurity(PVOID Object, PSECURITY_DESCRIPTOR *SecurityDescriptor,
                                               PBOOLEAN MemoryAllocated);
NTKERNELAPI VOID NTAPI ObReleaseObjectSecurity(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN MemoryAllocated);

/* RtlMapGenericMask: generic rights become those of a type. RtlAreXxxAccessesGranted: all, or any, of DesiredAccess. */
NTSYSAPI VOID NTAPI RtlMapGenericMask(PACCESS_MASK AccessMask, PGENERIC_MAPPING GenericMapping);
NTSYSAPI BOOLEAN NTAPI RtlAreAllAccessesGranted(ACCESS_MASK GrantedAccess, ACCESS_MASK DesiredAccess);
NTSYSAPI BOOLEAN NTAPI RtlAreAnyAccessesGranted(ACCESS_MASK GrantedAccess, ACCESS_MASK DesiredAccess);

/* --- Access checks ------------------------------------------------------------------------------------------ */

#define INITIAL_PRIVILEGE_COUNT 3

typedef struct _INITIAL_PRIVILEGE_SET
{
    ULONG PrivilegeCount;
    ULONG Control;
    LUID_AND_ATTRIBUTES Privilege[INITIAL_PRIVILEGE_COUNT];
} INITIAL_PRIVILEGE_SET, *PINITIAL_PRIVILEGE_SET;

/* How far the opening of an object has come: what is still wanted, and what has been granted. */
typedef struct _ACCESS_STATE
{
    LUID OperationID;
    BOOLEAN SecurityEvaluated;
    BOOLEAN GenerateAudit;
    BOOLEAN GenerateOnClose;
    BOOLEAN PrivilegesAllocated;
    ULONG Flags; /* TOKEN_HAS_TRAVERSE_PRIVILEGE, TOKEN_IS_RESTRICTED of the effective token (K2.9.4) */
    ACCESS_MASK RemainingDesiredAccess;
    ACCESS_MASK PreviouslyGrantedAccess;
    ACCESS_MASK OriginalDesiredAccess;
    SECURITY_SUBJECT_CONTEXT SubjectSecurityContext;
    PSECURITY_DESCRIPTOR SecurityDescriptor;
    PVOID AuxData;
    union
    {
        INITIAL_PRIVILEGE_SET InitialPrivilegeSet;
        PRIVILEGE_SET PrivilegeSet;
    } Privileges;
    BOOLEAN AuditPrivileges;
    UNICODE_STRING ObjectName;
    UNICODE_STRING ObjectTypeName;
} ACCESS_STATE;

/*
 * SeAccessCheck: whether the subject may have DesiredAccess to an object with SecurityDescriptor (MS-DTYP 2.5.3.2).
 * SecurityDescriptor       absolute or self-relative; NULL denies.
 * SubjectContextLocked     TRUE: the caller has locked the context already.
 * DesiredAccess            MAXIMUM_ALLOWED: all that can be had, and the other rights named.
 * PreviouslyGrantedAccess  added to what is granted, and not checked again.
 * Privileges               receives the privileges that were used, freed with SeFreePrivileges, or NULL; may be NULL.
 * AccessMode               KernelMode: everything is granted, nothing is looked at.
 * TRUE: GrantedAccess is granted. FALSE: GrantedAccess is 0, and AccessStatus, which the caller passes on (K3.1.4), says
 * why: STATUS_ACCESS_DENIED; STATUS_PRIVILEGE_NOT_HELD (ACCESS_SYSTEM_SECURITY without SeSecurityPrivilege);
 * STATUS_BAD_IMPERSONATION_LEVEL (the client below Impersonation); STATUS_NO_MEMORY; that the descriptor is none.
 */
NTKERNELAPI BOOLEAN NTAPI SeAccessCheck(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                        PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext, BOOLEAN SubjectContextLocked,
                                        ACCESS_MASK DesiredAccess, ACCESS_MASK PreviouslyGrantedAccess,
                                        PPRIVILEGE_SET *Privileges, PGENERIC_MAPPING GenericMapping,
                                        KPROCESSOR_MODE AccessMode, PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus);

/* --- Audit events of a driver's own making ------------------------------------------------------------------ */

typedef enum _SE_ADT_PARAMETER_TYPE
{
    SeAdtParmTypeNone,
    SeAdtParmTypeString,
    SeAdtParmTypeFileSpec,
    SeAdtParmTypeUlong,
    SeAdtParmTypeSid,
    SeAdtParmTypeLogonId,
    SeAdtParmTypeNoLogonId,
    SeAdtParmTypeAccessMask,
    SeAdtParmTypePrivs,
    SeAdtParmTypeObjectTypes,
    SeAdtParmTypeHexUlong,
    SeAdtParmTypePtr,
    SeAdtParmTypeTime,
    SeAdtParmTypeGuid,
    SeAdtParmTypeLuid,
    SeAdtParmTypeHexInt64,
    SeAdtParmTypeStringList,
    SeAdtParmTypeSidList,
    SeAdtParmTypeDuration,
    SeAdtParmTypeUserAccountControl,
    SeAdtParmTypeNoUac,
    SeAdtParmTypeMessage,
    SeAdtParmTypeDateTime,
    SeAdtParmTypeSockAddr,
    SeAdtParmTypeSD,
    SeAdtParmTypeLogonHours,
    SeAdtParmTypeLogonIdNoSid,
    SeAdtParmTypeUlongNoConv,
    SeAdtParmTypeSockAddrNoPort,
    SeAdtParmTypeAccessReason,
    SeAdtParmTypeStagingReason,
    SeAdtParmTypeResourceAttribute,
    SeAdtParmTypeClaims,
    SeAdtParmTypeLogonIdAsSid,
    SeAdtParmTypeMultiSzString,
    SeAdtParmTypeLogonIdEx
} SE_ADT_PARAMETER_TYPE, *PSE_ADT_PARAMETER_TYPE;

typedef struct _SE_ADT_PARAMETER_ARRAY_ENTRY
{
    SE_ADT_PARAMETER_TYPE Type;
    ULONG Length;
    ULONG_PTR Data[2];
    PVOID Address;
} SE_ADT_PARAMETER_ARRAY_ENTRY, *PSE_ADT_PARAMETER_ARRAY_ENTRY;

#define SE_MAX_AUDIT_PARAMETERS         32
#define SE_ADT_PARAMETERS_SELF_RELATIVE 0x00000001

typedef struct _SE_ADT_PARAMETER_ARRAY
{
    ULONG CategoryId;
    ULONG AuditId;
    ULONG ParameterCount;
    ULONG Length;
    USHORT FlatSubCategoryId;
    USHORT Type; /* EVENTLOG_AUDIT_SUCCESS 8, EVENTLOG_AUDIT_FAILURE 0x10 */
    ULONG Flags;
    SE_ADT_PARAMETER_ARRAY_ENTRY Parameters[SE_MAX_AUDIT_PARAMETERS];
} SE_ADT_PARAMETER_ARRAY, *PSE_ADT_PARAMETER_ARRAY;

/*
 * SeSetAuditParameter: parameter Index of an array becomes a value of Type, and the array grows to hold it. Data points
 * to the value (of SeAdtParmTypePtr it is the value); numbers, times and LUIDs are copied, everything else must live until
 * the event is reported. STATUS_INVALID_PARAMETER: no such place, no value, or one of the types that Guise does not write:
 * ObjectTypes, lists, addresses, descriptors, hours, reasons, claims, messages, account control.
 * SeReportSecurityEvent: writes an event of SourceName with the array's parameters to the audit sink, on behalf of UserSid
 * or, NULL, of whoever the calling thread is. Flags is 0. STATUS_INVALID_PARAMETER; STATUS_NO_MEMORY.
 * Both are in Microsoft's header without a page.
 */
NTSTATUS NTAPI SeSetAuditParameter(PSE_ADT_PARAMETER_ARRAY AuditParameters, SE_ADT_PARAMETER_TYPE Type, ULONG Index,
                                   PVOID Data);
NTSTATUS NTAPI SeReportSecurityEvent(ULONG Flags, PUNICODE_STRING SourceName, PSID UserSid,
                                     PSE_ADT_PARAMETER_ARRAY AuditParameters);

/* --- Privileges, by number ---------------------------------------------------------------------------------- */

#define SE_MIN_WELL_KNOWN_PRIVILEGE                    2
#define SE_CREATE_TOKEN_PRIVILEGE                      2
#define SE_ASSIGNPRIMARYTOKEN_PRIVILEGE                3
#define SE_LOCK_MEMORY_PRIVILEGE                       4
#define SE_INCREASE_QUOTA_PRIVILEGE                    5
#define SE_MACHINE_ACCOUNT_PRIVILEGE                   6
#define SE_TCB_PRIVILEGE                               7
#define SE_SECURITY_PRIVILEGE                          8
#define SE_TAKE_OWNERSHIP_PRIVILEGE                    9
#define SE_LOAD_DRIVER_PRIVILEGE                       10
#define SE_SYSTEM_PROFILE_PRIVILEGE                    11
#define SE_SYSTEMTIME_PRIVILEGE                        12
#define SE_PROF_SINGLE_PROCESS_PRIVILEGE               13
#define SE_INC_BASE_PRIORITY_PRIVILEGE                 14
#define SE_CREATE_PAGEFILE_PRIVILEGE                   15
#define SE_CREATE_PERMANENT_PRIVILEGE                  16
#define SE_BACKUP_PRIVILEGE                            17
#define SE_RESTORE_PRIVILEGE                           18
#define SE_SHUTDOWN_PRIVILEGE                          19
#define SE_DEBUG_PRIVILEGE                             20
#define SE_AUDIT_PRIVILEGE                             21
#define SE_SYSTEM_ENVIRONMENT_PRIVILEGE                22
#define SE_CHANGE_NOTIFY_PRIVILEGE                     23
#define SE_REMOTE_SHUTDOWN_PRIVILEGE                   24
#define SE_UNDOCK_PRIVILEGE                            25
#define SE_SYNC_AGENT_PRIVILEGE                        26
#define SE_ENABLE_DELEGATION_PRIVILEGE                 27
#define SE_MANAGE_VOLUME_PRIVILEGE                     28
#define SE_IMPERSONATE_PRIVILEGE                       29
#define SE_CREATE_GLOBAL_PRIVILEGE                     30
#define SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE            31
#define SE_RELABEL_PRIVILEGE                           32
#define SE_INC_WORKING_SET_PRIVILEGE                   33
#define SE_TIME_ZONE_PRIVILEGE                         34
#define SE_CREATE_SYMBOLIC_LINK_PRIVILEGE              35
#define SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE 36
#define SE_MAX_WELL_KNOWN_PRIVILEGE                    SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE

#ifdef __cplusplus
#define RtlConvertUlongToLuid(n) (LUID { (n), 0 })
#define RtlConvertLongToLuid(n) (LUID { (DWORD)(n), (n) < 0 ? -1 : 0 })
#else
#define RtlConvertUlongToLuid(n) ((LUID){ (n), 0 })
#define RtlConvertLongToLuid(n) ((LUID){ (DWORD)(n), (n) < 0 ? -1 : 0 })
#endif
NTSYSAPI BOOLEAN NTAPI RtlEqualLuid(PLUID Luid1, PLUID Luid2);
#define RtlEqualLuid(a, b) ((a)->LowPart == (b)->LowPart && (a)->HighPart == (b)->HighPart)

#ifdef __cplusplus
}
#endif

#endif /* GUISE_WDM_H */

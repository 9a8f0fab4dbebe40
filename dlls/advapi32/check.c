/*
 * What a token may do: access checks, privileges, membership.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/advapi32/advapi32.h"

/***********************************************************************
 *           AccessCheck (ADVAPI32.@)
 *
 * NtAccessCheck. If the call succeeds and *ACCESS_STATUS is FALSE, the last error says why (ERROR_ACCESS_DENIED).
 */
BOOL AccessCheck(PSECURITY_DESCRIPTOR descriptor, HANDLE token, DWORD desired, PGENERIC_MAPPING mapping,
                 PPRIVILEGE_SET privileges, LPDWORD privileges_length, LPDWORD granted, LPBOOL access_status)
{
    NTSTATUS status, decision;

    if ((status = NtAccessCheck(descriptor, token, desired, mapping, privileges, privileges_length, granted,
                                access_status ? &decision : NULL)))
        return answer(status);
    *access_status = answer(decision);
    return TRUE;
}

/***********************************************************************
 *           PrivilegeCheck (ADVAPI32.@)
 *
 * NtPrivilegeCheck.
 */
BOOL PrivilegeCheck(HANDLE token, PPRIVILEGE_SET required, LPBOOL held)
{
    BOOLEAN all;
    NTSTATUS status = NtPrivilegeCheck(token, required, held ? &all : NULL);

    if (!status) *held = all;
    return answer(status);
}

/* ---- membership -------------------------------------------------------------------------------------------------- */

/* An object that is open to one SID: its members are those who pass its access check. */
struct door
{
    SECURITY_DESCRIPTOR descriptor;
    ACL dacl;
    ACCESS_ALLOWED_ACE ace; /* the SID takes the place of its SidStart, and the room behind it */
    UCHAR room[SECURITY_MAX_SID_SIZE];
};

#define ENTER 1 /* to read and nothing else, so that neither integrity nor write restriction say more than the DACL */

static void open_door(struct door *door, PSID sid)
{
    DWORD length = GetLengthSid(sid), ace_size = offsetof(ACCESS_ALLOWED_ACE, SidStart) + length;

    memset(door, 0, sizeof(*door));
    door->dacl = (ACL){.AclRevision = ACL_REVISION, .AclSize = (WORD)(sizeof(door->dacl) + ace_size), .AceCount = 1};
    door->ace = (ACCESS_ALLOWED_ACE){
        .Header = {.AceType = ACCESS_ALLOWED_ACE_TYPE, .AceSize = (WORD)ace_size},
        .Mask = ENTER,
    };
    memcpy((UCHAR *)door + offsetof(struct door, ace) + offsetof(ACCESS_ALLOWED_ACE, SidStart), sid, length);
    door->descriptor = (SECURITY_DESCRIPTOR){
        .Revision = SECURITY_DESCRIPTOR_REVISION,
        .Control = SE_DACL_PRESENT,
        .Owner = sid,
        .Group = sid,
        .Dacl = &door->dacl,
    };
}

static NTSTATUS try_door(HANDLE token, PSID sid, BOOL *member)
{
    GENERIC_MAPPING mapping = {.GenericRead = ENTER, .GenericAll = ENTER};
    PRIVILEGE_SET privileges;
    ULONG length = sizeof(privileges);
    ACCESS_MASK granted;
    struct door door;
    NTSTATUS status, decision;

    open_door(&door, sid);
    status = NtAccessCheck(&door.descriptor, token, ENTER, &mapping, &privileges, &length, &granted, &decision);
    if (!status) *member = NT_SUCCESS(decision);
    return status;
}

/* The thread's token, or one to check the process's with. */
static NTSTATUS open_effective(HANDLE *token)
{
    SECURITY_QUALITY_OF_SERVICE qos = {.Length = sizeof(qos), .ImpersonationLevel = SecurityIdentification};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    NTSTATUS status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, token);
    HANDLE primary;

    if (status != STATUS_NO_TOKEN) return status;
    if ((status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_DUPLICATE, &primary))) return status;
    status = NtDuplicateToken(primary, TOKEN_QUERY, &attributes, FALSE, TokenImpersonation, token);
    NtClose(primary);
    return status;
}

/***********************************************************************
 *           CheckTokenMembership (ADVAPI32.@)
 *
 * TOKEN (TOKEN_QUERY) NULL: the effective token. In a restricted token the SID must be a restricting one too.
 * ERROR_NO_IMPERSONATION_TOKEN, ERROR_BAD_IMPERSONATION_LEVEL, ERROR_CANT_OPEN_ANONYMOUS, ERROR_INVALID_SID.
 */
BOOL CheckTokenMembership(HANDLE token, PSID sid, PBOOL member)
{
    HANDLE effective = NULL;
    NTSTATUS status;

    *member = FALSE;
    if (!sid_is_valid(sid)) return fail(ERROR_INVALID_SID);
    if (!token && (status = open_effective(&effective))) return answer(status);
    status = try_door(token ? token : effective, sid, member);
    if (effective) NtClose(effective);
    return answer(status);
}

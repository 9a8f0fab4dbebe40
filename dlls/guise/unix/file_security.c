/*
 * Who may use a file that is new, where the program says so.
 *
 * A DACL that Unix permissions say exactly becomes just that (guise-files(7)). Most programs' do not: they have no rights apart for the owner to change
 * permissions, or name groups that are none here. Such a one is narrowed to a mode that gives the owner and everybody what it gives them, and
 * nobody more: what it denies to anybody is denied to all, and what it allows to others is left out.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <guise/file.h>
#include <sys/stat.h>

#include "dlls/guise/unix/file.h"

#define MAX_SID 68

static SID everyone = { SID_REVISION, 1, { SECURITY_WORLD_SID_AUTHORITY }, { SECURITY_WORLD_RID } };
static SID authenticated = { SID_REVISION, 1, { SECURITY_NT_AUTHORITY }, { SECURITY_AUTHENTICATED_USER_RID } };
static SID owner_rights = { SID_REVISION, 1, { SECURITY_CREATOR_SID_AUTHORITY }, { SECURITY_CREATOR_OWNER_RIGHTS_RID } };
static SID creator = { SID_REVISION, 1, { SECURITY_CREATOR_SID_AUTHORITY }, { SECURITY_CREATOR_OWNER_RID } };

static mode_t bits_of(ACCESS_MASK access)
{
    const ACCESS_MASK write = FILE_WRITE_DATA | FILE_APPEND_DATA;

    return (access & FILE_READ_DATA ? 4 : 0) | ((access & write) == write ? 2 : 0) | (access & FILE_EXECUTE ? 1 : 0);
}

/* Authenticated Users, too: others in Unix are more than these. */
static bool is_owner(PSID sid, PSID owner)
{
    return RtlEqualSid(sid, owner) || RtlEqualSid(sid, &owner_rights) || RtlEqualSid(sid, &creator) || RtlEqualSid(sid, &authenticated);
}

/* The mode that DACL gives to OWNER and to everybody. */
static mode_t narrow(const ACL *dacl, PSID owner)
{
    ACCESS_MASK owners = 0, everybodys = 0, denied = 0, rights;
    ULONG i;

    for (i = 0; i < dacl->AceCount; i++)
    {
        const ACCESS_ALLOWED_ACE *ace;
        PSID sid;

        if (RtlGetAce((PACL)dacl, i, (void **)&ace)) return 0;
        if (ace->Header.AceFlags & INHERIT_ONLY_ACE) continue;
        sid = (PSID)&ace->SidStart;
        rights = file_map_generic(ace->Mask) & ~denied;
        if (ace->Header.AceType != ACCESS_ALLOWED_ACE_TYPE) denied |= rights & ~(owners & everybodys);
        else if (RtlEqualSid(sid, &everyone)) owners |= rights, everybodys |= rights;
        else if (is_owner(sid, owner)) owners |= rights;
    }
    return bits_of(owners) << 6 | bits_of(everybodys) << 3 | bits_of(everybodys);
}

static NTSTATUS set_narrow(int fd, HANDLE file, const ACL *dacl, mode_t most)
{
    union
    {
        SECURITY_DESCRIPTOR descriptor;
        unsigned char room[sizeof(SECURITY_DESCRIPTOR) + MAX_SID];
    } security;
    BOOLEAN defaulted;
    PSID owner = NULL;
    NTSTATUS status;
    ULONG needed;

    if ((status = NtQuerySecurityObject(file, OWNER_SECURITY_INFORMATION, &security.descriptor, sizeof(security), &needed))) return status;
    if ((status = RtlGetOwnerSecurityDescriptor(&security.descriptor, &owner, &defaulted))) return status;
    if (!owner) return STATUS_INVALID_OWNER;
    return fchmod(fd, narrow(dacl, owner) & most) ? status_of_errno(errno) : STATUS_SUCCESS;
}

bool file_has_first_security(void *descriptor)
{
    BOOLEAN present = FALSE, defaulted;
    PACL dacl = NULL;

    return descriptor && !RtlGetDaclSecurityDescriptor(descriptor, &present, &dacl, &defaulted) && present && dacl;
}

NTSTATUS file_set_first_security(int fd, void *descriptor, mode_t most)
{
    BOOLEAN present = FALSE, defaulted;
    HANDLE file;
    PACL dacl = NULL;
    NTSTATUS status;

    if (!file_has_first_security(descriptor)) return STATUS_SUCCESS;
    if ((status = RtlGetDaclSecurityDescriptor(descriptor, &present, &dacl, &defaulted))) return status;
    if ((status = GuiseCreateFileObject(fd, READ_CONTROL | WRITE_DAC, &file))) return status;
    status = NtSetSecurityObject(file, DACL_SECURITY_INFORMATION, descriptor);
    if (status == STATUS_NOT_SUPPORTED || status == STATUS_NONE_MAPPED) status = set_narrow(fd, file, dacl, most);
    NtClose(file);
    return status;
}

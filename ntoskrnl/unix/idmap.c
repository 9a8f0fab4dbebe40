/*
 * Unix ids as SIDs, and back (design 5.1): the part that needs no directory service.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/unix/idmap.h"

/* Samba's identifier authority for Unix ids: S-1-22-1-uid and S-1-22-2-gid. */
enum
{
    AUTHORITY_NT = 5,
    AUTHORITY_UNIX = 22,
    UNIX_USERS = 1,
    UNIX_GROUPS = 2
};

static void make_sid(union id_sid *sid, UCHAR authority, UCHAR count, DWORD first, DWORD second)
{
    memset(sid, 0, sizeof(*sid));
    sid->sid.Revision = SID_REVISION;
    sid->sid.SubAuthorityCount = count;
    sid->sid.IdentifierAuthority.Value[5] = authority;
    memcpy(sid->room + offsetof(SID, SubAuthority), &first, sizeof(first));
    if (count > 1) memcpy(sid->room + offsetof(SID, SubAuthority) + sizeof(first), &second, sizeof(second));
}

/* The last sub-authority of S-1-22-KIND-id, for valid ids only. */
static bool read_unix_id(const SID *sid, DWORD kind, DWORD *id)
{
    static const UCHAR authority[6] = {0, 0, 0, 0, 0, AUTHORITY_UNIX};
    DWORD found[2];

    if (sid->Revision != SID_REVISION || sid->SubAuthorityCount != 2) return false;
    if (memcmp(sid->IdentifierAuthority.Value, authority, sizeof(authority))) return false;
    memcpy(found, (const UCHAR *)sid + offsetof(SID, SubAuthority), sizeof(found));
    if (found[0] != kind || found[1] == (DWORD)-1) return false;
    *id = found[1];
    return true;
}

static bool is_local_system(const SID *sid)
{
    union id_sid system;

    idmap_uid_to_sid(0, &system);
    return sid->Revision == SID_REVISION && sid->SubAuthorityCount == 1 &&
           !memcmp(sid, &system, offsetof(SID, SubAuthority) + sizeof(DWORD));
}

void idmap_uid_to_sid(uid_t uid, union id_sid *sid)
{
    if (!uid)
        make_sid(sid, AUTHORITY_NT, 1, SECURITY_LOCAL_SYSTEM_RID, 0);
    else
        make_sid(sid, AUTHORITY_UNIX, 2, UNIX_USERS, uid);
}

void idmap_gid_to_sid(gid_t gid, union id_sid *sid)
{
    make_sid(sid, AUTHORITY_UNIX, 2, UNIX_GROUPS, gid);
}

bool idmap_sid_to_uid(const SID *sid, uid_t *uid)
{
    DWORD id;

    if (is_local_system(sid))
    {
        *uid = 0;
        return true;
    }
    if (!read_unix_id(sid, UNIX_USERS, &id)) return false;
    *uid = id;
    return true;
}

bool idmap_sid_to_gid(const SID *sid, gid_t *gid)
{
    DWORD id;

    if (!read_unix_id(sid, UNIX_GROUPS, &id)) return false;
    *gid = id;
    return true;
}

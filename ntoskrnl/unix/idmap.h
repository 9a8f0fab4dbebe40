/*
 * Unix ids as SIDs, and back: S-1-22-1-uid and S-1-22-2-gid (Samba's convention), root as LocalSystem (design 5.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_IDMAP_H
#define GUISE_NTOSKRNL_UNIX_IDMAP_H

#include "ntoskrnl/core.h"

/* Room for any SID made here. */
union id_sid
{
    SID sid;
    UCHAR room[SECURITY_MAX_SID_SIZE];
};

void idmap_uid_to_sid(uid_t uid, union id_sid *sid); /* uid 0 is S-1-5-18 */
void idmap_gid_to_sid(gid_t gid, union id_sid *sid); /* always S-1-22-2-gid; gid 0 too */
bool idmap_sid_to_uid(const SID *sid, uid_t *uid);
bool idmap_sid_to_gid(const SID *sid, gid_t *gid);

#endif

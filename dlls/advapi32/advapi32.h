/*
 * What the files of advapi32 share. Each routine is a thin call of the Nt form.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_ADVAPI32_H
#define GUISE_ADVAPI32_H

#include <ntifs.h>
#include <sddl.h>
#include <winbase.h>

#include "ntoskrnl/core.h"

/* Room for any SID. */
union sid_room
{
    SID sid;
    UCHAR room[SECURITY_MAX_SID_SIZE];
};

/* TRUE for success; else FALSE, and the last error says why. */
BOOL answer(NTSTATUS status);

/* FALSE with ERROR as the last error. */
BOOL fail(DWORD error);

/* The text of STRING if it is ASCII and, terminated, fits into SIZE bytes. */
bool narrow(const WCHAR *string, char *text, size_t size);

static inline bool sid_is_valid(const SID *sid)
{
    return sid && sid->Revision == SID_REVISION && sid->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

/* SIDs that have a name (dlls/advapi32/wellknown.c), by kind or by two-letter abbreviation. False: not known. */
bool well_known_sid(WELL_KNOWN_SID_TYPE kind, SID *sid);
/* The account or group of that kind in DOMAIN; false also for a NULL domain. */
bool domain_account_sid(WELL_KNOWN_SID_TYPE kind, const SID *domain, union sid_room *sid);
bool abbreviated_sid(const char *abbreviation, SID *sid);

struct well_known_name
{
    const char *name, *domain;
    SID_NAME_USE use;
};

bool well_known_name_of_sid(const SID *sid, struct well_known_name *known);
/* Without regard to case; DOMAIN may be NULL, which is any. */
bool well_known_sid_of_name(const char *domain, const char *name, SID *sid, struct well_known_name *known);

#endif

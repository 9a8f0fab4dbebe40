/*
 * The accounts of the local store by name and by SID, for LookupAccountName and LookupAccountSid (dlls/advapi32).
 *
 * The guise_store_* are exported from libsecur32 as `-private` in secur32.spec.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_DIRECTORY_H
#define GUISE_MSV1_0_DIRECTORY_H

#include "dlls/msv1_0/sam.h"

struct guise_store_entry
{
    bool is_domain;            /* the domain itself: it has no name beside its own */
    bool is_of_domain;         /* by SID: it is of the store's domain, whether there is such an account or not */
    char name[4 * SAM_NAME_MAX + 1]; /* UTF-8 */
    union
    {
        SID sid;
        UCHAR room[SECURITY_MAX_SID_SIZE];
    } id;
};

/*
 * STATUS_NONE_MAPPED: no such account, or there is no store, or it is none of the sources in [accounts] accounts. The statuses of sam_open() where there is one that cannot be
 * read: then nobody knows whose name it is.
 */
NTSTATUS guise_store_find_name(const char *name, struct guise_store_entry *entry);
NTSTATUS guise_store_find_sid(const SID *sid, struct guise_store_entry *entry);

#endif

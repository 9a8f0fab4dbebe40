/*
 * Accounts by SID and by name, for the routines that name them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_ADVAPI32_ACCOUNTS_H
#define GUISE_ADVAPI32_ACCOUNTS_H

#include "dlls/advapi32/advapi32.h"
#include "dlls/msv1_0/sam.h"

struct account
{
    char name[4 * SAM_NAME_MAX + 1];
    const char *domain; /* of the configuration, a constant, or: */
    char foreign[GUISE_DOMAIN_TEXT_SIZE];
    SID_NAME_USE use;
    union sid_room sid;
};

/*
 * STATUS_NONE_MAPPED: nobody. STATUS_NO_LOGON_SERVERS: the domain that would know does not answer. STATUS_ACCESS_DENIED, and the others of
 * guise_store_find_sid(): the account store in which it might be cannot be read.
 */
NTSTATUS account_of_sid(const SID *sid, struct account *account);

/* DOMAIN\NAME, NAME@REALM or NAME, which is changed. */
NTSTATUS account_of_name(char *name, struct account *account);

#endif

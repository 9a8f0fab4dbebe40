/*
 * Parts of an object's descriptor: asked for, and replaced.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_SD_INFO_H
#define GUISE_NTOSKRNL_SE_SD_INFO_H

#include "ntoskrnl/ps/ps.h"

/* INFORMATION with what BACKUP_SECURITY_INFORMATION stands for. */
SECURITY_INFORMATION sd_information(SECURITY_INFORMATION information);

/* What a handle must grant for asking and for setting (DDI NtQuerySecurityObject, NtSetSecurityObject, SECURITY_INFORMATION). */
ACCESS_MASK sd_query_access(SECURITY_INFORMATION information);
ACCESS_MASK sd_set_access(SECURITY_INFORMATION information);

/* The parts of SD, self-relative; LENGTH is the room and receives what is needed. STATUS_BUFFER_TOO_SMALL, STATUS_NO_MEMORY. */
NTSTATUS sd_query(const struct sd *sd, SECURITY_INFORMATION information, PSECURITY_DESCRIPTOR descriptor, PULONG length);

/* A descriptor with some parts replaced; points into the one before, the one given, and memory of its own. */
struct sd_changed
{
    struct sd sd;
    ACL *dacl, *sacl;
};

/*
 * What CURRENT becomes when CALLER sets those parts as GIVEN says; FLAGS are SEF_*. Ended by sd_changed_free.
 * STATUS_INVALID_OWNER, STATUS_INVALID_PRIMARY_GROUP, STATUS_INVALID_ACL, STATUS_NO_MEMORY: there is nothing to free.
 */
NTSTATUS sd_change(const struct sd *current, const struct sd *given, SECURITY_INFORMATION information, ULONG flags,
                   struct token *caller, const GENERIC_MAPPING *mapping, bool container, struct sd_changed *changed);
void sd_changed_free(struct sd_changed *changed);

#endif

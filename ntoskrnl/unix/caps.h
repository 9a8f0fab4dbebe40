/*
 * Privileges and the capabilities that stand for them (design 5.1): one table, read both ways.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_CAPS_H
#define GUISE_NTOSKRNL_UNIX_CAPS_H

#include "ntoskrnl/core.h"

struct privilege_capability
{
    ULONG privilege;       /* low part of the privilege's LUID, SE_xxx_PRIVILEGE */
    uint64_t capabilities; /* all of them are needed; 0 = every process has it (SeChangeNotify) */
};

extern const struct privilege_capability privilege_capabilities[];
extern const size_t privilege_capability_count;

/* Capabilities that PRIVILEGE alone stands for: what a token that has it disabled does without. */
uint64_t capabilities_of_privilege(ULONG privilege);

#endif

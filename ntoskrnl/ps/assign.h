/*
 * The token that a process runs under.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_PS_ASSIGN_H
#define GUISE_NTOSKRNL_PS_ASSIGN_H

#include "ntoskrnl/se/token.h"

/*
 * Whether the calling thread may have a process run under TOKEN (kernel facts 2.10). STATUS_BAD_TOKEN_TYPE: a client's.
 * STATUS_PRIVILEGE_NOT_HELD: neither is it the primary token with less in it, nor has the caller SeAssignPrimaryTokenPrivilege.
 * STATUS_NO_MEMORY.
 */
NTSTATUS primary_token_assignable(const struct token *token);

#endif

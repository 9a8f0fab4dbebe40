/*
 * Who may own what.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_OWNER_H
#define GUISE_NTOSKRNL_SE_OWNER_H

#include "ntoskrnl/se/token.h"

/*
 * Whether OWNER may be made the owner of an object: the token's user, one of its enabled groups with SE_GROUP_OWNER, or
 * anybody with SeRestorePrivilege (sdk SetSecurityDescriptorOwner, MS-DTYP 2.5.3.4.1).
 */
bool token_may_assign_owner(struct token *token, const SID *owner);

/* The group of new objects; lies in the token. */
const SID *token_primary_group(struct token *token);

#endif

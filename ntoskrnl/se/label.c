/*
 * Reading mandatory labels.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/se/label.h"

struct label
{
    ULONG integrity; /* RID under S-1-16 */
    ULONG policy;    /* SYSTEM_MANDATORY_LABEL_* */
};

ULONG label_integrity(const SID *sid)
{
    static const SID_IDENTIFIER_AUTHORITY authority = {SECURITY_MANDATORY_LABEL_AUTHORITY};

    if (sid->SubAuthorityCount != 1 || memcmp(&sid->IdentifierAuthority, &authority, sizeof(authority)))
        return UINT32_MAX;
    return sid->SubAuthority[0];
}

/* The first one counts; an object without any is of medium integrity. */
static struct label label_in(const ACL *sacl)
{
    const ACE_HEADER *ace;
    unsigned int i;

    for (i = 0, ace = sacl ? acl_first(sacl) : NULL; sacl && i < sacl->AceCount; i++, ace = ace_after(ace))
        if (ace->AceType == SYSTEM_MANDATORY_LABEL_ACE_TYPE && !(ace->AceFlags & INHERIT_ONLY_ACE))
            return (struct label){label_integrity(ace_simple_sid(ace)), ace_mask(ace)};
    return (struct label){SECURITY_MANDATORY_MEDIUM_RID, SYSTEM_MANDATORY_LABEL_NO_WRITE_UP};
}

ACCESS_MASK label_allowed(const ACL *sacl, const struct access_subject *subject, const GENERIC_MAPPING *mapping,
                          ACCESS_MASK desired, privilege_set *used)
{
    struct label label = label_in(sacl);
    ACCESS_MASK allowed = 0;

    if (!(subject->mandatory_policy & TOKEN_MANDATORY_POLICY_NO_WRITE_UP) || subject->integrity >= label.integrity)
        return ~(ACCESS_MASK)0;
    if (!(label.policy & SYSTEM_MANDATORY_LABEL_NO_READ_UP))
        allowed |= access_map_generic(GENERIC_READ, mapping);
    if (!(label.policy & SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP))
        allowed |= access_map_generic(GENERIC_EXECUTE, mapping);
    if (!(label.policy & SYSTEM_MANDATORY_LABEL_NO_WRITE_UP))
        allowed |= access_map_generic(GENERIC_WRITE, mapping) | access_write_rights(mapping);
    if (!(allowed & WRITE_OWNER) && subject->privileges & PRIVILEGE_BIT(SE_RELABEL_PRIVILEGE))
    {
        allowed |= WRITE_OWNER;
        if (desired & WRITE_OWNER) *used |= PRIVILEGE_BIT(SE_RELABEL_PRIVILEGE);
    }
    return allowed;
}

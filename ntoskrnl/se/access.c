/*
 * The access check that opening Guise's own objects (tokens, threads, the process) rests on (DDI SeAccessCheck,
 * MS-DTYP 2.5.3.2). No routine makes restricted tokens yet; the one that does has to add their second pass here.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/se/token.h"

ACCESS_MASK access_map_generic(ACCESS_MASK mask, const GENERIC_MAPPING *mapping)
{
    ACCESS_MASK mapped = mask & ~(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL);

    if (mask & GENERIC_READ) mapped |= mapping->GenericRead;
    if (mask & GENERIC_WRITE) mapped |= mapping->GenericWrite;
    if (mask & GENERIC_EXECUTE) mapped |= mapping->GenericExecute;
    if (mask & GENERIC_ALL) mapped |= mapping->GenericAll;
    return mapped;
}

/* What the DACL grants; the first ACE that names a right decides it. */
static ACCESS_MASK granted_by_dacl(const struct object_security *security, const struct token *token,
                                   const GENERIC_MAPPING *mapping)
{
    ACCESS_MASK granted = 0, denied = 0, mask;
    const ACE_HEADER *ace;
    unsigned int i;

    if (!security->sd.dacl) return mapping->GenericAll;
    for (i = 0, ace = acl_first(security->sd.dacl); i < security->sd.dacl->AceCount; i++, ace = ace_after(ace))
    {
        if (ace->AceFlags & INHERIT_ONLY_ACE) continue;
        if (ace->AceType == ACCESS_DENIED_ACE_TYPE && token_has_sid(token, ace_sid(ace), true))
        {
            mask = access_map_generic(ace_mask(ace), mapping);
            denied |= mask & ~granted;
        }
        else if (ace->AceType == ACCESS_ALLOWED_ACE_TYPE && token_has_sid(token, ace_sid(ace), false))
        {
            mask = access_map_generic(ace_mask(ace), mapping);
            granted |= mask & ~denied;
        }
    }
    return granted;
}

NTSTATUS access_check(const struct object_security *security, const SECURITY_SUBJECT_CONTEXT *subject,
                      ACCESS_MASK desired, const struct _OBJECT_TYPE *type, ACCESS_MASK *granted)
{
    struct token *token = SeQuerySubjectContextToken(subject);
    ACCESS_MASK allowed;

    /* An identified client cannot open objects, not even its own token (K1.17.4). */
    if (subject->ClientToken && subject->ImpersonationLevel < SecurityImpersonation)
        return STATUS_BAD_IMPERSONATION_LEVEL;

    if (!token) return STATUS_NO_MEMORY; /* there was none for the primary token */
    desired = access_map_generic(desired, &type->mapping);
    allowed = granted_by_dacl(security, token, &type->mapping);
    if (token_has_sid(token, security->sd.owner, false)) allowed |= READ_CONTROL | WRITE_DAC;
    /* DDI SeAccessCheck: these two only for whoever asks, never through MAXIMUM_ALLOWED. */
    if (desired & ACCESS_SYSTEM_SECURITY)
    {
        if (!token_privilege_enabled(token, SE_SECURITY_PRIVILEGE)) return STATUS_PRIVILEGE_NOT_HELD;
        allowed |= ACCESS_SYSTEM_SECURITY;
    }
    if (desired & WRITE_OWNER && token_privilege_enabled(token, SE_TAKE_OWNERSHIP_PRIVILEGE)) allowed |= WRITE_OWNER;

    if (desired & ~(allowed | MAXIMUM_ALLOWED)) return STATUS_ACCESS_DENIED;
    *granted = desired & MAXIMUM_ALLOWED ? allowed | (desired & ~MAXIMUM_ALLOWED) : desired;
    return *granted ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

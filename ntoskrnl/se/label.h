/*
 * Mandatory integrity (MS-DTYP 2.5.3.3, kernel facts 7.3).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_LABEL_H
#define GUISE_NTOSKRNL_SE_LABEL_H

#include "ntoskrnl/se/access.h"

/*
 * What the label in SACL (may be NULL) leaves of the rights on an object; everything for who is not below it. If
 * SeRelabelPrivilege is why DESIRED has its WRITE_OWNER, it is added to *USED.
 */
ACCESS_MASK label_allowed(const ACL *sacl, const struct access_subject *subject, const GENERIC_MAPPING *mapping,
                          ACCESS_MASK desired, privilege_set *used);

/* The level that SID is; UINT32_MAX if it is none: a label that nobody reaches. */
ULONG label_integrity(const SID *sid);

/* What counts as writing: all that neither reading nor executing contains. */
static inline ACCESS_MASK access_write_rights(const GENERIC_MAPPING *mapping)
{
    return ~(mapping->GenericRead | mapping->GenericExecute);
}

#endif

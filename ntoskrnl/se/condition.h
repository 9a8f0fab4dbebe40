/*
 * Conditional expressions of callback ACEs (MS-DTYP 2.4.4.17).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_CONDITION_H
#define GUISE_NTOSKRNL_SE_CONDITION_H

#include "ntoskrnl/se/access.h"

enum truth
{
    TRUTH_FALSE,
    TRUTH_TRUE,
    TRUTH_UNKNOWN
};

/* What an expression may ask about. User, device and local attributes are not carried by tokens: they are absent. */
struct condition_context
{
    const struct access_sids *sids; /* what Member_of looks in */
    bool always;                    /* all of them count: they are restricting ones */
    bool denying;                   /* in a deny ACE: what is for denying only counts too */
    const ACL *sacl;                /* with the attributes of the resource, or NULL; valid */
};

/*
 * The value of the expression in SIZE bytes at DATA, what follows the SID of a callback ACE. Bytes that are no expression,
 * or that would take too many steps, are TRUTH_UNKNOWN; so is an expression with a value, or with an attribute of the
 * resource, that is none, even if that would not matter.
 */
enum truth condition_evaluate(const UCHAR *data, size_t size, const struct condition_context *context);

#endif

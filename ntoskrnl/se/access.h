/*
 * The access check: what a subject may have of an object with a security descriptor (MS-DTYP 2.5.3.2, kernel facts 3.1
 * to 3.4, 7.2, 7.3). There is this one evaluator; every routine that asks, asks it.
 *
 * What it rests on where the sources leave room:
 *  - For each bit of each node the first ACE that names it decides. Allow or deny of a node counts for all below it; a
 *    deny reaches the nodes above too, an allow reaches them when all children of a node have it (MS-DTYP 2.5.3.2). An
 *    object ACE whose type is not in the list does nothing; without a list it grants nothing (MS-DTYP 2.5.3.2), but denies
 *    like a plain one.
 *  - A generic right in an ACE, a label or a request is what the mapping makes of it; of a mapping that is zero
 *    throughout, generic rights stay what they are (K3.1.5).
 *  - The owner has READ_CONTROL and WRITE_DAC unless an ACE that counts here (not INHERIT_ONLY) names S-1-3-4; in such an
 *    ACE S-1-3-4 stands for the owner. S-1-5-10, as the owner too, stands for the principal if one is given.
 *  - Restricted: the DACL is walked a second time with the restricting SIDs, of which the owner must be one to have
 *    its rights; what both give is granted. Write-restricted: the second pass decides what neither GenericRead nor
 *    GenericExecute contains.
 *  - The mandatory label is asked first and limits all but ACCESS_SYSTEM_SECURITY: below it, what GenericRead and
 *    GenericExecute contain is left unless its policy forbids that, and without NO_WRITE_UP what GenericWrite contains
 *    and all that the other two do not. SeRelabelPrivilege lets WRITE_OWNER through.
 *  - ACCESS_SYSTEM_SECURITY comes from SeSecurityPrivilege alone, WRITE_OWNER also from SeTakeOwnershipPrivilege; both
 *    only if they are asked for, and neither is for the restricting SIDs to decide.
 *  - A condition is asked about the SIDs of the pass. Allow counts if it is TRUE, deny unless it is FALSE.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_ACCESS_H
#define GUISE_NTOSKRNL_SE_ACCESS_H

#include "ntoskrnl/rtl/object_security.h"
#include "ntoskrnl/se/token.h"

/* ---- who asks ---------------------------------------------------------------------------------------------------- */

struct sid_index;

/* SIDs to look an ACE's up in. */
struct access_sids
{
    const struct token_sid *sids;
    ULONG count;
    const struct sid_index *index;   /* of sids; NULL: they are searched one by one */
    const _Atomic uint64_t *enabled; /* bit n: sids[n] is enabled; NULL: as its attributes say */
};

/*
 * Whether SID is one of SET that counts: the user, an enabled group and, DENYING, one for denying only; ALWAYS: any.
 */
bool access_sids_hold(const struct access_sids *set, const SID *sid, bool denying, bool always);

struct access_subject
{
    struct access_sids groups;      /* the user is entry 0 */
    bool is_restricted;             /* restricting SIDs are asked too: if there are none, they grant nothing */
    bool write_restricted;          /* about write access alone */
    struct access_sids restricting; /* always count */
    privilege_set privileges; /* those that are enabled */
    ULONG integrity;          /* RID under S-1-16 */
    ULONG mandatory_policy;   /* TOKEN_MANDATORY_POLICY_* */
};

/* The subject that TOKEN is, good as long as the token; groups are as they are when it is asked. */
void access_subject_from_token(const struct token *token, struct access_subject *subject);

/* ---- the question and the answer --------------------------------------------------------------------------------- */

struct access_request
{
    const struct access_subject *subject;
    const SID *self;                 /* what S-1-5-10 stands for, or NULL */
    const OBJECT_TYPE_LIST *objects; /* NULL, or a tree: see access_objects_valid() */
    ULONG object_count;
    bool each;            /* an answer for each object of the list, else one for its root */
    ACCESS_MASK desired;  /* generic rights and MAXIMUM_ALLOWED may be among them */
    ACCESS_MASK previous; /* granted before: not looked at again, and part of what is granted */
    const GENERIC_MAPPING *mapping;
    KPROCESSOR_MODE mode; /* KernelMode: everything that is asked for is granted, and nothing else is looked at */
};

struct access_result
{
    NTSTATUS status;     /* STATUS_SUCCESS, STATUS_ACCESS_DENIED, STATUS_PRIVILEGE_NOT_HELD */
    ACCESS_MASK granted; /* 0 unless STATUS_SUCCESS */
};

/*
 * Answers REQUEST about an object with SECURITY, which is valid (sd_read), into RESULTS: object_count of them if it asks
 * for each, else one. *USED, unless NULL, receives the privileges that gave a right of it.
 * STATUS_SUCCESS: RESULTS are there, whatever they say. STATUS_INVALID_PARAMETER: no such tree. STATUS_NO_MEMORY.
 */
NTSTATUS access_evaluate(const struct sd *security, const struct access_request *request, struct access_result *results,
                         privilege_set *used);

/*
 * Whether COUNT objects are a tree in depth-first order: one root of level 0 first, each next at most one level
 * deeper than the one before, and no type twice (kernel facts 3.4).
 */
bool access_objects_valid(const OBJECT_TYPE_LIST *objects, ULONG count);

#endif

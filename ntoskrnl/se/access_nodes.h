/*
 * The tree of objects in an access check: what each node has been granted and denied so far (MS-DTYP 2.5.3.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_ACCESS_NODES_H
#define GUISE_NTOSKRNL_SE_ACCESS_NODES_H

#include "ntoskrnl/se/access.h"

/* The two walks of a DACL. */
enum access_pass
{
    PASS_GROUPS,
    PASS_RESTRICTING,
    PASS_COUNT
};

/* Bits in granted were named first by an allow, those in denied by a deny; none is in both. */
struct access_node
{
    ACCESS_MASK granted[PASS_COUNT], denied[PASS_COUNT];
    ULONG parent; /* of the root: itself */
    ULONG end;    /* the first node that is not below it */
};

/* The nodes of a valid list, or with OBJECTS NULL the one that stands for the whole object; nothing decided yet. */
void access_nodes_init(struct access_node *nodes, const OBJECT_TYPE_LIST *objects, ULONG count);

/* The node of TYPE, or COUNT. */
ULONG access_nodes_find(const OBJECT_TYPE_LIST *objects, ULONG count, const GUID *type);

/* An ACE for a node and all that is below it. */
void access_nodes_allow(struct access_node *nodes, ULONG node, enum access_pass pass, ACCESS_MASK mask);
void access_nodes_deny(struct access_node *nodes, ULONG node, enum access_pass pass, ACCESS_MASK mask);

#endif

/*
 * Object trees of access checks.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/se/access_nodes.h"

static bool has_type_before(const OBJECT_TYPE_LIST *objects, ULONG place)
{
    ULONG i;

    for (i = 0; i < place; i++)
        if (!memcmp(objects[i].ObjectType, objects[place].ObjectType, sizeof(GUID))) return true;
    return false;
}

bool access_objects_valid(const OBJECT_TYPE_LIST *objects, ULONG count)
{
    ULONG i;

    if (!count) return false;
    for (i = 0; i < count; i++)
    {
        if (!objects[i].ObjectType || objects[i].Level > ACCESS_MAX_LEVEL || objects[i].Sbz) return false;
        if (i ? !objects[i].Level || objects[i].Level > objects[i - 1].Level + 1 : objects[i].Level) return false;
        if (has_type_before(objects, i)) return false;
    }
    return true;
}

void access_nodes_init(struct access_node *nodes, const OBJECT_TYPE_LIST *objects, ULONG count)
{
    ULONG last[ACCESS_MAX_LEVEL + 1] = {0}; /* of each level, the node that was seen last */
    ULONG i, j;

    nodes[0] = (struct access_node){.end = count};
    for (i = 1; i < count; i++)
    {
        nodes[i] = (struct access_node){.parent = last[objects[i].Level - 1], .end = i + 1};
        last[objects[i].Level] = i;
        for (j = nodes[i].parent; j; j = nodes[j].parent) nodes[j].end = i + 1;
    }
}

ULONG access_nodes_find(const OBJECT_TYPE_LIST *objects, ULONG count, const GUID *type)
{
    ULONG i;

    for (i = 0; i < count; i++)
        if (!memcmp(objects[i].ObjectType, type, sizeof(*type))) break;
    return i;
}

/* What all children of a node have been granted. */
static ACCESS_MASK granted_below(const struct access_node *nodes, ULONG node, enum access_pass pass)
{
    ACCESS_MASK granted = ~(ACCESS_MASK)0;
    ULONG i;

    for (i = node + 1; i < nodes[node].end; i = nodes[i].end) granted &= nodes[i].granted[pass];
    return granted;
}

void access_nodes_allow(struct access_node *nodes, ULONG node, enum access_pass pass, ACCESS_MASK mask)
{
    ULONG i;

    for (i = node; i < nodes[node].end; i++) nodes[i].granted[pass] |= mask & ~nodes[i].denied[pass];
    while (node)
    {
        node = nodes[node].parent;
        nodes[node].granted[pass] |= mask & granted_below(nodes, node, pass) & ~nodes[node].denied[pass];
    }
}

void access_nodes_deny(struct access_node *nodes, ULONG node, enum access_pass pass, ACCESS_MASK mask)
{
    ULONG i;

    mask &= ~nodes[node].granted[pass];
    for (i = node; i < nodes[node].end; i++) nodes[i].denied[pass] |= mask & ~nodes[i].granted[pass];
    while (node)
    {
        node = nodes[node].parent;
        nodes[node].denied[pass] |= mask & ~nodes[node].granted[pass];
    }
}

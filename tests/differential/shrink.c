/*
 * The smallest triple around a difference: each part is left out in turn, and stays out if the two still differ.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/differential/report.h"

#include <string.h>

static bool differs(const struct triple *triple)
{
    struct naive_answer naive, real;

    return !answers_agree(triple, &naive, &real);
}

/* Takes CANDIDATE over into TRIPLE if it still differs. */
static bool keep_if_differs(struct triple *triple, const struct triple *candidate)
{
    if (!differs(candidate)) return false;
    *triple = *candidate;
    return true;
}

#define REMOVE(array, count, index)                                                                                    \
    memmove(&(array)[index], &(array)[(index) + 1], (--(count) - (index)) * sizeof((array)[0]))

static bool without_one_ace(struct triple *triple)
{
    static _Thread_local struct triple candidate;
    bool changed = false;
    size_t i;

    for (i = triple->ace_count; i-- > 0;)
    {
        candidate = *triple;
        REMOVE(candidate.aces, candidate.ace_count, i);
        changed |= keep_if_differs(triple, &candidate);
    }
    for (i = triple->sacl_ace_count; i-- > 0;)
    {
        candidate = *triple;
        REMOVE(candidate.sacl_aces, candidate.sacl_ace_count, i);
        changed |= keep_if_differs(triple, &candidate);
    }
    return changed;
}

static bool without_one_sid(struct triple *triple)
{
    static _Thread_local struct triple candidate;
    bool changed = false;
    size_t i;

    for (i = triple->group_count; i-- > 1;)
    {
        candidate = *triple;
        REMOVE(candidate.groups, candidate.group_count, i);
        changed |= keep_if_differs(triple, &candidate);
    }
    for (i = triple->restricting_count; i-- > 0;)
    {
        candidate = *triple;
        REMOVE(candidate.restricting, candidate.restricting_count, i);
        changed |= keep_if_differs(triple, &candidate);
    }
    return changed;
}

static bool with_fewer_bits(struct triple *triple)
{
    static _Thread_local struct triple candidate;
    bool changed = false;
    unsigned int bit;
    size_t i;

    for (bit = 0; bit < 64; bit++)
    {
        candidate = *triple;
        candidate.desired &= ~(UINT64_C(1) << bit);
        if (candidate.desired != triple->desired) changed |= keep_if_differs(triple, &candidate);
        candidate = *triple;
        candidate.previous &= ~(UINT64_C(1) << bit);
        if (candidate.previous != triple->previous) changed |= keep_if_differs(triple, &candidate);
        candidate = *triple;
        candidate.privileges &= ~(UINT64_C(1) << bit);
        if (candidate.privileges != triple->privileges) changed |= keep_if_differs(triple, &candidate);
        for (i = 0; i < triple->ace_count; i++)
        {
            candidate = *triple;
            candidate.aces[i].mask &= ~(UINT64_C(1) << bit);
            if (candidate.aces[i].mask != triple->aces[i].mask) changed |= keep_if_differs(triple, &candidate);
        }
    }
    return changed;
}

static bool without_the_rest(struct triple *triple)
{
    static _Thread_local struct triple candidate;
    bool changed = false;
    size_t i;

    for (i = triple->node_count; i-- > 0;)
    {
        candidate = *triple;
        REMOVE(candidate.nodes, candidate.node_count, i);
        if (!i && candidate.node_count) continue;
        if (i < candidate.node_count && candidate.nodes[i].level > candidate.nodes[i - 1].level + 1) continue;
        changed |= keep_if_differs(triple, &candidate);
    }
    candidate = *triple;
    candidate.self = SID_NONE;
    if (triple->self != SID_NONE) changed |= keep_if_differs(triple, &candidate);
    candidate = *triple;
    candidate.write_restricted = false;
    if (triple->write_restricted) changed |= keep_if_differs(triple, &candidate);
    candidate = *triple;
    candidate.sacl = ACL_ABSENT;
    if (triple->sacl != ACL_ABSENT) changed |= keep_if_differs(triple, &candidate);
    candidate = *triple;
    candidate.policy = 0;
    if (triple->policy) changed |= keep_if_differs(triple, &candidate);
    return changed;
}

void shrink(struct triple *triple)
{
    while (without_one_ace(triple) || without_one_sid(triple) || with_fewer_bits(triple) || without_the_rest(triple))
        continue;
}

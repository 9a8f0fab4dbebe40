/*
 * An evaluator that forgets a rule answers as a right one does about a question without what the rule is about. So each
 * mistake is a change of the question.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/differential/canary.h"

#include <string.h>

#define RESOURCE_ATTRIBUTE_ACE 0x12u

#define ENABLED   0x04u
#define DENY_ONLY 0x10u

static void ignore_deny_only(struct triple *triple)
{
    size_t i;

    for (i = 0; i < triple->group_count; i++)
        if (triple->groups[i].attributes & DENY_ONLY) triple->groups[i].attributes = i ? 0 : DENY_ONLY;
}

static void take_deny_only_as_enabled(struct triple *triple)
{
    size_t i;

    for (i = 0; i < triple->group_count; i++)
        if (triple->groups[i].attributes & DENY_ONLY) triple->groups[i].attributes = ENABLED;
}

static void take_disabled_as_enabled(struct triple *triple)
{
    size_t i;

    for (i = 0; i < triple->group_count; i++)
        if (!triple->groups[i].attributes) triple->groups[i].attributes = ENABLED;
}

static void ignore_restriction(struct triple *triple)
{
    triple->restricting_count = 0;
}

static void restrict_reading_too(struct triple *triple)
{
    triple->write_restricted = false;
}

static void ignore_integrity(struct triple *triple)
{
    triple->policy = 0;
}

static void ignore_labels(struct triple *triple)
{
    triple->sacl = ACL_ABSENT;
}

static void ignore_principal_self(struct triple *triple)
{
    triple->self = SID_NONE;
}

static void ignore_the_owner(struct triple *triple)
{
    triple->owner = SID_NONE;
}

static void ignore_privileges(struct triple *triple)
{
    triple->privileges = 0;
}

static void ignore_previous_access(struct triple *triple)
{
    triple->previous = 0;
}

static void take_no_dacl_as_empty(struct triple *triple)
{
    triple->dacl = ACL_PRESENT;
}

static void take_empty_dacl_as_none(struct triple *triple)
{
    if (!triple->ace_count) triple->dacl = ACL_NULL;
}

static void apply_inherit_only(struct triple *triple)
{
    size_t i;

    for (i = 0; i < triple->ace_count; i++) triple->aces[i].flags = 0;
}

static void ignore_conditions(struct triple *triple)
{
    size_t i;

    for (i = 0; i < triple->ace_count; i++)
    {
        struct test_ace *ace = &triple->aces[i];

        if (ace->type == 0x09 || ace->type == 0x0a) ace->type -= 0x09;
        if (ace->type == 0x0b || ace->type == 0x0c) ace->type -= 0x06;
    }
}

static void ignore_flags_of_claims(struct triple *triple)
{
    size_t i;

    for (i = 0; i < triple->sacl_ace_count; i++)
        if (triple->sacl_aces[i].type == RESOURCE_ATTRIBUTE_ACE) memset(triple->sacl_aces[i].data + 8, 0, 4);
}

static void apply_object_aces_to_all(struct triple *triple)
{
    size_t i;

    for (i = 0; i < triple->ace_count; i++) triple->aces[i].has_object = false;
}

static void ignore_levels(struct triple *triple)
{
    size_t i;

    for (i = 1; i < triple->node_count; i++) triple->nodes[i].level = 1;
}

static void deny_first(struct triple *triple)
{
    struct test_ace ace;
    size_t i, k;

    for (i = 1; i < triple->ace_count; i++)
        for (k = i; k && triple->aces[k].type == 0x01 && triple->aces[k - 1].type != 0x01; k--)
        {
            ace = triple->aces[k];
            triple->aces[k] = triple->aces[k - 1];
            triple->aces[k - 1] = ace;
        }
}

const struct mistake mistakes[] = {{"ignore groups for denying only", ignore_deny_only},
                                   {"take groups for denying only as enabled", take_deny_only_as_enabled},
                                   {"take disabled groups as enabled", take_disabled_as_enabled},
                                   {"ignore restricting SIDs", ignore_restriction},
                                   {"ask write-restricting SIDs about reading", restrict_reading_too},
                                   {"ignore integrity", ignore_integrity},
                                   {"ignore the SACL", ignore_labels},
                                   {"ignore S-1-5-10", ignore_principal_self},
                                   {"ignore the owner", ignore_the_owner},
                                   {"ignore privileges", ignore_privileges},
                                   {"ignore what was granted before", ignore_previous_access},
                                   {"take no DACL as an empty one", take_no_dacl_as_empty},
                                   {"take an empty DACL as none", take_empty_dacl_as_none},
                                   {"apply ACEs that are to be inherited only", apply_inherit_only},
                                   {"ignore conditions", ignore_conditions},
                                   {"ignore the flags of claims", ignore_flags_of_claims},
                                   {"apply object ACEs to all objects", apply_object_aces_to_all},
                                   {"ignore the levels of the tree", ignore_levels},
                                   {"look at deny ACEs first", deny_first},
                                   {NULL, NULL}};

/*
 * Writing the parts that answers about tokens are made of.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/se/token_info.h"

void *info_reserve(struct info_writer *writer, size_t size)
{
    void *place = writer->bytes ? writer->bytes + writer->used : NULL;

    writer->used += size;
    return place;
}

void *info_next_address(const struct info_writer *writer)
{
    return (void *)((uintptr_t)writer->address + writer->used); /* not arithmetic on the NULL of a measuring writer */
}

void info_append(struct info_writer *writer, const void *data, size_t size)
{
    void *place = info_reserve(writer, size);

    if (place) memcpy(place, data, size);
}

void info_append_ulong(struct info_writer *writer, ULONG value)
{
    info_append(writer, &value, sizeof(value));
}

PSID info_append_sid(struct info_writer *writer, const SID *sid)
{
    PSID address = info_next_address(writer);

    info_append(writer, sid, sid_length(sid));
    return address;
}

void info_append_sids(struct info_writer *writer, const struct token_sid *sids, ULONG count,
                        SID_AND_ATTRIBUTES *target)
{
    ULONG i;

    for (i = 0; i < count; i++)
    {
        SID_AND_ATTRIBUTES entry = {.Sid = info_append_sid(writer, sids[i].sid), .Attributes = sids[i].attributes};

        if (target) target[i] = entry;
    }
}

void info_append_token_sids(struct info_writer *writer, const struct token *token, ULONG first, ULONG count,
                              SID_AND_ATTRIBUTES *target)
{
    ULONG i;

    info_append_sids(writer, token->identity->sids + first, count, target);
    for (i = 0; target && i < count; i++) target[i].Attributes = token_sid_attributes(token, first + i);
}

static TOKEN_GROUPS *append_group_array(struct info_writer *writer, ULONG count)
{
    TOKEN_GROUPS *groups = info_reserve(writer, offsetof(TOKEN_GROUPS, Groups) + count * sizeof(SID_AND_ATTRIBUTES));

    if (groups) groups->GroupCount = count;
    return groups;
}

void info_append_groups(struct info_writer *writer, const struct token_sid *sids, ULONG count)
{
    TOKEN_GROUPS *groups = append_group_array(writer, count);

    info_append_sids(writer, sids, count, groups ? groups->Groups : NULL);
}

void info_append_token_groups(struct info_writer *writer, const struct token *token, ULONG first, ULONG count)
{
    TOKEN_GROUPS *groups = append_group_array(writer, count);

    info_append_token_sids(writer, token, first, count, groups ? groups->Groups : NULL);
}

void info_append_sid_pointer(struct info_writer *writer, const SID *sid)
{
    PSID *pointer = info_reserve(writer, sizeof(*pointer)), address = info_append_sid(writer, sid);

    if (pointer) *pointer = address;
}

void info_append_sid_and_attributes(struct info_writer *writer, const struct token_sid *sid)
{
    info_append_sids(writer, sid, 1, info_reserve(writer, sizeof(SID_AND_ATTRIBUTES)));
}

void info_append_privileges(struct info_writer *writer, const struct token *token)
{
    const struct token_identity *identity = token->identity;
    privilege_set held = token->privileges, enabled = token->enabled;
    ULONG privilege;

    for (privilege = SE_MIN_WELL_KNOWN_PRIVILEGE; privilege <= SE_MAX_WELL_KNOWN_PRIVILEGE; privilege++)
    {
        LUID_AND_ATTRIBUTES entry = {.Luid = {.LowPart = privilege}};

        if (!(held & PRIVILEGE_BIT(privilege))) continue;
        if (identity->privileges_default & PRIVILEGE_BIT(privilege))
            entry.Attributes |= SE_PRIVILEGE_ENABLED_BY_DEFAULT;
        if (enabled & PRIVILEGE_BIT(privilege)) entry.Attributes |= SE_PRIVILEGE_ENABLED;
        info_append(writer, &entry, sizeof(entry));
    }
}

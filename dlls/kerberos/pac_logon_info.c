/*
 * KERB_VALIDATION_INFO: who the client is and what it belongs to (MS-PAC 2.5).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ntsecapi.h>

#include "dlls/kerberos/pac_buffers.h"

enum
{
    MEMBERSHIP_SIZE = 8, /* GROUP_MEMBERSHIP, KERB_SID_AND_ATTRIBUTES on the wire */
    SESSION_KEY_SIZE = 16
};

/* What the struct itself says; its pointers' targets follow it. */
struct fixed_part
{
    struct ndr_string account_name, full_name, script, profile, home, home_drive, logon_server, domain_name;
    bool has_groups, has_domain_sid, has_extra, has_resource_domain_sid, has_resource_groups;
};

static void read_times(struct wire_reader *reader, struct pac_logon_info *info)
{
    info->logon_time = ndr_read_time(reader);
    info->logoff_time = ndr_read_time(reader);
    info->kickoff_time = ndr_read_time(reader);
    info->password_last_set = ndr_read_time(reader);
    info->password_can_change = ndr_read_time(reader);
    info->password_must_change = ndr_read_time(reader);
}

static void read_fixed_part(struct wire_reader *reader, struct fixed_part *fixed, struct pac_logon_info *info)
{
    read_times(reader, info);
    fixed->account_name = ndr_read_string(reader);
    fixed->full_name = ndr_read_string(reader);
    fixed->script = ndr_read_string(reader);
    fixed->profile = ndr_read_string(reader);
    fixed->home = ndr_read_string(reader);
    fixed->home_drive = ndr_read_string(reader);
    info->logon_count = wire_read_u16(reader);
    info->bad_password_count = wire_read_u16(reader);
    info->user_rid = wire_read_u32(reader);
    info->primary_group_rid = wire_read_u32(reader);
    info->group_count = wire_read_u32(reader);
    fixed->has_groups = ndr_read_pointer(reader);
    info->user_flags = wire_read_u32(reader);
    info->session_key = wire_read_span(reader, SESSION_KEY_SIZE);
    fixed->logon_server = ndr_read_string(reader);
    fixed->domain_name = ndr_read_string(reader);
    fixed->has_domain_sid = ndr_read_pointer(reader);
    wire_skip(reader, 8); /* Reserved1 */
    info->account_control = wire_read_u32(reader);
    wire_skip(reader, 4 + 8 + 8 + 4 + 4); /* SubAuthStatus, times of interactive logons, their failures, Reserved3 */
    info->extra_count = wire_read_u32(reader);
    fixed->has_extra = ndr_read_pointer(reader);
    fixed->has_resource_domain_sid = ndr_read_pointer(reader);
    info->resource_count = wire_read_u32(reader);
    fixed->has_resource_groups = ndr_read_pointer(reader);
}

static struct wire_span read_text(struct wire_reader *reader, const struct ndr_string *string)
{
    struct wire_span text = ndr_read_characters(reader, string);

    if (!pac_is_text(text)) reader->failed = true;
    return text;
}

/* One that is only shown is no reason to refuse somebody. */
static struct wire_span read_shown_text(struct wire_reader *reader, const struct ndr_string *string)
{
    struct wire_span text = ndr_read_characters(reader, string);

    return pac_is_text(text) ? text : (struct wire_span){NULL, 0};
}

/* The SIDs lie one behind the other, in the order of the array that points at them. */
static void read_extra_sids(struct wire_reader *reader, bool present, struct pac_logon_info *info)
{
    struct wire_reader array;
    size_t start;

    info->extra = ndr_read_array(reader, present, info->extra_count, MEMBERSHIP_SIZE);
    wire_reader_init(&array, info->extra.data, info->extra.size);
    start = reader->position;
    for (ULONG i = 0; i < info->extra_count && !reader->failed; i++)
    {
        if (!ndr_read_pointer(&array)) reader->failed = true;
        wire_skip(&array, 4);
        ndr_read_sid(reader, true);
    }
    if (reader->failed) return;
    info->extra_sids = (struct wire_span){reader->data + start, reader->position - start};
}

/* In the order of the pointers (C706 14.3.12.3). */
static void read_targets(struct wire_reader *reader, const struct fixed_part *fixed, struct pac_logon_info *info)
{
    info->account_name = read_text(reader, &fixed->account_name);
    info->full_name = read_text(reader, &fixed->full_name);
    info->script = read_shown_text(reader, &fixed->script);
    info->profile = read_shown_text(reader, &fixed->profile);
    info->home = read_shown_text(reader, &fixed->home);
    info->home_drive = read_shown_text(reader, &fixed->home_drive);
    info->groups = ndr_read_array(reader, fixed->has_groups, info->group_count, MEMBERSHIP_SIZE);
    info->logon_server = read_text(reader, &fixed->logon_server);
    info->domain_name = read_text(reader, &fixed->domain_name);
    info->domain_sid = ndr_read_sid(reader, fixed->has_domain_sid);
    read_extra_sids(reader, fixed->has_extra, info);
    info->resource_domain_sid = ndr_read_sid(reader, fixed->has_resource_domain_sid);
    info->resource_groups = ndr_read_array(reader, fixed->has_resource_groups, info->resource_count, MEMBERSHIP_SIZE);
}

/* The flags say which of the lists count: what a flag denies is not looked at (MS-PAC 2.5, UserFlags). */
static void drop_denied(struct pac_logon_info *info)
{
    if (!(info->user_flags & LOGON_EXTRA_SIDS)) info->extra_count = 0;
    if (!(info->user_flags & LOGON_RESOURCE_GROUPS)) info->resource_count = 0;
}

bool pac_read_logon_info(struct wire_span buffer, struct pac_logon_info *info)
{
    struct wire_reader reader;
    struct fixed_part fixed;

    *info = (struct pac_logon_info){.group_count = 0};
    ndr_begin(&reader, buffer);
    read_fixed_part(&reader, &fixed, info);
    read_targets(&reader, &fixed, info);
    if (reader.failed) return false;
    drop_denied(info);
    return info->account_name.size && info->domain_name.size && info->domain_sid.size &&
           (!info->resource_count || info->resource_domain_sid.size);
}

/*
 * A PAC as one logon: everything it says lies in one block.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/pac.h"
#include "dlls/kerberos/pac_buffers.h"
#include "ntoskrnl/core.h"

/* As many as a token of Windows has room for; more is STATUS_TOO_MANY_CONTEXT_IDS there, too. */
#define PAC_MAX_GROUPS 1024

/* What a PAC may say of a group; the rest only a token has. */
#define GROUP_ATTRIBUTES \
    (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_RESOURCE)

#define PRIMARY_GROUP_ATTRIBUTES (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)

/* All buffers, read and checked. */
struct parsed
{
    struct pac_logon_info logon;
    struct pac_client_info client;
    struct pac_upn_info upn;
    bool has_upn;
    struct wire_span requestor;
    struct wire_span other_user; /* the user's SID, where it is not LOGON_INFO's domain and RID */
};

/* ---- the block: texts and SIDs, handed out one behind the other ---------------------------------------------------- */

union pac_sid
{
    SID sid;
    UCHAR room[SECURITY_MAX_SID_SIZE];
};

struct block
{
    struct pac_logon logon;
    struct token_sid *groups;
    union pac_sid *sids;
    size_t sid_count;
    WCHAR *text;
};

static const WCHAR *put_text(struct block *block, struct wire_span span)
{
    WCHAR *text = block->text;
    size_t units = span.size / 2;

    for (size_t i = 0; i < units; i++) text[i] = (WCHAR)(span.data[2 * i] | span.data[2 * i + 1] << 8);
    block->text += units + 1; /* the block was zero */
    return text;
}

static ULONG ulong_at(const UCHAR *data)
{
    return data[0] | (ULONG)data[1] << 8 | (ULONG)data[2] << 16 | (ULONG)data[3] << 24;
}

/* SID of the wire, and one more RID if RID is not NULL: its caller knows that there is room. */
static const SID *put_sid(struct block *block, struct wire_span span, const ULONG *rid)
{
    SID *sid = &block->sids[block->sid_count++].sid;

    memcpy(sid, span.data, NDR_SID_SIZE(0));
    for (UCHAR i = 0; i < sid->SubAuthorityCount; i++) sid->SubAuthority[i] = ulong_at(span.data + NDR_SID_SIZE(i));
    if (rid) sid->SubAuthority[sid->SubAuthorityCount++] = *rid;
    return sid;
}

static bool same_sid(const SID *a, const SID *b)
{
    return a->SubAuthorityCount == b->SubAuthorityCount && !memcmp(a, b, NDR_SID_SIZE(a->SubAuthorityCount));
}

/* Not the user again, who may be among its own extra SIDs, and nothing twice. */
static void add_group(struct block *block, const SID *sid, ULONG attributes)
{
    struct pac_logon *logon = &block->logon;

    if (same_sid(sid, logon->user)) return;
    for (size_t i = 0; i < logon->group_count; i++)
        if (same_sid(sid, block->groups[i].sid)) return;
    block->groups[logon->group_count++] = (struct token_sid){sid, attributes & GROUP_ATTRIBUTES};
}

static void add_members(struct block *block, struct wire_span domain, struct wire_span members, ULONG count)
{
    for (ULONG i = 0; i < count; i++)
    {
        ULONG rid = ulong_at(members.data + 8 * i);

        add_group(block, put_sid(block, domain, &rid), ulong_at(members.data + 8 * i + 4));
    }
}

static void add_extra_sids(struct block *block, const struct pac_logon_info *info, struct wire_reader *sids)
{
    for (ULONG i = 0; i < info->extra_count; i++)
        add_group(block, put_sid(block, ndr_read_sid(sids, true), NULL), ulong_at(info->extra.data + 8 * i + 4));
}

/* ---- what belongs together ----------------------------------------------------------------------------------------- */

/* A domain's SID: S-1-5-21 and three numbers (MS-DTYP 2.4.2.4). */
static bool is_domain_sid(struct wire_span sid)
{
    static const UCHAR head[] = {SID_REVISION, 4, 0, 0, 0, 0, 0, 5, SECURITY_NT_NON_UNIQUE, 0, 0, 0};

    return sid.size == NDR_SID_SIZE(4) && !memcmp(sid.data, head, sizeof(head));
}

static bool is_rid_of(struct wire_span sid, struct wire_span domain, ULONG rid)
{
    return sid.size == domain.size + 4 && sid.data[1] == domain.data[1] + 1 && sid.data[0] == domain.data[0] &&
           !memcmp(sid.data + 2, domain.data + 2, domain.size - 2) && ulong_at(sid.data + domain.size) == rid;
}

/* An account's: a domain's, and a RID. */
static bool is_account_sid(struct wire_span sid)
{
    static const UCHAR head[] = {SID_REVISION, 5, 0, 0, 0, 0, 0, 5, SECURITY_NT_NON_UNIQUE, 0, 0, 0};

    return sid.size == NDR_SID_SIZE(5) && !memcmp(sid.data, head, sizeof(head)) && ulong_at(sid.data + NDR_SID_SIZE(4));
}

/* MS-PAC 2.5, ExtraSids: without a UserId, the first of them is the user. Its flag denies that one, too. */
static bool find_user(struct parsed *parsed)
{
    const struct pac_logon_info *logon = &parsed->logon;
    struct wire_reader sids;

    if (logon->user_rid) return true;
    if (!logon->extra_count) return false;
    wire_reader_init(&sids, logon->extra_sids.data, logon->extra_sids.size);
    parsed->other_user = ndr_read_sid(&sids, true);
    return is_account_sid(parsed->other_user);
}

static bool is_user(const struct parsed *parsed, struct wire_span sid)
{
    const struct wire_span *other = &parsed->other_user;

    if (!other->size) return is_rid_of(sid, parsed->logon.domain_sid, parsed->logon.user_rid);
    return sid.size == other->size && !memcmp(sid.data, other->data, sid.size);
}

/* MS-PAC 2.10 and 2.15: who asked for the ticket is who it is for. */
static bool agrees(const struct parsed *parsed)
{
    const struct pac_logon_info *logon = &parsed->logon;

    return is_domain_sid(logon->domain_sid) &&
           (!logon->resource_count || logon->resource_domain_sid.data[1] < SID_MAX_SUB_AUTHORITIES) &&
           (!parsed->upn.sid.size || is_user(parsed, parsed->upn.sid)) && (!parsed->requestor.size || is_user(parsed, parsed->requestor));
}

static bool parse(struct wire_span pac, struct parsed *parsed)
{
    struct pac_buffers buffers;

    *parsed = (struct parsed){.has_upn = false};
    if (!pac_find_buffers(pac, &buffers)) return false;
    parsed->has_upn = buffers.of[PAC_UPN_DNS_INFO].data;
    parsed->requestor = buffers.of[PAC_REQUESTOR];
    return pac_read_logon_info(buffers.of[PAC_LOGON_INFO], &parsed->logon) &&
           pac_read_client_info(buffers.of[PAC_CLIENT_INFO], &parsed->client) &&
           (!parsed->has_upn || pac_read_upn_info(buffers.of[PAC_UPN_DNS_INFO], &parsed->upn)) &&
           (!parsed->requestor.data || pac_is_sid(parsed->requestor)) && find_user(parsed) && agrees(parsed);
}

/* ---- the whole ----------------------------------------------------------------------------------------------------- */

static size_t text_units(const struct parsed *parsed)
{
    const struct pac_logon_info *logon = &parsed->logon;
    const struct wire_span *const texts[] = {&logon->account_name, &logon->full_name,     &logon->domain_name,
                                             &logon->logon_server, &logon->script,        &logon->profile,
                                             &logon->home,         &logon->home_drive,    &parsed->upn.upn,
                                             &parsed->upn.dns_domain, &parsed->client.name};
    size_t units = 0;

    for (size_t i = 0; i < ARRAYSIZE(texts); i++) units += texts[i]->size / 2 + 1;
    return units;
}

static void fill_names(struct block *block, const struct parsed *parsed)
{
    struct pac_logon *logon = &block->logon;

    logon->account_name = put_text(block, parsed->logon.account_name);
    logon->full_name = put_text(block, parsed->logon.full_name);
    logon->domain_name = put_text(block, parsed->logon.domain_name);
    logon->logon_server = put_text(block, parsed->logon.logon_server);
    logon->script = put_text(block, parsed->logon.script);
    logon->profile = put_text(block, parsed->logon.profile);
    logon->home = put_text(block, parsed->logon.home);
    logon->home_drive = put_text(block, parsed->logon.home_drive);
    logon->client_name = put_text(block, parsed->client.name);
    logon->client_time = parsed->client.time;
    if (!parsed->has_upn) return;
    logon->upn = put_text(block, parsed->upn.upn);
    logon->dns_domain = put_text(block, parsed->upn.dns_domain);
    logon->upn_constructed = parsed->upn.constructed;
}

static void fill_groups(struct block *block, const struct parsed *parsed)
{
    const struct pac_logon_info *info = &parsed->logon;
    struct wire_reader sids;

    wire_reader_init(&sids, info->extra_sids.data, info->extra_sids.size);
    block->logon.groups = block->groups;
    block->logon.user = parsed->other_user.size ? put_sid(block, parsed->other_user, NULL) : put_sid(block, info->domain_sid, &info->user_rid);
    block->logon.primary_group = put_sid(block, info->domain_sid, &info->primary_group_rid);
    add_members(block, info->domain_sid, info->groups, info->group_count);
    add_group(block, block->logon.primary_group, PRIMARY_GROUP_ATTRIBUTES); /* if the list had it not */
    add_extra_sids(block, info, &sids);
    add_members(block, info->resource_domain_sid, info->resource_groups, info->resource_count);
}

static void fill_rest(struct pac_logon *logon, const struct pac_logon_info *info)
{
    logon->user_flags = info->user_flags;
    logon->account_control = info->account_control;
    logon->logon_count = info->logon_count;
    logon->bad_password_count = info->bad_password_count;
    logon->logon_time = info->logon_time;
    logon->logoff_time = info->logoff_time;
    logon->kickoff_time = info->kickoff_time;
    logon->password_last_set = info->password_last_set;
    logon->password_can_change = info->password_can_change;
    logon->password_must_change = info->password_must_change;
    memcpy(logon->session_key, info->session_key.data, sizeof(logon->session_key));
}

/* Groups, then SIDs, then texts behind the head. */
static NTSTATUS build(const struct parsed *parsed, struct pac_logon **logon)
{
    const struct pac_logon_info *info = &parsed->logon;
    size_t groups = (size_t)info->group_count + info->extra_count + info->resource_count + 1, sids = groups + 1;
    struct block *block = guise_alloc(sizeof(*block) + groups * sizeof(*block->groups) + sids * sizeof(*block->sids) +
                                      text_units(parsed) * sizeof(WCHAR));

    if (!block) return STATUS_NO_MEMORY;
    block->groups = (struct token_sid *)(block + 1);
    block->sids = (union pac_sid *)(block->groups + groups);
    block->text = (WCHAR *)(block->sids + sids);
    fill_names(block, parsed);
    fill_groups(block, parsed);
    fill_rest(&block->logon, info);
    *logon = &block->logon;
    return STATUS_SUCCESS;
}

NTSTATUS pac_read(const UCHAR *data, size_t size, struct pac_logon **logon)
{
    struct parsed parsed;

    *logon = NULL;
    if (size > PAC_MAX_SIZE || !parse((struct wire_span){data, size}, &parsed)) return STATUS_INVALID_PARAMETER;
    if ((ULONGLONG)parsed.logon.group_count + parsed.logon.extra_count + parsed.logon.resource_count > PAC_MAX_GROUPS)
        return STATUS_TOO_MANY_CONTEXT_IDS;
    return build(&parsed, logon);
}

void pac_free(struct pac_logon *logon)
{
    if (logon) guise_free_secret(logon, sizeof(*logon));
}

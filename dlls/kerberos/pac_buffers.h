/*
 * The buffers of a PAC in their own terms, MS-PAC 2.4 to 2.15. What is read points into the PAC.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_PAC_BUFFERS_H
#define GUISE_KERBEROS_PAC_BUFFERS_H

#include "dlls/kerberos/ndr.h"

/* MS-PAC 2.4 */
enum pac_buffer_type
{
    PAC_LOGON_INFO = 1,
    PAC_SERVER_SIGNATURE = 6,
    PAC_KDC_SIGNATURE = 7,
    PAC_CLIENT_INFO = 10,
    PAC_UPN_DNS_INFO = 12,
    PAC_REQUESTOR = 18,
    PAC_KNOWN_TYPES = 20 /* one more than the last */
};

/* The buffers of the types above; the data of one that is not there is NULL. */
struct pac_buffers
{
    struct wire_span of[PAC_KNOWN_TYPES];
};

/* KERB_VALIDATION_INFO, MS-PAC 2.5 */
struct pac_logon_info
{
    LONGLONG logon_time, logoff_time, kickoff_time, password_last_set, password_can_change, password_must_change;
    struct wire_span account_name, full_name, logon_server, domain_name;
    struct wire_span script, profile, home, home_drive; /* empty where they are no texts */
    USHORT logon_count, bad_password_count;
    ULONG user_rid, primary_group_rid;
    ULONG user_flags, account_control;
    struct wire_span session_key; /* 16 bytes */
    struct wire_span domain_sid;
    ULONG group_count, extra_count, resource_count;
    struct wire_span groups;              /* {rid, attributes} each */
    struct wire_span extra, extra_sids;   /* {pointer, attributes} each, and what the pointers point at, one after the other */
    struct wire_span resource_domain_sid, resource_groups;
};

struct pac_client_info
{
    LONGLONG time;
    struct wire_span name;
};

struct pac_upn_info
{
    struct wire_span upn, dns_domain;
    bool constructed;
    struct wire_span sid; /* only with the extension, as are names that nobody needs */
};

/* All are false for what does not agree with itself or with the limits of pac.h. */
bool pac_find_buffers(struct wire_span pac, struct pac_buffers *buffers);
bool pac_read_logon_info(struct wire_span buffer, struct pac_logon_info *info); /* pac_logon_info.c */
bool pac_read_client_info(struct wire_span buffer, struct pac_client_info *info);
bool pac_read_upn_info(struct wire_span buffer, struct pac_upn_info *info);
/* A SID and nothing behind it. */
bool pac_is_sid(struct wire_span sid);
/* UTF-16 without NUL in it. */
bool pac_is_text(struct wire_span text);

#endif

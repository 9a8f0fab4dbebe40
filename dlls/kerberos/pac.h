/*
 * What a Privilege Attribute Certificate says of a client (MS-PAC), out of bytes whose signature somebody else has verified.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_PAC_H
#define GUISE_KERBEROS_PAC_H

#include <stdbool.h>
#include <stddef.h>

#include <ntifs.h>

#include "ntoskrnl/core.h"

/* More than an AP-REQ that any server takes can carry. */
#define PAC_MAX_SIZE (1u << 20)

#define PAC_SESSION_KEY_SIZE 16

/*
 * All texts end with NUL and lie in the same block as the SIDs: they live as long as the logon. An empty text is "", one whose buffer the PAC
 * does not have is NULL.
 */
struct pac_logon
{
    const WCHAR *account_name; /* sAMAccountName (EffectiveName); never empty */
    const WCHAR *full_name;
    const WCHAR *domain_name;  /* NetBIOS name of the account's domain; never empty */
    const WCHAR *logon_server;
    const WCHAR *script, *profile, *home, *home_drive; /* of an interactive logon */
    USHORT logon_count, bad_password_count;
    const WCHAR *upn;          /* of UPN_DNS_INFO, as are the two below; NULL without it */
    const WCHAR *dns_domain;
    bool upn_constructed;      /* the account has none of its own: it was made of its names */
    const SID *user;
    const SID *primary_group;  /* one of the groups, too */
    size_t group_count;        /* groups of the domain, extra SIDs, resource groups; every SID once, never the user's, its
                                  attributes without what only a token may say */
    const struct token_sid *groups;
    ULONG user_flags;          /* LOGON_* */
    ULONG account_control;     /* USER_* of MS-SAMR 2.2.1.12 */
    LONGLONG logon_time, logoff_time, kickoff_time; /* FILETIME */
    LONGLONG password_last_set, password_can_change, password_must_change;
    UCHAR session_key[PAC_SESSION_KEY_SIZE]; /* zeros, but for logons that NTLM made */
    const WCHAR *client_name;  /* of CLIENT_INFO: the ticket's client principal, without the realm where it is the account's */
    LONGLONG client_time;      /* of CLIENT_INFO: the ticket's authtime as FILETIME */
};

/*
 * Reads the PAC of SIZE bytes at DATA. The caller has verified its server signature with the service's key and that CLIENT_INFO is that of
 * the ticket (krb5_pac_verify with authtime and principal does both), and owns *LOGON (pac_free).
 *
 * STATUS_INVALID_PARAMETER: not a PAC, a needed buffer is missing or there twice (LOGON_INFO, CLIENT_INFO, both signatures), or it contradicts
 * itself (the SIDs of UPN_DNS_INFO and REQUESTOR are not the user's). STATUS_NO_MEMORY. *LOGON is NULL then.
 */
NTSTATUS pac_read(const UCHAR *data, size_t size, struct pac_logon **logon);
void pac_free(struct pac_logon *logon);

/* The token that a logon with a PAC is to give. */
struct pac_token_request
{
    const char *source;                  /* of TOKEN_SOURCE, at most 8 characters: "Kerberos" */
    SECURITY_IMPERSONATION_LEVEL level;  /* what the client permits (S9.1.4) */
    const struct guise_logon_kind *kind; /* NULL: a network logon; its texts are not looked at */
};

/*
 * The access token of the account that LOGON is about, with its Unix account looked up as [accounts] accounts says: the token carries the uid and
 * gids of that account and the gids that its groups are mapped to. The caller owns one reference (guise_dereference_token).
 *
 * STATUS_NO_SUCH_USER: no Unix account stands behind it. STATUS_NO_LOGON_SERVERS: who could tell does not answer. STATUS_ACCESS_DENIED: one that
 * is never carried (design 5.8). STATUS_NO_MEMORY.
 */
NTSTATUS pac_create_token(const struct pac_logon *logon, const struct pac_token_request *request, PACCESS_TOKEN *token);

#endif

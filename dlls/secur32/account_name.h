/*
 * What accounts are called, for GetUserNameEx, TranslateName and their relatives.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_ACCOUNT_NAME_H
#define GUISE_SECUR32_ACCOUNT_NAME_H

#include <secext.h>

#include "dlls/secur32/front.h"

/* The functions answer ERROR_ codes. */

/* Texts are guise_alloc()ed; NULL: there is none. To be freed with account_name_free(), whatever comes. */
struct account_name
{
    WCHAR *user;                /* empty: the domain itself is meant */
    WCHAR *domain, *dns_domain; /* a machine in no DNS domain has none */
    WCHAR *upn;                 /* where a logon said so; else it is made of the others: */
    bool upn_is_told;           /* unless only another domain could say it */
    bool has_uid;
    uid_t uid; /* of the Unix account that knows its full name */
};

void account_name_free(struct account_name *name);

/*
 * A client is called what it logged on as; the process, which did not, what its Unix account is called. ERROR_NONE_MAPPED: it has no
 * name.
 */
ULONG account_name_of_token(PACCESS_TOKEN token, struct account_name *name);

/*
 * An account of this machine's domain: of its account store, or a Unix account, spelt as it is there. ERROR_NONE_MAPPED: there is
 * no such account.
 */
ULONG account_name_of_local(const WCHAR *user, struct account_name *name);

/* This machine's domain itself: its user is empty. */
ULONG account_name_of_domain(struct account_name *name);

/* The account of this computer in the domain that is configured. ERROR_CANT_ACCESS_DOMAIN_INFO: it is in none. */
ULONG account_name_of_computer(struct account_name *name);

/* Of UTF-16, UNITS long; the user is empty for the domain itself. */
struct account_text
{
    const WCHAR *user, *domain;
    size_t user_units, domain_units;
};

/*
 * An account of the domain that this machine is a member of, or of one that that trusts, spelt as it is there; PRINCIPAL: user@domain in one text, which need not be the
 * names of either. ERROR_NONE_MAPPED: there is none. ERROR_CANT_ACCESS_DOMAIN_INFO: this machine is no member, or the domain does not answer.
 */
ULONG account_name_of_member(const struct account_text *given, bool principal, struct account_name *name);

/* The name in FORMAT, guise_alloc()ed. ERROR_NONE_MAPPED: it has none of that form, or a directory would be needed to know it. */
ULONG account_name_format(const struct account_name *name, EXTENDED_NAME_FORMAT format, WCHAR **text);

bool account_name_is_format(EXTENDED_NAME_FORMAT format);

/* ---- the caller's buffer ----------------------------------------------------------------------------------------- */

/* In either form; SIZE counts its characters, which are bytes in the A form. */
struct name_buffer
{
    void *text;
    ULONG *size;
    bool ansi;
};

/*
 * TEXT with its terminator, if it fits. *NEEDED: the characters of both. Windows counts UTF-16 units in the A forms too (S2.17.2),
 * with which a name that is longer in UTF-8 could never be had; for ASCII both are the same.
 */
bool name_buffer_fill(const struct name_buffer *buffer, const WCHAR *text, ULONG *needed);

#endif

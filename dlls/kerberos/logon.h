/*
 * What the logons of the LSA's package Kerberos share.
 *
 * Whatever a KDC says, nobody becomes a token before a ticket for this machine itself was accepted with the machine's own key, as a client's
 * would be: who is only pretended by somebody in the KDC's place does not get that far.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_LOGON_H
#define GUISE_KERBEROS_LOGON_H

#include "dlls/kerberos/clients.h"
#include "dlls/secur32/lsa_package.h"

/*
 * What a CODE means for the logon of the user it is about (S2.18.4, S2.18.5); 0 is STATUS_SUCCESS. SUBSTATUS, which may be NULL, is written with
 * STATUS_ACCOUNT_RESTRICTION.
 */
NTSTATUS krb_logon_status(krb5_error_code code, NTSTATUS *substatus);

/*
 * The client whom TICKETS are of, as the service SERVICE sees him: a ticket for it is shown to our own acceptor. The caller releases the client, also where it fails.
 * STATUS_NO_TRUST_SAM_ACCOUNT: the KDC does not know the service. STATUS_TRUSTED_RELATIONSHIP_FAILURE: the ticket is not one for our key; the log says so. STATUS_NO_LOGON_SERVERS and the
 * others of krb_logon_status(). In the bracket.
 */
NTSTATUS krb_prove_client(gss_cred_id_t tickets, const char *service, struct krb_client **client);

/* What is told about CLIENT, who is logged on: a KERB_INTERACTIVE_PROFILE. STATUS_NO_MEMORY. */
NTSTATUS krb_make_profile(const struct krb_client *client, struct lsa_logon_result *result);

/* ---- requests ---- */

/* A text of a request as UTF-8 (guise_free_secret). STATUS_INVALID_PARAMETER: not inside it, of odd length, no text or with a NUL. STATUS_NO_MEMORY. */
NTSTATUS krb_read_text(const struct lsa_buffer *request, const UNICODE_STRING *string, char **text);
void krb_free_text(char *text);

/* The realm that a domain's name means: that of the machine's own domain has two names; "" stays "" (guise_free). NULL: no memory. */
char *krb_realm_of(const char *domain);

/* ---- kinds of logons ---- */

NTSTATUS krb_logon_user(const struct lsa_logon *logon, struct lsa_logon_result *result); /* STATUS_BAD_VALIDATION_CLASS: none of these */
NTSTATUS krb_log_on_for_user(const struct lsa_logon *logon, struct lsa_logon_result *result); /* s4u.c */

#endif

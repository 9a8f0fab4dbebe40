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
 * What a CODE means for the logon of the user it is about (S2.18.4, S2.18.5); 0 is STATUS_SUCCESS, and
 * STATUS_NO_SUCH_USER is for those who may try another name alone: callers of the LSA are told STATUS_LOGON_FAILURE. SUBSTATUS, which may be NULL, is written with
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

/* ---- requests: subject.c ---- */

/* Whom a request is about. */
struct krb_subject
{
    char *user;  /* user@domain, or an account of the realm */
    char *realm; /* "" where the request names no domain */
};

/* Either is to be freed with krb_free_subject(), also where it fails. The second one has USER from here on; a domain's NetBIOS name is that of its realm. */
NTSTATUS krb_read_subject(const struct lsa_buffer *request, const UNICODE_STRING *user, const UNICODE_STRING *domain, struct krb_subject *subject);
NTSTATUS krb_make_subject(char *user, const char *domain, struct krb_subject *subject);
void krb_free_subject(struct krb_subject *subject);

/* NAME is as krb5_parse_name() reads it, with its flag for enterprise names. STATUS_NO_SUCH_USER: another name may be known. */
typedef NTSTATUS (*krb_try)(const char *name, bool enterprise, void *data);

/* Tries the names of SUBJECT one after the other while they are not known. STATUS_LOGON_FAILURE: none is. */
NTSTATUS krb_try_names(const struct krb_subject *subject, krb_try try, void *data);

/* ---- kinds of logons ---- */

/* Of struct lsa_package: whether there is a key that could prove anything. */
NTSTATUS krb_check_ready(void);

NTSTATUS krb_logon_user(const struct lsa_logon *logon, struct lsa_logon_result *result); /* STATUS_BAD_VALIDATION_CLASS: none of these */
NTSTATUS krb_log_on_with_password(const struct lsa_logon *logon, struct lsa_logon_result *result); /* interactive.c */
NTSTATUS krb_log_on_for_user(const struct lsa_logon *logon, struct lsa_logon_result *result); /* s4u.c */

#endif

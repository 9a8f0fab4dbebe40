/*
 * Who tickets are of: what GSS said of the client, kept for a moment, as a client shows one ticket for many contexts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_CLIENTS_H
#define GUISE_KERBEROS_CLIENTS_H

#include <stdatomic.h>

#include "dlls/kerberos/kerberos.h"
#include "dlls/kerberos/pac.h"

/* Not changed once it is made. */
struct krb_client
{
    atomic_uint references;
    char *name;        /* as MIT Kerberos writes it */
    char *local;       /* what krb5.conf's rules (auth_to_local) make of him, by default his own name in the default realm; NULL: nothing */
    UCHAR *pac;        /* NULL: the ticket has none */
    size_t pac_size;
    bool pac_verified; /* its signature is the service key's, and it is of this client and ticket */
};

void krb_release_client(struct krb_client *client);

/* ---- token.c ---- */

/* What GSS knows of the client whose AP-REQ it has accepted; to be released, also where it fails. SEC_E_INSUFFICIENT_MEMORY and the like. */
SECURITY_STATUS krb_ask_client(gss_ctx_id_t gss, struct krb_client **client);

/* The KDC of MIT makes PACs as well, without a logon in them (MS-PAC 2.4). */
bool krb_has_logon(const struct krb_client *client);

/*
 * The access token of CLIENT, as krb_create_token() makes it. STATUS_LOGON_FAILURE: a PAC that is not signed with our key; STATUS_NO_SUCH_USER and
 * the others of pac_create_token().
 */
NTSTATUS krb_client_token(const struct krb_client *client, const struct pac_token_request *request, PACCESS_TOKEN *token);

/* ---- clients.c ---- */

#define KRB_TICKET_ID_SIZE 32

/*
 * The SHA-256 of the ticket in an AP-REQ that GSS has accepted. False where the AP-REQ is not just its five fields in their order: then another
 * reader might take something else for the ticket, and whose it is must be asked.
 */
bool krb_ticket_id(struct krb_span token, UCHAR id[KRB_TICKET_ID_SIZE]);

/* The client of a ticket, with a reference, or NULL. An answer is used as long as one of NSS: [accounts] lookup-cache. */
struct krb_client *krb_find_client(const UCHAR id[KRB_TICKET_ID_SIZE]);
void krb_keep_client(const UCHAR id[KRB_TICKET_ID_SIZE], struct krb_client *client);

#endif

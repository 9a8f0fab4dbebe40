/*
 * The messages of user-to-user: how a client asks for the server's ticket-granting ticket, how that is sent, and what says in an AP-REQ that its
 * ticket is sealed with that ticket's session key (draft-swift-win2k-krb-user2user 2, RFC 4120 5.5.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_USER_MESSAGES_H
#define GUISE_KERBEROS_USER_MESSAGES_H

#include <krb5.h>

#include "dlls/kerberos/framing.h"

/* The five fields of an AP-REQ, as far as they count here. */
struct krb_ap_req
{
    struct wire_span options, ticket; /* contents of the fields */
};

/* False where it is not just its five fields in their order: then another reader might see others. */
bool krb_read_ap_req(struct wire_span message, struct krb_ap_req *ap_req);

/* Of the options: whether the ticket is sealed with a session key. False: they cannot be read. */
bool krb_read_use_session_key(const struct krb_ap_req *ap_req, bool *use_session_key);

/* Sets it in TOKEN, where AP_REQ was read. False: they cannot be read. */
bool krb_set_use_session_key(UCHAR *token, const struct krb_ap_req *ap_req);

/* A KERB-TGT-REQUEST. Whom it names is not proved by anything, so nothing is made of it. */
bool krb_read_tgt_request(struct wire_span message);
/* NULL: no memory. SERVER's realm may be empty, which is "not known". */
UCHAR *krb_write_tgt_request(krb5_const_principal server, size_t *size);

/* A KERB-TGT-REPLY: the ticket in it. */
bool krb_read_tgt_reply(struct wire_span message, struct wire_span *ticket);
UCHAR *krb_write_tgt_reply(struct wire_span ticket, size_t *size);

#endif

/*
 * User-to-user: a client's ticket for a server that has no key but that of its ticket-granting ticket (RFC 4120 3.7,
 * draft-swift-win2k-krb-user2user). Where nothing else is said, calls are made in the bracket.
 *
 *   client                                   server
 *   TGT-REQ              ------------------>
 *                        <------------------ TGT-REP, its ticket-granting ticket, which is no secret
 *   asks the KDC for a ticket sealed with that one's session key
 *   AP-REQ, as ever      ------------------>
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_USER_TO_USER_H
#define GUISE_KERBEROS_USER_TO_USER_H

#include "dlls/kerberos/framing.h"
#include "dlls/kerberos/kerberos.h"

/* ---- tickets: own_ticket.c -------------------------------------------------------------------------------------------------- */

/* The one of the realm that CACHE's client is of, with some life left. TGT is to be freed. */
krb5_error_code krb_find_tgt(krb5_context krb5, krb5_ccache cache, krb5_creds *tgt);

/* The tickets of a credential that has been looked at (gss_inquire_cred), to be destroyed. */
SECURITY_STATUS krb_copy_cache(krb5_context krb5, gss_cred_id_t tickets, krb5_ccache *cache);

/* NAME as libkrb5 has it; without a realm its realm is empty. */
SECURITY_STATUS krb_parse_name(krb5_context krb5, gss_name_t name, krb5_principal *principal);

/* CREDENTIAL's for accepting. SEC_E_NO_CREDENTIALS: it has none, now or ever. */
SECURITY_STATUS krb_find_own_ticket(krb5_context krb5, struct package_credential *credential, krb5_creds *tgt);

/* Whether there is one now. Not in the bracket. */
SECURITY_STATUS krb_check_own_ticket(struct package_credential *credential);

/* ---- the server: user_server.c ----------------------------------------------------------------------------------------------- */

/*
 * Between TGT-REP and AP-REQ: keys that are the session key of the ticket that was sent, and no other. They are this context's alone, so that
 * nothing but the AP-REQ of its exchange is ever tried with them.
 */
struct krb_session_keys
{
    gss_cred_id_t keys, keys_no_replay;
};

/* The answer to TGT-REQ. Not in the bracket. SEC_E_NO_CREDENTIALS, and the answer says so where the program wants it to. */
SECURITY_STATUS krb_answer_tgt_request(struct package_context *context, struct leg *leg, const struct krb_frame *request);
void krb_free_session_keys(struct krb_session_keys *keys);

/* ---- the client: user_client.c ------------------------------------------------------------------------------------------------ */

/* The TGT-REQ for context->target, where there are tickets to go on with. */
SECURITY_STATUS krb_request_tgt(struct package_context *context, struct leg *leg);

/*
 * The ticket for context->target that the TGT-REP in REPLY asks for: TICKETS to make the AP-REQ with, which has to show TICKET, and context->target
 * by its full name.
 */
struct krb_user_ticket
{
    krb5_context krb5;
    krb5_ccache cache;
    krb5_creds *creds;
    gss_cred_id_t tickets;
};

SECURITY_STATUS krb_take_user_ticket(struct package_context *context, const struct krb_frame *reply, struct krb_user_ticket *ticket);
void krb_free_user_ticket(struct krb_user_ticket *ticket);

/* Says in the AP-REQ that is the leg's token what its ticket is sealed with. SEC_E_INTERNAL_ERROR: it has another ticket. */
SECURITY_STATUS krb_mark_user_ticket(struct package_context *context, struct leg *leg, const struct krb_user_ticket *ticket);

/* ---- frames: user_server.c ----------------------------------------------------------------------------------------------------- */

/*
 * TOKEN, whose frame FRAME is, as of the mechanism that our credentials of MIT Kerberos are for. Where it was of another one it is a copy then, also
 * in *COPY, which is to be freed. False: no memory.
 */
bool krb_known_token(const struct krb_frame *frame, struct krb_span *token, UCHAR **copy);

/* The leg's token in the frame that the peer speaks in, if that is known. */
SECURITY_STATUS krb_frame_output(const struct package_context *context, struct leg *leg);

#endif

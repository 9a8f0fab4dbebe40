/*
 * The client's half of user-to-user.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/caches.h"
#include "dlls/kerberos/user_messages.h"
#include "dlls/kerberos/user_to_user.h"

static SECURITY_STATUS status_of(krb5_error_code code)
{
    return code ? krb_leg_status(GSS_S_FAILURE, code, false, "user-to-user") : SEC_E_OK;
}

/* ---- TGT-REQ ---- */

/* Whether there is something to go on with is known now, while another package may still be chosen. */
static SECURITY_STATUS check_tickets(struct package_credential *credential, bool *unknown)
{
    gss_cred_id_t tickets;
    SECURITY_STATUS status = krb_take_tickets(credential, &tickets, unknown);
    bool usable;

    if (status) return status;
    status = krb_check_tickets(tickets, &usable, unknown);
    krb_put_tickets(credential, tickets);
    return status || usable ? status : SEC_E_NO_CREDENTIALS;
}

static SECURITY_STATUS send_request(struct leg *leg, krb5_const_principal server)
{
    size_t body_size, size;
    UCHAR *body = krb_write_tgt_request(server, &body_size);
    const struct krb_frame frame = {KRB_MESSAGE_TGT_REQ, KRB_FRAME_USER_TO_USER, {body, body_size}};

    if (body && (leg->token = krb_write_frame(&frame, &size))) leg->token_length = size;
    guise_free(body);
    return leg->token ? SEC_I_CONTINUE_NEEDED : SEC_E_INSUFFICIENT_MEMORY;
}

SECURITY_STATUS krb_request_tgt(struct package_context *context, struct leg *leg)
{
    SECURITY_STATUS status = check_tickets(context->credential, &leg->client_unknown);
    krb5_principal server;
    krb5_context krb5;

    context->user_to_user = true;
    if (status) return status;
    if (krb->krb5_init_context(&krb5)) return SEC_E_INSUFFICIENT_MEMORY;
    if (!(status = krb_parse_name(krb5, context->target, &server)))
    {
        status = send_request(leg, server);
        krb->krb5_free_principal(krb5, server);
    }
    krb->krb5_free_context(krb5);
    leg->attributes = krb_attributes(context);
    return status;
}

/* ---- the ticket ---- */

void krb_free_user_ticket(struct krb_user_ticket *ticket)
{
    OM_uint32 minor;

    if (ticket->tickets) krb->gss_release_cred(&minor, &ticket->tickets);
    if (ticket->creds) krb->krb5_free_creds(ticket->krb5, ticket->creds);
    if (ticket->cache) krb->krb5_cc_destroy(ticket->krb5, ticket->cache);
    if (ticket->krb5) krb->krb5_free_context(ticket->krb5);
    memset(ticket, 0, sizeof(*ticket));
}

/* FROM has the tickets of the client. SECOND is the peer's, and only the KDC can read it. */
static krb5_error_code ask(struct krb_user_ticket *ticket, krb5_ccache from, krb5_principal server, struct wire_span second)
{
    krb5_creds wanted = {.server = server, .second_ticket = {.data = (char *)second.data, .length = second.size}};
    krb5_error_code code = krb->krb5_cc_get_principal(ticket->krb5, from, &wanted.client);

    if (code) return code;
    code = krb->krb5_get_credentials(ticket->krb5, KRB5_GC_USER_USER | KRB5_GC_NO_STORE, from, &wanted, &ticket->creds);
    krb->krb5_free_principal(ticket->krb5, wanted.client);
    return code;
}

/* Alone in a cache, and not as what it is: else GSS passes over it. With nothing to ask for another with it cannot. */
static krb5_error_code keep(struct krb_user_ticket *ticket)
{
    ticket->creds->is_skey = FALSE;
    return krb_make_cache(ticket->krb5, ticket->creds, &ticket->cache);
}

/* Which GSS forwards. */
static krb5_error_code keep_tgt(struct krb_user_ticket *ticket, krb5_ccache from)
{
    krb5_error_code code;
    krb5_creds tgt;

    if ((code = krb_find_tgt(ticket->krb5, from, &tgt))) return code;
    code = krb->krb5_cc_store_cred(ticket->krb5, ticket->cache, &tgt);
    krb->krb5_free_cred_contents(ticket->krb5, &tgt);
    return code;
}

/* The tickets of the client, as they are now. */
static SECURITY_STATUS copy_tickets(krb5_context krb5, struct package_credential *credential, krb5_ccache *cache)
{
    gss_cred_id_t tickets;
    bool usable, unknown;
    SECURITY_STATUS status = krb_take_tickets(credential, &tickets, &unknown);

    if (status) return status;
    status = krb_check_tickets(tickets, &usable, &unknown);
    if (!status) status = krb_copy_cache(krb5, tickets, cache);
    krb_put_tickets(credential, tickets);
    return status;
}

/* The name on the ticket, so that GSS finds that and asks nobody for another. */
static SECURITY_STATUS take_full_name(struct package_context *context, struct krb_user_ticket *ticket)
{
    gss_name_t name;
    OM_uint32 minor;
    SECURITY_STATUS status;
    char *text;

    if ((status = status_of(krb->krb5_unparse_name(ticket->krb5, ticket->creds->server, &text)))) return status;
    status = krb_import_principal(text, false, &name);
    krb->krb5_free_unparsed_name(ticket->krb5, text);
    if (status) return status;
    krb->gss_release_name(&minor, &context->target);
    context->target = name;
    return SEC_E_OK;
}

static SECURITY_STATUS take_ticket(struct package_context *context, struct wire_span second, struct krb_user_ticket *ticket)
{
    krb5_principal server;
    krb5_ccache from;
    SECURITY_STATUS status;

    if ((status = krb_parse_name(ticket->krb5, context->target, &server))) return status;
    if (!(status = copy_tickets(ticket->krb5, context->credential, &from)))
    {
        status = status_of(ask(ticket, from, server, second));
        if (!status) status = status_of(keep(ticket));
        if (!status && (context->request & ISC_REQ_DELEGATE)) status = status_of(keep_tgt(ticket, from));
        krb->krb5_cc_destroy(ticket->krb5, from);
    }
    krb->krb5_free_principal(ticket->krb5, server);
    if (!status) status = take_full_name(context, ticket);
    return status ? status : krb_acquire_cache(ticket->cache, &ticket->tickets);
}

/* Why there is no ticket. It is not proved, and ends what would have come to nothing anyway. */
static SECURITY_STATUS read_refusal(krb5_context krb5, struct wire_span message)
{
    krb5_data data = {.data = (char *)message.data, .length = message.size};
    krb5_error *error;
    SECURITY_STATUS status;

    if (krb->krb5_rd_error(krb5, &data, &error)) return SEC_E_INVALID_TOKEN;
    status = status_of(error->error && error->error < 128 ? ERROR_TABLE_BASE_krb5 + (krb5_error_code)error->error : KRB5KRB_ERR_GENERIC);
    krb->krb5_free_error(krb5, error);
    return status;
}

SECURITY_STATUS krb_take_user_ticket(struct package_context *context, const struct krb_frame *reply, struct krb_user_ticket *ticket)
{
    struct wire_span second;
    SECURITY_STATUS status = SEC_E_INVALID_TOKEN;

    memset(ticket, 0, sizeof(*ticket));
    if (krb->krb5_init_context(&ticket->krb5)) return SEC_E_INSUFFICIENT_MEMORY;
    context->frame = reply->kind;
    if (reply->message == KRB_MESSAGE_ERROR) status = read_refusal(ticket->krb5, reply->body);
    else if (reply->message == KRB_MESSAGE_TGT_REP && krb_read_tgt_reply(reply->body, &second)) status = take_ticket(context, second, ticket);
    if (status) krb_free_user_ticket(ticket);
    return status;
}

/* ---- AP-REQ ---- */

/* The contents of the field of an AP-REQ are what the KDC gave. */
static bool shows(const struct krb_ap_req *ap_req, const krb5_data *ticket)
{
    return ap_req->ticket.size == ticket->length && !memcmp(ap_req->ticket.data, ticket->data, ticket->length);
}

SECURITY_STATUS krb_mark_user_ticket(struct package_context *context, struct leg *leg, const struct krb_user_ticket *ticket)
{
    struct krb_frame frame = krb_read_frame(leg->token, leg->token_length);
    struct krb_ap_req ap_req;

    if (frame.message != KRB_MESSAGE_AP_REQ || !krb_read_ap_req(frame.body, &ap_req) || !shows(&ap_req, &ticket->creds->ticket) ||
        !krb_set_use_session_key(leg->token, &ap_req))
    {
        guise_free(leg->token);
        leg->token = NULL;
        leg->token_length = 0;
        return SEC_E_INTERNAL_ERROR;
    }
    return krb_frame_output(context, leg);
}

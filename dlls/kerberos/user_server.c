/*
 * The server's half of user-to-user.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "dlls/kerberos/user_messages.h"
#include "dlls/kerberos/user_to_user.h"

/* ---- frames ---- */

bool krb_known_token(const struct krb_frame *frame, struct krb_span *token, UCHAR **copy)
{
    const struct krb_frame known = {frame->message, KRB_FRAME_KERBEROS, frame->body};

    *copy = NULL;
    if (frame->kind == KRB_FRAME_NONE || frame->kind == KRB_FRAME_KERBEROS) return true;
    *copy = krb_write_frame(&known, &token->size);
    token->data = *copy;
    return *copy;
}

/* BODY as the leg's token. */
static SECURITY_STATUS send_body(const struct package_context *context, struct leg *leg, enum krb_message message, UCHAR *body, size_t body_size)
{
    struct krb_frame frame = {message, context->frame, {body, body_size}};
    size_t size;

    if (!body || !(leg->token = krb_write_frame(&frame, &size))) return SEC_E_INSUFFICIENT_MEMORY;
    leg->token_length = size;
    return SEC_E_OK;
}

SECURITY_STATUS krb_frame_output(const struct package_context *context, struct leg *leg)
{
    struct krb_frame frame = krb_read_frame(leg->token, leg->token_length);
    UCHAR *old = leg->token;
    SECURITY_STATUS status;

    if (!context->frame || !frame.kind || frame.kind == context->frame) return SEC_E_OK; /* DCE style has none */
    leg->token = NULL;
    leg->token_length = 0;
    status = send_body(context, leg, frame.message, (UCHAR *)frame.body.data, frame.body.size);
    guise_free(old);
    return status;
}

/* ---- the session key ---- */

void krb_free_session_keys(struct krb_session_keys *keys)
{
    OM_uint32 minor;

    if (!keys) return;
    guise_process_begin();
    if (keys->keys) krb->gss_release_cred(&minor, &keys->keys);
    if (keys->keys_no_replay) krb->gss_release_cred(&minor, &keys->keys_no_replay);
    guise_process_end();
    guise_free(keys);
}

/* The last one who closes the key table in memory wipes it. */
static SECURITY_STATUS fill_keys(krb5_context krb5, const char *table, const krb5_creds *tgt, struct krb_session_keys *keys)
{
    krb5_keytab_entry entry = {.principal = tgt->client, .vno = 1, .key = tgt->keyblock};
    krb5_keytab keytab;
    krb5_error_code code;
    SECURITY_STATUS status;

    if ((code = krb->krb5_kt_resolve(krb5, table, &keytab))) return krb_leg_status(GSS_S_FAILURE, code, true, "session key");
    code = krb->krb5_kt_add_entry(krb5, keytab, &entry);
    status = code ? krb_leg_status(GSS_S_FAILURE, code, true, "session key") : SEC_E_OK;
    if (!status) status = krb_acquire_key_table(GSS_C_NO_NAME, table, true, &keys->keys);
    if (!status) status = krb_acquire_key_table(GSS_C_NO_NAME, table, false, &keys->keys_no_replay);
    krb->krb5_kt_close(krb5, keytab);
    return status;
}

static SECURITY_STATUS make_keys(krb5_context krb5, const krb5_creds *tgt, struct krb_session_keys **keys)
{
    static atomic_ullong last;
    char table[64];
    SECURITY_STATUS status;

    if (!(*keys = guise_alloc(sizeof(**keys)))) return SEC_E_INSUFFICIENT_MEMORY;
    snprintf(table, sizeof(table), "MEMORY:guise-user-to-user-%llu", atomic_fetch_add(&last, 1));
    if (!(status = fill_keys(krb5, table, tgt, *keys))) return SEC_E_OK;
    krb_free_session_keys(*keys);
    *keys = NULL;
    return status;
}

/* ---- the answer ---- */

static SECURITY_STATUS send_ticket(struct package_context *context, struct leg *leg, const krb5_data *ticket)
{
    size_t size;
    UCHAR *body = krb_write_tgt_reply((struct wire_span){(const UCHAR *)ticket->data, ticket->length}, &size);
    SECURITY_STATUS status = send_body(context, leg, KRB_MESSAGE_TGT_REP, body, size);

    guise_free(body);
    return status;
}

/* KRB_AP_ERR_NO_TGT (RFC 4120 7.5.9), in nobody's name, as this server has none. */
static void send_refusal(krb5_context krb5, const struct package_context *context, struct leg *leg)
{
    krb5_error error = {.error = KRB5KRB_AP_ERR_NO_TGT - ERROR_TABLE_BASE_krb5};
    krb5_data text = {.data = NULL};
    UCHAR *body;

    if (krb->krb5_parse_name(krb5, "WELLKNOWN/NULL@WELLKNOWN:NULL", &error.server)) return;
    krb->krb5_us_timeofday(krb5, &error.stime, &error.susec);
    if (!krb->krb5_mk_error(krb5, &error, &text))
    {
        if ((body = guise_memdup(text.data, text.length))) send_body(context, leg, KRB_MESSAGE_ERROR, body, text.length);
        guise_free(body);
        krb->krb5_free_data_contents(krb5, &text);
    }
    krb->krb5_free_principal(krb5, error.server);
}

static SECURITY_STATUS answer(krb5_context krb5, struct package_context *context, struct leg *leg)
{
    SECURITY_STATUS status;
    krb5_creds tgt;

    if ((status = krb_find_own_ticket(krb5, context->credential, &tgt)))
    {
        if (context->request & ASC_REQ_EXTENDED_ERROR) send_refusal(krb5, context, leg);
        return status;
    }
    status = make_keys(krb5, &tgt, &context->session_keys);
    if (!status) status = send_ticket(context, leg, &tgt.ticket);
    krb->krb5_free_cred_contents(krb5, &tgt);
    return status ? status : SEC_I_CONTINUE_NEEDED;
}

SECURITY_STATUS krb_answer_tgt_request(struct package_context *context, struct leg *leg, const struct krb_frame *request)
{
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    krb5_context krb5;

    if (!krb_read_tgt_request(request->body)) return SEC_E_INVALID_TOKEN;
    context->user_to_user = true;
    context->frame = request->kind;
    guise_process_begin();
    if (!krb->krb5_init_context(&krb5))
    {
        status = answer(krb5, context, leg);
        krb->krb5_free_context(krb5);
    }
    guise_process_end();
    leg->attributes = krb_attributes(context);
    return status;
}

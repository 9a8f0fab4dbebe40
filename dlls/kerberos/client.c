/*
 * The initiator: a ticket for the service, and the proof that the other side is it (MS-KILE 3.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/user_to_user.h"

/* S2.5.14 to S2.5.24, S11.2. What is not here has no meaning for Kerberos, or is the front's. */
static OM_uint32 asked_flags(ULONG request)
{
    const ULONG order = ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT;
    OM_uint32 flags = 0;

    if (request & ISC_REQ_MUTUAL_AUTH) flags |= GSS_C_MUTUAL_FLAG;
    /* To a service that the KDC calls trusted for it alone, and only one that has shown that it is it (S6.3.1). */
    if ((request & ISC_REQ_DELEGATE) && (request & ISC_REQ_MUTUAL_AUTH)) flags |= GSS_C_DELEG_POLICY_FLAG;
    if (request & ISC_REQ_REPLAY_DETECT) flags |= GSS_C_REPLAY_FLAG;
    if (request & ISC_REQ_SEQUENCE_DETECT) flags |= GSS_C_SEQUENCE_FLAG;
    if (request & ISC_REQ_CONFIDENTIALITY) flags |= GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG;
    if (request & (ISC_REQ_INTEGRITY | order)) flags |= GSS_C_INTEG_FLAG;
    if ((request & ISC_REQ_NO_INTEGRITY) && !(request & (order | ISC_REQ_CONFIDENTIALITY))) flags &= ~GSS_C_INTEG_FLAG;
    if (request & ISC_REQ_USE_DCE_STYLE) flags |= GSS_C_DCE_STYLE | GSS_C_MUTUAL_FLAG; /* which has no shorter form */
    if (request & ISC_REQ_IDENTIFY) flags |= GSS_C_IDENTIFY_FLAG;
    if (request & ISC_REQ_EXTENDED_ERROR) flags |= GSS_C_EXTENDED_ERROR_FLAG;
    return flags;
}

/* One leg with TICKETS, which only the first one needs. In the bracket. */
static SECURITY_STATUS step(struct package_context *context, struct leg *leg, gss_cred_id_t tickets, struct krb_span token)
{
    gss_buffer_desc input = {token.size, (void *)token.data}, output = GSS_C_EMPTY_BUFFER;
    gss_channel_bindings_t bindings = context->bindings.block ? &context->bindings.gss : GSS_C_NO_CHANNEL_BINDINGS;
    OM_uint32 major, minor, flags = 0, lifetime = 0;
    SECURITY_STATUS status = SEC_E_OK;

    major = krb->gss_init_sec_context(&minor, tickets, &context->gss, context->target, &krb_mechanism, asked_flags(context->request), 0,
                                      bindings, &input, NULL, &output, &flags, &lifetime);
    if (GSS_ERROR(major)) status = krb_leg_status(major, minor, false, "ticket");
    if (output.length && krb_output_token(leg, &output) && !status) status = SEC_E_INSUFFICIENT_MEMORY;
    if (status) return status;
    context->flags = flags;
    if (major & GSS_S_CONTINUE_NEEDED)
    {
        leg->attributes = krb_attributes(context);
        return SEC_I_CONTINUE_NEEDED;
    }
    krb_complete(context, leg, lifetime);
    return SEC_E_OK;
}

static SECURITY_STATUS start(struct package_context *context, struct leg *leg)
{
    gss_cred_id_t tickets;
    SECURITY_STATUS status;

    if ((status = krb_take_bindings(&context->bindings, leg->input))) return status;
    if ((status = krb_import_target(leg->target, &context->target))) return status;
    guise_process_begin();
    if (!(status = krb_take_tickets(context->credential, &tickets, &leg->client_unknown)))
    {
        status = step(context, leg, tickets, (struct krb_span){NULL, 0});
        krb_put_tickets(context->credential, tickets);
    }
    guise_process_end();
    return status == SEC_E_CONTEXT_EXPIRED ? SEC_E_NO_CREDENTIALS : status; /* there is no context yet: all tickets are over */
}

static SECURITY_STATUS start_user_to_user(struct package_context *context, struct leg *leg)
{
    SECURITY_STATUS status;

    if ((status = krb_take_bindings(&context->bindings, leg->input))) return status;
    if ((status = krb_import_target(leg->target, &context->target))) return status;
    guise_process_begin();
    status = krb_request_tgt(context, leg);
    guise_process_end();
    return status;
}

static SECURITY_STATUS first_leg(struct package_credential *credential, struct package_context **context, struct leg *leg)
{
    struct package_context *made;
    SECURITY_STATUS status;

    if (!credential) return SEC_E_INVALID_HANDLE;
    if (credential->identity == KRB_IDENTITY_NONE) return SEC_E_NO_CREDENTIALS;
    if (!leg->target || !*leg->target) return SEC_E_TARGET_UNKNOWN; /* S6.1.1 */
    if (krb_input_token(leg).size) return SEC_E_INVALID_TOKEN;      /* no server speaks first */
    if (leg->request & ISC_REQ_DATAGRAM) return SEC_E_UNSUPPORTED_FUNCTION;
    if (!(made = krb_new_context(credential, false, leg->request))) return SEC_E_INSUFFICIENT_MEMORY;
    status = leg->request & ISC_REQ_USE_SESSION_KEY ? start_user_to_user(made, leg) : start(made, leg);
    if (SEC_SUCCESS(status)) *context = made;
    else krb_delete_context(made);
    return status;
}

/* The TGT-REP of user-to-user, or why there is none. In the bracket. */
static SECURITY_STATUS take_tgt(struct package_context *context, struct leg *leg, const struct krb_frame *frame)
{
    struct krb_user_ticket ticket;
    SECURITY_STATUS status, marked;

    if (!frame->message && !krb_input_token(leg).size) return SEC_E_NO_TGT_REPLY;
    if ((status = krb_take_user_ticket(context, frame, &ticket))) return status;
    status = step(context, leg, ticket.tickets, (struct krb_span){NULL, 0});
    if (SEC_SUCCESS(status) && (marked = krb_mark_user_ticket(context, leg, &ticket))) status = marked;
    krb_free_user_ticket(&ticket);
    return status;
}

/* The AP-REP, or why there is none. In the bracket. */
static SECURITY_STATUS take_answer(struct package_context *context, struct leg *leg, const struct krb_frame *frame)
{
    struct krb_span token = krb_input_token(leg);
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    UCHAR *copy;

    if (frame->message != KRB_MESSAGE_AP_REP && frame->message != KRB_MESSAGE_ERROR) return SEC_E_INVALID_TOKEN;
    if (krb_known_token(frame, &token, &copy)) status = step(context, leg, GSS_C_NO_CREDENTIAL, token);
    guise_free(copy);
    return status;
}

static SECURITY_STATUS later_leg(struct package_context *context, struct leg *leg)
{
    struct krb_span token = krb_input_token(leg);
    struct krb_frame frame = krb_read_frame(token.data, token.size);
    SECURITY_STATUS status;

    if (context->acceptor) return SEC_E_INVALID_HANDLE;
    if (context->state != KRB_STATE_OPEN) return SEC_E_OUT_OF_SEQUENCE;
    guise_process_begin();
    status = context->gss ? take_answer(context, leg, &frame) : take_tgt(context, leg, &frame);
    guise_process_end();
    if (!SEC_SUCCESS(status)) krb_fail(context);
    return status;
}

SECURITY_STATUS krb_initialize(struct package_credential *credential, struct package_context **context, struct leg *leg)
{
    return *context ? later_leg(*context, leg) : first_leg(credential, context, leg);
}

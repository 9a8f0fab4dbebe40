/*
 * The acceptor: an AP-REQ judged with the keys of the keytab, and the token of who sent it (MS-KILE 3.4).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/user_messages.h"
#include "dlls/kerberos/user_to_user.h"

/* What one leg brought to light. */
struct trial
{
    OM_uint32 major, minor, flags, lifetime;
    gss_buffer_desc answer;
    gss_cred_id_t delegated;
};

static void free_trial(struct trial *trial)
{
    OM_uint32 minor;

    guise_process_begin();
    if (trial->answer.value) krb->gss_release_buffer(&minor, &trial->answer);
    if (trial->delegated) krb->gss_release_cred(&minor, &trial->delegated);
    guise_process_end();
}

static void try_token(gss_ctx_id_t *gss, gss_cred_id_t keys, struct krb_span token, gss_channel_bindings_t bindings, struct trial *trial)
{
    gss_buffer_desc input = {token.size, (void *)token.data};

    guise_process_begin();
    /* Its name is asked for later, if at all: with it GSS takes a third longer. */
    trial->major = krb->gss_accept_sec_context(&trial->minor, gss, keys, &input, bindings, NULL, NULL, &trial->answer, &trial->flags,
                                               &trial->lifetime, &trial->delegated);
    guise_process_end();
}

/* ---- channel bindings ---- */

/* What is asked of the client's bindings, made of the policy and of what the program says. */
enum demand
{
    DEMAND_NOTHING,
    DEMAND_EQUAL,   /* the program's, or none at all where those may be missing */
    DEMAND_ANY,     /* the channel ends at a proxy: some, whatever they are (S2.6.6) */
    DEMAND_REFUSED  /* required, and the program has none to compare with */
};

static enum demand demand_of(const struct package_context *context)
{
    enum guise_check check = context->credential->channel_bindings;

    if (check == CHECK_OFF) return DEMAND_NOTHING;
    if (context->request & ASC_REQ_PROXY_BINDINGS) return DEMAND_ANY;
    if (context->bindings.block) return DEMAND_EQUAL;
    return check == CHECK_REQUIRED ? DEMAND_REFUSED : DEMAND_NOTHING;
}

/* Zeros stand for none (S6.2.5). */
static bool may_be_missing(const struct package_context *context)
{
    enum guise_check check = context->credential->channel_bindings;

    return check == CHECK_SUPPORTED || (check != CHECK_REQUIRED && (context->request & ASC_REQ_ALLOW_MISSING_BINDINGS));
}

/*
 * Whether the client bound itself to anything: a channel of our invention is not it, and only who has no bindings passes with that. Nothing
 * is kept of this look, so that the token is no replay when it is judged.
 */
static SECURITY_STATUS check_any_bindings(const struct package_context *context, gss_cred_id_t keys, struct krb_span token)
{
    struct gss_channel_bindings_struct invented = {.application_data = {sizeof("guise:no such channel"), (void *)"guise:no such channel"}};
    gss_ctx_id_t gss = GSS_C_NO_CONTEXT;
    struct trial trial = {0};
    OM_uint32 minor;

    try_token(&gss, keys, token, &invented, &trial);
    free_trial(&trial);
    if (gss) krb->gss_delete_sec_context(&minor, &gss, GSS_C_NO_BUFFER);
    if (GSS_ROUTINE_ERROR(trial.major) == GSS_S_BAD_BINDINGS) return SEC_E_OK;
    if (GSS_ERROR(trial.major)) return krb_leg_status(trial.major, trial.minor, true, "bindings");
    return may_be_missing(context) ? SEC_E_OK : SEC_E_BAD_BINDINGS;
}

/* After a leg whose bindings, if there were any, were right. */
static SECURITY_STATUS check_equal_bindings(const struct package_context *context, enum demand demand)
{
    if (demand != DEMAND_EQUAL || (context->flags & GSS_C_CHANNEL_BOUND_FLAG) || may_be_missing(context)) return SEC_E_OK;
    return SEC_E_BAD_BINDINGS;
}

/* ---- the client ---- */

/* S9.1.4 */
static SECURITY_IMPERSONATION_LEVEL token_level(const struct package_context *context, const struct trial *trial)
{
    if ((context->flags & GSS_C_IDENTIFY_FLAG) || (context->request & ASC_REQ_IDENTIFY)) return SecurityIdentification;
    return trial->delegated ? SecurityDelegation : SecurityImpersonation;
}

static SECURITY_STATUS make_token(struct package_context *context, struct krb_span token, struct trial *trial)
{
    SECURITY_IMPERSONATION_LEVEL level = token_level(context, trial);
    SECURITY_STATUS status;

    if (context->request & ASC_REQ_NO_TOKEN) return SEC_E_OK;
    status = krb_create_token(context->gss, token, level, &context->token);
    if (status || level != SecurityDelegation) return status;
    status = krb_keep_delegated(context->token, trial->delegated) ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
    trial->delegated = GSS_C_NO_CREDENTIAL;
    return status;
}

/* ---- legs ---- */

static SECURITY_STATUS judge(struct package_context *context, struct leg *leg, struct krb_span token, struct trial *trial, enum demand demand)
{
    SECURITY_STATUS status;

    if (GSS_ERROR(trial->major)) return krb_leg_status(trial->major, trial->minor, true, "AP-REQ");
    context->flags |= trial->flags;
    if (!trial->delegated) context->flags &= ~GSS_C_DELEG_FLAG;
    if ((status = check_equal_bindings(context, demand))) return status;
    if (trial->major & GSS_S_CONTINUE_NEEDED)
    {
        leg->attributes = krb_attributes(context);
        return SEC_I_CONTINUE_NEEDED; /* DCE style: the client answers once more */
    }
    if ((status = make_token(context, token, trial))) return status;
    krb_complete(context, leg, trial->lifetime);
    return SEC_E_OK;
}

/* The AP-REP; a KRB-ERROR only where it was asked for (S6.6.1). */
static SECURITY_STATUS answer(struct package_context *context, struct leg *leg, struct trial *trial, SECURITY_STATUS status)
{
    bool wanted = SEC_SUCCESS(status) || (GSS_ERROR(trial->major) && (context->request & ASC_REQ_EXTENDED_ERROR));

    if (wanted && trial->answer.length && (krb_output_token(leg, &trial->answer) || krb_frame_output(context, leg)) && SEC_SUCCESS(status))
        return SEC_E_INSUFFICIENT_MEMORY;
    return status;
}

/* Those of the keytab, or in an exchange of user-to-user that one's only. */
static gss_cred_id_t keys_of(const struct package_context *context, bool replays)
{
    const struct package_credential *credential = context->credential;

    if (!context->user_to_user) return replays ? credential->acceptor : credential->acceptor_no_replay;
    return replays ? context->session_keys->keys : context->session_keys->keys_no_replay;
}

static SECURITY_STATUS run(struct package_context *context, struct leg *leg, struct krb_span token)
{
    gss_cred_id_t keys = keys_of(context, !(context->request & ASC_REQ_ALLOW_CONTEXT_REPLAY));
    enum demand demand = demand_of(context);
    struct trial trial = {0};
    SECURITY_STATUS status;

    if (demand == DEMAND_REFUSED) return SEC_E_BAD_BINDINGS;
    if (demand == DEMAND_ANY && !context->gss && (status = check_any_bindings(context, keys_of(context, false), token))) return status;
    try_token(&context->gss, keys, token, demand == DEMAND_EQUAL ? &context->bindings.gss : GSS_C_NO_CHANNEL_BINDINGS, &trial);
    status = answer(context, leg, &trial, judge(context, leg, token, &trial, demand));
    free_trial(&trial);
    return status;
}

/* The same of a message as it came. */
static SECURITY_STATUS run_frame(struct package_context *context, struct leg *leg, const struct krb_frame *frame)
{
    struct krb_span token = krb_input_token(leg);
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    UCHAR *copy;

    if (krb_known_token(frame, &token, &copy)) status = run(context, leg, token);
    guise_free(copy);
    return status;
}

/*
 * Whether an AP-REQ says of its ticket what the exchange demands: sealed with a session key after TGT-REQ, and never elsewhere. It says so in the
 * clear; what decides is that each kind is tried with its own keys. One that cannot be read is of neither kind.
 */
static bool is_expected(const struct package_context *context, const struct krb_frame *frame)
{
    struct krb_ap_req ap_req;
    bool use_session_key;

    if (frame->kind == KRB_FRAME_USER_TO_USER && !context->user_to_user) return false;
    if (!krb_read_ap_req(frame->body, &ap_req) || !krb_read_use_session_key(&ap_req, &use_session_key)) return false;
    return use_session_key == context->user_to_user;
}

/* The AP-REQ, in the first leg or after TGT-REP. */
static SECURITY_STATUS take_ap_req(struct package_context *context, struct leg *leg, const struct krb_frame *frame)
{
    SECURITY_STATUS status;

    if (!is_expected(context, frame)) return SEC_E_INVALID_TOKEN;
    if ((status = krb_take_bindings(&context->bindings, leg->input))) return status;
    if (frame->kind) context->frame = frame->kind;
    return run_frame(context, leg, frame);
}

/* S2.6.6: the two are mutually exclusive. */
static bool contradicts(ULONG request)
{
    const ULONG exclusive = ASC_REQ_PROXY_BINDINGS | ASC_REQ_ALLOW_MISSING_BINDINGS;

    return (request & exclusive) == exclusive;
}

/* A program that says USE_SESSION_KEY takes nothing else; who does not say it takes both. */
static SECURITY_STATUS take_first(struct package_context *context, struct leg *leg, const struct krb_frame *frame)
{
    SECURITY_STATUS status;

    if (frame->message == KRB_MESSAGE_TGT_REQ)
    {
        if ((status = krb_take_bindings(&context->bindings, leg->input))) return status;
        return krb_answer_tgt_request(context, leg, frame);
    }
    if (frame->message != KRB_MESSAGE_AP_REQ || (context->request & ASC_REQ_USE_SESSION_KEY)) return SEC_E_INVALID_TOKEN;
    return context->credential->acceptor ? take_ap_req(context, leg, frame) : SEC_E_NO_CREDENTIALS;
}

static SECURITY_STATUS first_leg(struct package_credential *credential, struct package_context **context, struct leg *leg)
{
    struct krb_span token = krb_input_token(leg);
    struct krb_frame frame = krb_read_frame(token.data, token.size);
    struct package_context *made;
    SECURITY_STATUS status;

    if (!credential) return SEC_E_INVALID_HANDLE;
    if (!(credential->use & SECPKG_CRED_INBOUND)) return SEC_E_NO_CREDENTIALS;
    if (contradicts(leg->request) || (leg->request & ASC_REQ_DATAGRAM)) return SEC_E_UNSUPPORTED_FUNCTION;
    if (!(made = krb_new_context(credential, true, leg->request))) return SEC_E_INSUFFICIENT_MEMORY;
    status = take_first(made, leg, &frame);
    if (SEC_SUCCESS(status)) *context = made;
    else krb_delete_context(made);
    return status;
}

static SECURITY_STATUS later_leg(struct package_context *context, struct leg *leg)
{
    struct krb_span token = krb_input_token(leg);
    struct krb_frame frame = krb_read_frame(token.data, token.size);
    SECURITY_STATUS status = SEC_E_INVALID_TOKEN;

    if (!context->acceptor) return SEC_E_INVALID_HANDLE;
    if (context->state != KRB_STATE_OPEN) return SEC_E_OUT_OF_SEQUENCE;
    if (context->gss && frame.message == KRB_MESSAGE_AP_REP) status = run_frame(context, leg, &frame);
    if (!context->gss && frame.message == KRB_MESSAGE_AP_REQ) status = take_ap_req(context, leg, &frame);
    if (!SEC_SUCCESS(status)) krb_fail(context);
    return status;
}

SECURITY_STATUS krb_accept(struct package_credential *credential, struct package_context **context, struct leg *leg)
{
    return *context ? later_leg(*context, leg) : first_leg(credential, context, leg);
}

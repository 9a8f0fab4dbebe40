/*
 * gss-ntlmssp as one side of a conversation (side.h), with SIDE_PACKAGE=Negotiate under MIT Kerberos' SPNEGO. NTLM_USER_FILE names the
 * accounts of its server.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdbool.h>
#include <stdlib.h>

#include "gss_ntlm.h"
#include "side.h"

static gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
static gss_ctx_id_t context = GSS_C_NO_CONTEXT;
static gss_name_t target = GSS_C_NO_NAME, client_name = GSS_C_NO_NAME;
static struct gss_channel_bindings_struct bindings;
static bool has_bindings, is_server;
static OM_uint32 flags;

/* GSSAPI's own numbers: 0 is done, 1 is continue. */
static uint32_t status_of(const char *what, OM_uint32 major, OM_uint32 minor)
{
    if (GSS_ERROR(major)) gss_ntlm_print_status(stderr, what, major, minor);
    return major;
}

static uint32_t finish(OM_uint32 major, OM_uint32 minor, const char *what, gss_buffer_t out, struct side_bytes *answer)
{
    OM_uint32 ignored;

    if (!GSS_ERROR(major)) side_put(answer, out->value, out->length);
    gss_release_buffer(&ignored, out);
    return status_of(what, major, minor);
}

static void start(const struct side_bytes *protection, const struct side_bytes *channel, bool server)
{
    OM_uint32 ignored;

    gss_delete_sec_context(&ignored, &context, GSS_C_NO_BUFFER);
    gss_release_name(&ignored, &target);
    gss_release_name(&ignored, &client_name);
    gss_release_cred(&ignored, &credential);
    free(bindings.application_data.value);
    memset(&bindings, 0, sizeof(bindings));
    is_server = server;
    flags = strcmp((char *)protection->data, "sign") ? GSS_NTLM_FLAGS : GSS_NTLM_FLAGS & ~GSS_C_CONF_FLAG;
    if (!strcmp((char *)protection->data, "datagram")) flags |= GSS_NTLM_DATAGRAM_FLAG;
    has_bindings = channel->size;
    if (!has_bindings) return;
    bindings.application_data.length = channel->size;
    if (!(bindings.application_data.value = malloc(channel->size))) abort();
    memcpy(bindings.application_data.value, channel->data, channel->size);
}

static uint32_t run_client(const struct side_bytes *in, struct side_bytes *answer)
{
    OM_uint32 major, minor;
    char service[256];
    char *slash;

    (void)answer;
    start(&in[0], &in[1], false);
    snprintf(service, sizeof(service), "%s", (char *)in[5].data);
    if ((slash = strchr(service, '/'))) *slash = '@'; /* GSSAPI's spelling of HTTP/localhost */
    major = gss_ntlm_name(&minor, service, GSS_C_NT_HOSTBASED_SERVICE, &target);
    if (!GSS_ERROR(major))
        major = gss_ntlm_initiator(&minor, (char *)in[2].data, (char *)in[3].data, (char *)in[4].data, &credential);
    return status_of("client", major, minor);
}

static uint32_t run_server(const struct side_bytes *in, struct side_bytes *answer)
{
    OM_uint32 major, minor;

    (void)answer;
    start(&in[0], &in[1], true);
    major = gss_ntlm_acceptor(&minor, &credential);
    return status_of("server", major, minor);
}

static uint32_t run_token(const struct side_bytes *in, struct side_bytes *answer)
{
    gss_buffer_desc token = {in[0].size, in[0].data}, out = GSS_C_EMPTY_BUFFER;
    gss_channel_bindings_t channel = has_bindings ? &bindings : GSS_C_NO_CHANNEL_BINDINGS;
    OM_uint32 major, minor;

    if (is_server)
        major = gss_accept_sec_context(&minor, &context, credential, &token, channel, &client_name, NULL, &out, NULL,
                                       NULL, NULL);
    else
        major = gss_init_sec_context(&minor, credential, &context, target, gss_ntlm_in_spnego ? &gss_spnego : &gss_ntlm, flags, GSS_C_INDEFINITE, channel,
                                     &token, NULL, &out, NULL, NULL);
    return finish(major, minor, "token", &out, answer);
}

static uint32_t run_sign(const struct side_bytes *in, struct side_bytes *answer)
{
    gss_buffer_desc data = {in[0].size, in[0].data}, out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor, major = gss_get_mic(&minor, context, GSS_C_QOP_DEFAULT, &data, &out);

    return finish(major, minor, "sign", &out, answer);
}

static uint32_t run_verify(const struct side_bytes *in, struct side_bytes *answer)
{
    gss_buffer_desc data = {in[0].size, in[0].data}, signature = {in[1].size, in[1].data};
    OM_uint32 minor, major = gss_verify_mic(&minor, context, &data, &signature, NULL);

    (void)answer;
    return status_of("verify", major, minor);
}

static uint32_t run_seal(const struct side_bytes *in, struct side_bytes *answer)
{
    gss_buffer_desc data = {in[0].size, in[0].data}, out = GSS_C_EMPTY_BUFFER;
    int confidential = 0;
    OM_uint32 minor, major = gss_wrap(&minor, context, 1, GSS_C_QOP_DEFAULT, &data, &confidential, &out);

    if (!GSS_ERROR(major) && !confidential) major = GSS_S_FAILURE;
    return finish(major, minor, "seal", &out, answer);
}

static uint32_t run_open(const struct side_bytes *in, struct side_bytes *answer)
{
    gss_buffer_desc sealed = {in[0].size, in[0].data}, out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor, major = gss_unwrap(&minor, context, &sealed, &out, NULL, NULL);

    return finish(major, minor, "open", &out, answer);
}

static uint32_t run_number(const struct side_bytes *in, struct side_bytes *answer)
{
    uint32_t number = strtoul((char *)in[0].data, NULL, 10);
    gss_buffer_desc value = {sizeof(number), &number};
    OM_uint32 minor, major = gss_set_sec_context_option(&minor, &context, &gss_ntlm_set_number, &value);

    (void)answer;
    return status_of("number", major, minor);
}

static uint32_t run_account(const struct side_bytes *in, struct side_bytes *answer)
{
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor, major = gss_display_name(&minor, client_name, &out, NULL);

    (void)in;
    if (!GSS_ERROR(major) && out.length && !((char *)out.value)[out.length - 1])
        out.length--; /* it counts the zero byte */
    return finish(major, minor, "account", &out, answer);
}

int main(void)
{
    static const struct side_command commands[] = {
        {"client", 6, run_client}, {"server", 2, run_server},   {"token", 1, run_token},
        {"sign", 1, run_sign},     {"verify", 2, run_verify},   {"seal", 1, run_seal},
        {"open", 1, run_open},     {"account", 0, run_account}, {"number", 1, run_number},
        {NULL, 0, NULL},
    };
    const char *package = getenv("SIDE_PACKAGE");

    gss_ntlm_in_spnego = package && !strcmp(package, "Negotiate");
    return side_serve(commands);
}

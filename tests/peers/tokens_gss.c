/*
 * The initiator of gss-ntlmssp, through GSSAPI: tokens_gss USER DOMAIN PASSWORD.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>

#include "tokens.h"

static gss_OID_desc ntlm = {10, "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"};
static gss_OID_set_desc ntlm_set = {1, &ntlm};

static void check(const char *what, OM_uint32 major, OM_uint32 minor)
{
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    OM_uint32 context = 0, ignored;

    if (!GSS_ERROR(major)) return;
    gss_display_status(&ignored, minor, GSS_C_MECH_CODE, &ntlm, &context, &text);
    fprintf(stderr, "%s: %08x %.*s\n", what, major, (int)text.length, (char *)text.value);
    exit(1);
}

static gss_name_t import_name(char *text, gss_OID type)
{
    gss_buffer_desc buffer = {strlen(text), text};
    gss_name_t name;
    OM_uint32 major, minor;

    major = gss_import_name(&minor, &buffer, type, &name);
    check("gss_import_name", major, minor);
    return name;
}

static gss_cred_id_t acquire(const char *user, const char *domain, char *password)
{
    gss_buffer_desc secret = {strlen(password), password};
    gss_cred_id_t credential;
    OM_uint32 major, minor;
    char name[512];

    snprintf(name, sizeof(name), "%s\\%s", domain, user);
    major = gss_acquire_cred_with_password(&minor, import_name(name, GSS_C_NT_USER_NAME), &secret, GSS_C_INDEFINITE, &ntlm_set,
                                           GSS_C_INITIATE, &credential, NULL, NULL);
    check("gss_acquire_cred_with_password", major, minor);
    return credential;
}

int main(int argc, char **argv)
{
    static char service[] = "HTTP@localhost";
    unsigned char token[TOKEN_ROOM];
    gss_buffer_desc in = GSS_C_EMPTY_BUFFER, out;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_cred_id_t credential;
    gss_name_t target;
    OM_uint32 major, minor;

    if (argc != 4) return 2;
    credential = acquire(argv[1], argv[2], argv[3]);
    target = import_name(service, GSS_C_NT_HOSTBASED_SERVICE);
    do
    {
        major = gss_init_sec_context(&minor, credential, &context, target, &ntlm,
                                     GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG, GSS_C_INDEFINITE,
                                     GSS_C_NO_CHANNEL_BINDINGS, &in, NULL, &out, NULL, NULL);
        check("gss_init_sec_context", major, minor);
        write_token(out.value, out.length);
        in.value = token;
    } while (major == GSS_S_CONTINUE_NEEDED && (in.length = read_token(token)));
    return 0;
}

/*
 * Kerberos through Guise's SSPI beside MIT Kerberos itself: the same tokens accepted, messages of one size sealed. Run by tests/kdc/run.
 *
 * usage: kerberos
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <windef.h>
#include <winbase.h>
#include <winerror.h>
#define SECURITY_WIN32
#include <sspi.h>

#include "driver.h"

#define SERVICE "HTTP/server.guise.test"

enum
{
    TOKENS = 64,
    MESSAGE_ROOM = 65536,
    TOKEN_ROOM = 256
};

static gss_OID_desc mechanism = {9, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"};
static gss_OID_set_desc mechanisms = {1, &mechanism};

/* Of a client that wants an answer, each with a subkey of its own. */
static gss_buffer_desc tokens[TOKENS];
static gss_ctx_id_t clients[TOKENS];
static gss_cred_id_t keys;
static CredHandle guise_keys;

static OM_uint32 minor; /* of the last call of GSS */

static void check(const char *what, OM_uint32 major)
{
    if (GSS_ERROR(major)) bench_fail("%s: %x %x", what, major, minor);
}

static gss_name_t import(const char *text)
{
    gss_buffer_desc buffer = {strlen(text), (void *)text};
    gss_name_t name;

    check("gss_import_name", gss_import_name(&minor, &buffer, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &name));
    return name;
}

static void make_tokens(void)
{
    gss_buffer_desc password = {8, (void *)"alice-pw"};
    gss_name_t user = import("alice"), service = import(SERVICE);
    gss_cred_id_t tickets;

    check("password", gss_acquire_cred_with_password(&minor, user, &password, 0, &mechanisms, GSS_C_INITIATE, &tickets, NULL, NULL));
    for (int i = 0; i < TOKENS; i++)
        check("gss_init_sec_context",
              gss_init_sec_context(&minor, tickets, &clients[i], service, &mechanism, GSS_C_MUTUAL_FLAG, 0, NULL, NULL, NULL, &tokens[i], NULL, NULL));
    gss_release_cred(&minor, &tickets);
    gss_release_name(&minor, &user);
    gss_release_name(&minor, &service);
}

/* The replay cache is a file that is forced to the disk, the same for both. */
static void open_acceptors(void)
{
    gss_key_value_element_desc element = {"rcache", "none:"};
    gss_key_value_set_desc store = {1, &element};
    SECURITY_STATUS status;

    check("gss_acquire_cred", gss_acquire_cred_from(&minor, GSS_C_NO_NAME, 0, &mechanisms, GSS_C_ACCEPT, &store, &keys, NULL, NULL));
    status = AcquireCredentialsHandleA(NULL, (char *)"Kerberos", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &guise_keys, NULL);
    if (status) bench_fail("AcquireCredentialsHandle: %08x", (unsigned int)status);
}

/* ---- accept ---- */

static gss_ctx_id_t mit_accept(gss_buffer_t token, gss_buffer_t answer)
{
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_name_t client = GSS_C_NO_NAME;

    check("gss_accept_sec_context", gss_accept_sec_context(&minor, &context, keys, token, NULL, &client, NULL, answer, NULL, NULL, NULL));
    gss_release_name(&minor, &client);
    return context;
}

static CtxtHandle guise_accept(gss_buffer_t token, ULONG request, SecBuffer *answer)
{
    SecBuffer given = {token->length, SECBUFFER_TOKEN, token->value};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &given}, output = {SECBUFFER_VERSION, 1, answer};
    ULONG attributes;
    CtxtHandle context;
    SECURITY_STATUS status = AcceptSecurityContext(&guise_keys, NULL, &input, ASC_REQ_ALLOW_CONTEXT_REPLAY | request, 0, &context, &output,
                                                   &attributes, NULL);

    if (status) bench_fail("AcceptSecurityContext: %08x", (unsigned int)status);
    return context;
}

static uint64_t run_mit_accept(unsigned long first, unsigned long second, unsigned long count)
{
    uint64_t start = bench_now(1);

    (void)first;
    (void)second;
    for (unsigned long i = 0; i < count; i++)
    {
        gss_buffer_desc answer = GSS_C_EMPTY_BUFFER;
        gss_ctx_id_t context = mit_accept(&tokens[i % TOKENS], &answer);
    
        gss_release_buffer(&minor, &answer);
        gss_delete_sec_context(&minor, &context, GSS_C_NO_BUFFER);
    }
    return bench_now(1) - start;
}

static uint64_t accept_all(ULONG request, unsigned long count)
{
    uint64_t start = bench_now(1);

    for (unsigned long i = 0; i < count; i++)
    {
        UCHAR room[1024];
        SecBuffer answer = {sizeof(room), SECBUFFER_TOKEN, room};
        CtxtHandle context = guise_accept(&tokens[i % TOKENS], request, &answer);

        DeleteSecurityContext(&context);
    }
    return bench_now(1) - start;
}

static uint64_t run_guise_accept(unsigned long first, unsigned long second, unsigned long count)
{
    (void)first;
    (void)second;
    return accept_all(0, count);
}

static uint64_t run_guise_accept_no_token(unsigned long first, unsigned long second, unsigned long count)
{
    (void)first;
    (void)second;
    return accept_all(ASC_REQ_NO_TOKEN, count);
}

/* ---- seal ---- */

static gss_ctx_id_t mit_server;
static CtxtHandle guise_server;
static UCHAR message[MESSAGE_ROOM];

static void open_contexts(void)
{
    UCHAR room[1024];
    SecBuffer answer = {sizeof(room), SECBUFFER_TOKEN, room};
    gss_buffer_desc ignored = GSS_C_EMPTY_BUFFER;

    mit_server = mit_accept(&tokens[0], &ignored);
    gss_release_buffer(&minor, &ignored);
    guise_server = guise_accept(&tokens[1], 0, &answer);
    /* What is timed must be the real thing: what it sends is opened below. */
    check("AP-REP", gss_init_sec_context(&minor, GSS_C_NO_CREDENTIAL, &clients[1], import(SERVICE), &mechanism, GSS_C_MUTUAL_FLAG, 0, NULL,
                                         &(gss_buffer_desc){answer.cbBuffer, room}, NULL, &ignored, NULL, NULL));
}

static uint64_t run_mit_seal(unsigned long size, unsigned long second, unsigned long count)
{
    UCHAR token[TOKEN_ROOM];
    uint64_t start = bench_now(1);

    (void)second;
    for (unsigned long i = 0; i < count; i++)
    {
        gss_iov_buffer_desc parts[] = {{GSS_IOV_BUFFER_TYPE_HEADER, {60, token}}, {GSS_IOV_BUFFER_TYPE_DATA, {size, message}}};
    
        check("gss_wrap_iov", gss_wrap_iov(&minor, mit_server, 1, 0, NULL, parts, 2));
    }
    return bench_now(1) - start;
}

static uint64_t run_guise_seal(unsigned long size, unsigned long second, unsigned long count)
{
    UCHAR token[TOKEN_ROOM];
    uint64_t start = bench_now(1);

    (void)second;
    for (unsigned long i = 0; i < count; i++)
    {
        SecBuffer buffers[] = {{sizeof(token), SECBUFFER_TOKEN, token}, {size, SECBUFFER_DATA, message}};
        SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

        if (EncryptMessage(&guise_server, 0, &desc, 0)) bench_fail("EncryptMessage");
    }
    return bench_now(1) - start;
}

static void prove(void)
{
    UCHAR token[TOKEN_ROOM], text[] = "guise";
    SecBuffer buffers[] = {{sizeof(token), SECBUFFER_TOKEN, token}, {5, SECBUFFER_DATA, text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    gss_iov_buffer_desc parts[2] = {{GSS_IOV_BUFFER_TYPE_HEADER, {0, token}}, {GSS_IOV_BUFFER_TYPE_DATA, {5, text}}};

    if (EncryptMessage(&guise_server, 0, &desc, 0)) bench_fail("EncryptMessage");
    parts[0].buffer.length = buffers[0].cbBuffer;
    check("gss_unwrap_iov", gss_unwrap_iov(&minor, clients[1], NULL, NULL, parts, 2));
    if (memcmp(text, "guise", 5)) bench_fail("decrypted wrongly");
}

int main(void)
{
    static const struct bench_op ops[] = {
        {"mit-accept", run_mit_accept},
        {"accept", run_guise_accept},
        {"accept-no-token", run_guise_accept_no_token},
        {"mit-seal", run_mit_seal},
        {"seal", run_guise_seal},
        {NULL, NULL},
    };

    make_tokens();
    open_acceptors();
    open_contexts();
    prove();
    return bench_serve(ops);
}

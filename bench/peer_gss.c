/*
 * NTLM through GSSAPI and gss-ntlmssp, for comparison: handshakes, sealing, memory of a context.
 *
 * usage: peer_gss USER_FILE   (NTLM_USER_FILE format, must hold BENCH_DOMAIN:BENCH_USER:BENCH_PASSWORD)
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "../tests/peers/gss_ntlm.h"
#include "driver.h"
#include "account.h"

static gss_cred_id_t client_cred, server_cred;
static gss_name_t target;

static void check(const char *what, OM_uint32 major, OM_uint32 minor)
{
    if (!GSS_ERROR(major)) return;
    gss_ntlm_print_status(stderr, what, major, minor);
    bench_fail("%s failed", what);
}

static gss_cred_id_t acquire_client(const char *password)
{
    gss_cred_id_t cred;
    OM_uint32 minor, major = gss_ntlm_initiator(&minor, BENCH_DOMAIN, BENCH_USER, password, &cred);

    check("gss_acquire_cred_with_password", major, minor);
    return cred;
}

/* A whole handshake; both sides are established, or the server's refusal is returned. */
static OM_uint32 handshake(gss_cred_id_t cred, gss_ctx_id_t *client, gss_ctx_id_t *server)
{
    gss_buffer_desc to_server = GSS_C_EMPTY_BUFFER, to_client = GSS_C_EMPTY_BUFFER;
    OM_uint32 client_major, server_major = GSS_S_CONTINUE_NEEDED, minor;

    *client = *server = GSS_C_NO_CONTEXT;
    do {
        client_major = gss_init_sec_context(&minor, cred, client, target, &gss_ntlm, GSS_NTLM_FLAGS, GSS_C_INDEFINITE,
                                            GSS_C_NO_CHANNEL_BINDINGS, &to_client, NULL, &to_server, NULL, NULL);
        check("gss_init_sec_context", client_major, minor);
        gss_release_buffer(&minor, &to_client);
        if (to_server.length)
        {
            server_major = gss_accept_sec_context(&minor, server, server_cred, &to_server, GSS_C_NO_CHANNEL_BINDINGS,
                                                  NULL, NULL, &to_client, NULL, NULL, NULL);
            gss_release_buffer(&minor, &to_server);
            if (GSS_ERROR(server_major)) return server_major;
        }
    } while (client_major == GSS_S_CONTINUE_NEEDED || server_major == GSS_S_CONTINUE_NEEDED);
    return GSS_S_COMPLETE;
}

static void establish(gss_ctx_id_t *client, gss_ctx_id_t *server)
{
    OM_uint32 major = handshake(client_cred, client, server);

    if (major) bench_fail("handshake refused: %08x", (unsigned int)major);
}

static void delete_context(gss_ctx_id_t *context)
{
    OM_uint32 minor;

    gss_delete_sec_context(&minor, context, GSS_C_NO_BUFFER);
}

static uint64_t run_handshake(unsigned long first, unsigned long second, unsigned long count)
{
    uint64_t begin = bench_now(1);

    (void)first;
    (void)second;
    while (count--)
    {
        gss_ctx_id_t client, server;

        establish(&client, &server);
        delete_context(&client);
        delete_context(&server);
    }
    return bench_now(1) - begin;
}

static void seal(gss_ctx_id_t context, gss_buffer_t plain, gss_buffer_t sealed)
{
    OM_uint32 major, minor;
    int conf = 0;

    major = gss_wrap(&minor, context, 1, GSS_C_QOP_DEFAULT, plain, &conf, sealed);
    check("gss_wrap", major, minor);
    if (!conf) bench_fail("gss_wrap did not encrypt");
}

static uint64_t run_seal(unsigned long size, unsigned long second, unsigned long count)
{
    gss_buffer_desc plain = {size, calloc(1, size)}, sealed = GSS_C_EMPTY_BUFFER;
    gss_ctx_id_t client, server;
    uint64_t begin, end;
    OM_uint32 minor;

    (void)second;
    if (!plain.value) bench_fail("no memory");
    establish(&client, &server);
    begin = bench_now(1);
    while (count--)
    {
        seal(client, &plain, &sealed);
        gss_release_buffer(&minor, &sealed);
    }
    end = bench_now(1);
    delete_context(&client);
    delete_context(&server);
    free(plain.value);
    return end - begin;
}

/* Bytes of COUNT established contexts, of the server's side or the client's. */
static uint64_t run_memory(unsigned long client_side, unsigned long second, unsigned long count)
{
    gss_ctx_id_t *kept = calloc(count, sizeof(*kept));
    uint64_t before, after;
    unsigned long i;

    (void)second;
    if (!kept) bench_fail("no memory");
    before = bench_allocated();
    for (i = 0; i < count; i++)
    {
        gss_ctx_id_t client, server;

        establish(&client, &server);
        kept[i] = client_side ? client : server;
        delete_context(client_side ? &server : &client);
    }
    after = bench_allocated();
    for (i = 0; i < count; i++) delete_context(&kept[i]);
    free(kept);
    return after - before;
}

/* What is timed must be the real thing: a wrong password is refused, a sealed message opens. */
static void prove(void)
{
    gss_buffer_desc plain = {5, "guise"}, sealed = GSS_C_EMPTY_BUFFER, opened = GSS_C_EMPTY_BUFFER;
    gss_cred_id_t wrong = acquire_client("not " BENCH_PASSWORD);
    gss_ctx_id_t client, server;
    OM_uint32 major, minor;

    if (!handshake(wrong, &client, &server)) bench_fail("a wrong password was accepted");
    delete_context(&client);
    delete_context(&server);
    gss_release_cred(&minor, &wrong);

    establish(&client, &server);
    seal(client, &plain, &sealed);
    major = gss_unwrap(&minor, server, &sealed, &opened, NULL, NULL);
    check("gss_unwrap", major, minor);
    if (opened.length != plain.length || memcmp(opened.value, plain.value, plain.length))
        bench_fail("unwrapped wrongly");
    gss_release_buffer(&minor, &sealed);
    gss_release_buffer(&minor, &opened);
    delete_context(&client);
    delete_context(&server);
}

int main(int argc, char **argv)
{
    static const struct bench_op ops[] = {
        {"handshake", run_handshake},
        {"seal", run_seal},
        {"memory", run_memory},
        {NULL, NULL},
    };
    OM_uint32 major, minor;

    if (argc != 2) bench_fail("usage: peer_gss USER_FILE");
    setenv("NTLM_USER_FILE", argv[1], 1);
    setenv("NETBIOS_COMPUTER_NAME", BENCH_DOMAIN, 1);
    setenv("NETBIOS_DOMAIN_NAME", BENCH_DOMAIN, 1);
    major = gss_ntlm_name(&minor, "HTTP@localhost", GSS_C_NT_HOSTBASED_SERVICE, &target);
    check("gss_import_name", major, minor);
    client_cred = acquire_client(BENCH_PASSWORD);
    major = gss_ntlm_acceptor(&minor, &server_cred);
    check("gss_acquire_cred", major, minor);
    prove();
    return bench_serve(ops);
}

/*
 * NTLM through Guise's SSPI: handshakes with and without an access token, sealing, memory of a context.
 *
 * GUISE_CONF names a configuration whose account store holds BENCH_USER with BENCH_PASSWORD.
 *
 * usage: guise_ntlm
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <windef.h>
#include <winbase.h>
#include <winerror.h>
#define SECURITY_WIN32
#include <sspi.h>

#include "../tests/peers/sspi_ntlm.h"
#include "driver.h"
#include "account.h"

#define TOKEN_ROOM 4096

static CredHandle client_cred, server_cred;
static ULONG server_flags = SSPI_NTLM_SERVER_FLAGS;

static void check(const char *what, SECURITY_STATUS status)
{
    if (status < 0) bench_fail("%s: %08x", what, (unsigned int)status);
}

static void acquire_client(CredHandle *cred, const char *password)
{
    check("AcquireCredentialsHandle",
          sspi_ntlm_initiator(InitSecurityInterfaceA(), BENCH_DOMAIN, BENCH_USER, password, cred));
}

/* A whole handshake; both sides are established, or the server's refusal is returned. */
static SECURITY_STATUS handshake(CredHandle *cred, CtxtHandle *client, CtxtHandle *server)
{
    UCHAR client_room[TOKEN_ROOM], server_room[TOKEN_ROOM];
    SecBuffer to_server = {sizeof(client_room), SECBUFFER_TOKEN, client_room};
    SecBuffer to_client = {sizeof(server_room), SECBUFFER_TOKEN, server_room};
    SecBufferDesc to_server_desc = {SECBUFFER_VERSION, 1, &to_server},
                  to_client_desc = {SECBUFFER_VERSION, 1, &to_client};
    SEC_CHAR *target = (SEC_CHAR *)"HTTP/localhost";
    TimeStamp expiry;
    ULONG attributes;

    SecInvalidateHandle(client);
    SecInvalidateHandle(server);
    check("InitializeSecurityContext",
          InitializeSecurityContextA(cred, NULL, target, SSPI_NTLM_CLIENT_FLAGS, 0, SECURITY_NATIVE_DREP, NULL, 0,
                                     client, &to_server_desc, &attributes, &expiry));
    check("AcceptSecurityContext",
          AcceptSecurityContext(&server_cred, NULL, &to_server_desc, server_flags, SECURITY_NATIVE_DREP, server,
                                &to_client_desc, &attributes, &expiry));
    to_server.cbBuffer = sizeof(client_room);
    check("InitializeSecurityContext",
          InitializeSecurityContextA(cred, client, target, SSPI_NTLM_CLIENT_FLAGS, 0, SECURITY_NATIVE_DREP,
                                     &to_client_desc, 0, client, &to_server_desc, &attributes, &expiry));
    to_client.cbBuffer = sizeof(server_room);
    return AcceptSecurityContext(&server_cred, server, &to_server_desc, server_flags, SECURITY_NATIVE_DREP, server,
                                 &to_client_desc, &attributes, &expiry);
}

#define SSPI(function) function
#include "sspi_ops.h"

/* What the peers do: authentication alone, no access token with the account's groups behind it. */
static uint64_t run_handshake_no_token(unsigned long first, unsigned long second, unsigned long count)
{
    uint64_t elapsed;

    server_flags = SSPI_NTLM_SERVER_FLAGS | ASC_REQ_NO_TOKEN;
    elapsed = run_handshake(first, second, count);
    server_flags = SSPI_NTLM_SERVER_FLAGS;
    return elapsed;
}

/* The same without an access token in the context: what is left when the token is shared or not made. */
static uint64_t run_memory_no_token(unsigned long client_side, unsigned long second, unsigned long count)
{
    uint64_t bytes;

    server_flags = SSPI_NTLM_SERVER_FLAGS | ASC_REQ_NO_TOKEN;
    bytes = run_memory(client_side, second, count);
    server_flags = SSPI_NTLM_SERVER_FLAGS;
    return bytes;
}

/* What is timed must be the real thing: a wrong password is refused, a sealed message opens. */
static void prove(void)
{
    struct sealed_message message;
    CtxtHandle client, server;
    SECURITY_STATUS status;
    CredHandle wrong;
    char data[] = "guise";

    acquire_client(&wrong, "not " BENCH_PASSWORD);
    status = handshake(&wrong, &client, &server);
    if (status != SEC_E_LOGON_DENIED) bench_fail("a wrong password gave %08x", (unsigned int)status);
    delete_both(&client, &server);
    check("FreeCredentialsHandle", FreeCredentialsHandle(&wrong));

    establish(&client, &server);
    seal(&client, &message, data, 5, 0);
    check("DecryptMessage", DecryptMessage(&server, &message.desc, 0, NULL));
    if (memcmp(data, "guise", 5)) bench_fail("decrypted wrongly");
    delete_both(&client, &server);
}

int main(int argc, char **argv)
{
    static const struct bench_op ops[] = {
        {"handshake", run_handshake}, {"handshake-no-token", run_handshake_no_token}, {"seal", run_seal},
        {"memory", run_memory},       {"memory-no-token", run_memory_no_token},       {NULL, NULL},
    };

    (void)argv;
    if (argc != 1) bench_fail("usage: guise_ntlm");
    acquire_client(&client_cred, BENCH_PASSWORD);
    check("AcquireCredentialsHandle", sspi_ntlm_acceptor(InitSecurityInterfaceA(), &server_cred));
    prove();
    return bench_serve(ops);
}

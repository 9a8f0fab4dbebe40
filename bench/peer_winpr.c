/*
 * NTLM through WinPR's SSPI, for comparison: handshakes, sealing, memory of a context.
 *
 * WinPR 2 verifies the client's response in CompleteAuthToken, so a handshake without that call would be no handshake.
 *
 * usage: peer_winpr SAM_FILE   (WinPR's SAM format, must hold BENCH_USER of BENCH_DOMAIN)
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <winpr/sspi.h>
#include <winpr/ntlm.h>

#include "../tests/peers/sspi_ntlm.h"
#include "driver.h"
#include "account.h"

#define TOKEN_ROOM 4096

static SecurityFunctionTableA *sspi;
static CredHandle client_cred, server_cred;
static char *sam_file;

static void check(const char *what, SECURITY_STATUS status)
{
    if (status < 0) bench_fail("%s: %s", what, GetSecurityStatusString(status));
}

static void acquire_client(CredHandle *cred, const char *password)
{
    check("AcquireCredentialsHandle", sspi_ntlm_initiator(sspi, BENCH_DOMAIN, BENCH_USER, password, cred));
}

/* A whole handshake; both sides are established, or the server's refusal is returned. */
static SECURITY_STATUS handshake(CredHandle *cred, CtxtHandle *client, CtxtHandle *server)
{
    UCHAR client_room[TOKEN_ROOM], server_room[TOKEN_ROOM];
    SecBuffer to_server = {sizeof(client_room), SECBUFFER_TOKEN, client_room};
    SecBuffer to_client = {sizeof(server_room), SECBUFFER_TOKEN, server_room};
    SecBufferDesc to_server_desc = {SECBUFFER_VERSION, 1, &to_server},
                  to_client_desc = {SECBUFFER_VERSION, 1, &to_client};
    SECURITY_STATUS status;
    TimeStamp expiry;
    ULONG attributes;

    memset(client, 0, sizeof(*client));
    memset(server, 0, sizeof(*server));
    check("InitializeSecurityContext",
          sspi->InitializeSecurityContextA(cred, NULL, "HTTP/localhost", SSPI_NTLM_CLIENT_FLAGS, 0,
                                           SECURITY_NATIVE_DREP, NULL, 0, client, &to_server_desc, &attributes,
                                           &expiry));
    check("AcceptSecurityContext",
          sspi->AcceptSecurityContext(&server_cred, NULL, &to_server_desc, SSPI_NTLM_SERVER_FLAGS, SECURITY_NATIVE_DREP,
                                      server, &to_client_desc, &attributes, &expiry));
    check("SetContextAttributes",
          sspi->SetContextAttributesA(server, SECPKG_ATTR_AUTH_NTLM_SAM_FILE, sam_file, strlen(sam_file) + 1));
    to_server.cbBuffer = sizeof(client_room);
    check("InitializeSecurityContext",
          sspi->InitializeSecurityContextA(cred, client, "HTTP/localhost", SSPI_NTLM_CLIENT_FLAGS, 0,
                                           SECURITY_NATIVE_DREP, &to_client_desc, 0, client, &to_server_desc,
                                           &attributes, &expiry));
    to_client.cbBuffer = sizeof(server_room);
    status = sspi->AcceptSecurityContext(&server_cred, server, &to_server_desc, SSPI_NTLM_SERVER_FLAGS,
                                         SECURITY_NATIVE_DREP, server, &to_client_desc, &attributes, &expiry);
    if (status == SEC_I_COMPLETE_NEEDED || status == SEC_I_COMPLETE_AND_CONTINUE)
        status = sspi->CompleteAuthToken(server, &to_client_desc);
    return status;
}

#define SSPI(function) sspi->function
#include "sspi_ops.h"

/* What is timed must be the real thing: a wrong password is refused, a sealed message opens. */
static void prove(void)
{
    struct sealed_message message;
    CtxtHandle client, server;
    CredHandle wrong;
    char data[] = "guise";

    acquire_client(&wrong, "not " BENCH_PASSWORD);
    if (handshake(&wrong, &client, &server) == SEC_E_OK) bench_fail("a wrong password was accepted");
    delete_both(&client, &server);
    sspi->FreeCredentialsHandle(&wrong);

    establish(&client, &server);
    seal(&client, &message, data, 5, 0);
    check("DecryptMessage", sspi->DecryptMessage(&server, &message.desc, 0, NULL));
    if (memcmp(data, "guise", 5)) bench_fail("decrypted wrongly");
    delete_both(&client, &server);
}

int main(int argc, char **argv)
{
    static const struct bench_op ops[] = {
        {"handshake", run_handshake},
        {"seal", run_seal},
        {"memory", run_memory},
        {NULL, NULL},
    };

    if (argc != 2) bench_fail("usage: peer_winpr SAM_FILE");
    setenv("WLOG_LEVEL", "OFF", 1);
    sam_file = argv[1];
    sspi = InitSecurityInterfaceExA(SSPI_INTERFACE_WINPR);
    if (!sspi) bench_fail("no SSPI table");
    acquire_client(&client_cred, BENCH_PASSWORD);
    check("AcquireCredentialsHandle", sspi_ntlm_acceptor(sspi, &server_cred));
    prove();
    return bench_serve(ops);
}

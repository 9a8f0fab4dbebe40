/*
 * The client and server of session.h.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "session.h"

const char *session_package = "NTLM";

BOOL session_have_ntlm(void)
{
    SecPkgInfoA *info;
    SECURITY_STATUS status = QuerySecurityPackageInfoA((char *)"NTLM", &info);

    todo_wine /* Wine: no-ntlm */
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S3.1.4 */
    if (status == SEC_E_OK) FreeContextBuffer(info);
    return status == SEC_E_OK;
}

BOOL session_open_as(struct session *session, void *identity)
{
    SECURITY_STATUS status;

    memset(session, 0, sizeof(*session));
    status = AcquireCredentialsHandleA(NULL, (char *)session_package, SECPKG_CRED_OUTBOUND, NULL, identity, NULL, NULL,
                                       &session->client_credential, NULL);
    todo_wine /* Wine: no-ntlm */
    ok(status == SEC_E_OK, "outbound: got %08lx\n", status); /* S2.1.6 */
    if (status != SEC_E_OK) return FALSE;
    status = AcquireCredentialsHandleA(NULL, (char *)session_package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL,
                                       &session->server_credential, NULL);
    ok(status == SEC_E_OK, "inbound: got %08lx\n", status); /* S2.1.11 */
    if (status != SEC_E_OK) FreeCredentialsHandle(&session->client_credential);
    return status == SEC_E_OK;
}

BOOL session_open(struct session *session, enum session_user user)
{
    return session_open_as(session, session_identity(user));
}

static void client_leg(struct session *session, ULONG request, BYTE *input, ULONG input_length, BYTE *output,
                       ULONG *output_length)
{
    SecBuffer in[2] = {{input_length, SECBUFFER_TOKEN, input}}, out = {MAX_TOKEN, SECBUFFER_TOKEN, output};
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, in}, out_desc = {SECBUFFER_VERSION, 1, &out};

    if (session->client_bindings) in[in_desc.cBuffers++] = *session->client_bindings;
    session->client_status = InitializeSecurityContextA(
        session->have_client ? NULL : &session->client_credential, session->have_client ? &session->client : NULL,
        (char *)"HOST/guisetest", request, 0, SECURITY_NATIVE_DREP, session->have_client ? &in_desc : NULL, 0,
        &session->client, &out_desc, &session->client_attributes, &session->client_expiry);
    if (session->client_status >= 0) session->have_client = TRUE;
    *output_length = out.cbBuffer;
}

static void server_leg(struct session *session, ULONG request, BYTE *input, ULONG input_length, BYTE *output,
                       ULONG *output_length)
{
    SecBuffer in[2] = {{input_length, SECBUFFER_TOKEN, input}}, out = {MAX_TOKEN, SECBUFFER_TOKEN, output};
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, in}, out_desc = {SECBUFFER_VERSION, 1, &out};

    if (session->server_bindings) in[in_desc.cBuffers++] = *session->server_bindings;
    session->server_status = AcceptSecurityContext(
        &session->server_credential, session->have_server ? &session->server : NULL, &in_desc, request,
        SECURITY_NATIVE_DREP, &session->server, &out_desc, &session->server_attributes, &session->server_expiry);
    if (session->server_status >= 0) session->have_server = TRUE;
    *output_length = out.cbBuffer;
}

void session_run(struct session *session, ULONG client_request, ULONG server_request)
{
    BYTE last[MAX_TOKEN];
    ULONG last_length;

    session->server_status = SEC_E_INTERNAL_ERROR;
    client_leg(session, client_request, NULL, 0, session->negotiate, &session->negotiate_length);
    if (session->client_status != SEC_I_CONTINUE_NEEDED) return;
    server_leg(session, server_request, session->negotiate, session->negotiate_length, session->challenge,
               &session->challenge_length);
    if (session->server_status != SEC_I_CONTINUE_NEEDED) return;
    client_leg(session, client_request, session->challenge, session->challenge_length, session->authenticate,
               &session->authenticate_length);
    if (session->client_status < 0) return;
    server_leg(session, server_request, session->authenticate, session->authenticate_length, last, &last_length);
    if (session->client_status == SEC_I_CONTINUE_NEEDED && session->server_status >= 0 && last_length) /* SPNEGO's last word */
        client_leg(session, client_request, last, last_length, session->negotiate, &last_length);
}

void session_close(struct session *session)
{
    if (session->have_client) DeleteSecurityContext(&session->client);
    if (session->have_server) DeleteSecurityContext(&session->server);
    FreeCredentialsHandle(&session->client_credential);
    FreeCredentialsHandle(&session->server_credential);
}

BOOL session_log_on(struct session *session, enum session_user user, ULONG client_request, ULONG server_request)
{
    if (!session_open(session, user)) return FALSE;
    session_run(session, client_request, server_request);
    ok(session->client_status == SEC_E_OK, "client: got %08lx\n", session->client_status); /* S2.5.12 */
    ok(session->server_status == SEC_E_OK, "server: got %08lx\n", session->server_status); /* S2.6.7 */
    if (session->client_status == SEC_E_OK && session->server_status == SEC_E_OK) return TRUE;
    session_close(session);
    return FALSE;
}

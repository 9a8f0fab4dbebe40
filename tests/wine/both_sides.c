/*
 * both_sides.h.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <wine/test.h>

#include "both_sides.h"

static SECURITY_STATUS leg(struct both_sides *logon, unsigned int number)
{
    BOOL server = number & 1, first = number < 2;
    SecBufferDesc input = { SECBUFFER_VERSION, 1, number ? &logon->message[number - 1] : NULL };
    SecBuffer last = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc output = { SECBUFFER_VERSION, 1, number < 3 ? &logon->message[number] : &last };
    CtxtHandle *context = server ? &logon->server : &logon->client;
    TimeStamp expiry;
    ULONG attributes;

    if (number < 3) logon->message[number] = last;
    if (server)
        return AcceptSecurityContext(&logon->server_credential, first ? NULL : context, &input, ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_CONFIDENTIALITY,
                                     SECURITY_NETWORK_DREP, context, &output, &attributes, &expiry);
    return InitializeSecurityContextA(&logon->client_credential, first ? NULL : context, (char *)"HTTP/server.example",
                                      ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY, 0, SECURITY_NETWORK_DREP, first ? NULL : &input, 0, context,
                                      &output, &attributes, &expiry);
}

SECURITY_STATUS both_sides_run(struct both_sides *logon, const char *user, const char *password)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = { (UCHAR *)user, strlen(user), (UCHAR *)"", 0, (UCHAR *)password, strlen(password),
                                           SEC_WINNT_AUTH_IDENTITY_ANSI };
    SECURITY_STATUS status;
    TimeStamp expiry;

    memset(logon, 0, sizeof(*logon));
    SecInvalidateHandle(&logon->client);
    SecInvalidateHandle(&logon->server);
    status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &logon->client_credential, &expiry);
    ok(status == SEC_E_OK, "client's credential: %#lx\n", status); /* design 6 */
    status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &logon->server_credential, &expiry);
    ok(status == SEC_E_OK, "server's credential: %#lx\n", status); /* design 6 */
    for (unsigned int i = 0; i < 4; i++)
    {
        status = leg(logon, i);
        if (i < 3) ok(status == (i < 2 ? SEC_I_CONTINUE_NEEDED : SEC_E_OK), "leg %u: %#lx\n", i, status); /* design 6 */
        if (status < 0) break;
    }
    return status;
}

void both_sides_end(struct both_sides *logon)
{
    for (unsigned int i = 0; i < 3; i++) FreeContextBuffer(logon->message[i].pvBuffer);
    if (SecIsValidHandle(&logon->client)) DeleteSecurityContext(&logon->client);
    if (SecIsValidHandle(&logon->server)) DeleteSecurityContext(&logon->server);
    FreeCredentialsHandle(&logon->client_credential);
    FreeCredentialsHandle(&logon->server_credential);
}

void *secur32_routine(const char *name)
{
    void *routine = (void *)GetProcAddress(GetModuleHandleA("secur32.dll"), name);

    ok(routine != NULL, "%s is not exported\n", name); /* design 6 */
    return routine;
}

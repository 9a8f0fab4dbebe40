/*
 * A client for the units under Wine.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/wine/client.h"

#include <ntstatus.h>
#include <stdio.h>

#define MAX_TOKEN 4096

static const char *password_of(const char *user)
{
    static const char *const passwords[][2] = { { "alice", "Secret-alice-1" }, { "bob", "Secret-bob-2" }, { "carol", "Secret-carol-3" } };
    size_t i;

    for (i = 0; i < ARRAYSIZE(passwords); i++)
        if (!strcmp(passwords[i][0], user)) return passwords[i][1];
    return "";
}

SECURITY_STATUS client_log_on(const char *user, CtxtHandle *server)
{
    const char *password = password_of(user);
    SEC_WINNT_AUTH_IDENTITY_A identity = { (UCHAR *)user, strlen(user), (UCHAR *)"", 0, (UCHAR *)password, strlen(password),
                                           SEC_WINNT_AUTH_IDENTITY_ANSI };
    static char room[2][MAX_TOKEN];
    SecBuffer there = { MAX_TOKEN, SECBUFFER_TOKEN, room[0] }, back = { MAX_TOKEN, SECBUFFER_TOKEN, room[1] };
    SecBufferDesc to_server = { SECBUFFER_VERSION, 1, &there }, to_client = { SECBUFFER_VERSION, 1, &back };
    CredHandle ours, theirs;
    CtxtHandle client;
    SECURITY_STATUS status;
    ULONG attributes;
    int leg;

    if ((status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &theirs, NULL))) return status;
    if ((status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &ours, NULL))) return status;
    for (leg = 0; leg < 2; leg++)
    {
        there.cbBuffer = MAX_TOKEN;
        status = InitializeSecurityContextA(&theirs, leg ? &client : NULL, NULL, 0, 0, SECURITY_NETWORK_DREP, leg ? &to_client : NULL, 0, &client,
                                            &to_server, &attributes, NULL);
        if (FAILED(status)) return status;
        back.cbBuffer = MAX_TOKEN;
        status = AcceptSecurityContext(&ours, leg ? server : NULL, &to_server, 0, SECURITY_NETWORK_DREP, server, &to_client, &attributes, NULL);
        if (FAILED(status)) return status;
    }
    DeleteSecurityContext(&client);
    FreeCredentialsHandle(&theirs);
    FreeCredentialsHandle(&ours);
    return status;
}

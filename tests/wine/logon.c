/*
 * NTLM of a process with itself.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/wine/logon.h"

static SECURITY_STATUS leg(CredHandle *credential, BOOL server, BOOL first, CtxtHandle *context, SecBuffer *in, SecBuffer *out)
{
    SecBufferDesc input = { SECBUFFER_VERSION, 1, in }, output = { SECBUFFER_VERSION, 1, out };
    ULONG attributes;
    TimeStamp expiry;

    *out = (SecBuffer){ 0, SECBUFFER_TOKEN, NULL };
    if (server)
        return AcceptSecurityContext(credential, first ? NULL : context, &input, ASC_REQ_ALLOCATE_MEMORY, SECURITY_NETWORK_DREP, context,
                                     &output, &attributes, &expiry);
    return InitializeSecurityContextA(credential, first ? NULL : context, NULL, ISC_REQ_ALLOCATE_MEMORY, 0, SECURITY_NETWORK_DREP,
                                      first ? NULL : &input, 0, context, &output, &attributes, &expiry);
}

static BOOL exchange(CredHandle *outbound, CredHandle *inbound, CtxtHandle *client, CtxtHandle *server)
{
    SecBuffer a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
    BOOL good = leg(outbound, FALSE, TRUE, client, NULL, &a) == SEC_I_CONTINUE_NEEDED &&
                leg(inbound, TRUE, TRUE, server, &a, &b) == SEC_I_CONTINUE_NEEDED &&
                leg(outbound, FALSE, FALSE, client, &b, &c) == SEC_E_OK && leg(inbound, TRUE, FALSE, server, &c, &d) == SEC_E_OK;

    FreeContextBuffer(a.pvBuffer);
    FreeContextBuffer(b.pvBuffer);
    FreeContextBuffer(c.pvBuffer);
    FreeContextBuffer(d.pvBuffer);
    return good;
}

BOOL logon(const char *user, const char *password, CtxtHandle *context)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = { (UCHAR *)user, (ULONG)strlen(user), (UCHAR *)"", 0, (UCHAR *)password, (ULONG)strlen(password),
                                           SEC_WINNT_AUTH_IDENTITY_ANSI };
    CredHandle outbound, inbound;
    CtxtHandle client = { 0 };
    TimeStamp expiry;
    BOOL good;

    memset(context, 0, sizeof(*context));
    if (AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &outbound, &expiry)) return FALSE;
    if (AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &inbound, &expiry)) return FALSE;
    good = exchange(&outbound, &inbound, &client, context);
    DeleteSecurityContext(&client);
    FreeCredentialsHandle(&outbound);
    FreeCredentialsHandle(&inbound);
    return good;
}

BOOL logon_alice(CtxtHandle *context)
{
    return logon("alice", "Secret-alice-1", context);
}

BOOL logon_bob(CtxtHandle *context)
{
    return logon("bob", "Secret-bob-2", context);
}

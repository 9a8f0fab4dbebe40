/*
 * The initiator of WinPR's NTLM: tokens_winpr USER DOMAIN PASSWORD.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <winpr/sspi.h>

#include "tokens.h"

static void check(const char *what, SECURITY_STATUS status)
{
    if (status >= 0) return;
    fprintf(stderr, "%s: %s\n", what, GetSecurityStatusString(status));
    exit(1);
}

int main(int argc, char **argv)
{
    const ULONG flags = ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT;
    SecurityFunctionTableA *sspi = InitSecurityInterfaceExA(0);
    SEC_WINNT_AUTH_IDENTITY_A identity = {.Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};
    UCHAR in_room[TOKEN_ROOM], out_room[TOKEN_ROOM];
    SecBuffer in = {0, SECBUFFER_TOKEN, in_room}, out = {0, SECBUFFER_TOKEN, out_room};
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &in}, out_desc = {SECBUFFER_VERSION, 1, &out};
    CredHandle credential;
    CtxtHandle context = {0};
    SECURITY_STATUS status;
    TimeStamp expiry;
    ULONG attributes;

    if (argc != 4) return 2;
    identity.User = (BYTE *)argv[1];
    identity.UserLength = strlen(argv[1]);
    identity.Domain = (BYTE *)argv[2];
    identity.DomainLength = strlen(argv[2]);
    identity.Password = (BYTE *)argv[3];
    identity.PasswordLength = strlen(argv[3]);
    check("AcquireCredentialsHandle", sspi->AcquireCredentialsHandleA(NULL, "NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL,
                                                                      &credential, &expiry));
    do
    {
        out.cbBuffer = sizeof(out_room);
        status = sspi->InitializeSecurityContextA(&credential, in.cbBuffer ? &context : NULL, "HTTP/localhost", flags, 0,
                                                  SECURITY_NATIVE_DREP, in.cbBuffer ? &in_desc : NULL, 0, &context, &out_desc,
                                                  &attributes, &expiry);
        check("InitializeSecurityContext", status);
        write_token(out_room, out.cbBuffer);
    } while (status == SEC_I_CONTINUE_NEEDED && (in.cbBuffer = read_token(in_room)));
    return 0;
}

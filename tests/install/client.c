/*
 * The client of the porting guide's server: NTLM tokens over a pipe pair, each behind its length.
 *
 * usage: client USER PASSWORD SERVER FILE       prints "USER: granted", "USER: denied" or "USER: refused"
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <windows.h>
#include <sspi.h>

int main(int argc, char **argv)
{
    SEC_WINNT_AUTH_IDENTITY_A identity;
    BYTE challenge[4096], token[4096];
    SecBuffer in = {0, SECBUFFER_TOKEN, challenge}, out = {0, SECBUFFER_TOKEN, token};
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &in}, out_desc = {SECBUFFER_VERSION, 1, &out};
    CredHandle credential;
    CtxtHandle context;
    SECURITY_STATUS status;
    TimeStamp expiry;
    ULONG attributes, length;
    char answer[64] = "refused\n";
    int to[2], from[2], first = 1;
    FILE *write_end, *read_end;

    if (argc != 5 || pipe(to) || pipe(from)) return 2;
    if (!fork())
    {
        dup2(to[0], 0), dup2(from[1], 1);
        close(to[1]), close(from[0]);
        execl(argv[3], argv[3], argv[4], (char *)NULL);
        _exit(127);
    }
    close(to[0]), close(from[1]);
    write_end = fdopen(to[1], "w"), read_end = fdopen(from[0], "r");

    memset(&identity, 0, sizeof(identity));
    identity.User = (unsigned char *)argv[1];
    identity.UserLength = strlen(argv[1]);
    identity.Password = (unsigned char *)argv[2];
    identity.PasswordLength = strlen(argv[2]);
    identity.Flags = SEC_WINNT_AUTH_IDENTITY_ANSI;
    status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &credential, &expiry);
    if (status != SEC_E_OK) return 2;
    do
    {
        out.cbBuffer = sizeof(token);
        status = InitializeSecurityContextA(&credential, first ? NULL : &context, NULL, 0, 0, SECURITY_NATIVE_DREP,
                                            first ? NULL : &in_desc, 0, &context, &out_desc, &attributes, &expiry);
        if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED) return 2;
        first = 0;
        length = out.cbBuffer;
        fwrite(&length, sizeof(length), 1, write_end);
        fwrite(token, length, 1, write_end);
        fflush(write_end);
        if (status == SEC_E_OK) break;
        if (fread(&length, sizeof(length), 1, read_end) != 1 || length > sizeof(challenge)) return 2;
        if (fread(challenge, 1, length, read_end) != length) return 2;
        in.cbBuffer = length;
    } while (1);
    if (fread(&length, sizeof(length), 1, read_end) == 1 && length == 0)
        if (!fgets(answer, sizeof(answer), read_end)) strcpy(answer, "refused\n");
    printf("%s: %s", argv[1], answer);
    DeleteSecurityContext(&context);
    FreeCredentialsHandle(&credential);
    fclose(write_end);
    while (wait(NULL) > 0);
    return 0;
}

/*
 * Guise as one side of a conversation (side.h), by any of its packages and with what a KDC beside it gives (tests/kdc/run). Its commands for a
 * new context are
 *
 *     client PACKAGE USER PASSWORD TARGET FLAGS, server PACKAGE
 *
 * with "-" for the user of the ticket cache, or DOMAIN\\USER. FLAGS are letters: m mutual, d delegate, c confidential, i integrity.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <windef.h>
#include <winbase.h>
#include <winerror.h>
#define SECURITY_WIN32
#include <sspi.h>

#include "side.h"

#define TOKEN_ROOM 48256

static CredHandle credential;
static CtxtHandle context;
static bool has_credential, has_context, is_server;
static char target[256];
static ULONG request;

static uint32_t status_of(SECURITY_STATUS status)
{
    if (status == SEC_E_OK) return SIDE_DONE;
    return status == SEC_I_CONTINUE_NEEDED ? SIDE_CONTINUE : (uint32_t)status;
}

static uint32_t start(bool server, const struct side_bytes *package, void *identity)
{
    SECURITY_STATUS status;

    if (has_context) DeleteSecurityContext(&context);
    if (has_credential) FreeCredentialsHandle(&credential);
    has_context = false;
    is_server = server;
    status = AcquireCredentialsHandleA(NULL, (char *)package->data, server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL, identity, NULL, NULL,
                                       &credential, NULL);
    has_credential = status == SEC_E_OK;
    return status_of(status);
}

static uint32_t run_client(const struct side_bytes *in, struct side_bytes *answer)
{
    static const struct
    {
        char letter;
        ULONG flag;
    } flags[] = {{'m', ISC_REQ_MUTUAL_AUTH}, {'d', ISC_REQ_DELEGATE}, {'c', ISC_REQ_CONFIDENTIALITY}, {'i', ISC_REQ_INTEGRITY}};
    SEC_WINNT_AUTH_IDENTITY_A identity = {.Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};
    UCHAR *backslash;

    (void)answer;
    backslash = memchr(in[1].data, '\\', in[1].size);
    identity.User = backslash ? backslash + 1 : in[1].data;
    identity.UserLength = in[1].data + in[1].size - identity.User;
    identity.Domain = backslash ? in[1].data : NULL;
    identity.DomainLength = backslash ? backslash - in[1].data : 0;
    identity.Password = in[2].data;
    identity.PasswordLength = in[2].size;
    strncpy(target, (char *)in[3].data, sizeof(target) - 1);
    request = 0;
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (strchr((char *)in[4].data, flags[i].letter)) request |= flags[i].flag;
    return start(false, &in[0], in[1].size ? &identity : NULL);
}

static uint32_t run_server(const struct side_bytes *in, struct side_bytes *answer)
{
    (void)answer;
    request = 0;
    return start(true, &in[0], NULL);
}

static uint32_t run_token(const struct side_bytes *in, struct side_bytes *answer)
{
    static UCHAR room[TOKEN_ROOM];
    SecBuffer given = {in[0].size, SECBUFFER_TOKEN, in[0].data}, made = {sizeof(room), SECBUFFER_TOKEN, room};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &given}, output = {SECBUFFER_VERSION, 1, &made};
    CtxtHandle *old = has_context ? &context : NULL;
    ULONG attributes;
    SECURITY_STATUS status;

    if (is_server) status = AcceptSecurityContext(&credential, old, &input, request, 0, &context, &output, &attributes, NULL);
    else status = InitializeSecurityContextA(&credential, old, target, request, 0, 0, in[0].size ? &input : NULL, 0, &context, &output, &attributes, NULL);
    if (status >= 0) has_context = true;
    side_put(answer, room, made.cbBuffer);
    return status_of(status);
}

/* ---- messages: a sealed one is one block, as gss_wrap() makes it ---- */

static uint32_t run_sign(const struct side_bytes *in, struct side_bytes *answer)
{
    UCHAR mic[256];
    SecBuffer buffers[] = {{in[0].size, SECBUFFER_DATA, in[0].data}, {sizeof(mic), SECBUFFER_TOKEN, mic}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status = MakeSignature(&context, 0, &desc, 0);

    if (status == SEC_E_OK) side_put(answer, mic, buffers[1].cbBuffer);
    return status_of(status);
}

static uint32_t run_verify(const struct side_bytes *in, struct side_bytes *answer)
{
    SecBuffer buffers[] = {{in[0].size, SECBUFFER_DATA, in[0].data}, {in[1].size, SECBUFFER_TOKEN, in[1].data}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

    (void)answer;
    return status_of(VerifySignature(&context, &desc, 0, NULL));
}

static uint32_t run_seal(const struct side_bytes *in, struct side_bytes *answer)
{
    UCHAR token[256];
    SecBuffer buffers[] = {{sizeof(token), SECBUFFER_TOKEN, token}, {in[0].size, SECBUFFER_DATA, in[0].data}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status = EncryptMessage(&context, 0, &desc, 0);

    if (status != SEC_E_OK) return status_of(status);
    side_put(answer, token, buffers[0].cbBuffer);
    side_put(answer, buffers[1].pvBuffer, buffers[1].cbBuffer);
    return SIDE_DONE;
}

static uint32_t run_open(const struct side_bytes *in, struct side_bytes *answer)
{
    SecBuffer buffers[] = {{in[0].size, SECBUFFER_STREAM, in[0].data}, {0, SECBUFFER_DATA, NULL}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status = DecryptMessage(&context, &desc, 0, NULL);

    if (status == SEC_E_OK) side_put(answer, buffers[1].pvBuffer, buffers[1].cbBuffer);
    return status_of(status);
}

static uint32_t run_account(const struct side_bytes *in, struct side_bytes *answer)
{
    SecPkgContext_NamesA names;
    SECURITY_STATUS status = QueryContextAttributesA(&context, SECPKG_ATTR_NAMES, &names);

    (void)in;
    if (status != SEC_E_OK) return status_of(status);
    side_put(answer, names.sUserName, strlen(names.sUserName));
    FreeContextBuffer(names.sUserName);
    return SIDE_DONE;
}

/* Which package did the work. */
static uint32_t run_package(const struct side_bytes *in, struct side_bytes *answer)
{
    SecPkgContext_PackageInfoA info;
    SECURITY_STATUS status = QueryContextAttributesA(&context, SECPKG_ATTR_PACKAGE_INFO, &info);

    (void)in;
    if (status != SEC_E_OK) return status_of(status);
    side_put(answer, info.PackageInfo->Name, strlen(info.PackageInfo->Name));
    FreeContextBuffer(info.PackageInfo);
    return SIDE_DONE;
}

int main(void)
{
    static const struct side_command commands[] = {
        {"client", 5, run_client}, {"server", 1, run_server},   {"token", 1, run_token},     {"sign", 1, run_sign}, {"verify", 2, run_verify},
        {"seal", 1, run_seal},     {"open", 1, run_open},       {"account", 0, run_account}, {"package", 0, run_package}, {NULL, 0, NULL},
    };

    return side_serve(commands);
}

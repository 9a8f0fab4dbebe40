/*
 * An SSPI as one side of a conversation (side.h): Guise's, or with -DSIDE_WINPR WinPR's. SIDE_PACKAGE is the package, NTLM
 * without it. WINPR_SAM names the accounts of WinPR's server.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef SIDE_WINPR
#include <winpr/sspi.h>
#else
#include <windef.h>
#include <winbase.h>
#include <winerror.h>
#define SECURITY_WIN32
#include <sspi.h>
#endif

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "side.h"
#include "sspi_ntlm.h"

#define TOKEN_ROOM     8192
#define SIGNATURE_SIZE 16

static SecurityFunctionTableA *sspi;
static CredHandle credential;
static CtxtHandle context;
static bool has_credential, has_context, is_server, seals, is_datagram;
static ULONG sent, received; /* numbers of messages: Guise counts by itself (S2.12.9), WinPR leaves it to the caller */
static char service[256];
/* The fixed part of SEC_CHANNEL_BINDINGS and the bytes behind it. */
static union
{
    SEC_CHANNEL_BINDINGS header;
    unsigned char bytes[4096];
} bindings;
static size_t bindings_size;

static uint32_t status_of(SECURITY_STATUS status)
{
    if (status == SEC_E_OK) return SIDE_DONE;
    return status == SEC_I_CONTINUE_NEEDED ? SIDE_CONTINUE : (uint32_t)status;
}

static void start(const struct side_bytes *protection, const struct side_bytes *channel, bool server)
{
    if (has_context) sspi->DeleteSecurityContext(&context);
    if (has_credential) sspi->FreeCredentialsHandle(&credential);
    has_context = has_credential = false;
    is_server = server;
    is_datagram = !strcmp((char *)protection->data, "datagram");
    seals = is_datagram || !strcmp((char *)protection->data, "seal");
    sent = received = 0;
    memset(&bindings, 0, sizeof(bindings));
    bindings_size = 0;
    if (!channel->size) return;
    if (channel->size > sizeof(bindings) - sizeof(bindings.header)) abort();
    bindings_size = sizeof(bindings.header) + channel->size;
    bindings.header.cbApplicationDataLength = channel->size;
    bindings.header.dwApplicationDataOffset = sizeof(bindings.header);
    memcpy(bindings.bytes + sizeof(bindings.header), channel->data, channel->size);
}

static uint32_t run_client(const struct side_bytes *in, struct side_bytes *answer)
{
    SECURITY_STATUS status;

    (void)answer;
    start(&in[0], &in[1], false);
    snprintf(service, sizeof(service), "%s", (char *)in[5].data);
    status = sspi_ntlm_initiator(sspi, (char *)in[2].data, (char *)in[3].data, (char *)in[4].data, &credential);
    has_credential = status == SEC_E_OK;
    return status_of(status);
}

static uint32_t run_server(const struct side_bytes *in, struct side_bytes *answer)
{
    SECURITY_STATUS status;

    (void)answer;
    start(&in[0], &in[1], true);
    status = sspi_ntlm_acceptor(sspi, &credential);
    has_credential = status == SEC_E_OK;
    return status_of(status);
}

#ifdef SIDE_WINPR
/* WinPR is told of its accounts context by context, and verifies the client in CompleteAuthToken. */
static SECURITY_STATUS finish_accept(SECURITY_STATUS status, SecBufferDesc *out)
{
    char *sam = getenv("WINPR_SAM");

    if (status == SEC_I_CONTINUE_NEEDED && sam)
    {
        SECURITY_STATUS set =
            sspi->SetContextAttributesA(&context, SECPKG_ATTR_AUTH_NTLM_SAM_FILE, sam, strlen(sam) + 1);

        return set == SEC_E_OK ? status : set;
    }
    if (status == SEC_I_COMPLETE_NEEDED || status == SEC_I_COMPLETE_AND_CONTINUE)
        return sspi->CompleteAuthToken(&context, out);
    return status;
}
#else
static SECURITY_STATUS finish_accept(SECURITY_STATUS status, SecBufferDesc *out)
{
    (void)out;
    return status;
}
#endif

static uint32_t run_token(const struct side_bytes *in, struct side_bytes *answer)
{
    UCHAR room[TOKEN_ROOM];
    SecBuffer input[2] = {{in[0].size, SECBUFFER_TOKEN, in[0].data},
                          {bindings_size, SECBUFFER_CHANNEL_BINDINGS, &bindings}};
    SecBuffer output = {sizeof(room), SECBUFFER_TOKEN, room};
    SecBufferDesc in_desc = {SECBUFFER_VERSION, bindings_size ? 2 : 1, input},
                  out_desc = {SECBUFFER_VERSION, 1, &output};
    bool first = !has_context;
    SECURITY_STATUS status;
    TimeStamp expiry;
    ULONG attributes;

    if (is_server)
    {
        ULONG flags = seals ? SSPI_NTLM_SERVER_FLAGS : SSPI_NTLM_SERVER_FLAGS & ~ASC_REQ_CONFIDENTIALITY;

        if (is_datagram) flags |= ASC_REQ_DATAGRAM;
        status = sspi->AcceptSecurityContext(&credential, first ? NULL : &context, &in_desc, flags,
                                             SECURITY_NATIVE_DREP, &context, &out_desc, &attributes, &expiry);
        status = finish_accept(status, &out_desc);
    }
    else
    {
        ULONG flags = seals ? SSPI_NTLM_CLIENT_FLAGS : SSPI_NTLM_CLIENT_FLAGS & ~ISC_REQ_CONFIDENTIALITY;

        if (is_datagram) flags |= ISC_REQ_DATAGRAM;
        status = sspi->InitializeSecurityContextA(&credential, first ? NULL : &context, service, flags, 0,
                                                  SECURITY_NATIVE_DREP, first ? NULL : &in_desc, 0, &context, &out_desc,
                                                  &attributes, &expiry);
    }
    if (status >= 0)
    {
        has_context = true;
        /* WinPR leaves the room as it is when there is no token. */
        if (output.cbBuffer != sizeof(room)) side_put(answer, room, output.cbBuffer);
    }
    return status_of(status);
}

/* A message with its signature. */
struct protected
{
    unsigned char signature[SIGNATURE_SIZE];
    SecBuffer buffers[2];
    SecBufferDesc desc;
};

static SecBufferDesc *message_of(struct protected *message, const struct side_bytes *data)
{
    message->buffers[0] = (SecBuffer){SIGNATURE_SIZE, SECBUFFER_TOKEN, message->signature};
    message->buffers[1] = (SecBuffer){data->size, SECBUFFER_DATA, data->data};
    message->desc = (SecBufferDesc){SECBUFFER_VERSION, 2, message->buffers};
    return &message->desc;
}

#ifdef SIDE_WINPR
/* WinPR 2 has no MakeSignature for NTLM: on a context that does not seal, its EncryptMessage only signs. */
#define MAKE_SIGNATURE(desc, number)   sspi->EncryptMessage(&context, 0, desc, number)
#define VERIFY_SIGNATURE(desc, number) sspi->DecryptMessage(&context, desc, number, NULL)
#else
#define MAKE_SIGNATURE(desc, number)   sspi->MakeSignature(&context, 0, desc, number)
#define VERIFY_SIGNATURE(desc, number) sspi->VerifySignature(&context, desc, number, NULL)
#endif

static uint32_t run_sign(const struct side_bytes *in, struct side_bytes *answer)
{
    struct protected message;
    SECURITY_STATUS status = MAKE_SIGNATURE(message_of(&message, &in[0]), sent++);

    if (status == SEC_E_OK) side_put(answer, message.signature, message.buffers[0].cbBuffer);
    return status_of(status);
}

static uint32_t run_verify(const struct side_bytes *in, struct side_bytes *answer)
{
    struct protected message;
    SecBufferDesc *desc = message_of(&message, &in[0]);
    SECURITY_STATUS status;

    (void)answer;
    message.buffers[0].pvBuffer = in[1].data;
    message.buffers[0].cbBuffer = in[1].size;
    status = VERIFY_SIGNATURE(desc, received);
    if (status == SEC_E_OK) received++;
    return status_of(status);
}

static uint32_t run_seal(const struct side_bytes *in, struct side_bytes *answer)
{
    struct protected message;
    SECURITY_STATUS status = sspi->EncryptMessage(&context, 0, message_of(&message, &in[0]), sent++);

    if (status == SEC_E_OK)
    {
        side_put(answer, message.signature, message.buffers[0].cbBuffer);
        side_put(answer, in[0].data, in[0].size);
    }
    return status_of(status);
}

static uint32_t run_open(const struct side_bytes *in, struct side_bytes *answer)
{
    size_t signature = in[0].size < SIGNATURE_SIZE ? in[0].size : SIGNATURE_SIZE;
    struct side_bytes data = {in[0].size - signature, in[0].data + signature};
    struct protected message;
    SecBufferDesc *desc = message_of(&message, &data);
    SECURITY_STATUS status;

    message.buffers[0].pvBuffer = in[0].data;
    message.buffers[0].cbBuffer = signature;
    status = sspi->DecryptMessage(&context, desc, received, NULL);
    if (status != SEC_E_OK) return status_of(status);
    received++;
    side_put(answer, data.data, data.size);
    return SIDE_DONE;
}

#ifdef SIDE_WINPR
static uint32_t run_account(const struct side_bytes *in, struct side_bytes *answer)
{
    SecPkgContext_AuthIdentity identity = {0};
    SECURITY_STATUS status = sspi->QueryContextAttributesA(&context, SECPKG_ATTR_AUTH_IDENTITY, &identity);

    (void)in;
    if (status != SEC_E_OK) return status_of(status);
    side_put(answer, identity.Domain, strlen(identity.Domain));
    side_put(answer, "\\", 1);
    side_put(answer, identity.User, strlen(identity.User));
    return SIDE_DONE;
}
#else
/* The account, and the user that the thread is for Linux while it impersonates. */
static uint32_t run_account(const struct side_bytes *in, struct side_bytes *answer)
{
    SecPkgContext_NamesA names = {0};
    SECURITY_STATUS status = sspi->QueryContextAttributesA(&context, SECPKG_ATTR_NAMES, &names);
    char uid[32];

    (void)in;
    if (status != SEC_E_OK) return status_of(status);
    side_put(answer, names.sUserName, strlen(names.sUserName));
    sspi->FreeContextBuffer(names.sUserName);
    if ((status = sspi->ImpersonateSecurityContext(&context)) != SEC_E_OK) return status_of(status);
    snprintf(uid, sizeof(uid), ", uid %u", (unsigned int)geteuid());
    side_put(answer, uid, strlen(uid));
    return status_of(sspi->RevertSecurityContext(&context));
}

static uint32_t run_number(const struct side_bytes *in, struct side_bytes *answer)
{
    (void)answer;
    sent = received = strtoul((char *)in[0].data, NULL, 10);
    return SIDE_DONE;
}

static uint32_t run_target(const struct side_bytes *in, struct side_bytes *answer)
{
    SecPkgContext_ClientSpecifiedTarget target = {0};
    SECURITY_STATUS status = sspi->QueryContextAttributesA(&context, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target);
    const WCHAR *next;

    (void)in;
    if (status != SEC_E_OK) return status_of(status);
    for (next = target.sTargetName; *next; next++) side_put(answer, *next < 128 ? (char[]){*next} : "?", 1);
    sspi->FreeContextBuffer(target.sTargetName);
    return SIDE_DONE;
}
#endif

int main(void)
{
    static const struct side_command commands[] = {
        {"client", 6, run_client}, {"server", 2, run_server}, {"token", 1, run_token}, {"sign", 1, run_sign},
        {"verify", 2, run_verify}, {"seal", 1, run_seal},     {"open", 1, run_open},   {"account", 0, run_account},
#ifndef SIDE_WINPR
        {"target", 0, run_target}, {"number", 1, run_number},
#endif
        {NULL, 0, NULL},
    };

#ifdef SIDE_WINPR
    setenv("WLOG_LEVEL", "OFF", 1);
    sspi = InitSecurityInterfaceExA(SSPI_INTERFACE_WINPR);
#else
    sspi = InitSecurityInterfaceA();
#endif
    if (getenv("SIDE_PACKAGE")) sspi_ntlm_package = getenv("SIDE_PACKAGE");
    if (!sspi) return 2;
    return side_serve(commands);
}

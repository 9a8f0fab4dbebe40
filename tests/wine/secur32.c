/*
 * Our secur32.dll in one process: NTLM with itself, and what it gives is the process's memory and Wine's handles.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ntstatus.h>
#define WIN32_NO_STATUS
#define SECURITY_WIN32
#include <windows.h>
#include <sspi.h>
#include <ntsecapi.h>
#include <wine/test.h>

/* Both sides of an exchange of tokens. */
struct exchange
{
    CredHandle client_credential, server_credential;
    CtxtHandle client, server;
};

static SECURITY_STATUS leg(struct exchange *exchange, BOOL server, BOOL first, SecBuffer *in, SecBuffer *out)
{
    SecBufferDesc input = { SECBUFFER_VERSION, 1, in }, output = { SECBUFFER_VERSION, 1, out };
    CtxtHandle *context = server ? &exchange->server : &exchange->client;
    TimeStamp expiry;
    ULONG attributes;

    *out = (SecBuffer){ 0, SECBUFFER_TOKEN, NULL };
    if (server)
        return AcceptSecurityContext(&exchange->server_credential, first ? NULL : context, &input, ASC_REQ_ALLOCATE_MEMORY, SECURITY_NETWORK_DREP,
                                     context, &output, &attributes, &expiry);
    return InitializeSecurityContextA(&exchange->client_credential, first ? NULL : context, NULL, ISC_REQ_ALLOCATE_MEMORY, 0,
                                      SECURITY_NETWORK_DREP, first ? NULL : &input, 0, context, &output, &attributes, &expiry);
}

/* A token that the library gave is a block of the process heap, of its size. */
static void check_token(const SecBuffer *token, const char *what)
{
    ok(HeapValidate(GetProcessHeap(), 0, token->pvBuffer), "%s: no block of the heap\n", what); /* design 3 */
    ok(HeapSize(GetProcessHeap(), 0, token->pvBuffer) == token->cbBuffer, "%s: %lu bytes, the block has %lu\n", what, token->cbBuffer,
       (ULONG)HeapSize(GetProcessHeap(), 0, token->pvBuffer)); /* design 3 */
}

static BOOL log_on(struct exchange *exchange, const char *user, const char *password)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = { (UCHAR *)user, strlen(user), (UCHAR *)"", 0, (UCHAR *)password, strlen(password),
                                           SEC_WINNT_AUTH_IDENTITY_ANSI };
    SecBuffer message[3] = { { 0 } };
    SECURITY_STATUS status;
    TimeStamp expiry;

    memset(exchange, 0, sizeof(*exchange));
    status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &exchange->client_credential, &expiry);
    ok(status == SEC_E_OK, "client's credential: %#lx\n", status); /* design 6 */
    status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &exchange->server_credential, &expiry);
    ok(status == SEC_E_OK, "server's credential: %#lx\n", status); /* design 6 */
    status = leg(exchange, FALSE, TRUE, NULL, &message[0]);
    ok(status == SEC_I_CONTINUE_NEEDED, "first leg: %#lx\n", status); /* design 6 */
    check_token(&message[0], "first");
    status = leg(exchange, TRUE, TRUE, &message[0], &message[1]);
    ok(status == SEC_I_CONTINUE_NEEDED, "second leg: %#lx\n", status); /* design 6 */
    check_token(&message[1], "second");
    status = leg(exchange, FALSE, FALSE, &message[1], &message[2]);
    ok(status == SEC_E_OK, "third leg: %#lx\n", status); /* design 6 */
    check_token(&message[2], "third");
    status = leg(exchange, TRUE, FALSE, &message[2], &message[1]);
    return status == SEC_E_OK;
}

static void log_off(struct exchange *exchange)
{
    DeleteSecurityContext(&exchange->client);
    DeleteSecurityContext(&exchange->server);
    FreeCredentialsHandle(&exchange->client_credential);
    FreeCredentialsHandle(&exchange->server_credential);
}

START_TEST(secur32)
{
    struct exchange exchange;
    SecPkgContext_NamesA names = { 0 };
    SECURITY_STATUS status;

    ok(GetProcAddress(GetModuleHandleA("secur32.dll"), "guise_secur32_version") != NULL, "another secur32.dll\n"); /* design 6 */
    if (!GetProcAddress(GetModuleHandleA("secur32.dll"), "guise_secur32_version")) return;
    ok(log_on(&exchange, "alice", "Secret-alice-1"), "the right password is refused\n"); /* design 6 */
    status = QueryContextAttributesA(&exchange.server, SECPKG_ATTR_NAMES, &names);
    ok(status == SEC_E_OK, "names: %#lx\n", status); /* design 6 */
    trace("%s\n", names.sUserName);
    FreeContextBuffer(names.sUserName);
    log_off(&exchange);
    ok(!log_on(&exchange, "alice", "Secret-alice-2"), "a wrong password is taken\n"); /* design 6 */
    log_off(&exchange);
}

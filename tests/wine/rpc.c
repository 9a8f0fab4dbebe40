/*
 * RpcImpersonateClient of a local call, which is its pipe's client: a process of Wine's own user, whoever was on the thread. Without a compiler for
 * interfaces: the one procedure has no arguments. (Over TCP Wine 8.0 cannot: its rpcrt4 hands AcceptSecurityContext each token eight bytes short.)
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/wine/kernel.h"
#include "tests/wine/logon.h"
#include <rpc.h>
#include <rpcndr.h>
#include <wine/test.h>

#define ENDPOINT "guise-test"

static CtxtHandle alice;
static struct
{
    SECURITY_STATUS before;
    RPC_STATUS impersonated, reverted;
    struct kernel_ids as_alice, as_client, after;
    BOOL has_token;
    LONG calls;
} seen;

static void __RPC_STUB dispatch(PRPC_MESSAGE message)
{
    HANDLE token;

    seen.before = ImpersonateSecurityContext(&alice);
    seen.as_alice = kernel_ids();
    seen.impersonated = RpcImpersonateClient(NULL);
    seen.as_client = kernel_ids();
    seen.has_token = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token);
    if (seen.has_token) CloseHandle(token);
    seen.reverted = RpcRevertToSelf();
    seen.after = kernel_ids();
    seen.calls++;
    message->BufferLength = 0;
    I_RpcGetBuffer(message);
}

static RPC_DISPATCH_FUNCTION routines[] = { dispatch };
static RPC_DISPATCH_TABLE table = { 1, routines, 0 };
#define INTERFACE_ID { { 0x8c1d6f3e, 0x51a7, 0x4d0b, { 0x9a, 0x1e, 0x2c, 0x77, 0x04, 0xb9, 0x60, 0x31 } }, { 1, 0 } }
#define TRANSFER     { { 0x8a885d04, 0x1ceb, 0x11c9, { 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 } }, { 2, 0 } } /* NDR */
static RPC_SERVER_INTERFACE server = { .Length = sizeof(server), .InterfaceId = INTERFACE_ID, .TransferSyntax = TRANSFER, .DispatchTable = &table };
static RPC_CLIENT_INTERFACE client = { .Length = sizeof(client), .InterfaceId = INTERFACE_ID, .TransferSyntax = TRANSFER };

static void call_local(void)
{
    RPC_MESSAGE message = { .RpcInterfaceInformation = &client, .DataRepresentation = NDR_LOCAL_DATA_REPRESENTATION };
    unsigned char *text;
    RPC_STATUS status;

    RpcStringBindingComposeA(NULL, (unsigned char *)"ncalrpc", NULL, (unsigned char *)ENDPOINT, NULL, &text);
    status = RpcBindingFromStringBindingA(text, &message.Handle);
    ok(!status, "binding: %ld\n", status); /* design 10.3 */
    RpcStringFreeA(&text);
    status = I_RpcGetBuffer(&message);
    ok(!status, "buffer: %ld\n", status); /* design 10.3 */
    status = I_RpcSendReceive(&message);
    ok(!status, "the call: %ld\n", status); /* design 10.3 */
    if (!status) I_RpcFreeBuffer(&message);
}

START_TEST(rpc)
{
    RPC_STATUS status;

    ok(logon_alice(&alice), "no client\n"); /* design 10.3 */
    status = RpcServerUseProtseqEpA((unsigned char *)"ncalrpc", 10, (unsigned char *)ENDPOINT, NULL);
    ok(!status, "protocol: %ld\n", status); /* design 10.3 */
    status = RpcServerRegisterIf(&server, NULL, NULL);
    ok(!status, "interface: %ld\n", status); /* design 10.3 */
    status = RpcServerListen(1, 10, TRUE);
    ok(!status, "listen: %ld\n", status); /* design 10.3 */
    call_local();
    ok(seen.calls == 1, "%ld calls\n", seen.calls); /* design 10.3 */
    ok(!seen.before && carries(seen.as_alice, ALICE), "%#lx, uid %d\n", seen.before, seen.as_alice.uid[1]); /* design 10.3 */
    ok(!seen.impersonated && seen.has_token, "%ld\n", seen.impersonated); /* design 10.3 */
    ok(is_process(seen.as_client), "uid %d\n", seen.as_client.uid[1]);    /* design 10.3 */
    ok(!seen.reverted && is_process(seen.after), "%ld\n", seen.reverted); /* design 10.3 */
    RpcMgmtStopServerListening(NULL);
    RpcMgmtWaitServerListen();
    RpcServerUnregisterIf(NULL, NULL, FALSE);
    /* Wine's threads of the call are ending; one that the process's end meets there may keep a lock of glibc's, which the end then waits for. */
    Sleep(100);
    DeleteSecurityContext(&alice);
}

/*
 * A Windows server's work under Wine: NTLM handshakes, files opened as the client and as itself, and what the hooks cost who impersonates nobody.
 *
 * usage: server_wine.exe DOMAIN FILE      the protocol of bench/driver.h; times are the wall's, as wineserver does part of the work
 *   accept       the server's side of a handshake, the context's end included; the client's side is not counted
 *   open:0       CreateFile, ReadFile, CloseHandle of FILE as the process; open:1 while impersonating the client
 *   hook         what a hooked service costs more than its stub before, both refused by the Unix side at once
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <windows.h>
#define SECURITY_WIN32
#include <security.h>
#include <winternl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"

static const char *domain, *file_name;
static CredHandle server, client;

static void fail(const char *what, unsigned long status)
{
    fprintf(stderr, "server_wine: %s: %08lx\n", what, status);
    exit(1);
}

static LONG64 now(void)
{
    LARGE_INTEGER count;

    QueryPerformanceCounter(&count);
    return count.QuadPart;
}

/* ---- handshakes ---------------------------------------------------------------------------------------------------- */

static void acquire(const char *password, CredHandle *outbound)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = {(BYTE *)BENCH_USER, strlen(BENCH_USER), (BYTE *)domain, strlen(domain), (BYTE *)password,
                                          strlen(password), SEC_WINNT_AUTH_IDENTITY_ANSI};
    static char package[] = "NTLM";
    TimeStamp expiry;
    SECURITY_STATUS status;

    if ((status = AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, outbound, &expiry)))
        fail("no client credential", status);
    if (!SecIsValidHandle(&server) &&
        (status = AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &server, &expiry)))
        fail("no server credential", status);
}

/* One handshake; *COUNTER is what the server's side took. */
static SECURITY_STATUS handshake(CredHandle *outbound, CtxtHandle *accepted, LONG64 *counter)
{
    static BYTE tokens[2][12288];
    SecBuffer buffers[2] = {{sizeof(tokens[0]), SECBUFFER_TOKEN, tokens[0]}, {sizeof(tokens[1]), SECBUFFER_TOKEN, tokens[1]}};
    SecBufferDesc from_client = {SECBUFFER_VERSION, 1, &buffers[0]}, from_server = {SECBUFFER_VERSION, 1, &buffers[1]};
    CtxtHandle initiated;
    SECURITY_STATUS status, answer = SEC_I_CONTINUE_NEEDED;
    ULONG attributes;
    TimeStamp expiry;
    LONG64 begin;
    int leg;

    SecInvalidateHandle(accepted);
    for (leg = 0; leg < 2; leg++)
    {
        buffers[0].cbBuffer = sizeof(tokens[0]);
        status = InitializeSecurityContextA(outbound, leg ? &initiated : NULL, NULL, ISC_REQ_CONNECTION, 0, SECURITY_NATIVE_DREP,
                                            leg ? &from_server : NULL, 0, &initiated, &from_client, &attributes, &expiry);
        if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED) fail("the client's side", status);
        buffers[1].cbBuffer = sizeof(tokens[1]);
        begin = now();
        answer = AcceptSecurityContext(&server, leg ? accepted : NULL, &from_client, ASC_REQ_CONNECTION, SECURITY_NATIVE_DREP, accepted,
                                       &from_server, &attributes, &expiry);
        *counter += now() - begin;
        buffers[1].BufferType = SECBUFFER_TOKEN; /* Wine's own makes it SECBUFFER_DATA */
        if (answer != SEC_I_CONTINUE_NEEDED) break;
    }
    DeleteSecurityContext(&initiated);
    return answer;
}

static LONG64 run_accept(unsigned long count)
{
    CtxtHandle context;
    LONG64 counter = 0, begin;
    SECURITY_STATUS status;

    while (count--)
    {
        if ((status = handshake(&client, &context, &counter))) fail("the right password", status);
        begin = now();
        DeleteSecurityContext(&context);
        counter += now() - begin;
    }
    return counter;
}

static void prove_handshake(void)
{
    CredHandle wrong;
    CtxtHandle context;
    LONG64 counter = 0;

    SecInvalidateHandle(&server);
    acquire("wrong", &wrong);
    if (handshake(&wrong, &context, &counter) != SEC_E_LOGON_DENIED) fail("a wrong password is not refused", 0);
    FreeCredentialsHandle(&wrong);
    acquire(BENCH_PASSWORD, &client);
}

/* ---- files --------------------------------------------------------------------------------------------------------- */

static void open_once(void)
{
    char block[64];
    DWORD got;
    HANDLE file = CreateFileA(file_name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);

    if (file == INVALID_HANDLE_VALUE || !ReadFile(file, block, sizeof(block), &got, NULL) || !got) fail(file_name, GetLastError());
    CloseHandle(file);
}

static LONG64 run_open(unsigned long as_client, unsigned long count)
{
    CtxtHandle context;
    LONG64 counter = 0, begin;
    SECURITY_STATUS status;

    if (as_client)
    {
        if ((status = handshake(&client, &context, &counter))) fail("the right password", status);
        if ((status = ImpersonateSecurityContext(&context))) fail("ImpersonateSecurityContext", status);
    }
    begin = now();
    while (count--) open_once();
    counter = now() - begin;
    if (as_client)
    {
        if ((status = RevertSecurityContext(&context))) fail("RevertSecurityContext", status);
        DeleteSecurityContext(&context);
    }
    return counter;
}

/* ---- hooks --------------------------------------------------------------------------------------------------------- */

#define STUB_SIZE 32

typedef NTSTATUS(NTAPI *set_information)(HANDLE file, IO_STATUS_BLOCK *io, void *data, ULONG length, ULONG class);

/* The service with a class that does not exist: as short a way as there is. */
static LONG64 time_service(set_information service, unsigned long count)
{
    IO_STATUS_BLOCK io;
    LONG64 begin = now();

    while (count--) service(NULL, &io, NULL, 0, 0);
    return now() - begin;
}

#define PART  1000
#define PARTS 1000

static int compare(const void *a, const void *b)
{
    const LONG64 *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Both in turns, as the machine changes its speed, and the middle of the differences, as other programs run in between. */
static LONG64 run_hook(set_information before, unsigned long count)
{
    set_information after = (set_information)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtSetInformationFile");
    unsigned long parts = count < PART ? 1 : count / PART > PARTS ? PARTS : count / PART, i;
    static LONG64 differences[PARTS];

    for (i = 0; i < parts; i++) differences[i] = time_service(after, PART) - time_service(before, PART);
    qsort(differences, parts, sizeof(differences[0]), compare);
    return differences[parts / 2] < 0 ? 0 : differences[parts / 2] * (LONG64)count / PART;
}

/* The stub as it is before secur32.dll has hooks put in, which happens with its first call. */
static set_information copy_stub(void)
{
    void *copy = VirtualAlloc(NULL, STUB_SIZE, MEM_COMMIT, PAGE_EXECUTE_READWRITE);

    if (!copy) fail("no memory", GetLastError());
    memcpy(copy, (const void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtSetInformationFile"), STUB_SIZE);
    return (set_information)copy;
}

/* ---- requests ------------------------------------------------------------------------------------------------------ */

int main(int argc, char **argv)
{
    set_information before = copy_stub();
    LARGE_INTEGER frequency;
    unsigned long argument, count;
    char line[256], name[64];
    LONG64 counter;

    if (argc != 3) return 2;
    domain = argv[1];
    file_name = argv[2];
    QueryPerformanceFrequency(&frequency);
    prove_handshake();
    while (fgets(line, sizeof(line), stdin))
    {
        argument = 0;
        if (sscanf(line, "%63[a-z]:%lu %lu", name, &argument, &count) != 3 && sscanf(line, "%63s %lu", name, &count) != 2) fail("not a request", 0);
        if (!strcmp(name, "accept")) counter = run_accept(count);
        else if (!strcmp(name, "open")) counter = run_open(argument, count);
        else if (!strcmp(name, "hook")) counter = run_hook(before, count);
        else fail("no such operation", 0);
        printf("%.0f\n", (double)counter * 1e9 / (double)frequency.QuadPart);
        fflush(stdout);
    }
    return 0;
}

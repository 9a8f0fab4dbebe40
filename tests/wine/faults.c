/*
 * Bad memory of a caller's: an exception of the program's own before anything is held, whoever the thread is, and afterwards the library
 * works as before. What can only fault inside the Unix half ends the process.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>

#include <wine/test.h>

#include "both_sides.h"
#include <secext.h>

static CONTEXT before;
static volatile BOOL faulted;

static LONG CALLBACK handle_fault(EXCEPTION_POINTERS *fault)
{
    if (fault->ExceptionRecord->ExceptionCode != (DWORD)STATUS_ACCESS_VIOLATION || faulted) return EXCEPTION_CONTINUE_SEARCH;
    faulted = TRUE;
    *fault->ContextRecord = before;
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* Whether the call faults in this thread, as an exception that a program can handle. */
#define FAULTS(call) (faulted = FALSE, RtlCaptureContext(&before), faulted || ((call), FALSE))

static const char *bad = (const char *)0x10;
static char *read_only, *forbidden;

static void check_calls(struct both_sides *sides)
{
    SecBuffer token = { 64, SECBUFFER_TOKEN, (void *)bad }, data[2] = { { 16, SECBUFFER_DATA, NULL }, { 64, SECBUFFER_TOKEN, NULL } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &token }, message = { SECBUFFER_VERSION, 2, data };
    SecBufferDesc no_buffers = { SECBUFFER_VERSION, 1, (SecBuffer *)forbidden };
    SEC_WINNT_AUTH_IDENTITY_A identity = { (UCHAR *)bad, 5, NULL, 0, NULL, 0, SEC_WINNT_AUTH_IDENTITY_ANSI };
    SecPkgInfoA **packages = (SecPkgInfoA **)read_only;
    LSA_STRING name = { 8, 8, (char *)bad };
    CredHandle credential;
    CtxtHandle context;
    TimeStamp expiry;
    ULONG attributes;
    HANDLE lsa;
    char trailer[64], text[16];

    data[1].pvBuffer = trailer;
#define CHECK(call) ok(FAULTS(call), "no fault of the caller's: " #call "\n") /* design 10.7 */
    CHECK(EnumerateSecurityPackagesA((ULONG *)read_only, packages));
    CHECK(QuerySecurityPackageInfoA((char *)bad, packages));
    CHECK(QuerySecurityPackageInfoW((WCHAR *)bad, (SecPkgInfoW **)packages));
    CHECK(QuerySecurityPackageInfoA((char *)"NTLM", packages));
    CHECK(AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &credential, &expiry));
    CHECK(AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, (void *)bad, NULL, NULL, &credential, &expiry));
    CHECK(AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL, (CredHandle *)read_only, &expiry));
    CHECK(FreeCredentialsHandle((CredHandle *)bad));
    CHECK(AcceptSecurityContext(&sides->server_credential, NULL, &desc, 0, 0, &context, NULL, &attributes, &expiry));
    CHECK(AcceptSecurityContext(&sides->server_credential, NULL, &no_buffers, 0, 0, &context, NULL, &attributes, &expiry));
    CHECK(AcceptSecurityContext(&sides->server_credential, (CtxtHandle *)bad, NULL, 0, 0, &context, NULL, &attributes, &expiry));
    CHECK(InitializeSecurityContextA(&sides->client_credential, NULL, (char *)forbidden, 0, 0, 0, NULL, 0, &context, NULL, &attributes, &expiry));
    token.pvBuffer = read_only;
    CHECK(InitializeSecurityContextA(&sides->client_credential, NULL, NULL, 0, 0, 0, NULL, 0, &context, &desc, &attributes, &expiry));
    CHECK(QueryContextAttributesA(&sides->server, SECPKG_ATTR_SIZES, read_only));
    CHECK(QueryContextAttributesA((CtxtHandle *)bad, SECPKG_ATTR_SIZES, &token));
    data[0].pvBuffer = read_only;
    CHECK(EncryptMessage(&sides->client, 0, &message, 0));
    data[0].pvBuffer = text, data[1].pvBuffer = read_only;
    CHECK(MakeSignature(&sides->client, 0, &message, 0));
    data[1].pvBuffer = forbidden;
    CHECK(VerifySignature(&sides->server, &message, 0, &attributes));
    CHECK(ImpersonateSecurityContext((CtxtHandle *)forbidden));
    CHECK(RevertSecurityContext((CtxtHandle *)forbidden));
    CHECK(QuerySecurityContextToken(&sides->server, (void **)read_only));
    CHECK(QuerySecurityContextToken((CtxtHandle *)forbidden, &lsa));
    CHECK(DeleteSecurityContext((CtxtHandle *)forbidden));
    CHECK(LsaConnectUntrusted((HANDLE *)read_only));
    CHECK(LsaRegisterLogonProcess(&name, &lsa, &attributes));
    CHECK(LsaGetLogonSessionData((LUID *)forbidden, (SECURITY_LOGON_SESSION_DATA **)&lsa));
    CHECK(FreeCredentialsHandle((CredHandle *)forbidden));
#undef CHECK
}

static void check_alive(void)
{
    struct both_sides sides;
    SECURITY_STATUS status = both_sides_run(&sides, BOB);

    ok(status == SEC_E_OK, "nobody logs on any more: %#lx\n", status); /* design 10.7 */
    both_sides_end(&sides);
}

static void check_user(const char *expected)
{
    char name[64] = "";
    DWORD size = sizeof(name);

    ok(GetUserNameExA(NameSamCompatible, name, &size), "error %lu\n", GetLastError()); /* design 10.7 */
    ok(strstr(name, expected) != NULL, "the thread is %s, not %s\n", name, expected); /* design 10.7 */
}

/* The structure of an attribute lies half in memory that is none: the process ends where the Unix half faults. */
static void fault_inside(void)
{
    char *pages = VirtualAlloc(NULL, 0x2000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    struct both_sides sides;
    DWORD old;

    both_sides_run(&sides, ALICE);
    VirtualProtect(pages + 0x1000, 0x1000, PAGE_NOACCESS, &old);
    ImpersonateSecurityContext(&sides.server);
    QueryContextAttributesA(&sides.server, SECPKG_ATTR_SIZES, pages + 0x1000 - 4);
    ExitProcess(1); /* somebody lives on */
}

static void test_fault_inside(char **argv)
{
    STARTUPINFOA startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION child;
    char command[MAX_PATH + 64];
    DWORD code = 0;

    snprintf(command, sizeof(command), "\"%s\" faults inside", argv[0]);
    if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child))
    {
        ok(FALSE, "not started: error %lu\n", GetLastError()); /* design 10.7 */
        return;
    }
    ok(WaitForSingleObject(child.hProcess, 30000) == WAIT_OBJECT_0, "it hangs\n"); /* design 10.7 */
    GetExitCodeProcess(child.hProcess, &code);
    ok(code == (DWORD)STATUS_FAIL_FAST_EXCEPTION, "it ended with %#lx\n", code); /* design 10.7 */
    CloseHandle(child.hThread);
    CloseHandle(child.hProcess);
}

START_TEST(faults)
{
    struct both_sides sides;
    char **argv;
    DWORD old;
    int argc = winetest_get_mainargs(&argv);

    if (argc > 2 && !strcmp(argv[2], "inside")) fault_inside();
    AddVectoredExceptionHandler(1, handle_fault);
    read_only = VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    forbidden = VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    VirtualProtect(read_only, 0x1000, PAGE_READONLY, &old);
    VirtualProtect(forbidden, 0x1000, PAGE_NOACCESS, &old);
    ok(both_sides_run(&sides, ALICE) == SEC_E_OK, "no logon\n"); /* design 10.7 */
    check_calls(&sides);
    check_alive();
    ok(ImpersonateSecurityContext(&sides.server) == SEC_E_OK, "not impersonated\n"); /* design 10.7 */
    check_user("\\alice");
    check_calls(&sides);
    check_user("\\alice");
    ok(RevertSecurityContext(&sides.server) == SEC_E_OK, "not reverted\n"); /* design 10.7 */
    both_sides_end(&sides);
    check_alive();
    test_fault_inside(argv);
}

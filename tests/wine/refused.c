/*
 * What is refused when something is not as it must be. Alone it changes a stub of ntdll.dll before the companion looks at it; with
 * GUISE_REFUSED=calls or =impersonation it expects that everything, or acting as a client, is refused (tests/wine/check_refusals).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <wine/test.h>

#include "both_sides.h"
#include <secext.h>

typedef LONG_PTR(WINAPI *any_routine)(LONG_PTR, LONG_PTR, LONG_PTR, LONG_PTR, LONG_PTR, LONG_PTR, LONG_PTR, LONG_PTR, LONG_PTR, LONG_PTR, LONG_PTR,
                                      LONG_PTR, LONG_PTR, LONG_PTR);

/* Those that answer with a BOOL or a pointer, and those that only free or forget. */
static const char *const others[] = {
    "FreeContextBuffer", "GetComputerObjectNameA", "GetComputerObjectNameW", "GetUserNameExA", "GetUserNameExW", "InitSecurityInterfaceA",
    "InitSecurityInterfaceW", "LogonUserExExW", "LsaFreeReturnBuffer", "SspiAsyncContextRequiresNotify", "SspiCreateAsyncContext",
    "SspiFreeAsyncContext", "SspiFreeAuthIdentity", "SspiIsAuthIdentityEncrypted", "SspiLocalFree", "SspiZeroAuthIdentity", "TranslateNameA",
    "TranslateNameW", "guise_secur32_version",
};

static BOOL is_other(const char *name)
{
    for (unsigned int i = 0; i < ARRAYSIZE(others); i++)
        if (!strcmp(name, others[i])) return TRUE;
    return FALSE;
}

/* Without arguments every routine would say something of its own, if it came that far. */
static void check_every_call(void)
{
    const char *base = (const char *)GetModuleHandleA("secur32.dll");
    const IMAGE_NT_HEADERS *nt = (const void *)(base + ((const IMAGE_DOS_HEADER *)base)->e_lfanew);
    const IMAGE_EXPORT_DIRECTORY *exports = (const void *)(base + nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT].VirtualAddress);
    const DWORD *names = (const void *)(base + exports->AddressOfNames);
    unsigned int checked = 0;

    for (DWORD i = 0; i < exports->NumberOfNames; i++)
    {
        const char *name = base + names[i];
        any_routine routine = (any_routine)(void *)GetProcAddress((HMODULE)base, name);
        LONG answer;

        if (is_other(name)) continue;
        answer = (LONG)routine(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        /* Who knows by itself that a handle is none may say so. */
        ok(answer == SEC_E_INTERNAL_ERROR || answer == STATUS_DLL_INIT_FAILED || answer == STATUS_INVALID_HANDLE ||
               (strstr(name, "Async") && answer < 0), "%s: %#lx\n", name, answer); /* design 10.1 */
        checked++;
    }
    ok(checked > 80, "%u routines\n", checked); /* design 10.1 */
}

static void check_calls_refused(void)
{
    typedef void *(WINAPI *create_routine)(void);
    create_routine create = (create_routine)secur32_routine("SspiCreateAsyncContext");
    SecurityFunctionTableW *table = InitSecurityInterfaceW();
    CredHandle credential;
    TimeStamp expiry;
    WCHAR name[64];
    ULONG size = ARRAYSIZE(name);
    HANDLE lsa = NULL;

    check_every_call();
    ok(table != NULL, "no table\n"); /* design 10.1 */
    ok(table->AcquireCredentialsHandleW(NULL, (WCHAR *)L"NTLM", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &credential, &expiry) == SEC_E_INTERNAL_ERROR,
       "a credential\n"); /* design 10.1 */
    ok(LsaConnectUntrusted(&lsa) == STATUS_DLL_INIT_FAILED && !lsa, "a connection\n"); /* design 10.1 */
    SetLastError(0);
    ok(!GetUserNameExW(2, name, &size) && GetLastError() == ERROR_DLL_INIT_FAILED, "a name, error %lu\n", GetLastError()); /* design 10.1 */
    ok(create && !create(), "an asynchronous context\n"); /* design 10.1 */
}

static void check_impersonation_refused(void)
{
    SecPkgContext_AccessToken kept = { NULL };
    HANDLE token = NULL;
    struct both_sides sides;
    SECURITY_STATUS status = both_sides_run(&sides, ALICE);

    ok(status == SEC_E_OK, "got %#lx\n", status); /* design 10.6 */
    status = ImpersonateSecurityContext(&sides.server);
    ok(status == SEC_E_NO_IMPERSONATION, "impersonated: %#lx\n", status); /* design 10.6 */
    ok(!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) && GetLastError() == ERROR_NO_TOKEN, "a token, error %lu\n", GetLastError()); /* design 10.6 */
    status = RevertSecurityContext(&sides.server);
    ok(status == SEC_E_OK, "not reverted: %#lx\n", status); /* design 10.6 */
    if (!getenv("GUISE_REFUSED") || strcmp(getenv("GUISE_REFUSED"), "privileges"))
    {
        status = QuerySecurityContextToken(&sides.server, &token);
        ok(status == SEC_E_NO_IMPERSONATION && !token, "a token: %#lx\n", status); /* design 10.6 */
        status = QueryContextAttributesW(&sides.server, SECPKG_ATTR_ACCESS_TOKEN, &kept);
        ok(status == SEC_E_NO_IMPERSONATION && !kept.AccessToken, "a token: %#lx\n", status); /* design 10.6 */
    }
    both_sides_end(&sides);
}

/* A byte of the stub that no way through it comes to. */
static void change_a_stub(void)
{
    UCHAR *stub = (UCHAR *)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtSetInformationThread");
    DWORD old;

    ok(stub[23] == 0xc3 && VirtualProtect(stub, 32, PAGE_EXECUTE_READWRITE, &old), "another stub\n"); /* design 10.5 */
    stub[23] = 0xcc;
}

START_TEST(refused)
{
    const char *what = getenv("GUISE_REFUSED");

    if (what && !strcmp(what, "calls")) check_calls_refused();
    else
    {
        if (!what) change_a_stub();
        check_impersonation_refused();
    }
}

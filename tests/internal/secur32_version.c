/*
 * A libsecur32 that finds another version of the core refuses every call and tells the operator.
 *
 * The version is what GUISE_TEST_CORE_VERSION says: guise_core_version() is wrapped when the test is linked, and the
 * library asks it while it is loaded, so the unit starts its own program again.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sspi.h>
#include <wine/test.h>

#include "ntoskrnl/core.h"

unsigned int __real_guise_core_version(void);
unsigned int __wrap_guise_core_version(void);

unsigned int __wrap_guise_core_version(void)
{
    const char *text = getenv("GUISE_TEST_CORE_VERSION");

    return text ? (unsigned int)atoi(text) : __real_guise_core_version();
}

static void test_refused(void)
{
    SecBuffer buffer = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    CredHandle handle = {0, 0};
    SecPkgInfoA *info = NULL;
    HANDLE token;
    ULONG count;
    SecurityFunctionTableA *table = InitSecurityInterfaceA();
    const struct
    {
        const char *name;
        SECURITY_STATUS status;
    } calls[] = {
        {"Enumerate", table->EnumerateSecurityPackagesA(&count, &info)},
        {"QueryPackage", table->QuerySecurityPackageInfoA((char *)"NTLM", &info)},
        {"Acquire", table->AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL,
                                                     &handle, NULL)},
        {"FreeCredentials", table->FreeCredentialsHandle(&handle)},
        {"Initialize", table->InitializeSecurityContextA(&handle, NULL, NULL, 0, 0, 0, NULL, 0, &handle, &desc, &count,
                                                         NULL)},
        {"Accept", table->AcceptSecurityContext(&handle, NULL, NULL, 0, 0, &handle, &desc, &count, NULL)},
        {"CompleteAuthToken", table->CompleteAuthToken(&handle, &desc)},
        {"Delete", table->DeleteSecurityContext(&handle)},
        {"QueryAttributes", table->QueryContextAttributesA(&handle, SECPKG_ATTR_FLAGS, &count)},
        {"Impersonate", table->ImpersonateSecurityContext(&handle)},
        {"Revert", table->RevertSecurityContext(&handle)},
        {"QueryToken", table->QuerySecurityContextToken(&handle, &token)},
        {"MakeSignature", table->MakeSignature(&handle, 0, &desc, 0)},
        {"VerifySignature", table->VerifySignature(&handle, &desc, 0, NULL)},
        {"Encrypt", table->EncryptMessage(&handle, 0, &desc, 0)},
        {"Decrypt", table->DecryptMessage(&handle, &desc, 0, NULL)},
    };

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        ok(calls[i].status == SEC_E_INTERNAL_ERROR, "%s: got %08lx\n", calls[i].name, calls[i].status); /* design 3 */
}

START_TEST(secur32_version)
{
    SECURITY_STATUS status;
    char **argv;
    ULONG count;
    SecPkgInfoA *info = NULL;
    pid_t child;

    if (winetest_get_mainargs(&argv) > 2)
    {
        test_refused();
        return;
    }
    status = EnumerateSecurityPackagesA(&count, &info);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* design 3 */
    FreeContextBuffer(info);

    if (!(child = fork()))
    {
        setenv("GUISE_TEST_CORE_VERSION", "77", 1);
        execl("/proc/self/exe", argv[0], "secur32_version", "child", (char *)NULL);
        _exit(99);
    }
    winetest_wait_child_process(child);
}

/*
 * InitSecurityInterface.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stddef.h>
#ifndef _WIN32
#include <dlfcn.h>
#endif

#include "session.h"

#define SLOT(name) (offsetof(SecurityFunctionTableA, name) / sizeof(void *))

/* The address of an export; a program's own reference may go through a thunk of its own. */
static void *export(const char *name)
{
#ifdef _WIN32
    return (void *)GetProcAddress(GetModuleHandleA("secur32.dll"), name);
#else
    return dlsym(RTLD_DEFAULT, name);
#endif
}

static void test_tables(void)
{
    SecurityFunctionTableA *a = InitSecurityInterfaceA();
    SecurityFunctionTableW *w = InitSecurityInterfaceW();

    ok(a && w, "tables %p, %p\n", a, w); /* S2.15.1 */
    ok(a == InitSecurityInterfaceA() && w == InitSecurityInterfaceW(), "another table\n"); /* S12.12 */
    ok(a->dwVersion == SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION || broken(a->dwVersion > 1), "version %lu\n",
       a->dwVersion); /* S2.15.1 */
    ok(w->dwVersion == a->dwVersion, "version %lu\n", w->dwVersion); /* S2.15.1 */
    ok(!a->Reserved2 && !w->Reserved2, "Reserved2\n"); /* S2.15.1 */
    ok(a->Reserved3 == (void *)a->EncryptMessage && w->Reserved3 == (void *)w->EncryptMessage,
       "Reserved3\n"); /* S2.15.1 */
    ok(a->Reserved4 == (void *)a->DecryptMessage && w->Reserved4 == (void *)w->DecryptMessage,
       "Reserved4\n"); /* S2.15.1 */
}

static void test_entries(void)
{
    SecurityFunctionTableA *a = InitSecurityInterfaceA();
    SecurityFunctionTableW *w = InitSecurityInterfaceW();
    SECURITY_STATUS status;

    /* S2.15.2 */
    ok(SLOT(EnumerateSecurityPackagesA) == 1 && SLOT(AcquireCredentialsHandleA) == 3 &&
           SLOT(InitializeSecurityContextA) == 6,
       "order\n");
    ok(SLOT(ImpersonateSecurityContext) == 12 && SLOT(RevertSecurityContext) == 13 && SLOT(Reserved3) == 18, "order\n");
    ok(SLOT(QuerySecurityContextToken) == 24 && SLOT(DecryptMessage) == 26, "order\n");

    /* S2.15.2 */
    ok(a->EnumerateSecurityPackagesA && a->AcquireCredentialsHandleA && a->FreeCredentialsHandle, "missing slots\n");
    ok(a->InitializeSecurityContextA && a->AcceptSecurityContext && a->CompleteAuthToken && a->DeleteSecurityContext,
       "missing slots\n");
    ok(a->QueryContextAttributesA && a->ImpersonateSecurityContext && a->RevertSecurityContext, "missing slots\n");
    ok(a->MakeSignature && a->VerifySignature && a->FreeContextBuffer && a->QuerySecurityPackageInfoA,
       "missing slots\n");
    ok(a->QuerySecurityContextToken && a->EncryptMessage && a->DecryptMessage, "missing slots\n");
    ok(w->EnumerateSecurityPackagesW && w->AcquireCredentialsHandleW && w->FreeCredentialsHandle, "missing slots\n");
    ok(w->InitializeSecurityContextW && w->AcceptSecurityContext && w->CompleteAuthToken && w->DeleteSecurityContext,
       "missing slots\n");
    ok(w->QueryContextAttributesW && w->ImpersonateSecurityContext && w->RevertSecurityContext, "missing slots\n");
    ok(w->QuerySecurityContextToken && w->QuerySecurityPackageInfoW && w->FreeContextBuffer, "missing slots\n");


    /* S2.15.2 */
    ok(a->QueryCredentialsAttributesA && a->AddCredentialsA && a->ApplyControlToken, "missing slots\n");
    ok(w->QueryCredentialsAttributesW && w->AddCredentialsW && w->ApplyControlToken, "missing slots\n");
    if (a->dwVersion >= SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5)
        ok(a->SetContextAttributesA && a->SetCredentialsAttributesA && a->ChangeAccountPasswordA &&
               a->QueryContextAttributesExA && a->QueryCredentialsAttributesExA,
           "missing slots\n");

    status = a->ImpersonateSecurityContext(NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.3 */
    status = w->FreeContextBuffer(NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.13.1 */

    ok(export("SealMessage") && export("SealMessage") == export("EncryptMessage"),
       "SealMessage is another routine\n"); /* S1.2.3 */
    ok(export("UnsealMessage") && export("UnsealMessage") == export("DecryptMessage"),
       "UnsealMessage is another routine\n"); /* S1.2.3 */
}

START_TEST(functable)
{
    test_tables();
    test_entries();
}

/*
 * InitSecurityInterface, and the test that the core which was loaded is the one that belongs to this library.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/front.h"

const ULONG guise_secur32_version = GUISE_CORE_VERSION;

static bool core_matches; /* written once, while the library loads */

static void __attribute__((constructor)) compare_core_version(void)
{
    core_matches = guise_core_version() == GUISE_CORE_VERSION;
    if (!core_matches)
        guise_log("libsecur32 was built for version %u of libntoskrnl, found %u: every call is refused",
                  GUISE_CORE_VERSION, guise_core_version());
}

bool sec_core_matches(void)
{
    return core_matches;
}

/*
 * Version 1 of the table, as on the systems that were looked at (S2.15.1): who reads the version finds at least what it
 * promises. The slots of later versions are filled all the same (S2.15.2).
 */
#define COMMON_SLOTS \
    .dwVersion = SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION, \
    .FreeCredentialsHandle = FreeCredentialsHandle, \
    .AcceptSecurityContext = AcceptSecurityContext, \
    .CompleteAuthToken = CompleteAuthToken, \
    .DeleteSecurityContext = DeleteSecurityContext, \
    .ApplyControlToken = ApplyControlToken, \
    .ImpersonateSecurityContext = ImpersonateSecurityContext, \
    .RevertSecurityContext = RevertSecurityContext, \
    .MakeSignature = MakeSignature, \
    .VerifySignature = VerifySignature, \
    .FreeContextBuffer = FreeContextBuffer, \
    .Reserved3 = (void *)EncryptMessage, \
    .Reserved4 = (void *)DecryptMessage, \
    .ExportSecurityContext = ExportSecurityContext, \
    .QuerySecurityContextToken = QuerySecurityContextToken, \
    .EncryptMessage = EncryptMessage, \
    .DecryptMessage = DecryptMessage

/* Not const: callers get a pointer to a plain structure, and some write into theirs. */
static SecurityFunctionTableW table_w = {
    COMMON_SLOTS,
    .EnumerateSecurityPackagesW = EnumerateSecurityPackagesW,
    .AcquireCredentialsHandleW = AcquireCredentialsHandleW,
    .InitializeSecurityContextW = InitializeSecurityContextW,
    .QueryContextAttributesW = QueryContextAttributesW,
    .QuerySecurityPackageInfoW = QuerySecurityPackageInfoW,
    .QueryCredentialsAttributesW = QueryCredentialsAttributesW,
    .ImportSecurityContextW = ImportSecurityContextW,
    .AddCredentialsW = AddCredentialsW,
    .SetContextAttributesW = SetContextAttributesW,
    .SetCredentialsAttributesW = SetCredentialsAttributesW,
    .ChangeAccountPasswordW = ChangeAccountPasswordW,
    .QueryContextAttributesExW = QueryContextAttributesExW,
    .QueryCredentialsAttributesExW = QueryCredentialsAttributesExW,
};

static SecurityFunctionTableA table_a = {
    COMMON_SLOTS,
    .EnumerateSecurityPackagesA = EnumerateSecurityPackagesA,
    .AcquireCredentialsHandleA = AcquireCredentialsHandleA,
    .InitializeSecurityContextA = InitializeSecurityContextA,
    .QueryContextAttributesA = QueryContextAttributesA,
    .QuerySecurityPackageInfoA = QuerySecurityPackageInfoA,
    .QueryCredentialsAttributesA = QueryCredentialsAttributesA,
    .ImportSecurityContextA = ImportSecurityContextA,
    .AddCredentialsA = AddCredentialsA,
    .SetContextAttributesA = SetContextAttributesA,
    .SetCredentialsAttributesA = SetCredentialsAttributesA,
    .ChangeAccountPasswordA = ChangeAccountPasswordA,
    .QueryContextAttributesExA = QueryContextAttributesExA,
    .QueryCredentialsAttributesExA = QueryCredentialsAttributesExA,
};

/***********************************************************************
 *           InitSecurityInterfaceW (SECUR32.@)
 *
 * The table of entry points: static, never NULL, never freed (S2.15.1, S12.12).
 */
PSecurityFunctionTableW SEC_ENTRY InitSecurityInterfaceW(void)
{
    return &table_w;
}

/***********************************************************************
 *           InitSecurityInterfaceA (SECUR32.@)
 */
PSecurityFunctionTableA SEC_ENTRY InitSecurityInterfaceA(void)
{
    return &table_a;
}

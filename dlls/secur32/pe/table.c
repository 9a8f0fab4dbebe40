/*
 * InitSecurityInterface (as table.c natively), and the mark of this DLL.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define SECURITY_WIN32
#define ISSP_MODE 1
#include "dlls/secur32/pe/thunks.h"
#define _NO_KSECDD_IMPORT_ /* they are here */
#include <sspi.h>

#define SLOTS 31

/* The exports as addresses: their types are nobody's business here. */
#define EXPORT(name) extern const char export_##name[] __asm__(#name);
#define EXPORT_AW(name) EXPORT(name##A) EXPORT(name##W)
EXPORT(FreeCredentialsHandle) EXPORT(AcceptSecurityContext) EXPORT(CompleteAuthToken) EXPORT(DeleteSecurityContext) EXPORT(ApplyControlToken)
EXPORT(ImpersonateSecurityContext) EXPORT(RevertSecurityContext) EXPORT(MakeSignature) EXPORT(VerifySignature) EXPORT(FreeContextBuffer)
EXPORT(EncryptMessage) EXPORT(DecryptMessage) EXPORT(ExportSecurityContext) EXPORT(QuerySecurityContextToken)
EXPORT_AW(EnumerateSecurityPackages) EXPORT_AW(QueryCredentialsAttributes) EXPORT_AW(AcquireCredentialsHandle) EXPORT_AW(InitializeSecurityContext)
EXPORT_AW(QueryContextAttributes) EXPORT_AW(QuerySecurityPackageInfo) EXPORT_AW(ImportSecurityContext) EXPORT_AW(AddCredentials)
EXPORT_AW(SetContextAttributes) EXPORT_AW(SetCredentialsAttributes) EXPORT_AW(ChangeAccountPassword) EXPORT_AW(QueryContextAttributesEx)
EXPORT_AW(QueryCredentialsAttributesEx)

struct table
{
    ULONG version;
    const void *slots[SLOTS];
};
C_ASSERT(sizeof(struct table) == sizeof(SecurityFunctionTableW));

/* In the order of sspi.h. Not const: callers get a pointer to a plain structure, and some write into theirs. */
#define TABLE(AW) \
    { SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION, \
      { export_EnumerateSecurityPackages##AW, export_QueryCredentialsAttributes##AW, export_AcquireCredentialsHandle##AW, \
        export_FreeCredentialsHandle, NULL, export_InitializeSecurityContext##AW, export_AcceptSecurityContext, export_CompleteAuthToken, \
        export_DeleteSecurityContext, export_ApplyControlToken, export_QueryContextAttributes##AW, export_ImpersonateSecurityContext, \
        export_RevertSecurityContext, export_MakeSignature, export_VerifySignature, export_FreeContextBuffer, \
        export_QuerySecurityPackageInfo##AW, export_EncryptMessage, export_DecryptMessage, export_ExportSecurityContext, \
        export_ImportSecurityContext##AW, export_AddCredentials##AW, NULL, export_QuerySecurityContextToken, export_EncryptMessage, \
        export_DecryptMessage, export_SetContextAttributes##AW, export_SetCredentialsAttributes##AW, export_ChangeAccountPassword##AW, \
        export_QueryContextAttributesEx##AW, export_QueryCredentialsAttributesEx##AW } }

static struct table table_a = TABLE(A);
static struct table table_w = TABLE(W);

const ULONG guise_secur32_version = GUISE_COMPANION_VERSION;

PSecurityFunctionTableA WINAPI InitSecurityInterfaceA(void)
{
    return (PSecurityFunctionTableA)&table_a;
}

PSecurityFunctionTableW WINAPI InitSecurityInterfaceW(void)
{
    return (PSecurityFunctionTableW)&table_w;
}

/*
 * Names of secur32.dll that Windows Vista did not have: the PE program finds them when it runs.
 *
 * A test that needs some says so first; natively they are linked like all others.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_SECUR32_LATE_H
#define GUISE_TESTS_SECUR32_LATE_H

#include "session.h"

#ifdef _WIN32

#if ISSP_MODE != 0 /* mingw-w64 shows these to drivers only */
struct _SspiAsyncContext;
typedef struct _SspiAsyncContext SspiAsyncContext;
typedef void (*SspiAsyncNotifyCallback)(SspiAsyncContext *Handle, PVOID CallbackData);
SspiAsyncContext *SEC_ENTRY SspiCreateAsyncContext(void);
void SEC_ENTRY SspiFreeAsyncContext(SspiAsyncContext *Handle);
NTSTATUS SEC_ENTRY SspiReinitAsyncContext(SspiAsyncContext *Handle);
SECURITY_STATUS SEC_ENTRY SspiSetAsyncNotifyCallback(SspiAsyncContext *Context, SspiAsyncNotifyCallback Callback,
                                                     void *CallbackData);
BOOLEAN SEC_ENTRY SspiAsyncContextRequiresNotify(SspiAsyncContext *AsyncContext);
SECURITY_STATUS SEC_ENTRY SspiGetAsyncCallStatus(SspiAsyncContext *Handle);
SECURITY_STATUS SEC_ENTRY SspiAcquireCredentialsHandleAsyncW(SspiAsyncContext *AsyncContext, SEC_WCHAR *pszPrincipal,
                                                             SEC_WCHAR *pszPackage, ULONG fCredentialUse,
                                                             void *pvLogonId, void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                                             void *pvGetKeyArgument, PCredHandle phCredential,
                                                             PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SspiAcquireCredentialsHandleAsyncA(SspiAsyncContext *AsyncContext, SEC_CHAR *pszPrincipal,
                                                             SEC_CHAR *pszPackage, ULONG fCredentialUse,
                                                             void *pvLogonId, void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                                             void *pvGetKeyArgument, PCredHandle phCredential,
                                                             PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SspiInitializeSecurityContextAsyncW(SspiAsyncContext *AsyncContext, PCredHandle phCredential,
                                                              PCtxtHandle phContext, SEC_WCHAR *pszTargetName,
                                                              ULONG fContextReq, ULONG Reserved1, ULONG TargetDataRep,
                                                              PSecBufferDesc pInput, ULONG Reserved2,
                                                              PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                                              ULONG *pfContextAttr, PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SspiInitializeSecurityContextAsyncA(SspiAsyncContext *AsyncContext, PCredHandle phCredential,
                                                              PCtxtHandle phContext, SEC_CHAR *pszTargetName,
                                                              ULONG fContextReq, ULONG Reserved1, ULONG TargetDataRep,
                                                              PSecBufferDesc pInput, ULONG Reserved2,
                                                              PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                                              ULONG *pfContextAttr, PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SspiAcceptSecurityContextAsync(SspiAsyncContext *AsyncContext, PCredHandle phCredential,
                                                         PCtxtHandle phContext, PSecBufferDesc pInput,
                                                         ULONG fContextReq, ULONG TargetDataRep,
                                                         PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                                         ULONG *pfContextAttr, PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SspiFreeCredentialsHandleAsync(SspiAsyncContext *AsyncContext, PCredHandle phCredential);
SECURITY_STATUS SEC_ENTRY SspiDeleteSecurityContextAsync(SspiAsyncContext *AsyncContext, PCtxtHandle phContext);
#endif

#define LATE_NAMES(X)                    \
    X(QueryContextAttributesExA)           \
    X(QueryContextAttributesExW)           \
    X(QueryCredentialsAttributesExA)       \
    X(QueryCredentialsAttributesExW)       \
    X(SspiAcceptSecurityContextAsync)      \
    X(SspiAcquireCredentialsHandleAsyncA)  \
    X(SspiAcquireCredentialsHandleAsyncW)  \
    X(SspiAsyncContextRequiresNotify)      \
    X(SspiCompareAuthIdentities)           \
    X(SspiCopyAuthIdentity)                \
    X(SspiCreateAsyncContext)              \
    X(SspiDecryptAuthIdentity)             \
    X(SspiDecryptAuthIdentityEx)           \
    X(SspiDeleteSecurityContextAsync)      \
    X(SspiEncodeAuthIdentityAsStrings)     \
    X(SspiEncodeStringsAsAuthIdentity)     \
    X(SspiEncryptAuthIdentity)             \
    X(SspiEncryptAuthIdentityEx)           \
    X(SspiExcludePackage)                  \
    X(SspiFreeAsyncContext)                \
    X(SspiFreeAuthIdentity)                \
    X(SspiFreeCredentialsHandleAsync)      \
    X(SspiGetAsyncCallStatus)              \
    X(SspiGetTargetHostName)               \
    X(SspiInitializeSecurityContextAsyncA) \
    X(SspiInitializeSecurityContextAsyncW) \
    X(SspiIsAuthIdentityEncrypted)         \
    X(SspiLocalFree)                       \
    X(SspiMarshalAuthIdentity)             \
    X(SspiPrepareForCredRead)              \
    X(SspiPrepareForCredWrite)             \
    X(SspiReinitAsyncContext)              \
    X(SspiSetAsyncNotifyCallback)          \
    X(SspiUnmarshalAuthIdentity)           \
    X(SspiValidateAuthIdentity)            \
    X(SspiZeroAuthIdentity)

struct late
{
#define LATE_MEMBER(name) __typeof__(name) *p##name;
    LATE_NAMES(LATE_MEMBER)
#undef LATE_MEMBER
};

extern struct late late;

#ifndef LATE_NO_NAMES
#define QueryContextAttributesExA late.pQueryContextAttributesExA
#define QueryContextAttributesExW late.pQueryContextAttributesExW
#define QueryCredentialsAttributesExA late.pQueryCredentialsAttributesExA
#define QueryCredentialsAttributesExW late.pQueryCredentialsAttributesExW
#define SspiAcceptSecurityContextAsync late.pSspiAcceptSecurityContextAsync
#define SspiAcquireCredentialsHandleAsyncA late.pSspiAcquireCredentialsHandleAsyncA
#define SspiAcquireCredentialsHandleAsyncW late.pSspiAcquireCredentialsHandleAsyncW
#define SspiAsyncContextRequiresNotify late.pSspiAsyncContextRequiresNotify
#define SspiCompareAuthIdentities late.pSspiCompareAuthIdentities
#define SspiCopyAuthIdentity late.pSspiCopyAuthIdentity
#define SspiCreateAsyncContext late.pSspiCreateAsyncContext
#define SspiDecryptAuthIdentity late.pSspiDecryptAuthIdentity
#define SspiDecryptAuthIdentityEx late.pSspiDecryptAuthIdentityEx
#define SspiDeleteSecurityContextAsync late.pSspiDeleteSecurityContextAsync
#define SspiEncodeAuthIdentityAsStrings late.pSspiEncodeAuthIdentityAsStrings
#define SspiEncodeStringsAsAuthIdentity late.pSspiEncodeStringsAsAuthIdentity
#define SspiEncryptAuthIdentity late.pSspiEncryptAuthIdentity
#define SspiEncryptAuthIdentityEx late.pSspiEncryptAuthIdentityEx
#define SspiExcludePackage late.pSspiExcludePackage
#define SspiFreeAsyncContext late.pSspiFreeAsyncContext
#define SspiFreeAuthIdentity late.pSspiFreeAuthIdentity
#define SspiFreeCredentialsHandleAsync late.pSspiFreeCredentialsHandleAsync
#define SspiGetAsyncCallStatus late.pSspiGetAsyncCallStatus
#define SspiGetTargetHostName late.pSspiGetTargetHostName
#define SspiInitializeSecurityContextAsyncA late.pSspiInitializeSecurityContextAsyncA
#define SspiInitializeSecurityContextAsyncW late.pSspiInitializeSecurityContextAsyncW
#define SspiIsAuthIdentityEncrypted late.pSspiIsAuthIdentityEncrypted
#define SspiLocalFree late.pSspiLocalFree
#define SspiMarshalAuthIdentity late.pSspiMarshalAuthIdentity
#define SspiPrepareForCredRead late.pSspiPrepareForCredRead
#define SspiPrepareForCredWrite late.pSspiPrepareForCredWrite
#define SspiReinitAsyncContext late.pSspiReinitAsyncContext
#define SspiSetAsyncNotifyCallback late.pSspiSetAsyncNotifyCallback
#define SspiUnmarshalAuthIdentity late.pSspiUnmarshalAuthIdentity
#define SspiValidateAuthIdentity late.pSspiValidateAuthIdentity
#define SspiZeroAuthIdentity late.pSspiZeroAuthIdentity
#endif

/* TRUE if this secur32.dll has all of NAMES; otherwise says which one it lacks. */
BOOL late_need(const char *const *names);
#define LATE_NEED(...) late_need((const char *const[]){__VA_ARGS__, NULL})

#else
#define LATE_NEED(...) TRUE
#endif

#endif

/*
 * QueryContextAttributes. The package answers in the W form; what every package would answer alike is answered here.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stddef.h>

#include "dlls/secur32/front.h"
#include "ntoskrnl/out.h"

/*
 * The attributes that are answered here or by a package: how much of the caller's memory each fills, and where it has
 * strings. Those of CLIENT_SPECIFIED_TARGET are UTF-16 in both forms (S3.3.7).
 */
#define STRING(structure, member) offsetof(SecPkgContext_##structure, member)

static const struct attribute_shape context_attributes[] = {
    {SECPKG_ATTR_SIZES, sizeof(SecPkgContext_Sizes), 0, {0}, 0},
    {SECPKG_ATTR_NAMES, sizeof(SecPkgContext_NamesW), 1, {STRING(NamesW, sUserName)}, 0},
    {SECPKG_ATTR_LIFESPAN, sizeof(SecPkgContext_Lifespan), 0, {0}, 0},
    {SECPKG_ATTR_DCE_INFO, sizeof(SecPkgContext_DceInfo), 1, {STRING(DceInfo, pPac)}, 0},
    {SECPKG_ATTR_STREAM_SIZES, sizeof(SecPkgContext_StreamSizes), 0, {0}, 0},
    {SECPKG_ATTR_KEY_INFO, sizeof(SecPkgContext_KeyInfoW), 2,
     {STRING(KeyInfoW, sSignatureAlgorithmName), STRING(KeyInfoW, sEncryptAlgorithmName)}, 0},
    {SECPKG_ATTR_AUTHORITY, sizeof(SecPkgContext_AuthorityW), 1, {STRING(AuthorityW, sAuthorityName)}, 0},
    {SECPKG_ATTR_PROTO_INFO, sizeof(SecPkgContext_ProtoInfoW), 1, {STRING(ProtoInfoW, sProtocolName)}, 0},
    {SECPKG_ATTR_PASSWORD_EXPIRY, sizeof(SecPkgContext_PasswordExpiry), 0, {0}, 0},
    {SECPKG_ATTR_SESSION_KEY, sizeof(SecPkgContext_SessionKey), 0, {0}, STRING(SessionKey, SessionKey)},
    {SECPKG_ATTR_PACKAGE_INFO, sizeof(SecPkgContext_PackageInfoW), 0, {0}, 0},
    {SECPKG_ATTR_NEGOTIATION_INFO, sizeof(SecPkgContext_NegotiationInfoW), 0, {0}, 0},
    {SECPKG_ATTR_NATIVE_NAMES, sizeof(SecPkgContext_NativeNamesW), 2,
     {STRING(NativeNamesW, sClientName), STRING(NativeNamesW, sServerName)}, 0},
    {SECPKG_ATTR_FLAGS, sizeof(SecPkgContext_Flags), 0, {0}, 0},
    {SECPKG_ATTR_CREDENTIAL_NAME, sizeof(SecPkgContext_CredentialNameW), 1,
     {STRING(CredentialNameW, sCredentialName)}, 0},
    {SECPKG_ATTR_ACCESS_TOKEN, sizeof(SecPkgContext_AccessToken), 0, {0}, 0},
    {SECPKG_ATTR_LOGOFF_TIME, sizeof(SecPkgContext_LogoffTime), 0, {0}, 0},
    {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, sizeof(SecPkgContext_ClientSpecifiedTarget), 0, {0}, 0},
    {SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, sizeof(SecPkgContext_LastClientTokenStatus), 0, {0}, 0},
    {SECPKG_ATTR_NEGO_PKG_INFO, sizeof(SecPkgContext_NegoPackageInfo), 0, {0}, 0},
    {SECPKG_ATTR_NEGO_STATUS, sizeof(SecPkgContext_NegoStatus), 0, {0}, 0},
};

static const struct attribute_shape *shape_of(ULONG attribute)
{
    return sec_attribute_find(context_attributes, sizeof(context_attributes) / sizeof(context_attributes[0]), attribute);
}

/* Who works for a context, and how sure that is: a package used directly has nothing to choose (S3.3.4). */
static const struct sec_package *package_at_work(const struct context *context, ULONG *state)
{
    const struct sec_package *chosen;

    *state = context_phase(context) == CONTEXT_COMPLETE ? SECPKG_NEGOTIATION_COMPLETE : SECPKG_NEGOTIATION_IN_PROGRESS;
    if (!context->package->chosen || !context->state) return context->package;
    chosen = context->package->chosen(context->state, state);
    return chosen ? chosen : context->package;
}

static SECURITY_STATUS query_package_info(struct context *context, PSecPkgInfoW *slot, bool ansi)
{
    ULONG state;
    const struct sec_package *package = package_at_work(context, &state);
    void *info = sec_package_info(&package, 1, ansi);

    if (!info) return SEC_E_INSUFFICIENT_MEMORY;
    out_ptr(slot, info);
    return SEC_E_OK;
}

/* Asked during the legs too. */
static SECURITY_STATUS query_negotiation_info(struct context *context, SecPkgContext_NegotiationInfoW *answer,
                                              bool ansi)
{
    SECURITY_STATUS status = query_package_info(context, &answer->PackageInfo, ansi);

    if (status == SEC_E_OK) package_at_work(context, &answer->NegotiationState);
    return status;
}

/* What a choice failed at is worth asking when it has failed, too; only not while a leg changes it. */
static SECURITY_STATUS query_between_legs(struct context *context, ULONG attribute, void *buffer)
{
    SECURITY_STATUS status;

    if ((status = context_hold(context)) != SEC_E_OK) return status;
    status = context->package->query_context(context->state, attribute, buffer);
    context_release(context);
    return status;
}

static SECURITY_STATUS query_choice(struct context *context, ULONG attribute, void *buffer)
{
    if (!context->package->chosen || !context->package->query_context) return SEC_E_UNSUPPORTED_FUNCTION;
    return query_between_legs(context, attribute, buffer);
}

/* The handle is the context's: made once, the same for every caller, closed when the context goes (S3.3.5, S12.8). */
static SECURITY_STATUS query_access_token(struct context *context, SecPkgContext_AccessToken *answer)
{
    HANDLE known = atomic_load_explicit(&context->token_handle, memory_order_acquire), fresh;
    SECURITY_STATUS status;

    if (!known)
    {
        if ((status = context_open_token(context, &fresh)) != SEC_E_OK) return status;
        if (atomic_compare_exchange_strong_explicit(&context->token_handle, &known, fresh, memory_order_acq_rel,
                                                    memory_order_acquire))
            known = fresh;
        else NtClose(fresh);
    }
    answer->AccessToken = known;
    return SEC_E_OK;
}

static SECURITY_STATUS query_from_package(struct context *context, ULONG attribute, void *buffer, bool ansi)
{
    SECURITY_STATUS status;

    if (context_phase(context) != CONTEXT_COMPLETE) return SEC_E_INVALID_HANDLE; /* S2.10.2 */
    if (!context->package->query_context) return SEC_E_UNSUPPORTED_FUNCTION;
    status = context->package->query_context(context->state, attribute, buffer);
    if (status != SEC_E_OK) return status;
    sec_attribute_give(shape_of(attribute), buffer);
    return ansi ? sec_attribute_to_ansi(shape_of(attribute), buffer) : SEC_E_OK;
}

/* A client asks when it has sent a token (S3.3.8). */
static SECURITY_STATUS query_last_token(struct context *context, void *buffer)
{
    const struct sec_package *package = context->package;

    if (context_phase(context) == CONTEXT_COMPLETE) return query_from_package(context, SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, buffer, false);
    if (!package->query_context || (!package->chosen && !package->mechanisms)) return SEC_E_UNSUPPORTED_FUNCTION;
    if (context_phase(context) == CONTEXT_FAILED) return SEC_E_INVALID_HANDLE;
    return query_between_legs(context, SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, buffer);
}

static SECURITY_STATUS answer(struct context *context, ULONG attribute, void *buffer, bool ansi)
{
    switch (attribute)
    {
    case SECPKG_ATTR_PACKAGE_INFO:
        return query_package_info(context, &((SecPkgContext_PackageInfoW *)buffer)->PackageInfo, ansi);
    case SECPKG_ATTR_NEGOTIATION_INFO: return query_negotiation_info(context, buffer, ansi);
    case SECPKG_ATTR_NEGO_PKG_INFO:
    case SECPKG_ATTR_NEGO_STATUS: return query_choice(context, attribute, buffer);
    case SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS: return query_last_token(context, buffer);
    case SECPKG_ATTR_ACCESS_TOKEN: return query_access_token(context, buffer);
    default: return query_from_package(context, attribute, buffer, ansi);
    }
}

/* SIZE is NULL where the caller gave none. */
static SECURITY_STATUS query(const CtxtHandle *handle, ULONG attribute, void *buffer, const ULONG *size, bool ansi)
{
    struct context *context;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(context = context_reference(handle))) return SEC_E_INVALID_HANDLE;
    status = sec_attribute_check(shape_of(attribute), buffer, size);
    if (status == SEC_E_OK) status = answer(context, attribute, buffer, ansi);
    context_dereference(context);
    return status;
}

/***********************************************************************
 *           QueryContextAttributesW (SECUR32.@)
 *
 * BUFFER is the structure of ATTRIBUTE; strings and blobs in it are freed one by one with FreeContextBuffer (S2.10.1,
 * S12.5).
 */
SECURITY_STATUS SEC_ENTRY QueryContextAttributesW(PCtxtHandle handle, ULONG attribute, void *buffer)
{
    return query(handle, attribute, buffer, NULL, false);
}

/***********************************************************************
 *           QueryContextAttributesA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY QueryContextAttributesA(PCtxtHandle handle, ULONG attribute, void *buffer)
{
    return query(handle, attribute, buffer, NULL, true);
}

/***********************************************************************
 *           QueryContextAttributesExW (SECUR32.@)
 *
 * The same with the size of the structure (S1.3.1): SEC_E_BUFFER_TOO_SMALL if it is less than the attribute's.
 */
SECURITY_STATUS SEC_ENTRY QueryContextAttributesExW(PCtxtHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    return query(handle, attribute, buffer, &size, false);
}

/***********************************************************************
 *           QueryContextAttributesExA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY QueryContextAttributesExA(PCtxtHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    return query(handle, attribute, buffer, &size, true);
}

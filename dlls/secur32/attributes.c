/*
 * QueryContextAttributes. The package answers in the W form; what every package would answer alike is answered here,
 * and for the A form the strings are replaced.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stddef.h>
#include <string.h>

#include "dlls/secur32/front.h"
#include "ntoskrnl/out.h"

/* Where the strings of a structure are. CLIENT_SPECIFIED_TARGET is UTF-16 in both forms (S3.3.7) and so is not here. */
static const struct attribute_strings
{
    ULONG attribute;
    unsigned int count;
    size_t offsets[2];
} attribute_strings[] = {
    {SECPKG_ATTR_NAMES, 1, {offsetof(SecPkgContext_NamesW, sUserName)}},
    {SECPKG_ATTR_DCE_INFO, 1, {offsetof(SecPkgContext_DceInfo, pPac)}},
    {SECPKG_ATTR_KEY_INFO, 2, {offsetof(SecPkgContext_KeyInfoW, sSignatureAlgorithmName),
                               offsetof(SecPkgContext_KeyInfoW, sEncryptAlgorithmName)}},
    {SECPKG_ATTR_AUTHORITY, 1, {offsetof(SecPkgContext_AuthorityW, sAuthorityName)}},
    {SECPKG_ATTR_PROTO_INFO, 1, {offsetof(SecPkgContext_ProtoInfoW, sProtocolName)}},
    {SECPKG_ATTR_NATIVE_NAMES, 2, {offsetof(SecPkgContext_NativeNamesW, sClientName),
                                   offsetof(SecPkgContext_NativeNamesW, sServerName)}},
    {SECPKG_ATTR_CREDENTIAL_NAME, 1, {offsetof(SecPkgContext_CredentialNameW, sCredentialName)}},
};

static void **string_slot(void *buffer, const struct attribute_strings *strings, unsigned int index)
{
    return (void **)((char *)buffer + strings->offsets[index]);
}

char *sec_ansi_block(WCHAR *wide)
{
    size_t length = sec_wide_length(wide);
    char *block = out_block(sec_ansi_from_wide(wide, length, NULL) + 1);

    if (block) sec_ansi_from_wide(wide, length, block);
    out_free(wide);
    return block;
}

static SECURITY_STATUS strings_to_ansi(void *buffer, const struct attribute_strings *strings)
{
    bool complete = true;

    for (unsigned int i = 0; i < strings->count; i++)
    {
        void **slot = string_slot(buffer, strings, i);
        char *text;

        if (!*slot) continue;
        text = sec_ansi_block(*slot);
        if (!text) complete = false;
        out_ptr(slot, text);
    }
    if (complete) return SEC_E_OK;
    for (unsigned int i = 0; i < strings->count; i++)
    {
        void **slot = string_slot(buffer, strings, i);

        out_free(*slot);
        *slot = NULL;
    }
    return SEC_E_INSUFFICIENT_MEMORY;
}

static SECURITY_STATUS to_ansi(ULONG attribute, void *buffer)
{
    for (size_t i = 0; i < sizeof(attribute_strings) / sizeof(attribute_strings[0]); i++)
    {
        if (attribute_strings[i].attribute == attribute) return strings_to_ansi(buffer, &attribute_strings[i]);
    }
    return SEC_E_OK;
}

/* How much of the caller's memory each attribute that is answered here or by a package fills. */
static const struct
{
    ULONG attribute;
    ULONG size;
} attribute_sizes[] = {
    {SECPKG_ATTR_SIZES, sizeof(SecPkgContext_Sizes)},
    {SECPKG_ATTR_NAMES, sizeof(SecPkgContext_NamesW)},
    {SECPKG_ATTR_LIFESPAN, sizeof(SecPkgContext_Lifespan)},
    {SECPKG_ATTR_DCE_INFO, sizeof(SecPkgContext_DceInfo)},
    {SECPKG_ATTR_STREAM_SIZES, sizeof(SecPkgContext_StreamSizes)},
    {SECPKG_ATTR_KEY_INFO, sizeof(SecPkgContext_KeyInfoW)},
    {SECPKG_ATTR_AUTHORITY, sizeof(SecPkgContext_AuthorityW)},
    {SECPKG_ATTR_PROTO_INFO, sizeof(SecPkgContext_ProtoInfoW)},
    {SECPKG_ATTR_SESSION_KEY, sizeof(SecPkgContext_SessionKey)},
    {SECPKG_ATTR_PACKAGE_INFO, sizeof(SecPkgContext_PackageInfoW)},
    {SECPKG_ATTR_NEGOTIATION_INFO, sizeof(SecPkgContext_NegotiationInfoW)},
    {SECPKG_ATTR_NATIVE_NAMES, sizeof(SecPkgContext_NativeNamesW)},
    {SECPKG_ATTR_FLAGS, sizeof(SecPkgContext_Flags)},
    {SECPKG_ATTR_CREDENTIAL_NAME, sizeof(SecPkgContext_CredentialNameW)},
    {SECPKG_ATTR_ACCESS_TOKEN, sizeof(SecPkgContext_AccessToken)},
    {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, sizeof(SecPkgContext_ClientSpecifiedTarget)},
    {SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, sizeof(SecPkgContext_LastClientTokenStatus)},
};

#define ANY_SIZE 0xffffffffu /* the plain form does not say */

/* An attribute whose size is not known is refused where a size is given: it could not be kept. */
static SECURITY_STATUS check_size(ULONG attribute, ULONG size)
{
    if (size == ANY_SIZE) return SEC_E_OK;
    for (size_t i = 0; i < sizeof(attribute_sizes) / sizeof(attribute_sizes[0]); i++)
    {
        if (attribute_sizes[i].attribute == attribute)
            return size < attribute_sizes[i].size ? SEC_E_BUFFER_TOO_SMALL : SEC_E_OK;
    }
    return SEC_E_UNSUPPORTED_FUNCTION;
}

static SECURITY_STATUS query_package_info(struct context *context, PSecPkgInfoW *slot, bool ansi)
{
    void *info = sec_package_info(&context->package, 1, ansi);

    if (!info) return SEC_E_INSUFFICIENT_MEMORY;
    out_ptr(slot, info);
    return SEC_E_OK;
}

/*
 * Asked during the legs too; a package used directly has nothing to choose, so the state says only whether the legs are
 * over (S3.3.4).
 */
static SECURITY_STATUS query_negotiation_info(struct context *context, SecPkgContext_NegotiationInfoW *answer,
                                              bool ansi)
{
    SECURITY_STATUS status = query_package_info(context, &answer->PackageInfo, ansi);

    if (status == SEC_E_OK)
        answer->NegotiationState = context_phase(context) == CONTEXT_COMPLETE ? SECPKG_NEGOTIATION_COMPLETE
                                                                              : SECPKG_NEGOTIATION_IN_PROGRESS;
    return status;
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
    return status == SEC_E_OK && ansi ? to_ansi(attribute, buffer) : status;
}

static SECURITY_STATUS answer(struct context *context, ULONG attribute, void *buffer, bool ansi)
{
    switch (attribute)
    {
    case SECPKG_ATTR_PACKAGE_INFO:
        return query_package_info(context, &((SecPkgContext_PackageInfoW *)buffer)->PackageInfo, ansi);
    case SECPKG_ATTR_NEGOTIATION_INFO: return query_negotiation_info(context, buffer, ansi);
    case SECPKG_ATTR_ACCESS_TOKEN: return query_access_token(context, buffer);
    default: return query_from_package(context, attribute, buffer, ansi);
    }
}

static SECURITY_STATUS query(const CtxtHandle *handle, ULONG attribute, void *buffer, ULONG size, bool ansi)
{
    struct context *context;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(context = context_reference(handle))) return SEC_E_INVALID_HANDLE;
    status = buffer ? check_size(attribute, size) : SEC_E_INTERNAL_ERROR; /* as S2.4.4 */
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
    return query(handle, attribute, buffer, ANY_SIZE, false);
}

/***********************************************************************
 *           QueryContextAttributesA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY QueryContextAttributesA(PCtxtHandle handle, ULONG attribute, void *buffer)
{
    return query(handle, attribute, buffer, ANY_SIZE, true);
}

/***********************************************************************
 *           QueryContextAttributesExW (SECUR32.@)
 *
 * The same with the size of the structure (S1.3.1): SEC_E_BUFFER_TOO_SMALL if it is less than the attribute's.
 */
SECURITY_STATUS SEC_ENTRY QueryContextAttributesExW(PCtxtHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    return query(handle, attribute, buffer, size == ANY_SIZE ? size - 1 : size, false);
}

/***********************************************************************
 *           QueryContextAttributesExA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY QueryContextAttributesExA(PCtxtHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    return query(handle, attribute, buffer, size == ANY_SIZE ? size - 1 : size, true);
}

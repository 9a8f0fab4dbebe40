/*
 * QueryCredentialsAttributes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stddef.h>
#include <string.h>

#include "dlls/secur32/front.h"
#include "ntoskrnl/out.h"

/* The one attribute of credentials. */
static const struct attribute_shape names_shape = {
    SECPKG_CRED_ATTR_NAMES, sizeof(SecPkgCredentials_NamesW), 1, {offsetof(SecPkgCredentials_NamesW, sUserName)}, 0};

/* The name of whoever asked for default credentials. */
static SECURITY_STATUS name_default(const struct credential *credential, SecPkgCredentials_NamesW *names)
{
    WCHAR *name, *block;
    size_t size;

    switch (sec_name_of_token(credential->token, NameSamCompatible, &name))
    {
    case ERROR_SUCCESS: break;
    case ERROR_NONE_MAPPED: return SEC_E_NO_CREDENTIALS;
    case ERROR_NOT_ENOUGH_MEMORY: return SEC_E_INSUFFICIENT_MEMORY;
    default: return SEC_E_INTERNAL_ERROR;
    }
    size = (sec_wide_length(name) + 1) * sizeof(*name);
    if ((block = out_block(size))) memcpy(block, name, size);
    guise_free(name);
    if (!block) return SEC_E_INSUFFICIENT_MEMORY;
    out_ptr(&names->sUserName, block);
    return SEC_E_OK;
}

static SECURITY_STATUS query_from_package(struct credential *credential, ULONG attribute, void *buffer, bool ansi)
{
    SECURITY_STATUS status;

    if (!credential->package->query_credential) return SEC_E_UNSUPPORTED_FUNCTION;
    status = credential->package->query_credential(credential->state, attribute, buffer);
    if (attribute != SECPKG_CRED_ATTR_NAMES) return status;
    if (status == SEC_E_NO_CREDENTIALS && credential->token) status = name_default(credential, buffer);
    if (status != SEC_E_OK) return status;
    sec_attribute_give(&names_shape, buffer);
    return ansi ? sec_attribute_to_ansi(&names_shape, buffer) : SEC_E_OK;
}

/* SIZE is NULL where the caller gave none. */
static SECURITY_STATUS query(const CredHandle *handle, ULONG attribute, void *buffer, const ULONG *size, bool ansi)
{
    struct credential *credential;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(credential = find_credential(handle))) return SEC_E_INVALID_HANDLE;
    status = sec_attribute_check(sec_attribute_find(&names_shape, 1, attribute), buffer, size);
    if (status == SEC_E_OK) status = query_from_package(credential, attribute, buffer, ansi);
    credential_dereference(credential);
    return status;
}

/***********************************************************************
 *           QueryCredentialsAttributesW (SECUR32.@)
 *
 * Strings are freed with FreeContextBuffer (S2.4.1).
 */
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesW(PCredHandle handle, ULONG attribute, void *buffer)
{
    return query(handle, attribute, buffer, NULL, false);
}

/***********************************************************************
 *           QueryCredentialsAttributesA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesA(PCredHandle handle, ULONG attribute, void *buffer)
{
    return query(handle, attribute, buffer, NULL, true);
}

/***********************************************************************
 *           QueryCredentialsAttributesExW (SECUR32.@)
 *
 * The same with the size of the structure (S1.3.1).
 */
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExW(PCredHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    return query(handle, attribute, buffer, &size, false);
}

/***********************************************************************
 *           QueryCredentialsAttributesExA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExA(PCredHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    return query(handle, attribute, buffer, &size, true);
}

/*
 * QueryCredentialsAttributes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/secur32/front.h"
#include "ntoskrnl/out.h"

/* The name of whoever asked for default credentials. */
static SECURITY_STATUS name_default(const struct credential *credential, SecPkgCredentials_NamesW *names)
{
    WCHAR *name, *block;
    size_t size;

    switch (sec_name_of_token(credential->token, &name))
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

static SECURITY_STATUS names_to_ansi(SecPkgCredentials_NamesW *names)
{
    char *ansi = sec_ansi_block(names->sUserName);

    out_ptr((void **)names, ansi);
    return ansi ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

_Static_assert(sizeof(SecPkgCredentials_NamesW) == sizeof(void *), "the string alone, in both forms");

static SECURITY_STATUS query_from_package(struct credential *credential, ULONG attribute, void *buffer, bool ansi)
{
    SECURITY_STATUS status;

    if (!credential->package->query_credential) return SEC_E_UNSUPPORTED_FUNCTION;
    status = credential->package->query_credential(credential->state, attribute, buffer);
    if (attribute != SECPKG_CRED_ATTR_NAMES) return status;
    if (status == SEC_E_NO_CREDENTIALS && credential->token) status = name_default(credential, buffer);
    return status == SEC_E_OK && ansi ? names_to_ansi(buffer) : status;
}

/* NAMES is the one attribute whose size is known; where a size is given, others could not be kept within it. */
static SECURITY_STATUS check_size(ULONG attribute, ULONG size)
{
    if (attribute != SECPKG_CRED_ATTR_NAMES) return SEC_E_UNSUPPORTED_FUNCTION;
    return size < sizeof(SecPkgCredentials_NamesW) ? SEC_E_BUFFER_TOO_SMALL : SEC_E_OK;
}

/* SIZE is NULL where the caller gave none. */
static SECURITY_STATUS query(const CredHandle *handle, ULONG attribute, void *buffer, const ULONG *size, bool ansi)
{
    SECURITY_STATUS status = SEC_E_OK;
    struct credential *credential;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(credential = find_credential(handle))) return SEC_E_INVALID_HANDLE;
    if (!buffer)
        status = SEC_E_INTERNAL_ERROR; /* as S2.4.4 */
    else if (size)
        status = check_size(attribute, *size);
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

/*
 * Calls that no built-in package provides. The handle is looked at first, as for any call (S2.0.3); then the package's
 * answer is given from one place.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/front.h"

static SECURITY_STATUS unsupported(enum sec_handle_kind kind, const SecHandle *handle)
{
    struct sec_object *object;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(object = sec_handle_reference(kind, handle))) return SEC_E_INVALID_HANDLE;
    sec_object_dereference(object);
    return SEC_E_UNSUPPORTED_FUNCTION;
}

/***********************************************************************
 *           AddCredentialsW (SECUR32.@)
 *
 * NTLM keeps one credential behind a handle (S2.2.1).
 */
SECURITY_STATUS SEC_ENTRY AddCredentialsW(PCredHandle handle, SEC_WCHAR *principal, SEC_WCHAR *package, ULONG use,
                                          void *auth_data, SEC_GET_KEY_FN get_key, void *get_key_argument,
                                          PTimeStamp expiry)
{
    (void)principal, (void)package, (void)use, (void)auth_data, (void)get_key, (void)get_key_argument, (void)expiry;
    return unsupported(SEC_HANDLE_CREDENTIAL, handle);
}

/***********************************************************************
 *           AddCredentialsA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY AddCredentialsA(PCredHandle handle, SEC_CHAR *principal, SEC_CHAR *package, ULONG use,
                                          void *auth_data, SEC_GET_KEY_FN get_key, void *get_key_argument,
                                          PTimeStamp expiry)
{
    (void)principal, (void)package, (void)use, (void)auth_data, (void)get_key, (void)get_key_argument, (void)expiry;
    return unsupported(SEC_HANDLE_CREDENTIAL, handle);
}

/***********************************************************************
 *           SetCredentialsAttributesW (SECUR32.@)
 *
 * What can be set belongs to Kerberos, Negotiate and CredSSP.
 */
SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesW(PCredHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    (void)attribute, (void)buffer, (void)size;
    return unsupported(SEC_HANDLE_CREDENTIAL, handle);
}

/***********************************************************************
 *           SetCredentialsAttributesA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesA(PCredHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    (void)attribute, (void)buffer, (void)size;
    return unsupported(SEC_HANDLE_CREDENTIAL, handle);
}

/***********************************************************************
 *           SetContextAttributesW (SECUR32.@)
 *
 * Schannel's alone (S2.10.3).
 */
SECURITY_STATUS SEC_ENTRY SetContextAttributesW(PCtxtHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    (void)attribute, (void)buffer, (void)size;
    return unsupported(SEC_HANDLE_CONTEXT, handle);
}

/***********************************************************************
 *           SetContextAttributesA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SetContextAttributesA(PCtxtHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    (void)attribute, (void)buffer, (void)size;
    return unsupported(SEC_HANDLE_CONTEXT, handle);
}

/***********************************************************************
 *           ApplyControlToken (SECUR32.@)
 *
 * Schannel's alone (S2.9.1).
 */
SECURITY_STATUS SEC_ENTRY ApplyControlToken(PCtxtHandle handle, PSecBufferDesc input)
{
    (void)input;
    return unsupported(SEC_HANDLE_CONTEXT, handle);
}

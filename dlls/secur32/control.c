/*
 * Calls that change a credential or a context between its legs: SetCredentialsAttributes, SetContextAttributes,
 * ApplyControlToken. What there is to change is the package's: Schannel and the like have it, NTLM has nothing.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/front.h"

static SECURITY_STATUS set_credential(const CredHandle *handle, ULONG attribute, const void *buffer, ULONG size)
{
    struct credential *credential;
    SECURITY_STATUS status = SEC_E_UNSUPPORTED_FUNCTION;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(credential = find_credential(handle))) return SEC_E_INVALID_HANDLE;
    if (credential->package->set_credential)
        status = buffer || !size ? credential->package->set_credential(credential->state, attribute, buffer, size)
                                 : SEC_E_INTERNAL_ERROR;
    credential_dereference(credential);
    return status;
}

/***********************************************************************
 *           SetCredentialsAttributesW (SECUR32.@)
 *
 * SEC_E_UNSUPPORTED_FUNCTION: the package has nothing to set, or not that. The structures hold no text of either form, so that A
 * and W are the same (S1.3.1).
 */
SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesW(PCredHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    return set_credential(handle, attribute, buffer, size);
}

/***********************************************************************
 *           SetCredentialsAttributesA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesA(PCredHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    return set_credential(handle, attribute, buffer, size);
}

static SECURITY_STATUS set_context(const CtxtHandle *handle, ULONG attribute, const void *buffer, ULONG size)
{
    struct context *context;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(context = context_reference(handle))) return SEC_E_INVALID_HANDLE;
    if (!context->package->set_context) status = SEC_E_UNSUPPORTED_FUNCTION;
    else if (!buffer && size) status = SEC_E_INTERNAL_ERROR;
    else if ((status = context_hold(context)) == SEC_E_OK)
    {
        status = context->package->set_context(context->state, attribute, buffer, size);
        context_release(context);
    }
    context_dereference(context);
    return status;
}

/***********************************************************************
 *           SetContextAttributesW (SECUR32.@)
 *
 * SEC_E_UNSUPPORTED_FUNCTION: the package has nothing to set, or not that; of the packages of Windows Schannel has (S2.10.3). The
 * structures hold no text of the W form, so that A and W are the same.
 */
SECURITY_STATUS SEC_ENTRY SetContextAttributesW(PCtxtHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    return set_context(handle, attribute, buffer, size);
}

/***********************************************************************
 *           SetContextAttributesA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SetContextAttributesA(PCtxtHandle handle, ULONG attribute, void *buffer, ULONG size)
{
    return set_context(handle, attribute, buffer, size);
}

/***********************************************************************
 *           ApplyControlToken (SECUR32.@)
 *
 * Tells the package what its next leg is to say; during the handshake too (S2.9.2). SEC_E_UNSUPPORTED_FUNCTION: the package
 * takes no such tokens. SEC_E_INTERNAL_ERROR: no buffers (S2.9.1).
 */
SECURITY_STATUS SEC_ENTRY ApplyControlToken(PCtxtHandle handle, PSecBufferDesc input)
{
    struct context *context;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(context = context_reference(handle))) return SEC_E_INVALID_HANDLE;
    if (!context->package->apply_control) status = SEC_E_UNSUPPORTED_FUNCTION;
    else if (!input) status = SEC_E_INTERNAL_ERROR;
    else if ((status = sec_buffers_check(input)) == SEC_E_OK && (status = context_hold(context)) == SEC_E_OK)
    {
        status = context->package->apply_control(context->state, input);
        context_release(context);
    }
    context_dereference(context);
    return status;
}

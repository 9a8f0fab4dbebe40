/*
 * What Guise does not do: SEC_E_UNSUPPORTED_FUNCTION, and nothing is read or written. The names are tagged refuses in the
 * export list.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <ntsecapi.h>

#include "dlls/secur32/front.h"

/* Who refuses looks at no argument. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static SECURITY_STATUS refuse(void)
{
    return sec_core_matches() ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_INTERNAL_ERROR;
}

/***********************************************************************
 *           SaslInitializeSecurityContextW (SECUR32.@)
 *
 * A SASL exchange ends with a round of its own (S2.19.2), which no package here has: nothing is sent unprotected.
 */
SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextW(PCredHandle credential, PCtxtHandle context, LPWSTR target,
                                                         ULONG request, ULONG reserved1, ULONG data_representation,
                                                         PSecBufferDesc input, ULONG reserved2, PCtxtHandle new_context,
                                                         PSecBufferDesc output, ULONG *attributes, PTimeStamp expiry)
{
    return refuse();
}

/***********************************************************************
 *           SaslInitializeSecurityContextA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextA(PCredHandle credential, PCtxtHandle context, LPSTR target,
                                                         ULONG request, ULONG reserved1, ULONG data_representation,
                                                         PSecBufferDesc input, ULONG reserved2, PCtxtHandle new_context,
                                                         PSecBufferDesc output, ULONG *attributes, PTimeStamp expiry)
{
    return refuse();
}

/***********************************************************************
 *           SaslAcceptSecurityContext (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SaslAcceptSecurityContext(PCredHandle credential, PCtxtHandle context, PSecBufferDesc input,
                                                    ULONG request, ULONG data_representation, PCtxtHandle new_context,
                                                    PSecBufferDesc output, ULONG *attributes, PTimeStamp expiry)
{
    return refuse();
}

/***********************************************************************
 *           SaslSetContextOption (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SaslSetContextOption(PCtxtHandle context, ULONG option, PVOID value, ULONG size)
{
    return refuse();
}

/***********************************************************************
 *           SaslGetContextOption (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SaslGetContextOption(PCtxtHandle context, ULONG option, PVOID value, ULONG size,
                                               PULONG needed)
{
    return refuse();
}

/***********************************************************************
 *           SecInitUserModeContext (SECUR32.@)
 *
 * The user-mode half of a context is made by packages that have a half elsewhere; here contexts are whole.
 */
SECURITY_STATUS SEC_ENTRY SecInitUserModeContext(PCtxtHandle context, PSecBuffer packed)
{
    return refuse();
}

/***********************************************************************
 *           SecDeleteUserModeContext (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SecDeleteUserModeContext(PCtxtHandle context)
{
    return refuse();
}

/***********************************************************************
 *           SecpTranslateName (SECUR32.@)
 *
 * TranslateName's private back end on Windows. Its arguments are not documented, and none is looked at.
 */
SECURITY_STATUS SEC_ENTRY SecpTranslateName(void)
{
    return refuse();
}

/***********************************************************************
 *           SecpTranslateNameEx (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SecpTranslateNameEx(void)
{
    return refuse();
}

/***********************************************************************
 *           SecpFreeMemory (SECUR32.@)
 *
 * The two above give no memory.
 */
SECURITY_STATUS SEC_ENTRY SecpFreeMemory(void)
{
    return refuse();
}

static NTSTATUS no_policy(POLICY_NOTIFICATION_INFORMATION_CLASS class, HANDLE event)
{
    if (class < PolicyNotifyAuditEventsInformation || class > PolicyNotifyMachineAccountPasswordInformation)
        return STATUS_INVALID_PARAMETER;
    if (!event) return STATUS_INVALID_HANDLE;
    return STATUS_INVALID_SERVER_STATE;
}

/***********************************************************************
 *           LsaRegisterPolicyChangeNotification (SECUR32.@)
 *
 * No LSA policy database, so no changes of one (S2.18.7): an event that never came would look like a policy that never
 * changes.
 */
NTSTATUS NTAPI LsaRegisterPolicyChangeNotification(POLICY_NOTIFICATION_INFORMATION_CLASS class, HANDLE event)
{
    return no_policy(class, event);
}

/***********************************************************************
 *           LsaUnregisterPolicyChangeNotification (SECUR32.@)
 */
NTSTATUS NTAPI LsaUnregisterPolicyChangeNotification(POLICY_NOTIFICATION_INFORMATION_CLASS class, HANDLE event)
{
    return no_policy(class, event);
}

/*
 * What a security package answers, as a status of the kernel.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ntifs.h>
#include <winerror.h>

/*
 * Codes with a status of the same name or of the same meaning in winerror.h and ntstatus.h; where several statuses
 * become one code, the one that says most about a logon to whoever asked for it.
 */
static const struct
{
    HRESULT security;
    NTSTATUS status;
} errors[] = {
    {SEC_E_OK, STATUS_SUCCESS},
    {SEC_E_INSUFFICIENT_MEMORY, STATUS_INSUFFICIENT_RESOURCES},
    {SEC_E_INVALID_HANDLE, STATUS_INVALID_HANDLE},
    {SEC_E_UNSUPPORTED_FUNCTION, STATUS_NOT_SUPPORTED},
    {SEC_E_TARGET_UNKNOWN, STATUS_BAD_NETWORK_PATH},
    {SEC_E_INTERNAL_ERROR, STATUS_INTERNAL_ERROR},
    {SEC_E_SECPKG_NOT_FOUND, STATUS_NO_SUCH_PACKAGE},
    {SEC_E_NOT_OWNER, STATUS_PRIVILEGE_NOT_HELD},
    {SEC_E_NO_IMPERSONATION, STATUS_CANNOT_IMPERSONATE},
    {SEC_E_LOGON_DENIED, STATUS_LOGON_FAILURE},
    {SEC_E_UNKNOWN_CREDENTIALS, STATUS_NO_SUCH_LOGON_SESSION},
    {SEC_E_NO_CREDENTIALS, STATUS_NO_SUCH_LOGON_SESSION},
    {SEC_E_MESSAGE_ALTERED, STATUS_ACCESS_DENIED},
    {SEC_E_OUT_OF_SEQUENCE, STATUS_ACCESS_DENIED},
    {SEC_E_CONTEXT_EXPIRED, STATUS_ACCESS_DENIED},
    {SEC_E_INVALID_TOKEN, STATUS_INVALID_PARAMETER},
    {SEC_E_INVALID_PARAMETER, STATUS_INVALID_PARAMETER},
    {SEC_E_BUFFER_TOO_SMALL, STATUS_BUFFER_TOO_SMALL},
    {SEC_E_NO_AUTHENTICATING_AUTHORITY, STATUS_NO_LOGON_SERVERS},
    {SEC_E_TIME_SKEW, STATUS_TIME_DIFFERENCE_AT_DC},
    {SEC_E_MUTUAL_AUTH_FAILED, STATUS_MUTUAL_AUTHENTICATION_FAILED},
    {SEC_E_BAD_BINDINGS, STATUS_BAD_BINDINGS},
    {SEC_E_DOWNGRADE_DETECTED, STATUS_DOWNGRADE_DETECTED},
    {SEC_E_NO_CONTEXT, STATUS_NO_SECURITY_CONTEXT},
};

/***********************************************************************
 *           RtlMapSecurityErrorToNtStatus (NTOSKRNL.@)
 *
 * A code that has no counterpart stays what it is: a failure in both worlds.
 */
NTSTATUS RtlMapSecurityErrorToNtStatus(ULONG error)
{
    size_t i;

    for (i = 0; i < ARRAYSIZE(errors); i++)
        if ((ULONG)errors[i].security == error) return errors[i].status;
    return (NTSTATUS)error;
}

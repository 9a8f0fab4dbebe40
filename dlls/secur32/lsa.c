/*
 * Connections to the local security authority, and calls of its packages (S2.18.1 to S2.18.3).
 *
 * There is no process behind it: what lsass does for its clients the library does in the caller's, with the rights of
 * its process. SeTcbPrivilege decides as on Windows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/front.h"
#include "dlls/secur32/lsa.h"
#include "ntoskrnl/out.h"

#define MAX_NAME 127 /* bytes of a process's or a package's name */

NTSTATUS lsa_connection(HANDLE handle, bool *trusted)
{
    return sec_core_matches() ? guise_query_port(handle, trusted) : STATUS_INTERNAL_ERROR;
}

static NTSTATUS check_name(const LSA_STRING *name)
{
    if (!name || (name->Length && !name->Buffer)) return STATUS_INVALID_PARAMETER;
    return name->Length > MAX_NAME ? STATUS_NAME_TOO_LONG : STATUS_SUCCESS;
}

static NTSTATUS connect_to_lsa(bool trusted, HANDLE *handle)
{
    HANDLE made;
    NTSTATUS status = guise_open_port(trusted, &made);

    if (!status) *handle = made;
    return status;
}

/***********************************************************************
 *           LsaConnectUntrusted (SECUR32.@)
 *
 * A connection that needs no privilege. Closed with LsaDeregisterLogonProcess. STATUS_INVALID_PARAMETER: HANDLE is NULL;
 * STATUS_NO_MEMORY, STATUS_INSUFFICIENT_RESOURCES (S2.18.1).
 */
NTSTATUS NTAPI LsaConnectUntrusted(PHANDLE handle)
{
    if (!sec_core_matches()) return STATUS_INTERNAL_ERROR;
    return handle ? connect_to_lsa(false, handle) : STATUS_INVALID_PARAMETER;
}

/***********************************************************************
 *           LsaRegisterLogonProcess (SECUR32.@)
 *
 * A trusted connection. STATUS_PORT_CONNECTION_REFUSED: SeTcbPrivilege is not enabled in the caller's primary token, or
 * not in that of the client it impersonates. STATUS_NAME_TOO_LONG: NAME has more than 127 bytes (S2.18.1). *MODE is 0:
 * it tells nothing.
 */
NTSTATUS NTAPI LsaRegisterLogonProcess(PLSA_STRING name, PHANDLE handle, PLSA_OPERATIONAL_MODE mode)
{
    struct guise_caller caller;
    NTSTATUS status;

    if (!sec_core_matches()) return STATUS_INTERNAL_ERROR;
    if (!handle || !mode) return STATUS_INVALID_PARAMETER;
    if ((status = check_name(name)) || (status = guise_query_caller(&caller))) return status;
    if (!caller.tcb) return STATUS_PORT_CONNECTION_REFUSED;
    if ((status = connect_to_lsa(true, handle))) return status;
    *mode = 0;
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           LsaDeregisterLogonProcess (SECUR32.@)
 *
 * Closes a connection of either kind. STATUS_INVALID_HANDLE.
 */
NTSTATUS NTAPI LsaDeregisterLogonProcess(HANDLE handle)
{
    bool trusted;
    NTSTATUS status = lsa_connection(handle, &trusted);

    return status ? status : NtClose(handle);
}

static bool names_equal(const WCHAR *ascii, const LSA_STRING *name)
{
    for (USHORT i = 0; i < name->Length; i++)
        if (!ascii[i] || ascii[i] != (UCHAR)name->Buffer[i]) return false;
    return !ascii[name->Length];
}

/***********************************************************************
 *           LsaLookupAuthenticationPackage (SECUR32.@)
 *
 * The number by which the other calls name a package, good for the process's life. STATUS_NO_SUCH_PACKAGE,
 * STATUS_NAME_TOO_LONG, STATUS_INVALID_HANDLE (S2.18.2).
 */
NTSTATUS NTAPI LsaLookupAuthenticationPackage(HANDLE handle, PLSA_STRING name, PULONG number)
{
    const struct lsa_package *package;
    bool trusted;
    NTSTATUS status;

    if ((status = lsa_connection(handle, &trusted)) || (status = check_name(name))) return status;
    if (!number) return STATUS_INVALID_PARAMETER;
    for (ULONG i = 0; (package = lsa_package_at(i)); i++)
    {
        if (!names_equal(package->name, name)) continue;
        *number = i;
        return STATUS_SUCCESS;
    }
    return STATUS_NO_SUCH_PACKAGE;
}

static NTSTATUS call(const struct lsa_package *package, const void *submitted, ULONG size, void **answer,
                     ULONG *answer_size)
{
    struct lsa_buffer request;
    NTSTATUS status;

    if (!(status = lsa_buffer_copy(&request, submitted, size))) status = package->call(&request, answer, answer_size);
    lsa_buffer_free(&request);
    return status;
}

/***********************************************************************
 *           LsaCallAuthenticationPackage (SECUR32.@)
 *
 * The value returned tells how the call got there, *PROTOCOL_STATUS what the package said (S2.18.3). *ANSWER is freed with
 * LsaFreeReturnBuffer; it may be NULL. The last three may be NULL: then nobody wants to know.
 */
NTSTATUS NTAPI LsaCallAuthenticationPackage(HANDLE handle, ULONG number, PVOID submitted, ULONG size, PVOID *answer,
                                            PULONG answer_size, PNTSTATUS protocol_status)
{
    const struct lsa_package *package;
    void *block = NULL;
    ULONG block_size = 0;
    bool trusted;
    NTSTATUS status;

    if ((status = lsa_connection(handle, &trusted))) return status;
    if (!(package = lsa_package_at(number))) return STATUS_NO_SUCH_PACKAGE;
    status = call(package, submitted, size, &block, &block_size);
    if (protocol_status) *protocol_status = status;
    if (answer_size) *answer_size = block_size;
    if (answer) out_ptr(answer, block);
    else out_free(block);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           LsaFreeReturnBuffer (SECUR32.@)
 *
 * Frees what an LSA call gave. NULL is allowed.
 */
NTSTATUS NTAPI LsaFreeReturnBuffer(PVOID block)
{
    out_free(block);
    return STATUS_SUCCESS;
}

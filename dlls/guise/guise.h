/*
 * guise.dll for the PE modules that rest on it: what guise_bind() gives.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_GUISE_H
#define GUISE_DLLS_GUISE_GUISE_H

#include <windef.h>
#include <winbase.h>
#include <winternl.h>

#include "dlls/guise/calls.h"

struct guise_api
{
    ULONG version; /* GUISE_COMPANION_VERSION */
    BOOL can_impersonate;

    /* Runs a routine of the Unix half: one of calls.h, or CALL_COUNT + the number of a generated one. */
    NTSTATUS (*unix_call)(unsigned int call, void *block);

    /*
     * Tokens of the core. NATIVE is a handle of it, open for TOKEN_QUERY at least, which is used up whatever the outcome.
     * publish_token: a handle that the program may close, with ACCESS. impersonate_token: as SetThreadToken(NULL, ...) with it.
     * STATUS_ACCESS_DENIED where nobody can be impersonated; the statuses of the system services. Nothing has changed then.
     */
    NTSTATUS (*publish_token)(UINT64 native, ACCESS_MASK access, HANDLE *handle);
    NTSTATUS (*impersonate_token)(UINT64 native);

    /*
     * The token behind a handle of the program's that grants ACCESS: *NATIVE is a handle of the core with every access, good until
     * release_token(*HOLD). STATUS_INVALID_HANDLE: no token of the core.
     */
    NTSTATUS (*hold_token)(HANDLE handle, ACCESS_MASK access, UINT64 *native, void **hold);
    void (*release_token)(void *hold);
};

/*
 * The companion, started when first asked for. VERSION is GUISE_COMPANION_VERSION of the caller.
 * STATUS_DLL_INIT_FAILED: another version, or the Unix half did not load (a line says why). *api stays unchanged then.
 */
NTSTATUS WINAPI guise_bind(ULONG version, const struct guise_api **api);

#endif

/*
 * The way into the Unix half: guise.dll, looked for when the first routine is called.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/pe/thunks.h"

NTSTATUS WINAPI LdrLockLoaderLock(ULONG flags, ULONG *result, ULONG_PTR *cookie);
NTSTATUS WINAPI NtTerminateProcess(HANDLE process, NTSTATUS status);
NTSTATUS WINAPI LdrUnlockLoaderLock(ULONG flags, ULONG_PTR cookie);
typedef NTSTATUS(WINAPI *bind_routine)(ULONG version, const struct guise_api **api);

/* Under the loader lock. */
static const struct guise_api *found;
static BOOL sought;

static const struct guise_api *find(void)
{
    HMODULE module = LoadLibraryW(L"guise.dll");
    bind_routine bind = module ? (bind_routine)(void *)GetProcAddress(module, "guise_bind") : NULL;
    struct thunks_block thunks = {0};
    const struct guise_api *api = NULL;

    if (!module)
    {
        say("guise.dll does not load, so secur32.dll refuses every call: run guise-wine status");
        return NULL;
    }
    if (!bind)
    {
        say("guise.dll is not Guise's companion: secur32.dll refuses every call");
        return NULL;
    }
    if (bind(GUISE_COMPANION_VERSION, &api)) return NULL; /* which has said why */
    if (api->unix_call(CALL_thunks, &thunks) || thunks.mark != THUNKS_MARK)
    {
        say("guise.so is of another build than secur32.dll, which refuses every call: run guise-wine install again");
        return NULL;
    }
    return api;
}

/* Whoever calls may hold the loader lock (DllMain), and loading takes it: so it comes first, before any lock of the companion's. */
const struct guise_api *companion(void)
{
    const struct guise_api *api = __atomic_load_n(&found, __ATOMIC_ACQUIRE);
    ULONG_PTR cookie;

    if (api) return api;
    if (LdrLockLoaderLock(0, NULL, &cookie)) return NULL;
    if (!sought)
    {
        __atomic_store_n(&found, find(), __ATOMIC_RELEASE);
        sought = TRUE;
    }
    api = found;
    LdrUnlockLoaderLock(0, cookie);
    return api;
}

BOOL thunk_run(enum thunk thunk, void *block)
{
    const struct guise_api *api = companion();

    if (!api) return FALSE;
    if (!api->unix_call(CALL_COUNT + thunk, block)) return TRUE;
    say("a caller's memory went away during a call of secur32.dll: ending the process");
    NtTerminateProcess(GetCurrentProcess(), STATUS_FAIL_FAST_EXCEPTION);
    for (;;) __builtin_trap();
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) DisableThreadLibraryCalls(instance);
    return TRUE;
}

/*
 * guise.dll: the companion of the PE modules, the only one that Wine lets have a Unix half (wine.md fact 3).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"
#include "dlls/guise/thread.h"
#include "dlls/guise/tokens.h"

static NTSTATUS hold_token(HANDLE handle, ACCESS_MASK access, UINT64 *native, void **hold)
{
    PUBLIC_OBJECT_BASIC_INFORMATION info;
    struct overlay *overlay;
    NTSTATUS status = NtQueryObject(handle, ObjectBasicInformation, &info, sizeof(info), NULL);

    if (status) return status;
    if ((info.GrantedAccess & access) != access) return STATUS_ACCESS_DENIED;
    if ((status = overlay_find(handle, &overlay))) return status;
    if (!overlay) return STATUS_INVALID_HANDLE;
    *native = overlay->native;
    *hold = overlay;
    return STATUS_SUCCESS;
}

static void release_token(void *hold)
{
    overlay_release(hold);
}

static struct guise_api guise_api = { .version = GUISE_COMPANION_VERSION, .unix_call = unix_call,
                                      .publish_token = publish_token, .impersonate_token = impersonate_token,
                                      .hold_token = hold_token, .release_token = release_token };
static INIT_ONCE started = INIT_ONCE_STATIC_INIT; /* guards guise_api until it is 1 */
static NTSTATUS start_status;

static NTSTATUS start(void)
{
    struct start_block block = { .version = GUISE_COMPANION_VERSION, .teb = (ULONG_PTR)NtCurrentTeb() };
    const char *(__cdecl *get_version)(void) = (void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version");
    HMODULE pinned;
    NTSTATUS status;

    /* The hooks lead here for as long as the process lives. */
    if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (const WCHAR *)module_base, &pinned))
        return STATUS_DLL_INIT_FAILED;
    if ((status = unix_half_load())) return status;
    if (get_version) lstrcpynA(block.wine_version, get_version(), sizeof(block.wine_version));
    if ((status = unix_call(CALL_start, &block)))
    {
        say("the Unix half does not start: guise.so is of another version");
        return status;
    }
    if (block.why[0]) say(block.why);
    guise_api.can_impersonate = block.can_impersonate && thread_slots_init() && hooks_install();
    return STATUS_SUCCESS;
}

static BOOL WINAPI start_once(INIT_ONCE *once, void *parameter, void **context)
{
    (void)once, (void)parameter, (void)context;
    start_status = start();
    return TRUE;
}

NTSTATUS WINAPI guise_bind(ULONG version, const struct guise_api **api)
{
    if (version != GUISE_COMPANION_VERSION)
    {
        say("guise.dll is of another version than the module that asks for it");
        return STATUS_DLL_INIT_FAILED;
    }
    InitOnceExecuteOnce(&started, start_once, NULL, NULL);
    if (start_status) return STATUS_DLL_INIT_FAILED;
    *api = &guise_api;
    return STATUS_SUCCESS;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) module_base = instance;
    /* What another process makes here, or the console, is made by a thread that waits, in Wine's Unix half: with its client. */
    if (reason == DLL_THREAD_ATTACH && hooks_in_place) unix_thread_begins();
    return TRUE;
}

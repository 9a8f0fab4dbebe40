/*
 * Calls into the Unix half, by what Wine's ntdll gives to its own modules (wine.md fact 3).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/services.h"
#include "dlls/guise/thread.h"

/* MEMORY_INFORMATION_CLASS of Wine 8 to 11.1: the handle of a builtin module's Unix half. */
#define MEMORY_WINE_UNIX_FUNCS 1000

typedef NTSTATUS(WINAPI *unix_dispatcher)(UINT64 half, unsigned int call, void *block);

HINSTANCE module_base;
static UINT64 half;
static unix_dispatcher dispatcher;

NTSTATUS unix_half_load(void)
{
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    NTSTATUS(WINAPI *query)
    (HANDLE, const void *, int, void *, SIZE_T, SIZE_T *) = (void *)GetProcAddress(ntdll, "NtQueryVirtualMemory");
    unix_dispatcher *found = (void *)GetProcAddress(ntdll, "__wine_unix_call_dispatcher");
    NTSTATUS status;

    if (!found || !query)
    {
        say("this is no Wine that has Unix calls");
        return STATUS_DLL_INIT_FAILED;
    }
    if ((status = query(GetCurrentProcess(), module_base, MEMORY_WINE_UNIX_FUNCS, &half, sizeof(half), NULL)))
    {
        say("guise.so does not load: it or one of its libraries is missing, or guise.dll was not loaded as Wine's own module");
        return STATUS_DLL_INIT_FAILED;
    }
    dispatcher = *found;
    return STATUS_SUCCESS;
}

void fatal(const char *line)
{
    say(line);
    NtTerminateProcess(GetCurrentProcess(), STATUS_FAIL_FAST_EXCEPTION);
    for (;;) __builtin_trap();
}

NTSTATUS unix_call(unsigned int call, void *block)
{
    NTSTATUS status = dispatcher(half, call, block);
    BOOL faulted = status == STATUS_ACCESS_VIOLATION || status == STATUS_STACK_OVERFLOW;

    if ((faulted || thread_impersonates()) && dispatcher(half, CALL_reassert, (void *)(ULONG_PTR)faulted))
        fatal("a thread could not be made sure of: ending the process");
    return status;
}

void unix_thread_begins(void)
{
    if (dispatcher(half, CALL_reassert, NULL)) fatal("a thread could not be made the process: ending the process");
}

NTSTATUS copy_memory(void *target, const void *source, SIZE_T size)
{
    struct copy_block block = { (ULONG_PTR)target, (ULONG_PTR)source, size };

    return unix_call(CALL_copy, &block);
}

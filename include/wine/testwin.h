/*
 * What the test framework needs of Windows: included by wine/testmain.h only.
 *
 * A unit ends itself: a fault, and a thread that waits for the time-out, say which test was the last one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __WINE_WINE_TESTWIN_H
#define __WINE_WINE_TESTWIN_H

static DWORD winetest_tls = TLS_OUT_OF_INDEXES;
static const struct winetest_thread *winetest_main_thread;

static struct winetest_thread *winetest_data(void)
{
    DWORD error = GetLastError(); /* an ok() between a call and its GetLastError must not disturb it */
    struct winetest_thread *data = (struct winetest_thread *)TlsGetValue(winetest_tls);

    if (!data)
    {
        data = (struct winetest_thread *)HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*data));
        if (!data) abort();
        TlsSetValue(winetest_tls, data);
    }
    SetLastError(error);
    return data;
}

static unsigned int winetest_pid(void)
{
    return GetCurrentProcessId();
}

static unsigned long long winetest_now(void)
{
    return GetTickCount64();
}

/* The last lines of a unit that does not come to its end, past every lock of the C library. */
static void winetest_last_words(const struct winetest_thread *data, const char *what, DWORD code, const void *address)
{
    char buffer[1024];
    struct winetest_sink sink = {buffer, sizeof(buffer), 0, NULL};
    DWORD written;

    winetest_format(&sink, "%s:%d: this is the last test seen before the %s\n", data->file ? data->file : "?", data->line, what);
    if (address)
    {
        winetest_format(&sink, "%04x:%s: unhandled %s %08lx at %p\n", winetest_pid(), winetest_unit->name, what, code, address);
    }
    else
    {
        winetest_format(&sink, "%04x:%s: %s after %d s\n", winetest_pid(), winetest_unit->name, what, winetest_timeout);
    }
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), buffer, (DWORD)sink.used, &written, NULL);
}

static LONG CALLBACK winetest_exception(EXCEPTION_POINTERS *info)
{
    const EXCEPTION_RECORD *record = info->ExceptionRecord;

    winetest_last_words(winetest_data(), "exception", record->ExceptionCode, record->ExceptionAddress);
    TerminateProcess(GetCurrentProcess(), record->ExceptionCode); /* not the dialogue box of the default handler */
    return EXCEPTION_EXECUTE_HANDLER;
}

static DWORD CALLBACK winetest_watchdog(void *unused)
{
    (void)unused;
    Sleep((DWORD)winetest_timeout * 1000);
    winetest_last_words(winetest_main_thread, "time-out", WAIT_TIMEOUT, NULL);
    TerminateProcess(GetCurrentProcess(), WAIT_TIMEOUT); /* ExitProcess may wait for a lock that the unit holds */
    return 0;
}

static void winetest_watch(void)
{
    HANDLE thread;

    winetest_main_thread = winetest_data();
    if (winetest_timeout <= 0 || winetest_timeout > 1000000) return;
    thread = CreateThread(NULL, 0, winetest_watchdog, NULL, 0, NULL);
    if (thread) CloseHandle(thread);
}

static void winetest_platform_init(void)
{
    static struct winetest_counts counts;

    winetest_count = &counts;
    winetest_tls = TlsAlloc();
    if (GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version")) winetest_platform = "wine";
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    SetUnhandledExceptionFilter(winetest_exception);
}

#endif /* __WINE_WINE_TESTWIN_H */

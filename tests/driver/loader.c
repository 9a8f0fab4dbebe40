/*
 * guise_kernel_test.exe: loads guise_test.sys, runs units in it, removes it.
 *
 * usage: guise_kernel_test [--timeout=SECONDS] [--list] [UNIT...]
 *        guise_kernel_test --exports     under Wine: which names are there, absent, or end the process
 *
 * Each unit gets a service start of its own. What is printed is a log for guise-report without its first lines; a unit that
 * takes the driver with it ends at its last "begin NAME". Needs an administrator, and a Windows
 * that loads the driver (README). The exit code is the number of units that failed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <windows.h>
#include <winioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol.h"

#ifndef ERROR_INVALID_IMAGE_HASH
#define ERROR_INVALID_IMAGE_HASH 577 /* winerror.h */
#endif

extern const char *const unit_names[]; /* made by tools/testlist; NULL ends it */

static DWORD timeout_seconds = 60;
static BOOL on_wine;
static char service_name[32]; /* the device's name too; another one for each start */

static void fail(const char *what)
{
    fprintf(stderr, "guise_kernel_test: %s: error %lu\n", what, GetLastError());
}

/* ---- the service ---- */

/* Stops and removes the driver. One that was cut off never says that it stopped; its name is not used again. */
static void remove_driver(SC_HANDLE manager)
{
    SC_HANDLE service = OpenServiceA(manager, service_name, SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE);
    SERVICE_STATUS status;
    int tries;

    if (!service) return;
    ControlService(service, SERVICE_CONTROL_STOP, &status);
    for (tries = 0; tries < 10 && QueryServiceStatus(service, &status) && status.dwCurrentState != SERVICE_STOPPED; tries++) Sleep(50);
    DeleteService(service);
    CloseServiceHandle(service);
}

static BOOL start_driver(SC_HANDLE manager, const char *path)
{
    static unsigned int starts;
    SC_HANDLE service;
    BOOL started;
    int tries;

    sprintf(service_name, "GuiseTest%lx-%u", GetTickCount(), starts++);
    service = CreateServiceA(manager, service_name, service_name, SERVICE_START | DELETE, SERVICE_KERNEL_DRIVER,
                             SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, path, NULL, NULL, NULL, NULL, NULL);
    if (!service)
    {
        fail("cannot make the service");
        return FALSE;
    }
    /* Right after boot the service manager may still hold the lock while it starts others. */
    for (tries = 0; !(started = StartServiceA(service, 0, NULL)) && GetLastError() == ERROR_SERVICE_DATABASE_LOCKED && tries < 600; tries++)
        Sleep(100);
    if (!started) fail(GetLastError() == ERROR_INVALID_IMAGE_HASH ? "Windows refuses the signature (see README)" : "cannot start the driver");
    CloseServiceHandle(service);
    return started;
}

/* ---- a unit ---- */

/* Waits for the unit's end; FALSE with the reason as last error. */
static BOOL run_in_driver(const struct guise_test_run *request, LONG *code)
{
    char path[sizeof(service_name) + 4] = "\\\\.\\";
    HANDLE device;
    OVERLAPPED overlapped = {0};
    DWORD error = 0, length;

    strcat(path, service_name);
    device = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    if (device == INVALID_HANDLE_VALUE) return FALSE;
    overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    if (!DeviceIoControl(device, IOCTL_GUISE_TEST_RUN, (void *)request, sizeof(*request), code, sizeof(*code), NULL, &overlapped) &&
        GetLastError() != ERROR_IO_PENDING)
        error = GetLastError();
    else if (WaitForSingleObject(overlapped.hEvent, timeout_seconds * 1000))
        error = ERROR_TIMEOUT;
    else if (!GetOverlappedResult(device, &overlapped, &length, FALSE) || length != sizeof(*code))
        error = GetLastError() ? GetLastError() : ERROR_INVALID_DATA;
    CloseHandle(overlapped.hEvent);
    CloseHandle(device);
    SetLastError(error);
    return !error;
}

/* Runs a unit in a driver of its own; 0 when it came to its end, else an error. What it wrote is in the file then. */
static DWORD run_once(SC_HANDLE manager, const char *driver, struct guise_test_run *request, WCHAR path[MAX_PATH], LONG *code)
{
    WCHAR folder[MAX_PATH];
    DWORD error;
    int tries = 0;

    request->protocol = GUISE_TEST_PROTOCOL;
    request->on_wine = on_wine;
    GetTempPathW(MAX_PATH, folder);
    if (!GetTempFileNameW(folder, L"gui", 0, path)) return GetLastError();
    wcscpy(request->log, L"\\??\\");
    wcscat(request->log, path);
    do
    {
        error = start_driver(manager, driver) ? 0 : GetLastError();
        if (!error && !run_in_driver(request, code)) error = GetLastError();
        remove_driver(manager);
    } while (error == ERROR_SERVICE_REQUEST_TIMEOUT && ++tries < 3); /* a busy machine; nothing ran yet */
    if (error) SetLastError(error);
    return error;
}

/* Prints what the unit wrote and removes the file. */
static void print_output(const WCHAR *path)
{
    FILE *file = _wfopen(path, L"rb");
    char line[4096];

    if (!file) return;
    while (fgets(line, sizeof(line), file)) fputs(line, stdout);
    fclose(file);
    DeleteFileW(path);
}

/* Prints the lines of probe.c and counts them; TRUE when it came to its end. */
static BOOL print_exports(const WCHAR *path, ULONG *count)
{
    FILE *file = _wfopen(path, L"rb");
    char line[256];
    BOOL done = FALSE;

    if (!file) return TRUE;
    while (!done && fgets(line, sizeof(line), file))
    {
        done = !strcmp(line, "done\n");
        if (done) break;
        ++*count;
        printf("%s%s", line, strchr(line, '\n') ? "" : " aborts\n");
    }
    fclose(file);
    DeleteFileW(path);
    return done;
}

/* Every round gets further, or is the last one. */
static int probe_exports(SC_HANDLE manager, const char *driver)
{
    struct guise_test_run request = {.unit = GUISE_TEST_PROBE};
    WCHAR path[MAX_PATH] = L"";
    LONG code;
    ULONG before;

    if (!on_wine)
    {
        fprintf(stderr, "guise_kernel_test: the exports can be probed under Wine only\n");
        return 2;
    }
    do
    {
        before = request.first_export;
        run_once(manager, driver, &request, path, &code);
        if (print_exports(path, &request.first_export)) return 0;
    } while (request.first_export > before);
    return 1;
}

static int run_unit(SC_HANDLE manager, const char *driver, const char *name)
{
    struct guise_test_run request = {0};
    WCHAR path[MAX_PATH] = L"";
    LONG code = -1;
    DWORD error;

    if (strlen(name) >= sizeof(request.unit)) return 1;
    strcpy(request.unit, name);
    printf("@unit ntoskrnl:%s tests/ntoskrnl/%s.c\n", name, name);
    error = run_once(manager, driver, &request, path, &code);
    if (error == ERROR_TIMEOUT) fprintf(stderr, "guise_kernel_test: %s did not end within %lu s\n", name, timeout_seconds);
    print_output(path);
    if (error == ERROR_TIMEOUT) printf("@exit ntoskrnl:%s timeout\n", name);
    else printf("@exit ntoskrnl:%s %ld\n", name, error ? (LONG)error : code);
    fflush(stdout);
    return error || code;
}

static BOOL is_wanted(const char *name, int count, char **names)
{
    int i;

    for (i = 0; i < count; i++)
    {
        if (!strcmp(names[i], name)) return TRUE;
    }
    return !count;
}

int main(int argc, char **argv)
{
    const char *const *name;
    char driver[MAX_PATH], *end;
    SC_HANDLE manager;
    int failed = 0, run = 0;
    BOOL probe = FALSE;

    on_wine = GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version") != NULL;
    for (; argc > 1 && !strncmp(argv[1], "--", 2); argc--, argv++)
    {
        if (!strncmp(argv[1], "--timeout=", 10)) timeout_seconds = strtoul(argv[1] + 10, NULL, 10);
        else if (!strcmp(argv[1], "--exports")) probe = TRUE;
        else if (!strcmp(argv[1], "--list"))
        {
            for (name = unit_names; *name; name++) puts(*name);
            return 0;
        }
        else
        {
            fprintf(stderr, "usage: guise_kernel_test [--timeout=SECONDS] [--list|--exports|UNIT...]\n");
            return 2;
        }
    }
    if (!GetModuleFileNameA(NULL, driver, MAX_PATH - 16) || !(end = strrchr(driver, '\\'))) return 2;
    strcpy(end + 1, "guise_test.sys");
    manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
    if (!manager)
    {
        fail("cannot reach the service manager");
        return 2;
    }
    if (probe) return probe_exports(manager, driver);
    for (name = unit_names; *name; name++)
    {
        if (!is_wanted(*name, argc - 1, argv + 1)) continue;
        failed += run_unit(manager, driver, *name);
        run++;
    }
    CloseServiceHandle(manager);
    if (!run) fprintf(stderr, "guise_kernel_test: no such unit\n");
    return run ? failed : 2;
}

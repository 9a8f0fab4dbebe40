/*
 * guise-httpd on Windows: the process, its threads, the files below its root and what Windows calls a thread.
 *
 * Windows calls only: the program is the same on Windows and under Wine.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "platform_win.h"

#include <windows.h>
#define SECURITY_WIN32
#include <security.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ntdll.dll: the status behind GetLastError(). */
LONG NTAPI RtlGetLastNtStatus(void);

/* ---- the process ---------------------------------------------------------------------------------------------------- */

static volatile LONG stop_requested;

static BOOL WINAPI note_stop(DWORD type)
{
    (void)type;
    InterlockedExchange(&stop_requested, 1);
    platform_wake();
    return TRUE;
}

bool platform_start(void)
{
    if (!platform_start_sockets()) return false;
    SetConsoleCtrlHandler(note_stop, TRUE);
    return true;
}

bool platform_stop_requested(void)
{
    return InterlockedCompareExchange(&stop_requested, 0, 0);
}

uint64_t platform_milliseconds(void)
{
    return GetTickCount64();
}

void platform_date(char date[32])
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    SYSTEMTIME now;

    GetSystemTime(&now);
    snprintf(date, 32, "%s, %02u %s %04u %02u:%02u:%02u GMT", days[now.wDayOfWeek % 7], now.wDay % 100u, months[(now.wMonth - 1) % 12],
             now.wYear % 10000u, now.wHour % 100u, now.wMinute % 100u, now.wSecond % 100u);
}

/* In one write, so that the lines of threads do not mix. */
void platform_log(const char *format, ...)
{
    char line[1024];
    DWORD written;
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(line, sizeof(line) - 1, format, args);
    va_end(args);
    if (length < 0) return;
    if (length > (int)sizeof(line) - 2) length = sizeof(line) - 2;
    line[length++] = '\n';
    WriteFile(GetStdHandle(STD_ERROR_HANDLE), line, length, &written, NULL);
}

void platform_die(const char *why)
{
    platform_log("guise-httpd: %s", why);
    TerminateProcess(GetCurrentProcess(), 134);
    for (;;) Sleep(INFINITE);
}

/* ---- threads -------------------------------------------------------------------------------------------------------- */

struct platform_thread
{
    HANDLE thread;
    void (*run)(void *);
    void *arg;
};

static DWORD WINAPI run_thread(void *data)
{
    struct platform_thread *thread = data;

    thread->run(thread->arg);
    return 0;
}

struct platform_thread *platform_start_thread(void (*run)(void *), void *arg)
{
    struct platform_thread *thread = malloc(sizeof(*thread));

    if (!thread) return NULL;
    thread->run = run;
    thread->arg = arg;
    if ((thread->thread = CreateThread(NULL, 0, run_thread, thread, 0, NULL))) return thread;
    platform_log("guise-httpd: no thread: error %lu", GetLastError());
    free(thread);
    return NULL;
}

void platform_join(struct platform_thread *thread)
{
    WaitForSingleObject(thread->thread, INFINITE);
    CloseHandle(thread->thread);
    free(thread);
}

struct platform_monitor
{
    CRITICAL_SECTION lock;
    CONDITION_VARIABLE condition;
};

struct platform_monitor *platform_new_monitor(void)
{
    struct platform_monitor *monitor = malloc(sizeof(*monitor));

    if (!monitor) return NULL;
    InitializeCriticalSection(&monitor->lock);
    InitializeConditionVariable(&monitor->condition);
    return monitor;
}

void platform_free_monitor(struct platform_monitor *monitor)
{
    if (!monitor) return;
    DeleteCriticalSection(&monitor->lock);
    free(monitor);
}

void platform_enter(struct platform_monitor *monitor)
{
    EnterCriticalSection(&monitor->lock);
}

void platform_leave(struct platform_monitor *monitor)
{
    LeaveCriticalSection(&monitor->lock);
}

void platform_wait_for(struct platform_monitor *monitor)
{
    SleepConditionVariableCS(&monitor->condition, &monitor->lock, INFINITE);
}

void platform_notify_one(struct platform_monitor *monitor)
{
    WakeConditionVariable(&monitor->condition);
}

void platform_notify_all(struct platform_monitor *monitor)
{
    WakeAllConditionVariable(&monitor->condition);
}

/* ---- files ---------------------------------------------------------------------------------------------------------- */

#define PATH_ROOM 32768 /* of the longest path that Windows knows */

struct platform_root
{
    HANDLE directory;           /* keeps it from being replaced */
    WCHAR name[PATH_ROOM];      /* as \\?\DRIVE:\..., where nothing is parsed out of a name: no devices, no trailing dots */
    WCHAR final_name[PATH_ROOM]; /* where it lies in the end, with its links followed */
    size_t final_length;
};

static bool final_name_of(HANDLE file, WCHAR name[PATH_ROOM], size_t *length)
{
    *length = GetFinalPathNameByHandleW(file, name, PATH_ROOM, VOLUME_NAME_DOS);
    return *length && *length < PATH_ROOM;
}

/* PATH, relative or not, as a name with \\?\ before it. */
static bool full_name_of(const char *path, WCHAR name[PATH_ROOM])
{
    static const WCHAR prefix[] = L"\\\\?\\", share[] = L"\\\\?\\UNC";
    WCHAR *given = malloc(PATH_ROOM * sizeof(WCHAR)), *full = malloc(PATH_ROOM * sizeof(WCHAR));
    DWORD length = 0;

    if (given && full && MultiByteToWideChar(CP_ACP, MB_ERR_INVALID_CHARS, path, -1, given, PATH_ROOM))
        length = GetFullPathNameW(given, PATH_ROOM, full, NULL);
    if (length && length + ARRAYSIZE(share) < PATH_ROOM)
    {
        while (length > 3 && full[length - 1] == '\\') full[--length] = 0;
        if (!wcsncmp(full, prefix, 4)) wcscpy(name, full);
        else if (full[0] == '\\' && full[1] == '\\') wcscat(wcscpy(name, share), full + 1);
        else wcscat(wcscpy(name, prefix), full);
    }
    else length = 0;
    free(given);
    free(full);
    return length;
}

struct platform_root *platform_open_root(const char *path)
{
    struct platform_root *root = calloc(1, sizeof(*root));
    BY_HANDLE_FILE_INFORMATION info;

    if (!root) return NULL;
    root->directory = INVALID_HANDLE_VALUE;
    if (full_name_of(path, root->name))
        root->directory = CreateFileW(root->name, FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                                      FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (root->directory == INVALID_HANDLE_VALUE) platform_log("guise-httpd: %s: error %lu", path, GetLastError());
    else if (!GetFileInformationByHandle(root->directory, &info) || !(info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY))
        platform_log("guise-httpd: %s: not a directory", path);
    else if (!final_name_of(root->directory, root->final_name, &root->final_length))
        platform_log("guise-httpd: %s: error %lu", path, GetLastError());
    else return root;
    platform_close_root(root);
    return NULL;
}

void platform_close_root(struct platform_root *root)
{
    if (!root) return;
    if (root->directory != INVALID_HANDLE_VALUE) CloseHandle(root->directory);
    free(root);
}

static enum platform_open_result result_of_error(DWORD error)
{
    switch (error)
    {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
    case ERROR_DIRECTORY:
    case ERROR_FILENAME_EXCED_RANGE:
    case ERROR_CANT_RESOLVE_FILENAME: return PLATFORM_NOT_FOUND;
    case ERROR_TOO_MANY_OPEN_FILES:
    case ERROR_SHARING_VIOLATION:
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_NO_SYSTEM_RESOURCES: return PLATFORM_BUSY;
    default: return PLATFORM_REFUSED;
    }
}

/* Below \\?\ a name is taken as it is written; a colon would name a stream of a file, and the others are no names at all. */
static bool is_name(const WCHAR *path)
{
    return !wcspbrk(path, L":*?\"<>|\\");
}

static WCHAR *name_below(const struct platform_root *root, const char *path)
{
    size_t base = wcslen(root->name);
    WCHAR *name = malloc(PATH_ROOM * sizeof(WCHAR)), *rest, *c;

    if (!name) return NULL;
    memcpy(name, root->name, base * sizeof(WCHAR));
    if (base && name[base - 1] != '\\') name[base++] = '\\';
    rest = name + base;
    if (!MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, rest, PATH_ROOM - base) || !is_name(rest))
    {
        free(name);
        SetLastError(ERROR_INVALID_NAME);
        return NULL;
    }
    for (c = rest; *c; c++)
        if (*c == '/') *c = '\\';
    if (!*rest) rest[-1] = 0;
    return name;
}

/*
 * Directories need FILE_FLAG_BACKUP_SEMANTICS, which a client's own privileges would turn into the right to read everything: so they are
 * told from files that are refused by the status of the open, as they have the same error.
 */
enum platform_open_result platform_open_file(struct platform_root *root, const char *path, platform_file *file)
{
    static const LONG is_a_directory = (LONG)0xc00000ba; /* STATUS_FILE_IS_A_DIRECTORY */
    WCHAR *name = name_below(root, path);
    enum platform_open_result result;
    HANDLE handle;
    DWORD error;

    if (!name) return result_of_error(GetLastError());
    handle = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    error = GetLastError();
    result = handle != INVALID_HANDLE_VALUE ? PLATFORM_OPENED
             : RtlGetLastNtStatus() == is_a_directory ? PLATFORM_NOT_FOUND : result_of_error(error);
    free(name);
    *file = (platform_file)handle;
    return result;
}

enum platform_open_result platform_check_file(struct platform_root *root, platform_file file, uint64_t *size)
{
    HANDLE handle = (HANDLE)file;
    BY_HANDLE_FILE_INFORMATION info;
    enum platform_open_result result = PLATFORM_REFUSED;
    WCHAR *name;
    size_t length;

    if (GetFileType(handle) != FILE_TYPE_DISK) return PLATFORM_NOT_FOUND;
    if (!GetFileInformationByHandle(handle, &info) || !(name = malloc(PATH_ROOM * sizeof(WCHAR)))) return PLATFORM_BUSY;
    *size = (uint64_t)info.nFileSizeHigh << 32 | info.nFileSizeLow;
    length = root->final_length;
    while (length && root->final_name[length - 1] == '\\') length--;
    if (info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) result = PLATFORM_NOT_FOUND;
    else if (final_name_of(handle, name, &(size_t){0}) && !wcsncmp(name, root->final_name, length) && name[length] == '\\')
        result = PLATFORM_OPENED;
    free(name);
    return result;
}

int platform_read(platform_file file, void *data, size_t size)
{
    DWORD got;

    if (ReadFile((HANDLE)file, data, size > 0x40000000 ? 0x40000000 : (DWORD)size, &got, NULL)) return got;
    return GetLastError() == ERROR_HANDLE_EOF ? 0 : -1;
}

void platform_close_file(platform_file file)
{
    CloseHandle((HANDLE)file);
}

/* ---- identity ------------------------------------------------------------------------------------------------------- */

/* Nothing needs to be opened: Windows tells who a thread is by its token. */
struct platform_identity
{
    char room;
};

struct platform_identity *platform_open_identity(void)
{
    return malloc(sizeof(struct platform_identity));
}

bool platform_read_identity(struct platform_identity *identity, char *text, size_t room)
{
    char user[256], account[512];
    DWORD user_room = sizeof(user);
    ULONG account_room = sizeof(account);
    int length;

    (void)identity;
    if (!GetUserNameA(user, &user_room) || !GetUserNameExA(NameSamCompatible, account, &account_room)) return false;
    length = snprintf(text, room, "user name: %s\nlogon name: %s\n", user, account);
    return length >= 0 && (size_t)length < room;
}

void platform_close_identity(struct platform_identity *identity)
{
    free(identity);
}

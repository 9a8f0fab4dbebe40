/*
 * The helpers of client_token.h.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

#ifdef _WIN32

PACCESS_TOKEN client_token(const char *account, SECURITY_IMPERSONATION_LEVEL level)
{
    (void)account;
    (void)level;
    return NULL;
}

BOOL run_without_privileges(const char *unit)
{
    (void)unit;
    return FALSE;
}

BOOL run_with_anonymous_in_everyone(const char *unit)
{
    (void)unit;
    return FALSE;
}

int faults(void (*call)(void))
{
    (void)call;
    return -1;
}

#ifdef WINETEST_KERNEL

#include "tests/driver/run.h"

void run_on_thread(void (*check)(void *context), void *context)
{
    if (!driver_run_on_thread(check, context)) skip("no thread can be made\n");
}

void wait_a_moment(void)
{
    NTSTATUS(NTAPI *delay)(KPROCESSOR_MODE, BOOLEAN, LARGE_INTEGER *) = driver_lookup("KeDelayExecutionThread");
    LARGE_INTEGER moment = {.QuadPart = -100000};

    if (delay) delay(KernelMode, FALSE, &moment);
}

#else

void wait_a_moment(void)
{
    Sleep(10);
}

struct thread_start
{
    void (*check)(void *context);
    void *context;
};

static DWORD WINAPI thread_main(void *argument)
{
    struct thread_start *start = argument;

    start->check(start->context);
    return 0;
}

void run_on_thread(void (*check)(void *context), void *context)
{
    struct thread_start start = {check, context};
    HANDLE thread = CreateThread(NULL, 0, thread_main, &start, 0, NULL);

    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

#endif

#else

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../ntoskrnl/core.h"

PACCESS_TOKEN client_token(const char *account, SECURITY_IMPERSONATION_LEVEL level)
{
    struct guise_logon logon = {.source = "NtLmSsp", .level = level};
    struct unix_account *found;
    PACCESS_TOKEN token = NULL;

    if (guise_account_by_name(account, &found)) return NULL;
    logon.account = found;
    if (guise_create_logon_token(&logon, &token)) token = NULL;
    guise_account_free(found);
    return token;
}

/*
 * In the child: runs UNIT again with the configuration at PATH. Who it is to be is left to setpriv(1): a sanitizer's
 * own thread does not survive glibc's set*id.
 */
static void run_again(const char *unit, const char *argument, const char *path)
{
    char **arguments;

    winetest_get_mainargs(&arguments);
    setenv("GUISE_CONF", path, 1);
    setenv("GUISE_TEST_CHILD", argument, 1);
    if (!strcmp(argument, "unprivileged"))
        execlp("setpriv", "setpriv", "--reuid=70001", "--regid=70001", "--groups=70101,70102", "--", arguments[0], unit,
               (char *)NULL);
    else
        execl(arguments[0], arguments[0], unit, (char *)NULL);
    _exit(97);
}

static BOOL run_child(const char *unit, const char *argument, const char *configuration)
{
    char path[] = "/tmp/guise-test-XXXXXX";
    size_t length = strlen(configuration);
    PACCESS_TOKEN probe;
    BOOL written;
    pid_t child;
    int file;

    if (geteuid() || !(probe = client_token("alice", SecurityImpersonation))) return FALSE;
    ObDereferenceObject(probe);
    if ((file = mkstemp(path)) < 0) return FALSE;
    if ((written = write(file, configuration, length) == (ssize_t)length && !fchmod(file, 0644)))
    {
        fflush(stdout);
        if (!(child = fork())) run_again(unit, argument, path);
        winetest_wait_child_process(child);
    }
    close(file);
    unlink(path);
    return written;
}

BOOL run_without_privileges(const char *unit)
{
    return run_child(unit, "unprivileged", "[credentials]\nidentification = token-only\n");
}

BOOL run_with_anonymous_in_everyone(const char *unit)
{
    return run_child(unit, "everyone", "[lsa]\neveryone-includes-anonymous = yes\n");
}

void wait_a_moment(void)
{
    usleep(10000);
}

int faults(void (*call)(void))
{
    const struct rlimit none = {0, 0};
    int status;
    pid_t child;

    fflush(stdout);
    if (!(child = fork()))
    {
        setrlimit(RLIMIT_CORE, &none);
        close(2); /* a sanitizer would have a lot to say */
        call();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return !WIFEXITED(status) || WEXITSTATUS(status);
}

struct thread_start
{
    void (*check)(void *context);
    void *context;
};

static void *thread_main(void *argument)
{
    struct thread_start *start = argument;

    start->check(start->context);
    return NULL;
}

void run_on_thread(void (*check)(void *context), void *context)
{
    struct thread_start start = {check, context};
    pthread_t thread;

    pthread_create(&thread, NULL, thread_main, &start);
    pthread_join(thread, NULL);
}

#endif

const char *child_argument(void)
{
    return getenv("GUISE_TEST_CHILD");
}

HANDLE token_handle(PACCESS_TOKEN token)
{
    HANDLE handle = NULL;
    NTSTATUS status = ObOpenObjectByPointer(token, 0, NULL, TOKEN_ALL_ACCESS, *SeTokenObjectType, KernelMode, &handle);

    ok(!status, "got %#x\n", status); /* DDI ObOpenObjectByPointer */
    return handle;
}

HANDLE process_token_handle(ACCESS_MASK access)
{
    HANDLE handle = NULL;
    NTSTATUS status = NtOpenProcessToken(NtCurrentProcess(), access, &handle);

    ok(!status, "opening the process token with %#x gave %#x\n", access, status); /* DDI NtOpenProcessToken */
    return handle;
}

PACCESS_TOKEN self_token(SECURITY_IMPERSONATION_LEVEL level)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), level, SECURITY_STATIC_TRACKING, FALSE};
    SECURITY_CLIENT_CONTEXT context;
    NTSTATUS status = SeCreateClientSecurity(PsGetCurrentThread(), &qos, FALSE, &context);

    ok(!status, "copying the process token gave %#x\n", status); /* DDI SeCreateClientSecurity */
    return status ? NULL : context.ClientToken;
}

int token_level(HANDLE token)
{
    SECURITY_IMPERSONATION_LEVEL level;
    ULONG length;

    return NtQueryInformationToken(token, TokenImpersonationLevel, &level, sizeof(level), &length) ? -1 : (int)level;
}

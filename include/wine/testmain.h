/*
 * Counters, messages and main of a test program: included by wine/test.h in the one file that defines STANDALONE.
 *
 * Counters are updated atomically, todo and flaky levels and the location are per thread, a message is one write.
 * Natively the counters are shared with forked children, so an ok() in a child counts in its parent's closing line.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __WINE_WINE_TESTMAIN_H
#define __WINE_WINE_TESTMAIN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#endif
#include "wine/testfmt.h"

struct test
{
    const char *name;
    void (*func)(void);
};

extern const struct test winetest_testlist[];

int winetest_debug = 1;
int winetest_interactive = 0;
int winetest_report_success = 0;
int winetest_time = 0;
int winetest_timeout = 120;
#ifdef _WIN32
const char *winetest_platform = "windows";
#else
const char *winetest_platform = "guise";
#endif
int winetest_platform_is_wine = 0;
int winetest_platform_is_windows = 0;

enum
{
    WINETEST_REPORT_ALL     = 1, /* values of winetest_report_success: each ok that holds */
    WINETEST_REPORT_LOG     = 2, /* each place where one holds, once */
    WINETEST_MUTE_THRESHOLD = 42,   /* how often the same line may repeat a todo, skip or trace */
    WINETEST_LINES          = 16384 /* counters for that, by line number */
};

/* Everything in here is changed with atomic operations only. */
struct winetest_counts
{
    LONG successes, failures, flaky_failures, todo_successes, todo_failures, skipped;
    LONG muted_todos, muted_skips, muted_traces;
    LONG lines[WINETEST_LINES];
    LONG reported[WINETEST_LINES]; /* a hash of each place whose ok has held, 0 for a free slot */
};

struct winetest_thread
{
    const char *file;
    int line;
    unsigned int todo_level, flaky_level; /* a bit for each nested block */
    int todo_loop, flaky_loop;
    int contexts;
    char context[8][128];
    size_t ring_used;
    char ring[4096];
};

/* Written once in main, before the unit and thus any thread of it starts. */
static struct winetest_counts *winetest_count;
static const struct test *winetest_unit;
static int winetest_argc;
static char **winetest_argv;
static unsigned long long winetest_start_ms;
static const char *winetest_options[8]; /* what stood before the unit, without its "--" */

static void winetest_add(LONG *counter, LONG value)
{
    __atomic_fetch_add(counter, value, __ATOMIC_RELAXED);
}

static LONG winetest_get(const LONG *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/* ---- the few things that differ between Windows and Unix ---- */

#if defined(WINETEST_KERNEL)

#include "wine/testkernel.h"

#elif defined(_WIN32)

#include "wine/testwin.h"

#else

static struct winetest_thread *winetest_data(void)
{
    static _Thread_local struct winetest_thread data;

    return &data;
}

static unsigned int winetest_pid(void)
{
    return (unsigned int)getpid();
}

static unsigned long long winetest_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000;
}

/* Natively the runner ends a unit that takes too long. */
static void winetest_watch(void)
{
}

static void winetest_platform_init(void)
{
    winetest_count = (struct winetest_counts *)mmap(NULL, sizeof(*winetest_count), PROT_READ | PROT_WRITE,
                                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (winetest_count == MAP_FAILED)
    {
        perror("mmap");
        exit(1);
    }
}

#endif

/* ---- messages ---- */

/* Prints "file:line: KIND" and, for a message of the test, the contexts and the message, in one write if it fits. */
static void winetest_vmessage(const char *kind, const char *msg, va_list args) WINETEST_FORMAT(2, 0);
static void winetest_vmessage(const char *kind, const char *msg, va_list args)
{
    struct winetest_thread *data = winetest_data();
    char buffer[4096];
    struct winetest_sink sink = {buffer, sizeof(buffer), 0, stdout};
    int i;

    winetest_format(&sink, "%s:%d:", data->file ? data->file : "?", data->line);
    if (winetest_time)
    {
        unsigned long long ms = winetest_now() - winetest_start_ms;

        winetest_format(&sink, "%I64u.%03u", ms / 1000, (unsigned int)(ms % 1000));
    }
    winetest_format(&sink, " %s", kind);
    for (i = 0; i < data->contexts; i++) winetest_format(&sink, "%s: ", data->context[i]);
    winetest_vformat(&sink, msg, args);
    winetest_sink_flush(&sink);
}

static void winetest_message(const char *kind, const char *msg, ...) WINETEST_FORMAT(2, 3);
static void winetest_message(const char *kind, const char *msg, ...)
{
    va_list args;

    va_start(args, msg);
    winetest_vmessage(kind, msg, args);
    va_end(args);
}

/* True if this line has not yet said enough; counts the message as silenced otherwise. */
static int winetest_may_repeat(LONG *muted)
{
    LONG *line = &winetest_count->lines[(unsigned int)winetest_data()->line % WINETEST_LINES];

    if (winetest_debug > 1) return 1;
    if (__atomic_fetch_add(line, 1, __ATOMIC_RELAXED) < WINETEST_MUTE_THRESHOLD) return 1;
    winetest_add(muted, 1);
    return 0;
}

/* ---- what the macros call ---- */

void winetest_set_location(const char *file, int line)
{
    struct winetest_thread *data = winetest_data();
    const char *p;

    data->file = file;
    for (p = file; *p; p++)
    {
        if (*p == '/' || *p == '\\') data->file = p + 1;
    }
    data->line = line;
}

void winetest_subtest(const char *name)
{
    winetest_message("", "Subtest %s\n", name);
}

void winetest_start_todo(int is_todo)
{
    struct winetest_thread *data = winetest_data();

    data->todo_level = data->todo_level << 1 | (is_todo != 0);
    data->todo_loop = 1;
}

int winetest_loop_todo(void)
{
    struct winetest_thread *data = winetest_data();
    int again = data->todo_loop;

    data->todo_loop = 0;
    return again;
}

void winetest_end_todo(void)
{
    winetest_data()->todo_level >>= 1;
}

void winetest_start_flaky(int is_flaky)
{
    struct winetest_thread *data = winetest_data();

    data->flaky_level = data->flaky_level << 1 | (is_flaky != 0);
    data->flaky_loop = 1;
}

int winetest_loop_flaky(void)
{
    struct winetest_thread *data = winetest_data();
    int again = data->flaky_loop;

    data->flaky_loop = 0;
    return again;
}

void winetest_end_flaky(void)
{
    winetest_data()->flaky_level >>= 1;
}

static int winetest_vok_todo(int condition, const char *msg, va_list args, int is_flaky) WINETEST_FORMAT(2, 0);
static int winetest_vok_todo(int condition, const char *msg, va_list args, int is_flaky)
{
    if (condition)
    {
        winetest_vmessage(is_flaky ? "Test succeeded inside flaky todo block: " : "Test succeeded inside todo block: ", msg,
                          args);
        winetest_add(is_flaky ? &winetest_count->flaky_failures : &winetest_count->todo_failures, 1);
        return 0;
    }
    if (!winetest_debug) winetest_add(&winetest_count->muted_todos, 1);
    else if (winetest_may_repeat(&winetest_count->muted_todos)) winetest_vmessage("Test marked todo: ", msg, args);
    winetest_add(&winetest_count->todo_successes, 1);
    return 1;
}

/* True for the first success at this place. A full table reports twice rather than not at all. */
static int winetest_is_first_success(void)
{
    const struct winetest_thread *data = winetest_data();
    unsigned int hash = 2166136261u, slot, tries;
    const char *p;

    for (p = data->file ? data->file : ""; *p; p++) hash = (hash ^ (unsigned char)*p) * 16777619u;
    hash = (hash ^ (unsigned int)data->line) * 16777619u;
    if (!hash) hash = 1;
    for (slot = hash, tries = 0; tries < WINETEST_LINES; slot++, tries++)
    {
        LONG found = 0;

        if (__atomic_compare_exchange_n(&winetest_count->reported[slot % WINETEST_LINES], &found, (LONG)hash, 0,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            return 1;
        if (found == (LONG)hash) return 0;
    }
    return 1;
}

/* Without the contexts: another time they are others, and the line is the same. */
static void winetest_success(void)
{
    struct winetest_thread *data = winetest_data();
    int contexts = data->contexts;

    data->contexts = 0;
    winetest_message("", "Test succeeded\n");
    data->contexts = contexts;
}

int winetest_vok(int condition, const char *msg, va_list args)
{
    const struct winetest_thread *data = winetest_data();
    int is_flaky = data->flaky_level != 0;

    if (data->todo_level) return winetest_vok_todo(condition, msg, args, is_flaky);
    if (condition)
    {
        if (winetest_report_success == WINETEST_REPORT_LOG ? winetest_is_first_success() : winetest_report_success)
            winetest_success();
        winetest_add(&winetest_count->successes, 1);
        return 1;
    }
    winetest_vmessage(is_flaky ? "Test marked flaky: " : "Test failed: ", msg, args);
    winetest_add(is_flaky ? &winetest_count->flaky_failures : &winetest_count->failures, 1);
    return 0;
}

void winetest_ok(int condition, const char *msg, ...)
{
    va_list args;

    va_start(args, msg);
    winetest_vok(condition, msg, args);
    va_end(args);
}

void winetest_vskip(const char *msg, va_list args)
{
    if (winetest_may_repeat(&winetest_count->muted_skips)) winetest_vmessage("Tests skipped: ", msg, args);
    winetest_add(&winetest_count->skipped, 1);
}

void winetest_skip(const char *msg, ...)
{
    va_list args;

    va_start(args, msg);
    winetest_vskip(msg, args);
    va_end(args);
}

/* Only some real Windows may lack what is tested: everywhere else it is a failure. */
void winetest_win_skip(const char *msg, ...)
{
    va_list args;

    va_start(args, msg);
    if (winetest_platform_is_windows) winetest_vskip(msg, args);
    else winetest_vok(0, msg, args);
    va_end(args);
}

void winetest_trace(const char *msg, ...)
{
    va_list args;

    if (!winetest_debug) return;
    if (!winetest_may_repeat(&winetest_count->muted_traces)) return;
    va_start(args, msg);
    winetest_vmessage("", msg, args);
    va_end(args);
}

void winetest_push_context(const char *fmt, ...)
{
    struct winetest_thread *data = winetest_data();
    struct winetest_sink sink = {NULL, sizeof(data->context[0]) - 1, 0, NULL};
    va_list args;

    if (data->contexts == (int)(sizeof(data->context) / sizeof(data->context[0])))
    {
        winetest_message("", "Too many nested contexts\n");
        abort();
    }
    sink.buffer = data->context[data->contexts++];
    va_start(args, fmt);
    winetest_vformat(&sink, fmt, args);
    va_end(args);
    sink.buffer[sink.used] = 0;
}

void winetest_pop_context(void)
{
    struct winetest_thread *data = winetest_data();

    if (data->contexts) data->contexts--;
}

int winetest_get_mainargs(char ***argv)
{
    *argv = winetest_argv;
    return winetest_argc;
}

const char *winetest_option(const char *name)
{
    size_t length = strlen(name);
    unsigned int i;

    for (i = 0; i < sizeof(winetest_options) / sizeof(winetest_options[0]) && winetest_options[i]; i++)
    {
        const char *option = winetest_options[i];

        if (strncmp(option, name, length)) continue;
        if (!option[length]) return "";
        if (option[length] == '=') return option + length + 1;
    }
    return NULL;
}

LONG winetest_get_failures(void)
{
    return winetest_get(&winetest_count->failures);
}

void winetest_add_failures(LONG failures)
{
    winetest_add(&winetest_count->failures, failures);
}

#if defined(WINETEST_KERNEL)

void winetest_wait_child_process(HANDLE process)
{
    (void)process;
    winetest_ok(0, "a driver has no child processes\n");
}

#else

/* A child that ran the program again reports its failures as its exit code. */
static void winetest_child_ended(unsigned int pid, unsigned int code)
{
    if (!code) winetest_add(&winetest_count->successes, 1);
    else if (code > 255)
    {
        winetest_message("", "unhandled exception %08x in child process %04x\n", code, pid);
        winetest_add_failures(1);
    }
    else
    {
        winetest_message("", "%u failures in child process %04x\n", code, pid);
        winetest_add_failures((LONG)code);
    }
}

#ifdef _WIN32

void winetest_wait_child_process(HANDLE process)
{
    DWORD code = 1;

    winetest_ok(WaitForSingleObject(process, 30000) == WAIT_OBJECT_0, "the child process did not end\n");
    GetExitCodeProcess(process, &code);
    winetest_child_ended(GetProcessId(process), code);
}

#else

void winetest_wait_child_process(int pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
    {
        if (errno == EINTR) continue;
        winetest_ok(0, "waitpid of %d: %s\n", pid, strerror(errno));
        return;
    }
    if (WIFEXITED(status)) winetest_child_ended((unsigned int)pid, (unsigned int)WEXITSTATUS(status));
    else winetest_ok(0, "child process %04x ended by signal %d\n", pid, WTERMSIG(status));
}

#endif
#endif

#include "wine/testdbgstr.h"

/* ---- main ---- */

static const struct test *winetest_find(const char *name)
{
    const struct test *test;

    for (test = winetest_testlist; test->name; test++)
    {
        if (!strcmp(test->name, name)) return test;
    }
    return NULL;
}

static void winetest_list(const char *indent)
{
    const struct test *test;

    for (test = winetest_testlist; test->name; test++) printf("%s%s\n", indent, test->name);
}

/* The exit code is the number of failures, at most 255. */
static int winetest_run(const struct test *test)
{
    const struct winetest_counts *count = winetest_count;
    LONG failures, executed;
    char buffer[512];
    struct winetest_sink sink = {buffer, sizeof(buffer), 0, stdout};

    winetest_unit = test;
    winetest_watch();
#ifdef WINETEST_KERNEL
    unit_guard(test->func);
#else
    test->func();
#endif

    failures = winetest_get(&count->failures) + winetest_get(&count->todo_failures);
    executed = winetest_get(&count->successes) + winetest_get(&count->todo_successes) +
               winetest_get(&count->flaky_failures) + failures;
    if (winetest_debug)
    {
        if (winetest_get(&count->muted_todos) || winetest_get(&count->muted_skips) || winetest_get(&count->muted_traces))
        {
            winetest_format(&sink, "%04x:%s: Silenced %d todos, %d skips and %d traces.\n", winetest_pid(), test->name,
                            winetest_get(&count->muted_todos), winetest_get(&count->muted_skips),
                            winetest_get(&count->muted_traces));
        }
        winetest_format(&sink, "%04x:%s: %d tests executed (%d marked as todo, ", winetest_pid(), test->name, executed,
                        winetest_get(&count->todo_successes));
        if (winetest_get(&count->flaky_failures))
        {
            winetest_format(&sink, "%d as flaky, ", winetest_get(&count->flaky_failures));
        }
        winetest_format(&sink, "%d %s), %d skipped.\n", failures, failures == 1 ? "failure" : "failures",
                        winetest_get(&count->skipped));
        winetest_sink_flush(&sink);
    }
    return failures < 255 ? (int)failures : 255;
}

static void winetest_number(const char *name, int *value)
{
    const char *text = getenv(name);

    if (text && *text) *value = atoi(text);
}

static void winetest_environment(void)
{
    const char *platform = getenv("WINETEST_PLATFORM");

    winetest_number("WINETEST_DEBUG", &winetest_debug);
    winetest_number("WINETEST_INTERACTIVE", &winetest_interactive);
    winetest_number("WINETEST_REPORT_SUCCESS", &winetest_report_success);
    winetest_number("WINETEST_TIME", &winetest_time);
    winetest_number("WINETEST_TIMEOUT", &winetest_timeout);
    if (platform && *platform) winetest_platform = platform;
    winetest_platform_is_wine = !strcmp(winetest_platform, "wine");
    winetest_platform_is_windows = !strcmp(winetest_platform, "windows");
}

/* Takes the options out of the arguments, which are the unit's from then on; answers how many are left. */
static int winetest_take_options(int argc, char **argv)
{
    int taken = 0;
    const char *timeout;

    while (taken + 1 < argc && !strncmp(argv[taken + 1], "--", 2) && strcmp(argv[taken + 1], "--list") &&
           taken < (int)(sizeof(winetest_options) / sizeof(winetest_options[0])))
    {
        winetest_options[taken] = argv[taken + 1] + 2;
        taken++;
    }
    memmove(argv + 1, argv + 1 + taken, (size_t)(argc - taken) * sizeof(*argv)); /* with the NULL behind the last */
    if (winetest_option("log")) winetest_report_success = WINETEST_REPORT_LOG;
    timeout = winetest_option("timeout");
    if (timeout && *timeout) winetest_timeout = atoi(timeout);
    return argc - taken;
}

int main(int argc, char **argv)
{
    const struct test *test;

    setvbuf(stdout, NULL, _IONBF, 0);
    winetest_start_ms = winetest_now();
    winetest_platform_init();
    winetest_environment();
    argc = winetest_take_options(argc, argv);
    winetest_argc = argc;
    winetest_argv = argv;
    if (argc < 2)
    {
        printf("Usage: %s [--log] [--timeout=SECONDS] [--create-accounts] test_name\n\nValid test names:\n", argv[0]);
        winetest_list("    ");
        return 1;
    }
    if (!strcmp(argv[1], "--list"))
    {
        winetest_list("");
        return 0;
    }
    test = winetest_find(argv[1]);
    if (!test)
    {
        printf("Fatal: test '%s' does not exist.\n", argv[1]);
        return 1;
    }
    return winetest_run(test);
}

#endif /* __WINE_WINE_TESTMAIN_H */

/*
 * The test framework: the interface and the output of Wine's conformance tests, for ELF and PE test programs.
 *
 * A unit is one file with START_TEST(name). Exactly one file of a program, the generated testlist.c, defines STANDALONE
 * before including this header and so gets the implementation and main. Messages go through the formatter in
 * wine/testfmt.h, which reads formats as Windows does (%l is 32 bit) in both worlds.
 *
 * Environment: WINETEST_DEBUG (0 quiet, 1 default, 2 nothing is silenced), WINETEST_PLATFORM, WINETEST_INTERACTIVE,
 * WINETEST_REPORT_SUCCESS (1 each ok that holds, 2 each place where one does), WINETEST_TIME, WINETEST_TIMEOUT (seconds; Windows only).
 * Options before the unit: --log (WINETEST_REPORT_SUCCESS=2), --timeout=SECONDS, and those of the tests.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __WINE_WINE_TEST_H
#define __WINE_WINE_TEST_H

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#ifndef __WINE_CONFIG_H
#include <windef.h>
#include <winbase.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what the unit may look at ---- */

extern int winetest_debug;               /* how much is printed */
extern int winetest_interactive;         /* a person is watching: tests may ask */
extern int winetest_report_success;      /* print each ok that holds */
extern int winetest_time;                /* print the seconds since start in every line */
extern int winetest_timeout;             /* after how many seconds a unit ends itself; 0: never */
extern const char *winetest_platform;    /* "windows", "wine" or "guise" */
extern int winetest_platform_is_wine;    /* todo_wine is active */
extern int winetest_platform_is_windows; /* broken() and win_skip() are accepted */

/* ---- the calls behind the macros ---- */

/* Messages are read by our own formatter: a check against the compiler's printf would be wrong natively (%lu is 32 bit). */
#ifdef _WIN32
#define WINETEST_FORMAT(fmt, args) __attribute__((format(ms_printf, fmt, args)))
#else
#define WINETEST_FORMAT(fmt, args)
#endif

extern void winetest_set_location(const char *file, int line);
extern void winetest_subtest(const char *name);
extern void winetest_start_todo(int is_todo);
extern int winetest_loop_todo(void);
extern void winetest_end_todo(void);
extern void winetest_start_flaky(int is_flaky);
extern int winetest_loop_flaky(void);
extern void winetest_end_flaky(void);

/* vok and ok answer whether the condition was as expected (true, or false inside a todo block). */
extern int winetest_vok(int condition, const char *msg, va_list args) WINETEST_FORMAT(2, 0);
extern void winetest_ok(int condition, const char *msg, ...) WINETEST_FORMAT(2, 3);
extern void winetest_vskip(const char *msg, va_list args) WINETEST_FORMAT(1, 0);
extern void winetest_skip(const char *msg, ...) WINETEST_FORMAT(1, 2);
extern void winetest_win_skip(const char *msg, ...) WINETEST_FORMAT(1, 2);
extern void winetest_trace(const char *msg, ...) WINETEST_FORMAT(1, 2);
extern void winetest_push_context(const char *fmt, ...) WINETEST_FORMAT(1, 2);
extern void winetest_pop_context(void);

/* The arguments of the program: argv[1] is the unit, the rest is for a child of the unit. */
extern int winetest_get_mainargs(char ***argv);
/* What follows "--NAME=" of an option that stood before the unit, "" for a bare "--NAME", NULL without it. */
extern const char *winetest_option(const char *name);
extern LONG winetest_get_failures(void);
extern void winetest_add_failures(LONG failures);
/* Waits for a child that runs the same program and counts its failing exit code; natively the child is a process id. */
#ifdef _WIN32
extern void winetest_wait_child_process(HANDLE process);
#else
extern void winetest_wait_child_process(int pid);
#endif

/* Printable forms. The result lives in a ring of the calling thread: good for the arguments of one message. */
extern const char *wine_dbgstr_an(const char *str, int len);
extern const char *wine_dbgstr_wn(const WCHAR *str, int len);
extern const char *wine_dbgstr_guid(const GUID *guid);
extern const char *wine_dbgstr_longlong(ULONGLONG value);

static inline const char *wine_dbgstr_a(const char *str)
{
    return wine_dbgstr_an(str, -1);
}

static inline const char *wine_dbgstr_w(const WCHAR *str)
{
    return wine_dbgstr_wn(str, -1);
}

/* True only on real Windows: a result that some Windows gives and that must not be followed. */
static inline int broken(int condition)
{
    return winetest_platform_is_windows && condition;
}

/* ---- the macros of the unit ---- */

/* The unit's entry point, called by main through the generated table. */
#define START_TEST(name)   \
    void func_##name(void); \
    void func_##name(void)

#define winetest_at(file, line, call) (winetest_set_location(file, line), 0) ? (void)0 : call

#define ok_(file, line)       winetest_at(file, line, winetest_ok)
#define skip_(file, line)     winetest_at(file, line, winetest_skip)
#define win_skip_(file, line) winetest_at(file, line, winetest_win_skip)
#define trace_(file, line)    winetest_at(file, line, winetest_trace)
#define subtest_(file, line)  winetest_at(file, line, winetest_subtest)

#define ok       ok_(__FILE__, __LINE__)
#define skip     skip_(__FILE__, __LINE__)
#define win_skip win_skip_(__FILE__, __LINE__)
#define trace    trace_(__FILE__, __LINE__)
#define subtest  subtest_(__FILE__, __LINE__)

/* The statement or block that follows is expected to fail; natively todo_wine is plain code. */
#define todo_if(is_todo) for (winetest_start_todo(is_todo); winetest_loop_todo(); winetest_end_todo())
#define todo_wine               todo_if(winetest_platform_is_wine)
#define todo_wine_if(is_todo)   todo_if((is_todo) && winetest_platform_is_wine)

/* The statement or block that follows sometimes fails for a reason that lies outside the code under test. */
#define flaky_if(is_flaky) for (winetest_start_flaky(is_flaky); winetest_loop_flaky(); winetest_end_flaky())
#define flaky                   flaky_if(TRUE)
#define flaky_wine              flaky_if(winetest_platform_is_wine)
#define flaky_wine_if(is_flaky) flaky_if((is_flaky) && winetest_platform_is_wine)

#ifdef __cplusplus
}
#endif

#ifdef STANDALONE
#include "wine/testmain.h"
#endif

#endif /* __WINE_WINE_TEST_H */

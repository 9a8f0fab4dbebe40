/*
 * Which of the names that the units know are there, and which end the process: for Wine, whose stubs raise an exception.
 *
 * Each routine is called once, with every argument zero. That is out of the question in a real kernel, and the loader asks
 * for it under Wine only. Wine 8.0 does not find the way out of every exception: then the process ends behind the name, and the
 * loader starts again at the next one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ddk/ntifs.h>
#include <excpt.h>
#include <string.h>

#include "run.h"

#define EXCEPTION_WINE_STUB 0x80000100

static const char *const exports[] = {
#include "tests/driver/exports.h"
};

static ULONG raised; /* by the routine that is probed; one thread probes */

LONG NTAPI note_exception(EXCEPTION_POINTERS *info, void *frame); /* named in the assembly of __try1 */
LONG NTAPI note_exception(EXCEPTION_POINTERS *info, void *frame)
{
    (void)frame;
    raised = info->ExceptionRecord->ExceptionCode;
    return EXCEPTION_EXECUTE_HANDLER;
}

typedef ULONG_PTR (NTAPI *routine)(ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR,
                                   ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR);

static void __attribute__((noinline)) call(routine address)
{
    raised = 0;
    __try1(note_exception)
    address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    __except1
}

static void say(const char *words)
{
    driver_log(words, strlen(words));
}

void probe_exports(unsigned int first)
{
    size_t i;

    for (i = first; i < sizeof(exports) / sizeof(exports[0]); i++)
    {
        void *address = driver_lookup(exports[i]);

        say(exports[i]);
        if (address) call(address);
        say(!address ? " is absent\n" : raised == EXCEPTION_WINE_STUB ? " aborts\n" : " is there\n");
    }
    say("done\n");
}

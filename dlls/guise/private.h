/*
 * Among the files of guise.dll.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_PRIVATE_H
#define GUISE_DLLS_GUISE_PRIVATE_H

#include <ntstatus.h>
#define WIN32_NO_STATUS
#include "dlls/guise/guise.h"
#include "dlls/guise/say.h"

/* guise.dll itself; set before anything else runs. */
extern HINSTANCE module_base;

/* Finds the Unix half: unix_call.c. STATUS_DLL_INIT_FAILED, with a line that says why. */
NTSTATUS unix_half_load(void);

/*
 * Runs a routine of the Unix half and gives its status. A fault there comes back as STATUS_ACCESS_VIOLATION with the thread's ids as
 * they were at the fault (wine.md fact 12): a thread that impersonates is put right before this returns, or the process ends.
 */
NTSTATUS unix_call(unsigned int call, void *block);

/* A new thread is the process, whoever made it, or there is none any more. */
void unix_thread_begins(void);

/* One line, and the process ends at once: where a thread could go on as somebody else. */
void fatal(const char *line) __attribute__((noreturn));

/* What the caller of a system service pointed at, by way of the Unix half: STATUS_ACCESS_VIOLATION if it cannot be read or written. */
NTSTATUS copy_memory(void *target, const void *source, SIZE_T size);

#endif

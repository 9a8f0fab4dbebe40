/*
 * Between the two halves of the driver: driver.c, which is built with the kernel headers of mingw-w64, and unit.c with the
 * units, which are built with Guise's, as natively. Only plain C types cross.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_DRIVER_RUN_H
#define GUISE_TESTS_DRIVER_RUN_H

#include <stddef.h>

/* ---- unit.c: what the driver calls ---- */

/* Runs a unit on the calling thread to its end; answers the exit code it would have as a program. */
int unit_run(const char *name);

/* Calls the unit's function, which may end early. */
void unit_guard(void (*unit)(void));

/* ---- probe.c ---- */

/* Writes a line for each name that the units know from the FIRST on, "NAME is there", "is absent" or "aborts", and at the
 * end "done". For Wine only. */
void probe_exports(unsigned int first);

/* ---- driver.c: what the units rest on ---- */

/* Appends to the log file and past every cache: the next instruction may be the machine's last. */
void driver_log(const void *data, size_t size);

/* The address of what the kernel exports by this name, or NULL. */
void *driver_lookup(const char *name);

/* Non-paged pool; NULL when there is none. */
void *driver_allocate(size_t size);
void driver_free(void *block);

/* Runs ENTRY on a system thread and waits for its end; 0 when no thread can be made. */
int driver_run_on_thread(void (*entry)(void *context), void *context);

/* Ends the calling thread, which must be one of those. */
void driver_end_thread(void) __attribute__((noreturn));

/* Makes the calling thread itself again, whatever a unit that ended early left behind. */
void driver_revert(void);

void *driver_thread_id(void);
unsigned int driver_process_id(void);
unsigned long long driver_milliseconds(void);
int driver_runs_on_wine(void);

#endif

/*
 * Included before each unit in kernel mode: how it calls the routines under test.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_DRIVER_KERNEL_H
#define GUISE_TESTS_DRIVER_KERNEL_H

#include <winbase.h>
#include <winternl.h>
#include <ntifs.h>

/*
 * The address of a routine, after "begin NAME" went to the log, and of exported data: a routine that takes the machine, or
 * under Wine the process, with it is then the last word. Where the name is not exported the unit ends with a skip: with an
 * import the driver would not load at all.
 */
void *kernel_routine(const char *name, const char *file, int line);
void *kernel_data(const char *name, const char *file, int line);

#endif

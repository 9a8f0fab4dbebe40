/*
 * The little of stdio that the test framework needs in kernel mode: everything goes to the log of the running unit.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_DRIVER_STDIO_H
#define GUISE_TESTS_DRIVER_STDIO_H

#include <stddef.h>

typedef struct driver_file FILE;
extern FILE *const stdout;

size_t fwrite(const void *data, size_t size, size_t count, FILE *file);

/* Texts of the framework's own main, which nobody reads here. */
#define printf unread_printf
static inline int unread_printf(const char *format, ...)
{
    (void)format;
    return 0;
}
#define setvbuf(file, buffer, mode, size) ((void)0)

#endif

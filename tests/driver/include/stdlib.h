/*
 * The little of stdlib that the units need in kernel mode.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_DRIVER_STDLIB_H
#define GUISE_TESTS_DRIVER_STDLIB_H

#include <stddef.h>

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void free(void *block);

/* Ends the unit. */
void abort(void) __attribute__((noreturn));

/* A driver has no environment. */
static inline char *getenv(const char *name)
{
    (void)name;
    return NULL;
}

static inline int atoi(const char *text)
{
    int value = 0;

    while (*text >= '0' && *text <= '9') value = value * 10 + *text++ - '0';
    return value;
}

#endif

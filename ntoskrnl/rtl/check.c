/*
 * The end of a debug build that found itself wrong.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef GUISE_DEBUG

#include <stdio.h>

#include "ntoskrnl/rtl/check.h"
#include "ntoskrnl/unix/cred.h"

void guise_check_failed(const char *condition, const char *file, int line)
{
    char text[256];

    snprintf(text, sizeof(text), "check failed: %s:%d: %s", file, line, condition);
    cred_fatal(text);
}

#else

/* ISO C forbids an empty file. */
typedef int guise_check_unused;

#endif

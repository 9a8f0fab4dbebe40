/*
 * The last error of a thread, one for all the libraries that report through it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/core.h"

static _Thread_local ULONG last_error __attribute__((tls_model("initial-exec")));

ULONG guise_get_last_error(void)
{
    return last_error;
}

void guise_set_last_error(ULONG error)
{
    last_error = error;
}

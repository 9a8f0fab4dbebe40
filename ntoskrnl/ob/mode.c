/*
 * The previous mode of a thread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ob/mode.h"

/* Zero is what every thread starts with: a program. */
static _Thread_local bool kernel_mode __attribute__((tls_model("initial-exec")));

KPROCESSOR_MODE previous_mode(void)
{
    return kernel_mode ? KernelMode : UserMode;
}

KPROCESSOR_MODE previous_mode_set(KPROCESSOR_MODE mode)
{
    KPROCESSOR_MODE before = previous_mode();

    kernel_mode = mode == KernelMode;
    return before;
}

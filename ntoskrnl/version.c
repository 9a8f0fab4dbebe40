/*
 * Guise's own version of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/core.h"

unsigned int guise_core_version(void)
{
    return GUISE_CORE_VERSION;
}

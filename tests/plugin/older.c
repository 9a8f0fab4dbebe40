/*
 * A plug-in of the first days: its table ends where the operations begin that came later, whatever stands behind it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stddef.h>

#define ECHO_NAME u"Older"
#define ECHO_SIZE offsetof(struct sec_package, add_credential)

#include "echo.c"

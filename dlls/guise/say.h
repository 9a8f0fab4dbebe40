/*
 * Lines for the operator, of each PE module.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_SAY_H
#define GUISE_DLLS_GUISE_SAY_H

#include <windef.h>
#include <winbase.h>

/* One line for the operator on stderr, also where the Unix half is missing. Never a secret. */
void say(const char *line);

#endif

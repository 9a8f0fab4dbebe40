/*
 * The usual umbrella: basic types, security types, advapi32/kernel32 slice, error codes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_WINDOWS_H
#define GUISE_WINDOWS_H

#include <windef.h>
#include <winnt.h>
#include <winerror.h>
#include <winbase.h>

#endif /* GUISE_WINDOWS_H */

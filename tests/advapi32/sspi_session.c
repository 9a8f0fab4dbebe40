/*
 * The account store of the secur32 units, for the units of this room too.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "../secur32/session_unix.c"
#include "../secur32/session_windows.c"
#include "../secur32/session.c"

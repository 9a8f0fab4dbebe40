/*
 * The native interface under its user-mode name; everything is in ntifs.h.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_WINTERNL_H
#define GUISE_WINTERNL_H

#include <ntifs.h>

#endif /* GUISE_WINTERNL_H */

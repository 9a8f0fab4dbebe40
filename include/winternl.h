/*
 * The native interface under its user-mode name: ntifs.h, and the way from its status codes to Win32's.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_WINTERNL_H
#define GUISE_WINTERNL_H

#include <ntifs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* RtlNtStatusToDosError: the Win32 code of a status; ERROR_MR_MID_NOT_FOUND for those that have none. */
NTSYSAPI ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status);

#ifdef __cplusplus
}
#endif

#endif /* GUISE_WINTERNL_H */

/*
 * The packages built in, and what the front does for them beyond what plug-ins get. What a package is:
 * <guise/package.h>.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_PACKAGE_H
#define GUISE_SECUR32_PACKAGE_H

#include <guise/package.h>

#include "ntoskrnl/core.h"

/* The packages built in, in enumeration order (S3.1.5); one line each in dlls/secur32/builtin.c. */
extern const struct sec_package negotiate_package, kerberos_package, ntlm_package;

/* First buffer of TYPE (low 28 bits, S2.0.4), or NULL. */
const SecBuffer *sec_buffer_find(const SecBufferDesc *desc, ULONG type);

/* A FILETIME as SSPI's time stamps are said to be, in local time; never stays never: dlls/secur32/local_time.c. */
LONGLONG sec_local_time(LONGLONG filetime);

/* The one mapping from NTSTATUS to SECURITY_STATUS (S8.2.1, S8.2.2): dlls/secur32/status.c. */
SECURITY_STATUS sec_status_from_nt(NTSTATUS status);

#endif

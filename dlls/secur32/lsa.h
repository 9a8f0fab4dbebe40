/*
 * What the files of the LSA calls share.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_LSA_H
#define GUISE_SECUR32_LSA_H

#include "dlls/secur32/lsa_package.h"

/* What a handle of LsaConnectUntrusted or LsaRegisterLogonProcess is. STATUS_INVALID_HANDLE. */
NTSTATUS lsa_connection(HANDLE handle, bool *trusted);

#endif

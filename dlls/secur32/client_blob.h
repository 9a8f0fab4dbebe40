/*
 * A client's token as bytes and back: a part of an exported context.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_CLIENT_BLOB_H
#define GUISE_SECUR32_CLIENT_BLOB_H

#include "dlls/secur32/package.h"
#include "dlls/secur32/wire.h"

/* Made with guise_alloc(). SEC_E_UNSUPPORTED_FUNCTION: not a token that may travel (ntoskrnl/core.h). */
SECURITY_STATUS client_blob_write(PACCESS_TOKEN token, UCHAR **data, size_t *size);

/* SEC_E_UNKNOWN_CREDENTIALS: not what the above writes. SEC_E_NOT_OWNER: a client whom this process never carries. */
SECURITY_STATUS client_blob_read(struct wire_span blob, PACCESS_TOKEN *token);

#endif

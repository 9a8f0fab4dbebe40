/*
 * The two halves of an exported context behind its cipher: fuzzed by fuzz/exported_context.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_EXPORT_H
#define GUISE_SECUR32_EXPORT_H

#include "dlls/secur32/front.h"
#include "dlls/secur32/wire.h"

/*
 * Makes a context of PACKAGE again out of what was encrypted. TOKEN, unless NULL, must be the token that is inside, and
 * is then used itself. *STATE is the caller's. SEC_E_UNKNOWN_CREDENTIALS: not what an export writes. SEC_E_NOT_OWNER: another
 * token, or a client whom this process never carries.
 */
SECURITY_STATUS export_read(struct wire_span plain, const struct sec_package *package, PACCESS_TOKEN token,
                            struct package_context **state, bool *acceptor);

#endif

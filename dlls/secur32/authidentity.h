/*
 * What the files of the identity helpers share: blocks that are wiped when freed, and opaque identities.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_AUTHIDENTITY_H
#define GUISE_SECUR32_AUTHIDENTITY_H

#include "dlls/secur32/front.h"

/* Zeroed, or NULL. What the helpers give back is made here, and freed by SspiFreeAuthIdentity or SspiLocalFree. */
void *secret_alloc(size_t size);
void secret_free(void *bytes); /* wipes; NULL is fine */

/* SEC_E_INVALID_PARAMETER: the texts are longer than an identity can say. SEC_E_INSUFFICIENT_MEMORY. */
SECURITY_STATUS opaque_identity_create(const struct auth_identity *parts, PSEC_WINNT_AUTH_IDENTITY_OPAQUE *identity);

#endif

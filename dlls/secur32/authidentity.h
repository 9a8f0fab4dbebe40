/*
 * What the files of the identity helpers share: blocks that are wiped when freed, and opaque identities.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_AUTHIDENTITY_H
#define GUISE_SECUR32_AUTHIDENTITY_H

#include "dlls/secur32/aead.h"
#include "dlls/secur32/front.h"

/* Zeroed, or NULL. What the helpers give back is made here, and freed by SspiFreeAuthIdentity or SspiLocalFree. */
void *secret_alloc(size_t size);
void secret_free(void *bytes); /* wipes; NULL is fine */

/* Bytes at the end of an opaque identity that are kept for the seal of an encrypted one. */
#define SEAL_ROOM sizeof(struct aead_seal)

/* Encrypts an opaque identity in place for this process. SEC_E_INVALID_PARAMETER: it has no room for the seal. */
SECURITY_STATUS identity_seal(void *identity);

/* SEC_E_INVALID_PARAMETER: the texts are longer than an identity can say. SEC_E_INSUFFICIENT_MEMORY. */
SECURITY_STATUS opaque_identity_create(const struct auth_identity *parts, PSEC_WINNT_AUTH_IDENTITY_OPAQUE *identity);

/* The same, encrypted if AUTH_DATA is: what is made of an encrypted identity is not suddenly legible. */
SECURITY_STATUS opaque_identity_like(const void *auth_data, const struct auth_identity *parts,
                                     PSEC_WINNT_AUTH_IDENTITY_OPAQUE *identity);

#endif

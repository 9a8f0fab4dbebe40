/*
 * Ticket caches in memory, for tickets that this library asks for itself. In the bracket (design 5.10).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_CACHES_H
#define GUISE_KERBEROS_CACHES_H

#include "dlls/kerberos/library.h"

/* A new cache with CREDS in it. */
krb5_error_code krb_make_cache(krb5_context krb5, krb5_creds *creds, krb5_ccache *cache);
/* What refers to it keeps it. NULL is allowed. */
void krb_destroy_cache(krb5_ccache cache);

/* What is in CACHE as a credential of GSS to initiate with. */
krb5_error_code krb_credential_of(krb5_ccache cache, gss_cred_id_t *credential);

#endif

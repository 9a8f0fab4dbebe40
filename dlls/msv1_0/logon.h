/*
 * What the requests of MSV1_0 share.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_LOGON_H
#define GUISE_MSV1_0_LOGON_H

#include "dlls/msv1_0/ntlm.h"
#include "dlls/secur32/lsa_package.h"

/*
 * The accounts and the policy, as for a new acceptor; ended with ntlm_free_credential(). STATUS_NO_LOGON_SERVERS: there is no
 * store that may be used (the log says why). STATUS_INTERNAL_ERROR, STATUS_NO_MEMORY.
 */
NTSTATUS logon_open(struct package_credential **credential);

/* A name of a request. STATUS_INVALID_PARAMETER: not inside it, of odd length, with a NUL. STATUS_NO_MEMORY. */
NTSTATUS logon_read_text(const struct lsa_buffer *request, const UNICODE_STRING *string, struct ntlm_text *text);

/* The NT hash of a password of a request; the same statuses, but it may hold anything. */
NTSTATUS logon_hash_password(const struct lsa_buffer *request, const UNICODE_STRING *string, UCHAR hash[NTLM_KEY_SIZE]);

/* ---- logon_calls.c ------------------------------------------------------------------------------------------------- */

NTSTATUS logon_call(const struct lsa_buffer *request, void **answer, ULONG *answer_size);
NTSTATUS logon_change_password(const WCHAR *domain, const WCHAR *account, const WCHAR *old_password,
                               const WCHAR *new_password);
NTSTATUS logon_find_account(const WCHAR *account, struct lsa_account *found);

#endif

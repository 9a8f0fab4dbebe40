/*
 * New passwords. Those of requests are wiped.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_CHANGE_PASSWORD_H
#define GUISE_KERBEROS_CHANGE_PASSWORD_H

#include "dlls/kerberos/logon.h"

/*
 * Of struct lsa_package, and KerbChangePasswordMessage. STATUS_WRONG_PASSWORD: or there is no such account; STATUS_PASSWORD_RESTRICTION: not that one, the KDC says;
 * STATUS_ACCESS_DENIED: not by this user; STATUS_NO_LOGON_SERVERS; STATUS_INVALID_PARAMETER: no texts; STATUS_NO_SUCH_PACKAGE; STATUS_NO_MEMORY; STATUS_UNSUCCESSFUL.
 */
NTSTATUS krb_change_password(const WCHAR *domain, const WCHAR *account, const WCHAR *old_password, const WCHAR *new_password);
NTSTATUS krb_change_by_message(const struct lsa_buffer *request);

#endif

/*
 * What a password gets from the KDC. In the bracket (design 5.10).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_PASSWORD_H
#define GUISE_KERBEROS_PASSWORD_H

#include "dlls/kerberos/logon.h"

/*
 * The ticket of NAME, as krb5_parse_name() reads it, for SERVICE (NULL: a first ticket) with PASSWORD, into CREDS (krb5_free_cred_contents). STATUS_NO_SUCH_USER; STATUS_LOGON_FAILURE: the
 * password is wrong. Of an account that may not log on it is told why, as krb_logon_status() does, only if the password was good as far as that can be known.
 */
NTSTATUS krb_ask_with_password(krb5_context krb5, const char *name, bool enterprise, const char *password, const char *service, krb5_creds *creds,
                               NTSTATUS *substatus);

/* The NTSTATUS in the data of a KRB-ERROR (MS-KILE 2.2.2), also as Samba writes it; 0: none. */
NTSTATUS krb_extended_status(const UCHAR *data, size_t size); /* extended_error.c */

#define KRB_MOST_PASSWORD 256 /* units, S2.1.4 */

#endif

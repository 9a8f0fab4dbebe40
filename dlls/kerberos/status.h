/*
 * What MIT Kerberos reports, as SSPI says it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_STATUS_H
#define GUISE_KERBEROS_STATUS_H

#include <stdbool.h>

#include <sspi.h>

#include "dlls/kerberos/library.h"

/* Of a leg, or of getting what it needs; never a success for a MAJOR that is an error. WHAT is for the trace. */
SECURITY_STATUS krb_leg_status(OM_uint32 major, OM_uint32 minor, bool acceptor, const char *what);

/* Whether the KDC said that it does not know the client, which is no word about a password. */
bool krb_client_is_unknown(OM_uint32 major, OM_uint32 minor);

/* Of a message that is wrapped or made a MIC of (PROTECT), or the reverse. */
SECURITY_STATUS krb_message_status(OM_uint32 major, OM_uint32 minor, bool protect);

#endif

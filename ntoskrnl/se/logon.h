/*
 * What makes the token of a client out of a template: the part of logon.c that transfer.c shares.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_LOGON_H
#define GUISE_NTOSKRNL_SE_LOGON_H

#include "ntoskrnl/se/token.h"
#include "ntoskrnl/unix/idmap.h"

/* S-1-5-5-X-Y, X-Y being a LUID of its own. */
void logon_make_sid(union id_sid *sid);

/* Creates the token of TEMPLATE with security for its user; the template's own references are the caller's. STATUS_NO_MEMORY. */
NTSTATUS logon_create_token(struct token_template *template, struct token **token);

#endif

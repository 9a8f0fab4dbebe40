/*
 * What a token looks like from outside, before MIT Kerberos sees it: its mechanism glue would hand SPNEGO and others to whom they belong.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_FRAMING_H
#define GUISE_KERBEROS_FRAMING_H

#include <stdbool.h>
#include <stddef.h>

#include <ntifs.h>

enum krb_message
{
    KRB_MESSAGE_NONE, /* no token of Kerberos */
    KRB_MESSAGE_AP_REQ,
    KRB_MESSAGE_AP_REP,
    KRB_MESSAGE_ERROR
};

/* The message in DATA: framed with the mechanism's identifier (S6.2.1), Microsoft's spelling of it included, or bare (S6.2.2). */
enum krb_message krb_message_of(const UCHAR *data, size_t size);

/*
 * Whether DATA begins as a wrap token does, else as a MIC token: in the frame of RFC 1964 (1.2), of contexts with a cipher of old, or as RFC 4121
 * (4.2.6) has it. What lies behind is MIT Kerberos's to read, which ends the process where a token is of the other kind than its context.
 */
bool krb_is_protection(const UCHAR *data, size_t size, bool old, bool wrap);

#endif

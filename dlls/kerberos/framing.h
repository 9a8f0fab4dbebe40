/*
 * What a token looks like from outside, before MIT Kerberos sees it: its mechanism glue would hand SPNEGO and others to whom they belong.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_FRAMING_H
#define GUISE_KERBEROS_FRAMING_H

#include "dlls/secur32/wire.h"

enum krb_message
{
    KRB_MESSAGE_NONE, /* no token of Kerberos */
    KRB_MESSAGE_AP_REQ,
    KRB_MESSAGE_AP_REP,
    KRB_MESSAGE_ERROR,
    KRB_MESSAGE_TGT_REQ, /* user-to-user; framed only */
    KRB_MESSAGE_TGT_REP
};

/* The identifier in front of a message. */
enum krb_frame_kind
{
    KRB_FRAME_NONE, /* DCE style (S6.2.2) */
    KRB_FRAME_KERBEROS,
    KRB_FRAME_MICROSOFT, /* the same, in Microsoft's spelling */
    KRB_FRAME_USER_TO_USER
};

struct krb_frame
{
    enum krb_message message;
    enum krb_frame_kind kind;
    struct wire_span body; /* the message without its frame */
};

/* The message in DATA: framed with a mechanism's identifier (S6.2.1) or bare. KRB_MESSAGE_NONE: no such thing, and nothing else is set. */
struct krb_frame krb_read_frame(const UCHAR *data, size_t size);
enum krb_message krb_message_of(const UCHAR *data, size_t size);

/* FRAME as a token, of guise_alloc(). NULL: no memory. */
UCHAR *krb_write_frame(const struct krb_frame *frame, size_t *size);

/*
 * Whether DATA begins as a wrap token does, else as a MIC token: in the frame of RFC 1964 (1.2), of contexts with a cipher of old, or as RFC 4121
 * (4.2.6) has it. What lies behind is MIT Kerberos's to read, which ends the process where a token is of the other kind than its context.
 */
bool krb_is_protection(const UCHAR *data, size_t size, bool old, bool wrap);

#endif

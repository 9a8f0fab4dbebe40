/*
 * One side of user-to-user by libkrb5 alone, which knows it where GSS does not: with its own frames and messages.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_KDC_USER_PEER_H
#define GUISE_TESTS_KDC_USER_PEER_H

#include "peers.h"

#include <krb5.h>

enum user_message { TGT_REQ = 0x0400, TGT_REP = 0x0401, AP_REQ = 0x0100, AP_REP = 0x0200 };

struct peer
{
    krb5_context krb5;
    krb5_auth_context auth;
    krb5_creds tgt;    /* of the user whom it is */
    krb5_ccache cache;
    const char *oid;   /* of its frames: DER with tag and length, user-to-user's if NULL */
    bool no_option;    /* initiator: does not say what the ticket is sealed with */
};

bool peer_open(struct peer *peer, const char *user);
void peer_close(struct peer *peer);

/* A token around MESSAGE. */
void peer_frame(const struct peer *peer, enum user_message id, const void *message, size_t size, struct token *token);
/* The message inside; NULL: no such token. */
const UCHAR *peer_unframe(const struct token *token, enum user_message id, size_t *size);

void peer_request(const struct peer *peer, struct token *token);
void peer_reply(const struct peer *peer, const krb5_data *ticket, struct token *token);
/* The AP-REQ for SERVER, whose TGT-REP is in REPLY. */
krb5_error_code peer_ask(struct peer *peer, const char *server, const struct token *reply, krb5_flags options, struct token *token);
/* What rd_req() says of the AP-REQ with the own session key; AP-REP in ANSWER, the client's name in CLIENT. */
krb5_error_code peer_accept(struct peer *peer, const struct token *token, char client[64], struct token *answer);

#endif

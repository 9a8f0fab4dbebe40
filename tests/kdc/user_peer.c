/*
 * User-to-user by libkrb5.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "user_peer.h"

#include <stdio.h>
#include <string.h>

static const char user_to_user[] = "\x06\x0a\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03";

static krb5_error_code log_in(struct peer *peer, const char *user)
{
    krb5_principal client;
    char password[64];
    krb5_error_code code = krb5_parse_name(peer->krb5, user, &client);

    if (code) return code;
    snprintf(password, sizeof(password), "%s-pw", user);
    code = krb5_get_init_creds_password(peer->krb5, &peer->tgt, client, password, NULL, NULL, 0, NULL, NULL);
    if (!code) code = krb5_cc_new_unique(peer->krb5, "MEMORY", NULL, &peer->cache);
    if (!code) code = krb5_cc_initialize(peer->krb5, peer->cache, client);
    if (!code) code = krb5_cc_store_cred(peer->krb5, peer->cache, &peer->tgt);
    krb5_free_principal(peer->krb5, client);
    return code;
}

bool peer_open(struct peer *peer, const char *user)
{
    krb5_error_code code;

    memset(peer, 0, sizeof(*peer));
    code = krb5_init_context(&peer->krb5);
    if (!code) code = log_in(peer, user);
    if (!code) code = krb5_auth_con_init(peer->krb5, &peer->auth);
    ok(!code, "%s: %d\n", user, (int)code); /* RFC 4120 3.1 */
    return !code;
}

void peer_close(struct peer *peer)
{
    if (peer->auth) krb5_auth_con_free(peer->krb5, peer->auth);
    if (peer->cache) krb5_cc_destroy(peer->krb5, peer->cache);
    krb5_free_cred_contents(peer->krb5, &peer->tgt);
    if (peer->krb5) krb5_free_context(peer->krb5);
    memset(peer, 0, sizeof(*peer));
}

/* ---- DER ---- */

static size_t put(UCHAR *out, UCHAR tag, const void *body, size_t size)
{
    size_t head = size < 128 ? 2 : size < 256 ? 3 : 4;

    memmove(out + head, body, size);
    out[0] = tag;
    if (head == 2) out[1] = size;
    if (head == 3) out[1] = 0x81, out[2] = size;
    if (head == 4) out[1] = 0x82, out[2] = size >> 8, out[3] = size;
    return head + size;
}

void peer_frame(const struct peer *peer, enum user_message id, const void *message, size_t size, struct token *token)
{
    const char *oid = peer->oid ? peer->oid : user_to_user;
    size_t length = 2 + oid[1];

    memmove(token->data + length + 2, message, size);
    memcpy(token->data, oid, length);
    token->data[length] = id >> 8;
    token->data[length + 1] = id;
    token->size = put(token->data, 0x60, token->data, length + 2 + size);
}

const UCHAR *peer_unframe(const struct token *token, enum user_message id, size_t *size)
{
    const UCHAR *data = token->data, *end = data + token->size;

    if (token->size < 20 || data[0] != 0x60) return NULL;
    data += data[1] < 0x80 ? 2 : 2 + (data[1] & 0x7f);
    data += 2 + data[1];
    if (data + 2 > end || data[0] != id >> 8 || data[1] != (id & 0xff)) return NULL;
    *size = end - data - 2;
    return data + 2;
}

/* ---- the messages of its own ---- */

void peer_request(const struct peer *peer, struct token *token)
{
    peer_frame(peer, TGT_REQ, "\x30\x0a\xa0\3\2\1\5\xa1\3\2\1\x10", 12, token);
}

void peer_reply(const struct peer *peer, const krb5_data *ticket, struct token *token)
{
    static _Thread_local UCHAR body[8192];
    size_t size;

    memcpy(body, "\xa0\3\2\1\5\xa1\3\2\1\x11", 10);
    size = 10 + put(body + 10, 0xa2, ticket->data, ticket->length);
    size = put(body, 0x30, body, size);
    peer_frame(peer, TGT_REP, body, size, token);
}

/* ---- AP-REQ ---- */

static krb5_error_code get_ticket(struct peer *peer, const char *server, krb5_data *second, krb5_creds **creds)
{
    krb5_creds wanted = {.client = peer->tgt.client, .second_ticket = *second};
    krb5_error_code code = krb5_parse_name(peer->krb5, server, &wanted.server);

    if (code) return code;
    code = krb5_get_credentials(peer->krb5, KRB5_GC_USER_USER | KRB5_GC_NO_STORE, peer->cache, &wanted, creds);
    krb5_free_principal(peer->krb5, wanted.server);
    return code;
}

/* The checksum of RFC 4121 4.1.1, without bindings and with the flags that OPTIONS ask for. */
static krb5_error_code make_request(struct peer *peer, krb5_flags options, krb5_creds *creds, krb5_data *message)
{
    char checksum[24] = {16};
    krb5_data data = {.data = checksum, .length = sizeof(checksum)};

    checksum[20] = options & AP_OPTS_MUTUAL_REQUIRED ? 2 : 0;
    krb5_auth_con_setflags(peer->krb5, peer->auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE);
    krb5_auth_con_set_req_cksumtype(peer->krb5, peer->auth, 0x8003);
    return krb5_mk_req_extended(peer->krb5, &peer->auth, options | (peer->no_option ? 0 : AP_OPTS_USE_SESSION_KEY), &data, creds, message);
}

krb5_error_code peer_ask(struct peer *peer, const char *server, const struct token *reply, krb5_flags options, struct token *token)
{
    krb5_data second = {0}, message;
    krb5_creds *creds;
    krb5_error_code code;
    size_t size;
    const UCHAR *body = peer_unframe(reply, TGT_REP, &size);

    if (!body) return KRB5_BADMSGTYPE;
    for (const UCHAR *ticket = body; ticket + 4 < body + size && !second.data; ticket++) /* the first [APPLICATION 1] */
        if (*ticket == 0x61) second = (krb5_data){.data = (char *)ticket, .length = body + size - ticket};
    if ((code = get_ticket(peer, server, &second, &creds))) return code;
    if (!(code = make_request(peer, options, creds, &message)))
    {
        peer_frame(peer, AP_REQ, message.data, message.length, token);
        krb5_free_data_contents(peer->krb5, &message);
    }
    krb5_free_creds(peer->krb5, creds);
    return code;
}

krb5_error_code peer_accept(struct peer *peer, const struct token *token, char client[64], struct token *answer)
{
    krb5_flags options = 0;
    krb5_ticket *ticket = NULL;
    krb5_data message, data;
    krb5_error_code code;
    size_t size;
    const UCHAR *body = peer_unframe(token, AP_REQ, &size);
    char *name;

    *client = 0;
    if (!body) return KRB5_BADMSGTYPE;
    data = (krb5_data){.data = (char *)body, .length = size};
    krb5_auth_con_setflags(peer->krb5, peer->auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE);
    krb5_auth_con_setuseruserkey(peer->krb5, peer->auth, &peer->tgt.keyblock);
    if ((code = krb5_rd_req(peer->krb5, &peer->auth, &data, NULL, NULL, &options, &ticket))) return code;
    if (!(options & AP_OPTS_USE_SESSION_KEY)) code = KRB5KRB_AP_ERR_USER_TO_USER_REQUIRED;
    if (!code && !(code = krb5_unparse_name(peer->krb5, ticket->enc_part2->client, &name)))
    {
        snprintf(client, 64, "%s", name);
        krb5_free_unparsed_name(peer->krb5, name);
    }
    krb5_free_ticket(peer->krb5, ticket);
    if (code || (code = krb5_mk_rep(peer->krb5, peer->auth, &message))) return code;
    peer_frame(peer, AP_REP, message.data, message.length, answer);
    krb5_free_data_contents(peer->krb5, &message);
    return 0;
}

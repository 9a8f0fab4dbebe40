/*
 * Negotiate and NTLM over HTTP (RFC 4559): the authentication of a connection through SSPI.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_HTTPD_AUTH_H
#define GUISE_HTTPD_AUTH_H

#include <windows.h>
#define SECURITY_WIN32
#include <security.h>

#include <stdbool.h>

#include "http.h"

#define AUTH_FIELD_ROOM   8192 /* a WWW-Authenticate field with a token */
#define AUTH_ACCOUNT_ROOM 1100

/* The server's credential, one for all connections and for both schemes. */
struct auth_server
{
    CredHandle credential;
    bool negotiates; /* it is Negotiate's; else NTLM's, and that is the only scheme */
};

enum auth_scheme
{
    AUTH_NEGOTIATE,
    AUTH_NTLM
};

/* A connection is authenticated, not a request: the context lives as long as the connection. */
struct auth
{
    bool has_context;
    bool established;
    enum auth_scheme scheme; /* of the context */
    CtxtHandle context;
    unsigned int legs;
    unsigned long bytes_in, bytes_out;
    char account[AUTH_ACCOUNT_ROOM]; /* DOMAIN\user once it is established */
};

enum auth_result
{
    AUTH_DONE,      /* the connection belongs to auth->account; FIELD goes with whatever is answered, and may be empty */
    AUTH_NEEDED,    /* 401 with FIELD */
    AUTH_REFUSED,   /* the same, and the end of the connection */
    AUTH_MALFORMED, /* 400 */
    AUTH_BROKEN     /* 503: the server cannot judge */
};

bool auth_start(struct auth_server *server);
void auth_stop(struct auth_server *server);

/* Takes what the request says into account. PEER is for the log. */
enum auth_result auth_step(struct auth_server *server, struct auth *auth, const struct http_request *request, const char *peer,
                           char field[AUTH_FIELD_ROOM]);
void auth_end(struct auth *auth);

#endif
